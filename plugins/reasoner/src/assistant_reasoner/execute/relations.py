"""How two things in a photograph stand to one another, with depth judged from their usual sizes. Not for drawn shapes.

`degree` tells whether a relation holds (from fusion.align.HOLDS on it does); `truth` is the probability that people
would call it so. What no box shows (facing, parallel to) is in neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from assistant.fusion.align import HOLDS, area, centre, containment, gap, related
from assistant.fusion.align import RELATIONS as ALIGNED
from assistant.types import Box, Kind, Observation

UNJUDGED: Final = "unjudged"
"""The name of every relation that boxes do not show."""

HEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        name: float(metres)
        for metres, names in {
            "0.05": "mouse, remote, scissors, apple, orange, donut, sandwich, hot dog, carrot, spoon, fork, knife",
            "0.08": "cup, bowl, cake, pizza, keyboard, tie, toothbrush, cell phone, frisbee, broccoli, banana",
            "0.2": "book, bottle, wine glass, sports ball, clock, hair drier, toaster, bird, vase, baseball glove",
            "0.3": "laptop, handbag, teddy bear, cat, microwave, sink, kite, tennis racket, skateboard, skis",
            "0.5": "backpack, suitcase, tv, potted plant, umbrella, dog, baseball bat, surfboard, snowboard, bed",
            "0.8": "chair, couch, bench, toilet, oven, fire hydrant, dining table, traffic light, stop sign, sheep",
            "1.1": "bicycle, motorcycle, parking meter, boat",
            "1.6": "person, car, horse, cow, zebra, bear, refrigerator",
            "2.8": "elephant, truck, bus",
            "4": "giraffe, train, airplane",
        }.items()
        for name in names.split(", ")
    }
)
"""Usual height in metres of what a picture shows of a thing of that class: everyday knowledge, rounded to steps."""
NEARER: Final = 1.2
"""Change of the log-odds of "in front" with one unit of the log ratio of two distances by usual sizes."""
LOWER: Final = 5.0
"""Change of the same with the whole picture's height between two feet, or the whole range of two depth hints."""
CUT: Final = 0.01
"""A box that comes so near to the picture's edge is cut by it: its height says little about distance."""
SUPPORTS: Final = frozenset(
    "bed couch chair bench surfboard skateboard snowboard skis boat horse elephant motorcycle bicycle toilet oven "
    "suitcase plate bowl train truck bus car sink refrigerator microwave laptop".split()
) | {"dining table"}
"""What other things lie, sit or stand on."""

TRUST: Final[Mapping[str, float]] = MappingProxyType(
    {
        "left_of": 0.78,
        "right_of": 0.78,
        "above": 0.78,
        "below": 0.75,
        "on": 0.75,
        "inside": 0.75,
        "contains": 0.75,
        "next_to": 0.66,
        "far_from": 0.75,
        "touching": 0.6,
        "attached": 0.57,
        "apart": 0.6,
        "outside": 0.66,
        "edge": 0.6,
        "middle": 0.62,
        "part_of": 0.7,
        "has_part": 0.7,
        "surrounding": 0.66,
        "across": 0.56,
        "between": 0.7,
        "in_front": 0.68,
        "behind": 0.68,
        "bigger": 0.85,
    }
)
"""How often a relation that the boxes show plainly is what people mean by it. Left and right lose what people judge
from the thing's own side; depth and contact lose what two-dimensional boxes cannot show. Rounded estimates."""


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-20.0, min(20.0, value))))


def _box(seen: Observation) -> Box:
    return seen.box or (0.0, 0.0, 1.0, 1.0)


def _distance(seen: Observation) -> float | None:
    """Distance in picture heights at unit focal length: usual height by height in the picture; None where unknown."""
    box = _box(seen)
    usual = HEIGHTS.get(seen.text)
    cut = box[1] <= CUT or box[3] >= 1 - CUT or box[0] <= CUT or box[2] >= 1 - CUT
    return None if usual is None or cut else usual / max(1e-3, box[3] - box[1])


def _apart(first: Observation, second: Observation) -> float:
    """How far apart in depth, 0 for alike or unknown: the log ratio of the distances."""
    here, there = _distance(first), _distance(second)
    return abs(math.log(there / here)) if here and there else 0.0


def _in_front(first: Observation, second: Observation) -> float:
    here, there = _distance(first), _distance(second)
    evidence = NEARER * math.log(there / here) if here and there else 0.0
    hints = [seen.data.get("depth_hint") for seen in (first, second)]
    if isinstance(hints[0], int | float) and isinstance(hints[1], int | float):
        evidence += LOWER * (float(hints[0]) - float(hints[1]))
    else:
        evidence += LOWER * (_box(first)[3] - _box(second)[3])
    return _logistic(evidence)


def _same_depth(first: Observation, second: Observation) -> float:
    """1 at the same depth, falling to 0.4 for what is many times as far."""
    return 0.4 + 0.6 * math.exp(-max(0.0, _apart(first, second) - 0.7))


def _touching(first: Observation, second: Observation) -> float:
    return related("touching", first, second) * _same_depth(first, second)


def _next_to(first: Observation, second: Observation) -> float:
    return related("next_to", first, second) * _same_depth(first, second)


def _far_from(first: Observation, second: Observation) -> float:
    far = related("far_from", first, second)
    between = gap(_box(first), _box(second))
    sizes = (math.sqrt(area(_box(first))) + math.sqrt(area(_box(second)))) / 2 or 1e-6
    return max(far, min(1.0, 0.35 * between / sizes), min(0.9, 0.35 * _apart(first, second)))


def _on(first: Observation, second: Observation) -> float:
    degree = related("on", first, second)
    return min(1.0, degree * (1.1 if second.text in SUPPORTS else 0.7)) * _same_depth(first, second)


def _edge(first: Observation, second: Observation) -> float:
    """Across, or just within, the border of the second."""
    one, other = _box(first), _box(second)
    held = containment(one, other)
    if held == 0:
        return 0.0
    x, y = centre(one)
    reach = max(1e-6, min(other[2] - other[0], other[3] - other[1]) / 2)
    inward = min(x - other[0], other[2] - x, y - other[1], other[3] - y)
    return max(0.0, min(1.0, 1.0 - max(0.0, inward) / reach))


def _middle(first: Observation, second: Observation) -> float:
    one, other = _box(first), _box(second)
    x, y = centre(one)
    across = abs(x - centre(other)[0]) / max(1e-6, other[2] - other[0])
    down = abs(y - centre(other)[1]) / max(1e-6, other[3] - other[1])
    return containment(one, other) * max(0.0, 1.0 - 1.6 * max(across, 0.7 * down))


def _surrounding(first: Observation, second: Observation) -> float:
    return related("inside", second, first)


def _outside(first: Observation, second: Observation) -> float:
    return 1.0 - containment(_box(first), _box(second))


def _part_of(first: Observation, second: Observation) -> float:
    small = area(_box(first)) <= 0.5 * area(_box(second))
    return related("inside", first, second) * (0.9 if small else 0.5)


def _across(first: Observation, second: Observation) -> float:
    between = gap(_box(first), _box(second))
    return 0.7 if 0.02 < between < 0.5 else 0.4


def _attached(first: Observation, second: Observation) -> float:
    return 0.9 * _touching(first, second)


def _apart_from(first: Observation, second: Observation) -> float:
    return 1.0 - _touching(first, second)


_DEPTH: Final[Mapping[str, Callable[[Observation, Observation], float]]] = MappingProxyType(
    {
        "in_front": _in_front,
        "behind": lambda first, second: _in_front(second, first),
        "touching": _touching,
        "next_to": _next_to,
        "far_from": _far_from,
        "on": _on,
        "edge": _edge,
        "middle": _middle,
        "surrounding": _surrounding,
        "contains": _surrounding,
        "outside": _outside,
        "part_of": _part_of,
        "has_part": lambda first, second: _part_of(second, first),
        "across": _across,
        "attached": _attached,
        "apart": _apart_from,
    }
)
JUDGED: Final = frozenset(ALIGNED) | frozenset(_DEPTH) | {"between"}
"""Every relation that can be judged."""


def degree(relation: str, first: Observation, second: Observation) -> float:
    """Degree from 0 to 1 that the first stands in the relation to the second; 0 without boxes or across pictures.

    Raises:
        KeyError: the relation is not in JUDGED, or is "between", which needs more than two things.
    """
    if first.box is None or second.box is None or first.part != second.part:
        return 0.0
    if relation not in ALIGNED or (relation in _DEPTH and Kind.SHAPE not in (first.kind, second.kind)):
        return max(0.0, min(1.0, _DEPTH[relation](first, second)))
    return related(relation, first, second)


def between(first: Observation, others: Sequence[Observation]) -> float:
    """Degree that the first lies between two of the others: its middle on the line from one's middle to the other's.

    0 with fewer than two others.
    """
    x, y = centre(_box(first))
    best = 0.0
    boxed = [other for other in others if other.box is not None and other.id != first.id and other.part == first.part]
    for index, one in enumerate(boxed):
        for other in boxed[index + 1 :]:
            (x0, y0), (x1, y1) = centre(_box(one)), centre(_box(other))
            length = (x1 - x0) ** 2 + (y1 - y0) ** 2
            if length < 1e-6:
                continue
            along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
            aside = abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
            if 0 < along < 1:
                best = max(best, min(1.0, 4 * min(along, 1 - along)) * max(0.0, 1 - aside))
    return best


def truth(relation: str, plain: float) -> float:
    """The probability that people say the relation holds, from its degree.

    From 1 - TRUST at 0, through one half at HOLDS, to TRUST at 1.
    """
    trust = TRUST.get(relation, 0.6)
    steep = min(1.0, abs(plain - HOLDS) / 0.3)
    return 0.5 + (trust - 0.5) * steep * (1 if plain >= HOLDS else -1)
