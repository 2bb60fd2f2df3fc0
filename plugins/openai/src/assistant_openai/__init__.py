"""The OpenAI plugin: answers through any server with an OpenAI-compatible chat API. Light to import."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer
from assistant_openai.answerer import OpenAIAnswerer
from assistant_openai.options import OpenAIOptions

ASSISTANT_API = ">=1.0,<2"

__all__ = ["OpenAIAnswerer", "OpenAIOptions"]


@hookimpl
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Bring the answerer."""
    register(OpenAIAnswerer())
