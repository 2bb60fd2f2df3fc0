"""What is stored and told inside, as JSON objects in the shapes of wire.py. Pure."""

from __future__ import annotations

from typing import Any

from assistant.store.records import Conversation, ConversationInfo, Hit, Turn
from assistant.types import Status


def status_json(status: Status) -> dict[str, Any]:
    """A `wire.Perceiving`."""
    spent = None if status.milliseconds is None else round(status.milliseconds, 1)
    return {
        "perceiver": status.perceiver,
        "part": status.part,
        "name": status.name,
        "state": status.state,
        "milliseconds": spent,
        "reason": status.reason,
    }


def outline_json(turn: Turn, conversation: str) -> dict[str, Any]:
    """A `wire.TurnOutline`."""
    cited = set(turn.answer.citations) if turn.answer else set()
    return {
        "id": turn.id,
        "conversation": conversation,
        "state": turn.state,
        "created": turn.created,
        "updated": turn.updated,
        "question": {"text": turn.message.text, "spoken": turn.spoken},
        "files": list(turn.message.parts),
        "parts": [part.to_json() for part in turn.parts],
        "answer": turn.answer.to_json() if turn.answer else None,
        "streamed": turn.streamed,
        "evidence": [seen.to_json() for seen in turn.observations if seen.id in cited],
        "gaps": [gap.to_json() for gap in turn.gaps],
        "error": dict(turn.error) if turn.error else None,
    }


def turn_json(turn: Turn, conversation: str) -> dict[str, Any]:
    """A `wire.Turn`."""
    return {
        **outline_json(turn, conversation),
        "observations": [seen.to_json() for seen in turn.observations],
        "perceivers": [status_json(status) for status in turn.statuses],
    }


def conversation_json(conversation: Conversation) -> dict[str, Any]:
    """A `wire.Conversation`."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "turns": [outline_json(turn, conversation.id) for turn in conversation.turns],
    }


def info_json(info: ConversationInfo) -> dict[str, Any]:
    """A `wire.ConversationOutline`."""
    return {
        "id": info.id,
        "title": info.title,
        "created": info.created,
        "updated": info.updated,
        "turns": info.turns,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A `wire.Found`."""
    return {
        "conversation": hit.conversation,
        "title": hit.title,
        "turn": hit.turn,
        "kind": hit.kind,
        "observation": hit.observation,
        "snippet": hit.snippet,
        "created": hit.created,
    }
