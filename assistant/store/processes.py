"""Which processes that answer are alive, so that the turns of dead ones count as interrupted. Not for the turns.

A process of this machine is asked for by its number and start, whatever the clock says; one elsewhere must have been
seen lately, by the database's clock.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import sqlalchemy as sql

from assistant.errors import AssistantError
from assistant.store.database import Database
from assistant.store.schema import processes, turns

logger = logging.getLogger(__name__)

BEAT_SECONDS: Final = 10.0
DEAD_SECONDS: Final = 40.0
"""Not seen for so long, four beats, a process on another machine counts as dead."""


class Processes:
    """This process among those that share a database. Thread-safe."""

    def __init__(self, database: Database) -> None:
        """Nothing is written before the first turn."""
        self.token = secrets.token_hex(8)
        self._database = database
        self._place = _place(os.getpid())
        self._lock = threading.Lock()
        self._running: set[str] = set()
        self._written = self._registered = -BEAT_SECONDS
        self._ended = threading.Event()
        self._beating: threading.Thread | None = None

    def register(self, connection: sql.Connection) -> None:
        """Write down that this process lives, in the transaction that begins a turn; not at every one of many."""
        if time.monotonic() - self._registered >= BEAT_SECONDS:
            self._write(connection)

    def _write(self, connection: sql.Connection) -> None:
        now = self._database.now(connection)
        seen = connection.execute(processes.update().where(processes.c.id == self.token).values(seen=now))
        if not seen.rowcount:
            row = {"id": self.token, "started": now, "seen": now, "place": self._place}
            connection.execute(processes.insert().values(row))
        self._written = time.monotonic()

    def began(self, turn: str) -> None:
        """A turn of this process is stored; from now on its life is shown until the turn ended."""
        with self._lock:
            self._registered = self._written  # what wrote it is committed
            self._running.add(turn)
            if self._beating is None:
                self._beating = threading.Thread(target=self._beat, name="heartbeat-of-assistant", daemon=True)
                self._beating.start()

    def ended(self, turn: str) -> None:
        """A turn of this process is over."""
        with self._lock:
            self._running.discard(turn)

    def close(self) -> None:
        """Nothing runs here any more: what is left counts as interrupted at once."""
        self._ended.set()
        if self._beating is None:
            return
        self._beating.join()
        with self._database.writing() as connection:
            _interrupt(connection, [self.token])

    def works_on(self, connection: sql.Connection, turn: str, process: str) -> bool:
        """Whether the turn, which the table says is running in that process, is."""
        if process == self.token:
            with self._lock:
                return turn in self._running
        return process in self._alive(connection, [process])

    def sweep(self) -> None:
        """Mark the turns of dead processes as interrupted."""
        with self._database.reading() as connection:
            busy = set(connection.scalars(sql.select(turns.c.process).where(turns.c.state == "running").distinct()))
            dead = busy - self._alive(connection, busy) - {self.token}
        if dead:
            with self._database.writing() as connection:
                dead -= self._alive(connection, dead)
                logger.info("%d processes ended in the middle of their turns", len(dead))
                _interrupt(connection, dead)

    def _alive(self, connection: sql.Connection, among: Iterable[str]) -> set[str]:
        rows = connection.execute(sql.select(processes).where(processes.c.id.in_(list(among)))).all()
        now = self._database.now(connection)
        return {row.id for row in rows if self._lives(row.place, now - row.seen)}

    def _lives(self, place: str, unseen: float) -> bool:
        machine, _, process = place.rpartition(" ")
        if machine and machine == self._place.rpartition(" ")[0]:
            return _place(int(process.partition("@")[0])) == place
        return unseen < DEAD_SECONDS

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with self._lock:
                idle = not self._running
            if idle:
                continue
            try:
                with self._database.writing(durable=False) as connection:
                    self._write(connection)
            except AssistantError as error:
                logger.warning("that this process lives is not written down: %s", error)


def _interrupt(connection: sql.Connection, dead: Iterable[str]) -> None:
    gone = list(dead)
    connection.execute(
        turns.update()
        .where((turns.c.state == "running") & turns.c.process.in_(gone))
        .values(state="interrupted", updated=time.time())
    )
    connection.execute(processes.delete().where(processes.c.id.in_(gone)))


def _place(number: int) -> str:
    """Start of the machine, namespace of process numbers, number and start of the process; "" where there is no /proc.

    A number is given again after a process' end, but never with the same start.
    """
    proc = Path("/proc")
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (proc / "self/ns/pid").readlink()
        started = (proc / str(number) / "stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{boot} {namespace} {number}@{started}"
