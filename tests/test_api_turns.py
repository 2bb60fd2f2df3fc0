"""Turns over HTTP, on a real server: followed by several clients, stopped with and by their own, asked again."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_serving import Script, assistant_with, events_of, serving

from assistant.api import create_app, turns
from assistant.api.events import SCHEMAS
from assistant.api.turns import RunningTurn, RunningTurns
from assistant.app import Assistant
from assistant.errors import AssistantError, Cancelled
from assistant.types import Event

SSE = {"accept": "text/event-stream"}
FINISHED = 10.0
"""Seconds in which anything here is over, on a busy machine."""


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    yield made
    made.go_on.set()


@pytest.fixture
def assistant(tmp_path: Path, script: Script) -> Iterator[Assistant]:
    with assistant_with(tmp_path, script) as opened:
        yield opened


@pytest.fixture
def client(assistant: Assistant) -> Iterator[httpx.Client]:
    with serving(create_app(assistant)) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=FINISHED) as opened:
        yield opened


@pytest.fixture
def where(client: httpx.Client) -> str:
    return f"/conversations/{client.post('/conversations').json()['id']}"


def ended(client: httpx.Client, url: str) -> dict[str, Any]:
    """The turn, once its last event is out."""
    with client.stream("GET", f"{url}/events") as response:
        *_, last = events_of(response.iter_lines())
    assert last[1] == "done"
    return dict(client.get(url).json())


def test_events_of_a_turn(client: httpx.Client, where: str) -> None:
    """In the documented order, with increasing ids and data as documented; the answer's pieces add up."""
    body = {"text": "what?", "files": [{"name": "a.txt", "data": "data:,hello"}]}
    with client.stream("POST", f"{where}/turns", json=body, headers=SSE) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        location = response.headers["location"]
        events = list(events_of(response.iter_lines()))
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    for _, name, data in events:
        SCHEMAS[name].model_validate(data, strict=True, extra="forbid")
    names = [name for _, name, _ in events]
    assert (names[0], names[-1]) == ("turn", "done")
    order = [names.index(name) for name in ("part", "observation", "answering", "delta", "citation", "answer")]
    assert order == sorted(order)
    text = "".join(data["text"] for _, name, data in events if name == "delta")
    answer = next(data for _, name, data in events if name == "answer")
    assert text == answer["text"] == "one two "
    assert events[-1][2]["state"] == "done"
    assert client.get(location.removeprefix("/api/v1")).json()["id"] == events[0][2]["id"]


def test_others_follow_from_the_first_or_from_where_they_were(client: httpx.Client, where: str, script: Script) -> None:
    """A second client sees everything from the start; after a lost connection, only what it missed."""
    script.hold()
    started = client.post(f"{where}/turns?detach=true", json={"text": "q"})
    assert (started.status_code, started.json()["state"]) == (202, "running")
    url = started.headers["location"].removeprefix("/api/v1")
    first: list[tuple[int, str, Any]] = []
    with client.stream("GET", f"{url}/events") as response:
        for event in events_of(response.iter_lines()):
            first.append(event)
            if event[1] == "delta":
                break
    script.go_on.set()
    with client.stream("GET", f"{url}/events", headers={"last-event-id": str(first[-1][0])}) as response:
        second = list(events_of(response.iter_lines()))
    with client.stream("GET", f"{url}/events") as response:
        everything = list(events_of(response.iter_lines()))
    assert first + second == everything
    assert client.get(url).json()["answer"]["text"] == "one two "


@pytest.mark.parametrize("headers", [SSE, {}], ids=["stream", "whole"])
def test_a_client_that_leaves_stops_its_turn(
    client: httpx.Client, where: str, script: Script, headers: dict[str, str]
) -> None:
    """The work ends within a second, and the turn is kept as stopped with what was written."""
    script.hold()

    if headers:
        with client.stream("POST", f"{where}/turns", json={"text": "q"}, headers=headers) as response:
            assert any(name == "delta" for _, name, _ in events_of(response.iter_lines()))
    else:
        _ask_and_leave(client, where, script)
    assert script.stopped.wait(1.0)
    turn = client.get(where).json()["turns"][0]
    kept = ended(client, f"{where}/turns/{turn['id']}")
    assert kept["state"] == "stopped"
    assert kept["streamed"] == "one " or not headers


def _ask_and_leave(client: httpx.Client, where: str, script: Script) -> None:
    """Ask on a plain socket and cut it when the answer has begun."""
    address = (client.base_url.host, client.base_url.port)
    body = json.dumps({"text": "q"}).encode()
    head = f"POST /api/v1{where}/turns HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with socket.create_connection(address) as connection:
        connection.sendall(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert script.written.wait(FINISHED)


def test_a_detached_turn_outlives_its_client(client: httpx.Client, where: str, script: Script) -> None:
    """With detach=true it goes on without anybody listening."""
    script.hold()
    with client.stream("POST", f"{where}/turns?detach=true", json={"text": "q"}, headers=SSE) as response:
        url = response.headers["location"].removeprefix("/api/v1")
        assert script.written.wait(FINISHED)
    assert not script.stopped.wait(0.3)
    script.go_on.set()
    assert ended(client, url)["state"] == "done"


def test_prefer_respond_async(client: httpx.Client, where: str) -> None:
    """RFC 7240's way of saying the same."""
    started = client.post(f"{where}/turns", json={"text": "q"}, headers={"prefer": "wait=5, respond-async"})
    assert (started.status_code, started.headers["preference-applied"]) == (202, "respond-async")
    assert ended(client, started.headers["location"].removeprefix("/api/v1"))["state"] == "done"


def test_cancelling_from_another_connection(client: httpx.Client, where: str, script: Script) -> None:
    """It is over when the cancelling is answered; cancelling what has ended changes nothing."""
    script.hold()
    url = client.post(f"{where}/turns?detach=true", json={"text": "q"}).headers["location"].removeprefix("/api/v1")
    with client.stream("GET", f"{url}/events") as response:
        assert any(name == "delta" for _, name, _ in events_of(response.iter_lines()))
    stopped = client.post(f"{url}/cancel")
    assert (stopped.json()["state"], stopped.json()["streamed"]) == ("stopped", "one ")
    assert client.post(f"{url}/cancel").json() == stopped.json()


def test_cancelling_what_the_chat_or_a_program_asked(
    client: httpx.Client, assistant: Assistant, where: str, script: Script
) -> None:
    """A turn that was not started over the API is stopped like one that was; who asked learns that it was stopped."""
    script.hold()
    ends: list[BaseException] = []

    def ask() -> None:
        try:
            assistant.ask("q", conversation=where.rpartition("/")[2])
        except AssistantError as error:
            ends.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert script.written.wait(FINISHED)
    url = f"{where}/turns/{client.get(where).json()['turns'][0]['id']}"
    stopped = client.post(f"{url}/cancel")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert script.stopped.wait(1.0)
    asking.join(FINISHED)
    assert [type(end) for end in ends] == [Cancelled]


def test_asking_again_in_its_place(client: httpx.Client, where: str, script: Script) -> None:
    """A stopped turn is taken up with the files it had; there is no second one."""
    script.hold()
    body = {"text": "q", "files": [{"name": "a.txt", "data": "data:,hello"}]}
    url = client.post(f"{where}/turns?detach=true", json=body).headers["location"].removeprefix("/api/v1")
    assert script.written.wait(FINISHED)
    client.post(f"{url}/cancel")
    script.go_on.set()
    again = client.post(f"{url}/retry")
    assert (again.status_code, again.json()["state"], again.json()["answer"]["text"]) == (200, "done", "one two ")
    assert len(again.json()["files"]) == 1
    assert [turn["id"] for turn in client.get(where).json()["turns"]] == [again.json()["id"]]
    with client.stream("POST", f"{url}/retry", json={"answerer": "scripted"}, headers=SSE) as response:
        assert [data["state"] for _, name, data in events_of(response.iter_lines()) if name == "done"] == ["done"]
    assert client.post(f"{url}/retry", json={"answerer": "nobody"}).json()["error"]["param"] == "answerer"


def test_one_question_at_a_time(client: httpx.Client, where: str, script: Script) -> None:
    """A conversation that is busy says so; another one is served."""
    script.hold()
    url = client.post(f"{where}/turns?detach=true", json={"text": "q"}).headers["location"].removeprefix("/api/v1")
    busy = client.post(f"{where}/turns", json={"text": "and?"})
    assert (busy.status_code, busy.json()["error"]["type"]) == (409, "conflict_error")
    assert "retry-after" in busy.headers
    script.go_on.set()
    assert ended(client, url)["state"] == "done"


def test_deleting_a_conversation_stops_what_runs_in_it(client: httpx.Client, where: str, script: Script) -> None:
    """Nothing goes on for a conversation that is gone."""
    script.hold()
    client.post(f"{where}/turns?detach=true", json={"text": "q"})
    assert script.written.wait(FINISHED)
    assert client.delete(where).status_code == 204
    assert script.stopped.wait(1.0)
    assert client.get(where).status_code == 404


def test_a_key_asks_once(client: httpx.Client, where: str, script: Script) -> None:
    """The same request with the same Idempotency-Key gives the same turn; another question under it is refused."""
    key = {"idempotency-key": "k1"}
    body = {"text": "q", "files": [{"name": "a.txt", "data": "data:,hello"}]}
    first = client.post(f"{where}/turns", json=body, headers=key).json()
    assert client.post(f"{where}/turns", json=body, headers=key).json() == first
    with client.stream("POST", f"{where}/turns", json=body, headers=key | SSE) as response:
        assert [data["id"] for _, name, data in events_of(response.iter_lines()) if name == "turn"] == [first["id"]]
    other = client.post(f"{where}/turns", json={**body, "text": "other"}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert client.post(f"{where}/turns", json=body, headers={"idempotency-key": "k2"}).json()["id"] != first["id"]
    assert len(client.get(where).json()["turns"]) == 2


def test_a_key_takes_up_what_was_cut_off(client: httpx.Client, where: str, script: Script) -> None:
    """A client that lost its connection sends again with its key: one turn, and now it is answered."""
    key = {"idempotency-key": "k"}
    script.hold()
    with client.stream("POST", f"{where}/turns", json={"text": "q"}, headers=key | SSE):
        assert script.written.wait(FINISHED)
    assert script.stopped.wait(FINISHED)
    turn = client.get(where).json()["turns"][0]["id"]
    ended(client, f"{where}/turns/{turn}")
    script.go_on.set()
    again = client.post(f"{where}/turns", json={"text": "q"}, headers=key)
    assert (again.json()["id"], again.json()["state"]) == (turn, "done")
    assert len(client.get(where).json()["turns"]) == 1


def test_a_running_turn_is_joined_by_its_key(client: httpx.Client, where: str, script: Script) -> None:
    """The same request while the first still runs waits for the same answer."""
    key = {"idempotency-key": "k"}
    script.hold()
    first = client.post(f"{where}/turns?detach=true", json={"text": "q"}, headers=key).json()
    with client.stream("POST", f"{where}/turns", json={"text": "q"}, headers=key | SSE) as response:
        events = events_of(response.iter_lines())
        assert next(events)[2]["id"] == first["id"]
        script.go_on.set()
        assert list(events)[-1][2]["state"] == "done"


def test_a_turn_goes_on_for_who_still_waits(client: httpx.Client, where: str, script: Script) -> None:
    """A client that sends again joins; that the connection it lost is noticed later stops nothing, its leaving does."""
    key = {"idempotency-key": "k"} | SSE
    script.hold()
    ask = {"method": "POST", "url": f"{where}/turns", "json": {"text": "q"}, "headers": key}
    with client.stream(**ask) as second:  # type: ignore[arg-type]
        with client.stream(**ask) as first:  # type: ignore[arg-type]
            assert next(events_of(first.iter_lines()))[1] == "turn"
        told = events_of(second.iter_lines())  # held: a generator that is let go closes its connection
        assert any(name == "delta" for _, name, _ in told)
        assert not script.stopped.wait(0.3)
    assert script.stopped.wait(1.0)


def test_a_turn_that_does_not_run_here_is_told_from_the_store(
    client: httpx.Client, where: str, assistant: Assistant
) -> None:
    """The events of an older turn come from what was kept of it, in the same shapes."""
    turn = client.post(f"{where}/turns", json={"text": "q"}).json()

    async def told() -> bytes:
        conversation = turn["conversation"]
        return b"".join([piece async for piece in turns.from_store(assistant, conversation, turn["id"], "local")])

    events = list(events_of(asyncio.run(told()).decode().splitlines()))
    for _, name, data in events:
        SCHEMAS[name].model_validate(data, strict=True, extra="forbid")
    assert next(data for _, name, data in events if name == "answer") == turn["answer"]
    assert events[-1][1:] == ("done", {**events[-1][2], "state": "done"})


async def test_who_is_too_slow_is_told_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events beyond the log's size are dropped, not kept; a follower who missed some gets an error and the end."""
    monkeypatch.setattr(turns, "LOG_BYTES", 2000)
    running = RunningTurn("conversation", "owner")
    running.tell("turn", {})
    slow = running.follow()
    assert b"event: turn" in await anext(slow)
    for number in range(100):
        running.tell("delta", {"text": str(number)})
    pieces = [piece async for piece in slow]
    assert len(pieces) == 1
    assert [data["error"]["code"] for _, _, data in events_of(pieces[0].decode().splitlines())] == ["events_gone"]
    running.ended.set()
    late = b"".join([piece async for piece in running.follow(running.last - 3)])
    assert [data["text"] for _, _, data in events_of(late.decode().splitlines())] == ["97", "98", "99"]


def test_logs_of_ended_turns_are_let_go(client: httpx.Client, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the latest are kept for followers; older turns are told from the store."""
    monkeypatch.setattr(turns, "ENDED_KEPT", 1)
    first, second = (client.post(f"{where}/turns", json={"text": "q"}).json()["id"] for _ in range(2))
    for turn in (first, second):
        with client.stream("GET", f"{where}/turns/{turn}/events") as response:
            names = [name for _, name, _ in events_of(response.iter_lines())]
        assert ("answering" in names) == (turn == second)  # who was tried in which order is not stored
        assert names[-2:] == ["answer", "done"]


async def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower hears something now and then, so that no proxy cuts the connection."""
    monkeypatch.setattr(turns, "HEARTBEAT_SECONDS", 0.01)
    follower = RunningTurn("conversation", "owner").follow()
    assert (await anext(follower)).startswith(b":")
    await follower.aclose()


async def test_closing_stops_what_runs(tmp_path: Path, script: Script) -> None:
    """At shutdown every turn is ended and stored as stopped."""
    script.hold()
    with assistant_with(tmp_path, script) as assistant:
        where = assistant.store.create_conversation("local")
        running = RunningTurns(assistant)

        def begin(told: Callable[[str], None]) -> AsyncGenerator[Event, None]:
            return assistant.turn("q", conversation=where, on_begun=told)

        started = await running.start(where, "local", begin, nullcontext(), detached=True)
        await running.close()
        assert assistant.store.turn(where, started.id, "local").state == "stopped"


def test_an_answerer_that_breaks_is_a_gap(client: httpx.Client, where: str, script: Script) -> None:
    """The reply says that nobody could answer, and what failed; the request itself does not fail."""
    script.failing = True
    reply = client.post(f"{where}/turns", json={"text": "q"})
    assert reply.status_code == 200
    assert [(gap["source"], gap["cause"]) for gap in reply.json()["gaps"]] == [("scripted", "crashed")]
