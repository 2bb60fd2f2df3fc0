"""Asks a confined process what a plugin declares, and remembers it. Not for running that: see proxies.py."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.hookspecs import API_VERSION
from assistant.isolation import channel
from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import number, several, table, text, truth
from assistant.isolation.description import SORTS, Declared, Description, Trouble
from assistant.isolation.lending import Lending
from assistant.isolation.process import Bounds, Process
from assistant.isolation.program import Program
from assistant.isolation.registration import ATTRIBUTES, DEFECT
from assistant.isolation.typed import read_options
from assistant.types import FileFormat
from assistant.weights import HubSource, WeightsChoice, WeightsFile, WeightsOption, WeightsSpec, WheelSource

SECONDS: Final = 60.0
"""That importing a plugin and calling its hooks may take; usually a quarter of a second."""
MEMORY_MB: Final = 1024
"""That it may take meanwhile: importing is light."""
THINGS: Final = 1000
FORMAT: Final = 1
"""Of what is remembered; another number makes it be asked anew."""
MINIMUM_NAME: Final = 64

logger = logging.getLogger(__name__)


def describe(
    program: Program,
    sections: Mapping[str, Mapping[str, Any]],
    *,
    cache: Path | None = None,
    seconds: float = SECONDS,
) -> Description:
    """What a plugin declares, found out without importing anything of it here. Never raises: what fails is a trouble.

    Args:
        program: how to import it.
        sections: settings by perceiver, answerer, embedder or voice, of which it is told its own.
        cache: a directory where it is remembered until the plugin's files, its settings or the assistant change.
        seconds: it may take.
    """
    place = None if cache is None else cache / f"{_key(program)}.json"
    if place is not None:
        known = _remembered(place, sections)
        if known is not None:
            return known
    try:
        told = _asked(program, sections, seconds)
        found = read_description(told, sections)
    except AssistantError as error:
        return Description(troubles=(Trouble(error.message, error.remedy or DEFECT),))
    except Nonsense as error:
        return Description(troubles=(Trouble(f"what it declares makes no sense: {error}.", DEFECT),))
    if place is not None and not found.troubles:
        _remember(place, told, {each.name: each.section for each in found.plugged})
    return found


def _asked(program: Program, sections: Mapping[str, Mapping[str, Any]], seconds: float) -> dict[str, Any]:
    process = Process(program, Bounds(MEMORY_MB))
    try:
        lending = Lending(program.plugin, section=lambda name: _plain(sections.get(name, {})))
        return process.call("describe", program.plugin, serve=lending, seconds=seconds, module=program.module).result()
    finally:
        process.kill(calm=True)


@cache
def confinement_report(network: bool = False) -> dict[str, bool]:
    """Which protections the kernel and the container offer to plugins' processes here, found out by starting one.

    Keys: "processes" (sees and can end only its own, which end with it), "memory" (a limit), "scratch" (its temporary
    files lie in memory and are bounded), "files" (opens only what it needs), "network" (has none), "signals".
    """
    process = Process(Program("report", ""), Bounds(256, network))
    try:
        told = table(process.call("report", "report", seconds=SECONDS).result().get("protections"))
        return {text(name, MINIMUM_NAME): truth(held) for name, held in told.items()}
    finally:
        process.kill(calm=True)


# ---- remembering --------------------------------------------------------------------------------------------------


def _key(program: Program) -> str:
    import assistant

    described = [
        FORMAT,
        assistant.__version__,
        str(API_VERSION),
        program.plugin,
        program.module,
        str(program.python),
        program.path,
        sys.version,
        program.identity or _files(program),
    ]
    return hashlib.sha256(json.dumps(described, default=str).encode()).hexdigest()[:40]


def _files(program: Program) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the files of the top package: nothing is imported."""
    top = program.module.partition(":")[0].partition(".")[0]
    found: list[Path] = []
    for directory in program.path:
        found += [Path(directory, top), Path(directory, f"{top}.py")]
    with suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(top)
        if spec is not None:
            found += [Path(place) for place in (spec.submodule_search_locations or [spec.origin or ""])]
    listed = []
    for place in found:
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            status = file.stat()
            listed.append((str(file), status.st_size, status.st_mtime_ns))
    return listed


def _digest(section: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_plain(section), sort_keys=True).encode()).hexdigest()


def _plain(section: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(section), default=str))
    return plain


def _remembered(place: Path, sections: Mapping[str, Mapping[str, Any]]) -> Description | None:
    try:
        known = channel.parsed(place.read_bytes())
        digests = table(known["sections"])
        if any(digests[name] != _digest(sections.get(name, {})) for name in digests):
            return None
        return read_description(table(known["told"]), sections)
    except FileNotFoundError:
        return None
    except (OSError, KeyError, Nonsense) as error:
        logger.info("%s is not used: %s", place, error)
        return None


def _remember(place: Path, told: Mapping[str, Any], sections: Mapping[str, str]) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"told": told, "sections": sections}, file)
        Path(name).replace(place)
    except OSError as error:
        logger.warning("%s cannot be written, so the plugin is asked again next time: %s", place, error)


# ---- reading ------------------------------------------------------------------------------------------------------


def read_description(told: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> Description:
    """What a plugin's process told, strictly read. Raises Nonsense."""
    api = told.get("api")
    plugged = several(told.get("plugged"), _declared, THINGS)
    return Description(
        plugged=tuple(replace(each, section=_digest(sections.get(each.name, {}))) for each in plugged),
        weights=several(told.get("weights"), _weights, THINGS),
        formats=several(told.get("formats"), _format, THINGS),
        troubles=several(told.get("troubles"), _trouble, THINGS),
        left_out=several(told.get("left_out"), lambda each: text(each, 100), 100),
        api=api if isinstance(api, str | int) and not isinstance(api, bool) else None,
    )


def _trouble(value: Any) -> Trouble:
    told = table(value)
    return Trouble(_printable(told.get("message")), _printable(told.get("remedy")))


def _printable(value: Any) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text(value)[:2000])


def _words(value: Any) -> tuple[str, ...]:
    return several(value, lambda each: text(each, 500), THINGS)


_SETS: Final = ("honours", "per_turn")
_TUPLES: Final = ("requires", "consumes", "gathers", "produces", "accepts", "speakers")


def _declared(value: Any) -> Declared:
    told = table(value)
    sort = told.get("sort")
    if sort not in SORTS:
        raise Nonsense("no sort of plugin")
    attributes: dict[str, Any] = {}
    for name, given in table(told.get("attributes")).items():
        if name not in ATTRIBUTES[sort]:
            raise Nonsense(f"the attribute {name}"[:100])
        if name in _SETS:
            attributes[name] = frozenset(_words(given))
        elif name in _TUPLES:
            attributes[name] = _words(given)
        elif isinstance(given, str | bool | int | float):
            attributes[name] = given
        else:
            raise Nonsense(f"the attribute {name}"[:100])
    text(attributes.get("name"), 500)
    return Declared(
        sort=sort,
        attributes=attributes,
        options=read_options(told.get("options")),
        weights=_words(told.get("weights")),
        unready=_printable(told.get("unready")),
        leaves=_printable(told.get("leaves")),
        missing=_words(told.get("missing")),
    )


def _format(value: Any) -> FileFormat:
    told = table(value)
    try:
        begins = bytes.fromhex(text(told.get("begins"), 10_000))
        holds = tuple(bytes.fromhex(each) for each in _words(told.get("holds")))
    except ValueError as error:
        raise Nonsense("no bytes") from error
    return FileFormat(
        modality=text(told.get("modality"), 100),
        media_type=text(told.get("media_type"), 200),
        label=text(told.get("label"), 200),
        suffixes=_words(told.get("suffixes")),
        begins=begins,
        holds=holds,
    )


def _pairs(value: Any) -> dict[str, str]:
    return {text(name, 2000): text(target, 2000) for name, target in table(value).items()}


def _count(value: Any) -> int:
    return int(number(value))


def _weights(value: Any) -> WeightsSpec | WeightsChoice:
    told = table(value)
    name, role = text(told.get("name"), 200), text(told.get("role"), 200)
    if told.get("is") == "WeightsChoice":
        return WeightsChoice(name, role, several(told.get("options"), _option, THINGS))
    return WeightsSpec(
        name=name,
        role=role,
        format=text(told.get("format"), 100),
        licence=text(told.get("licence"), 500),
        origin=text(told.get("origin"), 2000),
        files=several(told.get("files"), _file, 100_000),
        sources=several(told.get("sources"), _source, THINGS),
        package=text(told.get("package"), 500),
        package_directory=text(told.get("package_directory"), 2000),
        starter=truth(told.get("starter")),
        approximate_bytes=_count(told.get("approximate_bytes")),
    )


def _option(value: Any) -> WeightsOption:
    told = table(value)
    return WeightsOption(
        text(told.get("weights"), 200),
        _count(told.get("memory_mb")),
        truth(told.get("gpu")),
        _words(told.get("requires")),
        _words(told.get("pulled_with")),
    )


def _file(value: Any) -> WeightsFile:
    told = table(value)
    return WeightsFile(text(told.get("path"), 2000), text(told.get("sha256"), 100), _count(told.get("bytes")))


def _source(value: Any) -> WheelSource | HubSource:
    told = table(value)
    if told.get("is") == "WheelSource":
        return WheelSource(
            text(told.get("requirement"), 500),
            text(told.get("sha256"), 100),
            _count(told.get("bytes")),
            _pairs(told.get("members")),
        )
    return HubSource(
        text(told.get("repository"), 500),
        text(told.get("revision"), 200),
        _pairs(told.get("files")),
        _words(told.get("patterns")),
    )
