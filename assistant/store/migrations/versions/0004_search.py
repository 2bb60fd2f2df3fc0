"""What the search reads: questions, answers and observations in one spelling: see `folded` in search.py."""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sql
from alembic import op

revision = "0004"
down_revision = "0003"

turns = sql.table(
    "turns",
    sql.column("id"),
    sql.column("conversation"),
    sql.column("message", sql.JSON),
    sql.column("record", sql.JSON),
    sql.column("folded"),
)
observations = sql.table(
    "observations",
    sql.column("conversation"),
    sql.column("id"),
    sql.column("value", sql.JSON),
    sql.column("turn"),
    sql.column("folded"),
)


def upgrade() -> None:
    """Add the columns and fill them in."""
    op.add_column("turns", sql.Column("folded", sql.Text, nullable=False, server_default=""))
    op.add_column("observations", sql.Column("turn", sql.Integer))
    op.add_column("observations", sql.Column("folded", sql.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    first: dict[tuple[str, str], int] = {}
    query = sql.select(turns.c.id, turns.c.conversation, turns.c.message, turns.c.record).order_by(turns.c.id)
    for number, conversation, message, record in connection.execute(query).all():
        for seen in record.get("observations") or ():
            first.setdefault((conversation, seen), number)
        answer = (record.get("answer") or {}).get("text", "")
        connection.execute(
            turns.update().where(turns.c.id == number).values(folded=_folded(f"{message['text']}\n{answer}"))
        )
    for conversation, identity, value in connection.execute(
        sql.select(observations.c.conversation, observations.c.id, observations.c.value)
    ).all():
        connection.execute(
            observations.update()
            .where((observations.c.conversation == conversation) & (observations.c.id == identity))
            .values(folded=_folded(value["text"]), turn=first.get((conversation, identity)))
        )


def _folded(text: str) -> str:
    """As the search folded texts when this revision was made."""
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode()).casefold()
    return re.sub("[\\0\u0300-\u036f]", "", plain)
