"""Pictures and recordings are served to the browser that owns them, and the cookie that says which one it is."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from assistant.errors import NotFound, UnreadableMedia
from assistant.types import AUDIO, IMAGE, Part
from assistant_ui.files import COOKIE, Gallery, OwnerCookie, Owners, add_routes

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


def event(cookies: dict[str, str], username: str | None = None) -> Any:
    return SimpleNamespace(cookies=cookies, username=username, session_hash="s")


def served(login: bool = False) -> tuple[TestClient, Gallery, Owners]:
    app, owners, gallery = FastAPI(), Owners(login), Gallery(FakeAssistant())
    app.add_middleware(OwnerCookie)
    add_routes(app, gallery, owners)

    @app.get("/")
    def root() -> str:
        return "page"

    return TestClient(app), gallery, owners


def test_the_first_page_brings_a_cookie_that_scripts_cannot_read() -> None:
    """Each browser gets a secret of its own, once."""
    client, _, _ = served()
    first = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert "set-cookie" not in client.get("/").headers
    assert TestClient(client.app).get("/").cookies[COOKIE] != client.cookies[COOKIE]


def test_a_cookie_that_is_not_ours_is_replaced() -> None:
    """A guessable value is not taken for a secret."""
    client, _, owners = served()
    assert "set-cookie" in client.get("/", headers={"cookie": f"{COOKIE}=me"}).headers
    assert owners.of_cookie("me") is None
    assert owners.of_event(event({COOKIE: "me"}))[1] is False


def test_only_the_owner_sees_a_picture() -> None:
    """It is decoded, made small and sent with headers that keep it inert; others learn nothing."""
    client, gallery, owners = served()
    client.get("/")
    owner, remembered = owners.of_event(event(dict(client.cookies)))
    assert remembered
    gallery.show(owner, PHOTO)
    answer = client.get("/chat/picture/p1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (1280, 640)
    assert Image.open(io.BytesIO(client.get("/chat/picture/p1?side=100").content)).size == (100, 50)
    stranger = TestClient(client.app)
    assert stranger.get("/chat/picture/p1").status_code == 401
    stranger.get("/")
    assert stranger.get("/chat/picture/p1").status_code == 404


def test_an_undecodable_picture_is_an_error_with_a_reason() -> None:
    """Not a crash."""
    client, gallery, owners = served()
    client.get("/")
    gallery.show(owners.of_event(event(dict(client.cookies)))[0], BROKEN)
    answer = client.get("/chat/picture/p2")
    assert (answer.status_code, answer.json()["detail"]) == (422, "broken.jpg is cut off.")


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
    client, gallery, owners = served()
    client.get("/")
    gallery.show(owners.of_event(event(dict(client.cookies)))[0], VOICE)
    answer = client.get("/chat/recording/a1", headers={"range": wanted} if wanted else {})
    assert (answer.status_code, answer.content) == (status, content)


def test_a_recording_is_not_a_picture() -> None:
    """The routes serve their own modality only."""
    client, gallery, owners = served()
    client.get("/")
    gallery.show(owners.of_event(event(dict(client.cookies)))[0], VOICE)
    assert client.get("/chat/picture/a1").status_code == 404


def test_with_a_login_the_name_owns_and_the_cookie_alone_opens_nothing() -> None:
    """Before the page was opened with a login, its pictures are closed; two browsers of one person share."""
    client, gallery, owners = served(login=True)
    client.get("/")
    gallery.show("user:ada", PHOTO)
    assert client.get("/chat/picture/p1").status_code == 401
    assert owners.of_event(event(dict(client.cookies), "ada")) == ("user:ada", True)
    assert client.get("/chat/picture/p1").status_code == 200


def test_examples_are_there_and_nothing_else() -> None:
    """Their names are fixed: no path gets out."""
    client, _, _ = served()
    assert client.get("/chat/example/sign").headers["content-type"] == "image/jpeg"
    assert client.get("/chat/example/..%2Ffiles").status_code == 404
