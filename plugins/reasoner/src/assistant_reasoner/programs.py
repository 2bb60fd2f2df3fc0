"""What a question asks, as small typed programs. Not for understanding (parse.py) nor computing (execute/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from assistant_reasoner.programs_media import AtOnce as AtOnce
from assistant_reasoner.programs_media import Changes as Changes
from assistant_reasoner.programs_media import FactAsked as FactAsked
from assistant_reasoner.programs_media import Facts as Facts
from assistant_reasoner.programs_media import Happens as Happens
from assistant_reasoner.programs_media import Lookup as Lookup
from assistant_reasoner.programs_media import Matches as Matches
from assistant_reasoner.programs_media import NotedAsked as NotedAsked
from assistant_reasoner.programs_media import Read as Read
from assistant_reasoner.programs_media import Sentiment as Sentiment
from assistant_reasoner.programs_media import Transcript as Transcript
from assistant_reasoner.programs_media import ValueKind as ValueKind
from assistant_reasoner.programs_media import When as When
from assistant_reasoner.terms import Comparator as Comparator
from assistant_reasoner.terms import Number as Number
from assistant_reasoner.terms import Thing as Thing
from assistant_reasoner.terms import Which as Which

if TYPE_CHECKING:
    from assistant_reasoner.drawn import Statement

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
        "state",
        "danger",
    ]
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What further plugins note: codes, what a photograph's file says, who speaks."""

    ask: NotedAsked
    topic: str = ""
    """What is said by the one who is asked for."""
    index: int = 0
    """Which speaker, from 1."""
    otherwise: Program | None = None
    """What the question means where nobody notes such things."""


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
    | Noted
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
