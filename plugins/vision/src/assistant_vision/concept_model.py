"""From features, classes and detections to probabilities of nouns and places, with numpy only. Not for pixels.

Three sorts of evidence, each linear in the log-odds: a head on the network's inner features, company (how much more
often than by chance a noun accompanies each class that the detector names, Church and Hanks 1990), and the detector
itself. Nouns without a head are judged by ImageNet's classes and by ConSE (Norouzi et al. 2014): the picture's vector
in the space of the text embedder is the sum of the vectors of nouns and classes weighted by their probabilities.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant_vision.features import Seen

DATA: Final = "data/concepts.safetensors"
"""Fitted by scripts/fit_concepts.py; described in data/concepts.md."""
LEAST_PRESENCE: Final = 0.02
MOST_PRESENCE: Final = 0.995
"""The detector's probabilities are kept within these, so that it alone can neither rule out nor prove."""
LEAST_MASS: Final = 1e-4
"""Probability that ImageNet's classes of a noun have at least, all together."""
CLASSES_USED: Final = 10
"""Likeliest ImageNet classes in the sum of ConSE."""
CLASS_WEIGHT: Final = 3.0
"""Weight of ImageNet's classes against the nouns in that sum (of 0, 1 and 3 the best, by area under the ROC curve)."""

Floats = NDArray[np.float64]


def logit(probability: Any) -> Floats:
    """Log-odds, of probabilities kept within 0.001 and 0.999."""
    kept = np.clip(np.asarray(probability, dtype=np.float64), 0.001, 0.999)
    return np.asarray(np.log(kept / (1.0 - kept)), dtype=np.float64)


def sigmoid(log_odds: Any) -> Floats:
    """The inverse of `logit`, without its limits."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(log_odds, dtype=np.float64))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a picture probably shows."""

    probabilities: dict[str, float]
    """Noun -> calibrated probability that the picture shows one, or some of it."""
    basis: dict[str, str]
    """Noun -> "seen" (by the detector, or the picture looks more like it than most), "company" (only inferred from what
    was seen) or "zero-shot"."""
    places: dict[str, float]
    """Kind of place -> probability; what is missing to 1 is "none of these"."""
    indoors: float
    """Probability that it was taken indoors."""
    vector: NDArray[np.float32]
    """[dimensions of the text embedder], length 1: the picture in the space of texts."""


@dataclass(frozen=True, slots=True)
class ConceptModel:
    """The fitted numbers. Rows of tables over nouns: detector classes first, then stuff, then zero-shot nouns."""

    things: tuple[str, ...]
    """Classes of the detector."""
    stuff: tuple[str, ...]
    """What the detector does not know, with heads of their own."""
    further: tuple[tuple[str, tuple[int, ...]], ...]
    """Zero-shot nouns, and the ImageNet classes of each."""
    places: tuple[str, ...]
    space: str
    """The text embedder whose vectors `basis` yields."""
    center: Floats
    """[232]: mean of the features."""
    heads: Floats
    """[things + stuff + 1, 232]; the last one tells indoors from outdoors."""
    offsets: Floats
    place_heads: Floats
    """[places + 1, 232]; the last one is "none of these"."""
    place_offsets: Floats
    company: Floats
    """[things, things + stuff]: log of how much more often they go together than by chance."""
    share: Floats
    """[things + stuff]: share of the photographs that show each."""
    nouns: Floats
    """[things + stuff + further, k]: vectors of the nouns, centred, in the coordinates of `basis`."""
    classes: Floats
    """[1000, k]: the same of ImageNet's classes."""
    basis: Floats
    """[k, dimensions]."""
    weights: Mapping[str, tuple[float, ...]]
    """How evidence is weighed: `thing`, `stuff`, `classed`, `unclassed`, see the methods; and `asked`: slope and offset
    that turn a noun's log-odds into those given that somebody asks for it."""

    def head_probabilities(self, features: NDArray[np.float32]) -> Floats:
        """[..., things + stuff + 1]: what the heads alone say of features [..., 232]."""
        return sigmoid((features - self.center) @ self.heads.T + self.offsets)

    def known(self, seen: Seen, presence: Mapping[str, float]) -> Floats:
        """[things + stuff]: probabilities of the nouns with heads.

        Args:
            seen: the picture; of its corners, the one counts that looks most like the noun.
            presence: class -> the detector's probability that the picture shows it; absent classes were not seen.
        """
        count = len(self.things)
        sure = np.array([presence.get(name, 0.0) for name in self.things])
        company = sure @ self.company
        whole = logit(self.head_probabilities(seen.features)[:-1])
        corner = logit(self.head_probabilities(seen.corners)[:, :-1].max(axis=0))
        detector, reported, company_weight, head, corners, share, offset = self.weights["thing"]
        expected = logit(self.share)
        things = (
            detector * logit(np.clip(sure, LEAST_PRESENCE, MOST_PRESENCE))
            + reported * (sure > 0)
            + company_weight * company[:count]
            + head * whole[:count]
            + corners * corner[:count]
            + share * expected[:count]
            + offset
        )
        head, corners, company_weight, share, offset = self.weights["stuff"]
        stuff = (
            head * whole[count:]
            + corners * corner[count:]
            + company_weight * company[count:]
            + share * expected[count:]
            + offset
        )
        return sigmoid(np.concatenate([things, stuff]))

    def coordinates(self, known: Floats, classes: NDArray[np.float32]) -> Floats:
        """[k]: the picture's vector in the coordinates of `basis`."""
        rarity = -np.log(np.clip(self.share, 0.005, 1.0))
        likeliest = np.argsort(-classes)[:CLASSES_USED]
        total: Floats = ((known - self.share) * rarity) @ self.nouns[: len(known)]
        return total + CLASS_WEIGHT * (classes[likeliest].astype(np.float64) @ self.classes[likeliest])

    def zero_shot(self, coordinates: Floats, classes: NDArray[np.float32]) -> Floats:
        """[further]: probabilities of the nouns without heads, by similarity and, where they have any, by classes."""
        vectors = self.nouns[len(self.things) + len(self.stuff) :]
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(coordinates)
        similar = vectors @ coordinates / np.maximum(lengths, 1e-9)
        mass = np.array([float(classes[list(members)].sum()) if members else 0.0 for _, members in self.further])
        by_class, by_similarity, offset = self.weights["classed"]
        classed = by_class * np.log(np.clip(mass, LEAST_MASS, 1.0)) + by_similarity * similar + offset
        by_similarity, offset = self.weights["unclassed"]
        named = np.array([bool(members) for _, members in self.further])
        return sigmoid(np.where(named, classed, by_similarity * similar + offset))

    def vector(self, coordinates: Floats) -> NDArray[np.float32]:
        """[dimensions], length 1."""
        whole = coordinates @ self.basis
        return np.asarray(whole / max(float(np.linalg.norm(whole)), 1e-9), dtype=np.float32)

    def judge(self, seen: Seen, presence: Mapping[str, float]) -> Judgement:
        """Everything about one picture; `presence` as for `known`."""
        known = self.known(seen, presence)
        coordinates = self.coordinates(known, seen.classes)
        further = self.zero_shot(coordinates, seen.classes)
        probabilities = dict(zip((*self.things, *self.stuff), known.tolist(), strict=True))
        probabilities.update(zip((name for name, _ in self.further), further.tolist(), strict=True))
        looks = np.maximum(self.head_probabilities(seen.features), self.head_probabilities(seen.corners).max(axis=0))
        basis = {
            name: "seen" if name in presence or look > share else "company"
            for name, look, share in zip(self.things, looks, self.share, strict=False)
        }
        basis.update(dict.fromkeys(self.stuff, "seen"))
        basis.update(dict.fromkeys((name for name, _ in self.further), "zero-shot"))
        scores = self.place_heads @ (seen.features - self.center) + self.place_offsets
        likely = np.exp(scores - scores.max())
        return Judgement(
            probabilities,
            basis,
            dict(zip(self.places, (likely / likely.sum())[:-1].tolist(), strict=True)),
            float(self.head_probabilities(seen.features)[-1]),
            self.vector(coordinates),
        )


def load() -> ConceptModel:
    """The model that this package ships."""
    from safetensors import safe_open

    with resources.as_file(resources.files("assistant_vision") / DATA) as path, safe_open(path, "numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        return from_tensors(tensors, json.loads(file.metadata()["model"]))


def from_tensors(tensors: Mapping[str, NDArray[Any]], described: Mapping[str, Any]) -> ConceptModel:
    """A model from its tensors and its description, as the file holds them; int8 tables come with their step."""

    def floats(name: str) -> Floats:
        table = tensors[name].astype(np.float64)
        return table * float(tensors[f"{name}.step"]) if f"{name}.step" in tensors else table

    def names(key: str) -> tuple[str, ...]:
        return tuple(described[key])

    further: Sequence[tuple[str, list[int]]] = described["further"]
    return ConceptModel(
        things=names("things"),
        stuff=names("stuff"),
        further=tuple((name, tuple(members)) for name, members in further),
        places=names("places"),
        space=described["space"],
        center=floats("center"),
        heads=floats("heads"),
        offsets=floats("offsets"),
        place_heads=floats("place_heads"),
        place_offsets=floats("place_offsets"),
        company=floats("company"),
        share=floats("share"),
        nouns=floats("nouns"),
        classes=floats("classes"),
        basis=floats("basis"),
        weights={name: tuple(values) for name, values in described["weights"].items()},
    )
