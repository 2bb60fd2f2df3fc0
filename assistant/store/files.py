"""Media as files named by their digest: written whole or not at all, readable by this user only."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.errors import AssistantError
from assistant.types import Part

BLOCK: Final = 2**20


class MediaFiles:
    """A directory of media."""

    def __init__(self, directory: Path) -> None:
        """Open or create. Raises AssistantError if it cannot be written."""
        self._directory = directory
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise AssistantError(
                f"{directory} cannot be written: {error.strerror or error}.",
                "Choose another place with --data-dir or ASSISTANT_DATA_DIR.",
            ) from error

    def path(self, digest: str) -> Path:
        """Where a part's bytes lie, or would lie."""
        return self._directory / digest[:2] / digest

    def write(self, part: Part) -> Part:
        """The part, with its bytes in a file here.

        Raises:
            AssistantError: the disk is full, or what it refers to is gone.
        """
        path = self.path(part.digest)
        if path.is_file():
            return replace(part, content=path)
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                if isinstance(part.content, bytes):
                    file.write(part.content)
                else:
                    with part.content.open("rb") as source:
                        shutil.copyfileobj(source, file, BLOCK)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise AssistantError(
                f"{part.name} cannot be stored: {error.strerror or error}.", "Check disk space and permissions."
            ) from error
        return replace(part, content=path)

    def remove(self, digests: Iterable[str]) -> None:
        """Delete files; those that are gone already do not matter."""
        for digest in digests:
            self.path(digest).unlink(missing_ok=True)
