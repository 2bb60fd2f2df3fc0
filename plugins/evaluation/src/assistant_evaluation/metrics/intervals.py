"""Bootstrap confidence intervals of means and ratios, with media as the unit that is drawn."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np

RESAMPLES: Final = 2000
LEVEL: Final = 0.95


def interval(
    parts: Sequence[float], wholes: Sequence[float], clusters: Sequence[Hashable], seed: int
) -> tuple[float, float] | None:
    """Percentile bootstrap interval (95 %) of sum(parts) / sum(wholes).

    Whole clusters are drawn: questions on one photograph are right or wrong together, and drawing them one by one would
    make the interval too narrow.

    Args:
        parts: numerator of each item: its score, its errors.
        wholes: denominator of each item: 1, its words.
        clusters: which items belong together.
        seed: of the random numbers.

    Returns:
        None with fewer than two clusters.
    """
    names = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    if len(names) < 2:
        return None
    member = np.array([names[name] for name in clusters])
    top = np.bincount(member, np.asarray(parts, float), len(names))
    bottom = np.bincount(member, np.asarray(wholes, float), len(names))
    random = np.random.default_rng(seed)
    ratios = []
    for _ in range(RESAMPLES):  # one by one: all at once would take gigabytes on a large set
        drawn = random.integers(0, len(names), len(names))
        whole = bottom[drawn].sum()
        if whole > 0:
            ratios.append(top[drawn].sum() / whole)
    if not ratios:
        return None
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
