"""Cost of host and engine: a turn with ten trivial plugins against calling them directly. Target: under 3 ms."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.engine import Engine, Session
from assistant.host import Host
from assistant.media import Media, text_part
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin

PLUGINS = 10


def measure(runs: int) -> dict[str, Any]:
    """Medians over `runs` turns, in milliseconds."""
    perceivers = [FakePerceiver(f"trivial{number}") for number in range(PLUGINS)]
    with tempfile.TemporaryDirectory() as directory:
        host = Host(Settings(data_dir=Path(directory)), plugins={"trivial": FakePlugin(*perceivers)}, discover=False)
        media = Media()
        engine = Engine(host, media)

        async def turn(number: int) -> float:
            began = time.perf_counter()
            async for _ in engine.turn(Session(), f"question {number}", answer=False):
                pass
            return time.perf_counter() - began

        async def turns() -> list[float]:
            return [await turn(number) for number in range(runs + 5)][5:]

        through = statistics.median(asyncio.run(turns()))
        direct = []
        for number in range(runs):
            part = text_part(f"question {number}")
            began = time.perf_counter()
            for perceiver in perceivers:
                list(perceiver.perceive(Task(part, media)))
            direct.append(time.perf_counter() - began)
        host.close()
    alone = statistics.median(direct)
    return {
        "plugins": PLUGINS,
        "runs": runs,
        "turn_ms": through * 1000,
        "direct_ms": alone * 1000,
        "overhead_ms": (through - alone) * 1000,
        "target_ms": 3.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.runs)
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        print(
            f"{result['plugins']} trivial plugins: turn {result['turn_ms']:.2f} ms, called directly "
            f"{result['direct_ms']:.2f} ms, overhead {result['overhead_ms']:.2f} ms (target under 3 ms; "
            f"median of {result['runs']})"
        )


if __name__ == "__main__":
    main()
