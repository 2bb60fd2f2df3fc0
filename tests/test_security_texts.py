"""What errors, gaps and the documentation of security say: nothing about the inside of the server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.api import create_app
from assistant.api.failures import body_of, outside
from assistant.app import Assistant
from assistant.errors import (
    AssistantError,
    NotFound,
    SettingsError,
    StorageFull,
    Unavailable,
    WeightsCorrupt,
)
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import IMAGE, Part

ROOT = Path(__file__).parents[1]
PLACE = "/var/lib/sensorium/models/tiny.onnx"


@pytest.mark.parametrize(
    "error",
    [
        AssistantError(f"{PLACE} cannot be written: read-only."),
        AssistantError("The database cannot be used (password of user x on db.internal)."),
        Unavailable("The database postgresql://db.internal cannot be reached."),
        StorageFull(f"There is no room for the database {PLACE}."),
        SettingsError(f"The settings file {PLACE} does not exist."),
        WeightsCorrupt(f"'{PLACE}' is not the file that was checked."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_say_nothing_about_the_inside(error: AssistantError) -> None:
    """Paths and the database stay in the log; a strange caller learns that it is not their fault."""
    said = str(body_of(error))
    for inside in ("/var", "tiny.onnx", "db.internal", "user x"):
        assert inside not in said
    assert len(outside(error)[0]) > 20


def test_errors_for_people_stay_as_they_are() -> None:
    """Those about what was sent, with the remedy."""
    assert outside(NotFound("There is no such file.", "Send it to /v1/files.")) == (
        "There is no such file.",
        "Send it to /v1/files.",
    )


async def test_a_plugin_that_breaks_does_not_tell_where_it_lives(tmp_path: Path) -> None:
    """Neither in gaps nor in the answer."""

    def broken(*_: Any) -> Any:
        raise FileNotFoundError(2, "No such file or directory", PLACE)

    settings = Settings(data_dir=tmp_path)
    plugin = FakePlugin(FakePerceiver("eyes", broken, consumes=("image",)), FakeAnswerer("voice", broken))
    with Assistant(settings, host=Host(settings, plugins={"broken": plugin}, discover=False)) as assistant:
        told = [str(event) async for event in assistant.turn("What?", [Part(IMAGE, "d", "a.png", "image/png", b"")])]
    assert any("eyes failed on a.png (FileNotFoundError)" in each for each in told)
    assert not any("/var/lib" in each for each in told)


async def test_a_defect_is_told_in_general(tmp_path: Path) -> None:
    """An exception that nobody expected: 500, and the log has the rest."""
    settings = Settings(data_dir=tmp_path)
    with Assistant(settings, host=Host(settings, plugins={}, discover=False)) as assistant:
        app = create_app(assistant)

        @app.get("/defect")
        async def defect() -> None:
            raise RuntimeError(PLACE)

        app.router.routes.insert(0, app.router.routes.pop())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/defect")
    assert answer.status_code == 500
    assert PLACE not in answer.text
    assert answer.json()["error"]["type"] == "server_error"


def test_every_named_test_exists() -> None:
    """docs/security.md names the test that shows each promise; each is there."""
    page = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"`((?:tests|ui|plugins)/[\w/.]+\.py)::(test_\w+)`", page)
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^\s*(?:async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []
    assert len(named) > 30


def test_every_threat_has_a_test() -> None:
    """Each section about what is defended against names at least one."""
    page = (ROOT / "docs" / "security.md").read_text()
    sections = re.split(r"^### ", page.partition("## Threats")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
    assert [section.splitlines()[0] for section in sections if "::test_" not in section] == []
    assert len(sections) >= 9
