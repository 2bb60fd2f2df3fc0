"""What storing costs: opening, beginning and ending a turn, writing down what it brings, searching. Milliseconds.

    python benchmarks/store_latency.py

Prints medians and 95th percentiles for SQLite and PostgreSQL (an installed one, started for the occasion), both
really writing to the disk, and `floor`: one small write with fsync, below which nothing durable can get.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from postgres_server import PostgresServer

from assistant.app import Assistant, Upload
from assistant.host import Host
from assistant.media import text_part
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.store import Store
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answer, Delta, Message, Observation

OWNER = "ann"
SEARCHED_TURNS = 5000
"""Of one owner, with four observations each, that a search goes through."""


def timed(times: list[float], work: Callable[[], Any]) -> Any:
    """Run it and note how long it took."""
    began = time.perf_counter()
    result = work()
    times.append((time.perf_counter() - began) * 1000)
    return result


def described(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {
        "median": round(statistics.median(times), 2),
        "p95": round(statistics.quantiles(times, n=20)[-1], 2),
    }


def operations(directory: Path, url: str | None, runs: int) -> dict[str, Any]:
    """Each operation by itself."""
    times: dict[str, list[float]] = {name: [] for name in ("open", "begin", "add", "finish", "load", "version")}
    for _ in range(runs // 5):
        timed(times["open"], lambda: Store(directory, url)).close()
    store = Store(directory, url)
    conversation = store.create_conversation(OWNER)
    for number in range(runs):
        part = text_part(f"content {number}", "note.txt")
        message = Message("user", f"question {number}", (part.digest,))
        seen = [
            Observation(kind="note", text=f"{number} {each}", confidence=1.0, part=part.digest) for each in range(20)
        ]
        turn = timed(times["begin"], lambda: store.begin_turn(conversation, OWNER, message, [part])).id  # noqa: B023
        for first in range(0, 20, 5):
            timed(
                times["add"],
                lambda: store.add_to_turn(turn, OWNER, observations=seen[first : first + 5], streamed="so far"),  # noqa: B023
            )
        timed(
            times["finish"],
            lambda: store.finish_turn(
                turn,  # noqa: B023
                OWNER,
                state="done",
                answer=Answer("yes"),
                parts=[part],  # noqa: B023
                observations=seen,  # noqa: B023
                gaps=[],
                statuses=[],
            ),
        )
        timed(times["version"], lambda: store.version(conversation, OWNER))
    for _ in range(5):
        timed(times["load"], lambda: store.load_conversation(conversation, OWNER))
    store.close()
    return {name: described(found) for name, found in times.items()}


def turns(directory: Path, url: str | None, runs: int) -> dict[str, Any]:
    """A whole turn with plugins that take no time, stored and not."""

    def say(request: Request) -> Iterable[Delta]:
        for number in range(20):
            yield Delta(f"word{number} ")

    settings = Settings(data_dir=directory, database=url)
    plugin = FakePlugin(*(FakePerceiver(f"eyes{number}") for number in range(5)), FakeAnswerer("mouth", say))
    host = Host(settings, plugins={"fake": plugin}, discover=False)

    async def run(assistant: Assistant, stored: bool) -> list[float]:
        times = []
        for number in range(runs):
            conversation = assistant.store.create_conversation(OWNER) if stored else None
            upload = Upload("note.txt", f"{stored} {number}".encode())
            began = time.perf_counter()
            async for _ in assistant.turn(f"{stored}? {number}", [upload], conversation=conversation, owner=OWNER):
                pass
            times.append((time.perf_counter() - began) * 1000)
        return times

    async def both() -> dict[str, Any]:
        with Assistant(settings, host=host) as assistant:
            await run(assistant, True)
            return {
                "not_stored": described(await run(assistant, False)),
                "stored": described(await run(assistant, True)),
            }

    return asyncio.run(both())


def search(directory: Path, url: str | None) -> dict[str, Any]:
    """A word that is rare, among many turns of one owner and as many of another."""
    store = Store(directory, url)
    for owner in (OWNER, "bob"):
        conversation = store.create_conversation(owner)
        for number in range(SEARCHED_TURNS):
            turn = store.begin_turn(conversation, owner, Message("user", f"question {number} " + "word " * 20), []).id
            seen = [
                Observation(kind="note", text=f"line {number} {each} of a page", confidence=1.0, part="0" * 64)
                for each in range(4)
            ]
            store.finish_turn(
                turn,
                owner,
                state="done",
                answer=Answer(f"answer {number} " + "word " * 50),
                parts=[],
                observations=seen,
                gaps=[],
                statuses=[],
            )
    times: list[float] = []
    for number in range(20):
        found = timed(times, lambda: store.search(OWNER, f"question {number + 100}"))  # noqa: B023
        assert found
    store.close()
    return described(times)


def floor(directory: Path, runs: int) -> dict[str, float]:
    """One small write with fsync."""
    times: list[float] = []
    with (directory / "floor").open("wb", buffering=0) as file:
        for _ in range(runs):
            file.write(b"x" * 4096)
            timed(times, lambda: os.fsync(file.fileno()))
    return described(times)


def main() -> None:
    """Parse flags, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--search", action="store_true", help="fill a large store and search it: takes minutes")
    given = parser.parse_args()
    for kind in ("sqlite", "postgresql"):
        directory = Path(tempfile.mkdtemp(prefix="sensorium-latency-"))
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            url = None
            if kind == "postgresql":
                url = stack.enter_context(PostgresServer(durable=True)).new_database()
            found = {"database": kind, "floor": floor(directory, given.runs)}
            found |= operations(directory, url, given.runs)
            found["turn"] = turns(directory, url, given.runs)
            if given.search:
                found["search"] = search(directory, url)
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
