"""Files in memory that hold the pixels of pictures, for other processes to look at. Not for what those do with them."""

from __future__ import annotations

import fcntl
import os
import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from assistant.media.source import memory_file

if TYPE_CHECKING:
    import numpy as np

_FUTURE_WRITE: Final = 0x10
"""F_SEAL_FUTURE_WRITE (linux/fcntl.h): who gets the descriptor can only read."""
_making = threading.RLock()
_files: dict[int, int] = {}
"""Identity of an array -> its file, while the array lives."""


def keep(pixels: np.ndarray, descriptor: int) -> None:
    """Remember that the pixels lie in this file, which others may look at from now on, and take the descriptor over."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _FUTURE_WRITE | fcntl.F_SEAL_SEAL)
    except OSError:  # an older kernel, or who filled it sealed it: it is copied when it is wanted
        os.close(descriptor)
    else:
        _remember(pixels, descriptor)


def file_of(pixels: np.ndarray) -> int:
    """A descriptor, the caller's to close, of a file with the pixels that can only be read; the first time perhaps a
    copy is made."""
    import numpy as np

    with _making:
        known = _files.get(id(pixels))
        if known is None:
            plain = np.ascontiguousarray(pixels)
            known = memory_file(plain.data.cast("B") if plain.size else b"")
            _remember(pixels, known)
        return os.dup(known)


def _remember(pixels: np.ndarray, descriptor: int) -> None:
    _files[id(pixels)] = descriptor
    weakref.finalize(pixels, _forget, id(pixels)).atexit = False


def _forget(identity: int) -> None:
    with suppress(OSError):
        os.close(_files.pop(identity))
