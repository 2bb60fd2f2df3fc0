"""Decides who calls before anything else runs: an ASGI middleware that denies by default. Not for what they may do:
see identity.py; nor for passwords: see login.py.

In this order: pages of other sites are refused, the caller is found or refused, the rate is counted, a body that is too
large is refused while it is read. Every response gets the headers that keep browsers careful.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, TypeVar

from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import Response

from assistant.api.body import Bodies, upload_bytes
from assistant.api.browsers import careful, is_page, refuse_other_sites, to_login
from assistant.api.failures import Refused, response_of
from assistant.api.identity import (
    BROWSER_COOKIE,
    BROWSER_SECRET,
    LOCAL_OWNER,
    LOGIN_COOKIE,
    Caller,
    browser_owner,
)
from assistant.api.limits import Rates
from assistant.errors import AssistantError, SettingsError
from assistant.store.accounts import PREFIX

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.app import Assistant

logger = logging.getLogger(__name__)
T = TypeVar("T")

PUBLIC: Final = frozenset({"/health/live", "/login", "/favicon.ico", "/manifest.json"})
"""What strangers may ask for; all else needs a caller."""
TOLD_MORE: Final = frozenset({"/health/ready"})
"""What strangers may ask for too, but those who are known are told more."""
ASSETS: Final = ("/assets/", "/static/", "/svelte/")
"""Where the chat page's scripts lie: a hundred of them come with a page, and cost nothing to speak of."""
TRUST_SECONDS: Final = 4.0
"""How long a key or login that was found in force is believed to be."""
KEPT: Final = 4096
FORWARDED: Final = (
    b"x-forwarded-for",
    b"forwarded",
    b"x-real-ip",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"via",
    b"cf-connecting-ip",
    b"true-client-ip",
    b"x-client-ip",
)
"""Headers of reverse proxies: a request that has one may come from anywhere."""


def install(app: FastAPI, assistant: Assistant) -> None:
    """Put the gate before everything that the application has so far.

    Raises:
        SettingsError: `server.auth` is none where others could reach it.
    """
    server = assistant.settings.server
    if server.auth == "none" and not is_loopback(server.host):
        raise SettingsError(
            f"Serving on {server.host} with server.auth = none would let anyone on the network in.",
            "Set it to auto, and make a key or a user: assistant keys create NAME, assistant users add NAME.",
        )
    app.add_middleware(Gate, assistant=assistant)
    if server.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=server.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )
    if is_loopback(server.host):  # a page of another site must not reach a local server through a name of its own
        names = ["localhost", "127.0.0.1", "[::1]", "::1", server.host, *server.trusted_hosts]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    elif server.trusted_hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=server.trusted_hosts, www_redirect=False)


def admits(assistant: Assistant) -> str:
    """Who gets in, for whoever starts the server."""
    server, accounts = assistant.settings.server, assistant.accounts
    if server.auth == "none":
        return "Whoever reaches this machine's own address gets in (server.auth = none)."
    if server.auth == "auto" and is_loopback(server.host) and not accounts.exist():
        return "Nobody has to log in, and only this machine gets in."
    if accounts.users():
        return "Callers need an API key or a login."
    return "Callers need an API key; for the chat add users: assistant users add NAME"


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Gate:
    """Puts a `Caller` into `scope["state"]["caller"]` of every request, or answers 401, 403, 413 or 429 itself."""

    def __init__(self, app: ASGIApp, assistant: Assistant, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is read yet.

        Args:
            app: what is behind the gate.
            assistant: its settings and accounts.
            clock: seconds, for how long what was found is believed.
        """
        self._app = app
        self._assistant = assistant
        self._server = assistant.settings.server
        self._clock = clock
        self._rates = Rates(self._server.requests_per_minute)
        limits = assistant.settings.limits
        self._bodies = Bodies(
            self._server.body_bytes, upload_bytes(limits.bytes, limits.files), self._server.bodies_bytes
        )
        self._loopback = is_loopback(self._server.host)
        self._origins = frozenset(origin.rstrip("/").lower().encode() for origin in self._server.cors_origins)
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._accounts_exist: tuple[float, bool] | None = None
        self._lookups = ThreadPoolExecutor(2, "gate")  # of its own: work that fills other pools must not close the door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who calls, and pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        with ExitStack() as held:
            try:
                caller = await self._let_in(scope, headers)
                receive = held.enter_context(self._bodies.limited(scope, headers, receive))
            except AssistantError as error:
                await self._answer(error, scope, headers, receive, careful(scope, send))
                return
            send = careful(scope, send)
            if caller is not None and caller.kind in ("key", "user"):
                send = self._while_in_force(scope, headers, caller, send)
            await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope, headers: dict[bytes, bytes]) -> Caller | None:
        """Who may pass, noted in the request's state; None for a stranger. Raises Refused."""
        refuse_other_sites(scope, headers, self._origins)
        state = scope.setdefault("state", {})
        state["caller"] = None
        if scope["path"] not in PUBLIC or scope["type"] == "websocket":
            try:
                state["caller"] = await self._caller(scope, headers)
            except AssistantError:
                if scope["path"] not in TOLD_MORE or scope["type"] == "websocket":
                    raise
        found: Caller | None = state["caller"]
        return found

    async def _caller(self, scope: Scope, headers: dict[bytes, bytes]) -> Caller:
        """Who sent a request.

        Raises:
            Refused: 401 if nobody is known by it, 429 if there are too many.
        """
        address = address_of(scope)
        required = await self._required(scope, headers)
        found = await self._by_key(headers, address, required) or await self._by_cookie(headers, address, required)
        if found is None:
            if not required:
                return Caller(LOCAL_OWNER, "local", "local", limit=address)
            await self._rates.count(f"stranger {address}")
            raise self._unknown(headers)
        if (required or found.kind in ("key", "user")) and not scope["path"].startswith(ASSETS):
            await self._rates.count(found.limit)
        return found

    async def _required(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        """Whether a caller must be known by a key or login."""
        if self._server.auth != "auto":
            return self._server.auth == "required"
        if not self._loopback or any(name in headers for name in FORWARDED) or not _is_near(scope):
            return True
        now = self._clock()
        if self._accounts_exist is None or now - self._accounts_exist[0] >= TRUST_SECONDS:
            try:
                self._accounts_exist = now, await self._look_up(lambda: self._assistant.accounts.exist())
            except AssistantError as error:
                if self._accounts_exist is None:
                    raise
                logger.warning("whether there are keys and users is taken as before: %s", error)
                self._accounts_exist = now, self._accounts_exist[1]
        return self._accounts_exist[1]

    async def _by_key(self, headers: dict[bytes, bytes], address: str, required: bool) -> Caller | None:
        """The caller of an API key, if one is sent; raises Refused for one that is not in force.

        Where nobody must be known, what is no key of ours is passed over: clients that insist on a key send any word.
        """
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        secret = token.strip().decode("latin-1")
        if scheme.lower() != b"bearer" or not (required or secret.startswith(PREFIX)):
            return None

        def read() -> Caller | None:
            key = self._assistant.accounts.verify_key(secret)
            return None if key is None else Caller(key.owner, key.name, "key", key.scopes, f"key:{key.id}")

        found = await self._remembered(b"key" + token, read)
        if found is None:
            await self._rates.count(f"stranger {address}")
            raise Refused(
                "This API key is not known, revoked, or expired.",
                "Whoever runs the server makes keys with `assistant keys create NAME`.",
                status=401,
                code="invalid_api_key",
            )
        return found

    async def _by_cookie(self, headers: dict[bytes, bytes], address: str, required: bool) -> Caller | None:
        """The user who is logged in, or the browser where nobody has to."""
        sent = headers.get(b"cookie")
        if sent is None:
            return None
        cookies = cookie_parser(sent.decode("latin-1"))
        token = cookies.get(LOGIN_COOKIE, "")
        if BROWSER_SECRET.fullmatch(token):

            def read() -> Caller | None:
                user = self._assistant.accounts.logged_in(token)
                return None if user is None else Caller(user.owner, user.name, "user", user.scopes, user.owner)

            found = await self._remembered(b"login" + token.encode(), read)
            if found is not None:
                return found
        secret = cookies.get(BROWSER_COOKIE, "")
        if not required and BROWSER_SECRET.fullmatch(secret):
            return Caller(browser_owner(secret), "browser", "browser", limit=address)
        return None

    async def _remembered(self, secret: bytes, read: Callable[[], Caller | None]) -> Caller | None:
        """What was read a moment ago, or is read now; who is not known is not remembered."""
        digest = hashlib.sha256(secret).digest()
        now = self._clock()
        kept = self._known.get(digest)
        if kept is not None and now - kept[0] < TRUST_SECONDS:
            return kept[1]
        found = await self._look_up(read)
        if found is None:
            self._known.pop(digest, None)
            return None
        self._known[digest] = now, found
        self._known.move_to_end(digest)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def _while_in_force(self, scope: Scope, headers: dict[bytes, bytes], found: Caller, send: Send) -> Send:
        """The same `send`, that ends a stream when the key or login it was opened with is no longer in force."""
        looked = self._clock()
        sized = False

        async def sent(message: Message) -> None:
            nonlocal looked, sized
            if message["type"] == "http.response.start":
                sized = any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
            elif message.get("more_body", False) and self._clock() - looked >= TRUST_SECONDS:
                looked = self._clock()
                if not await self._in_force(scope, headers, found):
                    if not sized:
                        await send({"type": "http.response.body", "body": b"", "more_body": False})
                    raise ClientDisconnect
            await send(message)

        return sent

    async def _in_force(self, scope: Scope, headers: dict[bytes, bytes], found: Caller) -> bool:
        address = address_of(scope)
        try:
            required = await self._required(scope, headers)
            now = await self._by_key(headers, address, required) or await self._by_cookie(headers, address, required)
        except Refused:
            return False
        except AssistantError as error:
            logger.warning("whether %s is still in force is taken as before: %s", found.name, error)
            return True
        return now is not None and now.owner == found.owner

    async def _look_up(self, read: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._lookups, read)

    def _unknown(self, headers: dict[bytes, bytes]) -> Refused:
        remedy = "Send `Authorization: Bearer KEY`, or log in at /login."
        if self._loopback and any(name in headers for name in FORWARDED):
            remedy += " If the proxy before this server asks for a login itself, set server.auth = none."
        return Refused("This needs an API key or a login.", remedy, status=401, code="invalid_api_key")

    # ---- answering ---------------------------------------------------------------------------------------------

    async def _answer(
        self, error: AssistantError, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": error.message})
            return
        response: Response = response_of(error)
        if isinstance(error, Refused) and error.status == 401 and scope["method"] == "GET" and is_page(headers):
            response = to_login(scope, headers)
        await response(scope, receive, send)


def address_of(scope: Scope) -> str:
    """What a stranger is counted by: the address, or the network that one customer gets where those are plenty."""
    client = scope.get("client")
    if not client:
        return ""
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:  # else all of them would be one network
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_near(scope: Scope) -> bool:
    """Whether the other end is not known to be another machine, whatever the settings say about where we listen."""
    client = scope.get("client")
    try:
        return not client or ipaddress.ip_address(client[0]).is_loopback
    except ValueError:  # a socket of this machine, a test
        return True
