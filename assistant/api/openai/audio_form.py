"""Reads the forms of the audio endpoints: every field honoured or refused by name. Not for what is said in the file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from assistant.api.body import upload_bytes
from assistant.api.failures import Refused
from assistant.api.uploads import FIELD_BYTES, FORM, bounded, clean, put_aside
from assistant.app import Upload
from assistant.settings import Settings

Task: TypeAlias = Literal["transcribe", "translate"]
FORMATS: Final = ("json", "text", "srt", "verbose_json", "vtt")
STREAMED: Final = ("json", "text")
GRANULARITIES: Final = ("word", "segment")
MOST_FIELDS: Final = 64
REFUSED: Final = {
    "include": "Leave it out: each segment's avg_logprob is in response_format=verbose_json.",
    "known_speaker_names": "Leave it out: speakers are not told apart.",
    "known_speaker_references": "Leave it out: speakers are not told apart.",
    "keywords": "Put the words to expect into `prompt`.",
    "languages": "Name one in `language`, or leave it out to have it detected.",
}
"""Parameters of OpenAI's that nothing here can honour, and what to do instead."""
PARAMETERS: Final[Mapping[Task, tuple[str, ...]]] = {
    "transcribe": (
        "file",
        "model",
        "language",
        "prompt",
        "response_format",
        "temperature",
        "timestamp_granularities",
        "stream",
        "chunking_strategy",
    ),
    "translate": ("file", "model", "prompt", "response_format", "temperature"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for."""

    upload: Upload
    model: str
    response_format: str = "json"
    language: str = ""
    prompt: str = ""
    granularities: tuple[str, ...] = ("segment",)
    stream: bool = False


async def read_form(request: Request, settings: Settings, task: Task, resources: AsyncExitStack) -> Wanted:
    """The form in a request's body.

    Args:
        request: multipart/form-data.
        settings: whose limits hold while reading.
        task: the endpoint.
        resources: a file that was put aside is deleted with them.

    Raises:
        Refused: 400, 413 or 415; `param` names the field.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise Refused(
            f"A body of the type {clean(kind)[:80] or 'unknown'} is not read here.",
            f"Send {FORM} with the recording in the field `file`.",
            status=415,
            code="unsupported_media_type",
        )
    try:
        parser = MultiPartParser(
            Headers(scope=request.scope),
            bounded(request, upload_bytes(settings.limits.bytes, 1)),
            max_files=4,
            max_fields=MOST_FIELDS,
            max_part_size=FIELD_BYTES,
        )
        form = await parser.parse()
    except (
        MultiPartException,
        KeyError,
        UnicodeDecodeError,
        LookupError,
    ) as error:  # a head that is broken
        message = clean(error.message) if isinstance(error, MultiPartException) else "its head is broken."
        raise Refused(
            f"The form cannot be read: {message}", "Send the recording in the field `file`.", code="invalid_form"
        ) from error

    def make_directory() -> Path:
        directory = Path(tempfile.mkdtemp(prefix="sensorium-"))
        resources.callback(shutil.rmtree, directory, ignore_errors=True)
        return directory

    try:
        files, fields = _sorted(form, task)
        wanted = _wanted(fields)
        return Wanted(await put_aside(files[0], "recording", make_directory), **wanted)
    finally:
        await form.close()


def _sorted(form: FormData, task: Task) -> tuple[list[UploadFile], dict[str, list[str]]]:
    """The one file, and the other fields by name. Raises Refused for what is not known."""
    files: list[UploadFile] = []
    fields: dict[str, list[str]] = {}
    for key, value in form.multi_items():
        name = clean(key).partition("[")[0][:80]
        if name in REFUSED:
            raise Refused(f"{name} is not supported.", REFUSED[name], code="unsupported_parameter", param=name)
        if name not in PARAMETERS[task]:
            known = ", ".join(PARAMETERS[task])
            raise Refused(f"There is no parameter {name}.", f"There is: {known}.", code="unknown_parameter", param=name)
        if (name == "file") != isinstance(value, UploadFile):
            raise _wrong(name, "is a file" if name != "file" else "is no file", "Send the recording as the one file.")
        if isinstance(value, UploadFile):
            files.append(value)
        else:
            if name == "chunking_strategy" and key != name:
                raise Refused(
                    "The detection of voices cannot be configured by request.",
                    "Send chunking_strategy=auto, or leave it out.",
                    code="unsupported_parameter",
                    param=name,
                )
            fields.setdefault(name, []).append(value)
    if len(files) != 1:
        raise Refused(
            "The form has no file." if not files else "The form has more than one file.",
            "Send one recording in the field `file`.",
            code="missing_required_parameter" if not files else "invalid_value",
            param="file",
        )
    return files, fields


def _wanted(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The fields that are not the file, checked. Raises Refused."""
    for name, values in fields.items():
        if len(values) > 1 and name != "timestamp_granularities":
            raise _wrong(name, "is there more than once", "Send it once.")
    said = {name: clean(values[0]).strip() for name, values in fields.items()}
    response_format = said.get("response_format") or "json"
    if response_format == "diarized_json":
        raise Refused(
            "Speakers are not told apart, so there is no diarized_json.",
            "Ask for verbose_json, which has segments and words with their times.",
            code="unsupported_value",
            param="response_format",
        )
    if response_format not in FORMATS:
        raise _wrong("response_format", f"is {response_format[:80]!r}", f"Choose one of {', '.join(FORMATS)}.")
    if said.get("chunking_strategy", "auto") != "auto":
        raise _wrong("chunking_strategy", "is not auto", "Leave it out: pauses are found by a voice detector.")
    _check_temperature(said.get("temperature") or "0")
    stream = {"true": True, "false": False, "1": True, "0": False, "": False}.get(said.get("stream", "").lower())
    if stream is None:
        raise _wrong("stream", "is neither true nor false", "Send true or false.")
    if stream and response_format not in STREAMED:
        raise Refused(
            f"{response_format} is not streamed: it is complete only at the end.",
            f"Stream {' or '.join(STREAMED)}, or leave out stream.",
            code="unsupported_value",
            param="response_format",
        )
    return {
        "model": said.get("model") or "sensorium",
        "response_format": response_format,
        "language": said.get("language", ""),
        "prompt": said.get("prompt", ""),
        "granularities": _granularities(fields.get("timestamp_granularities", ()), response_format),
        "stream": stream,
    }


def _check_temperature(said: str) -> None:
    try:
        temperature = float(said)
    except ValueError:
        temperature = -1.0
    if not 0 <= temperature <= 1:
        raise _wrong("temperature", "is no number from 0 to 1", "Send 0, or leave it out.")
    if temperature:
        raise Refused(
            "Recordings are transcribed without chance: the same sound gives the same words.",
            "Send temperature 0, or leave it out.",
            code="unsupported_value",
            param="temperature",
        )


def _granularities(values: Sequence[str], response_format: str) -> tuple[str, ...]:
    if not values:
        return ("segment",)
    wrong = [value for value in values if value not in GRANULARITIES]
    if wrong:
        raise _wrong("timestamp_granularities", f"has {clean(wrong[0])[:80]!r}", "Choose word, segment or both.")
    if response_format != "verbose_json":
        raise Refused(
            f"The response format {response_format} has no times of that sort.",
            "Ask for response_format=verbose_json.",
            code="unsupported_value",
            param="timestamp_granularities",
        )
    return tuple(dict.fromkeys(values))


def _wrong(name: str, reason: str, remedy: str) -> Refused:
    return Refused(f"{name} {reason}.", remedy, code="invalid_value", param=name)
