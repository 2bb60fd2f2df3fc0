"""The perceiver with the real starter weights on speech that ships with this test (made with espeak-ng)."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assistant.errors import WeightsMissing
from assistant.media import Media
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakeServices
from assistant.types import Kind, Observation
from assistant.weights import Weights
from assistant_speech import SpeechOptions, SpeechPerceiver, register_weights

pytestmark = pytest.mark.weights

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "../shared/data"
RATE = 16_000


def weights_directory(name: str) -> Path:
    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    register_weights(weights.add)
    return weights.where(name)


@pytest.fixture(scope="module")
def perceiver() -> Iterator[SpeechPerceiver]:
    loaded = SpeechPerceiver()
    directories = {"whisper-base": weights_directory("whisper-base")}
    loaded.load(FakeServices(options=SpeechOptions(), threads=2, directories=directories))
    yield loaded
    loaded.close()


def hear(
    perceiver: SpeechPerceiver, source: bytes | Path, name: str = "recording", **options: Any
) -> list[Observation]:
    media = Media()
    seen = perceiver.perceive(Task(media.open(source, name), media, options=SpeechOptions(**options)))
    return [item for item in seen if isinstance(item, Observation)]


def wav(samples: np.ndarray) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def samples_of(path: Path) -> np.ndarray:
    media = Media()
    return media.audio(media.open(path, path.name)).samples()


def browser_recording(samples: np.ndarray) -> bytes:
    """WebM with Opus, 48 kHz stereo, as a browser's recorder writes it: a click first, and cut off at the end."""
    samples = np.concatenate([[0.9] * 30, np.zeros(800), samples])[:-1600].astype(np.float32)
    held = io.BytesIO()
    with av.open(held, "w", format="webm") as container:
        stream: Any = container.add_stream("libopus", rate=48_000)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype("<i2")[None], "s16", "mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        resampler = av.AudioResampler("s16", "stereo", 48_000)
        for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    return held.getvalue()


def test_words_times_and_language(perceiver: SpeechPerceiver) -> None:
    """Two sentences three seconds apart are understood, and the second keeps its time after the pause."""
    *segments, transcript = hear(perceiver, DATA / "speech_two_sentences.ogg")
    said = transcript.text.lower()
    for word in ("quick", "brown", "fox", "lazy dog", "open the window", "kitchen"):
        assert word in said
    assert transcript.data["language"] == "en"
    assert transcript.data["language_probability"] > 0.8
    assert transcript.data["seconds"] == pytest.approx(9.4, abs=0.05)
    second = next(segment for segment in segments if "kitchen" in segment.text)
    window = next(word for word in second.data["words"] if "window" in word["word"])
    assert 7.0 < window["start"] < window["end"] < 8.6
    assert 0.5 < transcript.confidence < 1
    assert all(segment.kind == Kind.TRANSCRIPT_SEGMENT for segment in segments)


def test_italian_is_detected(perceiver: SpeechPerceiver) -> None:
    """Nobody has to say which language it is."""
    *_, transcript = hear(perceiver, DATA / "speech_italian.ogg")
    assert transcript.data["language"] == "it"
    assert "mercato di roma" in transcript.text.lower()


def test_italian_is_translated(perceiver: SpeechPerceiver) -> None:
    """A turn may have it in English, and is told what it was."""
    *_, transcript = hear(perceiver, DATA / "speech_italian.ogg", task="translate")
    assert (transcript.data["language"], transcript.data["translated_from"]) == ("en", "it")
    for word in ("tomorrow", "bread", "milk"):
        assert word in transcript.text.lower()


@pytest.mark.shared
def test_a_prompt_says_which_words_to_expect(perceiver: SpeechPerceiver) -> None:
    """A name that Whisper does not know is written as the prompt writes it; one that is too long is no error."""
    recording = SHARED / "speech/hotwords.mp3"
    if not recording.is_file():
        pytest.skip(f"{recording} is not there")
    assert "ComfyUI" not in hear(perceiver, recording)[-1].text
    for prompt in ("ComfyUI", "A folder of ComfyUI. " * 150):
        assert "ComfyUI" in hear(perceiver, recording, prompt=prompt)[-1].text


def test_a_browser_recording_is_understood(perceiver: SpeechPerceiver) -> None:
    """Opus in WebM, stereo at 48 kHz, a click at the start, an abrupt end."""
    source = browser_recording(samples_of(DATA / "speech_two_sentences.ogg"))
    *_, transcript = hear(perceiver, source, "voice.webm")
    assert "open the window" in transcript.text.lower()
    assert transcript.kind == Kind.TRANSCRIPT


def test_long_recordings_keep_their_times(perceiver: SpeechPerceiver) -> None:
    """What is said at the end of a recording of several windows is found at its place."""
    sentence = samples_of(DATA / "speech_two_sentences.ogg")
    samples = np.concatenate([sentence] * 5 + [np.zeros(RATE * 2, np.float32), sentence])
    offset = len(samples) - len(sentence)
    *segments, transcript = hear(perceiver, wav(samples))
    last = segments[-1]
    assert "kitchen" in last.text.lower()
    assert last.span is not None
    assert last.span[0] == pytest.approx(offset / RATE + 6.6, abs=0.5)
    assert transcript.text.lower().count("kitchen") == 6


@pytest.mark.parametrize("sound", ["silence", "white noise", "hum", "chord", "clicks", "sweep"])
def test_sounds_without_words_are_no_speech(perceiver: SpeechPerceiver, sound: str) -> None:
    """One observation, and never an invented sentence."""
    count = RATE * 8
    seconds = np.arange(count) / RATE
    made = {
        "silence": np.zeros(count),
        "white noise": np.random.default_rng(0).normal(size=count) * 0.2,
        "hum": np.sin(2 * np.pi * 50 * seconds) * 0.3,
        "chord": sum(np.sin(2 * np.pi * pitch * seconds) for pitch in (261.6, 329.6, 392.0)) * 0.2,
        "clicks": np.where(np.arange(count) % 8000 < 20, 0.8, 0.0),
        "sweep": np.sin(2 * np.pi * (200 + 150 * seconds) * seconds) * 0.4,
    }
    (seen,) = hear(perceiver, wav(np.asarray(made[sound])))
    assert (seen.kind, seen.text) == (Kind.NO_SPEECH, "no speech heard")


def test_the_same_recording_gives_the_same_words(perceiver: SpeechPerceiver) -> None:
    """Nothing is sampled."""
    once, again = (hear(perceiver, DATA / "speech_two_sentences.ogg") for _ in range(2))
    assert [seen.to_json() for seen in once] == [seen.to_json() for seen in again]


def test_openai_whisper_hears_the_same_with_the_same_weights(perceiver: SpeechPerceiver) -> None:
    """The converted arrays are the model: the transcript agrees but for arithmetic."""
    pytest.importorskip("whisper", reason="the openai-whisper engine is optional")
    other = SpeechPerceiver()
    options = SpeechOptions(engine="openai-whisper", beam_size=1)
    directories = {"whisper-base": weights_directory("whisper-base")}
    other.load(FakeServices(options=options, threads=2, directories=directories))
    *_, transcript = hear(other, DATA / "speech_two_sentences.ogg")
    assert "open the window in the kitchen" in transcript.text.lower()
    assert transcript.data["language"] == "en"


def test_tiny_english_model(perceiver: SpeechPerceiver) -> None:
    """The small model works and says that it knows only English."""
    try:
        directory = weights_directory("whisper-tiny.en")
    except WeightsMissing as missing:
        pytest.skip(str(missing))
    tiny = SpeechPerceiver()
    options = SpeechOptions(model="whisper-tiny.en")
    tiny.load(FakeServices(options=options, threads=2, directories={"whisper-tiny.en": directory}))
    *_, transcript = hear(tiny, DATA / "speech_two_sentences.ogg")
    assert "window" in transcript.text.lower()
    assert transcript.data["notes"]


def test_a_new_sentence_is_understood(perceiver: SpeechPerceiver) -> None:
    """Not only the shipped recordings: a sentence spoken now."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed; the shipped recordings cover the rest")
    command = ["espeak-ng", "-v", "en-us", "-s", "140", "--stdout", "There are three apples on the table."]
    spoken = subprocess.run(command, capture_output=True, check=True).stdout
    *_, transcript = hear(perceiver, spoken)
    assert "apples on the table" in transcript.text.lower()


@pytest.mark.shared
def test_natural_sounds_are_no_speech(perceiver: SpeechPerceiver) -> None:
    """Animals, rain, instruments and a crying child say nothing."""
    directory = SHARED / "sound"
    if not directory.is_dir():
        pytest.skip("the shared media are not beside the checkout")
    heard = {path.name: [seen.kind for seen in hear(perceiver, path)] for path in sorted(directory.iterdir())}
    assert {name: kinds for name, kinds in heard.items() if kinds != [Kind.NO_SPEECH]} == {}


@pytest.mark.shared
def test_a_change_of_language_is_followed(perceiver: SpeechPerceiver) -> None:
    """English first, German then: each is written in its own language."""
    recording = SHARED / "speech/multilingual.mp3"
    if not recording.is_file():
        pytest.skip("the shared media are not beside the checkout")
    *segments, transcript = hear(perceiver, recording)
    assert set(transcript.data["languages"]) == {"en", "de"}
    assert "Permission is hereby granted" in segments[0].text
    assert "Software" in segments[-1].text or "Rechte" in transcript.text
