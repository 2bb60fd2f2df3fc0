"""A real server for the tests of the HTTP API, with plugins that do as they are told."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI
from PIL import Image

from assistant.app import Assistant
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Embedder, Request, Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta, Observation, Part


def _pixel() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (2, 2), "teal").save(target, "PNG")
    return target.getvalue()


PIXEL = _pixel()
"""A very small picture."""


class Script:
    """What the plugins do: wait when told to, and say so."""

    def __init__(self) -> None:
        self.perceiving = threading.Event()
        """Set when a perceiver is at work."""
        self.written = threading.Event()
        """Set when the answerer has written its first word."""
        self.go_on = threading.Event()
        """What both wait for."""
        self.go_on.set()
        self.stopped = threading.Event()
        """Set when a waiting call was told to stop."""
        self.words = ("one ", "two ")
        self.failing = False
        self.decoding = False
        """Whether every file is decoded to its end, as real perceivers do."""

    def hold(self) -> None:
        self.go_on.clear()
        self.written.clear()
        self.stopped.clear()

    def perceive(self, task: Task) -> Iterable[Observation | Part]:
        self.perceiving.set()
        if self.decoding:
            decode(task)
        yield task.observe("note", f"seen {task.part.name}", 0.5 if "half" in task.part.name else 1.0)

    def answer(self, request: Request) -> Iterator[Delta]:
        if self.failing:
            raise RuntimeError("a secret detail: /etc/passwd")
        cited = tuple(seen.id for seen in request.context.observations[-1:])
        yield Delta(self.words[0], citations=cited)
        self.written.set()
        while not self.go_on.wait(0.01):
            if request.cancel.is_set():
                self.stopped.set()
                return
        for word in self.words[1:]:
            yield Delta(word)


def decode(task: Task) -> None:
    """Decode all of a part."""
    part = task.part
    if part.modality == "image":
        task.image()
    if part.facts.get("has_audio"):
        for _ in task.audio().blocks():
            task.check()
    if part.modality == "video":
        for _ in task.media.frames(part):
            task.check()


class Looks(Embedder):
    """Makes every picture look the same."""

    name = "looks"
    modality = "image"
    space = "looks"
    dimensions = 2

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        return np.tile(np.float32([1, 0]), (len(inputs), 1))


class Senses(FakePlugin):
    """Fakes, and an embedder of pictures."""

    @hookimpl
    def register_embedders(self, register: Any) -> None:
        register(Looks())


def listen(task: Task) -> Iterable[Observation]:
    """Hear the same words in every recording."""
    decode(task)
    yield task.observe("transcript_segment", "hello", 0.9, span=(0.0, 1.0))
    yield task.observe("transcript", "hello", 0.9)


def assistant_with(directory: Path, script: Script | None = None, **settings: Any) -> Assistant:
    """An assistant with one perceiver of everything and one answerer."""
    script = script or Script()
    ears = FakePerceiver("ears", listen, consumes=("audio",), produces=("transcript_segment", "transcript"))
    plugin = (Senses if script.decoding else FakePlugin)(
        *([ears] if script.decoding else []),
        FakePerceiver("notes", script.perceive, consumes=("text", "image", "audio", "video")),
        FakeAnswerer("scripted", script.answer, honours=frozenset({"seed"})),
    )
    configured = Settings(data_dir=directory, **settings)
    return Assistant(configured, host=Host(configured, plugins={"scripted": plugin}, discover=False))


class _Server(uvicorn.Server):
    up: threading.Event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the product's own does
    server = _Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
    server.up = threading.Event()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert server.up.wait(20)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def events_of(lines: Iterable[str]) -> Iterator[tuple[int, str, Any]]:
    """Number, name and data of server-sent events, as a client reads them."""
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            found[name] = value
        elif found:
            yield int(found["id"]), found["event"], json.loads(found["data"])
            found = {}
