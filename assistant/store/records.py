"""What the store hands out, and how values lie in it as JSON. Not for reading or writing the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from assistant.types import Answer, Gap, Message, Observation, Part, Status

TITLE_CHARACTERS: Final = 80

TurnState: TypeAlias = Literal["running", "done", "stopped", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """One line of the list of conversations."""

    id: str
    title: str
    created: float
    """Seconds since the epoch."""
    updated: float
    turns: int
    activity: int
    """Where it stands in the list: the higher, the later it went on. To go on listing, list what is before it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn that was begun or taken up again."""

    id: str
    version: int
    """Of the conversation, this beginning counted."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an owner has stored."""

    files: int
    bytes: int
    """Of the files; the same file in several conversations counts once."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found in the conversations."""

    conversation: str
    title: str
    turn: str
    kind: str
    """question, answer, or the kind of the observation."""
    observation: str | None
    """Its id, if it is one."""
    snippet: str
    """What was found with some text around it."""
    created: float
    """When the turn began, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it."""

    id: str
    """What others call it; cannot be guessed."""
    message: Message
    spoken: bool
    """Whether the question was heard rather than typed."""
    answer: Answer | None
    parts: tuple[Part, ...]
    observations: tuple[Observation, ...]
    gaps: tuple[Gap, ...]
    statuses: tuple[Status, ...]
    state: TurnState
    """running: in a process that lives; interrupted: its process ended before it did."""
    created: float
    """Seconds since the epoch."""
    updated: float
    """When it was stored last."""
    streamed: str = ""
    """What was written of an answer that never became whole."""
    error: Mapping[str, str] | None = None
    """message and remedy of what ended it, if that is why it failed."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation."""

    id: str
    title: str
    turns: tuple[Turn, ...]
    version: int
    """Grows with every turn that begins or ends."""


def shortened(title: str) -> str:
    """A title of bounded length that any database takes."""
    text = title.encode("utf-8", "replace").decode().replace("\0", "")
    return text if len(text) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1] + "…"


def title_of(message: Message, parts: Iterable[Part]) -> str:
    """What a conversation is called that begins like this: the question, else the files' names."""
    return shortened(" ".join(message.text.split()) or ", ".join(part.name for part in parts))


def part_from(value: Mapping[str, Any], content: Path) -> Part:
    """The inverse of `Part.to_json`, with the bytes in a file."""
    span = value["span"]
    return Part(
        value["modality"],
        value["digest"],
        value["name"],
        value["media_type"],
        content,
        value["facts"],
        value["parent"],
        (span[0], span[1]) if span else None,
    )


def message_json(message: Message, *, spoken: bool = False) -> dict[str, Any]:
    """A message."""
    return {"role": message.role, "text": message.text, "parts": list(message.parts), "spoken": spoken}


def message_from(value: Mapping[str, Any]) -> Message:
    """The inverse of `message_json`."""
    return Message(value["role"], value["text"], tuple(value["parts"]))


def status_json(status: Status) -> dict[str, Any]:
    """A status."""
    return asdict(status)


def answer_from(value: Mapping[str, Any] | None) -> Answer | None:
    """The inverse of `Answer.to_json`; None for none."""
    if not value:
        return None
    tokens = value.get("tokens")
    return Answer(**{**value, "citations": tuple(value["citations"]), "tokens": tuple(tokens) if tokens else None})
