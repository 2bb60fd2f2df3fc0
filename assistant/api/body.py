"""Refuses bodies that are too large while they are read, announced or not. Not for what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
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
BUSY: Final = "The server holds as many large requests as it can. Try again in a moment, or send files as a form."
BUSY_SECONDS: Final = 5


def upload_bytes(each: int, files: int) -> int:
    """The most a form with files may have, given the caps on one file and on their number."""
    return each * files + FORM_BYTES


class Bodies:
    """The bodies that are read at the moment. For one event loop."""

    def __init__(self, most: int, most_with_files: int, together: int) -> None:
        """Nothing is read yet.

        Args:
            most: bytes of a request without files.
            most_with_files: bytes of one with files, which are written to disk while they come.
            together: bytes of all requests without files that are held at once.
        """
        self._most = most
        self._most_with_files = most_with_files
        self._together = together
        self._held = 0

    @contextmanager
    def limited(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Iterator[Receive]:
        """The same `receive`, that raises as soon as more has come than may.

        Args:
            scope: of the request.
            headers: of the request, by lower-case name.
            receive: gives the body.

        Raises:
            Refused: 413, the announced length is over the cap; 415, a form in an encoding that none has, or of two
                types.
        """
        if scope["type"] != "http":
            yield receive
            return
        files = _brings_files(scope, headers)
        cap = self._most_with_files if files else self._most
        announced = headers.get(b"content-length")
        if announced is not None and announced.isdigit() and int(announced) > cap:
            raise Refused(*_told(cap), status=413, code="request_too_large")
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                came = len(message.get("body", b""))
                read += came
                self._held += 0 if files else came
                # what frameworks let through where they read bodies
                if read > cap:
                    raise HTTPException(413, " ".join(_told(cap)))
                if self._held > self._together:
                    raise HTTPException(503, BUSY, {"Retry-After": str(BUSY_SECONDS)})
            return message

        try:
            yield counted
        finally:
            self._held -= 0 if files else read


def _brings_files(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether the body is written to disk rather than held. Raises Refused for a type that is none."""
    kind, path = headers.get(b"content-type", b"").lower(), scope["path"]
    if sum(name == b"content-type" for name, _ in scope["headers"]) > 1:
        raise Refused(
            "The request has more than one Content-Type.", "Send one.", status=415, code="unsupported_media_type"
        )
    if kind.startswith(FORMS):
        _check_form(kind)
    return kind.startswith(FILES) and (not path.startswith(OURS) or UPLOADS.fullmatch(path) is not None)


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
