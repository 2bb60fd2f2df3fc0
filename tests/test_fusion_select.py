"""Select: attention of a question over observations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.fusion.select import lexical_similarity, select, softmax, stem, stems
from assistant.types import Kind, Observation


def said(text: str, kind: str = Kind.TRANSCRIPT_SEGMENT) -> Observation:
    return Observation(kind=kind, text=text, confidence=0.9, part="a")


SEGMENTS = [said("We fixed the budget on Monday."), said("Lunch was late."), said("The horses were running.")]


def test_the_segment_with_the_words_comes_first() -> None:
    """Without an embedder, words decide, in any form."""
    assert select("What did they say about budgets?", SEGMENTS)[0].observation is SEGMENTS[0]
    assert select("did a horse run?", SEGMENTS, top=1)[0].observation is SEGMENTS[2]


def test_an_embedder_decides_by_meaning_and_is_called_once() -> None:
    """With an embedder, meaning decides; each text is embedded once, together with the question."""
    calls: list[list[str]] = []

    def embed(texts: Sequence[str]) -> Any:
        calls.append(list(texts))
        near = {"food?": (1.0, 0.0), "Lunch was late.": (0.9, 0.1)}
        rows = np.array([near.get(text, (0.0, 1.0)) for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    chosen = select("food?", [*SEGMENTS, SEGMENTS[1]], embed=embed)
    assert chosen[0].observation is SEGMENTS[1]
    assert len(calls) == 1
    assert len(calls[0]) == 4


def test_an_embedder_that_is_missing_falls_back_to_words() -> None:
    """None from the embedder means words."""
    assert select("budget", SEGMENTS, embed=lambda texts: None)[0].observation is SEGMENTS[0]


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6))
def test_weights_are_shares(question: str, texts: list[str]) -> None:
    """For any question and texts, all candidates come back and their shares sum to one."""
    many = [said(text) for text in texts]
    chosen = select(question, many)
    assert len(chosen) == len(many)
    assert sum(one.weight for one in chosen) == pytest.approx(1.0 if many else 0.0)
    assert all(0.0 <= value <= 1.0 for value in lexical_similarity(question, texts))


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_softmax_keeps_the_order(values: list[float]) -> None:
    """The larger value has the larger share."""
    shares = softmax(values)
    assert shares.index(max(shares)) == values.index(max(values)) or max(shares) == pytest.approx(
        shares[values.index(max(values))]
    )


@pytest.mark.parametrize(
    ("one", "other"), [("horses", "horse"), ("running", "run"), ("stories", "story"), ("baked", "bake")]
)
def test_word_forms_share_a_stem(one: str, other: str) -> None:
    """Inflected forms meet their word."""
    assert stem(one) == stem(other)


def test_chinese_is_split_into_characters() -> None:
    """Ideographs count as words."""
    assert stems("客厅的灯") == ("客", "厅", "的", "灯")
