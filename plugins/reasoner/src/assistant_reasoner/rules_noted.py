"""Questions about what further plugins note: codes, what a photograph's file says, and who speaks. Not for the rest."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.programs import Noted, NotedAsked, Program
from assistant_reasoner.rules import BE, HERE, SEEN_WORDS, Rules, quoted
from assistant_reasoner.words import Plain

NOTED: Final = Rules()

_CODE: Final = (
    r"(?:qr ?codes?|bar ?codes?|qr|data ?matrix(?: codes?)?|aztec codes?|(?:ean|upc|pdf ?417)(?: ?\d+)?(?: codes?)?|"
    r"(?:2d|matrix) (?:bar ?)?codes?)"
)
_THE: Final = r"(?:the |this |that |these |those |any |all |each |every )?"
_IT: Final = (
    r"(?:it|this|that|they|these|those|@picture|(?:the|this|that|my) (?:\w+ )?"
    r"(?:picture|photo|photograph|image|shot|snapshot|one|file)s?)"
)
_MADE: Final = r"(?:taken|shot|made|captured|photographed|snapped|created)"
_PEOPLE: Final = r"(?:(?:different |distinct )?(?:people|persons|speakers|voices|men and women))"
_RECORDING: Final = r"(?:the|this|that|my) (?:recording|audio|conversation|call|talk|video|file|clip|sound)"
_ORDER: Final = {word: index for index, word in enumerate("first second third fourth fifth".split(), 1)} | {
    word: index for index, word in enumerate("one two three four five".split(), 1)
}


@NOTED.on(
    rf"(?:what|where) (?:do|does|did|would|is|are) {_THE}{_CODE}{HERE}(?: (?:say|says|read|contain|contains|hold|mean|"
    rf"link|links|point|points|lead|leads|encode|encodes|stand|go|open|written|take me))+(?: to| for)?{HERE}",
    rf"(?:can you |could you |please )*(?:read|scan|decode|check)(?: out)? {_THE}{_CODE}{HERE}(?: (?:for me|please))*",
    rf"what (?:is|are) (?:in|on|behind|inside|encoded in|stored in|written in|the (?:content|contents|text|"
    rf"link|address|"
    rf"url|number|value|message) (?:of|in|on|behind)) {_THE}{_CODE}{HERE}",
    rf"(?:what|which) (?:link|url|address|website|number|text) (?:is|does|do) (?:in |behind |on )?{_THE}{_CODE}.*",
    rf"what {_CODE} (?:is|are) (?:it|this|that|there|those|they){HERE}",
)
def _codes(match: re.Match[str], sentence: Plain) -> Program:
    return Noted("codes")


@NOTED.on(
    rf"(?:{BE} there|(?:do|can|could) you {SEEN_WORDS}|does {_IT} (?:have|show|contain|include)|do {_IT} (?:have|show|"
    rf"contain|include)) (?:a |an |any |some )?{_CODE}{HERE}(?: (?:on|in|at) .+)?",
)
def _any_code(match: re.Match[str], sentence: Plain) -> Program:
    return Noted("any_code")


@NOTED.on(rf"how many {_CODE}(?: (?:are|is|do|can|does) .*)?{HERE}")
def _how_many_codes(match: re.Match[str], sentence: Plain) -> Program:
    return Noted("count_codes")


_CAMERA: Final = (
    r"(?:(?:with|on|by) )?(?:what|which) (?:(?:kind|sort|type|model) of )?(?:camera|phone|smartphone|device|lens)"
    r"(?: model)?"
)
_WHEN: Final = r"(?:when|(?:(?:on|at|in) )?(?:what|which) (?:date|day|time|year))"
_SOMEONE: Final = rf"(?: (?:{_IT}|i|you|he|she|we|someone|somebody))?"
_USED: Final = (
    rf"(?: (?:was|were|is|did|took|made|shot))?{_SOMEONE}(?: (?:{_MADE}|used|take|shoot|make))?{_SOMEONE}"
    rf"(?: (?:with|by|on|at|in))?"
)
_AND: Final = r"(?: ,)?(?: and| ,)"

_FILE: Final[tuple[tuple[NotedAsked, tuple[str, ...]], ...]] = (
    (
        "taken_with",
        (
            rf"{_CAMERA}{_USED}{_AND} {_WHEN}{_USED}",
            rf"{_WHEN}{_USED}{_AND} {_CAMERA}{_USED}",
            rf"(?:what (?:is|are|was|were) )?(?:the )?(?:camera{_AND}(?: the)? (?:date|day|time)|(?:date|day|"
            rf"time){_AND}(?: the)? camera)(?: of {_IT})?",
        ),
    ),
    (
        "taken",
        (
            rf"when (?:was|were|is|did you think) {_IT} {_MADE}{HERE}",
            rf"(?:on |at |in )?(?:what|which) (?:exact |precise )?(?:date|day|time|year|"
            rf"month)(?: and time)? (?:was|were|is) "
            rf"{_IT} {_MADE}(?: on| at| in)?{HERE}",
            rf"(?:what|when) (?:is|was) the (?:date|day|time)(?: and time)? (?:of|when) {_IT}(?: (?:was|"
            rf"were))?(?: {_MADE})?",
            rf"when (?:did|have) (?:i|you|they|he|she|we|someone) (?:take|taken|shoot|make) {_IT}",
        ),
    ),
    (
        "camera",
        (
            r"(?:with |on |by )?(?:what|which) (?:kind of |sort of |type of |model of )?(?:camera|phone|"
            r"smartphone|device|"
            r"lens)(?: model)? (?:was|were|is|did|has|took|made|shot)(?: (?:used|been used))?(?: .*)?",
            rf"what (?:was|were|is) {_IT} {_MADE} (?:with|by|on)",
            rf"(?:what|which) (?:is |was )?(?:the )?(?:camera|lens)(?: model)?(?: of {_IT})?",
        ),
    ),
    (
        "exposure",
        (
            r"(?:what|which) (?:is |was |were |are )?(?:the )?(?:aperture|shutter speed|iso(?: value| number)?|"
            r"focal length|"
            r"camera settings?|exposure (?:time|settings?)|f stop|f number)(?: (?:of|was|were|is|for|in) .*)?",
            r"(?:was|is) (?:the |a )?flash (?:used|fired|on)(?: .*)?",
        ),
    ),
    (
        "author",
        (
            rf"who (?:took|made|shot|photographed|captured|created|has taken) {_IT}",
            rf"who (?:is|was) the (?:author|photographer|creator|copyright holder)(?: of {_IT})?|whose (?:@picture|"
            rf"photo|"
            rf"picture|photograph) is (?:it|this|that)",
        ),
    ),
    (
        "place",
        (rf"where (?:was|were|is) {_IT} {_MADE}{HERE}", rf"(?:what are )?the (?:gps )?coordinates(?: of {_IT})?"),
    ),
)


def _register(asked: NotedAsked, patterns: tuple[str, ...]) -> None:
    @NOTED.on(*patterns)
    def _build(match: re.Match[str], sentence: Plain) -> Program:
        return Noted(asked)


for _asked, _patterns in _FILE:
    _register(_asked, _patterns)


@NOTED.on(
    rf"how many {_PEOPLE} (?:are )?(?:speak|speaks|talk|talking|speaking|there|heard|(?:can|do) (?:be|you|i|we) "
    rf"(?:hear|heard|make out)|take part|in the (?:recording|conversation|audio|call|talk))(?: .*)?",
    rf"how many {_PEOPLE} (?:can|do) (?:you|i|we) hear(?: .*)?",
    r"is (?:there )?(?:only |just )?(?:one|a single) (?:person|speaker|voice)(?: (?:speaking|talking|heard|@here))*",
)
def _speakers(match: re.Match[str], sentence: Plain) -> Program | None:
    if re.match(r"how many (?:people|persons|men and women) (?:are )?there", sentence.text):
        return None  # in a picture
    return Noted("only_one" if sentence.text.startswith("is") else "speakers")


@NOTED.on(
    r"who (?:speaks|spoke|talks|talked|(?:is|was|are|were) (?:speaking|talking|heard|the speakers?))"
    rf"(?: (?:when|at what time))?(?: in {_RECORDING})?{HERE}",
    rf"(?:who|which (?:speaker|person|one|voice)) (?:says|said|is saying|was saying|tells|told) what"
    rf"(?:(?: ,)?(?: and)? when| at what time)?(?: in {_RECORDING})?{HERE}",
)
def _who_when(match: re.Match[str], sentence: Plain) -> Program:
    return Noted("who_when")


@NOTED.on(
    r"who (?:says|said|mentions|mentioned|talks about|talked about|asks|asked|speaks about|spoke about|brings up|"
    r"brought up)(?: that| for| about)? (?P<topic>.+)",
    r"(?:which|what) (?:speaker|person|one|voice) (?:of them )?(?:says|said|mentions|mentioned|"
    r"talks about|talked about)"
    r"(?: that)? (?P<topic>.+)",
)
def _who_says(match: re.Match[str], sentence: Plain) -> Program | None:
    topic = quoted(match["topic"], sentence).removesuffix(" @here").strip()
    return None if topic in ("it", "this", "that", "what", "") else Noted("who_says", topic)


@NOTED.on(
    r"what (?:does|did|do) (?:the )?(?P<nth>first|second|third|fourth|fifth) (?:speaker|person|voice|one) (?:say|talk "
    r"about|tell)(?: @here)?",
    r"what (?:does|did|do) (?:speaker|person|voice)(?: number)? (?P<number>\d|one|two|three|four|"
    r"five) (?:say|talk about|"
    r"tell)(?: @here)?",
)
def _says(match: re.Match[str], sentence: Plain) -> Program:
    groups = match.groupdict()
    which = groups.get("nth") or groups.get("number") or "1"
    return Noted("speaker_says", index=int(which) if which.isdigit() else _ORDER[which])
