"""Conversations, media and the observation cache, kept across restarts. Whatever is read, its owner is checked here.

SQLAlchemy over SQLite (WAL) by default, any URL otherwise; media lie beside it as files named by their digest.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import sqlalchemy as sql
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from assistant.errors import AssistantError, NotFound
from assistant.types import Answer, Gap, Message, Observation, Part, Status

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 1
CACHE_BYTES = 256 * 2**20
"""Observations kept for reuse; the least recently used go first. Media they refer to is counted by its rows only."""
TOUCH_SECONDS = 3600
"""How exactly it is known when something was used last; writing it down each time would cost more than it tells."""
EVICT_EVERY = 64
"""Writes to the cache between two looks at its size."""
BUSY_SECONDS = 30
"""How long a writer waits for another process."""
TITLE_CHARACTERS = 80

TurnState: TypeAlias = Literal["running", "done", "stopped", "failed", "interrupted"]

metadata = sql.MetaData()
versions = sql.Table("schema_version", metadata, sql.Column("version", sql.Integer, nullable=False))
conversations = sql.Table(
    "conversations",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("owner", sql.String(200), nullable=False, index=True),
    sql.Column("title", sql.Text, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("updated", sql.Float, nullable=False),
)
turns = sql.Table(
    "turns",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sql.Column("process", sql.String(32), nullable=False),
    sql.Column("state", sql.String(16), nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("message", sql.JSON, nullable=False),
    sql.Column("record", sql.JSON, nullable=False),
)
observations = sql.Table(
    "observations",
    metadata,
    sql.Column(
        "conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sql.Column("id", sql.String(16), primary_key=True),
    sql.Column("position", sql.Integer, nullable=False),
    sql.Column("value", sql.JSON, nullable=False),
)
media = sql.Table(
    "media",
    metadata,
    sql.Column("owner", sql.String(200), primary_key=True),
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("part", sql.JSON, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
)
cache = sql.Table(
    "observation_cache",
    metadata,
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("part", sql.String(64), nullable=False, index=True),
    sql.Column("used", sql.Float, nullable=False, index=True),
    sql.Column("bytes", sql.Integer, nullable=False),
    sql.Column("items", sql.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """One line of the list of conversations."""

    id: str
    title: str
    created: float
    """Seconds since the epoch."""
    updated: float
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it."""

    message: Message
    answer: Answer | None
    parts: tuple[Part, ...]
    observations: tuple[Observation, ...]
    gaps: tuple[Gap, ...]
    statuses: tuple[Status, ...]
    state: TurnState
    """interrupted: the process ended before the turn did."""
    created: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation."""

    id: str
    title: str
    turns: tuple[Turn, ...]


class Store:
    """Thread-safe; several processes may share one directory."""

    def __init__(self, directory: Path, url: str | None = None, *, cache_bytes: int = CACHE_BYTES) -> None:
        """Open or create.

        Args:
            directory: holds the media, and the database if no URL is given.
            url: SQLAlchemy URL of the database.
            cache_bytes: how much the observation cache may hold.

        Raises:
            AssistantError: the database is damaged, made by a newer version, or the directory cannot be written.
        """
        self._media = directory / "media"
        self._cache_bytes = cache_bytes
        self._writes = 0
        self._process = secrets.token_hex(8)
        self._lock = threading.RLock()
        try:
            self._media.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise AssistantError(
                f"{directory} cannot be written: {error.strerror or error}.",
                "Choose another with --data-dir or ASSISTANT_DATA_DIR.",
            ) from error
        self._where = url or str(directory / "sensorium.db")
        self._engine = sql.create_engine(url or f"sqlite:///{directory / 'sensorium.db'}", **_engine_options(url))
        if self._engine.dialect.name == "sqlite":
            sql.event.listen(self._engine, "connect", _configure_sqlite)
        with self._transaction() as connection:
            metadata.create_all(connection)
            version = connection.scalar(sql.select(versions.c.version))
            if version is None:
                connection.execute(versions.insert().values(version=SCHEMA_VERSION))
            elif version > SCHEMA_VERSION:
                raise AssistantError(
                    f"{self._where} was made by a newer version of sensorium (schema {version}).",
                    "Upgrade sensorium, or use another data directory.",
                )

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sql.Connection]:
        """A transaction; database errors come out as AssistantError that say what to do."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            reason = str(error.orig or error)
            if "malformed" in reason or "not a database" in reason:
                raise AssistantError(
                    f"The database {self._where} is damaged ({reason}).",
                    "Restore it from a backup, or move it away to start anew.",
                ) from error
            raise AssistantError(
                f"The database {self._where} cannot be used ({reason}).", "Check disk space and permissions."
            ) from error
        except SQLAlchemyError as error:
            raise AssistantError(f"The database cannot be used ({error}).", "Check the setting `database`.") from error

    # ---- media -------------------------------------------------------------------------------------------------

    def _path(self, digest: str) -> Path:
        return self._media / digest[:2] / digest

    def _write(self, part: Part) -> Path:
        """The file with the part's bytes, written atomically and readable by this user only."""
        path = self._path(part.digest)
        if path.is_file():
            return path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                if isinstance(part.content, bytes):
                    file.write(part.content)
                else:
                    with part.content.open("rb") as source:
                        while block := source.read(2**20):
                            file.write(block)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError as error:
            Path(temporary).unlink(missing_ok=True)
            raise AssistantError(
                f"{part.name} cannot be stored: {error.strerror or error}.", "Check disk space and permissions."
            ) from error
        return path

    def keep(self, part: Part, owner: str) -> Part:
        """Store a part for an owner; the part returned refers to the stored file."""
        kept = _at(part, self._write(part))
        with self._transaction() as connection:
            self._claim(connection, kept, owner)
        return kept

    def _claim(self, connection: sql.Connection, part: Part, owner: str) -> None:
        mine = (media.c.owner == owner) & (media.c.digest == part.digest)
        if connection.scalar(sql.select(sql.func.count()).select_from(media).where(mine)) == 0:
            values = {"owner": owner, "digest": part.digest, "part": _part_json(part), "created": time.time()}
            connection.execute(media.insert().values(values))

    def part(self, digest: str, owner: str) -> Part:
        """A stored part. Raises NotFound if there is none, or it is someone else's."""
        with self._transaction() as connection:
            value = connection.scalar(
                sql.select(media.c.part).where((media.c.owner == owner) & (media.c.digest == digest))
            )
        if value is None or not self._path(digest).is_file():
            raise NotFound("There is no such file.", "It may have been deleted.")
        return _part(value, self._path(digest))

    # ---- conversations -----------------------------------------------------------------------------------------

    def create_conversation(self, owner: str, title: str = "") -> str:
        """A new conversation's id, which cannot be guessed."""
        identity = secrets.token_urlsafe(18)
        now = time.time()
        with self._transaction() as connection:
            connection.execute(
                conversations.insert().values(
                    id=identity, owner=owner, title=title[:TITLE_CHARACTERS], created=now, updated=now
                )
            )
        return identity

    def conversations(self, owner: str) -> tuple[ConversationInfo, ...]:
        """The owner's conversations, the one that went on last first."""
        count = sql.func.count(turns.c.id)
        query = (
            sql.select(conversations, count)
            .outerjoin(turns, turns.c.conversation == conversations.c.id)
            .where(conversations.c.owner == owner)
            .group_by(conversations.c.id)
            .order_by(conversations.c.updated.desc())
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(ConversationInfo(row[0], row[2], row[3], row[4], row[5]) for row in rows)

    def _title(self, connection: sql.Connection, conversation: str, owner: str) -> str:
        """The title. Raises NotFound: the one place where ownership of conversations is checked."""
        title = connection.scalar(
            sql.select(conversations.c.title).where(
                (conversations.c.id == conversation) & (conversations.c.owner == owner)
            )
        )
        if title is None:
            raise NotFound("There is no such conversation.", "It may have been deleted; start a new one.")
        return str(title)

    def rename_conversation(self, conversation: str, owner: str, title: str) -> None:
        """Change the title. Raises NotFound."""
        with self._transaction() as connection:
            self._title(connection, conversation, owner)
            connection.execute(
                conversations.update().where(conversations.c.id == conversation).values(title=title[:TITLE_CHARACTERS])
            )

    def delete_conversation(self, conversation: str, owner: str) -> None:
        """Delete a conversation, and media that no other one refers to. Raises NotFound."""
        with self._transaction() as connection:
            self._title(connection, conversation, owner)
            gone = self._referred(connection, turns.c.conversation == conversation)
            connection.execute(observations.delete().where(observations.c.conversation == conversation))
            connection.execute(turns.delete().where(turns.c.conversation == conversation))
            connection.execute(conversations.delete().where(conversations.c.id == conversation))
            own = sql.select(conversations.c.id).where(conversations.c.owner == owner)
            gone -= self._referred(connection, turns.c.conversation.in_(own))
            connection.execute(media.delete().where((media.c.owner == owner) & media.c.digest.in_(gone)))
            unclaimed = self._unclaimed(connection, gone)
            connection.execute(cache.delete().where(cache.c.part.in_(unclaimed)))
        for digest in unclaimed:
            self._path(digest).unlink(missing_ok=True)

    def _unclaimed(self, connection: sql.Connection, digests: set[str]) -> set[str]:
        """Those of the digests that no owner has."""
        return digests - set(connection.scalars(sql.select(media.c.digest).where(media.c.digest.in_(digests))))

    def _referred(self, connection: sql.Connection, where: sql.ColumnElement[bool]) -> set[str]:
        records = connection.scalars(sql.select(turns.c.record).where(where))
        return {part["digest"] for record in records for part in record["parts"]}

    def begin_turn(self, conversation: str, owner: str, message: Message, parts: Sequence[Part]) -> int:
        """Store a question before it is answered. Raises NotFound."""
        record = {"parts": [_part_json(part) for part in parts]}
        asked = {"role": message.role, "text": message.text, "parts": list(message.parts)}
        now = time.time()
        with self._transaction() as connection:
            title = self._title(connection, conversation, owner)
            for part in parts:
                self._claim(connection, part, owner)
            connection.execute(
                conversations.update()
                .where(conversations.c.id == conversation)
                .values(updated=now, title=title or _title_of(message, parts))
            )
            inserted = connection.execute(
                turns.insert().values(
                    conversation=conversation,
                    process=self._process,
                    state="running",
                    created=now,
                    message=asked,
                    record=record,
                )
            )
            key = inserted.inserted_primary_key
        assert key is not None
        return int(key[0])

    def finish_turn(
        self,
        turn: int,
        owner: str,
        *,
        state: Literal["done", "stopped", "failed"],
        message: Message | None = None,
        answer: Answer | None,
        parts: Sequence[Part],
        observations: Sequence[Observation],
        gaps: Sequence[Gap],
        statuses: Sequence[Status],
    ) -> None:
        """Store what came of a turn. Does nothing if the conversation was deleted meanwhile.

        Args:
            turn: from `begin_turn`.
            owner: of the conversation.
            state: how it ended.
            message: the question as understood, where that became known later (a voice message).
            answer: None if there is none.
            parts: everything looked at, frames and sound tracks included.
            observations: what the turn knows; each is stored once a conversation.
            gaps: what was missed.
            statuses: how each perceiver ended.
        """
        kept = [_at(part, self._write(part)) for part in parts]
        with self._transaction() as connection:
            conversation = connection.scalar(
                sql.select(turns.c.conversation)
                .join(conversations, conversations.c.id == turns.c.conversation)
                .where((turns.c.id == turn) & (conversations.c.owner == owner))
            )
            if conversation is None:
                logger.info("turn %d ended after its conversation was deleted", turn)
                return
            for part in kept:
                self._claim(connection, part, owner)
            self._add_observations(connection, conversation, observations)
            values: dict[str, Any] = {
                "state": state,
                "record": {
                    "parts": [_part_json(part) for part in kept],
                    "answer": answer.to_json() if answer else None,
                    "observations": [seen.id for seen in observations],
                    "gaps": [gap.to_json() for gap in gaps],
                    "statuses": [_status_json(status) for status in statuses],
                },
            }
            if message is not None:
                values["message"] = {"role": message.role, "text": message.text, "parts": list(message.parts)}
                sent = [part for part in kept if part.digest in message.parts]
                named = _title_of(Message("user", ""), sent)  # the title as long as only the files' names were known
                connection.execute(
                    conversations.update()
                    .where((conversations.c.id == conversation) & (conversations.c.title == named))
                    .values(title=_title_of(message, sent))
                )
            connection.execute(turns.update().where(turns.c.id == turn).values(values))

    def _add_observations(self, connection: sql.Connection, conversation: str, many: Sequence[Observation]) -> None:
        known = set(
            connection.scalars(sql.select(observations.c.id).where(observations.c.conversation == conversation))
        )
        new = {seen.id: seen for seen in many if seen.id not in known}
        rows = [
            {"conversation": conversation, "id": identity, "position": len(known) + number, "value": seen.to_json()}
            for number, (identity, seen) in enumerate(new.items())
        ]
        if rows:
            connection.execute(observations.insert(), rows)

    def load_conversation(self, conversation: str, owner: str) -> Conversation:
        """A whole conversation. Raises NotFound."""
        with self._transaction() as connection:
            title = self._title(connection, conversation, owner)
            rows = connection.execute(
                sql.select(turns).where(turns.c.conversation == conversation).order_by(turns.c.id)
            ).all()
            values = connection.scalars(
                sql.select(observations.c.value)
                .where(observations.c.conversation == conversation)
                .order_by(observations.c.position)
            ).all()
        known = {value["id"]: Observation.from_json(value) for value in values}
        return Conversation(conversation, title, tuple(self._turn(row, known) for row in rows))

    def _turn(self, row: Any, known: Mapping[str, Observation]) -> Turn:
        message, record = row.message, row.record
        answer = record.get("answer")
        state: TurnState = row.state
        if state == "running" and row.process != self._process:
            state = "interrupted"
        return Turn(
            message=Message(message["role"], message["text"], tuple(message["parts"])),
            answer=Answer(**{**answer, "citations": tuple(answer["citations"])}) if answer else None,
            parts=tuple(_part(value, self._path(value["digest"])) for value in record["parts"]),
            observations=tuple(known[each] for each in record.get("observations", ()) if each in known),
            gaps=tuple(Gap.from_json(value) for value in record.get("gaps", ())),
            statuses=tuple(Status(**value) for value in record.get("statuses", ())),
            state=state,
            created=row.created,
        )

    # ---- the observation cache ---------------------------------------------------------------------------------

    def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
        """What was remembered under this key, or None; also None if a part's file is gone."""
        now = time.time()
        with self._transaction() as connection:
            row = connection.execute(sql.select(cache.c["items"], cache.c.used).where(cache.c.key == key)).first()
            if row is None:
                return None
            if now - row.used > TOUCH_SECONDS:
                connection.execute(cache.update().where(cache.c.key == key).values(used=now))
        found: list[Observation | Part] = []
        for value in json.loads(row[0]):
            if "modality" not in value:
                found.append(Observation.from_json(value))
                continue
            path = self._path(value["digest"])
            if not path.is_file():
                return None
            found.append(_part(value, path))
        return tuple(found)

    def remember(self, key: str, items: Sequence[Observation | Part]) -> None:
        """Keep what one call of a perceiver gave, under a key that says what decided it."""
        values = []
        about = ""
        for item in items:
            if isinstance(item, Part):
                self._write(item)
                values.append(_part_json(item))
                about = about or item.parent or ""
            else:
                values.append(item.to_json())
                about = about or item.part
        written = json.dumps(values)
        row = {"key": key, "part": about, "used": time.time(), "bytes": len(written), "items": written}
        orphans: set[str] = set()
        with self._transaction() as connection:
            connection.execute(cache.delete().where(cache.c.key == key))
            connection.execute(cache.insert().values(row))
            self._writes += 1
            if self._writes % EVICT_EVERY == 1:
                orphans = self._evict(connection)
        for digest in orphans:
            self._path(digest).unlink(missing_ok=True)

    def _evict(self, connection: sql.Connection) -> set[str]:
        """Forget the least recently used until nine tenths of the cap are left; digests of files nobody needs then."""
        total = connection.scalar(sql.select(sql.func.sum(cache.c.bytes))) or 0
        if total <= self._cache_bytes:
            return set()
        keys, parts = [], set()
        rows = connection.execute(sql.select(cache.c.key, cache.c.bytes, cache.c["items"]).order_by(cache.c.used))
        for key, size, items in rows:
            if total <= 0.9 * self._cache_bytes:
                break
            keys.append(key)
            parts |= {value["digest"] for value in json.loads(items) if "modality" in value}
            total -= size
        connection.execute(cache.delete().where(cache.c.key.in_(keys)))
        return self._unclaimed(connection, parts)


def _engine_options(url: str | None) -> dict[str, Any]:
    if url is None or url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True}


def _configure_sqlite(connection: Any, record: object) -> None:
    """Readers beside one writer, commits that survive the end of the process, and foreign keys as declared."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _title_of(message: Message, parts: Iterable[Part]) -> str:
    text = " ".join(message.text.split()) or ", ".join(part.name for part in parts)
    return text if len(text) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1] + "…"


def _at(part: Part, path: Path) -> Part:
    return Part(part.modality, part.digest, part.name, part.media_type, path, part.facts, part.parent, part.span)


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "modality": part.modality,
        "digest": part.digest,
        "name": part.name,
        "media_type": part.media_type,
        "facts": dict(part.facts),
        "parent": part.parent,
        "span": list(part.span) if part.span else None,
    }


def _part(value: Mapping[str, Any], path: Path) -> Part:
    span = value["span"]
    return Part(
        value["modality"],
        value["digest"],
        value["name"],
        value["media_type"],
        path,
        value["facts"],
        value["parent"],
        (span[0], span[1]) if span else None,
    )


def _status_json(status: Status) -> dict[str, Any]:
    return {
        "perceiver": status.perceiver,
        "part": status.part,
        "name": status.name,
        "state": status.state,
        "milliseconds": status.milliseconds,
        "reason": status.reason,
    }
