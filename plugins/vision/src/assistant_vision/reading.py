"""Puts lines of text into the order a person reads them. Pure geometry, not for recognising text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box

LONG = 6.0
"""Width in heights from which a line belongs to running text rather than to a cell of a table, a label or a price."""
NEAR = 0.7
"""Heights between two lines up to which the second goes on with the first: headings stand further off."""
TALLER = 1.3
"""How many times as tall lines of one paragraph may be, for their letters below and above the line."""
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


def paragraphs(boxes: Sequence[Box]) -> list[int]:
    """Number of the paragraph of each upright line, given in reading order: 0, 0, 1, ...

    A line goes on with the paragraph of the one before if it stands close under it, is about as tall and overlaps it
    sideways by half of the shorter one.
    """
    found: list[int] = []
    for index, box in enumerate(boxes):
        if index == 0:
            found.append(0)
            continue
        before = boxes[index - 1]
        tall, other = box[3] - box[1], before[3] - before[1]
        least = max(1e-9, min(box[2] - box[0], before[2] - before[0]))
        follows = (
            -0.5 * other <= box[1] - before[3] <= NEAR * other
            and max(tall, other) <= TALLER * min(tall, other)
            and min(box[2], before[2]) - max(box[0], before[0]) >= 0.5 * least
        )
        found.append(found[-1] + (0 if follows else 1))
    return found


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
