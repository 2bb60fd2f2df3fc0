"""What every Whisper engine gives: words and segments, in seconds from the start of a window. Not for observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import numpy as np

Choose = Callable[[Mapping[str, float]], tuple[str, float]]
"""Given the probability of each language, the language to transcribe in and its probability."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as heard, with the punctuation and the space before it."""

    text: str
    start: float
    """Seconds from the start of the window."""
    end: float
    probability: float
    """0-1: the mean of its tokens' probabilities."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A segment: about a sentence."""

    text: str
    """As decoded, with a leading space in languages that use spaces."""
    start: float
    """Seconds from the start of the window."""
    end: float
    words: tuple[Word, ...]
    """Empty when they were not asked for, or the model cannot align them."""
    avg_logprob: float
    """Mean log-probability of the tokens (nats) of the decoding that this segment is part of."""
    no_speech_prob: float
    """0-1: the probability of the no-speech token at the start of that decoding."""
    compression_ratio: float
    """Bytes of that decoding's text over their zlib size: above 2.4 it is a loop."""
    language: str
    """ISO 639-1, or Whisper's own code where there is none."""
    language_probability: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one recording."""

    translate: bool = False
    """To write English, whatever is spoken."""
    prompt: str = ""
    """Text to take for what comes before the recording."""

    def task(self, language: str) -> str:
        """What Whisper calls it, for what is spoken."""
        return "translate" if self.translate and language != "en" else "transcribe"


TRANSCRIBE: Final = Wish()


class Engine(Protocol):
    """One way to run Whisper."""

    languages: tuple[str, ...]
    """Codes it can transcribe; ("en",) for an English-only model."""
    prompts: bool
    """Whether it can take a prompt."""

    def transcribe(self, samples: np.ndarray, choose: Choose, until: float, wish: Wish = TRANSCRIBE) -> Iterator[Heard]:
        """Segments of one window.

        Args:
            samples: [n] float32, mono at 16 kHz, at most 30 seconds.
            choose: asked once, with what the model detects.
            until: seconds into the window; nothing is said after.
            wish: whether to translate, and what to expect.
        """
        ...


def compression_ratio(text: str) -> float:
    """Bytes over their zlib size, as Whisper computes it; 0 for no text."""
    import zlib

    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded)) if encoded else 0.0


def plain(prompt: str) -> str:
    """The prompt without what a tokenizer would take for its special tokens, which steer the decoder."""
    return " ".join(prompt.replace("<|", " ").replace("|>", " ").split())


def most_tokens(seconds: float) -> int:
    """How many tokens a window of that length can hold.

    Even in scripts that take three tokens a character (Hangul, Devanagari) fast speech makes fewer than 24 a second; a
    loop over a short noise would otherwise run to the decoder's end. 224 is Whisper's own cap: half its context.
    """
    return min(224, 24 + int(24 * seconds))
