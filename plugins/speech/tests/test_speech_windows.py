"""Cutting recordings into windows of speech: nothing lost, nothing twice, times exact, memory bounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant_speech.windows import FRAME, WINDOW_SECONDS, Window, loudness, windows

RATE = 16_000


def loud_is_voice(samples: np.ndarray) -> np.ndarray:
    """A detector that is sure where there is sound, and sure where there is none."""
    return (np.abs(samples.reshape(-1, FRAME)).max(axis=1) > 0.05).astype(np.float32)


def recording(plan: list[tuple[float, float]]) -> np.ndarray:
    """Sound for so many seconds, then silence for so many; every sample of the sound is different."""
    parts = []
    for speech, silence in plan:
        parts += [np.linspace(0.1, 0.9, int(speech * RATE)), np.zeros(int(silence * RATE))]
    return np.concatenate([*parts, np.zeros(0)]).astype(np.float32)


def blocks(samples: np.ndarray, seconds: float) -> Iterator[np.ndarray]:
    step = max(1, int(seconds * RATE))
    for start in range(0, len(samples), step):
        yield samples[start : start + step]


def covered(found: list[Window], length: int) -> np.ndarray:
    """How often each sample of the recording is in a window."""
    times = np.zeros(length, int)
    for window in found:
        for piece in window.pieces:
            times[piece.start : piece.start + piece.length] += 1
    return times


@example(plan=[(28.5, 1.0)], block=1.0, lead=0.0)
@settings(max_examples=60, deadline=None)
@given(
    plan=st.lists(st.tuples(st.floats(0.2, 45), st.floats(0, 9)), min_size=1, max_size=6),
    block=st.floats(0.3, 40),
    lead=st.floats(0, 3),
)
def test_every_sound_is_in_exactly_one_window_at_its_true_place(
    plan: list[tuple[float, float]], block: float, lead: float
) -> None:
    """However speech lies and however it is read, each moment of it is heard once, and its time can be told."""
    samples = np.concatenate([np.zeros(int(lead * RATE), np.float32), recording(plan)])
    found = list(windows(blocks(samples, block), loud_is_voice))
    times = covered(found, len(samples))
    assert times.max(initial=0) <= 1
    assert times[samples > 0.05].all()
    for window in found:
        assert window.seconds <= WINDOW_SECONDS + FRAME / RATE
        for piece in window.pieces:
            inside = window.samples[piece.offset : piece.offset + piece.length]
            np.testing.assert_array_equal(inside, samples[piece.start : piece.start + piece.length])


def test_times_jump_over_the_silence_that_was_cut_out() -> None:
    """A word after a pause gets its time in the recording, not in the window."""
    samples = recording([(2.0, 3.0), (2.0, 0.0)])
    (window,) = windows(blocks(samples, 30), loud_is_voice)
    second = window.pieces[1]
    start = second.offset / RATE + 0.4
    assert window.word_span(start, start + 0.3) == pytest.approx((5.0, 5.3), abs=0.05)


def test_a_word_is_not_stretched_over_a_silence() -> None:
    """Times that reach over a seam stay on the side where most of the word is."""
    samples = recording([(2.0, 3.0), (2.0, 0.0)])
    (window,) = windows(blocks(samples, 30), loud_is_voice)
    seam = window.pieces[1].offset / RATE
    start, end = window.word_span(seam - 0.3, seam + 0.1)
    assert end <= 2.5
    assert start == pytest.approx(2.1, abs=0.05)


def test_distant_utterances_are_heard_apart() -> None:
    """A lone word long after a sentence gets a window of its own."""
    samples = recording([(2.0, 20.0), (1.0, 1.0)])
    assert [len(window.pieces) for window in windows(blocks(samples, 30), loud_is_voice)] == [1, 1]


def test_a_click_is_not_speech() -> None:
    """What recorders add when they start does not become a window."""
    samples = np.zeros(RATE * 3, np.float32)
    samples[RATE : RATE + 400] = 0.9
    assert not list(windows(blocks(samples, 30), loud_is_voice))


def test_windows_come_while_the_recording_is_still_being_read() -> None:
    """An hour of sound is never held: the first window is out after about two blocks."""
    read = 0

    def endless() -> Iterator[np.ndarray]:
        nonlocal read
        while True:
            read += 1
            yield recording([(8.0, 2.0)] * 3)

    stream = windows(endless(), loud_is_voice)
    for _ in range(20):
        next(stream)
    assert read <= 24


def test_without_the_filter_everything_is_heard() -> None:
    """Loudness in place of the detector keeps even near silence."""
    samples = np.full(RATE * 70, 0.001, np.float32)
    found = list(windows(blocks(samples, 30), loudness))
    assert covered(found, len(samples)).tolist() == [1] * len(samples)


@pytest.mark.parametrize("count", [0, 1, FRAME - 1, FRAME, 1000])
def test_tiny_recordings_are_taken(count: int) -> None:
    """A recording shorter than one frame is no error."""
    assert len(list(windows([np.full(count, 0.5, np.float32)], loud_is_voice))) <= 1
