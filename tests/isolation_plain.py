"""A well-behaved plugin with one object of each sort. Run in a process of its own by tests, and in theirs."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.hookspecs import hookimpl
from assistant.media import text_part
from assistant.plugin import Answerer, Embedder, Perceiver, Voice
from assistant.types import Delta, FileFormat, Observation
from assistant.weights import WeightsFile, WeightsSpec, WheelSource

FACTS = {"page": 3, "width": 1, "characters": 1, "seconds": 1}
"""What it adds; whatever is measured is not believed."""


@dataclass(frozen=True)
class Options:
    mode: Literal["short", "long"] = "short"
    words: tuple[str, ...] = ("a", "b")
    least: float | None = None
    place: Path = Path("/nowhere")
    key: str = field(default="", metadata={"description": "Of the service.", "secret": True})


class Looker(Perceiver):
    name = "looker"
    consumes = ("image", "audio", "video", "text")
    produces = ("note", "image", "audio", "text")
    Options = Options
    per_turn = frozenset({"mode"})
    deadline = 20.0
    concurrency = 2

    def load(self, services):
        self._services = services

    def perceive(self, task):
        part, media = task.part, task.media
        yield task.observe("note", f"{part.name} {part.media_type} {len(part.read_bytes())}", 0.123456789)
        if part.modality == "image":
            rgb = task.image().rgb
            assert not rgb.flags.writeable
            yield task.observe("note", f"{rgb.shape} {int(rgb.sum())}", 1.0, box=(0.0, 0.1, 0.5, 1.0))
            yield media.image_part(rgb[:8, :8], "corner", parent=part, span=(0.0, 1.5), facts=FACTS)
            made = media.image_part(rgb[:4, :4], "own")
            yield task.observe(
                "note", f"own {media.image(made).rgb.shape} {len(media.encode_preview(rgb, 8)) > 0}", 1.0
            )
        elif part.modality in ("audio", "video"):
            samples = task.audio().samples()
            yield task.observe("note", f"sound {len(samples)} {float(np.abs(samples).max()):.3f}", 1.0, span=(0.0, 0.5))
            yield media.audio_part(samples[:1600], "start", parent=part, span=(0.0, 0.1), facts=FACTS)
        if part.modality == "video":
            for frame in media.frames(part, 2):
                yield task.observe("note", f"frame {frame.seconds:.1f} {frame.rgb.shape}", 1.0)
        if part.modality == "text":
            if part.text.startswith("wait"):
                while not task.cancel.wait(0.02):
                    pass
                task.check()
            if part.text == "hang":
                time.sleep(600)
            yield task.observe("note", f"{task.options}", 1.0)
            vectors = self._services.embed(["x", "yy"])
            yield task.observe("note", f"vectors {None if vectors is None else vectors.tolist()}", 1.0)
            opened = media.open(b"opened here", "inner.txt", parent=part, facts=FACTS)
            yield text_part("plain")
            yield opened
            yield Observation(kind="note", text="about what was opened", confidence=0.5, part=opened.digest)


class Teller(Answerer):
    name = "teller"
    quality = 99

    def load(self, services):
        self.honours = frozenset({"instructions"})

    def needs(self, question, context):
        return frozenset()

    def answer(self, request):
        yield Delta(f"{request.question.text} {request.instructions}|")
        for part in request.context.parts:
            size = len(part.read_bytes())
            shown = request.media.image(part).rgb.shape if part.modality == "image" else part.text
            yield Delta(f"{part.name} {size} {shown}|")
        computed = request.computed()
        vectors = request.embed(["q"])
        yield Delta(f"{computed.text if computed else None} {vectors is None}", confidence=0.5, tokens=(3, 4))

    def check(self, request, answer):
        return Delta(f"checked {answer.text}", checked="agrees") if answer.text else None


class Vectors(Embedder):
    name = "vectors"
    modality = "image"

    def load(self, services):
        self.space, self.dimensions = "test-space", 2

    def embed(self, inputs):
        rows = [[len(each), 1.0] if isinstance(each, str) else [each.rgb.shape[1], 1.0] for each in inputs]
        return np.asarray(rows, np.float32)


class Speaker(Voice):
    name = "speaker"

    def load(self, services):
        self.sample_rate, self.speakers = 8000, ("one", "two")

    def speak(self, utterance):
        for word in utterance.text.split():
            yield np.full(len(word), utterance.speed, np.float32) / 2


@hookimpl
def register_perceivers(register):
    register(Looker())


@hookimpl
def register_answerers(register):
    register(Teller())


@hookimpl
def register_embedders(register):
    register(Vectors())


@hookimpl
def register_voices(register):
    register(Speaker())


@hookimpl
def register_weights(register):
    file = WeightsFile("model.onnx", "0" * 64, 3)
    source = WheelSource("some-model==1.0", "1" * 64, 100, {"some/model.onnx": "model.onnx"})
    register(WeightsSpec("some-model", "test", "onnx", "MIT", "nobody", (file,), (source,)))


@hookimpl
def register_formats(register):
    register(
        FileFormat(
            modality="scroll",
            media_type="application/x-scroll",
            label="Scroll",
            suffixes=(".scroll",),
            begins=b"\x00SCROLL",
        )
    )


@hookimpl
def register_commands(register):
    register(None)
