"""What place a picture shows, judged by what stands there, and what follows from that. Not for describing: sight.py."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import POSSIBLE
from assistant_reasoner.execute.wording import abstain, seen_instead
from assistant_reasoner.execute.world import CONCEPTS, Picture, Scene, World, label_share
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Place, Thing


def _weights(text: str) -> Mapping[str, Mapping[str, float]]:
    """Lines of "place: thing weight, thing weight"; a line without a colon continues the one before."""
    table: dict[str, dict[str, float]] = {}
    for line in re.sub(r"\n(?![^:\n]*:)", " ", text.strip()).splitlines():
        scene, _, things = line.partition(":")
        pairs = (entry.strip().rpartition(" ") for entry in things.split(","))
        table[scene.strip()] = {name: float(weight) for name, _, weight in pairs}
    return MappingProxyType(table)


_SCENES: Final = _weights(
    """
    bathroom: toilet 3.0, sink 1.2, toothbrush 2.0, hair drier 1.5, shower curtain 2.0, bathtub 3.0, tub 3.0,
        medicine chest 2.0, toilet seat 3.0, washbasin 2.0, bath towel 1.5, shower cap 1.0, toilet tissue 2.0,
        plunger 1.5, paper towel 0.5
    kitchen: oven 2.5, refrigerator 2.5, microwave 2.2, sink 1.0, toaster 1.8, knife 0.6, bowl 0.5, stove 2.5,
        dishwasher 2.5, wok 1.5, spatula 1.2, frying pan 1.5
    bedroom: bed 2.6, teddy bear 0.5, four-poster 3.0, quilt 2.5, pillow 2.0, crib 2.0, wardrobe 1.5
    living room: couch 2.2, tv 1.2, remote 0.9, potted plant 0.4, vase 0.4, studio couch 2.5, entertainment
        center 2.5, home theater 2.5, bookcase 1.0, fire screen 2.0, rocking chair 1.0
    dining room: dining table 1.2, wine glass 0.9, chair 0.4, fork 0.7, knife 0.3, cup 0.3, pizza 0.4, cake 0.4
    office: laptop 1.1, keyboard 1.3, mouse 1.2, tv 0.4, chair 0.2, book 0.2, desktop computer 2.2, desk 2.0,
        monitor 1.5, printer 1.5, file 0.8
    restaurant: wine glass 0.8, dining table 0.8, pizza 0.5, person 0.2, fork 0.4, cup 0.3, restaurant 3.0, menu
        1.0
    street: traffic light 2.0, stop sign 1.8, fire hydrant 1.8, parking meter 2.0, car 1.2, bus 1.4, truck 0.9,
        bicycle 0.6, motorcycle 0.7, person 0.2, cab 1.5, street sign 1.8, trolleybus 1.5
    airport: airplane 2.6, truck 0.2, suitcase 0.6, airliner 3.0
    railway station: train 2.4, suitcase 0.4, person 0.1, passenger car 2.0, electric locomotive 2.2, bullet
        train 2.2
    beach: surfboard 1.8, umbrella 0.4, kite 0.4, boat 0.4, seashore 3.0, sandbar 2.8, bikini 1.5
    the water: boat 2.0, surfboard 1.0, lakeside 2.5, speedboat 2.0, canoe 2.0
    ski slope: skis 2.8, snowboard 2.6, ski 2.8, alp 2.0
    tennis court: tennis racket 2.8, sports ball 0.5, racket 2.5
    baseball field: baseball bat 2.8, baseball glove 2.6, sports ball 0.5, ballplayer 3.0, baseball 2.0
    skate park: skateboard 2.4
    farm or pasture: cow 2.2, sheep 2.2, horse 1.2, barn 2.2, ox 2.0
    savanna or zoo: giraffe 2.8, zebra 2.8, elephant 2.8, bear 1.5
    park: bench 1.4, frisbee 1.8, kite 1.4, dog 0.4, bird 0.2, bicycle 0.3, park bench 2.0
    """
)
"""Evidence of things for places, in natural log-odds; estimated by hand from how often COCO photographs of the place
show the thing and others do not."""
ROOMS: Final = ("bathroom", "kitchen", "bedroom", "living room", "dining room", "office", "restaurant")
OUTDOORS: Final = tuple(name for name in _SCENES if name not in ROOMS)
_SAME: Final = {
    "road": "street",
    "city": "street",
    "sea": "the water",
    "ocean": "the water",
    "lake": "the water",
    "river": "the water",
    "harbor": "the water",
    "harbour": "the water",
    "zoo": "savanna or zoo",
    "farm": "farm or pasture",
    "field": "farm or pasture",
    "meadow": "farm or pasture",
    "station": "railway station",
    "train station": "railway station",
    "cafe": "restaurant",
    "mountain": "ski slope",
    "garden": "park",
    "playground": "park",
}
"""Other words for the places above."""
_ALSO: Final = {
    "sitting room": "living room",
    "lounge": "living room",
    "dinning room": "dining room",
    "washroom": "bathroom",
    "restroom": "bathroom",
    "bath": "bathroom",
    "toilet": "bathroom",
    "ocean": "the water",
    "water": "the water",
    "train station": "railway station",
    "ski resort": "ski slope",
    "slope": "ski slope",
    "runway": "airport",
    "savanna": "savanna or zoo",
    "pasture": "farm or pasture",
    "ranch": "farm or pasture",
    "skatepark": "skate park",
    "stadium": "baseball field",
    "court": "tennis court",
    "town": "street",
    "intersection": "street",
    "crosswalk": "street",
}
"""Further words, in options to choose from."""
HINT: Final = 0.35
"""Probability of a place below which its name is no more than a guess."""
NOT_THERE: Final = 0.9
"""How often a place is rightly denied when nothing speaks for it: places overlap."""
SHARPNESS: Final = 1.2
"""Factor on the log-odds; over 1 because the hand-made figures are cautious."""
NOTHING_KNOWN: Final = 1.0
"""Log-odds of "somewhere else": what evidence for a place must outweigh."""


def place_named(text: str) -> str:
    """The place of `place_scores` that a text names: "sitting room" -> "living room"; "" if it names none."""
    name = re.sub(r"^(?:in |at |on )?(?:an? |the )?", "", text.casefold().strip(" .?"))
    name = _ALSO.get(name, _SAME.get(name, name))
    return name if name in _SCENES else ""


def place_scores(picture: Picture) -> tuple[dict[str, float], dict[str, list[Observation]]]:
    """The probability of each place, and the observations that speak for it."""
    scores: dict[str, float] = {}
    evidence: dict[str, list[Observation]] = {}
    best: dict[str, Observation] = {}
    for seen in (*picture.objects, *(label for label in picture.labels if label.confidence >= 0.15)):
        name = seen.text.casefold()
        if name not in best or seen.confidence > best[name].confidence:
            best[name] = seen
    for scene, weights in _SCENES.items():
        for name, weight in weights.items():
            if name in best and best[name].confidence >= POSSIBLE - 0.1:
                scores[scene] = scores.get(scene, 0.0) + weight * best[name].confidence
                evidence.setdefault(scene, []).append(best[name])
    total = math.exp(NOTHING_KNOWN) + sum(math.exp(SHARPNESS * score) for score in scores.values())
    shares = {scene: math.exp(SHARPNESS * score) / total for scene, score in scores.items()}
    return _with_concepts(shares, evidence, picture)


def _with_concepts(
    shares: dict[str, float], evidence: dict[str, list[Observation]], picture: Picture
) -> tuple[dict[str, float], dict[str, list[Observation]]]:
    """The mean of what stands there and what the picture as a whole looks like, where the concepts say so."""
    seen = picture.concepts
    stated = seen.data.get("places") if seen is not None else None
    if seen is None or not isinstance(stated, Mapping) or not stated:
        return shares, evidence
    whole: dict[str, float] = {}
    for name, share in stated.items():
        place = place_named(str(name)) or str(name)
        whole[place] = whole.get(place, 0.0) + float(share)
    for place in set(shares) | {name for name, share in whole.items() if share >= 0.1}:
        shares[place] = (shares.get(place, 0.0) + whole.get(place, 0.0)) / 2
        if whole.get(place, 0.0) >= 0.1:
            evidence.setdefault(place, []).append(seen)
    return shares, evidence


def likeliest(concepts: list[Observation], most: int = 3) -> list[str]:
    """The nouns that the concepts give the highest probability."""
    shares = concepts[0].data.get("probabilities") if concepts else None
    if not isinstance(shares, Mapping):
        return []
    return [str(name) for name in sorted(shares, key=lambda name: -float(shares[name]))[:most]]


def in_and_out(scores: Mapping[str, float], picture: Picture) -> tuple[float, float]:
    """Probabilities of indoors and outdoors; what is missing to 1 is unknown."""
    inside = sum(share for name, share in scores.items() if name in ROOMS)
    outside = sum(share for name, share in scores.items() if name in OUTDOORS)
    stated = picture.concepts.data.get("indoors") if picture.concepts is not None else None
    if isinstance(stated, int | float):
        return (inside + float(stated)) / 2, (outside + 1 - float(stated)) / 2
    return inside, outside


def where_is_this(program: Place, scene: Scene, world: World) -> Reply:
    """What room, what place is this?"""
    if not scene.pictures:
        return abstain(world, world.reason(Kind.OBJECT, scene.part, scene.name))
    picture = scene.pictures[0]
    scores, evidence = place_scores(picture)
    signs = [line for line in picture.lines if line.confidence >= 0.7]
    stated = picture.concepts.data.get("places") if picture.concepts is not None else None
    inside_out = program.expected in ("indoors", "outdoors", "indoors or outdoors")
    if not scores and not (inside_out and picture.concepts is not None):
        if not world.able(Kind.OBJECT, picture.part):
            return abstain(world, world.reason(Kind.OBJECT, picture.part, scene.name))
        more = (
            (
                said(
                    world.say("describe_reads", text=world.say.quote(" ".join(line.text for line in signs), 120)),
                    *(line.id for line in signs),
                ),
            )
            if signs
            else seen_instead(scene, world)
        )
        return abstain(world, world.say("place_nothing"), *more)
    inside, outside = in_and_out(scores, picture)
    if inside_out:
        return _in_or_out(program.expected, inside, outside, evidence, world)
    pool = {name: share for name, share in scores.items() if not program.room or name in ROOMS} or scores
    best = max(pool, key=lambda name: pool[name])
    named = best if best.startswith("the ") or best == "farm or pasture" else world.say.a(best)
    things = [seen for seen in evidence[best] if seen.kind != CONCEPTS]
    shown = sorted(things, key=lambda seen: -_SCENES[best][seen.text.casefold()] * seen.confidence)[:3]
    whole = [seen for seen in evidence[best] if seen.kind == CONCEPTS]
    listed = world.say.listed(
        [f"{world.say.a(seen.text)} ({world.say.percent(seen.confidence)})" for seen in shown]
        or [str(name) for name in likeliest(whole)]
    )
    shown += whole
    share = pool[best]
    if program.room and best in ROOMS:
        # Asked for a room, it is some room: places outdoors only keep their part of the doubt.
        share = min(1.0, share / max(1e-9, 1 - sum(value for name, value in scores.items() if name not in ROOMS)))
    ids = tuple(seen.id for seen in shown)
    if program.expected:
        wanted = _SAME.get(program.expected, program.expected)
        held = scores.get(wanted, 0.0)
        label = max((label_share(label, wanted) for label in picture.labels), default=0.0)
        if wanted not in _SCENES and wanted not in (stated or ()) and label < POSSIBLE:
            return abstain(
                world, world.say("unknown_class", things=world.say.quote(program.expected)), *seen_instead(scene, world)
            )
        if held >= 0.4 or label >= 0.4 or wanted == best:
            sure = max(held, label, 0.5)
            return Reply(
                (
                    said(
                        world.say(
                            "place_yes", place=world.say.a(program.expected), sure=world.say.percent(sure), list=listed
                        ),
                        *ids,
                    ),
                ),
                "yes",
                sure,
            )
        text = world.say(
            "place_no", actual=named, place=world.say.a(program.expected), sure=world.say.percent(share), list=listed
        )
        return Reply((said(text, *ids),), "no", max(0.5, share, NOT_THERE * (1 - held)))
    key = "place" if share >= 0.5 else "place_hint"
    return Reply(
        (said(world.say(key, place=named, sure=world.say.percent(share), list=listed), *ids),),
        best.removeprefix("the "),
        share,
        abstained=share < HINT,
    )


def _in_or_out(
    expected: str, inside: float, outside: float, evidence: Mapping[str, list[Observation]], world: World
) -> Reply:
    indoors = inside >= outside
    sure = max(inside, outside) / max(1e-9, inside + outside) * min(1.0, 0.5 + (inside + outside) / 2)
    found = [one for name, found in evidence.items() if (name in ROOMS) == indoors for one in found]
    seen = [one for one in sorted(found, key=lambda one: -one.confidence) if one.kind != CONCEPTS]
    seen = list({one.id: one for one in seen}.values())[:3]
    whole = list({one.id: one for one in found if one.kind == CONCEPTS}.values())
    listed = world.say.listed(
        [f"{world.say.a(one.text)} ({world.say.percent(one.confidence)})" for one in seen] or likeliest(whole)
    )
    seen += whole
    actual = "indoors" if indoors else "outdoors"
    text = world.say("place", place=actual, sure=world.say.percent(sure), list=listed)
    short = actual if expected == "indoors or outdoors" else "yes" if expected == actual else "no"
    lead = "" if expected == "indoors or outdoors" else f"{short.capitalize()}: "
    text = f"{lead}{text[:1].lower()}{text[1:]}" if lead else text
    if lead and world.say.language != "en":
        key = f"place_{short}"
        text = world.say(key, place=expected, actual=actual, sure=world.say.percent(sure), list=listed)
    return Reply((said(text, *(one.id for one in seen)),), short, sure)


# ---- what follows from the place --------------------------------------------------------------------------------

ROOMS_HAVE: Final = frozenset(("floor", "wall"))
ROOMS_LACK: Final = frozenset(
    (
        "sky",
        "cloud",
        "snow",
        "road",
        "street",
        "pavement",
        "mountain",
        "hill",
        "river",
        "sea",
        "ocean",
        "beach",
        "sand",
        "field",
        "grass",
        "lawn",
        "forest",
        "railroad",
    )
)
OPEN_AIR_LACKS: Final = frozenset(("ceiling",))
PLAINLY: Final = 0.8
"""Probability of being indoors, or outdoors, from which something follows."""
FOLLOWS: Final = 0.8
"""How often what is listed above does, or does not, show in a photograph of such a place; an estimate by hand."""


def follows(thing: Thing, scene: Scene, world: World) -> Reply | None:
    """A hedged answer whether there is a thing that nobody here recognises, from the place; None if nothing follows.

    Rooms have floors and walls and no sky; that is evidence, though nobody saw the thing itself, and is said to be so.
    """
    if thing.colors or thing.relation or thing.region or thing.number or thing.having or not scene.pictures:
        return None
    scores, evidence = place_scores(scene.pictures[0])
    inside = sum(share for name, share in scores.items() if name in ROOMS)
    outside = sum(share for name, share in scores.items() if name in OUTDOORS)
    places: tuple[str, ...]
    if inside >= PLAINLY and thing.words in ROOMS_HAVE | ROOMS_LACK:
        there, share, places = thing.words in ROOMS_HAVE, inside, ROOMS
    elif outside >= PLAINLY and thing.words in OPEN_AIR_LACKS:
        there, share, places = False, outside, OUTDOORS
    else:
        return None
    best = max((name for name in scores if name in places), key=lambda name: scores[name])
    seen = max(evidence[best], key=lambda one: (one.kind != CONCEPTS, one.confidence))
    shown = (
        world.say.listed(likeliest([seen]))
        if seen.kind == CONCEPTS
        else f"{world.say.a(seen.text)} ({world.say.percent(seen.confidence)})"
    )
    text = world.say(
        "follows_yes" if there else "follows_no",
        things=world.say.quote(thing.words),
        place=best if best.startswith("the ") else world.say.a(best),
        seen=shown,
    )
    return Reply((said(text, seen.id),), "yes" if there else "no", share * FOLLOWS)
