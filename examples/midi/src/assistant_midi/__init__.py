"""Reads Standard MIDI Files: how many tracks and notes, how long, how fast, which instruments. Not for playing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from assistant import FileFormat, Observation, Perceiver, Task, hookimpl
from assistant.errors import UnreadableMedia
from assistant_midi.reading import FAMILIES, Broken, read

ASSISTANT_API = ">=1.1,<2"

SCORE = FileFormat(
    modality="score",
    media_type="application/x-midi",
    label="MIDI file",
    suffixes=(".mid", ".midi"),
    begins=b"MThd",
)


class Midi(Perceiver):
    """Facts of the piece, its tempo, and one observation for each instrument."""

    name = "midi"
    consumes = ("score",)
    produces = ("score_facts", "tempo", "instrument")
    isolation = "process"
    memory_limit_mb = 256
    heavy = False
    deadline = 10.0
    asked: ClassVar = {
        "score_facts": ("how long|duration", "notes|Noten", "tracks|Spuren"),
        "tempo": ("tempo|how fast|bpm|wie schnell|速度|多快",),
        "instrument": ("instrument|Instrumente|乐器", *FAMILIES, "drums|Schlagzeug"),
    }

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Read the file's events; nothing of it is played."""
        try:
            piece = read(task.part.read_bytes(), task.check)
        except Broken as error:
            raise UnreadableMedia(
                f"{task.part.name} is a damaged MIDI file ({error}).", "Export it again from the program that made it."
            ) from error
        yield task.observe(
            "score_facts",
            f"a piece of {piece.seconds:.0f} seconds: notes: {piece.notes}, tracks: {piece.tracks}",
            1.0,
            seconds=round(piece.seconds, 3),
            notes=piece.notes,
            tracks=piece.tracks,
        )
        if piece.beats_per_minute is not None:
            yield task.observe("tempo", f"{piece.beats_per_minute:.0f} beats per minute", 1.0)
        for instrument in piece.instruments:
            yield task.observe("instrument", instrument, 1.0)


@hookimpl
def register_formats(register: Callable[[FileFormat], None]) -> None:
    """Files with notes are accepted."""
    register(SCORE)


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one perceiver."""
    register(Midi())
