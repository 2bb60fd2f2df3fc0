"""The chat page of `assistant serve`: a plugin that mounts a Gradio application at "/". Not for answering."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from assistant.hookspecs import hookimpl


def mount(app: Any, assistant: Any) -> None:
    """Mount the chat at "/" of the FastAPI application `app`; `assistant` is the open `assistant.app.Assistant`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    os.environ["GRADIO_TEMP_DIR"] = str(assistant.settings.data_dir / "uploads")
    from assistant_ui.app import mount_chat

    mount_chat(app, assistant)


@hookimpl(trylast=True)
def register_routes(register: Callable[[Callable[[Any, Any], None]], None]) -> None:
    """Add the chat page."""
    register(mount)
