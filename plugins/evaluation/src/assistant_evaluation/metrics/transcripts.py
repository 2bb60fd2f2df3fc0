"""Word and character errors of transcripts, counted by jiwer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

BY_CHARACTER: Final = frozenset({"zh", "yue", "ja", "ko", "th", "lo", "my", "km"})
"""Languages whose errors are counted by characters: written without spaces, or (Korean) by the field's custom."""
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
PREFIX_LENGTHS: Final = (0.8, 1.2)
SPACE: Final = "\u2423"
SEPARATOR_CATEGORIES: Final = ("P", "S", "Z", "C")


def plain(text: str) -> str:
    """NFKC, lower case, marks of punctuation and symbols to spaces, single spaces; apostrophes within words stay."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    kept = re.sub(r"(?<=\w)'(?=\w)", "\ue000", folded)
    spaced = (
        " " if character != "\ue000" and unicodedata.category(character)[0] in SEPARATOR_CATEGORIES else character
        for character in kept
    )
    return " ".join("".join(spaced).replace("\ue000", "'").split())


def by_character(language: str, gold: str) -> bool:
    """Whether errors are counted by characters: by the language, or by the gold's script if it names none."""
    return language in BY_CHARACTER if language else UNSPACED.search(gold) is not None


def units(text: str, characters: bool) -> list[str]:
    """The words, or the characters without spaces, of a text."""
    normal = plain(text)
    return list(normal.replace(" ", "")) if characters else normal.split()


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of one transcript."""

    errors: int
    """Substitutions, deletions and insertions."""
    units: int
    """Words or characters of the gold."""
    characters: bool


def errors(said: str, gold: str, language: str = "", *, prefix: bool = False, characters: bool = False) -> Errors:
    """Errors of a transcript; its rate is the WER, or the CER where characters are counted.

    Args:
        said: what was transcribed.
        gold: what was said; "" for nothing.
        language: ISO 639-1 code.
        prefix: the gold is only the beginning: the beginning of the transcript that fits it best is compared, of 0.8
            to 1.2 times its length.
        characters: count characters whatever the language, as they are written: of their differences only those of
            white space are forgiven.
    """
    if characters:
        return _counted(list(_written(gold)), list(_written(said)), characters=True, prefix=prefix)
    by_unit = by_character(language, gold)
    return _counted(units(gold, by_unit), units(said, by_unit), characters=by_unit, prefix=prefix)


def _written(text: str) -> str:
    """Single spaces, shown by a mark of their own: jiwer takes spaces for the ends of words."""
    return unicodedata.normalize("NFC", " ".join(text.split())).replace(" ", SPACE)


def _counted(reference: list[str], hypothesis: list[str], *, characters: bool, prefix: bool) -> Errors:
    if not reference:
        return Errors(len(hypothesis), 0, characters)
    if not hypothesis:
        return Errors(len(reference), len(reference), characters)
    shortest, longest = (int(share * len(reference)) for share in PREFIX_LENGTHS)
    ends = range(max(1, shortest), longest + 1) if prefix else (len(hypothesis),)
    return Errors(min(_distance(reference, hypothesis[:end]) for end in ends), len(reference), characters)


def _distance(reference: list[str], hypothesis: list[str]) -> int:
    import jiwer

    counted = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    return int(counted.substitutions + counted.deletions + counted.insertions)
