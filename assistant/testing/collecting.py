"""What a plugin registers, hook by hook, without a host. Not for judging it: see modules.py."""

from __future__ import annotations

import inspect
from typing import Any, Final

from assistant import hookspecs

HOOKS: Final = tuple(sorted(name for name, value in vars(hookspecs).items() if name.startswith("register_")))
"""Names of all hooks."""


def marked(plugin: object, name: str) -> bool:
    """Whether the plugin has a function of that name that is marked with `@hookimpl`."""
    return getattr(getattr(plugin, name, None), f"{hookspecs.PROJECT}_impl", None) is not None


def collected(plugin: object, hook: str) -> list[Any]:
    """What the plugin registers in a hook. Raises what it raises."""
    found: list[Any] = []
    if marked(plugin, hook):
        function = getattr(plugin, hook)
        function(*([found.append] if inspect.signature(function).parameters else []))
    return found


def registered(plugin: object, hook: str) -> dict[str, Any]:
    """The same by name: for perceivers and other things that have one."""
    return {getattr(each, "name", str(number)): each for number, each in enumerate(collected(plugin, hook))}
