"""The chat page of `assistant serve`: a plugin that mounts a Gradio application at "/". Not for answering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.hookspecs import hookimpl


def mount(app: Any, assistant: Any) -> None:
    """Mount the chat at "/" of the FastAPI application `app`; `assistant` is the open `assistant.app.Assistant`."""
    from assistant_ui.app import mount_chat

    mount_chat(app, assistant)


@hookimpl
def register_routes(register: Callable[[Callable[[Any, Any], None]], None]) -> None:
    """Add the chat page."""
    register(mount)
