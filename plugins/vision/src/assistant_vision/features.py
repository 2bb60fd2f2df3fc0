"""What EfficientNet-Lite3 sees on the way to its classes: inner features of a picture. Not for naming it: labels.py."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.errors import WeightsCorrupt
from assistant_vision import specs
from assistant_vision.labels import DEVIATION, MEAN, SIDE
from assistant_vision.pixels import LOOKED_AT, RGB, shrink

LAYER: Final = "blocks_22/Add"
"""Where the features are read. Of the ends of the network's blocks, the mean over the places of this one told best what
stuff a picture shows; the features right before the classes tell much less (scripts/fit_concepts.py --layers)."""
CLASSES: Final = "head/dense/BiasAdd"
"""The classes' logits: the network's own output is rounded to 1/256, which loses all that is unlikely."""

CORNER: Final = 0.6
"""Share of each side that a corner has."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network saw of one picture."""

    features: NDArray[np.float32]
    """[232]: mean over all places and over the picture and its mirror image."""
    corners: NDArray[np.float32]
    """[4, 232]: the same of four overlapping corners, where what is small in the picture is larger."""
    classes: NDArray[np.float32]
    """[1000]: probabilities of ImageNet's classes."""


class Eye:
    """The loaded network, with its inner layers kept; not thread-safe."""

    def __init__(self, directory: Path, threads: int, layer: str = LAYER) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # keeping the layers takes memory, 16 MB here: meant so
            self._network: Any = Interpreter(
                str(directory / "efficientnet_lite3.tflite"),
                num_threads=threads,
                experimental_preserve_all_tensors=True,
            )
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]
        tensors = self._network.get_tensor_details()
        self._layer, self._classes = self._named(tensors, layer), self._named(tensors, CLASSES)

    @staticmethod
    def _named(tensors: list[dict[str, Any]], end: str) -> dict[str, Any]:
        for tensor in tensors:
            if tensor["name"].endswith(end):
                return tensor
        raise WeightsCorrupt(
            f"efficientnet_lite3.tflite has no layer {end}.",
            f"Bring the weights again: assistant weights pull {specs.EFFICIENTNET.name}",
        )

    def look(self, rgb: RGB) -> Seen:
        """Features and classes of a picture and its mirror image, and features of its corners, each squeezed square."""
        rgb = shrink(rgb, LOOKED_AT)
        pixels = self._pixels(rgb)
        looks = [self._look(pixels), self._look(pixels[:, ::-1])]
        logits = np.mean([classes for _, classes in looks], axis=0)
        likely = np.exp(logits - logits.max())
        height, width = (max(1, round(CORNER * side)) for side in rgb.shape[:2])
        corners = [
            self._look(self._pixels(rgb[top : top + height, left : left + width]))[0]
            for top in (0, rgb.shape[0] - height)
            for left in (0, rgb.shape[1] - width)
        ]
        return Seen(
            np.mean([features for features, _ in looks], axis=0, dtype=np.float32),
            np.stack(corners),
            (likely / likely.sum()).astype(np.float32),
        )

    def _pixels(self, rgb: RGB) -> RGB:
        """What the network reads."""
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(rgb)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        value = (np.asarray(picture, dtype=np.float32) - MEAN) / DEVIATION
        scale, zero = self._input["quantization"]
        return np.asarray(np.clip(np.round(value / scale + zero), 0, 255), dtype=np.uint8)

    def _look(self, pixels: RGB) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Features and logits of one view."""
        self._network.set_tensor(self._input["index"], np.ascontiguousarray(pixels)[None])
        self._network.invoke()
        return self._read(self._layer).mean(axis=(0, 1)), self._read(self._classes)

    def _read(self, tensor: dict[str, Any]) -> NDArray[np.float32]:
        scale, zero = tensor["quantization"]
        value: NDArray[np.float32] = (self._network.get_tensor(tensor["index"])[0].astype(np.float32) - zero) * scale
        return value
