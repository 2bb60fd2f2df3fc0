"""Chooses the observations that matter for a question: attention of the question over them. Not for judging them.

With a text embedder, weights are the softmax of scaled cosine similarity (dot-product attention, Vaswani et al. 2017);
without one, of the overlap of word stems, rare ones counting more (Sparck Jones 1972).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant.types import Kind, Observation

Embed = Callable[[Sequence[str]], Any]
"""Texts -> [n, dimensions] rows of length 1, or None when there is no embedder."""

TEMPERATURE: Final = 0.1
"""Cosine similarities of short texts lie within about 0.5 of each other; a tenth makes the best stand out."""
WORDLESS: Final = frozenset(
    {
        Kind.IMAGE_FACTS,
        Kind.CONCEPTS,
        Kind.COLOR,
        Kind.FACE,
        Kind.TRANSCRIPT,
        Kind.NO_SPEECH,
        Kind.LANGUAGE,
        Kind.SENTIMENT,
        Kind.VIDEO_FACTS,
    }
)
"""Kinds whose text says little by itself, or what others say too: they are not embedded and weigh by their words only.
All others are, those of other people's plugins too."""

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_STOP = frozenset(
    _WORD.findall(
        "a an the is are was were be been am do does did of in on at to for from with by and or not no it "
        "its this that "
        "these those there here what which who whom whose when where why how many much any some say says "
        "said saying tell "
        "about me you i we they he she him her them my your his their can could would will please picture image photo "
        "video audio recording"
    )
)


@dataclass(frozen=True, slots=True)
class Selected:
    """An observation and how much the question attends to it."""

    observation: Observation
    weight: float
    """Share of the attention, 0-1; the shares of all candidates sum to 1."""
    similarity: float
    """Cosine of the embeddings (-1 to 1), or the share of the question's word weight that it covers (0-1)."""


def stem(word: str) -> str:
    """The word without its English inflection, roughly: "horses" -> "hors", "barking" -> "bark"."""
    word = word.casefold()
    for suffix, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("ly", 4), ("s", 3), ("e", 4), ("y", 4)):
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= least - 1:
            root = word[: -len(suffix)]
            if suffix in ("ing", "ed") and len(root) > 2 and root[-1] == root[-2] and root[-1] not in "lsz":
                root = root[:-1]
            return root
    return word


def stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning; each ideograph of Chinese or Japanese text counts as a word."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if any("\u3040" <= letter <= "\u9fff" for letter in word):
            found.extend(letter for letter in word if "\u3040" <= letter <= "\u9fff")
        elif word not in _STOP:
            found.append(stem(word))
    return tuple(found)


def lexical_similarity(question: str, texts: Sequence[str]) -> list[float]:
    """For each text, the share of the question's words that it has, rare words among the texts counting more; 0-1."""
    asked = set(stems(question))
    documents = [set(stems(text)) for text in texts]
    if not asked:
        return [0.0] * len(texts)
    frequency = Counter(word for document in documents for word in document & asked)
    weight = {word: math.log(1 + (len(texts) + 1) / (1 + frequency[word])) for word in asked}
    total = sum(weight.values())
    return [min(1.0, sum(weight[word] for word in document & asked) / total) for document in documents]


def similarities(question: str, texts: Sequence[str], embed: Embed | None = None) -> list[float]:
    """Similarity of the question to each text: cosine with an embedder, else `lexical_similarity`."""
    if not texts:
        return []
    vectors = embed([question, *texts]) if embed is not None else None
    if vectors is None:
        return lexical_similarity(question, texts)
    return [float(value) for value in vectors[1:] @ vectors[0]]


def softmax(values: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Positive shares that sum to 1 and keep the order of the values; empty of none."""
    if not values:
        return []
    top = max(values)
    powers = [math.exp((value - top) / temperature) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def select(
    question: str,
    observations: Sequence[Observation],
    *,
    embed: Embed | None = None,
    top: int | None = None,
    temperature: float = TEMPERATURE,
) -> tuple[Selected, ...]:
    """The observations that matter for the question, most important first; ties keep the order given.

    Args:
        question: what is asked.
        observations: the candidates.
        embed: as `Services.embed`; called at most once, never with the texts of WORDLESS kinds, with others once.
        top: how many to keep; all when None.
        temperature: smaller attends more sharply; over 0.
    """
    if not observations:
        return ()
    bearing = [seen.kind not in WORDLESS for seen in observations]
    texts = list(dict.fromkeys(seen.text for seen, has_text in zip(observations, bearing, strict=True) if has_text))
    vectors = embed([question, *texts]) if embed is not None and texts and question.strip() else None
    if vectors is None:
        scores = lexical_similarity(question, [seen.text for seen in observations])
    else:
        cosine = {text: float(value) for text, value in zip(texts, vectors[1:] @ vectors[0], strict=True)}
        scores = [cosine[seen.text] if has_text else 0.0 for seen, has_text in zip(observations, bearing, strict=True)]
    shares = softmax(scores, temperature)
    order = sorted(range(len(observations)), key=lambda index: -scores[index])
    return tuple(Selected(observations[index], shares[index], scores[index]) for index in order[:top])
