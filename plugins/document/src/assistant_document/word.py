"""Reads Word documents through python-docx: pages as Word last laid them out, tables row by row. Macros, comments and
links are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from assistant_document.archive import PICTURE, opened
from assistant_document.reading import Page, Picture, Reading

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMBED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_BLIP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
CELLS: Final = " | "
"""Between the cells of a row."""


class _Pages:
    """Text that is put on pages while it is read."""

    def __init__(self) -> None:
        self.texts: list[list[str]] = [[]]
        self.pictures: list[tuple[int, str]] = []
        """Page from 1, relation."""
        self.characters = 0
        self._turned = False

    def write(self, text: str) -> None:
        self.texts[-1].append(text)
        self.characters += len(text)
        self._turned = self._turned and not text.strip()

    def turn(self, *, laid_out: bool = False) -> None:
        """Begin a page; Word notes where it did so itself after a break that was asked for too."""
        if not (laid_out and self._turned):
            self.texts.append([])
        self._turned = not laid_out


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each page, followed by the pictures in it.

    Raises:
        UnreadableMedia: it is damaged.
        MediaTooLarge: it unpacks to too much.
    """
    import io

    import docx

    opened(content, reading).close()
    document = docx.Document(io.BytesIO(content))
    about = document.core_properties
    reading.title, reading.author = about.title or "", about.author or ""
    pages = _Pages()
    for section in document.sections[:1]:
        for paragraph in section.header.paragraphs if not section.header.is_linked_to_previous else ():
            pages.write(f"{paragraph.text}\n")
    for block in document.element.body:
        if not reading.room(pages.characters):
            break
        _block(block, pages)
    taken = 0
    last = reading.first(len(pages.texts))
    for number, texts in enumerate(pages.texts[:last], 1):
        yield reading.page(number, "".join(texts))
        if not reading.options.pictures:
            continue
        for page, relation in pages.pictures:
            part = document.part.related_parts.get(relation) if page == number else None
            if part is None or len(part.blob) > PICTURE or not reading.may_take():
                continue
            taken += 1
            yield Picture(number, encoded=part.blob)


def _block(block: Any, pages: _Pages) -> None:
    if block.tag == f"{_W}tbl":
        for row in block.iterchildren(f"{_W}tr"):
            cells = []
            for cell in row.iterchildren(f"{_W}tc"):
                inner = _Pages()
                _runs(cell, inner)
                pages.pictures += [(len(pages.texts), relation) for _, relation in inner.pictures]
                cells.append(" ".join("".join(text for texts in inner.texts for text in texts).split()))
            pages.write(CELLS.join(cells) + "\n")
    else:
        _runs(block, pages)


def _runs(block: Any, pages: _Pages) -> None:
    skipped = (f"{_W}del", f"{_W}instrText", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
    stack = [block]
    while stack:
        node = stack.pop()
        if node is None:  # the end of a paragraph
            pages.write("\n")
            continue
        tag = node.tag
        if tag in skipped:
            continue
        if tag == f"{_W}t":
            pages.write(node.text or "")
        elif tag == f"{_W}tab":
            pages.write("\t")
        elif tag == f"{_W}br" and node.get(f"{_W}type") == "page":
            pages.turn()
        elif tag == f"{_W}lastRenderedPageBreak":
            pages.turn(laid_out=True)
        elif tag in (f"{_W}br", f"{_W}cr"):
            pages.write("\n")
        elif tag == _BLIP and node.get(_EMBED):
            pages.pictures.append((len(pages.texts), node.get(_EMBED)))
        if tag == f"{_W}p":
            stack.append(None)
        stack.extend(reversed([child for child in node if isinstance(child.tag, str)]))
