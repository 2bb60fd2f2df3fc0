"""Geometry of detections: tiles, overlap, merging what several looks found. Not for running models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box

EDGE = 0.015
"""Share of a tile's side: a box that comes this close to an inner edge of its tile is taken to be cut by it."""
SAME = 0.5
"""Intersection over union from which two boxes of one class are one object (the usual value of PASCAL VOC)."""
INSIDE = 0.8
"""Share of the smaller box inside the larger from which it is a part of it, or a member of the group it shows."""
TWIN = 0.8
"""Intersection over union from which boxes of two classes are two readings of one object."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One box that a detector saw."""

    name: str
    """Class name."""
    score: float
    """Confidence, 0-1."""
    box: Box


def tiles(width: int, height: int, share: float, smallest: int) -> tuple[Box, ...]:
    """Four overlapping quarters of a picture, normalised; none when they would be smaller than `smallest` pixels.

    Args:
        width: of the picture, pixels.
        height: of the picture, pixels.
        share: of each side that a tile covers, over 0.5.
        smallest: pixels of the shorter side below which enlarging shows nothing new.
    """
    if min(width, height) * share < smallest:
        return ()
    far = 1.0 - share
    return tuple((x, y, x + share, y + share) for y in (0.0, far) for x in (0.0, far))


def out_of_tile(box: Box, tile: Box) -> Box | None:
    """A box within a tile as a box of the whole picture; None if an inner edge of the tile cuts it."""
    cut = (
        (box[0] < EDGE and tile[0] > 0.0)
        or (box[1] < EDGE and tile[1] > 0.0)
        or (box[2] > 1.0 - EDGE and tile[2] < 1.0)
        or (box[3] > 1.0 - EDGE and tile[3] < 1.0)
    )
    if cut:
        return None
    width, height = tile[2] - tile[0], tile[3] - tile[1]
    return (tile[0] + box[0] * width, tile[1] + box[1] * height, tile[0] + box[2] * width, tile[1] + box[3] * height)


def clip(box: Box) -> Box:
    """The part of a box that lies in the picture."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, float(value))) for value in box)
    return (x0, y0, x1, y1)


def area(box: Box) -> float:
    """Share of the picture that a box covers."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def overlaps(boxes: Sequence[Box]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intersection over union, and the share of each row's box that lies in each column's: two [n, n] arrays."""
    array = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    low = np.maximum(array[:, None, :2], array[None, :, :2])
    high = np.minimum(array[:, None, 2:], array[None, :, 2:])
    common = np.prod(np.clip(high - low, 0.0, None), axis=2)
    areas = np.maximum(np.prod(array[:, 2:] - array[:, :2], axis=1), 1e-12)
    return common / (areas[:, None] + areas[None, :] - common), common / areas[:, None]


def merge(detections: Sequence[Detection]) -> list[Detection]:
    """One detection an object, most certain first.

    Within a class, of two boxes that overlap by SAME the weaker goes. Of a box and others INSIDE it, the larger goes if
    two or more smaller ones are more certain than it (it shows their group); otherwise the smaller go (parts of it, or
    the whole seen in part by a tile). Across classes, boxes that overlap by TWIN are readings of one thing, which
    cannot be both: the weaker keeps at most what the stronger leaves of certainty.
    """
    ranked = sorted(detections, key=lambda seen: -seen.score)
    if not ranked:
        return []
    union, within = overlaps([seen.box for seen in ranked])
    same = np.array([[one.name == other.name for other in ranked] for one in ranked])
    kept: list[int] = []
    for index in range(len(ranked)):
        if not any(same[index, other] and union[index, other] > SAME for other in kept):
            kept.append(index)
    dropped: set[int] = set()
    for large in sorted(kept, key=lambda index: -area(ranked[index].box)):
        inner = [small for small in kept if small != large and same[small, large] and within[small, large] > INSIDE]
        inner = [small for small in inner if small not in dropped and area(ranked[small].box) < area(ranked[large].box)]
        if large in dropped or not inner:
            continue
        surer = [small for small in inner if ranked[small].score > ranked[large].score]
        dropped.update([large] if len(surer) > 1 else inner)
        if len(surer) == 1:  # a single surer box inside a doubtful one is the object; the other is its surroundings
            dropped.discard(surer[0])
            dropped.add(large)
    kept = [index for index in kept if index not in dropped]
    merged: list[Detection] = []
    for position, index in enumerate(kept):
        seen = ranked[index]
        rivals = [ranked[other].score for other in kept[:position] if union[index, other] > TWIN]
        merged.append(Detection(seen.name, min(seen.score, 1.0 - max(rivals, default=0.0)), seen.box))
    return sorted(merged, key=lambda seen: -seen.score)
