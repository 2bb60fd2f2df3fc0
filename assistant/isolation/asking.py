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
from functools import cache
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.hookspecs import API_VERSION
from assistant.isolation import channel
from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import table, text, truth
from assistant.isolation.description import Description, Trouble
from assistant.isolation.lending import Lending
from assistant.isolation.process import Bounds, Process
from assistant.isolation.program import Program
from assistant.isolation.reading import digest_of, plain_settings, read_description
from assistant.isolation.registration import DEFECT

SECONDS: Final = 60.0
"""That importing a plugin and calling its hooks may take; usually a quarter of a second."""
MEMORY_MB: Final = 1024
"""That it may take meanwhile: importing is light."""
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
    if place is not None and not found.troubles and not any(each.missing for each in found.plugged):
        _remember(place, told, {each.name: each.section for each in found.plugged})
    return found


def _asked(program: Program, sections: Mapping[str, Mapping[str, Any]], seconds: float) -> dict[str, Any]:
    process = Process(program, Bounds(MEMORY_MB))
    try:
        lending = Lending(program.plugin, section=lambda name: plain_settings(sections.get(name, {})))
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


def _remembered(place: Path, sections: Mapping[str, Mapping[str, Any]]) -> Description | None:
    try:
        known = channel.parsed(place.read_bytes())
        digests = table(known["sections"])
        if any(digests[name] != digest_of(sections.get(name, {})) for name in digests):
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
