"""`assistant users`: adds, lists, disables and removes the people who can log in."""

from __future__ import annotations

import json
import sys

import click

from assistant.commands.keys import accounts, when, with_scopes

_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


@click.group()
def users() -> None:
    """Add, list, disable and remove the people who can log in."""


@users.command("add")
@click.argument("name")
@_from_stdin
@with_scopes
@click.pass_context
def users_add(ctx: click.Context, name: str, password_stdin: bool, scopes: tuple[str, ...]) -> None:
    """Add the user NAME."""
    from assistant.store.accounts import SCOPES as USUAL

    password = _password(password_stdin)
    with accounts(ctx) as known:
        first = not known.exist()
        known.add_user(name, password, scopes=scopes or USUAL)
    click.echo(f"{name} can log in")
    if first:
        click.echo("From now on the server asks everyone for a login or an API key.", err=True)


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def users_list(ctx: click.Context, as_json: bool) -> None:
    """List all users."""
    with accounts(ctx) as known:
        found = known.users()
    if as_json:
        listed = [
            {"name": each.name, "scopes": sorted(each.scopes), "created": each.created, "disabled": each.disabled}
            for each in found
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    for each in found:
        state = "" if each.disabled is None else f"disabled {when(each.disabled)}"
        click.echo(f"{each.name:24} {','.join(sorted(each.scopes)):22} {state}".rstrip())


@users.command("password")
@click.argument("name")
@_from_stdin
@click.pass_context
def users_password(ctx: click.Context, name: str, password_stdin: bool) -> None:
    """Change the password of NAME; all their logins end."""
    password = _password(password_stdin)
    with accounts(ctx) as known:
        known.set_password(name, password)
    click.echo(f"{name} has a new password")


@users.command("disable")
@click.argument("name")
@click.pass_context
def users_disable(ctx: click.Context, name: str) -> None:
    """Let NAME in no more, by login or by key, until enabled again."""
    with accounts(ctx) as known:
        known.disable_user(name)
    click.echo(f"{name} is disabled")


@users.command("enable")
@click.argument("name")
@click.pass_context
def users_enable(ctx: click.Context, name: str) -> None:
    """Let the disabled user NAME in again."""
    with accounts(ctx) as known:
        known.enable_user(name)
    click.echo(f"{name} is enabled")


@users.command("remove")
@click.argument("name")
@click.pass_context
def users_remove(ctx: click.Context, name: str) -> None:
    """Remove the user NAME and revoke their keys; what they stored stays."""
    with accounts(ctx) as known:
        known.remove_user(name)
    click.echo(f"{name} is removed")


@users.command("hash")
@_from_stdin
def users_hash(password_stdin: bool) -> None:
    """Print the hash of a password, for `server.users` in the settings."""
    from assistant.cli import reported
    from assistant.passwords import hash_password

    with reported():
        click.echo(hash_password(_password(password_stdin)))
