"""The program of the decoder processes: a template that never sees media, and a fork of it for every operation.

The template imports the decoders once and keeps forks of itself ready. One that is handed out decodes one picture, or
reads one recording, and ends: nothing of one file is left in memory when the next is decoded. See worker.py for the
side that asks; messages are described in wire.py. Not to be imported anywhere else.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import mmap
import os
import pkgutil
import runpy
import select
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from assistant.confinement import allow_processor, close_files, confine, die_with_parent
from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia
from assistant.media import frames, pictures, recordings
from assistant.media.source import Content, memory_file
from assistant.media.values import SAMPLE_RATE, Frame, Limits
from assistant.media.wire import BLOCK_SAMPLES, MESSAGE_BYTES, packed, unpacked

if TYPE_CHECKING:
    import numpy as np


Sample: TypeAlias = tuple[int, int]
"""Descriptors of an encoded picture and of memory for its pixels."""
REST_MILLISECONDS = 50
"""How long nothing must be asked before a fork is made in advance: that work would slow down what was just begun."""


def main(control: int, memory: int, spares: int, program: str | None) -> None:
    """The template: hands out forks until the other side closes `control`.

    Args:
        control: descriptor of a connected SOCK_SEQPACKET socket; a byte there tells that a fork was taken.
        memory: bytes a fork may allocate.
        spares: forks that wait there.
        program: a Python file that is run first; for tests.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended forks leave nothing behind
    sample = _import_decoders()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")  # short of memory, the kernel is to end a decoder first
    if program:
        runpy.run_path(program)
    confine(memory)
    gc.collect()
    gc.freeze()  # the collector would otherwise copy pages that all forks share
    requests = socket.socket(fileno=control)
    missing = spares
    while True:
        rest = -1 if not missing else 0 if missing == spares else REST_MILLISECONDS
        if _readable(control, rest):
            if not requests.recv(1):
                return
            missing += 1
        else:
            _hand_out(requests, sample)
            missing -= 1


def _import_decoders() -> Sample:
    """Import all that decoding imports while it runs: afterwards no file can be opened."""
    import av
    import numpy as np
    from PIL import AvifImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401
    from PIL import Image as Pillow

    Pillow.preinit()
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    side = 640, 480
    sample = memory_file(pictures.encode(np.zeros((side[1], side[0], 3), np.uint8), "JPEG"))
    return sample, memory_file(side[0] * side[1] * 3)


def _warm(sample: Sample) -> None:
    """Do what is done for a picture: a fork has pages of its own wherever that writes, before anybody waits for it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    told = {"do": "picture", "reader": "JPEG", "name": "sample", "limits": {}, "frames": 1, "processor": 1 << 30}
    socket.send_fds(ours, [packed(told)], [sample[0]])
    socket.send_fds(ours, [packed({})], [sample[1]])
    _serve(theirs)


def _readable(descriptor: int, milliseconds: int) -> bool:
    """Whether something can be read within this time; for ever if negative."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(milliseconds))


def _hand_out(requests: socket.socket, sample: Sample) -> None:
    """Send the socket of a new fork that waits for its one operation, and a descriptor of its process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _run(theirs, parent, sample)
    theirs.close()
    process = os.pidfd_open(child)
    socket.send_fds(requests, [b"j"], [ours.fileno(), process])
    ours.close()
    os.close(process)


def _run(job: socket.socket, parent: int, sample: Sample) -> NoReturn:
    """The fork: one operation, then the end."""
    status = 1
    try:
        die_with_parent(parent)
        _warm(sample)
        kept = job.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, 256)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)  # libraries write what they like there
        os.close(null)
        close_files()
        _serve(job)
        status = 0
    finally:
        os._exit(status)


def _serve(job: socket.socket) -> None:
    data, descriptors, _, _ = socket.recv_fds(job, MESSAGE_BYTES, 2)
    if not data:
        return
    told = unpacked(data)
    allow_processor(told["processor"])
    content, *shared = descriptors
    try:
        _OPERATIONS[told["do"]](job, told, content, shared)
    except MediaError as error:
        job.send(packed({"error": type(error).__name__, "message": error.message, "remedy": error.remedy}))
    except MemoryError:
        message = f"{told['name']} needs too much memory to be decoded."
        job.send(packed({"error": MediaTooLarge.__name__, "message": message, "remedy": "Send a smaller file."}))
    except Exception as error:
        # What the decoders let out is mapped by them; the rest must still name the file, and there is no log here.
        message = f"{told['name']} cannot be decoded ({type(error).__name__}: {error})."
        job.send(packed({"error": UnreadableMedia.__name__, "message": message, "remedy": "Send another file."}))


def _common(told: dict[str, Any], content: Content) -> tuple[Content, str, str, Limits]:
    return content, told["reader"], told["name"], Limits(**told["limits"])


def _wanted(job: socket.socket, shape: tuple[int, int, int]) -> Callable[[], np.ndarray]:
    """Ask for shared memory for an array of bytes; the other side makes it meanwhile, or judges it too much."""
    job.send(packed({"shape": shape}))

    def granted() -> np.ndarray:
        import numpy as np

        data, descriptors, _, _ = socket.recv_fds(job, MESSAGE_BYTES, 1)
        if not data:
            os._exit(0)
        size = shape[0] * shape[1] * shape[2]
        memory = mmap.mmap(descriptors[0], size, mmap.MAP_SHARED | mmap.MAP_POPULATE)
        os.close(descriptors[0])
        return np.frombuffer(memory, np.uint8).reshape(shape)

    return granted


def _picture_header(job: socket.socket, told: dict[str, Any], content: int, shared: list[int]) -> None:
    job.send(packed({"done": asdict(pictures.read_header(*_common(told, content)))}))


def _picture(job: socket.socket, told: dict[str, Any], content: int, shared: list[int]) -> None:
    image = pictures.decode(*_common(told, content), told["frames"], lambda shape: _wanted(job, shape))
    job.send(packed({"done": {"notes": image.notes}}))


def _recording_header(job: socket.socket, told: dict[str, Any], content: int, shared: list[int]) -> None:
    job.send(packed({"done": asdict(recordings.probe(*_common(told, content)))}))


def _sound(job: socket.socket, told: dict[str, Any], content: int, shared: list[int]) -> None:
    import numpy as np

    memory = mmap.mmap(shared[0], 4 * BLOCK_SAMPLES, mmap.MAP_SHARED | mmap.MAP_POPULATE)
    block = np.frombuffer(memory, np.float32)
    notes: list[str] = []
    held = 0
    pieces = recordings.sound(*_common(told, content), told["video"], told["seconds"], notes)
    try:
        for piece in pieces:
            while len(piece):
                taken = min(len(piece), BLOCK_SAMPLES - held)
                block[held : held + taken] = piece[:taken]
                held, piece = held + taken, piece[taken:]
                if held == BLOCK_SAMPLES:
                    _hand_over(job, held)
                    held = 0
    except MediaError:
        if held:
            _hand_over(job, held)
        raise
    job.send(packed({"done": {"samples": held, "notes": notes}}))


def _hand_over(job: socket.socket, samples: int) -> None:
    """A block, and then the wait for the other side to want the next."""
    job.send(packed({"samples": samples}))
    if not job.recv(MESSAGE_BYTES):
        os._exit(0)


def _frames(job: socket.socket, told: dict[str, Any], content: int, shared: list[int]) -> None:
    picked: Iterator[Frame] = frames.pick(*_common(told, content), told["seconds"], told["count"])
    for frame in picked:
        height, width, depth = frame.rgb.shape
        _wanted(job, (height, width, depth))()[...] = frame.rgb
        job.send(packed({"frame": frame.seconds}))
        if not job.recv(MESSAGE_BYTES):
            os._exit(0)
    job.send(packed({"done": {}}))


_OPERATIONS = {
    "picture_header": _picture_header,
    "picture": _picture,
    "recording_header": _recording_header,
    "sound": _sound,
    "frames": _frames,
}
