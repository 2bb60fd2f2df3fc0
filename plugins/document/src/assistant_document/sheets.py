"""Reads Excel workbooks through openpyxl: the values of every sheet, row by row. Formulas are not computed: what counts
is the result that was saved with them. Macros and links are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from assistant_document.archive import PICTURE, opened
from assistant_document.reading import Page, Picture, Reading
from assistant_document.word import CELLS

COLUMNS: Final = 256
"""Of one sheet; the format allows 16,384."""
CELL: Final = 2_000
"""Characters of one cell."""
_MEDIA: Final = "xl/media/"


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each sheet, and last the pictures in them.

    Raises:
        UnreadableMedia: it is damaged.
        MediaTooLarge: it unpacks to too much.
    """
    import io

    import openpyxl

    archive = opened(content, reading)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        reading.unit = "sheet"
        about = book.properties
        reading.title, reading.author = about.title or "", about.creator or ""
        sheets = book.worksheets
        for number, sheet in enumerate(sheets[: reading.first(len(sheets))], 1):
            yield reading.page(number, _text(sheet, reading), sheet.title)
    finally:
        book.close()
    with archive:
        for member in archive.infolist():
            if not member.filename.startswith(_MEDIA) or member.file_size > PICTURE:
                continue
            if not reading.options.pictures or not reading.may_take():
                break
            yield Picture(0, encoded=archive.read(member))


def _text(sheet: Any, reading: Reading) -> str:
    sheet.reset_dimensions()  # what a file says of its size is not to be believed
    lines: list[str] = []
    held = 0
    rows = reading.options.rows
    for number, row in enumerate(sheet.iter_rows(max_row=rows + 1, max_col=COLUMNS, values_only=True), 1):
        if not number % 100:
            reading.check()
        if number > rows:
            reading.note(f"only the first {rows:,} rows of the sheet {sheet.title} were read")
            break
        cells = [written(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        line = CELLS.join(cells)
        held += len(line)
        lines.append(line)
        if not reading.room(held):
            break
    return "\n".join(lines)


def written(value: object) -> str:
    """A cell's value as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.10g}" if abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return " ".join(str(value)[:CELL].split())
