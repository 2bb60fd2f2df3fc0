"""Cutting long texts into pieces."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant_text.pieces import cut, spread


def word_offsets(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


@given(st.text("ab .!\n", max_size=300), st.integers(1, 20))
def test_pieces_cover_every_token_once_and_keep_the_limit(text: str, limit: int) -> None:
    """Nothing is lost, nothing is read twice, nothing is too long."""
    offsets = word_offsets(text)
    ranges = cut(text, offsets, limit)
    assert [index for start, end in ranges for index in range(start, end)] == list(range(len(offsets)))
    assert all(end - start <= limit for start, end in ranges)


def test_cuts_after_a_sentence() -> None:
    """Where a sentence ends in the second half of a piece, the piece ends there."""
    text = "one two three four five six. seven eight nine ten eleven"
    offsets = word_offsets(text)
    (first, *_) = cut(text, offsets, 10)
    assert text[offsets[first[0]][0] : offsets[first[1] - 1][1]] == "one two three four five six."


@given(st.integers(1, 50), st.integers(1, 10))
def test_spread_keeps_order_and_cap(count: int, most: int) -> None:
    """At most the cap, first piece included, no piece twice, in order."""
    ranges = [(index, index + 1) for index in range(count)]
    chosen = spread(ranges, most)
    assert len(chosen) == min(count, most)
    assert chosen == sorted(set(chosen))
    assert chosen[0] == ranges[0]
