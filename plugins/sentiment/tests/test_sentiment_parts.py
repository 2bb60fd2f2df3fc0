"""Features, head and figures: pure functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_sentiment.features import UNIT_WORDS, Lexicon, latin_share, units, words
from assistant_sentiment.head import LABELS, Calibration, load_head
from assistant_sentiment.measuring import Line, calibration_error, classes, figures, read_lines


@given(st.text("ab .!?\n", max_size=400))
def test_units_keep_every_word_in_order(text: str) -> None:
    """Cutting into units loses and repeats nothing, and keeps the limit."""
    found = units(text)
    assert " ".join(found).split() == text.split()
    assert all(0 < len(unit.split()) <= UNIT_WORDS for unit in found)


def test_short_sentences_are_judged_together() -> None:
    """Two short sentences are one unit, as in the training data."""
    assert units("I waited an hour. Nobody came.") == ["I waited an hour. Nobody came."]


def test_words_keep_what_carries_feeling() -> None:
    """Apostrophes of either kind, exclamation marks and emoticons survive."""
    assert words("I don’t LIKE it!! :(") == ["i", "don't", "like", "it", "!!", ":("]


@pytest.mark.parametrize(
    ("text", "share"), [("abc", 1.0), ("ab语言", 0.5), ("été", 1.0), ("123 !", None), ("Это", 0.0)]
)
def test_latin_share(text: str, share: float | None) -> None:
    """Share of Latin letters, accents included; None without letters."""
    assert latin_share(text) == share


def test_emoji_are_spelled_out() -> None:
    """Known emoji become words; other text stays as it is."""
    assert Lexicon().spell("well 😀 done é") == "well grinning face done é"
    assert Lexicon().spell("plain") == "plain"


@given(st.floats(0.1, 50), st.floats(-0.9, 0.9), st.floats(0, 0.9), st.floats(-1, 1))
def test_calibration_gives_probabilities(slope: float, low: float, width: float, valence: float) -> None:
    """Rows sum to 1, and a higher valence never makes positive less likely."""
    model = Calibration(slope, low, low + width)
    lower, higher = model.probabilities(np.array([valence, valence + 0.1]))
    assert lower.sum() == pytest.approx(1)
    assert (lower >= 0).all()
    assert higher[2] >= lower[2] - 1e-9
    assert higher[0] <= lower[0] + 1e-9


def test_the_shipped_head_is_sound() -> None:
    """The file that ships gives finite probabilities that sum to 1 and valences in range, for any words."""
    head = load_head()
    texts = ["", "good", "zzzz qqqq", "bad " * 100]
    embeddings = np.repeat(head.probe_vectors[:1], len(texts), axis=0)
    judged = head.judge(texts, embeddings, np.zeros((len(texts), 4), dtype=np.float32))
    np.testing.assert_allclose(judged.probabilities.sum(1), 1)
    assert np.abs(judged.valence).max() <= 1
    assert judged.valence[1] > judged.valence[3]
    assert len(LABELS) == judged.probabilities.shape[1]
    assert 0.5 < head.lexicon_reliability < head.reliability < 1


def test_figures_of_a_perfect_and_an_absent_judge() -> None:
    """A perfect judge gets 1 everywhere; one that always says 0 gets half the signs and no correlation to speak of."""
    gold = np.array([-0.8, -0.3, 0.0, 0.05, 0.4, 0.9])
    perfect = figures(gold, gold, classes(gold))
    assert perfect == {"lines": 6, "pearson": pytest.approx(1), "polarity": 1, "accuracy": 1, "macro_f1": 1}
    silent = figures(gold, np.array([0, 0, 0, 0, 0, 1e-9]), np.ones(6, dtype=np.intp))
    assert silent["polarity"] == pytest.approx((3 * 0.5 + 1) / 4)
    assert silent["accuracy"] == pytest.approx(2 / 6)


def test_calibration_error() -> None:
    """Zero when confidence is accuracy; the gap when it is not."""
    assert calibration_error(np.array([0.75] * 4), np.array([True, True, True, False])) == pytest.approx(0)
    assert calibration_error(np.array([0.95] * 4), np.array([False] * 4)) == pytest.approx(0.95)


def test_lines_of_one_document_stay_together(tmp_path: Path) -> None:
    """The split is by review or article, by words where lines stand alone, and entities are resolved."""
    for name in ("amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets", "tweets"):
        (tmp_path / f"{name}_GroundTruth.txt").write_text(
            "7_1\t2.0\tgood &amp; cheap\n7_2\t-4\tbad\n"
            if name.startswith(("amazon", "nyt"))
            else "1\t1.0\tSame words\n2\t0.5\tsame  words\n"
        )
    lines = read_lines(tmp_path)
    assert lines[0] == Line("amazon", "7", "good & cheap", 0.5)
    assert len({(line.source, line.document) for line in lines}) == 4
    assert len({line.side for line in lines if line.source == "movie"}) == 1
