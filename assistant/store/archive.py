"""Conversations with their media as lines of JSON, from one store into another: of one owner or all, between SQLite and
PostgreSQL, between versions. Not for keeping everything as it is: see backup.py.

The first line says what it is; then, for each conversation, its media (a line each, followed by lines of base64), the
conversation, its observations and turns, and a line that ends it. What is read is not trusted: see importing.py.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import sqlalchemy as sql

from assistant import __version__
from assistant.store.database import Database
from assistant.store.files import MediaFiles
from assistant.store.rows import chunks
from assistant.store.schema import conversations, media, observations, references, turns

FORMAT: Final = "sensorium-conversations"
VERSION: Final = 1
CHUNK_BYTES: Final = 192 * 1024
"""Of media in one line: a multiple of 3, so that base64 adds nothing."""
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export holds."""

    conversations: int
    turns: int
    files: int
    bytes: int
    """Of media."""
    lost: int
    """Media that conversations refer to and that were not there."""


def export(database: Database, files: MediaFiles, target: BinaryIO, owner: str | None = None) -> ExportReport:
    """Write everything, or what an owner has; each conversation as it is when its turn comes.

    Args:
        database: the tables.
        files: the media.
        target: an open binary file.
        owner: whose; None for everybody's.
    """
    return _Export(database, files, target).run(owner)


class _Export:
    def __init__(self, database: Database, files: MediaFiles, target: BinaryIO) -> None:
        self._database, self._files, self._target = database, files, target
        self._sent: set[bytes] = set()
        self._turns = self._count = self._size = self._lost = 0

    def run(self, owner: str | None) -> ExportReport:
        self._line({"format": FORMAT, "version": VERSION, "sensorium": __version__, "created": time.time()})
        done = sum(self._conversation(identity) for identity in self._identities(owner))
        self._line({"type": "end", "conversations": done})
        return ExportReport(done, self._turns, self._count, self._size, self._lost)

    def _line(self, value: dict[str, Any]) -> None:
        self._target.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")

    def _identities(self, owner: str | None) -> Iterator[str]:
        """The one that went on last comes last, so that the order is the same where they are imported."""
        last: tuple[str, int, str] = ("", -1, "")
        table = conversations.c
        while True:
            order = (table.owner, table.activity, table.id)
            query = sql.select(*order).where(sql.tuple_(*order) > sql.tuple_(*(sql.literal(each) for each in last)))
            if owner is not None:
                query = query.where(table.owner == owner)
            with self._database.reading() as connection:
                page = connection.execute(query.order_by(*order).limit(PAGE)).all()
            if not page:
                return
            for row in page:
                last = (row.owner, row.activity, row.id)
                yield row.id

    def _conversation(self, identity: str) -> bool:
        with self._database.reading() as connection:
            about = connection.execute(sql.select(conversations).where(conversations.c.id == identity)).one_or_none()
            if about is None:  # deleted meanwhile
                return False
            said = connection.execute(
                sql.select(turns).where(turns.c.conversation == identity).order_by(turns.c.id)
            ).all()
            seen = connection.execute(
                sql.select(observations)
                .where(observations.c.conversation == identity)
                .order_by(observations.c.position)
            ).all()
            digests = connection.scalars(
                sql.select(references.c.digest).where(references.c.conversation == identity)
            ).all()
            described: dict[str, Any] = {}
            for some in chunks(digests):
                mine = (media.c.owner == about.owner) & media.c.digest.in_(some)
                described |= dict(
                    connection.execute(sql.select(media.c.digest, media.c.part).where(mine)).tuples().all()
                )
        for digest, part in described.items():
            self._media(digest, part)
        keys = ("id", "owner", "title", "created", "updated")
        self._line({"type": "conversation", **{key: getattr(about, key) for key in keys}})
        places = {row.id: number for number, row in enumerate(said)}
        for row in seen:
            self._line({"type": "observation", "id": row.id, "turn": places.get(row.turn), "value": row.value})
        for row in said:
            self._line(
                {
                    "type": "turn",
                    "id": row.public,
                    "state": "interrupted" if row.state == "running" else row.state,
                    "created": row.created,
                    "updated": row.updated,
                    "message": row.message,
                    "record": row.record,
                    "error": row.error,
                }
            )
        self._line({"type": "conversation_end", "id": identity})
        self._turns += len(said)
        return True

    def _media(self, digest: str, part: dict[str, Any]) -> None:
        """Its bytes once in the whole file."""
        if bytes.fromhex(digest) in self._sent:
            self._line({"type": "media", "part": part})
            return
        try:
            source, size = self._files.opened(digest)
        except FileNotFoundError:
            self._lost += 1
            self._line({"type": "media", "part": part, "lost": True})
            return
        self._sent.add(bytes.fromhex(digest))
        self._line({"type": "media", "part": part, "bytes": size})
        with source:
            while block := source.read(CHUNK_BYTES):
                self._target.write(b'{"type":"bytes","base64":"' + base64.b64encode(block) + b'"}\n')
        self._count += 1
        self._size += size
