"""What every request gets: an id, figures with bounded labels, an error that names it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from assistant.api import create_app
from assistant.app import Assistant
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta

SECRET = "swordfish"


async def said(request: Any) -> PlainTextResponse:
    return PlainTextResponse("said")


class Routes:
    """Routes as plugins may add them."""

    @hookimpl
    def register_routes(self, register: Any) -> None:
        def mount(app: FastAPI, assistant: Assistant) -> None:
            @app.get("/things/{name}/parts/{part:path}")
            async def thing(name: str, part: str) -> str:
                return part

            @app.post("/broken")
            async def broken(body: dict[str, str]) -> None:
                raise RuntimeError(f"a defect that tells {len(body)}")

            app.router.routes.append(Mount("/inner", Router([Route("/{word}", said)])))

        register(mount)


def ask(request: Any) -> Iterator[Delta]:
    yield Delta("yes", tokens=(12, 3))


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path)
    fakes = FakePlugin(FakeAnswerer("fake", ask), FakePerceiver("noter"), FakePerceiver("breaker", crash))
    host = Host(settings, plugins={"fakes": fakes, "routes": Routes()}, discover=False)
    with Assistant(settings, host=host) as assistant:
        yield assistant


def crash(task: Any) -> list[Any]:
    raise ValueError("cannot")


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_app(assistant), base_url="http://127.0.0.1")


def figures(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


async def test_a_turn_is_counted(assistant: Assistant, client: TestClient) -> None:
    """Turns, perceivers' calls, the cache, gaps and tokens are counted by names of plugins."""
    for _ in range(2):
        async for _ in assistant.turn("Is it?"):
            pass
    found = figures(client)
    assert found['sensorium_turns_total{answerer="fake",state="done"}'] == 2
    assert found['sensorium_turn_seconds_count{answerer="fake"}'] == 2
    assert found['sensorium_first_words_seconds_count{answerer="fake"}'] == 2
    assert found['sensorium_perceiver_calls_total{outcome="done",perceiver="noter"}'] == 1
    assert found['sensorium_perceiver_calls_total{outcome="cached",perceiver="noter"}'] == 1
    assert found['sensorium_perceiver_calls_total{outcome="failed",perceiver="breaker"}'] == 2
    assert found['sensorium_cache_hits_total{perceiver="noter"}'] == 1
    assert found['sensorium_cache_misses_total{perceiver="noter"}'] == 1
    assert found['sensorium_gaps_total{cause="crashed"}'] == 2
    assert found['sensorium_tokens_total{answerer="fake",direction="read"}'] == 24
    assert found['sensorium_tokens_total{answerer="fake",direction="written"}'] == 6
    assert found["sensorium_turns_running"] == 0
    assert found["sensorium_media_bytes"] == 0
    assert found["process_resident_memory_bytes"] > 0


async def test_a_turn_that_is_left_counts_as_stopped(assistant: Assistant, client: TestClient) -> None:
    """Running turns are shown as running; one whose asker leaves is stopped, one without a question refused."""
    turn = assistant.turn("Is it?")
    await anext(turn)
    assert figures(client)["sensorium_turns_running"] == 1
    await turn.aclose()
    with pytest.raises(Exception, match="neither a question"):
        await anext(assistant.turn(""))
    found = figures(client)
    assert found['sensorium_turns_total{answerer="none",state="stopped"}'] == 1
    assert found['sensorium_turns_total{answerer="none",state="refused"}'] == 1
    assert found["sensorium_turns_running"] == 0


def test_routes_are_counted_by_template(client: TestClient) -> None:
    """However many different paths clients ask for, there is one label for each route, and one for no route."""
    for number in range(3):
        client.get(f"/things/{number}/parts/a/{number}?key={SECRET}")
        client.get(f"/inner/{number}")
        client.get(f"/no/{number}")
        client.request(f"ODD{number}", "/")
    text = client.get("/metrics").text
    found = figures(client)
    assert found['sensorium_http_requests_total{method="GET",route="/things/{name}/parts/{part}",status="200"}'] == 3
    assert found['sensorium_http_seconds_count{method="GET",route="/things/{name}/parts/{part}"}'] == 3
    assert found['sensorium_http_requests_total{method="GET",route="none",status="404"}'] == 3
    assert len([line for line in text.splitlines() if "sensorium_http_requests_total" in line and "OTHER" in line]) == 1
    assert len([line for line in text.splitlines() if "sensorium_http_requests_total" in line and "inner" in line]) <= 1
    assert SECRET not in text


def test_apps_count_for_themselves(assistant: Assistant, client: TestClient) -> None:
    """Two applications in one process have figures of their own."""
    other = TestClient(create_app(assistant), base_url="http://127.0.0.1")
    client.get("/things/1/parts/2")
    assert not any("/things" in name for name in figures(other))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("a-good.id_1", True), ("x" * 128, True), ("x" * 129, False), ("two words", False), ('"quoted"', False)],
)
def test_request_ids(client: TestClient, sent: str, kept: bool) -> None:
    """A sane id of the client is used and given back; any other is replaced."""
    given = client.get("/health/live", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert (given == sent) is kept
    assert 8 <= len(given) <= 128


def test_a_defect_names_the_request(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The client of an unexpected error is told an id under which the log has the traceback, and nothing else."""
    caplog.set_level(logging.INFO)
    response = client.post("/broken", json={"word": SECRET}, headers={"X-Request-ID": "find-me"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] == "find-me"
    error = response.json()["error"]
    assert "find-me" in error["message"]
    assert "defect" not in error["message"]
    failed = [record for record in caplog.records if record.exc_info]
    assert len(failed) == 1
    assert SECRET not in caplog.text
    assert figures(client)['sensorium_http_requests_total{method="POST",route="/broken",status="500"}'] == 1


def test_metrics_need_their_scope(assistant: Assistant) -> None:
    """Who may not see figures about the server gets none, and of its health yes or no only."""
    from assistant.api.gate import Gate
    from assistant.api.identity import Caller

    class Stranger:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope["state"]["caller"] = Caller("user:eve", "eve", "user", frozenset({"ask"}))
            await self.app(scope, receive, send)

    app = create_app(assistant)
    place = next(number for number, each in enumerate(app.user_middleware) if each.cls is Gate)
    from starlette.middleware import Middleware

    app.user_middleware.insert(place + 1, Middleware(Stranger))  # as the gate would name her
    client = TestClient(app, base_url="http://127.0.0.1")
    assert client.get("/metrics").status_code == 403
    assert client.get("/health/ready").json() == {"status": "ok"}
    assert client.get("/health/live").json() == {"status": "ok"}


def test_metrics_are_documented(client: TestClient) -> None:
    """docs/operating.md lists every metric, and none that is not there."""
    text = (Path(__file__).parents[1] / "docs" / "operating.md").read_text()
    documented = set(re.findall(r"`(sensorium_[a-z_]+)`", text))
    families = {line.split()[2] for line in client.get("/metrics").text.splitlines() if line.startswith("# TYPE")}
    made = {name for name in families if name.startswith("sensorium_") and not name.endswith("_created")}
    assert made == documented
    assert families - made <= {name for name in families if name.startswith("process_") or name.endswith("_created")}
