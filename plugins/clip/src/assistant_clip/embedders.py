"""The two sides of a contrastive model's common space: texts and pictures as vectors, to find one by the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from assistant.plugin import Embedder, Services
from assistant.types import IMAGE, TEXT
from assistant_clip import specs

if TYPE_CHECKING:
    import numpy as np

    from assistant_clip.model import Contrastive


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """Options of `[plugins.clip_texts]` and `[plugins.clip_images]`, which should name the same model."""

    model: str = field(
        default="",
        metadata={"description": 'Weights by name, or a directory; "" leaves it out.'},
    )


class _Side(Embedder):
    requires = ("torch", "transformers", "PIL")
    Options: ClassVar[type[ClipOptions]] = ClipOptions
    memory_mb = 700
    across: ClassVar[bool] = True

    def __init__(self) -> None:
        self._model: Contrastive | None = None

    def unready(self, options: ClipOptions) -> str:
        """Which setting is missing."""
        return specs.unready(self.name, options.model)

    def weights(self, options: ClipOptions) -> tuple[str, ...]:
        """The weights named."""
        return specs.named(options.model)

    def load(self, services: Services) -> None:
        """Load the model, or take the one that is loaded."""
        from assistant_clip.model import shared

        where = specs.directory(services.options.model, services, self.name)
        self._model = shared(where, services.device)
        self.space, self.dimensions = self._model.name, self._model.dimensions

    def close(self) -> None:
        """Let go of the model."""
        self._model = None

    def _loaded(self) -> Contrastive:
        if self._model is None:
            raise RuntimeError(f"{self.name}: embed was called before load")
        return self._model


class ClipTexts(_Side):
    """Texts, to be compared with pictures."""

    name = "clip_texts"
    modality = TEXT

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1; a text beyond the model's length is cut."""
        return self._loaded().texts([str(each) for each in inputs])


class ClipImages(_Side):
    """Decoded pictures (`assistant.media.Image`)."""

    name = "clip_images"
    modality = IMAGE

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1."""
        return self._loaded().pictures([each.rgb for each in inputs])
