"""The openai library, as it comes, against the real server: chat, responses, models, streams, errors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from api_serving import PIXEL, Script, assistant_with, serving
from openai.lib.streaming.responses._events import ResponseCompletedEvent
from pydantic import BaseModel
from skimage import data

from assistant.api import create_app
from assistant.app import Assistant
from assistant.settings import Settings

URL = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
PHOTO: Any = [
    {"type": "text", "text": "What is it?"},
    {"type": "image_url", "image_url": {"url": URL}},
]


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[Assistant]:
    server = {"model_aliases": {"gpt-4o": "sensorium"}}
    with assistant_with(tmp_path_factory.mktemp("data"), script, server=server) as found:
        yield found


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with serving(create_app(assistant)) as found:
        yield f"{found}/v1"


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=address, api_key="none", max_retries=0) as found:
        yield found


def ask(content: Any = "hi") -> Any:
    return [{"role": "user", "content": content}]


def test_models(client: openai.OpenAI) -> None:
    """Listing and looking up models."""
    names = [model.id for model in client.models.list()]
    assert "sensorium" in names
    assert "gpt-4o" in names
    assert client.models.retrieve("sensorium/scripted").owned_by == "scripted"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


def test_chat(client: openai.OpenAI) -> None:
    """A photograph's question under a model name that the program has built in; the extension does not disturb."""
    completion = client.chat.completions.create(model="gpt-4o", messages=ask(PHOTO), temperature=0.2, seed=1)
    assert completion.choices[0].message.content == "one two "
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.completion_tokens == 2
    ours = completion.to_dict()["sensorium"]
    assert isinstance(ours, dict)
    assert set(ours["not_applied"]) == {"temperature"}
    assert completion.model == "sensorium/scripted"


def test_chat_goes_on_with_what_it_said(client: openai.OpenAI) -> None:
    """The library's own message objects can be sent back as history."""
    first = client.chat.completions.create(model="sensorium", messages=ask("one"))
    messages = [*ask("one"), first.choices[0].message, *ask("two")]
    second = client.chat.completions.create(model="sensorium", messages=messages)
    assert second.choices[0].message.content == "one two "


def test_chat_stream(client: openai.OpenAI) -> None:
    """A stream's chunks are the answer, the last one carries the usage."""
    stream = client.chat.completions.create(
        model="sensorium", messages=ask(PHOTO), stream=True, stream_options={"include_usage": True}
    )
    found = list(stream)
    assert "".join(each.choices[0].delta.content or "" for each in found if each.choices) == "one two "
    assert found[-1].usage is not None
    assert found[-2].choices[0].finish_reason == "stop"


def test_chat_stream_helper(client: openai.OpenAI) -> None:
    """The library's helper gathers a stream to a completion."""
    with client.chat.completions.stream(model="sensorium", messages=ask()) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
    assert "".join(deltas) == final.choices[0].message.content == "one two "


class Verdict(BaseModel):
    """A schema as programs write it."""

    answer: str
    abstained: bool
    confidence: float | None


def test_parsed_answers(client: openai.OpenAI) -> None:
    """A pydantic class is filled, by both endpoints."""
    chat = client.chat.completions.parse(model="sensorium", messages=ask(), response_format=Verdict)
    response = client.responses.parse(model="sensorium", input="hi", text_format=Verdict)
    for found in (chat.choices[0].message.parsed, response.output_parsed):
        assert found == Verdict(answer="one two ", abstained=False, confidence=None)


async def test_async(address: str) -> None:
    """The asynchronous client: whole and streamed, chat and responses."""
    async with openai.AsyncOpenAI(base_url=address, api_key="none") as client:
        whole = await client.chat.completions.create(model="sensorium", messages=ask(PHOTO))
        assert whole.choices[0].message.content == "one two "
        chunks = await client.chat.completions.create(model="sensorium", messages=ask(), stream=True)
        content = [chunk.choices[0].delta.content or "" async for chunk in chunks]
        assert "".join(content) == "one two "
        assert (await client.responses.create(model="sensorium", input="hi")).output_text == "one two "
        async with client.responses.stream(model="sensorium", input="hi") as stream:
            async for _ in stream:
                pass
            assert (await stream.get_final_response()).output_text == "one two "
        assert len([model async for model in client.models.list()]) >= 2


def test_responses(client: openai.OpenAI) -> None:
    """A response with a picture, kept, gone on from, fetched and deleted."""
    content: Any = [{"type": "input_text", "text": "hi"}, {"type": "input_image", "image_url": URL, "detail": "auto"}]
    items: Any = [{"role": "user", "content": content}]
    first = client.responses.create(model="sensorium", input=items, store=True)
    assert first.output_text == "one two "
    assert first.usage is not None
    second = client.responses.create(model="sensorium", input="and?", previous_response_id=first.id, store=True)
    assert client.responses.retrieve(second.id).output_text == "one two "
    client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(second.id)
    echoed: Any = [*items, *[item.to_dict() for item in first.output], {"role": "user", "content": "more"}]
    assert client.responses.create(model="sensorium", input=echoed).output_text == "one two "


def test_responses_stream(client: openai.OpenAI) -> None:
    """The library's helper understands every event and ends with the whole response."""
    with client.responses.stream(model="sensorium", input="hi") as stream:
        found = list(stream)
        final = stream.get_final_response()
    assert isinstance(found[-1], ResponseCompletedEvent)
    assert final.output_text == "one two "
    raw = list(client.responses.create(model="sensorium", input="hi", stream=True))
    assert [event.type for event in raw] == [event.type for event in found]
    assert all(type(event).__name__.startswith("Response") for event in raw)


def test_errors(client: openai.OpenAI) -> None:
    """Each refusal becomes the library's own class, with the parameter and a sentence that helps."""
    with pytest.raises(openai.BadRequestError, match="one answer is given") as refused:
        client.chat.completions.create(model="sensorium", messages=ask(), n=2)
    assert (refused.value.param, refused.value.code) == ("n", "unsupported_parameter")
    with pytest.raises(openai.BadRequestError, match="colour"):
        client.chat.completions.create(model="sensorium", messages=ask(), extra_body={"colour": 1})
    with pytest.raises(openai.NotFoundError, match="sensorium/scripted"):
        client.chat.completions.create(model="gpt-9", messages=ask())
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="sensorium", input="hi", previous_response_id="resp_nothing")
    broken: Any = [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + URL[22:50]}}]
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="sensorium", messages=ask(broken))
    broken[0]["image_url"]["url"] = "data:image/png;base64,AAAA"
    with pytest.raises(openai.APIStatusError) as unsupported:
        client.chat.completions.create(model="sensorium", messages=ask(broken), stream=True)
    assert unsupported.value.status_code == 415
    with pytest.raises(openai.BadRequestError, match="resp"):
        client.responses.create(model="sensorium", input="hi", previous_response_id="x", conversation="resp")


def test_timeout(client: openai.OpenAI, script: Script) -> None:
    """A client that gives up after a while gets its own error, and the server stops working for it."""
    script.hold()
    try:
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(model="sensorium", messages=ask(), timeout=0.5)
        assert script.stopped.wait(2)
    finally:
        script.go_on.set()


def test_error_in_a_stream(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong after a stream began is raised by the library, without the server's details."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("assistant.api.openai.turns.extension", breaks)
    with pytest.raises(openai.APIError) as broken:
        list(client.chat.completions.create(model="sensorium", messages=ask(), stream=True))
    assert "secret" not in str(broken.value)


def test_keys(tmp_path: Path) -> None:
    """Without a key nobody gets in once there are keys; one without the scope may not ask; too many must wait."""
    script = Script()
    with assistant_with(
        tmp_path, script, server={"auth": "required", "turns_each": 1, "queue_seconds": 0.05}
    ) as guarded:
        key = guarded.accounts.create_key("tests")[1]
        weak = guarded.accounts.create_key("weak", scopes=("read",))[1]
        with serving(create_app(guarded)) as address:

            def connect(secret: str) -> openai.OpenAI:
                return openai.OpenAI(base_url=f"{address}/v1", api_key=secret, max_retries=0)

            with pytest.raises(openai.AuthenticationError):
                connect("wrong").models.list()
            with pytest.raises(openai.PermissionDeniedError, match="scope"):
                connect(weak).chat.completions.create(model="sensorium", messages=ask())
            script.hold()
            with connect(key) as client:
                stream = client.chat.completions.create(model="sensorium", messages=ask(), stream=True)
                assert next(iter(stream)).choices
                with pytest.raises(openai.RateLimitError) as limited:
                    client.chat.completions.create(model="sensorium", messages=ask())
                assert int(limited.value.response.headers["retry-after"]) > 0
                script.go_on.set()
                stream.close()


@pytest.mark.weights
def test_real_photographs(tmp_path: Path) -> None:
    """With the starter weights: a typed question about a cat, and one about people that a voice message asks."""
    photos = Path(data.data_dir)
    cat, astronaut = (
        base64.b64encode((photos / name).read_bytes()).decode() for name in ("chelsea.png", "astronaut.png")
    )
    voice = base64.b64encode((Path(__file__).parent / "data" / "how_many_people.ogg").read_bytes()).decode()
    typed: Any = [
        {"type": "text", "text": "Which animal is in the picture?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{cat}"}},
    ]
    spoken: Any = [
        {"type": "input_audio", "input_audio": {"data": voice, "format": "wav"}},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{astronaut}"}},
    ]
    with (
        Assistant(Settings(data_dir=tmp_path)) as assistant,
        serving(create_app(assistant)) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="none", timeout=300) as client,
    ):
        first = client.chat.completions.create(model="sensorium", messages=ask(typed))
        second = list(client.chat.completions.create(model="sensorium", messages=ask(spoken), stream=True))
    assert "cat" in (first.choices[0].message.content or "").lower()
    ours = json.loads(first.to_json())["sensorium"]
    assert any("cat" in seen["text"] for seen in ours["evidence"])
    heard = json.loads(second[-1].to_json())["sensorium"]
    assert heard["spoken"] is True
    assert "how many people" in heard["question"].lower()
    assert heard["short"] in ("1", "one")
