"""Writes JSON and event streams, whichever API they belong to. Not for what they tell: see events.py and openai/."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from assistant.api.failures import body_of, unexpected_body
from assistant.errors import AssistantError

logger = logging.getLogger(__name__)
T = TypeVar("T")

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Neither kept nor held back by a proxy."""
ALIVE: Final = b": still here\n\n"
"""A comment, for connections that would be cut if nothing came."""
LINE_ENDS: Final = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
"""What some clients take for the end of a line, though it is none in an event stream; JSON escapes the others."""


def dumped(value: Any) -> bytes:
    """JSON in UTF-8; NumPy's values as the plain ones, halves of surrogate pairs as question marks."""
    return _text(value).encode("utf-8", "replace")


def frame(data: Any, *, name: str = "", number: int | None = None) -> bytes:
    """One server-sent event, whose data are JSON; unnamed and without an id if none is given."""
    head = f"id: {number}\n" if number is not None else ""
    head += f"event: {name}\n" if name else ""
    return f"{head}data: {_text(data).translate(LINE_ENDS)}\n\n".encode("utf-8", "replace")


async def pausing(events: AsyncGenerator[T, None], seconds: float) -> AsyncGenerator[T | None, None]:
    """The events, and None whenever none came for so long. Closing it closes the events."""
    coming: asyncio.Task[T] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait((coming,), timeout=seconds)
            if not done:
                yield None
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                return
            finally:
                coming = None
            yield event
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await events.aclose()


class Guarded:
    """The pieces of a response that has begun; what goes wrong among them becomes a last one.

    What it holds is released when it is closed, even if nobody ever took the first piece.
    """

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        failed: Callable[[dict[str, Any]], bytes],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        """Nothing is taken yet.

        Args:
            pieces: the response.
            failed: makes the piece that tells of an error from the error's JSON object.
            close: awaited when this is closed, after the pieces are.
        """
        self._pieces = pieces
        self._failed = failed
        self._close = close

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            raise
        except AssistantError as error:
            return self._failed(body_of(error))
        except Exception:  # a defect: the client is told that there is one, the log which
            logger.exception("a stream broke off")
            return self._failed(unexpected_body())

    async def aclose(self) -> None:
        """End the stream and the work for it."""
        try:
            await self._pieces.aclose()
        finally:
            await self._close()


async def _next(events: AsyncGenerator[T, None]) -> T:
    return await anext(events)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # NumPy, from a plugin
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
