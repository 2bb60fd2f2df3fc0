"""Perceives what a picture as a whole shows: ImageNet classes. Not for finding or counting things: see objects.py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.errors import WeightsCorrupt
from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_vision import imagenet, specs
from assistant_vision.calibration import DRAWN
from assistant_vision.pixels import LOOKED_AT, RGB, is_drawn, shrink

SIDE: Final = 280
"""Pixels of the square that EfficientNet-Lite3 reads."""
MEAN: Final = 127.0
DEVIATION: Final = 128.0
"""The pictures were normalised to (value - MEAN) / DEVIATION in training (EfficientNet-Lite, TensorFlow TPU models).
This export quantises that with its own scale and zero point, so raw pixels must not be fed to it: measured on an
elephant and a pizza, .98 and .88 against .71 and .48 for raw pixels."""
RANKS: Final = 5
LEAST: Final = 0.02
"""Probability below which a class is not reported."""


class Classifier:
    """The loaded network; not thread-safe."""

    def __init__(self, directory: Path, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        lines = (directory / "efficientnet_labels.txt").read_text(encoding="utf-8").splitlines()
        self.names = [[name.strip() for name in line.split(",")] for line in lines if line.strip()]
        self._network: Any = Interpreter(str(directory / "efficientnet_lite3.tflite"), num_threads=threads)
        self._network.allocate_tensors()
        entrance, way_out = self._network.get_input_details()[0], self._network.get_output_details()[0]
        self._input, self._output = entrance["index"], way_out["index"]
        self._scale, self._zero = entrance["quantization"]
        self._step = way_out["quantization"][0]
        if int(way_out["shape"][-1]) != len(self.names):
            raise WeightsCorrupt(
                f"efficientnet_labels.txt names {len(self.names)} classes, the network has {way_out['shape'][-1]}.",
                f"Bring the weights again: assistant weights pull {specs.EFFICIENTNET.name}",
            )

    def classify(self, rgb: RGB) -> NDArray[np.float64]:
        """Probability of each class, [1000]: the mean over the whole picture squeezed square and its central square.

        The central square is nearer to training and the whole misses nothing; of the two and their mean, the mean had
        the least Brier score on 287 COCO photographs.
        """
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(shrink(rgb, LOOKED_AT)))
        looks = [picture]
        if picture.width != picture.height:
            side = min(picture.size)
            left, top = (picture.width - side) // 2, (picture.height - side) // 2
            looks.append(picture.crop((left, top, left + side, top + side)))
        seen = [self._look(look.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for look in looks]
        mean: NDArray[np.float64] = np.mean(seen, axis=0)
        return mean

    def _look(self, picture: Any) -> NDArray[np.float64]:
        value = (np.asarray(picture, dtype=np.float32) - MEAN) / DEVIATION
        quantised = np.clip(np.round(value / self._scale + self._zero), 0, 255).astype(np.uint8)
        self._network.set_tensor(self._input, quantised[None])
        self._network.invoke()
        found: NDArray[np.float64] = self._network.get_tensor(self._output)[0].astype(np.float64) * self._step
        return found


class VisionLabels(Perceiver):
    """The five likeliest of the 1000 ImageNet classes, by EfficientNet-Lite3."""

    name = "vision_labels"
    version = "2"
    consumes = (IMAGE,)
    produces = (Kind.LABEL,)
    requires = ("ai_edge_litert",)
    memory_mb = 50
    deadline = 15.0

    def weights(self, options: Any) -> tuple[str, ...]:
        """The classifier and its class names."""
        return (specs.EFFICIENTNET.name,)

    def load(self, services: Services) -> None:
        """Read the network and the names."""
        self._classifier: Classifier | None = Classifier(services.weights(specs.EFFICIENTNET.name), services.threads)

    def close(self) -> None:
        """Free the network."""
        self._classifier = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation a class, the likeliest first.

        `broader` is the everyday kind of the class ("cat" of "tabby") and `broader_confidence` the probability of all
        classes of that kind together, which is far surer than any single breed.
        """
        assert self._classifier is not None
        rgb = task.image().rgb
        probabilities = self._classifier.classify(rgb) * (DRAWN if is_drawn(rgb) else 1.0)
        for rank, index in enumerate(np.argsort(-probabilities)[:RANKS].tolist()):
            if probabilities[index] < LEAST:
                break
            name, *synonyms = self._classifier.names[index]
            kind = imagenet.broader(index)
            together = float(probabilities[imagenet.members(kind)].sum()) if kind else None
            yield task.observe(
                Kind.LABEL,
                name,
                float(probabilities[index]),
                rank=rank,
                synonyms=synonyms,
                broader=kind,
                broader_confidence=None if together is None else round(min(1.0, together), 4),
            )
