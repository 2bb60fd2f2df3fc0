"""A PostgreSQL server of one's own for tests and benchmarks: an installed one, run in a directory that goes with it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType

OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "log_min_messages": "log",
}
STARTING_SECONDS = 60


def programs() -> Path | None:
    """The directory of initdb and postgres; Debian has it outside PATH. None if PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    return max(installed, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), default=None)


class PostgresServer:
    """Starts with the block and ends with it, or with this process, however that ends."""

    def __init__(self, *, durable: bool = False) -> None:
        """With `durable` what is committed is really on the disk, as it is for measuring."""
        found = programs()
        if found is None:
            raise FileNotFoundError("PostgreSQL is not installed")
        self._programs = found
        self._options = OPTIONS if durable else {**OPTIONS, "fsync": "off"}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> PostgresServer:
        self._directory = Path(tempfile.mkdtemp(prefix="sensorium-pg-"))  # short: it holds the socket
        if os.geteuid() == 0:
            shutil.chown(self._directory, "postgres", "postgres")
        command = ["initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
        subprocess.run(self._as_server([*command, "--no-sync"]), check=True, capture_output=True, cwd=self._directory)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    def _as_server(self, command: list[str]) -> list[str]:
        """The command with the rights that the server wants (never root's), ending when this process ends."""
        rights = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *rights, "--pdeathsig=INT", str(self._programs / command[0]), *command[1:]]

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = ["postgres", "-D", str(self._data), "-k", str(self._directory)]
        for name, value in self._options.items():
            command += ["-c", f"{name}={value}"]
        process = subprocess.Popen(
            self._as_server(command), stderr=subprocess.PIPE, text=True, cwd=self._directory, start_new_session=True
        )
        ready, said = threading.Event(), list[str]()

        def listen() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line)
                if "ready to accept connections" in line:
                    ready.set()
            ready.set()

        threading.Thread(target=listen, daemon=True).start()
        if not ready.wait(STARTING_SECONDS) or process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {''.join(said)[-2000:]}")
        self._process = process

    def stop(self) -> None:
        """End at once, as if the machine's plug was pulled for its clients."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # immediate shutdown
            self._process.wait(STARTING_SECONDS)
            self._process = None

    def freeze(self) -> None:
        """Let it neither answer nor close connections, until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, sent: signal.Signals) -> None:
        """To the server, and to the processes of its connections."""
        import psutil

        assert self._process is not None
        server = psutil.Process(self._process.pid)
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sent)

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self._directory}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())
