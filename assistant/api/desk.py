"""Begins turns of one conversation for one caller, and answers with what comes of them. Not for the routes: see
asking.py; nor for how turns run: see turns.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

from assistant.api import wire
from assistant.api.common import Asker, AtWork, ConversationId, Places, Serving
from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.failures import Refused
from assistant.api.idempotency import Keys, fingerprint
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.outward import outward_turn
from assistant.api.shapes import turn_json
from assistant.api.streaming import HEADERS, MEDIA_TYPE
from assistant.api.turns import RunningTurn, RunningTurns, from_store
from assistant.api.uploads import Sent, clean
from assistant.app import Assistant
from assistant.engine import AUTO
from assistant.limiting import KEPT
from assistant.types import Sampling

NAME_SHOWN: Final = 80
"""Characters of a name from the request that an error repeats."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the question of one request is taken in."""

    request: Request
    assistant: Assistant
    running: RunningTurns
    places: Turns
    caller: Caller
    conversation: str

    async def begin(self, sent: Sent, *, detached: bool) -> RunningTurn:
        """Ask a question; it is stored when this returns. Raises AssistantError for what keeps it from beginning."""
        question = sent.question
        return await self.running.start(
            self.conversation,
            self.caller.owner,
            lambda on_begun: self.assistant.turn(
                clean(question.text),
                sent.uploads,
                conversation=self.conversation,
                owner=self.caller.owner,
                answerer=question.answerer,
                answer=question.answer,
                instructions=clean(question.instructions),
                sampling=question.sampling.value(),
                on_begun=on_begun,
            ),
            self.places.slot(self.caller, stores=True),
            detached=detached,
            ended=sent.clear,
        )

    async def retry(self, turn: str, again: wire.Again, *, detached: bool) -> RunningTurn:
        """Ask a turn again in its place. Raises AssistantError for what keeps it from beginning."""
        return await self.running.start(
            self.conversation,
            self.caller.owner,
            lambda on_begun: self.assistant.retry(
                self.conversation,
                turn,
                owner=self.caller.owner,
                answerer=again.answerer,
                instructions=clean(again.instructions),
                sampling=again.sampling.value(),
                on_begun=on_begun,
            ),
            self.places.slot(self.caller),
            detached=detached,
        )

    async def begin_once(self, sent: Sent, keys: Keys, key: str, *, detached: bool) -> RunningTurn | str:
        """Ask a question unless it was asked already under this key; then the turn, or the id of one that is over.

        Raises:
            Refused: 422, something else was asked under this key.
            AssistantError: what keeps it from beginning.
        """
        whose = self.caller.owner, self.conversation, key
        async with keys.lock(*whose):
            mark = await asyncio.to_thread(fingerprint, sent)
            known = keys.find(*whose, mark)
            work = self._once_more(known, sent, detached=detached) if known else self.begin(sent, detached=detached)
            begun = await until_disconnect(self.request, work)
            keys.remember(*whose, mark, begun if isinstance(begun, str) else begun.id)
        return begun

    async def _once_more(self, turn: str, sent: Sent, *, detached: bool) -> RunningTurn | str:
        """The turn that the same request began, asked again in its place if it did not come to its end."""
        sent.clear()
        found = self.running.find(turn, self.conversation, self.caller.owner)
        if found is not None and not found.ended.is_set():
            return found
        stored = await asyncio.to_thread(self.assistant.store.turn, self.conversation, turn, self.caller.owner)
        if stored.state in ("done", "running"):
            return found or turn
        question = sent.question
        again = wire.Again(answerer=question.answerer, instructions=question.instructions, sampling=question.sampling)
        return await self.retry(turn, again, detached=detached)

    async def respond(self, begun: RunningTurn | str, accept: str | None, *, detached: bool) -> Response:
        """The turn as a whole, its events, or where to follow it."""
        turn = begun if isinstance(begun, str) else begun.id
        location = {"Location": f"/api/v1/conversations/{self.conversation}/turns/{turn}"}
        streamed = accept is not None and MEDIA_TYPE in accept.lower()
        if isinstance(begun, RunningTurn):
            begun.detached |= detached
            if detached and not streamed:
                return JSONResponse(begun.outline(), 202, {**location, "Preference-Applied": "respond-async"})
            attended = _Attended(begun)
            if streamed:
                return ClosingStream(attended, 200, {**HEADERS, **location}, MEDIA_TYPE)
            try:
                await until_disconnect(self.request, begun.ended.wait())
            finally:
                await attended.aclose()
            if begun.failure is not None:
                raise begun.failure
        elif streamed:
            events = from_store(self.assistant, self.conversation, turn, self.caller.owner)
            return ClosingStream(events, 200, {**HEADERS, **location}, MEDIA_TYPE)
        found = await stored_turn(self.assistant, self.conversation, turn, self.caller.owner)
        return JSONResponse(found, 200, location)

    def check(self, answerer: str | None, sampling: Sampling) -> None:
        """Raises Refused for an answerer that is not there, and sampling that whoever will answer cannot keep."""
        runners = self.assistant.host.answerers()
        name = answerer or self.assistant.settings.answerer
        if name != AUTO:
            runners = tuple(runner for runner in runners if runner.name == name)
            if not runners:
                known = ", ".join(runner.name for runner in self.assistant.host.answerers()) or "none is installed"
                raise Refused(
                    f"There is no answerer called {clean(name)[:NAME_SHOWN]}.",
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


async def desk(
    request: Request,
    assistant: Serving,
    running: AtWork,
    places: Places,
    caller: Asker,
    conversation: ConversationId,
) -> Desk:
    """The desk for a request; a FastAPI dependency. Raises Refused for a caller who may not ask."""
    return Desk(request, assistant, running, places, caller, conversation)


AtDesk = Annotated[Desk, Depends(desk)]


async def stored_turn(assistant: Assistant, conversation: str, turn: str, owner: str) -> dict[str, Any]:
    """A `wire.Turn` as it is stored by now. Raises NotFound."""
    stored = await asyncio.to_thread(assistant.store.turn, conversation, turn, owner)
    return turn_json(outward_turn(stored), conversation)


class _Attended:
    """The events of a turn that is stopped when nobody takes them any more, even before the first was taken."""

    def __init__(self, running: RunningTurn) -> None:
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
