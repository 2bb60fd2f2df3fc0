"""How likely a thing is in a picture: boxes, labels of the whole, and concepts, weighed together. Not for wording."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import SEEN, Found, asked_for
from assistant_reasoner.execute.world import Picture, World
from assistant_reasoner.lexicon import DETECTOR_NAME, HYPERNYMS, SMALL_THINGS
from assistant_reasoner.programs import Thing

ABSENT: Final = 0.75
"""Probability that a class the detector knows is absent when nothing was found: it finds 65 % of the large classes on
COCO photographs and 52 % of the small ones, and of the classes that people ask for about half are there."""
ABSENT_SMALL: Final = 0.67
"""The same for things that are often too small for the detector."""
ABSENT_SHAPE: Final = 0.95
"""The same for drawn shapes in a graphic."""
DECIDED: Final = 0.62
"""Probability of a verdict from which it is given rather than withheld."""
NEARLY_THE_SAME: Final = 0.8
"""Cosine similarity of two nouns' embeddings from which the one's probability is taken, weakened, for the other's."""
UNKNOWN: Final = 0.45
"""Probability that something is there that nobody can say anything about: people ask a little more often for what is
not there than for what is, where the thing is out of the common."""

_SAME_CONCEPT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ground": ("floor", "dirt", "pavement"),
        "road": ("street",),
        "street": ("road",),
        "pavement": ("sidewalk", "road"),
        "sidewalk": ("pavement",),
        "lawn": ("grass",),
        "field": ("grass",),
        "lamp": ("light",),
        "light": ("lamp",),
        "picture": ("painting", "picture frame"),
        "painting": ("picture", "picture frame"),
        "carpet": ("rug",),
        "rug": ("carpet",),
        "curtain": ("curtains", "drapes"),
        "blind": ("window blind", "curtain"),
        "cupboard": ("cabinet",),
        "cabinet": ("cupboard",),
        "sea": ("ocean", "water"),
        "ocean": ("sea", "water"),
        "hill": ("mountain",),
        "forest": ("tree",),
        "bush": ("plant", "shrub"),
        "shrub": ("bush", "plant"),
        "rock": ("stone",),
        "stone": ("rock",),
        "house": ("building",),
        "building": ("house", "skyscraper"),
        "fence": ("railing",),
        "railing": ("fence",),
        "blanket": ("bedding", "quilt"),
        "cloth": ("fabric", "textile"),
        "cloud": ("clouds", "sky"),
        "shelf": ("bookshelf", "shelves"),
        "counter": ("countertop",),
        "countertop": ("counter",),
        "platform": ("railway platform",),
        "railroad": ("rail", "train track"),
        "track": ("railroad", "rail"),
        "poster": ("banner",),
        "banner": ("poster", "sign"),
        "platter": ("plate",),
    }
)
"""Words that name nearly the same, in the order to try."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The probability that a picture shows a thing, and what it rests on."""

    probability: float
    """0-1, given that somebody asks for it."""
    basis: str
    """"boxes", "label", "absence" (looked for and not found), "seen", "zero-shot", "company", or "" for none."""
    cites: tuple[str, ...] = ()


def _logit(probability: float) -> float:
    bounded = min(1 - 1e-4, max(1e-4, probability))
    return math.log(bounded / (1 - bounded))


def mean_logit(first: float, second: float) -> float:
    """One probability of two judgements of the same that are not independent: the mean of their log-odds."""
    return 1 / (1 + math.exp(-(_logit(first) + _logit(second)) / 2))


def absence(thing: Thing, found: Found) -> float:
    """Probability that it is absent when nothing sure was found, by the perceivers that looked for it."""
    if found.kind == Kind.SHAPE:
        base = ABSENT_SHAPE
    elif thing.classes & SMALL_THINGS:
        base = ABSENT_SMALL
    else:
        base = ABSENT
    return base * (1 - 0.6 * found.best)


def bare(thing: Thing) -> bool:
    """Whether only the name is asked for: no colour, place, relation, number or contents."""
    coloured = thing.colors or thing.other_than
    return not (coloured or thing.region or thing.relation or thing.having or thing.others or thing.size)


def whole(thing: Thing) -> Thing:
    """The thing without its place and relations."""
    return replace(thing, relation="", anchor=None, region="", colors=(), others=(), number=None, none=False)


def concept(thing: Thing, picture: Picture, world: World) -> tuple[float, str, Observation] | None:
    """(probability, basis, observation) of the noun by the concepts; None if they do not speak of it."""
    seen = picture.concepts
    if seen is None or thing.pronoun or thing.anything or thing.shapes:
        return None
    shares = seen.data.get("probabilities")
    if not isinstance(shares, Mapping) or not shares:
        return None
    stated = seen.data.get("basis")

    def basis(name: str) -> str:
        given = stated.get(name) if isinstance(stated, Mapping) else stated
        return given if given in ("seen", "zero-shot", "company") else "company"

    names = [thing.words, *_SAME_CONCEPT.get(thing.words, ())]
    if thing.words in DETECTOR_NAME and thing.words not in HYPERNYMS:
        names.append(DETECTOR_NAME[thing.words])
    for name in names:
        if isinstance(shares.get(name), int | float):
            return float(shares[name]), basis(name), seen
    if thing.words in HYPERNYMS:
        members = {name: float(shares[name]) for name in thing.classes if isinstance(shares.get(name), int | float)}
        if members:
            return max(members.values()), basis(max(members, key=lambda name: members[name])), seen
    return _nearest(thing.words, {name: float(share) for name, share in shares.items()}, basis, seen, world)


def asked_concept(probability: float, seen: Observation) -> float:
    """The probability given that somebody asks for it: by the concepts' own slope and offset, if they state them."""
    line = seen.data.get("asked")
    if isinstance(line, list | tuple) and len(line) == 2:
        return 1 / (1 + math.exp(-max(-20.0, min(20.0, float(line[0]) * _logit(probability) + float(line[1])))))
    return asked_for(probability)


def _nearest(
    word: str, shares: Mapping[str, float], basis: object, seen: Observation, world: World
) -> tuple[float, str, Observation] | None:
    """The probability of the noun that means nearly the same, drawn towards one half."""
    if world.embed is None or not callable(basis):
        return None
    names = sorted(shares)
    vectors = world.embed([word, *names])
    if vectors is None:
        return None
    near = vectors[1:] @ vectors[0]
    best = int(near.argmax())
    if float(near[best]) < NEARLY_THE_SAME:
        return None
    return mean_logit(shares[names[best]], 0.5), "company", seen


def likely(thing: Thing, found: Found, picture: Picture | None, world: World) -> Likelihood:
    """The probability that the picture shows the thing, with its colours, place and relation."""
    label, share = max(found.labels, key=lambda one: one[1], default=(None, 0.0))
    known = concept(thing, picture, world) if picture is not None and bare(thing) and not thing.number else None
    sure = found.sure(SEEN)
    if sure:
        best = max(found.best, sure[0].confidence)
        chance = best if sure[0].seen.kind == Kind.SHAPE else asked_for(best)
        if known is not None and known[1] == "seen":
            return Likelihood(mean_logit(chance, asked_concept(known[0], known[2])), "boxes", sure[0].cites)
        return Likelihood(chance, "boxes", sure[0].cites)
    if label is not None and known is None and share >= SEEN:
        return Likelihood(share, "label", (label.id,))
    if known is not None:
        chance, basis, seen = known
        chance = asked_concept(chance, seen)
        if label is not None and share > chance:
            return Likelihood(mean_logit(share, chance), "label", (label.id, seen.id))
        if found.able:
            # The concepts of classes that the detector knows take its silence into account already.
            chance = chance if basis == "seen" else mean_logit(chance, 1 - absence(thing, found))
            basis = "absence" if chance < 0.5 else basis
        return Likelihood(chance, basis, (seen.id,))
    if found.able:
        return Likelihood(1 - absence(thing, found), "absence")
    return Likelihood(UNKNOWN, "")
