"""Small parts made on the fly, for tests: pictures, sounds, a video, texts. Deterministic, cheap, and no file is
touched. Not for what is hard to read: see awkward.py.
"""

from __future__ import annotations

import dataclasses
import io
import wave
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from assistant.types import AUDIO, IMAGE, TEXT, VIDEO, Observation, Part

if TYPE_CHECKING:
    import numpy as np

    from assistant.context import Snapshot

RATE: Final = 16_000
"""Hertz of the sounds: what the decoder gives, so that nothing is resampled."""
FRAMES: Final = 10
"""Pictures in a second of video."""
SENTENCE: Final = "The quick brown fox jumps over the lazy dog near the river bank."


def text(words: str = SENTENCE, name: str = "note.txt") -> Part:
    """A text part."""
    from assistant.media import text_part

    return text_part(words, name)


def picture(width: int = 64, height: int = 48, color: tuple[int, int, int] = (200, 40, 40), name: str = "") -> Part:
    """A PNG picture of one colour, 0-255 each of red, green and blue."""
    import numpy as np

    return encoded(np.full((height, width, 3), color, np.uint8), "PNG", name or "plain.png")


@lru_cache(maxsize=4)
def photograph(width: int = 320, height: int = 240, name: str = "photograph.jpg") -> Part:
    """A JPEG picture with what photographs have: a sky that fades, ground, a red ball, a dark house, grain."""
    return encoded(scenery(width, height), "JPEG", name)


def scenery(width: int, height: int, shift: float = 0.0) -> np.ndarray:
    """The pixels of `photograph`: [height, width, 3] uint8.

    Args:
        width: pixels.
        height: pixels.
        shift: how far the ball has moved to the right, in shares of the width.
    """
    import numpy as np

    down, across = np.mgrid[0:height, 0:width] / np.array([height, width], float).reshape(2, 1, 1)
    pixels = np.stack([110 + 90 * down, 150 + 60 * down, 235 - 30 * down], axis=-1)
    ground = down > 0.6 + 0.03 * np.sin(9 * across)
    pixels[ground] = (70, 120, 50)
    house = (across > 0.6) & (across < 0.85) & (down > 0.35) & (down < 0.7)
    pixels[house] = (60, 45, 40)
    window = (across > 0.68) & (across < 0.76) & (down > 0.42) & (down < 0.52)
    pixels[window] = (240, 220, 120)
    ball = ((across - 0.25 - shift) * width) ** 2 + ((down - 0.7) * height) ** 2 < (0.13 * min(width, height)) ** 2
    pixels[ball] = (210, 35, 30)
    grain = np.random.default_rng(7).normal(0.0, 4.0, (height, width, 1))
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def encoded(rgb: np.ndarray, form: str, name: str) -> Part:
    """The part of a picture file made of [height, width, 3] uint8 pixels; `form` is "PNG" or "JPEG"."""
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(rgb).save(target, form, **({"quality": 90} if form == "JPEG" else {"compress_level": 1}))
    return opened(target.getvalue(), name)


def opened(content: bytes, name: str) -> Part:
    """What the guarded decoder makes of a file's bytes. Raises MediaError."""
    from assistant.media import Media

    return Media().open(content, name)


def tone(seconds: float = 1.0, hertz: float = 440.0, name: str = "tone.wav") -> Part:
    """A steady tone."""
    import numpy as np

    return sound(0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), name)


def silence(seconds: float = 1.0, name: str = "silence.wav") -> Part:
    """Nothing but zeros."""
    import numpy as np

    return sound(np.zeros(round(seconds * RATE)), name)


@lru_cache(maxsize=4)
def speech_like(seconds: float = 2.0, name: str = "voice message.wav") -> Part:
    """A buzz shaped like syllables, with pauses: not words, but what voice activity detectors react to."""
    return sound(babble(seconds), name)


def babble(seconds: float) -> np.ndarray:
    """The samples of `speech_like`: [n] float, -1 to 1, at RATE."""
    import numpy as np

    at = np.arange(round(seconds * RATE)) / RATE
    pitch = 120 + 15 * np.sin(2 * np.pi * 0.7 * at)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    vowel = np.floor(at * 4) % 3
    voiced = np.zeros_like(at)
    for harmonic in range(1, 25):
        # two resonances, which move from syllable to syllable as those of vowels do
        first, second = 300 + 250 * vowel, 2200 - 550 * vowel
        strength = np.exp(-(((harmonic * 125 - first) / 180) ** 2)) + 0.5 * np.exp(
            -(((harmonic * 125 - second) / 250) ** 2)
        )
        voiced += strength * np.sin(harmonic * phase)
    syllables = np.clip(np.sin(2 * np.pi * 4 * at), 0, 1) * (at % 1.5 < 1.1)
    shaped = voiced * syllables
    return np.asarray(0.5 * shaped / max(1e-9, float(np.abs(shaped).max(initial=0.0))))


def sound(samples: np.ndarray, name: str = "sound.wav") -> Part:
    """A WAV file of mono samples, -1 to 1, at RATE."""
    import numpy as np

    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes())
    return opened(target.getvalue(), name)


@lru_cache(maxsize=4)
def video(seconds: float = 1.0, width: int = 160, height: int = 120, with_sound: bool = True) -> Part:
    """An MP4 in which the ball of `photograph` rolls to the right, with the sound of `speech_like`."""
    return opened(film(seconds, width, height, with_sound), "clip.mp4")


def film(seconds: float, width: int, height: int, with_sound: bool) -> bytes:
    """The bytes of `video`."""
    import av
    import numpy as np

    target = io.BytesIO()
    with av.open(target, "w", "mp4") as container:
        stream: Any = container.add_stream("mpeg4", rate=FRAMES)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1  # or else the bytes would hang on the machine
        track: Any = container.add_stream("aac", rate=RATE, layout="mono") if with_sound else None
        count = max(1, round(seconds * FRAMES))
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(scenery(width, height, 0.5 * number / count), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if track is not None:
            samples = babble(seconds).astype(np.float32)[None]
            heard = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
            heard.sample_rate, heard.time_base = RATE, Fraction(1, RATE)
            container.mux(track.encode(heard))
            container.mux(track.encode())
    return target.getvalue()


def sample(modality: str) -> Part:
    """An ordinary part of a modality. Raises KeyError for one that the core does not read."""
    makers: dict[str, Callable[[], Part]] = {TEXT: text, IMAGE: photograph, AUDIO: speech_like, VIDEO: video}
    return makers[modality]()


def one_of_each() -> dict[str, Part]:
    """An ordinary part of every modality that the core reads."""
    return {modality: sample(modality) for modality in (TEXT, IMAGE, AUDIO, VIDEO)}


def observation(kind: str, words: str = SENTENCE, part: Part | None = None, **fields: Any) -> Observation:
    """An observation of a kind about a part (a text if none is given), as its perceiver might have made it.

    Args:
        kind: its kind.
        words: its text.
        part: what it is about.
        fields: of `Observation`, like `box` and `confidence`; what is no field of it goes into its `data`, which is
            not known for kinds of plugins: give it where it matters.
    """
    about = part or text()
    span = fields.pop("span", (0.0, 1.0) if about.modality in (AUDIO, VIDEO) else None)
    box = fields.pop("box", (0.1, 0.1, 0.6, 0.8) if about.modality == IMAGE else None)
    known = {each.name for each in dataclasses.fields(Observation)}
    data = {**fields.pop("data", {}), **{name: fields.pop(name) for name in set(fields) - known}}
    given = {"confidence": 0.9, "source": "made_up", "data": data, **fields}
    return Observation(kind=kind, text=words, part=about.digest, box=box, span=span, **given)


def scene(kinds: Iterable[str] = ()) -> Snapshot:
    """What is known after a photograph of two dogs and a ball was sent, for questions about it.

    Args:
        kinds: further kinds of which there is to be an observation.
    """
    from assistant.context import Snapshot

    photo, note = photograph(), text("The two dogs are called Rex and Bella.", "note.txt")
    seen = [
        observation("object", "dog", photo, box=(0.1, 0.4, 0.3, 0.8), data={"color": "brown", "presence": 0.95}),
        observation("object", "dog", photo, box=(0.5, 0.4, 0.7, 0.8), data={"color": "black", "presence": 0.95}),
        observation("object", "ball", photo, box=(0.35, 0.7, 0.4, 0.78), data={"color": "red", "presence": 0.9}),
        observation("caption", "Two dogs and a ball.", photo, box=None, data={"rule": "composed"}),
    ]
    known = {each.kind for each in seen}
    seen += [observation(kind, "dog", photo, box=None) for kind in sorted(set(kinds) - known)]
    return Snapshot(parts=(photo, note), observations=tuple(seen), turn_parts=(photo.digest, note.digest))


def embeddable(modality: str) -> tuple[Any, ...]:
    """Three different things that an embedder of a modality takes; none for one that the core does not read."""
    if modality == TEXT:
        return (SENTENCE, "A dog runs across the meadow.", "Interest rates were raised again.")
    if modality == IMAGE:
        from assistant.media import Media

        media = Media()
        return tuple(media.image(part) for part in (photograph(), picture(), picture(40, 90)))
    return ()
