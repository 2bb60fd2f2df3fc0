"""Addresses that clients give: only public ones are asked, by what was checked, within caps; off unless switched on."""

from __future__ import annotations

import asyncio
import ipaddress
import shutil
import ssl
import subprocess
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FetchRefused, MediaError, MediaTooLarge
from assistant.fetching import Fetcher, is_public
from assistant.settings import FetchSettings

LOOPBACK = ipaddress.ip_address("127.0.0.1")
PUBLIC = "93.184.215.14"


class Site:
    """A server of its own, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []
        self.resolved: list[str] = []
        self.cut_off = asyncio.Event()

    def fetcher(self, resolve: Callable[[str, int], list[str]] | None = None, **options: Any) -> Fetcher:
        """One that takes this server, and no other private place, for a public one."""

        def lookup(host: str, port: int) -> list[str]:
            self.resolved.append(host)
            return resolve(host, port) if resolve else [str(LOOPBACK)]

        settings = FetchSettings(**{"enabled": True, "ports": (self.port,), "seconds": 5.0, "bytes": 10_000, **options})
        return Fetcher(settings, resolve=lookup, allowed=lambda address: address == LOOPBACK or is_public(address))

    def url(self, path: str = "/photo.jpg", host: str = "files.example.org") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def site(answer: bytes | Callable[[asyncio.StreamWriter], Any], **options: Any) -> AsyncIterator[Site]:
    """A server that answers every request with these bytes, or as the function does; `{port}` is filled in."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        try:
            if isinstance(answer, bytes):
                writer.write(answer.replace(b"{port}", str(made.port).encode()))
                await writer.drain()
            else:
                await answer(writer)
        except ConnectionError:
            made.cut_off.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    made = Site(server.sockets[0].getsockname()[1])
    async with server:
        yield made


def response(body: bytes = b"content", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def test_off_unless_switched_on() -> None:
    """Without the setting nothing is asked, and the error says what to do instead."""
    with pytest.raises(FetchRefused) as caught:
        await Fetcher(FetchSettings()).fetch("http://example.org/a.jpg")
    assert "data URL" in caught.value.remedy
    assert "fetch.enabled" in caught.value.remedy


async def test_a_file_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes come with a name, the host is named to the server, and neither proxies nor cookies are used."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with site(response(b"pixels", "Set-Cookie: a=b")) as there:
        fetcher = there.fetcher()
        for _ in range(2):
            assert await fetcher.fetch(there.url("/a/my%20photo.jpg?size=1")) == ("my photo.jpg", b"pixels")
        assert there.asked[0].startswith("GET /a/my%20photo.jpg?size=1 HTTP/1.1\r\n")
        headers = there.asked[1].lower()
        assert f"host: files.example.org:{there.port}\r\n" in headers
        assert "accept-encoding: identity\r\n" in headers
        assert "cookie" not in headers
        assert "authorization" not in headers


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://example.org/",
        "data:text/plain,hello",
        "//example.org/a",
        "example.org/a",
        "",
        "http://",
        "http:///a",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://@example.org/",
        "http://example.org:22/",
        "http://example.org:8080/",
        "http://example.org:99999/",
        "http://example.org/\r\nX-Header: 1",
        "http://example.org/a b",
        "http://exam\tple.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org\x00.evil/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://127.0.0.1./",
        "http://127.0.0.0x1/",
        "http://0/",
        "http://0x/",
        "http://127%2e0.0.1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://ⓛocalhost/",
        "http://localhost/",
        "http://router/",
        "http://a..b/",
        "http://-a.example/",
        "http://xn--/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[64:ff9b:1::10.0.0.1]/",
        "http://[2002:0a00:0001::1]/",
        "http://[2001:0:a00:1::1]/",
        "http://[ff02::1]/",
        "http://[::1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://198.18.0.1/",
        "http://192.0.2.1/",
        f"http://example.org/{'a' * 3000}",
    ],
)
async def test_what_is_never_asked(url: str) -> None:
    """Other schemes and ports, logins, disguised numbers and private places are refused before any connection."""

    def lookup(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    fetcher = Fetcher(FetchSettings(enabled=True), resolve=lookup)
    with pytest.raises(FetchRefused) as caught:
        await fetcher.fetch(url)
    assert caught.value.remedy


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://[", "http://a@", "http://1."]))
def test_any_text_is_refused_or_looked_up(text: str, start: str) -> None:
    """Whatever is given as an address, the outcome is an error of ours, or a plain public name that is looked up."""
    looked_up: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        looked_up.append(host)
        raise OSError

    with pytest.raises(MediaError):
        asyncio.run(
            Fetcher(FetchSettings(enabled=True), resolve=lookup, allowed=lambda address: False).fetch(start + text)
        )
    assert all(host.isascii() and "." in host and host.strip("0123456789.") for host in looked_up)


@pytest.mark.parametrize(
    "found",
    [
        ["10.0.0.1"],
        [PUBLIC, "192.168.0.1"],
        ["127.0.0.2"],
        ["::1"],
        ["fd12::1"],
        ["::ffff:169.254.169.254"],
        ["fe80::1%eth0"],
        [],
        ["nonsense"],
    ],
)
async def test_names_of_private_places(found: list[str]) -> None:
    """A name is refused if any address found for it is private, and the answer does not tell the address."""
    fetcher = Fetcher(FetchSettings(enabled=True), resolve=lambda host, port: found)
    with pytest.raises(FetchRefused) as caught:
        await fetcher.fetch("http://rebound.example.org/")
    assert not any(each in str(caught.value) for each in found)


def test_public_places() -> None:
    """Ordinary addresses of the internet are public, also as a network without IPv4 sees them."""
    for address in (PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450:4001:82a::200e", "64:ff9b::808:808"):
        assert is_public(ipaddress.ip_address(address)), address
    assert not is_public(ipaddress.ip_address("64:ff9b::a00:1"))


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A name that leads elsewhere when asked again is asked once only."""
    async with site(response()) as there:
        fetcher = there.fetcher(lambda host, port: [str(LOOPBACK)] if len(there.resolved) == 1 else ["10.0.0.1"])
        assert (await fetcher.fetch(there.url()))[1] == b"content"
        assert there.resolved == ["files.example.org"]
        with pytest.raises(FetchRefused, match="not a public place"):
            await fetcher.fetch(there.url())


@pytest.mark.parametrize(
    "leads",
    [
        "http://127.0.0.9:{port}/",
        "http://169.254.169.254:{port}/latest",
        "http://[::ffff:10.0.0.1]:{port}/",
        "//10.0.0.1:{port}/",
        "file:///etc/passwd",
        "http://files.example.org:22/",
        "http://user@files.example.org:{port}/",
        "http://inside.example.org:{port}/",
        "",
    ],
)
async def test_redirects_are_checked_alike(leads: str) -> None:
    """Each address that a redirect names is checked as the first one was; the place is not connected to."""
    answer = response(b"", f"Location: {leads}", status="302 Found")
    async with site(answer) as there:
        fetcher = there.fetcher(lambda host, port: ["192.168.7.7"] if host.startswith("inside") else [str(LOOPBACK)])
        with pytest.raises(FetchRefused):
            await fetcher.fetch(there.url())
        assert len(there.asked) == 1


async def test_redirects_are_followed_and_counted() -> None:
    """A relative redirect leads to the file; a circle ends."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        last = there.asked[-1].split()[1]
        writer.write(response(b"there") if last == "/b.png" else response(b"", "Location: /b.png", status="301 Moved"))

    async with site(answer) as there:
        assert await there.fetcher().fetch(there.url("/a")) == ("b.png", b"there")
    async with site(response(b"", "Location: /again", status="307 Temporary")) as circle:
        with pytest.raises(FetchRefused, match="more than 3 times"):
            await circle.fetcher().fetch(circle.url())
        assert len(circle.asked) == 4


async def test_a_redirect_must_not_drop_encryption() -> None:
    """From https to http is refused, since anyone between could have changed the file."""
    fetcher = Fetcher(FetchSettings(enabled=True), resolve=lambda host, port: [PUBLIC])

    async def get(*arguments: Any) -> str:
        return "http://files.example.org/"

    fetcher._get = get  # type: ignore[method-assign]
    with pytest.raises(FetchRefused, match="encrypted"):
        await fetcher.fetch("https://files.example.org/")


async def test_bytes_are_capped() -> None:
    """By the length announced, and while reading where none is."""
    for head in (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"):

        async def endless(writer: asyncio.StreamWriter, head: bytes = head) -> None:
            writer.write(head)
            while True:
                writer.write(bytes(4096))
                await writer.drain()

        async with site(endless) as there:
            with pytest.raises(MediaTooLarge, match="larger than"):
                await there.fetcher().fetch(there.url())
            await asyncio.wait_for(there.cut_off.wait(), 5)


async def test_time_is_capped() -> None:
    """A server that sends a byte now and then does not hold the fetch for longer than the setting."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with site(drip) as there:
        with pytest.raises(FetchRefused, match=r"within 0\.3 s"):
            await there.fetcher(seconds=0.3).fetch(there.url())
        await asyncio.wait_for(there.cut_off.wait(), 5)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (response(zlib.compress(bytes(10**7)), "Content-Encoding: deflate"), "packed"),
        (response(b"\x1f\x8b", "Content-Encoding: gzip"), "packed"),
        (response(b"x", "Content-Encoding: identity, br"), "packed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort", "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "broken"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "broken"),
        (b"SSH-2.0-OpenSSH\r\n", "broken"),
        (b"", "broken"),
        (response(status="404 Not Found"), "status 404"),
        (response(status="206 Partial Content"), "status 206"),
    ],
)
async def test_what_is_not_a_whole_file_is_refused(answer: bytes, said: str) -> None:
    """Packed, cut off, malformed or missing: an error that names the host."""
    async with site(answer) as there:
        with pytest.raises(FetchRefused, match=rf"files\.example\.org.*{said}"):
            await there.fetcher().fetch(there.url())


async def test_the_next_address_is_tried() -> None:
    """A host whose first address does not answer is asked at its second."""
    async with site(response()) as there:
        closed = ipaddress.ip_address("127.0.0.3")
        fetcher = there.fetcher(lambda host, port: [str(closed), str(LOOPBACK)])
        fetcher._allowed = lambda address: address in (closed, LOOPBACK)
        assert (await fetcher.fetch(there.url()))[1] == b"content"
        with pytest.raises(FetchRefused, match="cannot be connected to"):
            await there.fetcher(lambda host, port: [str(LOOPBACK)], ports=(1,)).fetch("http://files.example.org:1/")


async def test_hosts_can_be_listed() -> None:
    """With a list of hosts, no other is looked up."""
    async with site(response()) as there:
        fetcher = there.fetcher(allowed_hosts=("files.example.org", ".example.net"))
        await fetcher.fetch(there.url())
        await fetcher.fetch(there.url(host="a.example.net"))
        for host in ("example.org", "evilfiles.example.org", "example.net", "notexample.net"):
            with pytest.raises(FetchRefused, match="Nothing is fetched from"):
                await fetcher.fetch(there.url(host=host))
        assert there.resolved == ["files.example.org", "a.example.net"]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of files.example.org, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=files.example.org"
    named = ["-addext", "subjectAltName=DNS:files.example.org", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command.split(), *named], check=True, capture_output=True)
    return made, key


async def test_the_certificate_is_the_names(certificate: tuple[Path, Path]) -> None:
    """The connection goes to the address, and the certificate must still be that of the host in the URL."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*certificate)
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    async with site(response(), ssl=serving) as there:
        fetcher = there.fetcher()
        fetcher._verify = trusting
        assert (await fetcher.fetch(there.url().replace("http:", "https:")))[1] == b"content"
        for host, verify in (("other.example.org", trusting), ("files.example.org", ssl.create_default_context())):
            fetcher._verify = verify
            with pytest.raises(FetchRefused, match="cannot be connected to"):
                await fetcher.fetch(there.url(host=host).replace("http:", "https:"))
