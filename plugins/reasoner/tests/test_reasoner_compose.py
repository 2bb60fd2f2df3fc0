"""Questions put together: both, either, the same colour, the nearer, what is not black."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def room(talk: Any) -> Any:
    """A table with a red cup, a blue book and a laptop; a black dog, a white cat on a couch, two people."""
    talk.picture().thing("laptop", (0.5, 0.4, 0.7, 0.6), 0.95, color="gray")
    talk.thing("cup", (0.2, 0.45, 0.28, 0.6), 0.95, color="red").thing("book", (0.3, 0.45, 0.4, 0.6), 0.9, color="blue")
    talk.thing("dining table", (0.1, 0.5, 0.95, 0.95), 0.95, color="brown")
    talk.thing("dog", (0.0, 0.6, 0.2, 0.95), 0.95, color="black").thing(
        "couch", (0.7, 0.2, 1.0, 0.5), 0.9, color="gray"
    )
    talk.thing("cat", (0.75, 0.1, 0.95, 0.3), 0.9, color="white").thing(
        "apple", (0.45, 0.5, 0.5, 0.55), 0.9, color="green"
    )
    return talk.thing("person", (0.0, 0.05, 0.2, 0.6), 0.95).thing("person", (0.3, 0.05, 0.45, 0.5), 0.95)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("is the cup red and the book blue?", "yes"),
        ("is the cup red and the book green?", "no"),
        ("is the cat on the couch or on the table?", "on the couch"),
        ("do the dog and the cat have the same color?", "no"),
        ("is the laptop the same color as the couch?", "yes"),
        ("which animal is the biggest?", "dog"),
        ("is the apple closer to the laptop or to the cup?", "laptop"),
        ("is the apple closer to the cup than to the laptop?", "no"),
        ("which is closer, the dog or the cat?", "dog"),
        ("are there any animals that are not black?", "yes"),
        ("is there something red?", "yes"),
        ("is there anything purple?", "no"),
        ("is there anything to eat?", "yes"),
        ("what is the object to the left of the laptop that is red?", "cup"),
        ("what red object is left of the laptop?", "cup"),
        ("is everything on the table red?", "no"),
        ("are there more than two cups on the table?", "no"),
        ("what animal is sitting on the couch?", "cat"),
        ("is the dog on the left bigger than the cat?", "yes"),
        ("how many animals are there?", "2"),
        ("how many pieces of fruit are there?", "1"),
    ],
)
def test_parts_are_answered_and_put_together(room: Any, question: str, short: str) -> None:
    """Each part is read and computed as if asked alone."""
    answer = room.ask(question)
    assert answer.short == short
    assert not answer.abstained


@pytest.mark.parametrize(
    ("question", "guess"),
    [
        ("how many people are wearing hats?", "2"),
        ("how many legs does the dog have?", None),
        ("is it raining?", "no"),
        ("is the cup part of the table?", "yes"),
    ],
)
def test_what_cannot_be_told_is_guessed_and_said_to_be(room: Any, question: str, guess: str | None) -> None:
    """No hat was looked for: an honest "I can't tell", with a number that is called a guess."""
    answer = room.ask(question)
    assert answer.abstained
    assert guess is None or answer.short == guess
    assert "guess would be" in answer.text
    assert 0 < answer.confidence < 0.75


@pytest.mark.parametrize(
    "question", ["who is this?", "how old is she?", "is he happy?", "is the person male or female?"]
)
def test_people_are_not_guessed_about(room: Any, question: str) -> None:
    """Who someone is, their age, sex and mood: no guess either."""
    answer = room.ask(question)
    assert answer.abstained
    assert answer.short is None


def test_none_found_of_what_is_asked_for(room: Any) -> None:
    """Who asks how many there are mostly sees some: finding none is a doubtful answer."""
    answer = room.ask("how many toothbrushes are there?")
    assert (answer.confidence or 1) < 0.6
