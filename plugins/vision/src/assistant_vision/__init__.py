"""The vision plugin: objects, classes, text, colours, shapes and a caption of pictures. Registers; see the modules."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Embedder, Perceiver
from assistant.weights import WeightsSpec

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The eight perceivers of pictures."""
    from assistant_vision.caption import VisionCaption
    from assistant_vision.colors import VisionColors
    from assistant_vision.concepts import VisionConcepts
    from assistant_vision.facts import VisionFacts
    from assistant_vision.labels import VisionLabels
    from assistant_vision.objects import VisionObjects
    from assistant_vision.shapes import VisionShapes
    from assistant_vision.text import VisionText

    for perceiver in (
        VisionFacts,
        VisionObjects,
        VisionLabels,
        VisionText,
        VisionColors,
        VisionShapes,
        VisionCaption,
        VisionConcepts,
    ):
        register(perceiver())


@hookimpl
def register_embedders(register: Callable[[Embedder], None]) -> None:
    """Pictures in the space of the sentence embedder."""
    from assistant_vision.embedder import VisionEmbedder

    register(VisionEmbedder())


@hookimpl
def register_weights(register: Callable[[WeightsSpec], None]) -> None:
    """The detector and the classifier."""
    from assistant_vision.specs import EFFICIENTNET, SSD

    register(SSD)
    register(EFFICIENTNET)
