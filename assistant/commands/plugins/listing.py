"""`assistant plugins list`: what is installed, what it brings, where it works, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from assistant.cli import FAILED, host_of, reported
from assistant.terminal import echo


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List plugins, what they bring, and what is wrong with them. Exits with 1 if something does not work."""
    with reported():
        from assistant.inventory import listing

        state = listing(host_of(ctx))
    if as_json:
        echo(json.dumps(state, indent=2))
    else:
        _show(state)
    sys.exit(FAILED if any(each["level"] == "error" for each in state["problems"]) else 0)


def _show(state: dict[str, Any]) -> None:
    from assistant.inventory import SORTS

    for plugin in state["plugins"]:
        where = f"  (environment {plugin['environment']})" if plugin["environment"] else ""
        echo(f"{plugin['name']}  {plugin['distribution']} {plugin['version']}".rstrip() + where)
        for sort in SORTS:
            for each in state[sort]:
                if each["plugin"] == plugin["name"]:
                    how = "ready" if each["ready"] else each["reason"]
                    tier = "" if each["tier"] == "thread" else f"  [{each['tier'].partition(' ')[0]}]"
                    echo(f"  {sort[:-1]:9} {each['name']:18} {how}{tier}")
        for sort in ("commands", "formats", "panels"):
            if plugin[sort]:
                echo(f"  {sort[:-1]:9} {', '.join(plugin[sort])}")
    for each in state["left_out"]:
        of = "" if each["plugin"] == each["name"] else f" of {each['plugin']}"
        echo(f"left out: {each['name']}{of}, by the {_PLACES[each['place']]}. {each['remedy']}")
    for level in ("warning", "error"):
        for problem in state["problems"]:
            if problem["level"] == level:
                echo(f"{level}: {problem['plugin']}: {problem['message']} {problem['remedy']}".rstrip())


_PLACES = {"settings": "setting `disabled`", "data directory": "list of `assistant plugins disable`"}
