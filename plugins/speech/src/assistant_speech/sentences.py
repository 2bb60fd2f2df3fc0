"""Cuts a segment into its sentences, so that each has times of its own. Not for finding speech: see windows.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant_speech.heard import Heard, Word

ENDS = tuple(".?!…。？！")
SHORTEST_SECONDS = 0.8
"""A sentence said faster stays with the next one: "Yes. It is." reads better as one line."""
ABBREVIATION_LETTERS = 3
"""A capitalised word of so few letters before a full stop is taken for an abbreviation: Mr., Dr., St., No."""


def sentences(heard: Heard) -> Iterator[Heard]:
    """The segment's sentences, in order; the segment itself if its words have no times."""
    if "".join(word.text for word in heard.words).split() != heard.text.split():
        yield heard
        return
    start = 0
    for index, word in enumerate(heard.words[:-1]):
        if _ends(word) and word.end - heard.words[start].start >= SHORTEST_SECONDS:
            yield _part(heard, heard.words[start : index + 1])
            start = index + 1
    yield _part(heard, heard.words[start:]) if heard.words else heard


def _ends(word: Word) -> bool:
    text = word.text.strip().rstrip("\"'”’)»")
    if not text.endswith(ENDS):
        return False
    bare = text.rstrip("".join(ENDS))
    return not (text.endswith(".") and bare[:1].isupper() and len(bare) <= ABBREVIATION_LETTERS)


def _part(heard: Heard, words: tuple[Word, ...]) -> Heard:
    text = "".join(word.text for word in words)
    return replace(heard, text=text, words=words, start=words[0].start, end=words[-1].end)
