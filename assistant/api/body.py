"""Refuses bodies that are too large while they are read, announced or not. Not for what is in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException

from assistant.api.failures import Refused

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

FORM_BYTES: Final = 1024 * 1024
"""Of a form beside its files."""
FILES: Final = (b"multipart/form-data", b"application/octet-stream", b"audio/", b"image/", b"video/")
"""Content types of requests that are files."""
OURS: Final = ("/v1/", "/api/", "/gradio_api/", "/login")
"""Beginnings of paths that take files only where it is said here: what a route takes as JSON is held in memory."""
UPLOADS: Final = re.compile(
    r"/v1/audio/(transcriptions|translations)/?|/api/v1/conversations/[^/]+/turns/?|/gradio_api/upload/?"
)
FORMS: Final = (b"multipart/form-data", b"application/x-www-form-urlencoded")
CHARSETS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin-1", b"latin1"})
"""Of forms. Python knows others by name, some of which take minutes for a field or raise what nobody expects."""
BOUNDARY_BYTES: Final = 200
"""RFC 2046 allows 70."""


def upload_bytes(each: int, files: int) -> int:
    """The most a form with files may have, given the caps on one file and on their number."""
    return each * files + FORM_BYTES


def limited(scope: Scope, headers: dict[bytes, bytes], receive: Receive, most: tuple[int, int]) -> Receive:
    """The same `receive`, that raises as soon as more has come than may.

    Args:
        scope: of the request.
        headers: of the request, by lower-case name.
        receive: gives the body.
        most: bytes of a request without files, and of one with.

    Raises:
        Refused: 413, the announced length is over the cap; 415, a form in an encoding that none has, or of two types.
    """
    if scope["type"] != "http":
        return receive
    kind, path = headers.get(b"content-type", b"").lower(), scope["path"]
    if sum(name == b"content-type" for name, _ in scope["headers"]) > 1:
        raise Refused(
            "The request has more than one Content-Type.", "Send one.", status=415, code="unsupported_media_type"
        )
    if kind.startswith(FORMS):
        _check_form(kind)
    files = kind.startswith(FILES) and (not path.startswith(OURS) or UPLOADS.fullmatch(path) is not None)
    cap = most[1] if files else most[0]
    announced = headers.get(b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > cap:
        raise Refused(*_told(cap), status=413, code="request_too_large")
    if b"transfer-encoding" not in headers:
        return receive  # the server reads no more than was announced
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > cap:
                raise HTTPException(413, " ".join(_told(cap)))  # what frameworks let through where they read bodies
        return message

    return counted


def _check_form(kind: bytes) -> None:
    _, parameters = parse_options_header(kind)
    if parameters.get(b"charset", b"utf-8") in CHARSETS and len(parameters.get(b"boundary", b"")) <= BOUNDARY_BYTES:
        return
    raise Refused(
        "The form is written in an encoding that is not read here.",
        "Send it in UTF-8, with a boundary of at most 70 characters.",
        status=415,
        code="unsupported_media_type",
    )


def _told(cap: int) -> tuple[str, str]:
    return (
        f"This request is larger than the {cap / 1e6:.0f} MB that it may have.",
        "Send less at once, large files as a form; whoever runs the server sets server.body_bytes and limits.bytes.",
    )
