"""The values that decoding gives and the caps it keeps. Not for decoding itself: see pictures.py and recordings.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.types import Part

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
class Frame:
    """One picture of a video."""

    seconds: float
    """Time from the start."""
    rgb: np.ndarray
    """As `Image.rgb`; the long side at most `recordings.FRAME_SIDE` pixels."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound that is decoded while it is read."""

    part: Part
    seconds: float | None
    """Duration by the container's header; None if it does not say."""
    decode: Callable[[], Iterator[np.ndarray]] = field(repr=False, compare=False)
    """Begins decoding anew: mono float32 pieces of any length."""
    notes: list[str] = field(default_factory=list, compare=False)
    """Sentences about what decoding found: "3 broken pieces were skipped"; complete once everything was read."""

    def blocks(self, seconds: float = 30.0) -> Iterator[np.ndarray]:
        """Mono float32 in -1..1 at SAMPLE_RATE, `seconds` at a time (the last shorter).

        Raises:
            UnreadableMedia: nothing could be decoded.
            MediaTooLarge: past the cap; everything up to it was yielded before.
        """
        import numpy as np

        from assistant.errors import MediaTooLarge

        wanted = max(1, round(seconds * SAMPLE_RATE))
        pieces: list[np.ndarray] = []
        held = 0
        try:
            for piece in self.decode():
                pieces.append(piece)
                held += len(piece)
                while held >= wanted:
                    joined = np.concatenate(pieces)
                    yield joined[:wanted]
                    pieces, held = [joined[wanted:]], held - wanted
        except MediaTooLarge:
            if held:
                yield np.concatenate(pieces)
            raise
        if held:
            yield np.concatenate(pieces)

    def samples(self) -> np.ndarray:
        """All of it: [n] float32.

        Raises:
            UnreadableMedia: nothing could be decoded.
            MediaTooLarge: it is longer than the cap.
        """
        import numpy as np

        return np.concatenate([np.zeros(0, np.float32), *self.blocks()])
