"""Few-shot examples that a person gives in the conversation: "Example: What is this? Answer: a wug". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.types import Example, Message, Part

# Two patterns, each of which begins at one place: one for the whole would try every blank with every other.
_BEGINNING = re.compile(r"\s*(?:for )?example\s*[:,-]\s*(?:q(?:uestion)?\s*:\s*)?", re.IGNORECASE)
_ANSWER = re.compile(r"\ba(?:nswer)?\s*:|=>|->|→", re.IGNORECASE)


def example_of(text: str) -> tuple[str, str] | None:
    """Question and answer of a message that gives an example; None for any other message."""
    beginning = _BEGINNING.match(text)
    middle = _ANSWER.search(text, beginning.end() + 1) if beginning else None
    if beginning is None or middle is None:
        return None
    question, answer = text[beginning.end() : middle.start()].strip(), text[middle.end() :].strip()
    return (question, answer) if question and answer else None


def examples_of(messages: Sequence[Message], part: Callable[[str], Part | None]) -> tuple[Example, ...]:
    """The examples given in a conversation, oldest first, each with the first part sent with it.

    Args:
        messages: the conversation so far.
        part: looks a part up by its digest.
    """
    given = []
    for message in messages:
        pair = example_of(message.text) if message.role == "user" else None
        if pair is not None:
            given.append(Example(*pair, part=part(message.parts[0]) if message.parts else None))
    return tuple(given)
