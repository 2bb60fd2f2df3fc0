"""The gate: who is let in, who is not, and what other sites' pages may do. All through the real application."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from starlette.routing import Mount, Route, WebSocketRoute

import assistant_ui
from assistant.api import create_app, run
from assistant.api.failures import Refused
from assistant.api.gate import PUBLIC, TOLD_MORE, TRUST_SECONDS, Gate, admits
from assistant.api.identity import BROWSER_COOKIE, LOGIN_COOKIE, Caller, caller
from assistant.app import Assistant
from assistant.errors import SettingsError
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.settings import ServerSettings, Settings
from assistant.testing import FakeAnswerer, FakePlugin

PASSWORD = "correct horse"
SECRET = "s" * 43


class Routes:
    """A plugin that adds routes and forgets about callers, or asks who it is."""

    @hookimpl
    def register_routes(self, register: Any) -> None:
        def mount(app: FastAPI, assistant: Assistant) -> None:
            @app.get("/hello")
            async def hello() -> str:
                return "hello"

            @app.get("/who")
            async def who(found: Annotated[Caller, Depends(caller)]) -> dict[str, str]:
                return {"owner": found.owner, "kind": found.kind}

            @app.post("/echo")
            async def echo(request: Request) -> int:
                return len(await request.body())

            @app.websocket("/socket")
            async def socket(connection: WebSocket) -> None:
                await connection.accept()
                await connection.close()

        register(mount)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.passwords.COST", (10, 8, 1))
    monkeypatch.setattr("assistant.store.accounts.DUMMY", f"scrypt$10$8$1${'A' * 22}${'A' * 43}")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Assistant]]:
    made: list[Assistant] = []

    def make(*, chat: bool = False, limits: dict[str, Any] | None = None, **server: Any) -> Assistant:
        settings = Settings(
            data_dir=tmp_path, server=ServerSettings(**server), **({"limits": limits} if limits else {})
        )
        plugins: dict[str, Any] = {"fakes": FakePlugin(FakeAnswerer()), "routes": Routes()}
        if chat:
            plugins["ui"] = assistant_ui
        made.append(Assistant(settings, host=Host(settings, plugins=plugins, discover=False)))
        return made[-1]

    yield make
    for assistant in made:
        assistant.close()


@asynccontextmanager
async def client(
    app: Any, *, address: str = "127.0.0.1", base_url: str = "http://127.0.0.1:7860", **options: Any
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(address, 1234), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base_url, **options) as made:
        yield made


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


# ---- nobody configured anything -------------------------------------------------------------------------------------


async def test_a_newcomer_has_no_login(opened: Callable[..., Assistant]) -> None:
    """On loopback without keys and users: programs are "local", a browser is told apart by its cookie."""
    async with client(create_app(opened())) as made:
        assert (await made.get("/who")).json() == {"owner": "local", "kind": "local"}
        cookie = {"cookie": f"{BROWSER_COOKIE}={SECRET}"}
        browser = (await made.get("/who", headers=cookie)).json()
        assert browser["kind"] == "browser"
        assert SECRET not in browser["owner"]
        assert (await made.get("/who", headers={"cookie": f"{BROWSER_COOKIE}=me"})).json()["kind"] == "local"


async def test_a_word_that_clients_must_send_as_a_key_is_no_key(opened: Callable[..., Assistant]) -> None:
    """Where nobody must be known, any word will do; but what looks like a key of ours must be one."""
    async with client(create_app(opened())) as made:
        assert (await made.get("/hello", headers=bearer("unused"))).status_code == 200
        assert (await made.get("/hello", headers=bearer("sk-sensorium-" + SECRET))).status_code == 401


@pytest.mark.parametrize("forwarded", [{"X-Forwarded-For": "8.8.8.8"}, {"Forwarded": "for=8.8.8.8"}])
async def test_behind_a_proxy_is_not_local(opened: Callable[..., Assistant], forwarded: dict[str, str]) -> None:
    """Whoever puts a proxy before an open server has not opened it to the world; the error says what to set."""
    async with client(create_app(opened())) as made:
        refused = await made.get("/hello", headers=forwarded)
        assert refused.status_code == 401
        assert "server.auth" in refused.json()["error"]["message"]
    async with client(create_app(opened(auth="none"))) as made:
        assert (await made.get("/hello", headers=forwarded)).status_code == 200


async def test_another_machine_is_not_local(opened: Callable[..., Assistant]) -> None:
    """Even if the application is served on another address than the settings say."""
    async with client(create_app(opened()), address="10.0.0.9") as made:
        assert (await made.get("/hello")).status_code == 401


# ---- keys -----------------------------------------------------------------------------------------------------------


async def test_once_there_is_a_key_it_is_needed(opened: Callable[..., Assistant]) -> None:
    """Also after the key is revoked: what was closed does not open by itself."""
    assistant = opened()
    key, secret = assistant.accounts.create_key("ci")
    async with client(create_app(assistant)) as made:
        refused = await made.get("/who")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        error = refused.json()["error"]
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
        assert (await made.get("/who", headers=bearer(secret))).json() == {"owner": f"key:{key.id}", "kind": "key"}
        for wrong in (bearer(secret + "x"), bearer(""), {"Authorization": secret}, {"Authorization": "Basic eDp5"}):
            assert (await made.get("/who", headers=wrong)).status_code == 401
    assistant.accounts.revoke_key(key.id)
    async with client(create_app(assistant)) as made:
        assert (await made.get("/who")).status_code == 401


async def test_revoking_takes_effect_within_seconds(opened: Callable[..., Assistant]) -> None:
    """A key is read from the database again after `TRUST_SECONDS`, which is under 5 s; till then it costs nothing."""
    assistant = opened()
    key, secret = assistant.accounts.create_key("ci")
    now = [100.0]
    reads = 0
    verify = assistant.accounts.verify_key

    def counted(given: str) -> Any:
        nonlocal reads
        reads += 1
        return verify(given)

    assistant.accounts.verify_key = counted  # type: ignore[method-assign]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with client(Gate(app, assistant, clock=lambda: now[0])) as made:
        for _ in range(3):
            assert (await made.get("/", headers=bearer(secret))).status_code == 200
        assert reads == 1
        assistant.accounts.revoke_key(key.id)
        now[0] += TRUST_SECONDS
        assert TRUST_SECONDS < 5
        assert (await made.get("/", headers=bearer(secret))).status_code == 401


async def test_secrets_do_not_get_into_the_log(
    opened: Callable[..., Assistant], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither keys that are right nor wrong, nor cookies, nor passwords, nor what stands in a query."""
    assistant = opened()
    _, secret = assistant.accounts.create_key("ci")
    caplog.set_level("DEBUG")
    async with client(create_app(assistant)) as made:
        for headers in (bearer(secret), bearer("sk-sensorium-wrong"), {"cookie": f"{LOGIN_COOKIE}={SECRET}"}):
            await made.get("/hello?token=in-the-query", headers=headers)
        await made.post("/login", data={"name": "ada", "password": PASSWORD})
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    for each in (secret, "sk-sensorium-wrong", SECRET, PASSWORD, "in-the-query"):
        assert each not in ours


# ---- users ----------------------------------------------------------------------------------------------------------


async def test_logging_in_and_out(opened: Callable[..., Assistant]) -> None:
    """A person is sent to the form and back, the cookie is for this site alone, and is worth nothing afterwards."""
    assistant = opened()
    assistant.accounts.add_user("ada", PASSWORD)
    async with client(create_app(assistant)) as made:
        sent = await made.get("/who?x=1", headers={"accept": "text/html"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Fwho%3Fx%3D1")
        form = await made.get(sent.headers["location"])
        assert 'name="next" value="/who?x=1"' in form.text
        assert "<script" not in form.text
        wrong = await made.post("/login", data={"name": "ada", "password": "incorrect"})
        assert wrong.status_code == 401
        assert LOGIN_COOKIE not in made.cookies
        done = await made.post("/login", data={"name": "ada", "password": PASSWORD, "next": "/who?x=1"})
        assert (done.status_code, done.headers["location"]) == (303, "/who?x=1")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert (await made.get("/who")).json() == {"owner": "user:ada", "kind": "user"}
        token = made.cookies[LOGIN_COOKIE]
        assert (await made.get("/login?next=/who")).headers["location"] == "/who"
        assert (await made.post("/logout")).status_code == 303
        again = await made.get("/who", headers={"cookie": f"{LOGIN_COOKIE}={token}"})
        assert again.status_code == 200  # believed for `TRUST_SECONDS`
        assert assistant.accounts.logged_in(token) is None


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example", "x:y", "/\n/e"])
async def test_the_login_leads_nowhere_else(opened: Callable[..., Assistant], next_: str) -> None:
    """Whatever a link asks for, afterwards one is here."""
    assistant = opened()
    assistant.accounts.add_user("ada", PASSWORD)
    async with client(create_app(assistant)) as made:
        done = await made.post("/login", data={"name": "ada", "password": PASSWORD, "next": next_})
        assert done.headers["location"] == "/"


async def test_guessing_is_slowed_down(opened: Callable[..., Assistant]) -> None:
    """After five wrong passwords for a name from an address, the right one must wait too; others need not."""
    assistant = opened()
    assistant.accounts.add_user("ada", PASSWORD)
    assistant.accounts.add_user("bob", PASSWORD)
    app = create_app(assistant)
    async with client(app) as made:
        for _ in range(5):
            assert (await made.post("/login", data={"name": "ada", "password": "incorrect"})).status_code == 401
        slowed = await made.post("/login", data={"name": "ADA", "password": PASSWORD})
        assert slowed.status_code == 429
        assert int(slowed.headers["retry-after"]) > 0
        assert (await made.post("/login", data={"name": "bob", "password": PASSWORD})).status_code == 303
    async with client(app, address="127.0.0.2") as elsewhere:
        assert (await elsewhere.post("/login", data={"name": "ada", "password": PASSWORD})).status_code == 303


async def test_the_login_page_speaks_chinese(opened: Callable[..., Assistant]) -> None:
    """By the browser's language, or the one chosen in the chat; foreign text in it stays text."""
    async with client(create_app(opened(auth="required"))) as made:
        assert "登录" in (await made.get("/login", headers={"accept-language": "zh-CN,zh;q=0.9"})).text
        assert "登录" in (await made.get("/login", headers={"cookie": "sensorium_language=zh"})).text
        english = await made.get('/login?next=/"><script>alert(1)</script>')
        assert "Log in" in english.text
        assert "<script" not in english.text
        assert "assistant users add" in english.text
        assert "script-src" not in english.headers["content-security-policy"]


async def test_a_link_of_another_site_finds_whoever_is_logged_in(opened: Callable[..., Assistant]) -> None:
    """The browser keeps the cookie back on such a request; a page of ours then asks once more."""
    assistant = opened(auth="required")
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    async with client(create_app(assistant)) as made:
        page = await made.get("/who?a=<b>", headers=headers)
        assert page.status_code == 401
        assert '<meta http-equiv="refresh" content="0;url=/login?next=%2Fwho' in page.text
        assert "<b>" not in page.text


async def test_a_disabled_user_is_out_at_once(opened: Callable[..., Assistant]) -> None:
    """Their login is gone from the database; and the page of a new visit is the form."""
    assistant = opened()
    assistant.accounts.add_user("ada", PASSWORD)
    async with client(create_app(assistant)) as made:
        await made.post("/login", data={"name": "ada", "password": PASSWORD})
        assistant.accounts.disable_user("ada")
        assert (await made.get("/who")).status_code == 401


# ---- everything is denied by default --------------------------------------------------------------------------------


def paths_of(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Method and an example path of every route, in mounted applications too."""
    for route in app.routes:
        if isinstance(route, Mount):
            inner = getattr(route.app, "_app", route.app)  # what stands before it
            yield from paths_of(inner, prefix + route.path)
        elif hasattr(route, "original_router"):  # FastAPI keeps included routers apart
            yield from paths_of(route.original_router, prefix + getattr(route.include_context, "prefix", ""))
        elif isinstance(route, (Route, WebSocketRoute)) or hasattr(route, "path"):
            path = re.sub(r"{[^}]*}", "x", prefix + route.path)
            for method in getattr(route, "methods", None) or ("GET",):
                yield method, path


async def test_every_route_is_denied_to_strangers(opened: Callable[..., Assistant]) -> None:
    """Of the application, of plugins that forgot to ask, and of Gradio; but for the few that are listed."""
    app = create_app(opened(chat=True, auth="required", requests_per_minute=0))
    found = set(paths_of(app))
    assert {("GET", "/hello"), ("POST", "/gradio_api/upload"), ("GET", "/config"), ("GET", "/v1/models")} <= found
    assert len(found) > 80
    open_ = set()
    async with client(app) as made:
        for method, path in sorted(found):
            answer = await made.request(method, path)
            if answer.status_code != 401:
                open_.add(path)
                assert path in PUBLIC | TOLD_MORE, (method, path, answer.status_code)
    assert open_ == PUBLIC | TOLD_MORE


async def test_strangers_get_no_websocket(opened: Callable[..., Assistant]) -> None:
    """The gate closes it before the route accepts; so it does with a page of another site."""
    for server, headers in (({"auth": "required"}, []), ({}, [(b"origin", b"http://evil.example")])):
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message["type"])

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        scope = {
            "type": "websocket",
            "path": "/socket",
            "headers": [(b"host", b"127.0.0.1"), *headers],
            "query_string": b"",
            "client": ("127.0.0.1", 1),
            "scheme": "ws",
            "subprotocols": [],
        }
        await create_app(opened(**server))(scope, receive, send)
        assert sent == ["websocket.close"]


async def test_who_is_let_in_but_not_allowed_gets_403(opened: Callable[..., Assistant]) -> None:
    """The chat asks, reads and writes: a key that may not do all three has no chat."""
    assistant = opened(chat=True)
    _, secret = assistant.accounts.create_key("reader", scopes=["read"])
    async with client(create_app(assistant)) as made:
        for path in ("/", "/config", "/gradio_api/info", "/gradio_api/heartbeat/x"):
            refused = await made.get(path, headers=bearer(secret))
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_scope")


# ---- pages of other sites -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_pages_of_other_sites_get_nothing(
    opened: Callable[..., Assistant], headers: dict[str, str], method: str
) -> None:
    """Not even with forms and plain text, which browsers send without asking; nor those of another port here."""
    async with client(create_app(opened())) as made:
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
            answer = await made.request(method, "/echo", headers={**headers, "content-type": kind}, content=b"a=b")
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")
            assert "access-control-allow-origin" not in answer.headers


async def test_our_own_pages_and_links_to_us_work(opened: Callable[..., Assistant]) -> None:
    """A request of our own page, one typed into the address bar, and following a link of another site."""
    async with client(create_app(opened())) as made:
        own = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
        assert (await made.post("/echo", headers=own, content=b"abc")).json() == 3
        for site in ("none", "cross-site"):
            headers = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
            assert (await made.get("/hello", headers=headers)).status_code == 200
            posted = await made.post("/echo", headers=headers)
            assert posted.status_code == (200 if site == "none" else 403)


async def test_origins_of_the_settings_may_call(opened: Callable[..., Assistant]) -> None:
    """With CORS for them and for no other."""
    async with client(create_app(opened(cors_origins=["https://app.example"]))) as made:
        asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
        allowed = await made.options("/echo", headers=asked)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "https://app.example")
        called = await made.post("/echo", headers={"origin": "https://app.example"}, content=b"abc")
        assert (called.json(), called.headers["access-control-allow-origin"]) == (3, "https://app.example")
        other = await made.options("/echo", headers={**asked, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        assert (await made.post("/echo", headers={"origin": "https://evil.example"})).status_code == 403


async def test_only_names_of_ours_are_answered_to(opened: Callable[..., Assistant]) -> None:
    """A page whose own name leads to this machine gets nothing; a name of the settings does."""
    app = create_app(opened(trusted_hosts=["chat.example"]))
    async with client(app, base_url="http://evil.example:7860") as made:
        assert (await made.get("/hello")).status_code == 400
    async with client(app, base_url="http://chat.example") as made:
        assert (await made.get("/hello")).status_code == 200


async def test_responses_keep_browsers_careful(opened: Callable[..., Assistant]) -> None:
    """No sniffing, no frames, nothing from elsewhere; https is remembered where it is used."""
    app = create_app(opened(chat=True))
    async with client(app) as made:
        page = await made.get("/")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in page.headers
        assert "httponly" in page.headers["set-cookie"].lower()
        assert "set-cookie" not in (await made.get("/")).headers
    async with client(app, base_url="https://127.0.0.1") as made:
        page = await made.get("/")
        assert "strict-transport-security" in page.headers
        assert "secure" in page.headers["set-cookie"].lower()


# ---- limits ---------------------------------------------------------------------------------------------------------


async def test_too_many_requests_are_told_when_to_go_on(opened: Callable[..., Assistant]) -> None:
    """Per key; strangers are counted by address; on loopback without keys nothing is."""
    assistant = opened(requests_per_minute=3)
    async with client(create_app(assistant)) as made:
        assert {(await made.get("/hello")).status_code for _ in range(5)} == {200}
    one, two = (assistant.accounts.create_key(name)[1] for name in ("one", "two"))
    async with client(create_app(assistant)) as made:
        statuses = [(await made.get("/hello", headers=bearer(one))).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        refused = await made.get("/hello", headers=bearer(one))
        assert refused.json()["error"]["type"] == "rate_limit_error"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert (await made.get("/hello", headers=bearer(two))).status_code == 200
        assert {(await made.get("/assets/x.js", headers=bearer(two))).status_code for _ in range(5)} == {404}
        assert [(await made.get("/hello")).status_code for _ in range(4)] == [401, 401, 401, 429]
        assert (await made.get("/hello", headers=bearer(two))).status_code == 200  # the neighbour's noise is not theirs


async def test_large_bodies_are_refused_while_they_are_read(opened: Callable[..., Assistant]) -> None:
    """By the announced length at once, else as soon as too much has come; forms with files may have more."""
    app = create_app(opened(body_bytes=1000, limits={"bytes": 1000, "files": 2}))
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100
            yield b"x" * 100

    async with client(app) as made:
        assert (await made.post("/echo", content=b"x" * 1000)).json() == 1000
        announced = await made.post("/echo", content=b"x" * 1001)
        assert (announced.status_code, announced.json()["error"]["code"]) == (413, "request_too_large")
        endless_ = await made.post("/echo", content=endless())
        assert endless_.status_code == 413
        assert "larger than" in endless_.json()["error"]["message"]
        assert read <= 1200
        form = {"content-type": "multipart/form-data; boundary=x"}
        assert (await made.post("/echo", headers=form, content=b"x" * 3000)).json() == 3000
        assert (await made.post("/echo", headers=form, content=b"x" * 2_000_000)).status_code == 413


# ---- starting -------------------------------------------------------------------------------------------------------


def test_a_network_needs_keys_or_users(opened: Callable[..., Assistant]) -> None:
    """Else it does not start, and says which commands help; `none` is not taken there at all."""
    with pytest.raises(SettingsError, match="assistant keys create NAME, assistant users add NAME"):
        run(opened(host="0.0.0.0"))
    with pytest.raises(SettingsError, match="anyone on the network"):
        create_app(opened(host="0.0.0.0", auth="none"))


async def test_bodies_are_limited_together(opened: Callable[..., Assistant]) -> None:
    """What all requests hold at once is bounded; who comes too many is told when to come again, and then gets in."""
    app = create_app(opened(body_bytes=1000, bodies_bytes=1500))
    going, goes_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 800
        going.set()
        await goes_on.wait()
        yield b"x" * 100

    async with client(app) as made:
        first = asyncio.create_task(made.post("/echo", content=slow()))
        await going.wait()
        refused = await made.post("/echo", content=b"x" * 900)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        goes_on.set()
        assert (await first).json() == 900
        assert (await made.post("/echo", content=b"x" * 900)).json() == 900


def test_the_start_says_who_gets_in(opened: Callable[..., Assistant]) -> None:
    """So that nobody has to guess."""
    assistant = opened()
    assert admits(assistant) == "Nobody has to log in, and only this machine gets in."
    assert "server.auth = none" in admits(opened(auth="none"))
    assistant.accounts.create_key("ci")
    assert "assistant users add" in admits(assistant)
    assistant.accounts.add_user("ada", PASSWORD)
    assert admits(assistant) == admits(opened(host="0.0.0.0")) == "Callers need an API key or a login."


async def test_on_a_network_everybody_must_be_known(opened: Callable[..., Assistant]) -> None:
    """Whatever the address of the other end."""
    async with client(create_app(opened(host="0.0.0.0"))) as made:
        assert (await made.get("/hello")).status_code == 401
        assert (await made.get("/health/live")).status_code == 200


async def test_a_lost_database_opens_nothing(opened: Callable[..., Assistant]) -> None:
    """Who cannot be looked up is not let in, and learns nothing about the database."""
    from assistant.errors import Unavailable

    assistant = opened()
    _, secret = assistant.accounts.create_key("ci")

    def gone(*_: object) -> Any:
        raise Unavailable("The database postgresql://db.internal/x cannot be reached.")

    assistant.accounts.verify_key = gone  # type: ignore[method-assign]
    async with client(create_app(assistant)) as made:
        answer = await made.get("/hello", headers=bearer(secret))
        assert answer.status_code == 503
        assert "db.internal" not in answer.text
        assert answer.headers["retry-after"]


async def test_many_at_once_are_told_apart(opened: Callable[..., Assistant]) -> None:
    """Each request has its own caller, whatever runs beside it."""
    assistant = opened()
    keys = [assistant.accounts.create_key(f"k{number}") for number in range(8)]
    async with client(create_app(assistant)) as made:

        async def owner(secret: str) -> str:
            return str((await made.get("/who", headers=bearer(secret))).json()["owner"])

        found = await asyncio.gather(*(owner(secret) for _, secret in keys * 5))
    assert found == [key.owner for key, _ in keys * 5]


def test_refusals_have_openais_shape() -> None:
    """So that clients show them."""
    from assistant.api.failures import body_of

    error = body_of(Refused("No.", "Do this.", status=429, code="x"))["error"]
    assert set(error) >= {"message", "type", "param", "code"}
