"""A Decoder that works in other processes, so that a file that crashes, stalls or bombs a decoder costs that file only.

A template process (child.py) keeps forks of itself ready; every operation gets one of its own, confined in memory, time
and what it can reach (assistant/confinement.py), and over when the operation is. Media goes there as an open file,
pixels and sound come back in shared memory that is made and measured here. Linux only. Not for what is done with the
results.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import DecoderUnavailable, UnreadableMedia
from assistant.media import wire
from assistant.media.job import CONVERT, Job
from assistant.media.pictures import PictureHeader
from assistant.media.recordings import RecordingHeader
from assistant.media.source import Content, memory_file
from assistant.media.template import Template
from assistant.media.values import SAMPLE_RATE, Frame, Image, Limits

if TYPE_CHECKING:
    import numpy as np

PROCESSES = 2
MEMORY = 1024 * 1024 * 1024
"""Bytes one operation may allocate: a picture of 50 million pixels takes up to 700 MB."""
SECONDS = 20.0
SOUND_SPEED = 25.0
"""Seconds of sound that are decoded in a second of processor time, at the very least."""
FRAME_STEPS = 4
"""Times the processor time of one picture that the frames of a video may take."""

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
        self._template: Template | None = None
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
    ) -> Iterator[Job]:
        """One operation, which has a process until it ends, fails or is given up."""
        told = {
            "do": do,
            "reader": reader,
            "name": name,
            "limits": asdict(limits),
            "processor": processor or self._seconds,
            **arguments,
        }
        with Job(*self._hand_out(), name, self._seconds, self._alive) as job:
            try:
                with _opened(content) as media:
                    job.begin(told, media, sound)
                yield job
            except wire.Nonsense as error:
                _logger.warning("The decoder of %s gave a reply that makes no sense: %s", name, error)
                raise UnreadableMedia(f"{name} put the decoder out of order.", CONVERT) from error

    def _started(self) -> Template:
        if self._closed:
            raise DecoderUnavailable("The processes that decode files were ended.", "Start the assistant again.")
        if self._template is None or not self._template.alive():
            self._restarts += self._template is not None
            self._template = Template(self._memory, self._processes, self._program)
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
