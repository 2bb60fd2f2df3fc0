"""The server-sent events of a turn: names and data. Not for writing them (streaming.py) or for followers (turns.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, Field

from assistant.api import wire
from assistant.api.failures import ErrorResponse
from assistant.api.shapes import status_json
from assistant.api.streaming import MEDIA_TYPE
from assistant.types import (
    Answered,
    Answering,
    Asked,
    Delta,
    Event,
    Missed,
    Observed,
    PartAdded,
    Status,
)


class TurnEvent(wire.TurnStarted):
    """turn: the first one; what is stored already."""


class QuestionEvent(wire.Asked):
    """question: as typed, or now heard."""

    part: str | None = Field(description="The text or audio part it came from.")


class AnsweringEvent(wire.Told):
    """answering: an answerer begins; deltas before this are void."""

    answerer: str


class DeltaEvent(wire.Told):
    """delta: a piece of the answer."""

    text: str


class CitationEvent(wire.Told):
    """citation: the answer rests on this observation."""

    observation: str


class DoneEvent(wire.TurnStarted):
    """done: the last one."""

    milliseconds: float


SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "turn": TurnEvent,
    "part": wire.Part,
    "perceiver": wire.Perceiving,
    "observation": wire.Observation,
    "gap": wire.Gap,
    "question": QuestionEvent,
    "answering": AnsweringEvent,
    "delta": DeltaEvent,
    "citation": CitationEvent,
    "answer": wire.Answer,
    "error": ErrorResponse,
    "done": DoneEvent,
}
"""Name -> what its data is."""


def documented_stream() -> dict[str, Any]:
    """The `content` of a response that is a stream of these, for the OpenAPI document."""
    items = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {
                "id": {"type": "string"},
                "event": {"const": name},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"$ref": f"#/components/schemas/{model.__name__}"},
                },
            },
        }
        for name, model in SCHEMAS.items()
    ]
    return {MEDIA_TYPE: {"itemSchema": {"oneOf": items}}}


def described(event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events that tell of one event inside: name and data."""
    if isinstance(event, Delta):
        if event.text:
            yield "delta", {"text": event.text}
        for each in event.citations:
            yield "citation", {"observation": each}
    elif isinstance(event, PartAdded):
        yield "part", event.part.to_json()
    elif isinstance(event, Status):
        yield "perceiver", status_json(event)
    elif isinstance(event, Observed):
        yield "observation", event.observation.to_json()
    elif isinstance(event, Missed):
        yield "gap", event.gap.to_json()
    elif isinstance(event, Asked):
        asked = event.question
        yield "question", {"text": asked.text, "spoken": asked.spoken, "part": asked.part}
    elif isinstance(event, Answering):
        yield "answering", {"answerer": event.answerer}
    elif isinstance(event, Answered):
        yield "answer", event.answer.to_json()
