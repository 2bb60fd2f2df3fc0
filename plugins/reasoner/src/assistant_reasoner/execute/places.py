"""Answers about where things are, how they stand to one another, and their colours. What is there: see things.py."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from assistant.fusion.align import HOLDS, on, place, related
from assistant.types import Kind
from assistant_reasoner.execute.find import COUNTED, POSSIBLE, SEEN, Found, Match, find, in_region
from assistant_reasoner.execute.loosely import loosely
from assistant_reasoner.execute.relations import JUDGED, TRUST, between, degree
from assistant_reasoner.execute.relations import truth as probability
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import (
    abstain,
    called,
    cannot_find,
    caveats,
    cites,
    color_of,
    phrased,
    places,
    seen_instead,
    where,
)
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.phrase_en import RELATIONS
from assistant_reasoner.programs import InRegion, Locate, Related, Stands, Thing

DECIDED: Final = 0.58
"""Probability of a relation, or of its contrary, from which it is said to hold or not."""


# ---- where ------------------------------------------------------------------------------------------------------
WEAK: Final = 0.3
"""Probability below which what stands beside something is no more than a guess."""
UNHELD: Final = frozenset(
    "dining table,couch,bed,chair,bench,oven,refrigerator,sink,toilet,tv,car,bus,train,truck,boat,airplane,motorcycle,"
    "bicycle,horse,elephant,cow,bear,zebra,giraffe,traffic light,fire hydrant,stop sign,parking meter,tie,microwave,"
    "toaster,potted plant".split(",")
)
"""What nobody holds in a hand, though a box may touch it."""


def locate(program: Locate, scene: Scene, world: World) -> Reply:
    """Where is ...?"""
    thing = program.thing
    found = search(thing, scene, world)
    sure = found.sure(COUNTED) or found.sure(POSSIBLE)[:1]
    say = world.say
    if not sure and (thing.relation or thing.colors or thing.region):
        bare = Thing(thing.words, thing.classes, thing.shapes, anything=thing.anything, definite=True)
        sure = search(bare, scene, world).sure(POSSIBLE)[:1]
        if sure:
            missing = said(say("unjudged", words=_condition(thing, world)))
            first = say(
                "where_one",
                thing=sure[0].seen.text,
                where=where(sure[0], scene, world),
                sure=say.percent(sure[0].confidence / 2),
            )
            return Reply((said(first, *cites(sure)), missing), place(sure[0].box), sure[0].confidence / 2)
    if not sure:
        if found.able:
            return abstain(world, say("not_found", no_thing=say.no(phrased(thing, world)), name=scene.name))
        return cannot_find(thing, found, scene, world)
    if (len(sure) > 1 and not thing.definite) or (len(sure) > 1 and thing.many):
        text = say(
            "where_many",
            things=say.count(len(sure), sure[0].seen.text, color_of(thing)),
            places=places(sure, scene, world),
        )
        return Reply((said(text, *cites(sure)),), place(sure[0].box), sure[0].confidence)
    match = sure[0]
    name = say.name(match.seen.text, color_of(thing))
    sentences = [
        said(
            say("where_one", thing=name, where=where(match, scene, world), sure=say.percent(match.confidence)),
            *match.cites,
        )
    ]
    beside = _beside(match, scene, world)
    if beside and say.language == "en":
        relation, other = beside
        sentences.append(said(say("where_beside", relation=RELATIONS[relation], other=other.seen.text), other.seen.id))
    if len(sure) > 1:
        sentences.append(
            said(
                say("where_many", things=say.count(len(sure), match.seen.text), places=places(sure, scene, world)),
                *cites(sure),
            )
        )
    return Reply((*sentences, *caveats(thing, sure, world)), place(match.box), match.confidence)


def _condition(thing: Thing, world: World) -> str:
    if thing.relation and thing.anchor:
        return f"{RELATIONS[thing.relation]} the {called(thing.anchor)}"
    return color_of(thing) or world.say.place(thing.region)


def _beside(match: Match, scene: Scene, world: World) -> tuple[str, Match] | None:
    """The relation that best says where a thing is: what it lies on, else what it is next to."""
    picture = next((one for one in scene.pictures if one.part.digest == match.seen.part), None)
    if picture is None or match.seen.box is None:
        return None
    others = [
        Match(seen, seen.confidence)
        for seen in picture.objects
        if seen.id != match.seen.id and seen.confidence >= COUNTED and seen.text != match.seen.text
    ]
    supports = [
        other
        for other in others
        if other.seen.text
        in (
            "bed",
            "couch",
            "chair",
            "dining table",
            "bench",
            "surfboard",
            "skateboard",
            "boat",
            "horse",
            "motorcycle",
            "bicycle",
            "snowboard",
            "skis",
        )
        and related("on", match.seen, other.seen) >= HOLDS
        and match.seen.text not in ("bed", "couch", "dining table")
    ]
    if supports:
        return "on", max(supports, key=lambda other: on(match.box, other.box))
    near = [(related("next_to", match.seen, other.seen), other) for other in others]
    near = [pair for pair in near if pair[0] >= 0.8]
    return ("next_to", max(near, key=lambda pair: pair[0])[1]) if near else None


def is_in_region(program: InRegion, scene: Scene, world: World) -> Reply:
    """Is ... on the left?"""
    found = search(program.thing, scene, world)
    sure = found.sure(SEEN)
    if not sure:
        return (
            abstain(
                world,
                world.say("not_found", no_thing=world.say.no(phrased(program.thing, world)), name=scene.name),
            )
            if found.able
            else cannot_find(program.thing, found, scene, world)
        )
    fitting = [match for match in sure if in_region(program.region, match.box)]
    truth = bool(fitting) != program.negated
    shown = (fitting or list(sure))[0]
    key = "in_region_yes" if truth else "in_region_no"
    text = world.say(
        key,
        thing=world.say.name(shown.seen.text, color_of(program.thing)),
        where=world.say.place(program.region) if fitting else where(shown, scene, world),
        sure=world.say.percent(shown.confidence),
    )
    return Reply((said(text, *shown.cites),), "yes" if truth else "no", shown.confidence)


def stands(program: Stands, scene: Scene, world: World) -> Reply:
    """Is ... next to ...?"""
    if program.relation not in JUDGED:
        return abstain(world, world.say("unjudged_relation"), *seen_instead(scene, world))
    subject, anchor = search(program.subject, scene, world), search(program.anchor, scene, world)
    missing = [
        (thing, found)
        for thing, found in ((program.subject, subject), (program.anchor, anchor))
        if not found.sure(POSSIBLE)
    ]
    if missing:
        thing, found = missing[0]
        inferred = None if thing.classes else loosely(program, scene, world)
        if inferred is not None:
            return inferred
        if not found.able:
            return cannot_find(thing, found, scene, world)
        no_thing = world.say.no(phrased(thing, world))
        return abstain(world, world.say("not_found", no_thing=no_thing, name=scene.name), *seen_instead(scene, world))
    pairs = _pairs(program, subject, anchor)
    if not pairs:
        return abstain(
            world, world.say("not_found", no_thing=world.say.no(phrased(program.anchor, world)), name=scene.name)
        )
    holds, one, other = max(pairs, key=lambda pair: pair[0])
    if holds < 0.5:
        # No pair stands so: the surest pair tells how sure that is.
        holds, one, other = max(pairs, key=lambda pair: pair[1].confidence * pair[2].confidence)
    truth = (holds >= 0.5) != program.negated
    confidence = max(holds, 1 - holds)
    if confidence < DECIDED:
        reason = world.say(
            "stands_doubt",
            subject=world.say.name(one.seen.text, color_of(program.subject)),
            relation=RELATIONS[program.relation],
            anchor=world.say.name(other.seen.text, color_of(program.anchor)),
        )
        doubt = abstain(world, reason)
        first = replace(doubt.sentences[0], cites=(*one.cites, *other.cites))
        return Reply((first,), "yes" if truth else "no", confidence, abstained=True)
    key = "stands_yes" if truth else "stands_no"
    text = world.say(
        key,
        subject=world.say.name(one.seen.text, color_of(program.subject)),
        relation=RELATIONS[program.relation],
        anchor=world.say.name(other.seen.text, color_of(program.anchor)),
        sure=world.say.percent(confidence),
    )
    spots = world.say(
        "stands_at",
        subject=one.seen.text,
        first=where(one, scene, world),
        anchor=other.seen.text,
        second=where(other, scene, world),
    )
    return Reply((said(text, *one.cites, *other.cites), said(spots)), "yes" if truth else "no", confidence)


def _pairs(program: Stands, subject: Found, anchor: Found) -> list[tuple[float, Match, Match]]:
    """(probability that the relation holds, first, second) of every two things it may be about."""
    ones, others = subject.sure(POSSIBLE)[:6], anchor.sure(POSSIBLE)[:6]
    pairs = []
    for one in ones:
        for other in others:
            if one.seen.id == other.seen.id or one.seen.part != other.seen.part:
                continue
            if program.relation == "between":
                plain = between(one.seen, [match.seen for match in others])
            else:
                plain = degree(program.relation, one.seen, other.seen)
            seen = math.sqrt(one.confidence * other.confidence)
            pairs.append((0.5 + (probability(program.relation, plain) - 0.5) * seen, one, other))
    return pairs


def _meant(relation: str, hits: list[tuple[float, Match]], anchor: Match) -> list[tuple[float, Match]]:
    """Of what stands so, that which "what" may mean: no people if there is anything else, nothing big in a hand."""
    things = [hit for hit in hits if hit[1].seen.text != "person"]
    if relation == "touching" and anchor.seen.text == "person":
        in_hand = [hit for hit in things if hit[1].seen.text not in UNHELD]
        return in_hand or things or hits
    if relation == "touching" and anchor.seen.text == "person":
        return things
    return things or hits


def related_to(program: Related, scene: Scene, world: World) -> Reply:
    """What is left of ...?"""
    found = search(program.anchor, scene, world)
    anchors = found.sure(POSSIBLE)
    if not anchors:
        if not found.able:
            return cannot_find(program.anchor, found, scene, world)
        no_thing = world.say.no(phrased(program.anchor, world))
        return abstain(world, world.say("not_found", no_thing=no_thing, name=scene.name))
    anchor = anchors[0]
    picture = next(one for one in scene.pictures if one.part.digest == anchor.seen.part)
    wanted = program.kind or Thing("thing", anything=True)
    hits: list[tuple[float, Match]] = []
    candidates = find(wanted, picture, world)
    if program.kind is not None and not candidates.able and not candidates.matches:
        return cannot_find(wanted, candidates, scene, world)
    for match in candidates.sure(POSSIBLE):
        if match.seen.id == anchor.seen.id:
            continue
        if program.relation == "on_inverse":
            plain = max(related("on", anchor.seen, match.seen), 0.8 * related("touching", anchor.seen, match.seen))
        elif program.relation == "inside_inverse":
            plain = related("inside", anchor.seen, match.seen)
        elif program.relation not in JUDGED or program.relation == "between":
            return abstain(world, world.say("unjudged_relation"))
        else:
            plain = degree(program.relation, match.seen, anchor.seen)
        if plain >= HOLDS:
            # Of several, the nearest is what is meant by "left of".
            near = 0.5 + 0.5 * related("next_to", match.seen, anchor.seen)
            directed = program.relation in ("left_of", "right_of", "above", "below")
            hits.append((plain * match.confidence * (near if directed else 1.0), match))
    name = world.say.name(anchor.seen.text, color_of(program.anchor))
    words = RELATIONS.get(program.relation, "under" if program.relation == "on_inverse" else "around")
    if not hits:
        text = world.say("related_none", relation=words, anchor=name)
        return Reply((said(text, *anchor.cites), *seen_instead(scene, world)), None, None, abstained=True)
    if program.kind is None:
        hits = _meant(program.relation, hits, anchor)
    hits.sort(key=lambda hit: -hit[0])
    chosen = [match for _, match in hits[:5]]
    sure = hits[0][0] * TRUST.get(program.relation, 0.7)
    groups: dict[str, int] = {}
    for match in chosen:
        label = world.say.name(match.seen.text, match.color if match.seen.kind == Kind.SHAPE else "")
        groups[label] = groups.get(label, 0) + 1
    listed = world.say.listed(
        [world.say.a(label) if count == 1 else world.say.count(count, label) for label, count in groups.items()]
    )
    if world.say.language != "en":
        return Reply(
            (said(world.say("what_list", list=listed), *cites(chosen), *anchor.cites),), chosen[0].seen.text, sure
        )
    if sure < WEAK:
        text = world.say("related_weak", relation=words, anchor=name, things=listed, sure=world.say.percent(sure))
        return Reply((said(text, *cites(chosen), *anchor.cites),), chosen[0].seen.text, sure, abstained=True)
    text = world.say(
        "related",
        things=listed[:1].upper() + listed[1:],
        verb="is" if len(chosen) == 1 else "are",
        relation=words,
        anchor=name,
        sure=world.say.percent(sure),
    )
    return Reply((said(text, *cites(chosen), *anchor.cites),), chosen[0].seen.text, sure)
