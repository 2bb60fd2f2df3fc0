"""Conversations and media, by owner. Every query that reads names the owner."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sql

from assistant.errors import AssistantError, NotFound
from assistant.store.cache import CACHE_BYTES, ObservationCache
from assistant.store.database import Database
from assistant.store.deletion import delete_conversation, delete_owner
from assistant.store.files import LocalFiles, MediaFiles, media_files
from assistant.store.late import Late
from assistant.store.processes import Processes
from assistant.store.records import Begun, Conversation, ConversationInfo, Hit, Turn, Usage, shortened
from assistant.store.rows import claim, next_activity, no_conversation, owned, retitle, title_of_owners
from assistant.store.schema import conversations, media, turns
from assistant.store.search import search
from assistant.store.turns import Turns
from assistant.types import Answer, Gap, Message, Observation, Part, Status

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


class Store:
    """Thread-safe; several processes may share one directory."""

    def __init__(
        self,
        directory: Path,
        url: str | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
        files: MediaFiles | None = None,
    ) -> None:
        """Open or create.

        Args:
            directory: holds the media, and the database if no URL is given.
            url: SQLAlchemy URL of the database.
            cache_bytes: how much the observation cache may hold.
            files: where the media lie if not in the directory: see `files.media_files`.

        Raises:
            AssistantError: the database is damaged, made by a newer version, or the directory cannot be written.
        """
        self._files = files or LocalFiles(directory / "media")
        self._database = Database(directory / "sensorium.db", url, directory / "media")
        self._cache = ObservationCache(self._database, self._files, cache_bytes)
        self._processes = Processes(self._database)
        self._turns = Turns(self._database, self._files, self._processes)
        self._late = Late()
        self._processes.sweep()

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """The store that the settings name. Raises AssistantError as the constructor does."""
        where = (settings.data_dir, settings.media_url, settings.media_options, settings.media_cache_bytes)
        return cls(settings.data_dir, settings.database, files=media_files(*where))

    def close(self) -> None:
        """Close the database; turns still running here count as interrupted from now on."""
        for last, lost in (
            (self._late.close, "what came of the last turns is not written down"),
            (self._cache.flush, "when cached observations were used last is not written down"),
            (self._processes.close, "what is still running is not marked as interrupted"),
        ):
            try:
                last()
            except AssistantError as error:
                logger.warning("%s: %s", lost, error)
        self._database.close()

    @property
    def database(self) -> Database:
        """What holds the tables, for the accounts that lie beside the conversations."""
        return self._database

    @property
    def files(self) -> MediaFiles:
        """What holds the media, for backup, export and checks."""
        return self._files

    # ---- media -------------------------------------------------------------------------------------------------

    def keep(self, part: Part, owner: str) -> Part:
        """Store a part for an owner; the part returned refers to the stored file."""
        self._files.write(part)
        with self._database.writing() as connection:
            claim(connection, [part], owner)
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
        return self._files.part(value)

    # ---- conversations -----------------------------------------------------------------------------------------

    def create_conversation(self, owner: str, title: str = "") -> str:
        """A new conversation's id, which cannot be guessed."""
        identity = secrets.token_urlsafe(18)
        now = time.time()
        row = {"id": identity, "owner": owner, "title": shortened(title), "created": now, "updated": now}
        with self._database.writing() as connection:
            connection.execute(conversations.insert().values(activity=next_activity(connection, owner), **row))
        return identity

    def conversations(
        self, owner: str, *, limit: int | None = None, before: int | None = None, only: str | None = None
    ) -> tuple[ConversationInfo, ...]:
        """The owner's conversations, the one that went on last first.

        Args:
            owner: whose.
            limit: how many at most.
            before: `ConversationInfo.activity` of the last one of the page before.
            only: id of the one to list.
        """
        count = sql.select(sql.func.count()).where(turns.c.conversation == conversations.c.id).scalar_subquery()
        query = (
            sql.select(conversations, count.label("count"))
            .where(conversations.c.owner == owner)
            .order_by(conversations.c.activity.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(conversations.c.activity < before)
        if only is not None:
            query = query.where(conversations.c.id == only)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            ConversationInfo(row.id, row.title, row.created, row.updated, row._mapping["count"], row.activity)
            for row in rows
        )

    def version(self, conversation: str, owner: str) -> int:
        """`Conversation.version` alone, to see whether another process went on with it. Raises NotFound."""
        with self._database.reading() as connection:
            found = connection.scalar(sql.select(conversations.c.version).where(owned(conversation, owner)))
        if found is None:
            raise no_conversation()
        return int(found)

    def usage(self, owner: str | None = None) -> Usage:
        """What the owner has stored; for None what all have, of which the same file counts once."""
        of_whom = sql.select(media.c.digest, media.c.bytes).where(media.c.owner == owner)
        stored = (sql.select(media.c.digest, media.c.bytes).distinct() if owner is None else of_whom).subquery()
        query = sql.select(sql.func.count(), sql.func.coalesce(sql.func.sum(stored.c.bytes), 0))
        with self._database.reading() as connection:
            files, size = connection.execute(query).one()
        return Usage(files, int(size))

    def search(self, owner: str, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """Questions, answers and observations that hold all the words of the query, the latest turn first."""
        with self._database.reading() as connection:
            return search(connection, owner, query, limit)

    def rename_conversation(self, conversation: str, owner: str, title: str) -> None:
        """Change the title. Raises NotFound."""
        with self._database.writing() as connection:
            title_of_owners(connection, conversation, owner)
            retitle(connection, conversation, shortened(title))

    def delete_conversation(self, conversation: str, owner: str) -> None:
        """Delete a conversation, and media that no other one refers to. Raises NotFound."""
        delete_conversation(self._database, self._files, conversation, owner)

    def delete_owner(self, owner: str) -> int:
        """Delete all conversations and media of an owner; how many conversations there were."""
        return delete_owner(self._database, self._files, owner)

    # ---- turns -------------------------------------------------------------------------------------------------

    def begin_turn(self, conversation: str, owner: str, message: Message, parts: Sequence[Part]) -> Begun:
        """Store a question before it is answered: it survives a power cut from here on.

        Raises:
            NotFound: the owner has no such conversation.
            Busy: another turn of it is running, here or in another process that lives.
            Unavailable, StorageFull: nothing was stored.
        """
        self._late.run()
        return self._turns.begin(conversation, owner, message, parts)

    def retry_turn(self, turn: str, conversation: str, owner: str) -> Begun:
        """Take up a turn again in its place: the question, its parts and what was perceived stay, the rest goes.

        Raises:
            NotFound: the owner has no such turn in that conversation.
            Busy: a turn of the conversation is running.
        """
        self._late.run()
        return self._turns.begin_again(turn, conversation, owner)

    def add_to_turn(
        self,
        turn: str,
        owner: str,
        *,
        message: Message | None = None,
        parts: Sequence[Part] = (),
        observations: Sequence[Observation] = (),
        gaps: Sequence[Gap] = (),
        statuses: Sequence[Status] = (),
        streamed: str | None = None,
        answer: Answer | None = None,
    ) -> None:
        """Store what a running turn brought since the last call: it survives the end of this process.

        Does nothing if the conversation was deleted meanwhile, is someone else's, or the turn was taken up elsewhere.

        Args:
            turn: from `begin_turn` or `retry_turn`.
            owner: of the conversation.
            message: the question as it was heard.
            parts: taken out of others since.
            observations: made since.
            gaps: found since.
            statuses: how perceivers ended since.
            streamed: all that was written of the answer so far; None if that has not changed.
            answer: the whole answer, once it is there.
        """
        self._turns.add(
            turn,
            owner,
            message=message,
            parts=parts,
            seen=observations,
            gaps=gaps,
            statuses=statuses,
            streamed=streamed,
            answer=answer,
        )

    def finish_turn(
        self,
        turn: str,
        owner: str,
        *,
        state: Literal["done", "stopped", "failed"],
        message: Message | None = None,
        answer: Answer | None,
        parts: Sequence[Part],
        observations: Sequence[Observation],
        gaps: Sequence[Gap],
        statuses: Sequence[Status],
        streamed: str = "",
        error: Mapping[str, str] | None = None,
    ) -> int | None:
        """Store what came of a turn; the conversation's version then.

        Does nothing, and says None, if the conversation was deleted meanwhile, is someone else's, or the turn was
        taken up elsewhere.

        Args:
            turn: from `begin_turn` or `retry_turn`.
            owner: of the conversation.
            state: how it ended.
            message: the question as understood, where that became known later (a voice message).
            answer: None if there is none.
            parts: everything looked at, frames and sound tracks included.
            observations: what the turn knows; each is stored once a conversation.
            gaps: what was missed.
            statuses: how each perceiver ended.
            streamed: what was written of an answer that did not become whole.
            error: message and remedy of what ended it.
        """
        return self._turns.finish(
            turn,
            owner,
            state=state,
            message=message,
            answer=answer,
            parts=parts,
            seen=observations,
            gaps=gaps,
            statuses=statuses,
            streamed=streamed,
            error=error,
        )

    def stop_turn(self, turn: str, owner: str) -> None:
        """End a turn that brought nothing, as stopped; what is stored of it stays."""
        self._turns.stop(turn, owner)

    def later(self, turn: str, finish: Callable[[], object]) -> None:
        """Keep the end of a turn in memory and store it when the database is back."""
        self._late.add("the end of a turn", finish, lambda: self._processes.ended(turn))

    def load_conversation(self, conversation: str, owner: str) -> Conversation:
        """A whole conversation. Raises NotFound."""
        return self._turns.load(conversation, owner)

    def turn(self, conversation: str, turn: str, owner: str) -> Turn:
        """One turn. Raises NotFound."""
        return self._turns.one(turn, conversation, owner)

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
