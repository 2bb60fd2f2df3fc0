"""Telling speech from inventions, confidence, languages and scripts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_speech.heard import Heard, compression_ratio, most_tokens
from assistant_speech.judge import confidence, is_speech
from assistant_speech.language import ChineseScript, Languages

SAID = Heard(" Turn on the light.", 0.0, 1.5, (), -0.3, 0.05, 0.9, "en", 0.98)


def test_clear_speech_is_kept() -> None:
    """Good figures all round mean that it was said."""
    assert is_speech(SAID, 0.99)


@pytest.mark.parametrize("change", [{"no_speech_prob": 0.9}, {"avg_logprob": -1.2}, {}])
def test_one_doubt_is_not_enough(change: dict[str, float]) -> None:
    """A mumbled or quiet sentence is kept while the rest speaks for it."""
    assert is_speech(replace(SAID, **change), 0.99 if change else 0.8)


@pytest.mark.parametrize(
    ("change", "voice"),
    [
        ({"no_speech_prob": 0.74}, 0.8),
        ({"avg_logprob": -1.1}, 0.6),
        ({"no_speech_prob": 0.7, "avg_logprob": -1.3}, 0.99),
        ({"compression_ratio": 23.0}, 0.99),
        ({"text": " ..."}, 0.99),
        ({"end": 0.2, "text": " Thank you very much for watching this."}, 0.99),
        ({}, 0.3),
    ],
    ids=["silent token", "guess", "both", "loop", "no word", "faster than anyone", "no voice"],
)
def test_inventions_are_dropped_by_their_figures(change: dict[str, object], voice: float) -> None:
    """Whatever the words are."""
    assert not is_speech(replace(SAID, **change), voice)


@given(st.floats(-20, 0), st.floats(-20, 0))
def test_confidence_is_a_probability_that_grows_with_the_log_probability(one: float, other: float) -> None:
    """More likely tokens never make a transcript less sure."""
    low, high = sorted((one, other))
    assert 0 <= confidence(low) <= confidence(high) <= 1


def test_compression_ratio_finds_loops() -> None:
    """Repetition stands out against ordinary text."""
    assert compression_ratio("") == 0
    assert compression_ratio("the cat sat on the mat") < 2.4 < compression_ratio("hm" * 100)


def test_token_budget_follows_the_length() -> None:
    """A loop over a short noise ends early; a full window gets all that Whisper can write."""
    assert most_tokens(1) < 60
    assert most_tokens(30) == 224


def test_language_of_the_first_window_holds_until_another_is_sure() -> None:
    """An unsure last window does not change the language, a sure one does."""
    languages = Languages()
    assert languages.choose({"en": 0.6, "nl": 0.4}) == ("en", 0.6)
    assert languages.choose({"nl": 0.6, "en": 0.4}) == ("en", 0.4)
    assert languages.choose({"de": 0.95, "en": 0.05}) == ("de", 0.95)


def test_a_fixed_language_is_not_questioned() -> None:
    """What the person set is used."""
    assert Languages("fr").choose({"en": 1.0}) == ("fr", 1.0)


def test_main_language_is_the_one_spoken_longest() -> None:
    """Seconds decide, not windows."""
    languages = Languages()
    languages.note("en", 0.9, 3.0)
    languages.note("de", 0.8, 10.0)
    assert languages.main == "de"
    assert Languages().main == ""


def test_chinese_comes_in_one_script() -> None:
    """Mixed output is converted, other languages are not touched."""
    assert ChineseScript("simplified")("打開客廳的燈", "zh") == "打开客厅的灯"
    assert ChineseScript("traditional")("打开客厅的灯", "zh") == "打開客廳的燈"
    assert ChineseScript("as heard")("打開", "zh") == "打開"
    assert ChineseScript("simplified")("電気", "ja") == "電気"
