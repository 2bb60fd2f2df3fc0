"""The trained head: from embedding, words and lexicon to valence and class probabilities, with numpy only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant_sentiment.features import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABELS: Final = ("negative", "neutral", "positive")
DATA: Final = "data/words_head.safetensors"
"""Trained by scripts/train_sentiment.py; described in data/words_head.md."""
SMALLEST_LOG_PROBABILITY: Final = float(np.log(1e-6))
"""So that one network that is quite sure cannot outvote the others without limit."""
SAME_SPACE: Final = 0.98
"""Least cosine between the probe sentences' embeddings at training and now for the head to be usable."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Class probabilities from a valence: a proportional-odds (ordinal logistic) model fitted on held-out lines."""

    slope: float
    low: float
    """Valence at which negative is as likely as not negative."""
    high: float
    """Valence at which positive is as likely as not positive."""

    def probabilities(self, valence: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """[n, 3]: P(negative), P(neutral), P(positive), rows sum to 1."""
        negative = _logistic(self.slope * (self.low - valence))
        positive = _logistic(self.slope * (valence - self.high))
        # The two curves cannot cross while low <= high; clipping only guards against rounding.
        neutral = np.clip(1.0 - negative - positive, 0.0, 1.0)
        table = np.stack([negative, neutral, positive], axis=1)
        return np.asarray(table / table.sum(1, keepdims=True), dtype=np.float64)


def log_softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Logarithm of the softmax over the last axis."""
    shifted = logits - logits.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), dtype=np.float64)


def valence_inputs(evidence: NDArray[np.float64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, 3]: the linear score, the networks' log-odds of positive to negative, and P(positive) - P(negative)."""
    return np.stack(
        [evidence[:, 0], evidence[:, 6] - evidence[:, 4], probabilities[:, 2] - probabilities[:, 0]], axis=1
    )


def _logistic(value: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -60, 60))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the head says of n texts."""

    valence: NDArray[np.float64]
    """[n] in -1..1: the mean rating that readers would give, over 4."""
    probabilities: NDArray[np.float64]
    """[n, 3]: of LABELS; rows sum to 1."""


@dataclass(frozen=True, slots=True)
class Head:
    """A linear member (embedding, lexicon, words) says how strong, small networks (embedding, lexicon) which class.

    Two small readouts, fitted on lines that the members never saw, turn what both say into valence and probabilities.
    """

    vocabulary: dict[str, int]
    """Word -> row of `inverse_frequency` and `word_weights`."""
    inverse_frequency: NDArray[np.float32]
    """[words]: rarity of each word among the training lines (smoothed idf)."""
    word_weights: NDArray[np.float32]
    """[words]"""
    linear: NDArray[np.float32]
    """[embedding + lexicon]"""
    bias: NDArray[np.float32]
    """[1]"""
    hidden: NDArray[np.float32]
    """[networks, embedding + lexicon, units], inputs standardised into the weights."""
    hidden_bias: NDArray[np.float32]
    """[networks, units]"""
    output: NDArray[np.float32]
    """[networks, units, 3]"""
    output_bias: NDArray[np.float32]
    """[networks, 3]"""
    class_readout: NDArray[np.float32]
    """[evidence, 3]"""
    class_bias: NDArray[np.float32]
    """[3]"""
    valence_readout: NDArray[np.float32]
    """[3]: of the linear score, the networks' log-odds, and P(positive) - P(negative)."""
    valence_bias: NDArray[np.float32]
    """[1]"""
    probes: tuple[str, ...]
    """Sentences whose embeddings tell whether today's embedder is the one of the training."""
    probe_vectors: NDArray[np.float32]
    """[probes, embedding]"""
    reliability: float
    """Accuracy of the three classes on the held-out lines, mean over the sources."""
    lexicon_calibration: Calibration
    """For the lexicon's compound score alone."""
    lexicon_reliability: float

    def judge(self, texts: Sequence[str], embeddings: NDArray[np.float32], lexicon: NDArray[np.float32]) -> Judgement:
        """Valence and class probabilities.

        Args:
            texts: n texts with emoji spelled out.
            embeddings: [n, dimensions] of the same texts.
            lexicon: [n, 4] features.LEXICON_FEATURES of them.
        """
        evidence = self.evidence(texts, embeddings, lexicon)
        probabilities = np.exp(log_softmax(evidence @ self.class_readout + self.class_bias))
        valence = valence_inputs(evidence, probabilities) @ self.valence_readout + self.valence_bias
        return Judgement(np.clip(valence, -1.0, 1.0), probabilities)

    def evidence(
        self, texts: Sequence[str], embeddings: NDArray[np.float32], lexicon: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """[n, 7]: linear score, its size, VADER's compound score, its size, the networks' three log-probabilities."""
        inputs = np.concatenate([embeddings, lexicon], axis=1).astype(np.float64)
        score = inputs @ self.linear + self.bias + np.array([self._word_score(text) for text in texts])
        hidden = np.maximum(np.einsum("nd,kdh->nkh", inputs, self.hidden) + self.hidden_bias, 0.0)
        logits = np.einsum("nkh,khc->nkc", hidden, self.output) + self.output_bias
        classes = log_softmax(np.maximum(log_softmax(logits), SMALLEST_LOG_PROBABILITY).mean(1))
        compound = lexicon[:, 0].astype(np.float64)
        return np.concatenate([np.stack([score, np.abs(score), compound, np.abs(compound)], axis=1), classes], axis=1)

    def _word_score(self, text: str) -> float:
        """The words' share of the linear member: (1 + ln tf) idf, scaled to length 1, times the weights."""
        counts = Counter(row for word in words(text) if (row := self.vocabulary.get(word)) is not None)
        if not counts:
            return 0.0
        rows = np.fromiter(counts, dtype=np.intp)
        values = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64))) * self.inverse_frequency[rows]
        return float(values @ self.word_weights[rows] / np.linalg.norm(values))

    def fits(self, probe_vectors: NDArray[np.float32]) -> bool:
        """Whether embeddings of `probes` made now are those the head was trained on."""
        if probe_vectors.shape != self.probe_vectors.shape:
            return False
        return bool((probe_vectors * self.probe_vectors).sum(1).min() >= SAME_SPACE)


def from_tensors(tensors: dict[str, NDArray[Any]], facts: dict[str, Any]) -> Head:
    """A head from the tensors and facts that `scripts/train_sentiment.py` writes."""
    vocabulary = tensors["vocabulary"].tobytes().decode("utf-8").split("\n")
    single = {key: np.asarray(value, dtype=np.float32) for key, value in tensors.items() if key != "vocabulary"}
    return Head(
        vocabulary={word: row for row, word in enumerate(vocabulary)},
        probes=tuple(facts["probes"]),
        reliability=float(facts["reliability"]),
        lexicon_calibration=Calibration(**facts["lexicon_calibration"]),
        lexicon_reliability=float(facts["lexicon_reliability"]),
        **single,
    )


def load_head() -> Head:
    """The head that this package ships."""
    from safetensors import safe_open

    with (
        resources.as_file(resources.files("assistant_sentiment").joinpath(DATA)) as file,
        safe_open(file, framework="numpy") as opened,
    ):
        tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 (not a mapping)
        facts = json.loads(opened.metadata()["facts"])
    return from_tensors(tensors, facts)
