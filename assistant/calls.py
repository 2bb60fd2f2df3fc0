"""Notes every call of every plugin, with its times, for whoever asked for it: `assistant plugins trace`.

A `Host` that is given no `Calls` notes nothing, and that costs nothing. Not for counting in a server: telemetry.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

P = TypeVar("P")
T = TypeVar("T")

WORKER: Final = "assistant-"
"""How the names of threads begin that plugged objects work in."""


@dataclass(slots=True)
class Call:
    """One call. Times are seconds since the recording began."""

    plugin: str
    name: str
    """Of the plugged object; "" for a hook."""
    what: str
    """The method or hook; "import" for the plugin's module."""
    about: str
    """What it was called for: the name of a file, say."""
    tier: str
    """"thread", "process" or "environment NAME"."""
    by: str
    """The plugged object that asked for it; "" for the assistant."""
    queued: float
    clock: Callable[[], float]
    began: float | None = None
    """None while it waits."""
    ended: float | None = None
    """None while it runs."""
    items: int | None = None
    """How many things it gave; None where that is not counted."""
    cached: bool = False
    """Nothing was called: it was remembered."""
    error: str = ""
    """The name of the exception that ended it; "stopped" if it was not wanted any more."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Note when the block began and ended, and what ended it."""
        self.began = self.clock()
        try:
            yield
        except GeneratorExit:
            self.error = "stopped"
            raise
        except BaseException as error:
            self.error = type(error).__name__
            raise
        finally:
            self.ended = self.clock()

    def to_json(self) -> dict[str, Any]:
        """A JSON object; times in milliseconds."""
        ended, began = self.ended, self.began
        return {
            "plugin": self.plugin,
            "name": self.name,
            "what": self.what,
            "about": self.about,
            "tier": self.tier,
            "by": self.by,
            "queued": round(self.queued * 1000, 3),
            "began": None if began is None else round(began * 1000, 3),
            "milliseconds": None if began is None or ended is None else round((ended - began) * 1000, 3),
            "items": self.items,
            "cached": self.cached,
            "error": self.error,
        }


class Calls:
    """The recording, in the order in which calls were asked for."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """It begins now."""
        self._clock = clock
        self._zero = clock()
        self.calls: list[Call] = []

    def now(self) -> float:
        """Seconds since the recording began."""
        return self._clock() - self._zero

    def of(self, plugin: str, name: str = "", tier: str = "thread") -> Recorder:
        """What notes the calls of one plugin, or of one thing it brings."""
        return Recorder(self, plugin, name, tier)


class Recorder:
    """Notes the calls of one plugin, or of one thing it brings."""

    def __init__(self, calls: Calls, plugin: str, name: str, tier: str) -> None:
        """See `Calls.of`."""
        self._calls = calls
        self._plugin = plugin
        self._name = name
        self._tier = tier

    def queued(self, what: str, about: str = "") -> Call:
        """A call that was asked for; `Call.running` says when it runs."""
        thread = threading.current_thread().name
        by = thread.removeprefix(WORKER) if thread.startswith(WORKER) else ""
        call = Call(
            self._plugin,
            self._name,
            what,
            about,
            self._tier,
            "" if by == self._name else by,
            self._calls.now(),
            self._calls.now,
        )
        self._calls.calls.append(call)
        return call

    def remembered(self, what: str, about: str, items: int) -> None:
        """That a call was not needed."""
        call = self.queued(what, about)
        call.began = call.ended = call.queued
        call.items, call.cached = items, True

    def iterating(self, call: Callable[[P], Iterable[T]], what: str, about: str) -> Callable[[P], Iterator[T]]:
        """The same call, noted: when it was asked for, when it ran, how many things it gave."""
        noted = self.queued(what, about)
        noted.items = 0

        def iterate(plugged: P) -> Iterator[T]:
            with noted.running():
                results = call(plugged)
                try:
                    for item in results:
                        noted.items = (noted.items or 0) + 1
                        yield item
                finally:
                    close = getattr(results, "close", None)
                    if close is not None:
                        close()

        return iterate
