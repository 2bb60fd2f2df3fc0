"""`assistant weights`: lists, fetches and checks model weights."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.weights import Weights


@click.group()
def weights() -> None:
    """See, fetch and check model weights."""


@contextmanager
def _store(ctx: click.Context, *, hub: bool = False) -> Iterator[Weights]:
    """The weights that plugins and settings name; with `hub` those of a model hub may be fetched whatever they say."""
    from assistant.cli import host_of, reported

    with reported():
        yield host_of(ctx, hub=hub).weights


@weights.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def weights_list(ctx: click.Context, as_json: bool) -> None:
    """List all known weights and where they are."""
    with _store(ctx) as store:
        found = [store.describe(name) for name in store.names()]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for each in found:
        size = f"{each['bytes'] / 1e6:.0f} MB"
        starter = "starter" if each["starter"] else ""
        click.echo(f"{each['name']:24} {each['role']:18} {size:>8} {each['licence']:12} {each['state']:10} {starter}")


@weights.command("pull")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: name -> directory.")
@click.pass_context
def weights_pull(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Fetch and verify weights NAMES; with none, the starter weights.

    Naming weights that come from a model hub allows fetching them from there.
    """
    with _store(ctx, hub=bool(names)) as store:
        wanted = names or tuple(spec.name for spec in store.specs() if spec.starter)
        pulled: dict[str, str] = {}
        terminal = sys.stderr.isatty()
        for name in wanted:

            def progress(what: str, done: int, total: int, name: str = name) -> None:
                if terminal:
                    share = f"{done / total:4.0%}" if total else ""
                    click.echo(f"\r\x1b[K{name}: {what} {share}", nl=False, err=True)

            if store.about(name):
                click.echo(store.about(name), err=as_json)
            pulled[name] = str(store.pull(name, progress))
            if terminal:
                click.echo("\r\x1b[K", nl=False, err=True)
            if not as_json:
                click.echo(f"{name}: ready in {pulled[name]}")
    if as_json:
        click.echo(json.dumps(pulled, indent=2))


@weights.command("verify")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help='Print one JSON object: name -> "ok" or what is wrong.')
@click.pass_context
def weights_verify(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Compare the hashes of weights NAMES; with none, of all that are here."""
    from assistant.cli import WEIGHTS
    from assistant.errors import WeightsError, WeightsMissing

    results: dict[str, str] = {}
    with _store(ctx) as store:
        for name in names or [spec.name for spec in store.specs()]:
            try:
                store.verify(name)
            except WeightsMissing as error:
                if names:
                    results[name] = str(error)
            except WeightsError as error:
                results[name] = str(error)
            else:
                results[name] = "ok"
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        for name, result in results.items():
            click.echo(f"{name}: {result}")
    sys.exit(0 if all(result == "ok" for result in results.values()) else WEIGHTS)


@weights.command("where")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: name -> directory.")
@click.pass_context
def weights_where(ctx: click.Context, name: str, as_json: bool) -> None:
    """Print the directory that holds weights NAME."""
    with _store(ctx) as store:
        directory = str(store.where(name))
    click.echo(json.dumps({name: directory}) if as_json else directory)
