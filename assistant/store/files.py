"""Media as files named by their digest: written whole or not at all, readable by this user only.

`LocalFiles` is the directory; what lies elsewhere is in remote.py. Not for who may read them, nor who needs them.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from assistant.errors import AssistantError, NotWritable, StorageFull
from assistant.media.source import digest
from assistant.store.records import part_from
from assistant.types import EMPTY, Part

logger = logging.getLogger(__name__)

BLOCK: Final = 2**20
READ_ONLY: Final = (errno.EROFS, errno.EPERM, errno.EACCES, errno.EIO)
"""What the system says of a disk that was mounted read-only, taken away or is broken."""
CACHE_BYTES: Final = 4 * 2**30
"""Of a remote store, that are kept here."""
HALF_WRITTEN: Final = ".half-"
"""Beginning of the name of a file that is being written; one left over belongs to a process that was killed."""
_DIGITS: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What lies in the media store, whether anybody needs it or not."""

    name: str
    """The digest; of something half-written the name it has."""
    bytes: int
    modified: float
    """Seconds since the epoch."""


class MediaFiles(Protocol):
    """Where the bytes of parts lie. Thread-safe; processes share it."""

    def path(self, digest: str) -> Path:
        """Where a part's bytes lie, or would lie."""

    def part(self, value: Mapping[str, Any]) -> Part:
        """The part that `Part.to_json` described, with its bytes here."""

    def write(self, part: Part) -> Part:
        """The part, with its bytes stored durably.

        Raises:
            StorageFull, NotWritable: there is no room, or the disk is read-only; nothing was half-written.
            AssistantError: what it refers to is gone.
        """

    def remove(self, digests: Iterable[str]) -> bool:
        """Delete files; whether all of them are gone now. Those that were gone already do not matter."""

    def opened(self, digest: str) -> tuple[BinaryIO, int]:
        """A stored file to be read from its start, and its bytes; a `read` gives less than asked for at the end only.

        Raises:
            FileNotFoundError: there is none.
        """

    def listed(self) -> Iterator[StoredFile]:
        """Everything that is stored, half-written files included."""

    def discard(self, name: str) -> None:
        """Delete what `listed` named, if it is still there."""


class LocalFiles:
    """A directory of media: DIRECTORY/ab/abcdef..."""

    def __init__(self, directory: Path) -> None:
        """Open or create. Raises AssistantError if it cannot be written."""
        self._directory = directory
        make(directory)

    def path(self, digest: str) -> Path:
        """Where a part's bytes lie, or would lie."""
        return self._directory / digest[:2] / digest

    def part(self, value: Mapping[str, Any]) -> Part:
        """The part that `Part.to_json` described, with its bytes here."""
        return part_from(value, self.path(value["digest"]))

    def write(self, part: Part) -> Part:
        """The part, with its bytes in a file here: see `MediaFiles.write`."""
        path = self.path(part.digest)
        if path.is_file():
            return replace(part, content=path)
        try:
            new_shelf = not path.parent.is_dir()
            with written_whole(path) as file:
                copy(part, file)
            settle(path.parent)
            if new_shelf:
                settle(self._directory)
        except OSError as error:
            raise not_stored(part.name, error) from error
        return replace(part, content=path)

    def remove(self, digests: Iterable[str]) -> bool:
        """Delete files; whether all of them are gone now. Those that were gone already do not matter."""
        for each in digests:
            try:
                self.path(each).unlink(missing_ok=True)
            except OSError as error:
                logger.warning("files that nobody needs any more are still there: %s", error)
                return False
        return True

    def opened(self, digest: str) -> tuple[BinaryIO, int]:
        """A stored file to be read from its start, and its bytes. Raises FileNotFoundError."""
        file = self.path(digest).open("rb")
        return file, os.fstat(file.fileno()).st_size

    def listed(self) -> Iterator[StoredFile]:
        """Everything in the directory, half-written files included."""
        with os.scandir(self._directory) as shelves:
            names = sorted(entry.name for entry in shelves if entry.is_dir(follow_symlinks=False))
        for name in names:
            with os.scandir(self._directory / name) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        yield StoredFile(entry.name, status.st_size, status.st_mtime)

    def discard(self, name: str) -> None:
        """Delete what `listed` named, if it is still there."""
        if is_digest(name):
            self.path(name).unlink(missing_ok=True)
        else:
            discard_half(self._directory, name)


def make(directory: Path) -> None:
    """Make a directory of ours unless it is there. Raises AssistantError if it cannot be."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AssistantError(
            f"{directory} cannot be written: {error.strerror or error}.",
            "Choose another place with --data-dir or ASSISTANT_DATA_DIR.",
        ) from error


def media_files(
    directory: Path,
    url: str | None = None,
    options: Mapping[str, Any] = EMPTY,
    cache_bytes: int = CACHE_BYTES,
) -> MediaFiles:
    """The media store of a data directory.

    Args:
        directory: the data directory.
        url: where the media lie if not there, scheme://bucket/prefix.
        options: of that place.
        cache_bytes: how much of a remote store is kept in the data directory.

    Raises:
        AssistantError: it cannot be used.
    """
    if url is None:
        return LocalFiles(directory / "media")
    from assistant.store.remote import RemoteFiles, place  # needs obstore

    return RemoteFiles(place(url, options), directory / "media-cache", cache_bytes)


def is_digest(name: str) -> bool:
    """Whether it is written like the name of a stored file."""
    return len(name) == 64 and _DIGITS.issuperset(name)


def identity(part: Part) -> str:
    """The digest that the part's bytes and description give; a stored part that has another one is damaged or forged.

    Raises:
        OSError: the bytes cannot be read.
    """
    meaning = f"{part.parent} {part.span}" if part.parent else ""
    return digest(part.modality, part.media_type, part.content, meaning)


def copy(part: Part, file: Any) -> None:
    """Write the part's bytes into an open binary file."""
    if isinstance(part.content, bytes):
        file.write(part.content)
    else:
        with part.content.open("rb") as source:
            shutil.copyfileobj(source, file, BLOCK)


@contextmanager
def written_whole(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """A new file, readable by this user only, that appears under its name when the block ends well, or not at all.

    With `durable` its content survives a power cut from then on, and the name if the directory is settled.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, half = _begun(path.parent)
    try:
        with open(half, "wb", opener=lambda *_: handle) as file:  # its `name` is the path
            yield file
            file.flush()
            if durable:
                os.fsync(handle)
            half.replace(path)  # while it is locked, so that nobody takes it for left behind
    finally:
        half.unlink(missing_ok=True)


def _begun(directory: Path) -> tuple[int, Path]:
    """A new file that is being written: its descriptor, locked, which tells `discard_half` that its writer lives."""
    while True:
        handle, name = tempfile.mkstemp(dir=directory, prefix=HALF_WRITTEN)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:  # else it was taken for left behind before it was locked
            return handle, Path(name)
        os.close(handle)


def discard_half(directory: Path, name: str) -> None:
    """Delete a file on a shelf of the directory, unless somebody is writing it at this moment."""
    for path in directory.glob(f"*/{Path(name).name}"):
        with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def not_stored(name: str, error: OSError) -> AssistantError:
    """Ours for what the system said when a file was written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"There is no room to store {name}.", "Free disk space, then send it again.")
    if error.errno in READ_ONLY:
        return NotWritable(f"{name} cannot be stored: {error.strerror}.", "Make the data directory writable again.")
    return AssistantError(f"{name} cannot be stored: {error.strerror or error}.", "Check disk space and permissions.")


def settle(directory: Path) -> None:
    """Make the names in the directory survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
