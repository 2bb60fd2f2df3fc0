"""Statements over two pictures: quantifiers, sides and totals over what each shows."""

from __future__ import annotations

from typing import Any

import pytest

LEFT, RIGHT, MIDDLE = (0.05, 0.4, 0.3, 0.7), (0.7, 0.4, 0.95, 0.7), (0.4, 0.4, 0.6, 0.7)


@pytest.fixture
def pair(talk: Any) -> Any:
    """Two dogs on the first picture; a dog and a car on the second."""
    talk.picture("p").thing("dog", LEFT, 0.97).thing("dog", RIGHT, 0.97)
    return talk.picture("q").thing("dog", LEFT, 0.97).thing("car", MIDDLE, 0.97, color="red")


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        ("The left image shows exactly two dogs.", "true"),
        ("The right image contains two dogs.", "false"),
        ("Each image contains a dog.", "true"),
        ("Every image shows a car.", "false"),
        ("At least one of the images shows a car.", "true"),
        ("In one image there is a car.", "true"),
        ("There is a car in the image on the right.", "true"),
        ("There is a car in the left image.", "false"),
        ("Neither image contains a horse.", "true"),
        ("There are exactly three dogs in total.", "true"),
        ("There are a total of seven dogs.", "false"),
        ("There are at least two dogs in the two images.", "true"),
        ("One image shows two dogs, and the other image shows a car.", "true"),
        ("The left image contains two dogs and the right image contains a car.", "true"),
        ("The left image contains a car, and the right image contains a dog.", "false"),
        ("Exactly one image contains a car.", "true"),
        ("The left and right image contains the same number of cars.", "false"),
    ],
)
def test_statements_over_two_pictures(pair: Any, statement: str, truth: str) -> None:
    """What is said of one, each, either or both is computed from what each shows."""
    answer = pair.ask(f"True or false: {statement}")
    assert answer.short == truth
    assert answer.confidence >= 0.5


def test_two_pictures_are_needed(talk: Any) -> None:
    """A statement about the left and the right picture is not judged by one."""
    talk.picture().thing("dog")
    answer = talk.ask("True or false: the left image shows a dog, and the right image shows a dog.")
    assert answer.abstained
    assert "two pictures" in answer.text


def test_questions_about_one_of_them_stay_what_they_are(pair: Any) -> None:
    """The rules for questions come first."""
    assert pair.ask("Is there a car in the second picture?").short == "yes"
    assert pair.ask("Which picture has a car?").short == "picture 2"
    assert pair.ask("How many dogs are there?").short == "3"
