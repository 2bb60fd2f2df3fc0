"""Telling voices apart: windows, clusters, turns; and the encoder, for real."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assistant_speakers
from assistant.engine import Engine, Session
from assistant.errors import WeightsCorrupt
from assistant.host import Host
from assistant.media import Media
from assistant.plugin import Task
from assistant.settings import Settings, load_settings
from assistant.testing import FakeServices, PerceiverContract
from assistant.types import Kind, Missed, Observation, Part
from assistant.weights import Weights
from assistant_speakers import SpeakerTurns
from assistant_speakers.encoder import MELS, SAMPLE_RATE, UNITS, VoiceEncoder, louder, mel_filters
from assistant_speakers.perceiver import said
from assistant_speakers.specs import FILE, VOICE_ENCODER
from assistant_speakers.voices import STEP, WINDOW, Unit, clusters, stretches, turns, window_starts

SPEECH = Path(__file__).parents[4] / "shared" / "data" / "speech"


def weights() -> Path | None:
    """Where the voice encoder lies, if it was brought."""
    settings = load_settings()
    known = Weights(settings.weights_directory(), settings.weights.paths)
    known.add(VOICE_ENCODER)
    try:
        return known.where(VOICE_ENCODER.name)
    except Exception:
        return None


BROUGHT = weights()
needs_weights = pytest.mark.skipif(BROUGHT is None, reason="assistant weights pull ge2e-voice-encoder brings them")


def segment(text: str, start: float, end: float, words: bool = True) -> Observation:
    told = text.split()
    step = (end - start) / len(told)
    timed = [
        {"word": word, "start": start + index * step, "end": start + (index + 1) * step}
        for index, word in enumerate(told)
    ]
    return Observation(
        kind=Kind.TRANSCRIPT_SEGMENT,
        text=text,
        confidence=0.9,
        part="p",
        span=(start, end),
        data={"words": timed} if words else {},
    )


def buzzing(seconds: float) -> Part:
    """A part of sound that is no speech: the encoder takes anything."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return Media().audio_part((0.1 * np.sin(2 * np.pi * 140 * times) ** 9).astype(np.float32), "buzz.wav")


@pytest.mark.weights
@needs_weights
class TestSpeakerTurns(PerceiverContract):
    perceiver = SpeakerTurns
    part = buzzing(4.0)
    observations = (segment("one two three four", 0.2, 3.6),)
    services = FakeServices(directories={VOICE_ENCODER.name: BROUGHT or Path()})


def test_words_keep_the_spaces_of_their_segment() -> None:
    """Scripts without spaces get none; segments are separated."""
    chinese = Observation(
        kind=Kind.TRANSCRIPT_SEGMENT,
        text="你好",
        confidence=0.9,
        part="p",
        span=(3.0, 4.0),
        data={"words": [{"word": "你", "start": 3.0, "end": 3.5}, {"word": "好", "start": 3.5, "end": 4.0}]},
    )
    units = list(said([chinese, segment("Well, yes.", 0.0, 1.0)]))
    assert "".join(unit.text for unit in units) == " Well, yes. 你好"


def test_without_times_of_words_speech_is_cut_into_moments() -> None:
    """Every word is kept, and the moments cover the segment."""
    units = list(said([segment("one two three", 1.0, 3.0, words=False)]))
    assert "".join(unit.text for unit in units).split() == ["one", "two", "three"]
    assert (units[0].start, units[-1].end) == (1.0, 3.0)


def test_pauses_end_stretches() -> None:
    """A short gap joins, a long one parts."""
    assert stretches([Unit(0, 1), Unit(1.2, 2), Unit(3, 4)]) == [(0, 2), (3, 4)]


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.05, 30)), min_size=1, max_size=8))
def test_windows_lie_in_the_speech(spans: list[tuple[float, float]]) -> None:
    """No window leaves its stretch, unless that is shorter than a window; none are further apart than a step."""
    speech, at = [], 0.0
    for gap, length in spans:
        speech.append((at + gap, at + gap + length))
        at += gap + length
    starts, step = window_starts(speech)
    assert step == STEP
    for start, end in speech:
        own = [each for each in starts if start - WINDOW <= each <= end]
        assert own
        if end - start > WINDOW:
            inside = [each for each in starts if start - 1e-6 <= each <= end - WINDOW + 1e-6]
            assert max(np.diff(inside), default=0) <= STEP + 1e-6


def voices(*counts: int) -> np.ndarray:
    """Vectors of clearly different voices, so many windows each."""
    chance = np.random.default_rng(3)
    centres = np.eye(len(counts), 16)
    rows = np.concatenate([centres[[index] * count] for index, count in enumerate(counts)])
    rows = rows + chance.normal(0, 0.05, rows.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_voices_are_counted_in_order_of_appearance() -> None:
    """Different voices get different numbers; the first heard is 0."""
    labels = clusters(voices(12, 15, 9))
    assert labels.tolist() == [0] * 12 + [1] * 15 + [2] * 9


def test_a_single_odd_window_is_no_person() -> None:
    """What speaks for less than the least speech belongs to somebody else."""
    assert set(clusters(voices(20, 2, 20))) == {0, 1}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_windows_are_one_voice(count: int) -> None:
    """Too little to tell apart."""
    assert set(clusters(voices(count, 1)[:count])) <= {0}


def test_turns_end_at_the_longest_pause_nearby() -> None:
    """A change that the windows show some words too late is moved to the pause."""
    units = [Unit(index * 0.4, index * 0.4 + 0.38, f" a{index}") for index in range(10)]
    units += [Unit(4.5 + index * 0.4, 4.88 + index * 0.4, f" b{index}") for index in range(10)]
    starts = np.arange(0, 6.8, 0.4)
    labels = (starts + WINDOW / 2 > 4.9).astype(int)
    first, second = turns(units, starts, labels)
    assert first.text.split()[-1] == "a9"
    assert second.text.split()[0] == "b0"
    assert (first.speaker, second.speaker) == (0, 1)
    assert 0 <= first.agreement <= 1


def test_quiet_sound_is_raised_and_silence_is_not() -> None:
    """As in training; noise of silence is not made loud."""
    quiet = np.full(1000, 0.001, np.float32)
    assert np.sqrt(np.mean(louder(quiet) ** 2)) == pytest.approx(10 ** (-30 / 20), rel=1e-3)
    assert not louder(np.zeros(10, np.float32)).any()
    assert len(louder(np.zeros(0, np.float32))) == 0


def test_mel_filters_have_equal_area() -> None:
    """Each triangle of the Slaney scale integrates to one over its hertz, as far as 40 Hz bins can tell."""
    filters = mel_filters()
    assert filters.shape == (201, MELS)
    assert filters[:, 20:].sum(0) * 40 == pytest.approx(np.ones(20), abs=0.1)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A pickle in place of the checked file is never read."""
    (tmp_path / FILE).write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(WeightsCorrupt, match="weights pull"):
        VoiceEncoder(tmp_path)


def test_nothing_is_said_without_weights(tmp_path: Path) -> None:
    """Who did not bring them is not told of it with every recording; the list of plugins says what brings them."""
    settings = Settings(data_dir=tmp_path, weights={"directory": tmp_path / "weights"})
    sound = np.zeros(SAMPLE_RATE, np.float32)
    with Host(settings, plugins={"speakers": assistant_speakers}, discover=False) as host:
        (runner,) = host.perceivers()
        assert not runner.configured
        state = runner.health()
        assert (state["state"], state["ready"]) == ("not_configured", False)
        assert "assistant weights pull ge2e-voice-encoder" in state["reason"]
        assert "speakers" not in host.capabilities()["audio"]

        async def turn() -> list[Any]:
            part = Media().audio_part(sound, "silence")
            return [each async for each in Engine(host, Media()).turn(Session(), "", [part], answer=False)]

        gaps = [each.gap for each in asyncio.run(turn()) if isinstance(each, Missed)]
        assert not [gap for gap in gaps if gap.source == "speakers" or gap.cause == "no_weights"]


@pytest.mark.weights
@needs_weights
def test_vectors_are_unit_and_the_same_alone_or_together() -> None:
    """[n, 256] of length 1, whatever else is in the batch, and past the end of the sound."""
    assert BROUGHT is not None
    encoder = VoiceEncoder(BROUGHT)
    sound = np.random.default_rng(0).normal(0, 0.05, SAMPLE_RATE * 3).astype(np.float32)
    together = encoder.embed(sound, np.array([0.0, 0.8, 2.9]))
    assert together.shape == (3, UNITS)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.embed(sound, np.array([0.8]))[0], together[1], atol=1e-5)
    assert encoder.embed(sound, np.array([])).shape == (0, UNITS)


@pytest.mark.weights
@pytest.mark.shared
@needs_weights
def test_two_people_in_a_recording() -> None:
    """A woman who reads a novel and the voice of a telephone system are told apart, and each is one voice alone."""
    files = ("sense_and_sensibility_01_austen_64kb-0870.wav", "asterisk_en_basic-pbx-ivr-main.wav")
    if not SPEECH.is_dir():
        pytest.skip("no media beside the checkout")
    media = Media()
    novel, telephone = (media.audio(media.open(SPEECH / name)).samples()[: 6 * SAMPLE_RATE] for name in files)
    silence = np.zeros(SAMPLE_RATE // 2, np.float32)

    def perceived(*sounds: np.ndarray) -> list[Any]:
        spoken, at, sound = [], 0.0, []
        for each in sounds:
            spoken.append(segment("one two three four five six seven eight", at, at + len(each) / SAMPLE_RATE))
            sound += [each, silence]
            at += (len(each) + len(silence)) / SAMPLE_RATE
        perceiver = SpeakerTurns()
        perceiver.load(FakeServices(directories={VOICE_ENCODER.name: BROUGHT or Path()}))
        part = media.audio_part(np.concatenate(sound), "talk.wav")
        return list(perceiver.perceive(Task(part, media, observations=tuple(spoken))))

    assert [seen.data["count"] for seen in perceived(novel)] == [1]
    count, *told = perceived(novel, telephone, novel)
    assert count.data["count"] == 2
    assert [turn.data["speaker"] for turn in told] == [1, 2, 1]
    assert told[1].span[0] == pytest.approx(len(novel) / SAMPLE_RATE + 0.5, abs=0.8)
