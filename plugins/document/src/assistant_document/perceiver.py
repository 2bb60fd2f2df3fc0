"""The perceiver of documents: their text page by page, pictures of pages and in them, facts of the whole."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from assistant import Observation, Part, Perceiver
from assistant.errors import AssistantError, MediaError
from assistant.plugin import Services, Task
from assistant.types import IMAGE, JSON
from assistant_document import book, opendocument, pdf, sheets, slides, word
from assistant_document.formats import (
    BOOK,
    DOCUMENT,
    OPEN_SHEETS,
    OPEN_SLIDES,
    OPEN_TEXT,
    PDF,
    SHEETS,
    SLIDES,
    WORD,
)
from assistant_document.options import DocumentOptions
from assistant_document.reading import Page, Picture, Reading, pieces

logger = logging.getLogger(__name__)

READERS: Final[dict[str, Callable[[bytes, Reading], Iterator[Page | Picture]]]] = {
    PDF.media_type: pdf.read,
    WORD.media_type: word.read,
    SHEETS.media_type: sheets.read,
    SLIDES.media_type: slides.read,
    OPEN_TEXT.media_type: opendocument.read,
    OPEN_SHEETS.media_type: opendocument.read,
    OPEN_SLIDES.media_type: opendocument.read,
    BOOK.media_type: book.read,
}
LEAST_SIDE: Final = 100
"""Pixels of the longer side of an embedded picture: what is smaller is an ornament."""


class DocumentPerceiver(Perceiver):
    """Yields the text of each page as soon as it is read, pictures as they come, and last the facts of the whole."""

    name = "document"
    version = "1"
    consumes = (DOCUMENT,)
    produces = ("document_text", "document_facts", IMAGE)
    requires = ("pypdfium2", "docx", "openpyxl", "pptx", "defusedxml")
    Options = DocumentOptions
    isolation = "process"
    memory_limit_mb = 2048
    deadline = 120.0
    heavy = False

    def __init__(self) -> None:
        self._options = DocumentOptions()

    def load(self, services: Services) -> None:
        """Keep the options."""
        if isinstance(services.options, DocumentOptions):
            self._options = services.options

    def perceive(self, task: Task) -> Iterator[Observation | Part]:
        """Yield the text of pages, and pictures; then one `document_facts`.

        Raises:
            MediaError: nothing can be read; the message says why.
        """
        reading = Reading(task.part.name, self._options, task.check)
        taken: set[str] = set()
        try:
            for found in READERS[task.part.media_type](task.part.read_bytes(), reading):
                if isinstance(found, Page):
                    yield from _texts(task, found, reading)
                    continue
                part = _taken(task, found, reading, taken)
                if part is not None:
                    yield part
        except (AssistantError, MemoryError):
            raise
        except Exception as error:  # of a library that met what its authors did not think of: the file is to blame
            logger.warning("a document could not be read", exc_info=error)
            raise reading.unreadable("is damaged, or not what it seems to be") from error
        yield _facts(task, reading)


def _texts(task: Task, page: Page, reading: Reading) -> Iterator[Observation]:
    for number, text in enumerate(pieces(page.text), 1):
        about: dict[str, Any] = {"page": page.number, "pages": reading.count, "unit": reading.unit}
        if page.title:
            about["title"] = page.title
        if number > 1:
            about["piece"] = number
        yield task.observe("document_text", text, 1.0, **about)


def _taken(task: Task, picture: Picture, reading: Reading, taken: set[str]) -> Part | None:
    """A picture as a part of its own; None if it is of no use, or no picture that is read here."""
    task.check()
    place = f"{reading.unit} {picture.page}"
    where: dict[str, JSON] = {"page": picture.page} if picture.page else {}
    if picture.rgb is not None:
        part = task.media.image_part(picture.rgb, f"{place} of {task.part.name}", parent=task.part, facts=where)
    else:
        looks = hashlib.sha256(picture.encoded).hexdigest()
        if looks in taken:
            return None
        taken.add(looks)
        on = f" on {place}" if picture.page else ""
        name = f"picture {len(taken)}{on} of {task.part.name}"
        try:
            part = task.media.open(picture.encoded, name, parent=task.part, facts=where)
        except MediaError:
            reading.note("pictures in formats that are not read here were left out")
            return None
        sides = [side for side in (part.facts.get("width"), part.facts.get("height")) if isinstance(side, int)]
        if part.modality != IMAGE or max(sides, default=0) < LEAST_SIDE:
            return None
        reading.pictures += 1
    return part


def _facts(task: Task, reading: Reading) -> Observation:
    many = f"{reading.count:,} {reading.unit}{'' if reading.count == 1 else 's'}"
    label = str(task.part.facts.get("format") or "document")
    said = f"{label}, {many}, {reading.words:,} word{'' if reading.words == 1 else 's'}"
    if reading.title:
        said += f", titled {reading.title[:200]}"
    if reading.author:
        said += f", by {reading.author[:200]}"
    if reading.notes:
        said += f"; {'; '.join(reading.notes)}"
    about: dict[str, Any] = {
        "pages": reading.count,
        "unit": reading.unit,
        "words": reading.words,
        "characters": reading.characters,
        "pictures": reading.pictures,
        "title": reading.title[:200],
        "author": reading.author[:200],
        "notes": reading.notes,
    }
    return task.observe("document_facts", said, 1.0, **about)
