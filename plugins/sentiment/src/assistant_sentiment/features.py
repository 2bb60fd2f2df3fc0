"""What the sentiment head looks at in a text beside its embedding: words, and the VADER lexicon. No learned numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)*|[!?]+|[:;=]-?[()dp/]")
"""Words with their apostrophes, runs of ! and ?, and simple emoticons, in lower case."""
LEXICON_FEATURES: Final = ("compound", "pos", "neg", "neu")
"""What VADER says of a text: overall -1..1, and the shares of positive, negative and neutral weight 0..1."""
SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
UNIT_WORDS: Final = 60
"""Sentences are judged together up to so many words: 99.9 % of the rated lines are no longer."""


class Lexicon:
    """The VADER lexicon and rules (English), as features and for spelling out emoji."""

    def __init__(self) -> None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        self._analyzer: Any = SentimentIntensityAnalyzer()
        self._emoji: dict[str, str] = self._analyzer.emojis

    def scores(self, text: str) -> tuple[float, ...]:
        """LEXICON_FEATURES of the text."""
        scores = self._analyzer.polarity_scores(text)
        return tuple(float(scores[key]) for key in LEXICON_FEATURES)

    def spell(self, text: str) -> str:
        """The text with each emoji written out ("grinning face"), which is all a word model can read of it."""
        if text.isascii():
            return text
        spelled = "".join(f" {self._emoji[sign]} " if sign in self._emoji else sign for sign in text)
        return " ".join(spelled.split())


def words(text: str) -> list[str]:
    """The words of a text as the head counts them."""
    return WORD.findall(text.lower().replace("’", "'"))


def units(text: str, most_words: int = UNIT_WORDS) -> list[str]:
    """The text cut into runs of whole sentences of at most `most_words` words; a longer sentence is cut by words."""
    found: list[str] = []
    for sentence in SENTENCE_END.split(text):
        tokens = sentence.split()
        pieces = [tokens[at : at + most_words] for at in range(0, len(tokens), most_words)]
        for piece in pieces:
            if found and len(found[-1].split()) + len(piece) <= most_words:
                found[-1] += " " + " ".join(piece)
            else:
                found.append(" ".join(piece))
    return found


def latin_share(text: str) -> float | None:
    """Share of Latin letters among the letters, 0-1; None when there are no letters."""
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return None
    return sum(sign.isascii() or unicodedata.name(sign, "").startswith("LATIN") for sign in letters) / len(letters)


def lexicon_matrix(lexicon: Lexicon, texts: Sequence[str]) -> NDArray[np.float32]:
    """[n, 4]: LEXICON_FEATURES of each text."""
    return np.array([lexicon.scores(text) for text in texts], dtype=np.float32).reshape(-1, len(LEXICON_FEATURES))
