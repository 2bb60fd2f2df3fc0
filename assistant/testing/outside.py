"""Has a plugin checked in a process of its own, so that one which crashes or hangs is a finding and not the end."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from assistant.host import READS_THREADS
from assistant.testing.project import Target
from assistant.testing.promises import Verdict

PROMISE_SECONDS: Final = 180.0
"""How long checking one promise may take."""
STARTS: Final = 40
"""How often the checks are taken up again after a crash or a hang."""
STARTING: Final = ("plugin", "can_be_imported")


def checked(target: Target, files: Sequence[Path] = (), seconds: float = PROMISE_SECONDS) -> Iterator[Verdict]:
    """Every verdict on a plugin, as it is known.

    Args:
        target: see `project.find`.
        files: to try perceivers on, beside what is made up.
        seconds: how long checking one promise may take.
    """
    done: set[tuple[str, str]] = set()
    for _ in range(STARTS):
        process = _Process(target, files, done)
        try:
            while True:
                message, how = process.next(seconds)
                if message is None:
                    subject, promise = process.at
                    done.add((subject, promise))
                    yield Verdict(subject, promise, "broken", how, "Run its tests under a debugger, and mend it.")
                    if promise == STARTING[1] and len(target.plugins) == 1:
                        return
                    break
                if "verdict" in message:
                    verdict = Verdict.from_json(message["verdict"])
                    done.add((verdict.subject, verdict.promise))
                    yield verdict
                elif "ended" in message:
                    return
                elif "again" in message:
                    break
        finally:
            process.end()


class _Process:
    """One process that checks."""

    def __init__(self, target: Target, files: Sequence[Path], done: set[tuple[str, str]]) -> None:
        reading, writing = os.pipe()
        self.at: tuple[str, str] = STARTING
        """Subject and promise that are being checked."""
        self._reading = reading
        self._buffer = b""
        threads = dict.fromkeys(READS_THREADS, "1")  # as many as `FakeServices` gives, as a host sets them
        environment = {**threads, **os.environ, "PYTHONPATH": os.pathsep.join(_path(target))}
        try:
            self._process = subprocess.Popen(
                [target.python, "-m", "assistant.testing.checking"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # what it prints would be taken for the report
                pass_fds=(writing,),
                start_new_session=True,
                env=environment,
            )
        finally:
            os.close(writing)
        given = {
            "plugins": dict(target.plugins),
            "paths": list(target.paths),
            "only": target.only,
            "files": [str(file.resolve()) for file in files],
            "done": sorted(done),
            "data_dir": str(target.data_dir.resolve()),
            "channel": writing,
        }
        assert self._process.stdin is not None
        with suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps(given).encode())

    def next(self, seconds: float) -> tuple[dict[str, Any] | None, str]:
        """What it says next; None if it says nothing more, and why."""
        while True:
            line, how = self._line(seconds)
            if line is None:
                return None, how
            message: dict[str, Any] = json.loads(line)
            if "begins" not in message:
                return message, ""
            self.at = (message["begins"][0], message["begins"][1])

    def _line(self, seconds: float) -> tuple[bytes | None, str]:
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._reading, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, until - time.monotonic())):
                    return None, f"checking it did not end within {seconds:.0f} s."
                block = os.read(self._reading, 65536)
                if not block:
                    return None, self._ending()
                self._buffer += block
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line, ""

    def _ending(self) -> str:
        status = self._process.wait()
        if status >= 0:
            return f"it ended the process with status {status}."
        with suppress(ValueError):
            return f"it ended the process by {signal.Signals(-status).name}."
        return f"it ended the process by signal {-status}."

    def end(self) -> None:
        """End it, and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._reading)


def _path(target: Target) -> list[str]:
    inherited = os.environ.get("PYTHONPATH", "")
    return [*target.paths, *([inherited] if inherited else [])]


def tell(verdicts: Iterator[Verdict], write: Callable[[str], None]) -> list[Verdict]:
    """Write one line for each promise, under what it is promised of; all of them come back."""
    found: list[Verdict] = []
    for verdict in verdicts:
        if not found or found[-1].subject != verdict.subject:
            write(verdict.subject)
            told: set[str] = set()
        found.append(verdict)
        line = f"  {verdict.state:14}  {verdict.promise}"
        if verdict.what in told:
            line += ": the same"
        elif verdict.what:
            line += f": {verdict.what} {verdict.remedy}".rstrip()
            told.add(verdict.what)
        write(line)
    return found
