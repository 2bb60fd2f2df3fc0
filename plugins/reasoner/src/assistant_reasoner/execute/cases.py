"""Which case of a kind a picture shows, by labels, concepts and likeness of meaning: "what fruit is this". No boxes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from assistant_reasoner.execute.likely import asked_concept
from assistant_reasoner.execute.world import Picture, World, label_share
from assistant_reasoner.members import MEMBERS

LOOKS: Final = 8.0
"""Log-odds that a cosine similarity of 1 between a name and the picture's vector adds, within one kind."""
NAMED: Final = 0.02
"""Probability that any label or concept gives a name at least: what they do not know is not impossible."""
UNNAMED: Final = 0.05
"""The same for names that neither labels nor concepts know, whose silence says nothing."""


def cases(kind: str, picture: Picture, world: World) -> list[tuple[str, float, tuple[str, ...]]]:
    """The names of the kind with their probabilities, likeliest first, and what each rests on; [] of unknown kinds."""
    names = MEMBERS.get(kind, ())
    if not names:
        return []
    shares: Any = picture.concepts.data.get("probabilities") if picture.concepts is not None else None
    known: Mapping[str, Any] = shares if isinstance(shares, Mapping) else {}
    found = []
    for name in names:
        said = [(label_share(label, name), label.id) for label in picture.labels]
        weight, cite = max(said, default=(0.0, ""))
        cites = (cite,) if weight > 0 else ()
        if name in known and picture.concepts is not None:
            share = asked_concept(float(known[name]), picture.concepts)
            weight = max(weight, 0.5 * share)
            cites = (*cites, picture.concepts.id)
        elif not cites:
            weight = UNNAMED
        found.append((name, max(NAMED, weight), cites))
    looks = _looks(names, picture, world)
    odds = [weight * math.exp(LOOKS * look) for (_, weight, _), look in zip(found, looks, strict=True)]
    total = sum(odds) + UNNAMED
    judged = [(name, odd / total, cites) for (name, _, cites), odd in zip(found, odds, strict=True)]
    return sorted(judged, key=lambda one: -one[1])


def _looks(names: tuple[str, ...], picture: Picture, world: World) -> list[float]:
    from assistant_reasoner.execute.choosing import looks

    vectors = world.embed(list(names)) if world.embed is not None and picture.concepts is not None else None
    return [0.0] * len(names) if vectors is None else looks(vectors, picture)
