"""The only place that decodes untrusted bytes: sniffs, caps while reading, and hands out upright pixels and 16 kHz sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.types import Part, Span

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE = 16_000
"""Hertz of all decoded sound: what speech models are trained on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that hold while reading."""

    bytes: int = 200 * 1024 * 1024
    pixels: int = 50_000_000
    frames: int = 8
    """Pictures taken out of one video."""
    audio_seconds: float = 3600.0
    video_seconds: float = 1800.0
    text_characters: int = 200_000


@dataclass(frozen=True, slots=True)
class Image:
    """A decoded picture."""

    rgb: np.ndarray
    """[height, width, 3] uint8, upright (EXIF rotation applied), alpha composed over white; read-only."""
    notes: tuple[str, ...] = ()
    """Sentences about what decoding did or found: "animated: only the first of 12 frames was looked at"."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound that is decoded while it is read."""

    part: Part
    seconds: float | None
    """Duration by the container's header; None if it does not say."""

    def blocks(self, seconds: float = 30.0) -> Iterator[np.ndarray]:
        """Mono float32 in -1..1 at SAMPLE_RATE, `seconds` at a time (the last shorter).

        Raises:
            UnreadableMedia: nothing could be decoded.
            MediaTooLarge: past the cap; everything up to it was yielded before.
        """
        raise NotImplementedError

    def samples(self) -> np.ndarray:
        """All of it: [n] float32."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a video."""

    seconds: float
    """Time from the start."""
    rgb: np.ndarray
    """As `Image.rgb`."""


class Media:
    """The guarded decoder. Thread-safe; keeps the few most recently decoded pictures."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def open(self, source: bytes | Path, name: str = "") -> Part:
        """A Part from an upload: size checked, format sniffed from the content, header facts read.

        Raises:
            MediaError: a subclass that names the file, says what is wrong and what to do.
        """
        raise NotImplementedError

    def image(self, part: Part) -> Image:
        """The decoded picture of an image part."""
        raise NotImplementedError

    def audio(self, part: Part) -> Audio:
        """The sound of an audio part, or of a video part's first sound track."""
        raise NotImplementedError

    def frames(self, part: Part, count: int | None = None) -> Iterator[Frame]:
        """Up to `count` (cap: limits.frames) pictures of a video, spread over its length, keyframes preferred."""
        raise NotImplementedError

    def image_part(self, rgb: np.ndarray, name: str, *, parent: Part | None = None, span: Span | None = None) -> Part:
        """An image part made from pixels, e.g. of a video frame (encoded JPEG, quality 92)."""
        raise NotImplementedError

    def audio_part(
        self, samples: np.ndarray, name: str, *, parent: Part | None = None, span: Span | None = None
    ) -> Part:
        """An audio part made from 16 kHz mono samples, e.g. a video's sound track (encoded 16-bit WAV)."""
        raise NotImplementedError


def text_part(text: str, name: str = "text") -> Part:
    """A text part from a string."""
    raise NotImplementedError
