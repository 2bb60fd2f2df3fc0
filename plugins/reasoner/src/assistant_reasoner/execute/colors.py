"""Answers about colours: of things, of the picture, of what people wear. Where things are: places.py."""

from __future__ import annotations

import math
from typing import Final

from assistant.fusion.align import area
from assistant.types import Kind
from assistant_reasoner.execute.find import COUNTED, POSSIBLE, SEEN, Match, color_share
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, cannot_find, caveats, cites, phrased, seen_instead, where
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.lexicon import is_plural
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import ColorOf, HasColor, Thing

WORN: Final = frozenset(
    [
        "shirt",
        "tshirt",
        "jacket",
        "coat",
        "dress",
        "sweater",
        "hoodie",
        "pullover",
        "jersey",
        "suit",
        "clothes",
        "clothing",
        "outfit",
        "uniform",
        "blouse",
        "top",
        "pants",
        "trousers",
        "jeans",
        "shorts",
        "skirt",
        "vest",
    ]
)
"""Clothes: nobody finds them, but their colours are among those of the person who wears them."""


def color_of_thing(program: ColorOf, scene: Scene, world: World) -> Reply:
    """What colour is ...? What colours are there?"""
    thing = program.thing
    say = world.say
    if thing is None:
        return _picture_colors(scene, world)
    found = search(thing, scene, world)
    sure = found.sure(COUNTED) or found.sure(POSSIBLE)[:1]
    colored = [match for match in sure if match.color]
    if not colored:
        if thing.words in WORN:
            return _worn(thing, scene, world)
        if sure:
            return abstain(world, world.reason(Kind.COLOR, scene.pictures[0].part, scene.name))
        if found.able:
            return abstain(
                world,
                say("not_found", no_thing=say.no(phrased(thing, world)), name=scene.name),
                *seen_instead(scene, world),
            )
        return cannot_find(thing, found, scene, world)
    many = thing.many or (len(colored) > 1 and not thing.definite)
    if many and len({match.color for match in colored}) > 1:
        groups: dict[tuple[str, str], int] = {}
        for match in colored:
            groups[(match.seen.text, match.color)] = groups.get((match.seen.text, match.color), 0) + 1
        listed = say.listed([say.count(number, name, color) for (name, color), number in groups.items()])
        top = max(groups, key=lambda key: groups[key])[1]
        return Reply((said(say("colors_each", list=listed), *cites(colored)),), top, 0.6 * colored[0].confidence)
    match = max(colored, key=lambda one: one.confidence * _size(one)) if thing.definite else colored[0]
    share = _share(match)
    confidence = match.confidence * (0.95 if match.seen.kind == Kind.SHAPE else min(0.9, 0.45 + 0.6 * share))
    others = [
        str(pair[0]) for pair in match.seen.data.get("colors") or () if pair[0] != match.color and float(pair[1]) >= 0.2
    ]
    name = say.name(match.seen.text)
    if others and match.seen.kind != Kind.SHAPE:
        text = say(
            "color_mixed",
            thing=name,
            color=say.color(match.color),
            others=say.listed([say.color(one) for one in others[:2]]),
            sure=say.percent(confidence),
        )
    else:
        text = say("color", thing=name, color=say.color(match.color), sure=say.percent(confidence))
    sentences = [said(text, *match.cites)]
    if len(colored) > 1 and thing.definite and not thing.many and match.seen.kind != Kind.SHAPE:
        sentences.append(
            said(say("where_one", thing=name, where=where(match, scene, world), sure=say.percent(match.confidence)))
        )
    return Reply((*sentences, *caveats(thing, (match,), world)), match.color, confidence)


def _size(match: Match) -> float:
    box = match.box
    return math.sqrt(math.sqrt(area(box)))


def _share(match: Match) -> float:
    for pair in match.seen.data.get("colors") or ():
        if pair[0] == match.color:
            return float(pair[1])
    return 0.5


def _picture_colors(scene: Scene, world: World) -> Reply:
    colors = [color for picture in scene.pictures[:1] for color in picture.colors]
    if not colors:
        part = scene.pictures[0].part if scene.pictures else scene.part
        return abstain(world, world.reason(Kind.COLOR, part, scene.name))
    shown = colors[:5]
    listed = world.say.listed(
        [
            f"{world.say.color(color.text)} ({world.say.percent(float(color.data.get('share') or 0.0))})"
            for color in shown
        ]
    )
    return Reply(
        (said(world.say("colors_picture", list=listed), *(color.id for color in shown)),),
        shown[0].text,
        shown[0].confidence,
    )


def _worn(thing: Thing, scene: Scene, world: World) -> Reply:
    person = search(Thing("person", frozenset({"person"}), definite=True), scene, world).sure(SEEN)
    pairs = [pair for match in person[:1] for pair in match.seen.data.get("colors") or ()]
    if not pairs:
        return abstain(world, world.say("unknown_class", things=world.say.quote(thing.words)))
    listed = world.say.listed([str(pair[0]) for pair in pairs[:3]])
    text = world.say("color_worn", words=thing.words, thing="person", list=listed)
    return Reply((said(text, *cites(person[:1])),), str(pairs[0][0]), 0.35)


def has_color(program: HasColor, scene: Scene, world: World) -> Reply:
    """Is ... red?"""
    thing = program.thing
    found = search(thing, scene, world)
    sure = found.sure(COUNTED) or found.sure(POSSIBLE)[:1]
    if not sure:
        if found.able:
            return abstain(world, world.say("not_found", no_thing=world.say.no(phrased(thing, world)), name=scene.name))
        return cannot_find(thing, found, scene, world)
    fits = [min(color_share(match.seen, color) for color in program.colors) for match in sure]
    wanted = " and ".join(world.say.color(color) for color in program.colors)
    name = sure[0].seen.text
    if (program.every or thing.many or is_plural(thing.words)) and len(sure) > 1:
        right = sum(fit >= 0.5 for fit in fits)
        truth = (right == len(sure)) != program.negated
        key = "has_color_all_yes" if right == len(sure) else "has_color_all_no"
        text = world.say(
            key,
            count=len(sure) - (0 if right == len(sure) else right),
            total=len(sure),
            color=wanted,
            sure=world.say.percent(0.7),
        )
        return Reply((said(text, *cites(sure)),), "yes" if truth else "no", 0.7)
    best = max(range(len(sure)), key=lambda index: fits[index] * sure[index].confidence) if not thing.definite else 0
    holds = fits[best] >= 0.5
    truth = holds != program.negated
    confidence = sure[best].confidence * (0.9 if fits[best] in (0.0, 1.0) else 0.65)
    actual = world.say.color(sure[best].color) or "?"
    text = world.say(
        "has_color_yes" if holds else "has_color_no",
        thing=name,
        color=wanted,
        actual=actual,
        sure=world.say.percent(confidence),
    )
    return Reply((said(text, *sure[best].cites),), "yes" if truth else "no", max(0.5, confidence))
