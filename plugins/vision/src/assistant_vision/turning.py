"""Geometry of turned pages: lines of text under quarter turns, and cutting them out. Not for recognition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from assistant_vision.pixels import RGB

Turn = Literal[0, 90, 180, 270]
"""Degrees clockwise by which a picture must be turned for its text to stand upright."""
TURNS: Final[tuple[Turn, ...]] = (0, 90, 180, 270)
LONG: Final = 3.0
"""Lengths in thicknesses from which the slant of a line can be told."""
TALL: Final = 1.5
"""Height in widths from which a line is taken to run up or down the picture."""
Quad = NDArray[np.float64]
"""[4, 2] corners x, y in pixels: top left, top right, bottom right, bottom left of the line as it stands."""


def is_tall(quad: Quad) -> bool:
    """Whether the line runs up or down."""
    across = np.linalg.norm(quad[1] - quad[0])
    down = np.linalg.norm(quad[3] - quad[0])
    return bool(down >= TALL * across)


def length(quad: Quad) -> float:
    """Pixels of the longer side."""
    return float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])))


def thickness(quad: Quad) -> float:
    """Pixels of the shorter side."""
    return float(min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])))


def turn_points(points: NDArray[np.float64], turn: Turn, width: float, height: float) -> NDArray[np.float64]:
    """Where points [..., 2] of a width x height picture lie after turning it clockwise."""
    x, y = points[..., 0], points[..., 1]
    turned = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn]
    return np.stack(turned, axis=-1)


def upright_quad(quad: Quad, turn: Turn, width: float, height: float) -> Quad:
    """The line's corners in the turned picture, again starting at its top left."""
    turned = turn_points(quad, turn, width, height)
    return np.roll(turned, {0: 0, 90: 1, 180: 2, 270: 3}[turn], axis=0)


def skew(quads: Sequence[Quad]) -> float:
    """Degrees clockwise by which upright lines slant: the median over lines, by length; 0 without a long one."""
    long = [quad for quad in quads if length(quad) >= LONG * thickness(quad) and not is_tall(quad)]
    if not long:
        return 0.0
    edges = np.array([(quad[1] - quad[0]) + (quad[2] - quad[3]) for quad in long])
    angles = np.degrees(np.arctan2(edges[:, 1], edges[:, 0]))
    order = np.argsort(angles)
    weight = np.cumsum(np.linalg.norm(edges, axis=1)[order])
    return float(angles[order[int(np.searchsorted(weight, weight[-1] / 2))]])


def straightened(points: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Points [..., 2] turned back about the origin by a slant."""
    angle = np.radians(degrees)
    across, down = np.cos(angle), np.sin(angle)
    x, y = points[..., 0], points[..., 1]
    return np.stack([x * across + y * down, y * across - x * down], axis=-1)


def cut(rgb: RGB, quad: Quad, turn: Turn) -> RGB:
    """The line's pixels as an upright strip."""
    import cv2

    corners = np.roll(quad, {0: 0, 90: 1, 180: 2, 270: 3}[turn], axis=0).astype(np.float32)
    width = max(1, round(float(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))))
    height = max(1, round(float(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    strip: RGB = cv2.warpPerspective(
        rgb, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return strip
