"""A plugin that does what it is told by the question, or by the name of a file: takes its time, hangs, stops when told.

For fault_server.py, which makes it known to the server. What happens is written into the file that the variable
FAULT_NOTES names, each line the monotonic clock's time, which all processes of a machine share, and a word.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterable, Iterator

from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer, Perceiver, Request, Task
from assistant.types import Delta, Observation, Part

PIECE_SECONDS = 0.05
LONGEST_SECONDS = 120
SLOW = "slow"
"""Beginning of the name of a file that takes long to perceive."""


def note(word: str) -> None:
    """Write down what happens, and when."""
    with open(os.environ["FAULT_NOTES"], "a") as file:  # noqa: PTH123 - as bare as can be: it is what is measured with
        file.write(f"{time.monotonic()} {word}\n")


class Eyes(Perceiver):
    """Decodes every file to its end; hears a word every twentieth of a second in those named so."""

    name = "fault_eyes"
    consumes = ("image", "audio", "video")
    produces = ("note", "transcript_segment", "transcript")
    heavy = False
    concurrency = 8
    deadline = 60.0

    def perceive(self, task: Task) -> Iterator[Observation | Part]:
        """See and hear."""
        if task.part.modality == "image":
            task.image()
            yield task.observe("note", "a picture", 1.0)
        if task.part.facts.get("has_audio"):
            for _ in task.audio().blocks():
                task.check()
        if task.part.modality == "video":
            for _ in task.media.frames(task.part):
                task.check()
        if task.part.modality == "audio":
            yield from self.hear(task)

    def hear(self, task: Task) -> Iterator[Observation]:
        """Words, and all of them at the end."""
        words = 200 if task.part.name.startswith(SLOW) else 1
        for number in range(words):
            if words > 1 and task.cancel.wait(PIECE_SECONDS):
                note(f"stopped {task.part.name}")
                return
            yield task.observe("transcript_segment", f"Word {number}.", 1.0, span=(number / 20, (number + 1) / 20))
        yield task.observe("transcript", "words", 1.0)


class Mouth(Answerer):
    """Says so many pieces as the question's second word counts, and notes when it is told to stop: "pieces 20 name"."""

    name = "fault_mouth"
    concurrency = 16
    quality = 100

    def answer(self, request: Request) -> Iterator[Delta]:
        """Say them."""
        words = request.question.text.split()
        count, name = (int(words[1]), words[2]) if words[:1] == ["pieces"] else (1, "")
        for number in range(count):
            yield Delta(f"piece{number} ")
            if count > 1 and request.cancel.wait(PIECE_SECONDS):
                note(f"stopped {name}")
                return


class Stuck(Answerer):
    """Is asked by name only, and never comes back from native code that lets other threads run."""

    name = "fault_stuck"
    quality = -100
    deadline = 3.0

    def answer(self, request: Request) -> Iterable[Delta]:  # type: ignore[override]
        """Say one word, and hang."""
        yield Delta("one ")
        note("hangs")
        ctypes.CDLL(None).sleep(LONGEST_SECONDS)


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The eyes."""
    register(Eyes())


@hookimpl
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Both."""
    register(Mouth())
    register(Stuck())
