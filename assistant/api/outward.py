"""Turns as clients may read them: without the paths of this server that plugins' troubles tell. Not for errors: see
failures.py.

Whatever leaves over HTTP goes through here, live or stored; what was perceived and answered stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from assistant.api.failures import outside
from assistant.errors import AssistantError
from assistant.store.records import Conversation, Turn
from assistant.types import Answer, Answered, Answering, Delta, Event, Gap, Missed, Status

PATH: Final = re.compile(r"(?:(?<=[\s'\"(=])|^)~?/[\w.-]+/[^\s'\"),;]*")
"""A path of this server within a text."""


async def outward_events(events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
    """The events of a turn. Closing it closes `events`."""
    nobody = False
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Answering):
                nobody = not event.answerer  # then the answer tells why nobody could
            elif isinstance(event, Delta) and nobody:
                event = replace(event, text=without_paths(event.text))
            elif isinstance(event, Missed):
                event = Missed(_gap(event.gap))
            elif isinstance(event, Status):
                event = _status(event)
            elif isinstance(event, Answered):
                event = Answered(_answer(event.answer))
            yield event


def outward_turn(turn: Turn) -> Turn:
    """A stored turn."""
    error = turn.error
    if error is not None:
        message, remedy = outside(AssistantError(error["message"], error.get("remedy", "")))
        error = {"message": message, "remedy": remedy}
    return replace(
        turn,
        answer=None if turn.answer is None else _answer(turn.answer),
        gaps=tuple(map(_gap, turn.gaps)),
        statuses=tuple(map(_status, turn.statuses)),
        error=error,
    )


def outward_conversation(conversation: Conversation) -> Conversation:
    """A stored conversation."""
    return replace(conversation, turns=tuple(map(outward_turn, conversation.turns)))


def without_paths(text: str) -> str:
    """A text about this server, for others than whoever runs it."""
    return PATH.sub("…", text)


def _gap(gap: Gap) -> Gap:
    return replace(gap, message=without_paths(gap.message), remedy=without_paths(gap.remedy))


def _status(status: Status) -> Status:
    return replace(status, reason=without_paths(status.reason)) if status.reason else status


def _answer(answer: Answer) -> Answer:
    return answer if answer.answerer else replace(answer, text=without_paths(answer.text))
