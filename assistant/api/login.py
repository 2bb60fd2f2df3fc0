"""The login page, logging in and logging out; works without scripts. Not for who is let in where: see gate.py."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from assistant.api.failures import Refused
from assistant.api.gate import address_of
from assistant.api.identity import LOGIN_COOKIE

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.store.accounts import User

logger = logging.getLogger(__name__)
FORM_BYTES: Final = 8192
FIELDS: Final = 8
WAITING: Final = 16
"""Logins that may wait for a password to be hashed; more are told to come back."""
TRIES_OF_NAME: Final = RateLimitItemPerMinute(5)
"""Failed tries at one name from one address."""
TRIES_OF_ADDRESS: Final = RateLimitItemPerMinute(20)
LANGUAGE_COOKIE: Final = "sensorium_language"


@dataclass(frozen=True)
class Texts:
    """The page in one language."""

    code: str
    title: str
    lead: str
    name: str
    password: str
    submit: str
    wrong: str
    slow: str
    nobody: str


ENGLISH: Final = Texts(
    code="en",
    title="Log in to Sensorium",
    lead="Your conversations and files are shown to you alone.",
    name="Name",
    password="Password",  # noqa: S106
    submit="Log in",
    wrong="This name and password do not belong together.",
    slow="Too many tries. Wait a minute, then try again.",
    nobody="There are no users yet. Whoever runs this server adds them with: assistant users add NAME",
)
CHINESE: Final = Texts(
    code="zh",
    title="登录 Sensorium",
    lead="您的对话和文件只有您自己能看到。",
    name="用户名",
    password="密码",  # noqa: S106
    submit="登录",
    wrong="用户名或密码不正确。",
    slow="尝试次数过多，请稍等一分钟再试。",
    nobody="还没有用户。请服务器管理员运行：assistant users add NAME",
)


def add_routes(app: FastAPI, assistant: Assistant) -> None:
    """Add /login and /logout."""
    door = _Door(assistant)
    app.add_api_route("/login", door.page, methods=["GET"], include_in_schema=False, response_model=None)
    app.add_api_route("/login", door.log_in, methods=["POST"], include_in_schema=False, response_model=None)
    app.add_api_route("/logout", door.log_out, methods=["POST"], include_in_schema=False, response_model=None)


class _Door:
    """The handlers."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._tries = FixedWindowRateLimiter(MemoryStorage())
        self._hashing = ThreadPoolExecutor(2, "login")  # of its own: slow hashes must not hold other work up
        self._waiting = 0

    async def page(self, request: Request, next: str = "/") -> Response:
        """The form, or where the person wants to go if they are logged in."""
        token = request.cookies.get(LOGIN_COOKIE, "")
        if token and await asyncio.to_thread(self._assistant.accounts.logged_in, token) is not None:
            return RedirectResponse(_own(next), 303)
        texts = _texts(request)
        known = await asyncio.to_thread(self._assistant.accounts.users)
        return _page(texts, _own(next), "" if known else texts.nobody)

    async def log_in(self, request: Request) -> Response:
        """Check name and password; the cookie that says who it is goes to this site alone."""
        texts = _texts(request)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > FORM_BYTES:
            raise Refused("This is no login form.", "Use the form at /login.", status=413, code="request_too_large")
        form = await request.form(max_files=0, max_fields=FIELDS)
        name, password, wanted = (str(form.get(each, "")) for each in ("name", "password", "next"))
        wanted = _own(wanted)
        address = address_of(request.scope)
        limits = ((TRIES_OF_ADDRESS, (address,)), (TRIES_OF_NAME, (address, name.casefold())))
        for limit, who in limits:
            if not await self._tries.test(limit, *who):
                reset = (await self._tries.get_window_stats(limit, *who)).reset_time
                return _page(texts, wanted, texts.slow, name, 429, max(1, round(reset - time.time())))
        if self._waiting >= WAITING:
            return _page(texts, wanted, texts.slow, name, 503, 5)
        for limit, who in limits:  # counted first, so that tries at the same time count too
            await self._tries.hit(limit, *who)
        user = await self._verified(name, password)
        if user is None:
            logger.info("a login failed from %s", address)
            return _page(texts, wanted, texts.wrong, name, 401)
        await self._tries.clear(TRIES_OF_NAME, address, name.casefold())
        seconds = self._assistant.settings.server.login_days * 86400.0
        token = await asyncio.to_thread(self._assistant.accounts.log_in, user, seconds)
        response = RedirectResponse(wanted, 303)
        response.set_cookie(
            LOGIN_COOKIE,
            token,
            max_age=int(seconds),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def _verified(self, name: str, password: str) -> User | None:
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._hashing, self._assistant.accounts.verify_password, name, password)
        finally:
            self._waiting -= 1

    async def log_out(self, request: Request) -> Response:
        """End the login, here and in the browser."""
        await asyncio.to_thread(self._assistant.accounts.log_out, request.cookies.get(LOGIN_COOKIE, ""))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(LOGIN_COOKIE, httponly=True, samesite="strict")
        return response


def _own(wanted: str) -> str:
    """A path of this server, whatever was asked for: the login leads nowhere else."""
    try:
        split = urlsplit(wanted)
    except ValueError:  # brackets or letters that no host has
        return "/"
    plain = wanted.isprintable() and "\\" not in wanted
    if split.scheme or split.netloc or not wanted.startswith("/") or wanted.startswith("//") or not plain:
        return "/"
    return wanted


def _texts(request: Request) -> Texts:
    """In the language chosen in the chat, else in the browser's."""
    wanted = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
    return CHINESE if wanted.lower().startswith("zh") else ENGLISH


@cache
def _template() -> tuple[Template, str]:
    """The page, and the policy that lets it have its style sheet and nothing else."""
    text = (Path(__file__).parent / "login.html").read_text("utf-8")
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; base-uri 'none'"
    return Template(text), f"{policy}; frame-ancestors 'none'"


def _page(
    texts: Texts, wanted: str, problem: str = "", name: str = "", status: int = 200, retry_after: int = 0
) -> Response:
    template, policy = _template()
    shown = {
        "language": texts.code,
        "title": texts.title,
        "lead": texts.lead,
        "name_label": texts.name,
        "password_label": texts.password,
        "submit": texts.submit,
        "problem": f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else "",
        "wanted": html.escape(wanted),
        "name": html.escape(name),
        "name_focus": "" if name else " autofocus",
        "password_focus": " autofocus" if name else "",
    }
    headers = {"Content-Security-Policy": policy}
    if retry_after:
        headers["Retry-After"] = str(retry_after)
    return HTMLResponse(template.substitute(shown), status, headers)
