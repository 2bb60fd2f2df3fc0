"""Turns raw scores of the models into probabilities. Not for choosing thresholds: whoever reads a confidence does that.

A `Judge` is one logistic regression over what several looks scored, with an offset for each class that is shrunk
towards none the fewer examples the class had. `scripts/fit_objects.py` fits and cross-validates them and writes
`objects.json`, which says on how many pictures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.types import Box
from assistant_vision.boxes import area

DRAWN: Final = 0.5
"""Factor on confidences in drawn pictures: both networks were trained on photographs, and what they make of a scanned
page or a diagram is as often as not something else (seen, not fitted: too few drawings have annotations)."""
FITTED: Final = Path(__file__).parent / "data" / "objects.json"
LOWEST: Final = 0.02
HIGHEST: Final = 0.995
"""Scores are taken to be within these: below is what a look never saw, above no score means more."""


@dataclass(frozen=True, slots=True)
class Platt:
    """One fitted curve (Platt 1999): probability = sigmoid(slope * logit(score) + offset)."""

    slope: float
    offset: float

    def probability(self, score: float) -> float:
        """The probability that goes with a score, both 0-1."""
        score = min(1.0 - 1e-4, max(1e-4, score))
        return sigmoid(self.slope * math.log(score / (1.0 - score)) + self.offset)

    def score(self, probability: float) -> float:
        """The inverse of `probability`."""
        return sigmoid((math.log(probability / (1.0 - probability)) - self.offset) / self.slope)


@dataclass(frozen=True, slots=True)
class Judge:
    """One fitted regression over features, with an offset a class."""

    weights: tuple[float, ...]
    constant: float
    classes: Mapping[str, float]
    """What belonging to a class adds to the log-odds."""

    def probability(self, name: str, features: Sequence[float]) -> float:
        """The probability that goes with the features of something of class `name`."""
        total = sum(weight * feature for weight, feature in zip(self.weights, features, strict=True))
        return sigmoid(total + self.constant + self.classes.get(name, 0.0))


@dataclass(frozen=True, slots=True)
class Judges:
    """What was fitted for one choice of looks."""

    sizes: tuple[int, ...]
    """Sides of the squares that are looked at, pixels."""
    here: Judge
    """That an object of the class is at this place: see `candidate_features`."""
    present: Judge
    """That the picture shows at least one object of the class: see `look_features`.

    It is the probability with COCO's share of classes, about three of eighty. Where people ask "is there a ...?", the
    answer is yes far more often, so that yes is the better answer from well below 0.5.
    """
    count_more: float
    """Probability from which a box is counted."""
    count_first: float
    """Probability from which the surest box of a class is counted even if none reaches `count_more`: who asks how many
    there are has reason to think that there is one."""


def sigmoid(value: float) -> float:
    """1 / (1 + e^-value), for any value."""
    return 1.0 / (1.0 + math.exp(-value)) if value >= 0 else 1.0 - 1.0 / (1.0 + math.exp(value))


def look_features(scores: Sequence[float]) -> tuple[float, ...]:
    """Log-odds of each look's best score, the highest of them, and two bends of it: no straight line fits both ends."""
    bounded = [min(HIGHEST, max(LOWEST, score)) for score in scores]
    odds = [math.log(score / (1.0 - score)) for score in bounded]
    best = max(odds)
    return (*odds, best, best * best / 5, max(0.0, best))


def candidate_features(scores: Sequence[float], box: Box) -> tuple[float, ...]:
    """Those of the scores, and with the size of the box: no large thing is seen on the larger squares."""
    odds = look_features(scores)
    size = math.log(max(1e-4, area(box)))
    by_size = [each * size / 5 for each in odds[: len(scores)]]
    return (*odds, size, size * size / 10, *by_size, max(by_size), min(by_size))


def load(effort: str, path: Path = FITTED) -> Judges:
    """The judges of one choice of looks: "usual" or "quick"."""
    fitted: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["efforts"][effort]

    def judge(name: str) -> Judge:
        one = fitted[name]
        return Judge(tuple(one["weights"]), float(one["constant"]), one["classes"])

    return Judges(tuple(fitted["sizes"]), judge("here"), judge("present"), fitted["count_more"], fitted["count_first"])
