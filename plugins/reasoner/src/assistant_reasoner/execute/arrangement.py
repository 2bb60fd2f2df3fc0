"""Panels and towers of drawn shapes: "a box with two blue items", "a tower with a black block at the base".

Not for photographs. Panels are areas between full-height bars, or shapes that hold others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.fusion.align import area, containment, stacks
from assistant.types import Box, Observation
from assistant_reasoner.execute.world import Picture

PANEL_WORDS: Final = frozenset(
    ("box", "panel", "picture", "frame", "field", "area", "square box", "container", "compartment")
)
TOWER_WORDS: Final = frozenset(("tower", "stack", "pile", "column"))
BAR_HEIGHT: Final = 0.9
"""Share of the picture's height from which a shape separates panels."""
HOLDS_OTHERS: Final = 0.05
"""Share of the picture from which a shape that holds others is a panel."""


def _box(seen: Observation) -> Box:
    return seen.box or (0.0, 0.0, 0.0, 0.0)


def panel_of(seen: Observation) -> int | None:
    """The panel that the perceiver puts a shape in, from 0; None if it does not say."""
    panel = seen.data.get("panel")
    return panel if isinstance(panel, int) else None


def _stated(shapes: Sequence[Observation]) -> list[tuple[Box, tuple[Observation, ...]]] | None:
    """The panels by the perceiver's own word; empty ones count too."""
    numbers = [int(seen.data["panels"]) for seen in shapes if isinstance(seen.data.get("panels"), int)]
    if not numbers or max(numbers) < 2 or any(panel_of(seen) is None for seen in shapes):
        return None
    count = max(numbers)
    groups = [tuple(seen for seen in shapes if panel_of(seen) == index) for index in range(count)]
    # Where a panel's edges are does not matter here: an even share of the width stands for it.
    return [((index / count, 0.0, (index + 1) / count, 1.0), group) for index, group in enumerate(groups)]


def panels(shapes: Sequence[Observation]) -> list[tuple[Box, tuple[Observation, ...]]]:
    """The panels of a drawing, left to right, each with the shapes in it; bars and frames themselves left out."""
    boxed = [seen for seen in shapes if seen.box is not None]
    stated = _stated(boxed)
    if stated is not None:
        return stated
    bars = sorted(
        (seen for seen in boxed if _box(seen)[3] - _box(seen)[1] >= BAR_HEIGHT and area(_box(seen)) < 0.4),
        key=lambda seen: _box(seen)[0],
    )
    frames = [
        seen
        for seen in boxed
        if seen not in bars
        and area(_box(seen)) >= HOLDS_OTHERS
        and any(other is not seen and containment(_box(other), _box(seen)) > 0.9 for other in boxed)
    ]
    items = [seen for seen in boxed if seen not in bars and seen not in frames]
    if len(frames) > 1:
        return [
            (_box(frame), tuple(item for item in items if containment(_box(item), _box(frame)) > 0.5))
            for frame in sorted(frames, key=lambda seen: _box(seen)[0])
        ]
    if bars:
        edges = [0.0, *(edge for bar in bars for edge in (_box(bar)[0], _box(bar)[2])), 1.0]
        areas = [(edges[index], 0.0, edges[index + 1], 1.0) for index in range(0, len(edges), 2)]
        return [
            (panel, tuple(item for item in items if containment(_box(item), panel) > 0.5))
            for panel in areas
            if panel[2] - panel[0] > 0.02
        ]
    return [((0.0, 0.0, 1.0, 1.0), tuple(items))]


def towers(shapes: Sequence[Observation]) -> list[tuple[Box, tuple[Observation, ...]]]:
    """Shapes that stand on one another, left to right, each tower from top to bottom; a single block is one too."""
    found = []
    for _, items in panels(shapes):
        boxes = [_box(item) for item in items]
        for group in stacks(boxes):
            members = tuple(items[index] for index in group)
            inside = [boxes[index] for index in group]
            hull = (
                min(b[0] for b in inside),
                min(b[1] for b in inside),
                max(b[2] for b in inside),
                max(b[3] for b in inside),
            )
            found.append((hull, members))
    return sorted(found, key=lambda one: one[0][0])


def holders(word: str, picture: Picture) -> list[tuple[Observation, tuple[Observation, ...]]] | None:
    """The panels or towers of a drawing as (a stand-in observation, its members); None if the word means neither."""
    if not picture.shapes:
        return None
    if word in PANEL_WORDS:
        groups = panels(picture.shapes)
    elif word in TOWER_WORDS:
        groups = towers(picture.shapes)
    else:
        return None
    return [
        (Observation(kind="shape", text=word, confidence=1.0, part=picture.part.digest, box=box), members)
        for box, members in groups
    ]


def items(picture: Picture) -> tuple[Observation, ...]:
    """The shapes of a drawing without its bars and frames."""
    return tuple(item for _, members in panels(picture.shapes) for item in members)
