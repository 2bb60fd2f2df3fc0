"""The events of a Standard MIDI File (specification 1.0, 1996), as far as they tell about the piece."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

USUAL_TEMPO = 500_000
"""Microseconds for a beat until a file says otherwise: 120 beats per minute."""
EVENTS = 2_000_000
"""Events of one file that are read; a symphony has tens of thousands."""
FAMILIES = (
    "piano",
    "chromatic percussion",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "synth lead",
    "synth pad",
    "synth effects",
    "ethnic",
    "percussive",
    "sound effects",
)
"""General MIDI's families of eight programs each."""
DRUMS = 9
"""The channel that General MIDI keeps for drums, counted from 0."""


class Broken(ValueError):
    """The file does not follow the format; says where."""


@dataclass(frozen=True)
class Piece:
    """What a file tells."""

    tracks: int
    notes: int
    seconds: float
    beats_per_minute: float | None
    """At the beginning; None where the file counts in film frames."""
    instruments: tuple[str, ...]


@dataclass(frozen=True)
class _Event:
    tick: int
    status: int
    data: bytes


def read(data: bytes, check: Callable[[], None]) -> Piece:
    """Read a file.

    Args:
        data: the whole file.
        check: called now and then; raises when the work is no longer wanted.

    Raises:
        Broken: it is cut off or no MIDI file.
    """
    try:
        magic, length, _, tracks, division = struct.unpack_from(">4sIHHH", data)
    except struct.error as error:
        raise Broken("it ends within its header") from error
    if magic != b"MThd" or length < 6 or not division:
        raise Broken("its header is wrong")
    events: list[_Event] = []
    found = 0
    position = 8 + length
    while position < len(data) and found < tracks:
        check()
        if position + 8 > len(data):
            raise Broken("it ends within a track's header")
        name, size = struct.unpack_from(">4sI", data, position)
        position += 8
        if position + size > len(data):
            raise Broken("it ends within a track")
        if name == b"MTrk":
            found += 1
            for event in _events(data[position : position + size]):
                events.append(event)
                if len(events) > EVENTS:
                    raise Broken(f"it has more than {EVENTS} events")
        position += size
    if not found:
        raise Broken("it has no track")
    events.sort(key=lambda event: event.tick)
    return _piece(events, found, division)


def _piece(events: list[_Event], tracks: int, division: int) -> Piece:
    frames = division & 0x8000
    if frames:  # ticks of film frames: the tempo does not matter
        per_second = (256 - (division >> 8)) * (division & 0xFF)
    seconds, tick, tempo = 0.0, 0, USUAL_TEMPO
    first: int | None = None
    notes, instruments, played = 0, [], set()
    for event in events:
        passed = event.tick - tick
        seconds += passed / max(1, per_second) if frames else passed * tempo / 1e6 / division
        tick = event.tick
        kind, channel = event.status & 0xF0, event.status & 0x0F
        if event.status == 0xFF and event.data[:1] == b"\x51" and len(event.data) == 4:
            tempo = int.from_bytes(event.data[1:], "big") or USUAL_TEMPO
            first = first or tempo
        elif kind == 0x90 and event.data[1]:
            notes += 1
            played.add(channel)
        elif kind == 0xC0 and channel != DRUMS:
            instruments.append(FAMILIES[event.data[0] // 8])
    if DRUMS in played:
        instruments.append("drums")
    beats = None if frames else 60e6 / (first or USUAL_TEMPO)
    return Piece(tracks, notes, seconds, beats, tuple(dict.fromkeys(instruments)))


def _events(track: bytes) -> Iterator[_Event]:
    position = tick = running = 0
    try:
        while position < len(track):
            waited, position = _number(track, position)
            tick += waited
            status = track[position]
            if status & 0x80:
                position += 1
            else:
                status = running  # as the event before
            if status in (0xF0, 0xF7, 0xFF):
                start = position
                if status == 0xFF:
                    position += 1
                size, position = _number(track, position)
                kind = track[start : start + 1] if status == 0xFF else b""
                if position + size > len(track):
                    raise Broken("an event is longer than its track")
                yield _Event(tick, status, kind + track[position : position + size])
                position += size
            elif 0x80 <= status < 0xF0:
                running = status
                size = 1 if 0xC0 <= status < 0xE0 else 2
                data = track[position : position + size]
                if len(data) < size or max(data) > 127:
                    raise Broken("an event is damaged")
                yield _Event(tick, status, data)
                position += size
            else:
                raise Broken(f"an event of the kind {status:#x}")
    except IndexError as error:
        raise Broken("it ends within an event") from error


def _number(track: bytes, position: int) -> tuple[int, int]:
    """A variable-length number of at most four bytes, and the position after it."""
    value = 0
    for length in range(1, 5):
        byte = track[position + length - 1]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, position + length
    raise Broken("a number is too long")
