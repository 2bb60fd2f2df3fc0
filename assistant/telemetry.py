"""Tells those who count and trace turns what happens in them, and ends them all when asked. Not for the counting: see
api/metrics.py and api/tracing.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeAlias, TypeVar

from assistant.errors import AssistantError
from assistant.types import Event

logger = logging.getLogger(__name__)
P = ParamSpec("P")
TurnState: TypeAlias = Literal["done", "stopped", "failed", "refused"]
"""stopped: whoever asked, or the end of the server, ended it. refused: it ended before anything happened."""


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
        self.loop = asyncio.get_running_loop()
        self.waiting: asyncio.Task[Any] | None = None
        """The task that waits for the turn's next event."""
        self.error: AssistantError | None = None

    def interrupt(self, error: AssistantError) -> None:
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
            turn.loop.call_soon_threadsafe(turn.interrupt, error)

    async def follow(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """The events of one turn, told to the followers on the way.

        Raises:
            AssistantError: turns are refused, or were ended.
        """
        if self._closed is not None:
            raise self._closed
        turn = _Turn()
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
    """Let the turns that a method runs be followed by its object's `watch`."""

    @wraps(turn)
    def followed(self: S, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Event, None]:
        return self.watch.follow(turn(self, *args, **kwargs))

    return followed
