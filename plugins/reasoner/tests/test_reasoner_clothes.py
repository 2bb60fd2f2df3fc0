"""Colours of clothes and of things in two colours, from what was perceived of their boxes."""

from __future__ import annotations

from typing import Any

import pytest

LEFT, RIGHT = (0.05, 0.1, 0.35, 0.95), (0.6, 0.1, 0.9, 0.95)


def dressed(talk: Any) -> Any:
    """A man in red and blue at the left, another in white at the right, who is smaller."""
    talk.picture()
    talk.thing("person", LEFT, 0.95, colors=[["red", 0.5], ["blue", 0.4]], upper_color="red", lower_color="blue",
               upper_color_probability=0.9, lower_color_probability=0.8)  # fmt: skip
    return talk


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What color is his shirt?", "red"),
        ("What colour is the man's jacket?", "red"),
        ("what color are her pants?", "blue"),
        ("What color shirt is he wearing?", "red"),
        ("Is his shirt red?", "yes"),
        ("is the man's shirt green?", "no"),
    ],
)
def test_clothes_have_the_colour_of_their_part_of_the_body(talk: Any, question: str, short: str) -> None:
    """Shirts are upper, trousers lower; never very sure, as boxes only hint at where clothes are."""
    answer = dressed(talk).ask(question)
    assert answer.short == short
    assert not answer.abstained
    assert 0.4 < (answer.confidence or 0) < 0.8
    assert answer.citations


def test_the_wearer_is_the_one_asked_about(talk: Any) -> None:
    """With two people, the shirt is that of the one in question."""
    dressed(talk).thing("person", RIGHT, 0.9, upper_color="white", upper_color_probability=0.9)
    assert talk.ask("What color is the shirt of the man on the right?").short == "white"
    assert talk.ask("what color is the shirt of the woman on the left").short == "red"


def test_a_zebra_is_black_and_white(talk: Any) -> None:
    """Two neutral colours with large shares are said together; a grey thing is not."""
    talk.picture().thing("zebra", LEFT, 0.95, color="black", colors=[["black", 0.4], ["white", 0.35], ["gray", 0.15]])
    assert talk.ask("What color is the zebra?").short == "black and white"
    talk.next_turn().picture("q").thing("car", LEFT, color="gray", colors=[["gray", 0.7], ["white", 0.2]])
    assert talk.ask("What color is the car?").short == "gray"


def test_a_stated_probability_counts(talk: Any) -> None:
    """How sure a colour is follows from what the perceiver said of it."""
    talk.picture().thing("car", LEFT, 1.0, color="red", colors=[["red", 0.5]], color_probability=0.62)
    assert talk.ask("What color is the car?").confidence == pytest.approx(0.62, abs=0.05)
