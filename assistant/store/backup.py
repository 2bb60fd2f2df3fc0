"""One file with the database and all media, made while the server runs; and back. Not for moving single owners' data
or changing the kind of database: see archive.py.

A tar, uncompressed (media are): `header.json`, `media/ab/abcdef...`, `sensorium.db` and, last, `manifest.jsonl` with
the size and SHA-256 of each. The observation cache is left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import sqlalchemy as sql

from assistant.errors import AssistantError
from assistant.store.database import Database
from assistant.store.files import BLOCK, MediaFiles, not_stored, settle
from assistant.store.schema import conversations, media

FORMAT: Final = "sensorium-backup"
VERSION: Final = 1
HEADER, DATABASE, MANIFEST = "header.json", "sensorium.db", "manifest.jsonl"
MEDIA_NAME: Final = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
HEADER_BYTES: Final = 64 * 1024
LINE_BYTES: Final = 1024
AT_ONCE: Final = 500


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
        needed = _needed_in(snapshot) if snapshot is not None else _needed(database)
        for digest in needed:
            try:
                source, size = files.opened(digest)
            except FileNotFoundError:
                gone.append(digest)
                continue
            with source:
                out.stream(f"media/{digest[:2]}/{digest}", source, size)
        lost = _still_claimed(database, gone)
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
        hashed = _Hashed(source)
        self._tar.addfile(_entry(name, size), hashed)
        self._tar.members = []  # type: ignore[attr-defined] # memory stays bounded
        line = json.dumps({"name": name, "bytes": size, "sha256": hashed.sha256.hexdigest()})
        self._manifest.write(line.encode() + b"\n")
        self.files += 1
        self.size += size


class _Hashed:
    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
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


def _needed(database: Database) -> Iterator[str]:
    """Page by page: a transaction must not stay open while media are copied."""
    last = ""
    while True:
        query = sql.select(media.c.digest).where(media.c.digest > last).distinct().order_by(media.c.digest)
        with database.reading() as connection:
            page = list(connection.scalars(query.limit(AT_ONCE)))
        if not page:
            return
        yield from page
        last = page[-1]


def _still_claimed(database: Database, digests: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(digests), AT_ONCE):
        with database.reading() as connection:
            query = sql.select(media.c.digest).where(media.c.digest.in_(digests[start : start + AT_ONCE]))
            found |= set(connection.scalars(query))
    return found


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


# ---- back -----------------------------------------------------------------------------------------------------------


def restore(source: Path, directory: Path, database_file: Path | None) -> BackupReport:
    """Unpack a backup into a data directory that holds neither conversations nor media.

    Everything is compared with the manifest before anything is put in its place.

    Args:
        source: the backup.
        directory: the data directory; made if need be.
        database_file: where the database belongs; None if it is a server's.

    Raises:
        AssistantError: there is something already; or the file is damaged, cut short, or no backup.
    """
    target_media = directory / "media"
    if database_file is not None and database_file.exists():
        raise AssistantError(f"{database_file} exists already.", "Restore into an empty data directory: --data-dir DIR")
    if target_media.is_dir() and any(target_media.rglob("*")):
        raise AssistantError(f"{target_media} is not empty.", "Restore into an empty data directory: --data-dir DIR")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        staging = directory / f".restore-{secrets.token_hex(4)}"
        staging.mkdir(mode=0o700)
        try:
            with _reading(source) as tar:
                report, has_database = _unpack(tar, staging)
            if has_database:
                _check_database(staging / DATABASE)
                if database_file is None:
                    raise AssistantError(
                        "The backup holds an SQLite database, and the settings name a database server.",
                        "Restore without the setting `database`, then move with `assistant data export` and `import`.",
                    )
            if (staging / "media").is_dir():
                if target_media.is_dir():
                    _remove_empty(target_media)
                (staging / "media").replace(target_media)
            settle(directory)
            if has_database and database_file is not None:  # last: with it everything is there
                shutil.move(staging / DATABASE, database_file)
                settle(database_file.parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise not_stored(str(directory), error) from error
    return report


@contextmanager
def _reading(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:") as tar:
            yield tar
    except FileNotFoundError as error:
        if error.filename == str(source):
            raise AssistantError(f"{source} does not exist.", "Check the name of the backup.") from error
        raise
    except (tarfile.TarError, EOFError, UnicodeDecodeError) as error:
        raise _no_backup(f"it cannot be read ({error})") from error


def _unpack(tar: tarfile.TarFile, staging: Path) -> tuple[BackupReport, bool]:
    """Write the members, known by their names alone, and compare them with the manifest."""
    found: dict[str, tuple[int, str]] = {}
    header: dict[str, Any] = {}
    manifest: Path | None = None
    while (member := tar.next()) is not None:
        tar.members = []  # type: ignore[attr-defined] # nothing of what was read is needed again: memory stays bounded
        if manifest is not None:
            raise _no_backup("something follows its manifest")
        plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
        known = member.name in (HEADER, DATABASE, MANIFEST) or MEDIA_NAME.fullmatch(member.name)
        if not plain or not known or member.name in found:
            raise _no_backup(f"it holds {member.name[:100]!r}, which belongs in no backup")
        content = tar.extractfile(member)
        assert content is not None
        if member.name == HEADER:
            header = _header(content.read(HEADER_BYTES))
        elif not header:
            raise _no_backup("it does not begin with a header")
        target = staging / member.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        hashed = _Hashed(content)  # type: ignore[arg-type]
        if member.name == HEADER:
            content.seek(0)
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            shutil.copyfileobj(hashed, file, BLOCK)
            file.flush()
            os.fsync(file.fileno())
        if target.stat().st_size != member.size:
            raise _no_backup("it is cut short")
        if member.name == MANIFEST:
            manifest = target
        else:
            found[member.name] = (member.size, hashed.sha256.hexdigest())
    if manifest is None:
        raise _no_backup("it is cut short: its manifest is missing")
    _compare(manifest, found)
    files = [size for name, (size, _) in found.items() if name.startswith("media/")]
    has_database = DATABASE in found
    size = sum(size for size, _ in found.values())
    return BackupReport(len(files) + has_database, size, has_database), has_database


def _header(content: bytes) -> dict[str, Any]:
    try:
        header = json.loads(content)
        fits = header["format"] == FORMAT
        version = int(header["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise _no_backup("its header cannot be read") from error
    if not fits:
        raise _no_backup("its header is that of something else")
    if version != VERSION:
        raise AssistantError(
            f"The backup has the format version {version}; this sensorium reads {VERSION}.", "Upgrade sensorium."
        )
    return dict(header)


def _compare(manifest: Path, found: dict[str, tuple[int, str]]) -> None:
    left = dict(found)
    with manifest.open("rb") as lines:
        while line := lines.readline(LINE_BYTES):
            try:
                told = json.loads(line)
                name, expected = told["name"], (told["bytes"], told["sha256"])
            except (ValueError, KeyError, TypeError) as error:
                raise _no_backup("its manifest cannot be read") from error
            if left.pop(name, None) != expected:
                raise _no_backup(f"{str(name)[:100]} is not what was backed up")
    if left:
        raise _no_backup(f"{next(iter(left))} is not in its manifest")


def _check_database(file: Path) -> None:
    """A database is a program too if it has triggers: ours have none."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            (strange,) = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
            ).fetchone()
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise _no_backup(f"its database cannot be read ({error})") from error
    if strange or state != "ok":
        raise _no_backup("its database is damaged or not one of ours")


def _remove_empty(directory: Path) -> None:
    for shelf in directory.iterdir():
        shelf.rmdir()
    directory.rmdir()


def _exists(target: Path) -> AssistantError:
    return AssistantError(f"{target} exists already.", "Choose another name; a backup overwrites nothing.")


def _no_backup(reason: str) -> AssistantError:
    return AssistantError(f"This is no backup that can be restored: {reason}.", "Use another backup.")
