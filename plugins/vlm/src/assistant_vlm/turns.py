"""Lets questions to one model take turns, with a bounded queue. Knows nothing of models."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from assistant.errors import Cancelled, CannotAnswer

POLL_SECONDS: Final = 0.1
"""How often one that waits looks whether it is still wanted."""


class Busy(CannotAnswer):
    """As many questions wait as may; the next answerer is asked. No failure of the plugin, so it needs no rest."""


class Either(threading.Event):
    """Set when one of two events is."""

    def __init__(self, one: threading.Event, other: threading.Event) -> None:
        super().__init__()
        self._both = (one, other)

    def is_set(self) -> bool:
        """Whether one is."""
        return any(each.is_set() for each in self._both)


class Turns:
    """One at a time, first come first served, at most `waiting` others in the queue."""

    def __init__(self, name: str, waiting: int) -> None:
        self._name = name
        self._limit = waiting
        self._queue: deque[object] = deque()
        """The one at work, then those that wait."""
        self._changed = threading.Condition()

    @contextmanager
    def take(self, cancel: threading.Event, seconds: float) -> Iterator[None]:
        """Hold the turn.

        Args:
            cancel: gives up the wait.
            seconds: the longest wait.

        Raises:
            Busy: the queue is full, or the wait was too long.
            Cancelled: `cancel` was set.
        """
        ticket = object()
        until = time.monotonic() + seconds
        with self._changed:
            if len(self._queue) > self._limit:
                raise Busy(
                    f"{self._name} is busy: {len(self._queue) - 1} questions wait already.",
                    f"Ask again in a moment, or raise `plugins.{self._name}.queue` in the settings.",
                )
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket:
                    self._changed.wait(POLL_SECONDS)
                    if cancel.is_set():
                        raise Cancelled
                    if time.monotonic() > until:
                        raise Busy(
                            f"{self._name} is busy: it was not this question's turn within {seconds:.0f} s.",
                            "Ask again in a moment.",
                        )
            except BaseException:
                self._queue.remove(ticket)
                raise
        try:
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()
