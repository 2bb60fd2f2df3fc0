"""Compares the media with the database: what a crash left behind, what is missing, what is damaged; mends what can be.
Not for the database's own integrity, which SQLite and PostgreSQL check themselves.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sql

from assistant.errors import UnreadableMedia
from assistant.store.cache import parts_in
from assistant.store.database import Database
from assistant.store.deletion import sweep
from assistant.store.files import HALF_WRITTEN, MediaFiles, identity, is_digest
from assistant.store.rows import chunks, unclaimed
from assistant.store.schema import cache, conversations, media, references

GRACE_SECONDS: Final = 3600.0
"""A file or row that nothing refers to yet may belong to a turn that is just being stored."""
HALF_WRITTEN_BEFORE: Final = "tmp"
"""As the first release called them."""
PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found."""

    files: int
    """Media that are there and needed, or too young to say."""
    bytes: int
    unneeded: int
    """Files that neither a conversation nor the cache refers to."""
    unneeded_bytes: int
    half_written: int
    unused: int
    """Media that belong to an owner and to none of their conversations."""
    missing: tuple[str, ...]
    """Digests that conversations refer to and that are not there."""
    damaged: tuple[str, ...]
    """Digests of files whose bytes are not what was stored; looked for on demand."""
    mended: bool

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, or everything that was is mended."""
        left = 0 if self.mended else self.unneeded + self.half_written + self.unused
        return not (left or self.missing or self.damaged)


def check(
    database: Database,
    files: MediaFiles,
    *,
    mend: bool = False,
    verify: bool = False,
    grace: float = GRACE_SECONDS,
) -> Findings:
    """Look at all media, while others go on working.

    Args:
        database: what refers to them.
        files: where they lie.
        mend: delete what nothing refers to. What is missing or damaged only a backup can mend.
        verify: read every file and compare it with its digest.
        grace: seconds that something may lie there without being referred to.
    """
    before = time.time() - grace
    cached = _cached(database)
    there: set[bytes] = set()
    count = size = unneeded = unneeded_bytes = half = 0
    page: list[tuple[str, int]] = []

    def judge() -> None:
        nonlocal count, size, unneeded, unneeded_bytes
        with database.reading() as connection:
            nobodys = unclaimed(connection, {name for name, _ in page}) - cached
        for name, length in page:
            if name in nobodys:
                unneeded += 1
                unneeded_bytes += length
            else:
                count += 1
                size += length
        if mend and nobodys:
            sweep(database, files, nobodys)
        page.clear()

    for each in files.listed():
        if is_digest(each.name):
            there.add(bytes.fromhex(each.name))
        young = each.modified > before
        if is_digest(each.name):
            if young:
                count += 1
                size += each.bytes
            else:
                page.append((each.name, each.bytes))
        elif not young and each.name.startswith((HALF_WRITTEN, HALF_WRITTEN_BEFORE)):
            half += 1
            if mend:
                files.discard(each.name)
        if len(page) >= PAGE:
            judge()
    if page:
        judge()
    unused = _unused(database, files, before, mend=mend)
    missing = {digest for digest in claimed(database) if bytes.fromhex(digest) not in there}
    missing -= {digest for digest in missing if files.path(digest).is_file()}  # stored since
    damaged = tuple(_damaged(database, files, there)) if verify else ()
    return Findings(count, size, unneeded, unneeded_bytes, half, unused, tuple(sorted(missing)), damaged, mend)


def _cached(database: Database) -> set[str]:
    """Digests that the observation cache refers to."""
    found: set[str] = set()
    with database.reading() as connection:
        query = sql.select(cache.c["items"]).where(cache.c["items"].contains('"modality"'))
        for items in connection.execution_options(yield_per=PAGE).scalars(query):
            found |= parts_in(items)
    return found


def claimed(database: Database) -> Iterator[str]:
    """Digests that somebody has, page by page: a transaction must not stay open while files are read."""
    last = ""
    while True:
        query = sql.select(media.c.digest).where(media.c.digest > last).distinct().order_by(media.c.digest)
        with database.reading() as connection:
            page = connection.scalars(query.limit(PAGE)).all()
        if not page:
            return
        yield from page
        last = page[-1]


def _unused(database: Database, files: MediaFiles, before: float, *, mend: bool) -> int:
    """Rows of media that none of their owner's conversations refers to: of turns that were never begun."""
    used = (
        sql.select(references.c.digest)
        .join(conversations, conversations.c.id == references.c.conversation)
        .where((conversations.c.owner == media.c.owner) & (references.c.digest == media.c.digest))
        .exists()
    )
    unused = ~used & (media.c.created < before)
    with database.reading() as connection:
        found = connection.execute(sql.select(media.c.owner, media.c.digest).where(unused)).all()
    if mend and found:
        with database.writing() as connection:
            connection.execute(media.delete().where(unused))
        sweep(database, files, {row.digest for row in found})
    return len(found)


def _damaged(database: Database, files: MediaFiles, there: set[bytes]) -> Iterator[str]:
    for some in chunks(claimed(database)):
        with database.reading() as connection:
            query = sql.select(media.c.digest, media.c.part).where(media.c.digest.in_(some))
            described = dict(connection.execute(query).tuples().all())  # whichever owner's: the bytes are the same
        for digest, value in described.items():
            if bytes.fromhex(digest) not in there:
                continue
            try:
                if identity(files.part(value)) != digest:
                    yield digest
            except UnreadableMedia:
                yield digest
            except FileNotFoundError:
                continue


def files_of(directory: Path) -> tuple[int, int]:
    """How many files a directory holds, and their bytes."""
    sizes = [path.stat().st_size for path in directory.rglob("*") if path.is_file()] if directory.is_dir() else []
    return len(sizes), sum(sizes)
