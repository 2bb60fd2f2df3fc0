"""What `kill -9` at random moments of turns costs: every message, observation and answer told must be stored after it.

    python benchmarks/kill_recovery.py --kills 200
    python benchmarks/kill_recovery.py --kills 200 --database postgresql

A child runs turns with a perceiver and an answerer that take a few hundred milliseconds, and writes down for the
parent every event it was told. The parent kills it, opens the store and looks for what was told. Prints one JSON line
per kind of database. PostgreSQL is an installed one, started for the occasion, and really writes to the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from postgres_server import PostgresServer

from assistant.app import Assistant, Upload
from assistant.host import Host
from assistant.plugin import Request, Task
from assistant.settings import Settings
from assistant.store import Store
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answered, Delta, Missed, Observation, Observed, Part, PartAdded

OWNER = "ann"
OBSERVATIONS, PIECES = 40, 40
"""Of a turn."""
PAUSE_SECONDS = 0.002
LONGEST_SECONDS = 0.6
"""After which the child is killed at the latest, counted from its first event."""


def see(task: Task) -> Iterator[Observation | Part]:
    """Observations, some milliseconds apart."""
    for number in range(OBSERVATIONS):
        time.sleep(PAUSE_SECONDS)
        yield task.observe("note", f"{task.part.name} {number}", 1.0)


def say(request: Request) -> Iterable[Delta]:
    """An answer in pieces, some milliseconds apart."""
    for number in range(PIECES):
        time.sleep(PAUSE_SECONDS)
        yield Delta(f"word{number} ", citations=tuple(seen.id for seen in request.context.observations[:1]))


async def work(directory: Path, url: str | None, told: int, number: int) -> None:
    """Run turns until killed; each event told becomes a line."""
    settings = Settings(data_dir=directory, database=url)
    host = Host(
        settings, plugins={"fake": FakePlugin(FakePerceiver("eyes", see), FakeAnswerer("mouth", say))}, discover=False
    )
    with Assistant(settings, host=host) as assistant:
        for turn in range(1000):
            if turn % 2 == 0:
                conversation = assistant.store.create_conversation(OWNER)
            question = f"question {number} {turn}"
            upload = Upload(f"note {number} {turn}.txt", f"content {number} {turn}".encode())
            async for event in assistant.turn(question, [upload], conversation=conversation, owner=OWNER):
                line: dict[str, Any] = {"conversation": conversation, "question": question, "at": time.time()}
                if isinstance(event, Observed):
                    line["observation"] = event.observation.id
                elif isinstance(event, PartAdded) and event.part.parent is None:
                    line["part"] = event.part.digest
                elif isinstance(event, Missed):
                    line["gap"] = event.gap.message
                elif isinstance(event, Answered):
                    line["answer"] = event.answer.text
                elif isinstance(event, Delta):
                    line["delta"] = event.text
                os.write(told, (json.dumps(line) + "\n").encode())
            os.write(told, (json.dumps({**line, "done": True}) + "\n").encode())


def kill_once(directory: Path, url: str | None, number: int, seconds: float) -> list[dict[str, Any]]:
    """What a child told until it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            asyncio.run(work(directory, url, writing, number))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit("The child ended by itself: look at what it printed.")
        return [json.loads(line) for line in (first, *pipe.readlines()) if line.endswith(b"\n")]


def check(store: Store, lines: list[dict[str, Any]], totals: dict[str, Any]) -> None:
    """Count what was told and is not stored."""
    stored = {name: store.load_conversation(name, OWNER) for name in {line["conversation"] for line in lines}}
    for line in lines:
        turns = stored[line["conversation"]].turns
        turn = next((turn for turn in turns if turn.message.text == line["question"]), None)
        totals["told"] += 1
        if turn is None:
            totals["lost_messages"] += 1
            continue
        if "observation" in line and line["observation"] not in {seen.id for seen in turn.observations}:
            totals["lost_observations"] += 1
        if "gap" in line and line["gap"] not in {gap.message for gap in turn.gaps}:
            totals["lost_gaps"] += 1
        if "answer" in line and (turn.answer is None or turn.answer.text != line["answer"]):
            totals["lost_answers"] += 1
        if "done" in line and turn.state != "done":
            totals["lost_ends"] += 1
    last = stored[lines[-1]["conversation"]].turns[-1]
    if last.state == "interrupted":
        totals["interrupted"] += 1
    elif last.state == "running":
        totals["taken_for_running"] += 1
    if last.state == "interrupted" and last.answer is None:
        deltas = [line for line in lines if "delta" in line and line["question"] == last.message.text]
        streamed = len(last.streamed)
        behind = [line["at"] for line, end in zip(deltas, ends(deltas), strict=True) if end > streamed]
        if behind:
            totals["longest_lag_ms"] = max(totals["longest_lag_ms"], (lines[-1]["at"] - behind[0]) * 1000)


def ends(deltas: list[dict[str, Any]]) -> Iterator[int]:
    """Characters told up to and with each piece."""
    told = 0
    for line in deltas:
        told += len(line["delta"])
        yield told


def measure(kind: str, kills: int, seed: int) -> dict[str, Any]:
    """Kill and look, so many times, on one database."""
    chance = random.Random(seed)
    counts = ("told", "lost_messages", "lost_observations", "lost_gaps", "lost_answers", "lost_ends")
    totals: dict[str, Any] = {"database": kind, "kills": kills, **dict.fromkeys(counts, 0)}
    totals |= {"interrupted": 0, "taken_for_running": 0, "longest_lag_ms": 0.0}
    directory = Path(tempfile.mkdtemp(prefix="sensorium-kill-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        url = None
        if kind == "postgresql":
            url = stack.enter_context(PostgresServer(durable=True)).new_database()
        Store(directory, url).close()
        for number in range(kills):
            lines = kill_once(directory, url, number, chance.uniform(0, LONGEST_SECONDS))
            store = Store(directory, url)
            check(store, lines, totals)
            store.close()
    totals["longest_lag_ms"] = round(totals["longest_lag_ms"])
    return totals


def main() -> None:
    """Parse flags, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for kind in given.database or ["sqlite", "postgresql"]:
        print(json.dumps(measure(kind, given.kills, given.seed)), flush=True)


if __name__ == "__main__":
    main()
