"""`assistant plugins enable`: takes in again what `disable` left out."""

from __future__ import annotations

import json

import click

from assistant.cli import reported, settings_of
from assistant.terminal import echo


@click.command("enable")
@click.argument("names", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Take in again the plugins, perceivers, answerers, embedders or voices NAMES."""
    with reported():
        from assistant.disabled import enable, listed
        from assistant.inventory import refuse_unknown

        settings = settings_of(ctx)
        refuse_unknown(names, settings, (*listed(settings.data_dir), *settings.disabled))
        changed = enable(settings.data_dir, *names)
    by_settings = [name for name in names if name in settings.disabled]
    if as_json:
        echo(json.dumps({"enabled": list(changed), "disabled_by_settings": by_settings}, indent=2))
        return
    for name in names:
        if name in by_settings:
            echo(f"{name} is left out by the setting `disabled` too: take it out there.")
        elif name not in changed:
            echo(f"{name} was not disabled.")
        else:
            echo(f"{name} is taken in again.")
    if changed:
        echo("A running server takes it up at its next start.")
