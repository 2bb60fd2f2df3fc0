"""Tells those who count and trace turns what happens in them, and ends them when asked. Not for the counting:
see api/metrics.py and api/tracing.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import aclosing
from functools import wraps
from typing import Any, Concatenate, Final, Literal, ParamSpec, Protocol, TypeAlias, TypeVar

from assistant.errors import AssistantError, Cancelled
from assistant.types import Event

logger = logging.getLogger(__name__)
P = ParamSpec("P")
TurnState: TypeAlias = Literal["done", "stopped", "failed", "refused"]
"""stopped: whoever asked, or the end of the server, ended it. refused: it ended before anything happened."""

STOP_SECONDS: Final = 10.0
"""How long whoever stops a turn waits for its end."""


class Follower(Protocol):
    """Follows one turn. Called in the turn's event loop, so it must be quick."""

    def event(self, event: Event) -> None:
        """Something happened."""
        ...

    def ended(self, state: TurnState) -> None:
        """The turn is over."""
        ...


class _Turn:
    """A turn that runs, and can be ended."""

    def __init__(self) -> None:
        self.id = ""
        """Of a stored turn, once it is stored."""
        self.loop: asyncio.AbstractEventLoop | None = None
        """Where it runs, once it does."""
        self.ended: Future[None] = Future()
        self.waiting: asyncio.Task[Any] | None = None
        """The task that waits for the turn's next event."""
        self.error: AssistantError | None = None

    def interrupt(self, error: AssistantError) -> None:
        """End it with this error, from any thread."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self._interrupt, error)

    def _interrupt(self, error: AssistantError) -> None:
        self.error = error
        if self.waiting is not None:
            self.waiting.cancel()


class TurnWatch:
    """The running turns of one assistant."""

    def __init__(self) -> None:
        """Nobody follows them yet."""
        self._begin: list[Callable[[], Follower]] = []
        self._running: set[_Turn] = set()
        self._closed: AssistantError | None = None

    @property
    def running(self) -> int:
        """Turns that run now."""
        return len(self._running)

    def add(self, begin: Callable[[], Follower]) -> None:
        """Let turns be followed from now on.

        Args:
            begin: called when a turn begins; gives what follows it.
        """
        self._begin.append(begin)

    def close(self, error: AssistantError) -> None:
        """Refuse new turns with this error; those that run go on."""
        self._closed = error

    def interrupt(self, error: AssistantError) -> None:
        """End every running turn with this error, from any thread. They count as stopped."""
        for turn in list(self._running):
            turn.interrupt(error)

    async def stop(self, turn: str) -> bool:
        """End a stored turn as its own client could, from any event loop.

        Args:
            turn: its id, of a conversation that whoever stops it has a right to.

        Returns:
            Whether it ran here. It has ended then, and what it brought is stored, unless its end takes very long.
        """
        found = next((each for each in self._running if each.id == turn), None)
        if found is None:
            return False
        found.interrupt(Cancelled())
        await asyncio.wait({asyncio.wrap_future(found.ended)}, timeout=STOP_SECONDS)
        return True

    async def follow(self, events: AsyncGenerator[Event, None], turn: _Turn) -> AsyncGenerator[Event, None]:
        """The events of one turn, told to the followers on the way.

        Raises:
            AssistantError: turns are refused, or were ended.
        """
        if self._closed is not None:
            raise self._closed
        turn.loop = asyncio.get_running_loop()
        followers = [begin() for begin in self._begin]
        state: TurnState = "refused"
        self._running.add(turn)
        try:
            async with aclosing(events):
                while (event := await self._next(turn, events)) is not None:
                    state = "failed"
                    for follower in followers:
                        follower.event(event)
                    yield event
            state = "done"
        except (GeneratorExit, asyncio.CancelledError):
            state = "stopped"
            raise
        except AssistantError as error:
            if error is turn.error:
                state = "stopped"
            raise
        except BaseException:
            state = "failed"
            raise
        finally:
            self._running.discard(turn)
            turn.ended.set_result(None)
            for follower in followers:
                follower.ended(state)

    async def _next(self, turn: _Turn, events: AsyncGenerator[Event, None]) -> Event | None:
        """The next event, None at the end. Raises the error the turn is to end with."""
        if (error := turn.error) is not None:
            raise error
        task = turn.waiting = asyncio.current_task()
        try:
            return await anext(events)
        except StopAsyncIteration:
            return None
        except asyncio.CancelledError:
            if (error := turn.error) is None:
                raise
            uncancel: Any = getattr(task, "uncancel", None)  # from Python 3.11 on
            if uncancel is not None:
                uncancel()
            raise error from None
        finally:
            turn.waiting = None


class _Watched(Protocol):
    watch: TurnWatch


S = TypeVar("S", bound=_Watched)


def watched(
    turn: Callable[Concatenate[S, P], AsyncGenerator[Event, None]],
) -> Callable[Concatenate[S, P], AsyncGenerator[Event, None]]:
    """Let the turns that a method runs be followed by its object's `watch`, under the id that `on_begun` is told."""

    @wraps(turn)
    def followed(self: S, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Event, None]:
        running = _Turn()
        wanted = kwargs.get("on_begun")

        def on_begun(identity: str) -> None:
            running.id = identity
            if callable(wanted):
                wanted(identity)

        kwargs["on_begun"] = on_begun
        return self.watch.follow(turn(self, *args, **kwargs), running)

    return followed
