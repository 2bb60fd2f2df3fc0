"""`assistant plugins install`: shows what pip would do, refuses what would break others, asks, does exactly that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli import FAILED, reported, settings_of
from assistant.commands.data import size
from assistant.terminal import echo

if TYPE_CHECKING:
    from assistant.environments import Draft
    from assistant.installing.plan import Plan
    from assistant.settings import Settings


@click.command("install", context_settings={"ignore_unknown_options": True})
@click.argument("requirements", nargs=-1, type=click.UNPROCESSED, metavar="REQUIREMENT_OR_PATH... [-- PIP OPTIONS]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would be installed, and leave it at that.")
@click.option(
    "--own-environment",
    "own",
    is_flag=False,
    flag_value="",
    metavar="[NAME]",
    help="Install it beside the assistant, not into its environment: what it needs cannot change what others have, "
    "and it works in a process of its own.",
)
@click.option("--upgrade", is_flag=True, help="Take newer versions; of an own environment: make it anew.")
@click.option("--allow-source", is_flag=True, help="Take what has to be built too: building runs its code.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    requirements: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    own: str | None,
    upgrade: bool,
    allow_source: bool,
    as_json: bool,
) -> None:
    """Install plugins: names with or without a version, as pip takes them, wheels, or directories.

    What would come and what would change is shown first. Whatever the assistant or another plugin needs keeps its
    version: what would change it is refused. Options that tell pip where to look follow after --.
    """
    wanted, options = _split(requirements)
    if not wanted and own:  # `install --own-environment REQUIREMENT`
        wanted, own = (own,), ""
    if not wanted:
        hint = f" {options[0]} is no option of this command, and those for pip come last." if options else ""
        raise click.UsageError(f"Say what to install.{hint}")
    with reported():
        settings = settings_of(ctx)
        if not (yes or dry_run or sys.stdin.isatty()):
            raise click.UsageError("There is no terminal to ask on: add --yes, or --dry-run to look only.")
        with _target(settings, wanted, own, upgrade) as draft:
            from assistant.environments import environments
            from assistant.installing.plan import planned

            others = [each for each in environments(settings.data_dir) if not draft or each.name != draft.name]
            taken = {plugin: f"the environment {each.name}" for each in others for plugin in each.plugins}

            for each in wanted:
                if Path(each).is_dir():
                    echo(f"note: {each} is built to see what it is, which runs its code", err=True)
            echo("asking pip what it would do ...", err=True)
            with planned(
                wanted,
                options=options,
                allowed=settings.allowed,
                taken=taken,
                upgrade=upgrade,
                allow_source=allow_source,
                python=draft.executable if draft else None,
            ) as plan:
                where = f"the environment {draft.name}" if draft else sys.prefix
                if not as_json:
                    _show(plan, where)
                told: dict[str, Any] = {
                    "changes": [each.to_json() for each in plan.changes],
                    "notes": list(plan.notes),
                    "environment": draft.name if draft else None,
                    "installed": False,
                }
                if plan.changes and not dry_run:
                    if not yes:
                        click.confirm(f"Install into {where}?", abort=True, err=True)
                    plan.apply()
                    told["installed"] = True
                    if draft:
                        draft.finish(_first(plan, wanted))
        if told["installed"]:
            told |= _afterwards(settings, told)
    _tell(told, as_json)
    sys.exit(FAILED if any(each["level"] == "error" for each in told.get("problems", ())) else 0)


def _split(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Requirements, and the options for pip that follow."""
    for place, each in enumerate(arguments):
        if each.startswith("-"):
            return tuple(arguments[:place]), tuple(arguments[place:])
    return tuple(arguments), ()


@contextmanager
def _target(settings: Settings, wanted: Sequence[str], own: str | None, upgrade: bool) -> Iterator[Draft | None]:
    """The environment that is being made; None for the assistant's own."""
    from assistant.environments import building, environments
    from assistant.errors import InstallError

    name = None if own is None else own or _name_for(wanted[0])
    if name is not None and not upgrade and any(each.name == name for each in environments(settings.data_dir)):
        raise InstallError(f"There is an environment {name} already.", "Add --upgrade to make it anew.")
    with building(settings.data_dir, name) if name is not None else nullcontext() as draft:
        yield draft


def _name_for(requirement: str) -> str:
    """What an environment for it is called, unless something else is said."""
    from packaging.requirements import InvalidRequirement, Requirement

    from assistant.environments import plain

    path = Path(requirement)
    if path.suffix == ".whl":
        return plain(path.name.partition("-")[0])
    try:
        return plain(Requirement(requirement).name)
    except InvalidRequirement:
        return plain(path.resolve().name)


def _first(plan: Plan, wanted: Sequence[str]) -> str:
    """The distribution that an environment is for: the first that was named, or else any that brings a plugin."""
    from assistant.environments import plain

    bringing = [each.name for each in plan.changes if each.plugins] or [each.name for each in plan.changes]
    named = [each.name for each in plan.changes if each.requested and plain(each.name) == _name_for(wanted[0])]
    return (named or bringing)[0]


def _show(plan: Plan, where: str) -> None:
    if not plan.changes:
        echo(f"Everything is there already; nothing to do in {where}.")
        return
    echo(f"Into {where}:")
    for each in plan.changes:
        verb = "add   " if not each.before else "again " if each.before == each.version else "change"
        version = f"{each.before} -> {each.version}" if each.before not in ("", each.version) else each.version
        brings = f"  brings: {', '.join(each.plugins)}" if each.plugins else ""
        echo(f"  {verb} {each.name} {version}  {size(each.size)}  {each.url}{brings}")
    echo(f"  {size(sum(each.size for each in plan.changes))} in all")
    for note in plan.notes:
        echo(f"note: {note}")


def _afterwards(settings: Settings, told: dict[str, Any]) -> dict[str, Any]:
    """What a fresh process finds: the new plugins, their problems, and the lines that allow exactly what came."""
    from importlib import invalidate_caches
    from importlib.metadata import distribution

    from assistant import trust
    from assistant.environments import environment
    from assistant.errors import PluginError

    invalidate_caches()
    bringing = [each["name"] for each in told["changes"] if each["plugins"]]
    names = {name for each in told["changes"] for name in each["plugins"]}
    listing = [sys.executable, "-m", "assistant", "--data-dir", str(settings.data_dir), "plugins", "list", "--json"]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)
    try:
        state = json.loads(done.stdout)
    except ValueError:
        said = (done.stderr.splitlines() or [f"it ended with {done.returncode}"])[-1]
        problem = {"plugin": "", "level": "error", "message": f"The assistant does not start: {said}", "remedy": ""}
        return {"plugins": [], "problems": [problem], "pins": []}
    pins = []
    for name in bringing:
        try:
            if told["environment"]:
                made = environment(settings.data_dir, told["environment"])
                pins += [trust.pin(each) for each in made.distributions if each.name == name]
            else:
                pins.append(trust.pin(distribution(name)))
        except PluginError as error:
            echo(f"note: no line for `allowed`: {error}", err=True)
    return {
        "plugins": [each for each in state["plugins"] if each["name"] in names],
        "problems": [each for each in state["problems"] if each["plugin"] in names],
        "pins": pins,
    }


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        echo(json.dumps(told, indent=2))
        return
    if not told["installed"]:
        return
    for each in told["plugins"]:
        brought = [
            name
            for sort in ("perceivers", "answerers", "embedders", "voices", "weights")
            for name in each.get(sort, ())
        ]
        echo(f"installed: {each['name']} ({each['distribution']} {each['version']}): {', '.join(brought)}")
    for each in told["problems"]:
        echo(f"{each['level']}: {each['plugin']}: {each['message']} {each['remedy']}".rstrip())
    for line in told["pins"]:
        echo(f"to allow exactly this, in the settings under `allowed`: {line}")
    echo("A running server takes it up at its next start.")
