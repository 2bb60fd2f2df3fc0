"""A disk or database that can only be read: said before anything is answered, and made up for when that has passed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sql
from api_serving import PIXEL, Script, assistant_with, serving

from assistant.api import create_app


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def client(tmp_path: Path, script: Script) -> Iterator[httpx.Client]:
    with (
        assistant_with(tmp_path, script) as assistant,
        serving(create_app(assistant)) as url,
        httpx.Client(base_url=url, timeout=30) as asking,
    ):
        yield asking


@pytest.fixture
def read_only() -> Iterator[Callable[[bool], None]]:
    """Switches whether SQLite may change anything."""
    state = {"on": False}

    def take(connection: Any, record: object, proxy: object) -> None:
        connection.execute(f"PRAGMA query_only={'ON' if state['on'] else 'OFF'}")

    sql.event.listen(sql.pool.Pool, "checkout", take)
    yield lambda on: state.update(on=on)
    sql.event.remove(sql.pool.Pool, "checkout", take)


def told(response: httpx.Response) -> tuple[int, str, bool]:
    """Status, code, and whether it says when to try again."""
    return response.status_code, response.json()["error"]["code"], "retry-after" in response.headers


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO])
def test_media_that_cannot_be_written(client: httpx.Client, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A question whose file cannot be stored is refused with 503, without a path, and not kept."""
    turns = f"/api/v1/conversations/{client.post('/api/v1/conversations').json()['id']}/turns"
    files = {"files": ("photo.png", PIXEL)}

    def refuse(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        refused = client.post(turns, files=files, data={"text": "?"})
    assert told(refused) == (503, "storage_read_only", True)
    assert "/" not in refused.json()["error"]["message"]
    assert client.get(turns.removesuffix("/turns")).json()["turns"] == []
    assert client.post(turns, files=files, data={"text": "?"}).status_code == 200


def test_a_database_that_is_read_only(client: httpx.Client, script: Script, read_only: Callable[[bool], None]) -> None:
    """New questions are refused, what streams is answered and stored afterwards, chat that stores nothing goes on."""
    one, two = (f"/api/v1/conversations/{client.post('/api/v1/conversations').json()['id']}" for _ in range(2))
    script.hold()
    with client.stream("POST", f"{one}/turns", json={"text": "?"}, headers={"Accept": "text/event-stream"}) as stream:
        assert script.written.wait(10)
        read_only(True)
        refused = client.post(f"{two}/turns", json={"text": "?"})
        script.go_on.set()
        assert "event: done" in stream.read().decode()
    messages = [{"role": "user", "content": "?"}]
    chat = client.post("/v1/chat/completions", json={"model": "sensorium", "messages": messages})
    read_only(False)
    assert told(refused) == (503, "storage_read_only", True)
    assert chat.status_code == 200
    assert client.post(f"{two}/turns", json={"text": "again"}).status_code == 200
    (stored,) = client.get(one).json()["turns"]
    assert (stored["state"], stored["answer"]["text"]) == ("done", "one two ")
    assert len(client.get(two).json()["turns"]) == 1
