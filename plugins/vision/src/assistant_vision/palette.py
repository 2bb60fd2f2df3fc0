"""Names of colours: how likely people call a colour red, blue, ...; not for finding objects, nor light (light.py)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

TERMS: Final = (
    *("black", "gray", "white", "red", "orange", "yellow", "green"),
    *("teal", "blue", "purple", "pink", "brown", "beige"),
)
"""The eleven basic colour terms of English (Berlin and Kay, 1969), and teal and beige, which people use about as often
for pictures."""
NEUTRAL: Final = 15.0
"""CIELAB chroma over which the nearness to gray falls by e."""
WHITE_LIFT: Final = 2.2
"""Added to the score of "white": people who named a patch that filled their screen kept the word for its brightest,
whereas in pictures paper and snow at a lightness of 87 and more are white."""
KEYWORDS: Final = {(165, 42, 42): "brown"}
"""CSS keywords that name another term than most people would: who draws picks colours by keyword."""
LEVELS: Final = 32
"""Levels of each channel in the table that many pixels are looked up in: 8 steps of 256 are hardly visible."""

_D65: Final = np.array([0.95047, 1.0, 1.08883])
_RGB_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


@dataclass(frozen=True, slots=True)
class NamedColor:
    """A colour term found in some pixels."""

    name: str
    share: float
    """Of the pixels, 0-1."""
    rgb: tuple[int, int, int]
    """The median of the pixels that bear the name, 0-255."""
    probability: float
    """That people would call the pixels so, 0-1: the mean over the pixels that bear the name."""

    @property
    def shade(self) -> str:
        """ "light blue", "dark green", or the plain name."""
        return shade_of(self.name, self.rgb)


def lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIELAB (D65, 2 degrees) of sRGB colours: [..., 3] uint8 to [..., 3]; IEC 61966-2-1 and CIE 15."""
    value = rgb.astype(np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _RGB_TO_XYZ.T / _D65
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def features(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the names depend on: [n, 3] CIELAB to [n, 14].

    A polynomial of second degree, chroma, and nearness to gray with its first two moments in lightness: a polynomial
    alone would draw no narrow border round gray.
    """
    light, a, b = (points[:, 0] - 50) / 50, points[:, 1] / 50, points[:, 2] / 50
    chroma = np.hypot(a, b)
    near = np.exp(-chroma * 50 / NEUTRAL)
    one = np.ones_like(light)
    square = (light * light, light * a, light * b, a * a, a * b, b * b)
    return np.stack([one, light, a, b, *square, near, near * light, near * light * light, chroma], axis=-1)


def probabilities(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How likely people call each colour by each of TERMS: [n, 3] uint8 to [n, 13], rows of sum 1."""
    scores = features(lab(rgb)) @ _weights()
    scores[:, TERMS.index("white")] += WHITE_LIFT
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = scores / scores.sum(axis=1, keepdims=True)
    return shares


@lru_cache(maxsize=1)
def _weights() -> NDArray[np.float64]:
    from assistant_vision.color_terms import WEIGHTS

    table: NDArray[np.float64] = np.array([WEIGHTS[term] for term in TERMS]).T
    return table


@lru_cache(maxsize=1)
def _table() -> NDArray[np.float32]:
    """Probabilities at the middle of each of LEVELS ** 3 cells of sRGB: [cells, 13]."""
    step = 256 // LEVELS
    level = np.arange(LEVELS, dtype=np.uint8) * step + step // 2
    level[0], level[-1] = 0, 255  # pure black and pure white shall be exact
    grid = np.stack(np.meshgrid(level, level, level, indexing="ij"), axis=-1).reshape(-1, 3)
    return probabilities(grid).astype(np.float32)


def pixel_probabilities(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """As `probabilities` for many pixels, looked up: [n, 3] uint8 to [n, 13]."""
    cell = rgb.astype(np.int64) // (256 // LEVELS)
    likely: NDArray[np.float32] = _table()[(cell[:, 0] * LEVELS + cell[:, 1]) * LEVELS + cell[:, 2]]
    return likely


def name_of(rgb: tuple[int, int, int]) -> str:
    """The likeliest colour term of one colour, as it is drawn."""
    return KEYWORDS.get(rgb) or TERMS[int(probabilities(np.array([rgb], dtype=np.uint8))[0].argmax())]


def shade_of(name: str, rgb: tuple[int, int, int]) -> str:
    """The name with "light" or "dark" before it where people would say so: by its lightness."""
    from assistant_vision.color_terms import SHADES

    dark, light = SHADES[name]
    lightness = float(lab(np.array([rgb], dtype=np.uint8))[0, 0])
    word: Literal["dark ", "light ", ""] = "dark " if lightness <= dark else "light " if lightness >= light else ""
    return word + name


def named_colors(
    pixels: NDArray[np.uint8], *, least: float = 0.05, weights: NDArray[np.float64] | None = None
) -> list[NamedColor]:
    """The colour terms of some pixels, largest share first.

    Args:
        pixels: [n, 3] uint8, n at least 1.
        least: terms with a smaller share are left out, the largest one excepted.
        weights: how much each pixel counts, at least 0 and not all 0; all alike if None.
    """
    few = len(pixels) < 256
    likely = probabilities(pixels) if few else pixel_probabilities(pixels)
    found = likely.argmax(axis=1)
    counts = np.bincount(found, weights=weights, minlength=len(TERMS)).astype(np.float64)
    shares = counts / counts.sum()
    named: list[NamedColor] = []
    for index in np.argsort(-shares, kind="stable"):
        share = float(shares[index])
        if share == 0 or (named and share < least):
            break
        own = found == index
        if weights is not None:
            own &= weights > 0
        red, green, blue = (int(value) for value in np.median(pixels[own], axis=0))
        sure = float(likely[own, index].mean())
        named.append(NamedColor(TERMS[index], round(share, 3), (red, green, blue), round(sure, 3)))
    return named
