"""The grounded reasoner: answers questions by computing over what was perceived. Not a language model."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Register the reasoner."""
    from assistant_reasoner.answerer import Reasoner

    register(Reasoner())
