"""Writes that wait in memory until the database is back. Not for what is acknowledged before it is stored."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assistant.errors import AssistantError, StorageFull, Unavailable

logger = logging.getLogger(__name__)

KEPT: Final = 256
"""Writes that wait at most: each holds what a turn made, pictures out of videos included."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""Seconds between attempts, doubled each time."""
GIVEN_UP_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class _Write:
    what: str
    work: Callable[[], object]
    lost: Callable[[], None]
    since: float


class Late:
    """Thread-safe; keeps the order."""

    def __init__(self) -> None:
        """Empty; no thread runs before something waits."""
        self._waiting: deque[_Write] = deque()
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, what: str, work: Callable[[], object], lost: Callable[[], None]) -> None:
        """Do this work as soon as it succeeds; `lost` is called when it was given up."""
        with self._guard:
            self._waiting.append(_Write(what, work, lost, time.monotonic()))
            dropped = self._waiting.popleft() if len(self._waiting) > KEPT else None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="late-writes-of-assistant", daemon=True)
                self._thread.start()
        if dropped is not None:
            _give_up(dropped)

    def run(self) -> None:
        """Try now what is waiting; what fails again goes on waiting."""
        if not self._waiting:
            return
        with self._writing:
            while True:
                with self._guard:
                    if not self._waiting:
                        return
                    write = self._waiting[0]
                try:
                    write.work()
                except (Unavailable, StorageFull):
                    if time.monotonic() - write.since < GIVEN_UP_SECONDS:
                        return
                    _give_up(write)
                except AssistantError as error:
                    logger.error("%s is not stored: %s", write.what, error)
                    _give_up(write)
                with self._guard:
                    if self._waiting and self._waiting[0] is write:
                        self._waiting.popleft()

    def close(self) -> None:
        """A last attempt; what fails again is lost."""
        self._closed.set()
        with self._guard:
            thread = self._thread
        if thread is not None:
            thread.join()
        self.run()
        while self._waiting:
            _give_up(self._waiting.popleft())

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._closed.wait(wait):
            self.run()
            with self._guard:
                if not self._waiting:
                    self._thread = None
                    return
            wait = min(2 * wait, LONGEST_WAIT)


def _give_up(write: _Write) -> None:
    logger.error("%s is lost: the database did not come back in time", write.what)
    write.lost()
