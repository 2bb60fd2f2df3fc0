"""Full text over one owner's conversations: questions, answers and what was perceived. Not for meaning: see fusion.

Texts are kept folded beside what they come from, so nothing is left in an index when that is deleted, and languages
without spaces are found like all others. The owner's own texts are read; nobody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sql

from assistant.store.records import Hit
from assistant.store.schema import conversations, observations, turns

WORDS: Final = 12
"""Of a query, that are looked for; a sentence pasted in whole would be found nowhere."""
PER_TURN: Final = 3
"""Hits shown of one turn: a page of text must not hide the other conversations."""
AROUND: Final = 60
"""Characters shown before and after what was found."""


def folded(text: str) -> str:
    """The text in one spelling: small letters, compatible forms alike, no accents (U+0300-036F), as any database takes.

    Migrations fold likewise: what changes here needs a revision that folds again.
    """
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode()).casefold()
    return re.sub("[\\0\u0300-\u036f]", "", plain)


def search(connection: sql.Connection, owner: str, query: str, limit: int) -> tuple[Hit, ...]:
    """What holds all the words of the query, the latest turn first."""
    words = folded(query).split()[:WORDS]
    if not words:
        return ()
    rows: list[Any] = []
    about = (conversations.c.id.label("conversation"), conversations.c.title, turns.c.id.label("number"))
    said = (
        sql.select(*about, turns.c.public, turns.c.created, turns.c.message, turns.c.record)
        .join(turns, turns.c.conversation == conversations.c.id)
        .where(conversations.c.owner == owner, *(turns.c.folded.contains(word, autoescape=True) for word in words))
        .order_by(turns.c.id.desc())
        .limit(limit)
    )
    seen = (
        sql.select(*about, turns.c.public, turns.c.created, observations.c.value)
        .join(observations, observations.c.conversation == conversations.c.id)
        .join(turns, turns.c.id == observations.c.turn)
        .where(
            conversations.c.owner == owner, *(observations.c.folded.contains(word, autoescape=True) for word in words)
        )
        .order_by(turns.c.id.desc(), observations.c.position)
        .limit(limit * PER_TURN)
    )
    rows = [*connection.execute(said).all(), *connection.execute(seen).all()]
    found: list[Hit] = []
    per_turn: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: -int(row.number)):  # stable: what was said before what was seen
        per_turn[row.number] = per_turn.get(row.number, 0) + 1
        if per_turn[row.number] <= PER_TURN:
            found.append(_hit(row, words))
    return tuple(found[:limit])


def _hit(row: Any, words: Sequence[str]) -> Hit:
    if "value" in row._fields:
        kind, identity, text = row.value["kind"], row.value["id"], row.value["text"]
    else:
        question, answer = row.message["text"], (row.record.get("answer") or {}).get("text", "")
        in_question = words[0] in folded(question)
        kind, identity, text = ("question", None, question) if in_question else ("answer", None, answer)
    return Hit(row.conversation, row.title, row.public, kind, identity, snippet(text, words[0]), row.created)


def snippet(text: str, word: str) -> str:
    """The surroundings of a folded word in a text."""
    plain = " ".join(text.split())
    # folding may change lengths; exact where it does not, near enough for an excerpt where it does
    start = max(0, min(folded(plain).find(word), len(plain)) - AROUND)
    end = start + 2 * AROUND + len(word)
    return ("…" if start else "") + plain[start:end] + ("…" if end < len(plain) else "")
