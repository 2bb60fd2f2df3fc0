"""Fakes for tests of plugins and of what uses them: perceivers, answerers, embedders and voices that say what they are
told, what a host gives a plugin, a host without discovery, a clock. Not for judging a plugin: see contracts.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from assistant.context import Snapshot
from assistant.errors import WeightsMissing
from assistant.hookspecs import hookimpl
from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Plugged, Request, Task, Utterance, Voice
from assistant.types import Delta, FileFormat, Observation, Part, Question

if TYPE_CHECKING:
    import click
    import numpy as np

    from assistant.host import Host
    from assistant.weights import WeightsChoice, WeightsSpec


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


class Clock:
    """Seconds that pass when a test says so; what a `Runner` takes for its `clock`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        """The time now, in seconds."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises ValueError for a step back: the clocks that it stands for never do that."""
        if seconds < 0:
            raise ValueError("this clock only goes forward")
        self.seconds += seconds


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
        _declare(self, name, declared)
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
        _declare(self, name, declared)
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


class FakeEmbedder(Embedder):
    """An embedder whose vectors are drawn from hashes: equal inputs are equal, others nearly at right angles."""

    space = "fake"

    def __init__(self, name: str = "fake_embedder", dimensions: int = 32, **declared: Any) -> None:
        """`dimensions` is the length of its vectors; `declared` replaces declarations."""
        _declare(self, name, declared)
        self.dimensions = dimensions
        self.calls = 0

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """Count, and draw."""
        import numpy as np

        self.calls += 1
        rows = np.zeros((len(inputs), self.dimensions), np.float32)
        for row, given in zip(rows, inputs, strict=True):
            content = given.encode("utf-8", "replace") if isinstance(given, str) else given.rgb.tobytes()
            seed = int.from_bytes(hashlib.sha256(content).digest()[:8], "little")
            drawn = np.random.default_rng(seed).standard_normal(self.dimensions)
            row[:] = drawn / np.linalg.norm(drawn)
        return rows


class FakeVoice(Voice):
    """A voice that hums a tenth of a second for each word."""

    sample_rate = 16_000
    speakers = ("low", "high")

    def __init__(self, name: str = "fake_voice", **declared: Any) -> None:
        """`declared` replaces declarations."""
        _declare(self, name, declared)
        self.calls = 0

    def speak(self, utterance: Utterance) -> Iterator[np.ndarray]:
        """Count, and hum."""
        import numpy as np

        self.calls += 1
        pitch = 220.0 if utterance.speaker in ("", "low") else 440.0
        tone = 0.3 * np.sin(2 * np.pi * pitch * np.arange(self.sample_rate // 10) / self.sample_rate)
        for _ in utterance.text.split():
            if utterance.cancel.is_set():
                return
            yield tone.astype(np.float32)


def _declare(plugged: Plugged, name: str, declared: dict[str, Any]) -> None:
    for attribute, value in {"name": name, **declared}.items():
        setattr(plugged, attribute, value)


class FakePlugin:
    """A plugin object with every hook, for `Host(plugins={"name": FakePlugin(...)})`."""

    def __init__(
        self,
        *plugged: Plugged,
        weights: Sequence[WeightsSpec | WeightsChoice] = (),
        commands: Sequence[click.Command] = (),
        routes: Sequence[Callable[[Any, Any], None]] = (),
        formats: Sequence[FileFormat] = (),
        panels: Sequence[Panel] = (),
    ) -> None:
        """Brings these: each of `plugged` to the hook of its sort."""
        self._plugged = plugged
        self._weights = tuple(weights)
        self._commands = tuple(commands)
        self._routes = tuple(routes)
        self._formats = tuple(formats)
        self._panels = tuple(panels)

    def _each(self, sort: type[Plugged], register: Callable[[Any], None]) -> None:
        for each in self._plugged:
            if isinstance(each, sort):
                register(each)

    @hookimpl
    def register_perceivers(self, register: Callable[[Perceiver], None]) -> None:
        """Register the perceivers among them."""
        self._each(Perceiver, register)

    @hookimpl
    def register_answerers(self, register: Callable[[Answerer], None]) -> None:
        """Register the answerers among them."""
        self._each(Answerer, register)

    @hookimpl
    def register_embedders(self, register: Callable[[Embedder], None]) -> None:
        """Register the embedders among them."""
        self._each(Embedder, register)

    @hookimpl
    def register_voices(self, register: Callable[[Voice], None]) -> None:
        """Register the voices among them."""
        self._each(Voice, register)

    @hookimpl
    def register_weights(self, register: Callable[[Any], None]) -> None:
        """Register the weights."""
        for each in self._weights:
            register(each)

    @hookimpl
    def register_commands(self, register: Callable[[click.Command], None]) -> None:
        """Register the commands."""
        for each in self._commands:
            register(each)

    @hookimpl
    def register_routes(self, register: Callable[[Callable[[Any, Any], None]], None]) -> None:
        """Register what mounts routes."""
        for each in self._routes:
            register(each)

    @hookimpl
    def register_formats(self, register: Callable[[FileFormat], None]) -> None:
        """Register the formats."""
        for each in self._formats:
            register(each)

    @hookimpl
    def register_panels(self, register: Callable[[Panel], None]) -> None:
        """Register the panels."""
        for each in self._panels:
            register(each)


def host(*plugged: object, data_dir: Path | None = None, **settings: Any) -> Host:
    """A host with these plugins and no others; use it as a context manager, or close it.

    Args:
        plugged: perceivers, answerers, embedders and voices, and whole plugins (modules or objects with hooks).
        data_dir: where the assistant would keep its data; nothing is written by a host alone.
        settings: fields of `assistant.settings.Settings`, such as `engine={"lanes": 1}`.
    """
    from assistant.host import Host
    from assistant.settings import Settings

    given = {**settings, **({} if data_dir is None else {"data_dir": data_dir})}
    single = [each for each in plugged if isinstance(each, Plugged)]
    plugins: dict[str, object] = {"given": FakePlugin(*single)} if single else {}
    for number, each in enumerate((each for each in plugged if not isinstance(each, Plugged)), 1):
        plugins[getattr(each, "__name__", f"plugin_{number}")] = each
    return Host(Settings(**given), plugins=plugins, discover=False)
