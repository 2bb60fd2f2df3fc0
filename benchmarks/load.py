"""Many conversations at once against a served assistant: errors, memory, health latency, fairness.

Starts `assistant serve` on a free port with a data directory and API keys of its own, lets one heavy user hold most of
the conversations and several light users one each, and prints what each of them got. Every conversation sends a
photograph with a question, then two further questions, and begins anew until the time is over. A refusal with 429 or
503 is waited out as told and counted; anything else that is no answer is a failure, and the program ends with 1.

    python benchmarks/load.py --conversations 50 --seconds 180
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from PIL import Image

from assistant.app import LOCAL, Assistant, Upload
from assistant.settings import load_settings

READY_SECONDS = 120.0
ANSWER_SECONDS = 170.0
LONGEST_WAIT = 15.0
"""Seconds of a Retry-After that are waited at most."""
QUESTIONS = ("What is in the picture?", "How many people are there?", "What colour is the largest thing?")


@dataclass
class Seen:
    """What one user got."""

    turns: list[float] = field(default_factory=list)
    """Seconds of each photograph's turn, refusals waited out included."""
    further: list[float] = field(default_factory=list)
    """Seconds of each further question."""
    refused: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def photographs(count: int) -> list[bytes]:
    """Different JPEG photographs of 640x480: pieces of scikit-image's, so that no result is found in the cache."""
    from skimage import data

    chosen = random.Random(1)
    sources = [Image.fromarray(each) for each in (data.astronaut(), data.chelsea(), data.coffee(), data.rocket())]
    made = []
    for _ in range(count):
        source = chosen.choice(sources)
        width = chosen.randint(source.width // 2, source.width)
        height = chosen.randint(source.height // 2, source.height)
        left, top = chosen.randint(0, source.width - width), chosen.randint(0, source.height - height)
        piece = source.crop((left, top, left + width, top + height)).resize((640, 480))
        target = io.BytesIO()
        piece.save(target, "JPEG", quality=90)
        made.append(target.getvalue())
    return made


async def asked(client: httpx.AsyncClient, seen: Seen, method: str, path: str, until: float, **sent: Any) -> Any:
    """The JSON answered; None if the time was over first. Refusals are waited out."""
    while time.monotonic() < until:
        try:
            response = await client.request(method, path, **sent)
        except httpx.HTTPError as error:
            seen.failures.append(f"{method} {path}: {type(error).__name__} {error}")
            return None
        if response.status_code in (429, 503):
            seen.refused[response.status_code] += 1
            if "retry-after" not in response.headers:
                seen.failures.append(f"{response.status_code} without Retry-After: {response.text[:200]}")
                return None
            await asyncio.sleep(min(LONGEST_WAIT, float(response.headers["retry-after"])))
            continue
        if response.status_code >= 300:
            seen.failures.append(f"{method} {path}: {response.status_code} {response.text[:200]}")
            return None
        return response.json()
    return None


async def converse(client: httpx.AsyncClient, seen: Seen, pictures: Iterator[bytes], until: float) -> None:
    """One conversation after the other until the time is over."""
    while time.monotonic() < until:
        made = await asked(client, seen, "POST", "/api/v1/conversations", until, json={})
        if made is None:
            continue
        path = f"/api/v1/conversations/{made['id']}/turns"
        for number, question in enumerate(QUESTIONS):
            files = {"files": ("photo.jpg", next(pictures), "image/jpeg")} if number == 0 else None
            began = time.monotonic()
            sent: dict[str, Any] = (
                {"data": {"text": question}, "files": files} if files else {"json": {"text": question}}
            )
            reply = await asked(client, seen, "POST", path, until, **sent)
            if reply is None:
                break
            if not (reply.get("answer") or {}).get("text"):
                seen.failures.append(f"no answer: {json.dumps(reply)[:200]}")
            (seen.turns if number == 0 else seen.further).append(time.monotonic() - began)


async def probe(address: str, until: float, latencies: dict[str, list[float]], failures: list[str]) -> None:
    """Ask for the health as a load balancer does."""
    async with httpx.AsyncClient(base_url=address, timeout=10) as client:
        while time.monotonic() < until:
            for path in latencies:
                began = time.monotonic()
                try:
                    response = await client.get(path)
                    if response.status_code != 200:
                        failures.append(f"{path}: {response.status_code}")
                except httpx.HTTPError as error:
                    failures.append(f"{path}: {type(error).__name__}")
                latencies[path].append((time.monotonic() - began) * 1000)
            await asyncio.sleep(0.5)


async def watch(process: psutil.Process, until: float, sizes: dict[str, list[float]]) -> None:
    """Memory of the server and of the processes that decode for it, in MiB, every second.

    What is shared by several of them counts in parts (proportional set size).
    """
    while time.monotonic() < until:
        found = {"server": 0, "decoders": 0}
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                found["server" if each is process else "decoders"] += each.memory_full_info().pss
        for name, value in found.items():
            sizes[name].append(value / 2**20)
        await asyncio.sleep(1)


def growth(sizes: list[float]) -> str:
    """How memory developed; the means of the quarters tell growth from ups and downs."""
    quarter = max(1, len(sizes) // 4)
    means = [
        statistics.mean(sizes[start : start + quarter]) for start in range(0, 4 * quarter, quarter) if sizes[start:]
    ]
    return f"{max(sizes):.0f} MiB at most; means of the quarters {', '.join(f'{mean:.0f}' for mean in means)}"


@contextmanager
def served(directory: Path, environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own; its address."""
    command = [sys.executable, "-m", "assistant", "--data-dir", str(directory), "serve", "--port", "0"]
    log = (directory.parent / "server.log").open("w")
    with log, subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            while line and "http://" not in line:
                line = process.stdout.readline()
            if not line:
                raise SystemExit("the server did not start; see " + log.name)
            address = "http://" + line.split("http://", 1)[1].split()[0]
            until = time.monotonic() + READY_SECONDS
            while httpx.get(address + "/health/ready", timeout=10).status_code != 200:
                if time.monotonic() > until:
                    raise SystemExit("the server is not ready; see " + log.name)
                time.sleep(0.5)
            yield address, process
        finally:
            process.terminate()


def key(directory: Path, environment: dict[str, str], name: str) -> str:
    """A new API key."""
    command = [sys.executable, "-m", "assistant", "--data-dir", str(directory), "keys", "create", name, "--json"]
    made = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    return str(made["key"])


def spread(values: list[float]) -> str:
    """Median and 95th percentile."""
    if len(values) < 2:
        return f"{values[0]:.2f}" if values else "none"
    return f"median {statistics.median(values):.2f}, p95 {statistics.quantiles(values, n=20)[-1]:.2f}"


async def run(arguments: argparse.Namespace, address: str, keys: dict[str, str], process: psutil.Process) -> int:
    """Let everybody talk, and print what they got."""
    users = {name: Seen() for name in keys}
    light = [name for name in keys if name != "heavy"]
    held = {"heavy": arguments.conversations - len(light), **dict.fromkeys(light, 1)}
    made = photographs(arguments.photographs)
    pictures = iter(made * 1000)
    until = time.monotonic() + arguments.seconds
    latencies: dict[str, list[float]] = {"/health/live": [], "/health/ready": []}
    failures: list[str] = []
    sizes: dict[str, list[float]] = {"server": [], "decoders": []}
    work = [probe(address, until, latencies, failures), watch(process, until, sizes)]
    async with AsyncExitStack() as clients:
        for name, many in held.items():
            client = httpx.AsyncClient(
                base_url=address,
                headers={"Authorization": f"Bearer {keys[name]}"},
                timeout=ANSWER_SECONDS,
                limits=httpx.Limits(max_connections=many + 2),
            )
            await clients.enter_async_context(client)
            work += [converse(client, users[name], pictures, until) for _ in range(many)]
        await asyncio.gather(*work)
    failures += [failure for seen in users.values() for failure in seen.failures]
    lights = [users[name] for name in light]
    heavy = users["heavy"]
    light_turns = [each for seen in lights for each in seen.turns]
    print(
        f"{arguments.conversations} conversations for {arguments.seconds:.0f} s: "
        f"{held['heavy']} of one user, 1 each of {len(light)}"
    )
    print(
        f"heavy user: {len(heavy.turns)} photographs ({spread(heavy.turns)} s), {len(heavy.further)} further questions"
    )
    print(f"light users: {len(light_turns)} photographs ({spread(light_turns)} s), ", end="")
    print(f"{sum(len(seen.further) for seen in lights)} further questions")
    photographed, further = len(heavy.turns) + len(light_turns), sum(len(seen.further) for seen in users.values())
    print(
        f"in all {60 * photographed / arguments.seconds:.1f} photographs and {60 * further / arguments.seconds:.1f} ",
        end="",
    )
    print("further questions a minute")
    refused = sum((seen.refused for seen in users.values()), Counter[int]())
    print(f"refused: {dict(refused)} ({dict(heavy.refused)} of them the heavy user)")
    if heavy.turns and light_turns:
        ratio = statistics.median(light_turns) / statistics.median(heavy.turns)
        print(f"a light user's photograph waits {ratio:.2f} x as long as the heavy user's")
    for path, values in latencies.items():
        print(f"{path}: {spread(values)} ms of {len(values)}")
    for name, values in sizes.items():
        print(f"memory of the {name}: {growth(values)}")
    print(f"load average at the end: {os.getloadavg()[0]:.1f}, of everything on this machine")
    print(f"failures: {len(failures)}")
    for failure, count in Counter(failures).most_common(10):
        print(f"  {count} x {failure}")
    return 1 if failures else 0


async def in_process(directory: Path, count: int) -> float:
    """Conversations a minute as `converse` has them, without HTTP; as many at once as a server would run."""
    settings = load_settings(data_dir=directory)
    pictures = iter(photographs(count + 1))
    with Assistant(settings) as assistant:
        await assistant.warm()

        async def talk() -> None:
            conversation = assistant.store.create_conversation(LOCAL)
            uploads = [Upload("photo.jpg", next(pictures))]
            for question in QUESTIONS:
                async for _ in assistant.turn(question, uploads, conversation=conversation):
                    pass
                uploads = []

        await talk()
        places = asyncio.Semaphore(settings.server.turns_at_once)

        async def take() -> None:
            async with places:
                await talk()

        began = time.monotonic()
        await asyncio.gather(*(take() for _ in range(count)))
        return 60 * count / (time.monotonic() - began)


def main() -> int:
    """Serve, load, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--light", type=int, default=5, help="users with one conversation each")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--photographs", type=int, default=500, help="different ones")
    parser.add_argument("--in-process", type=int, default=0, metavar="N", help="first as many without a server")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "data"
        directory.mkdir()
        weights = str(load_settings().weights_directory())
        os.environ["ASSISTANT_WEIGHTS__DIRECTORY"] = weights
        if arguments.in_process:
            figure = asyncio.run(in_process(Path(scratch) / "own", arguments.in_process))
            print(f"without a server: {figure:.1f} conversations a minute", flush=True)
        environment = dict(os.environ)
        names = ["heavy", *(f"light-{number}" for number in range(arguments.light))]
        keys = {name: key(directory, environment, name) for name in names}
        with served(directory, environment) as (address, process):
            return asyncio.run(run(arguments, address, keys, psutil.Process(process.pid)))


if __name__ == "__main__":
    sys.exit(main())
