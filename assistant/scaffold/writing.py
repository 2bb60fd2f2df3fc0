"""The files of a plugin that begins. Writes into a directory that is not there yet, all of it or nothing."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

from assistant import __version__
from assistant.errors import PluginError
from assistant.hookspecs import API_VERSION
from assistant.plugin import Isolation
from assistant.scaffold.kinds import KINDS
from assistant.scaffold.naming import class_of, distribution_of, module_of
from assistant.scaffold.samples import SAMPLES, tensors

TEMPLATES: Final = resources.files(__name__.rpartition(".")[0]) / "templates"
COMMON: Final = {
    "pyproject": "pyproject.toml",
    "readme": "README.md",
    "ignored": ".gitignore",
    "workflow": ".github/workflows/test.yml",
}
"""Template -> file of every project."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project that was written."""

    directory: Path
    files: tuple[str, ...]
    """Relative to the directory, sorted."""
    tried: str
    """The command that shows it at work once it is installed."""
    shows: str
    """What is seen then."""


def write(name: str, kind: str, into: Path, isolation: Isolation | None = None) -> Project:
    """Write the project of a plugin as a new directory `assistant-NAME`.

    Args:
        name: the plugin's; see `naming.check_name`.
        kind: one of KINDS.
        into: the directory to put it in; made if it is not there.
        isolation: where the plugin works; as the kind has it if not given.

    Raises:
        PluginError: the directory is there already or cannot be written, or the kind does not work so isolated.
    """
    chosen = KINDS[kind]
    if isolation is not None and chosen.isolation is None:
        raise PluginError(f"A {kind} works in the assistant's own process.", "Leave out --isolation.")
    if isolation == "thread" and chosen.isolation == "process":
        raise PluginError(
            f"A {kind} reads files as they were sent, which is done in a process of its own only.",
            "Leave out --isolation.",
        )
    target = into / distribution_of(name)
    if target.exists() or target.is_symlink():
        raise PluginError(f"{target} is there already.", "Choose another name, or another --directory.")
    values = _values(name, kind, isolation or chosen.isolation)
    contents: dict[str, bytes] = {file: _filled(f"common/{template}", values) for template, file in COMMON.items()}
    package = f"src/{module_of(name)}"
    contents[f"{package}/__init__.py"] = _filled(f"{kind}/module", values)
    contents[f"{package}/py.typed"] = b""
    contents[f"tests/test_{name}.py"] = _filled(f"{kind}/test", values)
    for path, content in SAMPLES.get(kind, {}).items():
        contents[path.replace("PACKAGE", package)] = content
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=into, prefix=f".{target.name}-") as made:
            whole = Path(made) / target.name
            for path, content in contents.items():
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            shutil.move(whole, target)
    except OSError as error:
        raise PluginError(f"{target} cannot be written: {error}.", "Choose another --directory.") from error
    named = {"tried": chosen.tried.replace("NAME", name), "shows": chosen.shows.replace("NAME", name)}
    return Project(target, tuple(sorted(contents)), **named)


def _values(name: str, kind: str, isolation: str | None) -> dict[str, str]:
    """What stands for the placeholders of the templates."""
    chosen = KINDS[kind]
    sensorium = f"sensorium{compatible(__version__)}"
    does = chosen.does.replace("NAME", name)
    return {
        "name": name,
        "kind": kind,
        "module": module_of(name),
        "distribution": distribution_of(name),
        "class_name": class_of(name),
        "api": compatible(str(API_VERSION)),
        "isolation": '    isolation = "process"\n' if isolation == "process" else "",
        "dependencies": "".join(f'    "{each}",\n' for each in sorted({sensorium, *chosen.needs})),
        "does": does,
        "description": f"A plugin of the Sensorium assistant that {does}.".replace('"', r"\""),
        "Does": does[0].upper() + does[1:],
        "tried": chosen.tried.replace("NAME", name),
        "shows": chosen.shows.replace("NAME", name),
        "grows": chosen.grows,
        "data": ', "data/*"' if kind == "weights" else "",
        "sha256": hashlib.sha256(tensors()).hexdigest(),
        "size": str(len(tensors())),
    }


def compatible(version: str) -> str:
    """The versions that what is written for this one works with, as a specifier: up to the next major one.

    Later minor versions add; only a major one may take something away.
    """
    major, minor = [*version.split("."), "0"][:2]
    return f">={major}.{minor},<{int(major) + 1}"


def _filled(template: str, values: dict[str, str]) -> bytes:
    return Template((TEMPLATES / f"{template}.template").read_text("utf-8")).substitute(values).encode()
