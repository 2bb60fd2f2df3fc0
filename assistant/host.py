"""Finds plugins, checks what they declare, and keeps them: a broken plugin is a fact to report, never a crash.

Not for running a turn: see engine.py.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import pluggy

from assistant import hookspecs
from assistant.declared import check, options_of
from assistant.errors import AssistantError, DuplicateName, PluginError
from assistant.media.formats import check_format
from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Plugged, Voice
from assistant.runner import Runner
from assistant.settings import Settings
from assistant.types import MODALITIES, TEXT, FileFormat
from assistant.weights import Weights
from assistant.workers import Lanes

if TYPE_CHECKING:
    import click
    import numpy as np

logger = logging.getLogger(__name__)

SILENCED: Final = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
"""Variables that keep libraries from telling their makers about their use: ONNX Runtime does so by default."""
P = TypeVar("P", bound=Plugged)

CLOSE_SECONDS = 5.0
"""How long `close` waits for plugins that are still at work."""
EMBEDDINGS_KEPT = 2048
"""Sentence embeddings remembered: 384 float32 each, 3 MiB in all."""


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """Something wrong with a plugin, and the way to mend it."""

    plugin: str
    message: str
    remedy: str
    level: Literal["error", "warning"] = "error"
    """error: something of it was left out; warning: it works, but not for ever."""

    def to_json(self) -> dict[str, str]:
        """A JSON object with every field."""
        return {"plugin": self.plugin, "message": self.message, "remedy": self.remedy, "level": self.level}


@dataclass(slots=True)
class PluginInfo:
    """One discovered plugin."""

    name: str
    module: str
    distribution: str = ""
    version: str = ""
    perceivers: list[str] = field(default_factory=list)
    answerers: list[str] = field(default_factory=list)
    embedders: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Services:
    """What one plugged object gets when it loads; see `plugin.Services`."""

    options: Any
    threads: int
    device: str
    hub: bool
    weights: Callable[[str], Path]
    embed: Callable[[Sequence[str]], np.ndarray | None]


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
    ) -> None:
        """Discover and register.

        Args:
            settings: read with `load_settings()` if not given.
            weights: where weights are looked for; made from the settings if not given.
            plugins: further plugins (modules or objects with hooks) by name, registered after the discovered ones.
            discover: whether to look for installed plugins.
        """
        self.settings = settings or Settings()
        self.weights = weights or Weights(
            self.settings.weights_directory(),
            self.settings.weights.paths,
            hub=self.settings.weights.hub,
            device=self.settings.engine.device,
        )
        self.lanes = Lanes(self.settings.engine.lanes)
        self.commands: list[click.Command] = []
        self.routes: list[Callable[[Any, Any], None]] = []
        self.formats: list[FileFormat] = []
        self.panels: list[Panel] = []
        self._problems: list[PluginProblem] = []
        self._plugins: dict[str, PluginInfo] = {}
        self._perceivers: dict[str, Runner[Perceiver]] = {}
        self._answerers: dict[str, Runner[Answerer]] = {}
        self._embedders: dict[str, Runner[Embedder]] = {}
        self._voices: dict[str, Runner[Voice]] = {}
        self._embedded: OrderedDict[str, np.ndarray] = OrderedDict()
        self._embedding = threading.Lock()
        if "torch" not in sys.modules:  # torch and its kin read it once, when they are imported
            os.environ.setdefault("OMP_NUM_THREADS", str(self.settings.engine.threads()))
        for variable in SILENCED:  # libraries read them when they are imported, which is later
            os.environ.setdefault(variable, "1")
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        if discover:
            for entry in sorted(entry_points(group=hookspecs.PROJECT), key=lambda entry: entry.name):
                self._discover(entry)
        for name, plugin in (plugins or {}).items():
            self._add(name, plugin, PluginInfo(name, getattr(plugin, "__name__", type(plugin).__name__)))
        self._collect()
        self._refuse_unconfined()
        self._refuse_cycles()

    # ---- discovery ---------------------------------------------------------------------------------------------

    def _problem(self, plugin: str, message: str, remedy: str) -> None:
        logger.warning("plugin %s: %s %s", plugin, message, remedy)
        self._problems.append(PluginProblem(plugin, message, remedy))

    def _discover(self, entry: EntryPoint) -> None:
        if entry.name in self.settings.disabled:
            return
        distribution = entry.dist.name if entry.dist else ""
        mend = f"Reinstall or remove it: pip uninstall {distribution or entry.value}"
        try:
            module = entry.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # third-party code at import: even SystemExit must not take the host along
            self._problem(entry.name, f"{entry.value} cannot be imported: {type(error).__name__}: {error}.", mend)
            return
        version = entry.dist.version if entry.dist else ""
        self._add(entry.name, module, PluginInfo(entry.name, entry.value, distribution, version))

    def _add(self, name: str, plugin: object, info: PluginInfo) -> None:
        wanted = getattr(plugin, "ASSISTANT_API", hookspecs.API_VERSION)
        if not isinstance(wanted, int) or wanted > hookspecs.API_VERSION:
            self._problem(
                name,
                f"it needs plugin API {wanted}; this assistant has {hookspecs.API_VERSION}.",
                "Upgrade sensorium, or install an older version of the plugin.",
            )
            return
        try:
            self._manager.register(plugin, name=name)
            unknown = [
                implementation.name
                for implementation in self._manager.get_hookcallers(plugin) or ()
                if not implementation.has_spec()
            ]
            if unknown:
                raise PluginError(f"unknown hook {', '.join(unknown)}.")
        except (PluginError, pluggy.PluginValidationError, ValueError) as error:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            self._problem(name, f"{error}", "Compare its hooks with assistant.hookspecs.")
            return
        self._plugins[name] = info

    def _collect(self) -> None:
        """Call every registration hook of every plugin, each on its own."""
        for hook, register in (
            ("register_weights", self._register_weights),
            ("register_embedders", self._register(self._embedders, Embedder, "embedders")),
            ("register_perceivers", self._register(self._perceivers, Perceiver, "perceivers")),
            ("register_answerers", self._register(self._answerers, Answerer, "answerers")),
            ("register_voices", self._register(self._voices, Voice, "voices")),
            ("register_commands", lambda plugin, command: self.commands.append(command)),
            ("register_routes", lambda plugin, mount: self.routes.append(mount)),
            ("register_formats", self._register_format),
            ("register_panels", lambda plugin, panel: self.panels.append(panel)),
        ):
            implementations = getattr(self._manager.hook, hook).get_hookimpls()
            order = list(self._plugins)
            for implementation in sorted(
                implementations, key=lambda each: (each.trylast, not each.tryfirst, order.index(each.plugin_name))
            ):
                name = implementation.plugin_name
                logger.debug("%s of plugin %s", hook, name)

                def registered(item: Any, name: str = name, register: Any = register, hook: str = hook) -> None:
                    try:
                        register(name, item)
                    except AssistantError as error:
                        self._problem(name, error.message, error.remedy or f"Mend what it registers in {hook}.")

                try:
                    implementation.function(*([registered] if implementation.argnames else []))
                except Exception as error:
                    message = f"{hook} raised {type(error).__name__}: {error}."
                    self._problem(name, message, "This is a defect of the plugin: tell its author.")

    def _register_weights(self, plugin: str, spec: Any) -> None:
        self.weights.add(spec)
        self._plugins[plugin].weights.append(spec.name)

    def _register(self, runners: dict[str, Runner[P]], sort: type[Plugged], listed: str) -> Callable[[str, P], None]:
        def register(plugin: str, plugged: P) -> None:
            check(plugged, sort)
            if plugged.name in self.settings.disabled:
                return
            if plugged.name in runners:
                other = runners[plugged.name].plugin
                raise DuplicateName(
                    f"{plugged.name} is also the name of something in plugin {other}.", "Rename or disable one."
                )
            runners[plugged.name] = Runner(
                plugged,
                plugin,
                self._services(plugged),
                lanes=self.lanes,
                weights_identity=self.weights.identity,
                embedder_identity=self._embedder_identity,
                breaker_failures=self.settings.engine.breaker_failures,
                breaker_seconds=self.settings.engine.breaker_seconds,
            )
            getattr(self._plugins[plugin], listed).append(plugged.name)

        return register

    def _services(self, plugged: Plugged) -> _Services:
        section = self.settings.plugins.get(plugged.name, {})
        return _Services(
            options=options_of(plugged, section),
            threads=self.settings.engine.threads(),
            device=self.settings.engine.device,
            hub=self.settings.weights.hub,
            weights=self.weights.where,
            embed=self.embed,
        )

    def _register_format(self, plugin: str, found: Any) -> None:
        check_format(found, self.formats)
        self.formats.append(found)

    def _refuse_unconfined(self) -> None:
        """Drop perceivers that would parse files as they were sent in the assistant's own process."""
        for name, runner in list(self._perceivers.items()):
            raw = sorted(set(runner.plugged.consumes) & {each.modality for each in self.formats})
            forced = self.settings.isolation.get(runner.plugin) == "process"
            if raw and runner.plugged.isolation != "process" and not forced:
                del self._perceivers[name]
                self._plugins[runner.plugin].perceivers.remove(name)
                self._problem(
                    runner.plugin,
                    f"{name} consumes {', '.join(raw)}, which is not decoded for it, but does not run in a process of "
                    "its own.",
                    'Declare isolation = "process" in it.',
                )

    def _refuse_cycles(self) -> None:
        """Drop perceivers that gather what can only come after them: they would wait for ever."""
        for name, runner in list(self._perceivers.items()):
            if runner.plugged.gathers and set(runner.plugged.gathers) & self.reach(runner):
                del self._perceivers[name]
                self._plugins[runner.plugin].perceivers.remove(name)
                gathers = ", ".join(runner.plugged.gathers)
                self._problem(
                    runner.plugin,
                    f"{name} gathers {gathers}, which follow from what it writes itself.",
                    "Change its `gathers` or `produces`.",
                )

    # ---- what there is -----------------------------------------------------------------------------------------

    def perceivers(self) -> tuple[Runner[Perceiver], ...]:
        """All perceivers."""
        return tuple(self._perceivers.values())

    def answerers(self) -> tuple[Runner[Answerer], ...]:
        """All answerers, best first."""
        return tuple(sorted(self._answerers.values(), key=lambda runner: -runner.plugged.quality))

    def embedders(self) -> tuple[Runner[Embedder], ...]:
        """All embedders."""
        return tuple(self._embedders.values())

    def voices(self) -> tuple[Runner[Voice], ...]:
        """All voices; the first is the one that speaks where none is named."""
        return tuple(self._voices.values())

    def _all(self) -> tuple[Runner[Any], ...]:
        return (*self.perceivers(), *self.embedders(), *self.answerers(), *self.voices())

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins that could be registered."""
        return tuple(self._plugins.values())

    def problems(self) -> tuple[PluginProblem, ...]:
        """What is wrong with plugins."""
        return tuple(self._problems)

    def reach(self, runner: Runner[Perceiver]) -> frozenset[str]:
        """All kinds and modalities that can follow from one call of a perceiver, through others too."""
        reached: set[str] = set()
        open_ends = set(runner.plugged.produces)
        while open_ends:
            reached |= open_ends
            following: set[str] = set()
            for other in self._perceivers.values():
                if open_ends & (set(other.plugged.gathers) or set(other.plugged.consumes)):
                    following |= set(other.plugged.produces)
            open_ends = following - reached
        return frozenset(reached)

    def options_for_turn(self, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The options of perceivers under which one turn runs: those of the settings, but for what it sets.

        Args:
            wanted: perceiver -> option -> value; of perceivers that are not installed nothing is wanted.

        Raises:
            PluginError: an option is unknown, may not differ by turn, or has a wrong value.
        """
        found = {}
        for name, values in wanted.items():
            runner = self._perceivers.get(name)
            if runner is None or not values:
                continue
            fixed = sorted(set(values) - set(runner.plugged.per_turn))
            if fixed:
                raise PluginError(
                    f"A turn may not set {', '.join(fixed)} of {name}.",
                    f"It may set: {', '.join(sorted(runner.plugged.per_turn)) or 'nothing'}.",
                )
            options = options_of(runner.plugged, {**self.settings.plugins.get(name, {}), **values})
            if options != runner.services.options:
                found[name] = options
        return found

    @property
    def modalities(self) -> tuple[str, ...]:
        """What parts can be: what the core decodes, and what plugins read."""
        return (*MODALITIES, *dict.fromkeys(each.modality for each in self.formats))

    def capabilities(self) -> dict[str, tuple[str, ...]]:
        """Modality -> observation kinds that installed perceivers can give for it."""
        found: dict[str, tuple[str, ...]] = {}
        for modality in self.modalities:
            kinds: set[str] = set()
            for runner in self._perceivers.values():
                if modality in runner.plugged.consumes and runner.configured:
                    kinds |= set(runner.plugged.produces) | self.reach(runner)
            found[modality] = tuple(sorted(kinds - set(self.modalities)))
        return found

    # ---- embeddings --------------------------------------------------------------------------------------------

    def _text_embedder(self) -> Runner[Embedder] | None:
        for runner in self._embedders.values():
            plugged = runner.plugged
            if plugged.modality == TEXT and not plugged.across and runner.obstacle() is None:
                return runner
        return None

    def _embedder_identity(self) -> str:
        runner = self._text_embedder()
        return runner.identity if runner else ""

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """Sentence embeddings [n, dimensions], float32, rows of length 1; None when no text embedder can be used."""
        import numpy as np

        runner = self._text_embedder()
        if runner is None:
            return None
        with self._embedding:
            new = [text for text in dict.fromkeys(texts) if text not in self._embedded]
        if new:
            vectors = runner.run(lambda embedder: embedder.embed(new))
            with self._embedding:
                self._embedded.update(zip(new, vectors, strict=True))
        with self._embedding:
            found = []
            for text in texts:
                vector = self._embedded.get(text)
                if vector is None:  # more texts than are remembered, by this call or one beside it
                    return runner.run(lambda embedder: embedder.embed(list(texts)))
                self._embedded.move_to_end(text)
                found.append(vector)
            while len(self._embedded) > EMBEDDINGS_KEPT:
                self._embedded.popitem(last=False)
        return np.stack(found) if found else np.zeros((0, runner.plugged.dimensions), np.float32)

    # ---- life --------------------------------------------------------------------------------------------------

    def warm(self) -> None:
        """Load every model that can be loaded, one after another; a failure is logged and left to the first turn."""
        for runner in self._all():
            if runner.loaded or isinstance(runner.plugged, Answerer) or runner.obstacle() is not None:
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
            "problems": [problem.to_json() for problem in self._problems],
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
