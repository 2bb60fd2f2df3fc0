"""Who is asking, and which doors of Gradio are open to them. Not for finding out who calls: the server's gate does that
before anything here runs.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection

from assistant.api.failures import Refused, response_of
from assistant.api.identity import BROWSER_COOKIE, LOCAL_OWNER, Caller, browser_owner, caller

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE_SECONDS: Final = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""
NEEDED: Final = frozenset({"ask", "read", "write"})
"""Scopes of whoever uses the chat: it does all three."""
KEPT: Final = 8192
UPLOAD_SECONDS: Final = 2 * 3600.0
"""How long an upload is known: longer than Gradio keeps it."""
PAGES: Final = frozenset({"/", "/config", "/config/", "/theme.css", "/robots.txt"})
ASSETS: Final = ("/assets/", "/static/", "/svelte/")
API: Final = "/gradio_api/"
READS: Final = re.compile(
    r"info/?|app_id/?|login_check/?|startup-events|theme\.css|openapi\.json|queue/(data|status)|upload_progress"
    r"|heartbeat/[^/]+|call/(v2/)?[^/]+/[^/]+|file=.+"
)
WRITES: Final = re.compile(r"queue/join/?|run/predict/?|call/(v2/)?[^/]+/?|cancel|reset/?|upload")
"""What the page and `gradio_client` use; Gradio has more, which would only be more to attack."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever is at a page."""

    caller: Caller
    owner: str
    """Of what is stored for them."""
    remembered: bool
    """Whether they will be known again after the page is closed."""

    @property
    def name(self) -> str:
        """The name logged in with, or ""."""
        return self.caller.name if self.caller.kind == "user" else ""


def visitor(request: Any) -> Visitor:
    """Who is behind a `gradio.Request`; a browser that refuses cookies is known by its open page only."""
    scope = getattr(getattr(request, "request", None), "scope", {})
    found = scope.get("state", {}).get("caller")
    if not isinstance(found, Caller):
        found = Caller(LOCAL_OWNER, "local", "local")
    if found.kind != "local":
        return Visitor(found, found.owner, remembered=True)
    return Visitor(found, browser_owner(request.session_hash or secrets.token_urlsafe(32)), remembered=False)


class OwnerCookie:
    """ASGI middleware that gives each browser its secret with the first page, where nobody has to log in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the answer to a browser's first page carries the cookie."""
        known = scope.get("state", {}).get("caller")
        first = isinstance(known, Caller) and known.kind == "local"
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/" or not first:
            await self._app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        given = f"{BROWSER_COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={COOKIE_SECONDS}"
        value = f"{given}; HttpOnly; SameSite=Lax{secure}".encode("latin-1")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"set-cookie", value)]}
            await send(message)

        await self._app(scope, receive, send_with_cookie)


class Uploads:
    """Which file is whose: uploaded, or made for them. Gradio names files by their content and would give them to all
    who know it.
    """

    def __init__(self, most_bytes: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """None yet; `most_bytes` is how much an owner may have waiting, 0 for no limit."""
        self._most = most_bytes
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._given: set[str] = set()

    def give(self, path: str) -> None:
        """A file of the page itself: it is for everybody, always."""
        self._given.add(path)

    def add(self, owner: str, path: str, *, waits: bool = True) -> None:
        """A file is an owner's; it `waits` to be asked about if they uploaded it."""
        _, size = self._known.get((owner, path), (0.0, 0))
        if waits:
            try:
                size = Path(path).stat().st_size
            except OSError:
                size = 0
        self._known[owner, path] = (self._clock() + UPLOAD_SECONDS, size)
        self._known.move_to_end((owner, path))
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def owns(self, owner: str, path: str) -> bool:
        """Whether the file is the owner's, or everybody's."""
        until, _ = self._known.get((owner, path), (0.0, 0))
        return path in self._given or until > self._clock()

    def check_room(self, owner: str) -> None:
        """Raise Refused if too much of the owner's waits to be asked about."""
        now = self._clock()
        waiting = sum(size for (whose, _), (until, size) in self._known.items() if whose == owner and until > now)
        if self._most and waiting >= self._most:
            raise Refused(
                "You have uploaded more than you may have waiting.",
                "Uploads are cleared after a while: try again later.",
                status=413,
                code="storage_full",
            )


class Door:
    """Stands before Gradio's application: lets through what the chat needs, for those who may, with their own files."""

    def __init__(self, app: ASGIApp, uploads: Uploads) -> None:
        self._app = app
        self._uploads = uploads
        self._sessions: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["path"] == "/favicon.ico":
            await self._app(scope, receive, send)
            return
        try:
            whose = self._admitted(scope)
            if scope["path"] == f"{API}upload":
                self._uploads.check_room(whose)
                headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]  # to be read here
                scope, send = {**scope, "headers": headers}, self._noting(whose, send)
        except Refused as refused:
            await response_of(refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admitted(self, scope: Scope) -> str:
        """The owner behind a request. Raises Refused if it may not go on."""
        path = scope["path"]
        whose = caller(HTTPConnection(scope))
        if not whose.scopes >= NEEDED:
            raise Refused(
                f"{whose.name} may not use the chat: it needs the scopes {', '.join(sorted(NEEDED))}.",
                "Use an account that has them.",
                status=403,
                code="insufficient_scope",
            )
        reading = scope["method"] in ("GET", "HEAD")
        below = path.removeprefix(API) if path.startswith(API) else None
        if below is None:
            allowed = reading and (path in PAGES or path.startswith(ASSETS))
        else:
            allowed = (READS if reading else WRITES).fullmatch(below) is not None
        if not allowed:
            raise _absent()
        if below is not None and reading:
            if below.startswith("file=") and not self._uploads.owns(whose.owner, below.removeprefix("file=")):
                raise _absent()
            self._bind(below, scope["query_string"], whose.owner)
        return whose.owner

    def _bind(self, below: str, query: bytes, owner: str) -> None:
        """The events of a page go to whoever opened it."""
        # every page that is named, for which of several Gradio takes is its own affair
        named = parse_qs(query.decode("latin-1")).get("session_hash", [])
        if below.startswith("heartbeat/"):
            named.append(below.removeprefix("heartbeat/"))
        for session in named:
            if self._sessions.setdefault(session, owner) != owner:
                raise _absent()
            self._sessions.move_to_end(session)
        while len(self._sessions) > KEPT:
            self._sessions.popitem(last=False)

    def _noting(self, owner: str, send: Send) -> Send:
        """Note the names that Gradio answers an upload with."""
        answer = bytearray()
        fine = False

        async def noted(message: Message) -> None:
            nonlocal fine
            if message["type"] == "http.response.start":
                fine = message["status"] == 200
            elif message["type"] == "http.response.body" and fine:
                answer.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    for path in json.loads(bytes(answer)):
                        self._uploads.add(owner, str(path))
            await send(message)

        return noted


def _absent() -> Refused:
    return Refused("There is no such page or file, or it is someone else's.", status=404)
