"""How two things stand to each other when no box shows one of them: inferred from whether both are there at all.

Not for things with boxes: see places.py and relations.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from assistant_reasoner.execute.find import POSSIBLE, SEEN, find
from assistant_reasoner.execute.likely import DECIDED, Likelihood, likely, whole
from assistant_reasoner.execute.setting import place_named, place_scores
from assistant_reasoner.execute.wording import phrased, seen_instead
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Stands, Thing

SURROUNDS: Final = 0.85
"""How often a thing is in, or on, what a picture shows as surroundings (water, grass, a kitchen), when asked whether it
is; an estimate by hand, as are the two below."""
WORN: Final = 0.85
"""How often one or two people wear or hold what the picture shows, when asked whether they do."""
OTHERWISE: Final = 0.6
"""The same for any other relation, and among several people."""
PRESUPPOSED: Final = 0.7
"""How often "the desk" is there, at least, when somebody asks what is on it."""
FEW: Final = 2
"""People up to which what is worn or held in the picture is taken to be theirs."""
EVEN: Final = 0.52
"""Probability of a verdict without evidence: people ask a little more often about what is so."""


def _there(thing: Thing, picture: Picture, world: World) -> Likelihood:
    place = place_named(thing.words)
    if place and not thing.classes:
        scores, _ = place_scores(picture)
        return Likelihood(min(0.95, 0.25 + scores.get(place, 0.0)), "company")
    plain = whole(thing)
    return likely(plain, find(plain, picture, world), picture, world)


def boxless(thing: Thing, picture: Picture, world: World) -> bool:
    """Whether no box shows the thing, be it that none can or that none was found."""
    if thing.shapes or thing.pronoun or thing.anything:
        return False
    return not find(whole(thing), picture, world).sure(POSSIBLE)


def anchored(anchor: Thing, picture: Picture, world: World) -> Likelihood | None:
    """How likely the picture shows surroundings that have no box; None if they could have one, or nothing is known."""
    if not boxless(anchor, picture, world):
        return None
    known = _there(anchor, picture, world)
    return known if known.basis else None


def probability(subject: Thing, relation: str, anchor: Thing, picture: Picture, world: World) -> Likelihood | None:
    """That the one stands so to the other; None when both have boxes, or of one nothing at all is known."""
    ends = (subject, anchor)
    if not any(boxless(one, picture, world) for one in ends):
        return None
    known = [Likelihood(0.95, "boxes") if one.pronoun else _there(one, picture, world) for one in ends]
    if any(not one.basis for one in known):
        return None
    if anchor.definite and known[1].probability < PRESUPPOSED:
        known[1] = replace(known[1], probability=PRESUPPOSED)
    people = [seen for seen in picture.objects if seen.text == "person" and seen.confidence >= SEEN]
    touching = relation in ("touching", "attached")
    trust = OTHERWISE
    if relation in ("on", "inside", "next_to") or (touching and len(people) <= FEW):
        trust = SURROUNDS if not touching else WORN
    cites = tuple(dict.fromkeys(identity for one in known for identity in one.cites))
    return Likelihood(known[0].probability * known[1].probability * trust, "company", cites)


def loosely(program: Stands, scene: Scene, world: World) -> Reply | None:
    """The verdict on a relation to something without a box, said to be inferred; None if nothing can be inferred."""
    if world.say.language != "en" or not scene.pictures:
        return None
    picture = scene.pictures[0]
    chance = probability(program.subject, program.relation, program.anchor, picture, world)
    if chance is None:
        return None
    say = world.say
    there = chance.probability >= 0.5
    sure = max(chance.probability, 1 - chance.probability)
    short = "yes" if there != program.negated else "no"
    ends = [one for one in (program.subject, program.anchor) if not one.pronoun]
    doubtful = min(ends, key=lambda one: _there(one, picture, world).probability)
    weakest = min((_there(one, picture, world) for one in ends), key=lambda one: one.probability)
    blind = program.relation in ("touching", "attached") or weakest.basis in ("company", "zero-shot")
    if not there and blind:
        # Small and worn things leave no trace in what the picture as a whole looks like.
        short, sure = ("no" if program.negated else "yes"), EVEN
    if sure < DECIDED:
        reason = say("loose_doubt", thing=say.a(phrased(whole(doubtful), world)))
        first = replace(said(say("cannot", reason=reason)), cites=chance.cites)
        return Reply((first, *seen_instead(scene, world)), short, sure, abstained=True)
    if there:
        names = [say.a(phrased(whole(one), world)) for one in ends]
        key = "loose_yes" if len(names) > 1 else "concept_yes_seen"
        text = say(key, lead="Probably", first=names[0], second=names[-1], things=names[-1], sure=say.percent(sure))
    else:
        text = say("loose_no", thing=say.a(phrased(whole(doubtful), world)), sure=say.percent(sure))
    return Reply((said(text, *chance.cites),), short, sure)
