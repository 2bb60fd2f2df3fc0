"""Brings a question into one plain form: lower case, no contractions, fillers or slips. Not for meaning: see parse.py.

The plain form has single spaces, no punctuation but commas, `@q0`, `@q1`, ... in place of quoted texts, `@picture`
for "the picture", and `@here` for "in the picture".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from assistant_reasoner.indirect import LEADS, direct
from assistant_reasoner.lexicon import COLORS, DETECTOR_NAME, HYPERNYMS, NUMBERS, ORDINALS, SHAPES, plural
from assistant_reasoner.programs import Which

MOST_CHARACTERS = 2000
"""A question longer than this is read from its end: people paste first and ask last."""

_CONTRACTIONS = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "can not"),
    (r"\bcannot\b", "can not"),
    (r"\bain't\b", "is not"),
    (r"n't\b", " not"),
    (r"\b(what|where|who|when|how|there|here|that|it|he|she|which|this)'s\b", r"\1 is"),
    (r"\b(what|where|who|how|there|they|you|we|these|those)'re\b", r"\1 are"),
    (r"\bi'm\b", "i am"),
    (r"\b(i|you|we|they)'d\b", r"\1 would"),
    (r"\b(what|where|who|how) ?'d\b", r"\1 did"),
    (r"\b(i|you|we|they)'ve\b", r"\1 have"),
    (r"\b(whats|wats)\b", "what is"),
    (r"\bwheres\b", "where is"),
    (r"\bwhos\b", "who is"),
    (r"\btheres\b", "there is"),
    (r"\bisnt\b", "is not"),
    (r"\barent\b", "are not"),
    (r"\bdoesnt\b", "does not"),
    (r"\bdidnt\b", "did not"),
    (r"\bpls\b|\bplz\b", "please"),
    (r"\bu\b", "you"),
    (r"\b(is|are|does|do) there n't\b", r"\1 there not"),
)
_SPELLINGS = (
    (r"\bcolour", "color"),
    (r"\bcentre\b", "center"),
    (r"\bgrey\b", "gray"),
    (r"\bt[- ]shirt", "tshirt"),
    (r"\bhand[- ]bag", "handbag"),
    (r"\bwell[- ]lit\b", "bright"),
    (r"\bblack[- ]and[- ]white\b", "black and white"),
)
_FILLER = re.compile(
    r"^(?:(?:u+h*m+|u+h+|e+r+m*|hm+|ah+|oh|okay|ok|well|so|now|right|alright|please|kindly|look|listen|"
    r"(?:hey|hi|hello|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|dear)(?: there| again| everyone|"
    r" all)?|"
    r"(?:excuse|pardon|forgive) me|sorry|(?:i have )?(?:one more|another|one|a)(?: other)? question(?: for you)?|"
    r"look at (?:@picture|this|it)|just|actually|basically|then|great|cool|nice|thanks|thank you|also|next|"
    r"question|quick question|hello assistant|hey assistant|dear assistant|assistant)(?:,| )+)+(?=\S)"
)
_COURTESY = re.compile(
    r"^(?:(?:can|could|would|will) you (?:please |kindly |maybe |perhaps )?(?:tell|say to|show|let|help|"
    r"explain to)? ?(?:me|us)? ?"
    r"(?:know )?(?:please )?(?=(?:what|which|how|where|who|when|if|whether|is|are|about|describe|count|find|"
    r"locate|read|list|"
    r"identify|name|transcribe|compare|point|translate|summari[sz]e|analy[sz]e)\b)"
    r"|(?:please )?(?:tell|show) me (?:please )?(?=(?:what|which|how|where|who|when|if|whether|is|are)\b)"
    r"|(?:i|we) (?:would like to know|want to know|wanna know|wonder|am wondering|was wondering|need to "
    r"know|would love to know|"
    r"am curious)(?: about)? (?=(?:what|which|how|where|who|when|if|whether|is|are)\b)"
    r"|do you (?:know|think|happen to know) (?=(?:what|which|how|where|who|when|if|whether|there|the|it|this|that)\b)"
    r"|(?:any idea|do you have any idea|in your opinion|according to you) ?)"
)
_TAIL = re.compile(
    r"(?:[, ]+(?:please|thanks|thank you|right now|exactly|actually|i wonder|do you know|can you tell|can you tell me|"
    r"for me|in total|altogether|overall|again|at all|or not|buddy|assistant))+$|(?: ,)+ (?:right|correct|"
    r"huh|eh|okay|ok|yes|no)$"
)
_SPOKEN = (
    (r"^(is|are) their\b", r"\1 there"),
    (r"\bthere car\b", "their car"),
    (r"^(is|are) they're\b", r"\1 there"),
    (r"^(?:wear|ware|were|we're|we are) (is|are) the\b", r"where \1 the"),
    (r"\b(there are|there is|see|are there) (?:to|too) (?=\w+s\b)", r"\1 two "),
    (r"\b(there are|there is|see|are there) for (?=\w+s\b)", r"\1 four "),
    (r"\b(a|the|is there a) read (?=\w)", r"\1 red "),
    (r"\b(what|which) (?:collar|caller|cooler)\b", r"\1 color"),
    (r"^the (collar|caller) of\b", "the color of"),
    (r"\b(?:can|do|did) you sea\b", "do you see"),
    (r"\b(in|on|of) the (?:pitcher|pick sure|pictures?)\b", r"\1 the picture"),
    (r"^how many (.*) are their\b", r"how many \1 are there"),
    (r"\bis (?:the )?dare\b", "is there"),
    (r"^what's in (?:this|the) pitcher\b", "what is in the picture"),
    (r"\bhere (in|on|from) the recording\b", r"hear \1 the recording"),
    (r"^what does (?:it|the) sine say\b", "what does the sign say"),
    (r"\bthe sine\b", "the sign"),
)

_ASKING = (
    r"(?:what|which|how|where|who|when|why|is|are|was|were|do|does|did|can|could|there|in which|on which|"
    r"describe|read|count)"
)
_PICTURE = (
    r"(?:pictures?|images?|photos?|photographs?|pics?|snapshots?|screenshots?|shots?|drawings?|figures?|"
    r"frames?|scenes?|"
    r"videos?|clips?|movies?|films?|footage|view)"
)
_MY = (
    r"(?:the|this|that|these|those|my|our|your|a|an|his|her|attached|uploaded|given|current|same|above|"
    r"following|entire|whole)"
)
_ORDER = "|".join(ORDINALS)
_INSIDE = r"(?:in|on|of|from|at|within|inside|across|throughout)"
_PREPOSITION = r"(?:in|on|of|from|at|within|inside|across|throughout|for|about|into)"
_DIGIT = r"(?:[1-9]\d?|one|two|three|four|five)"

_PLACED = (
    (
        re.compile(rf"\b{_PREPOSITION} (?:the |my )?({_ORDER}) (?:one|{_PICTURE})(?: of (?:them|{_MY} {_PICTURE}))?"),
        " @here ",
    ),
    (re.compile(rf"\b(?:the |my )?({_ORDER}) {_PICTURE}\b"), " @picture "),
    (re.compile(rf"\b{_PREPOSITION} {_PICTURE} (?:number |no |#)?({_DIGIT})\b"), " @here "),
    (re.compile(rf"\b{_PICTURE} (?:number |no |#)?({_DIGIT})\b"), " @picture "),
)
_ALL = (
    (
        re.compile(
            rf"\b{_PREPOSITION} (?:both|all|each|every|either|any|the two|these two|all three)(?: of)?(?: "
            rf"{_MY})?(?: {_PICTURE})?(?=$| @| ,)"
        ),
        " @here ",
    ),
    (re.compile(rf"\b(?:both|all|the two|these two)(?: of)?(?: {_MY})? {_PICTURE}"), " @picture "),
)
_PREVIOUS = (
    (re.compile(rf"\b{_PREPOSITION} the (?:previous|earlier|other|former|prior) (?:one|{_PICTURE})"), " @here "),
    (re.compile(rf"\bthe (?:previous|earlier|other|former|prior) {_PICTURE}"), " @picture "),
)
_GENERIC = (
    (
        re.compile(
            rf"\b{_INSIDE} (?:{_MY} )+(?:\w+ )?{_PICTURE}(?: (?:here|above|below|attached|i sent|i "
            rf"uploaded))?(?=$|[ ,])"
        ),
        " @here ",
    ),
    (re.compile(rf"\b{_PREPOSITION} {_PICTURE}(?=$| ,)"), " @here "),
    (
        re.compile(rf"\b(?:{_MY} )+{_PICTURE}(?: (?:above|below|attached|i sent(?: you)?|i uploaded))?(?=$|[ ,])"),
        " @picture ",
    ),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A question in its plain form."""

    text: str
    quotes: tuple[str, ...] = ()
    """The quoted texts as they were written."""
    which: Which = field(default_factory=Which)
    whole: str = ""
    """The text with its fillers and courtesies: they are all there is to "thanks a lot"."""


def sentences(question: str) -> tuple[str, ...]:
    """The sentences of a question, at most eight from the end; quoted texts are not cut."""
    question = question[-MOST_CHARACTERS:]
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        return f"\x00{len(held) - 1}\x00"

    guarded = re.sub(r"[\"“”«»][^\"“”«»]{1,500}[\"“”«»]", hold, question)
    pieces = re.split(r"(?<=[?!。？！])\s*|(?<!\bSt\.)(?<!\b[DM]r\.)(?<!\bMrs\.)(?<=[.…;])\s+|\n+", guarded)
    whole = [re.sub("\x00(\\d+)\x00", lambda match: held[int(match[1])], piece).strip() for piece in pieces]
    return tuple(piece for piece in whole if piece)[-8:]


def plain(sentence: str, *, spoken: bool = False) -> Plain:
    """The plain form of one sentence."""
    normal = unicodedata.normalize("NFKC", sentence)
    names = {word.casefold() for word in re.findall(r"(?<=\w[\s,])[A-Z]\w+", normal)} if not normal.isupper() else set()
    text = normal.casefold()
    text = re.sub(r"[’‘`´]", "'", text)
    quotes: list[str] = []

    def quote(match: re.Match[str]) -> str:
        quotes.append(next(group for group in match.groups() if group is not None).strip())
        return f" @q{len(quotes) - 1} "

    text = re.sub(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]|(?<!\w)'([^']{1,200})'(?!\w)", quote, text)
    for pattern, replacement in _CONTRACTIONS + _SPELLINGS:
        text = re.sub(pattern, replacement, text)
    text = re.sub(
        r"\b(at|around|about|between|and|from|to|until|after|before|since|by|first|last) (\d{1,2}):([0-5]\d)\b"
        r"(?! ?[ap]\.?m)",
        lambda match: f"{match[1]} clock {60 * int(match[2]) + int(match[3])}",
        text,
    )
    text = re.sub(r"(\d)[.,]\d+(?= ?(?:s|sec|seconds?)\b)", r"\1", text)
    text = re.sub(r"(?<=\w)'s\b", " 's", text)
    text = re.sub(r"(?<=\w)-(?=\w)", " ", text)
    text = re.sub(r"[^\w@', ]+", " ", text)
    text = re.sub(r"\s*,\s*", " , ", text)
    text = _tidy(text)
    text = " ".join(word if word in names else _mended(word) for word in text.split())
    whole = text
    for _ in range(3):
        text = LEADS.sub("", _COURTESY.sub("", _FILLER.sub("", text))).strip()
        text = _TAIL.sub("", text)
    if spoken:
        for pattern, replacement in _SPOKEN:
            text = re.sub(pattern, replacement, text)
    text = re.sub(rf"^(?:(?:and|but|then|also|or|so) (?={_ASKING}\b))", "", text)
    text, which = _pictures(text)
    text = direct(_tidy(_TAIL.sub("", _FILLER.sub("", _tidy(text)))))
    return Plain(text, tuple(quotes), which, whole)


def _tidy(text: str) -> str:
    text = re.sub(r"(?: ,)+(?= ,)", "", " ".join(text.split()))
    return text.strip(" ,'")


def _pictures(text: str) -> tuple[str, Which]:
    """The text with its mentions of pictures replaced, and which pictures those are."""
    which = Which()
    for pattern, token in _PLACED:
        match = pattern.search(text)
        if match:
            word = match[1]
            number = ORDINALS.get(word) or NUMBERS.get(word) or (int(word) if word.isdigit() else 0)
            if number:
                which = Which("index", number)
                text = pattern.sub(token, text)
    for patterns, scope in ((_ALL, Which("all")), (_PREVIOUS, Which("previous"))):
        for pattern, token in patterns:
            if pattern.search(text):
                which = which if which.scope != "current" else scope
                text = pattern.sub(token, text)
    for pattern, token in _GENERIC:
        text = pattern.sub(token, text)
    return _tidy(text), which


# ---- slips of the keyboard --------------------------------------------------------------------------------------

_STRUCTURE = frozenset(
    "what which where when how many much there picture image photo color describe count compare difference between "
    "people person anything something left right above below behind front bottom transcribe recording "
    "language sentiment "
    "speaker visible present contain contains does written read shape number animal vehicle there they "
    "this have these".split()
)
_REAL = frozenset(
    "cafe menu "
    "house hose mouse boots coach plate place these three those their other then than thin thing wash wear were hope "
    "show shoe shoes hat cap map nap cape board bored reader bread colon cola form farm from fork fort count court "
    "wheat whet heat treat sheet shelf shell short shirt skirt port sport sports pot spot that chat chart cart card "
    "horse nurse purse course cause corn horn boar bar beat bean lean best past paste paint point print pint tree "
    "trees train brain rain grain strain drain trail oven over even event sink drink pink think wink ring king sing "
    "string spring stairs chairs hair fair pair air lair hairs clock block lock rock sock duck truck track trick tap "
    "leaves reader leader ladder later letter butter better bottle battle rattle cattle kettle settle saddle paddle "
    "wind window windows widow wing wings wall walls ball balls tall hall fall call small grass glass gloss class "
    "glasses lamp camp ramp stamp steam team cream scream dream flower flowers floor flood food foot mood wood hood "
    "moon spoon noon soon balloon raccoon snow snowing show shower tower towers power flowers lower curtain mountain "
    "fountain certain captain carpet market basket blanket rocket jacket bucket bracket ticket pocket helmet cabinet "
    "pillow yellow fellow hollow shadow meadow window elbow rainbow bow boy toy joy".split()
)
_WORDS = frozenset(
    word
    for name in (*DETECTOR_NAME, *HYPERNYMS, *SHAPES, *COLORS, *NUMBERS)
    for word in (*name.split(), *plural(name).split())
)


_SHORT_SLIPS = {
    "hwo": "how",
    "teh": "the",
    "hte": "the",
    "taht": "that",
    "wht": "what",
    "wat": "what",
    "si": "is",
    "dgo": "dog",
    "dgos": "dogs",
    "cta": "cat",
    "ctas": "cats",
    "adn": "and",
    "yuo": "you",
    "aer": "are",
    "ther": "there",
}


def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=1)
def _targets() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Known words by their sorted letters, and by their letters with doubles squeezed."""
    by_letters: dict[str, tuple[str, ...]] = {}
    by_squeezed: dict[str, str] = {}
    for word in sorted(_WORDS | _STRUCTURE, key=lambda one: (len(one), one)):
        if len(word) >= 4:
            letters = "".join(sorted(word))
            by_letters[letters] = (*by_letters.get(letters, ()), word)
            by_squeezed.setdefault(_squeezed(word), word)
    return by_letters, by_squeezed


@lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    """The word, or the known word that it is plainly a slip of: letters swapped or doubled, one off in a long word."""
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word in _WORDS | _STRUCTURE | _REAL:
        return _SHORT_SLIPS.get(word, word)
    by_letters, by_squeezed = _targets()
    for swapped in by_letters.get("".join(sorted(word)), ()):
        if _swaps(word, swapped):
            return swapped
    doubled = by_squeezed.get(_squeezed(word))
    if doubled and len(word) >= 5:
        return doubled
    if len(word) >= 6:
        for known in sorted(_STRUCTURE if len(word) == 6 else _WORDS | _STRUCTURE):
            if len(known) >= 6 and known[0] == word[0] and known[-1] == word[-1] and _one_edit(word, known):
                return known
    return word


def _swaps(word: str, known: str) -> bool:
    """Whether the words differ by neighbours (or neighbours' neighbours) swapped once."""
    differing = [index for index, (one, other) in enumerate(zip(word, known, strict=True)) if one != other]
    return len(differing) <= 3 and (not differing or differing[-1] - differing[0] <= 2)


def _one_edit(first: str, second: str) -> bool:
    if len(first) > len(second):
        first, second = second, first
    start = 0
    while start < len(first) and first[start] == second[start]:
        start += 1
    if len(first) == len(second):
        # A letter for another makes many real words of each other ("smiling", "sailing"): only in long ones.
        return len(first) >= 8 and first[start + 1 :] == second[start + 1 :]
    # An ending s, d or r more is another form of a real word, not a slip.
    return first[start:] == second[start + 1 :] and start < len(first)
