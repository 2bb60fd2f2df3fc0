"""How much one caller may have: turns at once, requests a minute, bytes of a request, bytes stored. Not for who calls:
see gate.py.

A route that runs a turn takes its place first, and holds it until the last event is out:

    from assistant.api.limits import Turns, turns

    async def ask(caller: Caller = Depends(require("ask")), places: Turns = Depends(turns)) -> ...:
        async with places.slot(caller):
            async for event in assistant.turn(...): ...

Where the answer is streamed, enter `slot` before the response begins (so that 429 and 503 can still be said) and leave
it in the generator's `finally`; `AsyncExitStack.enter_async_context` carries it over. Pass `stores=True` where the turn
is kept, and owners that are over their storage are refused. Outside of routes the places are `app.state.turns`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

from assistant.api.failures import Refused
from assistant.api.identity import Caller

if TYPE_CHECKING:
    from assistant.app import Assistant

RETRY_SECONDS: Final = 5.0
"""What a caller that found no place is told to wait."""
USAGE_SECONDS: Final = 10.0
"""How long a figure of what an owner has stored is believed."""
USAGE_KEPT: Final = 1024


class Rates:
    """Requests a minute, by whoever makes them. For one event loop."""

    def __init__(self, per_minute: int) -> None:
        """Nothing is counted yet; `per_minute` 0 is no limit."""
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count(self, who: str) -> None:
        """Count a request.

        Raises:
            Refused: 429, there were too many within a minute.
        """
        if self._item is None or await self._limiter.hit(self._item, who):
            return
        window = await self._limiter.get_window_stats(self._item, who)
        raise Refused(
            f"More than {self._item.amount} requests a minute.",
            "Slow down; the header Retry-After says when to go on.",
            status=429,
            code="rate_limit_exceeded",
            retry_after=max(1.0, window.reset_time - time.time()),
        )


class Turns:
    """Places for turns. Whoever waits is served in turn by caller, so that a heavy one cannot starve a light one.

    For one event loop.
    """

    def __init__(
        self,
        *,
        at_once: int,
        each: int,
        waiting: int,
        seconds: float,
        usage: Callable[[str], int] | None = None,
        storage: int = 0,
    ) -> None:
        """Nobody is served yet.

        Args:
            at_once: turns that may run.
            each: turns of one caller that may run.
            waiting: turns that may wait. When all these are taken, a newcomer displaces the last one of the caller
                that has most waiting, if that has more than the newcomer would.
            seconds: how long a turn waits at most.
            usage: bytes that an owner has stored.
            storage: bytes that an owner may store; 0 for no limit.
        """
        self._at_once = at_once
        self._each = each
        self._most_waiting = waiting
        self._seconds = seconds
        self._usage = usage
        self._storage = storage
        self._running: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._used: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @property
    def running(self) -> int:
        """Turns that run."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """Turns that wait."""
        return sum(len(queue) for queue in self._queues.values())

    @asynccontextmanager
    async def slot(self, caller: Caller, *, stores: bool = False) -> AsyncGenerator[None, None]:
        """Wait for a place and hold it.

        Args:
            caller: who asks; counted by its `limit`.
            stores: whether the turn's media are kept, which an owner over the storage limit is refused.

        Raises:
            Refused: 429, too many of this caller's turns; 503, the server is busy; 413, the owner's storage is full.
        """
        if stores:
            await self._check_storage(caller.owner)
        who = caller.limit or caller.owner
        await self._enter(who)
        try:
            yield
        finally:
            self._leave(who)

    async def _enter(self, who: str) -> None:
        if self._free(who) and who not in self._queues:
            self._running[who] += 1
            return
        self._make_room(who)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(who, deque()).append(place)
        try:
            await asyncio.wait({place}, timeout=self._seconds)
        except asyncio.CancelledError:
            if place.done() and not place.exception():  # given in the same moment
                self._leave(who)
            else:
                self._withdraw(who, place)
            raise
        if place.done():
            place.result()
            return
        self._withdraw(who, place)
        raise self._refusal(who)

    def _free(self, who: str) -> bool:
        return self.running < self._at_once and self._running[who] < self._each

    def _make_room(self, who: str) -> None:
        """See to it that one more may wait, or raise Refused."""
        if self.waiting < self._most_waiting:
            return
        mine = len(self._queues.get(who, ()))
        heaviest = max(self._queues, key=lambda each: len(self._queues[each]), default=who)
        if heaviest == who or len(self._queues[heaviest]) <= mine + 1:
            raise self._refusal(who)
        displaced = self._queues[heaviest][-1]
        self._withdraw(heaviest, displaced)
        displaced.set_exception(self._refusal(heaviest))

    def _withdraw(self, who: str, place: asyncio.Future[None]) -> None:
        queue = self._queues.get(who)
        if queue is not None and place in queue:
            queue.remove(place)
            if not queue:
                del self._queues[who]

    def _leave(self, who: str) -> None:
        self._running[who] -= 1
        if not self._running[who]:
            del self._running[who]
        while self.running < self._at_once:
            ready = next((each for each in self._queues if self._running[each] < self._each), None)
            if ready is None:
                return
            place = self._queues[ready].popleft()
            if self._queues[ready]:
                self._queues.move_to_end(ready)  # the others first
            else:
                del self._queues[ready]
            self._running[ready] += 1
            place.set_result(None)

    def _refusal(self, who: str) -> Refused:
        if self._running[who] >= self._each:
            return Refused(
                f"You already have {self._running[who]} questions being answered, as many as one caller may have.",
                "Wait for an answer, then ask again.",
                status=429,
                code="too_many_turns",
                retry_after=RETRY_SECONDS,
            )
        return Refused(
            "The server is busy with other questions.",
            "Try again in a moment.",
            status=503,
            code="server_busy",
            retry_after=RETRY_SECONDS,
        )

    async def _check_storage(self, owner: str) -> None:
        if not self._storage or self._usage is None:
            return
        now = time.monotonic()
        read, used = self._used.get(owner, (-USAGE_SECONDS, 0))
        if now - read >= USAGE_SECONDS or used >= self._storage:
            used = await asyncio.to_thread(self._usage, owner)
            self._used[owner] = (now, used)
            self._used.move_to_end(owner)
            while len(self._used) > USAGE_KEPT:
                self._used.popitem(last=False)
        if used >= self._storage:
            raise Refused(
                f"Your stored files take {used / 1e6:.0f} MB of the {self._storage / 1e6:.0f} MB you may have.",
                "Delete conversations that you no longer need.",
                status=413,
                code="storage_full",
            )


def turns_for(assistant: Assistant) -> Turns:
    """The places that the settings give."""
    server = assistant.settings.server
    return Turns(
        at_once=server.turns_at_once,
        each=server.turns_each,
        waiting=server.turns_waiting,
        seconds=server.queue_seconds,
        usage=lambda owner: assistant.store.usage(owner).bytes,
        storage=server.storage_bytes,
    )


async def turns(request: HTTPConnection) -> Turns:
    """The application's places for turns; a FastAPI dependency."""
    found: Turns = request.app.state.turns
    return found
