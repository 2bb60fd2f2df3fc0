"""Word and character errors of transcripts, counted by jiwer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

BY_CHARACTER: Final = frozenset({"zh", "yue", "ja", "ko", "th", "lo", "my", "km"})
"""Languages whose errors are counted by characters: written without spaces, or (Korean) by the field's custom."""
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
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


def errors(said: str, gold: str, language: str = "", prefix: bool = False) -> Errors:
    """Errors of a transcript; its rate is the WER, or the CER where characters are counted.

    Args:
        said: what was transcribed.
        gold: what was said; "" for nothing.
        language: ISO 639-1 code.
        prefix: the gold is only the beginning: as many words (characters) of the transcript as it has are compared.
    """
    import jiwer

    characters = by_character(language, gold)
    reference, hypothesis = units(gold, characters), units(said, characters)
    if prefix:
        hypothesis = hypothesis[: len(reference)]
    if not reference:
        return Errors(len(hypothesis), 0, characters)
    if not hypothesis:
        return Errors(len(reference), len(reference), characters)
    counted = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    return Errors(counted.substitutions + counted.deletions + counted.insertions, len(reference), characters)
