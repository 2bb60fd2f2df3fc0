"""The text plugin: which language a text is in, and sentence embeddings. Light to import; models load on first use.

language.py     a perceiver, with options and a bundled model: the file to copy (language_names.py is its table)
embedder.py     an embedder, with weights; backends.py runs the model, pieces.py cuts long texts
weights.py      where those weights come from
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Embedder, Perceiver
from assistant.weights import WeightsSpec
from assistant_text.embedder import TextEmbedder
from assistant_text.language import TextLanguage
from assistant_text.weights import ALL_MINILM_L6_V2

ASSISTANT_API = ">=1.0,<2"

__all__ = ["ALL_MINILM_L6_V2", "TextEmbedder", "TextLanguage"]


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """Bring the language perceiver."""
    register(TextLanguage())


@hookimpl
def register_embedders(register: Callable[[Embedder], None]) -> None:
    """Bring the sentence embedder."""
    register(TextEmbedder())


@hookimpl
def register_weights(register: Callable[[WeightsSpec], None]) -> None:
    """Bring the description of the MiniLM weights."""
    register(ALL_MINILM_L6_V2)
