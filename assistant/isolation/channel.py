"""Messages between the assistant and a plugin's process: JSON with caps, and descriptors. Not for what they mean.

Every call has a SOCK_SEQPACKET socket of its own, which the assistant makes and sends over that of the process. A
message that is too long for a packet lies in a sealed file in memory, whose descriptor comes first.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from assistant.media.source import memory_file

PACKET_BYTES: Final = 32 * 1024
MESSAGE_BYTES: Final = 8 * 1024 * 1024
"""Of one message of a plugin's process; what the assistant says is not bounded."""
CALL_BYTES: Final = 64 * 1024 * 1024
"""Of all messages of a plugin's process in one call: thousands of pages of text."""
DESCRIPTORS: Final = 8
DEPTH: Final = 64
"""Levels of lists and objects in one message of a plugin's process."""
_INLINE, _LARGE = b"j", b"l"


class Nonsense(ValueError):
    """A message that the program of ours does not send."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a conversation."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(connection: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send a message.

    Raises:
        OSError: the other end is closed, or (of a socket that does not wait) does not listen.
        ValueError: it is not JSON.
    """
    data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    if len(data) < PACKET_BYTES:
        socket.send_fds(connection, [_INLINE + data], descriptors)
        return
    large = memory_file(data)
    try:
        socket.send_fds(connection, [_LARGE], [large, *descriptors])
    finally:
        os.close(large)


class Allowance:
    """Bytes of messages that a plugin's process may still send in one call."""

    def __init__(self, most: int = CALL_BYTES) -> None:
        self.left = most

    def spend(self, size: int) -> None:
        """Raises Nonsense once there is nothing left."""
        self.left -= size
        if self.left < 0:
            raise Nonsense("more in one call than anybody could read")


def receive(
    connection: socket.socket, *, trusted: bool = False, allowance: Allowance | None = None
) -> tuple[dict[str, Any], list[int]]:
    """The next message, and its descriptors, which are the caller's to close.

    Args:
        connection: where it comes from.
        trusted: whether the other end is the assistant.
        allowance: what the other end may still send.

    Raises:
        EOFError: the other end is closed.
        Nonsense: it is no message.
        OSError: of the socket.
    """
    data, descriptors, flags, _ = socket.recv_fds(connection, PACKET_BYTES + 1, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
    try:
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            raise Nonsense("a packet too long")
        if not data:
            raise EOFError
        if data[:1] == _LARGE:
            if not descriptors:
                raise Nonsense("no file")
            data = read_file(descriptors[0], None if trusted else MESSAGE_BYTES)
            os.close(descriptors.pop(0))
        else:
            data = data[1:]
        if allowance is not None:
            allowance.spend(len(data))
        return parsed(data, trusted=trusted), descriptors
    except BaseException:
        close(descriptors)
        raise


def parsed(data: bytes, *, trusted: bool = False) -> dict[str, Any]:
    """The message in some bytes. Raises Nonsense."""
    try:
        message = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Nonsense("not JSON") from error
    if not isinstance(message, dict):
        raise Nonsense("not an object")
    if not trusted:
        _check(message, b"\\u" in data)
    return message


def _refuse(constant: str) -> float:
    raise Nonsense(f"the number {constant}")


def _check(message: dict[str, Any], escapes: bool) -> None:
    """Refuse what is nested too deep, and text that cannot be written down. Raises Nonsense."""
    level: list[Any] = [message]
    for _ in range(DEPTH):
        below: list[Any] = []
        for each in level:
            values = [*each, *each.values()] if isinstance(each, dict) else each
            for value in values:
                if isinstance(value, dict | list):
                    below.append(value)
                elif escapes and isinstance(value, str):
                    try:
                        value.encode()
                    except UnicodeEncodeError as error:
                        raise Nonsense("half of a character") from error
        if not below:
            return
        level = below
    raise Nonsense("nested too deep")


def read_file(descriptor: int, most: int | None) -> bytes:
    """What a file in memory holds, copied: who made it may go on writing.

    Raises:
        Nonsense: it is no file in memory, or one of more than `most` bytes.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)  # other files cannot tell: a pipe or device could be waited for
        size = os.fstat(descriptor).st_size
        if most is not None and size > most:
            raise Nonsense(f"{size} bytes where at most {most} are taken")
        pieces = []
        offset = 0
        while offset < size and (piece := os.pread(descriptor, size - offset, offset)):
            pieces.append(piece)
            offset += len(piece)
    except OSError as error:
        raise Nonsense("not a file in memory") from error
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def close(descriptors: Sequence[int]) -> None:
    """Close what came with a message."""
    for descriptor in descriptors:
        with suppress(OSError):
            os.close(descriptor)
