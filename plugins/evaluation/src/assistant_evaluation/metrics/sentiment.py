"""Sentiment against people's ratings: polarity, three classes, correlation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assistant_evaluation.metrics.binary import ratio

NEUTRAL_WITHIN: Final = 0.125
"""A mean rating this near to 0, of 1, is neutral: half a point on the scale from -4 to 4."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Figures of a set; None where they cannot be had: no ratings, no labels, all ratings alike."""

    sentences: int
    accuracy: float | None
    """Of the labels said; over positive, neutral and negative if the set has neutral ones."""
    polarity: float | None
    """Of the sentences that are not neutral, how many got the right sign; valence 0 counts half."""
    pearson: float | None
    """Correlation of the valences."""


def label_of(valence: float) -> str:
    """positive, neutral or negative."""
    if abs(valence) <= NEUTRAL_WITHIN:
        return "neutral"
    return "positive" if valence > 0 else "negative"


def polarity_score(valence: float, gold: str) -> float | None:
    """1 if the sign is right, 0.5 at valence 0, None if the gold is neutral."""
    if gold == "neutral":
        return None
    return 0.5 if valence == 0 else float((valence > 0) == (gold == "positive"))


def sentiment(
    labels: Sequence[str], valences: Sequence[float], gold_labels: Sequence[str], gold_valences: Sequence[float | None]
) -> Sentiment:
    """The figures. Where the gold has no neutral label, what is said is judged by its sign."""
    three = "neutral" in gold_labels
    signs = [
        score
        for valence, gold in zip(valences, gold_labels, strict=True)
        if (score := polarity_score(valence, gold)) is not None
    ]
    right = sum(label == gold for label, gold in zip(labels, gold_labels, strict=True)) if three else sum(signs)
    rated = [(said, gold) for said, gold in zip(valences, gold_valences, strict=True) if gold is not None]
    return Sentiment(
        sentences=len(labels),
        accuracy=ratio(right, len(labels)),
        polarity=ratio(sum(signs), len(signs)),
        pearson=pearson([said for said, _ in rated], [gold for _, gold in rated]),
    )


def pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's correlation, -1 to 1; None with fewer than two pairs or if one side does not vary."""
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
