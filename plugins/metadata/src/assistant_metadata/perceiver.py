"""Says what a photograph's file says of it: when, with what and by whom it was taken. Not where, unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Observation

READERS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    "image/avif": "AVIF",
}
"""Media type, sniffed by the core -> the only reader that may look at it."""


@dataclass(frozen=True)
class PhotoMetadataOptions:
    """Options of `[plugins.metadata]`."""

    location: bool = field(
        default=False,
        metadata={
            "description": "whether coordinates are read out of photographs: they tell where people live and were"
        },
    )


class PhotoMetadata(Perceiver):
    """Yields one observation for each thing that the file says; what it says may be wrong, or made up."""

    name = "metadata"
    version = "1"
    consumes = (IMAGE,)
    produces = ("photo_metadata",)
    Options = PhotoMetadataOptions
    deadline = 10.0
    heavy = False
    particular = True
    isolation = "process"
    memory_limit_mb = 1024

    def __init__(self) -> None:
        self._options = PhotoMetadataOptions()

    def load(self, services: Services) -> None:
        """Keep the options."""
        self._options = services.options

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Read the header; no pixel is decoded."""
        from assistant_metadata.file import read
        from assistant_metadata.statements import place, statements

        task.check()
        reader = READERS.get(task.part.media_type)
        if reader is None or task.part.parent is not None:  # made by a plugin: what it says is ours
            return
        fields = read(task.part.read_bytes(), reader, location=self._options.location)
        for said in (*statements(fields), *place(fields)):
            task.check()
            yield task.observe("photo_metadata", said.text, said.confidence, what=said.what, **said.data)
