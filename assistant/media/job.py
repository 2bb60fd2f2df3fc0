"""The conversation with the process of one operation, whose replies are not trusted. Not for starting it."""

from __future__ import annotations

import logging
import mmap
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.errors import DecoderUnavailable, UnreadableMedia
from assistant.media import shared, wire
from assistant.media.source import memory_file

if TYPE_CHECKING:
    import numpy as np

CLOCK = 3.0
"""Seconds by the clock that a second of processor time may take: the machine does other things too."""
MAPPED_BYTES = 4 * 1024 * 1024
"""Pictures of more bytes stay in the memory that they were decoded into."""
CONVERT = "Convert it to another format, or send another file."
_logger = logging.getLogger(__name__)


class Job:
    """The conversation with the process of one operation."""

    def __init__(
        self, connection: socket.socket, process: int, name: str, seconds: float, alive: Callable[[], bool]
    ) -> None:
        self._connection, self._process = connection, process
        self._name, self._seconds, self._alive = name, seconds, alive
        self._waiting: tuple[Mapping[str, Any], Sequence[int]] | None = None
        self.block: mmap.mmap | bytes = b""
        """Where the samples of a block or the pixels of a picture are."""
        self._shape = (0, 0, 3)
        self._memory = -1
        """The file that large pixels are in, until they are handed out."""

    def begin(self, told: Mapping[str, Any], media: int, sound: bool) -> None:
        """Ask for the operation."""
        if not sound:
            self._send(told, [media])
            return
        size = 4 * wire.BLOCK_SAMPLES
        with _shared(size) as memory:
            self.block = mmap.mmap(memory, size, mmap.MAP_SHARED, mmap.PROT_READ)
            self._send(told, [media, memory])

    def prepare(self, message: Mapping[str, Any]) -> None:
        """Say this before the next reply is waited for, not earlier: the process works only while it is waited for."""
        self._waiting = message, ()

    def reply(self) -> dict[str, Any]:
        """The next reply.

        Raises:
            MediaError: the operation failed, or its process ended or took too long.
        """
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._send(*waiting)
        began = time.monotonic()
        self._connection.settimeout(CLOCK * self._seconds)
        try:
            try:
                data = self._connection.recv(wire.MESSAGE_BYTES)
            except ConnectionResetError:  # told once, before what it said ere it ended with a message of ours unread
                data = self._connection.recv(wire.MESSAGE_BYTES)
        except TimeoutError as error:
            raise self._slow(time.monotonic() - began) from error
        except OSError as error:
            raise self._dead(time.monotonic() - began) from error
        if not data:
            raise self._dead(time.monotonic() - began)
        message = wire.unpacked(data)
        if "error" in message:
            raise wire.error_of(message, self._name)
        return message

    def done(self) -> Mapping[str, Any]:
        """What the end of the operation brings."""
        return self.ended(self.reply())

    @staticmethod
    def ended(reply: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is told with the end."""
        done = reply.get("done")
        if not isinstance(done, dict):
            raise wire.Nonsense("no end")
        return done

    def grant(self, asked: str, reply: Mapping[str, Any]) -> None:
        """Give the process memory for the pixels that it has; they are there with its next reply."""
        self._shape = wire.picture_shape(reply.get("shape"), asked)
        size = self._shape[0] * self._shape[1] * self._shape[2]
        with _shared(size) as memory:
            with suppress(OSError):  # where pages cannot be had in advance, they come when they are written
                os.posix_fallocate(memory, 0, size)
            self._send({}, [memory])
            self.block = mmap.mmap(memory, size, mmap.MAP_SHARED, mmap.PROT_READ)
            self._forget()
            if size >= MAPPED_BYTES:
                self._memory = os.dup(memory)

    def pixels(self) -> np.ndarray:
        """What came into the memory granted last: [height, width, 3] uint8, read-only."""
        import numpy as np

        # Each mapping keeps a descriptor open, of which a process has few: small pictures are copied out.
        if len(self.block) < MAPPED_BYTES:
            return np.frombuffer(self.block[:], np.uint8).reshape(self._shape)
        pixels = np.frombuffer(self.block, np.uint8).reshape(self._shape)
        if self._memory >= 0:
            shared.keep(pixels, self._memory)
            self._memory = -1
        return pixels

    def _forget(self) -> None:
        if self._memory >= 0:
            os.close(self._memory)
            self._memory = -1

    def close(self) -> None:
        """End the process, whatever it does."""
        self._forget()
        if self._process >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = -1
            self._connection.close()

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            self._connection.settimeout(CLOCK * self._seconds)
            socket.send_fds(self._connection, [wire.packed(message)], descriptors)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has ended; what it said before, perhaps why, is still to be read
        except OSError as error:
            raise self._dead(0.0) from error

    def _dead(self, seconds: float) -> UnreadableMedia | DecoderUnavailable:
        if not self._alive():
            return DecoderUnavailable(f"The decoder was ended while it read {self._name}.", "Send the file again.")
        if seconds > self._seconds / 2:  # two threads use up processor time twice as fast
            return self._slow(seconds)
        _logger.warning("The decoder crashed over %s after %.1f s", self._name, seconds)
        return UnreadableMedia(f"{self._name} made its decoder crash, so it was not read.", CONVERT)

    def _slow(self, seconds: float) -> UnreadableMedia:
        _logger.warning("The decoder of %s was ended after %.1f s", self._name, seconds)
        return UnreadableMedia(
            f"{self._name} was given up after {seconds:.0f} s of decoding.",
            "Convert it to another format or a smaller size, or raise the setting limits.decoder_seconds.",
        )


@contextmanager
def _shared(size: int) -> Iterator[int]:
    """Shared memory that the other side can neither shrink, which would crash who reads it, nor let grow."""
    descriptor = memory_file(size, final=False)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
