"""The perceiver with an engine that says what it is told: observations, order, errors, options."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assistant_speech.perceiver as perceiver_module
from assistant.errors import (
    Cancelled,
    MediaTooLarge,
    PluginError,
    SettingsError,
    UnreadableMedia,
    WeightsError,
    WeightsMissing,
)
from assistant.options import options_of
from assistant.plugin import Task
from assistant.testing import FakeServices, imported_by
from assistant.types import Kind, Observation, Part
from assistant_speech import SpeechOptions, SpeechPerceiver, register_perceivers, register_weights
from assistant_speech.heard import TRANSCRIBE, Choose, Heard, Wish, Word, plain
from assistant_speech.windows import loudness

RATE = 16_000
PART = Part("audio", "d1", "voice message", "audio/wav", b"")


class FakeAudio:
    """Blocks that were prepared; an exception among them is raised."""

    def __init__(self, blocks: list[Any]) -> None:
        self._blocks = blocks
        self.read = 0

    def blocks(self, seconds: float = 30.0) -> Iterator[np.ndarray]:
        for block in self._blocks:
            if isinstance(block, Exception):
                raise block
            self.read += 1
            yield block


class FakeMedia:
    """A decoder that knows one recording."""

    def __init__(self, *blocks: Any) -> None:
        self.sound = FakeAudio(list(blocks))

    def audio(self, part: Part) -> FakeAudio:
        return self.sound


class FakeEngine:
    """Hears the same words in every window."""

    def __init__(self, languages: tuple[str, ...] = ("en", "de", "zh"), **changes: Any) -> None:
        self.languages = languages
        self.prompts = languages != ("de",)
        self.changes = changes
        self.windows = 0
        self.wishes: list[Wish] = []

    def transcribe(self, samples: np.ndarray, choose: Choose, until: float, wish: Wish = TRANSCRIBE) -> Iterator[Heard]:
        self.windows += 1
        self.wishes.append(wish)
        language, probability = choose({self.languages[0]: 0.9})
        said = {
            "text": " Hello there.",
            "start": 0.1,
            "end": 1.1,
            "words": (Word(" Hello", 0.1, 0.5, 0.9), Word(" there.", 0.6, 1.1, 0.8)),
            "avg_logprob": -0.3,
            "no_speech_prob": 0.01,
            "compression_ratio": 0.9,
            "language": language,
            "language_probability": probability,
        }
        yield Heard(**{**said, **self.changes})


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes a perceiver with a fake engine; loudness stands for the voice detector."""

    def make(engine: FakeEngine | None = None, **options: Any) -> SpeechPerceiver:
        monkeypatch.setattr(perceiver_module, "build", lambda *_: engine or FakeEngine())
        monkeypatch.setattr(perceiver_module, "silero", lambda: lambda samples: loudness(samples) * (samples.any()))
        perceiver = SpeechPerceiver()
        perceiver.load(FakeServices(options=SpeechOptions(**options)))
        return perceiver

    return make


def sound(seconds: float) -> np.ndarray:
    return np.full(int(seconds * RATE), 0.5, np.float32)


def perceive(
    perceiver: SpeechPerceiver,
    media: Any,
    cancel: threading.Event | None = None,
    options: SpeechOptions | None = None,
) -> Iterator[Observation]:
    task = Task(PART, media, cancel=cancel or threading.Event(), options=options)
    return (item for item in perceiver.perceive(task) if isinstance(item, Observation))


def test_a_recording_becomes_segments_and_a_transcript(loaded: Any) -> None:
    """With words, times, language and confidence, all of it JSON, and ids that the engine will compute too."""
    segment, transcript = perceive(loaded(), FakeMedia(sound(2)))
    assert segment.kind == Kind.TRANSCRIPT_SEGMENT
    assert segment.text == "Hello there."
    assert segment.span == (0.1, 1.1)
    assert segment.data["words"][1] == {"word": "there.", "start": 0.6, "end": 1.1, "probability": 0.8}
    assert 0.5 < segment.confidence < 1
    assert transcript.kind == Kind.TRANSCRIPT
    assert transcript.span == (0.0, 2.0)
    assert transcript.data["language"] == "en"
    assert transcript.data["seconds"] == 2.0
    from dataclasses import replace

    assert transcript.data["segments"] == [replace(segment, source="speech").id]
    json.dumps([segment.to_json(), transcript.to_json()], allow_nan=False)


def test_silence_is_one_observation(loaded: Any) -> None:
    """Nothing is asked of Whisper when nothing is there."""
    engine = FakeEngine()
    (seen,) = perceive(loaded(engine), FakeMedia(np.zeros(RATE * 5, np.float32)))
    assert (seen.kind, seen.text, seen.span) == (Kind.NO_SPEECH, "no speech heard", (0.0, 5.0))
    assert engine.windows == 0


def test_an_invented_sentence_is_no_speech(loaded: Any) -> None:
    """What the figures speak against is not reported."""
    engine = FakeEngine(no_speech_prob=0.9, avg_logprob=-1.5)
    (seen,) = perceive(loaded(engine), FakeMedia(sound(3)))
    assert seen.kind == Kind.NO_SPEECH


def test_a_sentence_after_the_end_of_the_sound_is_invented(loaded: Any) -> None:
    """Whisper fills up to 30 seconds with silence and sometimes writes into it."""
    (seen,) = perceive(loaded(FakeEngine(start=20.0, end=21.0)), FakeMedia(sound(3)))
    assert seen.kind == Kind.NO_SPEECH


def test_segments_come_before_the_recording_is_read_to_its_end(loaded: Any) -> None:
    """The first words of a long recording are there early."""
    media = FakeMedia(*[sound(30)] * 10)
    seen = perceive(loaded(), media)
    assert next(seen).kind == Kind.TRANSCRIPT_SEGMENT
    assert media.sound.read <= 3


def test_what_was_heard_before_an_error_is_kept(loaded: Any) -> None:
    """A cut-off or too long recording gives its transcript up to there, and then the error."""
    seen = perceive(loaded(), FakeMedia(sound(3), MediaTooLarge("too long", "shorten it")))
    assert [next(seen).kind, next(seen).kind] == [Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT]
    with pytest.raises(MediaTooLarge):
        next(seen)


def test_an_unreadable_recording_is_not_called_silent(loaded: Any) -> None:
    """No observation is made about sound that could not be decoded."""
    with pytest.raises(UnreadableMedia):
        next(perceive(loaded(), FakeMedia(UnreadableMedia("broken"))))


def test_cancelling_stops_between_segments(loaded: Any) -> None:
    """A stopped turn does not go on decoding."""
    cancel, engine = threading.Event(), FakeEngine()
    seen = perceive(loaded(engine), FakeMedia(*[sound(30)] * 10), cancel)
    next(seen)
    cancel.set()
    with pytest.raises(Cancelled):
        next(seen)
    assert engine.windows <= 2


def test_an_english_model_says_that_it_did_not_detect_the_language(loaded: Any) -> None:
    """The transcript carries the reservation."""
    *_, transcript = perceive(loaded(FakeEngine(("en",)), model="whisper-tiny.en"), FakeMedia(sound(2)))
    assert "only English" in transcript.data["notes"][0]


def test_a_language_the_model_does_not_know_is_refused(loaded: Any) -> None:
    """With the setting that mends it."""
    with pytest.raises(SettingsError, match=r"knows English only.*whisper-base"):
        loaded(FakeEngine(("en",)), model="whisper-tiny.en", language="de")
    with pytest.raises(SettingsError, match="xx"):
        loaded(language="xx")


def test_options_of_one_turn(loaded: Any) -> None:
    """Language, task and prompt of the turn count, over those it was loaded with."""
    engine = FakeEngine()
    options = SpeechOptions(language="de", task="translate", prompt="Sensorium")
    segment, transcript = perceive(loaded(engine), FakeMedia(sound(2)), options=options)
    assert engine.wishes == [Wish(translate=True, prompt="Sensorium")]
    for seen in (segment, transcript):
        assert (seen.data["language"], seen.data["translated_from"]) == ("en", "de")
    assert transcript.data["language_name"] == "German"


def test_english_is_not_translated(loaded: Any) -> None:
    """English is transcribed whatever the task."""
    _, transcript = perceive(loaded(), FakeMedia(sound(2)), options=SpeechOptions(task="translate"))
    assert transcript.data["language"] == "en"
    assert "translated_from" not in transcript.data
    assert Wish(translate=True).task("en") == "transcribe"


@pytest.mark.parametrize(
    ("languages", "options", "named"),
    [
        (("en",), {"language": "de"}, "not German"),
        (("en",), {"task": "translate"}, "cannot translate"),
        (("de",), {"prompt": "Hallo"}, "no prompt"),
    ],
)
def test_what_a_model_cannot_do_is_said(loaded: Any, languages: Any, options: dict[str, Any], named: str) -> None:
    """Before anything is transcribed, and not as a failure of the plugin."""
    engine = FakeEngine(languages)
    with pytest.raises(WeightsError, match=named):
        list(perceive(loaded(engine), FakeMedia(sound(2)), options=SpeechOptions(**options)))
    assert engine.windows == 0


def test_options_are_checked() -> None:
    """Codes are known ones, in any case; a prompt has a length."""
    perceiver = SpeechPerceiver()
    assert options_of(perceiver, {"language": " DE "}).language == "de"
    for wrong in ({"language": "xx"}, {"language": "english"}, {"task": "sing"}, {"prompt": "x" * 5000}):
        with pytest.raises(PluginError, match=next(iter(wrong))):
            options_of(perceiver, wrong)


@pytest.mark.parametrize("prompt", ["<|endoftext|> a", "a <|translate|>", "<|<||>|>"])
def test_a_prompt_holds_no_special_token(prompt: str) -> None:
    """What steers the decoder is taken out of a prompt."""
    assert "<|" not in plain(prompt)


def test_beam_size_must_be_positive(loaded: Any) -> None:
    """A wrong number is named."""
    with pytest.raises(SettingsError, match="beam_size"):
        loaded(beam_size=0)


def test_missing_weights_name_the_command(tmp_path: Path) -> None:
    """A registered name asks the host; a path that is not there is explained."""
    with pytest.raises(WeightsMissing, match="assistant weights pull whisper-base"):
        SpeechPerceiver().load(FakeServices(options=SpeechOptions()))
    with pytest.raises(WeightsMissing, match="hub is off"):
        SpeechPerceiver().load(FakeServices(options=SpeechOptions(model="owner/name")))


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper", "transformers"])
def test_a_directory_of_another_sort_is_refused(tmp_path: Path, engine: Any) -> None:
    """Each engine says what it needs."""
    with pytest.raises(SettingsError, match=engine):
        SpeechPerceiver().load(FakeServices(options=SpeechOptions(engine=engine, model=str(tmp_path))))


def test_only_named_weights_are_declared() -> None:
    """A directory or a hub name is not something the host can look up."""
    perceiver = SpeechPerceiver()
    assert perceiver.weights(SpeechOptions()) == ("whisper-base",)
    assert perceiver.weights(SpeechOptions(model="/some/where")) == ()


def test_registers_one_perceiver_and_both_weights() -> None:
    """The starter set has the multilingual model only; every file of a set comes from one of its sources."""
    perceivers: list[Any] = []
    specs: list[Any] = []
    register_perceivers(perceivers.append)
    register_weights(specs.append)
    assert [perceiver.name for perceiver in perceivers] == ["speech"]
    assert {spec.name: spec.starter for spec in specs} == {"whisper-base": True, "whisper-tiny.en": False}
    for spec in specs:
        targets = {target for source in spec.sources for target in source.members.values()}
        assert targets == {file.path for file in spec.files}


def test_import_is_light() -> None:
    """Importing the plugin loads none of the heavy libraries."""
    assert imported_by("assistant_speech") == []
