"""POST /v1/audio/transcriptions and /v1/audio/translations: what is said in a recording, also while it is still being
heard. Not for reading the form (audio_form.py) or for the shapes of what is sent (transcripts.py, subtitles.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.api.common import Asker, Places
from assistant.api.disconnect import ClosingStream, until_disconnect
from assistant.api.failures import Refused, documented, status_of
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.openai.audio_form import FORMATS, GRANULARITIES, PARAMETERS, Task, Wanted, read_form
from assistant.api.openai.inputs import CODES
from assistant.api.openai.models import AUTO, WHISPER, aliases, hearers, unknown
from assistant.api.openai.sse import DONE
from assistant.api.openai.subtitles import srt, vtt
from assistant.api.openai.transcripts import KINDS, Transcript
from assistant.api.openai.turns import PAUSE_SECONDS
from assistant.api.outward import outward_events
from assistant.api.streaming import ALIVE, HEADERS, MEDIA_TYPE, Guarded, dumped, frame, pausing
from assistant.app import Assistant, Upload
from assistant.errors import MediaError, MediaTooLarge, PluginError
from assistant.media import SAMPLE_RATE
from assistant.plugin import Perceiver
from assistant.runner import Runner
from assistant.types import AUDIO, VIDEO, Event, Part

NOTES_HEADER: Final = "Sensorium-Notes"
"""Of responses that are not JSON: what there is to know of them, as a JSON list of sentences in ASCII."""
PLAIN: Final = "text/plain; charset=utf-8"
SUBRIP: Final = "application/x-subrip; charset=utf-8"
WEBVTT: Final = "text/vtt; charset=utf-8"


def router(assistant: Assistant) -> APIRouter:
    """Both routes."""
    routes = APIRouter(tags=["OpenAI: audio"])
    statuses = documented(404, 413, 415, 422, 501, 503)

    @routes.post(
        "/v1/audio/transcriptions",
        operation_id="create_transcription",
        response_model=None,
        responses={200: _described("What is said"), **statuses},
        openapi_extra=_form_described("transcribe"),
    )
    async def transcribe(request: Request, caller: Asker, places: Places) -> Response:
        """Write down what is said in a recording, or in a video's sound."""
        return await _respond(assistant, request, caller, places, "transcribe")

    @routes.post(
        "/v1/audio/translations",
        operation_id="create_translation",
        response_model=None,
        responses={200: _described("What is said, in English"), **statuses},
        openapi_extra=_form_described("translate"),
    )
    async def translate(request: Request, caller: Asker, places: Places) -> Response:
        """Write down in English what is said in a recording, whatever language it is in."""
        return await _respond(assistant, request, caller, places, "translate")

    return routes


async def _respond(assistant: Assistant, request: Request, caller: Caller, places: Turns, task: Task) -> Response:
    resources = AsyncExitStack()
    streaming = False
    try:
        wanted = await read_form(request, assistant.settings, task, resources)
        hearing = Hearing(assistant, wanted, task, resources)
        await until_disconnect(request, hearing.begin(caller, places))
        streaming = wanted.stream
        return (
            ClosingStream(Guarded(hearing.pieces(), _failed, resources.aclose), headers=HEADERS, media_type=MEDIA_TYPE)
            if streaming
            else _shaped(hearing.transcript, wanted, task)
        )
    finally:
        if not streaming:
            await resources.aclose()


class Hearing:
    """One recording being transcribed."""

    transcript: Transcript

    def __init__(self, assistant: Assistant, wanted: Wanted, task: Task, resources: AsyncExitStack) -> None:
        """Nothing runs yet.

        Args:
            assistant: whose perceivers hear.
            wanted: the form.
            task: the endpoint.
            resources: released when all is over.

        Raises:
            Refused: there is no such model, or it cannot do what is asked of it.
        """
        self._assistant = assistant
        self._wanted = wanted
        self.resources = resources
        self._runner = _hearer(assistant, wanted.model)
        self._options = _options(assistant, self._runner, wanted, task)
        self._events: AsyncGenerator[Event, None]
        self._first = ""

    async def begin(self, caller: Caller, places: Turns) -> None:
        """Take a place and hear the recording to its end, or until there is something to stream.

        Raises:
            Refused: there is no place, the file is no recording, or it could not be transcribed.
        """
        await self.resources.enter_async_context(places.slot(caller))
        part = await asyncio.to_thread(_sound, self._assistant, self._wanted.upload)
        self.transcript = Transcript(self._runner.name, part)
        events = self._assistant.turn("", [part], answer=False, kinds=KINDS, options=self._options)
        self._events = outward_events(events)
        self.resources.push_async_callback(self._events.aclose)
        async for event in self._events:
            self._first += self.transcript.add(event)
            if self._first and self._wanted.stream:
                return
        self._check()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The transcript as server-sent events, as it grows."""
        if self._first:
            yield self._delta(self._first)
        async for event in pausing(self._events, PAUSE_SECONDS):
            added = "" if event is None else self.transcript.add(event)
            if event is None:
                yield ALIVE
            elif added:
                yield self._delta(added)
        self._check()
        transcript = self.transcript
        yield frame({"type": "transcript.text.done", "text": transcript.text, "sensorium": transcript.extension()})
        yield DONE

    def _check(self) -> None:
        self.transcript.check()
        segments = self.transcript.segments
        if "word" in self._wanted.granularities and segments and not self.transcript.words():
            raise Refused(
                f"{self._runner.name} does not give the times of words.",
                "Leave out timestamp_granularities, or set plugins.speech.word_timestamps = true.",
                code="unsupported_value",
                param="timestamp_granularities",
            )

    def _delta(self, text: str) -> bytes:
        segment = self.transcript.segments[-1]
        ours = {"span": list(segment.span) if segment.span else None, "confidence": round(segment.confidence, 4)}
        return frame({"type": "transcript.text.delta", "delta": text, "sensorium": ours})


def _failed(error: dict[str, Any]) -> bytes:
    return frame(error, name="error")


def _hearer(assistant: Assistant, model: str) -> Runner[Perceiver]:
    """The perceiver that a model's name stands for. Raises Refused."""
    found = hearers(assistant)
    wanted = aliases(assistant).get(model, model)
    if wanted in (AUTO, WHISPER):
        if found:
            return found[0]
        raise Refused(
            "Nothing that is installed can transcribe.",
            "Whoever runs the server can install it: pip install sensorium-speech",
            status=501,
            code="not_installed",
            param="model",
        )
    name = wanted.removeprefix(f"{AUTO}/")
    for runner in found:
        if runner.name == name:
            return runner
    raise unknown(assistant, model, "transcribe")


def _options(
    assistant: Assistant, runner: Runner[Perceiver], wanted: Wanted, task: Task
) -> Mapping[str, Mapping[str, Any]]:
    """The options of the perceiver for this recording. Raises Refused, with the parameter that is wrong."""
    asked = {
        "language": wanted.language,
        "prompt": wanted.prompt,
        "task": "translate" if task == "translate" else "",
    }
    asked = {name: value for name, value in asked.items() if value}
    for name, value in asked.items():
        param = None if name == "task" else name
        if name not in runner.plugged.per_turn:
            raise Refused(
                f"{runner.name} cannot translate." if name == "task" else f"{runner.name} takes no {name}.",
                "Choose another model." if name == "task" else f"Leave out {name}.",
                status=501 if name == "task" else 400,
                code="unsupported_parameter",
                param=param,
            )
        try:
            assistant.host.options_for_turn({runner.name: {name: value}})
        except PluginError as error:
            raise Refused(error.message, code="invalid_value", param=param) from error
    return {runner.name: asked}


def _sound(assistant: Assistant, upload: Upload) -> Part:
    """The recording, or a video's sound track. Raises Refused."""
    try:
        part = assistant.media.open(upload.content, upload.name)
        if part.modality == AUDIO:
            return part
        if part.modality == VIDEO and part.facts.get("has_audio", True):
            return _track(assistant, part)
    except MediaError as error:
        status = status_of(error)
        raise Refused(
            error.message, error.remedy, status=status, code=CODES.get(status, "unreadable_media"), param="file"
        ) from error
    what = "a video without sound" if part.modality == VIDEO else f"of the type {part.media_type}"
    raise Refused(
        f"{part.name} is no recording: it is {what}.",
        "Send a recording (wav, mp3, m4a, ogg, flac, webm) or a video with sound.",
        status=415,
        code="unsupported_media",
        param="file",
    )


def _track(assistant: Assistant, video: Part) -> Part:
    """The sound track as a part of its own: the same that a video perceiver takes, so that it is heard only once."""
    import numpy as np

    sound, blocks, notes = assistant.media.audio(video), list[Any](), list[Any]()
    try:
        blocks.extend(sound.blocks())
    except MediaTooLarge as error:
        notes.append(error.message)
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    span = (0.0, round(len(samples) / SAMPLE_RATE, 3))
    part = assistant.media.audio_part(samples, f"sound of {video.name}", parent=video, span=span)
    return replace(part, facts={**part.facts, "notes": [*notes, *sound.notes]})


def _shaped(transcript: Transcript, wanted: Wanted, task: Task) -> Response:
    """The whole transcript in the format that is wanted."""
    if wanted.response_format == "json":
        return Response(dumped(transcript.to_json()), media_type="application/json")
    if wanted.response_format == "verbose_json":
        body = transcript.to_verbose_json(task, wanted.granularities)
        return Response(dumped(body), media_type="application/json")
    headers = {NOTES_HEADER: json.dumps(transcript.notes)} if transcript.notes else {}
    if wanted.response_format == "text":
        return Response(f"{transcript.text}\n", media_type=PLAIN, headers=headers)
    if wanted.response_format == "srt":
        return Response(srt(transcript.segments), media_type=SUBRIP, headers=headers)
    return Response(vtt(transcript.segments), media_type=WEBVTT, headers=headers)


def _described(what: str) -> dict[str, Any]:
    """The successful response, for the OpenAPI page."""
    json_body = {
        "type": "object",
        "required": ["text", "usage", "sensorium"],
        "properties": {
            "text": {"type": "string"},
            "task": {"type": "string", "description": "With verbose_json, as the next ones."},
            "language": {"type": "string", "description": "English name of the text's language, in lower case."},
            "duration": {"type": "number", "description": "Seconds."},
            "segments": {"type": "array", "items": {"type": "object"}},
            "words": {"type": "array", "items": {"type": "object"}},
            "usage": {"type": "object"},
            "sensorium": {"type": "object"},
        },
    }
    text = {"schema": {"type": "string"}}
    return {
        "description": f"{what}, in the format that was asked for; with `stream`, as server-sent events.",
        "content": {
            "application/json": {"schema": json_body},
            "text/plain": text,
            "text/vtt": text,
            "application/x-subrip": text,
            MEDIA_TYPE: text,
        },
    }


def _form_described(task: Task) -> dict[str, Any]:
    """The form, for the OpenAPI page."""
    described: dict[str, Any] = {
        "file": {"type": "string", "format": "binary", "description": "The recording, or a video with sound."},
        "model": {"type": "string", "default": WHISPER},
        "language": {"type": "string", "description": "ISO 639-1 code of what is spoken; detected if not given."},
        "prompt": {"type": "string", "description": "Names and words to expect."},
        "response_format": {"type": "string", "enum": list(FORMATS), "default": "json"},
        "temperature": {"type": "number", "enum": [0]},
        "timestamp_granularities": {"type": "array", "items": {"type": "string", "enum": list(GRANULARITIES)}},
        "stream": {"type": "boolean", "default": False},
        "chunking_strategy": {"type": "string", "enum": ["auto"]},
    }
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {name: described[name] for name in PARAMETERS[task]},
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
