"""Where a plugin works: in a thread of this process, or in a process of its own. Not for that process: isolation/."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from assistant import compatibility
from assistant.discovery import Candidate
from assistant.environments import site_directories
from assistant.plugin import Plugged
from assistant.proxy import Proxy
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.isolation import Declared, Description, Program

DESCRIPTIONS: Final = "descriptions"
"""Where in the data directory it is remembered what plugins declare that are not imported here."""
HOOK_OF: Final[Mapping[str, str]] = {
    "perceiver": "register_perceivers",
    "answerer": "register_answerers",
    "embedder": "register_embedders",
    "voice": "register_voices",
}


def is_apart(candidate: Candidate, settings: Settings) -> bool:
    """Whether nothing of a plugin may be imported into this process."""
    return candidate.environment is not None or settings.isolation.get(candidate.name) == "process"


def program_of(candidate: Candidate, settings: Settings) -> Program:
    """How a process of its own imports an installed plugin."""
    from assistant.isolation import Program

    path: tuple[str, ...] = ()
    if candidate.distribution is not None:
        base = str(Path(str(candidate.distribution.locate_file(""))).absolute())
        if candidate.environment is not None or base not in site_directories():
            path = (base,)
    python = candidate.environment.executable if candidate.environment is not None else Path(sys.executable)
    return Program(candidate.name, candidate.entry.value, python, path, _hidden(settings))


def program_of_module(name: str, plugin: object, settings: Settings) -> Program | None:
    """The same for a plugin that was handed over as a module; None for one that no other process could import."""
    from assistant.isolation import Program

    if not isinstance(plugin, ModuleType):
        return None
    spec = compatibility.module_spec(plugin.__name__)
    if spec is None or spec.origin != getattr(plugin, "__file__", None) or spec.origin is None:
        return None
    top = Path(spec.origin).parents[plugin.__name__.count(".") + (Path(spec.origin).name == "__init__.py")]
    path = () if str(top) in site_directories() else (str(top),)
    return Program(name, plugin.__name__, path=path, hidden=_hidden(settings))


def _hidden(settings: Settings) -> tuple[Path, ...]:
    return (settings.data_dir.absolute(),)


def describe(program: Program, settings: Settings) -> Description:
    """What a plugin declares that is not to be imported here. Never raises: what fails is a trouble in it."""
    from assistant import isolation

    return isolation.describe(program, settings.plugins, cache=settings.data_dir / DESCRIPTIONS)


def placed(plugged: Plugged, program: Program | None, settings: Settings) -> Any:
    """What stands for a checked object: itself, or a proxy if it or the operator wants a process of its own."""
    forced = program is not None and settings.isolation.get(program.plugin) == "process"
    if program is None or not (forced or plugged.isolation == "process"):
        return plugged
    return plugged if isinstance(plugged, Proxy) else stand_in(program, plugged, settings)


def stand_in(program: Program, plugged: Plugged | Declared, settings: Settings) -> Any:
    """What is called here of an object that works in a process of its own."""
    from assistant.isolation import isolated

    engine = settings.engine
    return isolated(program, plugged, idle_seconds=engine.isolated_idle_seconds, load_seconds=engine.load_seconds)
