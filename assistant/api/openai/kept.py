"""Responses that are kept: turns of stored conversations, named as OpenAI does. Not for storing: see the store."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from assistant.api.failures import Refused
from assistant.api.outward import outward_conversation
from assistant.app import Assistant, Earlier
from assistant.errors import NotFound
from assistant.store import Turn

PREFIX = "resp_"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept response."""

    conversation: str
    turn: Turn
    turns: tuple[Turn, ...]
    """All of the conversation."""

    @property
    def before(self) -> tuple[Turn, ...]:
        """The turns up to this one, it included."""
        return self.turns[: self.turns.index(self.turn) + 1]


def name_of(conversation: str, turn: str) -> str:
    """The id of a kept response."""
    return f"{PREFIX}{conversation}.{turn}"


def new_name() -> str:
    """The id of a response that is not kept."""
    return PREFIX + secrets.token_hex(16)


def load(assistant: Assistant, name: str, owner: str, param: str | None = None) -> Kept:
    """A kept response and what was said before it.

    Raises:
        Refused: 404, there is none of that name, or it is someone else's.
    """
    conversation, _, turn = name.removeprefix(PREFIX).partition(".")
    try:
        if not turn or not name.startswith(PREFIX):
            raise NotFound("no id of a kept response")
        stored = outward_conversation(assistant.store.load_conversation(conversation, owner))
        found = next((each for each in stored.turns if each.id == turn), None)
        if found is None:
            raise NotFound("no such turn")
    except NotFound as error:
        raise Refused(
            f"There is no response {name[:100]}.",
            "Only those that were asked for with store = true are kept.",
            status=404,
            code="response_not_found",
            param=param,
        ) from error
    return Kept(conversation, found, stored.turns)


def continued(kept: Kept) -> list[Earlier]:
    """What was said up to a kept response, to be sent along with the next question."""
    said = []
    for turn in kept.before:
        sent = tuple(part for part in turn.parts if part.digest in turn.message.parts)
        said.append(Earlier("user", turn.message.text, sent))
        if turn.answer is not None:
            said.append(Earlier("assistant", turn.answer.text))
    return said
