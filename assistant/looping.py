"""An event loop in a thread of its own, for callers that have none. Not for what runs in it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from assistant.errors import Cancelled

logger = logging.getLogger(__name__)
T = TypeVar("T")

END_SECONDS: Final = 2.0
"""How long `close` waits for what is cancelled to end, and then for the thread."""


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing that comes out of an iteration."""

    error: BaseException | None


_Inbox: TypeAlias = "queue.SimpleQueue[T | _End]"


class LoopThread:
    """Runs asynchronous generators for threads that wait for what they yield. Thread-safe."""

    def __init__(self, name: str) -> None:
        """The thread starts with the first iteration, under this name."""
        self._name = name
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._waiting: set[_Inbox[object]] = set()
        self._closed = False

    def iterate(self, events: AsyncGenerator[T, None]) -> Iterator[T]:
        """What the generator yields, as it comes; closing the iterator ends the generator, and waits until it has.

        Raises:
            Cancelled: the loop was closed.
            Exception: whatever the generator raised.
        """
        inbox: _Inbox[T] = queue.SimpleQueue()
        task: asyncio.Task[None] | None = None

        async def pump() -> None:
            async with aclosing(events):
                async for event in events:
                    inbox.put(event)

        def ended(done: asyncio.Task[None]) -> None:
            inbox.put(_End(_closed() if done.cancelled() else done.exception()))

        def start() -> None:
            nonlocal task
            task = asyncio.get_running_loop().create_task(pump())
            task.add_done_callback(ended)

        def stop() -> None:
            if task is not None:
                task.cancel()

        with self._guard:
            if self._closed:
                raise _closed()
            loop = self._started()
            self._waiting.add(inbox)  # type: ignore[arg-type] # a queue of less
            loop.call_soon_threadsafe(start)
        item: T | _End | None = None
        try:
            while not isinstance(item := inbox.get(), _End):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            with self._guard:
                if not self._closed:
                    loop.call_soon_threadsafe(stop)
            # the collector of garbage may close an iterator that was dropped, in any thread
            while not isinstance(item, _End) and threading.current_thread() is not self._thread:
                item = inbox.get()
            with self._guard:
                self._waiting.discard(inbox)

    def close(self) -> None:
        """Cancel what runs, tell who waits for it, and end the thread. Nothing can be iterated afterwards."""
        with self._guard:
            self._closed = True
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(END_SECONDS)
        if thread.is_alive():
            logger.warning("%s is still at work and was left behind", self._name)
        with self._guard:
            waiting = list(self._waiting)
        for inbox in waiting:  # for what was not to be cancelled; who has its end already does not look again
            inbox.put(_End(_closed()))

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)


def _closed() -> Cancelled:
    return Cancelled("The assistant was closed.", "Make another one.")
