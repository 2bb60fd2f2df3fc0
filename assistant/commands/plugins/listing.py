"""`assistant plugins list`: what is installed, what it brings, and what is wrong with it."""

from __future__ import annotations

import json
import sys

import click

from assistant.cli import FAILED, host_of, reported


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List plugins, what they bring, and what is wrong with them. Exits with 1 if something is."""
    with reported():
        host = host_of(ctx)
        state = host.health()
        state["plugins"] = [
            {
                "name": info.name,
                "module": info.module,
                "distribution": info.distribution,
                "version": info.version,
                "perceivers": info.perceivers,
                "answerers": info.answerers,
                "embedders": info.embedders,
                "voices": info.voices,
                "weights": info.weights,
            }
            for info in host.plugins()
        ]
    if as_json:
        click.echo(json.dumps(state, indent=2))
    else:
        for plugin in state["plugins"]:
            click.echo(f"{plugin['name']}  {plugin['distribution']} {plugin['version']}".rstrip())
            for sort in ("perceivers", "answerers", "embedders", "voices"):
                for each in state[sort]:
                    if each["plugin"] == plugin["name"]:
                        click.echo(f"  {sort[:-1]:9} {each['name']:18} {'ready' if each['ready'] else each['reason']}")
        for problem in state["problems"]:
            click.echo(f"problem: {problem['plugin']}: {problem['message']} {problem['remedy']}")
    sys.exit(FAILED if state["problems"] else 0)
