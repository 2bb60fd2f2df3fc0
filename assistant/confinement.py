"""Takes from a process what its work does not need: memory, files, network, sight of other processes. Linux only.

For the decoder (media/child.py) and for plugins in processes of their own (isolation/). What the kernel does not offer
is left out; the limits on memory hold everywhere.
Functions for plugins tell whether they could do their part. Single system calls are refused by system_calls.py.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from assistant import system_calls

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 2, 4, 0x4000, 0x40000
_MOUNT_SETATTR, _MOUNT_ATTR_RDONLY, _AT_RECURSIVE, _AT_FDCWD = 442, 1, 0x8000, -100
_CAPSET, _CAPABILITY_VERSION = {"x86_64": 126, "aarch64": 91}.get(os.uname().machine, -1), 0x20080522
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
"""The same numbers on every architecture (asm-generic/unistd.h)."""
_LANDLOCK_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Version of Landlock -> how many rights over files it knows (linux/landlock.h); later ones as version 5."""
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIRECTORY, _TRUNCATE, _DEVICE = 1, 2, 4, 8, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE
_SPECIAL = (1 << 6) | (1 << 9) | (1 << 11)
"""Making character devices, sockets and block devices."""
ADDRESSES = 1 << 30
"""Bytes of address space beside the memory allowed: program, libraries and the results' shared memory."""
DESCRIPTORS = 1024
"""Not fewer: the kernel lets a process pass on none while more than so many are under way between all processes of the
user, and a plugin's may keep some 500 so."""

_libc = ctypes.CDLL(None, use_errno=True)


# ---- limits -----------------------------------------------------------------------------------------------------


def limit(limits: Iterable[tuple[int, int]]) -> None:
    """Set resource limits, each a kind of `resource` and the most allowed; none is ever raised."""
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def allow_processor(seconds: float) -> None:
    """The kernel kills this process once it has used so many seconds of processor time."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = max(1, math.ceil(seconds))
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))


def end_first() -> None:
    """Short of memory, the kernel is to end this process before others."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


# ---- life -------------------------------------------------------------------------------------------------------


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends.

    Args:
        parent: what `os.getppid` gives while the parent lives: 0 where the parent is in another namespace.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Processes whose parents ended become children of this one, where it would otherwise lose sight of them."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def forbid_privileges() -> None:
    """No program that this process runs gains rights, and no other of its user may look into its memory."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def confine(memory: int) -> None:
    """For a process and all it forks: no core dumps, no growing files, few descriptors, no network, `memory` bytes."""
    limit(
        (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, DESCRIPTORS),
            (resource.RLIMIT_DATA, memory),
            (resource.RLIMIT_AS, memory + ADDRESSES),
        )
    )
    # Empty namespaces: no network, no shared memory of others. Containers often forbid it.
    _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC)
    forbid_privileges()
    system_calls.refuse(network=False, changes=False)


# ---- namespaces -------------------------------------------------------------------------------------------------


def leave_namespaces(network: bool) -> bool:
    """Move to namespaces of this process's own; the processes it forks from now on see none but each other.

    Args:
        network: whether the network is kept.

    Returns:
        False where the kernel or the container forbids it: nothing changed then.
    """
    wanted = _CLONE_NEWPID | _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC | (0 if network else _CLONE_NEWNET)
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_CLONE_NEWUSER | wanted):
        return bool(_libc.unshare(wanted) == 0)  # a container's root may do so with no user namespace
    with suppress(OSError):  # files that it makes then have an owner; a namespace without names works too
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def mount_memory(directory: Path, most: int) -> bool:
    """Put a file system in memory over a directory, seen by this process and its children alone, of `most` bytes."""
    if _libc.unshare(_CLONE_NEWNS) or _libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None):
        return False
    options = f"size={most},nr_inodes=4096,mode=0700".encode()
    return bool(_libc.mount(b"tmpfs", os.fsencode(directory), b"tmpfs", _MS_NOSUID | _MS_NODEV, options) == 0)


def freeze_files(writable: Path) -> bool:
    """After `mount_memory`: only what is mounted there can be changed, and of others not even rights and times.

    Of those Landlock does not know. Open descriptors and devices go on working. Linux 5.12.
    """

    def change(place: bytes, flags: int, read_only: bool) -> bool:
        wanted = (ctypes.c_uint64 * 4)(*((_MOUNT_ATTR_RDONLY, 0) if read_only else (0, _MOUNT_ATTR_RDONLY)), 0, 0)
        return bool(_libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, place, flags, wanted, ctypes.sizeof(wanted)) == 0)

    return change(b"/", _AT_RECURSIVE, True) and change(os.fsencode(writable), 0, False)


def forbid_namespaces() -> None:
    """Within a namespace of its own, no further ones can be made, which would give rights anew."""
    with suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")


def drop_capabilities() -> None:
    """Give up what rights a namespace of its own gave."""
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if _CAPSET >= 0:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
        _libc.syscall(_CAPSET, ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))


# ---- files ------------------------------------------------------------------------------------------------------


def close_files() -> None:
    """From now on no file can be opened, made or removed; open descriptors go on working (Landlock, Linux 5.13)."""
    open_only()


def open_only(
    readable: Sequence[Path] = (), writable: Sequence[Path] = (), devices: Sequence[Path] = (), network: bool = False
) -> int:
    """From now on only these files, and what lies below these directories, can be opened (Landlock, Linux 5.13).

    Args:
        readable: to be read, and run.
        writable: to be read, changed, made and removed.
        devices: to be read and written.
        network: whether TCP may be used.

    Returns:
        The version of Landlock: 0 where there is none and nothing changed; from 4 on it holds for TCP too.
    """
    version = int(_libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1))
    if version < 1:
        return 0
    everything = (1 << _LANDLOCK_FILES.get(version, 16)) - 1
    handled = [everything]
    if version >= 4:
        handled.append(0 if network else 0b11)  # binding and connecting TCP sockets
    if version >= 6:
        handled.append(0b11)  # abstract sockets and signals of processes outside
    rules = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    if ruleset < 0:
        return 0
    reading = _EXECUTE | _READ_FILE | _READ_DIRECTORY
    for paths, rights in (
        (readable, reading),
        (writable, everything & ~_SPECIAL & ~_DEVICE),
        (devices, _READ_FILE | _WRITE_FILE | _READ_DIRECTORY | _DEVICE),
    ):
        for path in paths:
            _allow(int(ruleset), path, rights & everything)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return version if done else 0


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no rule
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{place}"):  # noqa: PTH112 - of a descriptor
            rights &= _ON_FILES
        rule = ctypes.create_string_buffer(rights.to_bytes(8, "little") + place.to_bytes(4, "little"), 12)
        _libc.syscall(_LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(place)
