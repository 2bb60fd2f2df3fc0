"""The colours of a thing in its box, apart from what surrounds it, and of a person's clothes. Not for whole pictures.

Which pixels of a box belong to the thing is judged as in GrabCut (Rother et al. 2004), but with colour histograms in
place of mixtures and a blur in place of the graph cut, which takes a millisecond instead of fifty: what looks like the
ring around the box is surroundings, what looks like the middle of the box is the thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box
from assistant_vision.boxes import area
from assistant_vision.calibration import Platt
from assistant_vision.light import WHITE_LIGHT, Light, estimate
from assistant_vision.palette import TERMS, lab, pixel_probabilities, shade_of
from assistant_vision.pixels import RGB, is_drawn, shrink

Mask = NDArray[np.float64]
"""[height, width], 0-1: that a pixel belongs to the thing."""

SIDE: Final = 48
"""Pixels of a box's longer side on which colours are counted."""
RING: Final = 0.25
"""Width of the ring of surroundings, in sides of the box."""
BINS: Final = 8
"""Bins of each channel in the histograms."""
ROUNDS: Final = 3
MIDDLE, EDGE = 0.7, 0.15
"""That a pixel in the middle, and in a corner, of a box belongs to the thing, before colours are looked at: objects
fill some 60 % of their boxes."""
LEAST: Final = 0.08
"""Share of a box under which what was separated is no thing, and the middle of the box is taken."""
SMALLER: Final = 0.6
"""Share of a box's area under which another thing within it is taken to stand before it."""
COVERED: Final = 0.15
"""What remains of a pixel's weight where another thing stands before it."""
SHADOW, HIGHLIGHT = 0.45, 25.0
"""Pixels darker than SHADOW times the median lightness, or lighter by HIGHLIGHT and colourless, count SHADED."""
SHADED: Final = 0.25
SURFACES: Final = {"white": 3.0, "gray": -1.0, "black": 0.5}
"""Added to the scores of terms where a thing is named and not a patch: people see through its shading, and call white
what in the picture is light gray. Chosen by scripts/fit_object_colors.py on 69 things of COCO128."""
SURE: Final = Platt(slope=1.45, offset=1.55)
"""That people would agree with the name, from the share of the thing that bears it; fitted by the same."""
SOME: Final = 0.1
"""Share from which a colour is among a thing's colours."""
UPPER, LOWER = (0.2, 0.48), (0.56, 0.86)
"""Heights, from the top of a standing person's box, of trunk and legs (a head is an eighth of a body's height)."""
SEATED: Final = (0.35, 0.75)
"""Heights of the trunk where head and trunk are all there is to see."""
STANDING: Final = 1.9
"""Height in widths from which a person's box shows the whole body."""
TRUNK: Final = 0.5
"""Share of the box's width, in the middle, that clothes are looked for in."""
SMALLEST: Final = 12
"""Pixels of a person's box height per tenth under which clothes have no colour of their own."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a thing."""

    color: str
    """The likeliest name of its main colour."""
    probability: float
    """That most people would give this name, 0-1."""
    colors: tuple[tuple[str, float], ...]
    """Names with shares of the thing, largest first."""
    shade: str
    """The main colour with "light" or "dark" where people would say so."""

    def named(self) -> dict[str, Any]:
        """Its name and how sure that is, as JSON values."""
        return {"color": self.color, "color_probability": self.probability}

    def data(self) -> dict[str, Any]:
        """Everything, as the data of an observation."""
        return {**self.named(), "colors": [list(pair) for pair in self.colors], "shade": self.shade}


def in_front(box: Box, others: Sequence[Box]) -> list[Box]:
    """Of other boxes, those of things that likely stand before the thing: smaller ones that reach into its box."""
    own = area(box)
    return [
        other
        for other in others
        if area(other) < SMALLER * own
        and min(box[2], other[2]) > max(box[0], other[0])
        and min(box[3], other[3]) > max(box[1], other[1])
    ]


@dataclass(frozen=True)
class Appearance:
    """A picture whose things have colours."""

    rgb: RGB
    drawn: bool | None = None
    """Whether it is a drawing; found out if None."""

    @cached_property
    def light(self) -> Light:
        """The light it was taken in; white for a drawing."""
        drawn = is_drawn(self.rgb) if self.drawn is None else self.drawn
        return WHITE_LIGHT if drawn else estimate(self.rgb)

    def of(self, box: Box, before: Sequence[Box] = ()) -> Look:
        """The colours of the thing in a box.

        Args:
            box: where it is.
            before: boxes of other, smaller things that stand before it.
        """
        pixels, inside = self._crop(box)
        mask = separated(pixels, inside, _covered(inside, box, before))
        return look(self.light.out_of(pixels[inside]), mask[inside])

    def clothes(self, box: Box) -> dict[str, Look]:
        """What a person wears: "upper" and, if the whole body is seen, "lower"; nothing where too small to tell."""
        tall = (box[3] - box[1]) * self.rgb.shape[0]
        wide = max(1.0, (box[2] - box[0]) * self.rgb.shape[1])
        if tall < 10 * SMALLEST / 2:
            return {}
        whole = tall / wide >= STANDING
        bands = {"upper": UPPER, "lower": LOWER} if whole else {"upper": SEATED}
        pixels, inside = self._crop(box)
        mask = separated(pixels, inside, np.ones(pixels.shape[:2]))
        rows, columns = np.nonzero(inside)
        top, left = rows.min(), columns.min()
        high, broad = rows.max() + 1 - top, columns.max() + 1 - left
        found = {}
        for name, (start, end) in bands.items():
            band = np.zeros_like(inside)
            margin = round(broad * (1 - TRUNK) / 2)
            band[
                top + round(start * high) : top + round(end * high),
                left + margin : max(left + margin + 1, left + broad - margin),
            ] = True
            if band.sum() < 9:
                continue
            colors = self.light.out_of(pixels[band])
            weight = mask[band]
            bare = skin(colors)
            if name == "lower" and bare.mean() > 0.5:  # bare legs: shorts or a skirt end above
                continue
            weight = np.where(bare & (bare.mean() < 0.8), 0.1 * weight, weight)
            if weight.sum() > 0:
                found[name] = look(colors, weight)
        return found

    def _crop(self, box: Box) -> tuple[RGB, NDArray[np.bool_]]:
        """The box with a ring around it, reduced, and which of its pixels lie in the box."""
        height, width = self.rgb.shape[:2]
        across, down = RING * (box[2] - box[0]), RING * (box[3] - box[1])
        x0, y0 = int(max(0.0, box[0] - across) * width), int(max(0.0, box[1] - down) * height)
        x1, y1 = round(min(1.0, box[2] + across) * width), round(min(1.0, box[3] + down) * height)
        x0, y0 = min(x0, width - 1), min(y0, height - 1)
        cut = self.rgb[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]
        longest = max(cut.shape[:2])
        own = max((box[2] - box[0]) * width, (box[3] - box[1]) * height, 1.0)
        small = shrink(cut, max(1, round(SIDE * longest / own)))
        rows = (np.arange(small.shape[0]) + 0.5) / small.shape[0] * cut.shape[0] + y0
        columns = (np.arange(small.shape[1]) + 0.5) / small.shape[1] * cut.shape[1] + x0
        inside = ((rows >= box[1] * height) & (rows <= box[3] * height))[:, None] & (
            (columns >= box[0] * width) & (columns <= box[2] * width)
        )[None]
        if not inside.any():
            inside[:] = True
        return small, inside


def separated(pixels: RGB, inside: NDArray[np.bool_], free: Mask) -> Mask:
    """How likely each pixel belongs to the thing in the box.

    Args:
        pixels: [height, width, 3], the box with its surroundings.
        inside: [height, width], which of them lie in the box; at least one.
        free: [height, width], 1 where nothing is known to stand before the thing.
    """
    prior = _middle(inside) * free
    codes = (pixels.astype(np.int64) * BINS // 256) @ np.array([BINS * BINS, BINS, 1])
    mask = prior
    for _ in range(ROUNDS):
        thing, rest = _histogram(codes, mask), _histogram(codes, np.where(inside, (1 - mask) * free, 1.0))
        likely, unlikely = prior * thing[codes], (1 - prior) * rest[codes]
        mask = _blurred(likely / np.maximum(likely + unlikely, 1e-12)) * inside * free
    return mask if mask.sum() >= LEAST * inside.sum() else prior


def look(pixels: RGB, mask: Mask) -> Look:
    """The colours of the pixels of a thing: [n, 3] and how likely each belongs to it, [n], not all 0."""
    points = lab(pixels)
    weight = mask.astype(np.float64) if mask.sum() > 0 else np.ones(len(pixels))
    middle = _median(points[:, 0], weight)
    dull = np.hypot(points[:, 1], points[:, 2]) < 15
    shaded = (points[:, 0] < SHADOW * middle) | ((points[:, 0] > middle + HIGHLIGHT) & dull)
    if weight[~shaded].sum() > 0.5 * weight.sum():
        weight = np.where(shaded, SHADED * weight, weight)
    likely = pixel_probabilities(pixels) * np.exp([SURFACES.get(term, 0.0) for term in TERMS])
    likely /= likely.sum(axis=1, keepdims=True)
    shares = (weight / weight.sum()) @ likely
    order = [int(index) for index in np.argsort(-shares, kind="stable")]
    best = order[0]
    listed = tuple(
        (TERMS[index], round(float(shares[index]), 3)) for index in order if shares[index] >= SOME or index == best
    )
    own = weight * likely[:, best]
    red, green, blue = (int(_median(pixels[:, channel], own)) for channel in range(3))
    probability = SURE.probability(float(shares[best]))
    return Look(TERMS[best], round(probability, 3), listed, shade_of(TERMS[best], (red, green, blue)))


def skin(pixels: RGB) -> NDArray[np.bool_]:
    """Which pixels may be bare skin, [n, 3] to [n]: the ranges of chrominance of Chai and Ngan (1999)."""
    red, green, blue = (pixels[:, channel].astype(np.float64) for channel in range(3))
    cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    return (cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 173)


def _middle(inside: NDArray[np.bool_]) -> Mask:
    """MIDDLE in the middle of the box, falling to EDGE in its corners; 0 outside."""
    rows, columns = np.nonzero(inside)
    high, wide = rows.max() - rows.min() + 1, columns.max() - columns.min() + 1
    y = (np.arange(inside.shape[0]) - (rows.min() + rows.max()) / 2) / (high / 2)
    x = (np.arange(inside.shape[1]) - (columns.min() + columns.max()) / 2) / (wide / 2)
    far = np.minimum(1.0, (x[None] ** 2 + y[:, None] ** 2) / 2**0.5)
    prior: Mask = (MIDDLE - (MIDDLE - EDGE) * far) * inside
    return prior


def _covered(inside: NDArray[np.bool_], box: Box, before: Sequence[Box]) -> Mask:
    rows, columns = np.nonzero(inside)
    top, left, high, broad = rows.min(), columns.min(), rows.max() + 1 - rows.min(), columns.max() + 1 - columns.min()
    free = np.ones(inside.shape)
    for other in before:
        x0, x1 = ((value - box[0]) / max(1e-9, box[2] - box[0]) * broad for value in (other[0], other[2]))
        y0, y1 = ((value - box[1]) / max(1e-9, box[3] - box[1]) * high for value in (other[1], other[3]))
        rows_, columns_ = (
            slice(max(0, top + round(y0)), max(0, top + round(y1))),
            slice(max(0, left + round(x0)), max(0, left + round(x1))),
        )
        free[rows_, columns_] = COVERED
    return free if (free[inside] == 1).mean() > 0.2 else np.ones(inside.shape)


def _histogram(codes: NDArray[np.int64], weight: Mask) -> NDArray[np.float64]:
    """Smoothed share of each colour bin, [BINS ** 3]."""
    flat = np.bincount(codes.ravel(), weights=weight.ravel(), minlength=BINS**3).astype(np.float64)
    counts: NDArray[np.float64] = flat.reshape(BINS, BINS, BINS)
    for axis in range(3):
        padded = np.pad(counts, [(1, 1) if one == axis else (0, 0) for one in range(3)], mode="edge")
        counts = (
            np.take(padded, range(BINS), axis)
            + 2 * np.take(padded, range(1, BINS + 1), axis)
            + np.take(padded, range(2, BINS + 2), axis)
        ) / 4
    flat = counts.ravel() + 0.02
    shares: NDArray[np.float64] = flat / flat.sum()
    return shares


def _blurred(mask: Mask) -> Mask:
    """The mean over 3 x 3 pixels."""
    padded = np.pad(mask, 1, mode="edge")
    height, width = mask.shape
    total: Mask = (
        sum((padded[y : y + height, x : x + width] for y in range(3) for x in range(3)), np.zeros_like(mask)) / 9
    )
    return total


def _median(values: NDArray[np.generic], weight: NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    return float(values[order[min(len(order) - 1, int(np.searchsorted(total, total[-1] / 2)))]])
