"""A conversation about a photograph and a voice message, measured: wall time, reuse, side-by-side work, memory.

Prints, from one run each in fresh processes where models must be cold or warm in a known way:

- turn/slowest chain: wall time of a turn with a photograph and a voice message against the slower of the two alone
  (models loaded, nothing cached); target at most 1.25.
- second question: time to the first words of the first question against those of the second; target at least 20.
- side by side: the recording and as many photographs as take as long, together against one after the other, one
  thread a model; target at least 1.5 on two cores.
- memory: resident set of the process after the conversation, target under 1.5 GiB; and the most it was before.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from assistant.app import Assistant, Upload
from assistant.engine import Engine, Session
from assistant.settings import EngineSettings, Settings, WeightsSettings, load_settings
from assistant.types import Delta

QUESTIONS = ("What is in the picture?", "How many people are there?")


def assistant_for(directory: Path, **engine: Any) -> Assistant:
    """An assistant with an empty cache and the weights of the usual one."""
    weights = WeightsSettings(directory=load_settings().weights_directory())
    return Assistant(Settings(data_dir=directory, weights=weights, engine=EngineSettings(**engine)))


async def timed(
    engine: Engine, session: Session, question: str, *files: Path | Upload, answer: bool = True
) -> tuple[float, float]:
    """Seconds to the first words and to the end."""
    began = time.perf_counter()
    first = 0.0
    uploads = [file if isinstance(file, Upload) else Upload(file.name, file) for file in files]
    events = engine.turn(session, question, uploads, answer=answer)
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Delta) and event.text and not first:
                first = time.perf_counter() - began
    return first, time.perf_counter() - began


async def wall(photo: Path, voice: Path, runs: int) -> dict[str, float]:
    """Medians of: the turn with both, with the photograph alone, with the recording alone. Without any cache."""
    with tempfile.TemporaryDirectory() as directory, assistant_for(Path(directory)) as assistant:
        engine = Engine(assistant.host, assistant.media)
        await timed(engine, Session(), QUESTIONS[0], photo, voice)  # loads the models
        times: dict[str, list[float]] = {"both": [], "photo": [], "voice": []}
        for _ in range(runs):
            for name, files in (("both", [photo, voice]), ("photo", [photo]), ("voice", [voice])):
                times[name].append((await timed(engine, Session(), "", *files, answer=False))[1])
    medians = {name: statistics.median(each) for name, each in times.items()}
    return {**medians, "ratio": medians["both"] / max(medians["photo"], medians["voice"])}


def variants(photo: Path, count: int) -> list[Upload]:
    """The photograph `count` times, each compressed a little differently, so that each is perceived."""
    found = []
    with Image.open(photo) as picture:
        rgb = picture.convert("RGB")
    for number in range(count):
        target = io.BytesIO()
        rgb.save(target, "JPEG", quality=95 - number)
        found.append(Upload(f"photo{number}.jpg", target.getvalue()))
    return found


async def lanes(photo: Path, voice: Path, runs: int) -> dict[str, float]:
    """As many photographs as take as long as the recording, and the recording: in one lane and in two."""
    medians: dict[int, float] = {}
    count = 1
    for number in (1, 2):
        with (
            tempfile.TemporaryDirectory() as directory,
            assistant_for(Path(directory), lanes=number, cores=number) as assistant,
        ):
            engine = Engine(assistant.host, assistant.media)

            async def perceive(*files: Path | Upload, engine: Engine = engine) -> float:
                return (await timed(engine, Session(), "", *files, answer=False))[1]

            await perceive(photo, voice)  # loads the models
            if number == 1:
                count = max(1, round(await perceive(voice) / await perceive(photo)))
            photos = variants(photo, count)
            medians[number] = statistics.median([await perceive(*photos, voice) for _ in range(runs)])
    return {
        "photographs": count,
        "one_after_the_other": medians[1],
        "side_by_side": medians[2],
        "gain": medians[1] / medians[2],
    }


async def reuse(photo: Path, voice: Path) -> dict[str, float]:
    """First and second question of one conversation, models loaded before; and the process' memory after it."""
    with tempfile.TemporaryDirectory() as directory, assistant_for(Path(directory)) as assistant:
        await assistant.warm()
        session = Session()
        first, first_end = await timed(assistant.engine, session, QUESTIONS[0], photo, voice)
        seconds = [(await timed(assistant.engine, session, question))[0] for question in QUESTIONS[1:] * 3]
        memory = psutil.Process().memory_info().rss / 2**20
    second = statistics.median(seconds)
    return {
        "first_words_of_first_s": first,
        "whole_first_turn_s": first_end,
        "first_words_of_second_s": second,
        "ratio": first / second,
        "resident_mib": memory,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10,
    }


PARTS = {"wall": wall, "lanes": lanes, "reuse": reuse}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path)
    parser.add_argument("voice", type=Path, help="about 10 s of speech")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=PARTS, help="only this one, in this process")
    arguments = parser.parse_args()
    if arguments.part:
        more = () if arguments.part == "reuse" else (arguments.runs,)
        print(json.dumps(asyncio.run(PARTS[arguments.part](arguments.photo, arguments.voice, *more))))  # type: ignore[operator]
        return
    results = {}
    for part in PARTS:
        command = [sys.executable, __file__, str(arguments.photo), str(arguments.voice), "--part", part]
        command += ["--runs", str(arguments.runs)]
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        if part == "lanes":
            environment["OMP_NUM_THREADS"] = "1"
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
        results[part] = json.loads(printed.splitlines()[-1])
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    both, side, again = results["wall"], results["lanes"], results["reuse"]
    print(
        f"turn with both {both['both']:.2f} s, photograph alone {both['photo']:.2f} s, recording alone "
        f"{both['voice']:.2f} s: {both['ratio']:.2f} x the slowest chain (target at most 1.25)"
    )
    print(
        f"recording and {side['photographs']} photographs in one lane {side['one_after_the_other']:.2f} s, in two "
        f"{side['side_by_side']:.2f} s, one thread a model: {side['gain']:.2f} x faster (target: 1.5 on 2 cores)"
    )
    print(
        f"first words of the first question after {again['first_words_of_first_s']:.3f} s, of the second after "
        f"{again['first_words_of_second_s']:.4f} s: {again['ratio']:.0f} x (target at least 20)"
    )
    print(
        f"resident memory after the conversation: {again['resident_mib']:.0f} MiB (target under 1536), at most "
        f"{again['peak_mib']:.0f} MiB before"
    )


if __name__ == "__main__":
    main()
