"""The documented client and the documented tables are those of the API as it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_serving import PIXEL, assistant_with, serving
from fastapi import FastAPI

from assistant.api import create_app
from assistant.api.events import SCHEMAS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    with assistant_with(tmp_path) as assistant:
        yield create_app(assistant)


def test_the_example_client_works(app: FastAPI, tmp_path: Path) -> None:
    """It asks, prints what is perceived and why the answer is so; with a file and without."""
    picture = tmp_path / "pixel.png"
    picture.write_bytes(PIXEL)
    with serving(app) as url:
        for files in ([str(picture)], []):
            command = [sys.executable, str(ROOT / "examples" / "python_client.py"), "--url", url, "what is it?", *files]
            ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert ran.returncode == 0, ran.stderr
            assert "one two" in ran.stdout
            assert "because of note" in ran.stdout
            assert ("notes: note 'seen pixel.png' (100%)" in ran.stdout) == bool(files)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_work(app: FastAPI, tmp_path: Path) -> None:
    """Copied as they stand, they ask about a picture and then about the same conversation, as a stream."""
    (tmp_path / "photo.jpg").write_bytes(PIXEL)
    section = PAGE.partition("## Our own")[2]
    (commands,) = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)
    with serving(app) as url:
        script = commands.replace("http://127.0.0.1:7860", url)
        ran = subprocess.run(["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    reply, _ = json.JSONDecoder().raw_decode(ran.stdout)
    assert reply["answer"]["text"] == "one two "
    assert "event: done" in ran.stdout


def test_every_route_is_documented(app: FastAPI) -> None:
    """The table of docs/api.md has exactly the routes there are, and what each wants."""
    there = {
        f"{method.upper()} {path}"
        for path, operations in app.openapi()["paths"].items()
        if path.startswith("/api/v1/")
        for method in operations
    }
    assert set(re.findall(r"^\| `([A-Z]+ /api/v1/[^`]*)`", PAGE, re.MULTILINE)) == there


def test_every_event_is_documented() -> None:
    """The table of docs/api.md has exactly the events there are."""
    section = PAGE.partition("### Events")[2]
    assert re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE) == list(SCHEMAS)
