"""What reading a document gives, and the caps that hold meanwhile. Not for any one format: see pdf.py and others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from assistant.errors import UnreadableMedia
from assistant_document.options import DocumentOptions

if TYPE_CHECKING:
    import numpy as np

PIECE: Final = 8_000
"""Characters of one observation; what is longer, a sheet say, becomes several."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff]")
_WORD = re.compile(r"\w[^\s|]*")
_SPACES = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, sheet, slide or chapter."""

    number: int
    """From 1."""
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page, or one embedded in it."""

    page: int
    """From 1; 0 if it is not known."""
    rgb: np.ndarray | None = None
    """[height, width, 3] uint8: the page as it looks."""
    encoded: bytes = b""
    """The bytes of an embedded picture, as they were found."""


@dataclass(slots=True)
class Reading:
    """A document while it is read: what every reader is given, and what it finds out on its way."""

    name: str
    """The file's, for messages."""
    options: DocumentOptions
    check: Callable[[], None] = lambda: None
    """Raises when nobody waits any more."""
    unit: str = "page"
    """What it consists of: page, sheet, slide or chapter."""
    count: int = 0
    """How many of them it has, those included that are not read."""
    title: str = ""
    author: str = ""
    notes: list[str] = field(default_factory=list)
    """Sentences about what was left out."""
    characters: int = 0
    words: int = 0
    pictures: int = 0

    def room(self, held: int = 0) -> bool:
        """Whether more text may be read, with so many characters that are not on a page yet; if not, it is noted."""
        self.check()
        if self.characters + held < self.options.characters:
            return True
        self.note(f"only the first {self.options.characters:,} characters were read")
        return False

    def note(self, sentence: str) -> None:
        """Remember what was left out, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def may_take(self) -> bool:
        """Whether one more picture may be taken out."""
        if self.pictures >= self.options.images:
            self.note(f"only the first {self.options.images} pictures were taken out")
            return False
        return True

    def first(self, count: int) -> int:
        """How many of so many pages are read."""
        self.count = count
        if count > self.options.pages:
            self.note(f"only the first {self.options.pages:,} of {count:,} {self.unit}s were read")
        return min(count, self.options.pages)

    def page(self, number: int, text: str, title: str = "") -> Page:
        """A page with its text tidied, cut where the document has too much of it; counted."""
        text = tidy(text)
        room = self.options.characters - self.characters
        if len(text) > room:
            text = text[: max(0, room)]
            self.note(f"only the first {self.options.characters:,} characters were read")
        self.characters += len(text)
        self.words += len(_WORD.findall(text))
        return Page(number, text, tidy(title).replace("\n", " ")[:200])

    def unreadable(self, why: str, remedy: str = "Save it anew, or export it as PDF.") -> UnreadableMedia:
        """The error that says what is wrong with the file."""
        return UnreadableMedia(f"{self.name} {why}.", remedy)


def tidy(text: str) -> str:
    """The text without control characters, runs of spaces and empty lines."""
    lines = (_SPACES.sub(" ", _CONTROL.sub("", line)).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """The text in pieces of at most `size` characters, cut between lines where that is possible."""
    while len(text) > size:
        cut = text.rfind("\n", size // 2, size)
        cut = size if cut < 0 else cut
        yield text[:cut]
        text = text[cut:].lstrip("\n")
    if text:
        yield text
