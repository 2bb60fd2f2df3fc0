"""Starts the process whose forks decode, and takes forks from it. Not for talking to them: see job.py."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import weakref
from pathlib import Path

from assistant.errors import DecoderUnavailable

START_SECONDS = 60.0
"""How long the template may take to import the decoders; usually a third of a second."""

_PROGRAM = "import json, sys; told = json.loads(sys.argv[1]); sys.path[:] = told.pop('path'); " + (
    "from assistant.media.child import main; main(**told)"
)
_KEPT_VARIABLES = ("LANG", "LC_ALL", "LD_LIBRARY_PATH")
_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # pictures then cost the kernel a page in 512; others ignore it
}


class Template:
    """The process whose forks decode."""

    def __init__(self, memory: int, spares: int, program: Path | None) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            root = str(Path(__file__).resolve().parents[2])
            told = {
                "path": [*filter(None, sys.path), *([] if root in sys.path else [root])],
                "control": theirs.fileno(),
                "memory": memory,
                "spares": spares,
                "program": str(program) if program else None,
            }
            # Nothing of this process's environment, where keys are, but what finding libraries may need.
            kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", _PROGRAM, json.dumps(told)],
                    env={**kept, **_VARIABLES},
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise _unavailable(str(error)) from error
        ours.settimeout(START_SECONDS)
        self._control = ours
        self.close = weakref.finalize(self, _end, self._process, ours)

    def alive(self) -> bool:
        """Whether it can be asked for a fork."""
        return self.close.alive and self._process.poll() is None

    def hand_out(self) -> tuple[socket.socket, int]:
        """The socket of a process that waits for its operation, and a descriptor of the process."""
        while True:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._control, 1, 2, socket.MSG_CMSG_CLOEXEC)
            except TimeoutError as error:
                self.close()
                raise _unavailable(f"not ready after {START_SECONDS:.0f} s") from error
            except OSError as error:
                raise self._failed() from error
            if not data:
                raise self._failed()
            connection, process = socket.socket(fileno=descriptors[0]), descriptors[1]
            try:
                self._control.send(b"j")
                if not _ended(process):
                    return connection, process
            except OSError as error:
                _close(connection, process)
                raise self._failed() from error
            _close(connection, process)  # the kernel ended it, short of memory

    def _failed(self) -> DecoderUnavailable:
        said = b""
        if self._process.stderr is not None and not self._process.stderr.closed:
            self._process.kill()
            said = self._process.stderr.read()
        self.close()
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return _unavailable(lines[-1] if lines else f"ended with status {self._process.returncode}")


def _ended(process: int) -> bool:
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(0))


def _close(connection: socket.socket, process: int) -> None:
    connection.close()
    os.close(process)


def _end(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    control.close()
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _unavailable(reason: str) -> DecoderUnavailable:
    return DecoderUnavailable(
        f"The process that decodes files cannot be used ({reason}).",
        "Free memory, or reinstall the packages numpy, pillow and av. Where processes cannot be started at all, "
        "engine.decoders = 0 decodes in the assistant's own process, which a hostile file can then crash.",
    )
