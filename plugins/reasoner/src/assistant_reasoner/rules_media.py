"""Questions about a recording or a video as a whole, and about pictures and speech together. Topics: rules_talk.py."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.nouns import noun_phrase, things
from assistant_reasoner.programs import (
    AtOnce,
    Changes,
    Compare,
    Happens,
    Matches,
    Presence,
    Program,
    Transcript,
    When,
)
from assistant_reasoner.rules import Rules, quoted
from assistant_reasoner.words import Plain

MEDIA: Final = Rules()

_WHO: Final = (
    r"(?:they|he|she|it|someone|somebody|people|i|you|we|this person|(?:the|this|that|my) (?:speakers?|person|man|"
    r"woman|"
    r"voice|narrator|caller|recording|audio|voice message|message|clip|speech|voice note|voice memo|video))"
)
_SAYS: Final = (
    r"(?:say|says|said|saying|tell|tells|told|telling|describe|describes|described|describing|mention|mentions|"
    r"mentioned|"
    r"talk about|talks about|talked about|talking about|claim|claims|claimed|speak about|speaks about|speaking about|"
    r"refer to|refers to|referring to|mean|means|meant)"
)
_SOUND: Final = (
    r"(?:recordings?|audios?|voice messages?|messages?|speech|audio files?|voice notes?|voice memos?|talks?|"
    r"conversation|"
    r"clips?|voices?|sound files?)"
)
_SHOWN: Final = r"(?:visible|in view|in sight|shown|seen|on screen|there|present|@here|in frame|to be seen|on camera)"
_RECORDED: Final = (
    r"(?:what (?:was|is|has been|they|he|she|i|the speaker) (?:said|say|says|talked about|discussed|told)(?: "
    r"@here)?|(?:the|this|that|my) "
    rf"(?:{_SOUND})|(?:the|this|that) (?:whole )?(?:transcript|discussion|meeting|call|lecture|interview))"
)


# ---- speech -----------------------------------------------------------------------------------------------------


@MEDIA.on(
    rf"(?:please )?(?:summari[sz]e|sum up|condense|recap)(?: for me)? {_RECORDED}(?: (?:briefly|in .+|for me))?",
    rf"(?:give me |make |write |what is |what was |what would be )?(?:an? |the )?(?:short |brief |quick "
    rf")?(?:summary|gist|recap|"
    rf"main point|main points|main idea|key points|key message|essence) of {_RECORDED}",
    r"what (?:is|was|are|were) (?:the )?(?:main points?|key points?|gist|main idea|key message)(?: @here)?",
    rf"what (?:is|was) {_RECORDED} (?:mainly |mostly )?about",
)
def _summary(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("summary")


_NAMED: Final = {
    "number": "numbers",
    "price": "prices",
    "amount": "prices",
    "sum": "prices",
    "date": "dates",
    "time": "dates",
    "day": "dates",
    "name": "names",
    "people": "names",
    "person": "names",
    "place": "names",
    "company": "names",
}
_ASKED: Final = (
    r"(?P<what>numbers?|prices?|amounts?(?: of money)?|sums?(?: of money)?|dates?|times|days?|names?|people|persons?|"
    r"places?|company|companies)"
)


@MEDIA.on(
    rf"(?:what|which) {_ASKED}(?: and \w+)? (?:is|are|was|were|do|does|did|has|have|can)(?: (?:{_WHO}|i|we))?(?: "
    rf"been)? ?"
    rf"(?:{_SAYS}|spoken|heard|hear|named|given|used|mentioned)(?: @here| in .+| by .+)?",
    rf"(?:list|give me|name|tell me|extract|find) (?:all )?(?:the )?{_ASKED} (?:that )?(?:(?:is|are|was|were|{_WHO}) )?"
    rf"(?:{_SAYS}|spoken|heard|named)(?: @here| in .+)?",
)
def _named_in_speech(match: re.Match[str], sentence: Plain) -> Program | None:
    word = match["what"].removesuffix(" of money")
    word = "company" if word == "companies" else word if word == "people" else word.removesuffix("s")
    return Transcript(_NAMED[word])  # type: ignore[arg-type]


@MEDIA.on(
    r"who (?:speaks|spoke|talks|talked|is (?:speaking|talking)|was (?:speaking|talking)) (?:the )?(?:longer|longest|"
    r"more|most)"
    r"(?: .*)?",
    rf"(?:in )?which (?:of (?:the|these|those) )?(?:(?:two|three) )?{_SOUND}(?: one)? (?:is|are|lasts|has|have|"
    rf"contains|do|does)"
    rf"(?: {_WHO})?(?: speak| talk)? ?(?:the )?(?:longer|longest|more speech|most speech|more words|most words|more "
    rf"talking|"
    r"speaking longer)(?: .*)?",
)
def _longer(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("longer")


@MEDIA.on(rf"how (?:long|much) (?:do|does|did|is|was|were|are) {_WHO} (?:talk|speak|talking|speaking)(?:ing)?(?: .*)?")
def _spoke(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("length", "speech")


@MEDIA.on(
    rf"what (?:do|does|did|is|was) (?:{_WHO} )?(?:{_SAYS}|happens?|comes?|came)? ?(?:right |just |directly |"
    rf"immediately )?"
    rf"(?P<order>after|before) (?:(?:{_WHO} )?{_SAYS} |talking about |mentioning |saying |the words? |the part "
    rf"about |that "
    rf"about )?(?P<topic>.+?)(?: (?:is|was|gets) (?:said|mentioned))?(?: @here)?",
    r"what (?:is|was|comes|came|follows) (?:said |next )?(?:right |just )?(?P<order>after|before) (?P<topic>.+?)(?: "
    r"@here)?",
)
def _after(match: re.Match[str], sentence: Plain) -> Program | None:
    topic = quoted(match["topic"], sentence)
    if re.search(r"\bclock\b|\d+ ?(?:s|sec|seconds?|m|min|minutes?)?$|^(?:that|this|it)$|\bmark\b", topic):
        return None
    if not re.search(rf"\b(?:{_SAYS}|said)\b", sentence.text):
        return None
    return Transcript("after" if match["order"] == "after" else "before", topic)


# ---- video ------------------------------------------------------------------------------------------------------


@MEDIA.on(
    rf"(?:when|at what time|at which second|what time) (?:do|does|did|is|are|can (?:i|we|you) see|do (?:i|we|you) see) "
    rf"(?P<what>.+?) (?:(?:for the )?(?P<end>first|last)(?: time)?)(?: (?:appears?|visible|seen|{_SHOWN}|show "
    rf"up))*(?: @here)?",
    r"(?:when|at what time) (?:do|does|did|is|are) (?P<what>.+?) (?P<gone>disappear|vanish|gone|go "
    r"away|go out of "
    r"view)(?: .*)?",
)
def _first_or_last(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    thing = noun_phrase(match["what"])
    last = groups.get("gone") or groups.get("end") == "last"
    return When(thing, "last" if last else "first") if thing else None


@MEDIA.on(
    rf"(?:for )?how (?:long|many seconds) (?:is|are|was|were|does|do|did|can|could) (?:you |i |we )?(?:see "
    rf")?(?P<what>.+?)"
    rf"(?: (?:be |stay |remain |appear |appears )?{_SHOWN}| stay| appear| last)+",
    r"(?:for )?how long (?:do|can|did) (?:you|i|we) see (?P<what>.+?)(?: @here)?",
)
def _visible(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    known = thing is not None and not thing.pronoun and (thing.classes or thing.shapes)
    return When(thing, "long") if thing and known else None


@MEDIA.on(
    rf"what (?:is|was|do|does|did|are|can)(?: (?:{_WHO}|you|i|we))? (?:being )?(?:{_SAYS}|heard|hear|spoken|to be "
    rf"heard) "
    rf"(?:while|when|as|during the time|whilst) (?P<what>.+?)(?: (?:is|are|was|were|appears?|comes into view|can "
    rf"be)(?: "
    rf"{_SHOWN})?)(?: @here)?",
    r"what (?:is|was) said (?:while|when) (?:i|you|we) (?:can )?see (?P<what>.+?)(?: @here)?",
)
def _said_while(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    return When(thing, "while") if thing and not thing.pronoun else None


_ONCE: Final = r"(?:at once|at the same time|simultaneously|at one time|in one frame|together|in a single frame)"


@MEDIA.on(
    rf"how many (?P<what>.+?) (?:are|is|were|do|can|could|appear)(?: (?:there|you|i|we|see|seen|be|visible|@here))* "
    rf"(?:at (?:the )?most|"
    rf"maximum|{_ONCE})(?: {_ONCE}| @here)*",
    rf"(?:what is )?(?:the )?(?:maximum|highest|greatest|most|largest) (?:number|count) of (?P<what>.+?)(?: "
    rf"(?:{_ONCE}|visible|seen|"
    r"@here|there))*",
    r"at most how many (?P<what>.+?) (?:are|is|can)(?: .*)?",
)
def _at_once(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    return AtOnce(thing) if thing else None


@MEDIA.on(
    r"what (?:changes|changed|is different|differs|has changed|does change)(?: @here)? (?:between|from) (?:the "
    r")?(?:start|beginning|first"
    r" frame)(?: @here)? (?:and|to) (?:the )?(?:end|last frame|finish)(?: @here| of .+)?",
    r"what is (?:new|different|missing|gone) (?:at|in) the end(?: @here| of .+)?(?: (?:than|compared) .+)?",
    r"how does (?:@picture|it) change(?: over time| from .+)?",
)
def _changes(match: re.Match[str], sentence: Plain) -> Program:
    return Changes()


@MEDIA.on(
    r"(?:what (?:happens|happened|goes on|is going on|is happening|takes place)|describe what happens|tell me what "
    r"happens)"
    r"(?: (?:@here|@picture|exactly|over time|step by step))*"
)
def _happens(match: re.Match[str], sentence: Plain) -> Program | None:
    return Happens() if re.search(r"\b(?:video|clip|movie|film|footage)\b", sentence.whole or sentence.text) else None


@MEDIA.on(r"(?:is|are|was|were) there ever (?P<what>.+)", r"does (?P<what>.+?) ever (?:appear|show up|come)(?: @here)?")
def _ever(match: re.Match[str], sentence: Plain) -> Program | None:
    found = things(match["what"])
    return Presence(*found) if found else None


# ---- speech and pictures together -------------------------------------------------------------------------------

_FITS: Final = (
    r"(?:match(?:es)?|fit(?:s)?|agree(?:s)? with|correspond(?:s)? (?:to|with)|describes?|reflects?|"
    r"true of|consistent with)"
)
_TOLD: Final = (
    rf"(?:what (?:{_WHO} )?(?:{_SAYS}|is said|was said)|the (?:description|speech|recording|audio|"
    rf"voice message|statement))"
)


@MEDIA.on(
    rf"(?:does|do|is|are) {_TOLD} (?:really )?{_FITS}(?: @picture| @here| it)?",
    rf"(?:does|do|is) @picture (?:really )?(?:{_FITS}|show|shows|contain|confirm|support)s? {_TOLD}(?: about)?",
    rf"(?:is|are|was) {_TOLD} (?:about @picture )?(?:true|correct|right|accurate|(?:really )?(?:there|visible|"
    rf"shown)?)(?: (?:of |for )?"
    r"(?:@picture|@here|about @picture))?",
    rf"{_TOLD} (?:,|is it|are they)+(?: is it| are they)?(?: really)?(?: there| shown| visible)?(?: @here)?",
    rf"(?:do|does) (?:@picture and (?:the )?{_SOUND}|(?:the )?{_SOUND} and @picture) (?:match|agree|fit|fit "
    rf"together|belong together|say "
    r"the same)",
    rf"(?:is|are) {_WHO} (?:right|correct|lying|telling the truth|talking)(?: about @picture| about what .+| @here)",
)
def _matches(match: re.Match[str], sentence: Plain) -> Program:
    return Matches("picture")


@MEDIA.on(
    rf"(?:does|do) (?:the )?(?P<holder>sign|text|writing|label|caption|page|document|@picture|poster|screen) (?:say|"
    rf"read|show) "
    rf"(?:the same as )?what (?:is said|was said|{_WHO} {_SAYS})(?: @here)?",
    rf"(?:is|was) what (?:is said|was said|{_WHO} {_SAYS}) (?:also )?(?:written|printed)(?: .*)?",
    rf"(?:does|do) what (?:is said|was said|{_WHO} {_SAYS}) match (?:the )?(?:sign|text|writing|label|caption|"
    rf"page)(?: @here)?",
)
def _reads_the_same(match: re.Match[str], sentence: Plain) -> Program:
    return Matches("text")


@MEDIA.on(
    rf"(?:about )?which (?:of (?:the|these|those) )?(?:@picture|pictures?|images?|photos?|one|photographs?) (?:is|"
    rf"are|does|do|did|was) "
    rf"{_WHO} (?:{_SAYS}|talk|talking|speaking|speak)(?: about| of)?",
    rf"which (?:@picture|picture|image|photo|one) (?:matches|fits|belongs to|goes with|is described by|is described "
    rf"in|corresponds to) "
    rf"(?:{_TOLD}|the .+)",
)
def _about_which(match: re.Match[str], sentence: Plain) -> Program:
    return Matches("which")


# ---- two pictures -----------------------------------------------------------------------------------------------


@MEDIA.on(
    r"(?:are|is|were|was|do|does) (?:they|these|both|@picture|this|it|the two|those)(?: (?:show|taken|in|at|from|of|"
    r"shot|made))* (?:the )?"
    r"(?:same|similar) (?:places?|locations?|rooms?|scenes?|spots?|buildings?)(?: .*)?"
)
def _same_place(match: re.Match[str], sentence: Plain) -> Program:
    return Compare("same_place")


@MEDIA.on(
    r"(?:what|which things|which objects) (?:is|are|do you see|can you see|can be seen|appears?|appear) "
    r"(?P<only>only )?(?:there |shown |visible )*"
    r"@here(?: (?:but|and) (?:not|isn't|is not|are not)(?: @here)?)?(?: only)?"
)
def _in_both(match: re.Match[str], sentence: Plain) -> Program | None:
    if match["only"] or " only" in sentence.text or " not" in sentence.text:
        return Compare("only_second" if sentence.which.index in (2, -1) else "only_first")
    both = sentence.which.scope == "all" and re.search(r"\bboth\b|\bin common\b", sentence.whole or sentence.text)
    return Compare("both") if both else None
