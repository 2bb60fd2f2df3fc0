"""Perceives what a picture is as a picture: size, exposure, sharpness. Not for what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Perceiver, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_vision.pixels import RGB, gray, is_drawn, shrink

NORMAL_SIDE = 512
"""Pixels of the longer side at which sharpness is measured, so that the figure does not depend on the resolution."""
BLOCK = 32
"""Pixels: sharpness is that of the sharpest twentieth of BLOCK x BLOCK blocks, as a sharp subject before a soft
background is no blurred picture."""
BLURRED = 60.0
"""Variance of the Laplacian (Pech-Pacheco et al. 2000) below which a photograph is called blurred: 34 sharp photographs
measured 889 and more, the same ones after a Gaussian blur of half a percent of their longer side 28 and less."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Measured facts of one picture."""

    width: int
    height: int
    brightness: float
    """Mean luma, 0-1."""
    contrast: float
    """Standard deviation of luma, 0-1 (0.5 is half black and half white)."""
    laplacian: float
    """Variance of the Laplacian in the sharpest blocks."""
    grayscale: bool
    drawn: bool
    """A drawing, chart or scanned page rather than a photograph."""

    @property
    def orientation(self) -> str:
        """Landscape, portrait, or square within 2 %."""
        ratio = self.width / self.height
        return "square" if 0.98 <= ratio <= 1.02 else "landscape" if ratio > 1 else "portrait"

    @property
    def sharpness(self) -> float:
        """0-1, one half at five times the threshold of blur."""
        return self.laplacian / (self.laplacian + 5 * BLURRED)


def sharpest(luma: NDArray[np.float32]) -> float:
    """Variance of the 4-neighbour Laplacian in the sharpest twentieth of the blocks; 0 for under 3 x 3 pixels."""
    if min(luma.shape) < 3:
        return 0.0
    edges = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]
    rows, columns = max(1, edges.shape[0] // BLOCK), max(1, edges.shape[1] // BLOCK)
    blocks = [
        float(block.var())
        for band in np.array_split(edges, rows, axis=0)
        for block in np.array_split(band, columns, axis=1)
    ]
    return float(np.percentile(blocks, 95))


def measure(rgb: RGB) -> Facts:
    """The facts of a picture."""
    small = shrink(rgb, NORMAL_SIDE)
    luma = gray(small)
    spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    return Facts(
        width=rgb.shape[1],
        height=rgb.shape[0],
        brightness=float(luma.mean()) / 255,
        contrast=float(luma.std()) / 255,
        laplacian=sharpest(luma),
        grayscale=bool(np.percentile(spread, 99) <= 10),
        drawn=is_drawn(rgb),
    )


def warnings(facts: Facts) -> list[str]:
    """Sentences on what makes the picture hard to read."""
    found = []
    if facts.contrast < 0.01:
        found.append("blank: the picture is one even colour")
    elif facts.brightness < 0.12:
        found.append("very dark: little can be made out")
    elif facts.brightness > 0.92 and not facts.drawn:
        found.append("overexposed: bright parts have lost their detail")
    if facts.contrast >= 0.01 and not facts.drawn and facts.laplacian < BLURRED:
        found.append("blurred: fine detail and small text are lost")
    if min(facts.width, facts.height) < 96 and not facts.drawn:
        found.append("very small: objects and text may be too small to recognise")
    return found


class VisionFacts(Perceiver):
    """Size, orientation, exposure and sharpness, with warnings."""

    name = "vision_facts"
    consumes = (IMAGE,)
    produces = (Kind.IMAGE_FACTS,)
    heavy = False
    deadline = 10.0

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One image_facts observation."""
        image = task.image()
        facts = measure(image.rgb)
        form = "graphic" if facts.drawn else "photograph"
        tone = "black-and-white " if facts.grayscale else ""
        notes = [*warnings(facts), *image.notes]
        text = f"{facts.width} x {facts.height} {tone}{form}, {facts.orientation}"
        yield task.observe(
            Kind.IMAGE_FACTS,
            "; ".join([text, *notes]),
            1.0,
            width=facts.width,
            height=facts.height,
            orientation=facts.orientation,
            brightness=round(facts.brightness, 3),
            contrast=round(facts.contrast, 3),
            sharpness=round(facts.sharpness, 3),
            grayscale=facts.grayscale,
            form=form,
            warnings=notes,
        )
