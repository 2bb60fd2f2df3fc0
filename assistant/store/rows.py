"""Statements about conversations, turns and media that several parts of the store use. Not transactions: see turns.py.

All of them run in the caller's transaction; those that take an owner check it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sql

from assistant.errors import NotFound
from assistant.store.schema import conversations, media, observations, references, turns
from assistant.store.search import folded
from assistant.types import Observation, Part

AT_ONCE: Final = 500
"""Values in one list of a query; databases allow some ten thousand."""


def no_conversation() -> NotFound:
    """What is said of a conversation that is not there, or is someone else's."""
    return NotFound("There is no such conversation.", "It may have been deleted; start a new one.")


def no_turn() -> NotFound:
    """What is said of a turn that is not there, or is someone else's."""
    return NotFound("There is no such turn.", "Its conversation may have been deleted.")


def owned(conversation: str, owner: str) -> sql.ColumnElement[bool]:
    """That it is this conversation, and the owner's."""
    return (conversations.c.id == conversation) & (conversations.c.owner == owner)


def title_of_owners(connection: sql.Connection, conversation: str, owner: str) -> str:
    """The title of the owner's conversation. Raises NotFound."""
    title = connection.scalar(sql.select(conversations.c.title).where(owned(conversation, owner)))
    if title is None:
        raise no_conversation()
    return str(title)


def retitle(connection: sql.Connection, conversation: str, title: str) -> None:
    """Change the title of a conversation whose owner was checked."""
    connection.execute(conversations.update().where(conversations.c.id == conversation).values(title=title))


def next_activity(connection: sql.Connection, owner: str) -> int:
    """The place after the last one in the owner's list."""
    last = connection.scalar(sql.select(sql.func.max(conversations.c.activity)).where(conversations.c.owner == owner))
    return int(last or 0) + 1


def claim(connection: sql.Connection, parts: Iterable[Part], owner: str) -> None:
    """Make stored parts the owner's; one that is already stays as it was first called."""
    new = {part.digest: part for part in parts}
    for some in chunks(new):
        mine = sql.select(media.c.digest).where((media.c.owner == owner) & media.c.digest.in_(some))
        for digest in connection.scalars(mine).all():
            del new[digest]
    rows = [
        {
            "owner": owner,
            "digest": digest,
            "part": part.to_json(),
            "created": time.time(),
            "bytes": _size(part),
        }
        for digest, part in new.items()
    ]
    if rows:
        connection.execute(media.insert(), rows)


def unclaimed(connection: sql.Connection, digests: Iterable[str]) -> set[str]:
    """Those of the digests that nobody has."""
    left = set(digests)
    for some in chunks(left):
        left -= set(connection.scalars(sql.select(media.c.digest).where(media.c.digest.in_(some))))
    return left


def _size(part: Part) -> int:
    """In bytes; 0 for a file that someone else is deleting, which the caller then writes again."""
    if isinstance(part.content, bytes):
        return len(part.content)
    try:
        return part.content.stat().st_size
    except FileNotFoundError:
        return 0


def turn_of_owners(connection: sql.Connection, turn: str, owner: str) -> Any:
    """The row of the owner's turn; None if there is no such turn."""
    return connection.execute(
        sql.select(turns)
        .join(conversations, conversations.c.id == turns.c.conversation)
        .where((turns.c.public == turn) & (conversations.c.owner == owner))
    ).one_or_none()


def touch(connection: sql.Connection, conversation: str, owner: str, **values: Any) -> int:
    """Note that the owner's conversation goes on; its version."""
    return raise_version(
        connection, conversation, updated=time.time(), activity=next_activity(connection, owner), **values
    )


def raise_version(connection: sql.Connection, conversation: str, **values: Any) -> int:
    """Note that the turns of a conversation changed, with further changes of its row; its version."""
    this = conversations.c.id == conversation
    connection.execute(conversations.update().where(this).values(version=conversations.c.version + 1, **values))
    return int(connection.scalar(sql.select(conversations.c.version).where(this)) or 0)


def refer(connection: sql.Connection, conversation: str, parts: Iterable[Part]) -> None:
    """Note that the conversation needs the parts."""
    new = {part.digest for part in parts}
    for some in chunks(list(new)):
        new -= set(
            connection.scalars(
                sql.select(references.c.digest).where(
                    (references.c.conversation == conversation) & references.c.digest.in_(some)
                )
            )
        )
    if new:
        connection.execute(references.insert(), [{"conversation": conversation, "digest": each} for each in new])


def add_observations(connection: sql.Connection, conversation: str, turn: int, many: Sequence[Observation]) -> None:
    """Each once a conversation, in order of arrival."""
    new = {seen.id: seen for seen in many}
    for some in chunks(list(new)):
        known = sql.select(observations.c.id).where(
            (observations.c.conversation == conversation) & observations.c.id.in_(some)
        )
        for identity in connection.scalars(known).all():
            del new[identity]
    if not new:
        return
    count = sql.select(sql.func.count()).select_from(observations).where(observations.c.conversation == conversation)
    first = connection.scalar(count) or 0
    connection.execute(
        observations.insert(),
        [
            {
                "conversation": conversation,
                "id": identity,
                "position": first + number,
                "value": seen.to_json(),
                "turn": turn,
                "folded": folded(seen.text),
            }
            for number, (identity, seen) in enumerate(new.items())
        ],
    )


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists that a query can hold."""
    listed = list(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
