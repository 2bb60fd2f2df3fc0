"""What plugins register, checked one by one and kept by name. Not for finding plugins, and not for running anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assistant.declared import KINDS, check, probe
from assistant.discovery import Disabled, LeftOut, PluginInfo, PluginProblem
from assistant.errors import DuplicateName, PluginError, UnsupportedMedia, shown
from assistant.media.formats import check_format
from assistant.media.sniff import HEAD_BYTES, Format, sniff
from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Plugged, Voice
from assistant.runner import Runner
from assistant.types import MODALITIES, TEXT, FileFormat
from assistant.weights import Weights, WeightsChoice, WeightsSpec

if TYPE_CHECKING:
    import click

P = TypeVar("P", bound=Plugged)

MOST_PIECES: Final = 64
"""Of what a format `holds`: each is looked for in every file that begins like it."""


def _read_by_core(begins: bytes) -> Format | None:
    """The format that the assistant itself takes files for that begin so; any text would be text."""
    try:
        found = sniff(begins.ljust(HEAD_BYTES, b"\0"), HEAD_BYTES, "file")
    except UnsupportedMedia:
        return None
    return found if isinstance(found, Format) and found.modality != TEXT else None


class Registry:
    """Everything that the hooks of all plugins registered."""

    def __init__(
        self,
        weights: Weights,
        disabled: Disabled,
        place: Callable[[str, Plugged], Any],
        runner: Callable[[str, Plugged], Runner[Any]],
        plugins: dict[str, PluginInfo],
    ) -> None:
        """Nothing yet.

        Args:
            weights: where specifications of weights go.
            disabled: what is left out.
            place: gives what stands for a plugged object of a plugin, where that is to work in another process.
            runner: makes the runner of a plugged object of a plugin.
            plugins: the plugins by name; what each brings is noted there.
        """
        self.perceivers: dict[str, Runner[Perceiver]] = {}
        self.answerers: dict[str, Runner[Answerer]] = {}
        self.embedders: dict[str, Runner[Embedder]] = {}
        self.voices: dict[str, Runner[Voice]] = {}
        self.commands: list[click.Command] = []
        self.routes: list[Callable[[Any, Any], None]] = []
        self.formats: list[FileFormat] = []
        self.panels: list[Panel] = []
        self.left_out: list[LeftOut] = []
        self._weights = weights
        self._disabled = disabled
        self._place = place
        self._runner = runner
        self._plugins = plugins
        self._settled = False
        self._reached: dict[str, frozenset[str]] = {}
        self.hooks: Final[dict[str, Callable[[str, Any], None]]] = {
            "register_formats": self._format,  # before the perceivers that consume their modalities
            "register_weights": self._add_weights,
            "register_embedders": self._plug(self.embedders, Embedder, "embedders"),
            "register_perceivers": self._plug(self.perceivers, Perceiver, "perceivers"),
            "register_answerers": self._plug(self.answerers, Answerer, "answerers"),
            "register_voices": self._plug(self.voices, Voice, "voices"),
            "register_commands": self._command,
            "register_routes": self._route,
            "register_panels": self._panel,
        }
        """Hook -> what takes the name of a plugin and what it registers; raises PluginError."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """Those of the core, then those that formats of plugins bring."""
        return tuple(dict.fromkeys((*MODALITIES, *(each.modality for each in self.formats))))

    # ---- one thing of each sort ------------------------------------------------------------------------------------

    def _plug(self, runners: dict[str, Runner[P]], sort: type[Plugged], listed: str) -> Callable[[str, Any], None]:
        def register(plugin: str, plugged: Any) -> None:
            check(plugged, sort, self.modalities)
            left_out = self._disabled.left_out(plugged.name, plugin)
            if left_out:
                self.left_out.append(left_out)
                return
            plugged = self._place(plugin, plugged)
            if isinstance(plugged, Perceiver):
                self._refuse_raw_bytes(plugged, plugged.consumes, "consumes")
            elif isinstance(plugged, Answerer):
                self._refuse_raw_bytes(plugged, plugged.accepts, "accepts")
            if plugged.name in runners:
                other = runners[plugged.name].plugin
                raise DuplicateName(
                    f"{plugged.name} is also the name of something in plugin {other}.", "Rename or disable one."
                )
            runner = self._runner(plugin, plugged)
            probe(plugged, runner.services.options)
            runners[plugged.name] = runner
            getattr(self._plugins[plugin], listed).append(plugged.name)

        return register

    def _refuse_raw_bytes(self, plugged: Plugged, modalities: Iterable[str], does: str) -> None:
        raw = sorted(set(modalities) & (set(self.modalities) - set(MODALITIES)))
        if raw and plugged.isolation != "process":
            raise PluginError(
                f"{plugged.name} {does} {', '.join(raw)}: files as they were sent, which nothing has checked.",
                'Such files are read in a process of its own only: declare `isolation = "process"`.',
            )

    def _add_weights(self, plugin: str, spec: Any) -> None:
        if not isinstance(spec, (WeightsSpec, WeightsChoice)):
            raise PluginError(
                f"{shown(spec)} describes no weights.", "Register WeightsSpec(...) or WeightsChoice(...)."
            )
        self._weights.add(spec)
        self._plugins[plugin].weights.append(spec.name)

    def _command(self, plugin: str, command: Any) -> None:
        import click

        if not isinstance(command, click.Command) or not command.name:
            raise PluginError(f"{shown(command)} is no click command.", "Decorate it with @click.command().")
        if any(command.name == other.name for other in self.commands):
            raise DuplicateName(f"The command {command.name} is there already.", "Rename or disable one.")
        self.commands.append(command)
        self._plugins[plugin].commands.append(command.name)

    def _route(self, plugin: str, mount: Any) -> None:
        if not callable(mount):
            raise PluginError(f"{shown(mount)} cannot be called.", "Register a function `mount(app, assistant)`.")
        self.routes.append(mount)

    def _format(self, plugin: str, found: Any) -> None:
        check_format(found, self.formats)
        if len(found.holds) > MOST_PIECES:
            raise PluginError(
                f"The format {found.label} holds {len(found.holds)} pieces.", f"Name {MOST_PIECES} at most."
            )
        if any(found.media_type == other.media_type for other in self.formats):
            raise DuplicateName(
                f"Files of the type {found.media_type} are read by another plugin.", "Disable one of the plugins."
            )
        core = _read_by_core(found.begins)
        if core:
            raise PluginError(
                f"The format {found.label} begins with {found.begins!r}, as a {core.label} does.",
                "That is read by the assistant itself: consume its modality.",
            )
        self.formats.append(found)
        self._plugins[plugin].formats.append(found.label)

    def _panel(self, plugin: str, panel: Any) -> None:
        if not isinstance(panel, Panel):
            raise PluginError(f"{shown(panel)} is no panel.", "Register assistant.plugin.Panel(title, build).")
        title: object = panel.title
        if not isinstance(title, str) or not title.strip() or not title.isprintable() or len(title) > 40:
            raise PluginError(f"The title of its panel is {shown(title)}.", "Give it a title of up to 40 characters.")
        if not callable(panel.build):
            raise PluginError(f"The panel {title} cannot be built.", "Make `build` a function of the assistant.")
        if any(title == other.title for other in self.panels):
            raise DuplicateName(f"The panel {title} is there already.", "Rename or disable one.")
        self.panels.append(panel)
        self._plugins[plugin].panels.append(title)

    # ---- all together -----------------------------------------------------------------------------------------------

    def reach(self, runner: Runner[Perceiver]) -> frozenset[str]:
        """All kinds and modalities that can follow from one call of a perceiver, through others too."""
        known = self._reached.get(runner.name)
        if known is not None:
            return known
        reached: set[str] = set()
        open_ends = set(runner.plugged.produces)
        while open_ends:
            reached |= open_ends
            following: set[str] = set()
            for other in self.perceivers.values():
                if open_ends & (set(other.plugged.gathers) or set(other.plugged.consumes)):
                    following |= set(other.plugged.produces)
            open_ends = following - reached
        found = frozenset(reached)
        if self._settled:
            self._reached[runner.name] = found
        return found

    def settle(self) -> Iterable[PluginProblem]:
        """After all are registered: drop perceivers that would wait for ever, and name those that are never called."""
        for name, runner in list(self.perceivers.items()):
            if runner.plugged.gathers and set(runner.plugged.gathers) & self.reach(runner):
                del self.perceivers[name]
                self._plugins[runner.plugin].perceivers.remove(name)
                gathers = ", ".join(runner.plugged.gathers)
                yield PluginProblem(
                    runner.plugin,
                    f"{name} gathers {gathers}, which follow from what it writes itself.",
                    "Change its `gathers` or `produces`.",
                )
        self._settled = True
        given = {*self.modalities, *KINDS}.union(*(each.plugged.produces for each in self.perceivers.values()))
        for name, runner in self.perceivers.items():
            wanted = runner.plugged.consumes
            if not given & set(wanted):
                yield PluginProblem(
                    runner.plugin,
                    f"{name} is never called: no plugin gives {' or '.join(wanted)}.",
                    "Install the plugin that does, or mend what it consumes.",
                    "warning",
                )
