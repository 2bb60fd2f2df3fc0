"""Takes files out of requests: base64 and data URLs, checked before they are decoded. Not for what the files show."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from assistant.api.failures import Refused, status_of
from assistant.app import Assistant, Upload
from assistant.errors import MediaError, MediaTooLarge
from assistant.fetching import Fetcher
from assistant.types import Part

DATA_URL: Final = re.compile(r"data:[^,;\s]{0,255}(?:;[^,;\s]{0,255}){0,8},", re.IGNORECASE | re.ASCII)
"""The head of a data URL (RFC 2397)."""
CODES: Final = {413: "file_too_large", 415: "unsupported_media", 422: "unreadable_media"}
HEAVY_CHARACTERS: Final = 100_000
"""Base64 from here on is decoded in a thread."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it stands in a request."""

    data: str
    """Base64, a data URL, or an address of the web."""
    param: str
    """Where it stands: messages[0].content[1]."""
    sort: str = "file"
    """What it was sent as; its name, if it has none."""
    name: str = ""
    encoded: bool = False
    """Whether plain base64 is expected here."""


def fetcher_of(request: Request, assistant: Assistant) -> Fetcher:
    """What fetches addresses for the application: its own, or one as the settings say."""
    found: Fetcher | None = getattr(request.app.state, "fetcher", None)
    return found or Fetcher(assistant.settings.fetch)


async def take(
    assistant: Assistant, given: Sequence[Given], *, fetcher: Fetcher, required: bool = True
) -> tuple[Upload | Part, ...]:
    """The files of one message, opened; one that cannot be read is handed on as it is, for the turn to tell of it.

    Args:
        assistant: opens them.
        given: the files.
        fetcher: fetches addresses of the web.
        required: whether it is an error that none of them can be read.

    Raises:
        Refused: too many; none of them can be read; one is not sent in a way that is understood. `param` says which.
    """
    if not given:
        return ()
    most = assistant.settings.limits.files
    if len(given) > most:
        raise Refused(
            f"There are {len(given)} files in one message; at most {most} are taken.",
            "Send the others in further messages, or raise the setting limits.files.",
            code="too_many_files",
            param=given[most].param,
        )
    numbers: Counter[str] = Counter()
    names = []
    for each in given:
        numbers[each.sort] += 1
        names.append(each.name or f"{each.sort} {numbers[each.sort]}")
    limit = assistant.media.limits.bytes
    uploads = await asyncio.gather(
        *(_upload(each, name, limit, fetcher) for each, name in zip(given, names, strict=True))
    )
    opened = await asyncio.gather(*(asyncio.to_thread(_open, assistant, upload) for upload in uploads))
    wrong = [(each, found) for each, found in zip(given, opened, strict=True) if isinstance(found, MediaError)]
    if required and len(wrong) == len(given):
        first, error = wrong[0]
        status = status_of(error)
        others = f" ({len(wrong) - 1} more cannot be read either.)" if len(wrong) > 1 else ""
        raise Refused(
            error.message + others, error.remedy, status=status, code=CODES.get(status), param=first.param
        ) from error
    return tuple(
        upload if isinstance(found, MediaError) else found for upload, found in zip(uploads, opened, strict=True)
    )


def _open(assistant: Assistant, upload: Upload) -> Part | MediaError:
    try:
        return assistant.media.open(upload.content, upload.name)
    except MediaError as error:
        return error


async def _upload(given: Given, name: str, limit: int, fetcher: Fetcher) -> Upload:
    """A file with its bytes. Raises Refused."""
    text = given.data
    if text[:8].lower().startswith(("http://", "https://")):
        try:
            found, fetched = await fetcher.fetch(text)
        except MediaError as error:
            status = 413 if isinstance(error, MediaTooLarge) else 400
            code = CODES.get(status, "unsupported_url")
            raise Refused(error.message, error.remedy, status=status, code=code, param=given.param) from error
        return Upload(given.name or found, fetched)
    head = DATA_URL.match(text)
    if head is not None:
        if not head[0].lower().endswith(";base64,"):
            raise _not_base64(given, name, "The data URL does not say ;base64.")
    elif not given.encoded:
        raise Refused(
            f"{name} is not given by a data URL.",
            "Send the file itself: data:image/jpeg;base64,...",
            code="invalid_url",
            param=given.param,
        )
    start = head.end() if head else 0
    size = (len(text) - start) * 3 // 4
    if size > limit + 2:
        raise Refused(
            f"{name} is {size / 1e6:.0f} MB large; at most {limit / 1e6:.0f} MB are read.",
            "Send a smaller file, or raise the setting limits.bytes.",
            status=413,
            code="file_too_large",
            param=given.param,
        )
    try:
        light = len(text) < HEAVY_CHARACTERS
        return Upload(name, _decoded(text, start) if light else await asyncio.to_thread(_decoded, text, start))
    except (binascii.Error, ValueError) as error:
        raise _not_base64(given, name, f"{error}.") from error


def _decoded(text: str, start: int) -> bytes:
    return base64.b64decode(text[start:].encode("ascii") if start else text, validate=True)


def _not_base64(given: Given, name: str, reason: str) -> Refused:
    return Refused(
        f"{name} is not base64: {reason}",
        "Encode the bytes with the standard alphabet, with padding and without line breaks (base64 -w0).",
        code="invalid_base64",
        param=given.param,
    )
