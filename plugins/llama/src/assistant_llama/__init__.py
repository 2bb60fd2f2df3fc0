"""The llama plugin: a small language model in a GGUF file. Light to import; the model loads on first use."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer
from assistant.weights import WeightsSpec
from assistant_llama.answerer import LlamaAnswerer
from assistant_llama.options import LlamaOptions
from assistant_llama.specs import SMOLLM2_135M_INSTRUCT

ASSISTANT_API = ">=1.0,<2"

__all__ = ["SMOLLM2_135M_INSTRUCT", "LlamaAnswerer", "LlamaOptions"]


@hookimpl
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Bring the answerer."""
    register(LlamaAnswerer())


@hookimpl
def register_weights(register: Callable[[WeightsSpec], None]) -> None:
    """Bring the description of the SmolLM2 weights."""
    register(SMOLLM2_135M_INSTRUCT)
