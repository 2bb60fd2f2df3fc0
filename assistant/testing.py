"""Public fakes and contract tests for plugin authors. Also a pytest plugin: its fixtures are there once sensorium is.

class TestMyPerceiver(PerceiverContract):
    perceiver = MyPerceiver
    part = text_part("hello")
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from assistant.context import Snapshot
from assistant.errors import Cancelled, WeightsMissing
from assistant.plugin import Answerer, Perceiver, Request, Task
from assistant.types import Delta, Observation, Part, Question

if TYPE_CHECKING:
    import numpy as np

    from assistant.media import Media

HEAVY = ("torch", "transformers", "gradio", "cv2", "faster_whisper", "onnxruntime", "sentence_transformers", "whisper")
"""Libraries that importing a plugin must not import."""


@dataclass
class FakeServices:
    """What a host would give a plugin, without a host."""

    options: Any = None
    threads: int = 1
    device: str = "cpu"
    hub: bool = False
    directories: dict[str, Path] = field(default_factory=dict)
    """Weights name -> directory."""
    embedder: Callable[[Sequence[str]], np.ndarray] | None = None

    def weights(self, name: str) -> Path:
        """The directory given for these weights. Raises WeightsMissing."""
        if name not in self.directories:
            raise WeightsMissing(f"{name} is not on this machine.", f"Bring it with: assistant weights pull {name}")
        return self.directories[name]

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """What the given embedder says."""
        return self.embedder(texts) if self.embedder else None


class FakePerceiver(Perceiver):
    """A perceiver that says what it is told to say, and counts its calls."""

    consumes: ClassVar[tuple[str, ...]] = ("text",)
    produces: ClassVar[tuple[str, ...]] = ("note",)
    heavy: ClassVar[bool] = False

    def __init__(
        self,
        name: str = "fake",
        perceive: Callable[[Task], Iterable[Observation | Part]] | None = None,
        **declared: Any,
    ) -> None:
        """`perceive` replaces the default, one observation "seen" of kind "note"; `declared` replaces declarations."""
        for attribute, value in {"name": name, **declared}.items():
            setattr(self, attribute, value)
        self._perceive = perceive
        self.calls = 0
        self.loads = 0
        self.closes = 0

    def load(self, services: Any) -> None:
        """Count."""
        self.loads += 1

    def close(self) -> None:
        """Count."""
        self.closes += 1

    def perceive(self, task: Task) -> Iterable[Observation | Part]:
        """Count, and say what was told."""
        self.calls += 1
        if self._perceive is not None:
            return self._perceive(task)
        return [task.observe(self.produces[0], "seen", 1.0)]


class FakeAnswerer(Answerer):
    """An answerer that says what it is told to say."""

    def __init__(
        self,
        name: str = "fake_answerer",
        answer: Callable[[Request], Iterable[Delta]] | None = None,
        needs: frozenset[str] | None = None,
        **declared: Any,
    ) -> None:
        """`answer` replaces the default, which lists all observations; `needs` is what it waits for."""
        for attribute, value in {"name": name, **declared}.items():
            setattr(self, attribute, value)
        self._answer = answer
        self._needs = needs
        self.calls = 0

    def needs(self, question: Question, context: Snapshot) -> frozenset[str] | None:
        """As told."""
        return self._needs

    def answer(self, request: Request) -> Iterator[Delta]:
        """Count, and say what was told."""
        self.calls += 1
        if self._answer is not None:
            yield from self._answer(request)
            return
        for seen in request.context.observations:
            yield Delta(f"{seen.text} ", citations=(seen.id,))


class FakePlugin:
    """A plugin object with hooks, for `Host(plugins={"name": FakePlugin(...)})`."""

    def __init__(self, *plugged: Perceiver | Answerer) -> None:
        """Brings these."""
        self._plugged = plugged

    # pluggy finds hooks by this marker; the decorator would need module-level functions to read as nicely
    from assistant.hookspecs import hookimpl as _hookimpl

    @_hookimpl
    def register_perceivers(self, register: Callable[[Perceiver], None]) -> None:
        """Register the perceivers among them."""
        for each in self._plugged:
            if isinstance(each, Perceiver):
                register(each)

    @_hookimpl
    def register_answerers(self, register: Callable[[Answerer], None]) -> None:
        """Register the answerers among them."""
        for each in self._plugged:
            if isinstance(each, Answerer):
                register(each)


def imported_by(module: str, among: Sequence[str] = HEAVY) -> list[str]:
    """Which of these libraries a fresh interpreter imports when it imports the module."""
    code = f"import sys, json, {module}; print(json.dumps([m for m in {list(among)!r} if m in sys.modules]))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return list(json.loads(printed.splitlines()[-1]))


class PerceiverContract:
    """What every perceiver must keep. Subclass it, set `perceiver` and `part`, and run pytest."""

    perceiver: ClassVar[Callable[[], Perceiver]]
    """Makes the perceiver: usually its class."""
    part: ClassVar[Part]
    """A part it can perceive."""
    observation: ClassVar[Observation | None] = None
    """For a perceiver that consumes an observation kind: one of them, about `part`."""
    observations: ClassVar[tuple[Observation, ...]] = ()
    """For a perceiver that gathers: what it is given."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with: its own options, weights directories or embedder; the defaults of `Options` otherwise."""

    def _task(self, media: Media, cancel: threading.Event | None = None) -> Task:
        return Task(self.part, media, self.observation, self.observations, cancel or threading.Event())

    def _load(self, perceiver: Perceiver) -> Perceiver:
        from assistant.declared import options_of

        options = options_of(perceiver, {}) if self.services.options is None else self.services.options
        perceiver.load(replace(self.services, options=options))
        return perceiver

    def test_declarations_are_accepted(self) -> None:
        """The host accepts what it declares."""
        from assistant.declared import check

        check(type(self).perceiver(), Perceiver)

    def test_import_is_light(self) -> None:
        """Importing its module imports no heavy library."""
        assert imported_by(type(type(self).perceiver()).__module__) == []

    def test_yields_what_it_declares(self, media: Media) -> None:
        """Every item is of a declared kind, about the given part, in range, and JSON."""
        perceiver = self._load(type(self).perceiver())
        for item in perceiver.perceive(self._task(media)):
            if isinstance(item, Part):
                assert item.modality in perceiver.produces
                continue
            assert item.kind in perceiver.produces
            assert 0 <= item.confidence <= 1
            if item.box is not None:
                assert 0 <= item.box[0] <= item.box[2] <= 1
                assert 0 <= item.box[1] <= item.box[3] <= 1
            if item.span is not None:
                assert 0 <= item.span[0] <= item.span[1]
            json.dumps(dict(item.data), allow_nan=False)
        perceiver.close()

    def test_says_the_same_twice(self, media: Media) -> None:
        """The same input gives the same observations, also after close and load: results are cached on that promise."""
        perceiver = self._load(type(self).perceiver())
        first = list(perceiver.perceive(self._task(media)))
        perceiver.close()
        self._load(perceiver)
        assert list(perceiver.perceive(self._task(media))) == first
        perceiver.close()

    def test_stops_when_cancelled(self, media: Media) -> None:
        """A call whose task is cancelled ends, with Cancelled or without a word."""
        perceiver = self._load(type(self).perceiver())
        cancelled = threading.Event()
        cancelled.set()
        try:
            list(perceiver.perceive(self._task(media, cancelled)))
        except Cancelled:
            pass
        finally:
            perceiver.close()


@pytest.fixture
def media() -> Media:
    """The guarded decoder with default limits."""
    from assistant.media import Media

    return Media()
