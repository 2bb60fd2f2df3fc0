"""What makes browsers careful: other sites' pages are refused, pages come with a policy, people are sent to the login
page. Not for who calls: see gate.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.api.failures import Refused

if TYPE_CHECKING:
    from starlette.types import Message, Scope, Send

POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""For pages: nothing from elsewhere, in no frame. Gradio's page needs scripts in the page and eval."""
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def refuse_other_sites(scope: Scope, headers: dict[bytes, bytes], origins: frozenset[bytes]) -> None:
    """Browsers say which page made a request; programs do not, and have no cookies that others could use.

    Args:
        scope: of the request.
        headers: of the request, by lower-case name.
        origins: those of pages that may make requests though they are not our own.

    Raises:
        Refused: 403.
    """
    origin = headers.get(b"origin")
    if origin is not None:
        origin = origin.lower()
        own = origin.partition(b"://")[2]
        if own and own == headers.get(b"host", b"").lower():
            return
        if origin in origins:
            return
    else:
        site = headers.get(b"sec-fetch-site", b"none")
        if site in (b"same-origin", b"none"):
            return
        if scope["type"] == "http" and scope["method"] == "GET" and _navigates(headers):
            return  # a link to here
    raise Refused(
        "This request was made by a page of another site.",
        "If that page is yours, add its origin to server.cors_origins; a proxy must pass the Host header on.",
        status=403,
        code="cross_site",
    )


def _navigates(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"sec-fetch-mode") == b"navigate" and headers.get(b"sec-fetch-dest") == b"document"


def is_page(headers: dict[bytes, bytes]) -> bool:
    """Whether a person is to see the answer."""
    if b"sec-fetch-mode" in headers:
        return _navigates(headers)
    return b"text/html" in headers.get(b"accept", b"")


def to_login(scope: Scope, headers: dict[bytes, bytes]) -> Response:
    """Send a person to the login page, and back afterwards."""
    query = scope["query_string"].decode("latin-1")
    wanted = quote(scope["path"] + (f"?{query}" if query else ""), safe="")
    where = f"/login?next={wanted}"
    if headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site"):
        # Who follows a link of another site may be logged in, but the browser keeps the cookie back until the next
        # request, which then is our own page's.
        return HTMLResponse(f'<meta http-equiv="refresh" content="0;url={where}">', 401)
    return RedirectResponse(where, 303)


def careful(scope: Scope, send: Send) -> Send:
    """Add headers that are not there."""
    if scope["type"] != "http":
        return send

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message["headers"] = list(message.get("headers", ()))
            there = {name.lower(): value for name, value in given}
            added: list[tuple[bytes, bytes]] = [each for each in HEADERS if each[0] not in there]
            kind = there.get(b"content-type", b"")
            if kind.startswith((b"text/html", b"application/json")):
                added.append((b"cache-control", b"no-store"))
            if kind.startswith(b"text/html"):
                added.append((b"content-security-policy", POLICY.encode()))
            if scope.get("scheme") == "https":
                added.append((b"strict-transport-security", b"max-age=31536000"))
            given += [each for each in added if each[0] not in there]
        await send(message)

    return sent
