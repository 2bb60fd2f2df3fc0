"""Sends a turn as a whole or as server-sent events, as OpenAI's endpoints do. Not for what is in them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.openai.turns import Turn
from assistant.api.streaming import HEADERS, MEDIA_TYPE, Guarded, dumped

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
    pieces = Guarded(shape.pieces(), shape.failed, turn.close)
    return ClosingStream(pieces, headers=HEADERS, media_type=MEDIA_TYPE)
