"""POST /v1/audio/speech: a text said aloud by the voice that is installed, while it is still being made. Not for
hearing: see audio.py.
"""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from assistant.api.common import Asker, Places
from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.failures import Refused, documented
from assistant.api.fields import Bounded
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.openai.models import AUTO, SPOKEN, aliases, check_usable, loaded, unknown
from assistant.app import Assistant
from assistant.plugin import Utterance, Voice
from assistant.runner import Runner

if TYPE_CHECKING:
    import numpy as np

CHARACTERS: Final = 4096
"""Of the text, as OpenAI has it."""
NAMES: Final = frozenset("alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split())
"""OpenAI's own voices, which clients have built in: they stand for the usual speaker here."""
PCM_RATE: Final = 24_000
"""Hertz of response_format pcm, as OpenAI has it."""
UNKNOWN_LENGTH: Final = 0xFFFFFFFF
"""In the head of a WAV file that is sent before its end is known, as encoders that write to a pipe do."""
NOTES_HEADER: Final = "Sensorium-Notes"
FORMATS: Final = ("wav", "pcm")
TYPES: Final = {"wav": "audio/wav", "pcm": "audio/pcm"}


class VoiceName(Bounded):
    """A speaker by name, as clients send voices of their own."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1, max_length=200)


class SpeechRequest(Bounded):
    """What is to be said, and how."""

    model_config = ConfigDict(extra="forbid")
    input: str = Field(min_length=1, max_length=CHARACTERS)
    model: str = Field(
        AUTO, max_length=200, description="A voice's name; sensorium or tts-1 for the one that is there."
    )
    voice: str | VoiceName = Field("", description="One of its speakers; OpenAI's own names stand for the usual one.")
    response_format: str = Field("wav", max_length=40, description="wav or pcm (24 kHz, 16 bit, mono).")
    speed: float = Field(1.0, ge=0.25, le=4.0)
    instructions: str = Field("", max_length=CHARACTERS)
    stream_format: Literal["audio", "sse"] = "audio"


def router(assistant: Assistant) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["OpenAI: audio"])
    sound = {"schema": {"type": "string", "format": "binary"}}

    @routes.post(
        "/v1/audio/speech",
        operation_id="create_speech",
        response_model=None,
        responses={
            200: {"description": "The sound, as it is made.", "content": dict.fromkeys(TYPES.values(), sound)},
            **documented(404, 501, 503),
        },
    )
    async def create(body: SpeechRequest, request: Request, caller: Asker, places: Places) -> Response:
        """Say a text aloud."""
        runner = _voice(assistant, body.model)
        _check(body, runner)
        resources = AsyncExitStack()
        try:
            saying = await until_disconnect(request, _begun(assistant, body, runner, resources, caller, places))
        except BaseException:
            await resources.aclose()
            raise
        return ClosingStream(saying, headers=saying.headers, media_type=TYPES[body.response_format])

    return routes


class _Saying:
    """The encoded sound of one text."""

    def __init__(
        self, pieces: AsyncGenerator[np.ndarray, None], first: np.ndarray, rate: int, form: str, headers: dict[str, str]
    ) -> None:
        self.headers = headers
        self._pieces = pieces
        self._first: np.ndarray | None = first
        self._wav = form == "wav"
        self._rate = rate
        self._resample = None if self._wav or rate == PCM_RATE else _resampler(rate)
        self.resources = AsyncExitStack()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return (_wav_head(self._rate) if self._wav else b"") + self._encoded(first)
        async for piece in self._pieces:
            return self._encoded(piece)
        resample, self._resample = self._resample, None
        rest = resample(None) if resample is not None else b""
        if not rest:
            raise StopAsyncIteration
        return rest

    async def aclose(self) -> None:
        """End the sound and the work for it."""
        await self.resources.aclose()

    def _encoded(self, samples: np.ndarray) -> bytes:
        import numpy as np

        whole = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2")
        return whole.tobytes() if self._resample is None else self._resample(whole)


async def _begun(
    assistant: Assistant,
    body: SpeechRequest,
    runner: Runner[Voice],
    resources: AsyncExitStack,
    caller: Caller,
    places: Turns,
) -> _Saying:
    """The sound from its first piece on, so that what goes wrong before has a status. Raises Refused."""
    await resources.enter_async_context(places.slot(caller))
    cancel = threading.Event()
    resources.callback(cancel.set)
    asked = body.voice if isinstance(body.voice, str) else body.voice.id

    voice = await asyncio.to_thread(loaded, runner)
    speaker, note = _speaker(voice, asked)
    utterance = Utterance(body.input, speaker, body.speed, body.instructions, cancel)
    deadline = runner.plugged.deadline * assistant.settings.engine.deadline_scale
    pieces = runner.stream(lambda voice: voice.speak(utterance), cancel=cancel, deadline=deadline)
    resources.push_async_callback(pieces.aclose)
    first = None
    async for piece in pieces:
        if len(piece):
            first = piece
            break
    if first is None:
        raise Refused(f"{runner.name} said nothing.", "Send a text with words.", code="invalid_value", param="input")
    saying = _Saying(
        pieces,
        first,
        voice.sample_rate,
        body.response_format,
        {NOTES_HEADER: json.dumps([note])} if note else {},
    )
    saying.resources = resources
    return saying


def _voice(assistant: Assistant, model: str) -> Runner[Voice]:
    """The voice that a model's name stands for, if it can be used. Raises Refused."""
    voices = assistant.host.voices()
    if not voices:
        raise Refused(
            "No voice is installed, so nothing can be said aloud.",
            "Whoever runs the server can install a plugin that brings one (hook register_voices, see docs/plugins.md).",
            status=501,
            code="not_installed",
            param="model",
        )
    wanted = aliases(assistant).get(model, model)
    name = wanted.removeprefix(f"{AUTO}/")
    runner = voices[0] if wanted in (AUTO, *SPOKEN) else next((each for each in voices if each.name == name), None)
    if runner is None:
        raise unknown(assistant, model, "speak")
    check_usable(runner)
    return runner


def _check(body: SpeechRequest, runner: Runner[Voice]) -> None:
    """Refuse by name what the voice or we cannot do."""
    if body.response_format not in FORMATS:
        raise Refused(
            f"Speech is not sent as {body.response_format[:40]}.",
            f"Choose response_format {' or '.join(FORMATS)}.",
            code="unsupported_value",
            param="response_format",
        )
    if body.stream_format != "audio":
        raise Refused(
            "Speech is not sent as server-sent events.",
            "Leave out stream_format: the sound itself is sent as it is made.",
            code="unsupported_value",
            param="stream_format",
        )
    asked = {"speed": body.speed != 1.0, "instructions": bool(body.instructions)}
    for name in (name for name, given in asked.items() if given and name not in runner.plugged.honours):
        raise Refused(
            f"The voice {runner.name} does not follow {name}.",
            f"Leave out {name}.",
            code="unsupported_parameter",
            param=name,
        )


def _speaker(voice: Voice, asked: str) -> tuple[str, str]:
    """The speaker that is asked for, and what there is to say about it. Raises Refused."""
    if not asked or asked in voice.speakers:
        return asked, ""
    usual = voice.speakers[0] if voice.speakers else ""
    if asked in NAMES:
        return usual, f"{asked} is a voice of OpenAI's; {usual or voice.name} speaks in its place."
    raise Refused(
        f"There is no speaker {asked[:80]}.",
        f"There is: {', '.join(voice.speakers) or 'one without a name'}.",
        code="invalid_value",
        param="voice",
    )


def _wav_head(rate: int) -> bytes:
    """The head of a WAV file of 16-bit mono samples whose length is not known yet (RIFF, Microsoft 1991)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    return b"RIFF" + struct.pack("<I", UNKNOWN_LENGTH) + b"WAVE" + form + b"data" + struct.pack("<I", UNKNOWN_LENGTH)


def _resampler(rate: int) -> Any:
    """Turns 16-bit samples of this rate into bytes at PCM_RATE, piece by piece."""
    import av

    resampler = av.AudioResampler("s16", "mono", PCM_RATE)

    def resample(samples: np.ndarray | None) -> bytes:
        """What is whole by now; None for the end."""
        frame = None
        if samples is not None:
            frame = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
            frame.sample_rate = rate
        return b"".join(each.to_ndarray().astype("<i2").tobytes() for each in resampler.resample(frame))

    return resample
