"""Writes what was said as subtitles, SubRip (srt) and WebVTT. Pure; not for finding out what was said."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant.types import Observation

LINE_WIDTH: Final = 42
"""Columns of a line: the most that common style guides for Latin scripts allow. A wide character takes two."""
LINES: Final = 2
LONGEST_SECONDS: Final = 7.0
"""Of one cue, by the same guides, where the times of words allow to divide it."""
LEAST_SECONDS: Final = 0.001
WIDE: Final = ("W", "F")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown at one time."""

    start: float
    """Seconds."""
    end: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or in scripts without spaces a character or a few, with the space before it."""

    text: str
    start: float
    end: float


def cues(segments: Iterable[Observation]) -> Iterator[Cue]:
    """Cues of at most two lines, in order.

    Args:
        segments: observations of kind `transcript_segment`; those without a span are left out.
    """
    for segment in segments:
        held: list[list[_Piece]] = []
        for piece in _pieces(segment):
            late = bool(held) and piece.end - held[0][0].start > LONGEST_SECONDS
            full = bool(held) and _width("".join(each.text for each in held[-1]).strip() + piece.text) > LINE_WIDTH
            if late or (full and len(held) == LINES):
                yield _cue(held)
                held = [[piece]]
            elif full or not held:
                held.append([piece])
            else:
                held[-1].append(piece)
        if held:
            yield _cue(held)


def srt(segments: Iterable[Observation]) -> str:
    """SubRip: numbered cues, times with a comma; "" for no segments."""
    blocks = []
    for number, cue in enumerate(cues(segments), 1):
        text = "\n".join(cue.lines).replace("-->", "→")  # the one thing that a line of text may not hold
        blocks.append(f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{text}\n")
    return "\n".join(blocks)


def vtt(segments: Iterable[Observation]) -> str:
    """WebVTT (W3C): a header, then cues; what would be taken for a tag is escaped."""
    blocks = ["WEBVTT\n"]
    for cue in cues(segments):
        text = "\n".join(cue.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{text}\n")
    return "\n".join(blocks)


def _cue(held: Sequence[Sequence[_Piece]]) -> Cue:
    start = held[0][0].start
    lines = tuple("".join(piece.text for piece in line).strip() for line in held)
    return Cue(start, max(held[-1][-1].end, start + LEAST_SECONDS), lines)


def _pieces(segment: Observation) -> Iterator[_Piece]:
    """The words of a segment with their times; those of a segment without share its time by their length."""
    if segment.span is None:
        return
    text = " ".join(segment.text.split())
    timed = list(_timed(text, segment.data.get("words") or ()))
    if timed:
        yield from timed
        return
    words = [word if index == 0 else f" {word}" for index, word in enumerate(text.split(" "))]
    words = list(itertools.chain.from_iterable(_divided(word) for word in words if word))
    start, end = segment.span
    done, all_letters = 0, sum(map(len, words))
    for word in words:
        begins, done = done, done + len(word)
        yield _Piece(word, start + (end - start) * begins / all_letters, start + (end - start) * done / all_letters)


def _timed(text: str, words: Sequence[Any]) -> Iterator[_Piece]:
    """The text, divided where its words begin; nothing if they are not the text's."""
    if "".join(str(word["word"]) for word in words).replace(" ", "") != text.replace(" ", ""):
        return
    at = 0
    for word in words:
        spoken = " ".join(str(word["word"]).split())
        found = text.find(spoken, at)
        piece = text[at : found + len(spoken)]
        at = found + len(spoken)
        if piece:
            yield _Piece(piece, float(word["start"]), float(word["end"]))


def _divided(word: str) -> Iterator[str]:
    """A word as it may be broken: anywhere between wide characters."""
    if not any(unicodedata.east_asian_width(character) in WIDE for character in word):
        yield word
        return
    yield from word.strip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in WIDE else 1 for character in text)


def _time(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    minutes, milliseconds = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"
