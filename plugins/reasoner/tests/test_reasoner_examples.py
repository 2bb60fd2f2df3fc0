"""A message that gives an example for language models is taken note of, not answered."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("told", ["Example: What is this? Answer: a wug", "For example, is it red? -> no"])
def test_an_example_is_acknowledged_without_perception(talk: Any, told: str) -> None:
    """One sentence, nothing waited for, nothing claimed about the picture."""
    talk.picture().thing("dog")
    assert talk.needs(told) == frozenset()
    answer = talk.ask(told)
    assert "example" in answer.text
    assert answer.text.count(".") == 1
    assert (answer.short, answer.citations, answer.abstained) == (None, (), False)


def test_a_question_with_the_word_example_is_answered(talk: Any) -> None:
    """Only the form with an answer is an example."""
    talk.picture().thing("dog")
    assert talk.ask("is there an example? is there a dog?").short == "yes"
