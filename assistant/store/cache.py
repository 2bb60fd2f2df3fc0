"""The observation cache: what perceivers said about a file, for when they are asked again. Bounded; may be deleted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sql

from assistant.store.database import Database
from assistant.store.files import MediaFiles
from assistant.store.rows import unclaimed
from assistant.store.schema import cache
from assistant.store.values import from_json, to_json
from assistant.types import Observation, Part

CACHE_BYTES: Final = 2**30
"""Rows, and the pictures and sound taken out of other media that they refer to."""
KEPT_SHARE: Final = 0.9
"""Of the cap, after the least recently used were forgotten."""
UNCHECKED_SHARE: Final = 0.02
"""Of the cap, that may be written between two looks at the whole size."""
TOUCHED_AT_MOST: Final = 1000
"""Uses noted in memory before they are written down."""


class ObservationCache:
    """Thread-safe; processes share it."""

    def __init__(self, database: Database, files: MediaFiles, cap: int = CACHE_BYTES) -> None:
        """`cap` in bytes."""
        self._database = database
        self._files = files
        self._cap = cap
        self._unchecked = float(cap)
        self._touched: dict[str, float] = {}
        self._lock = threading.Lock()

    def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
        """What was remembered under this key, or None; also None if a part's file is gone."""
        with self._database.reading() as connection:
            items = connection.scalar(sql.select(cache.c["items"]).where(cache.c.key == key))
        if items is None:
            return None
        found: list[Observation | Part] = []
        for value in from_json(items):
            if "modality" not in value:
                found.append(Observation.from_json(value))
                continue
            part = self._files.part(value)
            if not self._files.path(part.digest).is_file():
                return None
            found.append(part)
        with self._lock:
            self._touched[key] = time.time()
            full = len(self._touched) >= TOUCHED_AT_MOST
        if full:
            self.flush()
        return tuple(found)

    def remember(self, key: str, items: Sequence[Observation | Part]) -> None:
        """Keep what one call of a perceiver gave."""
        values, size, about = [], 0, ""
        for item in items:
            if isinstance(item, Part):
                written = self._files.write(item)
                size += self._files.path(written.digest).stat().st_size
                values.append(item.to_json())
                about = about or item.parent or ""
            else:
                values.append(item.to_json())
                about = about or item.part
        text = to_json(values)
        row = {"key": key, "part": about, "used": time.time(), "bytes": size + len(text), "items": text}
        with self._lock:
            self._unchecked += size + len(text)
            check = self._unchecked > UNCHECKED_SHARE * self._cap
            if check:
                self._unchecked = 0
        with self._database.writing(durable=False) as connection:
            self._write_touched(connection)
            connection.execute(cache.delete().where(cache.c.key == key))
            connection.execute(cache.insert().values(row))
            if check:
                self._files.remove(self._evict(connection))

    def flush(self) -> None:
        """Write down what was used when."""
        with self._database.writing(durable=False) as connection:
            self._write_touched(connection)

    def _write_touched(self, connection: sql.Connection) -> None:
        with self._lock:
            touched, self._touched = self._touched, {}
        if touched:
            statement = cache.update().where(cache.c.key == sql.bindparam("one")).values(used=sql.bindparam("when"))
            connection.execute(statement, [{"one": key, "when": when} for key, when in touched.items()])

    def _evict(self, connection: sql.Connection) -> set[str]:
        """Forget the least recently used if the cap is passed; digests of files that nobody needs then."""
        total = connection.scalar(sql.select(sql.func.sum(cache.c.bytes))) or 0
        if total <= self._cap:
            return set()
        keys: list[str] = []
        rows = connection.execute(sql.select(cache.c.key, cache.c.bytes).order_by(cache.c.used))
        for key, size in rows:
            if total <= KEPT_SHARE * self._cap:
                break
            keys.append(key)
            total -= size
        rows.close()
        parts: set[str] = set()
        for key in keys:
            items = connection.scalar(sql.select(cache.c["items"]).where(cache.c.key == key))
            parts |= parts_in(items or "[]")
            connection.execute(cache.delete().where(cache.c.key == key))
        return unclaimed(connection, parts)


def parts_in(items: str) -> set[str]:
    """Digests of the parts among the items of a row."""
    return {value["digest"] for value in from_json(items) if "modality" in value}
