"""Subtitles: formats, times, lines, and text that is no markup."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.api.openai.subtitles import LINE_WIDTH, Cue, cues, srt, vtt
from assistant.types import Observation


def segment(text: str, start: float = 0.0, end: float = 2.0, words: bool = False) -> Observation:
    data: dict[str, Any] = {}
    if words:
        each = (end - start) / len(text.split())
        data["words"] = [
            {"word": word, "start": start + number * each, "end": start + (number + 1) * each, "probability": 0.9}
            for number, word in enumerate(text.split())
        ]
    return Observation(kind="transcript_segment", text=text, confidence=0.9, part="p", span=(start, end), data=data)


def test_srt() -> None:
    """Numbers from one, times with a comma, a blank line between cues."""
    text = srt([segment("Hello there.", 0.0, 1.5), segment("Bye.", 3661.0304, 3662.0)])
    assert text == ("1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n01:01:01,030 --> 01:01:02,000\nBye.\n")


def test_vtt() -> None:
    """A header, times with a point, and what looks like a tag stays text."""
    text = vtt([segment("a <b> & c --> d", 0.5, 1.0)])
    assert text == "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\na &lt;b&gt; &amp; c --&gt; d\n"


def test_nothing_said() -> None:
    """No cues: an empty file, and a header alone."""
    assert (srt([]), vtt([])) == ("", "WEBVTT\n")


def test_an_arrow_in_srt_is_no_time() -> None:
    """SubRip has no escapes: the sign that divides its times is written otherwise."""
    assert srt([segment("x --> y\n\n2")]).count("-->") == 1
    assert "\n\n2" not in srt([segment("x\n\n2")])


@pytest.mark.parametrize("words", [True, False])
def test_long_segments_are_divided(words: bool) -> None:
    """Two lines of 42 columns at most; cues follow each other, begin with the words and end with the segment."""
    text = "The quick brown fox jumps over the lazy dog, " * 5 + "and then it sleeps."
    made = list(cues([segment(text, 10.0, 30.0, words=words)]))
    assert len(made) > 2
    assert all(len(cue.lines) <= 2 and max(map(len, cue.lines)) <= LINE_WIDTH for cue in made)
    assert (made[0].start, made[-1].end) == (10.0, pytest.approx(30.0))
    assert all(before.end <= after.start + 1e-6 for before, after in itertools.pairwise(made))
    assert " ".join(line for cue in made for line in cue.lines) == text


def test_wide_characters() -> None:
    """A script without spaces is divided between its characters, which take two columns each."""
    made = list(cues([segment("甚至出现交易几乎停滞的情况" * 4, 0.0, 8.0)]))
    assert max(len(line) for cue in made for line in cue.lines) == LINE_WIDTH // 2
    assert "".join(line for cue in made for line in cue.lines) == "甚至出现交易几乎停滞的情况" * 4


def test_words_that_are_not_the_texts() -> None:
    """Words that do not make up the text are not used."""
    odd = segment("Hello there.", 0.0, 2.0)
    data = {"words": [{"word": "Other", "start": 0.0, "end": 0.1}]}
    other = Observation(kind="k", text=odd.text, confidence=1.0, part="p", span=(0.0, 2.0), data=data)
    assert list(cues([other])) == [Cue(0.0, 2.0, ("Hello there.",))]


TIME = re.compile(r"(\d{2,}):(\d\d):(\d\d)[,.](\d{3}) --> (\d{2,}):(\d\d):(\d\d)[,.](\d{3})")


@given(
    some.lists(
        some.tuples(some.text(max_size=200), some.floats(0, 1e5), some.floats(0, 100), some.booleans()), max_size=5
    )
)
def test_any_text_makes_a_file(said: list[tuple[str, float, float, bool]]) -> None:
    """Whatever was said, each cue has one line of times, in order, and text without a blank line."""
    segments = [segment(text, start, start + long, words and bool(text.split())) for text, start, long, words in said]
    for made in (srt(segments), vtt(segments).removeprefix("WEBVTT\n").lstrip("\n")):
        blocks = [block for block in made.split("\n\n") if block]
        assert len(blocks) == len(list(cues(segments)))
        for block in blocks:
            times = TIME.findall(block)
            assert len(times) == 1
            hours, minutes, seconds, thousandths, *ends = map(int, times[0])
            begin = ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
            assert begin <= ((ends[0] * 60 + ends[1]) * 60 + ends[2]) * 1000 + ends[3]
