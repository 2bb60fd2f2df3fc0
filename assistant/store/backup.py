"""One file with the database and all media, made while the server runs. Not for the way back: see restoring.py; nor for
moving single owners' data or changing the kind of database: see archive.py.

A tar, uncompressed (media are): `header.json`, `media/ab/abcdef...`, `sensorium.db` and, last, `manifest.jsonl` with
the size and SHA-256 of each. The observation cache is left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final

import sqlalchemy as sql

from assistant.errors import AssistantError
from assistant.store.checking import claimed
from assistant.store.database import Database
from assistant.store.files import MediaFiles, not_stored, settle
from assistant.store.rows import unclaimed
from assistant.store.schema import conversations

FORMAT: Final = "sensorium-backup"
VERSION: Final = 1
HEADER, DATABASE, MANIFEST = "header.json", "sensorium.db", "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    files: int
    bytes: int
    """Of database and media."""
    database: bool
    """False if the database is a server's, which has its own way to be backed up."""
    lost: tuple[str, ...] = ()
    """Digests of media that conversations need and that were not there."""


def back_up(database: Database, files: MediaFiles, target: Path) -> BackupReport:
    """Write everything into a new file, durable and whole, readable by this user only.

    Conversations that end or are deleted meanwhile do not matter: the database is one moment's.

    Raises:
        AssistantError: the file exists already, or cannot be written.
    """
    if target.exists():
        raise _exists(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as staging:
            snapshot = Path(staging) / DATABASE
            half = Path(staging) / "whole"
            if database.embedded:
                database.copy_to(snapshot)
                _leave_cache_out(snapshot)
            with half.open("xb") as file:
                report = _write(file, database, files, snapshot if database.embedded else None)
                file.flush()
                os.fsync(file.fileno())
            half.chmod(0o600)
            os.link(half, target)  # fails if someone made one of that name meanwhile
        settle(target.parent)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        raise not_stored(str(target), error) from error
    return report


def _write(file: BinaryIO, database: Database, files: MediaFiles, snapshot: Path | None) -> BackupReport:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar, tempfile.TemporaryFile() as manifest:
        out = _Out(tar, manifest)
        header = {"format": FORMAT, "version": VERSION, "created": time.time(), "database": snapshot is not None}
        out.bytes(HEADER, json.dumps(header).encode())
        gone = []
        needed = _needed_in(snapshot) if snapshot is not None else claimed(database)
        for digest in needed:
            try:
                source, size = files.opened(digest)
            except FileNotFoundError:
                gone.append(digest)
                continue
            with source:
                out.stream(f"media/{digest[:2]}/{digest}", source, size)
        with database.reading() as connection:
            lost = set(gone) - unclaimed(connection, gone)
        if snapshot is not None:
            _forget_deleted(snapshot, database, set(gone) - lost)
            with snapshot.open("rb") as source:
                out.stream(DATABASE, source, snapshot.stat().st_size)
        manifest.seek(0, io.SEEK_END)
        size = manifest.tell()
        manifest.seek(0)
        tar.addfile(_entry(MANIFEST, size), manifest)
    return BackupReport(out.files - 1, out.size, snapshot is not None, tuple(sorted(lost)))


class _Out:
    """Adds members to the tar and lines to the manifest, in one pass over each."""

    def __init__(self, tar: tarfile.TarFile, manifest: IO[bytes]) -> None:
        self._tar, self._manifest = tar, manifest
        self.files = self.size = 0

    def bytes(self, name: str, content: bytes) -> None:
        self.stream(name, io.BytesIO(content), len(content))

    def stream(self, name: str, source: BinaryIO, size: int) -> None:
        hashed = Hashed(source)
        self._tar.addfile(_entry(name, size), hashed)
        self._tar.members = []  # type: ignore[attr-defined] # memory stays bounded
        line = json.dumps({"name": name, "bytes": size, "sha256": hashed.sha256.hexdigest()})
        self._manifest.write(line.encode() + b"\n")
        self.files += 1
        self.size += size


class Hashed:
    """Hashes what is read through it."""

    def __init__(self, source: IO[bytes]) -> None:
        """`sha256` is of what was read so far."""
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        """As the source does."""
        block = self._source.read(count)
        self.sha256.update(block)
        return block


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    return entry


def _leave_cache_out(snapshot: Path) -> None:
    with closing(sqlite3.connect(snapshot)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("DELETE FROM observation_cache")
        connection.commit()
        connection.execute("VACUUM")


def _needed_in(snapshot: Path) -> Iterator[str]:
    with closing(sqlite3.connect(snapshot)) as connection:
        for (digest,) in connection.execute("SELECT DISTINCT digest FROM media ORDER BY digest"):
            yield digest


def _forget_deleted(snapshot: Path, database: Database, digests: set[str]) -> None:
    """Media that went during the backup belonged to conversations that were deleted: they go from the copy too."""
    if not digests:
        return
    with database.reading() as connection:
        there = set(connection.scalars(sql.select(conversations.c.id)))
    with closing(sqlite3.connect(snapshot)) as copied:
        copied.execute("PRAGMA foreign_keys=ON")
        copied.execute("PRAGMA secure_delete=ON")
        for (identity,) in copied.execute("SELECT id FROM conversations").fetchall():
            if identity not in there:
                copied.execute("DELETE FROM conversations WHERE id = ?", (identity,))
        copied.executemany("DELETE FROM media WHERE digest = ?", [(each,) for each in digests])
        copied.commit()


def _exists(target: Path) -> AssistantError:
    return AssistantError(f"{target} exists already.", "Choose another name; a backup overwrites nothing.")
