"""The sentence embedder: texts to vectors that are close when the meanings are. Not for storing or searching them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import SettingsError, WeightsMissing
from assistant.plugin import Embedder, Services
from assistant.types import TEXT
from assistant_text.weights import ALL_MINILM_L6_V2

if TYPE_CHECKING:
    import numpy as np

    from assistant_text.backends import Backend

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbedderOptions:
    """Options of `text_embedder`."""

    model: str = field(
        default=ALL_MINILM_L6_V2.name,
        metadata={
            "description": (
                "Name of the weights, the directory of any sentence-transformers model, or a hub name where "
                "hubs are allowed."
            )
        },
    )
    backend: Literal["auto", "onnx", "sentence-transformers"] = field(
        default="auto",
        metadata={
            "description": "auto: ONNX Runtime where the shipped graph fits the model and the device is the processor."
        },
    )
    batch: int = field(
        default=32,
        metadata={"description": "Texts computed at once."},
    )
    pieces: int = field(
        default=64,
        metadata={
            "description": "At most so many pieces (256 tokens each) of one long text are read, evenly spread over it."
        },
    )


class TextEmbedder(Embedder):
    """Sentence embeddings by all-MiniLM-L6-v2 (English; 384 dimensions), or another sentence-transformers model.

    A text longer than the model takes is cut at sentence ends, and its vector is the mean of the pieces' vectors
    weighted by their tokens. Both backends give the same vectors (cosine at least 0.99999). Thread-safe.
    """

    name = "text_embedder"
    modality = TEXT
    space = "all-MiniLM-L6-v2"
    dimensions = 384
    requires = ("tokenizers", "safetensors")
    Options = EmbedderOptions
    memory_mb = 190

    def __init__(self) -> None:
        self._backend: Backend | None = None
        self._options = EmbedderOptions()

    def weights(self, options: Any) -> tuple[str, ...]:
        """The MiniLM weights, unless the options name a directory or another model."""
        chosen = options or EmbedderOptions()
        return (chosen.model,) if chosen.model == ALL_MINILM_L6_V2.name else ()

    def load(self, services: Services) -> None:
        """Load the model: 0.3 s with the graph; 4 s and 590 MiB with sentence-transformers, which imports torch.

        Raises:
            WeightsMissing: no such directory, and hubs are not allowed.
            SettingsError: the options do not fit the model.
        """
        from assistant_text.backends import OnnxBackend, SentenceTransformersBackend, choose, graph_fits

        options = services.options if services.options is not None else EmbedderOptions()
        if options.batch < 1 or options.pieces < 1:
            raise SettingsError("text_embedder: batch and pieces must be at least 1.")
        standard = options.model == ALL_MINILM_L6_V2.name
        directory = services.weights(options.model) if standard else Path(options.model).expanduser()
        if not directory.is_dir() and not services.hub:
            raise WeightsMissing(
                f"text_embedder: there is no directory {options.model}.",
                "Set [plugins.text_embedder] model to a model's directory, or allow the hub with weights.hub = true.",
            )
        kind = options.backend if options.backend != "auto" else choose(directory, services.device)
        if kind == "onnx":
            if not graph_fits(directory):
                raise SettingsError(
                    f"text_embedder: the ONNX backend computes models shaped like {self.space}; {directory} is not.",
                    'Set [plugins.text_embedder] backend = "sentence-transformers".',
                )
            self._backend = OnnxBackend(directory, services.threads)
        else:
            model = str(directory) if directory.is_dir() else options.model
            self._backend = SentenceTransformersBackend(model, services.threads, services.device, hub=services.hub)
        self._options = options
        # What is declared is the standard model's; another model's vectors must not be mixed with those.
        vars(self).update(
            space=type(self).space if standard else Path(options.model).name, dimensions=self._backend.dimensions
        )
        log.debug("text_embedder: %s with the %s backend", options.model, kind)

    def close(self) -> None:
        """Drop the model."""
        self._backend = None

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1; no inputs give [0, dimensions]."""
        import numpy as np

        if self._backend is None:
            raise RuntimeError("text_embedder: embed was called before load")
        if not inputs:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._backend.embed([str(text) for text in inputs], self._options.batch, self._options.pieces)
