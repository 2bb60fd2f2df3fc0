"""The plugins that `assistant plugins disable` left out: a small file in the data directory that survives restarts.

What the setting `disabled` names is apart from it: that is changed where settings are kept.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assistant.errors import PluginError

FILE: Final = "plugins.json"
LOCK: Final = "plugins.lock"
LONGEST: Final = 200
"""Characters of a name."""


def listed(data_dir: Path) -> tuple[str, ...]:
    """Names of plugins, perceivers, answerers, embedders and voices that are left out, sorted.

    Raises:
        PluginError: the file is there and cannot be read; nothing was changed in it.
    """
    return tuple(sorted(_read(data_dir / FILE)))


def disable(data_dir: Path, *names: str) -> tuple[str, ...]:
    """Leave these out from the next start on.

    Returns:
        Those that were not left out before.

    Raises:
        PluginError: a name cannot be one, or the file can be neither read nor written.
    """
    wrong = [name for name in names if not 0 < len(name) <= LONGEST or not name.isprintable()]
    if wrong:
        raise PluginError(f"{wrong[0][:LONGEST]!r} is no name of a plugin.", "See: assistant plugins list")
    with _changing(data_dir) as held:
        new = tuple(name for name in dict.fromkeys(names) if name not in held)
        held.update(new)
    return new


def enable(data_dir: Path, *names: str) -> tuple[str, ...]:
    """Take these in again from the next start on.

    Returns:
        Those that were left out.

    Raises:
        PluginError: the file can be neither read nor written.
    """
    with _changing(data_dir) as held:
        gone = tuple(name for name in dict.fromkeys(names) if name in held)
        held.difference_update(gone)
    return gone


def _read(path: Path) -> set[str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    names = content.get("disabled") if isinstance(content, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _unreadable(path, 'it should be like {"disabled": ["name"]}')
    return set(names)


def _unreadable(path: Path, why: str) -> PluginError:
    return PluginError(
        f"The list of disabled plugins {path} cannot be read: {why}.",
        f"Mend it, or put it aside and disable them anew: mv {path} {path}.old",
    )


@contextmanager
def _changing(data_dir: Path) -> Iterator[set[str]]:
    """The names, written back at the end; other processes wait for their turn."""
    path = data_dir / FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with (data_dir / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            held = _read(path)
            before = set(held)
            yield held
            if held != before:
                _write(path, held)
    except OSError as error:
        raise PluginError(
            f"The list of disabled plugins {path} cannot be written: {error.strerror}.",
            "Use the setting `disabled`, or make the data directory writable.",
        ) from error


def _write(path: Path, names: Iterable[str]) -> None:
    """All or nothing: whoever reads sees the old list or the new one, also after a loss of power."""
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"disabled": sorted(names)}, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
