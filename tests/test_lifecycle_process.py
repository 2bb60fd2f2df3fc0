"""The server as a process: it begins and ends in order and in time, whatever is open or hangs."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import sys, threading, time
from pathlib import Path
from assistant.api import disconnect
from assistant.app import Assistant
from assistant.cli import main, cli
from assistant.hookspecs import hookimpl
from assistant.types import Delta
import assistant.host
from assistant.testing import FakeAnswerer, FakePlugin

def slow(request):
    yield Delta("began")
    while not request.cancel.wait(0.01):
        yield Delta(".")

def hanging(request):
    yield Delta("began")
    threading.Event().wait()

def brief(request):
    yield Delta("began")
    time.sleep(0.7)
    yield Delta(" and ended")

class Routes:
    @hookimpl
    def register_routes(self, register):
        def mount(app, assistant):
            from fastapi import Request
            from fastapi.responses import JSONResponse
            from assistant.api.failures import body_of
            from assistant.errors import AssistantError
            import json

            @app.get("/stream/{answerer}")
            async def stream(answerer: str):
                async def told():
                    conversation = assistant.store.create_conversation("local")
                    yield conversation + "\\n"
                    try:
                        async for event in assistant.turn("?", conversation=conversation, answerer=answerer):
                            if isinstance(event, Delta):
                                yield event.text
                    except AssistantError as error:
                        yield "\\n" + json.dumps(body_of(error))
                return disconnect.ClosingStream(told())

            @app.get("/whole/{answerer}")
            async def whole(answerer: str, request: Request):
                async def work():
                    return [1 async for event in assistant.turn("?", answerer=answerer)]
                return len(await disconnect.until_disconnect(request, work()))

            @app.get("/forever")
            async def forever():
                async def beats():
                    import asyncio
                    while True:
                        yield "beat"
                        await asyncio.sleep(0.05)
                return disconnect.ClosingStream(beats(), media_type="text/event-stream")

            @app.get("/download")
            async def download():
                async def pieces():
                    import asyncio
                    for _ in range(25):
                        yield "x" * 10
                        await asyncio.sleep(0.1)
                return disconnect.ClosingStream(pieces(), headers={"content-length": "250"})

            @app.get("/blocked")
            def blocked():
                threading.Event().wait()

        register(mount)

discover = assistant.gathering.Gathering.collect
def collect(self):
    fakes = FakePlugin(FakeAnswerer("slow", slow), FakeAnswerer("hanging", hanging), FakeAnswerer("brief", brief))
    for name, plugin in (("fakes", fakes), ("routes", Routes())):
        self.add(name, plugin, assistant.host.PluginInfo(name, name))
    discover(self)
assistant.gathering.Gathering.collect = collect
assistant.discovery.entry_points = lambda **_: ()
main()
"""
"""`assistant serve` with answerers that take their time, and routes that show what becomes of their turns."""


class Server:
    """The process, once it is ready."""

    def __init__(self, directory: Path, *flags: str, **settings: str) -> None:
        program = directory / "program.py"
        program.write_text(PROGRAM)
        variables = {f"ASSISTANT_{name.upper()}": value for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, str(program), "--data-dir", str(directory / "data"), "serve", "--port", "0", *flags],
            env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "is ready on http://127.0.0.1:" in line, self.process.communicate()[1]
        self.port = int(line.split("127.0.0.1:")[1].split()[0])

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        return connection.getresponse()

    def figure(self, name: str) -> float:
        for line in self.get("/metrics").read().decode().splitlines():
            if line.startswith(name):
                return float(line.rpartition(" ")[2])
        return 0.0

    def end(self, sent: signal.Signals) -> tuple[int, str, float]:
        """Exit code, standard error, seconds it took."""
        began = time.monotonic()
        self.process.send_signal(sent)
        _, errors = self.process.communicate(timeout=40)
        return self.process.returncode, errors, time.monotonic() - began


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def started(**settings: str) -> Server:
        servers.append(Server(tmp_path, **settings))
        return servers[-1]

    yield started
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


def state_of(directory: Path, conversation: str) -> str:
    from assistant.store import Store

    store = Store(directory / "data")
    try:
        return str(store.load_conversation(conversation, "local").turns[-1].state)
    finally:
        store.close()


def until(reached: Callable[[], Any], seconds: float = 5.0) -> float:
    """Wait until it is so; seconds that it took."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ends_at_once_when_idle(start: Callable[..., Server], sent: signal.Signals) -> None:
    """With nothing but an open page and an idle connection it ends with 0 in a moment, without a traceback."""
    server = start()
    page, idle = server.get("/forever"), socket.create_connection(("127.0.0.1", server.port))
    assert page.read(4) == b"beat"
    code, errors, seconds = server.end(sent)
    assert (code, errors) == (0, "")
    assert seconds < 10
    page.read()  # ended in order: a chunked body that was cut would raise
    idle.close()


def test_running_turns_may_finish(start: Callable[..., Server], tmp_path: Path) -> None:
    """A turn that ends in time is answered to its end; meanwhile the server says that it drains and takes no more."""
    server = start()
    response = server.get("/stream/brief")
    conversation = response.readline().decode().strip()
    assert response.read(5) == b"began"
    waiting = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    waiting.connect()
    server.process.send_signal(signal.SIGTERM)
    until(lambda: server.get("/health/ready").status == 503)
    waiting.request("GET", "/stream/brief")
    refused = waiting.getresponse()
    assert (refused.status, refused.getheader("Retry-After")) == (503, "5")
    assert "shutting down" in json.loads(refused.read())["error"]["message"]
    assert response.read() == b" and ended"
    _, errors = server.process.communicate(timeout=20)
    assert (server.process.returncode, errors) == (0, "")
    assert state_of(tmp_path, conversation) == "done"


def test_downloads_may_finish(start: Callable[..., Server]) -> None:
    """What is being sent when the server is told to stop is sent to its end."""
    server = start()
    response = server.get("/download")
    assert response.read(1) == b"x"
    code, errors, _ = server.end(signal.SIGTERM)
    assert (code, errors) == (0, "")
    assert len(response.read()) == 249


def test_downloads_that_take_too_long_break_off(start: Callable[..., Server]) -> None:
    """Such a client is not told that this was all."""
    server = start(server__shutdown_seconds="0")
    response = server.get("/download")
    assert response.read(1) == b"x"
    code, errors, _ = server.end(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in errors
    with pytest.raises(http.client.IncompleteRead):
        response.read()


def test_a_turn_that_takes_too_long_is_stopped(start: Callable[..., Server], tmp_path: Path) -> None:
    """Its stream ends with an error event, what there is of it is stored as stopped, and the process ends with 0."""
    server = start(server__shutdown_seconds="0.5")
    response = server.get("/stream/slow")
    conversation = response.readline().decode().strip()
    assert response.read(5) == b"began"
    code, errors, seconds = server.end(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in errors
    assert seconds < 10
    last = json.loads(response.read().decode().splitlines()[-1])
    assert "shutting down" in last["error"]["message"]
    assert state_of(tmp_path, conversation) == "stopped"


@pytest.mark.parametrize(
    ("path", "figure", "least"),
    [("/stream/hanging", "sensorium_turns_running", 1), ("/blocked", "sensorium_http_requests_running", 2)],
)
def test_ends_though_native_code_hangs(start: Callable[..., Server], path: str, figure: str, least: int) -> None:
    """An answerer, or a route's thread, that never comes back does not keep the process alive."""
    server = start(server__shutdown_seconds="0")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path)
    until(lambda: server.figure(figure) >= least)
    code, errors, seconds = server.end(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in errors
    assert seconds < 20


def test_second_interrupt_ends_at_once(start: Callable[..., Server]) -> None:
    """Who presses Ctrl+C again waits no longer."""
    server = start()
    response = server.get("/stream/slow")
    response.readline()
    server.process.send_signal(signal.SIGINT)
    until(lambda: server.get("/health/ready").status == 503)
    code, errors, seconds = server.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in errors
    assert seconds < 5


@pytest.mark.parametrize("path", ["/stream/slow", "/whole/slow"])
def test_work_stops_when_the_client_leaves(start: Callable[..., Server], path: str) -> None:
    """At once, for a response in pieces and for one that has not begun."""
    server = start()
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    until(lambda: server.figure("sensorium_turns_running") == 1)
    client.close()
    assert until(lambda: server.figure("sensorium_turns_running") == 0) < 2


def test_a_bad_data_directory_is_one_line(tmp_path: Path) -> None:
    """What is wrong with the data directory is told in one line, before anything listens."""
    (tmp_path / "data").write_text("a file")
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "--data-dir", str(tmp_path / "data"), "serve", "--port", "0"],
        env={**os.environ, "ASSISTANT_DISABLED": '["ui"]'},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "ready" not in done.stdout
    errors = [line for line in done.stderr.splitlines() if not line.startswith("note:")]
    assert len(errors) == 1
    assert errors[0].startswith("error: ")
