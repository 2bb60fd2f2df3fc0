"""Puts lines of text into the order a person reads them. Pure geometry, not for recognising text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box

LONG = 6.0
"""Width in heights from which a line belongs to running text rather than to a cell of a table, a label or a price."""
GAP = 1.2
"""Heights between two lines up to which they belong to one paragraph."""


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Indices of upright lines in reading order.

    Breuel's two rules (High performance document layout analysis, 2003): a line comes before those below it that it
    overlaps sideways; and it comes before a line wholly to its right, unless a third line that overlaps both sideways
    lies between them in height (a heading across columns). The second rule would read a table column by column, so it
    is kept to running text; cells are read row by row. The order is the topological one, highest line first.

    Args:
        boxes: x0, y0, x1, y1 in any unit that is the same across and down (pixels), y downwards.
    """
    count = len(boxes)
    if count < 2:
        return list(range(count))
    array = np.asarray(boxes, dtype=np.float64)
    left, top, right, bottom = array.T
    height = np.maximum(bottom - top, 1e-9)
    middle = (top + bottom) / 2
    sideways = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
    overlap = sideways > 0.1 * np.minimum((right - left)[:, None], (right - left)[None])
    upright = np.minimum(bottom[:, None], bottom[None]) - np.maximum(top[:, None], top[None])
    same_row = upright > 0.5 * np.minimum(height[:, None], height[None])

    above = (middle[:, None] < middle[None]) & overlap & ~same_row
    beside = (right[:, None] <= (left + 0.2 * (right - left))[None]) & ~overlap
    blocked = np.zeros((count, count), dtype=bool)
    for third in range(count):
        spans = overlap[:, third][:, None] & overlap[third][None, :]
        low = np.minimum(middle[:, None], middle[None])
        high = np.maximum(middle[:, None], middle[None])
        blocked |= spans & (middle[third] > low) & (middle[third] < high)
    running = _running(left, top, bottom, right, height)
    columns = beside & ~blocked & running[:, None] & running[None, :]
    rows = (left[:, None] < left[None]) & same_row
    before = above | columns | rows
    np.fill_diagonal(before, False)
    return _topological(before, middle, left)


def _running(
    left: NDArray[np.float64],
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
    right: NDArray[np.float64],
    height: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which lines are running text: long ones, and short ones that end or begin a paragraph with a long one."""
    long = (right - left) >= LONG * height
    running: NDArray[np.bool_] = long.copy()
    for index in np.flatnonzero(~long):
        near = np.minimum(abs(top[index] - bottom), abs(bottom[index] - top)) < GAP * height[index]
        flush = abs(left[index] - left) < 2.5 * height[index]
        running[index] = bool((long & near & flush).any())
    return running


def _topological(before: NDArray[np.bool_], middle: NDArray[np.float64], left: NDArray[np.float64]) -> list[int]:
    """An order that respects `before`; where rules contradict one another, the least hindered line goes first."""
    waiting = before.sum(axis=0).astype(np.int64)
    remaining = set(range(len(middle)))
    order: list[int] = []
    while remaining:
        chosen = min(remaining, key=lambda index: (waiting[index], middle[index], left[index]))
        remaining.remove(chosen)
        order.append(chosen)
        waiting -= before[chosen]
    return order
