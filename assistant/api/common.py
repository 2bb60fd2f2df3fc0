"""What routes share: who may call them, the assistant behind a request, ids as they stand in paths, and pages."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request

from assistant.api.failures import Refused
from assistant.api.identity import Caller, require
from assistant.api.limits import Turns, turns
from assistant.api.turns import RunningTurns
from assistant.app import Assistant

ID: Final = r"^[A-Za-z0-9_-]{1,64}$"
PAGE: Final = 50
PAGE_MOST: Final = 500


async def assistant_of(request: Request) -> Assistant:
    """The assistant that the application serves."""
    found: Assistant = request.app.state.assistant
    return found


async def running_of(request: Request) -> RunningTurns:
    """The turns that run in this process."""
    found: RunningTurns = request.app.state.running
    return found


Serving = Annotated[Assistant, Depends(assistant_of)]
AtWork = Annotated[RunningTurns, Depends(running_of)]
Reader = Annotated[Caller, Depends(require("read"))]
Writer = Annotated[Caller, Depends(require("write"))]
Asker = Annotated[Caller, Depends(require("ask"))]
Places = Annotated[Turns, Depends(turns)]
ConversationId = Annotated[str, Path(pattern=ID, description="Of a conversation.")]
TurnId = Annotated[str, Path(pattern=ID, description="Of a turn.")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="Of a part.")]
PageSize = Annotated[int, Query(ge=1, le=PAGE_MOST, description="How many at most.")]


def cursor(place: int) -> str:
    """A place in a list as clients hand it back: nothing to count with."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_of(cursor: str, param: str) -> int:
    """The inverse of `cursor`. Raises Refused."""
    try:
        place = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _no_cursor(param) from error
    if not 0 <= place < 2**53:
        raise _no_cursor(param)
    return place


def _no_cursor(param: str) -> Refused:
    return Refused(
        "This is no place in the list.", "Take `next` of the page before.", code="invalid_cursor", param=param
    )
