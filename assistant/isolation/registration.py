"""Imports a plugin in its own process and calls its hooks there: to say what it declares, or to find one object of it.

Nothing of this runs in the assistant's process.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from functools import reduce
from typing import Any, Final

import pluggy

from assistant import hookspecs
from assistant.errors import AssistantError, PluginError, described
from assistant.isolation.description import SORTS
from assistant.isolation.typed import told_options
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Voice
from assistant.types import FileFormat

CLASSES: Final[Mapping[str, type[Plugged]]] = {
    "perceiver": Perceiver,
    "answerer": Answerer,
    "embedder": Embedder,
    "voice": Voice,
}
HERE_ONLY: Final = ("register_commands", "register_routes", "register_panels")
"""Hooks whose objects work in the assistant's process or not at all."""
DEFECT: Final = "This is a defect of the plugin: tell its author."
Ask = Callable[[str], Mapping[str, Any]]


def imported(module: str) -> Any:
    """What an entry point names: "package.module" or "package.module:attribute"."""
    name, _, attribute = module.partition(":")
    found = importlib.import_module(name)
    return reduce(getattr, attribute.split("."), found) if attribute else found


def registered(plugin: Any, hook: str, register: Callable[[Any], None]) -> None:
    """Call one hook of a plugin, if it implements it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        implementation.function(*([register] if implementation.argnames else []))


def find(module: str, sort: str, name: str) -> Plugged:
    """The object of that sort and name.

    Raises:
        PluginError: the plugin registers none.
    """
    found: list[Plugged] = []
    registered(imported(module), f"register_{sort}s", found.append)
    for plugged in found:
        if isinstance(plugged, CLASSES[sort]) and getattr(plugged, "name", None) == name:
            return plugged
    raise PluginError(f"{module} registers no {sort} called {name}.", "Start the assistant again.")


def options_from(plugged: Plugged, given: Mapping[str, Any] | None) -> Any:
    """Its options, validated. Raises PluginError."""
    if plugged.Options is None and not given:
        return None
    from assistant.options import options_of

    return options_of(plugged, given or {})


def description(module: str, section: Ask) -> dict[str, Any]:
    """All that a plugin declares, as JSON; see `reading.read_description`.

    Args:
        module: what its entry point names.
        section: asks for the settings of an object by name.
    """
    told: dict[str, Any] = {"plugged": [], "weights": [], "formats": [], "troubles": [], "left_out": [], "api": None}

    def trouble(message: str, remedy: str = DEFECT) -> None:
        told["troubles"].append({"message": message, "remedy": remedy})

    try:
        plugin = imported(module)
    except BaseException as error:  # third-party code at import: even SystemExit is only a fact about it
        trouble(
            f"{module} cannot be imported in a process of its own: {type(error).__name__}: {error}.",
            "Reinstall or remove it.",
        )
        return told
    api = getattr(plugin, "ASSISTANT_API", None)
    told["api"] = api if isinstance(api, str | int) else None
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin)
        unknown = [each.name for each in manager.get_hookcallers(plugin) or () if not each.has_spec()]
        if unknown:
            raise PluginError(f"unknown hook {', '.join(unknown)}.", hookspecs.closest(unknown))
    except (PluginError, pluggy.PluginValidationError, ValueError) as error:
        trouble(*hookspecs.wrong(error))
        return told

    def add(hook: str, item: Any) -> None:
        if hook == "register_weights":
            kind = type(item).__name__
            told["weights"].append({**asdict(item), "is": kind, "sources": _sources(item)})
        elif hook == "register_formats":
            told["formats"].append(_format(item))
        else:
            told["plugged"].append(_declared(hook.removeprefix("register_").removesuffix("s"), item, section))

    for hook in ("register_weights", "register_formats", *(f"register_{sort}s" for sort in SORTS)):
        for implementation in getattr(manager.hook, hook).get_hookimpls():

            def register(item: Any, hook: str = hook) -> None:
                try:
                    add(hook, item)
                except AssistantError as error:
                    trouble(error.message, error.remedy or f"Mend what it registers in {hook}.")

            try:
                implementation.function(*([register] if implementation.argnames else []))
            except Exception as error:
                trouble(f"{hook} raised {type(error).__name__}: {error}.")
    told["left_out"] = [hook for hook in HERE_ONLY if getattr(manager.hook, hook).get_hookimpls()]
    return told


def _sources(item: Any) -> list[dict[str, Any]]:
    return [{**asdict(source), "is": type(source).__name__} for source in getattr(item, "sources", ())]


def _format(item: Any) -> dict[str, Any]:
    if not isinstance(item, FileFormat):
        raise PluginError(f"{type(item).__name__} is not a FileFormat.", "Register assistant.types.FileFormat.")
    told = {each.name: getattr(item, each.name) for each in fields(item)}
    return {**told, "begins": item.begins.hex(), "holds": [each.hex() for each in item.holds]}


def _declared(sort: str, plugged: Any, section: Ask) -> dict[str, Any]:
    from assistant.declared import check

    check(plugged, CLASSES[sort])
    options = options_from(plugged, section(plugged.name))

    def asked(method: str) -> Any:
        try:
            return getattr(plugged, method)(options)
        except Exception as error:
            raise PluginError(f"{plugged.name}.{method} raised {described(error)}: {error}.", DEFECT) from error

    return {
        "sort": sort,
        "attributes": {name: plain(getattr(plugged, name)) for name in ATTRIBUTES[sort] if hasattr(plugged, name)},
        "options": told_options(plugged.Options),
        "weights": list(asked("weights")),
        "unready": asked("unready"),
        "leaves": asked("leaves") if sort == "answerer" else "",
        "missing": [name for name in plugged.requires if importlib.util.find_spec(name.partition(".")[0]) is None],
    }


def plain(value: Any) -> Any:
    """An attribute as JSON."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return sorted(value) if isinstance(value, set | frozenset) else list(value) if isinstance(value, tuple) else value


_COMMON = (
    "name",
    "version",
    "requires",
    "memory_mb",
    "embeds",
    "optional",
    "isolation",
    "memory_limit_mb",
    "network",
)
ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "perceiver": (
        *_COMMON,
        "consumes",
        "gathers",
        "produces",
        "deadline",
        "deadline_per_second",
        "heavy",
        "particular",
        "concurrency",
        "per_turn",
        "asked",
    ),
    "answerer": (*_COMMON, "accepts", "quality", "deadline", "concurrency", "honours", "checks"),
    "embedder": (*_COMMON, "modality", "space", "dimensions", "across"),
    "voice": (*_COMMON, "deadline", "sample_rate", "speakers", "honours"),
}
"""What the class of each sort declares."""
SETTLED: Final[Mapping[str, tuple[str, ...]]] = {
    "perceiver": (),
    "answerer": ("honours",),
    "embedder": ("space", "dimensions"),
    "voice": ("sample_rate", "speakers", "honours"),
}
"""What of it is known after `load` only."""
__all__ = ["ATTRIBUTES", "CLASSES", "SETTLED", "description", "find", "imported", "options_from", "plain"]
