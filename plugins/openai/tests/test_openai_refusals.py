"""The answerer `openai` when the server refuses, fails, hangs or lies: it adapts, stops, or passes on with a reason."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any

import pytest

from assistant.types import Answered, Delta, Missed

KEY = "sk-test-1234567890abcdef"
LAST = "I am the last resort."


def kinds_sent(chat: dict[str, Any]) -> set[str]:
    return {
        part["type"]
        for message in chat["messages"]
        if isinstance(message["content"], list)
        for part in message["content"]
    } - {"text"}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (500, "image input is not supported - hint: you may need to provide the mmproj"),
        (400, "m is not a multimodal model"),
        (404, "No endpoints found that support image input"),
        (400, "Invalid type for 'messages[1].content': expected a string"),
        (422, "unprocessable"),
    ],
)
def test_pictures_are_tried_once(status: int, message: str, bench: Any, stand_in: Any, helpers: Any) -> None:
    """Pictures that the model does not take are left out, in the same turn and in all later ones."""
    stand_in.script.append(helpers.refuses(status, message))
    talk = bench()
    assert talk.ask("What?", talk.picture).text == "Hello there."
    assert talk.ask("What else?", talk.picture).text == "Hello there."
    assert [kinds_sent(chat) for chat in stand_in.chats] == [{"image_url"}, set(), set()]


def test_sound_and_pictures_are_told_apart(bench: Any, stand_in: Any, helpers: Any) -> None:
    """A model that sees but does not hear goes on getting pictures."""
    stand_in.script.append(helpers.refuses(400, "input_audio is not supported by this model"))
    talk = bench()
    assert talk.ask("What?", talk.picture, talk.recording).text == "Hello there."
    assert [kinds_sent(chat) for chat in stand_in.chats] == [{"image_url", "input_audio"}, {"image_url"}]


def test_server_that_says_what_it_takes_is_believed(bench: Any, stand_in: Any) -> None:
    """Where the list of models tells the modalities, nothing is tried."""
    stand_in.models = [{"id": "m", "architecture": {"input_modalities": ["text"]}}]
    talk = bench()
    talk.ask("What?", talk.picture, talk.recording)
    assert [kinds_sent(chat) for chat in stand_in.chats] == [set()]


def test_pictures_that_must_go(bench: Any, stand_in: Any, helpers: Any) -> None:
    """With images "yes" a refusal is an error, not a reason to leave them out."""
    stand_in.script.append(helpers.refuses(400, "no image please"))
    talk = bench(images="yes")
    reply = talk.ask("What?", talk.picture)
    assert reply.text == LAST
    assert "no image please" in reply.gaps[0].message


def test_fields_a_model_refuses_are_left_out(bench: Any, stand_in: Any, helpers: Any) -> None:
    """Optional fields are dropped or renamed for good once refused."""
    stand_in.script += [
        helpers.refuses(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        helpers.refuses(400, "'temperature' does not support 0.0 with this model, only the default."),
        helpers.refuses(400, "logprobs are not available"),
    ]
    talk = bench()
    assert talk.ask("Hi").text == "Hello there."
    assert talk.ask("Hi").text == "Hello there."
    assert len(stand_in.chats) == 5
    for chat in stand_in.chats[-2:]:
        assert chat["max_completion_tokens"]
        assert not {"max_tokens", "temperature", "logprobs"} & set(chat)


def test_too_long_a_prompt_is_shortened(bench: Any, stand_in: Any, helpers: Any) -> None:
    """When the context overflows, the next try keeps to what the server says it can take."""
    stand_in.script.append(helpers.refuses(400, "request (9000 tokens) exceeds the context size, n_ctx: 1024"))
    talk = bench()
    assert talk.ask("Hi").text == "Hello there."
    assert stand_in.chats[0]["max_tokens"] == 512
    assert stand_in.chats[1]["max_tokens"] == 256


@pytest.mark.parametrize(
    ("act", "message", "remedy"),
    [
        (("refuses", 401, f"Incorrect API key provided: {KEY}"), "refuses the key", "OPENAI_API_KEY"),
        (("refuses", 404, "model m not found"), "has no model m", "plugins.openai.model"),
        (("refuses", 400, f"bad thing {KEY}"), "bad thing …", "plugins.openai.extra"),
        (("refuses", 503, "loading model"), "failed (503: loading model)", "log"),
        (("says",), "empty answer", "max_tokens"),
        (("says", "x", "content_filter"), "content filter", ""),
    ],
)
def test_errors_say_what_mends_them(
    act: tuple[Any, ...], message: str, remedy: str, bench: Any, stand_in: Any, helpers: Any, monkeypatch: Any
) -> None:
    """Every failure becomes a gap that names server and remedy, the next answerer is asked, and no key is shown."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    stand_in.otherwise = helpers.refuses(*act[1:]) if act[0] == "refuses" else helpers.says(*act[1:2], finish=act[-1])
    reply = bench().ask("Hi")
    assert reply.text == LAST
    (gap,) = reply.gaps
    assert gap.source == "openai"
    assert message in gap.message
    assert remedy in gap.remedy
    assert KEY not in f"{reply}"


def test_key_comes_from_the_environment_and_stays_secret(
    bench: Any, stand_in: Any, monkeypatch: Any, caplog: Any
) -> None:
    """The key is sent as bearer token and appears in no log and no description of the plugin."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MY_KEY", KEY)
    talk = bench(api_key_env="MY_KEY")
    talk.ask("Hi")
    assert stand_in.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in caplog.text
    assert KEY not in f"{talk.assistant.settings!r} {talk.assistant.host.health()} {talk.assistant.host.answerers()!r}"


def test_no_key_is_no_header(bench: Any, stand_in: Any, monkeypatch: Any) -> None:
    """Without a key no authorization is sent, nor anything of the vendor's account in the environment."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    bench().ask("Hi")
    assert "authorization" not in stand_in.headers[-1]
    assert "org-of-mine" not in f"{stand_in.headers[-1]}"


def test_retries(bench: Any, stand_in: Any, helpers: Any) -> None:
    """A passing failure is tried again by the SDK; pictures of unknown fate do not prevent it."""
    stand_in.script += [helpers.refuses(429, "slow down", retry_after_ms="1"), helpers.refuses(500, "oops")]
    talk = bench(retries=2)
    assert talk.ask("What?", talk.picture).text == "Hello there."
    assert [kinds_sent(chat) for chat in stand_in.chats] == [{"image_url"}] * 3


def test_long_waits_are_not_waited_for(bench: Any, stand_in: Any, helpers: Any) -> None:
    """A server that asks to wait longer than one may is told on at once, with the time it asks for."""
    stand_in.otherwise = helpers.refuses(429, "slow down", retry_after="50")
    reply = bench(retries=2).ask("Hi")
    assert reply.text == LAST
    assert "wait 50 s" in reply.gaps[0].message
    assert len(stand_in.chats) == 1


def test_nobody_listens(bench: Any) -> None:
    """A refused connection says so, and how to mend it."""
    reply = bench("http://127.0.0.1:9").ask("Hi")
    assert reply.text == LAST
    assert "http://127.0.0.1:9 cannot be reached" in reply.gaps[0].message
    assert "plugins.openai.base_url" in reply.gaps[0].remedy


def test_redirects_are_not_followed(bench: Any, stand_in: Any, helpers: Any) -> None:
    """What people sent goes to the address in the settings and nowhere else."""
    stand_in.otherwise = lambda exchange: exchange.send(307, b"", Location=stand_in.url + "/elsewhere")
    reply = bench().ask("Hi")
    assert "points elsewhere (307)" in reply.gaps[0].message
    assert len(stand_in.chats) == 1


def test_other_content(bench: Any, stand_in: Any) -> None:
    """A web page instead of a stream is recognised."""
    stand_in.otherwise = lambda exchange: exchange.send(200, b"<html>hello</html>", "text/html")
    reply = bench().ask("Hi")
    assert "text/html" in reply.gaps[0].message
    assert "/v1" in reply.gaps[0].remedy


@pytest.mark.parametrize("garbage", [b"data: {broken\n\n", b'data: {"error": {"message": "out of memory"}}\n\n', b""])
def test_streams_that_break(garbage: bytes, bench: Any, stand_in: Any) -> None:
    """A stream that breaks off, or ends before the answer's end, is no answer: the next answerer is asked."""

    def break_off(exchange: Any) -> None:
        exchange.begin()
        exchange.chunk("It is ")
        exchange.write(garbage)

    stand_in.otherwise = break_off
    reply = bench().ask("Hi")
    assert reply.text == LAST
    assert len(reply.gaps) == 1


def test_connection_lost_in_the_middle(bench: Any, stand_in: Any) -> None:
    """A server that dies while it answers is told from one that was never there."""

    def die(exchange: Any) -> None:
        exchange.handler.send_response(200)
        exchange.handler.send_header("Content-Type", "text/event-stream")
        exchange.handler.send_header("Content-Length", "10000")
        exchange.handler.send_header("Connection", "close")
        exchange.handler.end_headers()
        exchange.chunk("It is ")

    stand_in.otherwise = die
    reply = bench().ask("Hi")
    assert reply.text == LAST
    assert "closed the connection before the answer's end" in reply.gaps[0].message
    assert "still runs" in reply.gaps[0].remedy


def silence(exchange: Any) -> None:
    exchange.released.wait(20)


def test_silence_has_an_end(bench: Any, stand_in: Any) -> None:
    """A server that sends nothing is given up after the time set."""
    stand_in.otherwise = silence
    began = time.monotonic()
    reply = bench(timeout=0.4).ask("Hi")
    assert time.monotonic() - began < 5
    assert "sent nothing for" in reply.gaps[0].message
    assert "plugins.openai.timeout" in reply.gaps[0].remedy


@pytest.mark.parametrize("first", [True, False])
async def test_stop_closes_the_connection(first: bool, bench: Any, stand_in: Any) -> None:
    """Stopping the turn, before or within the stream, ends the request within a second: the server sees it go."""
    came, left, streamed = threading.Event(), threading.Event(), asyncio.Event()

    def endless(exchange: Any) -> None:
        if first:
            exchange.begin()
            exchange.chunk("One")
        came.set()
        exchange.handler.connection.settimeout(20)
        if exchange.handler.connection.recv(1) == b"":
            left.set()

    async def listen() -> None:
        async for event in bench().assistant.turn("Hi"):
            if isinstance(event, Delta):
                streamed.set()

    stand_in.otherwise = endless
    turn = asyncio.create_task(listen())
    assert await asyncio.to_thread(came.wait, 10)
    if first:
        await asyncio.wait_for(streamed.wait(), 10)
    began = time.monotonic()
    turn.cancel()
    await asyncio.wait({turn})
    assert await asyncio.to_thread(left.wait, 5)
    assert time.monotonic() - began < 1.0


def test_several_at_once(bench: Any, stand_in: Any) -> None:
    """Questions of several people are asked side by side: none waits for another's answer."""
    together = threading.Barrier(3, timeout=10)

    def meet(exchange: Any) -> None:
        together.wait()
        exchange.say(exchange.body["messages"][-1]["content"])

    stand_in.otherwise = meet
    assistant = bench().assistant
    texts: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: texts.__setitem__(n, assistant.ask(f"number {n}").text)) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {n: f"number {n}" for n in range(3)}


def test_events_of_a_failure(bench: Any, stand_in: Any, helpers: Any) -> None:
    """The gap is told before the next answerer's answer."""
    stand_in.otherwise = helpers.refuses(500, "oops")
    events = [event for event in bench().assistant.stream("Hi") if isinstance(event, Missed | Answered)]
    assert [type(event) for event in events] == [Missed, Answered]
