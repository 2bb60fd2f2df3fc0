"""/v1/responses over HTTP: what is honoured, what comes back, what is kept."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_serving import PIXEL, Script, assistant_with

from assistant.api import create_app
from assistant.api.openai import bodies
from assistant.app import Assistant
from assistant.host import Host
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta

URL = "data:image/png;base64," + base64.b64encode(PIXEL).decode()


def told(request: Request) -> Iterator[Delta]:
    """Tells what it was asked and what was said before, and cites all it knows."""
    said = " ".join(f"[{message.role}: {message.text}]" for message in request.context.messages)
    yield Delta(f"{said}<{request.question.text}>")
    yield Delta(" seen", citations=tuple(seen.id for seen in request.context.observations), confidence=0.75)


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path)
    plugged = (
        FakePerceiver("notes", lambda task: [task.observe("note", task.part.name, 0.9)], consumes=("image",)),
        FakePerceiver("reader", lambda task: [], consumes=("text",)),
        FakeAnswerer("teller", told),
    )
    with Assistant(settings, host=Host(settings, plugins={"p": FakePlugin(*plugged)}, discover=False)) as found:
        yield found


@pytest.fixture
async def client(assistant: Assistant) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(assistant))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as found:
        yield found


async def post(client: httpx.AsyncClient, input: Any = "hi", **fields: Any) -> httpx.Response:
    return await client.post("/v1/responses", json={"input": input, **fields})


def output(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return bodies.ResponseBody.model_validate(response.json()).output[0].content[0].text


def events(response: httpx.Response) -> list[dict[str, Any]]:
    found = [block.split("\n") for block in response.text.strip().split("\n\n")]
    read = [(lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in found]
    assert [name for name, _ in read] == [value["type"] for _, value in read]
    assert [value["sequence_number"] for _, value in read] == list(range(len(read)))
    return [value for _, value in read]


async def test_text(client: httpx.AsyncClient) -> None:
    """A string is answered, and nothing is kept of it unless that is asked for."""
    response = await post(client, instructions="Be brief.", metadata={"a": "b"}, temperature=0.5)
    assert output(response) == "<hi> seen"
    found = response.json()
    assert (found["status"], found["model"], found["store"]) == ("completed", "sensorium/teller", False)
    assert (found["instructions"], found["metadata"], found["temperature"]) == ("Be brief.", {"a": "b"}, 0.5)
    assert set(found["sensorium"]["not_applied"]) == {"instructions", "temperature"}
    assert (await client.get(f"/v1/responses/{found['id']}")).status_code == 404


async def test_items(client: httpx.AsyncClient) -> None:
    """Messages with text, pictures and files are taken, earlier answers as the endpoint itself gave them."""
    first = (await post(client, "first")).json()
    response = await post(
        client,
        [
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": [{"type": "input_text", "text": "first"}]},
            *first["output"],
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_image", "image_url": URL, "detail": "low"},
                    {"type": "input_file", "file_data": URL, "filename": "dot.png"},
                    {"type": "input_text", "text": "second"},
                ],
            },
        ],
        reasoning={"effort": "low"},
        text={"verbosity": "low"},
    )
    assert output(response) == "[user: first] [assistant: <first> seen]<second> seen"
    ours = response.json()["sensorium"]
    assert len(ours["evidence"]) == 1  # the same picture twice
    assert set(ours["not_applied"]) == {
        "instructions",
        "reasoning",
        "text.verbosity",
        "input[3].content[0].detail",
    }


async def test_stream(client: httpx.AsyncClient) -> None:
    """The typed events come in OpenAI's order and agree with each other."""
    found = events(await post(client, stream=True))
    assert [each["type"].removeprefix("response.") for each in found] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert "".join(each["delta"] for each in found if "delta" in each) == found[6]["text"] == "<hi> seen"
    whole = bodies.ResponseBody.model_validate(found[-1]["response"])
    assert whole.output[0].model_dump() == found[8]["item"]
    bodies.ResponseBody.model_validate(found[0]["response"])
    assert whole.id == found[0]["response"]["id"]
    assert whole.usage is not None


async def test_length(client: httpx.AsyncClient) -> None:
    """An answer that reaches max_output_tokens is incomplete and says why, streamed or not."""
    response = await post(client, max_output_tokens=2)
    assert output(response) == "<hi"
    assert response.json()["incomplete_details"] == {"reason": "max_output_tokens"}
    last = events(await post(client, max_output_tokens=2, stream=True))[-1]
    assert (last["type"], last["response"]["status"]) == ("response.incomplete", "incomplete")


async def test_json(client: httpx.AsyncClient) -> None:
    """The answer fills a schema that has its fields; another one is refused by name."""
    inner = {"type": "object", "properties": {"answer": {"type": "string"}}, "additionalProperties": False}
    wanted = {"format": {"type": "json_schema", "name": "x", "schema": inner}}
    assert json.loads(output(await post(client, text=wanted))) == {"answer": "<hi> seen"}
    last = events(await post(client, text=wanted, stream=True))[-1]["response"]
    assert json.loads(last["output"][0]["content"][0]["text"]) == {"answer": "<hi> seen"}
    assert "evidence" in json.loads(output(await post(client, text={"format": {"type": "json_object"}})))
    inner["properties"] = {"colour": {"type": "string"}}
    refused = await post(client, text=wanted)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "text.format.schema")


@pytest.mark.parametrize("stream", [False, True])
async def test_kept(client: httpx.AsyncClient, assistant: Assistant, stream: bool) -> None:
    """A response that is kept can be fetched, gone on from, and deleted."""
    picture = [{"role": "user", "content": [{"type": "input_image", "image_url": URL}]}]
    first = (await post(client, picture, store=True)).json()
    fetched = (await client.get(f"/v1/responses/{first['id']}")).json()
    bodies.ResponseBody.model_validate(fetched)
    assert fetched["output"] == first["output"]
    assert fetched["sensorium"]["evidence"] == first["sensorium"]["evidence"] != []
    answer = await post(client, "and?", previous_response_id=first["id"], store=True, stream=stream)
    second = events(answer)[-1]["response"] if stream else answer.json()
    assert second["output"][0]["content"][0]["text"] == "[user: ] [assistant: <> seen]<and?> seen"
    assert second["conversation"] == first["conversation"]
    assert (await client.get(f"/v1/responses/{second['id']}")).json()["previous_response_id"] == first["id"]
    assert (await client.delete(f"/v1/responses/{second['id']}")).json()["deleted"] is True
    assert assistant.store.conversations("local") == ()
    assert (await client.get(f"/v1/responses/{first['id']}")).status_code == 404


async def test_going_on_from_an_earlier_response(client: httpx.AsyncClient) -> None:
    """Going on from one that was gone on from needs a branch: it is answered without being kept, or refused."""
    first = (await post(client, "one", store=True)).json()["id"]
    last = (await post(client, "two", store=True, previous_response_id=first)).json()["id"]
    assert output(await post(client, "three", previous_response_id=first)).startswith("[user: one]")
    assert "two" not in output(await post(client, "three", previous_response_id=first))
    refused = await post(client, "three", previous_response_id=first, store=True)
    assert refused.status_code == 409
    assert last in refused.json()["error"]["message"]


async def test_conversation(client: httpx.AsyncClient, assistant: Assistant) -> None:
    """A stored conversation can be named, as OpenAI does; then the turn is kept in it."""
    conversation = assistant.store.create_conversation("local")
    found = (await post(client, conversation=conversation)).json()
    assert found["conversation"] == {"id": conversation}
    assert (await client.get(f"/v1/responses/{found['id']}")).status_code == 200
    both = await post(client, conversation={"id": conversation}, previous_response_id=found["id"])
    assert both.status_code == 400


async def test_kept_responses_have_an_owner(client: httpx.AsyncClient, assistant: Assistant) -> None:
    """Somebody else's response is not there, whatever is wanted of it."""
    conversation = assistant.store.create_conversation("user:eve")
    async for _ in assistant.turn("secret", conversation=conversation, owner="user:eve"):
        pass
    turn = assistant.store.load_conversation(conversation, "user:eve").turns[0].id
    name = f"resp_{conversation}.{turn}"
    assert (await client.get(f"/v1/responses/{name}")).status_code == 404
    assert (await client.delete(f"/v1/responses/{name}")).status_code == 404
    assert (await post(client, previous_response_id=name)).status_code == 404
    assert (await post(client, conversation=conversation)).status_code == 404
    assert len(assistant.store.load_conversation(conversation, "user:eve").turns) == 1


async def test_what_failed_leaves_nothing(client: httpx.AsyncClient, assistant: Assistant) -> None:
    """A request to keep an answer that cannot be given leaves no empty conversation behind."""
    broken = [{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]}]
    assert (await post(client, broken, store=True)).status_code == 415
    assert (await post(client, "", store=True)).status_code == 400
    assert assistant.store.conversations("local") == ()


async def test_failure_in_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after the stream began ends it with response.failed, without details of the defect."""
    script = Script()
    with assistant_with(tmp_path, script) as assistant:

        def breaks(*_: object, **__: object) -> None:
            raise RuntimeError("a secret detail")

        monkeypatch.setattr("assistant.api.openai.turns.extension", breaks)
        transport = httpx.ASGITransport(create_app(assistant))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            found = events(await post(client, stream=True))
    assert found[-1]["type"] == "response.failed"
    assert found[-1]["response"]["error"]["code"] == "server_error"
    assert "secret" not in json.dumps(found)
