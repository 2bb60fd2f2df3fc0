"""`assistant serve` in a process of its own with fault_plugin.py, and clients of it. For faults.py and its tests."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
PATIENT_SECONDS = 60.0
"""No request and no start may take longer."""
LOOK_SECONDS = 0.05


class FaultServer:
    """The process; `start` it, stop it by a signal and start it again on the same data."""

    def __init__(
        self,
        directory: Path,
        *,
        data: Path | None = None,
        settings: Mapping[str, str] | None = None,
        before: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing runs yet.

        Args:
            directory: for the plugin's distribution, notes and logs.
            data: the server's data directory; one below `directory` if not given.
            settings: names and values as in ASSISTANT_ variables, without that.
            before: further variables, of the operating system's kind.
        """
        self.data = data or directory / "data"
        self.log = directory / "server.log"
        self._notes = directory / "notes"
        self._notes.touch()
        others = [each.name for each in entry_points(group="assistant") if each.name != "faults"]
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(_distribution(directory)), str(HERE), str(HERE.parent)]),
            "FAULT_NOTES": str(self._notes),
            "ASSISTANT_DISABLED": json.dumps(others),
            "OMP_NUM_THREADS": "1",
            **{f"ASSISTANT_{name}": value for name, value in (settings or {}).items()},
            **(before or {}),
        }
        self.command = [sys.executable, "-m", "assistant", "--data-dir", str(self.data)]
        self.process: subprocess.Popen[str] | None = None
        self.address = ""
        self.key = ""

    def start(self) -> FaultServer:
        """Start, and wait until it says that it is ready.

        Raises:
            RuntimeError: it ended instead; what it said.
        """
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*self.command, "serve", "--port", "0"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError(f"ended with {self.process.wait()}: {line}{self.log.read_text()[-2000:]}")
        self.address = "http://" + line.split("http://", 1)[1].split()[0]
        return self

    def end(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal and wait; exit code, seconds it took."""
        process, self.process = self.process, None
        if process is None:
            return 0, 0.0
        began = time.monotonic()
        if process.poll() is None:
            process.send_signal(sent)
        try:
            code = process.wait(PATIENT_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
            assert process.stdout is not None
            process.stdout.close()
        return code, time.monotonic() - began

    def run(self, *words: str) -> str:
        """What `assistant` with these words prints."""
        command = [*self.command, *words]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def make_key(self, *flags: str) -> str:
        """A new API key, used by the clients from now on."""
        self.key = json.loads(self.run("keys", "create", uuid.uuid4().hex[:8], "--json", *flags))["key"]
        return self.key

    def client(self, timeout: float = PATIENT_SECONDS) -> Client:
        """A new client; each thread wants its own."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return Client(base_url=self.address, timeout=timeout, headers=headers)

    def noted(self, word: str, seconds: float = 10.0) -> float:
        """When the plugin noted that word; infinite if it does not within that time."""
        for _ in looking(seconds):
            for line in self._notes.read_text().splitlines():
                at, _, said = line.partition(" ")
                if said == word:
                    return float(at)
        return float("inf")

    def errors(self) -> list[str]:
        """Exceptions in the log: what was not foreseen."""
        found, margin = [], -1
        for line in self.log.read_text().splitlines():
            text = line.lstrip()
            if text.startswith("Traceback"):
                margin = len(line) - len(text)
            elif text and len(line) - len(text) <= margin:
                found.append(text)
                margin = -1
        return found


class Client(httpx.Client):
    """Asks as programs do."""

    def conversation(self) -> str:
        """A new one."""
        response = self.post("/api/v1/conversations", json={})
        response.raise_for_status()
        return str(response.json()["id"])

    def ask(self, conversation: str, text: str, *files: tuple[str, bytes], **more: str) -> httpx.Response:
        """A question in a stored conversation."""
        sent = [("files", (name, content)) for name, content in files]
        if sent:
            return self.post(f"/api/v1/conversations/{conversation}/turns", data={"text": text, **more}, files=sent)
        return self.post(f"/api/v1/conversations/{conversation}/turns", json={"text": text, **more})

    def chat(self, text: str, image: bytes | None = None) -> httpx.Response:
        """A question that nothing is stored of."""
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        if image is not None:
            content.append({"type": "image_url", "image_url": {"url": data_url(image, "image/jpeg")}})
        message = {"role": "user", "content": content}
        return self.post("/v1/chat/completions", json={"model": "sensorium", "messages": [message]})

    def turns(self, conversation: str) -> list[dict[str, Any]]:
        """Those of a conversation."""
        return list(self.get(f"/api/v1/conversations/{conversation}").json()["turns"])


class Following(threading.Thread):
    """A turn of a stored conversation, followed by its events."""

    def __init__(self, server: FaultServer, conversation: str, text: str) -> None:
        """Asks at once."""
        super().__init__(daemon=True)
        self._server, self._conversation, self._text = server, conversation, text
        self.writing = threading.Event()
        """Set when the answer has begun, or the stream is over."""
        self.events: list[tuple[str, Any]] = []
        self.broken = ""
        self.start()

    def run(self) -> None:
        """Read to the end."""
        path = f"/api/v1/conversations/{self._conversation}/turns"
        headers = {"Accept": "text/event-stream"}
        name = ""
        try:
            with (
                self._server.client() as client,
                client.stream("POST", path, json={"text": self._text}, headers=headers) as response,
            ):
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.events.append((name, json.loads(line.removeprefix("data: "))))
                        if name == "delta":
                            self.writing.set()
        except httpx.HTTPError as error:
            self.broken = type(error).__name__
        self.writing.set()

    def last(self, seconds: float = PATIENT_SECONDS) -> tuple[str, Any]:
        """The last event, once the stream is over."""
        self.join(seconds)
        return self.events[-1] if self.events and not self.is_alive() else ("", None)

    @property
    def state(self) -> str:
        """How the turn ended, as its stream said."""
        name, data = self.last()
        return str(data["state"]) if name == "done" else f"{self.broken or 'open'} after {name or 'nothing'}"


def looking(seconds: float) -> Iterator[None]:
    """Again and again, so long."""
    until = time.monotonic() + seconds
    while True:
        yield
        if time.monotonic() > until:
            return
        time.sleep(LOOK_SECONDS)


def until(reached: Callable[[], bool], seconds: float = PATIENT_SECONDS) -> float | None:
    """Seconds until it is so; None if it is not within that time. A request that fails is a no."""
    began = time.monotonic()
    for _ in looking(seconds):
        try:
            if reached():
                return time.monotonic() - began
        except httpx.HTTPError:
            continue
    return None


def timed(work: Callable[[], httpx.Response]) -> tuple[httpx.Response, float]:
    """The response and the seconds it took."""
    began = time.monotonic()
    response = work()
    return response, time.monotonic() - began


@contextmanager
def asked_all_the_while(
    server: FaultServer, asks: Mapping[str, Callable[[Client], httpx.Response]]
) -> Iterator[dict[str, list[float]]]:
    """Somebody else asks the same again and again; seconds that each answer took, infinite for one that was none."""
    waits: dict[str, list[float]] = {name: [] for name in asks}
    over = threading.Event()

    def work(name: str, ask: Callable[[Client], httpx.Response]) -> None:
        with server.client() as client:
            while not over.wait(LOOK_SECONDS):
                try:
                    response, seconds = timed(lambda: ask(client))
                except httpx.HTTPError:
                    waits[name].append(float("inf"))
                else:
                    waits[name].append(seconds if response.status_code == 200 else float("inf"))

    threads = [threading.Thread(target=work, args=each, daemon=True) for each in asks.items()]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENT_SECONDS)


def photograph(seed: int, side: int = 400) -> bytes:
    """A JPEG picture of noise, of about 200 kB at the usual side, that nobody has seen before."""
    noise = np.random.default_rng([seed, uuid.uuid4().int & 0xFFFFFFFF]).integers(0, 255, (side, side, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).save(target, "JPEG", quality=95)
    return target.getvalue()


def data_url(content: bytes, kind: str) -> str:
    """As clients put files into JSON."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def reason(response: httpx.Response) -> str:
    """Status and code of an error as one word or two."""
    try:
        return f"{response.status_code} {response.json()['error']['code']}"
    except (ValueError, KeyError, TypeError):
        return str(response.status_code)


def _distribution(directory: Path) -> Path:
    """A directory that makes the plugin an installed one, if it is on the path."""
    where = directory / "plugins"
    about = where / "faults-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: faults\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[assistant]\nfaults = fault_plugin\n")
    return where


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """Of those that there are; infinite for none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("inf")
