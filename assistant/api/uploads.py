"""Takes a question and its files out of a request: JSON with data URLs, or a form. Not for decoding them: see media."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from assistant.api.body import upload_bytes
from assistant.api.failures import Refused
from assistant.api.wire import NAME_SENT, Question
from assistant.engine import Upload
from assistant.settings import Settings
from assistant.types import Part

M = TypeVar("M", bound=BaseModel)

FORM: Final = "multipart/form-data"
FORM_FILES: Final = "files"
"""Name of the form's fields that are files."""
FORM_QUESTION: Final = "question"
"""Name of the form's field that holds, as JSON, what is not a file; or else the fields `text` and `answerer`."""
FIELD_BYTES: Final = 2**20
"""Of one form field that is not a file."""
IN_MEMORY: Final = 2**20
"""Bytes of a file up to which it is not written to disk before it is stored."""
_DATA_URL = re.compile(r"data:(?P<type>[^,;]{0,255})(?P<parameters>(?:;[^,;]{0,255}){0,8}),", re.IGNORECASE)
"""Bounded, or a text of nothing but semicolons would take 160 bytes of memory for each."""


@dataclass
class Sent:
    """A question with its files, as they arrived."""

    question: Question
    uploads: list[Upload | Part] = field(default_factory=list)
    directories: list[Path] = field(default_factory=list)
    """Where large files lie until the turn has its own copies."""

    def make_directory(self) -> Path:
        """A new one, which `clear` deletes."""
        self.directories.append(Path(tempfile.mkdtemp(prefix="sensorium-")))
        return self.directories[-1]

    def clear(self) -> None:
        """Delete what was put aside."""
        while self.directories:
            shutil.rmtree(self.directories.pop(), ignore_errors=True)


async def read_question(request: Request, settings: Settings, stored: Callable[[str], Part]) -> Sent:
    """The question in a request's body.

    Args:
        request: JSON, or a form whose files are the fields named `files`.
        settings: whose limits hold while reading.
        stored: finds one of the caller's parts by its digest; blocking.

    Raises:
        Refused: 400, 413 or 415, with the reason.
        RequestValidationError: fields that are missing or wrong.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        return await _form(request, settings)
    question = await read_json(request, settings, Question)
    sent = Sent(question)
    for number, each in enumerate(question.files):
        where = f"files[{number}]"
        if (each.data is None) == (each.part is None):
            raise Refused("A file has either `data` or `part`.", code="invalid_value", param=where)
        if each.part is not None:
            sent.uploads.append(await asyncio.to_thread(stored, each.part))
        else:
            content = await asyncio.to_thread(data_of, each.data or "", f"{where}.data")
            sent.uploads.append(Upload(clean(each.name) or f"file {number + 1}", content))
    sent.question = question.model_copy(update={"files": []})  # the encoded bytes are held once, not twice
    return sent


async def read_json(request: Request, settings: Settings, model: type[M]) -> M:
    """The body as this model; an empty one as the model's defaults.

    Raises:
        Refused: 413 or 415.
        RequestValidationError: it is not JSON, or not this.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refused(
            f"A body of the type {clean(kind) or 'unknown'} is not read here.",
            f"Send application/json{f', or {FORM} with files' if model is Question else ''}.",
            status=415,
            code="unsupported_media_type",
        )
    body = bytearray()
    async for chunk in bounded(request, settings.server.body_bytes):
        body += chunk
    try:
        return model.model_validate_json(bytes(body) or b"{}")
    except ValidationError as error:
        raise invalid(error, bytes(body)) from error


def invalid(error: ValidationError, body: bytes) -> RequestValidationError:
    """A model's error as FastAPI's own."""
    try:
        sent = from_json(body)
    except ValueError:  # the error says so
        sent = None
    wrong = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False, include_input=False)]
    return RequestValidationError(wrong, body=sent)


async def bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The pieces of the body; what the gate cuts off too, but here it is said which cap it is.

    Raises:
        Refused: 413, as soon as it is more than `most` bytes, by its own word or in fact.
    """
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise _too_large(most)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        yield chunk


def data_of(address: str, param: str) -> bytes:
    """The bytes of a data URL (RFC 2397).

    Raises:
        Refused: 400, it is none.
    """
    head = _DATA_URL.match(address)
    if head is None:
        raise Refused(
            "This is no data URL; addresses are not fetched here.",
            "Send the file itself: data:image/jpeg;base64,…",
            code="invalid_data_url",
            param=param,
        )
    data = address[head.end() :]
    if ";base64" not in head["parameters"].lower():
        return unquote_to_bytes(data)
    try:
        return base64.b64decode(unquote_to_bytes(data) if "%" in data else data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(
            "The data URL's base64 is broken.", "Encode the file anew.", code="invalid_data_url", param=param
        ) from error


def clean(text: str) -> str:
    """Text that any database and any encoder takes: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


async def _form(request: Request, settings: Settings) -> Sent:
    files = settings.limits.files
    try:
        parser = MultiPartParser(
            Headers(scope=request.scope),
            bounded(request, upload_bytes(settings.limits.bytes, files)),
            max_files=files,
            max_fields=16,
            max_part_size=FIELD_BYTES,
        )
        form = await parser.parse()
    except MultiPartException as error:
        raise Refused(
            f"The form cannot be read: {clean(error.message)}",
            f"Send at most {files} files, each in a field named `{FORM_FILES}`.",
            code="invalid_form",
        ) from error
    try:
        fields: dict[str, Any] = {}
        uploads: list[UploadFile] = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if name != FORM_FILES:
                    raise _unknown_field(name)
                uploads.append(value)
            elif name in fields or name not in (FORM_QUESTION, "text", "answerer"):
                raise _unknown_field(name)
            else:
                fields[name] = value
        sent = Sent(_form_question(fields))
        try:
            for number, upload in enumerate(uploads, 1):
                sent.uploads.append(await put_aside(upload, f"file {number}", sent.make_directory))
        except BaseException:
            sent.clear()
            raise
        return sent
    finally:
        await form.close()


def _form_question(fields: dict[str, Any]) -> Question:
    body = fields.pop(FORM_QUESTION, "{}").encode("utf-8", "replace")
    try:
        question = Question.model_validate_json(body)
        question = question.model_copy(update=Question.model_validate(fields).model_dump(include=set(fields)))
    except ValidationError as error:
        raise invalid(error, body) from error
    if question.files:
        raise Refused(
            "The files of a form are its own parts.",
            f"Send each in a field named `{FORM_FILES}`.",
            code="invalid_value",
            param="question.files",
        )
    return question


async def put_aside(sent: UploadFile, name: str, directory: Callable[[], Path]) -> Upload:
    """A form's file as the turn takes it: in memory if it is small, else copied out of the form, which is closed.

    Args:
        sent: the file, still open.
        name: what it is called if its sender has not said.
        directory: a new one for it, asked for only if it is needed; whoever gives it deletes it.
    """
    name = clean(sent.filename or "")[-NAME_SENT:] or name
    if (sent.size or 0) <= IN_MEMORY:
        return Upload(name, await sent.read())
    path = directory() / "content"  # never the sender's name

    def copy() -> None:
        with path.open("wb") as target:
            shutil.copyfileobj(sent.file, target, IN_MEMORY)

    await asyncio.to_thread(copy)
    return Upload(name, path)


def _unknown_field(name: str) -> Refused:
    return Refused(
        f"The form's field {clean(name)[:80]!r} is not known, or is there twice.",
        f"Use `{FORM_QUESTION}` (JSON) or `text` and `answerer`, and `{FORM_FILES}`.",
        code="invalid_form",
        param=clean(name)[:80],
    )


def _too_large(most: int) -> Refused:
    return Refused(
        f"The request is larger than the {most / 1e6:.0f} MB that are read.",
        "Send smaller files, or fewer; large ones in a form rather than as data URLs.",
        status=413,
        code="request_too_large",
    )
