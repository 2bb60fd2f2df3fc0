"""Everything that is known about a plugin or something that it brings, as JSON, for those who decide about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib.metadata import Distribution
from typing import Any, Final

from assistant import compatibility, discovery, trust
from assistant.discovery import Candidate, PluginInfo
from assistant.errors import NotFound, PluginError, WeightsError
from assistant.hookspecs import API_VERSION
from assistant.host import Host
from assistant.options import options_facts
from assistant.plugin import Plugged
from assistant.runner import Runner
from assistant.settings import Settings

SORTS: Final = ("perceivers", "answerers", "embedders", "voices")
DECLARED: Final = {
    "perceivers": (
        "consumes",
        "gathers",
        "produces",
        "deadline",
        "deadline_per_second",
        "heavy",
        "particular",
        "concurrency",
        "asked",
    ),
    "answerers": ("accepts", "quality", "deadline", "concurrency", "checks"),
    "embedders": ("modality", "across"),
    "voices": ("deadline", "speakers"),
}
"""What each sort declares, beside what all do."""
COMMON: Final = ("version", "requires", "embeds", "optional", "memory_mb", "isolation", "memory_limit_mb", "network")


def runners(host: Host) -> Iterator[tuple[str, Runner[Any]]]:
    """Everything that works, and of which sort it is."""
    for sort in SORTS:
        for runner in getattr(host, sort)():
            yield sort, runner


def listing(host: Host) -> dict[str, Any]:
    """All plugins, what they bring and where that works, what is wrong, and what is left out."""
    infos = {info.name: info for info in host.plugins()}
    brought: dict[str, list[dict[str, Any]]] = {sort: [] for sort in SORTS}
    for sort, runner in runners(host):
        brought[sort].append(_state(runner, infos))
    return {
        "plugins": [asdict(info) for info in host.plugins()],
        **brought,
        "problems": [each.to_json() for each in host.problems()],
        "left_out": [each.to_json() for each in host.left_out()],
    }


def _state(runner: Runner[Any], infos: Mapping[str, PluginInfo]) -> dict[str, Any]:
    """How something does that works, and where."""
    return {**runner.health(), "tier": infos[runner.plugin].tier(runner.plugged), "resting": runner.resting}


def refuse_unknown(names: Sequence[str], settings: Settings, further: Sequence[str] = ()) -> None:
    """Check names of plugins and of what they bring.

    Plugins are imported only where one of the names is not that of a plugin: what cannot even be imported without
    harm must still be possible to disable.

    Args:
        names: to be checked.
        settings: say where plugins are.
        further: names that are good too.

    Raises:
        NotFound: names the first that is not known, and what may have been meant.
    """
    found, _ = discovery.candidates(settings.data_dir)
    there = {*further, *(each.name for each in found)}
    if set(names) <= there:
        return
    there.update(known(Host(settings)))
    for name in names:
        if name not in there:
            raise unknown(name, sorted(there))


def known(host: Host) -> list[str]:
    """Names of all plugins, loaded or not, and of what they bring, that is left out or not."""
    found, _ = discovery.candidates(host.settings.data_dir)
    names = [each.name for each in found] + [each.name for each in host.plugins()]
    names += [runner.name for _, runner in runners(host)]
    names += [each.name for each in host.left_out()]
    return sorted(set(names))


def unknown(name: str, names: Sequence[str]) -> NotFound:
    """That there is no such plugin, and what may have been meant."""
    near = get_close_matches(name, names, n=3)
    return NotFound(
        f"No plugin, perceiver, answerer, embedder or voice is called {name}.",
        f"Did you mean {' or '.join(near)}?" if near else "See: assistant plugins list",
    )


def facts(host: Host, name: str) -> dict[str, Any]:
    """Everything about a plugin, or about one thing that a plugin brings: of that alone, and of its plugin.

    Raises:
        NotFound: there is nothing of that name.
    """
    candidates, _ = discovery.candidates(host.settings.data_dir)
    brought = [(sort, runner) for sort, runner in runners(host)]
    infos = {info.name: info for info in host.plugins()}
    left_out = host.left_out()
    if name in infos or any(each.name == name for each in candidates):
        plugin, shown = name, [each for each in brought if each[1].plugin == name]
    else:
        shown = [each for each in brought if each[1].name == name]
        owners = [runner.plugin for _, runner in shown] + [each.plugin for each in left_out if each.name == name]
        if not owners:
            raise unknown(name, known(host))
        plugin = owners[0]
    candidate = next((each for each in candidates if each.name == plugin), None)
    info = infos.get(plugin)
    head = info or (candidate.info() if candidate else None)
    return {
        "name": plugin,
        "module": head.module if head else "",
        "distribution": head.distribution if head else "",
        "version": head.version if head else "",
        "environment": head.environment if head else "",
        "isolation": head.isolation if head else "thread",
        "loaded": info is not None,
        **_origin(candidate),
        "api": {"declared": _declared(candidate), "assistant": API_VERSION},
        "hooks": list(host.hooks(plugin)),
        "objects": [_object(host, sort, runner, infos) for sort, runner in shown],
        "weights": [_weights(host, each) for each in (info.weights if info and name == plugin else ())],
        "commands": list(info.commands) if info else [],
        "formats": list(info.formats) if info else [],
        "panels": list(info.panels) if info else [],
        "problems": [each.to_json() for each in host.problems() if each.plugin == plugin],
        "left_out": [each.to_json() for each in left_out if each.plugin == plugin],
        "pin": dict(zip(("line", "note"), pin(candidate.distribution if candidate else None), strict=True)),
    }


def _object(host: Host, sort: str, runner: Runner[Any], infos: Mapping[str, PluginInfo]) -> dict[str, Any]:
    plugged: Plugged = runner.plugged
    return {
        **_state(runner, infos),
        "sort": sort[:-1],
        "declares": {name: _json(getattr(plugged, name, None)) for name in (*COMMON, *DECLARED[sort])},
        "options": [each.to_json() for each in options_facts(plugged, runner.services.options)],
        "weights": [_weights(host, each) for each in plugged.weights(runner.services.options)],
    }


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(each) for name, each in value.items()}
    return sorted(value) if isinstance(value, (set, frozenset)) else list(value) if isinstance(value, tuple) else value


def _weights(host: Host, name: str) -> dict[str, Any]:
    try:
        described = host.weights.describe(name)
    except WeightsError as error:
        return {"name": name, "state": "missing", "where": None, "hint": str(error)}
    return {key: described.get(key) for key in ("name", "state", "where", "hint")}


def _origin(candidate: Candidate | None) -> dict[str, Any]:
    """Where a plugin was installed from, and where it lies."""
    distribution = candidate.distribution if candidate else None
    if distribution is None:
        return {"installed_as": "", "installed_from": "", "directory": ""}
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        origin = {}
    editable = bool(origin.get("dir_info", {}).get("editable")) or not distribution.read_text("WHEEL")
    return {
        "installed_as": "editable" if editable else "wheel",
        "installed_from": str(origin.get("url", "")),
        "directory": str(distribution.locate_file("")),
    }


def _declared(candidate: Candidate | None) -> Any:
    if candidate is None or not candidate.module:
        return None
    path = [str(candidate.environment.site_packages)] if candidate.environment else None
    return compatibility.declared_in_source(candidate.module, path)


def pin(distribution: Distribution | None) -> tuple[str, str]:
    """The line for `allowed` that lets in what is installed, and why it has no hash; both may be ""."""
    if distribution is None:
        return "", "It belongs to no installed distribution, so it cannot be allowed."
    try:
        return trust.pin(distribution), ""
    except PluginError as error:
        return f"{distribution.name}=={distribution.version}", str(error)
