"""Reads and writes the wire format of Protocol Buffers, field by field. Not for what messages mean: see frozen.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Content: TypeAlias = "int | memoryview"
"""Of a field as read: a whole number, or bytes that the reader makes sense of."""
Value: TypeAlias = "int | str | bytes"


def fields(message: memoryview) -> Iterator[tuple[int, Content]]:
    """Number and content of each field of a message.

    Raises:
        ValueError: it is cut off, or no message.
    """
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        kind = key & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield key >> 3, value
            continue
        if kind == 2:
            size, place = _varint(message, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("no field of this kind")
        if place + size > end:
            raise ValueError("cut off")
        yield key >> 3, message[place : place + size]
        place += size


def first(message: Content | None, number: int) -> Content | None:
    """The content of the first field of that number; None if there is none, or no message."""
    if not isinstance(message, memoryview):
        return None
    return next((content for field, content in fields(message) if field == number), None)


def written(*given: tuple[int, Value]) -> bytes:
    """A message of these fields, numbers and contents: whole numbers from 0 on as varints, the others by length."""
    found = []
    for number, value in given:
        if isinstance(value, int):
            found += [_encoded(number << 3), _encoded(value)]
        else:
            content = value.encode() if isinstance(value, str) else value
            found += [_encoded(number << 3 | 2), _encoded(len(content)), content]
    return b"".join(found)


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        if place >= len(message):
            raise ValueError("cut off")
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
    raise ValueError("no whole number")


def _encoded(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
