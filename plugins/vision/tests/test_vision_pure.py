"""Geometry, words, colours and calibration: no models, no files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_vision.coco import CLASSES
from assistant_vision.imagenet import broader, members
from assistant_vision.palette import name_of, named_colors
from assistant_vision.reading import reading_order
from assistant_vision.turning import TURNS, is_tall, turn_points, upright_quad
from assistant_vision.words import article, counted, listed, plural, sentence

unit = st.floats(0, 1, allow_nan=False)
boxes = st.tuples(unit, unit, unit, unit).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "gray"),
        ((211, 211, 211), "gray"),
        ((255, 0, 0), "red"),
        ((128, 0, 0), "red"),
        ((0, 255, 0), "green"),
        ((0, 100, 0), "green"),
        ((0, 0, 255), "blue"),
        ((0, 0, 128), "blue"),
        ((135, 206, 235), "blue"),
        ((255, 255, 0), "yellow"),
        ((255, 165, 0), "orange"),
        ((128, 0, 128), "purple"),
        ((255, 182, 193), "pink"),
        ((139, 69, 19), "brown"),
        ((165, 42, 42), "brown"),
        ((0, 128, 128), "teal"),
        ((210, 190, 160), "beige"),
    ],
)
def test_colours_bear_the_names_people_give_them(rgb: tuple[int, int, int], name: str) -> None:
    """Well-known colours get their basic colour term."""
    assert name_of(rgb) == name


def test_named_colours_share_out_the_pixels() -> None:
    """Shares are of all pixels, largest first, and the colour given is that of the pixels."""
    pixels = np.array([[250, 10, 10]] * 70 + [[10, 10, 240]] * 28 + [[0, 0, 0]] * 2, dtype=np.uint8)
    found = named_colors(pixels)
    assert [(color.name, color.share, color.rgb) for color in found] == [
        ("red", 0.7, (250, 10, 10)),
        ("blue", 0.28, (10, 10, 240)),
    ]


def test_two_columns_under_a_heading_are_read_one_after_the_other() -> None:
    """Heading, left column, right column; a short last line stays with its paragraph."""
    heading = (0.0, 0.0, 620.0, 24.0)
    left = [(0.0, 40.0 + 20 * row, 300.0, 56.0 + 20 * row) for row in range(5)] + [(0.0, 140.0, 60.0, 156.0)]
    right = [(320.0, 40.0 + 20 * row, 620.0, 56.0 + 20 * row) for row in range(6)]
    lines = [heading, *left, *right]
    shuffled = list(np.random.default_rng(0).permutation(len(lines)))
    order = reading_order([lines[index] for index in shuffled])
    assert [shuffled[index] for index in order] == list(range(len(lines)))


def test_a_table_is_read_row_by_row() -> None:
    """Short cells side by side belong to a row."""
    cells = [(x, 30.0 * row, x + 50.0, 30.0 * row + 18) for row in range(3) for x in (0.0, 200.0)]
    assert reading_order(cells) == list(range(6))


@given(st.lists(boxes, max_size=15))
def test_every_line_is_read_once(lines: list[tuple[float, float, float, float]]) -> None:
    """Whatever the layout, the order is a permutation."""
    assert sorted(reading_order(lines)) == list(range(len(lines)))


@pytest.mark.parametrize("turn", TURNS)
def test_lines_of_a_turned_page_stand_upright(turn: int) -> None:
    """Turning a page back puts a line where it was and starts it at its top left."""
    upright = np.array([[10.0, 20.0], [90.0, 20.0], [90.0, 30.0], [10.0, 30.0]])
    width, height = 200.0, 100.0
    back = (360 - turn) % 360
    found = turn_points(upright, back, width, height)  # type: ignore[arg-type]
    turned = (height, width) if turn in (90, 270) else (width, height)
    by_place = found[np.lexsort((found[:, 0], found[:, 1]))]
    first = by_place[0]
    start = int(np.argmin(np.abs(found - first).sum(axis=1)))
    quad = np.roll(found, -start, axis=0)
    assert is_tall(quad) == (turn in (90, 270))
    again = upright_quad(quad, turn, *turned)  # type: ignore[arg-type]
    assert np.allclose(again, upright)


def test_words() -> None:
    """Plurals, articles, numbers and lists read as English."""
    assert [plural(name) for name in ("person", "bus", "wine glass", "knife", "couch", "puppy", "sheep", "tv")] == [
        "people",
        "buses",
        "wine glasses",
        "knives",
        "couches",
        "puppies",
        "sheep",
        "TVs",
    ]
    assert [article(name) for name in ("apple", "unicycle", "hourglass", "dog", "umbrella")] == [
        "an",
        "a",
        "an",
        "a",
        "an",
    ]
    assert [counted(1, "tv"), counted(2, "dog"), counted(13, "person"), counted(1, "scissors")] == [
        "a TV",
        "two dogs",
        "13 people",
        "a pair of scissors",
    ]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert sentence('the sign reads "STOP"') == 'The sign reads "STOP".'


def test_classes() -> None:
    """COCO has 80 classes under the published ids; a breed belongs to its kind."""
    assert len(CLASSES) == 80
    assert (CLASSES[1], CLASSES[13], CLASSES[90]) == ("person", "stop sign", "toothbrush")
    assert (broader(162), broader(281), broader(999)) == ("dog", "cat", None)
    assert 285 in members("cat")
