"""Which processes live, turns that others can name and take up again, an order without clock, sizes of media."""

from __future__ import annotations

import secrets
from pathlib import Path

import sqlalchemy as sql
from alembic import context, op

revision = "0003"
down_revision = "0002"

conversations = sql.table("conversations", sql.column("id"), sql.column("owner"), sql.column("activity"))
turns = sql.table("turns", sql.column("id"), sql.column("public"), sql.column("updated"), sql.column("created"))
media = sql.table("media", sql.column("digest"), sql.column("bytes"))


def upgrade() -> None:
    """Add what is missing and fill it in."""
    op.create_table(
        "processes",
        sql.Column("id", sql.String(32), primary_key=True),
        sql.Column("started", sql.Float, nullable=False),
        sql.Column("seen", sql.Float, nullable=False),
        sql.Column("place", sql.String(200), nullable=False, server_default=""),
    )
    op.add_column("conversations", sql.Column("activity", sql.BigInteger, nullable=False, server_default="0"))
    op.add_column("conversations", sql.Column("version", sql.BigInteger, nullable=False, server_default="0"))
    op.create_index("conversations_activity", "conversations", ["owner", "activity"])
    op.add_column("turns", sql.Column("public", sql.String(32)))
    op.add_column("turns", sql.Column("updated", sql.Float, nullable=False, server_default="0"))
    op.add_column("turns", sql.Column("error", sql.JSON))
    op.create_index("turns_public", "turns", ["public"], unique=True)
    op.create_index("turns_state", "turns", ["state"])
    op.add_column("media", sql.Column("bytes", sql.BigInteger, nullable=False, server_default="0"))
    connection = op.get_bind()
    connection.execute(sql.text("UPDATE turns SET updated = created"))
    _number(connection)
    _name(connection)
    _weigh(connection, context.config.attributes["media"])


def _number(connection: sql.Connection) -> None:
    """Each owner's conversations by when they went on last."""
    query = sql.text("SELECT id, owner FROM conversations ORDER BY owner, updated, id")
    counts: dict[str, int] = {}
    for identity, owner in connection.execute(query).all():
        counts[owner] = counts.get(owner, 0) + 1
        connection.execute(conversations.update().where(conversations.c.id == identity).values(activity=counts[owner]))


def _name(connection: sql.Connection) -> None:
    for number in connection.scalars(sql.select(turns.c.id)).all():
        connection.execute(turns.update().where(turns.c.id == number).values(public=secrets.token_urlsafe(12)))


def _weigh(connection: sql.Connection, directory: Path) -> None:
    """The sizes of the files that are there; 0 for others."""
    for digest in connection.scalars(sql.select(media.c.digest).distinct()).all():
        file = directory / digest[:2] / digest
        if file.is_file():
            connection.execute(media.update().where(media.c.digest == digest).values(bytes=file.stat().st_size))
