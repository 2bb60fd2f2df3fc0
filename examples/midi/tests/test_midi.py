"""The plugin keeps the contract, reads what MIDI files say, and says what is wrong with damaged ones."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress

import assistant_midi
import pytest
from assistant_midi import SCORE, Midi
from assistant_midi.reading import Broken, read
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.media import Media
from assistant.testing import PerceiverContract, PluginContract
from assistant.vocabulary import mentions


def song(notes: int = 4, beats_per_minute: int = 90, program: int = 40) -> bytes:
    """A file with one track: the tempo, an instrument, and crotchets one after the other."""
    tempo = b"\x00\xff\x51\x03" + (60_000_000 // beats_per_minute).to_bytes(3, "big")
    events = b"".join(b"\x00\x90\x3c\x40" + b"\x60\x80\x3c\x00" for _ in range(notes))
    track = tempo + bytes([0, 0xC0, program]) + events + b"\x00\xff\x2f\x00"
    return struct.pack(">4sIHHH", b"MThd", 6, 0, 1, 96) + struct.pack(">4sI", b"MTrk", len(track)) + track


class TestMidi(PerceiverContract):
    perceiver = Midi
    part = Media(formats=(SCORE,)).open(song(), "song.mid")


class TestPlugin(PluginContract):
    plugin = assistant_midi


def test_what_is_said(make_assistant: Callable[..., Assistant]) -> None:
    """Length, notes, tempo and instrument of a piece, through a process of its own."""
    reply = make_assistant(assistant_midi).perceive(song(notes=6, beats_per_minute=90, program=40))
    assert not reply.gaps
    assert [(seen.kind, seen.text) for seen in reply.observations] == [
        ("score_facts", "a piece of 4 seconds: notes: 6, tracks: 1"),
        ("tempo", "90 beats per minute"),
        ("instrument", "strings"),
    ]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How fast is this piece?", "tempo"),
        ("Which instruments play?", "instrument"),
        ("Is there a guitar?", "instrument"),
        ("How many notes does it have?", "score_facts"),
        ("Wie schnell ist das Stück?", "tempo"),
    ],
)
def test_people_can_ask(question: str, kind: str) -> None:
    """The words that people ask with are declared."""
    assert {one.kind for one in mentions(question, Midi.asked)} == {kind}


def test_a_damaged_file(make_assistant: Callable[..., Assistant]) -> None:
    """A file that is cut off is named, with what to do."""
    reply = make_assistant(assistant_midi).perceive(song()[:-9])
    (gap,) = reply.gaps
    assert gap.cause == "unreadable"
    assert "damaged MIDI file" in gap.message
    assert gap.remedy


@given(st.binary(max_size=200), st.integers(0, 60))
def test_any_bytes(noise: bytes, kept: int) -> None:
    """Whatever a file holds, it is read or refused, and nothing else happens."""
    with suppress(Broken):
        assert read(song()[:kept] + noise, lambda: None).tracks >= 1
