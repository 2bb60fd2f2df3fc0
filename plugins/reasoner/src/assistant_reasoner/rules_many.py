"""Questions about several pictures, numbers and colours. Not about single things: see rules_sight.py."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.nouns import noun_phrase, predicate, region, relation
from assistant_reasoner.programs import Beyond, ColorOf, Compare, Count, Extreme, MoreThan, Program, Thing
from assistant_reasoner.rules import BE, HERE, Rules
from assistant_reasoner.words import Plain

MANY: Final = Rules()


# ---- several pictures -------------------------------------------------------------------------------------------


@MANY.on(
    r"(?:what|which) (?:is|are|was|were) (?:the )?(?:main |biggest )?(?:differences?|changes?|different|"
    r"changed)(?: (?:between|in|with|from|about|of|@here|to) ?.*)?",
    r"(?:spot|find|list|describe|show|name) (?:the |all |all the )?(?:differences?|changes?)(?: .*)?",
    r"compare(?: (?:@picture|@here|them|these|those|both|the two|the pictures|it|this|.+))?",
    r"how (?:do|does|are|is) (?:@picture|they|these|those|the two|the first|it)(?: (?:both|one))? (?:differ|"
    r"different|compare)(?: .*)?",
    r"what (?:has |is |was )?changed(?: .*)?|what (?:do|have) (?:they|@picture|these|both) (?:have )?in "
    r"common|what is (?:the same|common)(?: (?:in|about|between|@here|to) .*)?",
)
def _difference(match: re.Match[str], sentence: Plain) -> Program:
    return Compare("difference")


@MANY.on(
    r"(?:are|is|do|does) (?:@picture|they|these|those|the two|both)(?: (?:show|depict|look|contain))?(?: "
    r"(?:the|exactly))*(?: (?:same|identical|equal|alike|similar))(?: .*)?",
)
def _same(match: re.Match[str], sentence: Plain) -> Program:
    return Compare("same")


_ONE = r"(?:@picture|@here|one|of (?:the )?(?:two|three|them)|of these|of those|of @picture)"


@MANY.on(
    r"(?:is|are) (?:@picture|@here|the first|the second|the first one) (?P<how>brighter|darker|lighter|"
    r"sharper|bigger|larger|clearer) than .+",
)
def _one_than_other(match: re.Match[str], sentence: Plain) -> Program:
    how = match["how"]
    if how in ("bigger", "larger"):
        return Compare("bigger")
    return Compare("darker" if how == "darker" else "sharper" if how in ("sharper", "clearer") else "brighter")


@MANY.on(
    r"which (?P<verb>is|looks) (?P<rest>(?:the )?(?:brighte|darke|sharpe|bigge|large|cleare|lighte)(?:r|st)(?: one)?)",
    r"(?:which|what) (?:@picture|one|picture|image|photo|photograph|of (?:them|these|those|the (?:two|three|"
    r"pictures|images|photos))|of @picture|@here)(?: (?:picture|image|photo|one))? (?P<verb>is|are|looks|"
    r"was|has|have|shows?|contains?|depicts?|features?|includes?|do|does|can) (?P<rest>.+)",
    r"(?:in|on) (?:which|what) (?:one|picture|image|photo|photograph|@picture|of (?:them|these|those|"
    r"@picture)|@here) (?P<verb>is|are|can|do|does) (?P<rest>.+)",
)
def _which_picture(match: re.Match[str], sentence: Plain) -> Program | None:
    rest = re.sub(r"^(?:there|you see|i see|you find|be seen) ", "", match["rest"])
    adjectives = (
        (r"(?:the )?(?:brighter|brightest|lighter|lightest)(?: one)?", "brighter"),
        (r"(?:the )?(?:darker|darkest)(?: one)?", "darker"),
        (r"(?:the )?(?:sharper|sharpest|less blurry|clearer|clearest)(?: one)?", "sharper"),
        (r"(?:the )?(?:bigger|biggest|larger|largest)(?: one)?", "bigger"),
    )
    for words, ask in adjectives:
        if re.fullmatch(words, rest):
            return Compare(ask)  # type: ignore[arg-type]
    more = re.match(r"^(?:the )?(?P<how>more|most|fewer|fewest|less|least) (?P<what>.+)$", rest)
    thing = noun_phrase(more["what"] if more else rest)
    if not thing:
        return None
    if more:
        return Compare("which_more" if more["how"] in ("more", "most") else "which_fewer", thing)
    return Compare("which_has", thing)


# ---- counting and comparing numbers -----------------------------------------------------------------------------


@MANY.on(
    rf"{BE} there (?P<ask>more|fewer|less|as many|the same number of|the same amount of|an equal number of) "
    rf"(?P<first>.+?) (?:than|as|and) (?P<second>.+)",
    rf"there {BE} (?P<ask>more|fewer|less|as many|the same number of|an equal number of) (?P<first>.+?) "
    rf"(?:than|as|and) (?P<second>.+)",
    r"(?:do you see|can you see|does @picture (?:show|have|contain)) (?P<ask>more|fewer|less|as many) "
    r"(?P<first>.+?) (?:than|as) (?P<second>.+)",
)
def _more_than(match: re.Match[str], sentence: Plain) -> Program | None:
    if re.match(r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a|an)\b", match["second"]):
        return None
    if match["first"] == "than":
        return None
    first, second = noun_phrase(match["first"]), noun_phrase(match["second"])
    if not first or not second:
        return None
    ask = match["ask"]
    return MoreThan(first, second, "more" if ask == "more" else "fewer" if ask in ("fewer", "less") else "same")


_EXTREMES: Final[dict[str, str]] = {
    **dict.fromkeys(("bigger", "biggest", "larger", "largest", "greater"), "bigger"),
    **dict.fromkeys(("smaller", "smallest", "tinier", "littler"), "smaller"),
    "taller": "taller",
    "tallest": "taller",
    "higher": "taller",
    "shorter": "shorter",
    "wider": "wider",
    "widest": "wider",
    "narrower": "narrower",
}


@MANY.on(
    rf"(?:which|what|who)(?: (?:one|thing|object|animal|of (?:them|these|the two)))? "
    rf"(?:is|are|looks|seems|appears)(?: the)? "
    rf"(?P<how>{'|'.join(_EXTREMES)})(?: one)?(?: @here)? ,? ?(?P<first>.+?) or (?P<second>.+)",
    rf"(?:is|are) (?P<first>.+?) or (?P<second>.+?) (?:the )?(?P<how>{'|'.join(_EXTREMES)})(?: one)?",
)
def _extreme(match: re.Match[str], sentence: Plain) -> Program | None:
    named = [noun_phrase(text.strip(" ,")) for text in (*match["first"].split(" , "), match["second"])]
    known = tuple(one for one in named if one and not one.pronoun and one.words != "@picture")
    if len(known) != len(named):
        return None
    return Extreme(known, _EXTREMES[match["how"]])  # type: ignore[arg-type]


_NOTHING_NEW = (
    r"there|you|we|i|one|be|seen|they|it|@picture|@here|do|can|see|visible|count|find|shown|present|have|contain|show|"
    r"in total|total|altogether|here|spot|identify|did"
)
"""What follows the verb of "how many ... are there" without saying more about the thing."""


@MANY.on(
    r"how (?:many|much)(?: of)?(?: (?:the|these|those|different|kinds of|types of))* (?P<what>.+?) (?:are|"
    r"is|were|was|do|does|can|did|have|has|would|could|appear|appears|exist|show|there)(?P<rest> .*)?",
    r"(?:count|enumerate)(?: (?:up|all|the|how many|of|every|for me))* (?P<what>.+?)(?: (?:are|is) (?:there|"
    r"visible|@here))?",
    r"(?:what|which) (?:is |are )?(?:the |an? )?(?:total |exact )?(?:number|amount|count|quantity) of (?P<what>.+?)(?: "
    r"(?:is|are|was|were|do|does|can)(?P<rest> .*)?)?",
    r"(?:the )?(?:total )?(?:number|amount|count) of (?P<what>.+)",
    r"how (?:many|much)(?: of)? (?P<what>.+)",
)
def _count(match: re.Match[str], sentence: Plain) -> Program | None:
    rest = (match.groupdict().get("rest") or "").strip()
    rest = re.sub(rf"^(?:(?:{_NOTHING_NEW})(?: |$))+", "", rest)
    what = match["what"].strip()
    if what in ("are there", "are they", "there", "are", "is it", "of them", "them", "do you see", "can you see"):
        return Count(Thing("they", pronoun=True, many=True))
    if rest and (region(rest) or relation(rest)):
        what = f"{what} {rest}"
    elif rest:
        said = predicate(rest)
        if said and said[0] == "color":
            what = f"{rest} {what}"
        elif re.match(r"(?:wear|rid|hold|eat|play|sit|stand|walk|talk|speak|sleep|swim|look)", rest):
            thing = noun_phrase(what)
            return Beyond("activity", thing) if thing else None
    thing = noun_phrase(what)
    return Count(thing) if thing else None


# ---- colours ----------------------------------------------------------------------------------------------------

_COLOR = r"colors?(?: combinations?)?"


@MANY.on(
    r"(?:what|which) color (?P<what>\S+) (?:is|are|does|do) (?:.+?) (?:wearing|wear|holding|have)",
    rf"(?:what|which) {_COLOR} (?:is|are|was|were|do|does|has|have|can be given to)(?P<what> .+?)?(?: "
    rf"(?:have|has|got|painted|colored|wear|wearing))?{HERE}",
    rf"(?:what|which) (?:is|are|was) (?:the )?(?:main |dominant |primary |most common |predominant |overall "
    rf")?{_COLOR} (?:of|in|for) (?P<what>.+)",
    rf"(?:what|which) (?:is|are) (?P<owner>.+?) 's? ?{_COLOR}",
    rf"(?:the )?{_COLOR} of (?P<what>.+)",
    rf"(?:what|which) (?:main |dominant )?{_COLOR}(?P<what> .+)?",
    rf"(?:what|which) (?:is|are) (?:the )?(?:main|dominant|primary|most common|predominant|overall) {_COLOR}{HERE}",
    rf"(?:name|describe|tell me|list|give me|identify|show) (?:the )?(?:main |dominant )?{_COLOR}(?: (?:of|"
    rf"in) (?P<what>.+))?",
)
def _color(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    what = (groups.get("what") or groups.get("owner") or "").strip()
    what = re.sub(r"^(?:is|are) ", "", what)
    what = re.sub(r"^(?:the )?(?:main |dominant )?color of ", "", what)
    if what in (
        "",
        "@here",
        "there",
        "there @here",
        "visible",
        "present",
        "dominant",
        "@picture",
        "most common",
        "dominates",
        "dominate",
        "can you see",
        "do you see",
        "you see",
        "used",
        "the background",
        "background",
        "dominates @picture",
        "present @here",
        "in it",
    ):
        return ColorOf(None)
    worn = re.match(
        r"^(?P<what>.+?) (?:he|she|they|the (?:man|woman|boy|girl|person)) (?:wear|wears|wearing|is wearing)$", what
    )
    thing = noun_phrase(worn["what"] if worn else what)
    return ColorOf(thing) if thing else None
