"""Cost of a hundred installed trivial plugins: start-up (target: under 1 s more) and a turn (target: under 10 ms more).

They are made as pip would leave them, one distribution and one small module each, in a temporary directory that is put
on the import path of fresh interpreters. The turn is measured twice: with plugins that have nothing to do in it (they
read pictures, and a question was asked), and with plugins that all read the question.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MODULE = '''"""A trivial plugin."""

from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.0,<2"


class Trivial(Perceiver):
    """Says one thing."""

    name = "{name}"
    consumes = ("{modality}",)
    produces = ("note",)
    heavy = False

    def perceive(self, task):
        """One observation."""
        yield task.observe("note", "seen", 0.9)


@hookimpl
def register_perceivers(register):
    register(Trivial())
'''
START = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from assistant.host import Host
from assistant.settings import Settings
host = Host(Settings(data_dir=Path(sys.argv[1])))
print(time.perf_counter() - began)
found = [runner.name for runner in host.perceivers() if runner.name.startswith("trivial")]
assert len(found) == int(sys.argv[2]), [str(problem) for problem in host.problems()[:2]]
assert not [problem for problem in host.problems() if problem.plugin.startswith("trivial")]
"""
TURN = """
import asyncio, statistics, sys, time
from importlib.metadata import entry_points
from pathlib import Path
from assistant.engine import Engine, Session
from assistant.host import Host
from assistant.media import Media
from assistant.settings import Settings
others = [each.name for each in entry_points(group="assistant") if not each.name.startswith("trivial")]
host = Host(Settings(data_dir=Path(sys.argv[1]), disabled=others))
engine, runs = Engine(host, Media()), int(sys.argv[3])
assert len(host.perceivers()) == int(sys.argv[2])

async def turns():
    spent = []
    for number in range(runs + 3):
        began = time.perf_counter()
        async for _ in engine.turn(Session(), f"question {number}", answer=False):
            pass
        spent.append(time.perf_counter() - began)
    return spent[3:]

print(statistics.median(asyncio.run(turns())))
host.close()
"""


def make(site: Path, count: int, modality: str) -> None:
    """Lay down distributions with one plugin each."""
    for number in range(count):
        name = f"trivial{number:03}"
        about = site / f"assistant_{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (site / f"assistant_{name}.py").write_text(MODULE.format(name=name, modality=modality))
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: assistant-{name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[assistant]\n{name} = assistant_{name}\n")
        (about / "INSTALLER").write_text("pip\n")
        (about / "RECORD").write_text(f"assistant_{name}.py,,\n{about.name}/RECORD,,\n")


def seconds(program: str, data: Path, site: Path, *told: object) -> float:
    """What a fresh interpreter with that directory on its path measured."""
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    finished = subprocess.run(
        [sys.executable, "-c", program, str(data), *map(str, told)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(finished.stderr[-2000:])
    return float(finished.stdout.split()[-1])


def measure(count: int, starts: int, turns: int) -> dict[str, Any]:
    """The least of several runs, with and without the plugins; of a turn, the least median."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        data, none, idle, busy = root / "data", root / "none", root / "idle", root / "busy"
        none.mkdir()
        make(idle, count, "image")
        make(busy, count, "text")
        begun: dict[Path, list[float]] = {none: [], busy: []}
        for _ in range(starts + 1):  # the first writes bytecode and is not counted
            for site, spent in begun.items():
                spent.append(seconds(START, data, site, count if site is busy else 0))
        turned: dict[Path, list[float]] = {none: [], idle: [], busy: []}
        for _ in range(3):
            for site, spent in turned.items():
                spent.append(seconds(TURN, data, site, 0 if site is none else count, turns))
    # The least of several is what it costs; the rest is what else the machine was doing.
    start = {site: min(spent[1:]) for site, spent in begun.items()}
    turn = {site: min(spent) * 1000 for site, spent in turned.items()}
    return {
        "plugins": count,
        "start_s": start[none],
        "start_with_s": start[busy],
        "start_more_s": start[busy] - start[none],
        "first_start_with_s": begun[busy][0],
        "turn_ms": turn[none],
        "turn_idle_more_ms": turn[idle] - turn[none],
        "turn_busy_more_ms": turn[busy] - turn[none],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=100)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.plugins, arguments.starts, arguments.turns)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    start, start_with, more = (result[key] for key in ("start_s", "start_with_s", "start_more_s"))
    print(f"{result['plugins']} trivial plugins")
    print(f"start-up {start:.2f} s without, {start_with:.2f} s with: {more:.2f} s more (target under 1 s;")
    print(f"  where no bytecode was written yet {result['first_start_with_s']:.2f} s)")
    print(f"turn {result['turn_ms']:.2f} ms without;")
    print(f"  {result['turn_idle_more_ms']:.2f} ms more where they have nothing to do in it (target under 10 ms)")
    print(f"  {result['turn_busy_more_ms']:.2f} ms more where all of them read the question")


if __name__ == "__main__":
    main()
