"""Sensorium: a plugin-based multimodal assistant. Names are imported when first used, so that importing stays cheap."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.app import Assistant, Reply, Upload
    from assistant.errors import CannotAnswer
    from assistant.hookspecs import hookimpl
    from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Request, Services, Task, Utterance, Voice
    from assistant.settings import Settings
    from assistant.types import Answer, Delta, Example, FileFormat, Gap, Kind, Message, Observation, Part, Question

__version__ = "0.1.0"

_HOMES = {
    "Assistant": "app",
    "Reply": "app",
    "Upload": "app",
    "CannotAnswer": "errors",
    "hookimpl": "hookspecs",
    "Answerer": "plugin",
    "Embedder": "plugin",
    "Panel": "plugin",
    "Perceiver": "plugin",
    "Request": "plugin",
    "Services": "plugin",
    "Task": "plugin",
    "Utterance": "plugin",
    "Voice": "plugin",
    "Settings": "settings",
    "Answer": "types",
    "Delta": "types",
    "Example": "types",
    "FileFormat": "types",
    "Gap": "types",
    "Kind": "types",
    "Message": "types",
    "Observation": "types",
    "Part": "types",
    "Question": "types",
}

__all__ = [
    "Answer",
    "Answerer",
    "Assistant",
    "CannotAnswer",
    "Delta",
    "Embedder",
    "Example",
    "FileFormat",
    "Gap",
    "Kind",
    "Message",
    "Observation",
    "Panel",
    "Part",
    "Perceiver",
    "Question",
    "Reply",
    "Request",
    "Services",
    "Settings",
    "Task",
    "Upload",
    "Utterance",
    "Voice",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"assistant.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
