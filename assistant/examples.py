"""Few-shot examples that a person gives in the conversation: "Example: What is this? Answer: a wug". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.types import Example, Message, Part

_EXAMPLE = re.compile(
    r"\s*(?:for )?example\s*[:,-]\s*(?:q(?:uestion)?\s*:\s*)?(?P<question>.+?)"
    r"\s*(?:\ba(?:nswer)?\s*:|=>|->|→)\s*(?P<answer>.+)",
    re.IGNORECASE | re.DOTALL,
)


def example_of(text: str) -> tuple[str, str] | None:
    """Question and answer of a message that gives an example; None for any other message."""
    found = _EXAMPLE.fullmatch(text)
    return (found["question"].strip(), found["answer"].strip()) if found else None


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
