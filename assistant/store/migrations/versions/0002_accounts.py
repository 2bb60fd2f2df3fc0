"""API keys, users, and who is logged in."""

from __future__ import annotations

import sqlalchemy as sql
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_keys",
        sql.Column("id", sql.String(16), primary_key=True),
        sql.Column("name", sql.Text, nullable=False),
        sql.Column("owner", sql.String(200), nullable=False, index=True),
        sql.Column("hint", sql.String(16), nullable=False),
        sql.Column("hash", sql.String(64), nullable=False, unique=True),
        sql.Column("scopes", sql.JSON, nullable=False),
        sql.Column("created", sql.Float, nullable=False),
        sql.Column("expires", sql.Float),
        sql.Column("revoked", sql.Float),
        sql.Column("used", sql.Float),
    )
    op.create_table(
        "users",
        sql.Column("name", sql.String(100), primary_key=True),
        sql.Column("password", sql.Text, nullable=False),
        sql.Column("scopes", sql.JSON, nullable=False),
        sql.Column("created", sql.Float, nullable=False),
        sql.Column("disabled", sql.Float),
    )
    op.create_table(
        "logins",
        sql.Column("hash", sql.String(64), primary_key=True),
        sql.Column("user", sql.String(100), nullable=False, index=True),
        sql.Column("created", sql.Float, nullable=False),
        sql.Column("expires", sql.Float, nullable=False),
    )
