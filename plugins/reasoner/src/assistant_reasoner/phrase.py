"""Wording: sentences by key, names, places, numbers. Not for deciding what is true: see execute/.

Sentences are looked up by key in the table of the language (phrase_en.py, phrase_zh.py); what a language lacks is said
in English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant_reasoner import phrase_en, phrase_zh
from assistant_reasoner.lexicon import plural

QUOTED = 1200
"""Characters of a text that are quoted in one answer."""
UNCOUNTABLE = frozenset(
    ("broccoli", "scissors", "skis", "furniture", "food", "fruit", "text", "luggage", "snow", "grass")
)

_FILES_ZH = {"picture": "图片", "video": "视频", "recording": "录音"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the ids of the observations that it rests on."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A computed answer."""

    sentences: tuple[Sentence, ...]
    short: str | None = None
    """The bare answer: "yes", "3", "red"; of an abstention the best guess, if there is any ground for one."""
    confidence: float | None = None
    """Probability that `short` is right, 0-1."""
    abstained: bool = False
    """It cannot tell; `short` is no more than a guess."""

    @property
    def text(self) -> str:
        """The whole answer."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def cites(self) -> tuple[str, ...]:
        """Everything it rests on, in order, once each."""
        return tuple(dict.fromkeys(identity for sentence in self.sentences for identity in sentence.cites))


class Phrases:
    """Says things in one language."""

    def __init__(self, language: str = "en") -> None:
        self.language = language if language == "zh" else "en"
        self._table = phrase_zh.SENTENCES if self.language == "zh" else phrase_en.SENTENCES

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of that key, its blanks filled."""
        text = (self._table.get(key) or phrase_en.SENTENCES[key]).format(**values)
        return re.sub(r"([.!?…。！？] ?”)[.。]", r"\1", text)

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.language == "zh" else " "

    def name(self, word: str, color: str = "") -> str:
        """ "red car"."""
        if self.language == "zh":
            shade = phrase_zh.COLORS.get(color, color)
            return f"{shade}{'的' if shade else ''}{phrase_zh.NAMES.get(word, word)}"
        return f"{color} {word}".strip()

    def color(self, color: str) -> str:
        """The colour's name."""
        return phrase_zh.COLORS.get(color, color) if self.language == "zh" else color

    def a(self, word: str, color: str = "") -> str:
        """ "an orange cat"."""
        if self.language == "zh":
            return f"一个{self.name(word, color)}"
        named = self.name(word, color)
        if word in UNCOUNTABLE:
            return named
        return (
            f"{'an' if named[:1].lower() in 'aeiou' and not named.startswith(('one', 'uni', 'use')) else 'a'} {named}"
        )

    def no(self, word: str, color: str = "") -> str:
        """ "no red car"."""
        return f"没有{self.name(word, color)}" if self.language == "zh" else f"no {self.name(word, color)}"

    def count(self, number: int, word: str, color: str = "") -> str:
        """ "3 red cars"."""
        if self.language == "zh":
            return f"{number} 个{self.name(word, color)}"
        if number == 1:
            return f"1 {self.name(word, color)}"
        return f"{number} {self.name(word if word in UNCOUNTABLE else plural(word), color)}"

    def many(self, word: str, color: str = "") -> str:
        """ "red cars"."""
        return self.name(word, color) if self.language == "zh" else self.name(plural(word), color)

    def place(self, place: str) -> str:
        """ "at the top left" of one of the names of `fusion.align.place`, or of a question's region."""
        if self.language == "zh":
            return phrase_zh.PLACES.get(place, place)
        if place == "whole picture":
            return "filling most of the picture"
        if place in ("centre", "foreground", "background"):
            return f"in the {place}"
        return f"at the {place}"

    def percent(self, probability: float) -> str:
        """ "82 %"; never 100 %."""
        return f"{max(1, min(99, round(100 * probability)))} %"

    def frame(self, seconds: float) -> str:
        """ " of the frame at 3.2 s": what follows a place in a video."""
        return f", {self.time(seconds)}" if self.language != "en" else f" of the frame at {self.time(seconds)}"

    def numbered(self, word: str, index: int = 0) -> str:
        """ "the picture", or "picture 2"."""
        name = _FILES_ZH.get(word, word) if self.language == "zh" else word
        if index:
            return f"{name} {index}"
        return name if self.language == "zh" else f"the {name}"

    def listed(self, items: Sequence[str]) -> str:
        """ "a, b and c"."""
        if self.language == "zh":
            return "、".join(items[:-1]) + ("和" if len(items) > 1 else "") + items[-1] if items else ""
        return ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1] if items else ""

    def quote(self, text: str, limit: int = QUOTED) -> str:
        """The text in quotation marks, on one line, cut after `limit` characters."""
        line = " ".join(text.split()).replace('"', "'")
        cut = line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
        return f"“{cut}”"

    def time(self, seconds: float) -> str:
        """ "1:05.2" or "3.2 s"."""
        return f"{int(seconds // 60)}:{seconds % 60:04.1f}" if seconds >= 60 else f"{seconds:.1f} s"


def said(text: str, *cites: str) -> Sentence:
    """A sentence and what it rests on."""
    return Sentence(text, tuple(dict.fromkeys(cites)))
