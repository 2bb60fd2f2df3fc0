"""The small process above a plugin's own: it takes that one's rights away, sees it end, and leaves nothing behind.

It imports next to nothing, and forks before anything of the plugin is imported. It ends, and all below it, when the
assistant closes its end of a socket or ends itself, however that happens. Not to be imported anywhere else.
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from assistant import confinement, system_calls

TAIL_BYTES = 8 * 1024
"""Of what the plugin writes to standard output and error, the end that is passed on when it ends."""
LAST_SECONDS = 0.05
"""How long what was written last is waited for, once the process that wrote it has ended."""
LAST_READS = 64
"""How often it is read then: processes that it left behind may write for ever."""
SCRATCH_BYTES = 512 * 1024 * 1024
"""Of temporary files, where they lie in memory; of one of them, where they lie on the disk."""
DESCRIPTORS = 256
PROCESSES = 512
"""Processes and threads at once, where the kernel counts them by namespace."""
ADDRESSES = 8 << 30
"""Bytes of address space beside the memory allowed: libraries reserve much that they never use."""


def main(told: Mapping[str, Any]) -> NoReturn:
    """Start the plugin's process, and wait for its end.

    Args:
        told: by `process.Process`: descriptors `control` and `life`, `scratch` (a directory), `memory` and `addresses`
            (bytes; None for no limit), `network`, and what files it may open: `readable`, `devices`; where modules are:
            `first`, then `path` (empty for what the interpreter finds itself), then the assistant's own `root`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the assistant's to handle
    confinement.adopt_orphans()
    apart = confinement.leave_namespaces(told["network"])
    tether, held = os.pipe()
    said, saying = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(held)
            os.dup2(saying, 1)
            os.dup2(saying, 2)
            _confined(told, tether, 0 if apart else parent, apart)
            status = 0
        except BaseException:  # told to the log by way of the pipe; this fork must not go on as the supervisor
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)
    for descriptor in (told["control"], tether, saying):
        os.close(descriptor)
    status, tail = _watch(child, told["life"], said)
    if not apart:
        _end_all_below()
    remove(Path(told["scratch"]))
    with suppress(OSError):
        os.write(2, tail)
    os._exit(status)


def _confined(told: Mapping[str, Any], tether: int, parent: int, apart: bool) -> None:
    """The plugin's process: it gives up what it is not to have, and runs."""
    os.setsid()
    confinement.die_with_parent(parent)
    if select.select([tether], [], [], 0)[0]:
        os._exit(1)  # the supervisor ended before
    kept = told["control"]
    os.dup2(kept, 3)
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - of numbers
        if descriptor > 3:
            with suppress(OSError):  # that of the listing
                os.close(descriptor)
    scratch = Path(told["scratch"])
    confinement.end_first()
    if apart:
        confinement.forbid_namespaces()
    protections = {
        "processes": apart,
        "memory": True,
        "scratch": apart and confinement.mount_memory(scratch, SCRATCH_BYTES),
    }
    frozen = protections["scratch"] and confinement.freeze_files(scratch)
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, SCRATCH_BYTES),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_DATA, told["memory"]),
    ]
    if apart:
        limits.append((resource.RLIMIT_NPROC, PROCESSES))
    if told["addresses"] is not None:
        limits.append((resource.RLIMIT_AS, told["memory"] + told["addresses"] + ADDRESSES))
    confinement.limit(limits)
    os.chdir(scratch)
    confinement.drop_capabilities()
    confinement.forbid_privileges()
    readable = [Path(path) for path in told["readable"]] + [Path("/proc/self")]
    devices = [Path(path) for path in told["devices"]]
    version = confinement.open_only(readable, [scratch], devices, told["network"])
    filtered = system_calls.refuse(network=told["network"], changes=frozen)
    protections |= {
        "files": version > 0 and (frozen or filtered),
        "network": apart or filtered or version >= 4,
        "signals": (apart or version >= 6) and filtered,
    }
    _import_from(told)
    from assistant.isolation.child import serve

    serve(3, protections)


def _import_from(told: Mapping[str, Any]) -> None:
    """Set the import path up as the interpreter would have at its start, which runs code of installed packages."""
    import site

    root = told["root"]
    sys.path.remove(root)
    site.main()
    sys.path[:] = [*told["first"], *(told["path"] or sys.path)]
    if root not in sys.path:
        sys.path.append(root)


def _watch(child: int, life: int, said: int) -> tuple[int, bytes]:
    """Wait until the child ends, and end it when `life` is closed; its status, and the end of what it wrote."""
    process = os.pidfd_open(child)
    poll = select.poll()
    for descriptor in (process, life, said):
        poll.register(descriptor, select.POLLIN)
    tail = b""
    reads = LAST_READS
    ended = False
    while True:
        ready = dict(poll.poll(LAST_SECONDS * 1000 if ended else None))
        reads -= ended
        if said in ready:
            data = os.read(said, 64 * 1024)
            tail = (tail + data)[-TAIL_BYTES:]
            if not data:
                poll.unregister(said)
        if life in ready:
            poll.unregister(life)
            _kill(os.killpg, child)
            _kill(os.kill, child)
        if process in ready:
            poll.unregister(process)
            ended = True
        if ended and (said not in ready or not reads):
            _kill(os.killpg, child)
            _, status = os.waitpid(child, 0)
            return _plain(os.waitstatus_to_exitcode(status)), tail


def _plain(code: int) -> int:
    """As a shell reports it: 128 and the signal that ended it."""
    return code if code >= 0 else 128 - code


def _kill(how: Callable[[int, int], None], process: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        how(process, signal.SIGKILL)


def _end_all_below() -> None:
    """Kill every descendant: orphans became children of this process."""
    for _ in range(1000):
        for process in _children():
            _kill(os.kill, process)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                after = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(after[1]) == os.getpid():
                    found.append(int(entry.name))
    return found


def remove(directory: Path) -> None:
    """Remove a directory of which nobody else makes use any more, whatever rights a plugin left on folders in it.

    Links are removed and not followed, and what the directory lies in is not touched.
    """
    with suppress(OSError, RecursionError):  # endless folders may stay, but must not keep this process from ending
        _unlock(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _unlock(directory: Path) -> None:
    """Let this process read and write a folder and all in it."""
    if not stat.S_ISDIR(directory.lstat().st_mode):
        return
    directory.chmod(stat.S_IRWXU)
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _unlock(Path(entry.path))
