"""Conversations and media, by owner. Every query that reads names the owner."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sql

from assistant.errors import AssistantError, NotFound
from assistant.store.cache import CACHE_BYTES, ObservationCache, forget, unclaimed
from assistant.store.database import Database
from assistant.store.files import MediaFiles
from assistant.store.records import (
    Conversation,
    ConversationInfo,
    Turn,
    TurnState,
    answer_from,
    message_from,
    message_json,
    part_from,
    part_json,
    shortened,
    status_json,
    title_of,
)
from assistant.store.schema import conversations, media, observations, references, turns
from assistant.types import Answer, Gap, Message, Observation, Part, Status

logger = logging.getLogger(__name__)


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
        self._process = secrets.token_hex(8)
        self._files = MediaFiles(directory / "media")
        self._database = Database(directory / "sensorium.db", url, directory / "media")
        self._cache = ObservationCache(self._database, self._files, cache_bytes)

    def close(self) -> None:
        """Close the database."""
        try:
            self._cache.flush()
        except AssistantError as error:
            logger.warning("when cached observations were used last is not written down: %s", error)
        self._database.close()

    # ---- media -------------------------------------------------------------------------------------------------

    def keep(self, part: Part, owner: str) -> Part:
        """Store a part for an owner; the part returned refers to the stored file."""
        kept = self._files.write(part)
        with self._database.writing() as connection:
            _claim(connection, [kept], owner)
        # Someone deleting the same file elsewhere may have done so between the two; now that it is claimed, none can.
        return self._files.write(part)

    def part(self, digest: str, owner: str) -> Part:
        """A stored part. Raises NotFound if there is none, or it is someone else's."""
        with self._database.reading() as connection:
            value = connection.scalar(
                sql.select(media.c.part).where((media.c.owner == owner) & (media.c.digest == digest))
            )
        if value is None or not self._files.path(digest).is_file():
            raise NotFound("There is no such file.", "It may have been deleted.")
        return part_from(value, self._files.path(digest))

    # ---- conversations -----------------------------------------------------------------------------------------

    def create_conversation(self, owner: str, title: str = "") -> str:
        """A new conversation's id, which cannot be guessed."""
        identity = secrets.token_urlsafe(18)
        now = time.time()
        row = {"id": identity, "owner": owner, "title": shortened(title), "created": now, "updated": now}
        with self._database.writing() as connection:
            connection.execute(conversations.insert().values(row))
        return identity

    def conversations(self, owner: str) -> tuple[ConversationInfo, ...]:
        """The owner's conversations, the one that went on last first."""
        count = sql.select(sql.func.count()).where(turns.c.conversation == conversations.c.id).scalar_subquery()
        query = (
            sql.select(
                conversations.c.id, conversations.c.title, conversations.c.created, conversations.c.updated, count
            )
            .where(conversations.c.owner == owner)
            .order_by(conversations.c.updated.desc())
        )
        with self._database.reading() as connection:
            return tuple(ConversationInfo(*row) for row in connection.execute(query).all())

    def rename_conversation(self, conversation: str, owner: str, title: str) -> None:
        """Change the title. Raises NotFound."""
        with self._database.writing() as connection:
            _title(connection, conversation, owner)
            _retitle(connection, conversation, shortened(title))

    def delete_conversation(self, conversation: str, owner: str) -> None:
        """Delete a conversation, and media that no other one refers to. Raises NotFound."""
        with self._database.writing() as connection:
            _title(connection, conversation, owner)
            gone = set(
                connection.scalars(sql.select(references.c.digest).where(references.c.conversation == conversation))
            )
            for table in (observations, references, turns):
                connection.execute(table.delete().where(table.c.conversation == conversation))
            connection.execute(conversations.delete().where(conversations.c.id == conversation))
            needed = connection.scalars(
                sql.select(references.c.digest)
                .join(conversations, conversations.c.id == references.c.conversation)
                .where((conversations.c.owner == owner) & references.c.digest.in_(gone))
            )
            gone -= set(needed)
            connection.execute(media.delete().where((media.c.owner == owner) & media.c.digest.in_(gone)))
            gone = unclaimed(connection, gone)
            forget(connection, gone)
            self._files.remove(gone)

    def begin_turn(self, conversation: str, owner: str, message: Message, parts: Sequence[Part]) -> int:
        """Store a question before it is answered; the turn's number. Raises NotFound."""
        with self._database.reading() as connection:
            _title(connection, conversation, owner)  # no file is written for someone else's conversation
        kept = [self._files.write(part) for part in parts]
        now = time.time()
        with self._database.writing() as connection:
            title = _title(connection, conversation, owner)
            _claim(connection, kept, owner)
            _refer(connection, conversation, kept)
            connection.execute(
                conversations.update()
                .where(conversations.c.id == conversation)
                .values(updated=now, title=title or title_of(message, parts))
            )
            inserted = connection.execute(
                turns.insert().values(
                    conversation=conversation,
                    process=self._process,
                    state="running",
                    created=now,
                    message=message_json(message),
                    record={"parts": [part_json(part) for part in kept]},
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
        """Store what came of a turn. Does nothing if the conversation was deleted meanwhile, or is someone else's.

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
        with self._database.reading() as connection:
            if _conversation_of(connection, turn, owner) is None:
                logger.info("turn %d ended after its conversation was deleted", turn)
                return
        kept = [self._files.write(part) for part in parts]
        values: dict[str, Any] = {
            "state": state,
            "record": {
                "parts": [part_json(part) for part in kept],
                "answer": answer.to_json() if answer else None,
                "observations": [seen.id for seen in observations],
                "gaps": [gap.to_json() for gap in gaps],
                "statuses": [status_json(status) for status in statuses],
            },
        }
        with self._database.writing() as connection:
            conversation = _conversation_of(connection, turn, owner)
            if conversation is None:
                logger.info("turn %d ended after its conversation was deleted", turn)
                self._files.remove(unclaimed(connection, {part.digest for part in kept}))
                return
            _claim(connection, kept, owner)
            _refer(connection, conversation, kept)
            _add_observations(connection, conversation, observations)
            if message is not None:
                values["message"] = message_json(message)
                sent = [part for part in kept if part.digest in message.parts]
                named = title_of(Message("user", ""), sent)  # the title as long as only the files' names were known
                if _title(connection, conversation, owner) == named:
                    _retitle(connection, conversation, title_of(message, sent))
            connection.execute(turns.update().where(turns.c.id == turn).values(values))

    def load_conversation(self, conversation: str, owner: str) -> Conversation:
        """A whole conversation. Raises NotFound."""
        with self._database.reading() as connection:
            title = _title(connection, conversation, owner)
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
        record = row.record
        state: TurnState = row.state
        if state == "running" and row.process != self._process:
            state = "interrupted"
        return Turn(
            message=message_from(row.message),
            answer=answer_from(record.get("answer")),
            parts=tuple(part_from(value, self._files.path(value["digest"])) for value in record["parts"]),
            observations=tuple(known[each] for each in record.get("observations", ())),
            gaps=tuple(Gap.from_json(value) for value in record.get("gaps", ())),
            statuses=tuple(Status(**value) for value in record.get("statuses", ())),
            state=state,
            created=row.created,
        )

    # ---- the observation cache ---------------------------------------------------------------------------------

    def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
        """What was remembered under this key, or None; also None if a part's file is gone or the cache fails."""
        try:
            return self._cache.recall(key)
        except AssistantError as error:
            logger.warning("observations are made anew, the cache cannot be read: %s", error)
            return None

    def remember(self, key: str, items: Sequence[Observation | Part]) -> None:
        """Keep what one call of a perceiver gave, under a key that says what decided it.

        A cache that cannot be written (a full disk) is logged: the turn goes on without it.
        """
        try:
            self._cache.remember(key, items)
        except (AssistantError, OSError) as error:
            logger.warning("observations are not kept for later, the cache cannot be written: %s", error)


def _title(connection: sql.Connection, conversation: str, owner: str) -> str:
    """The title. Raises NotFound: the one place where ownership of conversations is checked."""
    title = connection.scalar(
        sql.select(conversations.c.title).where((conversations.c.id == conversation) & (conversations.c.owner == owner))
    )
    if title is None:
        raise NotFound("There is no such conversation.", "It may have been deleted; start a new one.")
    return str(title)


def _retitle(connection: sql.Connection, conversation: str, title: str) -> None:
    connection.execute(conversations.update().where(conversations.c.id == conversation).values(title=title))


def _conversation_of(connection: sql.Connection, turn: int, owner: str) -> str | None:
    """The conversation of the owner's turn; None if there is no such turn."""
    query = (
        sql.select(turns.c.conversation)
        .join(conversations, conversations.c.id == turns.c.conversation)
        .where((turns.c.id == turn) & (conversations.c.owner == owner))
    )
    found: str | None = connection.scalar(query)
    return found


def _claim(connection: sql.Connection, parts: Iterable[Part], owner: str) -> None:
    """Make the parts the owner's; one that is already stays as it was first called."""
    new = {part.digest: part for part in parts}
    mine = sql.select(media.c.digest).where((media.c.owner == owner) & media.c.digest.in_(new))
    for digest in connection.scalars(mine).all():
        del new[digest]
    rows = [
        {"owner": owner, "digest": digest, "part": part_json(part), "created": time.time()}
        for digest, part in new.items()
    ]
    if rows:
        connection.execute(media.insert(), rows)


def _refer(connection: sql.Connection, conversation: str, parts: Iterable[Part]) -> None:
    """Note that the conversation needs the parts."""
    known = connection.scalars(sql.select(references.c.digest).where(references.c.conversation == conversation))
    new = {part.digest for part in parts} - set(known)
    if new:
        connection.execute(references.insert(), [{"conversation": conversation, "digest": each} for each in new])


def _add_observations(connection: sql.Connection, conversation: str, many: Sequence[Observation]) -> None:
    known = set(connection.scalars(sql.select(observations.c.id).where(observations.c.conversation == conversation)))
    new = {seen.id: seen for seen in many if seen.id not in known}
    rows = [
        {"conversation": conversation, "id": identity, "position": len(known) + number, "value": seen.to_json()}
        for number, (identity, seen) in enumerate(new.items())
    ]
    if rows:
        connection.execute(observations.insert(), rows)
