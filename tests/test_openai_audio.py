"""Transcription and translation over HTTP, with OpenAI's client and a perceiver that hears what it is told."""

from __future__ import annotations

import http.client
import io
import itertools
import json
import subprocess
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import numpy as np
import openai
import pytest
from api_serving import PIXEL, serving

from assistant.api import create_app
from assistant.app import Assistant
from assistant.errors import UnreadableMedia, WeightsMissing
from assistant.host import Host
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin
from assistant.types import Kind, Observation

SAID = ("Hello there.", "It is <late> & dark.", "Good night.")


@dataclass(frozen=True)
class Options:
    """As the speech plugin's."""

    language: Literal["en", "de"] | None = None
    task: Literal["transcribe", "translate"] = "transcribe"
    prompt: str = ""
    words: bool = True


PITCHES = itertools.count(200.0)
Sent = tuple[str, bytes]
"""A file's name and content."""


@contextmanager
def served(directory: Path, *perceivers: FakePerceiver, **settings: Any) -> Iterator[str]:
    """The address of a server with these perceivers."""
    configured = Settings(data_dir=directory, **settings)
    host = Host(configured, plugins={"heard": FakePlugin(*perceivers)}, discover=False)
    with Assistant(configured, host=host) as assistant, serving(create_app(assistant)) as url:
        yield f"{url}/v1"


class Hearer:
    """What the perceiver `speech` does."""

    def __init__(self) -> None:
        self.options: list[Options] = []
        self.said: tuple[str, ...] = SAID
        self.error: Exception | None = None
        self.at_the_end: Exception | None = None
        self.heard_one = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.stopped = threading.Event()

    def hear(self, task: Task) -> Iterator[Observation]:
        options: Options = task.options
        self.options.append(options)
        length = float(str(task.part.facts.get("seconds") or 1))
        for number, text in enumerate(self.said):
            spread = [number + place / len(text.split()) for place in range(len(text.split()) + 1)]
            words = [
                {"word": word, "start": spread[place], "end": spread[place + 1], "probability": 0.9}
                for place, word in enumerate(text.split())
            ]
            yield task.observe(
                Kind.TRANSCRIPT_SEGMENT,
                text,
                0.9,
                span=(float(number), number + 1.0),
                words=words if options.words else [],
                language="en",
                avg_logprob=-0.2,
                no_speech_prob=0.01,
            )
            self.heard_one.set()
            while not self.go_on.wait(0.01):
                if task.cancel.is_set():
                    self.stopped.set()
                    return
        if self.error is not None and not isinstance(self.error, UnreadableMedia):
            raise self.error
        if self.said:
            data: dict[str, Any] = {"language": options.language or "en", "language_name": "English", "notes": []}
            if options.task == "translate":
                data = {"language": "en", "translated_from": "de", "language_name": "German"}
            yield task.observe(Kind.TRANSCRIPT, " ".join(self.said), 0.9, span=(0, length), seconds=length, **data)
        elif self.error is None:
            yield task.observe(Kind.NO_SPEECH, "no speech heard", 0.9, span=(0, length), seconds=length)
        for error in filter(None, (self.error, self.at_the_end)):
            raise error


@pytest.fixture(scope="module")
def one_hearer() -> Hearer:
    return Hearer()


@pytest.fixture
def hearer(one_hearer: Hearer) -> Iterator[Hearer]:
    """What the server's perceiver does, as it was at the start."""
    one_hearer.__init__()  # type: ignore[misc]
    yield one_hearer
    one_hearer.go_on.set()


def plugged(hearer: Hearer, **declared: Any) -> FakePerceiver:
    kinds = (Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT, Kind.NO_SPEECH)
    per_turn = frozenset({"language", "task", "prompt"})
    how = {"consumes": ("audio",), "produces": kinds, "Options": Options, "per_turn": per_turn}
    return FakePerceiver("speech", hearer.hear, **{**how, **declared})


@pytest.fixture(scope="module")
def mood() -> FakePerceiver:
    """Reads transcripts; nobody asks for that here."""
    return FakePerceiver("mood", consumes=(Kind.TRANSCRIPT,), produces=("sentiment",))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, one_hearer: Hearer, mood: FakePerceiver) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("audio")
    settings = {"engine": {"breaker_failures": 100}}
    with served(directory, plugged(one_hearer), mood, **settings) as url:
        yield url


@pytest.fixture
def url(server: str, hearer: Hearer) -> str:
    return server


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=20) as opened:
        yield opened


def tone(seconds: float = 1.0, pitch: float = 440.0) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        times = np.arange(int(16_000 * seconds)) / 16_000
        file.writeframes((np.sin(times * pitch * 6.28) * 9000).astype("<i2").tobytes())
    return held.getvalue()


WAV = ("voice.wav", tone())


@pytest.fixture
def recording() -> Sent:
    """A second of sound that no other test sends, so that nothing is remembered of it."""
    return "voice.wav", tone(pitch=next(PITCHES))


def test_json(client: openai.OpenAI, mood: FakePerceiver, recording: Sent) -> None:
    """The text, with what was used and what is ours; nothing is perceived that nobody asked for."""
    made = client.audio.transcriptions.create(file=recording, model="whisper-1")
    assert made.text == " ".join(SAID)
    assert made.usage is not None
    assert (made.usage.type, made.usage.seconds) == ("duration", 1.0)
    ours = made.to_dict()["sensorium"]
    assert (ours["perceiver"], ours["confidence"], ours["cached"], ours["notes"]) == ("speech", 0.9, False, [])
    assert mood.calls == 0


def test_the_same_recording_is_heard_once(client: openai.OpenAI, hearer: Hearer, recording: Sent) -> None:
    """Whatever the format; under another language or prompt it is heard again."""
    for _ in range(2):
        made = client.audio.transcriptions.create(file=recording, model="sensorium")
    assert made.to_dict()["sensorium"]["cached"]
    client.audio.transcriptions.create(file=recording, model="sensorium/speech", response_format="srt")
    assert len(hearer.options) == 1
    client.audio.transcriptions.create(file=recording, model="whisper-1", language="de", prompt="Sensorium")
    assert hearer.options[1:] == [Options(language="de", prompt="Sensorium")]


def test_verbose_json(client: openai.OpenAI, recording: Sent) -> None:
    """Segments, words or both, as asked; all that clients expect is there with its type."""
    made = client.audio.transcriptions.create(file=recording, model="whisper-1", response_format="verbose_json")
    assert (made.text, made.language, made.duration, made.words) == (" ".join(SAID), "english", 1.0, None)
    assert made.segments is not None
    assert [(each.id, each.start, each.end, each.text) for each in made.segments] == [
        (number, float(number), number + 1.0, text) for number, text in enumerate(SAID)
    ]
    openai.types.audio.TranscriptionVerbose.model_validate(made.to_dict(), strict=True)
    both = client.audio.transcriptions.create(
        file=recording, model="whisper-1", response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert both.words is not None
    assert [word.word for word in both.words] == " ".join(SAID).split()
    assert both.segments == made.segments
    words = client.audio.transcriptions.create(
        file=recording, model="whisper-1", response_format="verbose_json", timestamp_granularities=["word"]
    )
    assert (words.segments, words.words) == (None, both.words)


def test_text_and_subtitles(url: str, recording: Sent) -> None:
    """As plain text, SubRip and WebVTT, each of its media type."""

    def sent(response_format: str) -> tuple[str, str]:
        response = httpx.post(
            f"{url}/audio/transcriptions",
            files={"file": recording},
            data={"model": "whisper-1", "response_format": response_format},
        )
        assert response.status_code == 200
        return response.headers["content-type"], response.text

    assert sent("text") == ("text/plain; charset=utf-8", " ".join(SAID) + "\n")
    kind, text = sent("srt")
    assert kind.startswith("application/x-subrip")
    assert text.startswith("1\n00:00:00,000 --> 00:00:01,000\nHello there.\n\n2\n")
    kind, text = sent("vtt")
    assert kind.startswith("text/vtt")
    assert "It is &lt;late&gt; &amp; dark." in text


def test_translation(client: openai.OpenAI, hearer: Hearer, recording: Sent) -> None:
    """To English, told so; what OpenAI's endpoint has no parameter for is refused."""
    made = client.audio.translations.create(
        file=recording, model="whisper-1", response_format="verbose_json", prompt="x"
    )
    assert hearer.options == [Options(task="translate", prompt="x")]
    assert (made.language, made.to_dict()["task"]) == ("english", "translate")
    assert made.to_dict()["sensorium"]["translated_from"] == "de"
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.translations.create(file=recording, model="whisper-1", extra_body={"language": "de"})
    assert (refused.value.param, refused.value.code) == ("language", "unknown_parameter")


def test_streaming(client: openai.OpenAI, hearer: Hearer, recording: Sent) -> None:
    """Sentences come while the rest is still being heard, and make up the whole."""
    hearer.go_on.clear()
    stream = client.audio.transcriptions.create(file=recording, model="whisper-1", stream=True)
    events = iter(stream)
    first = next(events)
    assert first.type == "transcript.text.delta"
    assert first.delta == SAID[0]
    hearer.go_on.set()
    *deltas, done = events
    assert done.type == "transcript.text.done"
    assert first.delta + "".join(each.delta for each in deltas) == done.text == " ".join(SAID)
    assert done.to_dict()["sensorium"]["perceiver"] == "speech"


async def test_async_client(url: str, recording: Sent) -> None:
    """The asynchronous client is served alike, whole and streamed."""
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
        whole = await client.audio.transcriptions.create(file=recording, model="whisper-1", response_format="text")
        assert whole.strip() == " ".join(SAID)
        stream = await client.audio.transcriptions.create(file=recording, model="whisper-1", stream=True)
        assert [event.type async for event in stream][-1] == "transcript.text.done"


def test_what_breaks_off_a_stream(client: openai.OpenAI, hearer: Hearer, recording: Sent) -> None:
    """An error after the first sentence is the last event; one before it is a status."""
    hearer.error = RuntimeError("a secret detail")
    stream = client.audio.transcriptions.create(file=recording, model="whisper-1", stream=True)
    with pytest.raises(openai.APIError) as broken:
        list(stream)
    assert "secret" not in str(broken.value)
    hearer.said, hearer.error = (), WeightsMissing("No weights.", "Pull them.")
    with pytest.raises(openai.InternalServerError) as missing:
        client.audio.transcriptions.create(file=recording, model="whisper-1", stream=True)
    assert missing.value.status_code == 503


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_work(url: str, hearer: Hearer, stream: bool, recording: Sent) -> None:
    """Nothing is heard for a client that has gone, and its place is free again."""
    hearer.go_on.clear()
    form = {"model": "whisper-1", "stream": "true" if stream else "false"}
    request = httpx.Request("POST", f"{url}/audio/transcriptions", files={"file": recording}, data=form)
    connection = http.client.HTTPConnection(str(request.url.host), request.url.port or 80, timeout=20)
    connection.request("POST", request.url.path, request.read(), dict(request.headers))
    assert hearer.heard_one.wait(20)
    connection.close()
    assert hearer.stopped.wait(10)
    hearer.go_on.set()
    again = httpx.post(
        f"{url}/audio/transcriptions", files={"file": recording}, data={"model": "whisper-1"}, timeout=20
    )
    assert again.json()["text"] == " ".join(SAID)


def test_silence(client: openai.OpenAI, url: str, hearer: Hearer, recording: Sent) -> None:
    """Where nothing is said the text is empty, and a note says that this is no error."""
    hearer.said = ()
    made = client.audio.transcriptions.create(file=recording, model="whisper-1", response_format="verbose_json")
    assert (made.text, made.segments, made.duration) == ("", [], 1.0)
    assert made.to_dict()["sensorium"]["notes"] == ["No speech was heard."]
    response = httpx.post(
        f"{url}/audio/transcriptions", files={"file": recording}, data={"model": "whisper-1", "response_format": "vtt"}
    )
    assert response.text == "WEBVTT\n"
    assert json.loads(response.headers["Sensorium-Notes"]) == ["No speech was heard."]
    events = list(client.audio.transcriptions.create(file=recording, model="whisper-1", stream=True))
    assert [event.type for event in events] == ["transcript.text.done"]


def test_cut_off_recordings_give_what_was_heard(client: openai.OpenAI, hearer: Hearer, recording: Sent) -> None:
    """With a note that says so."""
    hearer.error = UnreadableMedia("The recording breaks off after 1 s.", "Send it again.")
    made = client.audio.transcriptions.create(file=recording, model="whisper-1")
    assert made.text == " ".join(SAID)
    assert made.to_dict()["sensorium"]["notes"] == ["The recording breaks off after 1 s. Send it again."]


def test_a_failure_at_the_end_tells_nothing_of_the_inside(
    client: openai.OpenAI, hearer: Hearer, recording: Sent
) -> None:
    """What was heard is given, with a note that the perceiver failed, and not how."""
    hearer.at_the_end = RuntimeError("a secret detail")
    made = client.audio.transcriptions.create(file=recording, model="whisper-1")
    assert made.text == " ".join(SAID)
    assert "speech failed on voice.wav." in made.to_dict()["sensorium"]["notes"][0]
    assert "secret" not in made.to_json()


@pytest.mark.parametrize(
    ("error", "status", "code", "told"),
    [
        (UnreadableMedia("It is broken.", "Mend it."), 422, "unreadable_media", "It is broken. Mend it."),
        (WeightsMissing("No weights.", "Pull them."), 503, "weights_missing", "No weights. Pull them."),
        (RuntimeError("a secret detail"), 500, "internal", "The server's log has the details."),
    ],
)
def test_what_cannot_be_heard(
    client: openai.OpenAI,
    hearer: Hearer,
    error: Exception,
    status: int,
    code: str,
    told: str,
    recording: Sent,
) -> None:
    """Each reason has its status, and a sentence that helps or at least tells nothing it should not."""
    hearer.said, hearer.error = (), error
    with pytest.raises(openai.APIStatusError) as refused:
        client.audio.transcriptions.create(file=recording, model="whisper-1")
    assert (refused.value.status_code, refused.value.code) == (status, code)
    assert told in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "param", "status"),
    [
        ({"response_format": "diarized_json"}, "response_format", 400),
        ({"response_format": "xml"}, "response_format", 400),
        ({"temperature": "0.5"}, "temperature", 400),
        ({"temperature": "hot"}, "temperature", 400),
        ({"temperature": "nan"}, "temperature", 400),
        ({"include[]": "logprobs"}, "include", 400),
        ({"chunking_strategy[type]": "server_vad"}, "chunking_strategy", 400),
        ({"known_speaker_names[]": "Ann"}, "known_speaker_names", 400),
        ({"keywords[]": "Ann"}, "keywords", 400),
        ({"languages[]": "en"}, "languages", 400),
        ({"timestamp_granularities[]": "word"}, "timestamp_granularities", 400),
        ({"timestamp_granularities[]": "day", "response_format": "verbose_json"}, "timestamp_granularities", 400),
        ({"stream": "maybe"}, "stream", 400),
        ({"stream": "true", "response_format": "srt"}, "response_format", 400),
        ({"language": "xx"}, "language", 400),
        ({"colour": "red"}, "colour", 400),
        ({"model": "gpt-9"}, "model", 404),
    ],
)
def test_nothing_is_ignored(
    url: str, hearer: Hearer, fields: dict[str, str], param: str, status: int, recording: Sent
) -> None:
    """What cannot be honoured is refused by name, before anything is heard."""
    response = httpx.post(
        f"{url}/audio/transcriptions", files={"file": recording}, data={"model": "whisper-1", **fields}, timeout=20
    )
    assert (response.status_code, response.json()["error"]["param"]) == (status, param)
    assert response.json()["error"]["remedy"] or param == "language"
    assert hearer.options == []


def test_what_means_the_default_is_taken(url: str, recording: Sent) -> None:
    """Values that say what is done anyway are no reason to refuse."""
    fields = {"temperature": "0", "chunking_strategy": "auto", "stream": "false", "language": "", "prompt": ""}
    response = httpx.post(f"{url}/audio/transcriptions", files={"file": recording}, data=fields, timeout=20)
    assert response.json()["text"] == " ".join(SAID)


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"hello, this is text", 415), (PIXEL, 415), (tone()[:30], 422), (b"RIFF\0\0\0\0WAVEjunk" * 9, 422)],
)
def test_what_is_no_recording(url: str, content: bytes, status: int) -> None:
    """Text, pictures and broken files are refused as such."""
    response = httpx.post(f"{url}/audio/transcriptions", files={"file": ("x.mp3", content)}, timeout=20)
    assert (response.status_code, response.json()["error"]["param"]) == (status, "file")


@pytest.mark.parametrize(
    ("how", "status", "param"),
    [
        ({"data": {"model": "whisper-1"}, "files": {"other": WAV}}, 400, "other"),
        ({"files": [("file", WAV), ("file", WAV)]}, 400, "file"),
        ({"data": {"model": "whisper-1", "file": "text"}, "files": {"file": WAV}}, 400, "file"),
        ({"files": {"model": ("m", b"whisper-1"), "file": WAV}}, 400, "model"),
        ({"json": {"model": "whisper-1"}}, 415, None),
        ({"content": b"junk", "headers": {"content-type": "multipart/form-data"}}, 400, None),
        ({"content": b"junk", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400, None),
    ],
)
def test_forms_that_are_none(url: str, how: dict[str, Any], status: int, param: str | None) -> None:
    """A form without its file, or no form, is refused in words."""
    response = httpx.post(f"{url}/audio/transcriptions", timeout=20, **how)
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (status, param)


def test_too_large(tmp_path: Path, hearer: Hearer) -> None:
    """A file over the limit is refused, whether it says so or not."""
    with served(tmp_path, plugged(hearer), limits={"bytes": 10_000}) as url:
        for size in (20_000, 3_000_000):
            files = {"file": ("long.wav", tone(size / 32_000))}
            response = httpx.post(f"{url}/audio/transcriptions", files=files, timeout=20)
            assert response.status_code == 413
    assert hearer.options == []


def test_large_files_are_put_aside(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording of megabytes is read from disk, and nothing of it stays behind."""
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    files = {"file": ("long.wav", tone(60.0))}
    response = httpx.post(f"{url}/audio/transcriptions", files=files, timeout=20)
    assert response.json()["usage"]["seconds"] == 60.0
    assert list(aside.iterdir()) == []


def test_a_video_s_sound(client: openai.OpenAI, hearer: Hearer) -> None:
    """The sound of a video is heard; a video without is refused."""
    av = pytest.importorskip("av")

    def video(sound: bool) -> bytes:
        held = io.BytesIO()
        with av.open(held, "w", format="mp4") as container:
            pictures = container.add_stream("mpeg4", rate=5)
            pictures.width = pictures.height = 32
            pictures.pix_fmt = "yuv420p"
            voice = container.add_stream("aac", rate=16_000) if sound else None
            for _ in range(10):
                frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
                container.mux(pictures.encode(frame))
            container.mux(pictures.encode(None))
            if voice is not None:
                frame = av.AudioFrame.from_ndarray(np.zeros((1, 32_000), np.float32), "fltp", "mono")
                frame.sample_rate = 16_000
                container.mux(voice.encode(frame))
                container.mux(voice.encode(None))
        return held.getvalue()

    made = client.audio.transcriptions.create(file=("film.mp4", video(True)), model="whisper-1")
    assert made.text == " ".join(SAID)
    with pytest.raises(openai.APIStatusError, match="without sound") as refused:
        client.audio.transcriptions.create(file=("film.mp4", video(False)), model="whisper-1")
    assert refused.value.status_code == 415


def test_without_words(tmp_path: Path, hearer: Hearer, recording: Sent) -> None:
    """Times of words that nobody gives are refused by name."""
    with served(tmp_path, plugged(hearer), plugins={"speech": {"words": False}}) as url:
        data = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
        response = httpx.post(f"{url}/audio/transcriptions", files={"file": recording}, data=data, timeout=20)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "timestamp_granularities")


def test_nothing_installed(tmp_path: Path, mood: FakePerceiver, recording: Sent) -> None:
    """Without a perceiver of speech it is said what to install; one that cannot do more says what it cannot."""
    with served(tmp_path, mood) as url:
        response = httpx.post(f"{url}/audio/transcriptions", files={"file": recording}, timeout=20)
        assert response.status_code == 501
        assert "sensorium-speech" in response.json()["error"]["remedy"]
    plain = plugged(Hearer(), per_turn=frozenset())
    with served(tmp_path / "plain", plain) as url:
        response = httpx.post(
            f"{url}/audio/transcriptions", files={"file": recording}, data={"language": "de"}, timeout=20
        )
        assert (response.status_code, response.json()["error"]["code"]) == (400, "unsupported_parameter")
        assert httpx.post(f"{url}/audio/translations", files={"file": recording}, timeout=20).status_code == 501


def test_aliases_and_models(tmp_path: Path, hearer: Hearer, recording: Sent) -> None:
    """Other names are given by the settings, and the list of models has what can be named."""
    server = {"model_aliases": {"gpt-4o-transcribe": "sensorium/speech"}}
    with served(tmp_path, plugged(hearer), server=server) as url, openai.OpenAI(base_url=url, api_key="none") as client:
        made = client.audio.transcriptions.create(file=recording, model="gpt-4o-transcribe")
        listed = {model.id: model.to_dict()["sensorium"]["task"] for model in client.models.list()}
    assert made.text == " ".join(SAID)
    assert listed["whisper-1"] == listed["sensorium/speech"] == listed["gpt-4o-transcribe"] == "transcribe"


def test_limits_of_a_caller_hold(tmp_path: Path, hearer: Hearer, recording: Sent) -> None:
    """A transcription is a turn: it takes one of the caller's places."""
    hearer.go_on.clear()
    server = {"turns_each": 1, "queue_seconds": 0}
    with served(tmp_path, plugged(hearer), server=server) as url:
        form = {"data": {"stream": "true"}, "files": {"file": recording}}
        with httpx.stream("POST", f"{url}/audio/transcriptions", timeout=20, **form):
            second = httpx.post(f"{url}/audio/transcriptions", files={"file": recording}, timeout=20)
        hearer.go_on.set()
    assert second.status_code == 429
    assert int(second.headers["retry-after"]) > 0


def test_curl(url: str, tmp_path: Path, recording: Sent) -> None:
    """The command of the documentation works."""
    path = tmp_path / recording[0]
    path.write_bytes(recording[1])
    command = ["curl", "-sS", f"{url}/audio/transcriptions", "-F", f"file=@{path}", "-F", "model=whisper-1"]
    try:
        printed = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    except FileNotFoundError:
        pytest.skip("curl is not installed")
    assert json.loads(printed)["text"] == " ".join(SAID)


@pytest.mark.weights
def test_with_the_starter_weights(tmp_path: Path) -> None:
    """Italian is written down, translated, and streamed with the same text, by the real perceiver."""
    speech = pytest.importorskip("assistant_speech", reason="sensorium-speech is not installed")
    italian = Path(__file__).parents[1] / "plugins/speech/tests/data/speech_italian.ogg"
    configured = Settings(data_dir=tmp_path, weights={"directory": Settings().weights_directory()})
    host = Host(configured, plugins={"speech": speech}, discover=False)
    with (
        Assistant(configured, host=host) as assistant,
        serving(create_app(assistant)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
    ):
        said = client.audio.transcriptions.create(file=italian, model="whisper-1", response_format="verbose_json")
        *deltas, done = client.audio.transcriptions.create(file=italian, model="whisper-1", stream=True)
        english = client.audio.translations.create(file=italian, model="whisper-1")
    assert "mercato di roma" in said.text.lower()
    assert said.language == "italian"
    assert said.segments is not None
    assert all(0 <= each.start < each.end <= said.duration + 0.1 for each in said.segments)
    assert "".join(each.delta for each in deltas) == done.text == said.text
    assert "bread" in english.text.lower()
