"""Numbers, things and pictures as questions name them, for programs.py. Not for understanding them: see nouns.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Comparator: TypeAlias = Literal["=", ">=", "<=", ">", "<"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what it bounds: "exactly two", "at least 3"."""

    value: int
    comparator: Comparator = "="
    exact: bool = False
    """Whether "exactly" or "only" was said: without it, "there are two dogs" still allows more to most people."""

    def admits(self, count: int) -> bool:
        """Whether a count fulfils it."""
        return {
            "=": count == self.value,
            ">=": count >= self.value,
            "<=": count <= self.value,
            ">": count > self.value,
            "<": count < self.value,
        }[self.comparator]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as a question names it: "two red cars on the left", "the dog next to the bench"."""

    words: str
    """Its name, singular, as asked: "bike"."""
    classes: frozenset[str] = frozenset()
    """Detector classes it may be; empty when no detector knows it."""
    shapes: frozenset[str] = frozenset()
    """Names of drawn shapes it may be; {"*"} for any shape."""
    colors: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    """Colours it must not have: "that are not black"."""
    size: str = ""
    """"big", "small", "biggest", "smallest" or ""."""
    others: tuple[str, ...] = ()
    """Adjectives that nobody here can judge: "wooden"."""
    number: Number | None = None
    region: str = ""
    """Where in the picture: "left", "top right", "centre", ..."""
    relation: str = ""
    """A relation of fusion.align.RELATIONS that it stands in to `anchor`."""
    anchor: Thing | None = None
    having: tuple[Thing, ...] = ()
    """What it contains or carries: "a box with a yellow triangle"."""
    none: bool = False
    """"no dogs"."""
    definite: bool = False
    """"the dog" rather than "a dog"."""
    many: bool = False
    """Said in the plural."""
    pronoun: bool = False
    """"it", "they": what was spoken of before."""
    anything: bool = False
    """"something", "objects": any thing at all."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which pictures (or videos) a question is about."""

    scope: Literal["current", "index", "all", "previous"] = "current"
    """current: those of this turn, or else the latest."""
    index: int = 0
    """From 1; negative from the end. For scope "index"."""
