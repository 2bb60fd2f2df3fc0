"""What a plugin in a process of its own costs over the same plugin in a thread, measured in one run.

Prints, as median and 95th percentile of `--runs` alternating pairs, for a perceiver that reads the whole picture:

- photograph, warm: 12 megapixels that are decoded already; target at most 15 ms more.
- photograph, new: decoded by the call itself, in the decoder's process either way.
- text: next to no work, so all of it is overhead.
- starting a process and loading in it; a plugin described from nothing, and from what is remembered.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from decoder_overhead import jpeg

from assistant.hookspecs import hookimpl
from assistant.isolation import Program, confinement_report, describe, isolated
from assistant.media import Media, text_part
from assistant.media.worker import Workers
from assistant.plugin import Perceiver, Task
from assistant.testing import FakeServices
from assistant.types import Observation

TARGET = 15.0
"""Milliseconds that the photograph may cost more."""


class Mean(Perceiver):
    """Reads every fourth row of the picture, which is every page of it."""

    name = "mean"
    consumes = ("image", "text")
    produces = ("note",)
    isolation = "process"

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation."""
        value = float(task.image().rgb[::4].mean()) if task.part.modality == "image" else len(task.text)
        return [task.observe("note", f"{value:.3f}", 1.0)]


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """Register it."""
    register(Mean())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=60)
    runs = parser.parse_args().runs
    program = Program("overhead", "isolation_overhead", path=(str(Path(__file__).parent),))
    print("protections:", ", ".join(name for name, held in confinement_report().items() if held))
    workers = Workers()
    workers.start()
    here, there = Mean(), isolated(program, Mean())
    began = time.perf_counter()
    there.load(FakeServices())
    print(f"start and load                     {1000 * (time.perf_counter() - began):7.1f} ms")
    spent = []
    for _ in range(5):
        there.close()
        began = time.perf_counter()
        there.load(FakeServices())
        spent.append(1000 * (time.perf_counter() - began))
    print(f"start and load, again (median)     {statistics.median(spent):7.1f} ms")
    with tempfile.TemporaryDirectory() as cache:
        for what in ("describe", "describe, remembered"):
            began = time.perf_counter()
            assert not describe(program, {}, cache=Path(cache)).troubles
            print(f"{what:34} {1000 * (time.perf_counter() - began):7.1f} ms")
    content = jpeg(4000, 3000)
    media = Media(decoder=workers)
    photograph, text = media.open(content, "photograph.jpg"), text_part("hello")
    media.image(photograph)
    warm = compared("photograph, 12 megapixels, warm", runs, here, there, lambda: Task(photograph, media))
    compared(
        "photograph, 12 megapixels, new",
        max(5, runs // 4),
        here,
        there,
        lambda: Task(photograph, Media(decoder=workers)),
    )
    compared("text", runs, here, there, lambda: Task(text, media))
    there.close()
    workers.close()
    print(f"target: photograph at most {TARGET:.0f} ms more: {'kept' if warm <= TARGET else 'MISSED'}")
    sys.exit(warm > TARGET)


def compared(what: str, runs: int, here: Perceiver, there: Any, task: Callable[[], Task]) -> float:
    """Print both and the difference; the difference of the medians, in milliseconds."""
    spent: dict[str, list[float]] = {"thread": [], "process": []}
    said = set()
    for run in range(runs + 2):
        for name, perceiver in (("thread", here), ("process", there)):
            made = task()
            began = time.perf_counter()
            said.add(tuple(seen.text for seen in perceiver.perceive(made)))
            if run >= 2:
                spent[name].append(1000 * (time.perf_counter() - began))
    assert len(said) == 1, said
    middle = {name: statistics.median(each) for name, each in spent.items()}
    late = {name: statistics.quantiles(each, n=20)[-1] for name, each in spent.items()}
    more = middle["process"] - middle["thread"]
    print(
        f"{what:34} thread {middle['thread']:7.1f} (p95 {late['thread']:6.1f}), process {middle['process']:7.1f} "
        f"(p95 {late['process']:6.1f}): {more:+6.1f} ms (p95 {late['process'] - late['thread']:+6.1f})"
    )
    return more


if __name__ == "__main__":
    main()
