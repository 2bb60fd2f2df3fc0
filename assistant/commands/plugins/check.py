"""`assistant plugins check`: whether a plugin keeps what every plugin promises, and what to mend."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from assistant.cli import FAILED, reported
from assistant.terminal import echo


@click.command("check")
@click.argument("plugin")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file to try its perceivers on, beside made-up ones; needed for sorts of files that only plugins read.",
)
@click.option("--seconds", type=click.FloatRange(1.0), help="How long checking one promise may take (180).")
@click.pass_context
def command(ctx: click.Context, plugin: str, as_json: bool, files: tuple[Path, ...], seconds: float | None) -> None:
    """Check that PLUGIN keeps what every plugin promises. Exits with 1 if it does not.

    PLUGIN is the name of an installed plugin, or of a perceiver, answerer, embedder or voice, or the folder of a
    project that need not be installed. It runs in a process of its own, which may crash or hang without harm.
    """
    with reported():
        from assistant.errors import NotFound
        from assistant.settings import load_settings
        from assistant.testing import outside
        from assistant.testing.project import find

        settings = load_settings(data_dir=ctx.find_root().params.get("data_dir"))
        target = find(plugin, settings.data_dir)
        verdicts = outside.checked(target, files, seconds or outside.PROMISE_SECONDS)
        found = outside.tell(verdicts, (lambda line: None) if as_json else echo)
        if not found:
            raise NotFound(
                f"No installed plugin is called {plugin} or brings it.",
                "See what there is with: assistant plugins list",
            )
    counts = {state: sum(each.state == state for each in found) for state in ("kept", "broken", "not applicable")}
    if as_json:
        echo(json.dumps({"plugin": plugin, **counts, "promises": [each.to_json() for each in found]}, indent=2))
    else:
        echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    sys.exit(FAILED if counts["broken"] else 0)
