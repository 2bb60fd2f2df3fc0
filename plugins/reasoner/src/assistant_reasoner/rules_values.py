"""Questions for a value that is written beside its name, and for lines by their place. Not for reading as a whole."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.programs import Lookup, Program, Read, ValueKind
from assistant_reasoner.rules import BE, HERE, IT, Rules, quoted
from assistant_reasoner.words import Plain

VALUES: Final = Rules()

_TYPES: Final[tuple[tuple[str, ValueKind], ...]] = (
    (
        r"(?:tele)?phone(?: numbers?)?|tel(?: number)?|(?:mobile|cell|fax|contact|hotline)(?: phone)?(?: numbers?)?",
        "phone",
    ),
    (r"e ?mails?(?: address(?:es)?)?|mail address", "email"),
    (r"web ?sites?(?: address)?|web (?:address|page|site)|urls?|home ?pages?|internet address", "url"),
    (r"(?:street |postal |mailing |full )?address(?:es)?", "address"),
    (
        r"(?:invoice |order |due |expiry |expiration |issue |delivery |departure |arrival |event |birth )?dates?|"
        r"deadline|due day|date of (?:birth|issue|expiry|the .+)|best before date|use by date",
        "date",
    ),
    (r"(?:opening|business|open|closing|visiting|office) (?:hours|times?)|hours", "time"),
    (
        r"(?:grand |sub ?|total )?(?:totals?|sum|amount|price|cost|fee|fare|charge|rent|salary|balance|change|"
        r"tip|deposit)"
        r"(?: due| to pay| amount| paid| price| cost)?|subtotal|(?:sales )?tax|vat|amount due|cash|total due|entry fee|"
        r"admission(?: fee| price)?",
        "price",
    ),
    (r"(?:discount|percentage|tax rate|vat rate|interest rate|rate)", "percent"),
    (
        r"(?:invoice|order|receipt|account|reference|customer|ticket|booking|flight|train|room|gate|platform|"
        r"track|seat|"
        r"table|bus|line|lane|floor|serial|model|id|identification|member|patient|page|case|license|passport|vat|tax|"
        r"bill|voucher|coach|car|wagon|exit|stop|terminal)(?: (?:number|no|id|code))?",
        "any",
    ),
    (r"(?:wifi |wi fi |network |wlan )?(?:password|passcode|pin|code|network name|ssid|user ?name|login)", "text"),
    (
        r"(?:cashier|waiter|server|customer|client|author|editor|publisher|sender|recipient|passenger|patient|"
        r"doctor|owner|"
        r"manager|destination|origin|departure|arrival|model|flavou?r|currency|"
        r"occupation|nationality|signature|payment method|allergens?|ingredients?|calories)",
        "any",
    ),
)
"""What documents and signs name beside a value, and the kind that value is of."""
_TYPED: Final = "|".join(pattern for pattern, _ in _TYPES)
_PICTURED: Final = frozenset(
    (
        "color",
        "car",
        "bus",
        "train",
        "table",
        "line",
        "brand",
        "model",
        "stop",
        "platform",
        "size",
        "room",
        "page",
        "coach",
    )
)
"""Fields that are also things in pictures: asked for only with "number"."""
_PAPER: Final = (
    r"(?:receipt|menu|bill|invoice|sign|ticket|form|card|page|label|board|poster|document|check|list|timetable|"
    r"schedule|"
    r"letter|business card|picture|@picture|@here|it)"
)
WHERE: Final = rf"(?: (?:(?:on|in|at|from|of) (?:the |this |that )?{_PAPER}|@here|here))*"
_COLUMN: Final = (
    r"(?:platform|track|gate|seat|room|floor|terminal|lane|counter|table|row|line|bus|exit|stop|page|aisle|hall|booth)"
)
_GO: Final = (
    r"(?:opens?|closes?|starts?|begins?|ends?|finish(?:es)?|leaves?|departs?|departing|arrives?|arriving|"
    r"leaving|goes?|go|"
    r"stops?|serves?|served|shut|shuts|run|runs|checks? (?:in|out)|take place|takes place|be open|open|closed|"
    r"opened|due|"
    r"depart|serve|boards?|come|scheduled)"
)
_LAST: Final = re.compile(r"\b(?:close[sd]?|ends?|finish(?:es)?|shuts?|until|till|how late|latest)\b")
_EMPTY: Final = re.compile(
    r"\b(?:the|a|an|of|for|to|in|on|at|from|is|are|was|were|be|it|this|that|my|your|their|his|her|one|does|do|"
    r"did|they|you|"
    r"i|we|store|shop|place|here|@here|@picture|number|no|please|there|written|shown|given|listed|says?|what|"
    r"which|time|"
    r"with|by|go|goes|going|leave|leaves|depart|departs|next|any|some|s)\b"
)


def key_of(text: str) -> str:
    """The words by which a value is named, without those that only ask."""
    return " ".join(_EMPTY.sub(" ", re.sub(WHERE + "$", "", " " + text)).replace("@", " ").replace("'", " ").split())


def kind_of(name: str) -> ValueKind | None:
    """The kind of value that a name of documents stands for."""
    return next((kind for pattern, kind in _TYPES if re.fullmatch(pattern, name)), None)


@VALUES.on(
    r"(?:how much|what)(?: money)? (?:is|are|was|were|does|do|did|will|would|must|should) (?P<key>.+?) (?:cost|"
    r"costs|go for)" + WHERE,
    r"how much (?:is|are|was|were)(?: it for)? (?P<key>.+?)" + WHERE,
    r"how much (?:for|does it cost for) (?P<key>.+?)" + WHERE,
    r"how much (?:do|did|does|must|should|would|will) (?:i|we|you|he|she|they|one|it)(?: have to| need to)? "
    r"(?:pay|spend|"
    r"owe)(?: for (?P<key>.+?))?" + WHERE,
    r"how much (?:was|is|were) (?P<key>paid.*|the .+? paid.*)",
    r"(?:the )?(?:price|cost) (?:of|for) (?P<key>.+?)" + WHERE,
    r"(?:what|how much|how high) (?:is|are|was|were) (?:the )?(?:price|cost|fee|fare|charge)s? (?:of|for|to) "
    r"(?P<key>.+?)" + WHERE,
    r"what price (?:is|are|does|do|has|have) (?P<key>.+?)(?: (?:cost|have|has))?" + WHERE,
)
def _price(match: re.Match[str], sentence: Plain) -> Program | None:
    key = key_of(quoted(match.groupdict().get("key") or "", sentence))
    if re.match(r"(?:of|time|more|less|bigger|left|people|in @|@)", (match.groupdict().get("key") or "")):
        return None
    return Lookup(key or "total" if "paid" not in key else "paid", "price")


@VALUES.on(
    r"what (?:is|are|was|were) (?:the |its |their |my |your )?(?P<which>cheapest|least expensive|lowest|most "
    r"expensive|dearest|"
    r"priciest|costliest|highest)(?: (?P<what>.+?))?" + WHERE,
    r"(?:which|what) (?P<what>.+?) (?:is|are|costs?)(?: the)? (?P<which>cheapest|least expensive|least|most "
    r"expensive|dearest|"
    r"priciest|most)(?: .+)?",
    r"what costs (?:the )?(?P<which>least|most)" + WHERE,
)
def _extreme_price(match: re.Match[str], sentence: Plain) -> Program | None:
    which, what = match["which"], match.groupdict().get("what") or ""
    if which in ("lowest", "highest") and not re.match(r"(?:price|cost|fee|fare)", what):
        return None
    low = which in ("cheapest", "least expensive", "lowest", "least")
    return Lookup(
        "", "price" if re.match(r"(?:price|cost|fee|fare)", what) else "any", ask="cheapest" if low else "dearest"
    )


@VALUES.on(r"(?:what|which .+?) costs? (?P<key>[$€£]?\d[\d ]*)(?: (?:dollars|euros|pounds|francs))?" + WHERE)
def _what_costs(match: re.Match[str], sentence: Plain) -> Program:
    return Lookup(match["key"], "price", ask="name")


@VALUES.on(
    rf"(?P<ask>what time|when|at what time|until when|till when|how late|from when|how long)(?: exactly)? (?:is|"
    rf"are|does|do|"
    rf"did|will|can|was) (?P<key>.+?) (?P<go>{_GO})(?P<rest>(?: (?:on|to|for|from|at|in|until|till|by|every) .+)?)",
    rf"(?P<ask>what time|when|at what time) (?P<go>{_GO}) (?P<key>.+)",
    r"(?P<ask>what|when) (?:is|are|was|were) (?P<key>the (?:opening|business|closing|check (?:in|out)|"
    r"start(?:ing)?|departure|"
    r"arrival|end|visiting|office|boarding) (?:hours|times?)|the hours)(?P<rest>(?: (?:on|to|for|from|of|at) .+)?)"
    + WHERE,
    r"(?P<ask>what time|when) (?:is|are) (?P<key>(?:the )?(?:breakfast|lunch|dinner|brunch|supper|check (?:in|"
    r"out)|meeting|"
    r"lesson|class|show|concert|mass|service|boarding|appointment|(?:next |last |first )?(?:train|bus|flight|"
    r"ferry|tram).*))",
    r"(?P<ask>what|which) (?:are the )?hours (?:is|are|does|do) (?P<key>.+?) (?P<go>open|closed)(?P<rest>.*)",
)
def _time(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    whole = f"{groups['key']} {groups.get('rest') or ''}"
    if re.search(r"\b(?:video|recording|clip|speaker|say|said|mention|@picture)\b", whole):
        return None
    go = groups.get("go") or ""
    if go == "due" and not re.search(r"\b(?:train|bus|flight|tram|ferry|plane)\b", whole):
        return None
    key = re.sub(
        r"\b(?:opening|business|hours|times?|closing|open|closed|train|bus|flight|tram|ferry|office|check)\b",
        " ",
        whole,
    )
    key = key_of(key)
    if re.search(r"\b(?:departure|boarding|arrival)\b", whole) and not key:
        key = whole
    asked = f"{groups['ask']} {go}"
    late = bool(_LAST.search(asked)) or "closing" in whole
    early = groups["ask"] in ("what time", "when", "at what time", "from when") and bool(
        re.match(r"(?:open|start|begin|serve|run)", go)
    )
    column = ""
    if re.search(r"\b(?:arriv\w*|due)\b", f"{whole} {go}"):
        column = "arrival"
    elif re.search(r"\b(?:leav\w*|depart\w*|go|goes)\b", f"{whole} {go}"):
        column = "departure"
    key = re.sub(r"\b(?:departure|arrival)\b", "", key).strip()
    return Lookup(key, "time", column if key else "", ask="last" if late else "first" if early else "value")


@VALUES.on(
    rf"(?:which|what) (?P<column>{_COLUMN})(?: number| no)? (?:for|to|is|does|do|are|has|leaves|goes|should|"
    rf"will) (?P<key>.+)",
    r"(?:which|what) (?P<column>gate|platform|track|seat|terminal|aisle)(?: number)?(?: (?:is it|is this|am i|"
    r"do i|are we|do "
    r"we|should i|is mine|is written|is given).*)?(?P<key>)",
    rf"(?:from|at|on) (?:which|what) (?P<column>{_COLUMN})(?: number)? (?:does|do|is|are|will) (?P<key>.+)",
    rf"(?:what|where) is the (?P<column>{_COLUMN})(?: number)? (?:for|of|to) (?P<key>.+)",
)
def _column(match: re.Match[str], sentence: Plain) -> Program | None:
    if match["column"] in ("room", "bus", "table", "row", "line", "stop", "exit") and re.fullmatch(
        rf"(?:{IT}|here|@here|on.*|in.*|at.*|the .* (?:on|in) .*)", match["key"]
    ):
        return None
    key = key_of(
        re.sub(r"\b(?:train|bus|flight|tram|ferry|leave|leaves|depart|departs|go|goes|stop|stops)\b", " ", match["key"])
    )
    if not key:
        return Lookup(match["column"], "number") if not match["key"] else None
    return Lookup(key, "number", match["column"])


@VALUES.on(
    rf"(?:what|which) (?:is|are|was|were) (?:the |its |their |my |your |his |her |this |any )?(?P<name>{_TYPED})"
    rf"(?: (?P<join>of|for|from|on|to|at|in) (?:the |this |a )?(?P<key>.+?))?{HERE}",
    rf"(?:give me|find|show me|read|tell me) (?:the |its |their )?(?P<name>{_TYPED})(?: (?P<join>of|for|on) "
    rf"(?:the )?(?P<key>.+?))?{HERE}",
    rf"(?:what|which) (?P<name>{_TYPED}) (?:is|are|was|does|do|can|should) .*?(?:written|given|shown|printed|"
    rf"listed|call|have|"
    rf"has|there|on @picture|on it|@here)(?P<join>)(?P<key>)",
    r"(?:whats|what is) (?:their|the|its) (?P<name>number) to (?:call|ring|phone)(?P<join>)(?P<key>)",
)
def _field(match: re.Match[str], sentence: Plain) -> Program | None:
    name, key = match["name"], match.groupdict().get("key") or ""
    kind: ValueKind | None = "phone" if name == "number" else kind_of(name)
    if kind is None or name in _PICTURED:
        return None
    if (match.groupdict().get("join") or "") in ("on", "in", "at") and re.fullmatch(_PAPER, key):
        key = ""
    if (
        match.groupdict().get("join") == "of"
        and re.fullmatch(r"amount|sum|totals?", name)
        and not re.fullmatch(_PAPER, key)
    ):
        return None  # "the amount of dogs"
    key = key_of(key)
    if kind == "any":
        bare = re.sub(r" (?:number|no|id|code)$", "", name)
        return Lookup(f"{bare} {key}".strip(), "number" if bare != name else "any")
    if kind == "price":
        plain = re.sub(r"^(?:price|cost|amount|sum|fee|fare|charge)$", "", name)
        return Lookup(f"{plain} {key}".strip() or "total", "price")
    if kind in ("date", "percent", "text"):
        return Lookup(f"{'' if name in ('date', 'dates', 'percentage', 'rate') else name} {key}".strip(), kind)
    return Lookup(key, kind)


@VALUES.on(
    r"who (?:is|are|was|were) (?:the |this |my |their )?(?P<name>cashier|waiter|waitress|server|customer|client|author|"
    r"editor|publisher|sender|recipient|passenger|patient|doctor|manager|director|owner)" + WHERE,
    r"(?:what is|whats) the (?P<name>\w+) 's name" + WHERE,
)
def _who(match: re.Match[str], sentence: Plain) -> Program | None:
    named = noun_phrase(match["name"])
    if sentence.text.startswith("what") and (named is None or named.classes):
        return None  # the name of a man, or of a dog, is nowhere but in a caption
    return Lookup(match["name"], "text")


@VALUES.on(
    r"(?:when|until when|by when) (?:is|are) (?:it|this|that|the .+?|my .+?) (?P<what>due|payable|valid|valid "
    r"until|issued|dated|"
    r"expiring)",
    r"(?:when|until when|by when) (?:does|do|must|should) (?:it|this|the .+?|i|my .+?) (?P<what>expire|pay.*)",
)
def _dated(match: re.Match[str], sentence: Plain) -> Program:
    what = match["what"]
    if what.startswith(("exp", "valid")):
        return Lookup("expiry date", "date")
    return Lookup("date" if what in ("issued", "dated") else "due date", "date")


@VALUES.on(r"(?:on )?(?:what|which) (?:date|day) (?:is|are|does|do|will) (?!it$|today|this$|that$)(?P<key>.+)")
def _which_date(match: re.Match[str], sentence: Plain) -> Program:
    return Lookup("", "date")


@VALUES.on(r"(?:is|are) (?P<key>.+?) (?P<state>open|closed) (?P<rest>(?:on |at )?(?:the )?\w+days?|on weekends|daily)")
def _open(match: re.Match[str], sentence: Plain) -> Program:
    return Lookup(key_of(match["rest"]), "time", ask="open" if match["state"] == "open" else "closed")


# ---- lines by their place ---------------------------------------------------------------------------------------

_NTH: Final = {
    **{
        word: number
        for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
    },
    "last": -1,
    "final": -1,
    "top": 1,
    "bottom": -1,
}


@VALUES.on(
    rf"how many (?P<what>lines|words|rows|sentences)(?: of (?:text|writing|print))?(?: (?:are|is|do|does|can|"
    rf"has|have) .*)?{HERE}",
    r"(?:what is )?the number of (?P<what>lines|words)(?: of text)?" + HERE,
)
def _how_many(match: re.Match[str], sentence: Plain) -> Program | None:
    if re.search(r"\b(?:said|say|spoken|hear|heard|speaker|recording)\b", sentence.text):
        return None
    return Read(ask="words" if match["what"] == "words" else "lines")


@VALUES.on(
    r"(?:which|what) (?:line|text|word|item|entry|dish)?(?: ?(?:is|comes|stands|follows|appears|goes))*(?: written)? "
    r"(?P<way>after|below|under|before|above|directly after|right after|directly before|right before|next to|beside) "
    r"(?:the )?(?:word |line |text )?(?P<wanted>@q\d+)",
    r"(?:which|what) (?:line|text|item|entry) (?:comes|stands|follows|is|appears|goes)(?: directly| right| written)? "
    r"(?P<way>after|below|under|before|above) (?:the )?(?:word |line )?(?P<wanted>@q\d+|.+)",
)
def _neighbour(match: re.Match[str], sentence: Plain) -> Program:
    way = (
        "before"
        if re.search(r"before|above", match["way"])
        else "beside"
        if "be" in match["way"] or "next" in match["way"]
        else "after"
    )
    return Read(wanted=quoted(match["wanted"], sentence), ask="before" if way == "before" else "after")


@VALUES.on(
    rf"(?:what (?:is|are|does|do)|read) the (?P<nth>{'|'.join(_NTH)}) (?P<what>line|word|row)(?: of (?:the "
    rf")?text)?(?: (?:say|"
    rf"says|read|reads))?{HERE}"
)
def _nth(match: re.Match[str], sentence: Plain) -> Program:
    return Read(ask="word" if match["what"] == "word" else "line", index=_NTH[match["nth"]])


@VALUES.on(
    rf"what (?:is|was) (?:the |its |this )?(?:title|headline|heading|main heading|book title|header)(?: (?:of|"
    rf"on|in) .+?)?{HERE}",
    r"(?:what|which) (?:title|headline) (?:is|does|has) .+",
    rf"how is (?:{IT}|@picture|the (?:book|page|poster|article|newspaper)) (?:called|titled|headed)",
    rf"what (?:is|are) (?:the )?(?:largest|biggest) (?:text|words?|writing|letters|line){HERE}",
)
def _title(match: re.Match[str], sentence: Plain) -> Program:
    return Read(ask="title")


@VALUES.on(
    rf"(?:what|which) (?:brand|brand name|company|company name|logo|make|manufacturer)(?: (?:is|was|made|makes|"
    rf"does|name is)"
    rf"(?: .+)?)?{HERE}",
    r"(?:what|which) (?:store|shop|restaurant|hotel|cafe|company|bank|airline|supermarket|museum|school|station|"
    rf"newspaper|magazine) (?:is|was) (?:{IT}|@picture|the .+?)(?: from| of| at)?{HERE}",
    rf"what (?:is|{BE}) the (?:brand|brand name|company|company name|make|manufacturer|logo)(?: (?:of|on|name) "
    rf".+?)?{HERE}",
    rf"(?:what|which) names? (?:is|are|was) (?:on|written on|shown on|printed on) (?:{IT}|@picture|the .+){HERE}",
    rf"(?:what|which) (?:is|are) the names? (?:of|on) (?:the |this |that )?(?P<of>restaurant|shop|store|hotel|"
    rf"cafe|bar|company|"
    rf"business|pub|museum|station|street|magazine|newspaper|book|ship|boat|airline|team|school|product){HERE}",
)
def _brand(match: re.Match[str], sentence: Plain) -> Program:
    return Read(ask="brand")
