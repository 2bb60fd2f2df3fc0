"""Serves the real chat, store and engine with scripted perceivers and answerer: what the browser tests drive.

python ui/tests/ui_fake_server.py DATA_DIR [PORT]    (0 takes a free port; the address is printed)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import assistant_ui
from assistant.api import run
from assistant.app import Assistant
from assistant.errors import CannotAnswer, MissingLibrary
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Panel, Request, Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answer, Delta, Kind, Observation

SAID = ("Hello, I have a question.", "How many people are in the photograph?", "I love this picture.")
SAID_IN = {"en": SAID, "de": ("Hallo.", "Wie viele Menschen sind auf dem Foto?", "Ich liebe dieses Bild.")}
MARKUP = "<b>NASA</b><img src=x onerror=alert(1)>"
"""A text in the picture that must stay text."""
NEEDED = frozenset(
    {Kind.OBJECT, Kind.FACE, Kind.TEXT_LINE, Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT, Kind.SENTIMENT, "smell"}
)
"""What the scripted answerer waits for: all but the afterthought."""
LINGER = 60.0
"""Seconds that the slowest perceiver takes."""
PACE = 0.25
"""Seconds between the steps of the script, so that a person, or a test, sees them come."""


def look(task: Task) -> Iterator[Observation]:
    """Three objects and a face, one after the other."""
    for text, confidence, box in (
        ("person", 0.93, (0.15, 0.12, 0.62, 0.98)),
        ("rocket", 0.61, (0.7, 0.05, 0.86, 0.75)),
        ("flag", 0.44, (0.0, 0.0, 0.2, 0.7)),
    ):
        task.cancel.wait(PACE)
        task.check()
        yield task.observe(Kind.OBJECT, text, confidence, box=box)
    yield task.observe(Kind.FACE, "face", 0.97, box=(0.33, 0.13, 0.52, 0.4))


def read(task: Task) -> Iterator[Observation]:
    """Two lines of text, one of them hostile."""
    task.cancel.wait(PACE)
    yield task.observe(Kind.TEXT_LINE, MARKUP, 0.88, box=(0.42, 0.55, 0.6, 0.62))
    yield task.observe(Kind.TEXT_LINE, "UNITED STATES", 0.71, box=(0.02, 0.5, 0.2, 0.56))


def listen(task: Task) -> Iterator[Observation]:
    """The same three sentences, whatever was said."""
    segments = []
    for number, text in enumerate(SAID_IN[task.options.language]):
        task.cancel.wait(PACE)
        task.check()
        segments.append(task.observe(Kind.TRANSCRIPT_SEGMENT, text, 0.9, span=(float(number), number + 0.9)))
        yield segments[-1]
    yield task.observe(
        Kind.TRANSCRIPT,
        " ".join(SAID_IN[task.options.language]),
        0.9,
        span=(0.0, 2.9),
        derived_from=[each.id for each in segments],
        language=task.options.language,
    )


@dataclass(frozen=True)
class EarsOptions:
    """Options of the scripted ears."""

    language: Literal["en", "de"] = field(default="en", metadata={"description": "What is spoken."})
    pieces: int = field(default=3, metadata={"description": "How many sentences are heard at most."})
    model: str = field(default="small", metadata={"description": "Which model listens."})


class Ears(FakePerceiver):
    """Hear what they are told to hear, in the language that a turn asks for."""

    Options = EarsOptions
    per_turn = frozenset({"language", "pieces"})


class Stumbling(FakePerceiver):
    """Breaks on every recording that is called "stumble..."."""

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Nothing, or an error."""
        if task.part.name.startswith("stumble"):
            raise RuntimeError("the scripted perceiver broke, as it was asked to")
        return iter(())


class Pages:
    """A plugin with a page that counts, one that cannot be built, and one of pictures."""

    @hookimpl
    def register_panels(self, register: Callable[[Panel], None]) -> None:
        """All three."""
        register(Panel("Counter <b>", self._count))
        register(Panel("Broken", self._break))
        register(Panel("Pictures", self._pictures))

    @staticmethod
    def _count(assistant: Any) -> None:
        import gradio as gr

        number = gr.Number(value=0, label="Presses", elem_id="presses")
        gr.Button("Press", elem_id="press").click(lambda so_far: so_far + 1, number, number)

    @staticmethod
    def _break(assistant: Any) -> None:
        import gradio as gr

        gr.Markdown("half a page", elem_id="half")
        raise RuntimeError("no such figure")

    @staticmethod
    def _pictures(assistant: Any) -> None:
        import gradio as gr
        import numpy as np

        def measured(picture: Any) -> str:
            return "" if picture is None else "{1} x {0}".format(*picture.shape)

        def grow() -> Iterator[Any]:
            for side in (10, 30):
                yield np.full((side, side, 3), 60, np.uint8)

        gr.Image(np.full((20, 20, 3), 90, np.uint8), label="Given", elem_id="given", interactive=False)
        made = gr.Image(label="Made", elem_id="made", interactive=False)
        gr.Button("Make", elem_id="make").click(grow, None, made)
        size = gr.Textbox(label="Size", elem_id="size")
        taken = gr.Image(label="Taken", elem_id="taken", sources=["upload"])
        taken.upload(measured, taken, size)


def feel(task: Task) -> Iterator[Observation]:
    """Love is positive, all else neutral."""
    mood = "positive" if "love" in task.text else "neutral"
    yield task.observe(Kind.SENTIMENT, mood, 0.83, valence=0.8, modality="words", scope="segment")


def answer(request: Request) -> Iterator[Delta]:
    """Counts people; a question with "story" gets a long answer, one with "sure" none, one with "break" an error."""
    question = request.question.text.lower()
    if "break" in question:
        raise MissingLibrary("The scripted answerer broke, as it was asked to.", "Ask something else.")
    if "sure" in question:
        yield Delta("I can't tell from what I perceived.", confidence=0.2, abstained=True)
        return
    people = [seen for seen in request.context.of(Kind.OBJECT) if seen.text == "person"]
    words = f"I see **{len(people)}** person. The badge reads {MARKUP} ![x](http://other.example/x.png)"
    if "story" in question:
        words += " and on it goes" * 400
    for word in words.split(" "):
        if request.cancel.wait(PACE / 5):
            return
        yield Delta(word + " ")
    yield Delta(citations=tuple(seen.id for seen in people), confidence=0.82, short=str(len(people)))


def linger(task: Task) -> Iterator[Observation]:
    """On a file called "slow...": nothing that an answer needs, and that only after a long while."""
    if task.part.name.startswith("slow"):
        task.cancel.wait(LINGER)
        task.check()
        yield task.observe("afterthought", "seen at last", 0.7)


class SecondOpinion(FakeAnswerer):
    """Answers only when it is chosen; agrees with the script."""

    checks = True

    def __init__(self) -> None:
        super().__init__("second_opinion", self._opinion, NEEDED, quality=-1)

    @staticmethod
    def _opinion(request: Request) -> list[Delta]:
        if "break" in request.question.text.lower():
            raise CannotAnswer("it was asked to break")
        return [Delta("I would say one.", confidence=0.6)]

    def check(self, request: Request, answer: Answer) -> Delta | None:
        """Agrees about counts."""
        return Delta(checked="agrees") if answer.short is not None else None


class Remote(FakeAnswerer):
    """Never set up."""

    def unready(self, options: object) -> str:
        """What is missing."""
        return "Set base_url under [plugins.remote]."


def main(data_dir: Path, port: int = 0) -> None:
    """Serve until interrupted."""
    settings = Settings(
        data_dir=data_dir,
        server={"port": port},
        limits={"bytes": 4 * 1024 * 1024, "files": 4},
        engine={"breaker_seconds": 600},
    )  # type: ignore[arg-type]
    script = FakePlugin(
        FakePerceiver("eyes", look, consumes=("image",), produces=(Kind.OBJECT, Kind.FACE)),
        FakePerceiver("reading", read, consumes=("image",), produces=(Kind.TEXT_LINE,)),
        Stumbling("stumbling", consumes=("audio",), produces=("stumble",)),
        Ears("ears", listen, consumes=("audio",), produces=(Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT)),
        FakePerceiver("mood", feel, consumes=(Kind.TRANSCRIPT_SEGMENT,), produces=(Kind.SENTIMENT,)),
        FakePerceiver("nose", consumes=("image",), produces=("smell",), requires=("a_library_nobody_has",)),
        FakePerceiver("lingering", linger, consumes=("image",), produces=("afterthought",), deadline=90.0),
        FakeAnswerer("script", answer, NEEDED),
        SecondOpinion(),
        Remote("remote", quality=9),
    )
    host = Host(settings, plugins={"script": script, "pages": Pages(), "ui": assistant_ui}, discover=False)
    with Assistant(settings, host=host) as assistant:
        run(assistant, preload=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:3]))
