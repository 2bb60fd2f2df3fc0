"""Stops work that nobody waits for any more, because its client closed the connection. Not for deadlines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.api.failures import Refused

logger = logging.getLogger(__name__)
T = TypeVar("T")
CLIENT_GONE: Final = 499
"""Status of requests whose client left before the answer, for the log: nginx's, as no standard has one."""


class ClientGone(Refused):
    """The client closed the connection; what was under way for it was stopped."""

    def __init__(self) -> None:
        super().__init__("The client closed the connection before the answer.", status=CLIENT_GONE, code="client_gone")


async def until_disconnect(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled as soon as the client leaves.

    For responses that are sent as a whole; `ClosingStream` is for those sent in pieces. The body of the request must
    have been read: FastAPI has, where the route declares one.

    Args:
        request: the one that is answered.
        work: a coroutine, task or future; what it raises is raised.

    Raises:
        ClientGone: the client left; the work has ended by then, or was told to.
    """
    task: asyncio.Future[T] = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_disconnected(request.receive))
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
    finally:
        watch.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.info("what was stopped failed while it was ending: %r", error)
    raise ClientGone


async def _disconnected(receive: Receive) -> None:
    """Return when the client has left; drops what it may still send."""
    while (await receive())["type"] != "http.disconnect":
        pass


class ClosingStream(StreamingResponse):
    """A response in pieces that closes their source at once when the client leaves, or when anything else ends it.

    Starlette cancels the sending, but leaves a generator that waits at a `yield` to the garbage collector.
    """

    def __init__(
        self,
        content: AsyncIterator[str | bytes],
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        """Send what the iterator yields; `aclose` is called on it if it has one, as async generators do."""
        super().__init__(content, status_code, headers, media_type)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces, then close the source."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            close = getattr(self._content, "aclose", None)
            if close is not None:
                await close()
