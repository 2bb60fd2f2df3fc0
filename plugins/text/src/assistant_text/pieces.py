"""Cuts a long text into pieces a model can take, at the ends of sentences where possible. Pure; knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SENTENCE_ENDS: Final = frozenset(".!?…。！？;；\n")


def cut(text: str, offsets: Sequence[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    """Token ranges of at most `limit` tokens that cover all tokens, in order.

    Each range is as long as possible, but ends after a sentence if one ends in its second half.

    Args:
        text: the whole text.
        offsets: start and end in `text` of each token.
        limit: tokens in one piece, at least 1.
    """
    count, start = len(offsets), 0
    ranges: list[tuple[int, int]] = []
    while count - start > limit:
        end = start + limit
        for last in range(end - 1, start + limit // 2, -1):
            until = offsets[last + 1][0]
            if not SENTENCE_ENDS.isdisjoint(text[offsets[last][0] : until]):
                end = last + 1
                break
        ranges.append((start, end))
        start = end
    ranges.append((start, count))
    return ranges


def spread(ranges: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most `most` of the ranges, evenly spread from first to last."""
    if len(ranges) <= most:
        return list(ranges)
    if most == 1:
        return [ranges[0]]
    step = (len(ranges) - 1) / (most - 1)
    return [ranges[round(index * step)] for index in range(most)]
