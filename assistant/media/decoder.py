"""The seam behind which untrusted bytes are decoded, so that it can happen elsewhere. Not for caching or for parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from assistant.media import frames, pictures, recordings
from assistant.media.pictures import PictureHeader
from assistant.media.recordings import RecordingHeader
from assistant.media.source import Content
from assistant.media.values import Frame, Image, Limits

if TYPE_CHECKING:
    import numpy as np


class Decoder(Protocol):
    """Everything that touches encoded media. Arguments and results are plain values that can cross a process border.

    `reader` is the one reader that the sniffed content may be given to. All raise MediaError.
    """

    def picture_header(self, content: Content, reader: str, name: str, limits: Limits) -> PictureHeader:
        """See `pictures.read_header`."""
        ...

    def picture(self, content: Content, reader: str, name: str, limits: Limits, frames: int | None) -> Image:
        """See `pictures.decode`."""
        ...

    def recording_header(self, content: Content, reader: str, name: str, limits: Limits) -> RecordingHeader:
        """See `recordings.probe`."""
        ...

    def sound(
        self,
        content: Content,
        reader: str,
        name: str,
        limits: Limits,
        video: bool,
        seconds: float | None,
        notes: list[str],
    ) -> Iterator[np.ndarray]:
        """See `recordings.sound`."""
        ...

    def frames(
        self, content: Content, reader: str, name: str, limits: Limits, seconds: float | None, count: int
    ) -> Iterator[Frame]:
        """See `frames.pick`."""
        ...

    def start(self) -> None:
        """Get ready, without waiting for it."""
        ...

    def close(self) -> None:
        """End what decoding needs; what is under way may fail."""
        ...

    @property
    def restarts(self) -> int:
        """How often what decodes was lost and had to be started anew."""
        ...


class InProcess:
    """A `Decoder` in the calling thread."""

    picture_header = staticmethod(pictures.read_header)
    picture = staticmethod(pictures.decode)
    recording_header = staticmethod(recordings.probe)
    sound = staticmethod(recordings.sound)
    frames = staticmethod(frames.pick)

    def start(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    restarts = 0
