"""Run by decoder processes in tests: makes decoding go wrong in the ways that real decoders do, by the file's name."""

from __future__ import annotations

import ctypes
import itertools
import os
import socket
import time
from typing import Any

from assistant.media import child, frames, pictures, recordings


def misbehave(name: str) -> None:
    if "segfault" in name:
        ctypes.string_at(0)
    if "abort" in name:
        os.abort()
    if "sleep" in name:
        time.sleep(1000)
    if "spin" in name:
        sum(1 for _ in itertools.repeat(0))
    if "hungry" in name:
        raise AssertionError(len(bytes(4 << 30)))
    if "leaking" in name:
        block = 1 << 20
        while address := ctypes.CDLL(None).malloc(ctypes.c_size_t(block)):  # as C code that does not look at the result
            assert address
        ctypes.string_at(0)
    if "exception" in name:
        raise KeyError("unforeseen")
    if "environment" in name:
        raise pictures.UnreadableMedia(f"{name}: {sorted(os.environ)}")
    if "opens" in name:
        try:
            os.open("/etc/hostname", os.O_RDONLY)
        except OSError as error:
            raise pictures.UnreadableMedia(f"{name}: {type(error).__name__}") from error
        raise pictures.UnreadableMedia(f"{name}: opened")
    if "connects" in name:
        try:
            socket.create_connection(("127.0.0.1", int(name.split("-")[1])), 1).close()
        except OSError as error:
            raise pictures.UnreadableMedia(f"{name}: refused") from error
        raise pictures.UnreadableMedia(f"{name}: connected")


def wrapped(decode: Any) -> Any:
    def decoder(content: Any, reader: str, name: str, *rest: Any, **named: Any) -> Any:
        misbehave(name)
        return decode(content, reader, name, *rest, **named)

    return decoder


def wrapped_stream(pieces: Any) -> Any:
    def decoder(content: Any, reader: str, name: str, *rest: Any) -> Any:
        misbehave(name)
        for index, piece in enumerate(pieces(content, reader, name, *rest)):
            if index and "later" in name:
                ctypes.string_at(0)
            yield piece

    return decoder


def lying(job: Any, told: Any, content: int, shared: Any) -> None:
    """Replies as a decoder that was taken over could give them."""
    replies = {
        "shape": {"shape": [1 << 20, 1 << 20, 3]},
        "negative": {"shape": [-1, 10, 3]},
        "text": {"shape": "large"},
        "number": 7,
        "early": {"done": {"notes": []}},
        "notes": {"done": {"notes": ["x"] * 1000}},
        "error": {"error": "SystemExit", "message": "a\x1b[2Jb", "remedy": ""},
        "mistyped": {"error": ["x"], "message": {}, "remedy": 1},
        "deep": None,
    }
    lie = replies[told["name"].split("-")[1].split(".")[0]]
    job.send(b"[" * 60_000 if lie is None else child.packed(lie))  # type: ignore[arg-type]
    time.sleep(1000)


honest = child._OPERATIONS["picture"]
child._OPERATIONS["picture"] = lambda job, told, *rest: (lying if "lie-" in told["name"] else honest)(job, told, *rest)
pictures.decode = wrapped(pictures.decode)
recordings.sound = wrapped_stream(recordings.sound)
frames.pick = wrapped_stream(frames.pick)
