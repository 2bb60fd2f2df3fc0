"""Geometry of detections: overlap, and one candidate an object of what several looks found. Not for running models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box

SAME = 0.5
"""Intersection over union from which boxes of one class in two looks are one object (the usual value of PASCAL VOC)."""
DOUBLE = 0.4
"""Intersection over union from which the less probable of two candidates of one class goes."""
INSIDE = 0.8
"""Share of the smaller box in the larger from which the less probable of the two goes: a part of the surer, or the
surroundings of it. Counts on COCO photographs hardly change between 0.7 and 0.9 (scripts/fit_objects.py)."""
TWIN = 0.8
"""Intersection over union from which boxes of two classes are two readings of one object."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One box that one look saw."""

    name: str
    """Class name."""
    score: float
    """The network's own, 0-1; not a probability."""
    box: Box


@dataclass(frozen=True, slots=True)
class Candidate:
    """One object that one or more looks saw."""

    name: str
    """Class name."""
    scores: tuple[float, ...]
    """The best score of each look for it, 0 where a look did not see it."""
    box: Box
    """Mean of the looks' boxes, weighted by the square of their scores; in the picture."""


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


def gather(looks: Sequence[Sequence[Detection]]) -> list[Candidate]:
    """Candidates of all looks at one picture, class by class: boxes that overlap by SAME are one (weighted boxes
    fusion, Solovyev et al. 2021). Candidates without area are left out."""
    by_name: dict[str, list[tuple[int, Detection]]] = defaultdict(list)
    for look, found in enumerate(looks):
        for seen in found:
            by_name[seen.name].append((look, Detection(seen.name, seen.score, clip(seen.box))))
    candidates = []
    for name in sorted(by_name):
        ranked = sorted(by_name[name], key=lambda pair: -pair[1].score)
        union, _ = overlaps([seen.box for _, seen in ranked])
        free = np.ones(len(ranked), dtype=bool)
        for first in range(len(ranked)):
            if not free[first]:
                continue
            members = np.nonzero(free & (union[first] > SAME))[0].tolist() or [first]
            free[members] = False
            free[first] = False
            scores = [0.0] * len(looks)
            for member in members:
                look, seen = ranked[member]
                scores[look] = max(scores[look], seen.score)
            weights = np.array([ranked[member][1].score ** 2 for member in members])
            corners = np.array([ranked[member][1].box for member in members])
            x0, y0, x1, y1 = (weights @ corners / max(1e-12, float(weights.sum()))).tolist()
            if area((x0, y0, x1, y1)) > 0.0:
                candidates.append(Candidate(name, tuple(scores), (x0, y0, x1, y1)))
    return candidates


def settle(candidates: Sequence[Candidate], probabilities: Sequence[float]) -> list[tuple[Candidate, float]]:
    """One candidate an object with its probability, most probable first.

    Within a class, of two that overlap by DOUBLE, or of which one lies INSIDE the other, the less probable goes. Across
    classes, boxes that overlap by TWIN are readings of one thing, which cannot be both: the less probable keeps at most
    what the other leaves of certainty.
    """
    ranked = sorted(range(len(candidates)), key=lambda index: -probabilities[index])
    if not ranked:
        return []
    union, within = overlaps([candidates[index].box for index in ranked])
    shared = np.maximum(within, within.T)
    names = np.array([candidates[index].name for index in ranked])
    kept: list[int] = []
    settled: list[tuple[Candidate, float]] = []
    for place, index in enumerate(ranked):
        earlier = np.array(kept, dtype=np.int64)
        alike = earlier[names[earlier] == names[place]] if kept else earlier
        if np.any((union[place, alike] > DOUBLE) | (shared[place, alike] > INSIDE)):
            continue
        others = earlier[names[earlier] != names[place]] if kept else earlier
        rivals = [probabilities[ranked[other]] for other in others.tolist() if union[place, other] > TWIN]
        kept.append(place)
        settled.append((candidates[index], min(probabilities[index], 1.0 - max(rivals, default=0.0))))
    return sorted(settled, key=lambda pair: -pair[1])
