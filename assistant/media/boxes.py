"""Checks the sample tables of MP4 and QuickTime files before libavformat expands them. Not for reading media.

A table of a few bytes may declare billions of samples, for each of which an index entry is allocated on opening.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from assistant.errors import UnreadableMedia
from assistant.media.source import Content, opened

SAMPLES = 4_000_000
"""Samples one recording may declare: 20 hours of AAC, 18 hours of 60 frames a second."""
BOXES = 200_000
"""Boxes that are looked at: one fragment of a recording has about six."""
DEPTH = 12

_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex", b"edts", b"udta"))
_AGAIN = "Send the original file again."


def check_boxes(content: Content, size: int, name: str) -> None:
    """Walk the boxes (ISO 14496-12) without expanding anything.

    Raises:
        UnreadableMedia: the tables declare more samples than the file could hold, or boxes are nested beyond reason.
    """
    declared = looked_at = tables = 0
    uncompressed = False
    with opened(content) as file:
        for kind, body in _walk(file, 0, size, name, 0):
            looked_at += 1
            if looked_at > BOXES:
                raise UnreadableMedia(f"{name} consists of more than {BOXES} pieces.", _AGAIN)
            if kind == b"trak":
                tables, uncompressed = 0, False
            elif kind == b"stts":
                tables += 1
                entries, _, duration = _numbers(file, body, 3)
                uncompressed = tables == 1 and entries == 1 and duration == 1
            elif kind == b"trun":
                declared += _numbers(file, body, 1)[0]
            elif kind == b"stsz":
                constant, count = _numbers(file, body, 2)
                # Uncompressed sound has a sample for each tick; libavformat indexes it by chunks, if it is there.
                if not (uncompressed and constant and constant * count <= size):
                    declared += count
            if declared > SAMPLES:
                raise UnreadableMedia(f"{name} declares {declared} samples, more than it can hold.", _AGAIN)


def _numbers(file: BinaryIO, body: int, count: int) -> tuple[int, ...]:
    """The 32-bit numbers after a box's version and flags; zeros where the file ends."""
    file.seek(body + 4)
    return struct.unpack(f">{count}I", file.read(4 * count).ljust(4 * count, b"\0"))


def _walk(file: BinaryIO, start: int, end: int, name: str, depth: int) -> Iterator[tuple[bytes, int]]:
    """Kind and offset of the body of each box, outer boxes first."""
    if depth > DEPTH:
        raise UnreadableMedia(f"{name} is nested more than {DEPTH} levels deep.", _AGAIN)
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        body = start + 8
        if length == 1 and len(head) == 16:
            length, body = int.from_bytes(head[8:], "big"), start + 16
        stop = end if length == 0 else min(start + length, end)
        if stop < body:
            return
        yield kind, body
        if kind in _CONTAINERS:
            yield from _walk(file, body, stop, name, depth + 1)
        start = stop
