"""How well confidence tells right from wrong: coverage, risk-coverage curve, calibration, and Platt scaling.

Risk-coverage curve and its area: Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", NeurIPS
2017. Expected calibration error: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017. Platt scaling:
Platt 1999, with the target values of that paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant_evaluation.formats.content import SetError

Floats = NDArray[np.float64]

BINS: Final = 10
"""Bins of equal width of the reliability table."""
CLIP: Final = 1e-4
"""Confidences are kept this far from 0 and 1 before their logit is taken, by `settings.CalibrationSettings` too."""
FLATTEST: Final = 1e-3
"""Least slope: a calibration never turns round who is surer."""
FEWEST: Final = 20
"""Answers of one answerer below which no calibration is fitted."""
NEWTON_STEPS: Final = 100
TOLERANCE: Final = 1e-9
"""Steps no longer than this end the fit."""
RIDGE: Final = 1e-3
"""Weak pull of slope to 1 and offset to 0, which keeps the fit finite where right and wrong are separable."""


def risk_coverage(confidences: Sequence[float], scores: Sequence[float]) -> list[tuple[float, float]]:
    """(coverage, risk) after each answer, surest first; among equally sure answers, their mean risk counts.

    Args:
        confidences: of each answer.
        scores: how right each answer is, 0-1.
    """
    order = np.argsort(-np.asarray(confidences, float), kind="stable")
    sure = np.asarray(confidences, float)[order]
    wrong = 1 - np.asarray(scores, float)[order]
    if len(sure):
        _, tied = np.unique(sure, return_inverse=True)
        wrong = (np.bincount(tied, wrong) / np.bincount(tied))[tied]
    count = np.arange(1, len(wrong) + 1)
    return [(float(n / len(wrong)), float(risk)) for n, risk in zip(count, np.cumsum(wrong) / count, strict=True)]


def area_under_risk_coverage(confidences: Sequence[float], scores: Sequence[float]) -> float | None:
    """AURC, 0-1, lower is better: the mean risk over all coverages; None without answers."""
    curve = risk_coverage(confidences, scores)
    return float(np.mean([risk for _, risk in curve])) if curve else None


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of a reliability table."""

    low: float
    high: float
    answers: int
    confidence: float
    """Mean confidence of the answers in it."""
    accuracy: float
    """Mean score of the answers in it."""


def reliability(confidences: Sequence[float], scores: Sequence[float], bins: int = BINS) -> list[Bin]:
    """The reliability table; bins without answers are left out. A confidence on an edge counts to the bin above."""
    sure, right = np.asarray(confidences, float), np.asarray(scores, float)
    number = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        Bin(n / bins, (n + 1) / bins, int(inside.sum()), float(sure[inside].mean()), float(right[inside].mean()))
        for n in range(bins)
        if (inside := number == n).any()
    ]


def expected_calibration_error(confidences: Sequence[float], scores: Sequence[float], bins: int = BINS) -> float | None:
    """ECE, 0-1: the mean distance of confidence and accuracy over the bins, weighted by answers; None without any."""
    table = reliability(confidences, scores, bins)
    total = sum(each.answers for each in table)
    return sum(each.answers * abs(each.confidence - each.accuracy) for each in table) / total if total else None


@dataclass(frozen=True, slots=True)
class Platt:
    """calibrated = 1 / (1 + exp(-(slope * logit(confidence) + offset)))"""

    slope: float
    offset: float

    def __call__(self, confidence: float) -> float:
        """The calibrated confidence."""
        return 1 / (1 + math.exp(-(self.slope * _logit(confidence) + self.offset)))


def _logit(confidence: float) -> float:
    kept = min(1 - CLIP, max(CLIP, confidence))
    return math.log(kept / (1 - kept))


def fit_platt(confidences: Sequence[float], scores: Sequence[float]) -> Platt:
    """Slope and offset that make confidences probabilities, by Newton's method on the logistic likelihood.

    Where surer answers are not righter, the slope is next to nothing: all become the share of right ones.

    Raises:
        SetError: there are fewer than 20 answers, or all are right or all are wrong.
    """
    right = np.asarray(scores, float)
    if len(right) < FEWEST or right.sum() in (0, len(right)):
        raise SetError(
            f"{len(right)} answers, {right.sum():.0f} of them right, are too few to calibrate on.",
            f"Use a set with at least {FEWEST} answers, some right and some wrong.",
        )
    good, bad = right.sum(), len(right) - right.sum()
    target = right * (good + 1) / (good + 2) + (1 - right) / (bad + 2)
    design = np.stack([[_logit(confidence) for confidence in confidences], np.ones(len(right))], axis=1)
    start = np.array([1.0, 0.0])
    curve = start.copy()

    def loss(at: Floats) -> float:
        logits = design @ at
        return float((np.logaddexp(0, logits) - target * logits).sum() + RIDGE / 2 * ((at - start) ** 2).sum())

    for _ in range(NEWTON_STEPS):
        fitted = 1 / (1 + np.exp(-design @ curve))
        slope = design.T @ (target - fitted) - RIDGE * (curve - start)
        bend = (design * (fitted * (1 - fitted))[:, None]).T @ design + RIDGE * np.eye(2)
        step = np.linalg.solve(bend, slope)
        while loss(curve + step) > loss(curve) and float(np.abs(step).max()) > TOLERANCE:
            step = step / 2  # a full step may overshoot where most answers are very sure
        curve = curve + step
        if float(np.abs(step).max()) <= TOLERANCE:
            break
    if curve[0] <= FLATTEST:
        return Platt(FLATTEST, math.log((good + 1) / (bad + 1)))
    return Platt(float(curve[0]), float(curve[1]))
