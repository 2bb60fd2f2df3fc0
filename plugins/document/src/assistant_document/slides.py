"""Reads PowerPoint presentations through python-pptx: text, tables, charts, notes and pictures of every slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from assistant_document.archive import PICTURE, opened
from assistant_document.reading import Page, Picture, Reading
from assistant_document.word import CELLS

GROUPS: Final = 8
"""How deep groups of shapes are followed."""
POINTS: Final = 200
"""Of one series in a chart."""


def read(content: bytes, reading: Reading) -> Iterator[Page | Picture]:
    """Each slide, followed by the pictures on it.

    Raises:
        UnreadableMedia: it is damaged.
        MediaTooLarge: it unpacks to too much.
    """
    import io

    import pptx

    opened(content, reading).close()
    show = pptx.Presentation(io.BytesIO(content))
    reading.unit = "slide"
    about = show.core_properties
    reading.title, reading.author = about.title or "", about.author or ""
    known: set[str] = set()
    for number, slide in enumerate(islice(show.slides, reading.first(len(show.slides))), 1):
        if not reading.room():
            return
        shapes = list(_shapes(slide.shapes))
        lines = [line for shape in shapes for line in _lines(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = slide.notes_slide.notes_text_frame.text.strip()
            lines += [f"Notes: {notes}"] if notes else []
        title = slide.shapes.title
        yield reading.page(number, "\n".join(lines), title.text_frame.text if title is not None else "")
        for image in _images(shapes) if reading.options.pictures else ():
            if image.sha1 in known or len(image.blob) > PICTURE:  # a logo that is on every slide
                continue
            known.add(image.sha1)
            if not reading.may_take():
                break
            yield Picture(number, encoded=image.blob)


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < GROUPS:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _lines(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        yield shape.text_frame.text.replace("\v", "\n")
    elif getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield CELLS.join(" ".join(cell.text.split()) for cell in row.cells)
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)


def _chart(chart: Any) -> Iterator[str]:
    if chart.has_title and chart.chart_title.has_text_frame:
        yield chart.chart_title.text_frame.text
    for plot in chart.plots:
        names = [str(name) for name in islice(plot.categories, POINTS)]
        for series in plot.series:
            values = list(islice(series.values, POINTS))
            said = [
                f"{name} {value:g}" if name else f"{value:g}"
                for name, value in zip([*names, *[""] * (len(values) - len(names))], values, strict=False)
                if value is not None
            ]
            yield f"{series.name}: {', '.join(said)}"


def _images(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        try:
            image = getattr(shape, "image", None)
        except (KeyError, ValueError, AttributeError):  # a picture that is linked to, not embedded
            continue
        if image is not None:
            yield image
