"""What goes on in a turn after its answer: perceivers that nothing waited for. Not for the answer: see chat.py."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final

from assistant.errors import AssistantError
from assistant.types import Event
from assistant_ui.view import TurnView

logger = logging.getLogger(__name__)
FOLLOW_SECONDS: Final = 15.0
"""How long it goes on with nobody looking: the page was closed just then."""


class Rest:
    """Takes in what still comes of a turn, until it ends or the next question is asked."""

    def __init__(
        self,
        view: TurnView,
        batches: AsyncIterator[Sequence[Event]],
        take: Callable[[Sequence[Event]], None],
        leave: AsyncExitStack,
    ) -> None:
        """Begin.

        Args:
            view: of the turn; it is `settling` until the end.
            batches: the events that still come.
            take: told each batch.
            leave: closed at the end: the turn and its place.
        """
        self._view = view
        self._batches = batches
        self._take = take
        self._leave = leave
        self._news = asyncio.Event()
        self._over = self._stopped = False
        view.settling = True
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._drain())
        self._alone = self._loop.call_later(FOLLOW_SECONDS, self._stop)

    async def _drain(self) -> None:
        try:
            async for batch in self._batches:
                self._take(batch)
                self._news.set()
        except AssistantError as error:
            logger.info("a turn broke off after its answer: %s", error)
        finally:
            self._alone.cancel()
            self._view.settling = False
            try:
                await self._leave.aclose()
            finally:
                self._over = True
                self._news.set()

    def leave(self) -> None:
        """Nobody wants it any more; call from any thread."""
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if not self._stopped:  # cancelled twice, it would not get to tidy up
            self._stopped = True
            self._task.cancel()

    async def follow(self) -> AsyncGenerator[None, None]:
        """Yields whenever there is something new, and once at the end. Closing it ends the rest."""
        self._alone.cancel()
        try:
            while not self._over:
                await self._news.wait()
                self._news.clear()
                yield
        finally:
            self._stop()

    async def end(self) -> None:
        """Stop it, and wait until the turn has ended: the next one of the conversation can begin."""
        self._stop()
        await asyncio.gather(self._task, return_exceptions=True)
