"""What authors of plugins get wrong at first is told where they look, with what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant import Assistant, Observation, Perceiver, Task, hookimpl
from assistant.errors import PluginError
from assistant.testing import FakePerceiver, host, observation, picture, text

MISTAKES: dict[str, tuple[Callable[[Task], Any], tuple[str, ...]]] = {
    "undeclared kind": (lambda task: [task.observe("nope", "?", 0.5)], ("'nope'", "does not declare", "`produces`")),
    "box in pixels": (
        lambda task: [task.observe("note", "?", 0.5, box=(0, 0, 120, 80))],
        ("(0, 0, 120, 80)", "not normalised to 0-1", "width"),
    ),
    "box with a size": (
        lambda task: [task.observe("note", "?", 0.5, box=(0.5, 0.5, 0.2, 0.2))],
        ("not x0, y0, x1, y1", "lower right"),
    ),
    "percent": (lambda task: [task.observe("note", "?", 90)], ("confidence 90.0", "0 to 1, not percent")),
    "no number": (lambda task: [task.observe("note", "?", float("nan"))], ("confidence nan", "0 to 1")),
    "backwards": (lambda task: [task.observe("note", "?", 0.5, span=(2, 1))], ("span (2, 1)", "seconds")),
    "numpy": (
        lambda task: [task.observe("note", "?", 0.5, mean=np.float32(1))],
        ("not JSON", "float32", "float(x)"),
    ),
    "a string": (lambda task: ["a cat"], ("yielded str", "task.observe")),
    "returned": (lambda task: task.observe("note", "?", 0.5), ("nothing to go through", "`yield`")),
    "forgotten": (lambda task: None, ("gave None", "`yield`")),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_not_taken_is_told_with_its_cure(make_assistant: Callable[..., Assistant], mistake: str) -> None:
    """The gap of a turn, which the chat shows, says what was yielded and what to write instead."""
    perceive, expected = MISTAKES[mistake]
    reply = make_assistant(FakePerceiver("wrong", consumes=("image",), perceive=perceive)).perceive(picture())
    (gap,) = reply.gaps
    assert reply.observations == ()
    for words in ("wrong", *expected):
        assert words in f"{gap.message} {gap.remedy}"


def test_what_is_not_taken_is_told_briefly(make_assistant: Callable[..., Assistant]) -> None:
    """However long what was yielded is, people read the beginning of it."""
    wrong = FakePerceiver("wrong", consumes=("image",), perceive=lambda task: [task.observe("x" * 99_999, "?", 0.5)])
    (gap,) = make_assistant(wrong).perceive(picture()).gaps
    assert len(gap.message) < 400


@pytest.mark.parametrize(("given", "taken"), [(1.0000001, 1.0), (-0.0000001, 0.0), (0.25, 0.25)])
def test_a_rounded_confidence_is_taken(make_assistant: Callable[..., Assistant], given: float, taken: float) -> None:
    """What misses 0-1 by rounding is no mistake."""
    sums = FakePerceiver("sums", consumes=("image",), perceive=lambda task: [task.observe("note", "?", given)])
    (seen,) = make_assistant(sums).perceive(picture()).observations
    assert seen.confidence == taken


class Plain(Perceiver):
    """A perceiver of which nothing is wrong."""

    name = "plain"
    consumes = ("text",)
    produces = ("note",)

    def perceive(self, task: Task) -> Iterable[Observation]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class PickyOptions:
    """A number."""

    least: float = 0.5


class Picky(Plain):
    """Takes an option."""

    name = "picky"
    Options = PickyOptions
    per_turn = frozenset({"least"})


@hookimpl
def _misspelt(register: Callable[[Perceiver], None]) -> None:
    register(Plain())


@hookimpl
def _misnamed(add: Callable[[Perceiver], None]) -> None:
    add(Plain())


@hookimpl
def _class(register: Callable[[Any], None]) -> None:
    register(Plain)


HOOKS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "misspelt": (
        SimpleNamespace(register_perceiver=_misspelt),
        ("unknown hook register_perceiver.", "Did you mean register_perceivers?", "register_voices"),
    ),
    "argument": (SimpleNamespace(register_perceivers=_misnamed), ("register_perceivers", "{'add'}", "called register")),
    "class": (SimpleNamespace(register_perceivers=_class), ("registers the class Plain", "register(Plain())")),
}


def test_a_check_that_is_interrupted_says_what_mends_it() -> None:
    """An error of ours that a check did not foresee is told in its own words, with its own remedy."""
    from assistant.testing.cases import Input, PerceiverCase
    from assistant.testing.perceiving import yields_what_it_declares
    from assistant.testing.promises import judge, promised

    forgotten = FakePerceiver(perceive=MISTAKES["forgotten"][0])
    case = PerceiverCase(make=lambda: forgotten, inputs=(Input(text()),))
    (promise,) = promised(yields_what_it_declares)
    verdict = judge("fake", promise, case)
    assert verdict.state == "broken"
    assert "gave None" in verdict.what
    assert "`yield`" in verdict.remedy


@pytest.mark.parametrize("mistake", HOOKS)
def test_a_wrong_hook_is_told_with_its_cure(mistake: str) -> None:
    """`assistant plugins list` names what was meant, in one line."""
    plugin, expected = HOOKS[mistake]
    with host(plugin) as found:
        (problem,) = found.problems()
    said = f"{problem.message} {problem.remedy}"
    assert "\n" not in said
    for words in expected:
        assert words in said


def test_a_wrong_option_of_a_question_is_not_blamed_on_the_settings() -> None:
    """Who set it for one question is told to mend the question."""
    with host(Picky()) as found, pytest.raises(PluginError, match=r"least: .* for this question"):
        found.options_for_turn({"picky": {"least": "soon"}})


def test_observations_for_tests_are_made_as_a_perceiver_makes_them() -> None:
    """What is no field of an observation goes into its data, as with `task.observe`."""
    made = observation("note", "hello", text(), page=3, confidence=0.5, data={"unit": "page"})
    assert (made.confidence, made.data) == (0.5, {"unit": "page", "page": 3})
