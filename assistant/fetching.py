"""Fetches a file from an address that a client gave, and only from public ones. Off by default; not for our own use.

A server that fetches what strangers name can be made to ask the services next to it. So there is one parser, a name is
looked up once, every address found must be public, the connection goes to an address that was checked, redirects are
followed by hand and checked alike, and bytes and time are capped while reading.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assistant.errors import FetchRefused, MediaTooLarge

if TYPE_CHECKING:
    import ssl

    import httpx

    from assistant.settings import FetchSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

URL_CHARACTERS = 2048
CONNECT_SECONDS = 5.0
"""For one of several addresses of a name; the setting fetch.seconds is for everything."""
ADDRESSES = 4
"""Addresses of one name that are tried."""
RESOLVERS = 4
"""Names that are looked up at once."""
_DOWNLOAD = "Download the file and send it as a data URL or an upload."
_ON = f"{_DOWNLOAD} Who runs this server can allow fetching with the setting fetch.enabled."
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_REDIRECTS = (301, 302, 303, 307, 308)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 see them (RFC 6052)."""
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        # Special purposes (RFC 6890 and the IANA registries) that some Python versions call global, and tunnels whose
        # addresses hold an IPv4 address that may be anything: Teredo, 6to4 and its relays.
        "100.64.0.0/10 192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 240.0.0.0/4 "
        "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split(),
    )
)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Target:
    """What an address asks for, taken apart once."""

    url: httpx.URL
    scheme: str
    host: str
    """Lower-case ASCII name, or an IP address without brackets."""
    port: int
    literal: Address | None
    """The host, if it is an IP address."""


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a name, best first. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach the same place."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST or address.scope_id:
            return False
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC if network.version == address.version)


@cache
def _resolvers() -> ThreadPoolExecutor:
    """Threads of their own: a name server that does not answer holds up nothing else."""
    return ThreadPoolExecutor(RESOLVERS, "resolver-of-assistant")


@cache
def _authorities() -> ssl.SSLContext:
    """The usual certificate authorities; reading them takes some time."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


class Fetcher:
    """Fetches files from public addresses, if the settings allow it. Safe to share between tasks."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        resolve: Callable[[str, int], Sequence[str]] = resolve,
        allowed: Callable[[Address], bool] = is_public,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            settings: whether, from where and how much.
            resolve: gives the IP addresses of a name and port; called in a thread.
            allowed: whether an IP address may be connected to; for tests.
            verify: how certificates are checked; by the usual authorities if not given.
        """
        self._settings, self._resolve, self._allowed, self._verify = settings, resolve, allowed, verify

    async def fetch(self, url: str) -> tuple[str, bytes]:
        """A name for the file, and its bytes as they came; what they are must be sniffed.

        Raises:
            FetchRefused: fetching is off, the address is none that is fetched, or it gave nothing usable.
            MediaTooLarge: more bytes than the setting fetch.bytes.
        """
        if not self._settings.enabled:
            raise FetchRefused("Files are not fetched from addresses on this server.", _ON)
        try:
            return await asyncio.wait_for(self._follow(url), self._settings.seconds)
        except asyncio.TimeoutError as error:
            raise FetchRefused(
                f"The address did not give its file within {self._settings.seconds:g} s.", _DOWNLOAD
            ) from error

    async def _follow(self, url: str) -> tuple[str, bytes]:
        target = self._parsed(url)
        for _ in range(self._settings.redirects + 1):
            found = await self._get(target, await self._addresses(target))
            if isinstance(found, bytes):
                return _name(target), found
            following = self._parsed(found)
            if target.scheme == "https" and following.scheme == "http":
                raise FetchRefused(f"{target.host} leads from an encrypted address to an open one.", _DOWNLOAD)
            target = following
        raise FetchRefused(f"The address leads on more than {self._settings.redirects} times.", _DOWNLOAD)

    def _parsed(self, url: str) -> _Target:
        """The address in its parts.

        Raises:
            FetchRefused: anything about it is not as plain as addresses of files are.
        """
        import httpx

        if len(url) > URL_CHARACTERS:
            raise FetchRefused(f"The address is longer than {URL_CHARACTERS} characters.", _DOWNLOAD)
        if any(character in url for character in "\\ ") or not url.isprintable():
            raise FetchRefused("The address holds blanks, backslashes or control characters.", "Correct the address.")
        try:
            parsed = httpx.URL(url)
            scheme, host, port = parsed.scheme, parsed.raw_host.decode("ascii").lower(), parsed.port
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchRefused("The address is not well-formed.", "Correct the address.") from error
        if scheme not in ("http", "https"):
            raise FetchRefused("Only addresses with http:// or https:// are fetched.", _DOWNLOAD)
        if parsed.userinfo or "@" in re.split("[/?#]", url.partition("://")[2])[0]:
            raise FetchRefused("Addresses with a user name or password are not fetched.", _DOWNLOAD)
        port = port or (443 if scheme == "https" else 80)
        if port not in self._settings.ports:
            raise FetchRefused(f"Nothing is fetched from port {port}.", _DOWNLOAD)
        literal = _literal(host)
        if literal is None:
            host = host.removesuffix(".")
            labels = host.split(".")
            if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
                raise FetchRefused("The address has no public host name.", _DOWNLOAD)
        hosts = self._settings.allowed_hosts
        if hosts and not any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts):
            raise FetchRefused(f"Nothing is fetched from {host} on this server.", _DOWNLOAD)
        return _Target(parsed, scheme, host, port, literal)

    async def _addresses(self, target: _Target) -> list[Address]:
        """The IP addresses of the host, looked up once; all are allowed."""
        if target.literal is not None:
            found: list[Address] = [target.literal]
        else:
            try:
                looking_up = asyncio.get_running_loop().run_in_executor
                given = await looking_up(_resolvers(), self._resolve, target.host, target.port)
                found = [ipaddress.ip_address(each) for each in given]
            except (OSError, ValueError) as error:
                raise FetchRefused(f"There is no host {target.host}.", "Correct the address.") from error
        if not found:
            raise FetchRefused(f"There is no host {target.host}.", "Correct the address.")
        if not all(map(self._allowed, found)):
            # One public address among others is how a name leads past this check.
            _logger.warning("Not fetched: %s is at %s", target.host, ", ".join(map(str, found)))
            raise FetchRefused(f"{target.host} is not a public place on the internet.", _DOWNLOAD)
        return found[:ADDRESSES]

    async def _get(self, target: _Target, addresses: Sequence[Address]) -> bytes | str:
        """The bytes, or the address that they are redirected to."""
        import httpx

        for number, address in enumerate(addresses, 1):
            try:
                return await self._read(target, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if number == len(addresses):
                    raise FetchRefused(f"{target.host} cannot be connected to.", "Correct the address.") from error
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ValueError) as error:
                raise FetchRefused(f"What {target.host} sent is broken or cut off.", _DOWNLOAD) from error
        raise AssertionError("unreachable: there is an address")

    async def _read(self, target: _Target, address: Address) -> bytes | str:
        import httpx

        pinned = target.url.copy_with(host=str(address), fragment=None)
        host = f"[{target.host}]" if ":" in target.host else target.host
        headers = {
            "Host": host if target.url.port is None else f"{host}:{target.port}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "User-Agent": "sensorium",
        }
        # A client for one request: no cookies, no connection that an earlier name had checked.
        async with httpx.AsyncClient(
            verify=self._verify or _authorities(), trust_env=False, follow_redirects=False, timeout=self._timeout()
        ) as client:
            # The certificate must be the name's, though the connection goes to the number.
            extensions = {"sni_hostname": target.host} if target.literal is None else {}
            async with client.stream("GET", pinned, headers=headers, extensions=extensions) as response:
                if response.status_code in _REDIRECTS:
                    leads = response.headers.get("location", "")
                    if not leads:
                        raise FetchRefused(f"{target.host} leads nowhere.", _DOWNLOAD)
                    return str(target.url.join(leads))
                return await self._body(target, response)

    def _timeout(self) -> httpx.Timeout:
        import httpx

        return httpx.Timeout(self._settings.seconds, connect=min(CONNECT_SECONDS, self._settings.seconds))

    async def _body(self, target: _Target, response: httpx.Response) -> bytes:
        if response.status_code != 200:
            raise FetchRefused(f"{target.host} answered with status {response.status_code}.", "Correct the address.")
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            # Unpacking is where bombs go off, and it was asked not to pack.
            raise FetchRefused(f"{target.host} sends the file packed, though it was asked not to.", _DOWNLOAD)
        most = self._settings.bytes
        too_large = MediaTooLarge(
            f"The file at {target.host} is larger than {most / 1e6:.0f} MB.",
            "Send a smaller file. Who runs this server can raise the setting fetch.bytes.",
        )
        if int(response.headers.get("content-length", "0")) > most:
            raise too_large
        pieces, held = [], 0
        async for piece in response.aiter_raw():
            held += len(piece)
            if held > most:
                raise too_large
            pieces.append(piece)
        return b"".join(pieces)


def _literal(host: str) -> Address | None:
    """The IP address that a host is; None for a name.

    Raises:
        FetchRefused: a number that some programs take for an IP address: hexadecimal, octal, shortened, with a zone.
    """
    try:
        if ":" in host:
            return ipaddress.IPv6Address(host)
        if _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
            return ipaddress.IPv4Address(host)
    except ValueError as error:
        raise FetchRefused("The address has an unusual number for a host.", "Correct the address.") from error
    return None


def _name(target: _Target) -> str:
    """What to call the file: the end of the path, else the host."""
    return unquote(target.url.path.rstrip("/").rpartition("/")[2]) or target.host
