"""Retrieval of pictures by captions and captions by pictures: recall@k and median rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT: Final = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Figures of one direction."""

    queries: int
    candidates: int
    recall: dict[int, float]
    """k -> share of queries with a right candidate among the k nearest."""
    median_rank: float
    """Of the first right candidate; 1 is best."""


def ranks(similarity: NDArray[np.floating], right: Sequence[Sequence[int]]) -> list[int]:
    """Rank of the first right candidate of each query, 1 best; of equally similar ones, right ones come last.

    Args:
        similarity: [queries, candidates], higher is nearer.
        right: columns of the right candidates of each query.
    """
    found = []
    for row, columns in zip(similarity, right, strict=True):
        best = row[list(columns)].max()
        wrong = np.delete(row, list(columns))
        found.append(1 + int((wrong >= best).sum()))
    return found


def retrieval(similarity: NDArray[np.floating], right: Sequence[Sequence[int]]) -> Retrieval:
    """The figures of one direction."""
    found = np.array(ranks(similarity, right))
    return Retrieval(
        queries=len(found),
        candidates=similarity.shape[1],
        recall={k: float((found <= k).mean()) for k in AT},
        median_rank=float(np.median(found)),
    )
