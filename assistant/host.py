"""Holds all plugins of this process, from their registration to their end: a broken one is a fact, never a crash.

Not for finding them (discovery.py), nor for running a turn (engine.py).
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Final

from assistant.calls import Calls
from assistant.declared import KINDS
from assistant.discovery import LeftOut, PluginInfo, PluginProblem
from assistant.embedding import Embeddings
from assistant.errors import PluginError
from assistant.gathering import Gathering
from assistant.options import options_of
from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Plugged, Voice
from assistant.runner import Runner
from assistant.settings import Settings
from assistant.types import FileFormat
from assistant.weights import Weights
from assistant.workers import Lanes

if TYPE_CHECKING:
    import click
    import numpy as np


__all__ = ["Host", "LeftOut", "PluginInfo", "PluginProblem"]

logger = logging.getLogger(__name__)

SILENCED: Final = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
"""Variables that keep libraries from telling their makers about their use: ONNX Runtime does so by default."""
READS_THREADS: Final = {"OMP_NUM_THREADS": "torch", "MKL_NUM_THREADS": "torch", "OPENBLAS_NUM_THREADS": "numpy"}
"""Variables that say how many threads matrices are multiplied with, and the library that reads each once, when it is
imported; after that they would only mislead whatever is started from here."""
CLOSE_SECONDS = 5.0
"""How long `close` waits for plugins that are still at work."""


@dataclass(slots=True)
class _Services:
    """What one plugged object gets when it loads; see `plugin.Services`."""

    options: Any
    threads: int
    device: str
    hub: bool
    weights: Callable[[str], Path]
    embed: Callable[[Sequence[str]], np.ndarray | None]


def limit_threads(threads: int) -> None:
    """Have libraries that are imported later use so many threads, unless whoever started this process said otherwise.

    Each multiplies matrices with as many threads as there are cores if nobody says anything; with several at work side
    by side they then mostly wait for each other.
    """
    said = os.environ.get("OMP_NUM_THREADS") or str(threads)
    for variable, library in READS_THREADS.items():
        if library not in sys.modules:
            os.environ.setdefault(variable, said)


class Host:
    """All plugins of this process.

    Use as a context manager; `close` frees every model.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        weights: Weights | None = None,
        *,
        plugins: Mapping[str, object] | None = None,
        discover: bool = True,
        specifications: Sequence[ModuleType | type] = (),
        calls: Calls | None = None,
    ) -> None:
        """Discover and register.

        Args:
            settings: read with `load_settings()` if not given.
            weights: where weights are looked for; made from the settings if not given.
            plugins: further plugins (modules or objects with hooks) by name, registered after the discovered ones. What
                no other process could import, such as an object, works in this one whatever it declares.
            discover: whether to look for installed plugins.
            specifications: further modules or classes with `@hookspec`s: for hooks that go away.
            calls: where every call of every plugin is noted.
        """
        self._calls = calls
        self.settings = settings or Settings()
        self.weights = weights or Weights(
            self.settings.weights_directory(),
            self.settings.weights.paths,
            hub=self.settings.weights.hub,
            device=self.settings.engine.device,
        )
        self.lanes = Lanes(self.settings.engine.lanes)
        self._gathered = Gathering(
            self.settings, self.weights, self._runner, specifications=specifications, calls=self._calls
        )
        self._registry = self._gathered.registry
        self._embeddings = Embeddings(self._registry.embedders)
        limit_threads(self.settings.engine.threads())
        for variable in SILENCED:  # libraries read them when they are imported, which is later
            os.environ.setdefault(variable, "1")
        if discover:
            self._gathered.discover()
        self._gathered.take(plugins or {})
        self._gathered.collect()

    def _runner(self, plugin: str, plugged: Plugged) -> Runner[Any]:
        engine, calls = self.settings.engine, self._calls
        tier = self._gathered.plugins[plugin].tier(plugged)
        return Runner(
            plugged,
            plugin,
            _Services(
                options=options_of(plugged, self.settings.plugins.get(plugged.name, {})),
                threads=engine.threads(),
                device=engine.device,
                hub=self.settings.weights.hub,
                weights=self.weights.where,
                embed=self.embed,
            ),
            lanes=self.lanes,
            weights_identity=self.weights.identity,
            embedder_identity=self._embeddings.identity,
            breaker_failures=engine.breaker_failures,
            breaker_seconds=engine.breaker_seconds,
            load_seconds=engine.load_seconds,
            recorder=None if calls is None else calls.of(plugin, plugged.name, tier),
        )

    # ---- what there is -----------------------------------------------------------------------------------------

    def perceivers(self) -> tuple[Runner[Perceiver], ...]:
        """All perceivers."""
        return tuple(self._registry.perceivers.values())

    def answerers(self) -> tuple[Runner[Answerer], ...]:
        """All answerers, best first."""
        return tuple(sorted(self._registry.answerers.values(), key=lambda runner: -runner.plugged.quality))

    def embedders(self) -> tuple[Runner[Embedder], ...]:
        """All embedders."""
        return tuple(self._registry.embedders.values())

    def voices(self) -> tuple[Runner[Voice], ...]:
        """All voices; the first is the one that speaks where none is named."""
        return tuple(self._registry.voices.values())

    def _all(self) -> tuple[Runner[Any], ...]:
        return (*self.perceivers(), *self.embedders(), *self.answerers(), *self.voices())

    @property
    def commands(self) -> tuple[click.Command, ...]:
        """Commands of plugins."""
        return tuple(self._registry.commands)

    @property
    def routes(self) -> tuple[Callable[[Any, Any], None], ...]:
        """Functions `mount(app, assistant)` of plugins."""
        return tuple(self._registry.routes)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Pages of the browser chat that plugins bring."""
        return tuple(self._registry.panels)

    @property
    def formats(self) -> tuple[FileFormat, ...]:
        """Sorts of files that plugins read."""
        return tuple(self._registry.formats)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Those of the core, then those of the formats."""
        return self._registry.modalities

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins that could be registered."""
        return tuple(self._gathered.plugins.values())

    def problems(self) -> tuple[PluginProblem, ...]:
        """What is wrong with plugins."""
        return tuple(self._gathered.problems)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Plugins, and what plugins bring, that are disabled, and the way to take them in again."""
        return tuple(self._registry.left_out)

    def hooks(self, plugin: str) -> tuple[str, ...]:
        """Names of the hooks that a plugin implements."""
        return self._gathered.hooks(plugin)

    def reach(self, runner: Runner[Perceiver]) -> frozenset[str]:
        """All kinds and modalities that can follow from one call of a perceiver, through others too."""
        return self._registry.reach(runner)

    def options_for_turn(self, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The options of perceivers under which one turn runs: those of the settings, but for what it sets.

        Args:
            wanted: perceiver -> option -> value; of perceivers that are not installed nothing is wanted.

        Raises:
            PluginError: an option is unknown, may not differ by turn, or has a wrong value.
        """
        found = {}
        for name, values in wanted.items():
            runner = self._registry.perceivers.get(name)
            if runner is None or not values:
                continue
            fixed = sorted(set(values) - set(runner.plugged.per_turn))
            if fixed:
                raise PluginError(
                    f"A turn may not set {', '.join(fixed)} of {name}.",
                    f"It may set: {', '.join(sorted(runner.plugged.per_turn)) or 'nothing'}.",
                )
            options = options_of(runner.plugged, self.settings.plugins.get(name, {}), values)
            if options != runner.services.options:
                found[name] = options
        return found

    def capabilities(self) -> dict[str, tuple[str, ...]]:
        """Modality -> observation kinds that installed perceivers can give for it."""
        found: dict[str, tuple[str, ...]] = {}
        for modality in self.modalities:
            kinds: set[str] = set()
            for runner in self._registry.perceivers.values():
                if modality in runner.plugged.consumes and runner.configured:
                    kinds |= set(runner.plugged.produces) | self.reach(runner)
            found[modality] = tuple(sorted(kinds - set(self.modalities)))
        return found

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Observation kind -> words by which people ask for it, of installed perceivers; see `Request.vocabulary`."""
        found: dict[str, dict[str, None]] = {}
        for runner in self._registry.perceivers.values():
            if not runner.configured:
                continue
            asked = runner.plugged.asked
            for kind in runner.plugged.produces:
                words = asked.get(kind) or (() if kind in KINDS else (kind.replace("_", " "),))
                if words and kind not in self.modalities:
                    found.setdefault(kind, {}).update(dict.fromkeys(words))
        return {kind: tuple(words) for kind, words in found.items()}

    def text_embedder(self) -> Runner[Embedder] | None:
        """Who embeds sentences for all others; None when nobody can now."""
        return self._embeddings.embedder()

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """Sentence embeddings [n, dimensions], float32, rows of length 1; None when no text embedder can be used."""
        return self._embeddings.embed(texts)

    # ---- life --------------------------------------------------------------------------------------------------

    def warm(self, *, processes: bool = False) -> None:
        """Load every model that can be loaded, one after another; a failure is logged and left to the first turn.

        Of answerers those alone that take next to no memory: of the others only one is likely to be asked.

        Args:
            processes: whether to start processes of plugins' own too, which otherwise start with their first use.
        """
        for runner in self._all():
            costly = isinstance(runner.plugged, Answerer) and runner.plugged.memory_mb > 0
            apart = runner.proxy is not None and not processes
            if runner.loaded or costly or apart or runner.obstacle() is not None:
                continue
            try:
                runner.run(lambda plugged: None)
            except Exception as error:
                logger.warning("%s could not be loaded ahead of time: %s", runner.name, error)

    def health(self) -> dict[str, Any]:
        """State of every plugin and plugged object."""
        return {
            "perceivers": [runner.health() for runner in self.perceivers()],
            "answerers": [runner.health() for runner in self.answerers()],
            "embedders": [runner.health() for runner in self.embedders()],
            "voices": [runner.health() for runner in self.voices()],
            "problems": [problem.to_json() for problem in self.problems()],
        }

    def close(self) -> None:
        """Free every model. Waits a little for work that goes on; a process that ends below it would crash."""
        for runner in self._all():
            runner.close()
        until = time.monotonic() + CLOSE_SECONDS
        for runner in self._all():
            if not runner.join(until):
                logger.warning("%s is still at work and was left behind", runner.name)

    def __enter__(self) -> Host:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
