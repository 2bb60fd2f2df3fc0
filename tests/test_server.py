"""The HTTP application: health, hosts it answers to, and the refusal to be open to a network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.api import create_app, run
from assistant.api.gate import is_loopback
from assistant.api.server import listen
from assistant.app import Assistant
from assistant.errors import SettingsError
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.settings import ServerSettings, Settings
from assistant.testing import FakeAnswerer, FakePlugin


class Routes:
    """A plugin that adds a route."""

    @hookimpl
    def register_routes(self, register: Any) -> None:
        def mount(app: FastAPI, assistant: Assistant) -> None:
            @app.get("/hello")
            async def hello() -> dict[str, int]:
                return {"answerers": len(assistant.host.answerers())}

        register(mount)


def assistant_with(tmp_path: Path, *plugins: object, **server: Any) -> Assistant:
    settings = Settings(data_dir=tmp_path, server=ServerSettings(**server))
    named = {f"plugin{number}": plugin for number, plugin in enumerate(plugins)}
    return Assistant(settings, host=Host(settings, plugins=named, discover=False))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with assistant_with(tmp_path, FakePlugin(FakeAnswerer()), Routes()) as assistant:
        yield TestClient(create_app(assistant), base_url="http://127.0.0.1")


def test_health(client: TestClient) -> None:
    """Live as soon as it answers; ready when an answerer is."""
    assert client.get("/health/live").json()["status"] == "ok"
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert [each["name"] for each in ready.json()["answerers"]] == ["fake_answerer"]


def test_not_ready_without_answerer(tmp_path: Path) -> None:
    """Without an answerer it is alive but not ready, and the root says what to install."""
    with assistant_with(tmp_path) as assistant:
        client = TestClient(create_app(assistant), base_url="http://127.0.0.1")
        assert client.get("/health/ready").status_code == 503
        missing = client.get("/")
        assert missing.status_code == 404
        assert "sensorium-ui" in missing.json()["detail"]


def test_plugins_add_routes(client: TestClient) -> None:
    """A route of a plugin is served and reaches the assistant."""
    assert client.get("/hello").json() == {"answerers": 1}


def test_other_host_names_are_refused(client: TestClient) -> None:
    """A page that resolves its own name to this machine gets nothing from a local server."""
    assert client.get("/hello", headers={"host": "evil.example"}).status_code == 400


def test_refuses_a_network_without_users(tmp_path: Path) -> None:
    """Anything but loopback needs users."""
    with (
        assistant_with(tmp_path, host="0.0.0.0") as assistant,
        pytest.raises(SettingsError, match="assistant keys create"),
    ):
        run(assistant)


def test_port_in_use_is_said(tmp_path: Path) -> None:
    """A port that is taken is an error with a way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with assistant_with(tmp_path, port=port) as assistant, pytest.raises(SettingsError, match="--port"):
            run(assistant)


def test_answers_are_sent_at_once() -> None:
    """Connections do not hold small pieces back until the client has acknowledged the one before."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False), ("a.b", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    """Names that are not known to be loopback count as open."""
    assert is_loopback(host) is loopback
