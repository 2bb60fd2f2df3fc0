"""Speech over HTTP with OpenAI's client: without a voice, and with one that hums."""

from __future__ import annotations

import http.client
import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from api_serving import serving

from assistant.api import create_app
from assistant.app import Assistant
from assistant.errors import RequestRefused
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Utterance, Voice
from assistant.settings import Settings

RATE = 16_000


class Hum(Voice):
    """A tenth of a second of sound for every letter; each speaker hums in a pitch of its own."""

    name = "hum"
    honours = frozenset({"speed"})

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Event()
        self.stopped = threading.Event()

    def load(self, services: Any) -> None:
        self.sample_rate, self.speakers = RATE, ("low", "high")

    def speak(self, utterance: Utterance) -> Iterator[np.ndarray]:
        self.said.append(utterance)
        pitch = 400.0 if utterance.speaker == "high" else 200.0
        for letter in utterance.text.strip():
            if letter == "!":
                raise RuntimeError("a secret detail")
            if letter == "?":
                raise RequestRefused("hum cannot ask.", "Send a text without a question mark.")
            times = np.arange(int(RATE / 10 / utterance.speed)) / RATE
            yield np.sin(times * pitch * 2 * np.pi).astype(np.float32) / 2
            self.begun.set()
            while not self.go_on.wait(0.01):
                if utterance.cancel.is_set():
                    self.stopped.set()
                    return


@dataclass
class Plugin:
    """Brings a voice."""

    voice: Voice

    @hookimpl
    def register_voices(self, register: Callable[[Voice], None]) -> None:
        register(self.voice)


@contextmanager
def served(directory: Path, *, failures: int = 100, **plugins: Any) -> Iterator[str]:
    """The address of a server with these plugins, which rest after so many failures."""
    configured = Settings(data_dir=directory, engine={"breaker_failures": failures})
    host = Host(configured, plugins=plugins, discover=False)
    with Assistant(configured, host=host) as assistant, serving(create_app(assistant)) as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def hum() -> Hum:
    return Hum()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("speech"), hum=Plugin(hum)) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=20) as opened:
        yield opened


def test_no_voice(tmp_path: Path) -> None:
    """Without a voice it is said that there is none, and how one comes in."""
    with (
        served(tmp_path) as url,
        openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client,
        pytest.raises(openai.APIStatusError) as refused,
    ):
        client.audio.speech.create(input="Hello", model="tts-1", voice="alloy")
    assert (refused.value.status_code, refused.value.code) == (501, "not_installed")
    assert "No voice is installed" in refused.value.message
    assert "register_voices" in refused.value.message


def test_wav(client: openai.OpenAI) -> None:
    """A file that any player reads, as long as what was said."""
    made = client.audio.speech.create(input="hello", model="tts-1", voice="low", response_format="wav")
    assert made.response.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(made.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
    samples = np.frombuffer(made.content[44:], "<i2")
    assert len(samples) == RATE // 2
    assert np.abs(samples).max() == pytest.approx(32767 / 2, rel=0.01)


def test_pcm(client: openai.OpenAI) -> None:
    """Raw samples at the rate that OpenAI's clients expect, whatever the voice's own is."""
    made = client.audio.speech.create(input="hello", model="sensorium/hum", voice="high", response_format="pcm")
    samples = np.frombuffer(made.content, "<i2")
    assert len(samples) == pytest.approx(24_000 // 2, abs=50)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 24_000 / len(samples) == pytest.approx(400, abs=5)


def test_speaker_and_speed(client: openai.OpenAI, hum: Hum) -> None:
    """What is asked for reaches the voice; OpenAI's own names stand for the usual speaker, and that is told."""
    client.audio.speech.create(input="a", model="sensorium", voice={"id": "high"}, response_format="wav", speed=2.0)
    assert (hum.said[-1].text, hum.said[-1].speaker, hum.said[-1].speed) == ("a", "high", 2.0)
    made = client.audio.speech.create(input="a", model="tts-1", voice="alloy", response_format="wav")
    assert hum.said[-1].speaker == "low"
    assert "low speaks in its place" in json.loads(made.response.headers["Sensorium-Notes"])[0]


def test_comes_as_it_is_made(url: str, hum: Hum) -> None:
    """The first sound is there before the last is made, and a client that leaves ends the work."""
    hum.go_on.clear()
    address = httpx.URL(url)
    connection = http.client.HTTPConnection(address.host, address.port or 80, timeout=20)
    body = json.dumps({"input": "a long text", "model": "tts-1", "voice": "low", "response_format": "wav"})
    connection.request("POST", "/v1/audio/speech", body, {"content-type": "application/json"})
    response = connection.getresponse()
    assert response.read(44)[:4] == b"RIFF"
    response.close()
    connection.close()
    assert hum.stopped.wait(10)
    hum.go_on.set()


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"response_format": "mp3"}, 400, "response_format"),
        ({"stream_format": "sse"}, 400, "stream_format"),
        ({"instructions": "Whisper."}, 400, "instructions"),
        ({"speed": 9}, 400, "speed"),
        ({"voice": "nobody"}, 400, "voice"),
        ({"model": "tts-9"}, 404, "model"),
        ({"input": ""}, 400, "input"),
        ({"input": " "}, 400, "input"),
        ({"input": "x" * 5000}, 400, "input"),
        ({"colour": "red"}, 400, "colour"),
        ({"input": "!"}, 500, None),
    ],
)
def test_what_is_refused(url: str, fields: dict[str, Any], status: int, param: str | None) -> None:
    """By name, before anything is said; a failure tells nothing of the inside."""
    body = {"input": "hello", "model": "tts-1", "voice": "alloy", "response_format": "wav", **fields}
    response = httpx.post(f"{url}/audio/speech", json=body, timeout=20)
    assert (response.status_code, response.json()["error"]["param"]) == (status, param)
    assert "secret" not in response.text


def test_is_listed(client: openai.OpenAI) -> None:
    """Among the models, as what it is."""
    listed = {model.id: model.to_dict()["sensorium"]["task"] for model in client.models.list()}
    assert listed["sensorium/hum"] == listed["tts-1"] == "speak"


def test_a_voice_is_checked(tmp_path: Path) -> None:
    """Something else than a voice is a problem of its plugin, not a crash."""
    with Host(Settings(data_dir=tmp_path), plugins={"odd": Plugin(object())}, discover=False) as host:  # type: ignore[arg-type]
        assert host.voices() == ()
        assert "Voice" in host.problems()[0].message


def test_request_that_a_voice_refuses_is_no_failure_of_the_voice(tmp_path: Path) -> None:
    """The client is told what is wrong, and the voice does not rest however often that happens; a crash makes it."""
    with served(tmp_path, failures=2, hum=Plugin(Hum())) as url:
        for _ in range(3):
            refused = httpx.post(f"{url}/audio/speech", json={"input": "?"})
            assert (refused.status_code, refused.json()["error"]["message"]) == (
                400,
                "hum cannot ask. Send a text without a question mark.",
            )
        assert httpx.post(f"{url}/audio/speech", json={"input": "a"}).status_code == 200
        crashed = [httpx.post(f"{url}/audio/speech", json={"input": "!"}).status_code for _ in range(3)]
        assert crashed == [500, 500, 503]
