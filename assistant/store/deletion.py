"""Deletes conversations with everything that only they needed, in an order that neither a crash nor another process
can turn into a loss. Not for what crashes left behind: see checking.py.

A file goes only while its remover has the only right to write to the database, after the rows that named it are gone
for good. Whoever stores a file looks for it again after naming it in the database: see `Turns.begin`. What is to go is
written down with the end of its rows, so that a deletion that a crash or an outage interrupts is completed later.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sql

from assistant.store.cache import parts_in
from assistant.store.database import Database
from assistant.store.files import MediaFiles
from assistant.store.rows import chunks, title_of_owners, unclaimed
from assistant.store.schema import cache, conversations, doomed, media, observations, references, turns


def delete_conversation(database: Database, files: MediaFiles, conversation: str, owner: str) -> None:
    """Delete a conversation, the owner's media that no other one of theirs refers to, and what was perceived in media
    that nobody has any more. Raises NotFound.
    """
    with database.writing() as connection:
        title_of_owners(connection, conversation, owner)
        gone = _delete(connection, conversation, owner)
        _doom(connection, gone)
    sweep(database, files, gone)
    database.empty_log()


def delete_owner(database: Database, files: MediaFiles, owner: str) -> int:
    """Delete all conversations and media of an owner, whether there is one of that name or not; how many they were."""
    count = 0
    while True:
        gone: set[str] = set()
        with database.writing() as connection:
            query = sql.select(conversations.c.id).where(conversations.c.owner == owner).limit(50)
            some = connection.scalars(query).all()
            for conversation in some:
                gone |= _delete(connection, conversation, owner)
            if not some:
                mine = media.c.owner == owner
                gone |= set(connection.scalars(sql.select(media.c.digest).where(mine)))
                connection.execute(media.delete().where(mine))
                gone = _forget(connection, gone)
            _doom(connection, gone)
        sweep(database, files, gone)
        count += len(some)
        if not some:
            database.empty_log()
            return count


def clear_cache(database: Database, files: MediaFiles) -> int:
    """Forget every cached observation, and delete the pictures and sound kept for them alone; how many rows."""
    with database.writing() as connection:
        about = set(connection.scalars(sql.select(cache.c.part).distinct()))
        count = connection.scalar(sql.select(sql.func.count()).select_from(cache)) or 0
        gone = _forget(connection, about, every=True)
        _doom(connection, gone)
    sweep(database, files, gone)
    database.empty_log()
    return int(count)


def sweep(database: Database, files: MediaFiles, digests: Collection[str]) -> None:
    """Delete those of the files that nobody needs; whoever claims one meanwhile waits, then finds it gone."""
    for some in chunks(digests):
        with database.writing(durable=False) as connection:
            if files.remove(unclaimed(connection, some)):
                connection.execute(doomed.delete().where(doomed.c.digest.in_(some)))


def complete(database: Database, files: MediaFiles) -> None:
    """Delete what deletions that were interrupted have left."""
    with database.reading() as connection:
        left = connection.scalars(sql.select(doomed.c.digest)).all()
    if left:
        sweep(database, files, left)


def _doom(connection: sql.Connection, digests: set[str]) -> None:
    """Write down what is to go."""
    new = set(digests)
    for some in chunks(digests):
        new -= set(connection.scalars(sql.select(doomed.c.digest).where(doomed.c.digest.in_(some))))
    if new:
        connection.execute(doomed.insert(), [{"digest": each} for each in new])


def _delete(connection: sql.Connection, conversation: str, owner: str) -> set[str]:
    """Delete the rows; digests that may have become unneeded."""
    gone = set(connection.scalars(sql.select(references.c.digest).where(references.c.conversation == conversation)))
    for table in (observations, references, turns):
        connection.execute(table.delete().where(table.c.conversation == conversation))
    connection.execute(conversations.delete().where(conversations.c.id == conversation))
    for some in chunks(set(gone)):
        needed = (
            sql.select(references.c.digest)
            .join(conversations, conversations.c.id == references.c.conversation)
            .where((conversations.c.owner == owner) & references.c.digest.in_(some))
        )
        gone -= set(connection.scalars(needed))
    for some in chunks(gone):
        connection.execute(media.delete().where((media.c.owner == owner) & media.c.digest.in_(some)))
    return _forget(connection, gone)


def _forget(connection: sql.Connection, digests: set[str], *, every: bool = False) -> set[str]:
    """Forget what was perceived in those of the parts that nobody has any more, and in what was taken out of them.

    With `every`, also in parts that somebody has. What comes back are the unclaimed digests, those taken out included.
    """
    gone: set[str] = set()
    found = set(digests)
    while found:
        new = unclaimed(connection, found)
        gone |= new
        taken_out: set[str] = set()
        for some in chunks(found if every else new):
            about = cache.c.part.in_(some)
            for items in connection.scalars(sql.select(cache.c["items"]).where(about)):
                taken_out |= parts_in(items)
            connection.execute(cache.delete().where(about))
        found = taken_out - gone - found
    return gone
