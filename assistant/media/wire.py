"""Messages between the assistant and its decoder processes, and the judgement of what comes back. Not for transport.

Every operation has a SOCK_SEQPACKET socket of its own. The first packet asks; it brings descriptors: the media, and for
sound the shared memory of a block.

    ask      {"do", "reader", "name", "limits", "processor", ...}   an operation of `decoder.Decoder`, its arguments
    reply    {"shape": [height, width, 3]}    memory is wanted; the answer is {} and its descriptor
             {"samples": n} or {"frame": s}   a block or a frame is in the memory; {} asks for the next
             {"done": {...}}                  the end
             {"error", "message", "remedy"}   the end: a class of errors.py by name

A process that decodes hostile media may say anything, so each reply is checked before it is believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media.frames import FRAME_SIDE
from assistant.media.pictures import WORKING_SIDE, PictureHeader
from assistant.media.recordings import VIDEO_PIXELS, RecordingHeader
from assistant.media.values import SAMPLE_RATE, Limits

MESSAGE_BYTES = 64 * 1024
BLOCK_SAMPLES = 30 * SAMPLE_RATE
"""Samples handed over at a time."""
SENTENCE = 2000
"""Characters of one note or message that are believed."""
NOTES = 16
_COUNT = 1 << 31
_ERRORS: Mapping[str, type[MediaError]] = {
    kind.__name__: kind for kind in (UnsupportedMedia, MediaTooLarge, UnreadableMedia)
}


class Nonsense(ValueError):
    """A reply that no decoder of ours gives."""


def packed(message: Mapping[str, Any]) -> bytes:
    """A message as bytes."""
    return json.dumps(message, separators=(",", ":")).encode()


def unpacked(data: bytes) -> dict[str, Any]:
    """The message in some bytes.

    Raises:
        Nonsense: it is none.
    """
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Nonsense("not JSON") from error
    if not isinstance(message, dict):
        raise Nonsense("not an object")
    return message


def error_of(message: Mapping[str, Any], name: str) -> MediaError:
    """The error that a decoder reports."""
    kind = _ERRORS.get(_sentence(message["error"]), UnreadableMedia)
    said = _sentence(message.get("message"))
    return kind(said if name in said else f"{name}: {said}", _sentence(message.get("remedy")))


def picture_shape(value: Any, asked: str) -> tuple[int, int, int]:
    """Height, width and depth of a picture for which memory is wanted, `asked` being "picture" or "frames"."""
    side = WORKING_SIDE if asked == "picture" else FRAME_SIDE
    if not isinstance(value, list) or len(value) != 3 or value[2] != 3:
        raise Nonsense("no shape of a picture")
    return _whole(value[0], 1, side), _whole(value[1], 1, side), 3


def picture_header(done: Mapping[str, Any], limits: Limits) -> PictureHeader:
    """A checked header of a picture."""
    width, height = _whole(done.get("width"), 1, limits.pixels), _whole(done.get("height"), 1, limits.pixels)
    if width * height > limits.pixels:
        raise Nonsense("more pixels than allowed")
    frames = done.get("frames")
    return PictureHeader(width, height, None if frames is None else _whole(frames, 0, _COUNT), notes(done))


def recording_header(done: Mapping[str, Any], limits: Limits) -> RecordingHeader:
    """A checked header of a recording."""
    longest = max(limits.audio_seconds, limits.video_seconds)
    sound, video = done.get("has_audio"), done.get("has_video")
    if not isinstance(sound, bool) or not isinstance(video, bool) or not (sound or video):
        raise Nonsense("neither sound nor pictures")
    seconds, fps, frames = done.get("seconds"), done.get("fps"), done.get("frames")
    return RecordingHeader(
        None if seconds is None else number(seconds, 0.0, longest),
        sound,
        video,
        _whole(done.get("width"), 0, VIDEO_PIXELS),
        _whole(done.get("height"), 0, VIDEO_PIXELS),
        None if fps is None else number(fps, 0.0, 1e9),
        None if frames is None else _whole(frames, 0, 1 << 62),
        notes(done),
    )


def samples(value: Any) -> int:
    """How many samples of a block are filled."""
    return _whole(value, 0, BLOCK_SAMPLES)


def number(value: Any, least: float, most: float) -> float:
    """A finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Nonsense("no number")
    if not least <= value <= most:
        raise Nonsense("a number out of bounds")
    return float(value)


def notes(done: Mapping[str, Any]) -> tuple[str, ...]:
    """The sentences about what decoding found."""
    given = done.get("notes", [])
    if not isinstance(given, list) or len(given) > NOTES:
        raise Nonsense("no notes")
    return tuple(_sentence(note) for note in given)


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Nonsense("no whole number within bounds")
    return value


def _sentence(value: Any) -> str:
    if not isinstance(value, str):
        raise Nonsense("no text")
    return "".join(character if character.isprintable() else " " for character in value[:SENTENCE])
