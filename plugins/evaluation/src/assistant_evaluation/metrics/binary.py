"""Yes/no questions as POPE measures them: accuracy, precision, recall, F1 and the share of yes.

Li et al., "Evaluating Object Hallucination in Large Vision-Language Models", EMNLP 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant_evaluation.metrics.vqa import normalised

TRUTH = {"yes": True, "true": True, "no": False, "false": False}


def truth(answer: str | None) -> bool | None:
    """What a short answer says of a yes/no question or a statement; None if it is neither yes, no, true nor false."""
    return None if answer is None else TRUTH.get(normalised(answer))


@dataclass(frozen=True, slots=True)
class YesNo:
    """Figures of a set of yes/no questions; None where a ratio has no denominator."""

    questions: int
    accuracy: float | None
    precision: float | None
    """Of what was answered yes."""
    recall: float | None
    """Of what is yes."""
    f1: float | None
    yes_ratio: float | None
    """Share of questions answered yes."""


def ratio(part: float, whole: float) -> float | None:
    """Their quotient; None if there is no whole."""
    return part / whole if whole else None


def yes_no(said: Sequence[bool | None], gold: Sequence[bool]) -> YesNo:
    """The figures; an answer that is neither yes nor no (None) is wrong, and is no yes."""
    hits = sum(answer is True and right for answer, right in zip(said, gold, strict=True))
    claimed, there = sum(answer is True for answer in said), sum(gold)
    right = sum(answer == right for answer, right in zip(said, gold, strict=True))
    return YesNo(
        questions=len(gold),
        accuracy=ratio(right, len(gold)),
        precision=ratio(hits, claimed),
        recall=ratio(hits, there),
        f1=ratio(2 * hits, claimed + there),
        yes_ratio=ratio(claimed, len(gold)),
    )
