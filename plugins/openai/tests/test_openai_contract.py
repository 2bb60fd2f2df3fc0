"""The OpenAI-compatible answerer keeps what every answerer must, beside a server that does as it is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from assistant.plugin import Answerer
from assistant.testing import AnswererContract, FakeServices
from assistant_openai import register_answerers


def made() -> Answerer:
    found: list[Any] = []
    register_answerers(found.append)
    return found[0]


def obliging(exchange: Any) -> None:
    """Three words and a stop, cut as the request says."""
    asked = exchange.body
    words = ["Two ", "dogs ", "are ", "there."][: asked.get("max_tokens") or asked.get("max_completion_tokens") or 4]
    stop = asked.get("stop") or []
    for number, word in enumerate(words):
        if word.strip() in stop:
            words = words[:number]
            break
    exchange.say(*words)


class TestContract(AnswererContract):
    """Asked how many dogs are in the picture."""

    answerer: ClassVar[Callable[[], Answerer]] = made

    @pytest.fixture(autouse=True)
    def _services(self, stand_in: Any) -> None:
        stand_in.otherwise = obliging
        options = made().Options
        assert options is not None
        type(self).services = FakeServices(options=options(base_url=stand_in.url, retries=0))

    test_invents_nothing = None  # type: ignore[assignment]  # what a model says about nothing is the model's own
