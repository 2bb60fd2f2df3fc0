"""What is refused under /v1: always in OpenAI's shape, naming what is wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_serving import PIXEL, Script, assistant_with, serving
from fastapi import FastAPI
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params

from assistant.api import create_app
from assistant.api.openai import responses_wire, wire
from assistant.errors import WeightsCorrupt

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
URL = "data:image/png;base64," + base64.b64encode(PIXEL).decode()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    limits = {"bytes": 2000, "files": 3, "question_characters": 50}
    with assistant_with(tmp_path_factory.mktemp("data"), limits=limits) as assistant:
        yield create_app(assistant)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as found:
        yield found


def error(response: httpx.Response, status: int) -> dict[str, Any]:
    """The error, once its shape and status are as they should be."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) >= {"message", "type", "param", "code", "remedy"}
    assert body["error"]["message"]
    found: dict[str, Any] = body["error"]
    return found


async def chat(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post(CHAT, json={"messages": [{"role": "user", "content": "hi"}], **fields})


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (wire.ChatRequest, completion_create_params.CompletionCreateParamsBase),
        (responses_wire.ResponseRequest, response_create_params.ResponseCreateParamsBase),
    ],
)
def test_every_parameter_of_the_library_is_known(model: type[wire.Wire], params: Any) -> None:
    """Whatever the installed library can send is either taken or refused by name."""
    known = set(model.model_fields) | set(model.unsupported)
    assert set(params.__annotations__) - known == set()


@pytest.mark.parametrize(("path", "model"), [(CHAT, wire.ChatRequest), (RESPONSES, responses_wire.ResponseRequest)])
async def test_unsupported_parameters(client: httpx.AsyncClient, path: str, model: type[wire.Wire]) -> None:
    """What cannot be honoured is refused by name; a value that asks for nothing, and null, are taken."""
    body = {CHAT: {"messages": [{"role": "user", "content": "hi"}]}, RESPONSES: {"input": "hi"}}[path]
    for name in model.unsupported:
        found = error(await client.post(path, json={**body, name: {"x": 1}}), 400)
        assert (found["code"], found["param"]) == ("unsupported_parameter", name)
        assert name in found["message"]
    nothing: dict[str, Any] = dict.fromkeys(model.unsupported)
    assert (await client.post(path, json={**body, **nothing})).status_code == 200
    for name, values in model.neutral.items():
        for value in values:
            assert (await client.post(path, json={**body, name: value})).status_code == 200


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"colour": 1}, "colour", "unknown_parameter"),
        ({"temperature": 2.5}, "temperature", "invalid_value"),
        ({"temperature": "hot"}, "temperature", "invalid_value"),
        ({"top_p": -0.1}, "top_p", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"seed": 2**63}, "seed", "invalid_value"),
        ({"stop": ["a"] * 5}, "stop", "invalid_value"),
        ({"stop": [""]}, "stop[0]", "invalid_value"),
        ({"service_tier": "flex"}, "service_tier", "invalid_value"),
        ({"model": "gpt-9"}, "model", "model_not_found"),
        ({"response_format": {"type": "xml"}}, "response_format", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0]", "invalid_value"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages", "invalid_value"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages[0].content[0]", "invalid_value"),
        ({"messages": [{"role": "user", "content": "x" * 51}]}, "messages[0].content", "context_length_exceeded"),
        ({"sensorium": {"colour": 1}}, "sensorium.colour", "unknown_parameter"),
    ],
)
async def test_wrong_values(client: httpx.AsyncClient, fields: dict[str, Any], param: str, code: str) -> None:
    """A wrong value is refused by its place in the request."""
    found = error(await chat(client, **fields), 404 if code == "model_not_found" else 400)
    assert (found["param"], found["code"]) == (param, code)


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("data:image/png;base64,####", 400, "invalid_base64"),
        ("data:image/png;base64,iVBORw0KGgo", 400, "invalid_base64"),
        ("data:image/png;base64,iVBO\nRw0KGgo=", 400, "invalid_base64"),
        ("data:image/png,abc", 400, "invalid_base64"),
        ("data:image/png;base64,ä", 400, "invalid_base64"),
        ("https://example.org/cat.png", 400, "unsupported_url"),
        ("file:///etc/passwd", 400, "invalid_url"),
        ("/etc/passwd", 400, "invalid_url"),
        ("data:image/png;base64,", 422, "unreadable_media"),
        ("data:image/png;base64,AAAAAAAA", 415, "unsupported_media"),
        ("data:image/png;base64," + base64.b64encode(PIXEL[:20]).decode(), 422, "unreadable_media"),
        ("data:image/png;base64," + "A" * 4000, 413, "file_too_large"),
    ],
)
async def test_files_that_cannot_be_taken(client: httpx.AsyncClient, url: str, status: int, code: str) -> None:
    """A file that cannot be read is an error that says where it stands and what to do, streamed or not."""
    content = [{"type": "text", "text": "hi"}, {"type": "image_url", "image_url": {"url": url}}]
    item = {"role": "user", "content": [{"type": "input_image", "image_url": url}]}
    for stream in (False, True):
        found = error(await chat(client, messages=[{"role": "user", "content": content}], stream=stream), status)
        assert (found["code"], found["param"]) == (code, "messages[0].content[1]")
        assert found["remedy"]
        found = error(await client.post(RESPONSES, json={"input": [item], "stream": stream}), status)
        assert (found["code"], found["param"]) == (code, "input[0].content[0]")


async def test_too_many_files(client: httpx.AsyncClient) -> None:
    """More files than a turn takes are refused, not left out."""
    content = [{"type": "image_url", "image_url": {"url": URL}}] * 4
    found = error(await chat(client, messages=[{"role": "user", "content": content}]), 400)
    assert (found["code"], found["param"]) == ("too_many_files", "messages[0].content[3]")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b"", "application/json", 400, "invalid_value"),
        (b"[]", "application/json", 400, "invalid_value"),
        (b'{"messages": "\xff"}', "application/json", 400, None),
        (b"[" * 100_000, "application/json", 400, None),
        (b'{"messages":' + b"[" * 900 + b"]" * 900 + b"}", "application/json", 400, "invalid_value"),
        (b"messages=hi", "application/x-www-form-urlencoded", 415, "unsupported_content_type"),
        (b'{"messages": []}', "text/plain", 415, "unsupported_content_type"),
    ],
)
@pytest.mark.parametrize("path", [CHAT, RESPONSES])
async def test_bodies_that_are_not_read(
    client: httpx.AsyncClient, path: str, body: bytes, content_type: str, status: int, code: str | None
) -> None:
    """Broken JSON, another encoding, deep nesting and forms end in an error of the one shape."""
    found = error(await client.post(path, content=body, headers={"content-type": content_type}), status)
    assert found["code"] == code


async def test_unknown_paths_and_methods(client: httpx.AsyncClient) -> None:
    """What is not there is 404; what is there for another method is 405 and says for which."""
    for path in ("/v1/engines", "/v1/chat", "/api/v1/nothing", "/v1/responses/resp_x"):
        error(await client.get(path), 404)
    wrong = await client.get(CHAT)
    assert "POST" in error(wrong, 405)["message"]
    assert wrong.headers["allow"] == "POST"


async def test_errors_are_documented(client: httpx.AsyncClient) -> None:
    """Each operation says which errors it may end in, all of the one shape; ids are unique and stable."""
    document = (await client.get("/openapi.json")).json()
    ids = []
    for path, operations in document["paths"].items():
        if not path.startswith(("/v1/models", "/v1/chat", "/v1/responses")):
            continue
        for operation in operations.values():
            ids.append(operation["operationId"])
            for status, response in operation["responses"].items():
                if not status.startswith("2"):
                    reference = response["content"]["application/json"]["schema"]["$ref"]
                    assert reference == "#/components/schemas/ErrorResponse"
    assert sorted(ids) == [
        "create_chat_completion",
        "create_response",
        "delete_response",
        "get_model",
        "get_response",
        "list_models",
    ]
    for name, path in (("ChatRequest", CHAT), ("ResponseRequest", RESPONSES)):
        request = document["components"]["schemas"][name]
        assert request["additionalProperties"] is False
        assert (await client.post(path, json=request["examples"][0])).status_code == 200


def body_of(path: str, **fields: Any) -> dict[str, Any]:
    return {**({"input": "hi"} if path == RESPONSES else {"messages": [{"role": "user", "content": "hi"}]}), **fields}


@pytest.mark.parametrize("path", [CHAT, RESPONSES])
@pytest.mark.parametrize("stream", [True, False])
def test_client_that_leaves_stops_the_work(tmp_path: Path, path: str, stream: bool) -> None:
    """When the client closes its connection, the answerer is told to stop within a second, and its place is free."""
    script = Script()
    script.hold()
    with assistant_with(tmp_path, script) as assistant:
        app = create_app(assistant)
        with serving(app) as address:
            with httpx.Client(base_url=address) as client:
                if stream:
                    with client.stream("POST", path, json=body_of(path, stream=True)) as response:
                        next(line for line in response.iter_lines() if "one " in line)
                else:
                    with pytest.raises(httpx.ReadTimeout):
                        client.post(path, json=body_of(path), timeout=0.5)
                left = time.monotonic()
            assert script.written.is_set()
            assert script.stopped.wait(5)
            assert time.monotonic() - left < 1
            with httpx.Client(base_url=address) as client:
                script.go_on.set()
                assert client.post(path, json=body_of(path)).status_code == 200
        assert app.state.turns.running == 0


async def test_places_are_limited(tmp_path: Path) -> None:
    """Who has as many turns as one may have is told when to try again."""
    script = Script()
    script.hold()
    with assistant_with(tmp_path, script, server={"turns_each": 1, "queue_seconds": 0.05}) as assistant:
        transport = httpx.ASGITransport(create_app(assistant))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            first = asyncio.create_task(client.post(CHAT, json=body_of(CHAT)))
            await asyncio.to_thread(script.written.wait, 10)
            for stream in (False, True):
                second = await client.post(CHAT, json=body_of(CHAT, stream=stream))
                assert error(second, 429)["type"] == "rate_limit_error"
                assert int(second.headers["retry-after"]) > 0
            script.go_on.set()
            assert (await first).status_code == 200
            assert (await client.post(CHAT, json=body_of(CHAT))).status_code == 200


async def test_failure_in_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect after the stream began is told as its last data, without details."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    with assistant_with(tmp_path) as assistant:
        monkeypatch.setattr("assistant.api.openai.turns.extension", breaks)
        transport = httpx.ASGITransport(create_app(assistant))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            response = await client.post(CHAT, json=body_of(CHAT, stream=True))
    last = json.loads(response.text.strip().rpartition("data: ")[2])
    assert last["error"]["type"] == "server_error"
    assert "secret" not in response.text


async def test_no_path_of_the_server_is_told(tmp_path: Path) -> None:
    """What a plugin says about its trouble leaves without where things lie, in gaps and in the answer."""
    script = Script()
    script.answer = _missing  # type: ignore[method-assign]
    with assistant_with(tmp_path, script) as assistant:
        transport = httpx.ASGITransport(create_app(assistant))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for path in (CHAT, RESPONSES):
                for fields in ({}, {"stream": True}):
                    response = await client.post(path, json=body_of(path, **fields))
                    assert "is damaged" in response.text
                    assert "/srv" not in response.text


def _missing(request: Any) -> Iterator[Any]:
    raise WeightsCorrupt("The file /srv/weights/tiny/model.bin is damaged.", "Delete '/srv/weights/tiny'.")


@pytest.mark.shared
@pytest.mark.parametrize("path", [CHAT, RESPONSES])
def test_hostile_files(tmp_path: Path, path: str) -> None:
    """Every hostile file ends in an answer or in a 4xx with a reason, and the server goes on meanwhile."""
    folder = Path(__file__).parents[2] / "shared" / "data" / "hostile"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    slowest, script = 0.0, Script()
    script.decoding = True
    with (
        assistant_with(tmp_path, script) as assistant,
        serving(create_app(assistant)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        for file in sorted(folder.iterdir()):
            data = base64.b64encode(file.read_bytes()).decode()
            if path == CHAT:
                part: dict[str, Any] = {"type": "file", "file": {"file_data": data, "filename": file.name}}
                body = {"messages": [{"role": "user", "content": [part]}]}
            else:
                part = {"type": "input_file", "file_data": data, "filename": file.name}
                body = {"input": [{"role": "user", "content": [part]}]}
            response = client.post(path, json=body)
            if response.status_code != 200:
                assert file.name[:20] in error(response, response.status_code)["message"]
                assert response.status_code in (413, 415, 422), file.name
            began = time.monotonic()
            assert client.get("/health/live").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1
