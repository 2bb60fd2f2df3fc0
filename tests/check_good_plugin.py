"""A plugin that keeps every promise: what the tests of the checks break, one promise at a time."""

import hashlib
from dataclasses import dataclass

import click
import numpy as np

from assistant import Answerer, CannotAnswer, Delta, Embedder, FileFormat, Perceiver, hookimpl
from assistant.plugin import Panel, Voice
from assistant.weights import WeightsSpec
from assistant.weights.specs import HubSource, WeightsFile

ASSISTANT_API = ">=1.0,<2"


@dataclass(frozen=True)
class WordsOptions:
    """Options."""

    most: int = 5
    loud: bool = False


class Words(Perceiver):
    """Lists words, and tells how wide pictures are."""

    name = "words"
    consumes = ("text", "image", "transcript")
    produces = ("note",)
    Options = WordsOptions
    per_turn = frozenset({"loud"})
    heavy = False
    deadline = 20.0
    concurrency = 2

    def load(self, services):
        """Nothing to load."""
        self.services = services

    def close(self):
        """Nothing to free."""
        self.services = None

    def perceive(self, task):
        """Look and list."""
        if task.observation is None and task.part.modality == "image":
            rgb = task.image().rgb
            yield task.observe("note", f"{rgb.shape[1]} wide", 0.9, box=(0.0, 0.0, 1.0, 1.0))
            return
        words = sorted(set(task.text.split()))
        for word in words[: task.options.most]:
            task.check()
            yield task.observe("note", word.upper() if task.options.loud else word, 0.9, letters=len(word))


class Tunes(Perceiver):
    """Reads a sort of file of its own."""

    name = "tunes"
    consumes = ("tune",)
    produces = ("tune_note",)
    isolation = "process"

    def perceive(self, task):
        """Tell the size."""
        yield task.observe("tune_note", f"{len(task.part.read_bytes())} bytes", 1.0)


class Counting(Answerer):
    """Counts things."""

    name = "counting"
    quality = 1
    concurrency = 2
    checks = True
    honours = frozenset({"stop", "max_tokens", "temperature", "seed"})

    def needs(self, question, context):
        """Things."""
        return frozenset({"object"})

    def answer(self, request):
        """Count."""
        things = request.context.of("object")
        if not things:
            raise CannotAnswer("nothing is known")
        words = f"There are {len(things)} things in the picture now".split()
        for word in words[: request.sampling.max_tokens]:
            if request.cancel.is_set() or word in request.sampling.stop:
                return
            yield Delta(f"{word} ", citations=(things[0].id,), confidence=0.8)

    def check(self, request, answer):
        """Agree."""
        return Delta(checked="agrees")


class Letters(Embedder):
    """Draws vectors from hashes."""

    name = "letters"
    dimensions = 8
    space = "letters"

    def embed(self, inputs):
        """One row for each."""
        rows = np.zeros((len(inputs), self.dimensions), np.float32)
        for row, text in zip(rows, inputs, strict=True):
            digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()[: self.dimensions]
            row[:] = np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
            row /= np.linalg.norm(row)
        return rows


class Hum(Voice):
    """Hums."""

    name = "hum"
    sample_rate = 16_000
    speakers = ("low",)
    honours = frozenset({"speed"})

    def speak(self, utterance):
        """A piece for each letter."""
        length = round(800 / utterance.speed)
        for letter in utterance.text:
            if utterance.cancel.is_set():
                return
            yield (np.sin(np.arange(length) * (ord(letter) % 90) / 500) / 2).astype(np.float32)


@click.command("hum")
def hum():
    """Hum a little."""
    click.echo("hm")


def mount(app, assistant):
    """Add a route."""

    @app.get("/plugins/hum")
    def hums():
        return {"hums": True}


def build(assistant):
    """A page of the chat."""
    import gradio

    gradio.Markdown("hm")


SPEC = WeightsSpec(
    name="hum-tiny",
    role="humming",
    format="onnx",
    licence="Apache-2.0",
    origin="made up",
    files=(WeightsFile("model.onnx", "0" * 64, 1),),
    sources=(HubSource("owner/hum", "0" * 40),),
)
TUNE = FileFormat(
    modality="tune", media_type="application/x-tune", label="tune", suffixes=(".tune",), begins=b"TUNE\x01"
)


@hookimpl
def register_perceivers(register):
    """Two."""
    register(Words())
    register(Tunes())


@hookimpl
def register_answerers(register):
    """One."""
    register(Counting())


@hookimpl
def register_embedders(register):
    """One."""
    register(Letters())


@hookimpl
def register_voices(register):
    """One."""
    register(Hum())


@hookimpl
def register_weights(register):
    """One set."""
    register(SPEC)


@hookimpl
def register_commands(register):
    """One."""
    register(hum)


@hookimpl
def register_routes(register):
    """One."""
    register(mount)


@hookimpl
def register_formats(register):
    """One."""
    register(TUNE)


@hookimpl
def register_panels(register):
    """One."""
    register(Panel("Hum", build))
