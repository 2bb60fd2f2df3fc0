"""From pixels to the answer: a menu, a timetable and an invoice drawn here, read, and asked about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assistant.media import Image as Decoded
from assistant.plugin import Task
from assistant.types import Observation

pytest.importorskip("rapidocr")
vision_text = pytest.importorskip("assistant_vision.text")

MENU = [
    (150, "Blue Door", 40, 0),
    (40, "Pumpkin soup", 24, 500, "7.50"),
    (40, "Caesar salad", 24, 500, "12.00"),
    (40, "Grilled trout", 24, 500, "24.50"),
    (40, "Apple pie", 24, 500, "8.00"),
]
TIMETABLE = [
    (40, "Time", 22, 200, "Destination", 420, "Platform"),
    (40, "14:05", 22, 200, "Bern", 420, "4"),
    (40, "14:12", 22, 200, "Geneva", 420, "7"),
    (40, "14:30", 22, 200, "Lugano", 420, "12"),
]
INVOICE = [
    (40, "INVOICE", 36, 0),
    (40, "Invoice number: 20417", 22, 0),
    (40, "Due date: 30 April 2023", 22, 0),
    (40, "Total", 22, 460, "$1,240.00"),
    (40, "Tel. 555-014-7788", 22, 0),
]


@pytest.fixture(scope="module")
def reader() -> Any:
    found = vision_text.VisionText()
    found.load(SimpleNamespace(options=None, threads=2, device="cpu", hub=False))
    return found


def sheet(rows: list[Any]) -> Image.Image:
    picture = Image.new("RGB", (640, 60 + 60 * len(rows)), (250, 248, 240))
    pen = ImageDraw.Draw(picture)
    for index, (left, text, size, *further) in enumerate(rows):
        cells = [(left, text), *zip(further[::2], further[1::2], strict=False)]
        for x, cell in cells:
            pen.text((x, 30 + 60 * index), cell, fill=(30, 30, 40), font=ImageFont.load_default(size=size))
    return picture


def perceived(talk: Any, reader: Any, rows: list[Any]) -> Any:
    talk.picture()
    media: Any = SimpleNamespace(image=lambda part: Decoded(np.asarray(sheet(rows))))
    talk.seen += [one for one in reader.perceive(Task(talk.parts[-1], media)) if isinstance(one, Observation)]
    return talk


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (
            MENU,
            {
                "How much is the soup?": "7.50",
                "how much does the trout cost?": "24.50",
                "What is the cheapest dish?": "Pumpkin soup",
                "What is the name of the restaurant?": "Blue Door",
            },
        ),
        (
            TIMETABLE,
            {
                "Which platform for Geneva?": "7",
                "When does the train to Lugano leave?": "14:30",
                "what platform does the train to Bern leave from?": "4",
            },
        ),
        (
            INVOICE,
            {
                "What is the total?": "$1,240.00",
                "what is the invoice number?": "20417",
                "When is it due?": "30 April 2023",
                "What's the phone number?": "555-014-7788",
                "What is the title?": "INVOICE",
            },
        ),
    ],
    ids=["menu", "timetable", "invoice"],
)
def test_what_is_written_is_answered_from_the_pixels(
    talk: Any, reader: Any, rows: list[Any], asked: dict[str, str]
) -> None:
    """Read by the recogniser, laid out, and looked up."""
    perceived(talk, reader, rows)
    assert {question: talk.ask(question).short for question in asked} == asked
