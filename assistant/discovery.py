"""Finds installed plugins and judges them before anything of them is imported. Not for what they register: host.py."""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from assistant import compatibility, disabled, trust
from assistant.environments import Environment, environments
from assistant.errors import PluginError, said
from assistant.hookspecs import PROJECT
from assistant.plugin import Isolation, Plugged
from assistant.settings import Settings

logger = logging.getLogger(__name__)

SLOW_SECONDS: Final = 1.0
"""A plugin whose import takes longer is named in the log."""
Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """Something wrong with a plugin, and the way to mend it."""

    plugin: str
    message: str
    remedy: str
    level: Level = "error"
    """error: something of it was left out; warning: it works, but not for ever or not as meant."""

    def to_json(self) -> dict[str, str]:
        """A JSON object with every field."""
        return {"plugin": self.plugin, "message": self.message, "remedy": self.remedy, "level": self.level}


@dataclass(slots=True)
class PluginInfo:
    """One discovered plugin, and the names of what it brings."""

    name: str
    module: str
    distribution: str = ""
    version: str = ""
    isolation: Isolation = "thread"
    """process: nothing of it was imported in this process."""
    environment: str = ""
    """The environment of its own that it is installed in; "" for the assistant's."""
    perceivers: list[str] = field(default_factory=list)
    answerers: list[str] = field(default_factory=list)
    embedders: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    """Their labels."""
    panels: list[str] = field(default_factory=list)
    """Their titles."""

    def tier(self, plugged: Plugged) -> str:
        """Where something that it brings works: "thread", "process", or "environment NAME"."""
        if self.environment:
            return f"environment {self.environment}"
        return "process" if self.isolation == "process" else plugged.isolation


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was left out because an operator said so."""

    name: str
    """Of the plugin, or of what it brings."""
    plugin: str
    """The plugin it belongs to."""
    place: Literal["settings", "data directory"]
    """Where that is written: the setting `disabled`, or the list of `assistant plugins disable`."""

    @property
    def remedy(self) -> str:
        """How to take it in again."""
        if self.place == "settings":
            return f"Take {self.name} out of the setting `disabled`."
        return f"assistant plugins enable {self.name}"

    def to_json(self) -> dict[str, str]:
        """A JSON object with every field, and the way back."""
        return {"name": self.name, "plugin": self.plugin, "place": self.place, "remedy": self.remedy}


class Disabled:
    """The names that are left out, by the settings and by the list in the data directory."""

    def __init__(self, settings: Settings) -> None:
        """Read the list."""
        self.problem: PluginProblem | None = None
        self._settings = frozenset(settings.disabled)
        try:
            self._listed = frozenset(disabled.listed(settings.data_dir))
        except PluginError as error:
            self._listed = frozenset()
            self.problem = PluginProblem("plugins.json", error.message, error.remedy)

    def left_out(self, name: str, plugin: str) -> LeftOut | None:
        """That this is left out, and by which of both."""
        if name in self._settings:
            return LeftOut(name, plugin, "settings")
        return LeftOut(name, plugin, "data directory") if name in self._listed else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry point: what could become a plugin."""

    entry: EntryPoint
    distribution: Distribution | None = None
    environment: Environment | None = None
    """Set if it is installed in one of its own."""

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.entry.name

    @property
    def module(self) -> str:
        """Name of the module to import; "" where the entry point names none."""
        found = EntryPoint.pattern.match(self.entry.value)
        return found["module"] if found else ""

    @property
    def distribution_name(self) -> str:
        """ "" if it belongs to none."""
        return (self.distribution.name or "") if self.distribution else ""

    def info(self) -> PluginInfo:
        """What is known before it is imported."""
        return PluginInfo(
            self.name,
            self.entry.value,
            self.distribution_name,
            (self.distribution.version or "") if self.distribution else "",
            "process" if self.environment else "thread",
            self.environment.name if self.environment else "",
        )


def candidates(data_dir: Path) -> tuple[list[Candidate], list[PluginProblem]]:
    """All entry points of plugins, by name: the assistant's environment first, then those of their own."""
    problems: list[PluginProblem] = []
    found = [Candidate(entry, entry.dist) for entry in _entries(problems)]
    for environment in environments(data_dir):
        trouble = environment.problem()
        if trouble:
            problems.append(PluginProblem(environment.name, trouble, environment.remedy))
            continue
        try:
            found += [
                Candidate(entry, distribution, environment)
                for distribution in environment.distributions
                for entry in distribution.entry_points
                if entry.group == PROJECT
            ]
        except Exception as error:  # metadata that cannot be read
            message = f"what is installed in the environment {environment.name} cannot be read: {said(error)}."
            problems.append(PluginProblem(environment.name, message, environment.remedy))
    found.sort(key=lambda each: (each.name, each.environment is not None, each.distribution_name))
    return found, problems


def _entries(problems: list[PluginProblem]) -> Sequence[EntryPoint]:
    try:
        return tuple(entry_points(group=PROJECT))
    except Exception:  # the metadata of one distribution cannot be read: it must not cost the others
        found = []
        for distribution in importlib.metadata.distributions():
            name = "?"
            try:
                name = distribution.name
                found += [entry for entry in distribution.entry_points if entry.group == PROJECT]
            except Exception as error:
                problems.append(
                    PluginProblem(
                        name,
                        f"what it says of its entry points cannot be read: {said(error)}.",
                        f"Reinstall or remove it: pip uninstall {name}",
                    )
                )
        return found


def refusal(candidate: Candidate, settings: Settings) -> tuple[PluginError | None, str]:
    """Why a candidate is not to be imported, found out without importing it.

    Returns:
        The refusal, or None; and what the plugin should declare otherwise, or "".
    """
    if not candidate.module:
        return (
            PluginError(
                f"its entry point {candidate.entry.value!r} names no module.",
                f"Reinstall or remove it: pip uninstall {candidate.distribution_name}",
            ),
            "",
        )
    path = [str(candidate.environment.site_packages)] if candidate.environment else None
    if settings.allowed:
        spec = compatibility.module_spec(candidate.module, path)
        origins = [Path(spec.origin) if spec and spec.origin else None]
        distrust = trust.judge(candidate.distribution, origins, settings.allowed)
        if distrust:
            return distrust, ""
    declared = compatibility.declared_in_source(candidate.module, path)
    if declared is None:
        return None, ""
    return compatible(declared, candidate.distribution_name)


def compatible(declared: Any, distribution: str) -> tuple[PluginError | None, str]:
    """Judge what a plugin declares as its `ASSISTANT_API`; see `refusal`."""
    try:
        asked = compatibility.asked(declared)
    except PluginError as error:
        return error, ""
    return compatibility.refusal(asked, distribution), asked.note


def load(candidate: Candidate) -> Any:
    """Import a plugin into this process.

    What it prints goes to standard error: standard output belongs to the command at hand.

    Raises:
        PluginError: whatever came up, even SystemExit: it must not take the host along.
    """
    began = time.perf_counter()
    try:
        with _nothing_on_stdout():
            return candidate.entry.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(
            f"{candidate.entry.value} cannot be imported: {said(error)}.",
            f"Reinstall or remove it: pip uninstall {candidate.distribution_name or candidate.entry.value}",
        ) from error
    finally:
        spent = time.perf_counter() - began
        if spent > SLOW_SECONDS:
            logger.warning("plugin %s took %.1f s to import", candidate.name, spent)


@contextlib.contextmanager
def _nothing_on_stdout() -> Iterator[None]:
    with contextlib.redirect_stdout(sys.stderr):
        yield
