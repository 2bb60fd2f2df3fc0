"""Turns stored conversations back into what the page shows. Not for storing: see assistant.store."""

from __future__ import annotations

from typing import Any

from assistant.types import Answer, Kind, Question
from assistant_ui.view import TurnView

TITLE_CHARACTERS = 60
LISTED_AT_MOST = 100


def listed(store: Any, owner: str) -> list[tuple[str, str]]:
    """An owner's conversations as (id, title), latest first."""
    return [
        (each.id, " ".join(each.title.split())[:TITLE_CHARACTERS])
        for each in store.conversations(owner)[:LISTED_AT_MOST]
    ]


def turns(stored: Any) -> list[TurnView]:
    """The turns of a stored conversation, oldest first; one without an answer was stopped or interrupted."""
    return [_turn(turn) for turn in stored.turns]


def _turn(turn: Any) -> TurnView:
    parts = {part.digest: part for part in turn.parts}
    view = TurnView(
        asked=turn.message.text,
        sent=[digest for digest in turn.message.parts if digest in parts],
        parts=parts,
        statuses={(status.perceiver, status.part): status for status in turn.statuses},
        observations={seen.id: seen for seen in turn.observations},
        gaps=list(turn.gaps),
        phase="stopped",
    )
    said = " ".join(seen.text for seen in turn.observations if seen.kind == Kind.TRANSCRIPT and seen.part in view.sent)
    # heard, not typed: stored as such, or as the words that were heard in what an earlier version stored
    if said and (getattr(turn, "spoken", False) or view.asked.strip() in ("", said.strip())):
        view.asked, view.question = "", Question(said, spoken=True)
    if turn.answer is not None:
        view.answer, view.answerer, view.phase = turn.answer, turn.answer.answerer, "answered"
        return view
    view.again = getattr(turn, "id", "")
    view.answer = Answer(getattr(turn, "streamed", ""))  # as far as it was written before the turn was cut off
    if turn.state == "failed":
        view.fail("", "")
    return view
