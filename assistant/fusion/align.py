"""Puts observations side by side: by time and by region of the picture. Not for judging them: see reconcile.py.

Spatial relations return a degree from 0 (certainly not) to 1 (plainly so); from `HOLDS` on, a relation counts as true.
They judge two-dimensional boxes, so depth is a hint and touching a necessary, not a sufficient, sign of contact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from assistant.context import Snapshot
from assistant.types import Box, Kind, Observation, Part, Span

HOLDS: Final = 0.6
"""Degree from which a spatial relation counts as true: a tenth of the two boxes' summed extent past "undecided"."""
INSIDE: Final = 0.6
"""Share of the inner box's area that must lie in the outer one to belong to it."""
FRAME_REACH: Final = 2.0
"""Seconds of sound on either side of a video frame that are heard "while" it is seen."""

# ---- time -------------------------------------------------------------------------------------------------------


def overlap_seconds(first: Span, second: Span) -> float:
    """Seconds the two spans share; 0 when they do not meet."""
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def during(observations: Iterable[Observation], span: Span, reach: float = 0.0) -> tuple[Observation, ...]:
    """Observations with a span that meets `span`, widened by `reach` seconds on both sides; in time order."""
    start, end = span[0] - reach, span[1] + reach
    found = [seen for seen in observations if seen.span is not None and seen.span[0] <= end and seen.span[1] >= start]
    return tuple(sorted(found, key=lambda seen: seen.span or (0.0, 0.0)))


def words_during(segment: Observation, span: Span) -> tuple[Mapping[str, Any], ...]:
    """The words of a transcript segment whose middle lies in the span."""
    return tuple(
        word
        for word in segment.data.get("words") or ()
        if span[0] <= (float(word["start"]) + float(word["end"])) / 2 <= span[1]
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A video frame, with what was said while it was seen."""

    frame: Part
    segments: tuple[Observation, ...]


def moments(snapshot: Snapshot, video: str, reach: float = FRAME_REACH) -> tuple[Moment, ...]:
    """The frames of a video in time order, each with the transcript segments of the same video around it."""
    family = snapshot.family(video)
    tracks = {part.digest for part in family}
    segments = [seen for seen in snapshot.of(Kind.TRANSCRIPT_SEGMENT) if seen.part in tracks]
    frames = [part for part in family if part.parent == video and part.modality == "image" and part.span is not None]
    frames.sort(key=lambda part: part.span or (0.0, 0.0))
    return tuple(Moment(frame, during(segments, frame.span, reach)) for frame in frames if frame.span is not None)


# ---- regions ----------------------------------------------------------------------------------------------------


def area(box: Box) -> float:
    """Share of the picture the box covers, 0-1."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def intersection(first: Box, second: Box) -> float:
    """Area the two boxes share."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(0.0, width) * max(0.0, height)


def iou(first: Box, second: Box) -> float:
    """Intersection over union, 0-1; 0 for two empty boxes."""
    shared = intersection(first, second)
    union = area(first) + area(second) - shared
    return min(1.0, shared / union) if union > 0 else 0.0


def containment(inner: Box, outer: Box) -> float:
    """Share of the inner box's area that lies in the outer one, 0-1."""
    size = area(inner)
    return min(1.0, intersection(inner, outer) / size) if size > 0 else 0.0


def centre(box: Box) -> tuple[float, float]:
    """The middle of the box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def centre_distance(first: Box, second: Box) -> float:
    """Distance of the middles, in picture widths and heights (0 to about 1.41)."""
    return math.dist(centre(first), centre(second))


def gap(first: Box, second: Box) -> float:
    """Shortest distance between the boxes; 0 when they meet."""
    across = max(0.0, first[0] - second[2], second[0] - first[2])
    down = max(0.0, first[1] - second[3], second[1] - first[3])
    return math.hypot(across, down)


def within(observations: Iterable[Observation], region: Box, threshold: float = INSIDE) -> tuple[Observation, ...]:
    """Observations whose box lies at least `threshold` inside the region."""
    return tuple(seen for seen in observations if seen.box is not None and containment(seen.box, region) >= threshold)


def owners(
    inner: Iterable[Observation], outer: Sequence[Observation], threshold: float = INSIDE
) -> dict[str, Observation]:
    """For each inner observation (by id) the smallest outer one of the same part that it lies in; others are left out.

    For text on a sign, a face of a person, a shape in a frame.
    """
    found: dict[str, Observation] = {}
    for seen in inner:
        if seen.box is None:
            continue
        holders = [
            other
            for other in outer
            if other.box is not None
            and other.part == seen.part
            and other.id != seen.id
            and area(other.box) > area(seen.box)
            and containment(seen.box, other.box) >= threshold
        ]
        if holders:
            found[seen.id] = min(holders, key=lambda other: area(other.box) if other.box else math.inf)
    return found


# ---- spatial relations ------------------------------------------------------------------------------------------


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


def _size(box: Box) -> float:
    return math.sqrt(area(box)) or 1e-6


def _shared_width(first: Box, second: Box) -> float:
    """Share of the first box's width that lies over or under the second."""
    width = first[2] - first[0]
    return _clamp((min(first[2], second[2]) - max(first[0], second[0])) / width) if width > 0 else 0.0


def left_of(first: Box, second: Box) -> float:
    """0.5 with the middles in line; 1 when the boxes, side by side, no longer overlap."""
    width = (first[2] - first[0]) + (second[2] - second[0])
    return _clamp(0.5 + (centre(second)[0] - centre(first)[0]) / width) if width > 0 else 0.5


def right_of(first: Box, second: Box) -> float:
    """The mirror of `left_of`."""
    return left_of(second, first)


def above(first: Box, second: Box) -> float:
    """As `left_of`, upwards; up to 0.5 less when the first is aside of the second rather than over it."""
    height = (first[3] - first[1]) + (second[3] - second[1])
    if height <= 0:
        return 0.5
    aside = max(0.0, first[0] - second[2], second[0] - first[2])
    width = max(1e-6, ((first[2] - first[0]) + (second[2] - second[0])) / 2)
    higher = _clamp(0.5 + (centre(second)[1] - centre(first)[1]) / height)
    return _clamp(higher - 0.5 * _clamp(aside / width))


def below(first: Box, second: Box) -> float:
    """The mirror of `above`."""
    return above(second, first)


def inside(first: Box, second: Box) -> float:
    """Share of the first box that lies in the second, if the first is the smaller one."""
    return containment(first, second) if area(first) < area(second) else 0.0


def on(first: Box, second: Box) -> float:
    """The first rests on the second: its foot ends inside the second (or up to 5 % of the picture over its top edge).

    Weighted with the share of its width that the second carries, and lowered when it covers the second from above to
    below, as something in front of it does.
    """
    foot = first[3]
    if not second[1] - 0.05 <= foot <= second[3] + 0.01:
        return 0.0
    return _clamp(_shared_width(first, second) * (1.0 if first[1] <= second[3] else 0.0))


def under(first: Box, second: Box) -> float:
    """Below the second, or carrying it."""
    return max(below(first, second), on(second, first))


def over(first: Box, second: Box) -> float:
    """Above the second, or resting on it."""
    return max(above(first, second), on(first, second))


def next_to(first: Box, second: Box) -> float:
    """1 when the boxes meet, 0 from a gap of one mean box size (root of area) on; halved if one holds the other."""
    near = _clamp(1.0 - gap(first, second) / ((_size(first) + _size(second)) / 2))
    nested = max(containment(first, second), containment(second, first))
    return near * (1.0 if nested < 0.8 else 0.5)


def touching(first: Box, second: Box) -> float:
    """0.5 with the edges just meeting, 1 from two thirds contained on, 0 from a gap of a tenth of the mean size on."""
    apart = gap(first, second)
    if apart > 0:
        return _clamp(0.5 - 5 * apart / ((_size(first) + _size(second)) / 2))
    return _clamp(0.5 + 0.75 * max(containment(first, second), containment(second, first)))


def far_from(first: Box, second: Box) -> float:
    """0 when the boxes meet, 1 from a gap of half the picture on."""
    return _clamp(gap(first, second) / 0.5)


def bigger(first: Box, second: Box) -> float:
    """Larger in the picture: 0.5 at equal areas, 1 from 1.5 times the area on."""
    return (
        _clamp(0.5 + area(first) / max(area(second), 1e-9) - 1.0)
        if area(first) >= area(second)
        else 1 - bigger(second, first)
    )


def nearness(box: Box, hint: float | None = None) -> float:
    """How near the camera: the perceiver's `depth_hint`, or how low the box's foot is in the picture (Gibson 1950)."""
    return hint if hint is not None else box[3]


def in_front(first: Box, second: Box, hints: tuple[float | None, float | None] = (None, None)) -> float:
    """Nearer to the camera: 0.5 at equal nearness, 1 from a difference of 0.25 on; `hints`: both `depth_hint`s."""
    if hints[0] is None or hints[1] is None:
        hints = (None, None)
    return _clamp(0.5 + 2 * (nearness(first, hints[0]) - nearness(second, hints[1])))


def behind(first: Box, second: Box, hints: tuple[float | None, float | None] = (None, None)) -> float:
    """The mirror of `in_front`."""
    return in_front(second, first, (hints[1], hints[0]))


RELATIONS: Final[Mapping[str, Callable[[Box, Box], float]]] = MappingProxyType(
    {
        "left_of": left_of,
        "right_of": right_of,
        "above": over,
        "below": under,
        "inside": inside,
        "on": on,
        "next_to": next_to,
        "touching": touching,
        "far_from": far_from,
        "in_front": in_front,
        "behind": behind,
        "bigger": bigger,
    }
)
"""Relation name -> degree that the first box stands in it to the second. "above" and "below" count resting on."""


def related(relation: str, first: Observation, second: Observation) -> float:
    """Degree that the first observation stands in the relation to the second; 0 without boxes or in different pictures.

    Raises:
        KeyError: the relation is not one of RELATIONS.
    """
    judge = RELATIONS[relation]
    if first.box is None or second.box is None or first.part != second.part:
        return 0.0
    if relation in ("in_front", "behind"):
        hints = (first.data.get("depth_hint"), second.data.get("depth_hint"))
        return (
            in_front(first.box, second.box, hints) if relation == "in_front" else behind(first.box, second.box, hints)
        )
    return judge(first.box, second.box)


def place(box: Box) -> str:
    """Where in the picture the middle of the box is: "top left", "centre", "bottom", ...; thirds each way.

    A box over most of the picture (64 % of its area or more) is in the "whole picture".
    """
    if area(box) >= 0.64:
        return "whole picture"
    x, y = centre(box)
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    down = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    return f"{down} {across}".strip() or "centre"


def stacks(boxes: Sequence[Box], tolerance: float = 0.03) -> tuple[tuple[int, ...], ...]:
    """Groups of boxes standing on one another, each from top to bottom, as indices.

    Two boxes are stacked when the foot of one is within `tolerance` of the other's top and they share at least half of
    the narrower one's width. Single boxes are groups of one.
    """
    order = sorted(range(len(boxes)), key=lambda index: boxes[index][1])
    groups: list[list[int]] = []
    for index in order:
        box = boxes[index]
        for group in groups:
            last = boxes[group[-1]]
            narrow = min(last[2] - last[0], box[2] - box[0])
            shared = min(last[2], box[2]) - max(last[0], box[0])
            if abs(box[1] - last[3]) <= tolerance and narrow > 0 and shared >= narrow / 2:
                group.append(index)
                break
        else:
            groups.append([index])
    return tuple(tuple(group) for group in groups)
