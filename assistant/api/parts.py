"""The files of conversations over HTTP: facts, bytes, small pictures. Not for taking them in: see uploads.py."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from assistant.api import wire
from assistant.api.common import Digest, Reader, Serving
from assistant.api.failures import Refused, documented
from assistant.types import AUDIO, IMAGE, VIDEO, Part

router = APIRouter(prefix="/api/v1/parts", tags=["parts"])

SHOWN: Final = (IMAGE, AUDIO, VIDEO)
"""What a browser may show in place; the rest it saves."""
SIDES: Final = (16, 2048)
"""Pixels of a preview's longer side."""
HEADERS: Final = {
    "Cache-Control": "private, max-age=86400",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What was sent by somebody is shown as what it was found to be, and runs nothing."""
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_BYTES: Final[dict[str, Any]] = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/*", "audio/*", "video/*", "text/*")
}


@router.get("/{digest}", responses=documented(404))
async def get_part(assistant: Serving, caller: Reader, digest: Digest) -> wire.Part:
    """What is known of a file from its header."""
    part = await asyncio.to_thread(assistant.store.part, digest, caller.owner)
    return wire.Part.model_validate(part.to_json())


@router.get(
    "/{digest}/content",
    response_class=Response,
    responses={
        200: {"description": "The bytes, of the type they were found to have.", "content": _BYTES},
        206: {"description": "The bytes of the header `Range`.", "content": _BYTES},
        **documented(404, 416, 422),
    },
)
async def get_content(
    request: Request,
    assistant: Serving,
    caller: Reader,
    digest: Digest,
    side: Annotated[
        int | None,
        Query(ge=SIDES[0], le=SIDES[1], description="Of a picture: a JPEG with at most so many pixels a side."),
    ] = None,
) -> Response:
    """The bytes of a file, whole or in ranges; or a preview of a picture."""
    part = await asyncio.to_thread(assistant.store.part, digest, caller.owner)
    if side is not None:
        return Response(
            await asyncio.to_thread(_preview, assistant, part, side), media_type="image/jpeg", headers=HEADERS
        )
    content = part.content
    if isinstance(content, bytes):
        return Response(content, media_type=part.media_type, headers=HEADERS)
    _check_range(request, content.stat().st_size)
    return FileResponse(
        content,
        headers=HEADERS,
        media_type=part.media_type,
        filename=part.name,
        content_disposition_type="inline" if part.modality in SHOWN else "attachment",
    )


def _preview(assistant: Any, part: Part, side: int) -> bytes:
    if part.modality != IMAGE:
        raise Refused(
            f"{part.name} is no picture.", "Leave `side` out for its bytes.", code="not_a_picture", param="side"
        )
    made: bytes = assistant.media.encode_preview(assistant.media.image(part).rgb, side)
    return made


def _check_range(request: Request, size: int) -> None:
    """Refuse a range beyond the end in our own words; one that is not understood counts as none (RFC 9110, 14.2)."""
    given = request.headers.get("range")
    if given is None:
        return
    found = _RANGE.fullmatch(given.strip().lower())
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        request.scope["headers"] = [each for each in request.scope["headers"] if each[0] != b"range"]
    elif (found[1] and int(found[1]) >= size) or found[3] == "0":
        raise Refused(
            f"The file has {size} bytes; the range begins after them.", status=416, code="range", param="Range"
        )
