"""Who calls, and what they may do: the one thing that routes, plugins' routes and the chat ask. Not for finding it out:
see gate.py, which puts a `Caller` into every request before any route runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

from starlette.requests import HTTPConnection

from assistant.api.failures import Refused

Scope: TypeAlias = Literal["ask", "read", "write", "metrics"]
"""ask: questions, transcripts, embeddings. read: one's own conversations. write: change and delete them. metrics:
figures about the whole server."""
SCOPES: Final[frozenset[str]] = frozenset(get_args(Scope))
LOCAL_OWNER: Final = "local"
LOGIN_COOKIE: Final = "sensorium_login"
BROWSER_COOKIE: Final = "sensorium_owner"
"""Tells browsers apart where nobody has to log in; the chat sets it with the first page."""
BROWSER_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""What `secrets.token_urlsafe(32)` gives."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request."""

    owner: str
    """Owner of what the request stores and may read: "local", "browser:<hash>", "user:<name>" or "key:<id>"."""
    name: str
    """For people and logs; no secret."""
    kind: Literal["local", "browser", "user", "key"]
    scopes: frozenset[str] = SCOPES
    limit: str = ""
    """What rates and concurrent turns are counted by: the key or user, else the address."""


def browser_owner(secret: str) -> str:
    """The owner behind a browser's cookie. What is in the database does not open a conversation."""
    return "browser:" + hashlib.sha256(secret.encode()).hexdigest()[:32]


def caller(request: HTTPConnection) -> Caller:
    """The caller of a request; a FastAPI dependency.

    Raises:
        Refused: 401, nobody is known by what the request carries.
    """
    found = request.scope.get("state", {}).get("caller")
    if not isinstance(found, Caller):
        raise Refused(
            "This needs an API key or a login.",
            "Send `Authorization: Bearer KEY`; whoever runs the server makes keys with `assistant keys create`.",
            status=401,
            code="invalid_api_key",
        )
    return found


def allowed(request: HTTPConnection, scope: Scope) -> Caller:
    """The caller of a request, if they have the scope.

    Raises:
        Refused: 401 without a caller, 403 without the scope.
    """
    found = caller(request)
    if scope not in found.scopes:
        raise Refused(
            f"{found.name} may not do this: the scope {scope} is missing.",
            f"Use a key that has it: assistant keys create NAME --scope {scope}",
            status=403,
            code="insufficient_scope",
        )
    return found


def require(scope: Scope) -> Callable[..., Any]:
    """The same as a FastAPI dependency. It waits for no thread, as those that are not coroutines would."""

    async def checked(request: HTTPConnection) -> Caller:
        return allowed(request, scope)

    return checked
