"""The `assistant plugins` group: every command is a module here, imported only when it is asked for and by `--help`."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "check": "assistant.commands.plugins.check",
    "disable": "assistant.commands.plugins.disable",
    "enable": "assistant.commands.plugins.enable",
    "info": "assistant.commands.plugins.info",
    "install": "assistant.commands.plugins.install",
    "list": "assistant.commands.plugins.listing",
    "new": "assistant.commands.plugins.new",
    "pin": "assistant.commands.plugins.pin",
    "trace": "assistant.commands.plugins.trace",
    "uninstall": "assistant.commands.plugins.uninstall",
}
"""Name -> the module that has a click command called `command`."""


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command


@click.group(cls=_Group)
def plugins() -> None:
    """See what is installed and whether it works."""
