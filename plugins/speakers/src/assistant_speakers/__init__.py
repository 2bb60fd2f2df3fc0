"""Speaker turns for the assistant: registers the perceiver and its weights. Light to import."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant.weights import WeightsChoice, WeightsSpec
from assistant_speakers.perceiver import SpeakerTurns
from assistant_speakers.specs import VOICE_ENCODER

__all__ = ["SpeakerTurns"]

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one that tells voices apart."""
    register(SpeakerTurns())


@hookimpl
def register_weights(register: Callable[[WeightsSpec | WeightsChoice], None]) -> None:
    """The voice encoder."""
    register(VOICE_ENCODER)
