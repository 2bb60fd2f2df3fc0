"""Reads PDF through PDFium: the text of every page, and pictures of those that have hardly any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from assistant_document.reading import Page, Picture, Reading

if TYPE_CHECKING:
    import numpy as np

SCAN_CHARACTERS: Final = 24
"""Letters and digits below which a page that shows something is taken for a picture of text: a page number, a stamp."""
PAGE_CHARACTERS: Final = 200_000
"""Of one page: a printed one has some five thousand."""
LARGEST_SCALE: Final = 300 / 72
"""Small pages are drawn at 300 dots an inch at most."""
_PASSWORD: Final = 4
"""FPDF_ERR_PASSWORD in fpdfview.h."""
_LETTER = re.compile(r"[^\W_]")
_HYPHEN = re.compile(r"[\u00ad\ufffe]\s*")
"""PDFium's sign for a hyphen at the end of a line."""


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each page, followed by its picture if one is made.

    Raises:
        UnreadableMedia: it is damaged, or protected by a password.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise reading.unreadable(
                "is protected by a password", "Remove the password, or print it to a new PDF, then send it again."
            ) from error
        raise reading.unreadable("is cut short or damaged", "Send the file again, or print it to a new PDF.") from error
    with document:
        about = document.get_metadata_dict()
        reading.title, reading.author = about.get("Title", "").strip(), about.get("Author", "").strip()
        count = reading.first(len(document))
        if not count:
            raise reading.unreadable("has no pages")
        broken = 0
        for index in range(count):
            reading.check()
            try:
                page = document[index]
            except pypdfium2.PdfiumError:
                broken += 1
                continue
            try:
                yield from _page(page, index + 1, reading)
            except pypdfium2.PdfiumError:
                broken += 1
            finally:
                page.close()
        if broken == count:
            raise reading.unreadable("has no page that can be read", "Print it to a new PDF, then send it again.")
        if broken:
            reading.note(f"{broken} damaged page{'s were' if broken > 1 else ' was'} left out")


def _page(page: Any, number: int, reading: Reading) -> Iterator[Page | Picture]:
    text = _text(page) if reading.room() else ""
    yield reading.page(number, text)
    wanted = reading.options.render
    if wanted == "none" or (wanted == "scans" and len(_LETTER.findall(text)) >= SCAN_CHARACTERS):
        return
    if next(iter(page.get_objects(max_depth=1)), None) is None:  # an empty page
        return
    if reading.may_take():
        drawn = _drawn(page, reading.options.image_side)
        if drawn is not None:
            reading.pictures += 1
            yield Picture(number, drawn)


def _text(page: Any) -> str:
    words = page.get_textpage()
    try:
        text: str = words.get_text_range(0, min(words.count_chars(), PAGE_CHARACTERS))
    finally:
        words.close()
    text = _HYPHEN.sub("", text)
    # Fonts without a table of their characters give private or missing ones: such a page is read from its picture.
    strange = sum(1 for each in text if "\ue000" <= each <= "\uf8ff" or each == "\ufffd" or each < "\t")
    return "" if strange > len(text) / 4 else text


def _drawn(page: Any, side: int) -> np.ndarray | None:
    """[height, width, 3] uint8, the longer side `side` pixels; None for a page without extent."""
    import numpy as np

    width, height = page.get_size()
    if not (width > 0 and height > 0):
        return None
    scale = min(side / max(width, height), LARGEST_SCALE)
    if min(width, height) * scale < 8:
        return None
    bitmap = page.render(scale=scale, rev_byteorder=True)
    try:
        pixels = bitmap.to_numpy()
        return np.array(pixels[:, :, :3] if pixels.shape[2] > 1 else np.repeat(pixels, 3, axis=2))
    finally:
        bitmap.close()
