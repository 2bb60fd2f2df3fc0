"""A Decoder that works in other processes, so that a file that crashes, stalls or bombs a decoder costs that file only.

A template process (child.py) keeps forks of itself ready; every operation gets one of its own, confined in memory, time
and what it can reach (confinement.py), and over when the operation is. Media goes there as an open file, pixels and
sound come back in shared memory that is made and measured here. Linux only. Not for what is done with the results.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.errors import DecoderUnavailable, UnreadableMedia
from assistant.media import wire
from assistant.media.pictures import PictureHeader
from assistant.media.recordings import RecordingHeader
from assistant.media.source import Content, memory_file
from assistant.media.values import SAMPLE_RATE, Frame, Image, Limits

if TYPE_CHECKING:
    import numpy as np

PROCESSES = 2
MEMORY = 1024 * 1024 * 1024
"""Bytes one operation may allocate: a picture of 50 million pixels takes up to 700 MB."""
SECONDS = 20.0
CLOCK = 3.0
"""Seconds by the clock that a second of processor time may take: the machine does other things too."""
MAPPED_BYTES = 4 * 1024 * 1024
"""Pictures of more bytes stay in the memory that they were decoded into."""
START_SECONDS = 60.0
"""How long the template may take to import the decoders; usually a third of a second."""
SOUND_SPEED = 25.0
"""Seconds of sound that are decoded in a second of processor time, at the very least."""
FRAME_STEPS = 4
"""Times the processor time of one picture that the frames of a video may take."""

_PROGRAM = "import json, sys; told = json.loads(sys.argv[1]); sys.path[:] = told.pop('path'); " + (
    "from assistant.media.child import main; main(**told)"
)
_KEPT_VARIABLES = ("LANG", "LC_ALL", "LD_LIBRARY_PATH")
_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # pictures then cost the kernel a page in 512; others ignore it
}
_CONVERT = "Convert it to another format, or send another file."
_logger = logging.getLogger(__name__)


class Workers:
    """A `Decoder` in processes of its own; thread-safe. They start with the first operation, or with `start`."""

    def __init__(
        self,
        processes: int = PROCESSES,
        memory: int = MEMORY,
        seconds: float = SECONDS,
        *,
        program: Path | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            processes: operations at once. With two or more, one is kept free of recordings, so that a picture
                never waits for a long video.
            memory: bytes one operation may allocate.
            seconds: processor time of one picture, one frame or half a minute of sound.
            program: a Python file that the processes run first; for tests of misbehaving decoders.
        """
        self._memory, self._seconds, self._program, self._processes = memory, seconds, program, processes
        self._forget()
        _all_workers.add(self)

    def _forget(self) -> None:
        """Nothing is under way: at first, and in a fork of this process, whose template is the original's."""
        self._any = threading.Semaphore(self._processes)
        self._long = threading.Semaphore(max(1, self._processes - 1))
        self._lock = threading.Lock()
        self._template: _Template | None = None
        self._closed = False
        self._restarts = 0

    @property
    def restarts(self) -> int:
        """How often the template was lost and had to be started anew."""
        return self._restarts

    def start(self) -> None:
        """Start the template without waiting for it."""
        with self._lock, suppress(DecoderUnavailable):  # the first operation reports it
            self._started()

    def close(self) -> None:
        """End all processes; operations under way fail."""
        with self._lock:
            self._closed = True
            if self._template is not None:
                self._template.close()

    # ---- Decoder -----------------------------------------------------------------------------------------------

    def picture_header(self, content: Content, reader: str, name: str, limits: Limits) -> PictureHeader:
        """See `pictures.read_header`."""
        with self._any, self._job("picture_header", content, reader, name, limits) as job:
            return wire.picture_header(job.done(), limits)

    def picture(self, content: Content, reader: str, name: str, limits: Limits, frames: int | None) -> Image:
        """See `pictures.decode`."""
        with self._any, self._job("picture", content, reader, name, limits, frames=frames) as job:
            job.grant("picture", job.reply())
            notes = wire.notes(job.done())
            return Image(job.pixels(), notes)

    def recording_header(self, content: Content, reader: str, name: str, limits: Limits) -> RecordingHeader:
        """See `recordings.probe`."""
        with self._any, self._job("recording_header", content, reader, name, limits) as job:
            return wire.recording_header(job.done(), limits)

    def sound(
        self,
        content: Content,
        reader: str,
        name: str,
        limits: Limits,
        video: bool,
        seconds: float | None,
        notes: list[str],
    ) -> Iterator[np.ndarray]:
        """See `recordings.sound`. Decoding waits while the caller is busy with a piece, and then holds up nobody."""
        import numpy as np

        cap = limits.video_seconds if video else limits.audio_seconds
        left = round(cap * SAMPLE_RATE)
        processor = self._seconds + cap / SOUND_SPEED
        told = {"video": video, "seconds": seconds}
        with self._job("sound", content, reader, name, limits, processor, sound=True, **told) as job:
            ended = False
            while not ended:
                with self._recording():
                    reply = job.reply()
                    ended = "done" in reply
                count = wire.samples((job.ended(reply) if ended else reply).get("samples"))
                left -= count
                if left < 0:
                    raise wire.Nonsense("more sound than allowed")
                piece = np.frombuffer(job.block, np.float32, count).copy()
                if ended:
                    found = wire.notes(reply["done"])
                    job.close()
                    notes[:] = found
                else:
                    job.prepare({})
                if count:
                    yield piece

    def frames(
        self, content: Content, reader: str, name: str, limits: Limits, seconds: float | None, count: int
    ) -> Iterator[Frame]:
        """See `frames.pick`."""
        processor = FRAME_STEPS * self._seconds
        with self._job("frames", content, reader, name, limits, processor, seconds=seconds, count=count) as job:
            for _ in range(count):
                with self._recording():
                    reply = job.reply()
                    if "done" in reply:
                        return
                    job.grant("frames", reply)
                    moment = wire.number(job.reply().get("frame"), 0.0, 1e9)
                job.prepare({})
                yield Frame(moment, job.pixels())

    # ---- processes ---------------------------------------------------------------------------------------------

    @contextmanager
    def _recording(self) -> Iterator[None]:
        with self._long, self._any:
            yield

    @contextmanager
    def _job(
        self,
        do: str,
        content: Content,
        reader: str,
        name: str,
        limits: Limits,
        processor: float | None = None,
        sound: bool = False,
        **arguments: Any,
    ) -> Iterator[_Job]:
        """One operation, which has a process until it ends, fails or is given up."""
        told = {
            "do": do,
            "reader": reader,
            "name": name,
            "limits": asdict(limits),
            "processor": processor or self._seconds,
            **arguments,
        }
        with _Job(*self._hand_out(), name, self._seconds, self._alive) as job:
            try:
                with _opened(content) as media:
                    job.begin(told, media, sound)
                yield job
            except wire.Nonsense as error:
                _logger.warning("The decoder of %s gave a reply that makes no sense: %s", name, error)
                raise UnreadableMedia(f"{name} put the decoder out of order.", _CONVERT) from error

    def _started(self) -> _Template:
        if self._closed:
            raise DecoderUnavailable("The processes that decode files were ended.", "Start the assistant again.")
        if self._template is None or not self._template.alive():
            self._restarts += self._template is not None
            self._template = _Template(self._memory, self._processes, self._program)
        return self._template

    def _alive(self) -> bool:
        with self._lock:
            return self._template is not None and self._template.alive()

    def _hand_out(self) -> tuple[socket.socket, int]:
        with self._lock:
            try:
                return self._started().hand_out()
            except DecoderUnavailable:
                if self._closed:
                    raise
            return self._started().hand_out()  # it may have been ended from outside; once more is enough to know


_all_workers: weakref.WeakSet[Workers] = weakref.WeakSet()


def _forget_all() -> None:
    for workers in _all_workers:
        workers._forget()


os.register_at_fork(after_in_child=_forget_all)


class _Template:
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


class _Job:
    """The conversation with the process of one operation."""

    def __init__(self, connection: socket.socket, process: int, name: str, seconds: float, alive: Any) -> None:
        self._connection, self._process = connection, process
        self._name, self._seconds, self._alive = name, seconds, alive
        self._waiting: tuple[Mapping[str, Any], Sequence[int]] | None = None
        self.block: mmap.mmap | bytes = b""
        """Where the samples of a block or the pixels of a picture are."""
        self._shape = (0, 0, 3)

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

    def pixels(self) -> np.ndarray:
        """What came into the memory granted last: [height, width, 3] uint8, read-only."""
        import numpy as np

        # Each mapping keeps a descriptor open, of which a process has few: small pictures are copied out.
        block = self.block if len(self.block) >= MAPPED_BYTES else self.block[:]
        return np.frombuffer(block, np.uint8).reshape(self._shape)

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = -1
            self._connection.close()

    def __enter__(self) -> _Job:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            self._connection.settimeout(CLOCK * self._seconds)
            socket.send_fds(self._connection, [wire.packed(message)], descriptors)
        except OSError as error:
            raise self._dead(0.0) from error

    def _dead(self, seconds: float) -> UnreadableMedia | DecoderUnavailable:
        if not self._alive():
            return DecoderUnavailable(f"The decoder was ended while it read {self._name}.", "Send the file again.")
        if seconds > self._seconds / 2:  # two threads use up processor time twice as fast
            return self._slow(seconds)
        _logger.warning("The decoder crashed over %s after %.1f s", self._name, seconds)
        return UnreadableMedia(f"{self._name} made its decoder crash, so it was not read.", _CONVERT)

    def _slow(self, seconds: float) -> UnreadableMedia:
        _logger.warning("The decoder of %s was ended after %.1f s", self._name, seconds)
        return UnreadableMedia(
            f"{self._name} was given up after {seconds:.0f} s of decoding.",
            "Convert it to another format or a smaller size, or raise the setting limits.decoder_seconds.",
        )


@contextmanager
def _opened(content: Content) -> Iterator[int]:
    """The descriptor of an open file with the content."""
    if isinstance(content, int):
        yield content
        return
    descriptor = memory_file(content) if isinstance(content, bytes) else os.open(content, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _shared(size: int) -> Iterator[int]:
    """Shared memory that the other side can neither shrink, which would crash who reads it, nor let grow."""
    descriptor = memory_file(size)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
