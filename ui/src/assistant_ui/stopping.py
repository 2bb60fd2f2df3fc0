"""A stream that another event may stop at any moment, also while it waits. Not for what it carries: see chat.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

T = TypeVar("T")


class Stoppable(Generic[T]):
    """Passes on what comes of a source until that is over or it is stopped."""

    def __init__(self, source: AsyncGenerator[T, None]) -> None:
        """Nothing has come yet; call where an event loop runs."""
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._following: asyncio.Future[T] | None = None
        self._stop = asyncio.Event()
        self._closed = asyncio.Event()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether nobody wants more of it."""
        return self._stopped

    def stop(self) -> None:
        """Ask for its end, from any thread."""
        self._stopped = True
        self._loop.call_soon_threadsafe(self._stop.set)

    async def passed(self) -> AsyncGenerator[T, None]:
        """What comes. Once it is stopped nothing does, though the source still has to be closed."""
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            while not self._stop.is_set():
                self._following = asyncio.ensure_future(anext(self._source))
                await asyncio.wait({self._following, stop}, return_when=asyncio.FIRST_COMPLETED)
                if self._stop.is_set():
                    return
                try:
                    following = self._following.result()
                except StopAsyncIteration:
                    return
                yield following
        finally:
            stop.cancel()

    async def close(self) -> None:
        """End the source, wherever it is."""
        try:
            if self._following is not None:
                self._following.cancel()
                await asyncio.gather(self._following, return_exceptions=True)
            await self._source.aclose()
        finally:
            self._closed.set()

    @property
    def over(self) -> bool:
        """Whether the source has ended."""
        return self._closed.is_set()

    async def closed(self) -> None:
        """Wait until the source has ended."""
        await self._closed.wait()
