"""Questions about writing in a picture and about the file itself: size, sharpness, length. Not about things in it."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.nouns import noun_phrase, region
from assistant_reasoner.programs import FactAsked, Facts, Program, Read
from assistant_reasoner.rules import BE, HERE, IT, Rules, quoted
from assistant_reasoner.words import Plain

READ: Final = Rules()


# ---- text in pictures -------------------------------------------------------------------------------------------

_WRITING = (
    r"(?:text|words?|writing|letters|inscription|lettering|characters?|caption text|printed text|written text|"
    r"sentences?|something written|anything written|handwriting)"
)


@READ.on(
    rf"what (?:do|does) (?P<holder>it|this|that|they|@picture|.+?)(?: @here)? (?:say|read|state|spell|show "
    rf"written){HERE}(?: on it)?(?: (?P<place>(?:at|in|on) the .+))?",
    rf"(?:what|which) (?:text|words?|writing|letters|inscription)(?: @here)?(?: (?:is|are|can|do|does|"
    rf"appears?|was|were) ?(?:you |i |we |be )?(?:there|visible|written|shown|see|read|printed|seen|present|"
    rf"it|contain|have|@picture|displayed)*)?(?: (?:on|in|at|from) (?P<holder>.+?))?{HERE}",
    rf"(?:what|which) (?:is|are|was|were) (?:the )?{_WRITING}(?: (?:on|in|of|at|written on) (?P<holder>.+?))?{HERE}",
    rf"what (?:is|are|was) (?:written|printed|inscribed|painted|the title|the name|the headline|the heading|"
    rf"the label|the caption|labeled)(?: (?:on|in|at|of|across) (?P<holder>.+?))?{HERE}",
    rf"(?:please )?(?:read|transcribe|extract|ocr|recognize|spell out|give me|get|show me|copy|type|write "
    rf"down)(?: (?:out|me|all|the|any|this|that|full|whole|of))* (?:{_WRITING}|it|this|that|@picture|sign|"
    rf"label|page|document|letter|book cover|title|headline)(?: (?:out loud|aloud|to me|for me))?(?: (?:on|"
    rf"in|from|of) (?P<holder>.+?))?{HERE}",
    r"(?:can|could) you read (?:it|this|that|@picture|the (?:text|sign|writing|label|page)|what .+)(?: "
    r"(?:on|in|from) (?P<holder>.+?))?(?: (?:to|for) me)?",
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


@READ.on(
    rf"(?:{BE}|can you see|do you see|can you find|does {IT} (?:have|contain|show|include)|did you "
    rf"find)(?: there)? (?:any |some |a )?(?P<writing>{_WRITING})(?: (?:on|in|at|written on) "
    rf"(?P<holder>.+?))?{HERE}",
    rf"{BE} (?:anything|something) (?:written|printed)(?: (?:on|in) (?P<holder>.+?))?{HERE}",
)
def _any_text(match: re.Match[str], sentence: Plain) -> Program:
    holder = match.groupdict().get("holder")
    return Read(noun_phrase(holder) if holder else None, ask="presence")


@READ.on(
    rf"(?:do|does) (?:(?P<holder>.+?) )?(?:say|read|spell|mention) (?P<wanted>@q\d+|.+?){HERE}",
    rf"(?:{BE}|can you see|do you see|can you find)(?: there)? (?:the |a )?(?:words?|text|phrase|name|"
    rf"letters?|number) (?P<wanted>@q\d+|\S+(?: \S+){{0,3}}?)(?: (?:written|visible|present|shown|appearing|"
    rf"on .+|anywhere))*{HERE}",
    r"(?:do|does) (?:the )?(?:words?|text|phrase|name) (?P<wanted>@q\d+|.+?) (?:appear|occur|show up|exist)(?: .*)?",
    rf"{BE} (?P<wanted>@q\d+)(?: (?:written|visible|present|shown|there|printed))*(?: (?:on|in) "
    rf"(?P<holder>.+?))?{HERE}",
    rf"where (?:is|does) (?:it say |the (?:word|text|phrase) )(?P<wanted>@q\d+|.+?)(?: written)?{HERE}",
)
def _says(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    wanted = quoted(groups["wanted"] or "", sentence)
    if not wanted or wanted in ("anything", "something"):
        return Read(ask="presence")
    holder = groups.get("holder") or ""
    return Read(None if holder in ("", "it", "this", "that", "@picture", "they") else noun_phrase(holder), wanted)


@READ.on(
    rf"what (?:is )?(?:the )?(?:numbers?|digits?|(?:license|licence|number) plate(?: number)?|phone number|"
    rf"price|date|telephone number|registration|plate number|house number|jersey number)(?: (?:is|are|does|"
    rf"do|can|appears?|was) ?(?:the |there|it|you see|visible|written|shown|displayed)*)?(?: ?(?P<at>on|in|"
    rf"of|at) (?P<holder>.+?))?{HERE}",
)
def _number_on(match: re.Match[str], sentence: Plain) -> Program | None:
    if match["at"] == "of" and re.match(r"what (?:is )?(?:the )?(?:numbers?|digits?) of", sentence.text):
        return None
    holder = match.groupdict().get("holder")
    return Read(noun_phrase(holder) if holder else None, ask="number")


# ---- facts of the file ------------------------------------------------------------------------------------------


@READ.on(
    rf"(?:how (?:big|large|wide|tall|high)|what (?:size|resolution|dimensions?)|how many (?:mega)?pixels)(?: "
    rf"(?:is|are|does|do|has|have|in))? ?{IT}?(?: (?:have|has|in pixels|@here))?",
    rf"what (?:is|are) (?:the |its )?(?:size|resolution|dimensions?|width|height|width and height|aspect "
    rf"ratio|pixel size)(?: of {IT}| {HERE})?(?: in pixels)?",
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


@READ.on(
    rf"{BE} (?:@picture|it|this|that)(?: (?:very|a|an|too|so|really|rather|in))* "
    rf"(?P<fact>{'|'.join(words for words, _ in _FACTS)})(?: (?:@picture|photo|picture|image|photograph|one|"
    rf"format))?(?: or .+)?"
)
def _fact(match: re.Match[str], sentence: Plain) -> Program | None:
    if sentence.text.split()[1] != "@picture" and match["fact"] in ("square", "clear", "light", "wide"):
        return None
    return Facts(next(name for words, name in _FACTS if re.fullmatch(words, match["fact"])))


@READ.on(
    r"how (?P<what>bright|dark|blurry|sharp|good|clear) (?:is|are) (?:@picture|it|this|the (?:quality|lighting|light))",
    r"what (?:is )?(?:the )?(?P<what>brightness|quality|image quality|sharpness|lighting|exposure|contrast|"
    r"orientation|format)(?: (?:is|does|has|of|like|@picture|@here|have|it).*)?",
)
def _how_bright(match: re.Match[str], sentence: Plain) -> Program:
    what = match["what"]
    if what in ("bright", "dark", "brightness", "lighting", "exposure", "contrast"):
        return Facts("brightness")
    if what in ("orientation", "format"):
        return Facts("orientation")
    return Facts("quality")


@READ.on(
    r"how long (?:is|does) @picture(?: last| take)?|how (?:many|much) (?:seconds|time|frames).* @picture|"
    r"(?:what is )?the (?:length|duration) of @picture|how long is (?:it|@here)|(?:what is )?the (?:length|"
    r"duration) @here"
)
def _video_length(match: re.Match[str], sentence: Plain) -> Program:
    return Facts("length")


@READ.on(
    r"how many (?:pictures|images|photos|photographs|files|videos)(?: (?:did i|have i|do you|are there|were|"
    r"did you|can you).*)?"
)
def _pictures(match: re.Match[str], sentence: Plain) -> Program:
    return Facts("count")
