"""Reads what archive.py wrote. The file is not trusted: sizes are bounded, digests computed anew, media never decoded,
and nothing of an owner that it does not name is touched or shown.

A conversation that is there already is left as it is, so importing twice adds nothing. An id that is someone else's
already is replaced by one that follows from it and the owner.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

import sqlalchemy as sql

from assistant.errors import AssistantError
from assistant.store.archive import CHUNK_BYTES, FORMAT, VERSION
from assistant.store.database import Database
from assistant.store.deletion import sweep
from assistant.store.files import MediaFiles, identity
from assistant.store.records import part_from, shortened
from assistant.store.rows import claim, next_activity
from assistant.store.schema import conversations, observations, references, turns
from assistant.store.search import folded
from assistant.store.shapes import CONVERSATION, OBSERVATION, PART, TURN, fit
from assistant.types import Part

LINE_BYTES: Final = 64 * 2**20
"""Of one turn or observation; lines of media are short."""
CONVERSATION_BYTES: Final = 256 * 2**20
"""Of a conversation's lines without media: they are in memory together."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import added."""

    conversations: int
    skipped: int
    """Conversations that were there already."""
    turns: int
    lost: int
    """Media that were missing where the file was made."""


@dataclass
class _Pending:
    """The conversation that is being read."""

    parts: dict[str, Part] = field(default_factory=dict)
    about: dict[str, Any] | None = None
    turns: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0


def import_from(
    source: BinaryIO,
    database: Database,
    files: MediaFiles,
    staging: Path,
    *,
    owner: str | None = None,
    media_bytes: int,
) -> ImportReport:
    """Add the conversations of a file; each wholly or not at all.

    Args:
        source: an open binary file.
        database: the tables.
        files: where media go.
        staging: an existing directory with room for the largest of them.
        owner: whose the conversations become; None for those that the file names.
        media_bytes: of one file at most.

    Raises:
        AssistantError: names the line that cannot be taken; what came before it is imported.
    """
    reader = _Import(source, database, files, staging, owner, media_bytes)
    try:
        return reader.run()
    finally:
        sweep(database, files, reader.written)


class _Import:
    def __init__(
        self,
        source: BinaryIO,
        database: Database,
        files: MediaFiles,
        staging: Path,
        owner: str | None,
        media_bytes: int,
    ) -> None:
        self._source, self._database, self._files, self._staging = source, database, files, staging
        self._owner, self._media_bytes = owner, media_bytes
        self._number = 0
        self._added = self._skipped = self._turns = self._lost = 0
        self.written: set[str] = set()

    def run(self) -> ImportReport:
        self._header()
        pending = _Pending()
        while True:
            value, size = self._line(LINE_BYTES)
            kind = value.get("type")
            pending.size += size
            if pending.size > CONVERSATION_BYTES:
                self._refuse("the conversation is too long")
            if kind == "media":
                self._media(value, pending)
            elif kind == "conversation" and pending.about is None:
                pending.about = self._fit(value, CONVERSATION)
            elif kind == "turn" and pending.about is not None:
                pending.turns.append(self._fit(value, TURN))
            elif kind == "observation" and pending.about is not None:
                pending.seen.append(self._fit(value, OBSERVATION))
            elif kind == "conversation_end" and pending.about is not None:
                self._store(pending.about, pending)
                pending = _Pending()
            elif kind == "end" and pending.about is None:
                return ImportReport(self._added, self._skipped, self._turns, self._lost)
            else:
                self._refuse(f"a line of the type {str(kind)[:40]!r} does not belong here")

    # ---- lines -------------------------------------------------------------------------------------------------

    def _line(self, cap: int) -> tuple[dict[str, Any], int]:
        self._number += 1
        line = self._source.readline(cap + 1)
        if not line.endswith(b"\n"):
            self._refuse("the line is too long" if len(line) > cap else "the file is cut short")
        try:
            value = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise self._refused("it is not JSON") from error
        if not isinstance(value, dict):
            self._refuse("it is not an object")
        return value, len(line)

    def _header(self) -> None:
        header, _ = self._line(64 * 1024)
        if header.get("format") != FORMAT:
            raise AssistantError("This file is no export of conversations.", "Make one: assistant data export FILE")
        if header.get("version") != VERSION:
            raise AssistantError(
                f"The export has the format version {str(header.get('version'))[:20]}; this sensorium reads {VERSION}.",
                "Upgrade sensorium, or export again with this version.",
            )

    def _media(self, value: Mapping[str, Any], pending: _Pending) -> None:
        described = self._fit(value.get("part"), PART)
        if described["span"] is not None and len(described["span"]) != 2:
            self._refuse("a span has a start and an end")
        part = part_from(described, Path())
        if value.get("lost") is True:
            self._lost += 1
            return
        size = value.get("bytes")
        if size is None:
            if part.digest not in self.written or identity(self._files.part(described)) != part.digest:
                self._refuse("it refers to media that are not in the file")
            pending.parts[part.digest] = self._files.part(described)
            return
        if not isinstance(size, int) or not 0 <= size <= self._media_bytes:
            self._refuse(f"{part.name[:80]!r} is larger than the setting limits.bytes allows")
        with tempfile.NamedTemporaryFile(dir=self._staging, prefix=".import-") as file:
            self._bytes(file, size)
            file.flush()
            found = replace(part, content=Path(file.name))
            if identity(found) != part.digest:
                self._refuse(f"the bytes of {part.name[:80]!r} are not what its digest says")
            self.written.add(part.digest)
            pending.parts[part.digest] = self._files.write(found)

    def _bytes(self, file: Any, size: int) -> None:
        while size:
            value, _ = self._line(2 * CHUNK_BYTES)
            try:
                block = base64.b64decode(value["base64"], validate=True)
            except (KeyError, TypeError, binascii.Error, ValueError) as error:
                raise self._refused("it is no piece of media") from error
            size -= len(block)
            if size < 0 or not block:
                self._refuse("the pieces of media do not have the size that was told")
            file.write(block)

    # ---- conversations -----------------------------------------------------------------------------------------

    def _store(self, about: dict[str, Any], pending: _Pending) -> None:
        owner = self._owner or about["owner"]
        with self._database.writing() as connection:
            free = self._free_id(connection, about["id"], owner)
            if free is None:
                self._skipped += 1
                return
            now = time.time()
            row = {"id": free, "owner": owner, "title": shortened(about["title"])}
            row |= {key: self._time(about[key], now) for key in ("created", "updated")}
            connection.execute(conversations.insert().values(activity=next_activity(connection, owner), **row))
            claim(connection, pending.parts.values(), owner)
            if pending.parts:
                connection.execute(
                    references.insert(), [{"conversation": free, "digest": each} for each in pending.parts]
                )
            known = {each["id"] for each in pending.seen}
            numbers = [self._insert_turn(connection, free, each, pending.parts, known, now) for each in pending.turns]
            self._insert_seen(connection, free, pending.seen, numbers)
        self._added += 1
        self._turns += len(pending.turns)

    @staticmethod
    def _free_id(connection: sql.Connection, identity: str, owner: str) -> str | None:
        """The id, or if it is someone else's the one that takes its place; None if the owner has that already."""
        for candidate in (identity, _derived(identity, owner, 24)):
            whose = connection.scalar(sql.select(conversations.c.owner).where(conversations.c.id == candidate))
            if whose is None:
                return candidate
            if whose == owner:
                return None
        return None

    def _insert_turn(
        self,
        connection: sql.Connection,
        conversation: str,
        turn: dict[str, Any],
        parts: Mapping[str, Part],
        known: set[str],
        now: float,
    ) -> int:
        taken = connection.scalar(sql.select(turns.c.id).where(turns.c.public == turn["id"]))
        message, record = turn["message"], turn["record"]
        record["parts"] = [value for value in record["parts"] if self._same(value, parts)]
        record["observations"] = [each for each in record.get("observations", ()) if each in known]
        message["parts"] = [digest for digest in message["parts"] if digest in parts]
        answer = record.get("answer") or {}
        inserted = connection.execute(
            turns.insert().values(
                conversation=conversation,
                process="import",
                state=turn["state"],
                created=self._time(turn["created"], now),
                updated=self._time(turn["updated"], now),
                message=message,
                record=record,
                error=turn["error"],
                public=turn["id"] if taken is None else _derived(turn["id"], conversation, 16),
                folded=folded(f"{message['text']}\n{answer.get('text', '')}"),
            )
        )
        key = inserted.inserted_primary_key
        assert key is not None
        return int(key[0])

    def _same(self, value: Mapping[str, Any], parts: Mapping[str, Part]) -> bool:
        """Whether the conversation has the part; that it says the same of it is a condition."""
        part = parts.get(value["digest"])
        if part is None:
            return False
        verified = part.to_json()
        if any(verified[key] != value[key] for key in ("modality", "media_type", "parent", "span")):
            self._refuse(f"{value['name'][:80]!r} is described in two ways")
        return True

    def _insert_seen(
        self, connection: sql.Connection, conversation: str, seen: list[dict[str, Any]], numbers: list[int]
    ) -> None:
        rows: dict[str, dict[str, Any]] = {}
        for each in seen:
            turn = each["turn"]
            rows[each["id"]] = {
                "conversation": conversation,
                "id": each["id"],
                "position": len(rows),
                "value": {**each["value"], "id": each["id"]},
                "turn": numbers[turn] if turn is not None and 0 <= turn < len(numbers) else None,
                "folded": folded(each["value"]["text"]),
            }
        if rows:
            connection.execute(observations.insert(), list(rows.values()))

    # ---- values ------------------------------------------------------------------------------------------------

    def _fit(self, value: Any, shape: Any) -> Any:
        try:
            return fit(value, shape)
        except ValueError as error:
            raise self._refused(str(error)) from error

    @staticmethod
    def _time(value: float, now: float) -> float:
        """A moment in the past: one in the future would have retention distrust the clock."""
        return min(float(value), now) if math.isfinite(value) and value > 0 else now

    def _refuse(self, reason: str) -> NoReturn:
        raise self._refused(reason)

    def _refused(self, reason: str) -> AssistantError:
        return AssistantError(f"Line {self._number} cannot be imported: {reason}.", "Export it again.")


def _derived(identity: str, owner: str, length: int) -> str:
    hashed = hashlib.sha256(f"{identity}\0{owner}".encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(hashed).decode()[:length]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
