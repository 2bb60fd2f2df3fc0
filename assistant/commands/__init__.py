"""Groups of the `assistant` command that are imported only when they are asked for, and by `--help`.

Each module here imports click alone at its top. Not for plugins' commands: those come by their hook.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

COMMANDS: Final = {
    "data": "assistant.commands.data",
    "keys": "assistant.commands.keys",
    "plugins": "assistant.commands.plugins",
    "users": "assistant.commands.users",
    "weights": "assistant.commands.weights",
}
"""Name -> the module that has a click command of that name."""


def load(name: str) -> click.Command | None:
    """The command of a name, if there is one here."""
    module = COMMANDS.get(name)
    if module is None:
        return None
    command: click.Command = getattr(import_module(module), name)
    return command
