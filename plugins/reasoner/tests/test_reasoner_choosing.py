"""Multiple choice: every option is weighed, the likeliest is given as answer or, in doubt, as guess."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def street(talk: Any) -> Any:
    talk.picture().thing("bus", (0.1, 0.2, 0.8, 0.9), 0.95, colors=[["red", 0.7], ["white", 0.2]], color="red")
    return talk.thing("traffic light", (0.85, 0.1, 0.9, 0.3), 0.9).thing(
        "car", (0.0, 0.6, 0.15, 0.8), 0.9, color="blue"
    )


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("How many buses are there? Choices: four, one, none, nine", "one"),
        ("What color is the bus? Choices: green, red color, blue, yellow", "red color"),
        ("What vehicle is this? Choices: bus, boat, plane, tractor", "bus"),
        ("Where is this? Choices: kitchen, street, beach, bedroom", "street"),
        ("Is the bus red? Choices: yes, no", "yes"),
    ],
)
def test_an_option_is_chosen_by_its_sort(street: Any, question: str, short: str) -> None:
    """Numbers by the count, colours by their share, places by what stands there."""
    answer = street.ask(question)
    assert answer.short == short
    assert not answer.abstained


def test_numbers_near_the_count_are_likelier(street: Any) -> None:
    """Without the counted number among the options the nearest is the guess."""
    answer = street.ask("How many cars are there? Choices: 9, 2, 6, 12")
    assert answer.short == "2"


def test_in_doubt_it_guesses_and_says_so(street: Any) -> None:
    """The guess is one of the options, with its probability."""
    answer = street.ask("Why did the bus stop? Choices: hunger, lunch, strike, bus stop")
    assert answer.short in ("hunger", "lunch", "strike", "bus stop")
    assert answer.confidence is not None
    assert answer.abstained == (answer.confidence < 0.6)


def test_without_a_picture_there_is_nothing_to_choose_by(talk: Any) -> None:
    """No evidence at all: no guess."""
    answer = talk.ask("What is it? Choices: a cat, a dog")
    assert answer.abstained
    assert answer.short is None
