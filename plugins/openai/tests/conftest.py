"""A stand-in for an OpenAI-compatible server: answers as it is told to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import assistant_openai
from assistant.app import Assistant
from assistant.host import Host
from assistant.media import Media
from assistant.settings import load_settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answer, Delta

Act = Callable[["Exchange"], None]


class Exchange:
    """One request and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], released: threading.Event) -> None:
        self.handler = handler
        self.body = body
        self.released = released
        """Set when the test is over: what waits goes on then."""
        self.left = threading.Event()
        """Set when the client went away."""

    def send(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(content)

    def refuse(self, status: int, message: str, **headers: str) -> None:
        self.send(status, json.dumps({"error": {"message": message, "code": status}}).encode(), **headers)

    def begin(self) -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    def chunk(self, text: str | None, logprob: float | None = None, finish: str | None = None) -> None:
        choice: dict[str, Any] = {"index": 0, "delta": {} if text is None else {"content": text}}
        choice["finish_reason"] = finish
        if logprob is not None:
            choice["logprobs"] = {"content": [{"token": text, "logprob": logprob, "bytes": None, "top_logprobs": []}]}
        value = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.write(f"data: {json.dumps(value)}\n\n".encode())

    def write(self, content: bytes) -> None:
        try:
            self.handler.wfile.write(content)
            self.handler.wfile.flush()
        except OSError:
            self.left.set()
            raise

    def usage(self, read: int, written: int) -> None:
        counted = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        value = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [],
            "usage": counted,
        }
        self.write(f"data: {json.dumps(value)}\n\n".encode())

    def end(self) -> None:
        self.write(b"data: [DONE]\n\n")

    def say(
        self,
        *pieces: str,
        logprob: float | None = None,
        finish: str = "stop",
        usage: tuple[int, int] | None = None,
    ) -> None:
        self.begin()
        for piece in pieces:
            self.chunk(piece, logprob)
        self.chunk(None, finish=finish)
        if usage is not None:
            self.usage(*usage)
        self.end()


def says(*pieces: str, **how: Any) -> Act:
    return lambda exchange: exchange.say(*pieces, **how)


def refuses(status: int, message: str, **headers: str) -> Act:
    return lambda exchange: exchange.refuse(status, message, **headers)


class StandIn:
    """The server."""

    def __init__(self) -> None:
        self.script: deque[Act] = deque()
        """What is done with the next chat requests, one each; afterwards `otherwise`."""
        self.otherwise: Act = says("Hello", " there.")
        self.models: list[dict[str, Any]] | None = [{"id": "m", "object": "model", "created": 1, "owned_by": "us"}]
        self.chats: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                exchange = Exchange(self, {}, outer.released)
                if outer.models is None:
                    exchange.refuse(404, "no such path")
                else:
                    exchange.send(200, json.dumps({"object": "list", "data": outer.models}).encode())

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.chats.append(body)
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                act = outer.script.popleft() if outer.script else outer.otherwise
                try:
                    act(Exchange(self, body, outer.released))
                except OSError:  # the client left: that is what some tests are about
                    self.close_connection = True

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    yield server
    server.close()


class Bench:
    """An assistant with the answerer, one perceiver that sees a dog in every picture, and a last resort."""

    def __init__(self, url: str, **options: Any) -> None:
        settings = load_settings(plugins={"openai": {"base_url": url, "retries": 0, **options}})
        seer = FakePerceiver(
            "seer",
            lambda task: [task.observe("object", "dog", 0.9, box=(0, 0, 0.5, 0.5))],
            consumes=("image",),
            produces=("object",),
        )
        hearer = FakePerceiver(
            "hearer",
            lambda task: [task.observe("transcript", "we meet at nine", 0.9, span=(0, 1))],
            consumes=("audio",),
            produces=("transcript",),
        )
        reader = FakePerceiver("reader", lambda task: [])
        last = FakeAnswerer("last", lambda request: [Delta("I am the last resort.")], quality=1)
        self.assistant = Assistant(
            settings,
            host=Host(
                settings,
                plugins={"openai": assistant_openai, "fakes": FakePlugin(seer, hearer, reader, last)},
                discover=False,
            ),
        )
        media = Media()
        noise = np.random.default_rng(3).integers(0, 255, (600, 1600, 3), np.uint8)
        self.picture = media.image_part(noise, "photo.jpg").read_bytes()
        wave = np.sin(np.arange(16_000 * 3) / 20).astype(np.float32) / 3
        self.recording = media.audio_part(wave, "voice.wav").read_bytes()

    def ask(self, question: str, *files: bytes, **how: Any) -> Any:
        return self.assistant.ask(question, *files, **how)

    def turn(self, question: str, **how: Any) -> Answer:
        """The answer of a turn that says how its words are to be drawn."""

        async def events() -> Answer:
            return [event async for event in self.assistant.turn(question, **how)][-1].answer

        return asyncio.run(events())

    @property
    def honours(self) -> frozenset[str]:
        """What the answerer says it follows, as things stand."""
        return next(each.plugged.honours for each in self.assistant.host.answerers() if each.name == "openai")


@pytest.fixture
def bench(stand_in: StandIn, request: pytest.FixtureRequest) -> Iterator[Callable[..., Bench]]:
    """Makes assistants that talk to the stand-in; all are closed at the end."""
    made: list[Bench] = []

    def make(url: str = "", **options: Any) -> Bench:
        made.append(Bench(url or stand_in.url, **options))
        return made[-1]

    yield make
    for each in made:
        each.assistant.close()


@pytest.fixture
def helpers() -> ModuleType:
    """This module, for its `says` and `refuses`."""
    import sys

    return sys.modules[__name__]
