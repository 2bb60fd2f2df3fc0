"""What a question asks, as small typed programs. Not for understanding (parse.py) nor computing (execute/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from assistant_reasoner.terms import Comparator as Comparator
from assistant_reasoner.terms import Number as Number
from assistant_reasoner.terms import Thing as Thing
from assistant_reasoner.terms import Which as Which

if TYPE_CHECKING:
    from assistant_reasoner.drawn import Statement

FactAsked: TypeAlias = Literal[
    "size",
    "brightness",
    "dark",
    "bright",
    "blurred",
    "sharp",
    "grayscale",
    "colored",
    "orientation",
    "landscape",
    "portrait",
    "square",
    "quality",
    "length",
    "count",
]
ValueKind: TypeAlias = Literal[
    "price", "time", "date", "phone", "email", "url", "percent", "number", "address", "text", "any"
]
"""Kinds of values that are written beside a name."""


# ---- programs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Presence:
    """Is there ...?"""

    things: tuple[Thing, ...]
    every: bool = True
    """All of them, or any one of them."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many ...?"""

    thing: Thing


@dataclass(frozen=True, slots=True)
class ColorOf:
    """What colour is ...? Without a thing: what colours are there?"""

    thing: Thing | None


@dataclass(frozen=True, slots=True)
class HasColor:
    """Is ... red? Are all ... red?"""

    thing: Thing
    colors: tuple[str, ...]
    every: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Locate:
    """Where is ...?"""

    thing: Thing


@dataclass(frozen=True, slots=True)
class InRegion:
    """Is ... on the left?"""

    thing: Thing
    region: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Stands:
    """Is ... next to ...? Is ... bigger than ...?"""

    subject: Thing
    relation: str
    anchor: Thing
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """What is left of ...?"""

    relation: str
    anchor: Thing
    kind: Thing | None = None
    """"which animal is left of ..."."""


@dataclass(frozen=True, slots=True)
class WhatIs:
    """What is this? What animal is it? What is on the left? What shape is there?"""

    kind: Thing | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class IsA:
    """Is this a ...? Is the animal a ...?"""

    thing: Thing
    subject: Thing | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class MoreThan:
    """Are there more ... than ...?"""

    first: Thing
    second: Thing
    ask: Literal["more", "fewer", "same"] = "more"


@dataclass(frozen=True, slots=True)
class Extreme:
    """Which is bigger, the ... or the ...? By the size in the picture."""

    things: tuple[Thing, ...]
    ask: Literal["bigger", "smaller", "taller", "shorter", "wider", "narrower", "nearer", "farther"] = "bigger"


@dataclass(frozen=True, slots=True)
class Every:
    """Does each ... have ...?"""

    holder: Thing
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Is this so, and that too?"""

    parts: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Is it so, or so?"""

    options: tuple[str, ...]
    parts: tuple[Program, ...]
    """The verdict that each option stands for."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Do two things have the same colour?"""

    first: Thing
    second: Thing


@dataclass(frozen=True, slots=True)
class Nearer:
    """Is ... closer to ... or to ...?"""

    subject: Thing
    first: Thing
    second: Thing
    verdict: bool = False
    """Whether "closer to the first than to the second?" is asked."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Is a statement true of a drawing of shapes in boxes and towers?"""

    statement: Statement | None
    """None where it speaks of boxes or towers and was not understood whole."""
    otherwise: Program
    """What the same words ask of a photograph."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Is a statement true of two pictures?"""

    scope: Literal["index", "every", "any", "exactly_one", "none", "one_other", "total", "same", "more", "fewer"]
    """one_other: the first of `inner` holds of one picture, the second of the other; total, same, more and fewer are
    about numbers in both."""
    inner: tuple[Program, ...]
    """What is said of a picture; for numbers one `Presence` of what is counted."""
    index: int = 0
    """From 1: the picture of "index", and the one that has more, or fewer."""
    also: Pictures | None = None
    """A further statement that must hold too."""


@dataclass(frozen=True, slots=True)
class Describe:
    """What is in the picture?"""


@dataclass(frozen=True, slots=True)
class Place:
    """What room, what place is this? Indoors or outdoors?"""

    expected: str = ""
    """"Is this a kitchen?"."""
    room: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What does it say?"""

    holder: Thing | None = None
    """What carries the text: "the sign"."""
    wanted: str = ""
    """"Is the word ... written there?"; of "after" and "before" the line they start from."""
    ask: Literal["all", "presence", "number", "title", "brand", "lines", "words", "line", "word", "after", "before"] = (
        "all"
    )
    """lines, words: how many; line, word: the one of `index`."""
    region: str = ""
    index: int = 0
    """From 1; negative from the end."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What value is written beside a name: "how much is the soup?", "which platform for Bern?"."""

    key: str = ""
    """The name it stands by; "" for the only value of its kind."""
    value: ValueKind = "any"
    column: str = ""
    """The head of the column that it stands in: "platform"."""
    ask: Literal["value", "first", "last", "open", "closed", "cheapest", "dearest", "name"] = "value"
    """first, last: an end of a range of hours; open, closed: whether it is; cheapest, dearest: of everything with a
    price; name: what stands by a value,
    the key."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said?"""

    ask: Literal[
        "all",
        "about",
        "when",
        "mention",
        "times",
        "language",
        "presence",
        "length",
        "who",
        "first",
        "last",
        "sound",
        "at",
        "summary",
        "numbers",
        "prices",
        "dates",
        "names",
        "longer",
        "after",
        "before",
    ] = "all"
    topic: str = ""
    span: tuple[float, float] = (0.0, 0.0)
    """For "at": seconds from the start; a negative start counts from the end."""
    also: str = ""
    """The topic in English, when it was asked in another language."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How does the speaker, or the text, feel?"""

    of: Literal["speech", "text", "face", "any"] = "any"
    expected: str = ""
    """"positive", "negative" or "neutral" when that is asked."""
    text: str = ""
    """The text itself, when the question quotes it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How big, how bright, is it blurred, what format?"""

    ask: FactAsked


@dataclass(frozen=True, slots=True)
class When:
    """When does ... appear in the video?"""

    thing: Thing
    ask: Literal["any", "first", "last", "long", "while"] = "any"
    """long: for how long; while: what is said meanwhile."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """How many ... are in the video at most at once?"""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Happens:
    """What happens in the video, one thing after the other?"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes between the start and the end of the video?"""


@dataclass(frozen=True, slots=True)
class Matches:
    """Does what is said match the picture (or the text in it)? Which picture is spoken of?"""

    ask: Literal["picture", "text", "which"] = "picture"


@dataclass(frozen=True, slots=True)
class Compare:
    """What differs between the pictures? Which one has (more) ...? Which is brighter?"""

    ask: Literal[
        "difference",
        "which_has",
        "which_more",
        "which_fewer",
        "brighter",
        "darker",
        "sharper",
        "bigger",
        "same",
        "same_place",
        "both",
        "only_first",
        "only_second",
    ]
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """One of several options; `inner` is the question they answer."""

    options: tuple[str, ...]
    inner: Program


@dataclass(frozen=True, slots=True)
class Beyond:
    """Understood, and outside what can be perceived: who someone is, what they do, why."""

    ask: Literal[
        "who",
        "activity",
        "why",
        "age",
        "gender",
        "wearing",
        "weather",
        "time",
        "price",
        "emotion",
        "sound",
        "material",
        "feeling",
    ]
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Are you sure? How do you know? (about the question before)"""

    inner: Program
    which: Which = field(default_factory=Which)
    ask: Literal["why", "sure"] = "why"


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Greetings, thanks, and what the assistant can do."""

    ask: Literal[
        "greeting",
        "thanks",
        "goodbye",
        "capabilities",
        "identity",
        "mood",
        "praise",
        "blame",
        "acknowledge",
        "unasked",
        "languages",
    ]
    """unasked: "are you sure?" when nothing was answered yet; languages: asked in one that is not understood."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Nothing was asked: say what was sent."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood, or about the world at large."""

    text: str
    world: bool = False
    """True when it is a question about the world rather than about what was sent."""
    things: tuple[Thing, ...] = ()
    """Things it mentions that can be looked for."""


Program: TypeAlias = (
    Presence
    | Count
    | ColorOf
    | HasColor
    | Locate
    | InRegion
    | Stands
    | Related
    | WhatIs
    | IsA
    | MoreThan
    | Extreme
    | Every
    | AllOf
    | OneOf
    | Alike
    | Nearer
    | Drawing
    | Pictures
    | Describe
    | Place
    | Read
    | Lookup
    | Transcript
    | Sentiment
    | Facts
    | When
    | AtOnce
    | Happens
    | Changes
    | Matches
    | Compare
    | Choose
    | Beyond
    | Evidence
    | SmallTalk
    | Attached
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question understood."""

    program: Program
    which: Which = field(default_factory=Which)
    language: str = "en"
    """Language to answer in."""
    verdict: Literal["yes", "true"] = "yes"
    """Whether a verdict is to be "yes" or "no", or "true" or "false"."""
