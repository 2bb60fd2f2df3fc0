"""Stores a turn while it runs: what was perceived is told only once it is stored. Not for running it: see app.py.

Observations and the whole answer are written before anybody hears of them, all that are there at once in one
transaction; the pieces of a streamed answer are told at once and written a moment later. A database that is gone
meanwhile does not stop the turn: what it brought waits in memory.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import aclosing
from typing import Any, Final, Literal, TypeVar

from assistant.engine import Session, remembered
from assistant.errors import AssistantError, StorageFull, Unavailable
from assistant.reply import ENDED_STATES, Record
from assistant.store import Begun, Store
from assistant.types import (
    Answer,
    Answered,
    Answering,
    Asked,
    Delta,
    Event,
    Gap,
    Message,
    Missed,
    Observation,
    Observed,
    Part,
    PartAdded,
    Status,
)

logger = logging.getLogger(__name__)
T = TypeVar("T")

LAG_SECONDS: Final = 0.2
"""How far the stored part of a streamed answer may be behind what was told."""
FIRST_STORED: Final = (Observed, Missed, Answered)
"""Events that are told only after they are stored."""


class Recording:
    """The record of one turn of a stored conversation."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        owner: str,
        session: Session,
        begin: Callable[[str, Sequence[Part]], Begun],
        ended: Callable[[int], None],
        on_begun: Callable[[str], None] | None = None,
    ) -> None:
        """Nothing is stored before `accepted`.

        Args:
            store: where to.
            executor: threads for writing.
            owner: of the conversation.
            session: the conversation in memory.
            begin: stores the question and its parts; called in a worker thread.
            ended: told the conversation's version once everything is stored.
            on_begun: told the turn's id once the question is stored; called in a worker thread.
        """
        self._store = store
        self._executor = executor
        self._owner = owner
        self._session = session
        self._begin = begin
        self._ended = ended
        self._on_begun = on_begun
        self._record = Record()
        self._begun: Begun | None = None
        self._known: set[str] = set()
        self._guard = threading.Lock()
        self._over = False
        self._writing = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None
        self._behind = False
        self._streamed = ""
        self._clear()

    def accepted(self, typed: str, parts: Sequence[Part]) -> None:
        """Store the question before anything is done about it; for `Engine.turn`, which calls it in a thread."""
        begun = self._begin(typed, parts)
        with self._guard:
            self._known = {part.digest for part in parts}
            left = self._over
            self._begun = None if left else begun
        if left:  # whoever asked went away meanwhile: nobody else ends the turn
            self._store.stop_turn(begun.id, self._owner)
        elif self._on_begun is not None:
            self._on_begun(begun.id)

    async def follow(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """The events, told when they are stored; closing the iterator stops the turn."""
        inbox: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        pump = asyncio.create_task(_pump(events, inbox))
        state: Literal["done", "stopped", "failed"] = "failed"
        reason: AssistantError | None = None
        try:
            going = True
            while going:
                batch = [await inbox.get()]
                while not inbox.empty():
                    batch.append(inbox.get_nowait())
                await self._take(batch)
                for item in batch:
                    if item is None:
                        going = False
                    elif isinstance(item, BaseException):
                        raise item
                    else:
                        yield item
            state = "done"
        except (GeneratorExit, asyncio.CancelledError):
            state = "stopped"
            raise
        except AssistantError as error:
            reason = error
            raise
        finally:
            pump.cancel()
            if self._soon is not None:
                self._soon.cancel()
            await asyncio.gather(pump, return_exceptions=True)
            with self._guard:
                self._over, begun = True, self._begun
            if begun is not None:
                await self._finish(begun, state, reason)

    # ---- while it runs -----------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._message: Message | None = None
        self._parts: list[Part] = []
        self._seen: list[Observation] = []
        self._gaps: list[Gap] = []
        self._statuses: list[Status] = []
        self._answer: Answer | None = None
        self._written_on = False

    async def _take(self, batch: Sequence[Event | BaseException | None]) -> None:
        first, dirty = False, False
        for event in batch:
            if event is None or isinstance(event, BaseException):
                continue
            self._record.add(event)
            first |= isinstance(event, FIRST_STORED)
            dirty |= self._note(event)
        if self._begun is None or self._behind:
            return
        if first:
            await self._write()
        elif dirty and (self._soon is None or self._soon.done()):
            self._soon = asyncio.create_task(self._write_soon())

    def _note(self, event: Event) -> bool:
        """Add what is to be stored of an event; whether that is anything."""
        if isinstance(event, Delta):
            self._streamed += event.text
            self._written_on = True
        elif isinstance(event, Answering):
            self._streamed = ""
            self._written_on = True
        elif isinstance(event, Observed):
            self._seen.append(event.observation)
        elif isinstance(event, PartAdded):
            if event.part.digest in self._known:
                return False
            self._parts.append(event.part)
        elif isinstance(event, Missed):
            self._gaps.append(event.gap)
        elif isinstance(event, Status):
            if event.state not in ENDED_STATES:
                return False
            self._statuses.append(event)
        elif isinstance(event, Answered):
            self._answer = event.answer
        elif isinstance(event, Asked):
            if not event.question.spoken:
                return False
            self._message = Message("user", event.question.text, self._session.context.turn_parts)
        return True

    async def _write_soon(self) -> None:
        await asyncio.sleep(LAG_SECONDS)
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            if self._begun is None or self._behind:
                return
            values: dict[str, Any] = {
                "message": self._message,
                "parts": self._parts,
                "observations": self._seen,
                "gaps": self._gaps,
                "statuses": self._statuses,
                "streamed": self._streamed if self._written_on else None,
                "answer": self._answer,
            }
            self._clear()
            turn = self._begun.id
            try:
                await self._threaded(lambda: self._store.add_to_turn(turn, self._owner, **values))
            except AssistantError as error:
                # the turn goes on; at its end everything is stored, then or when the database is back
                self._behind = True
                logger.warning("what a turn brings is stored at its end only: %s", error)

    # ---- at its end --------------------------------------------------------------------------------------------

    async def _finish(self, begun: Begun, state: str, reason: AssistantError | None) -> None:
        context = self._session.context
        reply = self._record.reply(context)
        values: dict[str, Any] = {
            "state": state,
            "message": Message("user", reply.question.text, context.turn_parts) if reply.question.spoken else None,
            "answer": reply.answer,
            "parts": reply.parts,
            "observations": reply.observations,
            "gaps": reply.gaps,
            "statuses": reply.statuses,
            "streamed": self._streamed,
            "error": {"message": reason.message, "remedy": reason.remedy} if reason else None,
        }

        def finish() -> int | None:
            return self._store.finish_turn(begun.id, self._owner, **values)

        def store() -> int | None:
            try:
                return finish()
            except (Unavailable, StorageFull) as error:
                logger.warning("the end of a turn waits in memory to be stored: %s", error)
                self._store.later(begun.id, finish)
            except AssistantError as error:
                logger.error("the end of a turn is not stored: %s", error)
            return None

        async with self._writing:
            version = await self._threaded(store)
        if reply.answer is not None:
            context.messages += remembered(reply.question, reply.answer, context.turn_parts)
        if version is not None:
            self._ended(version)

    async def _threaded(self, work: Callable[[], T]) -> T:
        """In a thread that is for writing only, so that no decoding is waited for.

        What is cancelled ends first: writing that goes on unseen could come after what is written next.
        """
        writing = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait({writing})
            raise


async def _pump(events: AsyncGenerator[Event, None], inbox: asyncio.Queue[Event | BaseException | None]) -> None:
    """Move events to the inbox, then what ended them: None, or the error."""
    try:
        async with aclosing(events) as stream:
            async for event in stream:
                inbox.put_nowait(event)
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # raised in `follow`
        inbox.put_nowait(error)
    else:
        inbox.put_nowait(None)
