"""Vision-language models: answers about pictures and videos by models that see them. Weights come from a model hub."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer
from assistant.weights import WeightsChoice, WeightsSpec
from assistant_vlm.answerer import VisionLanguage
from assistant_vlm.specs import CHOICE, SPECS
from assistant_vlm.vqa import VisualQuestionAnswering

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Register both answerers."""
    register(VisionLanguage())
    register(VisualQuestionAnswering())


@hookimpl
def register_weights(register: Callable[[WeightsSpec | WeightsChoice], None]) -> None:
    """Register every model of the table, and the choice among them."""
    for spec in SPECS:
        register(spec)
    register(CHOICE)
