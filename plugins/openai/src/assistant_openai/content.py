"""Turns a prompt into the messages of the OpenAI chat API: texts, pictures as data URLs, recordings as WAV.

All media is decoded by the guarded decoder and encoded anew: what is sent is of bounded size and carries no metadata of
the file, and no server is handed a file's own bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.errors import MediaError
from assistant.media import SAMPLE_RATE, Media
from assistant.prompt import Picture, PromptMessage, Recording
from assistant.replies import harmless

if TYPE_CHECKING:
    import numpy as np


def messages_of(
    prompt: Sequence[PromptMessage], media: Media, *, image_side: int, audio_seconds: float
) -> list[dict[str, Any]]:
    """The messages as JSON objects; those without media have plain text for content, which every server takes.

    Args:
        prompt: as `assistant.prompt.prompt` wrote it.
        media: the guarded decoder.
        image_side: pixels of a picture's long side, at most.
        audio_seconds: seconds of a recording, at most.
    """
    messages: list[dict[str, Any]] = []
    for message in prompt:
        if all(isinstance(each, str) for each in message.content):
            messages.append({"role": message.role, "content": harmless(message.text)})
            continue
        parts = []
        for each in message.content:
            if isinstance(each, Picture):
                parts.append(_picture(each, media, image_side))
            elif isinstance(each, Recording):
                parts.append(_recording(each, media, audio_seconds))
            else:
                parts.append(_text(harmless(each)))
        messages.append({"role": message.role, "content": parts})
    return messages


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _picture(picture: Picture, media: Media, side: int) -> dict[str, Any]:
    try:
        encoded = media.encode_preview(media.image(picture.part).rgb, side)
    except MediaError:
        return _text(f"({picture.label} cannot be shown)")
    return {
        "type": "image_url",
        "image_url": {"url": f"data:image/jpeg;base64,{base64.b64encode(encoded).decode()}"},
    }


def _recording(recording: Recording, media: Media, seconds: float) -> dict[str, Any]:
    import numpy as np

    pieces: list[np.ndarray] = []
    room = max(1, int(seconds * SAMPLE_RATE))
    try:
        for block in media.audio(recording.part).blocks():
            pieces.append(block[:room])
            room -= len(pieces[-1])
            if room <= 0:
                break
    except MediaError:
        if not pieces:
            return _text(f"({recording.label} cannot be played)")
    samples = np.concatenate([np.zeros(0, np.float32), *pieces])
    encoded = media.audio_part(samples, recording.label).read_bytes()
    return {"type": "input_audio", "input_audio": {"data": base64.b64encode(encoded).decode(), "format": "wav"}}
