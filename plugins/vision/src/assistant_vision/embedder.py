"""The image embedder: pictures as vectors in the space of the sentence embedder, to find them by words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.plugin import Embedder, Services
from assistant.types import IMAGE
from assistant_vision import specs

if TYPE_CHECKING:
    import numpy as np

    from assistant_vision.concept_model import ConceptModel
    from assistant_vision.features import Eye


class VisionEmbedder(Embedder):
    """ConSE (Norouzi et al. 2014): the vectors of nouns and ImageNet classes, weighted by their probabilities.

    Takes decoded pictures (`assistant.media.Image`). Compare with vectors of the text embedder of the same space only.
    Not thread-safe.
    """

    name = "vision_embedder"
    modality = IMAGE
    space = "all-MiniLM-L6-v2"
    dimensions = 384
    requires = ("ai_edge_litert", "safetensors")
    memory_mb = 60

    def __init__(self) -> None:
        self._eye: Eye | None = None
        self._model: ConceptModel | None = None

    def weights(self, options: Any) -> tuple[str, ...]:
        """The classifier."""
        return (specs.EFFICIENTNET.name,)

    def load(self, services: Services) -> None:
        """Read the network and the fitted numbers."""
        from assistant_vision.concept_model import load
        from assistant_vision.features import Eye

        self._eye, self._model = Eye(services.weights(specs.EFFICIENTNET.name), services.threads), load()

    def close(self) -> None:
        """Free the network."""
        self._eye = self._model = None

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """[n, 384] float32, rows of length 1; no pictures give [0, 384]."""
        import numpy as np

        if self._eye is None or self._model is None:
            raise RuntimeError("vision_embedder: embed was called before load")
        rows = [self._vector(picture, self._eye, self._model) for picture in inputs]
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    @staticmethod
    def _vector(picture: Any, eye: Eye, model: ConceptModel) -> Any:
        seen = eye.look(picture.rgb)
        known = model.known(seen, {})
        return model.vector(model.coordinates(known, seen.classes))
