"""Refuses bodies that are too large while they are read, announced or not. Not for what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from assistant.api.failures import Refused

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

FORM_BYTES: Final = 1024 * 1024
"""Of a form beside its files."""
FILES: Final = (b"multipart/form-data", b"application/octet-stream", b"audio/", b"image/", b"video/")
"""Content types of requests that are files."""


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
        Refused: 413, the announced length is over the cap.
    """
    if scope["type"] != "http":
        return receive
    cap = most[1] if headers.get(b"content-type", b"").lower().startswith(FILES) else most[0]
    announced = headers.get(b"content-length")
    if announced is not None and announced.isdigit():
        if int(announced) > cap:
            raise Refused(*_told(cap), status=413, code="request_too_large")
        return receive  # the server reads no more than was announced
    if b"transfer-encoding" not in headers:
        return receive
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


def _told(cap: int) -> tuple[str, str]:
    return (
        f"This request is larger than the {cap / 1e6:.0f} MB that it may have.",
        "Send less at once, large files as a form; whoever runs the server sets server.body_bytes and limits.bytes.",
    )
