"""Perceives flat drawn shapes in graphics: charts, diagrams, blocks. Emits nothing on photographs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.plugin import Perceiver, Task
from assistant.types import IMAGE, Box, Kind, Observation
from assistant_vision.palette import lab, name_of
from assistant_vision.pixels import RGB, flatness, shrink

FLAT: Final = 0.9
"""Flatness a picture needs to be a graphic."""
LONGEST: Final = 1200
"""Pixels of the longer side that are looked at."""
SMALLEST_SIDE: Final = 5
"""Pixels of a shape's shorter side; smaller ones have no form."""
SMALLEST_SHARE: Final = 0.0004
"""Share of the picture; smaller ones are specks and punctuation."""
INK_SHARE: Final = 0.0008
"""Share of the picture a colour needs to be a colour of the drawing and not the blend along an edge."""
APART: Final = 12.0
"""CIELAB distance from which two colours of the drawing are told apart (2.3 is just noticeable)."""
FIT: Final = 0.86
"""Share of the ideal figure that a shape must fill to bear its name."""
ENLARGED: Final = 4
"""Factor by which a small shape is enlarged before its outline is taken, so that whole pixels do not round its area."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Region:
    """A connected area of one colour."""

    mask: NDArray[np.uint8]
    """[height, width] 0 or 1, cropped to the region."""
    left: int
    top: int
    rgb: tuple[int, int, int]

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.mask.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.mask.shape[0])


@dataclass(frozen=True, slots=True)
class Figure:
    """What a region is, and how well it fits."""

    name: str
    """A geometric figure, or "irregular"."""
    fit: float


def inks(rgb: RGB) -> list[tuple[int, int, int]]:
    """The colours a graphic is drawn in, commonest first; blends along edges and near doubles are left out."""
    flat = rgb.reshape(-1, 3)
    codes, counts = np.unique(flat.astype(np.int64) @ np.array([65536, 256, 1]), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    common = [int(codes[index]) for index in order[:32] if counts[index] >= max(4, INK_SHARE * len(flat))]
    colors = [((code >> 16) & 255, (code >> 8) & 255, code & 255) for code in common]
    chosen: list[tuple[int, int, int]] = []
    for color in colors:
        points = lab(np.array([color, *chosen], dtype=np.uint8))
        if all(np.linalg.norm(points[0] - point) >= APART for point in points[1:]):
            chosen.append(color)
    return chosen


def regions(rgb: RGB, colors: list[tuple[int, int, int]]) -> list[Region]:
    """Connected areas of each colour but the commonest, the background; those that divide the picture are left out."""
    import cv2

    table = lab(np.array(colors, dtype=np.uint8))
    codes, back = np.unique(rgb.reshape(-1, 3).astype(np.int64) @ np.array([65536, 256, 1]), return_inverse=True)
    points = lab(np.stack([(codes >> 16) & 255, (codes >> 8) & 255, codes & 255], axis=-1).astype(np.uint8))
    distance = np.linalg.norm(points[:, None] - table[None], axis=2)
    nearest = np.where(distance.min(axis=1) < APART, distance.argmin(axis=1), -1)[back].reshape(rgb.shape[:2])
    height, width = rgb.shape[:2]
    found: list[Region] = []
    for index in range(1, len(colors)):
        mask = (nearest == index).astype(np.uint8)
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        for component in range(1, count):
            left, top, wide, high, pixels = (int(value) for value in boxes[component])
            if wide == width or high == height:
                continue
            if min(wide, high) < SMALLEST_SIDE or pixels < SMALLEST_SHARE * width * height:
                continue
            cropped = (labels[top : top + high, left : left + wide] == component).astype(np.uint8)
            found.append(Region(cropped, left, top, colors[index]))
    return found


def classify(region: Region) -> Figure:
    """The figure that a region fills best: of a circle, an ellipse, a triangle and a rectangle that just enclose it."""
    import cv2

    scale = ENLARGED if max(region.mask.shape) < 200 else 1
    big = cv2.resize(region.mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(np.pad(big, 2), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour: Any = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    area = float(cv2.contourArea(hull))
    filled = float(big.sum())
    if area <= 0 or filled / area < FIT:
        return Figure("irregular", 0.0)
    (_, (first, second), _) = cv2.minAreaRect(hull)
    (_, radius) = cv2.minEnclosingCircle(hull)
    triangle, _ = cv2.minEnclosingTriangle(hull)
    long, short = max(first, second), max(1e-6, min(first, second))
    fits = {
        "rectangle": area / max(1e-6, long * short),
        "circle": area / (np.pi * radius**2),
        "ellipse": area / (np.pi * long * short / 4),
        "triangle": area / max(1e-6, triangle),
    }
    fits["ellipse"] = min(fits["ellipse"], 1 / fits["ellipse"])
    if long / short < 1.15:
        fits["ellipse"] = 0.0
    name = max(fits, key=lambda figure: fits[figure])
    # an enclosing triangle of anything has at most its own area, and of a rectangle two thirds: the best fit decides,
    # but a polygon of five and more corners fits a circle best, so its corners are counted
    if name == "circle" and fits[name] < 0.95:
        corners = len(cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True))
        if corners in (5, 6) and radius / scale > 12:
            name = {5: "pentagon", 6: "hexagon"}[corners]
            return Figure(name, 0.9)
    if name == "rectangle" and long / short < 1.12:
        name = "square"
    fit = fits["rectangle" if name == "square" else name]
    return Figure(name if fit >= FIT else "irregular", float(min(1.0, fit)))


def panels(rgb: RGB, colors: list[tuple[int, int, int]]) -> list[tuple[float, float]]:
    """Spans of x (0-1) between bars of one colour that run from top to bottom; one span if there are none."""
    if len(colors) < 2:
        return [(0.0, 1.0)]
    background = (np.abs(rgb.astype(np.int16) - np.array(colors[0])) <= 8).all(axis=2)
    even = (rgb == rgb[:1]).all(axis=(0, 2)) & ~background.any(axis=0)
    spans: list[tuple[float, float]] = []
    start: int | None = None
    for x, bar in enumerate([*even.tolist(), True]):
        if not bar and start is None:
            start = x
        elif bar and start is not None:
            spans.append((start / rgb.shape[1], x / rgb.shape[1]))
            start = None
    return spans or [(0.0, 1.0)]


def is_lettering(region: Region, irregular: list[Region]) -> bool:
    """Whether a figure stands among irregular areas of its own colour and size: the "l" and "o" of a text."""
    alike = [other for other in irregular if other.rgb == region.rgb and 0.4 <= other.height / region.height <= 2.5]
    return len(alike) >= 3


class VisionShapes(Perceiver):
    """Circles, ellipses, triangles, squares, rectangles, pentagons and hexagons drawn in even colours."""

    name = "vision_shapes"
    version = "2"
    consumes = (IMAGE,)
    produces = (Kind.SHAPE,)
    requires = ("cv2",)
    heavy = False
    deadline = 15.0

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation a figure, from top to bottom.

        `panel` and `panels` say in which of the parts a picture is divided into by full-height bars it lies (from 0),
        `panel_box` where that part is.
        """
        rgb = _reduced(task.image().rgb)
        if flatness(rgb) < FLAT:
            return
        colors = inks(rgb)
        if len(colors) < 2:
            return
        height, width = rgb.shape[:2]
        judged = [(region, classify(region)) for region in regions(rgb, colors)]
        irregular = [region for region, figure in judged if figure.name == "irregular"]
        spans = panels(rgb, colors)
        count = 0
        for region, figure in sorted(judged, key=lambda pair: (pair[0].top, pair[0].left)):
            if figure.name == "irregular" or is_lettering(region, irregular):
                continue
            count += 1
            if count > MOST:
                return
            box: Box = (
                region.left / width,
                region.top / height,
                (region.left + region.width) / width,
                (region.top + region.height) / height,
            )
            middle = (box[0] + box[2]) / 2
            panel = next((index for index, (low, high) in enumerate(spans) if low <= middle <= high), 0)
            yield task.observe(
                Kind.SHAPE,
                figure.name,
                certainty(region, figure),
                box=box,
                color=name_of(region.rgb),
                rgb=list(region.rgb),
                panel=panel,
                panels=len(spans),
                panel_box=[spans[panel][0], 0.0, spans[panel][1], 1.0],
            )


def certainty(region: Region, figure: Figure) -> float:
    """How sure the figure is: grows with the fit, and with its size up to twenty pixels."""
    size = min(1.0, min(region.width, region.height) / 20)
    return 0.55 + 0.25 * max(0.0, (figure.fit - FIT) / (1 - FIT)) + 0.18 * size


def _reduced(rgb: RGB) -> RGB:
    """The picture at most LONGEST pixels long, taken pixel by pixel so that even colours stay even."""
    step = -(-max(rgb.shape[:2]) // LONGEST)
    return rgb[::step, ::step] if step > 1 else shrink(rgb, LONGEST)
