"""The tables, and the version of their shape. Not for queries: see store.py and cache.py."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sql

SCHEMA_VERSION: Final = 1
"""Raise it with every change of the tables, and migrate what is older in database.py."""

metadata = sql.MetaData()
versions = sql.Table("schema_version", metadata, sql.Column("version", sql.Integer, nullable=False))
conversations = sql.Table(
    "conversations",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("owner", sql.String(200), nullable=False, index=True),
    sql.Column("title", sql.Text, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
    sql.Column("updated", sql.Float, nullable=False),
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
    sqlite_autoincrement=True,  # a number is never given twice, or a late turn could end another one
)
observations = sql.Table(
    "observations",
    metadata,
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("id", sql.String(16), primary_key=True),
    sql.Column("position", sql.Integer, nullable=False),
    sql.Column("value", sql.JSON, nullable=False),
)
media = sql.Table(
    "media",
    metadata,
    sql.Column("owner", sql.String(200), primary_key=True),
    sql.Column("digest", sql.String(64), primary_key=True, index=True),
    sql.Column("part", sql.JSON, nullable=False),
    sql.Column("created", sql.Float, nullable=False),
)
references = sql.Table(
    "conversation_media",
    metadata,
    sql.Column("conversation", sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("digest", sql.String(64), primary_key=True, index=True),
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
