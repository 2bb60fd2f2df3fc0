"""Turns with plugins that misbehave at random: every turn must be answered, and nothing may be left behind.

One plugin works in a thread and raises, hangs, floods or yields garbage; another works in a process of its own and is
also killed, crashes in native code, takes all memory and leaves processes behind; a third one does its work. Prints how
many turns were answered, what was missing in them, and threads, files, processes and memory along the way.

    python benchmarks/plugin_faults.py --turns 1000
"""

from __future__ import annotations

import argparse
import collections
import importlib
import logging
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from assistant.app import Assistant
from assistant.host import Host
from assistant.isolation import elsewhere
from assistant.media import text_part
from assistant.settings import load_settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta

CHAOS = """
import ctypes
import hashlib
import os
import signal
import time

from assistant import Perceiver, hookimpl


def fate(text, among):
    return among[int(hashlib.sha256(text.encode()).hexdigest(), 16) % len(among)]


class Chaos(Perceiver):
    consumes = ("text",)
    produces = ("note",)
    heavy = False
    deadline = 0.5

    def perceive(self, task):
        what = fate(self.name + task.text, self.fates)
        if what == "raise":
            raise RuntimeError("as it happens")
        if what == "exit":
            raise SystemExit(3)
        if what == "late":
            time.sleep(0.6)
        if what == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                time.sleep(1)
        if what == "locked":
            10 ** 10 ** 9
        if what == "garbage":
            yield fate(task.text[::-1], [None, 42, "words", {"kind": "note"}, object()])
        if what == "kind":
            yield task.observe("surprise", "of a kind never declared", 1.0)
        if what == "number":
            yield task.observe("note", "infinite", 1.0, far=float("inf"))
        if what == "flood":
            while True:
                yield task.observe("note", str(time.perf_counter()), 0.5)
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "leave":
            os._exit(0)
        if what == "crash":
            ctypes.string_at(0)
        if what == "memory":
            held = [bytearray(64 << 20) for _ in range(1000)]
        if what == "children":
            for _ in range(3):
                if os.fork() == 0:
                    os.setsid()
                    time.sleep(600)
        yield task.observe("note", "fine", 1.0)


class InThread(Chaos):
    name = "chaos_thread"
    fates = ["fine"] * 4 + ["raise", "exit", "late", "garbage", "kind", "number", "flood"]


class InProcess(Chaos):
    name = "chaos_process"
    isolation = "process"
    memory_limit_mb = 512
    fates = InThread.fates + ["kill", "leave", "crash", "memory", "children", "deaf", "locked"]


@hookimpl
def register_perceivers(register):
    register(InThread())
    register(InProcess())
"""


def held() -> dict[str, float]:
    """Threads, open files, child processes and MiB of memory of this process."""
    me = psutil.Process()
    return {
        "threads": threading.active_count(),
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "processes": len(me.children(recursive=True)),
        "MiB": round(me.memory_info().rss / 2**20, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument(
        "--pauses", action="store_true", help="Leave what fails alone for a while, as it is by default."
    )
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    # Apart: a process of a plugin is not to look into a folder that holds the data.
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as data:
        (Path(folder) / "chaos_plugin.py").write_text(CHAOS)
        sys.path.insert(0, folder)
        engine = {"cores": 2}
        if not arguments.pauses:  # then it fails nearly every time, instead of being left alone most of the time
            engine["breaker_failures"] = 1_000_000
            elsewhere.LONGEST_PAUSE = 0.0  # type: ignore[misc]
        settings = load_settings(data_dir=Path(data), engine=engine)
        steady = FakePerceiver("steady", produces=("steady",))
        answerer = FakeAnswerer("answers", lambda request: [Delta("answered")])
        plugins = {"chaos": importlib.import_module("chaos_plugin"), "good": FakePlugin(steady, answerer)}
        with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:
            run(assistant, arguments.turns, arguments.at_once)
        left = held()
    print(f"after the end: {left}")
    if left["processes"] or left["threads"] > 1 + len([t for t in threading.enumerate() if t.daemon]):
        sys.exit("something was left behind")


def run(assistant: Assistant, turns: int, at_once: int) -> None:
    answered, perceived = 0, 0
    missed: collections.Counter[tuple[str, str]] = collections.Counter()
    seconds: list[float] = []
    lock = threading.Lock()

    def turn(number: int) -> None:
        nonlocal answered, perceived
        began = time.perf_counter()
        reply = assistant.ask("", text_part(f"This is text number {number}."))
        with lock:
            seconds.append(time.perf_counter() - began)
            answered += reply.text == "answered"
            perceived += any(seen.kind == "steady" for seen in reply.observations)
            missed.update((gap.source, gap.cause) for gap in reply.gaps)

    readings = []
    with ThreadPoolExecutor(at_once) as pool:
        step = max(1, turns // 5)
        for start in range(0, turns, step):
            list(pool.map(turn, range(start, min(turns, start + step))))
            readings.append(held())
            print(f"after {min(turns, start + step)} turns: {readings[-1]}", flush=True)
    print(f"{turns} turns, {answered} answered, {perceived} perceived by the plugin that works")
    print(
        f"a turn took {statistics.median(seconds):.2f} s (median), {sorted(seconds)[int(0.95 * len(seconds))]:.2f} s "
        f"(95 %), {max(seconds):.2f} s at most"
    )
    for (source, cause), count in sorted(missed.items()):
        print(f"  {source} {cause}: {count}")
    if answered < turns or perceived < turns:
        sys.exit("a turn was lost")


if __name__ == "__main__":
    main()
