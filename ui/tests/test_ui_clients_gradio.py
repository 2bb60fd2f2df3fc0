"""gradio_client, as it comes, against the real server with the chat page."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from skimage import data

import assistant_ui
from assistant.api import create_app
from assistant.app import Assistant
from assistant.host import Host
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta

PHOTO = str(Path(data.data_dir) / "coffee.png")


def answer(request: Request) -> Iterator[Delta]:
    """What was asked, then what is in the files."""
    yield Delta(f"{request.question.text}:")
    for seen in request.context.observations:
        yield Delta(f" {seen.text}", citations=(seen.id,))


@contextmanager
def served(directory: Path, **server: object) -> Iterator[tuple[str, Assistant]]:
    """The chat and the API on a free port of this machine."""
    settings = Settings(data_dir=directory, server=server)
    plugins = {
        "fakes": FakePlugin(
            FakePerceiver("notes", lambda task: [task.observe("note", task.part.name, 1.0)], consumes=("image",)),
            FakePerceiver("reader", lambda task: [], consumes=("text",)),
            FakeAnswerer("teller", answer),
        ),
        "ui": assistant_ui,
    }
    with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:
        app: FastAPI = create_app(assistant)
        listener = socket.create_server(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", assistant
        finally:
            running.should_exit = True
            thread.join(20)
            listener.close()


def test_question_about_a_photograph(tmp_path: Path) -> None:
    """The public endpoint takes a question and files, streams the answer, and tells what is wrong."""
    with served(tmp_path) as (address, assistant):
        client = Client(address, verbose=False, analytics_enabled=False)
        asked = client.submit("What is it?", [handle_file(PHOTO)], api_name="/ask")
        assert asked.result(60) == "What is it?: coffee.png"
        assert asked.outputs()[-1] == "What is it?: coffee.png"
        assert client.predict("Nothing", None, api_name="/ask") == "Nothing:"
        with pytest.raises(AppError, match="neither a question nor a file"):
            client.predict("", None, api_name="/ask")
        named = [name for name, _ in client.view_api(return_format="dict")["named_endpoints"].items()]
        assert named == ["/ask"]
        assert assistant.store.conversations("local") == ()
        client.close()


def test_caller_is_respected(tmp_path: Path) -> None:
    """Where keys are needed, one without does not get in, and nobody asks about a file that someone else uploaded."""
    with served(tmp_path, auth="required") as (address, assistant):
        ann, bob = (assistant.accounts.create_key(name)[1] for name in ("ann", "bob"))

        with pytest.raises(Exception, match=r"401|key|login"):
            Client(address, verbose=False, analytics_enabled=False)
        known = {"Authorization": f"Bearer {ann}"}
        client = Client(address, headers=known, verbose=False, analytics_enabled=False)
        assert client.predict("Hi", [handle_file(PHOTO)], api_name="/ask") == "Hi: coffee.png"
        client.close()
        uploaded = next((tmp_path / "uploads").rglob("coffee.png"))
        body = {"data": ["Hi", [{"path": str(uploaded), "meta": {"_type": "gradio.FileData"}}]]}
        told = {}
        for secret in (ann, bob):  # the library would upload the file once more
            with httpx.Client(base_url=f"{address}/gradio_api", headers={"Authorization": f"Bearer {secret}"}) as raw:
                event = raw.post("/call/ask", json=body).json()["event_id"]
                told[secret] = raw.get(f"/call/ask/{event}").text
        assert "coffee.png" in told[ann]
        assert "event: error" in told[bob]
        assert "coffee.png" not in told[bob]
