"""Attacks that were tried on the HTTP side, over a real server: what is sent, and that it does no harm."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import resource
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_serving import Script, serving

import assistant_ui
from assistant.api import create_app
from assistant.api.disconnect import ClosingStream
from assistant.api.failures import Refused
from assistant.api.gate import Gate, address_of
from assistant.api.openai import formats
from assistant.api.uploads import data_of
from assistant.app import Assistant
from assistant.examples import example_of
from assistant.host import Host
from assistant.limiting import Limit, count_tokens
from assistant.logs import TextFormatter
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Sampling

BODY_BYTES = 2_000_000


@dataclass
class Served:
    """A server with the chat, and someone with a key."""

    assistant: Assistant
    url: str
    client: httpx.Client
    secret: str
    script: Script

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def conversation(self) -> str:
        made: str = self.client.post("/api/v1/conversations", json={}).json()["id"]
        return made

    def raw(self, *lines: str, body: bytes = b"") -> bytes:
        """What is answered to these lines as they are; our own client would write them otherwise."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode() + body)
            answer = b""
            while b"\r\n\r\n" not in answer and (piece := connection.recv(65536)):
                answer += piece
            return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"), server={"body_bytes": BODY_BYTES, "requests_per_minute": 0}
    )
    script = Script()
    fakes = FakePlugin(
        FakePerceiver("notes", script.perceive, consumes=("text", "image", "audio", "video")),
        FakeAnswerer("scripted", script.answer),
    )
    host = Host(settings, plugins={"fakes": fakes, "ui": assistant_ui}, discover=False)
    with ExitStack() as stack:
        assistant = stack.enter_context(Assistant(settings, host=host))
        _, secret = assistant.accounts.create_key("attacker")
        url = stack.enter_context(serving(create_app(assistant)))
        headers = {"authorization": f"Bearer {secret}"}
        client = stack.enter_context(httpx.Client(base_url=url, timeout=60, headers=headers))
        yield Served(assistant, url, client, secret, script)


# ---- bodies ---------------------------------------------------------------------------------------------------------


def test_a_body_with_two_lengths_is_measured(served: Served) -> None:
    """One that announces few bytes and comes in pieces without end is cut off like any other."""
    pieces = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(40)) + b"0\r\n\r\n"
    answer = served.raw(
        "POST /v1/embeddings HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {served.secret}",
        "Content-Type: application/json",
        "Content-Length: 10",
        "Transfer-Encoding: chunked",
        body=pieces,
    )
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "multipart/form-data; boundary=x"])
def test_a_route_that_takes_json_holds_no_file_in_memory(served: Served, kind: str) -> None:
    """The large allowance is for routes that write uploads to disk, not for whoever names a type."""
    for path in ("/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/api/v1/conversations", "/login"):
        body = b"x" * (BODY_BYTES + 1)
        refused = served.client.post(path, headers={"content-type": kind}, content=body)
        assert refused.status_code == 413, path


@pytest.mark.parametrize("charset", ["punycode", "undefined", "idna", "unicode_escape", "hex", "utf-7", "x" * 300])
def test_forms_in_strange_encodings_are_refused(served: Served, charset: str) -> None:
    """Python knows encodings that take minutes for one field, and some that raise what nobody expects."""
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"a" * 50_000 + b"-9\r\n--x--\r\n"
    began = time.monotonic()
    for path in (
        "/login",
        "/v1/audio/transcriptions",
        "/gradio_api/upload",
        f"/api/v1/conversations/{served.conversation()}/turns",
    ):
        for kind in (
            f"multipart/form-data; boundary=x; charset={charset}",
            f"multipart/form-data; boundary={'x' * 300}",
        ):
            refused = served.client.post(path, headers={"content-type": kind}, content=body)
            assert refused.status_code == 415, path
    assert time.monotonic() - began < 5


def test_a_form_of_two_types_is_refused(served: Served) -> None:
    """The gate and a parser could each believe another one."""
    answer = served.raw(
        "POST /v1/audio/transcriptions HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {served.secret}",
        "Content-Type: multipart/form-data; boundary=x; charset=punycode",
        "Content-Type: application/json",
        "Content-Length: 0",
    )
    assert answer.startswith(b"HTTP/1.1 415 ")


def test_a_data_url_of_semicolons_costs_nothing() -> None:
    """Each took 160 bytes of memory and a step back: a request of 64 MB brought the server down."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(Refused, match="no data URL"):
        data_of("data:" + ";" * 4_000_000, "files[0].data")
    assert time.monotonic() - began < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_schemas_whose_alternatives_multiply_are_refused_at_once() -> None:
    """A short schema that refers to itself often would be looked at millions of times."""
    for many in (8, 16, 1000):
        alternatives = {
            name: [{"$ref": f"#/$defs/{name}"}] * many for name in ("number", "pair", "item", "list", "root")
        }
        schema = {
            "$defs": {
                "number": {"type": "number"},
                "pair": {"type": ["array", "null"], "items": {"anyOf": alternatives["number"]}},
                "item": {"type": "object", "properties": {"box": {"anyOf": alternatives["pair"]}}},
                "list": {"type": "array", "items": {"anyOf": alternatives["item"]}},
                "root": {"type": "object", "properties": {"evidence": {"anyOf": alternatives["list"]}}},
            },
            "anyOf": alternatives["root"],
        }
        began = time.monotonic()
        with pytest.raises(Refused, match="alternatives"):
            formats.check(schema, "response_format")
        assert time.monotonic() - began < 1
    with pytest.raises(Refused, match="too long"):
        formats.check({"$ref": "#" + "/a" * 1000}, "response_format")


# ---- the login ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["//[", "http://[::1", "//\u2100", "//\\evil.example", "/\t/evil.example"])
def test_a_wish_that_is_no_address_leads_home(served: Served, wanted: str) -> None:
    """Strangers get the form for it, not an error of ours."""
    with httpx.Client(base_url=served.url) as stranger:
        page = stranger.get("/login", params={"next": wanted})
        assert page.status_code == 200
        assert 'name="next" value="/"' in page.text


# ---- other people's pages -------------------------------------------------------------------------------------------


def test_naming_two_pages_opens_neither(served: Served) -> None:
    """Who knows the number of another user's open page cannot take its events by naming one's own beside it."""
    _, other = served.assistant.accounts.create_key("victim")
    headers = {"authorization": f"Bearer {other}"}
    with httpx.stream("GET", f"{served.url}/gradio_api/heartbeat/victim0001", headers=headers) as opened:
        assert opened.status_code == 200
    assert served.client.get("/gradio_api/queue/data?session_hash=victim0001").status_code == 404
    for query in (
        "session_hash=mine000001&session_hash=victim0001",
        "session_hash=victim0001&session_hash=mine000001",
        "session%5Fhash=victim0001",
        "session_has%68=victim0001",
    ):
        with served.client.stream("GET", f"/gradio_api/queue/data?{query}") as answer:
            assert answer.status_code == 404, query


# ---- texts that cost more than they should --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "example:" + " " * 4000 + "x",
        "example:" + "a " * 2000,
        "example:" + "q: " * 1000,
        " " * 4000 + "x",
        "a " * 50_000 + " " * 100_000,
        "\n" * 200_000 + "x",
    ],
    ids=["blanks", "answers", "questions", "margin", "words", "lines"],
)
def test_blanks_are_read_once(text: str) -> None:
    """Four thousand of them in a question held up the whole server for minutes."""
    began = time.monotonic()
    assert example_of(text) is None
    count_tokens(text)
    list(Limit(Sampling(max_tokens=10)).take(text))
    assert time.monotonic() - began < 2


# ---- keys that end --------------------------------------------------------------------------------------------------


async def test_a_stream_ends_with_its_key(tmp_path: Path) -> None:
    """Within the seconds that a key is believed, also in the middle of a response; its work is told to stop."""
    now = 0.0
    closed = asyncio.Event()
    settings = Settings(data_dir=tmp_path)
    with Assistant(settings, host=Host(settings, plugins={}, discover=False)) as assistant:
        key, secret = assistant.accounts.create_key("brief")

        async def pieces() -> AsyncIterator[bytes]:
            nonlocal now
            try:
                for number in range(10):
                    yield f"piece {number} ".encode()
                    now += 1
                    if number == 2:
                        await asyncio.to_thread(assistant.accounts.revoke_key, key.id)
            finally:
                closed.set()

        async def stream(scope: Any, receive: Any, send: Any) -> None:
            await ClosingStream(pieces(), 200, {}, "text/event-stream")(scope, receive, send)

        app = Gate(stream, assistant, clock=lambda: now)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://127.0.0.1",
            headers={"authorization": f"Bearer {secret}"},
        ) as client:
            answer = await client.get("/events")
            assert answer.text.endswith("piece 3 ")
            assert (await client.get("/events")).status_code == 401
    assert closed.is_set()


# ---- the log --------------------------------------------------------------------------------------------------------


def test_no_text_steers_the_terminal_that_shows_the_log() -> None:
    """Neither in messages nor in the texts of exceptions: escapes of one byte, turned text, lines of their own."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter())
    hostile = "\x1b[2J \x9b31m \u2028 \u202e \x85 \r\nCRITICAL assistant.gate: forged"
    try:
        raise ValueError(hostile)
    except ValueError:
        handler.handle(
            logging.getLogger("assistant.x").makeRecord("x", 40, "f", 1, "sent: %s", (hostile,), sys.exc_info())
        )
    written = stream.getvalue()
    assert not {"\x1b", "\x9b", "\u2028", "\u202e", "\x85", "\r"} & set(written)
    assert [line for line in written.splitlines() if not line.startswith("  ")] == [written.splitlines()[0]]
    assert "forged" in written


# ---- scopes ---------------------------------------------------------------------------------------------------------


def test_every_documented_route_asks_for_a_scope(served: Served) -> None:
    """A key that may only read figures gets 403 for all else, whatever it sends; what is open is listed here."""
    _, secret = served.assistant.accounts.create_key("figures", scopes=["metrics"])
    served_document = served.client.get("/openapi.json").json()
    open_ = set()
    with httpx.Client(base_url=served.url, headers={"authorization": f"Bearer {secret}"}) as client:
        for path, operations in served_document["paths"].items():
            for method in operations:
                answer = client.request(method, re.sub("{[^}]*}", "0" * 64, path), params={"q": "x"}, json={})
                if answer.status_code != 403:
                    open_.add((method, path, answer.status_code))
    assert open_ == {("get", "/metrics", 200), ("get", "/health/live", 200), ("get", "/health/ready", 200)}


def test_reading_is_not_writing_or_asking(served: Served) -> None:
    """Nothing that changes, deletes or asks is open to a key that may read."""
    _, secret = served.assistant.accounts.create_key("reader", scopes=["read"])
    with httpx.Client(base_url=served.url, headers={"authorization": f"Bearer {secret}"}) as client:
        for path, operations in served.client.get("/openapi.json").json()["paths"].items():
            for method in set(operations) - {"get"}:
                answer = client.request(method, re.sub("{[^}]*}", "0" * 64, path), params={"q": "x"}, json={})
                assert answer.status_code == 403, (method, path)


# ---- files on disk --------------------------------------------------------------------------------------------------


def test_uploads_are_read_by_this_user_only(served: Served) -> None:
    """Also while they wait to be asked about, whatever the umask is."""
    sent = served.client.post("/gradio_api/upload", files={"files": ("private.txt", b"a secret")})
    (path,) = sent.json()
    uploads = served.assistant.settings.data_dir / "uploads"
    assert Path(path).is_relative_to(uploads)
    assert stat.S_IMODE(uploads.stat().st_mode) == 0o700


def test_a_million_wrong_fields_are_refused_at_once(served: Served) -> None:
    """Each was an error with a name and a place, and all were compared with all: it took gigabytes, and for ever."""
    conversation = served.conversation()
    many = json.dumps({f"k{number}": 0 for number in range(80_000)})
    wrong_parts = json.dumps([{"role": "user", "content": [{}] * 256}] * 200)
    for path, body in (
        ("/v1/chat/completions", many),
        ("/v1/responses", many),
        ("/v1/embeddings", many),
        ("/v1/audio/speech", many),
        (f"/api/v1/conversations/{conversation}/turns", many),
        (f"/api/v1/conversations/{conversation}/turns", f'{{"text": "x", "sampling": {many}}}'),
        ("/api/v1/conversations", many),
        ("/v1/chat/completions", f'{{"model": "x", "messages": [], "metadata": {many}}}'),
        ("/v1/responses", f'{{"model": "x", "input": "x", "metadata": {many}}}'),
        ("/v1/chat/completions", f'{{"model": "x", "messages": {wrong_parts}}}'),
        ("/v1/responses", f'{{"model": "x", "input": {wrong_parts}}}'),
        ("/v1/embeddings", f'{{"model": "x", "input": [{", ".join(["{}"] * 2000)}]}}'),
    ):
        began = time.monotonic()
        refused = served.client.post(path, content=body, headers={"content-type": "application/json"})
        assert (path, refused.status_code) == (path, 400)
        assert time.monotonic() - began < 3, path
        assert len(refused.content) < 5000


def test_an_error_repeats_little_of_what_was_sent(served: Served) -> None:
    """A name of a megabyte is not sent back, nor does it get into the log."""
    long = "x" * 1_000_000
    for path, body in (
        ("/v1/chat/completions", {"model": "sensorium", "messages": [{"role": long, "content": "x"}]}),
        ("/v1/chat/completions", {"model": "sensorium", "messages": [], long: 1}),
        ("/v1/responses", {"model": "sensorium", "input": [{"type": long}]}),
        (f"/api/v1/conversations/{served.conversation()}/turns", {long: 1}),
        (f"/api/v1/conversations/{served.conversation()}/turns", {"files": [{"name": long}]}),
    ):
        refused = served.client.post(path, json=body)
        assert refused.status_code == 400
        assert len(refused.content) < 3000, path
    assert len(served.client.get("/api/v1/conversations", params={"x" * 5000: 1, "limit": "y" * 5000}).content) < 3000


def test_what_was_said_before_has_an_end(served: Served) -> None:
    """Answerers take instructions and history apart on every turn: megabytes of them are refused by name."""
    long = "a b " * 100_000
    question = {"role": "user", "content": "x"}
    for path, body in (
        ("/v1/chat/completions", {"messages": [{"role": "system", "content": long}, question]}),
        ("/v1/chat/completions", {"messages": [question, {"role": "assistant", "content": long}, question]}),
        ("/v1/responses", {"input": [question, {"role": "assistant", "content": long}, question]}),
        ("/v1/responses", {"input": "x", "instructions": long}),
    ):
        refused = served.client.post(path, json={"model": "sensorium", **body})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "context_length_exceeded"), path
    turns = f"/api/v1/conversations/{served.conversation()}/turns"
    assert served.client.post(turns, json={"text": "x", "instructions": long}).status_code == 400


# ---- from afar ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["via", "forwarded", "x-forwarded-for", "cf-connecting-ip", "true-client-ip"])
async def test_whatever_a_proxy_says_of_itself_is_heard(tmp_path: Path, header: str) -> None:
    """A request that came through one is nobody's at this machine, though it comes from there."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    settings = Settings(data_dir=tmp_path)
    with Assistant(settings, host=Host(settings, plugins={}, discover=False)) as assistant:
        transport = httpx.ASGITransport(Gate(inner, assistant))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get("/x")).status_code == 200
            assert (await client.get("/x", headers={header: "1.1 proxy"})).status_code == 401


def test_addresses_of_the_old_kind_are_told_apart() -> None:
    """Also where they are written as those of the new one; of these, a network is one customer."""
    one, two = (address_of({"client": (f"::ffff:192.0.2.{number}", 1)}) for number in (1, 2))
    assert (one, two) == ("192.0.2.1", "192.0.2.2")
    assert address_of({"client": ("2001:db8::1", 1)}) == address_of({"client": ("2001:db8::2", 1)})
