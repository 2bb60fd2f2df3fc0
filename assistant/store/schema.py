"""The tables, and the version of their shape. Not for queries: see store.py, turns.py, search.py and cache.py."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sql

SCHEMA_VERSION: Final = "0005"
"""The newest revision under migrations/versions: raise it with every change of the tables."""

metadata = sql.MetaData()
versions = sql.Table(
    "alembic_version",
    metadata,
    sql.Column("version_num", sql.String(32), nullable=False),
    sql.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),  # as Alembic itself makes it
)
conversations = sql.Table(
    "conversations",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("owner", sql.String(200), nullable=False, index=True),
    sql.Column("title", sql.Text, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("updated", sql.Float, nullable=False),
    # Grows with every question of an owner: orders the list whatever the clock does.
    sql.Column("activity", sql.BigInteger, nullable=False, server_default="0"),
    # Grows with every change of the turns: tells a process that holds them in memory that another one went on.
    sql.Column("version", sql.BigInteger, nullable=False, server_default="0"),
    sql.Index("conversations_activity", "owner", "activity"),
)
turns = sql.Table(
    "turns",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sql.Column("process", sql.String(32), nullable=False),
    sql.Column("state", sql.String(16), nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("message", sql.JSON, nullable=False),
    sql.Column("record", sql.JSON, nullable=False),
    sql.Column("public", sql.String(32)),  # what others call the turn: cannot be guessed
    sql.Column("updated", sql.Float, nullable=False, server_default="0"),
    sql.Column("error", sql.JSON(none_as_null=True)),
    sql.Column("folded", sql.Text, nullable=False, server_default=""),  # question and answer, for the search
    sql.Index("turns_public", "public", unique=True),
    sql.Index("turns_state", "state"),
    sqlite_autoincrement=True,  # a number is never given twice, or a late turn could end another one
)
observations = sql.Table(
    "observations",
    metadata,
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("id", sql.String(16), primary_key=True),
    sql.Column("position", sql.Integer, nullable=False),
    sql.Column("value", sql.JSON, nullable=False),
    sql.Column("turn", sql.Integer),  # in which it was seen first
    sql.Column("folded", sql.Text, nullable=False, server_default=""),  # its text, for the search
)
media = sql.Table(
    "media",
    metadata,
    sql.Column("owner", sql.String(200), primary_key=True),
    sql.Column("digest", sql.String(64), primary_key=True, index=True),
    sql.Column("part", sql.JSON, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("bytes", sql.BigInteger, nullable=False, server_default="0"),
)
references = sql.Table(
    "conversation_media",
    metadata,
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("digest", sql.String(64), primary_key=True, index=True),
)
doomed = sql.Table(  # files that nobody needed any more when their last row went, until they are gone too
    "doomed_media",
    metadata,
    sql.Column("digest", sql.String(64), primary_key=True),
)
cache = sql.Table(
    "observation_cache",
    metadata,
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("part", sql.String(64), nullable=False, index=True),
    sql.Column("used", sql.Float, nullable=False),
    sql.Column("bytes", sql.Integer, nullable=False),
    sql.Column("items", sql.Text, nullable=False),
    sql.Index("observation_cache_use", "used", "bytes"),
)
processes = sql.Table(
    "processes",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("started", sql.Float, nullable=False),
    sql.Column("seen", sql.Float, nullable=False),
    sql.Column("place", sql.String(200), nullable=False, server_default=""),  # machine and process: see processes.py
)
api_keys = sql.Table(
    "api_keys",
    metadata,
    sql.Column("id", sql.String(16), primary_key=True),
    sql.Column("name", sql.Text, nullable=False),
    sql.Column("owner", sql.String(200), nullable=False, index=True),
    sql.Column("hint", sql.String(16), nullable=False),  # its first characters
    sql.Column("hash", sql.String(64), nullable=False, unique=True),  # SHA-256 (hex)
    sql.Column("scopes", sql.JSON, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("expires", sql.Float),
    sql.Column("revoked", sql.Float),
    sql.Column("used", sql.Float),
)
users = sql.Table(
    "users",
    metadata,
    sql.Column("name", sql.String(100), primary_key=True),
    sql.Column("password", sql.Text, nullable=False),  # a slow, salted hash
    sql.Column("scopes", sql.JSON, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("disabled", sql.Float),
)
logins = sql.Table(
    "logins",
    metadata,
    sql.Column("hash", sql.String(64), primary_key=True),
    sql.Column("user", sql.String(100), nullable=False, index=True),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("expires", sql.Float, nullable=False),
)
