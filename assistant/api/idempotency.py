"""Questions that arrive twice, because a client lost its connection and sends again: told by their Idempotency-Key.

Kept in memory, so a restart forgets them. Not for answering: see asking.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from fastapi import Request

from assistant.api.failures import Refused
from assistant.api.uploads import Sent
from assistant.engine import Upload

KEYS_KEPT: Final = 4096
"""Of all callers together."""
BLOCK: Final = 2**20


@dataclass(frozen=True)
class _Known:
    """What was asked under an idempotency key."""

    fingerprint: str
    turn: str


class Keys:
    """What was asked under which idempotency key, by owner and conversation."""

    def __init__(self) -> None:
        """None is known."""
        self._known: OrderedDict[tuple[str, str, str], _Known] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def lock(self, owner: str, conversation: str, key: str) -> asyncio.Lock:
        """Held while a question is begun, so that the same one sent twice at once is begun once."""
        return self._locks.setdefault((owner, conversation, key), asyncio.Lock())

    def find(self, owner: str, conversation: str, key: str, fingerprint: str) -> str | None:
        """The turn that was begun under the key; None for a new key.

        Raises:
            Refused: 422, something else was asked under this key.
        """
        known = self._known.get((owner, conversation, key))
        if known is None:
            return None
        if known.fingerprint != fingerprint:
            raise Refused(
                "Something else was asked with this Idempotency-Key.",
                "Use a new key for each question.",
                status=422,
                code="idempotency_key_reused",
                param="Idempotency-Key",
            )
        return known.turn

    def remember(self, owner: str, conversation: str, key: str, fingerprint: str, turn: str) -> None:
        """Remember what was begun."""
        self._known[(owner, conversation, key)] = _Known(fingerprint, turn)
        while len(self._known) > KEYS_KEPT:
            self._known.popitem(last=False)


async def keys_of(request: Request) -> Keys:
    """The keys known to this application."""
    state = request.app.state
    if not hasattr(state, "idempotency"):
        state.idempotency = Keys()
    found: Keys = state.idempotency
    return found


def fingerprint(sent: Sent) -> str:
    """What tells one question from another."""
    told = hashlib.sha256(json.dumps(sent.question.model_dump(mode="json"), sort_keys=True).encode())
    for upload in sent.uploads:
        if isinstance(upload, Upload):
            told.update(_digest(upload.content))
        else:
            told.update(upload.digest.encode())
    return told.hexdigest()


def _digest(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest()
    told = hashlib.sha256()
    with content.open("rb") as file:
        while piece := file.read(BLOCK):
            told.update(piece)
    return told.digest()
