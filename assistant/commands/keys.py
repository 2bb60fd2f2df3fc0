"""`assistant keys`: makes, lists and revokes API keys."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from assistant.store.accounts import Accounts, Key

SCOPES: Final = ("ask", "read", "write", "metrics")
UNITS: Final = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """30m, 12h, 90d or 4w, as seconds."""
    if value is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,5})([mhdw])", value)
    if not found:
        raise click.BadParameter(f"{value!r} is not a time such as 30m, 12h, 90d or 4w.", ctx, param)
    return int(found.group(1)) * UNITS[found.group(2)]


def when(moment: float | None) -> str:
    """A time as people read it, in their zone."""
    return "never" if moment is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


@contextmanager
def accounts(ctx: click.Context) -> Iterator[Accounts]:
    """The accounts of the settings' database; no plugin and no model is loaded."""
    from assistant.cli import reported
    from assistant.settings import load_settings
    from assistant.store.accounts import Accounts
    from assistant.store.database import Database
    from assistant.store.files import make

    with reported():
        settings = load_settings(data_dir=ctx.find_root().params["data_dir"])
        directory: Path = settings.data_dir
        if settings.database is None:
            make(directory)
        database = Database(directory / "sensorium.db", settings.database, directory / "media")
        try:
            yield Accounts(database, settings.server.users)
        finally:
            database.close()


with_scopes = click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="What this allows; ask, read and write if not given.",
)
"""Of keys and of users."""


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command("create")
@click.argument("name")
@click.option("--user", help="The user whose conversations it works with; without, it has its own.")
@with_scopes
@click.option("--expires", callback=duration, help="After how long it ends: 12h, 90d; never if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def keys_create(
    ctx: click.Context, name: str, user: str | None, scopes: tuple[str, ...], expires: float | None, as_json: bool
) -> None:
    """Make a key called NAME and print its secret, which cannot be shown again."""
    from assistant.store.accounts import SCOPES as USUAL

    with accounts(ctx) as known:
        first = not known.exist()
        key, secret = known.create_key(name, user=user, scopes=scopes or USUAL, seconds=expires)
    if as_json:
        click.echo(json.dumps({**_described(key), "key": secret}, indent=2))
        return
    click.echo(secret)
    click.echo(f"Key {key.id}. It is shown this once; programs send it as `Authorization: Bearer KEY`.", err=True)
    if first:
        click.echo(
            "From now on the server asks everyone for a key or a login. For the chat: assistant users add NAME",
            err=True,
        )


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def keys_list(ctx: click.Context, as_json: bool) -> None:
    """List all keys, the newest first; their secrets are not known."""
    with accounts(ctx) as known:
        found = known.keys()
    if as_json:
        click.echo(json.dumps([_described(key) for key in found], indent=2))
        return
    for key in found:
        scopes = ",".join(sorted(key.scopes))
        click.echo(
            f"{key.id}  {key.name:20} {key.owner:22} {key.hint}...  {scopes:22} {_state(key):26} used {when(key.used)}"
        )


@keys.command("revoke")
@click.argument("identity", metavar="ID")
@click.pass_context
def keys_revoke(ctx: click.Context, identity: str) -> None:
    """End the key ID for good; a running server refuses it within seconds."""
    with accounts(ctx) as known:
        known.revoke_key(identity)
    click.echo(f"{identity} is revoked")


def _state(key: Key) -> str:
    if key.revoked is not None:
        return f"revoked {when(key.revoked)}"
    if key.expires is not None:
        return f"{'expired' if key.expires <= time.time() else 'expires'} {when(key.expires)}"
    return "in force"


def _described(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "owner": key.owner,
        "hint": key.hint,
        "scopes": sorted(key.scopes),
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "used": key.used,
    }
