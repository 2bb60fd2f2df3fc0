"""What every request gets: an id, a log line, figures, a span, an end in order. Not for who calls: see gate.py.

A plain ASGI middleware around everything else, so that the gate's refusals and defects of plugins' routes are seen too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect
from starlette.routing import Mount

from assistant.api.disconnect import CLIENT_GONE
from assistant.api.failures import body_of, unexpected_body
from assistant.api.lifecycle import Lifecycle, OpenRequest, stopping
from assistant.logs import Origin, origin

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.api.metrics import Metrics
    from assistant.api.tracing import Tracing

logger = logging.getLogger(__name__)

HEADER: Final = b"x-request-id"
SANE: Final = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
"""What a request id from outside may look like; another is replaced."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNROUTED: Final = "none"
"""Route of a request that no route was found for, or that was refused before."""
MOUNTED: Final = "mounted"
"""Route of a request to a mounted application that does not tell its own."""
STAYS_OPEN: Final = ("/health/", "/metrics")
"""Paths that are answered until the end."""
PATH_SHOWN: Final = 200
"""Characters of a path in the log."""


class Access:
    """Gives each request its id, tells the log and the metrics what came of it, and answers for what went wrong."""

    def __init__(self, app: ASGIApp, *, lifecycle: Lifecycle, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._app = app
        self._lifecycle = lifecycle
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and see what becomes of it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = _Request(scope, send)
        scope.setdefault("state", {})["request_id"] = request.id
        scope["fastapi.telemetry"] = None  # spans are ours: FastAPI's own would tell query strings
        whence = Origin(request.id, scope["state"])
        token = origin.set(whence)
        running = request.running
        self._lifecycle.requests.add(running)
        self._metrics.http_running.inc()
        span = self._tracing.request(scope, whence) if self._tracing is not None else None
        try:
            if self._lifecycle.draining and not scope["path"].startswith(STAYS_OPEN):
                await request.end(503, body_of(stopping()))
            else:
                await self._app(scope, receive, request.send)
        except ClientDisconnect:
            request.status = CLIENT_GONE
        except asyncio.CancelledError:
            if not self._lifecycle.draining:
                raise
            await request.end(503, body_of(stopping()))
        except Exception:
            logger.exception("%s %s failed", request.method, scope["path"][:PATH_SHOWN])
            request.failed = True
            await request.end(500, unexpected_body())
        finally:
            self._lifecycle.requests.discard(running)
            self._metrics.http_running.dec()
            self._tell(request, scope)
            if span is not None:
                span.end(request.method, request.route, request.status, failed=request.failed)
            origin.reset(token)

    def _tell(self, request: _Request, scope: Scope) -> None:
        seconds = time.perf_counter() - request.began
        route = request.route = route_of(scope)
        status = request.status
        self._metrics.request(request.method, route, status, seconds)
        if logger.isEnabledFor(logging.INFO):
            path = scope["path"][:PATH_SHOWN]
            fields = {
                "method": request.method,
                "path": path,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
            }
            logger.info("%s %s %d %.1f ms", request.method, path, status, seconds * 1000, extra={"fields": fields})


class _Request:
    """One request, and how far its response has come."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.began = time.perf_counter()
        self.id = _id(scope["headers"])
        self.websocket = scope["type"] == "websocket"
        self.method = "WEBSOCKET" if self.websocket else scope["method"] if scope["method"] in METHODS else "OTHER"
        self.route = UNROUTED
        self.status = CLIENT_GONE
        """Until the response begins."""
        self.failed = False
        self.running = OpenRequest(asyncio.current_task())
        self._answering = False
        self._complete = False
        self._sized = False
        self._send = send
        self._header = (HEADER, self.id.encode())

    async def send(self, message: Message) -> None:
        """Send on, with the id in the header."""
        kind = message["type"]
        if kind == "http.response.body":
            if not message.get("more_body", False):
                self._complete = True
        elif kind in ("http.response.start", "websocket.http.response.start", "websocket.accept"):
            self._answering = True
            self.status = message.get("status", 101)
            headers = [*message.get("headers", ()), self._header]
            for name, value in headers:
                if name == b"content-length":
                    self._sized = True
                elif name == b"content-type":
                    self.running.endless = value.startswith(b"text/event-stream")
            message["headers"] = headers
        elif kind == "websocket.close":
            self._complete = True
            if not self._answering:
                self.status = 403  # what servers say for a connection that is not accepted
        await self._send(message)

    async def end(self, status: int, body: Mapping[str, Any]) -> None:
        """Answer with an error, or end in order what has begun. The connection may be gone."""
        if self._complete:
            return
        if self.websocket:
            await self.send({"type": "websocket.close", "code": 1012 if status == 503 else 1011})
        elif self._answering:
            # What was announced as longer, or is cut by a defect, breaks off with its connection: nobody is to take the
            # part for the whole.
            if status == 503 and not self._sized:
                await self.send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            written = json.dumps(body).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(written)).encode())]
            if status == 503:
                headers += [(b"retry-after", b"5"), (b"connection", b"close")]
            await self.send({"type": "http.response.start", "status": status, "headers": headers})
            await self.send({"type": "http.response.body", "body": written})


def _id(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == HEADER and SANE.fullmatch(value):
            return value.decode("ascii")
    return secrets.token_hex(8)


def route_of(scope: Scope) -> str:
    """The template of the route that took the request: one of a bounded number, whatever clients ask for.

    Made from the path by putting back the names of its parameters, because an included router's routes do not know
    the prefix that they were included with.
    """
    route = scope.get("route")
    if route is None or "endpoint" not in scope:
        return UNROUTED
    if isinstance(route, Mount):
        return MOUNTED
    path: str = scope["path"]
    steps, at = path.split("/"), 0
    for name, value in scope.get("path_params", {}).items():
        wanted = str(value).split("/")
        while steps[at : at + len(wanted)] != wanted:
            at += 1
            if at >= len(steps):
                return str(getattr(route, "path", UNROUTED))
        steps[at : at + len(wanted)] = [f"{{{name}}}"]
        at += 1
    return "/".join(steps)
