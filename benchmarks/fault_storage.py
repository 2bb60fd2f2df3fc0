"""Faults of what lies under the store: disk, database, data directory, clock. For faults.py, which runs them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from fault_report import HEALTH_SECONDS, QUICK_SECONDS, Row, Skipped, running
from fault_server import FaultServer, Following, photograph, reason, timed, until
from postgres_server import PostgresServer, programs

DISK = 160 * 2**20
FAKETIME = Path("/usr/lib") / f"{os.uname().machine}-linux-gnu" / "faketime/libfaketimeMT.so.1"
YEAR = 365 * 24 * 3600


def disk_full(row: Row, scratch: Path) -> None:
    """Refused with 507 before anything is answered; what runs is stored once there is room."""
    if os.geteuid() != 0:
        raise Skipped("only root can make a small disk")
    disk = scratch / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(disk)], check=False).returncode:
        raise Skipped("no file system can be mounted here")
    try:
        with running(FaultServer(scratch, data=disk / "data")) as server, server.client() as client:
            conversation, other = client.conversation(), client.conversation()
            stream = Following(server, conversation, "pieces 30 full")
            stream.writing.wait(10)
            _fill(disk / "ballast")
            refused, seconds = timed(lambda: client.ask(other, "what?", ("new.jpg", photograph(1))))
            row.saw(f"new photograph {reason(refused)}", refused.status_code == 507 and seconds < QUICK_SECONDS)
            ready = until(lambda: client.get("/health/ready").status_code == 503, 5)
            row.saw("not ready", ready is not None)
            chat = client.chat("what?", photograph(2))
            row.saw(f"chat that stores nothing {chat.status_code}", chat.status_code == 200)
            row.saw(f"stream {stream.state}", stream.state == "done")
            (disk / "ballast").unlink()
            row.well(until(lambda: client.ask(other, "what?", ("new.jpg", photograph(3))).status_code == 200, 30), 10)
            kept = [turn["state"] for turn in client.turns(other)]
            row.saw(f"refused turns stored: {len(kept) - 1}", kept == ["done"])
            whole = until(lambda: [turn["state"] for turn in client.turns(conversation)] == ["done"], 30)
            row.saw("the streamed turn is stored", whole is not None)
            row.saw("nothing half-written", _clean(server))
            row.unforeseen(server)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def _fill(path: Path) -> None:
    """Leave no room."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def _clean(server: FaultServer) -> bool:
    """Whether the check of the data finds nothing wrong."""
    command = [*server.command, "data", "check", "--verify"]
    return subprocess.run(command, env=server.environment, check=False, capture_output=True).returncode == 0


def database_gone(row: Row, scratch: Path) -> None:
    """What streams goes on and is stored afterwards; new questions are refused at once, then taken again."""
    if programs() is None:
        raise Skipped("PostgreSQL is not installed")
    with PostgresServer() as postgres:
        server = FaultServer(scratch, settings={"DATABASE": postgres.new_database()})
        with running(server, key=True), server.client() as client:
            conversation, other = client.conversation(), client.conversation()
            stream = Following(server, conversation, "pieces 30 gone")
            stream.writing.wait(10)
            postgres.stop()
            refused, seconds = timed(lambda: client.ask(other, "what?"))
            honest = refused.status_code == 503 and "retry-after" in refused.headers
            row.saw(f"new question {reason(refused)} in {seconds:.1f} s", honest and seconds < QUICK_SECONDS)
            chat, seconds = timed(lambda: client.chat("what?"))
            honest = chat.status_code == 200 or (chat.status_code == 503 and "retry-after" in chat.headers)
            row.saw(f"chat {reason(chat)} in {seconds:.1f} s", honest and seconds < QUICK_SECONDS)
            ready = until(lambda: client.get("/health/ready").status_code == 503, 5)
            row.saw("not ready", ready is not None)
            row.saw(f"stream {stream.state}", stream.state == "done")
            postgres.start()
            row.well(until(lambda: client.ask(other, "what?").status_code == 200, 30), 5)
            whole = until(lambda: [turn["state"] for turn in client.turns(conversation)] == ["done"], 30)
            answers = [(turn.get("answer") or {}).get("text", "") for turn in client.turns(conversation)]
            row.saw("its record is stored", whole is not None and "piece29" in answers[0])
            row.saw("ready", until(lambda: client.get("/health/ready").status_code == 200, 5) is not None)
            row.unforeseen(server)


def database_hangs(row: Row, scratch: Path) -> None:
    """A database that neither answers nor goes away: the server lives and says that it is not ready."""
    if programs() is None:
        raise Skipped("PostgreSQL is not installed")
    with PostgresServer() as postgres:
        server = FaultServer(scratch, settings={"DATABASE": postgres.new_database()})
        with running(server), server.client() as client:
            conversation, other = client.conversation(), client.conversation()
            stream = Following(server, conversation, "pieces 30 hangs")
            stream.writing.wait(10)
            postgres.freeze()
            try:
                asked = Following(server, other, "meanwhile?")
                not_ready = until(lambda: client.get("/health/ready").status_code == 503, 20)
                row.saw(f"not ready after {not_ready or 99:.0f} s", not_ready is not None)
                live, seconds = timed(lambda: client.get("/health/live"))
                row.saw(f"live {live.status_code}", live.status_code == 200 and seconds < HEALTH_SECONDS)
                row.saw(f"new question {asked.state if not asked.is_alive() else 'waits'}")
                row.saw(f"stream {'waits' if stream.is_alive() else stream.state}")
            finally:
                postgres.thaw()
            row.well(until(lambda: client.ask(client.conversation(), "what?").status_code == 200, 30), 5)
            row.saw(f"stream {stream.state}", stream.state == "done")
            row.saw("ready", until(lambda: client.get("/health/ready").status_code == 200, 5) is not None)
            row.unforeseen(server)


def read_only(row: Row, scratch: Path) -> None:
    """While it runs: not ready, questions refused with a reason, what streams stored later. At the start: one line."""
    server = FaultServer(scratch)
    with running(server), server.client() as client:
        conversation = client.conversation()
        client.ask(conversation, "before?", ("a.jpg", photograph(1)))
        other = client.conversation()
        stream = Following(server, other, "pieces 30 stays")
        stream.writing.wait(10)
        # not the shared memory of SQLite's processes: a write to it that the kernel refuses ends the process (SIGBUS)
        everything = [each for each in (server.data, *server.data.rglob("*")) if not each.name.endswith("-shm")]
        if subprocess.run(["chattr", "+i", *map(str, everything)], check=False, capture_output=True).returncode:
            raise Skipped("files cannot be made immutable here (wants root, and ext4 or the like)")
        try:
            refused, seconds = timed(lambda: client.ask(conversation, "new?", ("b.jpg", photograph(2))))
            row.saw(f"new photograph {reason(refused)}", refused.status_code in (503, 507) and seconds < QUICK_SECONDS)
            typed = client.ask(conversation, "typed?")
            row.saw(f"typed question {reason(typed)}", typed.status_code in (200, 503, 507))
            chat = client.chat("what?", photograph(3))
            row.saw(f"chat that stores nothing {reason(chat)}", chat.status_code == 200)
            row.saw("not ready", until(lambda: client.get("/health/ready").status_code == 503, 5) is not None)
            row.saw(f"stream {stream.state}", stream.state == "done")
            second = FaultServer(scratch, data=server.data)
            try:
                second.start()
                row.saw("a second server starts", False)
            except RuntimeError as error:
                said = [line for line in str(error).splitlines() if "error: " in line]
                row.saw(f'a start says "{said[-1][7:87] if said else error}..."', bool(said))
            finally:
                second.end(signal.SIGKILL)
        finally:
            subprocess.run(["chattr", "-i", *map(str, everything)], check=False, capture_output=True)
        row.well(until(lambda: client.ask(conversation, "again?", ("c.jpg", photograph(4))).status_code == 200, 20), 5)
        row.saw("ready", until(lambda: client.get("/health/ready").status_code == 200, 5) is not None)
        whole = until(lambda: [turn["state"] for turn in client.turns(other)] == ["done"], 30)
        row.saw("the streamed turn is stored", whole is not None)
        row.unforeseen(server)


def clock(row: Row, scratch: Path, url: str = "") -> None:
    """A year forward and back: nothing is deleted, nobody is locked out for longer than the clock is wrong."""
    if not FAKETIME.exists():
        raise Skipped("faketime is not installed")
    offset = scratch / "offset"
    variables = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    settings = {"DATABASE": url, "RETENTION__DAYS": "30", "SERVER__REQUESTS_PER_MINUTE": "100"}
    offset.write_text("+0")
    server = FaultServer(scratch, settings=settings, before=variables)
    with running(server, key=True), server.client() as client:
        lasting = server.key
        brief, server.key = server.make_key("--expires", "90d"), lasting
        conversation = client.conversation()
        client.ask(conversation, "before?", ("a.jpg", photograph(1)))
        for leap, name in ((f"+{YEAR}", "a year on"), ("+0", "back"), (f"-{YEAR}", "a year back"), ("+0", "and on")):
            other = client.conversation()
            stream = Following(server, other, "pieces 40 leap")
            stream.writing.wait(10)
            offset.write_text(leap)
            answered = until(lambda: client.ask(conversation, "still?").status_code == 200, 10)
            row.saw(f"{name}: answered", answered is not None and answered < QUICK_SECONDS)
            row.saw(f"stream {stream.state}", stream.state == "done")
            states = {turn["state"] for turn in client.turns(other)}
            row.saw(f"stored {states}", states == {"done"})
            status = client.get("/api/v1/conversations", headers={"Authorization": f"Bearer {brief}"}).status_code
            row.saw(f"key of 90 days {status}", status in ((401,) if name == "a year on" else (200, 401)))
        row.well(until(lambda: client.chat("still?").status_code == 200, 10), QUICK_SECONDS)
        while client.get("/api/v1/usage").status_code == 200:
            pass
        offset.write_text(f"-{YEAR}")
        waited = until(lambda: client.get("/api/v1/usage").status_code == 200, 90)
        row.saw(f"rate limit over in {waited or 99:.0f} s", waited is not None)
        server.end()
        offset.write_text(f"+{YEAR}")
        server.start()
        with server.client() as later:
            kept = len(later.get("/api/v1/conversations").json()["data"])
            row.saw(f"{kept} conversations after a start a year on", kept == 5)
        row.unforeseen(server)


def on_postgresql(fault: Callable[[Row, Path, str], None]) -> Callable[[Row, Path], None]:
    """The same fault with the tables on PostgreSQL."""

    def make(row: Row, scratch: Path) -> None:
        if programs() is None:
            raise Skipped("PostgreSQL is not installed")
        with PostgresServer() as postgres:
            fault(row, scratch, postgres.new_database())

    return make
