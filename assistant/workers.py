"""The threads that plugged objects work in, and how many of them may be at heavy work at once. Not for the work itself:
see runner.py.
"""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial

from assistant.errors import Cancelled

LANE_POLL_SECONDS = 0.2
"""How often a waiting call looks whether it is still wanted."""


class Lanes:
    """Lets at most `count` heavy calls run at once; of those waiting, the lowest priority value goes first."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: list[tuple[tuple[float, ...], int]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """Calls that wait for a lane."""
        return len(self._waiting)

    @contextmanager
    def enter(self, priority: tuple[float, ...], cancel: threading.Event) -> Iterator[None]:
        """Hold a lane. Raises Cancelled if the work is given up while waiting."""
        ticket = (priority, next(self._order))
        with self._changed:
            heapq.heappush(self._waiting, ticket)
            while not (self._free and self._waiting[0] == ticket):
                self._changed.wait(LANE_POLL_SECONDS)
                if cancel.is_set():
                    self._waiting.remove(ticket)
                    heapq.heapify(self._waiting)
                    self._changed.notify_all()
                    raise Cancelled
            heapq.heappop(self._waiting)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


class Worker:
    """Daemon threads that serve one queue. Daemons, so that a hung model cannot keep the process alive."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._name = name
        self._wanted = threads
        self._threads: list[threading.Thread] = []
        self._ending: list[threading.Thread] = []
        self._unfinished = 0
        self._starting = threading.Lock()
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def submit(self, call: Callable[[], None]) -> None:
        """Queue a call, which must not raise. It sees the context variables of whoever submits it."""
        with self._starting:
            self._unfinished += 1
            if len(self._threads) < min(self._wanted, self._unfinished):
                thread = threading.Thread(target=self._serve, name=f"assistant-{self._name}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._calls.put(partial(copy_context().run, call))

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            with self._starting:
                self._unfinished -= 1

    def close(self) -> None:
        """End the threads after what is queued; see `join`."""
        for _ in self._threads:
            self._calls.put(None)
        self._ending, self._threads = self._ending + self._threads, []

    def join(self, until: float) -> bool:
        """Wait for closed threads until `time.monotonic()` reaches `until`; False if one is still at work."""
        for thread in self._ending:
            thread.join(max(0.0, until - time.monotonic()))
        self._ending = [thread for thread in self._ending if thread.is_alive()]
        return not self._ending
