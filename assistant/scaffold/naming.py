"""Which names a plugin can have. Not for what the host checks when it is there: see assistant/declared.py."""

from __future__ import annotations

import importlib.util
import keyword
import re
from collections.abc import Mapping
from typing import Final

from assistant.errors import PluginError

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
LONGEST: Final = 30
"""Characters: the name is part of the lines that are written."""
RESERVED: Final = {"auto": "it stands for the best answerer", "none": "it stands for nothing in settings"}


def check_name(name: str, taken: Mapping[str, str]) -> None:
    """Refuse a name that a plugin cannot have.

    Args:
        name: the plugin's.
        taken: names that are in use -> by what.

    Raises:
        PluginError: says why, and what would do.
    """
    if not NAME.fullmatch(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:LONGEST].strip("_")
        raise PluginError(
            f"{name!r} cannot be a plugin's name.",
            "Use lower-case letters, digits and underscores, a letter first" + (f": {better}" if better else "."),
        )
    if len(name) > LONGEST:
        raise PluginError(f"The name {name} is longer than {LONGEST} characters.", "Choose a shorter one.")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise PluginError(f"{name} is a word of the Python language.", f"Add to it: {name}_plugin")
    if name in RESERVED:
        raise PluginError(f"{name} is taken: {RESERVED[name]}.", "Choose another name.")
    if name in taken:
        raise PluginError(f"{name} is taken by {taken[name]}.", "Choose another name.")
    if importlib.util.find_spec(module_of(name)) is not None:
        raise PluginError(f"There is a module {module_of(name)} here already.", "Choose another name.")


def module_of(name: str) -> str:
    """The import name of a plugin's package."""
    return f"assistant_{name}"


def distribution_of(name: str) -> str:
    """The name under which a plugin is installed and published."""
    return f"assistant-{name.replace('_', '-')}"


def class_of(name: str) -> str:
    """What its class is called."""
    return "".join(word.capitalize() for word in name.split("_"))
