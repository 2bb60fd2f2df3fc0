"""Decides who calls before anything else runs: an ASGI middleware that denies by default. Not for what they may do:
see identity.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.api.identity import LOCAL_OWNER, Caller

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.app import Assistant


class Gate:
    """Puts a `Caller` into `scope["state"]["caller"]` of every request."""

    def __init__(self, app: ASGIApp, assistant: Assistant) -> None:
        self._app = app
        self._assistant = assistant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who calls, and pass the request on."""
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            address = client[0] if client else ""
            scope.setdefault("state", {})["caller"] = Caller(LOCAL_OWNER, "local", "local", limit=address)
        await self._app(scope, receive, send)
