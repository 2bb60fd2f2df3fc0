"""`assistant plugins disable`: leaves out a plugin, or something that one brings, from the next start on."""

from __future__ import annotations

import json

import click

from assistant.cli import reported, settings_of
from assistant.terminal import echo


@click.command("disable")
@click.argument("names", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Leave out the plugins, perceivers, answerers, embedders or voices NAMES. Nothing is uninstalled.

    Of a plugin that is left out nothing is imported.
    """
    with reported():
        from assistant.disabled import disable
        from assistant.inventory import refuse_unknown

        settings = settings_of(ctx)
        refuse_unknown(names, settings)
        changed = disable(settings.data_dir, *names)
    if as_json:
        echo(json.dumps({"disabled": list(changed)}, indent=2))
        return
    for name in names:
        echo(f"{name} is left out." if name in changed else f"{name} was left out already.")
        if name in settings.disabled:
            echo(f"{name} is left out by the setting `disabled` too.")
    if changed:
        echo(f"A running server has it until it is started again. Back: assistant plugins enable {' '.join(changed)}")
