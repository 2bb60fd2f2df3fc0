"""CLIP and SigLIP: zero-shot labels of pictures, and one space for pictures and texts. Weights come from a hub."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Embedder, Perceiver
from assistant.weights import WeightsSpec
from assistant_clip.embedders import ClipImages, ClipTexts
from assistant_clip.labels import ClipLabels
from assistant_clip.specs import SPECS

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """Bring the zero-shot labels."""
    register(ClipLabels())


@hookimpl
def register_embedders(register: Callable[[Embedder], None]) -> None:
    """Bring both sides of the common space."""
    register(ClipTexts())
    register(ClipImages())


@hookimpl
def register_weights(register: Callable[[WeightsSpec], None]) -> None:
    """Name the models that can be pulled."""
    for spec in SPECS:
        register(spec)
