"""Turns over HTTP: asked, asked again, followed, stopped. Not for how they begin (desk.py) and run (turns.py)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import JSONResponse

from assistant.api import wire
from assistant.api.common import Asker, AtWork, ConversationId, Reader, Serving, TurnId
from assistant.api.desk import AtDesk, stored_turn
from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.events import documented_stream
from assistant.api.failures import documented
from assistant.api.idempotency import Keys, keys_of
from assistant.api.streaming import HEADERS, MEDIA_TYPE
from assistant.api.turns import RunningTurn, from_store, stop_running
from assistant.api.uploads import FORM, FORM_FILES, FORM_QUESTION, read_json, read_question

router = APIRouter(prefix="/api/v1/conversations/{conversation}", tags=["turns"])

_REPLY: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Turn"}}}


async def _detached(
    detach: Annotated[
        bool,
        Query(description="Let the turn go on when this connection ends; without an event stream, do not wait for it."),
    ] = False,
    prefer: Annotated[
        str | None, Header(description="`respond-async` is the same as `detach=true` (RFC 7240).")
    ] = None,
) -> bool:
    return detach or (prefer is not None and "respond-async" in map(str.strip, prefer.lower().split(",")))


Detached = Annotated[bool, Depends(_detached)]
Accept = Annotated[str | None, Header(include_in_schema=False)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="A request that is sent again with the same key asks nothing twice.",
    ),
]


@router.post(
    "/turns",
    responses={
        200: {
            "description": "The whole reply, or its events.",
            "content": {**_REPLY, **documented_stream()},
        },
        202: {"model": wire.TurnStarted, "description": "The turn goes on by itself; follow it under `Location`."},
        **documented(404, 409, 413, 415, 422, 503, 507),
    },
    response_class=JSONResponse,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Question"},
                    "examples": {
                        "text": {"value": {"text": "Are there more dogs than cats?"}},
                        "picture": {
                            "value": {
                                "text": "How many people are there?",
                                "files": [{"name": "pixel.png", "data": "data:image/png;base64,iVBORw0KGgo…"}],
                            }
                        },
                    },
                },
                FORM: {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string", "description": "What is asked."},
                            "answerer": {"type": "string", "maxLength": 200},
                            FORM_QUESTION: {
                                "type": "string",
                                "contentMediaType": "application/json",
                                "contentSchema": {"$ref": "#/components/schemas/Question"},
                                "description": "In place of `text` and `answerer`: all fields, as JSON, without files.",
                            },
                            FORM_FILES: {"type": "array", "items": {"type": "string", "format": "binary"}},
                        },
                        "additionalProperties": False,
                    }
                },
            },
        }
    },
)
async def ask(
    desk: AtDesk,
    keys: Annotated[Keys, Depends(keys_of)],
    detached: Detached,
    accept: Accept = None,
    key: Key = None,
) -> Response:
    """Ask a question about files, in JSON or a form. What cannot be perceived is a gap of the reply, not an error.

    With `Accept: text/event-stream` the events are sent as they happen. The turn is stopped when this connection ends,
    and kept as `stopped`, unless it is detached.
    """
    assistant, owner = desk.assistant, desk.caller.owner
    await asyncio.to_thread(assistant.store.version, desk.conversation, owner)  # before a body for nobody is read
    sent = await read_question(desk.request, assistant.settings, lambda digest: assistant.store.part(digest, owner))
    try:
        desk.check(sent.question.answerer, sent.question.sampling.value())
        begun: RunningTurn | str = (
            await until_disconnect(desk.request, desk.begin(sent, detached=detached))
            if key is None
            else await desk.begin_once(sent, keys, key, detached=detached)
        )
    except BaseException:
        sent.clear()
        raise
    return await desk.respond(begun, accept, detached=detached)


@router.post(
    "/turns/{turn}/retry",
    responses={
        200: {"description": "The whole reply, or its events.", "content": {**_REPLY, **documented_stream()}},
        202: {"model": wire.TurnStarted, "description": "The turn goes on by itself; follow it under `Location`."},
        **documented(404, 409, 413, 415, 422, 503, 507),
    },
    response_class=JSONResponse,
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Again"}}}}
    },
)
async def retry(desk: AtDesk, turn: TurnId, detached: Detached, accept: Accept = None) -> Response:
    """Ask a turn again in its place: one that was interrupted, stopped or failed, or of another answerer.

    Its files and what was perceived in them are there already; its answer is replaced.
    """
    assistant, owner = desk.assistant, desk.caller.owner
    await asyncio.to_thread(assistant.store.turn, desk.conversation, turn, owner)  # before a body for nobody is read
    again = await read_json(desk.request, assistant.settings, wire.Again)
    desk.check(again.answerer, again.sampling.value())
    begun = await until_disconnect(desk.request, desk.retry(turn, again, detached=detached))
    return await desk.respond(begun, accept, detached=detached)


@router.post("/turns/{turn}/cancel", responses=documented(404, 409))
async def cancel(
    assistant: Serving, running: AtWork, caller: Asker, conversation: ConversationId, turn: TurnId
) -> wire.Turn:
    """Stop a turn, from any connection; what it has brought is kept. One that has ended stays as it is."""
    await stop_running(running, assistant, conversation, turn, caller.owner)
    return wire.Turn.model_validate(await stored_turn(assistant, conversation, turn, caller.owner))


@router.get("/turns/{turn}", responses=documented(404))
async def get_turn(assistant: Serving, caller: Reader, conversation: ConversationId, turn: TurnId) -> wire.Turn:
    """Read a turn with all that came of it, also while it runs."""
    return wire.Turn.model_validate(await stored_turn(assistant, conversation, turn, caller.owner))


@router.get(
    "/turns/{turn}/events",
    responses={
        200: {"description": "The events, from the first or from `Last-Event-ID` on.", "content": documented_stream()},
        **documented(404),
    },
    response_class=Response,
)
async def follow(
    assistant: Serving,
    running: AtWork,
    caller: Reader,
    conversation: ConversationId,
    turn: TurnId,
    last: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20, description="The last one known.")] = None,
) -> Response:
    """Follow a turn: what it has told so far, then what it tells, until `done`. Any number of clients may."""
    found = running.find(turn, conversation, caller.owner)
    if found is None:
        await asyncio.to_thread(assistant.store.turn, conversation, turn, caller.owner)
        return ClosingStream(from_store(assistant, conversation, turn, caller.owner), 200, HEADERS, MEDIA_TYPE)
    after = int(last) if last is not None and last.isascii() and last.isdigit() else 0
    return ClosingStream(found.follow(min(after, found.last)), 200, HEADERS, MEDIA_TYPE)
