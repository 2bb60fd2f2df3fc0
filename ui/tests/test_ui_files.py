"""Pictures and recordings are served to whoever owns them, and to nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from assistant.api import failures
from assistant.api.identity import SCOPES, Caller
from assistant.api.limits import Turns
from assistant.app import Assistant
from assistant.errors import NotFound, UnreadableMedia
from assistant.host import Host
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin
from assistant.types import AUDIO, IMAGE, Part
from assistant_ui.chat import Chat
from assistant_ui.files import Gallery, add_routes

PHOTO = Part(IMAGE, "p1", "garden.jpg", "image/jpeg", b"")
BROKEN = Part(IMAGE, "p2", "broken.jpg", "image/jpeg", b"")
VOICE = Part(AUDIO, "a1", "voice.wav", "audio/wav", b"0123456789")


class FakeAssistant:
    """Decodes one picture and stores nothing."""

    class store:
        @staticmethod
        def part(digest: str, owner: str) -> Part:
            raise NotFound("There is no such file.")

    class media:
        @staticmethod
        def image(part: Part) -> Any:
            if part is BROKEN:
                raise UnreadableMedia("broken.jpg is cut off.")
            return SimpleNamespace(rgb=np.zeros((1000, 2000, 3), np.uint8))


class Callers:
    """Stands in for the gate: whoever the header says."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"x-caller", b"").decode()
            scopes = SCOPES if name != "mute" else frozenset({"ask"})
            known = Caller(f"user:{name}", name, "user", scopes) if name else None
            scope.setdefault("state", {})["caller"] = known
        await self._app(scope, receive, send)


def served() -> tuple[TestClient, Gallery]:
    app, gallery = FastAPI(), Gallery(FakeAssistant())
    failures.install(app)
    add_routes(app, gallery)
    app.add_middleware(Callers)
    return TestClient(app, headers={"x-caller": "ada"}), gallery


def test_only_the_owner_sees_a_picture() -> None:
    """It is decoded, made small and sent with headers that keep it inert; others learn nothing."""
    client, gallery = served()
    gallery.show("user:ada", PHOTO)
    answer = client.get("/chat/picture/p1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (1280, 640)
    assert Image.open(io.BytesIO(client.get("/chat/picture/p1?side=100").content)).size == (100, 50)
    assert client.get("/chat/picture/p1", headers={"x-caller": ""}).status_code == 401
    assert client.get("/chat/picture/p1", headers={"x-caller": "mute"}).status_code == 403
    assert client.get("/chat/picture/p1", headers={"x-caller": "bob"}).status_code == 404


def test_an_undecodable_picture_is_an_error_with_a_reason() -> None:
    """Not a crash."""
    client, gallery = served()
    gallery.show("user:ada", BROKEN)
    answer = client.get("/chat/picture/p2")
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, "broken.jpg is cut off.")


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("", 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=7-99", 206, b"789"),
        ("bytes=10-", 416, b""),
    ],
)
def test_recordings_can_be_sought_in(wanted: str, status: int, content: bytes) -> None:
    """Players ask for ranges."""
    client, gallery = served()
    gallery.show("user:ada", VOICE)
    answer = client.get("/chat/recording/a1", headers={"range": wanted} if wanted else {})
    assert (answer.status_code, answer.content) == (status, content)


def test_a_recording_is_not_a_picture() -> None:
    """The routes serve their own modality only."""
    client, gallery = served()
    gallery.show("user:ada", VOICE)
    assert client.get("/chat/picture/a1").status_code == 404


def test_examples_are_there_and_nothing_else() -> None:
    """Their names are fixed: no path gets out."""
    client, _ = served()
    assert client.get("/chat/example/sign").headers["content-type"] == "image/jpeg"
    assert client.get("/chat/example/..%2Ffiles").status_code == 404


async def test_pictures_of_a_deleted_conversation_are_gone(tmp_path: Path) -> None:
    """What a turn looked at is shown while it runs and afterwards, frames included; wherever its conversation is
    deleted, nothing of it is found any more, also where its preview had been made.
    """

    def take_out(task: Task) -> Iterator[Part]:
        yield task.media.image_part(np.full((8, 8, 3), 90, np.uint8), "frame at 0 s", parent=task.part)

    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(photo, "PNG")
    settings = Settings(data_dir=tmp_path / "data")
    plugin = FakePlugin(FakePerceiver("frames", take_out, consumes=("text",), produces=("image",)))
    host = Host(settings, plugins={"frames": plugin}, discover=False)
    with Assistant(settings, host=host) as assistant:
        gallery = Gallery(assistant)
        chat = Chat(assistant, gallery, Turns(at_once=1, each=1, waiting=1, seconds=1.0))
        session, _ = chat.arrive(None, SimpleNamespace(cookies={}, headers={}, session_hash="s"))
        (tmp_path / "photo.png").write_bytes(photo.getvalue())
        running = 0
        async with aclosing(chat.send(session, "what?", [str(tmp_path / "photo.png")])) as pages:
            async for page in pages:
                parts = [part for part in session.turns[-1].parts.values() if part.modality == IMAGE]
                running += sum(
                    gallery.find(session.owner, part.digest) is not None for part in parts if page.asking is None
                )
        assert running
        assert len(parts) == 2
        for part in parts:
            assert gallery.preview(gallery.find(session.owner, part.digest), 64)
        assert session.conversation is not None
        assistant.delete_conversation(session.conversation, session.owner)  # as the API does, which knows no gallery
        for part in parts:
            with pytest.raises(NotFound):
                gallery.find(session.owner, part.digest)
