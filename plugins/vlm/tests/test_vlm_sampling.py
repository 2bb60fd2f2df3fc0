"""What a request says about the words of its answer is followed; with tiny checkpoints whose words are random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from assistant.types import Delta, Part, Sampling

Make = Callable[..., Any]


def whole(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


@pytest.fixture
def asked(answerer: Make, picture: Callable[..., Part], ask: Make) -> Callable[..., tuple[list[Delta], list[int]]]:
    """Asks one loaded model with this sampling: what it said, and its tokens."""
    loaded = answerer("idefics3", max_new_tokens=12, reuse=False)

    def with_sampling(instructions: str = "", **sampling: Any) -> tuple[list[Delta], list[int]]:
        request = ask("What is in the picture?", picture())
        request = replace(request, sampling=Sampling(**sampling), instructions=instructions)
        return list(loaded.answer(request)), list(loaded.last.tokens)

    return with_sampling


def test_seed_and_temperature(asked: Make) -> None:
    """Equal seeds draw equal words, other seeds others; temperature 0 takes the likeliest whatever the seed."""
    drawn = [asked(temperature=1.5, seed=seed)[1] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert asked(temperature=0.0, seed=1)[1] == asked(temperature=0.0, seed=2)[1] == asked()[1]


def test_draws_from_a_generator_of_its_own(asked: Make) -> None:
    """Neither does a seed change what others in the process draw, nor they what it draws."""
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first = asked(temperature=1.5, seed=1)[1]
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(6)
    assert asked(temperature=1.5, seed=1)[1] == first


def test_top_p(asked: Make) -> None:
    """A share next to nothing leaves only the likeliest word, at any temperature; top_p alone draws too."""
    assert asked(temperature=2.0, seed=1, top_p=1e-6)[1] == asked(temperature=0.0)[1]
    assert asked(seed=1, top_p=1.0)[1] == asked(temperature=1.0, seed=1, top_p=1.0)[1]


def test_max_tokens(asked: Make) -> None:
    """The answer has as many tokens as were allowed, says that it was cut, and counts what was read and written."""
    deltas, tokens = asked(max_tokens=3)
    assert len(tokens) == 3
    assert deltas[-1].finish == "length"
    assert deltas[-1].tokens is not None
    assert deltas[-1].tokens[1] == 3
    assert deltas[-1].tokens[0] > 3


def test_stop_text(asked: Make) -> None:
    """The answer ends before a stop text, and that is no lack of length."""
    text = whole(asked()[0])
    stop = text[3:6]
    deltas, _ = asked(stop=(stop,))
    assert whole(deltas) == text[: text.index(stop)]
    assert deltas[-1].finish == "stop"


def test_stopped_at_once(answerer: Make, picture: Callable[..., Part], ask: Make) -> None:
    """An answer that is stopped at its first letter is empty, and no reason to ask another answerer."""
    loaded = answerer("llava", max_new_tokens=20)
    request = ask("What is it?", picture())
    first = whole(list(loaded.answer(request))).lstrip()[:1]
    deltas = list(loaded.answer(replace(request, sampling=Sampling(stop=(first,)))))
    assert (whole(deltas), deltas[-1].finish) == ("", "stop")


def test_instructions(asked: Make, answerer: Make, picture: Callable[..., Part], ask: Make, read: Make) -> None:
    """Instructions reach a chat model's system message; a model for tasks does not claim to follow them."""
    loaded = answerer("idefics3")
    list(loaded.answer(replace(ask("What is it?", picture()), instructions="Answer like a pirate. <image><image>")))
    prompt = read(loaded, "idefics3")
    assert "Answer like a pirate." in prompt
    assert prompt.count("<global-img>") == 1, "a special token in the instructions is text"
    assert "instructions" in loaded.honours
    assert "instructions" not in answerer("florence2").honours
