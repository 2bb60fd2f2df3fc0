"""Refuses system calls that lead out of a confined process past Landlock and namespaces (seccomp). Linux only.

Landlock knows neither sockets that have a path nor who may read a file: a desktop's or a container engine's socket
would run commands for whoever connects, and `chmod` opens what is private. Not a list of what is allowed: libraries
need much.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from typing import Final

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _SPEC_ALLOW = 1, 4
"""SPEC_ALLOW: older kernels would otherwise slow the whole process down."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
"""Where in `struct seccomp_data` the kernel puts them; of arguments the lower half."""
_INTERNET: Final = (2, 10, 16)
"""AF_INET, AF_INET6 and AF_NETLINK, which name resolution asks for the machine's addresses."""
_CONNECTED: Final = (1, 5)
"""SOCK_STREAM and SOCK_SEQPACKET: two ends for good. One of a pair of datagram sockets can be turned elsewhere."""

_ELSEWHERE: Final = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
"""Memory, descriptors and keys of others; ways to do what is refused without these calls. Numbers: x86_64, aarch64."""
_CHANGES: Final = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
"""Who may read and write a file, and its times and attributes."""
_MACHINES: Final = {
    "x86_64": (0, 0xC000003E, 41, 53, 317),
    "aarch64": (1, 0xC00000B7, 198, 199, 277),
}
"""Column of the tables, AUDIT_ARCH, and the numbers of socket, socketpair and seccomp."""
_Step = tuple[int, int, int, int]


def refuse(*, network: bool, changes: bool) -> bool:
    """From now on this process, and all that it starts, is refused some system calls, with EACCES.

    Always: sockets but those of the internet, memory and keys of other processes, and what goes round this.

    Args:
        network: whether sockets of the internet can be made; otherwise none can.
        changes: whether the rights, owners, times and attributes of files can be changed.

    Returns:
        False on a machine that is not known here, or where the kernel cannot: nothing changed then.
    """
    machine = os.uname().machine
    if machine not in _MACHINES or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    steps = list(_filter(machine, network, changes))
    packed = b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little") for code, yes, no, value in steps
    )
    program = ctypes.create_string_buffer(packed, len(packed))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    told = Program(len(steps), ctypes.cast(program, ctypes.c_void_p))
    seccomp = _MACHINES[machine][4]
    return any(libc.syscall(seccomp, _SET_MODE_FILTER, flags, ctypes.byref(told)) == 0 for flags in (_SPEC_ALLOW, 0))


def _filter(machine: str, network: bool, changes: bool) -> Iterator[_Step]:
    column, architecture, socket, pair, _ = _MACHINES[machine]
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUAL, 1, 0, architecture  # programs of another architecture have other numbers
    yield _RETURN, 0, 0, _REFUSE
    yield _LOAD, 0, 0, _NUMBER
    yield _AT_LEAST, 0, 1, 1 << 30  # x32: the calls of x86_64 by other numbers
    yield _RETURN, 0, 0, _REFUSE
    for numbers in (*_ELSEWHERE.values(), *(() if changes else _CHANGES.values())):
        number = numbers[column]
        if number is not None:
            yield _EQUAL, 0, 1, number
            yield _RETURN, 0, 0, _REFUSE
    yield from _only(socket, _FIRST, 0xFFFFFFFF, _INTERNET if network else ())
    yield from _only(pair, _SECOND, 0xF, _CONNECTED)
    yield _RETURN, 0, 0, _ALLOW


def _only(number: int, argument: int, mask: int, values: Iterable[int]) -> Iterator[_Step]:
    """Of one call, let through only these values of an argument; the number of the call is loaded."""
    values = tuple(values)
    yield _EQUAL, 0, 3 + 2 * len(values), number
    yield _LOAD, 0, 0, argument
    yield _AND, 0, 0, mask
    for value in values:
        yield _EQUAL, 0, 1, value
        yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _REFUSE
