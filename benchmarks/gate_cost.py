"""What the gate adds to a request, and what keys, logins and places for turns cost. Prints one line each.

python benchmarks/gate_cost.py [REQUESTS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from assistant.api.gate import Gate
from assistant.api.identity import BROWSER_COOKIE, LOGIN_COOKIE, Caller
from assistant.api.limits import Turns
from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import ServerSettings, Settings

ROUNDS = 7


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """An application that does nothing."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def timed(what: Callable[[], Awaitable[object]], times: int) -> float:
    """Microseconds of one call: the median of several rounds."""
    await what()
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(times):
            await what()
        found.append((time.perf_counter() - begin) / times * 1e6)
    return statistics.median(found)


def request(app: Any, *headers: tuple[bytes, bytes]) -> Callable[[], Awaitable[None]]:
    """One request, without a network."""

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200

    async def once() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/models",
            "query_string": b"",
            "scheme": "http",
            "headers": [(b"host", b"127.0.0.1:7860"), (b"accept", b"*/*"), *headers],
            "client": ("127.0.0.1", 5000),
        }
        await app(scope, receive, send)

    return once


async def measure(times: int, directory: Path) -> None:
    """Print the figures."""
    settings = Settings(data_dir=directory, server=ServerSettings(requests_per_minute=10**9))
    with Assistant(settings, host=Host(settings, plugins={}, discover=False)) as assistant:
        base = await timed(request(bare), times)
        browser = (b"cookie", f"{BROWSER_COOKIE}={'s' * 43}".encode())

        async def show(name: str, *headers: tuple[bytes, bytes]) -> None:
            cost = await timed(request(Gate(bare, assistant), *headers), times) - base
            print(f"{name:44} {cost:8.1f} us a request")

        await show("gate: nobody has to log in")
        await show("gate: browser's cookie", browser)
        accounts = assistant.accounts
        _, secret = accounts.create_key("benchmark")
        user = accounts.add_user("benchmark", "correct horse")
        token = accounts.log_in(user, 3600)
        await show("gate: API key", (b"authorization", f"Bearer {secret}".encode()))
        await show("gate: login", (b"cookie", f"{LOGIN_COOKIE}={token}".encode()))

        def on_thread(what: Callable[[], object]) -> Callable[[], Awaitable[object]]:
            return lambda: asyncio.to_thread(what)

        few = max(1, times // 20)
        for name, read in (
            ("key read from the database", lambda: accounts.verify_key(secret)),
            ("login read from the database", lambda: accounts.logged_in(token)),
        ):
            print(f"{name:44} {await timed(on_thread(read), few):8.1f} us")
        hashing = await timed(on_thread(lambda: accounts.verify_password("benchmark", "correct horse")), 1)
        print(f"{'password checked':44} {hashing / 1000:8.1f} ms")

    caller = Caller("local", "local", "local")
    turns = Turns(at_once=8, each=8, waiting=64, seconds=60.0)

    async def place() -> None:
        async with turns.slot(caller):
            pass

    print(f"{'place for a turn, free':44} {await timed(place, times):8.1f} us")
    queued = Turns(at_once=1, each=1, waiting=64, seconds=60.0)

    async def contend() -> None:
        async def one(number: int) -> None:
            async with queued.slot(Caller("local", "x", "key", limit=str(number % 8))):
                await asyncio.sleep(0)

        await asyncio.gather(*(one(number) for number in range(64)))

    print(f"{'place for a turn, 64 contend for one':44} {await timed(contend, few) / 64:8.1f} us")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, Path(made)))
