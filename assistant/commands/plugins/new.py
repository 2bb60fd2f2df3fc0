"""`assistant plugins new`: writes the beginning of a plugin. Installs nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli import host_of, reported
from assistant.scaffold.kinds import KINDS
from assistant.terminal import echo

if TYPE_CHECKING:
    from assistant.host import Host
    from assistant.plugin import Isolation


@click.command("new")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), default="perceiver", show_default=True, help="What it brings.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where to put the project; here if not given.",
)
@click.option("--isolation", type=click.Choice(["thread", "process"]), help="Where it works.")
@click.pass_context
def command(ctx: click.Context, name: str, kind: str, directory: Path, isolation: Isolation | None) -> None:
    """Write a small project for a plugin called NAME, which works before a line of it is changed.

    NAME is a lower-case word, with underscores perhaps. The project is a new directory assistant-NAME.
    """
    from assistant.scaffold import check_name, write

    with reported():
        check_name(name, _taken(ctx, host_of(ctx)))
        project = write(name, kind, directory, isolation)
    echo(f"{project.directory}:")
    for file in project.files:
        echo(f"  {file}")
    echo("\nA LICENSE is for you to choose. Next:\n")
    echo(f"  cd {project.directory}")
    echo(f"  {_program('python')} -m pip install -e .")
    echo(f"  {project.tried.replace('assistant', _program('assistant'), 1)}")
    echo(f"\n{project.shows}")


def _taken(ctx: click.Context, host: Host) -> dict[str, str]:
    """Names that are in use -> by what."""
    from assistant.discovery import candidates
    from assistant.inventory import runners

    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    taken = dict.fromkeys(root.command.list_commands(root), "a command of the assistant")
    taken |= {each.name: "a command of an installed plugin" for each in host.commands if each.name}
    installed, _ = candidates(host.settings.data_dir)
    taken |= {each.name: f"the installed plugin {each.name}" for each in installed}
    for _, runner in runners(host):
        taken[runner.name] = f"something in the installed plugin {runner.plugin}"
    return taken


def _program(name: str) -> str:
    """The program's name, or its path if another one or none would be found under the name."""
    own = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    return name if not own.exists() or (found is not None and Path(found) == own) else str(own)
