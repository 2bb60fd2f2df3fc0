"""Speech for the assistant: registers the perceiver and the Whisper weights. Not for transcribing: see perceiver.py."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant.weights import WeightsSpec
from assistant_speech.options import SpeechOptions
from assistant_speech.perceiver import SpeechPerceiver
from assistant_speech.specs import WHISPER_BASE, WHISPER_TINY_EN

__all__ = ["SpeechOptions", "SpeechPerceiver"]

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one perceiver of sound with words in it."""
    register(SpeechPerceiver())


@hookimpl
def register_weights(register: Callable[[WeightsSpec], None]) -> None:
    """Whisper base (every language) and tiny.en (English, half the size)."""
    register(WHISPER_BASE)
    register(WHISPER_TINY_EN)
