"""Which versions of the plugin API a plugin asks for, found out without importing it, and what it uses that goes away.

The rules by which the version changes are in docs/plugin-api.md.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, Final

import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from assistant.errors import PluginError, shown
from assistant.hookspecs import API_VERSION, Deprecated

ATTRIBUTE: Final = "ASSISTANT_API"
SOURCE_BYTES: Final = 4 * 1024 * 1024
"""Sources over this size are not searched: the module is asked after it was imported."""
EXAMPLE: Final = f'Write {ATTRIBUTE} = ">=1.0,<2" in its module.'


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plugin says about the plugin API."""

    versions: SpecifierSet
    note: str = ""
    """What it should say otherwise, as a sentence; "" if it says it well."""


def asked(declared: Any) -> Asked:
    """What a plugin's `ASSISTANT_API` means.

    Args:
        declared: a PEP 440 specifier such as ">=1.0,<2", or a whole number for all versions that begin with it.

    Raises:
        PluginError: it is neither.
    """
    if type(declared) is int and 0 < declared < 1000:
        return Asked(
            SpecifierSet(f">={declared}.0,<{declared + 1}"),
            f"it declares {ATTRIBUTE} = {declared}, a form that plugin API 2 will not know.",
        )
    if not isinstance(declared, str) or not declared.strip():
        raise PluginError(f"its {ATTRIBUTE} is {shown(declared)}, which is no range of versions.", EXAMPLE)
    try:
        return Asked(SpecifierSet(declared))
    except InvalidSpecifier as error:
        raise PluginError(f"its {ATTRIBUTE} is {shown(declared)}, which is no range of versions.", EXAMPLE) from error


def refusal(asked_for: Asked, distribution: str, ours: str = API_VERSION) -> PluginError | None:
    """Why a plugin does not fit this assistant, and which of both to upgrade; None if it fits."""
    if asked_for.versions.contains(ours, prereleases=True):
        return None
    plugin = f"pip install --upgrade {distribution}" if distribution else "see where it came from"
    message = f"it needs plugin API {asked_for.versions}; this assistant has {ours}."
    if _is_newer(asked_for.versions, Version(ours)):
        return PluginError(
            message, "Upgrade sensorium (pip install --upgrade sensorium), or install an older version of the plugin."
        )
    return PluginError(
        message, f"Upgrade the plugin ({plugin}), or install a sensorium whose plugin API is {asked_for.versions}."
    )


def _is_newer(versions: SpecifierSet, ours: Version) -> bool:
    """Whether the range lies above a version that it does not contain."""
    for each in versions:
        if each.operator in (">=", ">", "==", "~=", "===") and not each.contains(ours, prereleases=True):
            bound = each.version.removesuffix(".*")
            try:
                return Version(bound) >= ours
            except ValueError:  # "===" takes any text
                return False
    return False


# ---- reading it without importing -----------------------------------------------------------------------------------


def declared_in_source(module: str, path: Sequence[str] | None = None) -> Any | None:
    """The value of `ASSISTANT_API` in a module's source; None where it cannot be told without importing the module.

    Only a literal at the top of the module counts. No module is imported, not even the packages it lies in.
    `path` is where to look for it, if not where this process does.
    """
    spec = module_spec(module, path)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return None
    try:
        file = Path(spec.origin)
        source = file.read_bytes() if file.stat().st_size <= SOURCE_BYTES else b""
        if ATTRIBUTE.encode() not in source:
            return None
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # importing it will tell what is wrong
    value: Any | None = None
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == ATTRIBUTE for target in targets):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
    return value


def module_spec(module: str, path: Sequence[str] | None = None) -> ModuleSpec | None:
    """Where a module would be imported from; unlike `importlib.util.find_spec`, without importing its package."""
    top, *inner = module.split(".")
    try:
        spec = importlib.util.find_spec(top) if path is None else PathFinder.find_spec(top, path)
        name = top
        for step in inner:
            if spec is None or spec.submodule_search_locations is None:
                return None
            name = f"{name}.{step}"
            spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    except (ImportError, ValueError, AttributeError, OSError):
        return None
    return spec


# ---- what goes away -------------------------------------------------------------------------------------------------


def deprecated_uses(manager: pluggy.PluginManager, plugin: object) -> list[str]:
    """One sentence for each deprecated hook, or argument of a hook, that a registered plugin implements."""
    found = []
    for caller in manager.get_hookcallers(plugin) or ():
        if caller.spec is None:
            continue
        if isinstance(caller.spec.warn_on_impl, Deprecated):
            found.append(f"it implements {caller.name}, which {caller.spec.warn_on_impl}")
        arguments: Mapping[str, Warning] = caller.spec.warn_on_impl_args or {}
        for implementation in caller.get_hookimpls():
            if implementation.plugin is plugin:
                found += [
                    f"its {caller.name} takes {name}, which {arguments[name]}"
                    for name in implementation.argnames
                    if isinstance(arguments.get(name), Deprecated)
                ]
    return found
