"""/v1/chat/completions over HTTP: what is honoured, what comes back, how it is streamed."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_serving import PIXEL, serving
from skimage import data

from assistant.api import create_app
from assistant.api.openai import bodies, turns
from assistant.app import Assistant
from assistant.errors import AssistantError, FetchRefused, UnreadableMedia
from assistant.host import Host
from assistant.plugin import Request, Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta, Observation

URL = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
COFFEE = Path(data.data_dir) / "coffee.png"


def told(request: Request) -> Iterator[Delta]:
    """Tells what it was asked and what it knows, and cites all of it."""
    said = " ".join(f"[{message.role}: {message.text}]" for message in request.context.messages)
    yield Delta(f"{said}<{request.question.text}>")
    yield Delta(" seen", citations=tuple(seen.id for seen in request.context.observations), confidence=0.75, short="s")


def look(task: Task) -> Iterable[Observation]:
    if "broken" in task.part.name:
        raise UnreadableMedia(f"{task.part.name} is cut off.", "Send it again.")
    yield task.observe("note", f"{task.part.modality} {task.part.name}", 0.9, box=(0, 0, 0.5, 1))


def assistant_of(
    directory: Path, answer: Callable[[Request], Iterable[Delta]] = told, *others: FakeAnswerer, **settings: Any
) -> Assistant:
    configured = Settings(data_dir=directory, **settings)
    plugged = (
        FakePerceiver("notes", look, consumes=("image", "audio", "video")),
        FakePerceiver("reader", lambda task: [], consumes=("text",)),
        FakeAnswerer("teller", answer, quality=5),
    )
    return Assistant(configured, host=Host(configured, plugins={"p": FakePlugin(*plugged, *others)}, discover=False))


def client_of(assistant: Assistant) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(assistant)), base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_of(tmp_path_factory.mktemp("data")) as found:
        yield found


@pytest.fixture
async def client(telling: Assistant) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(telling) as found:
        yield found


async def post(client: httpx.AsyncClient, content: Any = "hi", **fields: Any) -> httpx.Response:
    messages = fields.pop("messages", [{"role": "user", "content": content}])
    return await client.post("/v1/chat/completions", json={"model": "sensorium", "messages": messages, **fields})


def image(url: str = URL, **more: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def chunks(response: httpx.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line.startswith("data: ")]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


async def test_answer_with_evidence(client: httpx.AsyncClient) -> None:
    """A question about a picture comes back in OpenAI's shape, and what it rests on in the field `sensorium`."""
    response = await post(client, [text("What is it?"), image()])
    assert response.status_code == 200
    answer = bodies.ChatCompletion.model_validate(response.json())
    assert answer.choices[0].message.content == "<What is it?> seen"
    assert answer.model == "sensorium/teller"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 4
    ours = answer.sensorium
    assert (ours.answerer, ours.confidence, ours.short, ours.question) == ("teller", 0.75, "s", "What is it?")
    assert [(seen.kind, seen.text, seen.box) for seen in ours.evidence] == [("note", "image picture 1", [0, 0, 0.5, 1])]
    assert [part.name for part in ours.parts] == ["picture 1"]
    assert ours.evidence[0].part == ours.parts[0].digest


async def test_history_and_system_messages(client: httpx.AsyncClient) -> None:
    """Earlier messages are known to the answerer; instructions that it does not follow are named."""
    response = await post(
        client,
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [image(), text("first")]},
            {"role": "assistant", "content": "one", "refusal": None, "tool_calls": None, "annotations": []},
            {"role": "developer", "content": [text("Be kind.")]},
            {"role": "user", "content": "second", "name": "ann"},
        ],
    )
    found = response.json()
    assert found["choices"][0]["message"]["content"] == "[user: first] [assistant: one]<second> seen"
    assert [seen["text"] for seen in found["sensorium"]["evidence"]] == ["image picture 1"]
    assert set(found["sensorium"]["not_applied"]) == {"instructions", "messages[4].name"}


async def test_instructions_and_sampling_reach_the_answerer(tmp_path: Path) -> None:
    """What an answerer honours is handed to it and is not listed as without effect."""
    seen: list[Request] = []

    def answer(request: Request) -> Iterator[Delta]:
        seen.append(request)
        yield Delta("yes", tokens=(7, 3))

    honest = FakeAnswerer("model", answer, quality=9, honours=frozenset({"temperature", "seed", "instructions"}))
    with assistant_of(tmp_path, told, honest) as assistant:
        async with client_of(assistant) as client:
            messages = [{"role": "system", "content": "A"}, {"role": "user", "content": "hi"}]
            response = await post(client, messages=messages, temperature=0, seed=3, top_p=0.5, reasoning_effort="low")
    assert seen[0].instructions == "A"
    assert (seen[0].sampling.temperature, seen[0].sampling.seed) == (0, 3)
    found = response.json()
    assert found["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    assert set(found["sensorium"]["not_applied"]) == {"top_p", "reasoning_effort"}


@pytest.mark.parametrize(
    ("limits", "content", "finish"),
    [
        ({"stop": "see"}, "<hi> ", "stop"),
        ({"stop": ["nothing", ">"]}, "<hi", "stop"),
        ({"max_tokens": 2}, "<hi", "length"),
        ({"max_completion_tokens": 3}, "<hi>", "length"),
    ],
)
async def test_limits_hold_for_every_answerer(
    client: httpx.AsyncClient, limits: dict[str, Any], content: str, finish: str
) -> None:
    """Stop texts and token limits are kept, streamed or not."""
    choice = (await post(client, **limits)).json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (content, finish)
    streamed = chunks(await post(client, stream=True, **limits))
    assert "".join(each["choices"][0]["delta"].get("content", "") for each in streamed) == content
    assert streamed[-1]["choices"][0]["finish_reason"] == finish


async def test_stream(client: httpx.AsyncClient) -> None:
    """A stream begins with the role, ends with the reason and what the answer rests on, then tells the usage."""
    response = await post(client, [image(), text("hi")], stream=True, stream_options={"include_usage": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = chunks(response)
    assert found[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [each["choices"][0]["delta"] for each in found[1:-2]] == [{"content": "<hi>"}, {"content": " seen"}]
    assert found[-2]["choices"][0]["finish_reason"] == "stop"
    bodies.Sensorium.model_validate(found[-2]["sensorium"])
    assert len(found[-2]["sensorium"]["evidence"]) == 1
    assert found[-1]["choices"] == []
    assert found[-1]["usage"]["total_tokens"] > 0
    assert {each["model"] for each in found} == {"sensorium/teller"}
    assert len({each["id"] for each in found}) == 1


async def test_stream_tells_what_happens_if_asked(client: httpx.AsyncClient) -> None:
    """With `sensorium.events`, chunks without a choice tell of perceivers and observations."""
    found = chunks(await post(client, [image(), text("hi")], stream=True, sensorium={"events": True}))
    events = [each["sensorium"]["event"] for each in found if not each["choices"]]
    assert {"part", "perceiver", "observation", "question", "answering"} <= set(events)


async def test_silence_is_bridged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing happens, comments keep the connection open."""
    monkeypatch.setattr(turns, "PAUSE_SECONDS", 0.02)
    go_on = threading.Event()

    def slow(request: Request) -> Iterator[Delta]:
        go_on.wait(20)
        yield Delta("done")

    with assistant_of(tmp_path, slow) as assistant, serving(create_app(assistant)) as address:
        body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
        with httpx.stream("POST", f"{address}/v1/chat/completions", json=body) as response:
            lines = response.iter_lines()
            assert any(line.startswith(":") for line in lines)
            go_on.set()
            assert list(lines)[-2] == "data: [DONE]"


async def test_answerer_that_breaks_off(tmp_path: Path) -> None:
    """What a stream has said is not taken back: it says that another answer begins, and where that one stands."""

    def fails(request: Request) -> Iterator[Delta]:
        yield Delta("wrong")
        raise AssistantError("out of memory")

    first = FakeAnswerer("first", fails, quality=9)
    with assistant_of(tmp_path, told, first) as assistant:
        async with client_of(assistant) as client:
            found = chunks(await post(client, stream=True))
            whole = (await post(client)).json()
    content = "".join(each["choices"][0]["delta"].get("content", "") for each in found)
    assert content == "wrong" + turns.BROKEN_OFF + "<hi> seen"
    assert content[found[-1]["sensorium"]["superseded"] :] == "<hi> seen"
    assert whole["choices"][0]["message"]["content"] == "<hi> seen"
    assert "out of memory" in whole["sensorium"]["gaps"][-1]["message"]


async def test_json_object(client: httpx.AsyncClient) -> None:
    """As a JSON object, an answer says what it rests on; the same streamed."""
    fields = {"response_format": {"type": "json_object"}}
    answer = json.loads(
        (await post(client, [text("hi"), image()], **fields)).json()["choices"][0]["message"]["content"]
    )
    assert list(answer) == ["answer", "short", "confidence", "abstained", "evidence", "gaps"]
    assert (answer["answer"], answer["confidence"], answer["abstained"]) == ("<hi> seen", 0.75, False)
    assert answer["evidence"][0] == {
        "kind": "note",
        "text": "image picture 1",
        "confidence": 0.9,
        "box": [0, 0, 0.5, 1],
        "span": None,
        "source": "notes",
    }
    streamed = chunks(await post(client, [text("hi"), image()], stream=True, **fields))
    assert json.loads("".join(each["choices"][0]["delta"].get("content", "") for each in streamed)) == answer


def schema(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    inner = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {**inner, **more}}}


async def test_json_schema(client: httpx.AsyncClient) -> None:
    """A schema with some of the fields gets exactly these."""
    wanted = schema(
        {
            "answer": {"type": "string", "description": "what"},
            "confidence": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "evidence": {"type": "array", "items": {"$ref": "#/$defs/Seen"}},
        },
        **{"$defs": {"Seen": {"type": "object", "properties": {"text": {"type": "string"}}}}},
    )
    response = await post(client, [text("hi"), image()], response_format=wanted)
    content = json.loads(response.json()["choices"][0]["message"]["content"])
    assert content == {"answer": "<hi> seen", "confidence": 0.75, "evidence": [{"text": "image picture 1"}]}


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"colour": {"type": "string"}}, "colour"),
        ({"answer": {"type": "integer"}}, "answer"),
        ({"confidence": {"type": "number"}}, "null"),
        ({"answer": {"type": "string", "enum": ["yes", "no"]}}, "enum"),
        ({"evidence": {"type": "array", "items": {"type": "object", "properties": {"depth": {}}}}}, "evidence[].depth"),
        ({"answer": {"$ref": "#/$defs/loop"}}, "nested"),
    ],
)
async def test_schema_that_cannot_be_filled(client: httpx.AsyncClient, properties: dict[str, Any], named: str) -> None:
    """Whatever no answer can promise is refused before anything runs, by name."""
    wanted = schema(properties, **{"$defs": {"loop": {"$ref": "#/$defs/loop"}}})
    response = await post(client, response_format=wanted)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]
    assert response.json()["error"]["param"] == "response_format.json_schema.schema"


async def test_parts_in_any_order(client: httpx.AsyncClient) -> None:
    """Pictures, recordings, videos and files may stand anywhere, several of them; what each is, its content says."""
    photo = base64.b64encode(COFFEE.read_bytes()).decode()
    response = await post(
        client,
        [
            image(),
            text("What"),
            {"type": "input_audio", "input_audio": {"data": base64.b64encode(sound()).decode(), "format": "mp3"}},
            {"type": "file", "file": {"file_data": photo, "filename": "coffee.png"}},
            text("is it?"),
            {"type": "file", "file": {"file_data": "data:text/plain;base64,aGVsbG8=", "filename": "note.txt"}},
        ],
    )
    found = response.json()
    assert found["choices"][0]["message"]["content"] == "<What\nis it?> seen"
    parts = [(part["name"], part["modality"]) for part in found["sensorium"]["parts"]]
    assert sorted(parts) == [
        ("coffee.png", "image"),
        ("note.txt", "text"),
        ("picture 1", "image"),
        ("recording 1", "audio"),
    ]


def sound() -> bytes:
    """A tenth of a second of silence as WAV."""
    samples = bytes(3200)
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = (1).to_bytes(2, "little") * 2 + (16000).to_bytes(4, "little") + (32000).to_bytes(4, "little")
    return head + form + b"\2\0\x10\0data" + len(samples).to_bytes(4, "little") + samples


async def test_broken_file_among_good_ones(client: httpx.AsyncClient) -> None:
    """A file that cannot be read costs that file only, and the answer's gaps name it."""
    response = await post(client, [text("hi"), image(), image("data:image/png;base64,AAAA")])
    assert response.status_code == 200
    found = response.json()["sensorium"]
    assert [part["name"] for part in found["parts"]] == ["picture 1"]
    assert [(gap["name"], gap["cause"]) for gap in found["gaps"]] == [("picture 2", "unreadable")]


@pytest.mark.parametrize("stream", [False, True])
async def test_file_whose_pixels_cannot_be_decoded(client: httpx.AsyncClient, stream: bool) -> None:
    """If the only file turns out broken when it is looked at, the request fails: nothing was seen to answer about."""
    other = base64.b64encode(PIXEL + b"\0").decode()  # of the picture itself, observations are remembered
    part = {"type": "file", "file": {"file_data": other, "filename": "broken.png"}}
    response = await post(client, [text("hi"), part], stream=stream)
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("broken.png is cut off.")
    assert response.json()["error"]["param"] == "messages[0].content[1]"


class Web:
    """Stands in for the fetcher: one address has a picture."""

    async def fetch(self, url: str) -> tuple[str, bytes]:
        if url != "https://example.org/dot.png":
            raise FetchRefused("The address is not public.", "Send the file.")
        return "dot.png", PIXEL


async def test_addresses_of_the_web(tmp_path: Path) -> None:
    """Where fetching is switched on, an address is as good as a file; one that is not fetched is an error."""
    with assistant_of(tmp_path) as assistant:
        app = create_app(assistant)
        app.state.fetcher = Web()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            found = (await post(client, [image("https://example.org/dot.png")])).json()
            assert [part["name"] for part in found["sensorium"]["parts"]] == ["dot.png"]
            refused = await post(client, [image(), image("http://10.0.0.1/dot.png")])
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "messages[0].content[1]"


async def test_stored_conversation(tmp_path: Path) -> None:
    """In a stored conversation the history is the server's, and sending it as well is refused."""
    with assistant_of(tmp_path) as assistant:
        conversation = assistant.store.create_conversation("local")
        async with client_of(assistant) as client:
            ours = {"conversation": conversation}
            await post(client, [image(), text("first")], sensorium=ours)
            second = (await post(client, "second", sensorium=ours)).json()
            messages = [{"role": "user", "content": each} for each in ("one", "two")]
            both = await post(client, messages=messages, sensorium=ours)
            other = await post(client, sensorium={"conversation": "nobody's"})
        stored = assistant.store.load_conversation(conversation, "local")
    assert second["choices"][0]["message"]["content"] == "[user: first] [assistant: <first> seen]<second> seen"
    assert [seen["text"] for seen in second["sensorium"]["evidence"]] == ["image picture 1"]
    assert second["sensorium"]["turn"] == stored.turns[1].id
    assert (both.status_code, both.json()["error"]["param"]) == (400, "messages")
    assert other.status_code == 404
    assert len(stored.turns) == 2


async def test_models(tmp_path: Path) -> None:
    """Models are the answerers, under their names and under those that the settings give."""
    with assistant_of(tmp_path, server={"model_aliases": {"gpt-4o": "sensorium", "mine": "teller"}}) as assistant:
        async with client_of(assistant) as client:
            listed = (await client.get("/v1/models")).json()
            names = {each["id"] for each in listed["data"]}
            assert {"sensorium", "sensorium/teller", "gpt-4o", "mine"} <= names
            for name in ("sensorium", "sensorium/teller", "teller", "gpt-4o", "mine"):
                assert (await client.get(f"/v1/models/{name}")).status_code == 200
                assert (await post(client, model=name)).json()["model"] == "sensorium/teller"
            missing = await post(client, model="gpt-5")
            assert missing.status_code == (await client.get("/v1/models/gpt-5")).status_code == 404
            assert missing.json()["error"]["code"] == "model_not_found"
            assert "sensorium/teller" in missing.json()["error"]["message"]
