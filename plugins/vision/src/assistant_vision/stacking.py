"""Joins single letters that stand one under the other into words, as on upright shop signs. Pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.types import Box

LEAST: Final = 3
"""Letters from which a column of them is a word; two may be neighbours by chance."""
ALIKE: Final = 1.6
"""How many times as tall one letter of a word may be as another."""
APART: Final = 0.8
"""Heights of a letter between two of a word at most."""
ASIDE: Final = 0.5
"""Widths by which the middles of two letters of a word may differ sideways."""
ALONE: Final = 1.1
"""Heights beside a column within which no other text stands: columns of a table are no words."""
_READ_AS: Final = {"0": "O", "1": "I", "|": "I"}


def stacks(texts: Sequence[str], boxes: Sequence[Box]) -> list[list[int]]:
    """Which lines form words from top to bottom: lists of indices.

    Args:
        texts: as read, upright.
        boxes: x0, y0, x1, y1 in any unit that is the same across and down.
    """
    letters = [index for index, text in enumerate(texts) if letter(text)]
    left = sorted(letters, key=lambda index: boxes[index][1])
    found: list[list[int]] = []
    while left:
        column = [left.pop(0)]
        for index in list(left):
            if _under(boxes[column[-1]], boxes[index]):
                column.append(index)
                left.remove(index)
        if len(column) >= LEAST and not any(
            _beside(boxes[index], boxes[other])
            for index in column
            for other in range(len(texts))
            if other not in column
        ):
            found.append(column)
    return found


def letter(text: str) -> str:
    """The letter that a line of one sign is, or "" for anything else."""
    sign = _READ_AS.get(text.strip(), text.strip())
    return sign if len(sign) == 1 and sign.isalpha() else ""


def _under(upper: Box, lower: Box) -> bool:
    high, low = upper[3] - upper[1], lower[3] - lower[1]
    wide = max(upper[2] - upper[0], lower[2] - lower[0])
    middle = abs((upper[0] + upper[2]) - (lower[0] + lower[2])) / 2
    gap = lower[1] - upper[3]
    return middle <= ASIDE * wide and max(high, low) <= ALIKE * min(high, low) and -0.3 * high <= gap <= APART * high


def _beside(box: Box, other: Box) -> bool:
    near = ALONE * (box[3] - box[1])
    level = min(box[3], other[3]) - max(box[1], other[1]) > 0
    return level and other[0] < box[2] + near and other[2] > box[0] - near
