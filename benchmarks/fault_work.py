"""Faults of the work itself: clients that leave, signals, killed decoders, hanging code, hostile files."""

from __future__ import annotations

import contextlib
import io
import random
import signal
import socket
import time
import wave
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
from fault_report import HEALTH_SECONDS, QUICK_SECONDS, Row, Skipped, running
from fault_server import (
    Client,
    FaultServer,
    Following,
    asked_all_the_while,
    data_url,
    percentile,
    photograph,
    reason,
    timed,
    until,
)

HOSTILE = Path(__file__).resolve().parents[1] / "../shared/data/hostile"
STOP_SECONDS = 1.0
"""Work for a client that left takes no longer."""
START_SECONDS = 40.0


def leaving(row: Row, scratch: Path) -> None:
    """Work stops within a second of the client's leaving, on every route that streams."""
    with running(FaultServer(scratch)) as server, server.client() as client:
        sound = _sound()
        asked = {"model": "sensorium", "stream": True}
        routes: dict[str, tuple[str, dict[str, Any]]] = {
            "chat": ("/v1/chat/completions", {"json": asked | {"messages": [_says("pieces 900 chat")]}}),
            "responses": ("/v1/responses", {"json": asked | {"input": [_says("pieces 900 responses")]}}),
            "turns": (
                f"/api/v1/conversations/{client.conversation()}/turns",
                {"json": {"text": "pieces 900 turns"}, "headers": {"Accept": "text/event-stream"}},
            ),
            "transcriptions": (
                "/v1/audio/transcriptions",
                {"data": {"model": "whisper-1", "stream": "true"}, "files": {"file": ("slow.wav", sound)}},
            ),
        }
        for name, (path, sent) in routes.items():
            with server.client() as leaver:
                left = 0.0
                with leaver.stream("POST", path, **sent) as response:
                    for line in response.iter_lines():
                        if "delta" in line or "piece" in line:
                            left = time.monotonic()
                            break
                row.saw(f"{name} {response.status_code}", left > 0)
            word = "slow.wav" if name == "transcriptions" else name
            seconds = server.noted(f"stopped {word}") - left
            row.saw(f"stopped in {seconds * 1000:.0f} ms", 0 <= seconds < STOP_SECONDS)
        whole = server.client()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(lambda: whole.chat("pieces 900 whole"))
            until(lambda: "sensorium_turns_running 1" in client.get("/metrics").text, 5)
            left = _hang_up(whole)
            seconds = server.noted("stopped whole") - left
            waiting.exception()
        row.saw(f"chat, not streamed: stopped in {seconds * 1000:.0f} ms", 0 <= seconds < STOP_SECONDS)
        row.well(until(lambda: client.chat("still?").status_code == 200), 1)
        row.unforeseen(server)


def _says(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _hang_up(client: httpx.Client) -> float:
    """Break a client's connection under its request; when that was."""
    left = time.monotonic()
    for connection in client._transport._pool.connections:  # type: ignore[attr-defined]
        stream = connection._connection._network_stream
        stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    return left


def _sound() -> bytes:
    """Three seconds of noise, as WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(random.randbytes(2 * 16000 * 3))
    return target.getvalue()


def ended(row: Row, scratch: Path, url: str = "") -> None:
    """SIGTERM: what can end in time does, the rest is stopped. SIGKILL: found interrupted, and asked again."""
    with running(FaultServer(scratch, settings={"DATABASE": url, "SERVER__SHUTDOWN_SECONDS": "3"})) as server:
        with server.client() as client:
            brief, long, cut = (client.conversation() for _ in range(3))
        streams = [Following(server, brief, "pieces 30 brief"), Following(server, long, "pieces 900 long")]
        for stream in streams:
            stream.writing.wait(10)
        code, seconds = server.end()
        row.saw(f"SIGTERM: {code} in {seconds:.1f} s", code == 0 and seconds < 3 + 10)
        row.saw("brief turn " + streams[0].state, streams[0].state == "done")
        told = [name for name, _ in streams[1].events]
        row.saw("long turn told of its end", "error" in told or streams[1].state == "stopped")
        server.start()
        with server.client() as client:
            states = [client.turns(each)[0]["state"] for each in (brief, long)]
            row.saw(f"stored {', '.join(states)}", states == ["done", "stopped"])
        stream = Following(server, cut, "pieces 100 cut")
        stream.writing.wait(10)
        time.sleep(0.5)
        server.end(signal.SIGKILL)
        began = time.monotonic()
        server.start()
        with server.client() as client:
            (turn,) = client.turns(cut)
            row.saw(f"SIGKILL: found {turn['state']}", turn["state"] == "interrupted")
            again = client.post(f"/api/v1/conversations/{cut}/turns/{turn['id']}/retry", json={})
            (turn,) = client.turns(cut)
            row.saw(f"asked again {again.status_code}, {turn['state']}", turn["state"] == "done")
        row.well(time.monotonic() - began, START_SECONDS)
        row.unforeseen(server)


def decoders_killed(row: Row, scratch: Path) -> None:
    """Idle decoders, then their template, are killed just before files come: these are decoded all the same."""
    with running(FaultServer(scratch)) as server, server.client() as client:
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        for victim in ("decoder", "template"):
            client.chat("first?", photograph(1))
            children = process.children()
            decoders = [each for child in children for each in child.children()]
            chosen = decoders if victim == "decoder" else children
            with ThreadPoolExecutor(4) as pool:
                asked = [pool.submit(_picture, server) for _ in range(8)]
                for each in chosen:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
                statuses = Counter(each.result() for each in asked)
            told = ", ".join(f"{count} x {status}" for status, count in statuses.items())
            row.saw(
                f"{len(chosen)} of {victim} killed: {told}", {each[:3] for each in statuses} <= {"200", "422", "503"}
            )
            seconds = until(lambda: _picture(server) == "200", 20)
            row.well(max(seconds or 99.0, row.recovered or 0.0), 10)
        row.unforeseen(server)


def _picture(server: FaultServer) -> str:
    with server.client() as client:
        response = client.chat("what?", photograph(7))
        if response.status_code != 200:
            return reason(response)
        causes = {gap["cause"] for gap in response.json()["sensorium"]["gaps"]} - {"no_plugin"}
        return f"200 with a gap ({', '.join(causes)})" if causes else "200"


def native_hang(row: Row, scratch: Path) -> None:
    """Code that never comes back costs who asked for it; others go on, and the hanging one is left alone."""
    ask: dict[str, Callable[[Client], httpx.Response]] = {
        "light": lambda client: client.chat("short?"),
        "health": lambda client: client.get("/health/ready"),
    }
    with running(FaultServer(scratch)) as server, server.client() as client:
        with asked_all_the_while(server, ask) as waits:
            stuck, seconds = timed(lambda: client.ask(client.conversation(), "hang", answerer="fault_stuck"))
            row.saw(f"{reason(stuck)} after {seconds:.1f} s", seconds < 10)
            if stuck.status_code == 200:
                turn = stuck.json()
                told = (turn.get("answer") or {}).get("answerer") or [gap["cause"] for gap in turn["gaps"]]
                row.saw(f"answered by {told}")
            again, seconds = timed(lambda: client.ask(client.conversation(), "hang", answerer="fault_stuck"))
            row.saw(f"again {reason(again)} in {seconds:.1f} s", seconds < QUICK_SECONDS)
        row.saw(f"others p95 {percentile(waits['light']) * 1000:.0f} ms", percentile(waits["light"]) < 1)
        row.saw(f"health p95 {percentile(waits['health']) * 1000:.0f} ms", percentile(waits["health"]) < HEALTH_SECONDS)
        row.well(until(lambda: client.chat("still?").status_code == 200), 1)
        code, seconds = server.end()
        row.saw(f"SIGTERM: {code} in {seconds:.1f} s", code == 0 and seconds < 20 + 10 + 2)


def hostile(row: Row, scratch: Path) -> None:
    """Refused with a reason or answered with a gap; a light user and the health are served meanwhile."""
    if not HOSTILE.is_dir():
        raise Skipped("the hostile files are not there")
    files = {path.name: path.read_bytes() for path in sorted(HOSTILE.iterdir()) if path.is_file()}
    settings = {"SERVER__REQUESTS_PER_MINUTE": "0", "SERVER__TURNS_WAITING": "64"}
    ask: dict[str, Callable[[Client], httpx.Response]] = {
        "light": lambda client: client.chat("short?"),
        "live": lambda client: client.get("/health/live"),
        "ready": lambda client: client.get("/health/ready"),
    }
    with running(FaultServer(scratch, settings=settings)) as server:
        heavy, light = server.make_key(), server.make_key()
        statuses: Counter[int] = Counter()
        silent: list[str] = []

        def send(name: str, content: bytes) -> None:
            with server.client() as client:
                client.headers["Authorization"] = f"Bearer {heavy}"
                for endpoint, sent in _uploads(client, name, content):
                    response = client.post(endpoint, **sent)
                    statuses[response.status_code] += 1
                    if response.status_code >= 400 and not reason(response)[4:] and "error" not in response.text:
                        silent.append(f"{name} to {endpoint}: {response.text[:80]}")
                    if response.status_code in (500, 502, 504):
                        silent.append(f"{name} to {endpoint}: {reason(response)}")

        assert light
        with asked_all_the_while(server, ask) as waits, ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda each: send(*each), files.items()))
        told = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
        row.saw(f"{len(files)} files: {told}", not silent)
        row.wrong += silent[:5]
        row.saw(f"light user p95 {percentile(waits['light']):.2f} s", percentile(waits["light"]) < 5)
        for name in ("live", "ready"):
            worst = percentile(waits[name])
            row.saw(f"{name} p95 {worst * 1000:.0f} ms of {len(waits[name])}", worst < HEALTH_SECONDS)
        with server.client() as client:
            row.well(until(lambda: client.chat("still?", photograph(1)).status_code == 200), 2)
        row.unforeseen(server)


def _uploads(client: Client, name: str, content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every way in for a file."""
    asked = {"type": "text", "text": "what?"}
    picture = {"type": "image_url", "image_url": {"url": data_url(content, "image/png")}}
    file = {"type": "file", "file": {"filename": name, "file_data": data_url(content, "application/pdf")}}
    for part in (picture, file):
        messages = [{"role": "user", "content": [asked, part]}]
        yield "/v1/chat/completions", {"json": {"model": "sensorium", "messages": messages}}
    given = [{"type": "input_image", "image_url": data_url(content, "image/png")}]
    yield "/v1/responses", {"json": {"model": "sensorium", "input": [{"role": "user", "content": given}]}}
    yield (
        f"/api/v1/conversations/{client.conversation()}/turns",
        {"data": {"text": "what?"}, "files": {"files": (name, content)}},
    )
    for route in ("transcriptions", "translations"):
        yield f"/v1/audio/{route}", {"files": {"file": (name, content)}, "data": {"model": "whisper-1"}}
    yield "/v1/embeddings", {"json": {"model": "sensorium", "input": [data_url(content, "image/png")]}}
