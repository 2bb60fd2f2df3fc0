"""Questions about pictures and videos. Not about speech, feelings or small talk: see rules_talk.py."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from assistant_reasoner.lexicon import COLORS, HYPERNYMS, singular
from assistant_reasoner.nouns import INVERSE_WORDS, noun_phrase, predicate, region, relation, things
from assistant_reasoner.programs import (
    Beyond,
    ColorOf,
    Compare,
    Count,
    Describe,
    Every,
    FactAsked,
    Facts,
    HasColor,
    InRegion,
    IsA,
    Locate,
    MoreThan,
    Place,
    Presence,
    Program,
    Read,
    Related,
    Stands,
    Thing,
    Unknown,
    WhatIs,
    When,
)
from assistant_reasoner.rules import Rules, quoted
from assistant_reasoner.words import Plain

SIGHT: Final = Rules()

_BE = r"(?:is|are|was|were)"
_IT = r"(?:it|this|that|they|these|those|@picture|there)"
_HERE = r"(?: (?:@here|here|there|visible|present|shown|in total|at all|in it|on it|altogether))*"
_SCENES = (
    r"kitchen|bathroom|bedroom|living room|dining room|office|street|road|beach|park|zoo|airport|train station|station|restaurant|"
    r"cafe|garden|forest|field|farm|sports field|stadium|ski slope|mountain|city|classroom|school|hotel room|hotel|"
    r"museum|shop|store|market|harbor|harbour|sea|ocean|lake|river|countryside|indoor scene|outdoor scene|house|home|indoors?|outdoors?|inside|outside|"
    r"parking lot|skate park|tennis court|baseball field|gym|library|supermarket|desert|meadow|dog park|playground"
)


# ---- text in pictures -------------------------------------------------------------------------------------------

_WRITING = r"(?:text|words?|writing|letters|inscription|lettering|characters?|caption text|printed text|written text|sentences?|something written|anything written|handwriting)"


@SIGHT.on(
    rf"what (?:do|does) (?P<holder>it|this|that|they|@picture|.+?)(?: @here)? (?:say|read|state|spell|show written){_HERE}(?: on it)?(?: (?P<place>(?:at|in|on) the .+))?",
    rf"(?:what|which) (?:text|words?|writing|letters|inscription)(?: @here)?(?: (?:is|are|can|do|does|appears?|was|were) ?(?:you |i |we |be )?(?:there|visible|written|shown|see|read|printed|seen|present|it|contain|have|@picture|displayed)*)?(?: (?:on|in|at|from) (?P<holder>.+?))?{_HERE}",
    rf"(?:what|which) (?:is|are|was|were) (?:the )?{_WRITING}(?: (?:on|in|of|at|written on) (?P<holder>.+?))?{_HERE}",
    rf"what (?:is|are|was) (?:written|printed|inscribed|painted|the title|the name|the headline|the heading|the label|the caption|labeled)(?: (?:on|in|at|of|across) (?P<holder>.+?))?{_HERE}",
    rf"(?:please )?(?:read|transcribe|extract|ocr|recognize|spell out|give me|get|show me|copy|type|write down)(?: (?:out|me|all|the|any|this|that|full|whole|of))* (?:{_WRITING}|it|this|that|@picture|sign|label|page|document|letter|book cover|title|headline)(?: (?:out loud|aloud|to me|for me))?(?: (?:on|in|from|of) (?P<holder>.+?))?{_HERE}",
    r"(?:can|could) you read (?:it|this|that|@picture|the (?:text|sign|writing|label|page)|what .+)(?: (?:on|in|from) (?P<holder>.+?))?(?: (?:to|for) me)?",
    r"(?:read|ocr)(?: (?:it|this|that|@picture|@here|please|aloud|out loud|everything|what .+))*",
    r"what (?:can|do) you read(?: (?:on|in|there|here|@here)(?: (?P<holder>.+?))?)?",
)
def _read(match: re.Match[str], sentence: Plain) -> Program | None:
    holder = (match.groupdict().get("holder") or "").strip()
    spot = match.groupdict().get("place") or ""
    where = region(spot) or region(f"on {holder}") or region(holder)
    if holder in ("it", "this", "that", "@picture") and spot and not where:
        return Read(noun_phrase(re.sub(r"^(?:at|in|on) ", "", spot)))
    if holder in ("", "@here", "here", "there"):
        return Read()
    text = re.sub(r"^(?:the )?(?:text|words?|writing|letters|line|lines)(?: (?:on|in|at|written on))? ?", "", holder)
    where = where or region(f"at {text}")
    if where:
        return Read(region=where)
    if text in ("", "it", "this", "that", "@picture", "they", "he", "she", "@here"):
        return Read()
    return Read(noun_phrase(text))


@SIGHT.on(
    rf"(?:{_BE}|can you see|do you see|can you find|does {_IT} (?:have|contain|show|include)|did you find)(?: there)? (?:any |some |a )?(?P<writing>{_WRITING})(?: (?:on|in|at|written on) (?P<holder>.+?))?{_HERE}",
    rf"{_BE} (?:anything|something) (?:written|printed)(?: (?:on|in) (?P<holder>.+?))?{_HERE}",
)
def _any_text(match: re.Match[str], sentence: Plain) -> Program:
    holder = match.groupdict().get("holder")
    return Read(noun_phrase(holder) if holder else None, ask="presence")


@SIGHT.on(
    rf"(?:do|does) (?:(?P<holder>.+?) )?(?:say|read|spell|mention) (?P<wanted>@q\d+|.+?){_HERE}",
    rf"(?:{_BE}|can you see|do you see|can you find)(?: there)? (?:the |a )?(?:words?|text|phrase|name|letters?|number) (?P<wanted>@q\d+|\S+(?: \S+){{0,3}}?)(?: (?:written|visible|present|shown|appearing|on .+|anywhere))*{_HERE}",
    r"(?:do|does) (?:the )?(?:words?|text|phrase|name) (?P<wanted>@q\d+|.+?) (?:appear|occur|show up|exist)(?: .*)?",
    rf"{_BE} (?P<wanted>@q\d+)(?: (?:written|visible|present|shown|there|printed))*(?: (?:on|in) (?P<holder>.+?))?{_HERE}",
    rf"where (?:is|does) (?:it say |the (?:word|text|phrase) )(?P<wanted>@q\d+|.+?)(?: written)?{_HERE}",
)
def _says(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    wanted = quoted(groups["wanted"] or "", sentence)
    if not wanted or wanted in ("anything", "something"):
        return Read(ask="presence")
    holder = groups.get("holder") or ""
    return Read(None if holder in ("", "it", "this", "that", "@picture", "they") else noun_phrase(holder), wanted)


@SIGHT.on(
    rf"what (?:is )?(?:the )?(?:numbers?|digits?|(?:license|licence|number) plate(?: number)?|phone number|price|date|telephone number|registration|plate number|house number|jersey number)(?: (?:is|are|does|do|can|appears?|was) ?(?:the |there|it|you see|visible|written|shown|displayed)*)?(?: ?(?P<at>on|in|of|at) (?P<holder>.+?))?{_HERE}",
)
def _number_on(match: re.Match[str], sentence: Plain) -> Program | None:
    if match["at"] == "of" and re.match(r"what (?:is )?(?:the )?(?:numbers?|digits?) of", sentence.text):
        return None
    holder = match.groupdict().get("holder")
    return Read(noun_phrase(holder) if holder else None, ask="number")


# ---- facts of the file ------------------------------------------------------------------------------------------


@SIGHT.on(
    rf"(?:how (?:big|large|wide|tall|high)|what (?:size|resolution|dimensions?)|how many (?:mega)?pixels)(?: (?:is|are|does|do|has|have|in))? ?{_IT}?(?: (?:have|has|in pixels|@here))?",
    rf"what (?:is|are) (?:the |its )?(?:size|resolution|dimensions?|width|height|width and height|aspect ratio|pixel size)(?: of {_IT}| {_HERE})?(?: in pixels)?",
    r"what (?:is|are) @picture 's? ?(?:size|resolution|dimensions?)",
)
def _size(match: re.Match[str], sentence: Plain) -> Program:
    return Facts("size")


_FACTS: Final[tuple[tuple[str, FactAsked], ...]] = (
    (r"(?:blurry|blurred|out of focus|unsharp|fuzzy)", "blurred"),
    (r"(?:sharp|in focus|clear|crisp)", "sharp"),
    (r"(?:dark|underexposed|too dark|dim)", "dark"),
    (r"(?:bright|overexposed|too bright|well lit|light)", "bright"),
    (r"(?:black and white|grayscale|monochrome|gray scale|colorless)", "grayscale"),
    (r"(?:colored|in color|colorful|a color (?:photo|picture|image)|color)", "colored"),
    (r"(?:landscape|horizontal|wide|in landscape(?: format| orientation)?)", "landscape"),
    (r"(?:portrait|vertical|upright|in portrait(?: format| orientation)?)", "portrait"),
    (r"(?:square)", "square"),
)


@SIGHT.on(
    rf"{_BE} (?:@picture|it|this|that)(?: (?:very|a|an|too|so|really|rather|in))* (?P<fact>{'|'.join(words for words, _ in _FACTS)})(?: (?:@picture|photo|picture|image|photograph|one|format))?(?: or .+)?"
)
def _fact(match: re.Match[str], sentence: Plain) -> Program | None:
    if sentence.text.split()[1] != "@picture" and match["fact"] in ("square", "clear", "light", "wide"):
        return None
    return Facts(next(name for words, name in _FACTS if re.fullmatch(words, match["fact"])))


@SIGHT.on(
    r"how (?P<what>bright|dark|blurry|sharp|good|clear) (?:is|are) (?:@picture|it|this|the (?:quality|lighting|light))",
    r"what (?:is )?(?:the )?(?P<what>brightness|quality|image quality|sharpness|lighting|exposure|contrast|orientation|format)(?: (?:is|does|has|of|like|@picture|@here|have|it).*)?",
)
def _how_bright(match: re.Match[str], sentence: Plain) -> Program:
    what = match["what"]
    if what in ("bright", "dark", "brightness", "lighting", "exposure", "contrast"):
        return Facts("brightness")
    if what in ("orientation", "format"):
        return Facts("orientation")
    return Facts("quality")


@SIGHT.on(
    r"how long (?:is|does) @picture(?: last| take)?|how (?:many|much) (?:seconds|time|frames).* @picture|(?:what is )?the (?:length|duration) of @picture|how long is (?:it|@here)|(?:what is )?the (?:length|duration) @here"
)
def _video_length(match: re.Match[str], sentence: Plain) -> Program:
    return Facts("length")


@SIGHT.on(
    r"how many (?:pictures|images|photos|photographs|files|videos)(?: (?:did i|have i|do you|are there|were|did you|can you).*)?"
)
def _pictures(match: re.Match[str], sentence: Plain) -> Program:
    return Facts("count")


# ---- several pictures -------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:what|which) (?:is|are|was|were) (?:the )?(?:main |biggest )?(?:differences?|changes?|different|changed)(?: (?:between|in|with|from|about|of|@here|to) ?.*)?",
    r"(?:spot|find|list|describe|show|name) (?:the |all |all the )?(?:differences?|changes?)(?: .*)?",
    r"compare(?: (?:@picture|@here|them|these|those|both|the two|the pictures|it|this|.+))?",
    r"how (?:do|does|are|is) (?:@picture|they|these|those|the two|the first|it)(?: (?:both|one))? (?:differ|different|compare)(?: .*)?",
    r"what (?:has |is |was )?changed(?: .*)?|what (?:do|have) (?:they|@picture|these|both) (?:have )?in common|what is (?:the same|common)(?: (?:in|about|between|@here|to) .*)?",
)
def _difference(match: re.Match[str], sentence: Plain) -> Program:
    return Compare("difference")


@SIGHT.on(
    r"(?:are|is|do|does) (?:@picture|they|these|those|the two|both)(?: (?:show|depict|look|contain))?(?: (?:the|exactly))*(?: (?:same|identical|equal|alike|similar))(?: .*)?",
)
def _same(match: re.Match[str], sentence: Plain) -> Program:
    return Compare("same")


_ONE = r"(?:@picture|@here|one|of (?:the )?(?:two|three|them)|of these|of those|of @picture)"


@SIGHT.on(
    r"(?:is|are) (?:@picture|@here|the first|the second|the first one) (?P<how>brighter|darker|lighter|sharper|bigger|larger|clearer) than .+",
)
def _one_than_other(match: re.Match[str], sentence: Plain) -> Program:
    how = match["how"]
    if how in ("bigger", "larger"):
        return Compare("bigger")
    return Compare("darker" if how == "darker" else "sharper" if how in ("sharper", "clearer") else "brighter")


@SIGHT.on(
    r"(?:which|what) (?:@picture|one|picture|image|photo|photograph|of (?:them|these|those|the (?:two|three|pictures|images|photos))|of @picture|@here)(?: (?:picture|image|photo|one))? (?P<verb>is|are|looks|was|has|have|shows?|contains?|depicts?|features?|includes?|do|does|can) (?P<rest>.+)",
    r"(?:in|on) (?:which|what) (?:one|picture|image|photo|photograph|@picture|of (?:them|these|those|@picture)|@here) (?P<verb>is|are|can|do|does) (?P<rest>.+)",
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


@SIGHT.on(
    rf"{_BE} there (?P<ask>more|fewer|less|as many|the same number of|the same amount of|an equal number of) (?P<first>.+?) (?:than|as|and) (?P<second>.+)",
    rf"there {_BE} (?P<ask>more|fewer|less|as many|the same number of|an equal number of) (?P<first>.+?) (?:than|as|and) (?P<second>.+)",
    r"(?:do you see|can you see|does @picture (?:show|have|contain)) (?P<ask>more|fewer|less|as many) (?P<first>.+?) (?:than|as) (?P<second>.+)",
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


_NOTHING_NEW = (
    r"there|you|we|i|one|be|seen|they|it|@picture|@here|do|can|see|visible|count|find|shown|present|have|contain|show|"
    r"in total|total|altogether|here|spot|identify|did"
)
"""What follows the verb of "how many ... are there" without saying more about the thing."""


@SIGHT.on(
    r"how (?:many|much)(?: of)?(?: (?:the|these|those|different|kinds of|types of))* (?P<what>.+?) (?:are|is|were|was|do|does|can|did|have|has|would|could|appear|appears|exist|show|there)(?P<rest> .*)?",
    r"(?:count|enumerate)(?: (?:up|all|the|how many|of|every|for me))* (?P<what>.+?)(?: (?:are|is) (?:there|visible|@here))?",
    r"(?:what|which) (?:is )?(?:the )?(?:total )?(?:number|amount|count|quantity) of (?P<what>.+)",
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


@SIGHT.on(
    r"(?:what|which) color (?P<what>\S+) (?:is|are|does|do) (?:.+?) (?:wearing|wear|holding|have)",
    rf"(?:what|which) {_COLOR} (?:is|are|was|were|do|does|has|have|can be given to)(?P<what> .+?)?(?: (?:have|has|got|painted|colored|wear|wearing))?{_HERE}",
    rf"(?:what|which) (?:is|are|was) (?:the )?(?:main |dominant |primary |most common |predominant |overall )?{_COLOR} (?:of|in|for) (?P<what>.+)",
    rf"(?:what|which) (?:is|are) (?P<owner>.+?) 's? ?{_COLOR}",
    rf"(?:the )?{_COLOR} of (?P<what>.+)",
    rf"(?:what|which) (?:main |dominant )?{_COLOR}(?P<what> .+)?",
    rf"(?:what|which) (?:is|are) (?:the )?(?:main|dominant|primary|most common|predominant|overall) {_COLOR}{_HERE}",
    rf"(?:name|describe|tell me|list|give me|identify|show) (?:the )?(?:main |dominant )?{_COLOR}(?: (?:of|in) (?P<what>.+))?",
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


# ---- places -----------------------------------------------------------------------------------------------------


@SIGHT.on(
    rf"where (?:is|was|were|are|could|might|can) (?:it|this|that|@picture|the (?:scene|location|photographer)|this room|we|they|this place)(?: (?:be|taken|located|located at|at|made|shot|happening|taking place|set|photographed|filmed|recorded))*(?: (?:taken|located|at))?{_HERE}",
    r"(?:what|which) (?:kind of |type of |sort of )?(?P<room>room|place|location|setting|scene|environment|building|area|part of (?:the|a) house|spot)(?: of (?:the|a) house)? (?:is|was|are|does|do|could|might) .*",
    r"(?:what|which) (?:is|was) (?:the |this |that )?(?:kind of |type of )?(?P<room>room|place|location|setting|scene|environment|background|area)(?: .*)?",
    r"where (?:was|were) (?:it|this|that|@picture|the .+) (?:taken|shot|made|photographed)",
    r"(?:in )?(?:what|which) (?P<room>room|place|location|setting)(?: .*)?",
)
def _place(match: re.Match[str], sentence: Plain) -> Program | None:
    return Place(
        room=bool(re.match(r"room|part of", match.groupdict().get("room") or "")) or "this room" in sentence.text
    )


@SIGHT.on(
    rf"(?:{_BE}) (?:it|this|that|@picture|the scene|we|they|the (?:photo|picture|image|room|place|setting))(?: (?:photo|picture|image|room|place))?(?: (?:be|taken|in|at|on|a|an|the|from|of|shot|made|probably|located|set|really))* (?P<scene>{_SCENES})(?: (?:scene|or .+|@here|photo|shot|picture))*",
    rf"(?:does|do) @picture (?:show|depict) (?:a|an|the) (?P<scene>{_SCENES})(?: or .+)?",
    r"(?:is|was) (?:this|it|@picture|the scene) (?:taken |shot |set )?(?P<scene>indoors?|outdoors?|inside|outside)(?: or (?:indoors?|outdoors?|inside|outside))?",
)
def _is_place(match: re.Match[str], sentence: Plain) -> Program:
    scene = match["scene"]
    if " or " in sentence.text:
        return Place("indoors or outdoors" if re.search(r"indoor|outdoor|inside|outside", sentence.text) else "")
    return Place(
        {
            "indoor": "indoors",
            "indoor scene": "indoors",
            "outdoor": "outdoors",
            "outdoor scene": "outdoors",
            "inside": "indoors",
            "outside": "outdoors",
        }.get(scene, scene)
    )


# ---- describing -------------------------------------------------------------------------------------------------

_SEEN = r"(?:see|find|spot|recogni[sz]e|detect|identify|perceive|notice|make out|observe)"


@SIGHT.on(
    r"(?:please )?(?:describe|caption|summari[sz]e|explain|analy[sz]e|look at|interpret|comment on|inspect|examine|check)(?: (?:it|this|that|them|these|those|@picture|@here|everything|what .+|the (?:scene|contents?|situation|surroundings)(?: (?:of|in) .+)?|briefly|in detail|in one sentence|to me|for me|both|all|for a blind person|what is there|please|me|content))*",
    rf"what (?:is|are|was|were|do|does|can|could|did|all is|else is|things are|objects are|items are|all do|all can|else do|else can)(?: (?:i|we|one|you|there|it|going on|happening|shown|in|be|seen|visible|depicted|@here|@picture|show|contain|to be seen|displayed|on|see|contents?|taking place|presented|all|the (?:main )?(?:contents?|subject|topic|theme)|of|about|actually|in it|look like|{_SEEN}|featured|portrayed|here|pictured|represent|of it|to see|have|include|depict))+",
    rf"(?:which|what) (?:objects?|things?|items?|elements?|stuff)(?: (?:are|is|can|do|does|were|there|visible|you|@here|@picture|be|seen|in|{_SEEN}|contain|shown|present|have|detected|i|show|appear|appears|did|found|we))*",
    r"(?:list|name|enumerate|identify|show|give|tell me about|detect|find|recognize|tell)(?: (?:me|all|the|every|everything|of|visible|list|us|a))* (?:objects?|things?|items?|elements?|contents?|everything|@picture|it|this|description|caption|summary)(?: (?:you|can|see|@here|visible|of|@picture|that|are|do|in it|present|shown|for|here))*",
    r"(?:a |an |give me a |give a |provide a |write a |generate a |make a |i need a )?(?:short |brief |detailed |one sentence )?(?:description|caption|summary)(?: (?:of|for) (?:@picture|it|this|that))?(?: please)?",
    r"tell me (?:more |something |everything )?(?:about )?(?:@picture|it|this|that|what .+|what you see.*)|(?:anything|something|what|who) else(?: .*)?|more(?: details?)?|tell me more|go on|and|what about it|what do you think(?: .*)?|thoughts|@picture|@here|look at @picture|here is @picture|this is @picture|what @here|what @picture|what am i (?:looking at|seeing)|what are we (?:looking at|seeing)",
)
def _describe(match: re.Match[str], sentence: Plain) -> Program | None:
    if sentence.text in (
        "what is it",
        "what is this",
        "what is that",
        "what are these",
        "what are they",
        "what are those",
        "what is here",
        "what is",
    ):
        return None
    return Describe()


# ---- time in videos ---------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:at )?(?:when|what (?:time|second|moment)|which (?:second|moment))(?: @here)? (?:do|does|did|is|are|can|was|were)(?: (?:i|we|you) see)? (?P<what>.+?)(?: first)?(?: (?:appear|appears|visible|seen|come|comes|show up|in view|enter|be seen|show|there|shown|on screen|arrive|come into view|@here|first|disappear|leave))+",
    r"(?:at )?when (?:can|do) (?:i|we|you) (?:first )?see (?P<what>.+)",
)
def _when(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if thing and thing.classes == {"clock"}:
        return Beyond("time")
    return When(thing) if thing else None


# ---- where and what ---------------------------------------------------------------------------------------------


@SIGHT.on(
    r"(?:where(?: exactly)?|on which side|in which (?:part|corner|area|region|position|place)|(?:in |at |on )?what (?:position|side|part|place)|which side|whereabouts)(?: @here)?(?: of (?:@picture|it))? (?:is|are|was|were|can|do|does|could)(?: (?:i|you|we) (?:see|find|spot|locate))? (?P<what>.+?)(?: (?:located|placed|positioned|situated|at|standing|sitting|lying|be|appear|found|be found|be seen|be located|on))*",
    r"(?:please )?(?:locate|find|point (?:to|at|out)|show me where|mark|highlight|detect|show me|circle|show|box|position of|location of|the (?:position|location) of|what is the (?:position|location) of|search for|look for)(?: (?:all|me))* (?P<what>.+?)(?: (?:is|are)(?: located)?)?",
)
def _locate(match: re.Match[str], sentence: Plain) -> Program | None:
    what = re.sub(r"^(?:me )?(?:where )?", "", match["what"])
    thing = noun_phrase(what)
    return Locate(thing) if thing and not (thing.pronoun and thing.words == "this") else None


@SIGHT.on(
    r"(?:what|which|who)(?: (?P<kind>(?!is |are |was |were |do |does |can |has ).+?))? (?:is|are|was|were|do you see|can you see|can be seen|stands?|sits?|lies|do i see|appears?|can i see)(?: there)?(?: (?:that|the thing|the object|the things|located|something|standing|sitting|lying|placed|directly|shown|visible|exactly))* (?P<rest>.+)",
)
def _what_there(match: re.Match[str], sentence: Plain) -> Program | None:
    rest = match["rest"]
    kind_text = match["kind"] or ("person" if sentence.text.startswith("who ") else "")
    kind_text = re.sub(r"^(?:kinds?|types?|sorts?|species|breed) of ", "", kind_text)
    kind = noun_phrase(kind_text) if kind_text else None
    if kind_text and not kind:
        return None
    where = region(rest)
    if where:
        return WhatIs(kind if kind and not kind.anything else None, where)
    found = relation(re.sub(r"^(?:there|visible|shown) ", "", rest))
    if found:
        anchor = noun_phrase(found[1])
        if anchor and not anchor.anything:
            return Related(found[0], anchor, kind if kind and not kind.anything else None)
    return None


@SIGHT.on(
    r"what (?:is|are|was|does|do|did) (?P<subject>(?:the|a|this|that|his|her|my)? ?.+?) (?P<verb>holding|carrying|riding|wearing|eating|using|touching|hold|carry|ride|wear|eat|use|drinking|standing on|sitting on|lying on|looking at|playing with|playing|sitting in|sitting at|standing next to|pulling|throwing|catching|hitting)(?: with| @here| on| in)?",
)
def _held(match: re.Match[str], sentence: Plain) -> Program | None:
    subject = noun_phrase(match["subject"])
    if not subject:
        return None
    verb = match["verb"]
    if verb in ("wearing", "wear", "looking at", "playing"):
        return Beyond("wearing" if verb.startswith("wear") else "activity", subject)
    name = "on_inverse" if re.match(r"rid|standing on|sitting on|lying on", verb) else "touching"
    return Related(name, subject)


@SIGHT.on(r"(?:what|which) shape (?:is|are|has|have|does|do) (?P<what>.+?)(?: (?:have|has))?")
def _shape_of(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if not thing or thing.pronoun or not (thing.anything or thing.shapes):
        return None
    return WhatIs(replace(thing, words="shape", shapes=frozenset({"*"}), anything=False))


@SIGHT.on(
    r"(?:what|which)(?: (?:kind|type|sort|species|breed|make|model|brand|variety)s?)? ?(?:of )?(?P<kind>.+?) (?:is|are|was|were|does|do|can|did)(?: (?:it|this|that|these|those|they|he|she|there|shown|present|visible|in|you|i|we|see|@here|@picture|be|seen|contain|show|have|depict|depicted|on|the|here|pictured|displayed|drawn|find|recognize|identify|detect))*",
    r"(?:what|which) (?:is|are) (?:the |this |that |these )?(?:names? of |kind of |type of |species of |breed of )?(?P<kind>.+?)(?: (?:@here|here|shown|in question))?(?: (?:called|named|a kind of))?",
    r"(?:identify|name|recognize|classify|guess) (?:the |this |that )?(?:kind of |type of |species of |breed of )?(?P<kind>.+)",
    r"(?:which|what) (?:kinds?|types?|sorts?) of (?P<kind>.+)",
    r"(?:list|name|show|enumerate)(?: me)? (?:all )?(?:the )?(?P<kind>.+?)(?: (?:you (?:can )?see|@here|visible))*",
    r"what (?P<kind>shape|animal|fruit|vehicle|food|object|thing)",
)
def _what_kind(match: re.Match[str], sentence: Plain) -> Program | None:
    text = match["kind"].strip()
    if text in ("it", "this", "that", "these", "those", "they", "@picture", "here", "what", "", "there", "he", "she"):
        return WhatIs()
    if re.fullmatch(r"(?:main |biggest |largest |central )?(?:subject|object|thing|item|focus|element)s?", text):
        return WhatIs()
    thing = noun_phrase(re.sub(r"^(?:kinds?|types?|sorts?|species|breed)s? of ", "", text))
    if not thing or thing.pronoun or thing.words in ("season", "time", "weather", "year", "day", "month", "number"):
        return None
    known = thing.classes or thing.shapes or thing.anything
    asks_kind = re.match(
        r"(?:what|which) (?:(?:kind|type|sort|species|breed|make|model|brand|variety)s? )?(?:of )?(?!is\b|are\b)",
        sentence.text,
    )
    if thing.relation and thing.anchor and thing.words in ("animal", "thing", "object", "item", "person", "shape"):
        return Related(thing.relation, thing.anchor, None if thing.anything else thing)
    if not known and not asks_kind:
        return None
    if not known and sentence.text.startswith(("list", "name", "show", "identify", "guess")):
        return None
    return WhatIs(thing)


@SIGHT.on(
    r"what (?:is|are|was) (?:it|this|that|these|those|they|here|he|she)(?: (?:thing|object|here|@here|there|exactly|called|then|a picture of|of|supposed to be|doing here))?|what(?: is it| is that)|what"
)
def _what_is(match: re.Match[str], sentence: Plain) -> Program:
    return WhatIs()


# ---- beyond what is perceived -----------------------------------------------------------------------------------


@SIGHT.on(
    r"(?P<who>who) (?:is|are|was|were|do you see|can you see)(?: .*)?|what is (?:his|her|their|the (?:person|man|woman|boy|girl) 's) (?P<name>name)(?: .*)?",
    r"(?P<why>why|how come|for what reason|what is the reason|for what purpose) .+",
    r"(?P<activity>what) (?:is|are|was|were|does) (?:.+? )?(?:doing|do|up to|playing|happening to .+|trying to do|about to do)(?: .*)?",
    r"(?P<age>how old) .+|what is (?:his|her|the .+ 's|the) (?P<age2>age)(?: .*)?",
    r"(?P<weather>(?:what is|how is|what was|what kind of|what) (?:the )?weather)(?: .*)?|is it (?P<weather2>sunny|raining|rainy|cloudy|snowing|snowy|windy|foggy|hot|cold)(?: .*)?",
    r"(?P<time>what (?:time|season|year|day|month)|is it (?:day|night|morning|evening|daytime|summer|winter))(?: .*)?|what time .*",
    r"(?P<price>how (?:much|expensive) (?:does|do|is|are|would)) .+",
    r"(?P<material>what (?:material|fabric|is .+ made of|are .+ made of))(?: .*)?",
    r"(?P<gender>is (?:it|this|he|she|the (?:person|baby|child|dog|cat))) (?:a )?(?:male|female)(?: or .+)?",
)
def _beyond(match: re.Match[str], sentence: Plain) -> Program | None:
    ask = next(name.rstrip("2") for name, value in match.groupdict().items() if value)
    return Beyond("who" if ask == "name" else ask)  # type: ignore[arg-type]


# ---- yes or no --------------------------------------------------------------------------------------------------

_SEE = rf"(?:(?:do|can|could|did) (?:you|we|i|one) (?:also |actually )?(?:{_SEEN})|(?:do|does|did|has|have) (?:{_IT}|@here|you) (?:show|contain|have|include|depict|feature|display|got|find|show any)|(?:{_IT}|@picture) (?:shows?|contains?|has|have|includes?|depicts?|features?|displays?)|can (?:there )?be seen|i (?:can )?see|there (?:seems?|appears?) to be|are you seeing|have you (?:seen|found|detected))"


@SIGHT.on(
    rf"{_BE} there (?P<not>not )?(?P<what>.+)",
    rf"there {_BE} (?P<not>not )?(?P<what>.+)",
    rf"{_BE} (?P<not>not )there (?P<what>.+)",
    rf"(?P<what>.+?) {_BE} (?:there|present|visible|shown|in sight|@here|pictured|depicted)(?: @here)?",
    rf"{_SEE} (?P<not>not )?(?P<what>.+)",
    rf"(?:do|does|did) (?:{_IT}) (?P<not>not )(?:show|contain|have|include|depict|feature|display) (?P<what>.+)",
    rf"(?:do|does|did|can|could) (?P<not>not )?(?:{_IT}|you) (?:not )?(?:show|contain|have|include|depict|feature|display|see) (?P<what>.+)",
    rf"(?:{_IT}) (?:do|does) (?P<not>not )(?:show|contain|have|include|depict|feature|display) (?P<what>.+)",
    rf"{_BE} (?P<not>not )?(?P<what>(?:an? |any |some |no |one |two |three |four |five |\d+ |at least |exactly |only |more than |nothing).+?)(?: (?:present|visible|there|shown|here|@here|in sight|in view|to be seen|depicted|somewhere|anywhere|in the background|seen))+",
    r"(?:can|could|may) (?P<what>.+?) be (?:seen|found|spotted|detected)(?: .*)?",
    r"(?P<what>any .+?)(?: @here| here| visible)?",
    r"what about (?P<what>.+)",
    r"(?:do|does) (?P<what>.+?) (?P<not2>not )?(?:appear|exist|occur|show up)(?: @here)?",
)
def _presence(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    what = groups["what"]
    denied = bool(groups.get("not") or groups.get("not2")) or bool(
        re.match(rf"(?:do|does|did) {_IT} not ", sentence.text)
    )
    if what.startswith("not "):
        denied, what = not denied, what[4:]
    if re.match(r"(?:anything|something|nothing) (?:else )?(?:@here|visible|there)?$", what):
        return Describe()
    found = things(what)
    if not found:
        return None
    if all(one.pronoun for one in found[0]):
        return None
    return Presence(found[0], every=found[1], negated=denied)


@SIGHT.on(
    r"(?:does |do )?(?:each|every|all)(?: of)?(?: the)? (?P<holder>.+?) (?:has|have|contains?|contain|with) (?P<rest>.+)"
)
def _every(match: re.Match[str], sentence: Plain) -> Program | None:
    holder, found = noun_phrase(match["holder"]), things(match["rest"])
    return Every(holder, found[0]) if holder and found else None


@SIGHT.on(
    r"(?:what|which)(?: (?P<kind>\S+))? (?:is|are) (?P<subject>.+?) (?P<words>next to|on|in|on top of|behind|in front of|under|below|above|near|beside|inside)"
)
def _final_preposition(match: re.Match[str], sentence: Plain) -> Program | None:
    subject, found = noun_phrase(match["subject"]), relation(f"{match['words']} it")
    if not subject or not found or subject.anything or subject.words == "@picture":
        return None
    kind = noun_phrase(match["kind"]) if match["kind"] else None
    inverse = {
        "on": "on_inverse",
        "inside": "inside_inverse",
        "behind": "in_front",
        "in_front": "behind",
        "below": "above",
        "above": "below",
    }
    return Related(inverse.get(found[0], found[0]), subject, None if kind and kind.anything else kind)


@SIGHT.on(
    r"(?:do|does|did|has|have) (?P<holder>(?!it |this |that |they |@picture |you |i |we ).+?) (?P<verb>have|has|wear|hold|carry|ride|use|eat|got) (?P<what>.+)",
)
def _has(match: re.Match[str], sentence: Plain) -> Program | None:
    holder, thing = noun_phrase(match["holder"]), noun_phrase(match["what"])
    if not holder or not thing or re.match(r"(?:each|every|all)\b", match["holder"]):
        return None
    held = replace(thing, relation="touching", anchor=replace(holder, definite=True))
    return Presence((held,))


@SIGHT.on(
    rf"{_BE} (?P<rest>.+)",
    r"(?:do|does|did|can|has) (?P<rest>.+)",
)
def _verdict(match: re.Match[str], sentence: Plain) -> Program | None:
    return statement(match["rest"], asked=True)


@SIGHT.on(rf"{_BE} (?P<what>.+?) (?P<verb>\w+ing)(?: .*)?")
def _doing(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if not thing:
        return None
    return Beyond("emotion" if match["verb"] in ("smiling", "crying", "laughing", "frowning") else "activity", thing)


@SIGHT.on(r"(?P<all>(?:the|a|an|this|that|all|every|one|some|my|his|her|there|@picture|it|\w+) .+)")
def _statement(match: re.Match[str], sentence: Plain) -> Program | None:
    if re.match(
        r"(?:what|which|who|where|when|why|how|please|can|could|tell|show|do|does|i|we|you|let|if)\b", sentence.text
    ):
        return None
    return statement(match["all"], asked=False)


_ACTS: Final = dict.fromkeys(
    ("sits", "sit", "stands", "stand", "lies", "lie", "rests", "hangs", "sleeps", "walks", "waits"), ""
) | {
    "rides": "riding",
    "ride": "riding",
    "holds": "holding",
    "hold": "holding",
    "carries": "carrying",
    "touches": "touching",
    "wears": "wearing",
    "eats": "eating",
    "uses": "using",
}
"""Verbs of statements -> the words that noun phrases use for the same; postures say nothing that a box shows."""


def statement(text: str, *, asked: bool) -> Program | None:
    """The program that verifies a statement: "the cat is on the sofa"; asked: "the cat on the sofa", its verb in front.

    Of the ways to cut it into subject and predicate, the first counts whose subject has a known name, else the first.
    """
    tokens = text.split()
    second_best: Program | None = None
    for index in range(1, len(tokens)):
        subject_text, rest = " ".join(tokens[:index]), tokens[index:]
        inverse = _inverse(subject_text, " ".join(rest))
        if inverse is not None:
            return inverse
        if not asked:
            if rest[0] in _ACTS:
                rest = [*_ACTS[rest[0]].split(), *rest[1:]]
            elif rest[0] in ("is", "are", "was", "were"):
                rest = rest[1:]
            else:
                continue
        denied = bool(rest) and rest[0] == "not"
        rest = rest[1:] if denied else rest
        subject = noun_phrase(re.sub(r"^(?:all|both)(?: of)? (?:the )?", "the ", subject_text))
        if not rest or not subject or (asked and rest[0] in ("is", "are")):
            continue
        every = bool(re.match(r"(?:all|every|each|both)\b", subject_text))
        program = _predicated(subject, " ".join(rest), every, denied)
        if program is None:
            continue
        if subject.classes or subject.shapes or subject.pronoun or subject.anything:
            return program
        second_best = second_best or program
    return second_best


def _predicated(subject: Thing, rest: str, every: bool, denied: bool) -> Program | None:
    """The program that says the predicate of the subject."""
    said = predicate(rest)
    if not said:
        return None
    what, values, other = said
    generic = subject.pronoun or subject.anything or subject.words in ("@picture", "main subject", "subject")
    if what == "relation" and values == ("inside",) and subject.words in ("@picture", "it", "this", "that"):
        return None
    if what == "color":
        return ColorOf(subject) if " or " in f" {rest} " else HasColor(subject, values, every, denied)
    if what == "seen":
        return Presence((replace(subject, definite=False),), negated=denied)
    if what == "region":
        return InRegion(subject, values[0], denied)
    if what == "relation" and other:
        return Stands(subject, values[0], other, denied)
    if what == "size" and other:
        first, second = (subject, other) if values[0] == "bigger" else (other, subject)
        return Stands(first, "bigger", second, denied)
    if what == "kind" and other:
        return IsA(other, None if generic else subject, denied)
    return None


def _inverse(subject_text: str, rest: str) -> Program | None:
    for words, name in INVERSE_WORDS:
        match = re.match(rf"^(?:{words}) (?P<rest>.+)$", rest)
        if match:
            subject, other = noun_phrase(subject_text), noun_phrase(match["rest"])
            if subject and other and subject.words != "@picture" and not subject.pronoun:
                return Stands(other, name, subject)
    return None


# ---- the world at large -----------------------------------------------------------------------------------------

_WORLD = re.compile(
    r"\b(?:capital|president|population|prime minister|king of|queen of|inventor|invented|discovered|history of|war|"
    r"weather (?:today|tomorrow|in)|news|stock|recipe|joke|poem|story|song about|translate|meaning of life|define|definition|"
    r"how do i|how to|how can i|square root|plus|minus|times \d|divided by|calculate|code|program|python|what year|who wrote|"
    r"who won|who discovered|tallest|highest mountain|largest country|distance (?:from|between)|earth|universe|planet|currency|"
    r"date today|time is it|what day|what date|book a|order a|remind me|set (?:a|an) (?:timer|alarm)|turn (?:on|off)|play (?:some )?music|"
    r"open the door|call (?:my|the)|send (?:a|an)|buy)\b"
)


def unknown(sentence: Plain) -> Unknown:
    """What is left when no rule fits, with the known things that it mentions."""
    mentioned: list[Thing] = []
    tokens = [token for token in sentence.text.split() if token.isalpha()]
    index = 0
    while index < len(tokens):
        for length in (3, 2, 1):
            name = singular(" ".join(tokens[index : index + length]))
            one = noun_phrase(name)
            if one and (one.classes or one.shapes) and not one.pronoun and name not in COLORS and name not in HYPERNYMS:
                if one.words not in {seen.words for seen in mentioned}:
                    mentioned.append(one)
                index += length - 1
                break
        index += 1
    return Unknown(sentence.text, bool(_WORLD.search(sentence.text)), tuple(mentioned[:4]))
