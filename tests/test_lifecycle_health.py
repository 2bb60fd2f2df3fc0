"""Health: what makes the server not ready, and that asking never waits for what hangs."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.api import health
from assistant.api.health import Health, readiness
from assistant.app import Assistant
from assistant.errors import Unavailable
from assistant.host import Host
from assistant.settings import Settings
from assistant.store.database import Database
from assistant.testing import FakeAnswerer, FakePlugin


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path)
    host = Host(settings, plugins={"fakes": FakePlugin(FakeAnswerer())}, discover=False)
    with Assistant(settings, host=host) as assistant:
        yield assistant


def test_ready(assistant: Assistant) -> None:
    """With an answerer, a database and room on the disk."""
    found = readiness(assistant)
    assert found.ready
    assert [each["name"] for each in found.details["answerers"]] == ["fake_answerer"]


def test_database_gone_and_back(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready while the database cannot be reached; ready again when it is back."""

    @contextmanager
    def gone(self: Database) -> Iterator[Any]:
        raise Unavailable("The database cannot be reached just now.")
        yield

    assert readiness(assistant).ready
    with monkeypatch.context() as patched:
        patched.setattr(Database, "reading", gone)
        assert readiness(assistant).reasons == ("The database cannot be reached just now.",)
    assert readiness(assistant).ready


def test_disk_full(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready when hardly any room is left for what is sent."""
    usage = shutil.disk_usage(assistant.settings.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda directory: usage._replace(free=10_000_000))
    (reason,) = readiness(assistant).reasons
    assert reason.startswith("Only 10 MB are left")


def test_data_directory_gone(assistant: Assistant) -> None:
    """Not ready when the data directory is taken away under the server."""
    assert readiness(assistant).ready
    directory = assistant.settings.data_dir
    moved = directory.with_name("moved")
    directory.rename(moved)
    try:
        assert any(str(directory) in reason for reason in readiness(assistant).reasons)
    finally:
        moved.rename(directory)


async def test_asking_does_not_wait(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a check hangs the last result is given at once; when it is too old, that is the reason not to be ready."""
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(health, "WAIT_SECONDS", 0.01)
    checks = Health(assistant)
    assert (await checks.ready()).ready
    released = threading.Event()
    monkeypatch.setattr(health, "readiness", lambda assistant: released.wait() and readiness(assistant))
    try:
        began = time.monotonic()
        assert (await checks.ready()).ready
        assert time.monotonic() - began < health.OLD_SECONDS
        monkeypatch.setattr(health, "OLD_SECONDS", 0.05)
        while (found := await checks.ready()).ready:
            pass
        assert "have not ended" in found.reasons[0]
    finally:
        released.set()
        checks.close()


async def test_many_askers_make_one_check(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask at once, the database is asked once."""
    made: list[int] = []
    monkeypatch.setattr(health, "readiness", lambda assistant: made.append(1) or readiness(assistant))
    checks = Health(assistant)
    found = await asyncio.gather(*(checks.ready() for _ in range(50)))
    assert all(each.ready for each in found)
    assert made == [1]
    checks.close()


async def test_draining_is_not_ready(assistant: Assistant) -> None:
    """Once told to stop the server asks for no more requests."""
    checks = Health(assistant, lambda: True)
    assert (await checks.ready()).reasons == ("The server is shutting down.",)


async def test_a_failing_check_is_a_reason(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in a check makes the server not ready, rather than the check hang."""

    def broken(assistant: Assistant) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(health, "readiness", broken)
    checks = Health(assistant)
    assert (await checks.ready()).reasons == ("The checks failed (ValueError).",)
    checks.close()
