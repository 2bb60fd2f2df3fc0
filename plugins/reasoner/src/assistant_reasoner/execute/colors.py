"""Answers about colours: of things, of the picture, of what people wear. Where things are: places.py."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from assistant.fusion.align import area
from assistant.types import Kind
from assistant_reasoner.execute.find import COUNTED, POSSIBLE, SEEN, Match, color_share
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, cannot_find, caveats, cites, phrased, seen_instead, where
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.lexicon import CLOSE_COLORS, is_plural
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import ColorOf, HasColor, Thing

UPPER: Final = frozenset(
    "shirt,tshirt,tee,jacket,coat,dress,sweater,hoodie,sweatshirt,pullover,jersey,suit,clothes,clothing,outfit,uniform,"
    "blouse,top,vest,jumper,cardigan,blazer,robe,costume,gown,polo".split(",")
)
LOWER: Final = frozenset("pants,pant,trousers,trouser,jeans,jean,shorts,short,skirt,leggings,slacks,bottoms".split(","))
"""Clothes: nobody finds them, but their colours are those of the upper or lower body of the person who wears them."""
WORN: Final = UPPER | LOWER
CLOTHED: Final = 0.8
"""Factor on the confidence of a colour of clothes: where on the body they sit is guessed from the box."""
BOTH: Final = 0.2
"""Share that black and white both need for a thing to be called black and white."""


def color_of_thing(program: ColorOf, scene: Scene, world: World) -> Reply:
    """What colour is ...? What colours are there?"""
    thing = program.thing
    say = world.say
    if thing is None:
        return _picture_colors(scene, world)
    worn = _garment(thing)
    if worn is not None:
        clothed = _worn(worn, scene, world)
        if clothed is not None:
            return clothed
    found = search(thing, scene, world)
    sure = found.sure(COUNTED) or found.sure(POSSIBLE)[:1]
    colored = [match for match in sure if match.color]
    if not colored:
        if thing.words in WORN:
            return _wearer(thing, scene, world)
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
    pied = _black_and_white(match)
    confidence = match.confidence * _color_sure(match)
    if pied:
        text = say("color", thing=say.name(match.seen.text), color=pied, sure=say.percent(confidence))
        return Reply((said(text, *match.cites), *caveats(thing, (match,), world)), "black and white", confidence)
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


def _color_sure(match: Match) -> float:
    """That the colour of a thing that is there is named right."""
    if match.seen.kind == Kind.SHAPE:
        return 0.95
    stated = match.seen.data.get("color_probability")
    return float(stated) if isinstance(stated, int | float) else min(0.9, 0.45 + 0.6 * _share(match))


def _black_and_white(match: Match) -> str:
    """ "black and white" of a thing that is both and little else, else ""."""
    shares = {str(pair[0]): float(pair[1]) for pair in match.seen.data.get("colors") or ()}
    neutral = shares.get("black", 0.0) + shares.get("white", 0.0) + shares.get("gray", 0.0)
    both = min(shares.get("black", 0.0), shares.get("white", 0.0)) >= BOTH
    return "black and white" if both and neutral >= 0.7 and match.seen.kind != Kind.SHAPE else ""


def _garment(thing: Thing) -> tuple[str, Thing] | None:
    """What part of whose body a phrase is about: "his shirt", "the man's shirt", "the shirt of the woman"."""
    person = Thing("person", frozenset({"person"}), definite=True)
    if "person" in thing.classes:
        worn = next((word for word in thing.others if word in WORN), "")
        wearer = replace(thing, others=tuple(word for word in thing.others if word not in (worn, "of")))
        return (worn, wearer) if worn else None
    if thing.words not in WORN:
        return None
    anchor = thing.anchor
    return thing.words, anchor if anchor is not None and "person" in anchor.classes else person


def _worn(garment: tuple[str, Thing], scene: Scene, world: World) -> Reply | None:
    """The colour of clothes, from the wearer's upper or lower body; None where that was not made out."""
    word, wearer = garment
    key = "lower" if word in LOWER else "upper"
    people = search(wearer, scene, world).sure(SEEN) or search(wearer, scene, world).sure(POSSIBLE)[:1]
    dressed = [match for match in people if match.seen.data.get(f"{key}_color")]
    if not dressed:
        return None
    match = max(dressed, key=lambda one: one.confidence * _size(one))
    color = str(match.seen.data[f"{key}_color"])
    sure = match.confidence * float(match.seen.data.get(f"{key}_color_probability") or 0.5) * CLOTHED
    if len(dressed) > 1:
        sure *= 0.8
    text = world.say("color", thing=world.say.name(word), color=world.say.color(color), sure=world.say.percent(sure))
    return Reply((said(text, *match.cites),), color, sure)


def _wearer(thing: Thing, scene: Scene, world: World) -> Reply:
    """The colours of the whole person, where clothes were not made out."""
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
    worn = _garment(thing)
    clothed = _worn(worn, scene, world) if worn is not None else None
    if clothed is not None:
        return _is_color(program, clothed, world)
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


def _is_color(program: HasColor, clothed: Reply, world: World) -> Reply:
    """Whether clothes have the colour that is asked for."""
    holds = clothed.short in program.colors
    close = any(frozenset((clothed.short, color)) in CLOSE_COLORS for color in program.colors)
    sure = max(0.5, (clothed.confidence or 0.5) * (0.8 if close and not holds else 1.0))
    text = world.say(
        "has_color_yes" if holds else "has_color_no",
        thing=world.say.name(program.thing.words),
        color=" and ".join(world.say.color(color) for color in program.colors),
        actual=world.say.color(clothed.short or ""),
        sure=world.say.percent(sure),
    )
    return Reply((said(text, *clothed.cites),), "yes" if holds != program.negated else "no", sure)
