"""Turns over HTTP: asked, asked again, followed, stopped. Not for how they run: see turns.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from assistant.api import wire
from assistant.api.common import Asker, AtWork, ConversationId, Places, Reader, Serving, TurnId
from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.events import documented_stream
from assistant.api.failures import Refused, documented
from assistant.api.idempotency import Keys, fingerprint, keys_of
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.outward import outward_turn
from assistant.api.streaming import HEADERS, MEDIA_TYPE
from assistant.api.turns import Running, RunningTurns, from_store, stop_running
from assistant.api.uploads import FORM, FORM_FILES, FORM_QUESTION, Sent, clean, read_json, read_question
from assistant.app import Assistant
from assistant.engine import AUTO
from assistant.limiting import KEPT
from assistant.types import Sampling

router = APIRouter(prefix="/api/v1/conversations/{conversation}", tags=["turns"])

_REPLY: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Turn"}}}

Detach = Annotated[
    bool,
    Query(description="Let the turn go on when this connection ends; without an event stream, do not wait for it."),
]
Prefer = Annotated[str | None, Header(description="`respond-async` is the same as `detach=true` (RFC 7240).")]
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
    request: Request,
    assistant: Serving,
    running: AtWork,
    caller: Asker,
    places: Places,
    keys: Annotated[Keys, Depends(keys_of)],
    conversation: ConversationId,
    detach: Detach = False,
    prefer: Prefer = None,
    accept: Accept = None,
    key: Key = None,
) -> Response:
    """Ask a question about files, in JSON or a form. What cannot be perceived is a gap of the reply, not an error.

    With `Accept: text/event-stream` the events are sent as they happen. The turn is stopped when this connection ends,
    and kept as `stopped`, unless it is detached.
    """
    owner = caller.owner
    await asyncio.to_thread(assistant.store.version, conversation, owner)  # before a body for nobody is read
    sent = await read_question(request, assistant.settings, lambda digest: assistant.store.part(digest, owner))
    try:
        _check(assistant, sent.question.answerer, sent.question.sampling.value())
        detached = detach or _async(prefer)

        async def begin() -> Running:
            return await _begin(assistant, running, places, caller, conversation, sent, detached=detached)

        if key is None:
            begun: Running | str = await until_disconnect(request, begin())
        else:
            async with keys.lock(owner, conversation, key):
                mark = await asyncio.to_thread(fingerprint, sent)
                known = keys.find(owner, conversation, key, mark)
                begun = await until_disconnect(
                    request,
                    _once_more(assistant, running, places, caller, conversation, known, sent, detached=detached)
                    if known
                    else begin(),
                )
                keys.remember(owner, conversation, key, mark, begun if isinstance(begun, str) else begun.id)
    except BaseException:
        sent.clear()
        raise
    return await _respond(request, assistant, caller, conversation, begun, accept, detached=detached)


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
async def retry(
    request: Request,
    assistant: Serving,
    running: AtWork,
    caller: Asker,
    places: Places,
    conversation: ConversationId,
    turn: TurnId,
    detach: Detach = False,
    prefer: Prefer = None,
    accept: Accept = None,
) -> Response:
    """Ask a turn again in its place: one that was interrupted, stopped or failed, or of another answerer.

    Its files and what was perceived in them are there already; its answer is replaced.
    """
    await asyncio.to_thread(assistant.store.turn, conversation, turn, caller.owner)
    again = await read_json(request, assistant.settings, wire.Again)
    _check(assistant, again.answerer, again.sampling.value())
    detached = detach or _async(prefer)
    begun = await until_disconnect(
        request, _retry(assistant, running, places, caller, conversation, turn, again, detached=detached)
    )
    return await _respond(request, assistant, caller, conversation, begun, accept, detached=detached)


@router.post("/turns/{turn}/cancel", responses=documented(404, 409))
async def cancel(
    assistant: Serving, running: AtWork, caller: Asker, conversation: ConversationId, turn: TurnId
) -> wire.Turn:
    """Stop a turn, from any connection; what it has brought is kept. One that has ended stays as it is."""
    await stop_running(running, assistant, conversation, turn, caller.owner)
    return wire.Turn.model_validate(await _turn(assistant, conversation, turn, caller.owner))


@router.get("/turns/{turn}", responses=documented(404))
async def get_turn(assistant: Serving, caller: Reader, conversation: ConversationId, turn: TurnId) -> wire.Turn:
    """Read a turn with all that came of it, also while it runs."""
    return wire.Turn.model_validate(await _turn(assistant, conversation, turn, caller.owner))


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


async def _begin(
    assistant: Assistant,
    running: RunningTurns,
    places: Turns,
    caller: Caller,
    conversation: str,
    sent: Sent,
    *,
    detached: bool,
) -> Running:
    question = sent.question
    return await running.start(
        conversation,
        caller.owner,
        lambda on_begun: assistant.turn(
            clean(question.text),
            sent.uploads,
            conversation=conversation,
            owner=caller.owner,
            answerer=question.answerer,
            answer=question.answer,
            instructions=clean(question.instructions),
            sampling=question.sampling.value(),
            on_begun=on_begun,
        ),
        places.slot(caller, stores=True),
        detached=detached,
        ended=sent.clear,
    )


async def _retry(
    assistant: Assistant,
    running: RunningTurns,
    places: Turns,
    caller: Caller,
    conversation: str,
    turn: str,
    again: wire.Again,
    *,
    detached: bool,
) -> Running:
    return await running.start(
        conversation,
        caller.owner,
        lambda on_begun: assistant.retry(
            conversation,
            turn,
            owner=caller.owner,
            answerer=again.answerer,
            instructions=clean(again.instructions),
            sampling=again.sampling.value(),
            on_begun=on_begun,
        ),
        places.slot(caller),
        detached=detached,
    )


async def _once_more(
    assistant: Assistant,
    running: RunningTurns,
    places: Turns,
    caller: Caller,
    conversation: str,
    turn: str,
    sent: Sent,
    *,
    detached: bool,
) -> Running | str:
    """A request came again: the turn it began, asked again in its place if it did not come to its end."""
    sent.clear()
    found = running.find(turn, conversation, caller.owner)
    if found is not None and not found.ended.is_set():
        return found
    stored = await asyncio.to_thread(assistant.store.turn, conversation, turn, caller.owner)
    if stored.state in ("done", "running"):
        return found or turn
    question = sent.question
    again = wire.Again(answerer=question.answerer, instructions=question.instructions, sampling=question.sampling)
    return await _retry(assistant, running, places, caller, conversation, turn, again, detached=detached)


async def _respond(
    request: Request,
    assistant: Assistant,
    caller: Caller,
    conversation: str,
    begun: Running | str,
    accept: str | None,
    *,
    detached: bool,
) -> Response:
    """The reply as a whole, its events, or where to follow it."""
    turn = begun if isinstance(begun, str) else begun.id
    location = {"Location": f"/api/v1/conversations/{conversation}/turns/{turn}"}
    streamed = accept is not None and MEDIA_TYPE in accept.lower()
    if isinstance(begun, Running):
        begun.detached |= detached
        if detached and not streamed:
            return JSONResponse(begun.outline(), 202, {**location, "Preference-Applied": "respond-async"})
        attended = _Attended(begun)
        if streamed:
            return ClosingStream(attended, 200, {**HEADERS, **location}, MEDIA_TYPE)
        try:
            await until_disconnect(request, begun.ended.wait())
        finally:
            await attended.aclose()
        if begun.failure is not None:
            raise begun.failure
    elif streamed:
        events = from_store(assistant, conversation, turn, caller.owner)
        return ClosingStream(events, 200, {**HEADERS, **location}, MEDIA_TYPE)
    return JSONResponse(await _turn(assistant, conversation, turn, caller.owner), 200, location)


class _Attended:
    """The events of a turn that is stopped when nobody takes them any more, even before the first was taken."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._events = running.follow()
        self._left = False
        running.attending += 1

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._events)

    async def aclose(self) -> None:
        await self._events.aclose()
        if not self._left:
            self._left = True
            await self._running.leave()


async def _turn(assistant: Assistant, conversation: str, turn: str, owner: str) -> dict[str, Any]:
    stored = await asyncio.to_thread(assistant.store.turn, conversation, turn, owner)
    return wire.turn_json(outward_turn(stored), conversation)


def _check(assistant: Assistant, answerer: str | None, sampling: Sampling) -> None:
    """Refuse an answerer that is not there, and sampling that whoever will answer cannot keep."""
    runners = assistant.host.answerers()
    name = answerer or assistant.settings.answerer
    if name != AUTO:
        runners = tuple(runner for runner in runners if runner.name == name)
        if not runners:
            known = ", ".join(runner.name for runner in assistant.host.answerers()) or "none is installed"
            raise Refused(
                f"There is no answerer called {clean(name)[:80]}.",
                f"Leave it out for the best that is ready, or choose one of: {known}.",
                code="no_such_answerer",
                param="answerer",
            )
    ready = next((runner for runner in runners if runner.obstacle() is None), None)
    if ready is None:
        return
    for each in sorted(sampling.given - KEPT - ready.plugged.honours):
        raise Refused(
            f"{ready.name}, who would answer, does not apply {each}.",
            "Leave it out, or choose another answerer.",
            code="unsupported_parameter",
            param=f"sampling.{each}",
        )


def _async(prefer: str | None) -> bool:
    return prefer is not None and "respond-async" in (each.strip() for each in prefer.lower().split(","))
