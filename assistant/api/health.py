"""Whether the server lives and can answer: /health/live and /health/ready. Not for figures: see metrics.py.

The checks run in a thread of their own, at most once a second, and requests get the last result rather than wait: they
are quick when everything else is busy. Whoever may not see figures about the server is told yes or no only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sql
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from assistant import __version__
from assistant.api.identity import Caller
from assistant.errors import AssistantError
from assistant.workers import Worker

if TYPE_CHECKING:
    from assistant.app import Assistant

logger = logging.getLogger(__name__)

FRESH_SECONDS: Final = 1.0
"""How long a result is given without looking again."""
WAIT_SECONDS: Final = 0.1
"""How long a request waits for a new result while there is one that is not too old."""
OLD_SECONDS: Final = 10.0
"""A result older than this says nothing any more: the check itself hangs."""
FREE_BYTES: Final = 100 * 1024 * 1024
"""Room that must be left on the disk of the data directory: two of the largest files and the database's log."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered."""

    reasons: tuple[str, ...]
    """Why not; empty if they can."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """State of everything that is plugged in; see `Host.health`."""

    @property
    def ready(self) -> bool:
        """Whether there is nothing in the way."""
        return not self.reasons


class Health:
    """Looks after readiness. For one event loop at a time."""

    def __init__(self, assistant: Assistant, draining: Callable[[], bool] = lambda: False) -> None:
        """Nothing is checked yet.

        Args:
            assistant: what is to be ready.
            draining: whether the server was told to stop.
        """
        self._assistant = assistant
        self._draining = draining
        self._worker = Worker("health")
        self._last: tuple[float, Readiness] | None = None
        self._checking: asyncio.Future[None] | None = None

    async def ready(self) -> Readiness:
        """The state of a moment ago, or of now if that is known soon."""
        if self._draining():
            return Readiness(("The server is shutting down.",))
        now = time.monotonic()
        if self._last is not None and now - self._last[0] < FRESH_SECONDS:
            return self._last[1]
        known = self._last is not None and now - self._last[0] < OLD_SECONDS
        checking = self._check()
        await asyncio.wait((checking,), timeout=WAIT_SECONDS if known else OLD_SECONDS)
        if self._last is None or time.monotonic() - self._last[0] > OLD_SECONDS:
            return Readiness((f"The checks have not ended for {OLD_SECONDS:.0f} s: the database or a disk hangs.",))
        return self._last[1]

    def _check(self) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        if self._checking is None or self._checking.done() or self._checking.get_loop() is not loop:
            checking = self._checking = loop.create_future()

            def done() -> None:
                if not checking.done():
                    checking.set_result(None)

            def work() -> None:
                try:
                    found = readiness(self._assistant)
                except Exception as error:
                    logger.exception("the checks of the server's health failed")
                    found = Readiness((f"The checks failed ({type(error).__name__}).",))
                self._last = (time.monotonic(), found)
                try:
                    loop.call_soon_threadsafe(done)
                except RuntimeError:  # the event loop ended before the checks did: nobody waits for them
                    logger.debug("the checks outlasted the server")

            self._worker.submit(work)
        return self._checking

    def close(self) -> None:
        """End the thread."""
        self._worker.close()


def readiness(assistant: Assistant) -> Readiness:
    """Look whether questions can be answered; blocks."""
    details = assistant.host.health()
    reasons = []
    if not any(each["ready"] for each in details["answerers"]):
        resting = sorted(each["resting_seconds"] for each in details["answerers"] if each["state"] == "resting")
        again = f" The first that rests after failures is tried again in {resting[0]:.0f} s." if resting else ""
        reasons.append("No answerer is ready." + again)
    try:
        with assistant.store.database.reading() as connection:
            connection.execute(sql.text("SELECT 1"))
    except AssistantError as error:
        reasons.append(str(error))
    directory = assistant.settings.data_dir
    try:
        free = shutil.disk_usage(directory).free
        if free < FREE_BYTES:
            reasons.append(f"Only {free / 1e6:.0f} MB are left on the disk of {directory}.")
        if not os.access(directory, os.W_OK | os.X_OK):
            reasons.append(f"{directory} cannot be written.")
    except OSError as error:
        reasons.append(f"{directory} cannot be used: {error.strerror or error}.")
    return Readiness(tuple(reasons), details)


def router(health: Health) -> APIRouter:
    """The two routes."""
    routes = APIRouter(tags=["server"])

    @routes.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @routes.get("/health/ready", responses={503: {"description": "Questions cannot be answered now."}})
    async def ready(request: Request) -> JSONResponse:
        """Whether questions can be answered; callers with the scope `metrics` are told why not."""
        found = await health.ready()
        body: dict[str, Any] = {"status": "ok" if found.ready else "not ready"}
        caller = request.scope.get("state", {}).get("caller")
        if isinstance(caller, Caller) and "metrics" in caller.scopes:
            body |= {"reasons": list(found.reasons), "version": __version__, **found.details}
        return JSONResponse(body, 200 if found.ready else 503, {"Cache-Control": "no-store"})

    return routes
