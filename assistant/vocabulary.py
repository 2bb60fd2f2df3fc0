"""The words by which people ask for observation kinds, found in a question. Not for answering it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from assistant.fusion.select import stem

SAME: Final = "|"
"""Between words that mean the same, in one entry of `Perceiver.asked`."""
LONGEST: Final = 2000
"""Characters of a question that are looked at, from its end: people paste first and ask last."""
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which put no spaces between words."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of a kind, as it stands in a question."""

    kind: str
    entry: str
    """The entry of the vocabulary that it belongs to: one word, or several that mean the same."""
    word: str
    """Which of them."""
    start: int
    """Where it begins in the question, in words from its start, or in letters where there are no spaces."""


@dataclass(frozen=True, slots=True)
class _Found:
    mention: Mention
    end: int
    unspaced: bool
    same: bool
    """Letter by letter, but for case and accents."""

    def outdoes(self, other: _Found) -> bool:
        """Whether it is the better reading of what the other one is found in."""
        start, theirs = self.mention.start, other.mention.start
        if self.unspaced != other.unspaced or not (start <= theirs and other.end <= self.end):
            return False
        return self.end - start > other.end - theirs or (self.same and not other.same)


def mentions(question: str, vocabulary: Mapping[str, tuple[str, ...]]) -> tuple[Mention, ...]:
    """The words of the vocabulary that a question contains.

    Case, accents and English inflection do not matter; a phrase counts where its words stand side by side. A word
    within a longer one of the vocabulary does not count ("clear" in "not clear"), nor one that is only like that of
    the question where another is the same.

    Args:
        question: as it was asked, in any language.
        vocabulary: kind -> entries, as in `Request.vocabulary`.

    Returns:
        In the order of the question; of a word that belongs to several kinds, one for each.
    """
    question = question[-LONGEST:]
    words, letters, exact = _words(question), _letters(question), _words(question, inflected=True)
    found: list[_Found] = []
    for kind, entries in vocabulary.items():
        for entry in entries:
            for word in entry.split(SAME):
                unspaced = _UNSPACED.search(word) is not None
                wanted = _letters(word) if unspaced else _words(word)
                found += [
                    _Found(
                        Mention(kind, entry, word.strip(), start),
                        start + len(wanted),
                        unspaced,
                        unspaced or exact[start : start + len(wanted)] == _words(word, inflected=True),
                    )
                    for start in _places(letters if unspaced else words, wanted)
                ]
    kept = [one.mention for one in found if not any(other.outdoes(one) for other in found)]
    return tuple(sorted(dict.fromkeys(kept), key=lambda one: one.start))


def says(entry: str, text: str) -> bool:
    """Whether a text contains one of the words of an entry."""
    return bool(mentions(text, {"": (entry,)}))


def beside(question: str, entries: tuple[str, ...]) -> tuple[str, ...]:
    """What else a question says: its words that belong to none of the entries, in lower case and without accents; its
    letters, where there are no spaces between words.
    """
    question = question[-LONGEST:]
    unspaced = _UNSPACED.search(question) is not None
    rest: list[str | None] = list(_letters(question) if unspaced else _words(question, inflected=True))
    for one in mentions(question, {"": entries}):
        if (_UNSPACED.search(one.word) is not None) == unspaced:
            size = len(_letters(one.word) if unspaced else _words(one.word))
            rest[one.start : one.start + size] = [None] * size
    return tuple(word for word in rest if word is not None and any(letter.isalnum() for letter in word))


def _places(within: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    size = len(wanted)
    if not size:
        return []
    return [start for start in range(len(within) - size + 1) if within[start : start + size] == wanted]


@lru_cache(maxsize=4096)
def _words(text: str, *, inflected: bool = False) -> tuple[str, ...]:
    """The words, folded, and without inflection unless that is wanted."""
    return tuple(word if inflected else _root(word) for word in re.findall(r"[^\W_]+", _folded(text)))


@lru_cache(maxsize=4096)
def _letters(text: str) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", "", _folded(text)))


def _folded(text: str) -> str:
    """Lower case, without accents and compatibility forms."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)


def _root(word: str) -> str:
    """One form for "blur", "blurs", "blurry", "blurred" and "blurring"."""
    root = stem(word)
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sz" else root
