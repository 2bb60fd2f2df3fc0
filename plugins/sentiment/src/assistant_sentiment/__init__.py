"""The sentiment plugin: how positive or negative the words are that were typed or said. Light to import."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant_sentiment.words import SentimentOfSpeech, SentimentOfText

ASSISTANT_API = ">=1.0,<2"

__all__ = ["SentimentOfSpeech", "SentimentOfText"]


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """Bring the judges of typed and of spoken words."""
    register(SentimentOfText())
    register(SentimentOfSpeech())
