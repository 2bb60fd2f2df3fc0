"""Media: from an upload to a Part, and from a Part to pixels and sound. Not for decoding itself: see decoder.py."""

from __future__ import annotations

import io
import threading
import wave
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import DecoderUnavailable, MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media.decoder import Decoder, InProcess
from assistant.media.formats import suffixes
from assistant.media.sniff import Format, decode_text, sniff
from assistant.media.source import digest, read_at, size_of
from assistant.media.values import SAMPLE_RATE, Audio, Frame, Image, Limits
from assistant.types import AUDIO, EMPTY, IMAGE, JSON, TEXT, VIDEO, FileFormat, Part, Span

if TYPE_CHECKING:
    import numpy as np

CACHED_BYTES = 64 * 1024 * 1024
"""Decoded pictures that are kept, in bytes of pixels: a turn's worth of photographs."""
CACHED_PICTURES = 256
"""Of them and of those that could not be decoded, so that nothing tries a broken one again and again."""
LARGE_PIXELS = 8_000_000
"""Pictures with more pixels are decoded one at a time, because decoding takes up to ten bytes a pixel."""
NAME_CHARACTERS = 120
MEASURED: Final = ("width", "height", "frames", "fps", "seconds", "has_audio", "characters", "format")
"""Names of facts that are found out here, and never taken from anybody else."""

_PROGRAM_STREAM_SOUND = "audio/x-mpeg-ps"
"""Its own media type, because audio/mpeg is MP3."""
_READERS = {
    **{f"image/{kind}": kind.upper() for kind in ("jpeg", "png", "gif", "webp", "bmp", "tiff", "avif")},
    **{f"{sort}/{kind}": "mov" for sort in ("audio", "video") for kind in ("mp4", "quicktime", "3gpp")},
    **{f"{sort}/{kind}": "matroska" for sort in ("audio", "video") for kind in ("webm", "x-matroska")},
    **{f"{sort}/ogg": "ogg" for sort in ("audio", "video")},
    **{f"{sort}/x-msvideo": "avi" for sort in ("audio", "video")},
    **{f"{sort}/mp2t": "mpegts" for sort in ("audio", "video")},
    "video/mpeg": "mpeg",
    _PROGRAM_STREAM_SOUND: "mpeg",
    "audio/wav": "wav",
    "audio/aiff": "aiff",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/x-caf": "caf",
    "audio/basic": "au",
}
"""Media type -> the only reader for it: the type was sniffed, and a stored part keeps nothing else."""


class Media:
    """The guarded decoder. Thread-safe; keeps the few most recently decoded pictures."""

    def __init__(
        self, limits: Limits | None = None, decoder: Decoder | None = None, formats: Sequence[FileFormat] = ()
    ) -> None:
        """Decode nothing yet.

        Args:
            limits: caps that hold while reading.
            decoder: where it is done; in this process if not given.
            formats: what plugins read beside what is decoded here; such files are taken as they are.
        """
        self.limits = limits or Limits()
        self.formats = tuple(formats)
        self._decoder: Decoder = decoder or InProcess()
        self._lock = threading.Lock()
        self._large = threading.Lock()
        self._pictures: OrderedDict[str, Future[Image]] = OrderedDict()

    def start(self) -> None:
        """Get the decoder ready, without waiting for it."""
        self._decoder.start()

    def close(self) -> None:
        """End the decoder's processes, if it has any."""
        self._decoder.close()

    @property
    def decoder_restarts(self) -> int:
        """How often the decoder's processes were lost and had to be started anew."""
        return self._decoder.restarts

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Ends of the names of files that plugins read, as in ".pdf": for file pickers."""
        return suffixes(self.formats)

    def open(
        self,
        source: bytes | Path,
        name: str = "",
        *,
        parent: Part | None = None,
        facts: Mapping[str, JSON] = EMPTY,
    ) -> Part:
        """A Part from an upload: size checked, format sniffed from the content, header facts read.

        Args:
            source: the bytes, or the file that holds them and that stays where it is.
            name: what the person calls it; a path's own name by default.
            parent: the part it was found in, for a file inside another one.
            facts: what else is known of it, such as `{"page": 3}`; what is measured here cannot be replaced by it.

        Raises:
            MediaError: a subclass that names the file, says what is wrong and what to do.
        """
        name = _printable(name or (source.name if isinstance(source, Path) else "the file"))
        size = size_of(source, name)
        if size == 0:
            raise UnreadableMedia(f"{name} is empty.", "Send the file again.")
        if size > self.limits.bytes:
            raise MediaTooLarge(
                f"{name} is {size / 1e6:.0f} MB large; at most {self.limits.bytes / 1e6:.0f} MB are read.",
                "Send a smaller file, or raise the setting limits.bytes.",
            )
        try:
            found = sniff(source, size, name, self.formats)
            if isinstance(found, FileFormat):
                part = _untouched(source, found, name)
            elif found.modality == TEXT:
                part = self._open_text(source, size, name)
            elif found.modality == IMAGE:
                part = self._open_picture(source, found, name)
            else:
                part = self._open_recording(source, found, name)
            part = replace(part, facts={**added(facts), **part.facts})
            return part if parent is None else _child(part, parent)
        except OSError as error:
            raise UnreadableMedia(f"{name} cannot be read: {error.strerror or error}.", "Check the file.") from error

    def image(self, part: Part) -> Image:
        """The decoded picture of an image part; decoded once, however many threads ask.

        Raises:
            MediaError: it cannot be decoded.
        """
        if part.modality != IMAGE:
            raise UnsupportedMedia(f"{part.name} is no picture.")
        with self._lock:
            future = self._pictures.get(part.digest)
            mine = future is None
            if future is None:
                future = self._pictures[part.digest] = Future()
            self._pictures.move_to_end(part.digest)
        if mine:
            self._decode_into(future, part)
        error = future.exception()
        if isinstance(error, MediaError):
            # A fresh one for each caller: a shared exception would collect every thread's traceback.
            raise type(error)(error.message, error.remedy) from error
        return future.result()

    def audio(self, part: Part) -> Audio:
        """The sound of an audio part, or of a video part's first sound track.

        Raises:
            UnsupportedMedia: it has no sound.
        """
        if part.modality not in (AUDIO, VIDEO) or not part.facts.get("has_audio", True):
            raise UnsupportedMedia(f"{part.name} has no sound.")
        seconds = _number(part.facts.get("seconds"))
        notes: list[str] = []

        def decode() -> Iterator[np.ndarray]:
            return self._decoder.sound(
                part.content, _reader(part), part.name, self.limits, part.modality == VIDEO, seconds, notes
            )

        return Audio(part, seconds, decode, notes)

    def frames(self, part: Part, count: int | None = None) -> Iterator[Frame]:
        """Up to `count` (cap: limits.frames) pictures of a video, spread over its length, keyframes preferred.

        Raises:
            MediaError: it is no video, or no picture in it can be decoded.
        """
        if part.modality != VIDEO:
            raise UnsupportedMedia(f"{part.name} is no video.")
        wanted = max(1, min(count or self.limits.frames, self.limits.frames))
        seconds = _number(part.facts.get("seconds"))
        return self._decoder.frames(part.content, _reader(part), part.name, self.limits, seconds, wanted)

    def image_part(
        self,
        rgb: np.ndarray,
        name: str,
        *,
        parent: Part | None = None,
        span: Span | None = None,
        facts: Mapping[str, JSON] = EMPTY,
    ) -> Part:
        """An image part made from pixels, e.g. of a video frame (encoded JPEG, quality 92).

        Args:
            rgb: [height, width, 3] uint8.
            name: for people: "frame at 3 s of holiday.mp4".
            parent: the part it was taken from.
            span: seconds of the parent that it shows.
            facts: what else is known of it, such as `{"page": 3}`; its size is measured here.
        """
        from assistant.media.pictures import encode

        measured: dict[str, JSON] = {"width": int(rgb.shape[1]), "height": int(rgb.shape[0]), "frames": 1, "notes": []}
        return _derived(IMAGE, "image/jpeg", encode(rgb, "JPEG"), name, {**added(facts), **measured}, parent, span)

    def audio_part(
        self,
        samples: np.ndarray,
        name: str,
        *,
        parent: Part | None = None,
        span: Span | None = None,
        facts: Mapping[str, JSON] = EMPTY,
    ) -> Part:
        """An audio part made from samples, e.g. a video's sound track (encoded 16-bit WAV).

        Args:
            samples: 16 kHz, mono, -1 to 1.
            name: for people: "sound of holiday.mp4".
            parent: the part it was taken from.
            span: seconds of the parent that it holds.
            facts: what else is known of it; its length is measured here.
        """
        import numpy as np

        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            for start in range(0, len(samples), SAMPLE_RATE * 60):
                piece = samples[start : start + SAMPLE_RATE * 60]
                file.writeframes(np.clip(np.rint(piece * 32768.0), -32768, 32767).astype("<i2").tobytes())
        measured: dict[str, JSON] = {"seconds": round(len(samples) / SAMPLE_RATE, 3), "has_audio": True, "notes": []}
        return _derived(AUDIO, "audio/wav", target.getvalue(), name, {**added(facts), **measured}, parent, span)

    def encode_preview(self, rgb: np.ndarray, max_side: int, format: str = "JPEG") -> bytes:
        """A small encoded picture of [height, width, 3] uint8 pixels, for showing.

        Args:
            rgb: as `Image.rgb`.
            max_side: pixels of its long side at most.
            format: "JPEG", "PNG" or "WEBP".
        """
        from assistant.media.pictures import encode

        return encode(rgb, format, max_side, quality=85)

    def _decode_into(self, future: Future[Image], part: Part) -> None:
        pixels = (_number(part.facts.get("width")) or 0) * (_number(part.facts.get("height")) or 0)
        frames = part.facts.get("frames", 1)
        try:
            arguments = (
                part.content,
                _reader(part),
                part.name,
                self.limits,
                frames if isinstance(frames, int) else None,
            )
            if pixels > LARGE_PIXELS:
                with self._large:
                    decoded = self._decoder.picture(*arguments)
            else:
                decoded = self._decoder.picture(*arguments)
        except DecoderUnavailable as error:  # the picture may be good: it is tried again
            self._forget(part)
            future.set_exception(error)
        except MediaError as error:
            # Without its traceback, which would keep the bytes of the picture in memory.
            future.set_exception(type(error)(error.message, error.remedy))
        except BaseException as error:
            self._forget(part)
            future.set_exception(error)
        else:
            future.set_result(decoded)
        self._trim()

    def _forget(self, part: Part) -> None:
        with self._lock:
            self._pictures.pop(part.digest, None)

    def _trim(self) -> None:
        with self._lock:
            held = {
                digest: 0 if future.exception() else future.result().rgb.nbytes
                for digest, future in self._pictures.items()
                if future.done()
            }
            total = sum(held.values())
            for digest, count in held.items():
                if total <= CACHED_BYTES and len(self._pictures) <= CACHED_PICTURES:
                    return
                del self._pictures[digest]
                total -= count

    def _open_text(self, content: bytes | Path, size: int, name: str) -> Part:
        cap = self.limits.text_characters
        too_long = MediaTooLarge(
            f"{name} is longer than {cap:,} characters, the most that is read.",
            "Send the part that matters, or raise the setting limits.text_characters.",
        )
        beginning = read_at(content, 0, 4 * cap + 4)  # UTF-8 needs at most four bytes a character
        if size > len(beginning):
            # Refuse it for its length only if it is text: its end may be cut within a character.
            decode_text(beginning[:1024].decode("utf-8", "ignore").encode(), name, self.formats)
            raise too_long
        text = decode_text(beginning, name, self.formats)
        if len(text) > cap:
            raise too_long
        return text_part(text, name)

    def _open_picture(self, content: bytes | Path, found: Format, name: str) -> Part:
        header = self._decoder.picture_header(content, found.reader, name, self.limits)
        return Part(
            IMAGE,
            digest(IMAGE, found.media_type, content),
            name,
            found.media_type,
            content,
            {**asdict(header), "notes": list(header.notes)},
        )

    def _open_recording(self, content: bytes | Path, found: Format, name: str) -> Part:
        header = self._decoder.recording_header(content, found.reader, name, self.limits)
        facts: dict[str, JSON] = {"seconds": header.seconds, "has_audio": header.has_audio, "notes": list(header.notes)}
        media_type = found.media_type
        if header.has_video:
            facts.update(width=header.width, height=header.height, fps=header.fps, frames=header.frames)
            media_type = media_type.replace("audio/", "video/")
        else:
            media_type = _PROGRAM_STREAM_SOUND if media_type == "video/mpeg" else media_type.replace("video/", "audio/")
        modality = VIDEO if header.has_video else AUDIO
        return Part(modality, digest(modality, media_type, content), name, media_type, content, facts)


def text_part(text: str, name: str = "text") -> Part:
    """A text part from a string."""
    data = text.encode("utf-8", "replace")
    return Part(TEXT, digest(TEXT, "text/plain", data), name, "text/plain", data, {"characters": len(text)})


def added(facts: Mapping[str, JSON]) -> dict[str, JSON]:
    """Of facts that somebody adds to a part, those that are not measured here."""
    return {name: fact for name, fact in facts.items() if name not in MEASURED}


def _untouched(content: bytes | Path, found: FileFormat, name: str) -> Part:
    """A file for a plugin to read: nothing of it is looked at here but what tells its format."""
    facts: dict[str, JSON] = {"format": found.label}
    return Part(
        found.modality,
        digest(found.modality, found.media_type, content),
        name,
        found.media_type,
        content,
        facts,
    )


def _child(part: Part, parent: Part) -> Part:
    meaning = f"{parent.digest} {part.span}"
    return replace(part, digest=digest(part.modality, part.media_type, part.content, meaning), parent=parent.digest)


def _derived(
    modality: str,
    media_type: str,
    data: bytes,
    name: str,
    facts: dict[str, JSON],
    parent: Part | None,
    span: Span | None,
) -> Part:
    # Where it was taken from is part of its identity: a frame seen twice is two moments.
    meaning = f"{parent.digest} {span}" if parent else ""
    return Part(
        modality,
        digest(modality, media_type, data, meaning),
        name,
        media_type,
        data,
        facts,
        parent=parent.digest if parent else None,
        span=span,
    )


def _reader(part: Part) -> str:
    try:
        return _READERS[part.media_type]
    except KeyError:
        raise UnsupportedMedia(f"{part.name} has the media type {part.media_type}, which is not read here.") from None


def _number(value: JSON) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _printable(name: str) -> str:
    """A name fit for messages: no folders, no control characters, not endless."""
    shown = "".join(character if character.isprintable() else " " for character in name).replace("\\", "/")
    shown = " ".join(shown.rsplit("/", 1)[-1].split()) or "the file"
    return shown if len(shown) <= NAME_CHARACTERS else f"{shown[: NAME_CHARACTERS - 21]}...{shown[-18:]}"
