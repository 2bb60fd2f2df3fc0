"""What a photograph's file says of it: registers the perceiver that reads it. Light to import."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant_metadata.perceiver import PhotoMetadata, PhotoMetadataOptions

__all__ = ["PhotoMetadata", "PhotoMetadataOptions"]

ASSISTANT_API = ">=1.1,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one reader of metadata."""
    register(PhotoMetadata())
