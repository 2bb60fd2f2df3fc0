"""Takes from a decoder process what decoding does not need. Linux only; not for caps that the decoders keep.

What the kernel does not offer is left out without a word: the limits on memory and time hold everywhere.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
"""The same numbers on every architecture (asm-generic/unistd.h)."""
_LANDLOCK_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Version of Landlock -> how many rights over files it knows (linux/landlock.h); later ones as version 5."""
ADDRESSES = 1 << 30
"""Bytes of address space beside the memory allowed: program, libraries and the results' shared memory."""
DESCRIPTORS = 64

_libc = ctypes.CDLL(None, use_errno=True)


def confine(memory: int) -> None:
    """For a process and all it forks: no core dumps, no growing files, few descriptors, no network, `memory` bytes."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, memory + ADDRESSES),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
    # Empty namespaces: no network, no shared memory of others. Containers often forbid it.
    _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # nor may a process of the same user look into its memory


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def close_files() -> None:
    """From now on no file can be opened, made or removed; open descriptors go on working (Landlock, Linux 5.13)."""
    version = _libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    handled = [(1 << _LANDLOCK_FILES.get(version, 16)) - 1]
    if version >= 4:
        handled.append(0b11)  # binding and connecting TCP sockets
    if version >= 6:
        handled.append(0b11)  # abstract sockets and signals of processes outside
    rules = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    if ruleset >= 0:
        _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)


def allow_processor(seconds: float) -> None:
    """The kernel kills this process once it has used so many seconds of processor time."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = max(1, math.ceil(seconds))
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
