"""Conversations in memory, as current as the store: another process may have gone on with them. Not for storing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from assistant.engine import Session
from assistant.store import Store, Turn
from assistant.types import Message

KEPT = 32
"""Conversations kept in memory; older ones are read from the store when they go on."""


class Sessions:
    """The conversations that went on lately. Thread-safe."""

    def __init__(self) -> None:
        """Empty."""
        self._held: OrderedDict[tuple[str, str], tuple[Session, int]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, store: Store, conversation: str, owner: str) -> tuple[Session, int]:
        """The conversation and its version, read from the store unless memory is current. Raises NotFound."""
        version = store.version(conversation, owner)
        with self._guard:
            held = self._held.get((owner, conversation))
            if held is not None and held[1] == version:
                self._held.move_to_end((owner, conversation))
                return held
        stored = store.load_conversation(conversation, owner)
        session = Session()
        fill(session, stored.turns)
        self.put(conversation, owner, session, stored.version)
        return session, stored.version

    def put(self, conversation: str, owner: str, session: Session, version: int) -> None:
        """Keep the conversation, as it is in this version of the store."""
        with self._guard:
            self._held[(owner, conversation)] = session, version
            self._held.move_to_end((owner, conversation))
            while len(self._held) > KEPT:
                self._held.popitem(last=False)

    def forget(self, conversation: str, owner: str) -> None:
        """Free it."""
        with self._guard:
            self._held.pop((owner, conversation), None)


def fill(session: Session, turns: Iterable[Turn]) -> None:
    """Put stored turns into a conversation: its messages become theirs, what was perceived is added."""
    context, messages = session.context, list[Message]()
    for turn in turns:
        for part in turn.parts:
            context.add(part)
        for seen in turn.observations:
            context.add(seen)
        messages.append(turn.message)
        if turn.answer is not None:
            messages.append(Message("assistant", turn.answer.text))
    context.messages[:] = messages
