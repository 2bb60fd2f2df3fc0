"""Video for the assistant: registers the perceiver that takes videos apart. Not for decoding: see assistant.media."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant_video.perceiver import VideoOptions, VideoPerceiver

__all__ = ["VideoOptions", "VideoPerceiver"]

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one perceiver of videos."""
    register(VideoPerceiver())
