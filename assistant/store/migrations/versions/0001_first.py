"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sql
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "conversations",
        sql.Column("id", sql.String(32), primary_key=True),
        sql.Column("owner", sql.String(200), nullable=False, index=True),
        sql.Column("title", sql.Text, nullable=False),
        sql.Column("created", sql.Float, nullable=False),
        sql.Column("updated", sql.Float, nullable=False),
    )
    op.create_table(
        "turns",
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column(
            "conversation",
            sql.String(32),
            sql.ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sql.Column("process", sql.String(32), nullable=False),
        sql.Column("state", sql.String(16), nullable=False),
        sql.Column("created", sql.Float, nullable=False),
        sql.Column("message", sql.JSON, nullable=False),
        sql.Column("record", sql.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "observations",
        sql.Column(
            "conversation", sql.String(32), sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sql.Column("id", sql.String(16), primary_key=True),
        sql.Column("position", sql.Integer, nullable=False),
        sql.Column("value", sql.JSON, nullable=False),
    )
    op.create_table(
        "media",
        sql.Column("owner", sql.String(200), primary_key=True),
        sql.Column("digest", sql.String(64), primary_key=True, index=True),
        sql.Column("part", sql.JSON, nullable=False),
        sql.Column("created", sql.Float, nullable=False),
    )
    op.create_table(
        "conversation_media",
        sql.Column(
            "conversation", sql.String(32), sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sql.Column("digest", sql.String(64), primary_key=True, index=True),
    )
    op.create_table(
        "observation_cache",
        sql.Column("key", sql.String(64), primary_key=True),
        sql.Column("part", sql.String(64), nullable=False, index=True),
        sql.Column("used", sql.Float, nullable=False),
        sql.Column("bytes", sql.Integer, nullable=False),
        sql.Column("items", sql.Text, nullable=False),
        sql.Index("observation_cache_use", "used", "bytes"),
    )
