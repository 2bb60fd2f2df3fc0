"""`assistant plugins pin`: the lines for the setting `allowed` that let in what is installed, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from assistant.cli import reported, settings_of
from assistant.terminal import echo

if TYPE_CHECKING:
    from assistant.discovery import Candidate


@click.command("pin")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All plugins that are installed.")
@click.option("--toml", "as_toml", is_flag=True, help="As a line of the settings file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], everything: bool, as_toml: bool, as_json: bool) -> None:
    """Print a line `name==version --hash=sha256:...` for each plugin or distribution NAMES.

    The setting `allowed` then lets in exactly what is installed now. Nothing of the plugins is imported.
    """
    if bool(names) == everything:
        raise click.UsageError("Name plugins, or say --all.")
    with reported():
        from assistant import discovery

        candidates, _ = discovery.candidates(settings_of(ctx).data_dir)
        chosen = candidates if everything else _named(candidates, names)
        lines = list(dict.fromkeys(line for each in chosen if (line := _line(each))))
    if as_json:
        echo(json.dumps(lines, indent=2))
    elif as_toml:
        echo("allowed = [\n" + "".join(f"    {json.dumps(line)},\n" for line in lines) + "]")
    else:
        for line in lines:
            echo(line)


def _named(candidates: list[Candidate], names: tuple[str, ...]) -> list[Candidate]:
    from assistant.environments import plain
    from assistant.inventory import unknown

    found = []
    for name in names:
        fitting = [each for each in candidates if name == each.name or plain(name) == plain(each.distribution_name)]
        if not fitting:
            raise unknown(name, [label for each in candidates for label in (each.name, each.distribution_name)])
        found += fitting
    return found


def _line(candidate: Candidate) -> str:
    """Without a hash, and with a note, where what is installed can change at any time."""
    from assistant.inventory import pin

    line, note = pin(candidate.distribution)
    if note:
        echo(f"note: {candidate.name}: {note}", err=True)
    return line
