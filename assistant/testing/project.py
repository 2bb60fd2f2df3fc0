"""Which plugin `assistant plugins check NAME|PATH` means, found out without importing it. Not for checking it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import NotFound, PluginError
from assistant.hookspecs import PROJECT

PYPROJECT: Final = "pyproject.toml"
EXAMPLE: Final = f'Add [project.entry-points.{PROJECT}] with a line such as: shout = "assistant_shout"'


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be checked."""

    plugins: Mapping[str, str]
    """Name of the entry point -> module."""
    paths: tuple[str, ...] = ()
    """Folders to look for the modules in, before all others."""
    python: str = sys.executable
    """The interpreter that has it: another one for a plugin in an environment of its own."""
    data_dir: Path = Path()
    """Where weights may lie."""
    only: str = ""
    """Of what they bring, the one of this name; "" for everything."""


def find(given: str, data_dir: Path) -> Target:
    """What a name or the path of a project folder means.

    Args:
        given: as typed.
        data_dir: where plugins have environments of their own.

    Raises:
        NotFound: nothing installed has that name, and there is no such folder.
        PluginError: the folder is no plugin's.
    """
    from assistant.discovery import candidates

    folder = Path(given)
    found, _ = candidates(data_dir)
    installed = {each.name: each.entry.value for each in found if each.environment is None}
    if given in installed:
        return Target({given: installed[given]}, data_dir=data_dir)
    if folder.name == PYPROJECT and folder.is_file():
        folder = folder.parent
    if folder.is_dir():
        return project(folder.resolve(), data_dir)
    for each in found:
        if each.name == given and each.environment is not None:
            return Target({given: each.entry.value}, python=str(each.environment.executable), data_dir=data_dir)
    if "/" in given or given.endswith((".toml", ".py")):
        raise NotFound(f"There is no folder {given}.", f"Name the folder that holds the plugin's {PYPROJECT}.")
    # a perceiver, say: which plugin brings it is only known once they are imported, which is not done here
    return Target(installed, only=given, data_dir=data_dir)


def project(folder: Path, data_dir: Path) -> Target:
    """The plugins that a project folder describes, installed or not.

    Raises:
        PluginError: it has no pyproject.toml, or that names no plugin.
    """
    file = folder / PYPROJECT
    if not file.is_file():
        raise PluginError(f"{folder} has no {PYPROJECT}.", "Make a project with: assistant plugins new NAME")
    try:
        described = _read_toml(file)
    except ValueError as error:
        raise PluginError(f"{file} cannot be read: {error}.", "Mend it.") from error
    found: Any = described.get("project", {}).get("entry-points", {}).get(PROJECT, {})
    if not isinstance(found, dict) or not found or not all(isinstance(each, str) for each in found.values()):
        raise PluginError(f"{file} names no plugin.", EXAMPLE)
    paths = [folder / "src", folder]
    return Target(dict(found), tuple(str(path) for path in paths if path.is_dir()), data_dir=data_dir)


def _read_toml(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found]  # pydantic-settings[toml] brings it
    with file.open("rb") as opened:
        described: dict[str, Any] = tomllib.load(opened)
    return described
