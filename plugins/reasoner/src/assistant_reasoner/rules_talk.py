"""Questions about what was said, about feelings, and small talk. Not about pictures: see rules_sight.py."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.programs import Beyond, Program, Sentiment, SmallTalk, Transcript
from assistant_reasoner.rules import Rules, quoted
from assistant_reasoner.words import Plain

TALK: Final = Rules()

_WHO = (
    r"(?:they|he|she|it|i|we|you hear|the (?:speakers?|person|man|woman|guy|girl|boy|child|voice|recording|"
    r"audio|voice message|"
    r"message|clip|narrator|presenter|reader|caller|people|video|speech|voice note|voice memo|memo|talk|@picture)|"
    r"someone|somebody|anyone|anybody|people|@picture|this person|this man|this woman|this voice|the speech|"
    r"(?:this|that|my|the) (?:recording|audio|voice message|message|clip|sound|file|audio file|voice note|"
    r"voice memo|sound file|speech|talk))"
)
_RECORDING = (
    r"(?:recordings?|audios?|voice messages?|messages?|voice|speech|sounds?|audio files?|voice notes?|voice "
    r"memos?|memo|"
    r"audio clips?|sound files?|sound clips?|sound track|soundtrack|audio track|audio recordings?|voice "
    r"recordings?|talk|conversation|dialogue|spoken words?)"
)
_THE = r"(?:the|this|that|my|these|his|her|their|an?)(?: (?:first|second|third|fourth|last|other|1st|2nd|3rd))?"
_FILE = r"(?:\S+ ){1,5}(?:wav|mp3|ogg|flac|m4a|aac|opus|aiff?|mp4|webm|mov|mkv|avi)"
_HERE = (
    rf"(?: (?:@here|here|in (?:{_THE} )?{_RECORDING}|on (?:{_THE} )?{_RECORDING}|there|out loud|aloud|"
    rf"(?:in|on|of|from) {_FILE}|(?:in|on|of|from) {_THE} (?:one|speaker|file)))?"
)
_SAY = (
    r"(?:say|saying|said|says|mention|mentioned|mentions|talk about|talked about|talking about|talks about|"
    r"speak about|speaking about|spoke about|discuss|discussed|tell us|tell|told|telling)"
)


@TALK.on(
    r"(?:hello|hi|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|howdy|yo|hello there|hi there|"
    r"hey there)(?: (?:there|assistant|everyone|all|you|again))?"
)
def _greeting(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("greeting")


@TALK.on(
    r"(?:many )?(?:thank you|thanks|thx|cheers|thank)(?: (?:you|so much|very much|a lot|again|for .+|that "
    r".+|this .+))*",
    r"(?:much )?appreciated|i appreciate .+",
)
def _thanks(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("thanks")


@TALK.on(
    r"(?:good ?bye|bye|bye bye|see you|see ya|good night|farewell|see you (?:later|soon|tomorrow)|take care|"
    r"have a (?:nice|good) .+)"
)
def _goodbye(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("goodbye")


@TALK.on(
    r"(?:yes|no|yeah|yep|nope|sure|fine|i see|got it|understood|okay|ok|alright|right|all right|never ?mind|"
    r"ok thanks|okay thanks|cool|hm+|never mind)"
)
def _acknowledge(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("acknowledge")


@TALK.on(
    r"(?:what|how) (?:can|could|do|are|would) you (?:able to )?(?:do|help|help me|help me with|understand|"
    r"perceive|work|offer|be used for|answer|do for me|support)(?: .*)?",
    r"(?:what (?:are|is) (?:your|you) (?:capabilities|skills|features|functions|good at|for|abilities|able "
    r"to do)|help|help me|usage|"
    r"how does this work|how do i use (?:you|this|it)|what do you do|what is this (?:app|tool|thing|"
    r"assistant|program)(?: for)?|"
    r"what (?:kinds? of |types? of )?(?:questions|things|files?|formats?|file formats|media|input)(?: "
    r"types?)? (?:can|may|should|could|do|are) (?:i|you|we|supported|accepted)(?: .*)?|what can i (?:ask|do|"
    r"send|upload|say)(?: .*)?|"
    r"what should i (?:ask|do|send|upload|say)(?: .*)?|which (?:plugins|models|formats|files) .*|what "
    r"plugins .*|what languages do you (?:speak|understand|support|know)|"
    r"can you (?:hear|see|read|understand)(?: (?:me|images|pictures|audio|sound|text|speech|videos?))?)",
)
def _capabilities(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("capabilities")


@TALK.on(
    r"(?:who|what) are you|what is your name|are you (?:a |an )?(?:human|robot|bot|ai|person|machine|real|"
    r"alive|chatgpt|language model|assistant).*|who (?:made|built|created|wrote) you|do you have a name|"
    r"introduce yourself|tell me about yourself|what model are you.*"
)
def _identity(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("identity")


@TALK.on(
    r"how are you(?: doing)?(?: today)?|how is it going|what is up|how do you do|are you (?:ok|okay|well|"
    r"fine|there)|how do you feel(?: today)?|nice to meet you.*|pleased to meet you.*"
)
def _mood(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("mood")


@TALK.on(
    r"(?:that is |this is |you are |it is |you did |what )?(?:an? )?(?:very |really |so )?(?:great|good|"
    r"nice|cool|awesome|amazing|correct|right|perfect|wonderful|impressive|excellent|well done|brilliant|"
    r"good job|good work|great job|smart|clever)(?: (?:job|work|answer|one|bot))?"
)
def _praise(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("praise")


@TALK.on(
    r"(?:that is |this is |you are |it is |you )?(?:an? )?(?:very |really |so |all |totally )?(?:wrong|"
    r"incorrect|not right|not correct|not true|false|bad|stupid|useless|mistaken|made a mistake)(?: "
    r"(?:answer|one|bot))?",
    r"(?:i do not|i don't) (?:think|believe) (?:so|that|that is|it is|this is).*|that does not (?:look|seem|"
    r"sound) right",
)
def _blame(match: re.Match[str], sentence: Plain) -> Program:
    return SmallTalk("blame")


_ITS_TEXT: Final = re.compile(r"(?:what )?(?:does|do) (?:it|this|that|@picture|these|those) ")
"""Present tense and a thing: what is written rather than what was said. With only a recording at hand, parse.py turns
it into what was said."""


# ---- speech -----------------------------------------------------------------------------------------------------


@TALK.on(
    rf"(?:at )?(?:when|what (?:time|second|minute|point|moment)|which (?:second|minute|point|moment)|"
    rf"where)(?: @here)? (?:did|does|do|is|was|were|are|has|have) {_WHO} (?:say |{_SAY} "
    rf")(?P<topic>.+?){_HERE}",
    rf"(?:at )?(?:when|what (?:time|second|minute|point|moment)|which (?:second|minute|point|moment))(?: "
    rf"@here)? (?:is|was|are|were|do i hear|can i hear|do you hear) (?:the words? |the phrase |the name |the "
    rf"sentence )?(?P<topic>.+?) (?:said|mentioned|spoken|uttered|talked about|discussed|heard|"
    rf"pronounced){_HERE}",
    rf"(?:at )?(?:when|what (?:time|second)) (?:do|can|did) (?:i|you|we) hear (?:the words? )?(?P<topic>.+?){_HERE}",
    r"find the (?:time|moment|place|part) (?:when|where|at which) (?:they|he|she|the speaker|someone) "
    r"(?:says?|said|mentions?|mentioned|talks? about|talked about) (?P<topic>.+)",
)
def _when(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("when", _topic(match["topic"], sentence))


@TALK.on(
    rf"how (?:many times|often) (?:did|does|do|is|was|were|are) (?:{_WHO} (?:say |{_SAY} )?)?(?:the words? |"
    rf"the name )?(?P<topic>.+?)(?: (?:said|mentioned|spoken|uttered|heard))?{_HERE}",
)
def _times(match: re.Match[str], sentence: Plain) -> Program | None:
    topic = _topic(match["topic"], sentence)
    heard = re.search(rf"{_SAY}|spoken|uttered|heard", sentence.text)
    return Transcript("times", topic) if topic and heard else None


@TALK.on(
    rf"(?:did|does|do|has|have|had|is|was|were|are) {_WHO} (?:ever |also |actually |really )?{_SAY} "
    rf"(?:anything |something |a word )?(?:about |regarding |on |the words? |the phrase |that "
    rf")?(?P<topic>.+?){_HERE}",
    rf"(?:is|was|are|were) (?:there )?(?:anything |something )?(?:the words? |the phrase |the name "
    rf")?(?P<topic>.+?) (?:ever )?(?:said|mentioned|spoken of|talked about|discussed|spoken|uttered|"
    rf"heard){_HERE}",
    rf"(?:is|was|were|are) the (?:words?|phrase|name|term) (?P<topic>.+?) (?:used|said|mentioned|spoken|"
    rf"uttered|heard){_HERE}",
    rf"(?:do|can|did) you hear (?:the words? |the phrase |the name |anything about |someone say )(?P<topic>.+?){_HERE}",
)
def _mention(match: re.Match[str], sentence: Plain) -> Program | None:
    if _ITS_TEXT.match(sentence.text):
        return None
    topic = _topic(match["topic"], sentence)
    if re.fullmatch(r"(?:anything|something|a word|any words?)?(?: said)?", topic):
        return Transcript("presence")
    return Transcript("mention", topic)


@TALK.on(
    rf"what (?:did|does|do|is|was|has|have|are|were|else did|exactly did|else does) {_WHO} (?:exactly |just |"
    rf"actually )?(?:{_SAY}|think|want to say)(?: to (?:me|us|him|her|them))?(?: (?:about|regarding|on|"
    rf"concerning|of|with respect to))? (?P<topic>.+?){_HERE}",
    rf"(?:what|which (?:things|words)) (?:is|was|were|has been|have been|are|are being|is being|gets|got) "
    rf"(?:said|mentioned|told|discussed|talked|spoken) (?:about|regarding|on|concerning) "
    rf"(?P<topic>.+?){_HERE}",
    rf"(?:what (?:can|do|did) you hear|what is there|what is|what did you hear|quote what (?:was|is|they|he|"
    rf"she) (?:said|say|says)) (?:in {_THE} {_RECORDING} )?(?:about|regarding) (?P<topic>.+?){_HERE}",
    rf"(?:tell me )?what {_WHO} (?:say|says|said|mentions?|mentioned)(?: about)? (?P<topic>.+?){_HERE}",
)
def _about(match: re.Match[str], sentence: Plain) -> Program | None:
    if _ITS_TEXT.match(sentence.text):
        return None
    topic = _topic(match["topic"], sentence)
    if re.fullmatch(
        rf"(?:@here|here|there|exactly|first|last|(?:in|on|at|during) .*{_RECORDING}.*|now|then|again|"
        rf"@picture|so far|word for word|in english)?",
        topic,
    ):
        return Transcript("first" if topic == "first" else "last" if topic == "last" else "all")
    if topic.startswith(("at the beginning", "in the beginning", "at the start", "in the first")):
        return Transcript("first")
    if topic.startswith(("at the end", "in the end", "in the last")):
        return Transcript("last")
    return Transcript("about", topic)


@TALK.on(
    rf"what (?:did|does|do|is|was|are|were|has|have|am|exactly (?:did|does|is|was)) {_WHO} (?:just |exactly |"
    rf"actually )?(?:{_SAY}|talk|talking|speaking)(?: about)?(?: to (?:me|us))?(?: exactly)?{_HERE}",
    rf"(?:what|which words?) (?:is|was|were|has been|are|is being|are being)(?: (?:said|being said|spoken|"
    rf"told|talked about|discussed|heard|the speech))+{_HERE}",
    rf"what (?:do|can|did) (?:you|i|we) hear{_HERE}|what (?:can be|is to be) heard{_HERE}",
    rf"(?:please )?(?:transcribe|quote|write down|write out|give me|type out|type|repeat|show|show me|read|"
    rf"read out|what is|provide|get|make|create|i want|i need)(?: me)? ?(?:{_THE} )?(?:full |whole |complete "
    rf"|exact )?(?:transcript|transcription|{_RECORDING}|words spoken|spoken words|what (?:was|is|they|he|"
    rf"she|i) (?:said|say|says))(?: (?:of|for|from|to) .+)?(?: please)?{_HERE}",
    r"(?:transcribe|transcript|transcription)(?: (?:it|this|that|@picture|@here|everything|the speech|"
    r"please|all|what .+|the (?:whole|entire) .+))*",
    rf"(?:what is|what was|summari[sz]e|describe|what is the content of|what is (?:the )?(?:summary|gist|"
    rf"topic|subject|content) of|give me (?:a|the) (?:summary|gist) of|sum up) {_THE} ?(?:content of (?:the "
    rf")?)?{_RECORDING}(?: (?:about|saying|all about|say))?",
    rf"(?:what is|what was) (?:in|on) {_THE} {_RECORDING}",
    rf"what does {_THE} {_RECORDING} (?:say|contain|talk about|tell)(?: .{{0,20}})?",
    rf"what (?:did|do) (?:i|we) (?:just )?(?:say|tell you|said)(?: to you)?{_HERE}",
    rf"describe what (?:you hear|is said|was said|they say|he says|she says){_HERE}",
    r"what (?:are|were) (?:the )?(?:words|lyrics|exact words)(?: @here)?",
    rf"(?:describe|analy[sz]e|listen to) (?:{_THE} )?{_RECORDING}",
)
def _all(match: re.Match[str], sentence: Plain) -> Program | None:
    if _ITS_TEXT.match(sentence.text):
        return None
    if re.search(r"\bhear\b|\bheard\b", sentence.text) and "said" not in sentence.text:
        return Transcript("sound")
    return Transcript("all")


@TALK.on(
    rf"(?:in )?(?:what|which) language(?:s)? (?:is|are|was|were|do|does|did|has been|am) (?:(?:it|they|he|"
    rf"she|i|this|that|{_WHO}|there|the text|{_THE} {_RECORDING}) ?)?(?:speaking|spoken|speak|spoke|talking|"
    rf"said|used|in|written in|talk|being spoken|written|heard)?{_HERE}",
    rf"(?:what|which) (?:is the )?(?:spoken )?language(?: (?:is|of|in) .*)?{_HERE}",
    rf"(?:is|are|was|does|do|did) {_WHO} (?:speaking|in|talking|speak|talk)(?: in)? (?P<language>english|"
    rf"german|french|spanish|italian|chinese|mandarin|cantonese|japanese|korean|russian|portuguese|dutch|"
    rf"arabic|hindi|turkish|polish|vietnamese){_HERE}",
    rf"what (?:is the )?language {_WHO} .*",
)
def _language(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("language", match.groupdict().get("language") or "")


@TALK.on(
    rf"(?:is|are|was|were) (?:there )?(?:any |some |a )?(?:speech|one speaking|body speaking|voices?|talking|"
    rf"spoken words?|someone speaking|someone talking|somebody speaking|anyone speaking|anyone talking|"
    rf"anybody talking|anybody speaking|one talking|person speaking|people talking|people speaking|words "
    rf"spoken){_HERE}",
    rf"(?:does|do|did|can) (?:you hear )?(?:anyone|someone|anybody|somebody|a person|he|she|they|any voice|"
    rf"any speech|voices?|a voice)(?: (?:speak|talk|speaking|talking|say anything|say something))?{_HERE}",
    rf"does {_THE} {_RECORDING} (?:contain|have) (?:any )?(?:speech|words|talking|a voice|voices)",
    rf"is {_THE} {_RECORDING} (?:silent|empty|quiet)",
    rf"(?:is|was) (?:anything|something) (?:said|spoken){_HERE}",
)
def _spoken(match: re.Match[str], sentence: Plain) -> Program | None:
    return Transcript("presence", "silent" if re.search(r"silent|empty|quiet", sentence.text) else "")


@TALK.on(
    rf"how long (?:is|was|does|did) (?:it|{_THE} {_RECORDING})(?: (?:last|take|go on))?",
    rf"(?:what is )?the (?:length|duration) of {_THE} {_RECORDING}|(?:what is )?(?:the )?(?:length|duration) "
    rf"of {_THE} {_RECORDING}|how many (?:seconds|minutes) (?:long )?(?:is|are|does|has) {_THE} "
    rf"{_RECORDING}(?: .*)?",
)
def _length(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("length")


@TALK.on(
    rf"who (?:is|was|are|were) (?:speaking|talking|the speakers?|the voice|saying (?:this|that|it)|heard|the "
    rf"narrator){_HERE}|who (?:speaks|spoke|talks|talked)(?: when| at what time)?{_HERE}",
    rf"whose voice (?:is|was) (?:it|this|that|heard)?{_HERE}|who (?:said|says) (?:it|this|that|.+){_HERE}|"
    rf"(?:is|was) (?:the speaker|it|the voice|this) (?:a )?(?:male|female|man|woman)(?: or (?:a )?(?:male|"
    rf"female|man|woman))(?: voice)?|(?:is|was) (?:the speaker|the voice) (?:a )?(?:male|female|man|woman)|"
    rf"(?:is|was) (?:it|this) a (?:male|female|man 's|woman 's) voice|"
    rf"how many (?:speakers|voices|people (?:are )?(?:speaking|talking))(?: .*)?",
)
def _who(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("who")


@TALK.on(
    rf"what (?:is|was|were|are) the (?P<end>first|last|final) (?:words?|things?|sentences?|phrase)(?: "
    rf"(?:{_WHO} )?(?:{_SAY}|spoken|you hear|heard))?{_HERE}",
    rf"what (?:did|does|do) {_WHO} (?:say|mention) (?P<end>first|last|at the (?:beginning|start|end))(?: of "
    rf".+)?{_HERE}",
    rf"what (?:is|was) (?:said|mentioned) (?P<end>first|last|at the (?:beginning|start|end)|in the "
    rf"(?:beginning|end))(?: of .+)?{_HERE}",
    rf"how (?:does|did) (?:it|{_THE} {_RECORDING}) (?P<end>begin|start|end|finish)",
)
def _ends(match: re.Match[str], sentence: Plain) -> Program:
    return Transcript("last" if re.search(r"last|final|end|finish", match["end"]) else "first")


def _topic(text: str, sentence: Plain) -> str:
    text = quoted(text, sentence)
    text = re.sub(r"^(?:about|regarding|the words?|the phrase|the name|that|anything about|something about) ", "", text)
    text = re.sub(rf"(?:^| )(?:in|of|from) (?:{_FILE})$", "", text)
    text = re.sub(rf" (?:in|on|during) (?:{_THE} )?{_RECORDING}$| @here$| (?:said|mentioned|spoken)$", "", text)
    return text.replace("@here", "").replace("@picture", "").strip(" ,")


# ---- feelings ---------------------------------------------------------------------------------------------------

_POSITIVE = (
    r"happy|glad|positive|cheerful|pleased|satisfied|excited|joyful|good|friendly|delighted|content|optimistic|"
    r"enthusiastic|in a good mood|relaxed|smiling"
)
_NEGATIVE = (
    r"sad|angry|negative|upset|unhappy|annoyed|dissatisfied|depressed|mad|frustrated|disappointed|bad|worried|"
    r"anxious|furious|hostile|pessimistic|in a bad mood|irritated|afraid|bitter"
)
_NEUTRAL = r"neutral|calm|matter of fact|objective"
_FEELING = rf"(?P<feeling>{_POSITIVE}|{_NEGATIVE}|{_NEUTRAL})"
_SPEAKER = (
    r"(?:the (?:speaker|voice|caller|narrator|recording|audio|voice message|speech|talk)|the person speaking|"
    r"the person talking|whoever is speaking|(?:this|the|that|my) (?:voice|voice message|recording|audio))"
)
_TEXT = (
    r"(?:(?:the|this|that|my|following|my typed|this typed) "
    r"(?:text|review|sentence|comment|tweet|post|paragraph|statement|email|"
    r"letter|feedback|quote|writing|words)|@q\d+)"
)
_PERSON = (
    r"(?:he|she|they|i|it|the (?:person|man|woman|guy|girl|boy|child|author|writer|user|customer|reviewer)|"
    r"someone|people|this person|@picture|the message|this message|my message|this|that|anyone)"
)


def _of(sentence: Plain) -> str:
    text = sentence.text
    if re.search(_TEXT, text) or re.search(r"\b(?:author|writer|reviewer|text|review)\b", text):
        return "text"
    if re.search(_SPEAKER, text) or re.search(
        r"\b(?:speaking|speaker|sound|sounds|voice|recording|audio|say|said)\b", text
    ):
        return "speech"
    if re.search(r"\bface|\bfacial|\blook(?:s|ing)?\b|\bsmil", text):
        return "face"
    return "any"


def _feeling(expected: str, sentence: Plain, tail: str = "") -> Program:
    side = ""
    if expected:
        side = (
            "positive"
            if re.fullmatch(_POSITIVE, expected)
            else "negative"
            if re.fullmatch(_NEGATIVE, expected)
            else "neutral"
        )
    of = _of(sentence)
    typed = quoted(tail, sentence) or (sentence.quotes[0] if sentence.quotes else "")
    if of == "text" or typed:
        return Sentiment("text", side, typed)
    if of == "speech":
        return Sentiment("speech", side)
    return Sentiment("face" if of == "face" else "any", side)


@TALK.on(
    rf"how (?:does|do|did|is|are|was|were) (?:{_SPEAKER}|{_TEXT}|{_PERSON})(?: (?:probably|really|"
    rf"actually))? (?:feel|feeling|sound|sounding|seem|come across|like)(?: (?:about|here|emotionally|to you|"
    rf"like|today|right now|when .+|in .+|@here))*(?: ,? ?(?P<tail>.{{12,}}))?",
    r"(?:what|which) (?:is|are|was|were)? ?(?:the |my )?(?:overall |general |main )?(?:sentiment|emotions?|mood|"
    r"tone|feelings?|attitude|vibe|polarity|emotional state|emotional tone|tone of voice)(?: (?:of|in|is|@here|"
    r"behind|does|do|conveyed|expressed|with|has|have) ?.*?)??(?: , (?P<tail>.{12,}))?",
    r"(?:what|which) (?:kind of |sort of )?(?:sentiment|emotions?|mood|tone|feelings?) (?:is|are|does|do|"
    r"did|was|were|has|have) .*",
    r"(?:sentiment|mood|tone|emotion|feeling)(?: (?:analysis|of .*|analyse.*))?(?: ?,? (?P<tail>@q\d+))?",
    r"(?:analy[sz]e|judge|rate|classify|detect|determine|describe|assess|evaluate|check) (?:the "
    r")?(?:sentiment|mood|tone|emotions?|feelings?)(?: .*)?",
    rf"what (?:does|do|did|is|are) (?:{_SPEAKER}|{_PERSON}) (?:feel|feeling)(?: .*)?",
)
def _how_feels(match: re.Match[str], sentence: Plain) -> Program:
    return _feeling("", sentence, match.groupdict().get("tail") or "")


@TALK.on(
    rf"(?:is|are|was|were|does|do|did|am) (?:{_SPEAKER}|{_TEXT}|{_PERSON})(?: (?:sound|feel|seem|look|"
    rf"sounding|feeling|come across as|written|being|in))*(?: (?:a|an|more|rather|very|really|so|quite|"
    rf"overall|generally))* {_FEELING}(?: (?:about .+|review|comment|text|message|sentence|@here|here|one|"
    rf"tone|mood))*",
    rf"(?:is|are|was|were|does|do|did) (?:{_SPEAKER}|{_TEXT}|{_PERSON})(?: (?:sound|feel|seem|look|sounding|"
    rf"feeling|more|a|an|rather))* (?P<first>{_POSITIVE}|{_NEGATIVE}|{_NEUTRAL})(?: (?:,|or) (?:{_POSITIVE}|"
    rf"{_NEGATIVE}|{_NEUTRAL}))* or (?:more )?(?:{_POSITIVE}|{_NEGATIVE}|{_NEUTRAL}|not)(?: (?:here|@here|"
    rf"about .*))?(?: ?,? (?P<tail>.{{12,}}))?",
    rf"(?:is|was|are) {_TEXT} {_FEELING} ?,? (?P<tail>.{{6,}})",
    rf"(?:is|was) (?:the )?(?:sentiment|tone|mood)(?: (?:of|in|behind) .*?)? {_FEELING}(?: or .+)?",
)
def _is_feeling(match: re.Match[str], sentence: Plain) -> Program:
    groups = match.groupdict()
    return _feeling(
        "" if groups.get("first") or " or " in sentence.text else groups.get("feeling") or "",
        sentence,
        groups.get("tail") or "",
    )


@TALK.on(
    r"what (?:sounds?|noises?|music|song) (?:is|are|do|can|does|am) .*|what (?:instrument|animal) (?:(?:is|"
    r"are) (?:making|playing|heard|audible)|(?:do|can) (?:you|i|we) hear).*",
    r"(?:is|are|do|can) (?:there |you hear )(?:any |some |the )?(?:music|noises?|sounds?|rain|applause|"
    r"laughter|singing|barking|birds singing)(?: .*)?",
    r"what (?:is|makes|made|is making) (?:that|this|the) (?:sound|noise)(?: .*)?",
)
def _sound(match: re.Match[str], sentence: Plain) -> Program:
    return Beyond("sound")
