"""The reasoner as a second opinion: it contradicts only on strong evidence, and confirms what it sees too."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.plugin import Request
from assistant.types import Answer, Delta, Question
from assistant_reasoner.answerer import Reasoner

LEFT, RIGHT = (0.05, 0.4, 0.3, 0.7), (0.7, 0.4, 0.95, 0.7)


def check(
    talk: Any, question: str, text: str, short: str | None = None, confidence: float | None = None
) -> Delta | None:
    request = Request(Question(question), talk.snapshot, talk.media, talk.embed, talk.capabilities)
    return Reasoner().check(request, Answer(text, short, confidence, answerer="other"))


@pytest.fixture
def dogs(talk: Any) -> Any:
    """Two dogs, surely, and a red car."""
    talk.picture().thing("dog", LEFT, 0.98, color="black").thing("dog", RIGHT, 0.98, color="black")
    return talk.thing("car", (0.4, 0.1, 0.6, 0.3), 0.95, color="red")


def test_a_wrong_count_is_noted_with_the_evidence(dogs: Any) -> None:
    """The note says what was counted, cites the boxes, and the answer becomes doubtful."""
    found = check(dogs, "How many dogs are there?", "There are three dogs.", "3", 0.6)
    assert found is None or found.checked == "disagrees"
    dogs.seen = [seen for seen in dogs.seen if seen.text == "car"]
    found = check(dogs, "How many cars are there?", "There are three cars.", "3", 0.6)
    assert found is not None
    assert found.checked == "disagrees"
    assert "I count 1 car" in found.text
    assert found.citations == (dogs.seen[0].id,)
    assert (found.confidence or 1) < 0.5


def test_what_agrees_gains(dogs: Any) -> None:
    """The same count, in words or digits, makes surer and adds the evidence but no text."""
    found = check(dogs, "Is there a car?", "Yes, there is one.", None, 0.7)
    assert found is not None
    assert (found.checked, found.text) == ("agrees", "")
    assert (found.confidence or 0) > 0.7
    assert found.citations


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Is there a dog?", "No, there isn't.", "disagrees"),
        ("Is there a dog?", "Yes.", "agrees"),
        ("What colour is the car?", "It is green.", "disagrees"),
        ("What colour is the car?", "The car is red", "agrees"),
        ("What colour is the car?", "It looks orange.", None),
        ("What is the car doing?", "It is driving; the green car is fast.", "disagrees"),
        ("What is in the picture?", "A nice day at the beach.", None),
        ("Who is this?", "There are no dogs here.", "disagrees"),
        ("hello", "Hello!", None),
    ],
)
def test_contradictions_are_told_from_differences(dogs: Any, question: str, text: str, verdict: str | None) -> None:
    """Only plain contradictions of strong observations are called so."""
    found = check(dogs, question, text)
    assert (found.checked if found else None) == verdict


def test_weak_evidence_contradicts_nobody(talk: Any) -> None:
    """A doubtful box, or merely finding nothing, is no ground for a note."""
    talk.picture().thing("dog", LEFT, 0.55)
    assert check(talk, "Is there a dog?", "No.") is None
    assert check(talk, "Is there a cat?", "Yes, a cat.") is None
    assert check(talk, "How many dogs are there?", "Four dogs.", "4") is None


def test_text_is_compared_loosely(talk: Any) -> None:
    """A letter misread is the same text; another text is not."""
    talk.picture().line("EMERGENCY EXIT", confidence=0.97)
    agreeing = check(talk, "What does it say?", "It says “EMERGENCV EXIT”.")
    assert agreeing is not None
    assert agreeing.checked == "agrees"
    other = check(talk, "What does it say?", "It says “Bakery”.", "Bakery")
    assert other is not None
    assert other.checked == "disagrees"
    assert "EMERGENCY EXIT" in other.text


def test_an_abstention_is_left_alone(dogs: Any) -> None:
    """There is nothing to check in an answer that tells nothing."""
    request = Request(Question("Is there a dog?"), dogs.snapshot, dogs.media, dogs.embed, dogs.capabilities)
    assert Reasoner().check(request, Answer("I cannot tell.", abstained=True)) is None
