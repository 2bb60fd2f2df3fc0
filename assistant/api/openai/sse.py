"""Sends a turn as a whole or as server-sent events, as OpenAI's endpoints do. Not for what is in them."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.failures import body_of, unexpected_body
from assistant.api.openai.turns import Turn
from assistant.errors import AssistantError

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Neither kept nor held back by a proxy."""
ALIVE: Final = b": still here\n\n"
DONE: Final = b"data: [DONE]\n\n"


class Shape(Protocol):
    """A turn in the shapes of one endpoint."""

    async def whole(self) -> dict[str, Any]:
        """The response once the turn has ended."""
        ...

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """The response while it goes on."""
        ...

    def failed(self, error: dict[str, Any]) -> bytes:
        """The piece that tells of an error, given the error's JSON object."""
        ...


async def respond(turn: Turn, shape: Shape, request: Request, *, stream: bool, at_once: bool = False) -> Response:
    """Run the turn and send what comes of it; it is stopped when the client leaves.

    Args:
        turn: closed at the end.
        shape: of the response.
        request: the one that is answered.
        stream: whether to send pieces.
        at_once: whether the first pieces are wanted before the answer begins.
    """
    try:
        if not stream:
            await until_disconnect(request, turn.finish())
            return Response(dumped(await shape.whole()), media_type="application/json")
        await until_disconnect(request, turn.begin(at_once=at_once))
    except BaseException:
        await turn.close()
        raise
    finally:
        if not stream:
            await turn.close()
    pieces = _Closing(_guarded(shape), turn.close)
    return ClosingStream(pieces, headers=HEADERS, media_type=MEDIA_TYPE)


def sent(value: Any, name: str = "") -> bytes:
    """One event on the wire."""
    return (b"event: " + name.encode() + b"\n" if name else b"") + b"data: " + dumped(value) + b"\n\n"


def dumped(value: Any) -> bytes:
    """JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode("utf-8", "replace")


async def _guarded(shape: Shape) -> AsyncGenerator[bytes, None]:
    """The pieces; what goes wrong among them becomes a last one, as the status is sent already."""
    pieces = shape.pieces()
    try:
        async for piece in pieces:
            yield piece
    except AssistantError as error:
        yield shape.failed(body_of(error))
    except Exception:  # a defect: the client is told that there is one, the log which
        logger.exception("a stream broke off")
        yield shape.failed(unexpected_body())
    finally:
        await pieces.aclose()


class _Closing:
    """A stream that releases what it holds even if nobody ever takes its first piece."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], close: Callable[[], Awaitable[None]]) -> None:
        """`close` is awaited once, when the stream ends or is closed."""
        self._pieces = pieces
        self._close = close

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """End the stream."""
        try:
            await self._pieces.aclose()
        finally:
            await self._close()


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # NumPy, from a perceiver
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
