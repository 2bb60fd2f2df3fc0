"""Names of colours: basic colour terms by nearest example in CIELAB. Not for finding objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

EXAMPLES: Final[dict[str, tuple[tuple[int, int, int], ...]]] = {
    "black": ((0, 0, 0), (26, 26, 28), (42, 38, 36)),
    "gray": ((72, 72, 74), (105, 105, 107), (128, 128, 128), (150, 152, 150), (176, 176, 178), (200, 200, 202)),
    "white": ((255, 255, 255), (242, 242, 242), (228, 229, 230)),
    "red": ((255, 0, 0), (214, 28, 36), (178, 24, 32), (140, 18, 24), (105, 20, 24), (225, 70, 70)),
    "orange": ((255, 140, 0), (255, 110, 20), (235, 120, 40), (245, 165, 70), (210, 100, 25)),
    "yellow": ((255, 255, 0), (255, 215, 0), (240, 220, 90), (225, 190, 40), (255, 250, 160)),
    "green": ((0, 255, 0), (0, 128, 0), (34, 92, 40), (110, 160, 60), (150, 210, 120), (85, 107, 47), (40, 60, 35)),
    "teal": ((0, 128, 128), (0, 150, 136), (64, 190, 180), (0, 205, 205), (25, 95, 100)),
    "blue": (
        *((0, 0, 255), (0, 0, 128), (20, 30, 90), (0, 70, 160), (0, 153, 255), (100, 150, 220)),
        *((135, 195, 240), (70, 90, 130), (65, 65, 200)),
    ),
    "purple": ((128, 0, 128), (90, 40, 130), (150, 80, 190), (180, 140, 215), (75, 35, 75)),
    "pink": ((255, 192, 203), (255, 105, 180), (240, 140, 165), (255, 0, 255), (225, 160, 165)),
    "brown": ((139, 69, 19), (101, 67, 33), (165, 42, 42), (120, 85, 60), (70, 45, 30), (150, 110, 75), (92, 74, 60)),
    "beige": ((245, 245, 220), (222, 205, 175), (200, 178, 145), (235, 215, 190), (182, 160, 130)),
}
"""sRGB examples of the eleven basic colour terms of English (Berlin and Kay, 1969), and of teal and beige, which people
use about as often for pictures. Several each, because a term covers light, dark, vivid and dull examples."""

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


def lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIELAB (D65, 2 degrees) of sRGB colours: [..., 3] uint8 to [..., 3]; IEC 61966-2-1 and CIE 15."""
    value = rgb.astype(np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _RGB_TO_XYZ.T / _D65
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


_NAMES: Final = tuple(EXAMPLES)
_OWNER: Final = np.array([index for index, name in enumerate(_NAMES) for _ in EXAMPLES[name]])
_POINTS: Final = lab(np.array([rgb for name in _NAMES for rgb in EXAMPLES[name]], dtype=np.uint8))


def terms(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Index of each pixel's colour term: [n, 3] uint8 to [n]."""
    points = lab(rgb)
    squares = (points**2).sum(1)[:, None] + (_POINTS**2).sum(1)[None] - 2 * points @ _POINTS.T
    owners: NDArray[np.int64] = _OWNER[squares.argmin(axis=1)]
    return owners


def name_of(rgb: tuple[int, int, int]) -> str:
    """The colour term of one colour."""
    return _NAMES[int(terms(np.array([rgb], dtype=np.uint8))[0])]


def named_colors(pixels: NDArray[np.uint8], *, least: float = 0.05) -> list[NamedColor]:
    """The colour terms of some pixels, largest share first.

    Args:
        pixels: [n, 3] uint8, n at least 1.
        least: terms with a smaller share are left out, the largest one excepted.
    """
    found = terms(pixels)
    counts = np.bincount(found, minlength=len(_NAMES))
    named: list[NamedColor] = []
    for index in np.argsort(-counts, kind="stable"):
        share = float(counts[index]) / len(pixels)
        if counts[index] == 0 or (named and share < least):
            break
        red, green, blue = (int(value) for value in np.median(pixels[found == index], axis=0))
        named.append(NamedColor(_NAMES[index], round(share, 3), (red, green, blue)))
    return named
