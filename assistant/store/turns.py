"""Turns as rows: begun before they are answered, filled while they run, ended. Whatever is named, its owner is checked.

One turn of a conversation runs at a time, whichever process answers it: the row itself is the claim.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sql

from assistant.errors import Busy, StorageFull, Unavailable
from assistant.store.database import Database
from assistant.store.files import MediaFiles
from assistant.store.processes import Processes
from assistant.store.records import (
    Begun,
    Conversation,
    Turn,
    TurnState,
    answer_from,
    message_from,
    message_json,
    status_json,
    title_of,
)
from assistant.store.rows import (
    add_observations,
    chunks,
    claim,
    no_conversation,
    no_turn,
    owned,
    raise_version,
    refer,
    retitle,
    title_of_owners,
    touch,
    turn_of_owners,
    unclaimed,
)
from assistant.store.schema import conversations, observations, turns
from assistant.store.search import folded
from assistant.types import Answer, Gap, Message, Observation, Part, Status

logger = logging.getLogger(__name__)


class Turns:
    """The turns of one store. Thread-safe."""

    def __init__(self, database: Database, files: MediaFiles, processes: Processes) -> None:
        self._database = database
        self._files = files
        self._processes = processes

    def begin(self, conversation: str, owner: str, message: Message, parts: Sequence[Part]) -> Begun:
        """See `Store.begin_turn`."""
        if parts:  # no file is written for someone else's conversation
            with self._database.reading() as connection:
                title_of_owners(connection, conversation, owner)
        kept = [self._files.write(part) for part in parts]
        identity, now = secrets.token_urlsafe(12), time.time()
        with self._database.writing() as connection:
            title = title_of_owners(connection, conversation, owner)
            self._claim(connection, conversation)
            claim(connection, kept, owner)
            refer(connection, conversation, kept)
            version = touch(connection, conversation, owner, title=title or title_of(message, parts))
            connection.execute(
                turns.insert().values(
                    conversation=conversation,
                    process=self._processes.token,
                    state="running",
                    created=now,
                    updated=now,
                    message=message_json(message),
                    record={"parts": [part.to_json() for part in kept]},
                    public=identity,
                    folded=folded(message.text),
                )
            )
        self._write_again(parts, kept)
        self._processes.began(identity)
        return Begun(identity, version)

    def begin_again(self, turn: str, conversation: str, owner: str) -> Begun:
        """See `Store.retry_turn`."""
        with self._database.writing() as connection:
            row = turn_of_owners(connection, turn, owner)
            if row is None or row.conversation != conversation:
                raise no_turn()
            self._claim(connection, conversation)
            kept = {key: row.record[key] for key in ("parts", "observations") if key in row.record}
            connection.execute(
                turns.update()
                .where(turns.c.id == row.id)
                .values(
                    process=self._processes.token,
                    state="running",
                    updated=time.time(),
                    record=kept,
                    error=None,
                    folded=folded(row.message["text"]),
                )
            )
            version = touch(connection, conversation, owner)
        self._processes.began(turn)
        return Begun(turn, version)

    def add(
        self,
        turn: str,
        owner: str,
        *,
        message: Message | None,
        parts: Sequence[Part],
        seen: Sequence[Observation],
        gaps: Sequence[Gap],
        statuses: Sequence[Status],
        streamed: str | None,
        answer: Answer | None,
    ) -> None:
        """See `Store.add_to_turn`."""
        kept = [self._files.write(part) for part in parts]
        with self._database.writing(durable=False) as connection:
            row = turn_of_owners(connection, turn, owner)
            if row is None or row.process != self._processes.token or row.state not in ("running", "interrupted"):
                self._files.remove(unclaimed(connection, {part.digest for part in kept}))
                return
            claim(connection, kept, owner)
            refer(connection, row.conversation, kept)
            add_observations(connection, row.conversation, row.id, seen)
            record = dict(row.record)
            known = {value["digest"] for value in record["parts"]}
            record["parts"] = record["parts"] + [part.to_json() for part in kept if part.digest not in known]
            record["observations"] = list(dict.fromkeys((*record.get("observations", ()), *(each.id for each in seen))))
            record["gaps"] = record.get("gaps", []) + [gap.to_json() for gap in gaps]
            record["statuses"] = record.get("statuses", []) + [status_json(status) for status in statuses]
            if streamed is not None:
                record["streamed"] = streamed
            values: dict[str, Any] = {"record": record, "updated": time.time()}
            if answer is not None:
                record["answer"] = answer.to_json()
                record.pop("streamed", None)
            if answer is not None or message is not None:
                sent = [self._files.part(value) for value in row.record["parts"]]
                values |= self._understood(connection, row, owner, message, answer, sent)
            connection.execute(turns.update().where(turns.c.id == row.id).values(values))
        self._write_again(parts, kept)

    def finish(
        self,
        turn: str,
        owner: str,
        *,
        state: Literal["done", "stopped", "failed"],
        message: Message | None,
        answer: Answer | None,
        parts: Sequence[Part],
        seen: Sequence[Observation],
        gaps: Sequence[Gap],
        statuses: Sequence[Status],
        streamed: str,
        error: Mapping[str, str] | None,
    ) -> int | None:
        """See `Store.finish_turn`."""
        kept: list[Part] = []
        try:
            with self._database.reading() as connection:
                row = turn_of_owners(connection, turn, owner)
            kept = [self._files.write(part) for part in parts] if row is not None else []
            with self._database.writing() as connection:
                row = turn_of_owners(connection, turn, owner)
                if row is None or row.process != self._processes.token:
                    logger.info("a turn ended after its conversation was deleted, or it was taken up again elsewhere")
                    self._files.remove(unclaimed(connection, {part.digest for part in kept}))
                    version = None
                else:
                    claim(connection, kept, owner)
                    refer(connection, row.conversation, kept)
                    add_observations(connection, row.conversation, row.id, seen)
                    record: dict[str, Any] = {
                        "parts": [part.to_json() for part in kept],
                        "answer": answer.to_json() if answer else None,
                        "observations": [each.id for each in seen],
                        "gaps": [gap.to_json() for gap in gaps],
                        "statuses": [status_json(status) for status in statuses],
                    }
                    if streamed and answer is None:
                        record["streamed"] = streamed
                    values = {"state": state, "record": record, "error": error, "updated": time.time()}
                    values |= self._understood(connection, row, owner, message, answer, kept)
                    connection.execute(turns.update().where(turns.c.id == row.id).values(values))
                    version = raise_version(connection, row.conversation)
            if version is not None:
                self._write_again(parts, kept)
        except (Unavailable, StorageFull):
            raise  # it may be tried again, until then it counts as running
        except BaseException:
            self._processes.ended(turn)
            raise
        self._processes.ended(turn)
        return version

    def _write_again(self, parts: Sequence[Part], kept: Sequence[Part]) -> None:
        """Someone deleting the same files may have done so before they were claimed; now that they are, none can."""
        for part, stored in zip(parts, kept, strict=True):
            if part.content != stored.content:
                self._files.write(part)

    def stop(self, turn: str, owner: str) -> None:
        """See `Store.stop_turn`."""
        with self._database.writing() as connection:
            row = turn_of_owners(connection, turn, owner)
            if row is not None and row.process == self._processes.token:
                connection.execute(
                    turns.update().where(turns.c.id == row.id).values(state="stopped", updated=time.time())
                )
                raise_version(connection, row.conversation)
        self._processes.ended(turn)

    @staticmethod
    def _understood(
        connection: sql.Connection,
        row: Any,
        owner: str,
        message: Message | None,
        answer: Answer | None,
        parts: Sequence[Part],
    ) -> dict[str, Any]:
        """Columns that follow from the question, as it was heard if it was, and from the answer."""
        values: dict[str, Any] = {}
        asked = row.message["text"]
        if message is not None:
            asked = message.text
            values["message"] = message_json(message, spoken=True)
            sent = [part for part in parts if part.digest in message.parts]
            named = title_of(Message("user", ""), sent)  # the title while only the files' names were known
            if title_of_owners(connection, row.conversation, owner) == named:
                retitle(connection, row.conversation, title_of(message, sent))
        values["folded"] = folded(f"{asked}\n{answer.text if answer else ''}")
        return values

    def load(self, conversation: str, owner: str) -> Conversation:
        """See `Store.load_conversation`."""
        with self._database.reading() as connection:
            about = connection.execute(
                sql.select(conversations.c.title, conversations.c.version).where(owned(conversation, owner))
            ).one_or_none()
            if about is None:
                raise no_conversation()
            rows = connection.execute(
                sql.select(turns).where(turns.c.conversation == conversation).order_by(turns.c.id)
            ).all()
            values = connection.scalars(
                sql.select(observations.c.value)
                .where(observations.c.conversation == conversation)
                .order_by(observations.c.position)
            ).all()
            known = {value["id"]: Observation.from_json(value) for value in values}
            loaded = tuple(self._turn(connection, row, known) for row in rows)
        return Conversation(conversation, about.title, loaded, about.version)

    def one(self, turn: str, conversation: str, owner: str) -> Turn:
        """See `Store.turn`."""
        with self._database.reading() as connection:
            row = turn_of_owners(connection, turn, owner)
            if row is None or row.conversation != conversation:
                raise no_turn()
            known: dict[str, Observation] = {}
            for some in chunks(row.record.get("observations", ())):
                values = connection.scalars(
                    sql.select(observations.c.value).where(
                        (observations.c.conversation == conversation) & observations.c.id.in_(some)
                    )
                )
                known |= {value["id"]: Observation.from_json(value) for value in values}
            return self._turn(connection, row, known)

    def _turn(self, connection: sql.Connection, row: Any, known: Mapping[str, Observation]) -> Turn:
        record = row.record
        state: TurnState = row.state
        if state == "running" and not self._processes.works_on(connection, row.public, row.process):
            state = "interrupted"
        return Turn(
            id=row.public,
            message=message_from(row.message),
            spoken=row.message.get("spoken", False),
            answer=answer_from(record.get("answer")),
            parts=tuple(self._files.part(value) for value in record["parts"]),
            observations=tuple(known[each] for each in record.get("observations", ())),
            gaps=tuple(Gap.from_json(value) for value in record.get("gaps", ())),
            statuses=tuple(Status(**value) for value in record.get("statuses", ())),
            state=state,
            created=row.created,
            updated=row.updated,
            streamed=record.get("streamed", ""),
            error=row.error,
        )

    def _claim(self, connection: sql.Connection, conversation: str) -> None:
        """Register the process. Raises Busy if a turn of the conversation runs in a process that lives."""
        self._processes.register(connection)
        running = sql.select(turns.c.id, turns.c.public, turns.c.process).where(
            (turns.c.conversation == conversation) & (turns.c.state == "running")
        )
        for row in connection.execute(running).all():
            if self._processes.works_on(connection, row.public, row.process):
                raise Busy(
                    "This conversation is still busy with the previous question.", "Wait for the answer, or stop it."
                )
            connection.execute(turns.update().where(turns.c.id == row.id).values(state="interrupted"))
