"""Turns raw scores of the models into probabilities. Not for choosing thresholds: whoever reads a confidence does that.

Platt scaling (Platt 1999): probability = sigmoid(slope * logit(score) + offset), two numbers a question. Fitted by
maximum likelihood on 79 photographs of COCO val2017 (2,140 merged boxes, 635 classes named on a photograph), none of
which the benchmark reads. In ten equal bins of the fitted probability, what was predicted and what was true differ by
at most 0.06, for boxes and for classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

DRAWN: Final = 0.5
"""Factor on confidences in drawn pictures: both networks were trained on photographs, and what they make of a scanned
page or a diagram is as often as not something else (seen, not fitted: too few drawings have annotations)."""


@dataclass(frozen=True, slots=True)
class Platt:
    """One fitted curve."""

    slope: float
    offset: float

    def probability(self, score: float) -> float:
        """The probability that goes with a score, both 0-1."""
        score = min(1.0 - 1e-4, max(1e-4, score))
        return 1.0 / (1.0 + math.exp(-(self.slope * math.log(score / (1.0 - score)) + self.offset)))

    def score(self, probability: float) -> float:
        """The inverse of `probability`."""
        logit = (math.log(probability / (1.0 - probability)) - self.offset) / self.slope
        return 1.0 / (1.0 + math.exp(-logit))


OBJECT_HERE: Final = Platt(slope=1.244, offset=0.288)
"""That an object of the class is at this place: an annotation that no surer box claims, at an overlap of 0.3 (IoU)."""
CLASS_PRESENT: Final = Platt(slope=1.316, offset=0.645)
"""That the picture shows at least one object of the class, from the best score of the class.

It is the probability with COCO's share of classes, about three of eighty. Where people ask "is there a ...?", the
answer is yes far more often, and yes is the better answer from about 0.25: on the same photographs, asked about each
class present and as many absent ones, 87 % of answers were right then (86 % with absent classes that are common),
against 82 % (83 %) at 0.5.
"""
