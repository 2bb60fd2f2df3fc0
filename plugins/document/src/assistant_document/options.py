"""Options of `[plugins.document]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DocumentOptions:
    """How much of a document is read."""

    pages: int = 500
    """Pages, sheets, slides or chapters that are read; the rest is left out, which the facts say."""
    characters: int = 1_000_000
    """Of text in all."""
    rows: int = 2_000
    """Of one sheet."""
    images: int = 20
    """Pictures that are taken out, of pages and of what is embedded in them together."""
    render: Literal["scans", "all", "none"] = "scans"
    """Of which pages of a PDF a picture is made: of those with hardly any text, so that text is read in scans; of all;
    of none."""
    image_side: int = 1500
    """Pixels of the longer side of a page's picture."""
    pictures: bool = True
    """Whether the pictures in office files and e-books are taken out."""
