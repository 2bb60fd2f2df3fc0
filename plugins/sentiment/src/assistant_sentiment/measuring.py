"""Reading the rated lines, splitting them, and the figures: shared by training and benchmark. Not used at run time."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEUTRAL_BAND: Final = 0.5 / 4
"""Valences within this of 0 are neutral: half a step of the raters' scale of -4 to 4."""
SPLIT_SEED: Final = "sensorium-sentiment-1"
SOURCES: Final = {
    "amazonReviewSnippets": "amazon",
    "movieReviewSnippets": "movie",
    "nytEditorialSnippets": "nyt",
    "tweets": "tweets",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One rated line."""

    source: str
    document: str
    """Review or article it is from; lines of one document fall on the same side of the split."""
    text: str
    valence: float
    """Mean rating over 4: -1..1."""

    @property
    def side(self) -> Literal["test", "calibration", "train"]:
        """10 % test, 10 % calibration, 80 % train, by a hash of the document."""
        key = f"{SPLIT_SEED}:{self.source}:{self.document}".encode()
        share = int(hashlib.sha256(key).hexdigest()[:8], 16) % 100
        return "test" if share < 10 else "calibration" if share < 20 else "train"


def read_lines(directory: Path) -> list[Line]:
    """All lines of `*_GroundTruth.txt` (id, mean rating, text; tab-separated), HTML entities resolved.

    Reviews and articles have ids such as 12_3 (document 12); where each line stands alone, lines with the same words
    are one document.

    Raises:
        FileNotFoundError: none of the files is there.
    """
    lines: list[Line] = []
    for source_file, source in SOURCES.items():
        file = directory / f"{source_file}_GroundTruth.txt"
        for row in file.read_text("utf-8", "replace").splitlines():
            identifier, rating, text = row.split("\t")
            text = html.unescape(text).strip()
            document = identifier.partition("_")[0] if "_" in identifier else " ".join(text.lower().split())
            lines.append(Line(source, document, text, float(rating) / 4))
    return lines


def classes(valence: NDArray[np.floating[Any]], low: float = -NEUTRAL_BAND, high: float = NEUTRAL_BAND) -> Any:
    """[n] class numbers: 0 negative (below low), 1 neutral, 2 positive (above high)."""
    return np.where(valence < low, 0, np.where(valence > high, 2, 1))


def macro_f1(gold: NDArray[np.intp], said: NDArray[np.intp]) -> float:
    """Mean over the three classes of the harmonic mean of precision and recall."""
    scores = []
    for label in range(3):
        both = float(((gold == label) & (said == label)).sum())
        scores.append(2 * both / max(1.0, float((gold == label).sum() + (said == label).sum())))
    return float(np.mean(scores))


def calibration_error(confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: |accuracy - confidence| over equal-width bins, weighted by their counts."""
    edges = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(right[edges == b].mean() - confidence[edges == b].mean()) * (edges == b).mean() for b in set(edges)]
    return float(sum(gaps))


def figures(
    gold: NDArray[np.floating[Any]], valence: NDArray[np.floating[Any]], said: NDArray[np.intp]
) -> dict[str, float]:
    """How well valences and classes agree with the raters.

    pearson: correlation of valences. polarity: share of lines rated outside the neutral band whose valence has the
    right sign (a valence of exactly 0 counts half). accuracy, macro_f1: of the three classes. lines: how many.
    """
    clear = np.abs(gold) > NEUTRAL_BAND
    gold_classes = classes(gold)
    return {
        "lines": len(gold),
        "pearson": float(np.corrcoef(gold, valence)[0, 1]),
        "polarity": float((1 + np.sign(gold) * np.sign(valence))[clear].mean() / 2),
        "accuracy": float((gold_classes == said).mean()),
        "macro_f1": macro_f1(gold_classes, said),
    }


def by_source(
    lines: Sequence[Line], valence: NDArray[np.floating[Any]], said: NDArray[np.intp]
) -> dict[str, dict[str, float]]:
    """`figures` of each source, of all lines ("all"), and the plain mean over the sources ("mean")."""
    gold = np.array([line.valence for line in lines])
    names = np.array([line.source for line in lines])
    table = {
        source: figures(gold[names == source], valence[names == source], said[names == source])
        for source in SOURCES.values()
    }
    mean = {key: float(np.mean([row[key] for row in table.values()])) for key in next(iter(table.values()))}
    mean["lines"] = len(lines)
    return {**table, "all": figures(gold, valence, said), "mean": mean}
