"""How the server begins and ends: in order, and in time. Not for single requests: see access.py.

The first signal begins the draining: new requests are refused, `/health/ready` says so, running turns go on. When they
are done, or their time is up, what is left is ended in a way that clients can tell from an answer, and the process ends
with 0. A second Ctrl+C ends it at once, and so does a clock when a library hangs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

import uvicorn

from assistant.api.failures import Refused
from assistant.telemetry import TurnWatch

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.05
LAST_WORDS_SECONDS: Final = 1.0
"""For streams to send their end, once the turns they tell about are over."""
RETRY_SECONDS: Final = 5.0
"""What refused clients are told to wait: a restart takes about as long."""
CLOSE_SECONDS: Final = 8.0
"""For closing models and database after that; then the process is ended."""
INTERRUPTED: Final = 130
"""Exit code after a second Ctrl+C."""


@dataclass(eq=False, slots=True)
class OpenRequest:
    """A request that is being answered."""

    task: asyncio.Task[Any] | None
    endless: bool = False
    """Whether its response is an event stream, which tells of turns or has no end of its own."""


class Lifecycle:
    """Whether the server is up, and what it still does."""

    def __init__(self, watch: TurnWatch) -> None:
        """Up.

        Args:
            watch: the turns that run.
        """
        self.draining = False
        self.requests: set[OpenRequest] = set()
        self._watch = watch

    def begin_draining(self) -> None:
        """Take nothing new from now on."""
        self.draining = True
        self._watch.close(stopping())

    async def drain(self, seconds: float) -> None:
        """Wait for what runs, at most so long; then end it. Returns when no request is left, or none that obeys."""
        await _until(lambda: not self._watch.running and all(each.endless for each in self.requests), seconds)
        if self._watch.running:
            logger.warning("%d turns did not end in %.0f s and are stopped", self._watch.running, seconds)
            self._watch.interrupt(stopping())
        if await _until(lambda: not self.requests, LAST_WORDS_SECONDS):
            return
        for request in self.requests:  # event streams of open pages, which have no end of their own
            if request.task is not None:
                request.task.cancel()
        await _until(lambda: not self.requests, LAST_WORDS_SECONDS)


async def _until(reached: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until it is so, at most so long; whether it is. At the end of a process polling will do."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    while not (fine := reached()) and loop.time() < ends:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
    return fine


def stopping() -> Refused:
    """What clients are told at the end."""
    return Refused(
        "The server is shutting down.",
        "Try again in a moment.",
        status=503,
        code="shutting_down",
        retry_after=RETRY_SECONDS,
    )


class Server(uvicorn.Server):
    """Uvicorn, ended as this module says."""

    def __init__(
        self, config: uvicorn.Config, lifecycle: Lifecycle, *, seconds: float, ready: Callable[[], None]
    ) -> None:
        """Start nothing yet.

        Args:
            config: uvicorn's.
            lifecycle: the application's.
            seconds: how long turns may go on after the first signal.
            ready: called once connections are accepted.
        """
        super().__init__(config)
        self._lifecycle = lifecycle
        self._seconds = seconds
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._draining: asyncio.Task[None] | None = None
        self._told = False

    async def startup(self, sockets: Any = None) -> None:
        """Accept connections, then say so."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        if self.started and not self.should_exit:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end at the first signal, end at once at a second Ctrl+C."""
        if self._told:
            if sig == signal.SIGINT:
                os._exit(INTERRUPTED)
            return
        self._told = True
        _end_after(self._seconds + 2 * LAST_WORDS_SECONDS + CLOSE_SECONDS)
        if self._loop is None:
            self.should_exit = True
        else:
            self._loop.call_soon_threadsafe(self._begin_to_end)

    def _begin_to_end(self) -> None:
        self._lifecycle.begin_draining()
        self._draining = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        try:
            await self._lifecycle.drain(self._seconds)
        finally:
            self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals here; unlike uvicorn's, does not raise them again when all has ended in order."""
        with super().capture_signals():
            yield


def _end_after(seconds: float) -> None:
    """End the process by then, whatever hangs: from a thread, or without Python where nothing else gets to run."""

    def end() -> None:
        logger.warning("ended without waiting for work that hangs")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.name = "end-of-process"
    timer.start()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 1.0)
