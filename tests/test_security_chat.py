"""What one user of the chat cannot have of another's, through Gradio's routes and ours; over the real application."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import assistant_ui
from assistant.api import create_app
from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import ServerSettings, Settings
from assistant.testing import FakeAnswerer, FakePlugin
from assistant_ui.access import Uploads

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.passwords.COST", (10, 8, 1))


@asynccontextmanager
async def chat(tmp_path: Path, *names: str, **server: Any) -> AsyncIterator[list[httpx.AsyncClient]]:
    """One client for each user, logged in; without names one that nobody asks who it is."""
    settings = Settings(data_dir=tmp_path, server=ServerSettings(**server))
    plugins = {"fakes": FakePlugin(FakeAnswerer()), "ui": assistant_ui}
    with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:
        for name in names:
            assistant.accounts.add_user(name, PASSWORD)
        app = create_app(assistant)
        async with app.router.lifespan_context(app):
            clients = []
            for name in names or ("",):
                transport = httpx.ASGITransport(app, client=("127.0.0.1", 1234))
                clients.append(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860", timeout=30))
                if name:
                    done = await clients[-1].post("/login", data={"name": name, "password": PASSWORD})
                    assert done.status_code == 303
                else:
                    assert (await clients[-1].get("/")).status_code == 200
            yield clients
            for each in clients:
                await each.aclose()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "PNG")
    return buffer.getvalue()


async def uploaded(client: httpx.AsyncClient, *names: str) -> list[str]:
    files = [("files", (name, picture(), "image/png")) for name in names]
    answer = await client.post("/gradio_api/upload", files=files)
    assert answer.status_code == 200
    paths: list[str] = answer.json()
    return paths


async def events(client: httpx.AsyncClient, session: str) -> list[dict[str, Any]]:
    """What the page of a session is told until its events are done."""
    told = []
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        assert stream.status_code == 200
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
                if told[-1]["msg"] == "close_stream":
                    break
    return told


async def join(client: httpx.AsyncClient, session: str, chosen: Callable[[Any], bool], data: list[Any]) -> Any:
    """Send one event as the page does, and give the message that it is done."""
    config = (await client.get("/config")).json()
    number = next(each["id"] for each in config["dependencies"] if chosen(each))
    body = {"data": data, "fn_index": number, "session_hash": session, "event_data": {"value": ""}}
    assert (await client.post("/gradio_api/queue/join", json=body)).status_code == 200
    told = await events(client, session)
    return {**next(each for each in told if each["msg"] == "process_completed"), "all": json.dumps(told)}


def loads(dependency: Any) -> bool:
    return any(name == "load" for _, name in dependency["targets"])


def submits(dependency: Any) -> bool:
    return any(name == "submit" for _, name in dependency["targets"])


def switches(dependency: Any) -> bool:
    return any(name == "language" for _, name in dependency["targets"])


def stops(dependency: Any) -> bool:
    return any(name == "stop" for _, name in dependency["targets"])


def sent(path: str) -> dict[str, Any]:
    return {"text": "What is it?", "files": [{"path": path, "meta": {"_type": "gradio.FileData"}}]}


async def test_an_upload_is_its_owners(tmp_path: Path) -> None:
    """Another user gets 404 for it, though Gradio's name for it follows from its content; so does a changed path."""
    async with chat(tmp_path, "ada", "bob") as (ada, bob):
        (path,) = await uploaded(ada, "red.png")
        assert (await ada.get(f"/gradio_api/file={path}")).content == picture()
        assert (await bob.get(f"/gradio_api/file={path}")).status_code == 404
        for other in (f"{path}/%2e%2e/red.png", str(tmp_path / "sensorium.db"), "/etc/passwd", "http://127.0.0.1/"):
            assert (await ada.get(f"/gradio_api/file={other}")).status_code == 404
        assert await uploaded(bob, "red.png") == [path]
        assert (await bob.get(f"/gradio_api/file={path}")).status_code == 200


async def test_several_uploads_at_once_are_noted(tmp_path: Path) -> None:
    """Also when the answer is long enough to be compressed."""
    async with chat(tmp_path, "ada") as (ada,):
        for path in await uploaded(ada, *(f"{number}{'x' * 60}.png" for number in range(8))):
            assert (await ada.get(f"/gradio_api/file={path}")).status_code == 200


async def test_a_question_about_another_users_upload_is_refused(tmp_path: Path) -> None:
    """Naming its path in an event is of no use; asking about one's own works."""
    async with chat(tmp_path, "ada", "bob") as (ada, bob):
        (path,) = await uploaded(ada, "red.png")
        assert (await join(bob, "b" * 10, loads, [""]))["success"]
        assert not (await join(bob, "b" * 10, submits, [None, sent(path)]))["success"]
        assert (await join(ada, "a" * 10, loads, [""]))["success"]
        assert (await join(ada, "a" * 10, submits, [None, sent(path)]))["success"]


async def test_the_page_of_another_user_takes_no_events(tmp_path: Path) -> None:
    """Who knows the number of an open page can neither act in its place nor listen to it."""
    async with chat(tmp_path, "ada", "bob") as (ada, bob):
        assert (await join(ada, "a" * 10, loads, [""]))["success"]
        for path in (f"/gradio_api/heartbeat/{'a' * 10}", f"/gradio_api/queue/data?session_hash={'a' * 10}"):
            assert (await bob.get(path)).status_code == 404
        config = (await bob.get("/config")).json()
        number = next(each["id"] for each in config["dependencies"] if switches(each))
        body = {"data": [None], "fn_index": number, "session_hash": "a" * 10, "event_data": {"value": ""}}
        assert (await bob.post("/gradio_api/queue/join", json=body)).status_code == 200
        told = await events(ada, "a" * 10)
        assert not next(each for each in told if each["msg"] == "process_completed")["success"]


async def test_conversations_of_another_user_are_not_there(tmp_path: Path) -> None:
    """Not by their address, not in the list, not their pictures."""
    async with chat(tmp_path, "ada", "bob") as (ada, bob):
        (path,) = await uploaded(ada, "red.png")
        await join(ada, "a" * 10, loads, [""])
        told = await join(ada, "a" * 10, submits, [None, sent(path)])

        digest = told["all"].partition("chat/picture/")[2][:64]
        assert (await ada.get(f"/chat/picture/{digest}")).status_code == 200
        assert (await bob.get(f"/chat/picture/{digest}")).status_code == 404
        listed = (await ada.get("/api/v1/conversations")).json()
        (conversation,) = listed["conversations"] if "conversations" in listed else listed["data"]
        arrived = await join(bob, "b" * 10, loads, [conversation["id"]])
        assert "What is it?" in (await join(ada, "c" * 10, loads, [conversation["id"]]))["all"]
        assert "What is it?" not in arrived["all"]
        assert (await bob.get(f"/api/v1/conversations/{conversation['id']}")).status_code == 404


async def test_doors_of_gradio_that_the_chat_does_not_need_are_shut(tmp_path: Path) -> None:
    """Fetching addresses, other files, monitoring, its own login, code editing."""
    async with chat(tmp_path) as (made,):
        for path in (
            "/gradio_api/proxy=http://127.0.0.1:1/",
            "/gradio_api/file=http://127.0.0.1:1/",
            "/gradio_api/file/etc/passwd",
            "/gradio_api/runs",
            "/gradio_api/vibe-code",
            "/gradio_api/deep_link",
            "/gradio_api/token",
            "/gradio_api/stream/x/y/1/playlist.m3u8",
            "/monitoring",
            "/monitoring/summary",
            "/custom_component/x/y/z/w",
            "/pwa_icon/192",
        ):
            assert (await made.get(path)).status_code == 404, path
        for path in ("run/x", "api/x", "component_server", "process_recording", "vibe-edit", "stream/x"):
            assert (await made.post(f"/gradio_api/{path}", json={})).status_code == 404, path
        for path in ("/config", "/gradio_api/info", "/gradio_api/startup-events", "/theme.css", "/favicon.ico"):
            assert (await made.get(path)).status_code == 200, path


async def test_no_answer_of_the_page_names_a_path(tmp_path: Path) -> None:
    """Neither the page, nor its description, nor an error of an event; uploads alone are called by theirs."""
    async with chat(tmp_path) as (made,):
        for path in ("/", "/config", "/gradio_api/info"):
            assert str(tmp_path) not in (await made.get(path)).text
        await join(made, "a" * 10, loads, [""])
        failed = await join(made, "a" * 10, submits, [None, sent(str(tmp_path / "sensorium.db"))])
        assert not failed["success"]
        assert str(tmp_path) not in json.dumps(failed)


async def test_uploads_that_wait_are_bounded(tmp_path: Path) -> None:
    """An owner who has too much waiting is told 413 before more is read."""
    async with chat(tmp_path, storage_bytes=100) as (made,):
        await uploaded(made, "red.png")
        refused = await made.post("/gradio_api/upload", files=[("files", ("b.png", picture(), "image/png"))])
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "storage_full")


def test_uploads_are_forgotten(tmp_path: Path) -> None:
    """After the time that Gradio keeps them."""
    now = [0.0]
    uploads = Uploads(clock=lambda: now[0])
    uploads.add("user:ada", "a")
    assert uploads.owns("user:ada", "a")
    now[0] += 3 * 3600
    assert not uploads.owns("user:ada", "a")


async def test_events_that_do_not_queue_are_checked_too(tmp_path: Path) -> None:
    """Stopping another user's turn needs to be that user."""
    async with chat(tmp_path, "ada", "bob") as (ada, bob):
        await join(ada, "a" * 10, loads, [""])
        config = (await ada.get("/config")).json()
        number = next(each["id"] for each in config["dependencies"] if stops(each))
        body = {"data": [None], "fn_index": number, "session_hash": "a" * 10}
        assert (await ada.post("/gradio_api/run/predict", json=body)).status_code == 200
        assert (await bob.post("/gradio_api/run/predict", json=body)).status_code == 500
