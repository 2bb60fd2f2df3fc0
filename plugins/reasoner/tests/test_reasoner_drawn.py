"""Statements about drawings: what they mean, and whether they hold of boxes and towers of coloured shapes."""

from __future__ import annotations

from typing import Any

import pytest

from assistant_reasoner.drawn import Both, Holders, Items, read


@pytest.fixture
def boxes(talk: Any) -> Any:
    """Three boxes: scattered small shapes in the first, two items in the second, black squares only in the third."""
    talk.picture()
    for panel, name, color, x, y, size in (
        (0, "square", "yellow", 0.0, 0.8, 0.2),
        (0, "circle", "blue", 0.4, 0.3, 0.2),
        (0, "circle", "blue", 0.7, 0.1, 0.3),
        (1, "triangle", "black", 0.3, 0.4, 0.2),
        (1, "square", "blue", 0.6, 0.1, 0.1),
        (2, "square", "black", 0.1, 0.1, 0.2),
        (2, "square", "black", 0.8, 0.5, 0.2),
    ):
        left = 0.375 * panel
        box = (left + 0.25 * x, y, left + 0.25 * (x + size), y + size)
        talk.shape(name, color, box, panel=panel, panels=3, panel_box=[left, 0.0, left + 0.25, 1.0])
    return talk


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        ("there is a box with exactly two blue items and at least one yellow item", "true"),
        ("there is a box with only black items", "true"),
        ("there is a box with only blue items", "false"),
        ("there are two boxes with a black item", "true"),
        ("each box has at least two items", "true"),
        ("all boxes contain a circle", "false"),
        ("one of the grey squares has exactly three objects", "true"),
        ("there is a yellow square touching the wall", "true"),
        ("there is a black square touching the right wall", "true"),
        ("there is a blue circle touching the bottom of a box", "false"),
        ("none of the circles are touching the wall", "false"),
        ("there is a box with 3 items of 2 different colors", "true"),
        ("there is a box with 3 items of which 2 are blue", "true"),
        ("there is a box with 2 items where the black item is on top", "true"),
        ("there is a box with no circle and no black item", "false"),
        ("there are exactly two blue circles and a black triangle", "true"),
        ("there is a box with items of the same color", "true"),
        ("there is a box with a yellow square and no black items", "true"),
        ("there is no box with four items", "true"),
    ],
)
def test_boxes(boxes: Any, statement: str, truth: str) -> None:
    """Nested counts, colours, contacts and quantifiers hold or not as a person would say."""
    answer = boxes.ask(f"True or false: {statement}.")
    assert answer.short == truth
    assert not answer.abstained


@pytest.fixture
def stacks(talk: Any) -> Any:
    """Three towers: blue on black on yellow; a single black block; yellow on yellow."""
    talk.picture()
    for panel, x, colors in (
        (0, 0.1, ("blue", "black", "yellow")),
        (1, 0.5, ("black",)),
        (2, 0.85, ("yellow", "yellow")),
    ):
        for index, color in enumerate(reversed(colors)):
            top = 0.8 - 0.21 * index
            talk.shape("square", color, (x, top, x + 0.05, top + 0.2), panel=panel, panels=3)
    return talk


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        ("there is a tower with exactly three blocks", "true"),
        ("there are two towers with a yellow base", "true"),
        ("the top of a tower is blue", "true"),
        ("all towers have at least one yellow block", "false"),
        ("the tower with three blocks has a black block in the middle", "true"),
        ("there is a black block on a yellow block", "true"),
        ("there is a yellow block over a blue block", "false"),
        ("there is a blue block as the top of a tower with three blocks", "true"),
        ("there is one tower with only yellow blocks", "true"),
        ("there is a tower with blocks of all three colors", "true"),
        ("the second block from the top", None),
    ],
)
def test_towers(stacks: Any, statement: str, truth: str | None) -> None:
    """Bases, tops, heights and what lies on what."""
    answer = stacks.ask(f"True or false: {statement}.")
    assert (None if answer.abstained else answer.short) == truth


def test_what_is_read_is_typed() -> None:
    """A statement becomes a program; what is not understood whole becomes none."""
    found = read("there are at least two towers with a blue block at the base")
    assert isinstance(found, Holders)
    assert (found.kind, found.number.value if found.number else 0) == ("tower", 2)
    assert found.has[0].place == "bottom"
    assert isinstance(read("there is a blue circle and there is a black circle"), Both)
    assert isinstance(read("none of the yellow objects are touching the base"), Items)
    assert read("the dog on the sofa is asleep") is None
    assert read("there is a box with seven dreams") is None


def test_a_photograph_is_not_taken_for_a_drawing(talk: Any) -> None:
    """Without shapes the same words are about the things in the photograph."""
    talk.picture().thing("dog", (0.2, 0.2, 0.4, 0.4))
    assert talk.ask("True or false: there are 2 objects.").short == "false"
    assert talk.ask("True or false: there is a dog.").short == "true"
