"""Programs over text that is read, recordings and videos. Not for things in pictures: see programs.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from assistant_reasoner.terms import Thing

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
NotedAsked: TypeAlias = Literal[
    "codes",
    "any_code",
    "count_codes",
    "taken",
    "camera",
    "taken_with",
    "exposure",
    "author",
    "place",
    "speakers",
    "only_one",
    "who_says",
    "who_when",
    "speaker_says",
]


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
    also: str = ""
    """The key in English, when it was asked in another language."""


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
