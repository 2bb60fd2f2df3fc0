"""Tells whether a photograph is sharp: the variance of its Laplacian (Pech-Pacheco et al. 2000)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from assistant import Observation, Perceiver, Task, hookimpl

if TYPE_CHECKING:
    import numpy as np

ASSISTANT_API = ">=1.1,<2"


@dataclass(frozen=True)
class Options:
    """What can be set in `[plugins.sharpness]`."""

    threshold: float = field(default=100.0, metadata={"description": "Variance of the Laplacian that counts as sharp."})


class Sharpness(Perceiver):
    """One observation for each picture: "sharp" or "blurred"."""

    name = "sharpness"
    consumes = ("image",)
    produces = ("sharpness",)
    Options = Options
    per_turn = frozenset({"threshold"})
    heavy = False
    deadline = 5.0
    asked: ClassVar = {
        "sharpness": (
            "sharp|in focus|scharf|nette|nítida|清晰",
            "blurred|out of focus|unscharf|floue|borrosa|模糊",
            "sharpness",
        )
    }

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Look at the picture's grey values, at most 1,024 pixels a side."""
        rgb = task.image().rgb
        step = max(1, max(rgb.shape[:2]) // 1024)
        variance = variance_of_laplacian(rgb[::step, ::step].mean(axis=2, dtype="float32"))
        threshold = task.options.threshold
        # At the threshold it may be either; at ten times (or a tenth) of it there is little doubt.
        doubt = min(variance, threshold) / max(variance, threshold, 1e-9)
        yield task.observe(
            "sharpness",
            "sharp" if variance >= threshold else "blurred",
            1.0 - doubt / 2,
            variance=round(variance, 2),
        )


def variance_of_laplacian(grey: np.ndarray) -> float:
    """The variance of the discrete Laplacian of [height, width] grey values of 0-255; 0 for less than 3 x 3 pixels."""
    if min(grey.shape) < 3:
        return 0.0
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return float(laplacian.var())


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one perceiver."""
    register(Sharpness())
