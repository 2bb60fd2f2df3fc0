"""Trains the sentiment head that plugins/sentiment ships, and writes its model card.

    python scripts/train_sentiment.py ../shared/data/sentiment

Needs the text and sentiment plugins, the weights all-minilm-l6-v2 (or --embedder DIRECTORY) and scikit-learn; takes
about two minutes on two cores, most of it embedding 25,000 lines (kept in --cache when given). The same data, seed and
library versions give the same head.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant_sentiment.features import LEXICON_FEATURES, Lexicon, lexicon_matrix, words
from assistant_sentiment.head import DATA, Calibration, from_tensors, valence_inputs
from assistant_sentiment.measuring import (
    SOURCES,
    Line,
    by_source,
    calibration_error,
    classes,
    read_lines,
)

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugins/sentiment"
PACKAGE = PLUGIN / "src/assistant_sentiment"

SEED = 20
LEAST_LINES = 3
"""A word must be in so many training lines to count."""
RIDGE = 2.0
"""Penalty of the linear member: the better of 2 and 4 on the calibration lines."""
NETWORKS, UNITS = 3, 48
NETWORK_PENALTY = 1.0
"""The best of 1, 3, 10 on the calibration lines."""
READOUT_STRENGTH = 1.0
"""Inverse penalty of the class readout; that of the valence readout is a tenth."""
NEUTRAL_COPIES = 1500
"""Filled-in neutral templates added to the training lines, rated 0."""
NEUTRAL_SOURCE = "neutral"
PROBES = ("What a wonderful day!", "The service was slow and rude.", "The bus stops at the corner.")

FILL = {
    "thing": "car dog cup table bicycle chair book train clock phone laptop bottle plane boat horse door "
    "window lamp apple truck sign bag tree cake elephant".split(),
    "place": ["kitchen", "street", "park", "garden", "station", "living room", "office", "harbour", "field", "library"],
    "person": ["man", "woman", "girl", "boy", "driver", "child", "player", "teacher"],
    "colour": ["red", "blue", "green", "white", "black", "yellow", "brown"],
    "number": ["two", "three", "four", "nine", "ten", "12", "25", "seven"],
}


@dataclass(frozen=True)
class Table:
    """Lines and what the head sees of them."""

    lines: list[Line]
    texts: list[str]
    embeddings: NDArray[np.float32]
    lexicon: NDArray[np.float32]

    def side(self, name: str) -> Table:
        """The lines on one side of the split."""
        rows = [index for index, line in enumerate(self.lines) if line.side == name]
        return Table(
            [self.lines[row] for row in rows],
            [self.texts[row] for row in rows],
            self.embeddings[rows],
            self.lexicon[rows],
        )

    @property
    def gold(self) -> NDArray[np.float64]:
        """[n] valences of the raters."""
        return np.array([line.valence for line in self.lines])

    @property
    def inputs(self) -> NDArray[np.float64]:
        """[n, embedding + lexicon]"""
        return np.concatenate([self.embeddings, self.lexicon], axis=1).astype(np.float64)


def templates(file: Path) -> list[str]:
    """The lines of a file of neutral sentences, comments left out."""
    return [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def neutral_lines() -> list[Line]:
    """Neutral templates filled in at random, without repetition, each template as often as another."""
    chance = random.Random(SEED)
    patterns = templates(PLUGIN / "training/neutral_train.txt")
    found: dict[str, Line] = {}
    for turn in range(NEUTRAL_COPIES * 4):
        pattern = patterns[turn % len(patterns)]
        filled = pattern
        for slot, choices in FILL.items():
            while "{" + slot + "}" in filled:
                filled = filled.replace("{" + slot + "}", chance.choice(choices), 1)
        # Half without capital and full stop, as speech recognisers and hurried people write.
        if chance.random() < 0.5:
            filled = filled.lower().rstrip(".")
        found.setdefault(filled, Line(NEUTRAL_SOURCE, pattern, filled, 0.0))
        if len(found) == NEUTRAL_COPIES:
            break
    return list(found.values())


def embed(texts: Sequence[str], directory: Path, cache: Path | None) -> NDArray[np.float32]:
    """Embeddings by the text plugin, from the cache if it holds exactly these texts."""
    key = np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)
    if cache and cache.is_file():
        with np.load(cache, allow_pickle=False) as kept:
            if np.array_equal(kept["key"], key):
                return np.asarray(kept["embeddings"])
    from assistant.testing import FakeServices
    from assistant_text import TextEmbedder
    from assistant_text.embedder import EmbedderOptions

    embedder = TextEmbedder()
    embedder.load(FakeServices(options=EmbedderOptions(model=str(directory)), threads=2))
    rows = []
    for at in range(0, len(texts), 1024):
        rows.append(embedder.embed(texts[at : at + 1024]))
        sys.stderr.write(f"\rembedded {min(at + 1024, len(texts))} of {len(texts)}")
    sys.stderr.write("\n")
    embeddings = np.concatenate(rows)
    if cache:
        np.savez(cache, key=key, embeddings=embeddings)
    return embeddings


def starter_weights() -> Path:
    """The directory of all-minilm-l6-v2 on this machine."""
    from assistant.settings import Settings
    from assistant.weights import Weights
    from assistant_text import ALL_MINILM_L6_V2

    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    weights.add(ALL_MINILM_L6_V2)
    return weights.where(ALL_MINILM_L6_V2.name)


def fit_words(train: Table) -> dict[str, NDArray[Any]]:
    """The linear member: ridge regression on embedding, lexicon and tf-idf of the words."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    vectorizer = TfidfVectorizer(analyzer=words, min_df=LEAST_LINES, sublinear_tf=True)
    counted = vectorizer.fit_transform(train.texts)
    features = sparse.hstack([counted, sparse.csr_matrix(train.inputs)]).tocsr()
    ridge = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-6, random_state=SEED).fit(features, train.gold)
    split = counted.shape[1]
    return {
        "vocabulary": np.frombuffer("\n".join(vectorizer.get_feature_names_out()).encode(), dtype=np.uint8),
        "inverse_frequency": vectorizer.idf_.astype(np.float16),
        "word_weights": ridge.coef_[:split].astype(np.float16),
        "linear": ridge.coef_[split:].astype(np.float32),
        "bias": np.array([ridge.intercept_], dtype=np.float32),
    }


def alike(table: Table) -> NDArray[np.float64]:
    """[n] weights, mean 1, that make every source count alike, so that no source's habits decide what is neutral."""
    names = np.array([line.source for line in table.lines])
    weight = np.zeros(len(names))
    for name in set(names):
        weight[names == name] = 1 / (names == name).sum()
    return np.asarray(weight / weight.mean())


def fit_networks(train: Table) -> dict[str, NDArray[Any]]:
    """The other member: small classifiers on embedding and lexicon that differ in their start; early stopping."""
    from sklearn.neural_network import MLPClassifier

    # One dimension of the embedding is all but constant: standardised, its rounding errors would become evidence.
    mean, scale = train.inputs.mean(0), np.maximum(train.inputs.std(0), 1e-3)
    standard = (train.inputs - mean) / scale
    hidden, hidden_bias, output, output_bias = [], [], [], []
    for number in range(NETWORKS):
        network = MLPClassifier(
            hidden_layer_sizes=(UNITS,),
            alpha=NETWORK_PENALTY,
            early_stopping=True,
            n_iter_no_change=4,
            max_iter=40,
            batch_size=256,
            learning_rate_init=1e-3,
            random_state=SEED + number,
        ).fit(standard, classes(train.gold), sample_weight=alike(train))
        weights = network.coefs_[0] / scale[:, None]
        hidden.append(weights)
        hidden_bias.append(network.intercepts_[0] - mean @ weights)
        output.append(network.coefs_[1])
        output_bias.append(network.intercepts_[1])
    return {
        "hidden": np.array(hidden, dtype=np.float16),
        "hidden_bias": np.array(hidden_bias, dtype=np.float32),
        "output": np.array(output, dtype=np.float32),
        "output_bias": np.array(output_bias, dtype=np.float32),
    }


def fit_readouts(tensors: dict[str, NDArray[Any]], facts: dict[str, Any], middle: Table) -> dict[str, NDArray[Any]]:
    """The two readouts, on lines that the members never saw: this is what calibrates the probabilities."""
    from sklearn.linear_model import LogisticRegression, Ridge

    empty = {
        "class_readout": np.zeros((7, 3)),
        "class_bias": np.zeros(3),
        "valence_readout": np.zeros(3),
        "valence_bias": np.zeros(1),
    }
    draft = from_tensors({**tensors, **empty}, facts)
    evidence = draft.evidence(middle.texts, middle.embeddings, middle.lexicon)
    chooser = LogisticRegression(C=READOUT_STRENGTH, max_iter=2000)
    chooser.fit(evidence, classes(middle.gold), sample_weight=alike(middle))
    published = [row for row, line in enumerate(middle.lines) if line.source != NEUTRAL_SOURCE]
    inputs = valence_inputs(evidence, chooser.predict_proba(evidence))
    ridge = Ridge(alpha=0.1).fit(inputs[published], middle.gold[published])
    return {
        "class_readout": chooser.coef_.T.astype(np.float32),
        "class_bias": chooser.intercept_.astype(np.float32),
        "valence_readout": ridge.coef_.astype(np.float32),
        "valence_bias": np.array([ridge.intercept_], dtype=np.float32),
    }


def calibrate(table: Table, valence: NDArray[np.float64]) -> Calibration:
    """Proportional odds by maximum likelihood, every source counting alike: how the lexicon's score is read."""
    from scipy.optimize import minimize

    gold, weight = classes(table.gold), alike(table)

    def loss(parameters: NDArray[np.float64]) -> float:
        slope, middle, width = parameters
        model = Calibration(float(np.exp(slope)), float(middle - np.exp(width)), float(middle + np.exp(width)))
        return -float((weight * np.log(model.probabilities(valence)[np.arange(len(gold)), gold] + 1e-9)).sum())

    slope, middle, width = minimize(loss, np.array([2.0, 0.0, -2.0]), method="Nelder-Mead").x
    return Calibration(
        round(float(np.exp(slope)), 4), round(float(middle - np.exp(width)), 4), round(float(middle + np.exp(width)), 4)
    )


def accuracy_by_source(table: Table, said: NDArray[np.intp]) -> float:
    """Accuracy of the three classes, mean over the published sources."""
    return by_source(table.lines, np.zeros(len(table.lines)), said)["mean"]["accuracy"]


def card(report: dict[str, Any]) -> str:
    """The model card, in Markdown."""

    def row(name: str, head: dict[str, float], vader: dict[str, float]) -> str:
        cells = [f"{head[key]:.3f} / {vader[key]:.3f}" for key in ("pearson", "polarity", "accuracy", "macro_f1")]
        return f"| {name} | {int(head['lines'])} | " + " | ".join(cells) + " |"

    names = (*SOURCES.values(), "all", "mean")
    table = "\n".join(row(name, report["head"][name], report["vader"][name]) for name in names)
    neutral, lines = report["neutral"], int(report["head"]["all"]["lines"])
    return f"""# words_head.safetensors: sentiment of English words

Valence (-1 to 1) and the probabilities of negative, neutral and positive for one or a few English sentences.

**Form.** Two members and two readouts. The linear member (ridge) reads the all-MiniLM-L6-v2 sentence embedding
(384), four VADER scores, and tf-idf of {report["words"]} words; the other member is the mean of {NETWORKS} three-class
networks with {UNITS} hidden units over embedding and VADER scores. A logistic readout turns what both say into class
probabilities, a linear one into valence; they are fitted on lines that the members never saw, each source counting
alike, which also calibrates them. {report["bytes"] // 1024} KiB, read with numpy.

**Data.** The rated lines published with VADER (Hutto & Gilbert 2014, MIT): movie and product reviews, newspaper
editorials, tweets; each rated by about 20 people from -4 to 4; valence is the mean over 4. Beside them
{report["neutral_lines"]} neutral questions, commands and statements of our own (`training/neutral_train.txt`), since
the rated lines hold few. A hash of the document (seed in `measuring.py`) puts 10 % aside for the test, 10 % for
calibration; lines of one review or article stay together. The members learned from {report["train"]} lines. Made by
`scripts/train_sentiment.py`.

**Held-out figures**, head / VADER on the same {lines} lines. Pearson r of valence; polarity: right sign among lines
rated beyond 0.5 of 4 (a score of 0 counts half); accuracy and macro-F1 of three classes (neutral: within 0.5 of 4).
VADER's thresholds are fitted on the same calibration lines as the head's.

| source | lines | Pearson r | polarity | accuracy | macro-F1 |
|---|---|---|---|---|---|
{table}

Expected calibration error of the label, all held-out lines: {report["ece"]:.3f} (VADER {report["vader_ece"]:.3f}).
Of {neutral["count"]} neutral sentences of ours that were not trained on, {neutral["head"]:.0%} are called neutral
(VADER {neutral["vader"]:.0%}).

**Limits.** English only; one or a few sentences (the plugin judges longer texts in pieces and takes the mean); no
irony; what is written about a bad event counts as negative even where the writer may feel nothing; American and British
texts of 2010-2014. Tweets that say outright how someone feels are VADER's home ground: there it is as good or better.
The head recognises the embedder it was trained with by {len(PROBES)} probe sentences and is not used with any other.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="directory with the *_GroundTruth.txt files")
    parser.add_argument("--embedder", type=Path, help="directory of all-MiniLM-L6-v2 (default: the pulled weights)")
    parser.add_argument("--cache", type=Path, help="a .npz file to keep the embeddings in")
    parser.add_argument("--output", type=Path, default=PACKAGE / DATA, help="the safetensors file to write")
    arguments = parser.parse_args()

    lexicon = Lexicon()
    unseen = templates(PLUGIN / "training/neutral_heldout.txt")
    lines = [*read_lines(arguments.data), *neutral_lines(), *(Line("unseen", text, text, 0.0) for text in unseen)]
    texts = [lexicon.spell(line.text) for line in lines]
    every = embed([*texts, *PROBES], arguments.embedder or starter_weights(), arguments.cache)
    table = Table(lines, texts, every[: len(texts)], lexicon_matrix(lexicon, texts))
    held = Table(
        table.lines[-len(unseen) :],
        texts[-len(unseen) :],
        table.embeddings[-len(unseen) :],
        table.lexicon[-len(unseen) :],
    )
    table = Table(
        lines[: -len(unseen)], texts[: -len(unseen)], table.embeddings[: -len(unseen)], table.lexicon[: -len(unseen)]
    )
    train, middle, test = table.side("train"), table.side("calibration"), table.side("test")
    known = {line.text.lower() for line in (*train.lines, *middle.lines)}
    rows = [
        row for row, line in enumerate(test.lines) if line.source in SOURCES.values() and line.text.lower() not in known
    ]
    test = Table(
        [test.lines[row] for row in rows], [test.texts[row] for row in rows], test.embeddings[rows], test.lexicon[rows]
    )

    compound = LEXICON_FEATURES.index("compound")
    lexicon_calibration = calibrate(middle, middle.lexicon[:, compound].astype(np.float64))
    by_lexicon = lexicon_calibration.probabilities(test.lexicon[:, compound])
    facts: dict[str, Any] = {
        "probes": list(PROBES),
        "embedding": "all-MiniLM-L6-v2",
        "lexicon_features": list(LEXICON_FEATURES),
        "lexicon_calibration": asdict(lexicon_calibration),
        "lexicon_reliability": round(accuracy_by_source(test, by_lexicon.argmax(1)), 3),
        "reliability": 0.0,
    }
    tensors = {**fit_words(train), **fit_networks(train), "probe_vectors": every[-len(PROBES) :]}
    tensors |= fit_readouts(tensors, facts, middle)
    trained = from_tensors(tensors, facts)
    by_head = trained.judge(test.texts, test.embeddings, test.lexicon)
    said = by_head.probabilities.argmax(1)
    unseen_said = trained.judge(held.texts, held.embeddings, held.lexicon).probabilities.argmax(1)
    gold = classes(test.gold)
    facts["reliability"] = round(accuracy_by_source(test, said), 3)

    from safetensors.numpy import save_file

    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, arguments.output, metadata={"facts": json.dumps(facts, sort_keys=True)})
    arguments.output.chmod(0o644)
    report = {
        "head": by_source(test.lines, by_head.valence, said),
        "vader": by_source(test.lines, test.lexicon[:, compound].astype(np.float64), by_lexicon.argmax(1)),
        "ece": calibration_error(by_head.probabilities.max(1), said == gold),
        "vader_ece": calibration_error(by_lexicon.max(1), by_lexicon.argmax(1) == gold),
        "neutral": {
            "count": len(held.lines),
            "head": float((unseen_said == 1).mean()),
            "vader": float((lexicon_calibration.probabilities(held.lexicon[:, compound]).argmax(1) == 1).mean()),
        },
        "neutral_lines": NEUTRAL_COPIES,
        "words": len(trained.vocabulary),
        "train": len(train.lines),
        "bytes": arguments.output.stat().st_size,
        "facts": facts,
    }
    arguments.output.with_suffix(".md").write_text(card(report), "utf-8")
    json.dump(report, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
