"""Reads OpenDocument texts, spreadsheets and presentations: their content is one file of XML (version 1.3, part 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from assistant_document.archive import PICTURE, member, opened, xml
from assistant_document.reading import Page, Picture, Reading
from assistant_document.sheets import CELL, COLUMNS
from assistant_document.word import CELLS

_SPACE: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT: Final = f"{{{_SPACE}text:1.0}}"
_TABLE: Final = f"{{{_SPACE}table:1.0}}"
_DRAW: Final = f"{{{_SPACE}drawing:1.0}}"
_OFFICE: Final = f"{{{_SPACE}office:1.0}}"
_PRESENTATION: Final = f"{{{_SPACE}presentation:1.0}}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT: Final = (f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note-citation")
BLANKS: Final = 100
"""Spaces that one element may stand for."""


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each page, sheet or slide, followed by the pictures in it.

    Raises:
        UnreadableMedia: it is damaged, or protected by a password.
        MediaTooLarge: it unpacks to too much.
    """
    with opened(content, reading) as archive:
        names = set(archive.namelist())
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in member(archive, manifest, reading):
            raise reading.unreadable("is protected by a password", "Remove the password, then send it again.")
        if "meta.xml" in names:
            about = xml(member(archive, "meta.xml", reading), reading)
            reading.title, reading.author = (about.findtext(f".//{_DC}{name}") or "" for name in ("title", "creator"))
        root = xml(member(archive, "content.xml", reading), reading)
        body = root.find(f"{_OFFICE}body")
        inner = body[0] if body is not None and len(body) else None
        if inner is None:
            raise reading.unreadable("has no content")
        pages: Iterable[_Found]
        if inner.tag == f"{_OFFICE}spreadsheet":
            reading.unit = "sheet"
            tables = list(inner.iter(f"{_TABLE}table"))
            pages = (_sheet(table, reading) for table in tables[: reading.first(len(tables))])
        elif inner.tag == f"{_OFFICE}presentation":
            reading.unit = "slide"
            drawn = list(inner.iter(f"{_DRAW}page"))
            pages = (_slide(slide) for slide in drawn[: reading.first(len(drawn))])
        else:
            flowing = _pages(inner, reading)
            pages = flowing[: reading.first(len(flowing))]
        for number, (title, text, pictures) in enumerate(pages, 1):
            if not reading.room():
                return
            yield reading.page(number, text, title)
            for name in pictures if reading.options.pictures else ():
                if name not in names or archive.getinfo(name).file_size > PICTURE:
                    continue
                if not reading.may_take():
                    break
                yield Picture(number, encoded=member(archive, name, reading))


_Found = tuple[str, str, list[str]]
"""Title, text, and names of pictures."""


def _pages(body: Any, reading: Reading) -> list[_Found]:
    pages: list[tuple[list[str], list[str]]] = [([], [])]
    held = 0
    for piece, picture in _walked(body):
        held += len(piece)
        if not reading.room(held):
            pages[-1][0].append(piece)
            break
        if piece == "\f":
            pages.append(([], []))
        elif picture:
            pages[-1][1].append(picture)
        else:
            pages[-1][0].append(piece)
    return [("", "".join(texts), pictures) for texts, pictures in pages]


def _slide(slide: Any) -> _Found:
    texts, pictures = [], []
    title = ""
    for frame in slide:
        said = []
        for piece, picture in _walked(frame):
            pictures += [picture] if picture else []
            said += [piece] if piece not in ("\f", "") else []
        text = "".join(said)
        if not title and frame.get(f"{_PRESENTATION}class") == "title":
            title = text
        is_notes = frame.tag == f"{_PRESENTATION}notes"
        texts.append(f"Notes: {text}" if is_notes and text.strip() else text)
    return title, "\n".join(texts), pictures


def _sheet(table: Any, reading: Reading) -> _Found:
    rows: list[str] = []
    pictures: list[str] = []
    name = table.get(f"{_TABLE}name") or ""
    blank = held = 0
    for row in table.iter(f"{_TABLE}table-row"):
        line, found = _row(row)
        pictures += found
        times = _repeated(row, "number-rows-repeated")
        if not line:
            blank += times
            continue
        room = max(0, reading.options.characters - held) // len(line) + 1
        taken = min(times, room, reading.options.rows + 1 - len(rows))
        rows += [""] * min(blank, 1) + [line] * taken
        held += taken * len(line)
        blank = 0
        if not reading.room(held):
            break
        if len(rows) > reading.options.rows:
            reading.note(f"only the first {reading.options.rows:,} rows of the sheet {name} were read")
            break
    return name, "\n".join(rows[: reading.options.rows]), pictures


def _row(row: Any) -> tuple[str, list[str]]:
    cells: list[str] = []
    pictures: list[str] = []
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        said = []
        for piece, picture in _walked(cell):
            pictures += [picture] if picture else []
            said.append(piece)
        text = " ".join("".join(said).split())[:CELL]
        cells += [text] * min(_repeated(cell, "number-columns-repeated"), COLUMNS - len(cells))
        if len(cells) >= COLUMNS:
            break
    while cells and not cells[-1]:
        cells.pop()
    return CELLS.join(cells), pictures


def _repeated(node: Any, name: str) -> int:
    given = node.get(f"{_TABLE}{name}") or "1"
    return int(given) if given.isdigit() and len(given) < 9 else 1


def _walked(root: Any) -> Iterator[tuple[str, str]]:
    """Pieces of text, "\\f" for a new page; or the name of a picture."""
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node, ""
            continue
        tag = node.tag
        if tag in _LEFT_OUT:
            pass
        elif tag == f"{_TABLE}table-row" and node is not root:
            line, pictures = _row(node)
            yield f"{line}\n", ""
            for picture in pictures:
                yield "", picture
        else:
            if tag == f"{_TEXT}soft-page-break":
                yield "\f", ""
            elif tag == f"{_TEXT}s":
                count = node.get(f"{_TEXT}c") or "1"
                yield " " * (min(int(count), BLANKS) if count.isdigit() and len(count) < 9 else 1), ""
            elif tag == f"{_TEXT}tab":
                yield "\t", ""
            elif tag == f"{_TEXT}line-break":
                yield "\n", ""
            elif tag == f"{_DRAW}image" and node.get(_HREF):
                yield "", node.get(_HREF).removeprefix("./")
            if node.text and node.text.strip("\n"):
                yield node.text, ""
            if tag in (f"{_TEXT}p", f"{_TEXT}h"):
                stack.append("\n")
            for child in reversed(node):
                if child.tail and child.tail.strip("\n"):
                    stack.append(child.tail)
                stack.append(child)
