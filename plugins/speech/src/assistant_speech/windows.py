"""Cuts a recording of any length into windows of speech for Whisper, at silences. Not for recognising words.

Whisper looks at 30 seconds at a time. Stretches of speech are found with a voice-activity detector, put one after
another without the silence between them, and closed into windows before they exceed that length. A window remembers
where each stretch came from, so that times stay exact. At most about a minute of sound is held in memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.media import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np

FRAME = 512
"""Samples the voice-activity detector judges at once: 32 ms (Silero, https://github.com/snakers4/silero-vad)."""
FRAMES_PER_SECOND = SAMPLE_RATE / FRAME
WINDOW_SECONDS = 29.5
"""A little under Whisper's 30 s, so that a word at the very end is not cut."""
VOICE_ON = 0.5
"""A stretch begins where the detector says at least this (its authors' default)."""
VOICE_OFF = 0.35
"""It may go on until the detector says less than this (their default: 0.15 below the threshold)."""
MIN_SILENCE_SECONDS = 0.5
"""A shorter pause does not end a stretch: it is a pause within a sentence."""
MIN_SPEECH_SECONDS = 0.1
"""A shorter stretch is a click, as recorders make when they start; the shortest words take about 0.15 s."""
PAD_SECONDS = 0.4
"""Kept on both sides: quiet first and last sounds of words lie below the thresholds."""
APART_SECONDS = 5.0
"""Stretches further apart go into separate windows: joined, a lone word after a finished sentence gets swallowed. The
price is one more run of the encoder for each such silence, a tenth of its length at most."""
PAUSE_SECONDS = 0.3
"""A pause between sentences or phrases, at which a stretch that does not fit may be divided."""
FILL_SECONDS = 5.0
"""With less room than this left, a stretch that does not fit goes whole into the next window. Filling windows matters
because Whisper takes as long for a short one as for a full one."""
CONTEXT_FRAMES = 16
"""Frames heard again before each block, for the detector's memory to settle: half a second."""

Probabilities = Any
"""[frames] float32: the probability of voice in each frame."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech inside a window; all three in samples."""

    offset: int
    """Where it begins in the window."""
    start: int
    """Where it begins in the recording."""
    length: int


@dataclass(frozen=True, slots=True)
class Window:
    """Up to 30 seconds of speech, and where each moment of it lies in the recording."""

    samples: np.ndarray
    """[n] float32 at 16 kHz."""
    probabilities: Probabilities
    """Of voice, for each frame of `samples`."""
    pieces: tuple[Piece, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def until(self) -> float:
        """Seconds into the window at which the last voice ends."""
        voiced = (self.probabilities >= VOICE_OFF).nonzero()[0]
        return min(self.seconds, float(voiced[-1] + 1) / FRAMES_PER_SECOND) if len(voiced) else 0.0

    def span(self, start: float, end: float) -> tuple[float, float]:
        """The span of the recording for a span of the window, both in seconds.

        Both ends of what lies mostly in one piece are kept within that piece: a word is never stretched over a silence
        that was cut out.
        """
        first, last = self._piece(start), self._piece(end, ending=True)
        return self._time(first, start), max(self._time(first, start), self._time(last, end))

    def word_span(self, start: float, end: float) -> tuple[float, float]:
        """As `span`, for one word: it lies in the piece that holds its middle."""
        piece = self._piece((start + end) / 2)
        return self._time(piece, start), self._time(piece, end)

    def voice(self, start: float, end: float) -> float:
        """How sure the detector is of a voice in a span of the window: the 90th percentile of its frames, 0-1."""
        import numpy as np

        first = max(0, int(start * FRAMES_PER_SECOND))
        heard = self.probabilities[first : max(first + 1, int(end * FRAMES_PER_SECOND) + 1)]
        return float(np.quantile(heard, 0.9)) if len(heard) else 0.0

    def _piece(self, seconds: float, *, ending: bool = False) -> Piece:
        sample = seconds * SAMPLE_RATE - (1 if ending else 0)
        return self.pieces[max(0, bisect_right([piece.offset for piece in self.pieces], sample) - 1)]

    def _time(self, piece: Piece, seconds: float) -> float:
        inside = min(max(seconds * SAMPLE_RATE - piece.offset, 0), piece.length)
        return round((piece.start + inside) / SAMPLE_RATE, 3)


def silero() -> Callable[[np.ndarray], Probabilities]:
    """The Silero detector that faster-whisper brings: samples, whole frames of them -> probabilities of voice."""
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()

    def probabilities(samples: np.ndarray) -> Probabilities:
        return model(samples).reshape(-1)

    return probabilities


def loudness(samples: np.ndarray) -> Probabilities:
    """In place of a detector when the filter is off: all is taken for voice, most surely where it is loud."""
    import numpy as np

    level = np.sqrt((samples.reshape(-1, FRAME).astype(np.float32) ** 2).mean(axis=1))
    scaled: Probabilities = VOICE_ON + (1 - VOICE_ON) * np.minimum(1.0, level * 4)
    return scaled


def stretches(probabilities: Probabilities, *, ended: bool) -> list[tuple[int, int]]:
    """Frames [start, stop) of speech, without padding, longest pauses respected.

    Args:
        probabilities: of voice, one a frame.
        ended: whether the recording ends here. If not, a last stretch that may still go on is given with stop equal to
            the number of frames.
    """
    found: list[tuple[int, int]] = []
    start, quiet = -1, -1
    silence = int(MIN_SILENCE_SECONDS * FRAMES_PER_SECOND)
    shortest = MIN_SPEECH_SECONDS * FRAMES_PER_SECOND
    for frame, probability in enumerate(probabilities):
        if probability >= VOICE_ON:
            start = frame if start < 0 else start
            quiet = -1
        elif start >= 0 and probability < VOICE_OFF:
            quiet = frame if quiet < 0 else quiet
            if frame - quiet >= silence:
                if quiet - start >= shortest:
                    found.append((start, quiet))
                start, quiet = -1, -1
    if start >= 0:
        stop = len(probabilities) if quiet < 0 or not ended else quiet
        if stop - start >= shortest or not ended:
            found.append((start, stop))
    longest = int((WINDOW_SECONDS - 2 * PAD_SECONDS) * FRAMES_PER_SECOND)
    return [part for whole in found for part in _no_longer_than(longest, whole, probabilities)]


def _no_longer_than(longest: int, stretch: tuple[int, int], probabilities: Probabilities) -> Iterator[tuple[int, int]]:
    """The stretch, cut where a voice is least probable in the second half of what fits."""
    start, stop = stretch
    while stop - start > longest:
        half = start + longest // 2
        cut = half + int(probabilities[half : start + longest].argmin())
        yield start, cut
        start = cut
    yield start, stop


def _last_pause(probabilities: Probabilities) -> int:
    """The frame in the middle of the last pause; 0 if there is none."""
    stop = len(probabilities)
    pause = int(PAUSE_SECONDS * FRAMES_PER_SECOND)
    for frame in range(len(probabilities) - 1, -1, -1):
        if probabilities[frame] >= VOICE_OFF:
            stop = frame
        elif stop - frame >= pause:
            return (frame + stop) // 2
    return 0


@dataclass(slots=True)
class _Packer:
    """Collects stretches until a window is full."""

    samples: list[np.ndarray] = field(default_factory=list)
    probabilities: list[Probabilities] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0

    def add(self, start: int, samples: np.ndarray, probabilities: Probabilities) -> Iterator[Window]:
        if self.pieces:
            last = self.pieces[-1]
            room = int(WINDOW_SECONDS * SAMPLE_RATE) - self.length
            if start - (last.start + last.length) > APART_SECONDS * SAMPLE_RATE:
                yield from self.flush()
            elif len(samples) > room:
                cut = _last_pause(probabilities[: room // FRAME]) if room >= FILL_SECONDS * SAMPLE_RATE else 0
                if cut:
                    self._take(start, samples[: cut * FRAME], probabilities[:cut])
                    start, samples, probabilities = start + cut * FRAME, samples[cut * FRAME :], probabilities[cut:]
                yield from self.flush()
        self._take(start, samples, probabilities)

    def _take(self, start: int, samples: np.ndarray, probabilities: Probabilities) -> None:
        self.pieces.append(Piece(self.length, start, len(samples)))
        self.samples.append(samples)
        self.probabilities.append(probabilities)
        self.length += len(samples)

    def flush(self) -> Iterator[Window]:
        import numpy as np

        if self.pieces:
            yield Window(np.concatenate(self.samples), np.concatenate(self.probabilities), tuple(self.pieces))
        self.samples, self.probabilities, self.pieces, self.length = [], [], [], 0


def windows(blocks: Iterable[np.ndarray], detect: Callable[[np.ndarray], Probabilities]) -> Iterator[Window]:
    """Windows of speech from a recording that is read block by block.

    Args:
        blocks: mono float32 at 16 kHz, of any lengths.
        detect: `silero()` or `loudness`.
    """
    import numpy as np

    packer = _Packer()
    buffer = np.zeros(0, np.float32)
    probabilities: Probabilities = np.zeros(0, np.float32)
    base = 0
    pad = int(PAD_SECONDS * FRAMES_PER_SECOND)

    def judge(frames: int) -> None:
        """Bring the probabilities up to so many frames; a last frame that is not whole is filled up with silence."""
        nonlocal probabilities
        known = len(probabilities)
        context = max(0, known - CONTEXT_FRAMES)
        heard = buffer[context * FRAME : frames * FRAME]
        heard = np.pad(heard, (0, (frames - context) * FRAME - len(heard)))
        probabilities = np.concatenate([probabilities, detect(heard)[known - context :]])

    def settle(ended: bool) -> Iterator[Window]:
        """Pack what is complete and forget it; keep what may go on."""
        nonlocal buffer, probabilities, base
        found = stretches(probabilities, ended=ended)
        frames = len(probabilities)
        keep = frames if ended else max(0, frames - 2 * pad)
        if found and not ended and found[-1][1] + pad >= frames - int(MIN_SILENCE_SECONDS * FRAMES_PER_SECOND):
            start = found.pop()[0]
            keep = min(keep, max(start - pad, (found[-1][1] + start) // 2 if found else 0))
        if found:  # what is packed now is not kept as well
            keep = max(keep, found[-1][1])
        for index, (start, stop) in enumerate(found):
            before = found[index - 1][1] if index else 0
            after = found[index + 1][0] if index + 1 < len(found) else keep
            first = max(start - pad, (before + start) // 2 if index else 0)
            last = min(stop + pad, (stop + after) // 2 if index + 1 < len(found) else after)
            yield from packer.add(base + first * FRAME, buffer[first * FRAME : last * FRAME], probabilities[first:last])
        base += keep * FRAME
        buffer, probabilities = buffer[keep * FRAME :], probabilities[keep:]

    for block in blocks:
        buffer = np.concatenate([buffer, block.astype(np.float32, copy=False)])
        if len(buffer) // FRAME > len(probabilities):
            judge(len(buffer) // FRAME)
            yield from settle(ended=False)
    if len(buffer) > len(probabilities) * FRAME:
        judge(len(buffer) // FRAME + (1 if len(buffer) % FRAME else 0))
    yield from settle(ended=True)
    yield from packer.flush()
