"""Judges one text of any length: in units, by the head where its embedder is there, else by the lexicon."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from assistant.errors import MissingLibrary, WeightsError
from assistant.fusion.reconcile import NEUTRAL_BAND
from assistant_sentiment.features import Lexicon, latin_share, lexicon_matrix, units
from assistant_sentiment.head import LABELS, load_head

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

MOST_UNITS: Final = 200
"""Of a longer text so many units, evenly spread, are judged: 12,000 words, about two seconds on two cores."""
LEAST_LATIN_SHARE: Final = 0.5
"""Of the letters: a text with fewer Latin ones is not English."""
SURE_OF_LANGUAGE: Final = 0.5
"""Confidence from which another plugin's word on the language counts."""
JUST_OUTSIDE: Final = NEUTRAL_BAND + 0.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words of one text feel like."""

    label: str
    """negative, neutral or positive: the most probable."""
    valence: float
    """-1..1; within the neutral band of the fusion exactly when the label is neutral."""
    probabilities: tuple[float, float, float]
    """P(negative), P(neutral), P(positive)."""
    method: Literal["head", "lexicon"]
    reliability: float
    """Accuracy of the method's label on held-out lines."""


class WordsJudge:
    """The head, the lexicon, and the embedder they share with the rest of the assistant."""

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[Any] | None]) -> None:
        """`embed` as `Services.embed`: asked on first use, so that loading this loads no model."""
        self._embed = embed
        self._head = load_head()
        self._lexicon = Lexicon()
        self._fits: bool | None = None

    def judge(self, text: str, check: Callable[[], None] = lambda: None) -> Verdict | None:
        """The verdict; None when there are no English words (nor emoji the lexicon knows) to judge.

        A text of several units gets the mean of their probabilities and valences, weighted by their words.

        Args:
            text: any length.
            check: called between steps; may raise to stop.
        """
        share = latin_share(text)
        spelled = self._lexicon.spell(text)
        if share is None and self._lexicon.scores(text)[0] == 0.0:
            return None
        if share is not None and share < LEAST_LATIN_SHARE:
            return None
        found = units(spelled)
        if not found:
            return None
        if len(found) > MOST_UNITS:
            found = [found[int(row)] for row in np.linspace(0, len(found) - 1, MOST_UNITS).round()]
        lexicon = lexicon_matrix(self._lexicon, found)
        check()
        embeddings = self._embeddings(found)
        check()
        weights = np.array([len(unit.split()) for unit in found], dtype=np.float64)
        weights /= weights.sum()
        if embeddings is None:
            table = self._head.lexicon_calibration.probabilities(lexicon[:, 0])
            valence = table[:, 2] - table[:, 0]
        else:
            judged = self._head.judge(found, embeddings, lexicon)
            table, valence = judged.probabilities, judged.valence
        negative, neutral, positive = (float(share) for share in weights @ table)
        label = LABELS[int(np.argmax([negative, neutral, positive]))]
        return Verdict(
            label=label,
            valence=within_band(float(weights @ valence), label),
            probabilities=(negative, neutral, positive),
            method="lexicon" if embeddings is None else "head",
            reliability=self._head.lexicon_reliability if embeddings is None else self._head.reliability,
        )

    def _embeddings(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Embeddings in the head's space, or None when there is no embedder or it is another one."""
        if self._fits is False:
            return None
        try:
            if self._fits is None:
                probes = self._embed(self._head.probes)
                if probes is None:
                    return None
                self._fits = self._head.fits(np.asarray(probes, dtype=np.float32))
                if not self._fits:
                    log.warning(
                        "sentiment: the text embedder is not the one the head was trained with; using the lexicon. "
                        "Use all-minilm-l6-v2, or train a head with scripts/train_sentiment.py."
                    )
                    return None
            vectors = self._embed(texts)
        except (WeightsError, MissingLibrary) as error:
            log.warning("sentiment: no embeddings, using the lexicon: %s", error)
            return None
        return None if vectors is None else np.asarray(vectors, dtype=np.float32)


def may_be_english(language: str, confidence: float) -> bool:
    """False when a confident judgement of the language speaks against English; "" is no judgement."""
    return language in ("", "en") or confidence < SURE_OF_LANGUAGE


def within_band(valence: float, label: str) -> float:
    """The valence moved as little as possible so that it agrees with the label about the neutral band."""
    if label == "neutral":
        return float(np.clip(valence, -NEUTRAL_BAND, NEUTRAL_BAND))
    return float(max(valence, JUST_OUTSIDE) if label == "positive" else min(valence, -JUST_OUTSIDE))
