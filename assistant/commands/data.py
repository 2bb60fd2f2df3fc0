"""`assistant data`: where things lie and how large they are, backup, export, import, retention, checks, deletion."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.store import Store

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def data() -> None:
    """Back up, move, check and delete what is stored."""


@contextmanager
def _settings(ctx: click.Context) -> Iterator[Settings]:
    from assistant.cli import reported
    from assistant.settings import load_settings

    with reported():
        yield load_settings(data_dir=ctx.find_root().params["data_dir"])


@contextmanager
def _store(ctx: click.Context) -> Iterator[tuple[Store, Settings]]:
    """The store of the settings; no plugin and no model is loaded."""
    from assistant.store import Store

    with _settings(ctx) as settings:
        store = Store.of(settings)
        try:
            yield store, settings
        finally:
            store.close()


def _told(as_json: bool, value: dict[str, Any], *lines: str) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            click.echo(line)


def size(count: int) -> str:
    """Bytes as people read them."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"


# ---- looking --------------------------------------------------------------------------------------------------------


@data.command("where")
@_as_json
@click.pass_context
def where(ctx: click.Context, as_json: bool) -> None:
    """Print where everything lies."""
    with _settings(ctx) as settings:
        places = {
            "data": str(settings.data_dir),
            "database": shown(settings.database) if settings.database else str(settings.data_dir / "sensorium.db"),
            "media": settings.media_url or str(settings.data_dir / "media"),
            "media_copies": str(settings.data_dir / "media-cache") if settings.media_url else None,
            "uploads": str(settings.data_dir / "uploads"),
            "weights": str(settings.weights_directory()),
        }
    _told(as_json, places, *(f"{name:14}{place}" for name, place in places.items() if place))


def shown(url: str) -> str:
    """A database's URL without its password."""
    import sqlalchemy as sql

    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except sql.exc.ArgumentError:
        return "(not a URL)"


@data.command("usage")
@_as_json
@click.pass_context
def usage(ctx: click.Context, as_json: bool) -> None:
    """Print how much each owner, the caches, the uploads and the weights take."""
    import sqlalchemy as sql

    from assistant.store.checking import files_of
    from assistant.store.schema import cache, conversations, media

    with _store(ctx) as (store, settings):
        with store.database.reading() as connection:
            counted = sql.select(conversations.c.owner, sql.func.count()).group_by(conversations.c.owner)
            talks: dict[str, int] = dict(connection.execute(counted).tuples().all())
            summed = sql.select(media.c.owner, sql.func.count(), sql.func.sum(media.c.bytes)).group_by(media.c.owner)
            stored = {row[0]: (row[1], int(row[2] or 0)) for row in connection.execute(summed).all()}
            cached = connection.scalar(sql.select(sql.func.sum(cache.c.bytes))) or 0
        everybody = store.usage(None)
        owners = [
            {
                "owner": owner,
                "conversations": talks.get(owner, 0),
                "files": stored.get(owner, (0, 0))[0],
                "bytes": stored.get(owner, (0, 0))[1],
            }
            for owner in sorted({*talks, *stored})
        ]
        database = settings.data_dir / "sensorium.db"
        value: dict[str, Any] = {
            "owners": owners,
            "media": {"files": everybody.files, "bytes": everybody.bytes},
            "observation_cache": {"bytes": int(cached)},
            "database": {"bytes": database.stat().st_size if not settings.database else None},
            **{
                name: dict(zip(("files", "bytes"), files_of(directory), strict=True))
                for name, directory in (
                    ("media_copies", settings.data_dir / "media-cache"),
                    ("uploads", settings.data_dir / "uploads"),
                    ("weights", settings.weights_directory()),
                )
            },
        }
    lines = [
        f"{each['owner']:44} {each['conversations']:6} conversations {each['files']:7} files  {size(each['bytes'])}"
        for each in owners
    ]
    names = ("media", "observation_cache", "database", "media_copies", "uploads", "weights")
    lines += [f"{name.replace('_', ' '):44} {size(value[name]['bytes'] or 0)}" for name in names]
    _told(as_json, value, *lines)


@data.command("check")
@click.option("--mend", is_flag=True, help="Delete what nothing refers to.")
@click.option("--verify", is_flag=True, help="Read every file and compare it with its digest.")
@click.option("--grace", default=3600.0, show_default=True, help="Seconds that something may lie unreferred to.")
@_as_json
@click.pass_context
def check(ctx: click.Context, mend: bool, verify: bool, grace: float, as_json: bool) -> None:
    """Compare media and database. Exits with 1 if something is wrong and not mended."""
    from assistant.store.checking import check as checked

    with _store(ctx) as (store, _):
        found = checked(store.database, store.files, mend=mend, verify=verify, grace=grace)
    done = "deleted" if mend else "found; --mend deletes them"
    lines = [f"{found.files} files, {size(found.bytes)}"]
    for count, what in (
        (found.unneeded, f"files that nothing needs ({size(found.unneeded_bytes)})"),
        (found.half_written, "half-written files"),
        (found.unused, "files that their owner uses in no conversation"),
    ):
        if count:
            lines.append(f"{count} {what}: {done}")
    lines += [f"missing: {digest}" for digest in found.missing]
    lines += [f"damaged: {digest}" for digest in found.damaged]
    _told(as_json, {**asdict(found), "sound": found.sound}, *lines)
    sys.exit(0 if found.sound else 1)


# ---- keeping and moving ---------------------------------------------------------------------------------------------


@data.command("backup")
@click.argument("file", type=_FILE)
@_as_json
@click.pass_context
def backup(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Write database and media into the new FILE, while the server runs.

    Of a database server only the media are taken: back that up by its own means first (pg_dump).
    """
    from assistant.store.backup import back_up

    with _store(ctx) as (store, _):
        report = back_up(store.database, store.files, file)
    if not report.database:
        click.echo("note: the database is a server's; back it up too: pg_dump", err=True)
    for digest in report.lost:
        click.echo(f"missed: {digest} is needed and not there", err=True)
    _told(as_json, {"file": str(file), **asdict(report)}, f"{file}: {report.files} files, {size(report.bytes)}")
    sys.exit(3 if report.lost else 0)


@data.command("restore")
@click.argument("file", type=_FILE)
@_as_json
@click.pass_context
def restore(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Put a backup FILE into an empty data directory (--data-dir before `data`)."""
    from assistant.errors import SettingsError
    from assistant.store.restoring import restore as restored

    with _settings(ctx) as settings:
        if settings.media_url:
            raise SettingsError(
                "A backup is restored into a local data directory, and the settings name a media store elsewhere.",
                "Restore without media_url, then move with `assistant data export` and `import`.",
            )
        database = _database_file(settings)
        report = restored(file, settings.data_dir, database)
    if not report.database:
        click.echo("note: the backup holds media only; restore the database by its own means (pg_restore)", err=True)
    _told(as_json, asdict(report), f"restored {report.files} files, {size(report.bytes)}, into {settings.data_dir}")


def _database_file(settings: Settings) -> Path | None:
    if settings.database is None:
        return settings.data_dir / "sensorium.db"
    import sqlalchemy as sql

    url = sql.make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@data.command("export")
@click.argument("file", type=_FILE)
@click.option("--owner", help="Whose conversations; everybody's if not given.")
@_as_json
@click.pass_context
def export(ctx: click.Context, file: Path, owner: str | None, as_json: bool) -> None:
    """Write conversations with their media into the new FILE, as lines of JSON."""
    from assistant.errors import AssistantError
    from assistant.store.archive import export as exported
    from assistant.store.files import not_stored, written_whole

    with _store(ctx) as (store, _):
        if file.exists():
            raise AssistantError(f"{file} exists already.", "Choose another name; an export overwrites nothing.")
        try:
            with written_whole(file) as target:
                report = exported(store.database, store.files, target, owner)
        except OSError as error:
            raise not_stored(str(file), error) from error
    if report.lost:
        click.echo(f"missed: {report.lost} files are needed and not there", err=True)
    line = f"{file}: {report.conversations} conversations, {report.files} files, {size(report.bytes)}"
    _told(as_json, {"file": str(file), **asdict(report)}, line)
    sys.exit(3 if report.lost else 0)


@data.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--owner", help="Whose the conversations become; those that the file names if not given.")
@_as_json
@click.pass_context
def import_command(ctx: click.Context, file: Path, owner: str | None, as_json: bool) -> None:
    """Add the conversations of FILE, an export; those that are there already stay as they are."""
    from assistant.store.importing import import_from

    with _store(ctx) as (store, settings), file.open("rb") as source:
        report = import_from(
            source, store.database, store.files, settings.data_dir, owner=owner, media_bytes=settings.limits.bytes
        )
    line = f"{report.conversations} conversations with {report.turns} turns added, {report.skipped} were there already"
    if report.lost:
        line += f", {report.lost} files were missing where it was exported"
    _told(as_json, asdict(report), line)


# ---- deleting -------------------------------------------------------------------------------------------------------


@data.command("prune")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@click.option("--trust-clock", is_flag=True, help="Believe the clock, whatever speaks against it.")
@_as_json
@click.pass_context
def prune(ctx: click.Context, dry_run: bool, trust_clock: bool, as_json: bool) -> None:
    """Delete what the settings under `retention` do not keep, as the server does every hour."""
    from assistant.store.retention import Retention

    with _store(ctx) as (store, settings):
        retention = Retention(store.database, settings.data_dir, settings.retention, store.delete_conversation)
        pruned = retention.run(dry=dry_run, trust_clock=trust_clock)
    if pruned.distrust:
        click.echo(f"nothing is judged by age: {pruned.distrust}; if it is right: --trust-clock", err=True)
    verb = "would be deleted" if dry_run else "deleted"
    lines = [f"{each.id} of {each.owner} ({each.why})" for each in pruned.conversations]
    _told(as_json, asdict(pruned), *lines, f"{len(lines)} conversations {verb}")
    sys.exit(1 if pruned.distrust else 0)


@data.command("delete")
@click.option("--owner", help="Delete all conversations and media of this owner.")
@click.option("--cache", is_flag=True, help="Forget everything that was perceived and is not part of a conversation.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_as_json
@click.pass_context
def delete(ctx: click.Context, owner: str | None, cache: bool, yes: bool, as_json: bool) -> None:
    """Delete for good. Accounts stay: see `assistant keys` and `assistant users`."""
    from assistant.store.deletion import clear_cache

    if not owner and not cache:
        raise click.UsageError("Say what: --owner OWNER, --cache, or both.")
    if not yes:
        what = " and ".join([f"everything of {owner}"] * bool(owner) + ["the cache"] * cache)
        click.confirm(f"Delete {what}?", abort=True, err=True)
    with _store(ctx) as (store, _):
        conversations = store.delete_owner(owner) if owner else 0
        cached = clear_cache(store.database, store.files) if cache else 0
    line = f"{conversations} conversations and {cached} entries of the cache deleted"
    _told(as_json, {"conversations": conversations, "cached": cached}, line)
