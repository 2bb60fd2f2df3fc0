"""Order, slant, stacked letters and paragraphs of text; and pages rendered here and really read."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from assistant.media import Image as Decoded
from assistant.plugin import Task
from assistant.types import Observation, Part
from assistant_vision.reading import paragraphs
from assistant_vision.stacking import stacks
from assistant_vision.text import VisionText, there
from assistant_vision.turning import skew, straightened

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.fixture(scope="module")
def reader() -> Iterator[VisionText]:
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("rapidocr is not installed")
    text = VisionText()
    services: Any = SimpleNamespace(options=None, threads=2, device="cpu", hub=False)
    text.load(services)
    yield text
    text.close()


def read(reader: VisionText, picture: Image.Image) -> list[Observation]:
    media: Any = SimpleNamespace(image=lambda part: Decoded(np.asarray(picture.convert("RGB"))))
    task = Task(Part("image", "0" * 64, "picture", "image/png", b""), media)
    return [item for item in reader.perceive(task) if isinstance(item, Observation)]


def drawn(
    lines: list[tuple[int, int, str, int]],
    size: tuple[int, int],
    ink: tuple[int, int, int] = BLACK,
    paper: tuple[int, int, int] = WHITE,
) -> Image.Image:
    """Lines x, y, text, pixels high on a sheet."""
    picture = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(picture)
    for x, y, text, high in lines:
        pen.text((x, y), text, fill=ink, font=ImageFont.load_default(size=high))
    return picture


COLUMNS = [
    (30, 20, "RIVER TIMES", 34),
    *[
        (30, 80 + 28 * row, text, 18)
        for row, text in enumerate(("Heavy rain is expected", "in the north today", "and later"))
    ],
    *[
        (360, 80 + 28 * row, text, 18)
        for row, text in enumerate(("The new bridge opened", "after seven years of", "building work"))
    ],
]


@pytest.mark.parametrize("slant", [0, 6, -12])
def test_a_slanting_page_of_columns_is_read_in_order(reader: VisionText, slant: int) -> None:
    """Columns stay columns when the page lies askew, and by how much is said."""
    page = drawn(COLUMNS, (640, 200)).rotate(-slant, expand=True, fillcolor=WHITE, resample=Image.Resampling.BICUBIC)
    found = read(reader, page)
    assert [seen.text for seen in found] == [text for _, _, text, _ in COLUMNS]
    assert found[0].data["skew"] == pytest.approx(slant, abs=1.5)
    assert [seen.data["block"] for seen in found] == [0, 1, 1, 1, 2, 2, 2]


def test_light_on_dark_and_upright_signs_are_read(reader: VisionText) -> None:
    """White on black, and letters one under the other."""
    sign = drawn(
        [(80, 30 + 90 * row, letter, 70) for row, letter in enumerate("HOTEL")], (240, 520), WHITE, (20, 30, 60)
    )
    (found,) = read(reader, sign)
    assert found.text == "HOTEL"
    assert found.box is not None
    assert found.box[3] - found.box[1] > 0.6


def test_a_single_figure_in_a_table_is_read(reader: VisionText) -> None:
    """A platform number of one figure counts on a page of text; a stray one on nothing would not."""
    rows = [("Bern", "4"), ("Geneva", "7"), ("Lugano", "9"), ("Zermatt", "2"), ("Chur", "6")]
    lines = [(30, 30 + 44 * row, name, 26) for row, (name, _) in enumerate(rows)]
    lines += [(300, 30 + 44 * row, platform, 26) for row, (_, platform) in enumerate(rows)]
    assert [seen.text for seen in read(reader, drawn(lines, (420, 270)))] == [cell for row in rows for cell in row]
    assert there("4") < 0.7 < there("4", page=True)
    assert there("...", page=True) == 0.0


def test_small_print_in_a_large_picture_is_read(reader: VisionText) -> None:
    """Letters of a dozen pixels on a label far off."""
    noise = np.random.default_rng(0).normal(150, 15, (900, 1400, 3))
    picture = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    picture.paste(
        drawn([(10, 8, "Best before 12 May", 13), (10, 30, "Keep in a cool place", 13)], (200, 60)), (900, 600)
    )
    assert [seen.text for seen in read(reader, picture)] == ["Best before 12 May", "Keep in a cool place"]


@given(st.floats(-40, 40), st.integers(2, 6))
def test_the_slant_of_lines_is_found_and_taken_out(angle: float, count: int) -> None:
    """Lines turned by an angle have that skew, and none once straightened."""
    lines = [np.array([[0.0, y], [100.0, y], [100.0, y + 10], [0.0, y + 10]]) for y in range(0, 30 * count, 30)]
    turned = [straightened(line, -angle) for line in lines]
    assert skew(turned) == pytest.approx(angle, abs=1e-6)
    assert skew([straightened(line, angle) for line in turned]) == pytest.approx(0.0, abs=1e-6)


def test_letters_of_a_table_are_no_word() -> None:
    """A column of single letters with text beside it stays apart."""
    boxes = [(0.0, 20.0 * row, 10.0, 20.0 * row + 14) for row in range(4)]
    assert stacks(["S", "H", "O", "P"], boxes) == [[0, 1, 2, 3]]
    answers = [(16.0, 20.0 * row, 90.0, 20.0 * row + 14) for row in range(4)]
    assert stacks(["A", "B", "C", "D", "Paris", "Rome", "Bern", "Oslo"], [*boxes, *answers]) == []
    assert stacks(["A", "B"], boxes[:2]) == []
    assert stacks(["4", "7", "9"], boxes[:3]) == []


def test_paragraphs_end_at_gaps_and_other_sizes() -> None:
    """Lines close together are one paragraph; a gap, a larger line or another column begins the next."""
    body = [(0.0, 20.0 * row, 200.0, 20.0 * row + 14) for row in range(3)]
    assert paragraphs([*body, (0.0, 110.0, 200.0, 124.0)]) == [0, 0, 0, 1]
    assert paragraphs([(0.0, -40.0, 200.0, -6.0), *body]) == [0, 1, 1, 1]
    assert paragraphs([*body, (300.0, 0.0, 500.0, 14.0)]) == [0, 0, 0, 1]
    assert paragraphs([]) == []
