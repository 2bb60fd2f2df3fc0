"""Reading pieces of an upload: bytes in memory, a file on disk, or an open file. Not for judging what is in it."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from assistant.errors import UnreadableMedia

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Content: TypeAlias = "bytes | Path | int"
"""The bytes, the file that holds them, or the descriptor of an open file."""


def size_of(content: Content, name: str) -> int:
    """Size in bytes.

    Raises:
        UnreadableMedia: a path that is not an existing regular file (devices and pipes could be read for ever).
    """
    if isinstance(content, bytes):
        return len(content)
    try:
        status = os.stat(content)  # noqa: PTH116 - a Path cannot be made of a descriptor
    except OSError as error:
        raise UnreadableMedia(f"{name} cannot be opened: {error.strerror}.", "Check the path.") from error
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "not an ordinary file"
        raise UnreadableMedia(f"{name} is {what}.", "Send one file at a time.")
    return status.st_size


def read_at(content: Content, offset: int, count: int) -> bytes:
    """`count` bytes from `offset`, fewer at the end."""
    if isinstance(content, bytes):
        return content[offset : offset + count]
    if isinstance(content, int):
        return os.pread(content, count, offset)
    with content.open("rb") as file:
        file.seek(offset)
        return file.read(count)


def opened(content: Content) -> BinaryIO:
    """The content as a seekable binary file; bytes are not copied."""
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, int):
        return io.BufferedReader(_Descriptor(content))
    return content.open("rb")


class _Descriptor(io.RawIOBase):
    """An open file read at a position of its own, whoever else reads it; stays open when this is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        count = os.preadv(self._descriptor, [buffer], self._position)
        self._position += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = start + offset
        return self._position


def memory_file(content: bytes | memoryview | int, *, final: bool = True) -> int:
    """The descriptor of a file in memory (Linux): of these bytes, read-only; or of so many zeros, to be filled.

    Args:
        content: the bytes, or how many.
        final: whether it is settled for good that it can be written; its size always is.
    """
    descriptor = os.memfd_create("media", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | (fcntl.F_SEAL_SEAL if final else 0)
        if isinstance(content, int):
            os.ftruncate(descriptor, content)
        else:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            seals |= fcntl.F_SEAL_WRITE
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def digest(modality: str, media_type: str, content: Content, meaning: str = "") -> str:
    """SHA-256 (hex) of what gives the bytes their meaning and of the bytes, a file being read piece by piece.

    Args:
        modality: one of `types.MODALITIES`, or that of a plugin's format.
        media_type: as sniffed.
        content: the encoded bytes.
        meaning: anything else that distinguishes equal bytes, e.g. where in which recording they come from.
    """
    hashed = hashlib.sha256("\0".join((modality, media_type, meaning, "")).encode())
    if isinstance(content, bytes):
        hashed.update(content)
    else:
        with opened(content) as file:
            while block := file.read(1 << 20):
                hashed.update(block)
    return hashed.hexdigest()
