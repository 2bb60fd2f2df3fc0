"""One confined process of a plugin, as the assistant sees it: started, called, ended. Not for what calls mean."""

from __future__ import annotations

import itertools
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import PluginCrashed
from assistant.isolation import channel, places
from assistant.isolation.conversation import Conversation, Serve, readable, serve_nothing
from assistant.isolation.program import Program

END_SECONDS: Final = 2.0
"""How long the end of a killed process is waited for."""
TAIL_CHARACTERS: Final = 4000
"""Of what a plugin wrote to standard error, the end that goes to the log."""

logger = logging.getLogger(__name__)
_numbers = itertools.count(1)
_PROGRAM: Final = (
    "import json, sys; told = json.loads(sys.argv[1]); sys.path.append(told['root']); "
    "from assistant.isolation.supervisor import main; main(told)"
)
"""With `-S`, and with the assistant behind the standard library: nothing that others installed is imported, or run by a
.pth file, before the process is confined."""
_ROOT: Final = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process may use."""

    memory_mb: int
    network: bool = False
    weights: tuple[Path, ...] = ()
    threads: int = 1
    device: str = "cpu"
    hub: bool = False


class Process:
    """A plugin's process. Calls may be made from several threads."""

    def __init__(self, program: Program, bounds: Bounds) -> None:
        """Start it, without waiting until it is there.

        Raises:
            PluginCrashed: no process can be started.
        """
        self.plugin = program.plugin
        scratch = Path(tempfile.mkdtemp(prefix="sensorium-plugin-"))
        control, theirs = channel.pair()
        life, its_life = socket.socketpair()
        with theirs, its_life:
            told = {
                "path": _path(program),
                "first": list(program.path),
                "root": _ROOT,
                "control": theirs.fileno(),
                "life": its_life.fileno(),
                "scratch": str(scratch),
                "memory": bounds.memory_mb << 20,
                "addresses": None if bounds.device.startswith("cuda") else _size(bounds.weights),
                "network": bounds.network,
                "readable": places.readable(program, bounds.weights, bounds.network),
                "devices": places.devices(bounds.device),
            }
            try:
                self._process = subprocess.Popen(
                    [str(program.python), "-I", "-S", "-B", "-u", "-c", _PROGRAM, json.dumps(told)],
                    env=places.variables(scratch, bounds.threads, bounds.network, bounds.hub),
                    pass_fds=[theirs.fileno(), its_life.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    cwd="/",
                )
            except OSError as error:
                for each in (control, life):
                    each.close()
                shutil.rmtree(scratch, ignore_errors=True)
                raise PluginCrashed(f"No process can be started for {program.plugin}: {error.strerror}.") from error
        control.setblocking(False)
        self._control = control
        self._sending = threading.Lock()
        self._descriptor = os.pidfd_open(self._process.pid)
        self.ended_here = False
        """Whether it was ended on purpose."""
        self._closing = weakref.finalize(self, os.close, self._descriptor)
        self._calm = threading.Event()
        held = control, life, self._descriptor, scratch
        self._end = weakref.finalize(self, _end, self._process, *held, self.plugin, self._calm)

    @property
    def pid(self) -> int:
        """Of the small process above the plugin's own, which ends with it."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it can be called."""
        with self._sending:
            return self._end.alive and self._closing.alive and not readable(self._descriptor, 0.0)

    def watched(self) -> int:
        """A descriptor, the caller's to close, that can be read once it has ended; -1 if that is known."""
        with self._sending:
            return os.dup(self._descriptor) if self._closing.alive else -1

    def kill(self, *, calm: bool = False) -> None:
        """End it and all that it started; `calm` where nothing went wrong, so that what it wrote matters less."""
        if calm:
            self._calm.set()
        self.ended_here = True
        self._end()
        with self._sending:
            self._closing()

    def reap(self) -> None:
        """Once it has ended: give back what it held here."""
        self._end()

    @property
    def left(self) -> bool:
        """Whether it ended by itself, because nobody called it for a while."""
        return not self.ended_here and self._process.returncode == 0

    def status(self) -> str:
        """How it ended, in words, once it has."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        code = self._process.returncode
        if code is None:
            return "closed its connection"
        code = 128 - code if code < 0 else code
        if code > 128:
            with suppress(ValueError):
                return f"ended by {signal.Signals(code - 128).name}"
        return f"ended with status {code}"

    def send(self, told: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Say something to it. Raises OSError if it does not listen."""
        with self._sending:
            channel.send(self._control, told, descriptors)

    def call(
        self,
        do: str,
        name: str,
        *,
        serve: Serve | None = None,
        cancel: threading.Event | None = None,
        seconds: float | None = None,
        **told: Any,
    ) -> Conversation:
        """Begin a call.

        Args:
            do: what; see `child.py`.
            name: of the plugged object, for messages.
            serve: answers what it asks back.
            cancel: gives the call up.
            seconds: it may take at most.
            told: what goes with it.
        """
        ours, theirs = channel.pair()
        ours.setblocking(False)
        number = next(_numbers)
        with theirs:
            try:
                self.send({"call": number, "do": do, **told}, [theirs.fileno()])
            except OSError:
                logger.debug("%s could not be called: its process ends", name)  # which the conversation finds out
        return Conversation(self, ours, number, name, serve or serve_nothing, cancel or threading.Event(), seconds)


def _path(program: Program) -> list[str]:
    """`sys.path` of a process of this interpreter; [] for the one of its own."""
    if program.python != Path(sys.executable):
        return []
    return [*filter(None, sys.path), *([] if _ROOT in sys.path else [_ROOT])]


def _size(directories: Sequence[Path]) -> int:
    """Bytes of all files: they may be mapped into memory."""
    return sum(file.stat().st_size for directory in directories for file in directory.rglob("*") if file.is_file())


def _end(
    process: subprocess.Popen[bytes],
    control: socket.socket,
    life: socket.socket,
    descriptor: int,
    scratch: Path,
    plugin: str,
    calm: threading.Event,
) -> None:
    """Have the supervisor end everything, and end it too if it does not follow."""
    life.close()
    control.close()
    if not readable(descriptor, END_SECONDS):
        process.kill()
    process.wait()
    if process.stderr is not None:
        os.set_blocking(process.stderr.fileno(), False)
        with suppress(OSError):
            level = logging.INFO if calm.is_set() or process.returncode == 0 else logging.WARNING
            _log(level, plugin, process.stderr.read() or b"")
        process.stderr.close()
    shutil.rmtree(scratch, ignore_errors=True)


def _log(level: int, plugin: str, said: bytes) -> None:
    lines = said.decode("utf-8", "replace")[-TAIL_CHARACTERS:].strip().splitlines()
    for line in lines:
        shown = "".join(letter if letter.isprintable() else " " for letter in line)
        logger.log(level, "plugin %s wrote: %s", plugin, shown)
