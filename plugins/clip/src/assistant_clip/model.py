"""Loads a contrastive model (CLIP, SigLIP) from safetensors and turns pictures and texts into vectors. Heavy parts are
imported when a model is loaded. One model in memory serves all who name the same directory."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import WeightsCorrupt

if TYPE_CHECKING:
    import numpy as np

BATCH: Final = 32
"""Texts or pictures that go through the network at once."""
SIGMOID: Final = frozenset(("siglip", "siglip2"))
"""Model types trained with a sigmoid for each pair; the others with a softmax over all texts."""

_shared: weakref.WeakValueDictionary[tuple[str, str], Contrastive] = weakref.WeakValueDictionary()
_sharing = threading.Lock()


class Contrastive:
    """A loaded model; calls are serialised."""

    def __init__(self, directory: Path, device: str) -> None:
        """Load model, tokenizer and image processor.

        Raises:
            WeightsCorrupt: the directory holds no such model.
        """
        import torch
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            model = transformers.AutoModel.from_pretrained(directory, use_safetensors=True, **local)
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(directory, **local)
            self._pictures = transformers.AutoImageProcessor.from_pretrained(directory, **local)
        except (OSError, ValueError, KeyError) as error:
            raise WeightsCorrupt(
                f"{directory} cannot be loaded: {str(error).strip().splitlines()[0]}",
                "Check its files, or pull it again.",
            ) from error
        if not hasattr(model, "get_image_features") or not hasattr(model, "logit_scale"):
            raise WeightsCorrupt(
                f"{directory} holds a {model.config.model_type} model, not one for comparing pictures with texts.",
                "Choose CLIP or SigLIP weights.",
            )
        self._torch = torch
        self._device = device
        self._model = model.to(device).eval()
        self._longest = int(model.config.text_config.max_position_embeddings)
        self._lock = threading.Lock()
        self.name = directory.name
        self.independent = model.config.model_type in SIGMOID
        """Whether each label is judged on its own rather than against the others."""

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1."""
        padding: Any = "max_length" if self.independent else True  # SigLIP was trained on texts of one length
        rows = []
        for start in range(0, len(texts), BATCH):
            batch = self._tokenizer(
                list(texts[start : start + BATCH]),
                padding=padding,
                truncation=True,
                max_length=self._longest,
                return_tensors="pt",
            )
            taken = ("input_ids",) if self.independent else ("input_ids", "attention_mask")
            rows.append(self._run("get_text_features", {name: batch[name] for name in taken}))
        return self._joined(rows)

    def pictures(self, pictures: Sequence[Any]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1; of decoded pictures [height, width, 3] uint8."""
        from PIL import Image as Pillow

        rows = []
        for start in range(0, len(pictures), BATCH):
            images = [Pillow.fromarray(rgb) for rgb in pictures[start : start + BATCH]]
            batch = self._pictures(images=images, return_tensors="pt")
            rows.append(self._run("get_image_features", {"pixel_values": batch["pixel_values"]}))
        return self._joined(rows)

    def probabilities(self, picture: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Of each label, by the model's own training: a softmax over all, or a sigmoid for each.

        Args:
            picture: [dimensions], as `pictures` gives it.
            labels: [n, dimensions], as `texts` gives them.
        """
        import numpy as np

        scores = labels @ picture * float(self._model.logit_scale.detach().exp())
        if self.independent:
            return np.asarray(1 / (1 + np.exp(-(scores + float(self._model.logit_bias.detach())))), dtype=np.float64)
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum(), dtype=np.float64)

    def _run(self, method: str, batch: dict[str, Any]) -> Any:
        with self._lock, self._torch.inference_mode():
            output = getattr(self._model, method)(**{name: value.to(self._device) for name, value in batch.items()})
            vectors = getattr(output, "pooler_output", output)
            return self._torch.nn.functional.normalize(vectors.float(), dim=-1).cpu().numpy()

    def _joined(self, rows: list[Any]) -> np.ndarray:
        import numpy as np

        return np.concatenate(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        config = self._model.config
        return int(getattr(config, "projection_dim", 0) or config.vision_config.hidden_size)


def shared(directory: Path, device: str) -> Contrastive:
    """The model of a directory, loaded once however many use it, freed when the last one lets go."""
    key = (str(directory.resolve()), device)
    with _sharing:
        model = _shared.get(key)
        if model is None:
            model = _shared[key] = Contrastive(directory, device)
        return model
