"""Unpacks what backup.py wrote into an empty data directory. The file is not trusted: members are known by their names
alone, and everything is compared with the manifest before anything is put in its place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.store.backup import DATABASE, FORMAT, HEADER, MANIFEST, VERSION, BackupReport, Hashed
from assistant.store.files import BLOCK, not_stored, settle

MEDIA_NAME: Final = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
HEADER_BYTES: Final = 64 * 1024
LINE_BYTES: Final = 1024


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
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=directory, ignore_cleanup_errors=True) as name:
            staging = Path(name)
            with _reading(source) as tar:
                report = _unpack(tar, staging)
            if report.database:
                _check_database(staging / DATABASE)
            if report.database and database_file is None:
                raise AssistantError(
                    "The backup holds an SQLite database, and the settings name a database server.",
                    "Restore without the setting `database`, then move with `assistant data export` and `import`.",
                )
            if (staging / "media").is_dir():
                if target_media.is_dir():
                    _remove_empty(target_media)
                (staging / "media").replace(target_media)
            settle(directory)
            if report.database and database_file is not None:  # last: with it everything is there
                shutil.move(staging / DATABASE, database_file)
                settle(database_file.parent)
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


def _unpack(tar: tarfile.TarFile, staging: Path) -> BackupReport:
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
        hashed = Hashed(content)
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
    return BackupReport(len(files) + has_database, size, has_database)


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


def _no_backup(reason: str) -> AssistantError:
    return AssistantError(f"This is no backup that can be restored: {reason}.", "Use another backup.")
