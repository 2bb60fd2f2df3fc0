"""What came of a fault: what clients saw, and how long recovery took. For faults.py; not for making faults."""

from __future__ import annotations

import contextlib
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from fault_server import FaultServer

QUICK_SECONDS = 3.0
"""A refusal takes no longer."""
HEALTH_SECONDS = 0.2
"""Nor does the 95th percentile of asking for the health."""


class Skipped(Exception):
    """The fault cannot be made here."""


@dataclass
class Row:
    """What came of one fault."""

    fault: str
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    recovered: float | None = None
    """Seconds until everything worked again; None where there is nothing to recover from."""

    def saw(self, what: str, fine: bool = True) -> None:
        """Note what was seen, and whether that is as it should be."""
        self.seen.append(what)
        if not fine:
            self.wrong.append(what)

    def unforeseen(self, server: FaultServer) -> None:
        """Note the exceptions that the server has logged."""
        for error, count in Counter(server.errors()).items():
            self.saw(f"logged {count} x {error[:160]}", False)

    def well(self, seconds: float | None, most: float) -> None:
        """Note how long recovery took."""
        self.recovered = seconds
        if seconds is None or seconds > most:
            self.wrong.append(f"no recovery within {most:.0f} s")


@contextlib.contextmanager
def running(server: FaultServer, *, key: bool = False) -> Iterator[FaultServer]:
    """Started, and ended; with a key that the clients use, if wanted."""
    try:
        if key:
            server.make_key()
        yield server.start()
    finally:
        server.end(signal.SIGKILL)
