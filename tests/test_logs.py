"""Log lines: their form, the request they belong to, and what must not be in them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant import logs
from assistant.api import create_app
from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Observation

logger = logging.getLogger("assistant.test")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged goes there; afterwards to where it went before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)
    stream = io.StringIO()
    try:
        yield stream
    finally:
        for handler in list(root.handlers):
            root.removeHandler(handler)
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)
        logging.captureWarnings(False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines(written: io.StringIO) -> None:
    """Each line is one object, with a traceback where there is one, whatever the message holds."""
    logs.configure("json", "info", written)
    logger.info("a file called %s", 'two\nlines "quoted"')
    try:
        raise ValueError("no")
    except ValueError:
        logger.exception("failed")
    plain, failed = lines(written)
    assert plain["message"] == 'a file called two\nlines "quoted"'
    assert (plain["level"], plain["logger"]) == ("info", "assistant.test")
    assert plain["time"].endswith("Z")
    assert "request" not in plain
    assert failed["exception"].startswith("Traceback")
    assert "ValueError: no" in failed["exception"]


def test_text_lines_cannot_be_forged(written: io.StringIO) -> None:
    """A message cannot begin a line of its own, nor steer a terminal."""
    logs.configure("text", "info", written)
    logger.info("a file called %s", "x\nERROR assistant: forged\x1b[2J")
    assert written.getvalue() == "INFO assistant.test: a file called x\\nERROR assistant: forged\\x1b[2J\n"


def test_libraries_tell_warnings_only(written: io.StringIO) -> None:
    """Below warnings libraries tell headers and bodies of requests; these are never logged."""
    logs.configure("json", "debug", written)
    logging.getLogger("httpcore.http11").debug("headers: Authorization")
    logging.getLogger("openai._base_client").info("body")
    logging.getLogger("openai._base_client").warning("slow")
    logging.getLogger("assistant_vision.ocr").debug("ours")
    assert [line["message"] for line in lines(written)] == ["slow", "ours"]


def perceive(task: Any) -> list[Observation]:
    logger.info("in the perceiver's thread %s", threading.current_thread().name)
    return []


def test_every_line_of_a_request_names_it(tmp_path: Path, written: io.StringIO) -> None:
    """Also those from worker threads; the access line tells what came of it, and no line a query or a key."""
    settings = Settings(data_dir=tmp_path)
    fakes = FakePlugin(FakePerceiver("noter", perceive), FakeAnswerer())
    with Assistant(settings, host=Host(settings, plugins={"fakes": fakes}, discover=False)) as assistant:
        app = create_app(assistant)

        @app.get("/turn/{word}")
        async def turn(word: str) -> str:
            async for _ in assistant.turn(word):
                pass
            await asyncio.to_thread(logger.info, "in a thread")
            return "done"

        logs.configure("json", "info", written)
        client = TestClient(app, base_url="http://127.0.0.1")
        headers = {"X-Request-ID": "abc", "Authorization": "Bearer swordfish", "Cookie": "login=swordfish"}
        assert client.get("/turn/hello?key=swordfish", headers=headers).status_code == 200
    told = [line for line in lines(written) if line.get("request") == "abc"]
    assert any("in the perceiver's thread" in line["message"] for line in told)
    assert any(line["message"] == "in a thread" for line in told)
    access = told[-1]
    assert access["logger"] == "assistant.api.access"
    assert (access["method"], access["path"], access["route"]) == ("GET", "/turn/hello", "/turn/{word}")
    assert access["status"] == 200
    assert access["milliseconds"] > 0
    assert access["caller"] == "local"
    assert "swordfish" not in written.getvalue()
