"""Questions in words that no rule reads: understood by likeness, with less confidence, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from assistant_reasoner.paraphrase import nearest, put_aside, wordings
from assistant_reasoner.parse import parse
from assistant_reasoner.programs import Unknown


def bag_of_words(texts: Sequence[str]) -> Any:
    """A stand-in for an embedder: texts with the same words are alike."""
    known = sorted({word for text in texts for word in text.split()})
    vectors = np.array([[float(text.split().count(word)) for word in known] for text in texts], dtype=np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def test_every_wording_stands_for_a_question_that_the_rules_read() -> None:
    """Hundreds of wordings, none of them for a question that would not be understood."""
    known = wordings()
    assert len(known) > 200
    for question in {one.question for one in known}:
        read = parse(question.replace("X", "dog").replace("Y", "car"))[0].program
        assert not isinstance(read, Unknown), question


def test_things_are_put_aside() -> None:
    """What is spoken of does not count, only what is asked of it; the plural stays one."""
    assert (
        put_aside("work out the zebra count by the bus", ["zebra", "bus"]) == "work out the thing count by the object"
    )
    assert put_aside("put a number on the zebras", ["zebra"]) == "put a number on the things"


def test_the_nearest_wording_is_taken_if_near() -> None:
    """Its plain question is given back with the thing in it; something else is not forced into one."""
    found = nearest("put a number on the zebras", ["zebra"], bag_of_words)
    assert found is not None
    assert found[0] == "how many zebras are there"
    assert found[1] >= 0.99
    assert nearest("sing about the zebra in the key of c", ["zebra"], bag_of_words) is None
    assert nearest("put a number on the zebras", ["zebra"], lambda texts: None) is None


@pytest.mark.parametrize(("question", "short"), [("put a number on the dogs", "2"), ("point me to the car", "right")])
def test_it_is_answered_with_less_confidence_and_said_how_it_was_taken(talk: Any, question: str, short: str) -> None:
    """The answer begins with what the question was taken for."""
    talk.picture().thing("dog", (0.1, 0.4, 0.3, 0.7), 0.98).thing("dog", (0.4, 0.4, 0.6, 0.7), 0.98)
    talk.thing("car", (0.7, 0.4, 0.95, 0.7), 0.98)
    talk.embed = bag_of_words
    answer = talk.ask(question)
    assert answer.short == short
    assert answer.confidence is not None
    assert answer.confidence < 0.8
