"""What a server does beside its work, now and every hour: retention, and what processes that were killed left behind.
Not for what goes with a request: see deletion.py.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import AssistantError
from assistant.store.deletion import complete
from assistant.store.retention import Retention

if TYPE_CHECKING:
    from assistant.app import Assistant

logger = logging.getLogger(__name__)

ROUND_SECONDS: Final = 3600.0
UPLOAD_SECONDS: Final = 2 * 3600.0
"""The chat sweeps its uploads after an hour; what a killed process left, nobody else does."""
UNFINISHED_SECONDS: Final = 24 * 3600.0
UNFINISHED: Final = (".import-*", ".restore-*")
"""What an import or a restoration that was killed left in the data directory."""


class Upkeep:
    """A thread that looks at once, and then again and again."""

    def __init__(self, look: Callable[[], None], seconds: float = ROUND_SECONDS) -> None:
        """Nothing happens yet.

        Args:
            look: does the work; its AssistantErrors are logged.
            seconds: between two looks.
        """
        self._look, self._seconds = look, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep-of-the-store", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, after the look that is under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while True:
            try:
                self._look()
            except AssistantError as error:
                logger.warning("the upkeep of what is stored failed: %s", error)
            if self._ended.wait(self._seconds):
                return


def upkeep_of(assistant: Assistant) -> Upkeep:
    """For an assistant that serves; its store is opened by the thread."""

    def look() -> None:
        settings = assistant.settings
        sweep_files(settings.data_dir)
        database = assistant.store.database
        complete(database, assistant.store.files)
        pruned = Retention(database, settings.data_dir, settings.retention, assistant.delete_conversation).run()
        if pruned.distrust:
            logger.warning(
                "no conversation is deleted by age: %s; if it is right: assistant data prune --trust-clock",
                pruned.distrust,
            )
        if pruned.conversations:
            logger.info("%d conversations were deleted by retention", len(pruned.conversations))
        database.empty_log()

    return Upkeep(look)


def sweep_files(directory: Path) -> None:
    """Delete copies of uploads and unfinished work that processes which ended long ago left in a data directory."""
    now = time.time()
    for path in (directory / "uploads").rglob("*"):
        with suppress(OSError):  # gone meanwhile, or not ours to delete
            if path.is_file() and now - path.lstat().st_ctime > UPLOAD_SECONDS:
                path.unlink()
    for pattern in UNFINISHED:
        for path in directory.glob(pattern):
            with suppress(OSError):
                if now - path.lstat().st_mtime > UNFINISHED_SECONDS:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
