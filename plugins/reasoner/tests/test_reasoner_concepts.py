"""Things that nobody looks for with boxes: answered by the concepts, with their ground, or withheld."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.types import Kind

SHARES = {"wall": 0.95, "sky": 0.03, "curtain": 0.4, "lamp": 0.9, "pizza": 0.02, "fork": 0.04, "zebra": 0.01}
BASIS = {
    "wall": "company",
    "sky": "company",
    "curtain": "company",
    "lamp": "zero-shot",
    "pizza": "seen",
    "fork": "seen",
}


@pytest.fixture
def seen(talk: Any) -> Any:
    talk.capabilities["image"] = (*talk.capabilities["image"], "concepts")
    talk.picture().thing("couch", (0.1, 0.4, 0.9, 0.9), 0.97)
    places = {"living room": 0.9, "kitchen": 0.05}
    return talk.add(
        "concepts",
        "probably also wall",
        0.9,
        probabilities=SHARES,
        basis=BASIS,
        places=places,
        indoors=0.98,
        asked=[1, 0.5],
    )


@pytest.mark.parametrize(
    ("question", "short", "told"),
    [
        ("is there a wall?", "yes", "I did not look for “wall” itself"),
        ("is there a sky in the image?", "no", "seldom comes with what I do see"),
        ("is there no sky?", "yes", "seldom comes with"),
        ("is there a light?", "yes", "the picture as a whole looks like one that shows it"),
        ("is there a pizza?", "no", "I see no pizza"),
    ],
)
def test_concepts_answer_with_their_ground(seen: Any, question: str, short: str, told: str) -> None:
    """Certain enough, it is an answer, and says that nobody looked for the thing itself."""
    answer = seen.ask(question)
    assert answer.short == short
    assert not answer.abstained
    assert told in answer.text


def test_the_doubtful_middle_is_withheld(seen: Any) -> None:
    """Neither likely nor unlikely: no answer, but the guess and its probability."""
    answer = seen.ask("is there a curtain?")
    assert answer.abstained
    assert answer.short in ("yes", "no")
    assert 0.5 <= answer.confidence < 0.62
    assert answer.citations


def test_concepts_lend_the_detector_certainty(talk: Any) -> None:
    """What was looked for, not found, and does not suit the picture is surer to be absent."""
    talk.picture().thing("couch")
    alone = talk.ask("is there a fork?").confidence
    talk.add("concepts", "", 0.9, probabilities=SHARES, basis=BASIS, asked=[1, 0.5])
    assert talk.ask("is there a fork?").confidence > alone


def test_places_by_the_whole_picture(seen: Any) -> None:
    """Place and indoors come from the whole picture too."""
    assert seen.ask("what room is this?").short == "living room"
    assert seen.ask("is it indoors or outdoors?").short == "indoors"


def test_hypernyms_are_as_likely_as_their_members(talk: Any) -> None:
    """A zebra is an animal: the concept of the member speaks for the kind."""
    talk.picture().add("concepts", "", 0.9, probabilities={"zebra": 0.9, "car": 0.01}, basis="seen", asked=[1, 0])
    assert talk.ask("is there an animal?").short == "yes"


def test_presence_is_waited_for(talk: Any) -> None:
    """Concepts are waited for where they can speak, and only there."""
    talk.picture()
    assert "concepts" in talk.needs("is there a wall?")
    assert "concepts" not in talk.needs("what does it say?")
    assert Kind.OBJECT in talk.needs("is there a wall?")
