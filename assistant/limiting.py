"""Ends an answer where the caller wants it to end: at a stop text or after so many tokens. Pure."""

from __future__ import annotations

import re
from typing import Final

from assistant.types import Finish, Sampling

TOKEN: Final = re.compile(r"[㐀-䶿一-鿿぀-ヿ가-힯]|[^\W㐀-䶿一-鿿぀-ヿ가-힯]{1,6}|[^\w\s]")
"""What is counted as one token where no model counts: up to six letters of a word, a Chinese, Japanese or Korean
character, a sign. English text has about as many of them as a byte-pair vocabulary of 100,000 gives."""

KEPT: Final = frozenset({"stop", "max_tokens"})
"""Fields of `Sampling` that are kept whoever answers: what the answerer does not apply itself, `Limit` does."""


def count_tokens(text: str) -> int:
    """Tokens of a text, roughly: for answers and prompts that no model's tokenizer counted."""
    return sum(1 for _ in TOKEN.finditer(text))


class Limit:
    """Takes the pieces of one answer and hands out what may be shown."""

    def __init__(self, sampling: Sampling, kept_by_answerer: frozenset[str] = frozenset()) -> None:
        """`kept_by_answerer` names the fields of `sampling` that the answerer applies itself."""
        self._stop = () if "stop" in kept_by_answerer else tuple(filter(None, sampling.stop))
        self._left = None if "max_tokens" in kept_by_answerer else sampling.max_tokens
        self._held = ""
        self.finish: Finish | None = None
        """Why no more is shown; None while the answer goes on."""

    def take(self, piece: str) -> str:
        """What may be shown now: the end is held back as long as a stop text may begin in it."""
        if self.finish is not None:
            return ""
        text = self._held + piece
        found = [at for at in (text.find(stop) for stop in self._stop) if at >= 0]
        if found:
            self._held = ""
            shown = self._counted(text[: min(found)])
            self.finish = self.finish or "stop"
            return shown
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return self._counted(text[: len(text) - keep])

    def rest(self) -> str:
        """What was held back, once the answer has ended by itself."""
        held, self._held = self._held, ""
        return "" if self.finish is not None else self._counted(held)

    def _counted(self, text: str) -> str:
        if self._left is None:
            return text
        end = 0
        for token in TOKEN.finditer(text):
            if self._left == 0:
                self.finish = "length"
                return text[:end]
            self._left -= 1
            end = token.end()
        return text


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of the text are the beginning of the stop text."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if stop.startswith(text[-length:]):
            return length
    return 0
