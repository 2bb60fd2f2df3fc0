"""`assistant plugins uninstall`: removes a plugin's distribution, or the environment of its own that it lies in."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from assistant.cli import reported, settings_of
from assistant.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.environments import Environment
    from assistant.installing.needs import Package


@click.command("uninstall")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and leave it at that.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, name: str, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Remove the plugin NAME, its distribution NAME, or the environment NAME as a whole.

    What the assistant or another plugin needs is not removed. What nothing else here needs then stays, and is listed.
    """
    with reported():
        settings = settings_of(ctx)
        if not (yes or dry_run or sys.stdin.isatty()):
            raise click.UsageError("There is no terminal to ask on: add --yes, or --dry-run to look only.")
        from assistant.environments import environments, plain, remove
        from assistant.installing.needs import installed, left_over
        from assistant.installing.pip import Pip

        told: dict[str, Any] = {"removed": False, "environment": None, "distribution": None, "left_over": []}
        own = _environment(environments(settings.data_dir), name)
        if own is not None:
            told |= {"environment": own.name, "distribution": own.distribution or None}
            lines = [f"This removes the environment {own.name} with all that is in it: {own.directory}"]
        else:
            here = installed()
            package = _package(here, name)
            rest = left_over(here, plain(package.name))
            told |= {"distribution": package.name, "left_over": [f"{each.name}=={each.version}" for each in rest]}
            lines = [f"This removes {package.name} {package.version} (plugins: {', '.join(package.plugins)})."]
            if package.editable:
                lines.append("It is installed from its sources, which stay.")
            if rest:
                lines.append(f"Nothing else here needs these, which stay: {', '.join(told['left_over'])}")
        if not as_json:
            echo("\n".join(lines))
        if not dry_run:
            if not yes:
                click.confirm("Remove it?", abort=True, err=True)
            if own is not None:
                remove(settings.data_dir, own.name)
            else:
                Pip().uninstall(package.name)
            told["removed"] = True
    if as_json:
        echo(json.dumps(told, indent=2))
    elif told["removed"]:
        echo("Removed. A running server has it until it is started again.")


def _environment(found: tuple[Environment, ...], name: str) -> Environment | None:
    """The environment of that name, or else the one that has a plugin or distribution of that name."""
    from assistant.environments import plain

    for each in found:
        if each.name == name:
            return each
    return next((each for each in found if name in each.plugins or plain(each.distribution) == plain(name)), None)


def _package(here: Mapping[str, Package], name: str) -> Package:
    """The distribution of a plugin, if it may be removed.

    Raises:
        NotFound: there is no such plugin.
        InstallError: somebody needs it.
    """
    from difflib import get_close_matches

    from assistant.environments import plain
    from assistant.errors import InstallError, NotFound
    from assistant.installing.needs import CORE, needed, plugin_packages

    bringing = {plugin: package for package in here.values() for plugin in package.plugins}
    package = here.get(plain(name)) or bringing.get(name)
    if package is not None and plain(package.name) == CORE:
        raise InstallError("That is the assistant itself.", f"Remove it with: {sys.executable} -m pip uninstall {CORE}")
    if package is None or not package.plugins:
        near = get_close_matches(name, [*bringing, *(each.name for each in bringing.values())], n=3)
        raise NotFound(
            f"No plugin and no distribution that brings one is called {name}.",
            f"Did you mean {' or '.join(near)}?" if near else "See: assistant plugins list",
        )
    others = [each for each in plugin_packages(here) if each != plain(package.name)]
    who = needed(here, others)
    if plain(package.name) in who:
        raise InstallError(
            f"{package.name} is needed by {who[plain(package.name)]}.",
            f"Remove that first, or disable it: assistant plugins disable {package.plugins[0]}",
        )
    return package
