"""The turns that run in this process: started, followed by any number of clients, stopped. Not for what a turn does:
see app.py.

A turn writes its events into a log of bounded size, and whoever follows reads from there at a pace of their own: one
who is too slow, or comes too late, finds that events are gone and is told so. Nobody can hold the turn up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TYPE_CHECKING, Any, Final, Literal

from assistant.api.events import described
from assistant.api.failures import Refused, body_of, error_body, unexpected_body
from assistant.api.outward import outward_events, outward_turn
from assistant.api.shapes import status_json
from assistant.api.streaming import ALIVE, frame
from assistant.errors import AssistantError, Busy
from assistant.types import Event

if TYPE_CHECKING:
    from assistant.app import Assistant

logger = logging.getLogger(__name__)

LOG_BYTES: Final = 4 * 2**20
"""Of one turn's events that are kept for those who follow: some ten thousand."""
PIECE_BYTES: Final = 64 * 2**10
"""Of events sent in one piece to a follower who is behind."""
HEARTBEAT_SECONDS: Final = 15.0
"""Between comments that keep a silent connection open: proxies close them after 30 s or more."""
ENDED_KEPT: Final = 64
"""Turns whose log is kept after their end, for a client that lost its connection just then."""
ENDED_BYTES: Final = 16 * 2**20
"""Of their logs together."""
LOOK_SECONDS: Final = 0.5
"""How often a turn that runs elsewhere is read from the store."""

State = Literal["running", "done", "stopped", "failed"]
Begin = Callable[[Callable[[str], None]], AsyncGenerator[Event, None]]
"""Starts a turn, given what is told its id once the question is stored; gives the turn's events."""


class RunningTurn:
    """One turn, and what it has told so far."""

    def __init__(self, conversation: str, owner: str) -> None:
        """It has not begun."""
        self.conversation = conversation
        self.owner = owner
        self.id = ""
        self.state: State = "running"
        self.failure: AssistantError | None = None
        """What ended it, if it failed."""
        self.task: asyncio.Task[None] | None = None
        self.detached = False
        """Whether it goes on when nobody attends it any more."""
        self.attending = 0
        """Clients whose leaving stops it, once all have left."""
        self.begun = asyncio.Event()
        """Set when the question is stored, or will never be."""
        self.ended = asyncio.Event()
        self._frames: list[bytes] = []
        self._first = 1
        self.size = 0
        """Bytes of what is kept of its events."""
        self._news = asyncio.Event()

    @property
    def last(self) -> int:
        """Number of the last event."""
        return self._first + len(self._frames) - 1

    def tell(self, name: str, data: Any) -> None:
        """Write an event into the log."""
        written = frame(data, name=name, number=self.last + 1)
        self._frames.append(written)
        self.size += len(written)
        if self.size > LOG_BYTES:
            dropped = max(1, len(self._frames) // 2)
            self.size -= sum(map(len, self._frames[:dropped]))
            del self._frames[:dropped]
            self._first += dropped
        news, self._news = self._news, asyncio.Event()
        news.set()

    def outline(self) -> dict[str, Any]:
        """A `TurnStarted`."""
        return {"id": self.id, "conversation": self.conversation, "state": self.state}

    async def follow(self, after: int = 0) -> AsyncGenerator[bytes, None]:
        """What is told from event `after` + 1 on, until the last; with comments while nothing happens."""
        while True:
            news = self._news
            while after < self.last:
                if after + 1 < self._first:
                    yield frame(_events_gone(), name="error", number=self.last)
                    return
                piece = bytearray()
                while after < self.last and len(piece) < PIECE_BYTES:
                    piece += self._frames[after + 1 - self._first]
                    after += 1
                yield bytes(piece)
            if self.ended.is_set() and after >= self.last:
                return
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
            except asyncio.TimeoutError:
                yield ALIVE

    async def leave(self) -> None:
        """One of those who attend it has left, or has all of it."""
        self.attending -= 1
        if self.attending <= 0 and not self.detached and not self.ended.is_set():
            await self.stop()

    async def stop(self) -> None:
        """End it; returns when what it has brought is stored."""
        if self.task is not None and not self.task.done():
            self.task.cancel()
            await asyncio.wait({self.task})


class RunningTurns:
    """All turns started over the API in this process. For one event loop."""

    def __init__(self, assistant: Assistant) -> None:
        """None runs."""
        self._assistant = assistant
        self._turns: OrderedDict[str, RunningTurn] = OrderedDict()
        self._starting: set[RunningTurn] = set()

    async def start(
        self,
        conversation: str,
        owner: str,
        begin: Begin,
        place: AbstractAsyncContextManager[None],
        *,
        detached: bool,
        ended: Callable[[], None] = lambda: None,
    ) -> RunningTurn:
        """Start a turn; it has its id and is stored when this returns.

        Args:
            conversation: where the question is asked.
            owner: of the conversation.
            begin: starts it.
            place: held while it runs: see limits.py.
            detached: whether it goes on when the client that started it leaves.
            ended: called when it has ended, however.

        Raises:
            AssistantError: what kept it from beginning.
        """
        running = RunningTurn(conversation, owner)
        running.detached = detached
        running.task = asyncio.create_task(self._run(running, begin, place, ended), name="turn")
        self._starting.add(running)
        try:
            await running.begun.wait()
        except asyncio.CancelledError:  # whoever wanted it has left
            await running.stop()
            raise
        finally:
            self._starting.discard(running)
        if not running.id:
            raise running.failure or _stopped_early()
        return running

    def find(self, turn: str, conversation: str, owner: str) -> RunningTurn | None:
        """A turn that runs here or ended lately; None for someone else's too."""
        running = self._turns.get(turn)
        if running is None or running.owner != owner or running.conversation != conversation:
            return None
        return running

    async def stop_all(self, owner: str, conversation: str | None = None) -> None:
        """End the owner's turns, of one conversation if given, and forget what they told."""
        for running in [*self._turns.values(), *self._starting]:
            if running.owner == owner and conversation in (None, running.conversation):
                await running.stop()
                self._turns.pop(running.id, None)

    async def close(self) -> None:
        """End all turns; what they have brought is stored as stopped."""
        going = [running for running in (*self._turns.values(), *self._starting) if not running.ended.is_set()]
        await asyncio.gather(*(running.stop() for running in going))

    async def _run(
        self, running: RunningTurn, begin: Begin, place: AbstractAsyncContextManager[None], ended: Callable[[], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        since = time.perf_counter()
        try:
            async with place:
                told = outward_events(begin(lambda turn: _call(loop, self._began, running, turn)))
                async with aclosing(told) as events:
                    async for event in events:
                        for name, data in described(event):
                            running.tell(name, data)
            running.state = "done"
        except asyncio.CancelledError:
            running.state = "stopped"
            raise
        except AssistantError as error:
            running.state, running.failure = "failed", error
            if running.id:
                logger.info("a turn failed: %s", error)
            running.tell("error", body_of(error))
        except Exception:  # a defect: said without its details, which are for the log
            logger.exception("a turn failed")
            body = unexpected_body()["error"]
            running.state, running.failure = "failed", Refused(body["message"], status=500, code=body["code"])
            running.tell("error", unexpected_body())
        finally:
            running.tell("done", {**running.outline(), "milliseconds": round((time.perf_counter() - since) * 1000, 1)})
            running.ended.set()
            running.begun.set()
            self._forget()
            ended()

    def _began(self, running: RunningTurn, turn: str) -> None:
        running.id = turn
        self._turns.pop(turn, None)  # asked again in its place
        self._turns[turn] = running
        running.tell("turn", running.outline())
        running.begun.set()

    def _forget(self) -> None:
        """Let go of the logs of turns that ended, the oldest first."""
        ended = [running for running in self._turns.values() if running.ended.is_set()]
        size = sum(running.size for running in ended)
        for count, running in zip(range(len(ended), 0, -1), ended, strict=True):
            if count <= ENDED_KEPT and size <= ENDED_BYTES:
                return
            del self._turns[running.id]
            size -= running.size


def _call(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: Any) -> None:
    """Call on the loop, from whichever thread."""
    loop.call_soon_threadsafe(function, *arguments)


def _stopped_early() -> Refused:
    return Refused("The question was stopped before it was stored.", "Ask again.", status=409, code="stopped")


def _events_gone() -> dict[str, Any]:
    return error_body(
        "Earlier events of this turn are no longer kept.",
        "GET the turn for what is known by now, or follow it from a later event.",
        status=410,
        code="events_gone",
    )


async def from_store(assistant: Assistant, conversation: str, turn: str, owner: str) -> AsyncIterator[bytes]:
    """The events of a turn that does not run here, told from what is stored of it; if it runs elsewhere, as it grows.

    Raises:
        NotFound: the owner has no such turn.
    """
    told: set[str] = set()
    number, silent = 0, time.monotonic()
    streamed = 0
    while True:
        try:
            stored = outward_turn(await asyncio.to_thread(assistant.store.turn, conversation, turn, owner))
        except AssistantError as error:  # deleted meanwhile, or the database is gone
            if not number:
                raise
            yield frame(body_of(error), name="error", number=number + 1)
            return
        about = {"id": turn, "conversation": conversation, "state": stored.state}
        found: list[tuple[str, str, Any]] = [("turn", "turn", about)]
        found += [(f"part {part.digest}", "part", part.to_json()) for part in stored.parts]
        found += [(f"status {each}", "perceiver", status_json(each)) for each in stored.statuses]
        found += [(f"observation {seen.id}", "observation", seen.to_json()) for seen in stored.observations]
        found += [(f"gap {gap}", "gap", gap.to_json()) for gap in stored.gaps]
        if stored.message.text or stored.answer:
            asked = {"text": stored.message.text, "spoken": stored.spoken, "part": None}
            found.append((f"question {stored.message.text}", "question", asked))
        if len(stored.streamed) > streamed and stored.answer is None:
            piece, streamed = stored.streamed[streamed:], len(stored.streamed)
            found.append((f"delta {streamed}", "delta", {"text": piece}))
        if stored.answer is not None:
            found += [(f"citation {each}", "citation", {"observation": each}) for each in stored.answer.citations]
            found.append(("answer", "answer", stored.answer.to_json()))
        if stored.error:
            body = error_body(stored.error["message"], stored.error.get("remedy", ""), status=500)
            found.append(("error", "error", body))
        if stored.state != "running":
            milliseconds = round(max(0.0, stored.updated - stored.created) * 1000, 1)
            found.append(("done", "done", {**about, "milliseconds": milliseconds}))
        new = [(name, data) for key, name, data in found if key not in told]
        told |= {key for key, _, _ in found}
        if new:
            frames = [frame(data, name=name, number=place) for place, (name, data) in enumerate(new, number + 1)]
            number, silent = number + len(new), time.monotonic()
            yield b"".join(frames)
        elif time.monotonic() - silent > HEARTBEAT_SECONDS:
            silent = time.monotonic()
            yield ALIVE
        if stored.state != "running":
            return
        await asyncio.sleep(LOOK_SECONDS)


async def stop_running(turns: RunningTurns, assistant: Assistant, conversation: str, turn: str, owner: str) -> None:
    """Stop a turn from another connection; one that has ended stays as it is.

    Raises:
        NotFound: the owner has no such turn.
        Busy: it runs in another process, which alone can stop it.
    """
    running = turns.find(turn, conversation, owner)
    if running is not None:
        await running.stop()
        return
    stored = await asyncio.to_thread(assistant.store.turn, conversation, turn, owner)
    if stored.state == "running" and not await assistant.watch.stop(turn):  # the chat's are known there
        raise Busy("This turn runs in another process.", "Stop it where it was started.")
