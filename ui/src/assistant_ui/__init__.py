"""The chat page of `assistant serve`: a plugin that mounts a Gradio application at "/". Not for answering."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.hookspecs import hookimpl

ASSISTANT_API = ">=1.0,<2"

logger = logging.getLogger(__name__)


def mount(app: Any, assistant: Any) -> None:
    """Mount the chat at "/" of the FastAPI application `app`; `assistant` is the open `assistant.app.Assistant`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    uploads = assistant.settings.data_dir / "uploads"
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    _keep_to_ourselves(uploads)
    from assistant_ui.app import mount_chat

    mount_chat(app, assistant)


def _keep_to_ourselves(directory: Path) -> None:
    """Let no other user of the machine read what is uploaded: Gradio would make the directory as the umask says."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
    except OSError as error:
        logger.warning("uploads cannot be kept in %s: %s", directory, error)


@hookimpl(trylast=True)
def register_routes(register: Callable[[Callable[[Any, Any], None]], None]) -> None:
    """Add the chat page."""
    register(mount)
