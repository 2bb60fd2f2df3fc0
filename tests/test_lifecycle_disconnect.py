"""Work for clients that have left: stopped, whether the response is sent as a whole or in pieces."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.types import Message, Scope

from assistant.api.disconnect import ClientGone, ClosingStream, until_disconnect

SCOPE: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}


class Client:
    """A connection that stays open until `leave`."""

    def __init__(self) -> None:
        self._left = asyncio.Event()
        self.got: list[Message] = []
        self.first = asyncio.Event()

    def leave(self) -> None:
        self._left.set()

    async def receive(self) -> Message:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.got.append(message)
        await asyncio.sleep(0)
        if message["type"] == "http.response.body":
            self.first.set()


class Work:
    """Goes on for ever, and notes how it ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self) -> None:
        try:
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # what is stored on the way out takes a turn of the loop
            self.ended.set()


async def test_work_is_stopped_when_the_client_leaves() -> None:
    """The work has ended when the caller is told that the client is gone."""
    client, work = Client(), Work()
    answering = asyncio.ensure_future(until_disconnect(Request(SCOPE, client.receive), work.run()))
    await work.begun.wait()
    client.leave()
    with pytest.raises(ClientGone):
        await asyncio.wait_for(answering, 1)
    assert work.ended.is_set()


async def test_result_and_errors_pass() -> None:
    """A client that stays gets the result, or the error as it was raised."""
    request = Request(SCOPE, Client().receive)

    async def fails() -> None:
        raise ValueError("as it was")

    assert await until_disconnect(request, asyncio.sleep(0, "result")) == "result"
    with pytest.raises(ValueError, match="as it was"):
        await until_disconnect(request, fails())


async def test_cancelling_the_request_ends_the_work_first() -> None:
    """A request that is cancelled, as at shutdown, waits for its work to end."""
    work = Work()
    answering = asyncio.ensure_future(until_disconnect(Request(SCOPE, Client().receive), work.run()))
    await work.begun.wait()
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert work.ended.is_set()


async def test_stream_closes_its_source_when_the_client_leaves() -> None:
    """The generator is closed by the time the response is over, wherever it stood."""
    client, closed = Client(), asyncio.Event()

    async def pieces() -> AsyncIterator[str]:
        try:
            while True:
                yield "piece"
        finally:
            closed.set()

    sending = asyncio.ensure_future(ClosingStream(pieces())(SCOPE, client.receive, client.send))
    await client.first.wait()
    client.leave()
    await asyncio.wait_for(sending, 1)
    assert closed.is_set()


async def test_stream_closes_its_source_when_sending_fails() -> None:
    """A connection that breaks under the response closes the source too."""
    closed = asyncio.Event()

    async def pieces() -> AsyncIterator[str]:
        try:
            yield "piece"
            yield "piece"
        finally:
            closed.set()

    async def broken(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise OSError(socket.EAI_FAIL, "gone")

    with pytest.raises(OSError, match="gone"):
        await ClosingStream(pieces())(SCOPE, Client().receive, broken)
    assert closed.is_set()
