"""Deletes conversations by age and by the size of their media, as the settings say; not before the clock is believed.

Age counts from the last question of a conversation. Size counts each owner's media once; the conversations that nothing
was asked in for the longest go first. Not for deletion itself: see deletion.py.
"""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sql

from assistant.errors import NotFound
from assistant.store.database import Database
from assistant.store.files import written_whole
from assistant.store.schema import conversations, media, references, turns

if TYPE_CHECKING:
    from assistant.settings import RetentionSettings

logger = logging.getLogger(__name__)

DAY: Final = 86400.0
BACK_SECONDS: Final = 3600.0
"""So far may the clock lie before the newest row, or apart from the time that went by: it is set now and then."""
LEAP_SECONDS: Final = 30 * DAY
"""A clock that is so far ahead of all that was stored is believed only after it ran on like this for a while."""
BELIEVED_SECONDS: Final = DAY
RECORD: Final = "retention.json"
ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """A time by the clock, and by one that nobody sets."""

    clock: float
    """Seconds since the epoch."""
    uptime: float
    """Seconds since the machine was started, sleep included."""
    boot: str
    """Which start of which machine that was."""

    @classmethod
    def now(cls) -> Moment:
        """This moment."""
        boot = ""
        with suppress(OSError):
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return cls(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME), boot)


@dataclass(frozen=True, slots=True)
class Doomed:
    """A conversation that retention deletes."""

    id: str
    owner: str
    updated: float
    why: str
    """age; size: of everybody's media; owner: the size of one owner's."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What came of one look."""

    conversations: tuple[Doomed, ...]
    distrust: str
    """Why the clock was not believed, so that nothing was judged by age; "" if it was."""


class Retention:
    """Applies the settings to one store. Only one thread at a time."""

    def __init__(
        self,
        database: Database,
        directory: Path,
        settings: RetentionSettings,
        delete: Callable[[str, str], None],
        now: Callable[[], Moment] = Moment.now,
    ) -> None:
        """Nothing is looked at yet.

        Args:
            database: the tables.
            directory: where the time of the last look is kept.
            settings: how long and how much is kept.
            delete: deletes the conversation of an owner.
            now: the clocks.
        """
        self._database = database
        self._record = directory / RECORD
        self._settings = settings
        self._delete = delete
        self._now = now

    def run(self, *, dry: bool = False, trust_clock: bool = False) -> Pruned:
        """Delete what is too old or too much.

        Args:
            dry: delete nothing, and write nothing down.
            trust_clock: believe the clock whatever speaks against it.
        """
        now = self._now()
        distrust = "" if trust_clock or not self._settings.days else self._distrust(now, note=not dry)
        doomed = {each.id: each for each in self._large()}
        if not distrust:
            doomed |= {each.id: each for each in self._old(now.clock)}
        gone = []
        for each in doomed.values():
            if not dry:
                try:
                    self._delete(each.id, each.owner)
                except NotFound:  # its owner was quicker
                    continue
            gone.append(each)
        if self._settings.days and not dry and not distrust:
            self._note({"ran": asdict(now)})
        return Pruned(tuple(gone), distrust)

    # ---- what goes ---------------------------------------------------------------------------------------------

    def _old(self, now: float) -> list[Doomed]:
        if not self._settings.days:
            return []
        query = (
            sql.select(conversations.c.id, conversations.c.owner, conversations.c.updated)
            .where(conversations.c.updated < now - self._settings.days * DAY, ~_running())
            .order_by(conversations.c.updated)
        )
        with self._database.reading() as connection:
            return [Doomed(*row, "age") for row in connection.execute(query).all()]

    def _large(self) -> list[Doomed]:
        found: dict[str, Doomed] = {}
        each, total = self._settings.bytes_per_owner, self._settings.bytes
        if each:
            query = sql.select(media.c.owner).group_by(media.c.owner).having(sql.func.sum(media.c.bytes) > each)
            with self._database.reading() as connection:
                for owner in connection.scalars(query).all():
                    found |= _beyond(connection, each, owner)
        if total:
            with self._database.reading() as connection:
                stored = sql.select(media.c.digest, media.c.bytes).distinct().subquery()
                if (connection.scalar(sql.select(sql.func.sum(stored.c.bytes))) or 0) > total:
                    found = _beyond(connection, total, None) | found
        return list(found.values())

    # ---- the clock ---------------------------------------------------------------------------------------------

    def _distrust(self, now: Moment, *, note: bool) -> str:
        """Why the clock is not believed."""
        noted = self._noted()
        with self._database.reading() as connection:
            newest = max(
                connection.scalar(sql.select(sql.func.max(conversations.c.updated))) or 0.0,
                connection.scalar(sql.select(sql.func.max(turns.c.updated))) or 0.0,
            )
        ran = _moment(noted.get("ran"))
        latest = max(newest, ran.clock if ran else 0.0)
        if not latest:
            return ""
        if now.clock < latest - BACK_SECONDS:
            return f"the clock is {(latest - now.clock) / DAY:.1f} days before what was stored last"
        last = ran.clock if ran else newest  # what was stored since may have its time from a wrong clock
        reason = ""
        if ran and ran.boot and ran.boot == now.boot:
            leapt = (now.clock - ran.clock) - (now.uptime - ran.uptime)
            if leapt > BACK_SECONDS:
                reason = f"the clock went on by {leapt / DAY:.1f} days more than time did"
        if not reason and now.clock - last > LEAP_SECONDS:
            reason = f"the last look was {(now.clock - last) / DAY:.0f} days ago, or the clock is wrong"
        seen = _moment(noted.get("doubted"))
        if not reason and seen is None:
            return ""
        reason = reason or "the clock has leapt, and has not gone on well for a day yet"
        if seen and _runs_on(seen, now):
            if now.clock - seen.clock >= BELIEVED_SECONDS:
                return ""
        elif note:
            self._note({**noted, "doubted": asdict(now)})
        return reason

    def _noted(self) -> dict[str, Any]:
        try:
            noted = json.loads(self._record.read_text())
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def _note(self, values: dict[str, Any]) -> None:
        try:
            with written_whole(self._record) as file:
                file.write(json.dumps(values).encode())
        except OSError as error:
            logger.warning("when retention looked last is not written down: %s", error)


def _running() -> sql.ColumnElement[bool]:
    running = (turns.c.conversation == conversations.c.id) & (turns.c.state == "running")
    return sql.select(turns.c.id).where(running).exists()


def _beyond(connection: sql.Connection, cap: int, owner: str | None) -> dict[str, Doomed]:
    """The conversations, of an owner or all, without which the media of the later ones fit; each frees something."""
    table = conversations.c
    query = (
        sql.select(table.id, table.owner, table.updated, _running().label("running"), media.c.digest, media.c.bytes)
        .join(references, references.c.conversation == table.id)
        .join(media, (media.c.owner == table.owner) & (media.c.digest == references.c.digest))
    )
    if owner is None:
        query = query.order_by(table.updated.desc(), table.id)
    else:
        query = query.where(table.owner == owner).order_by(table.activity.desc(), table.id)
    found: dict[str, Doomed] = {}
    kept: set[str] = set()
    total = 0
    rows = connection.execution_options(yield_per=ROWS).execute(query)
    for identity, group in itertools.groupby(rows, key=lambda row: row.id):
        of_it = list(group)
        sizes = {row.digest: row.bytes for row in of_it}
        added = sum(size for digest, size in sizes.items() if digest not in kept)
        if added and not of_it[0].running and (found or total + added > cap):
            found[identity] = Doomed(identity, of_it[0].owner, of_it[0].updated, "size" if owner is None else "owner")
            continue
        kept |= set(sizes)
        total += added
    return found


def _moment(value: Any) -> Moment | None:
    try:
        return Moment(float(value["clock"]), float(value["uptime"]), str(value["boot"]))
    except (TypeError, KeyError, ValueError):
        return None


def _runs_on(before: Moment, now: Moment) -> bool:
    """Whether the clock went on since as time did; after a new start of the machine, that it went on a little."""
    passed = now.clock - before.clock
    if before.boot == now.boot:
        return abs(passed - (now.uptime - before.uptime)) <= BACK_SECONDS
    return -BACK_SECONDS <= passed <= LEAP_SECONDS
