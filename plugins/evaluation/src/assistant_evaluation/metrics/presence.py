"""Which classes are in a picture, and how many of each: precision, recall, exact counts, and the curve between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant_evaluation.metrics.binary import ratio

SAID: Final = 0.5
"""Probability from which on a class is said to be there."""
PRECISION: Final = 0.9
"""Precision at which the recall is reported."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was perceived in one picture, and what is there."""

    likely: Mapping[str, float]
    """Class -> probability that the picture shows it."""
    counted: Mapping[str, int]
    """Class -> how many objects of it were found."""
    gold: Mapping[str, int | None]
    """Class -> how many there are; None for a crowd."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Figures over all pictures (micro-averages); None where a ratio has no denominator."""

    pictures: int
    classes: int
    """Annotated classes, summed over the pictures."""
    precision: float | None
    recall: float | None
    f1: float | None
    recall_at_90_precision: float | None
    """The greatest recall at any threshold that keeps 90 % precision."""
    exact_counts: float | None
    """Of annotated classes that are no crowd, how many were counted exactly."""
    exact_counts_of_found: float | None
    """Of those of them that were found at all."""


def presence(seen: Sequence[Seen]) -> Presence:
    """The figures of a set."""
    said = there = hits = countable = exact = found = 0
    for picture in seen:
        stated = {name for name, likely in picture.likely.items() if likely >= SAID}
        said, there, hits = said + len(stated), there + len(picture.gold), hits + len(stated & set(picture.gold))
        for name, count in picture.gold.items():
            if count is not None:
                countable += 1
                exact += picture.counted.get(name, 0) == count
                found += picture.counted.get(name, 0) > 0
    return Presence(
        pictures=len(seen),
        classes=there,
        precision=ratio(hits, said),
        recall=ratio(hits, there),
        f1=ratio(2 * hits, said + there),
        recall_at_90_precision=max(
            (recall for _, precision, recall in curve(seen) if precision >= PRECISION), default=0.0 if there else None
        ),
        exact_counts=ratio(exact, countable),
        exact_counts_of_found=ratio(exact, found),
    )


def curve(seen: Sequence[Seen]) -> list[tuple[float, float, float]]:
    """(threshold, precision, recall) at every probability that was given, highest first."""
    judged = sorted(
        ((likely, name in picture.gold) for picture in seen for name, likely in picture.likely.items()), reverse=True
    )
    there = sum(len(picture.gold) for picture in seen)
    points = []
    hits = 0
    for number, (likely, right) in enumerate(judged, 1):
        hits += right
        last_of_its_value = number == len(judged) or judged[number][0] < likely
        if last_of_its_value and there:
            points.append((likely, hits / number, hits / there))
    return points
