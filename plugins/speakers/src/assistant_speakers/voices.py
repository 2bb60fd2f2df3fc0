"""Who speaks when: windows are clustered by voice, words are given to clusters. Not for vectors: see encoder.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

WINDOW: Final = 1.6
"""Seconds that one vector stands for."""
STEP: Final = 0.4
"""Seconds from one window to the next."""
WINDOWS: Final = 4_000
"""Windows that are clustered at most, which takes memory by their square: of longer speech, they lie further apart."""
DISTANCE: Final = 0.37
"""Mean cosine distance up to which two groups of windows are one voice."""
LEAST_SECONDS: Final = 3.2
"""Speech of a voice (in steps of windows): what is less is taken for a part of another one's.

Both were fitted by `scripts/fit_speakers.py` to recordings of one to five voices put together from LibriSpeech
(V. Panayotov et al., 2015; CC BY 4.0): the count was right most often."""
PAUSE: Final = 0.35
"""Seconds of silence that end a stretch of speech."""
SNAP: Final = 0.5
"""Seconds by which the end of a turn is moved to the longest pause there: words are rarely cut at a change."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of speech that one person says: a word, or a moment where words have no times."""

    start: float
    end: float
    text: str = ""
    """With the space before it, where there is one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech of one voice without another in between."""

    start: float
    end: float
    speaker: int
    """From 0, in the order in which they are first heard."""
    text: str
    agreement: float
    """0-1: share of the windows' votes that were for this speaker."""


def stretches(units: Sequence[Unit], pause: float = PAUSE) -> list[tuple[float, float]]:
    """Where there is speech, in order: start and end in seconds."""
    found: list[tuple[float, float]] = []
    for unit in units:
        if found and unit.start - found[-1][1] < pause:
            found[-1] = (found[-1][0], max(found[-1][1], unit.end))
        else:
            found.append((unit.start, unit.end))
    return found


def window_starts(speech: Sequence[tuple[float, float]]) -> tuple[np.ndarray, float]:
    """Where windows begin, in seconds, and how far they lie apart: evenly over each stretch, one at its middle if it
    is shorter than a window."""
    total = sum(end - start for start, end in speech)
    step = max(STEP, total / WINDOWS)
    starts: list[float] = []
    for start, end in speech:
        if end - start <= WINDOW:
            starts.append(max(0.0, (start + end - WINDOW) / 2))
            continue
        count = int(np.ceil((end - start - WINDOW) / step)) + 1
        starts.extend(np.linspace(start, end - WINDOW, count))
    return np.array(starts, dtype=float), step


def clusters(
    vectors: np.ndarray, step: float = STEP, distance: float = DISTANCE, least: float = LEAST_SECONDS
) -> np.ndarray:
    """The voice of each window: [n] of 0, 1, ..., numbered in order of first appearance.

    Agglomerative clustering by mean cosine distance; groups that are too small join the nearest other one.

    Args:
        vectors: [n, dimensions], rows of length 1.
        step: seconds between windows.
        distance: see DISTANCE.
        least: see LEAST_SECONDS.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    count = len(vectors)
    if count < 2:
        return np.zeros(count, dtype=int)
    upper = np.triu_indices(count, 1)
    apart = np.maximum(1 - (vectors @ vectors.T)[upper], 0)
    labels = np.asarray(fcluster(linkage(apart, "average"), distance, "distance"))
    while True:
        found, sizes = np.unique(labels, return_counts=True)
        if len(found) == 1 or sizes.min() * step >= least - 1e-9:
            break
        small = found[sizes.argmin()]
        others = found[found != small]
        centres = np.stack([_centre(vectors[labels == each]) for each in others])
        labels[labels == small] = others[(centres @ _centre(vectors[labels == small])).argmax()]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.asarray(order[inverse], dtype=int)


def turns(units: Sequence[Unit], starts: np.ndarray, labels: np.ndarray) -> list[Turn]:
    """Units given to voices by the windows around them, joined to turns.

    Args:
        units: in order of time.
        starts: seconds at which windows begin.
        labels: [n], the voice of each window.
    """
    if not units:
        return []
    centres = starts + WINDOW / 2
    votes = np.zeros((len(units), int(labels.max()) + 1))
    for row, unit in zip(votes, units, strict=True):
        middle = (unit.start + unit.end) / 2
        away = np.abs(centres - middle)
        weights = np.maximum(0, 1 - away / (WINDOW / 2))
        if not weights.any():
            weights[away.argmin()] = 1
        np.add.at(row, labels, weights)
    votes /= votes.sum(1, keepdims=True)
    who = _snapped(units, votes.argmax(1))
    found: list[Turn] = []
    begin = 0
    for index in range(1, len(units) + 1):
        if index < len(units) and who[index] == who[begin]:
            continue
        own = units[begin:index]
        lengths = np.array([max(0.05, unit.end - unit.start) for unit in own])
        agreement = float(np.average(votes[begin:index, who[begin]], weights=lengths))
        text = " ".join("".join(unit.text for unit in own).split())
        found.append(Turn(own[0].start, max(unit.end for unit in own), int(who[begin]), text, agreement))
        begin = index
    order = {speaker: number for number, speaker in enumerate(dict.fromkeys(turn.speaker for turn in found))}
    return [replace(turn, speaker=order[turn.speaker]) for turn in found]


def _snapped(units: Sequence[Unit], who: np.ndarray) -> np.ndarray:
    """The same with each change of voice moved to the longest pause nearby."""
    moved = who.copy()
    changes = [index for index in range(1, len(units)) if who[index] != who[index - 1]]
    for position, index in enumerate(changes):
        least = changes[position - 1] + 1 if position else 1
        most = changes[position + 1] - 1 if position + 1 < len(changes) else len(units) - 1
        at = units[index].start
        nearby = [each for each in range(least, most + 1) if abs(units[each].start - at) <= SNAP]
        best = max(nearby, key=lambda each: (round(units[each].start - units[each - 1].end, 2), -abs(each - index)))
        moved[min(best, index) : max(best, index)] = who[index] if best < index else who[index - 1]
    return np.asarray(moved)


def _centre(vectors: np.ndarray) -> np.ndarray:
    mean = vectors.mean(0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9))
