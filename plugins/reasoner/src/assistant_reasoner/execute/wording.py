"""Says where things are and why something cannot be told: pieces that several answers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.fusion.align import place
from assistant.types import Kind, Part
from assistant_reasoner.execute.find import COUNTED, Found, Match, find
from assistant_reasoner.execute.likely import bare, concept, likely, whole
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.lexicon import ANYTHING, NARROWER, PEOPLE
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.phrase_en import RELATIONS
from assistant_reasoner.programs import Thing

ONE_IN: Final = 0.55
"""How often a person is of the sex, age or trade that somebody asks for: people ask for what they see."""


def called(thing: Thing) -> str:
    """The name to use for it in an answer."""
    if thing.pronoun:
        return "thing"
    return thing.words


def phrased(thing: Thing, world: World) -> str:
    """The whole phrase in the singular: "red car at the left", "block above the black block"."""
    name = world.say.name(called(thing), color_of(thing))
    if world.say.language != "en":
        return name
    if thing.having:
        name += " with " + world.say.listed(
            [
                world.say.no(phrased(one, world)) if one.none else world.say.a(phrased(one, world))
                for one in thing.having
            ]
        )
    if thing.region:
        name += f" {world.say.place(thing.region)}"
    if thing.relation and thing.anchor is not None:
        anchor = phrased(thing.anchor, world)
        name += f" {RELATIONS[thing.relation]} {'the' if thing.anchor.definite else 'a'} {anchor}"
    return name


def color_of(thing: Thing) -> str:
    """The colours asked for, as an adjective."""
    return " and ".join(thing.colors)


def where(match: Match, scene: Scene, world: World) -> str:
    """ "at the top left", or "in the background, at 3.2 s" of a video."""
    spot = world.say.place(place(match.box)) if match.seen.box is not None else world.say.place("whole picture")
    if scene.is_video:
        part = next((picture.part for picture in scene.pictures if picture.part.digest == match.seen.part), None)
        if part is not None and part.span is not None:
            spot += world.say.frame(part.span[0])
    return spot


def places(matches: Sequence[Match], scene: Scene, world: World, most: int = 6) -> str:
    """The places of several things, each place once."""
    spots = [where(match, scene, world) for match in matches]
    counted = {spot: spots.count(spot) for spot in dict.fromkeys(spots)}
    named = [f"{count} {spot}" if count > 1 else spot for spot, count in list(counted.items())[:most]]
    return world.say.listed(named)


def cites(matches: Sequence[Match]) -> tuple[str, ...]:
    """Everything that the matches rest on."""
    return tuple(dict.fromkeys(identity for match in matches for identity in match.cites))


def abstain(world: World, reason: str, *more: Sentence) -> Reply:
    """ "I can't tell from what I perceived: ..."."""
    first = said(world.say("cannot", reason=reason))
    return Reply((first, *more), None, None, abstained=True)


def seen_instead(scene: Scene, world: World) -> tuple[Sentence, ...]:
    """ "What I do see: ..." from the caption, if there is one; in other languages, from what is seen."""
    if world.say.language != "en":
        things = [seen for picture in scene.pictures[:1] for seen in picture.objects if seen.confidence >= COUNTED]
        counts = {seen.text: sum(other.text == seen.text for other in things) for seen in things}
        listed = world.say.listed([world.say.count(number, name) for name, number in counts.items()])
        return (said(world.say("what_list", list=listed), *(seen.id for seen in things)),) if things else ()
    for picture in scene.pictures[:1]:
        for caption in picture.captions[:1]:
            if caption.text.startswith("I "):  # it says that nothing was recognised
                return ()
            return (said(world.say("do_see", caption=caption.text), caption.id),)
    return ()


def unboxed(thing: Thing, scene: Scene, world: World) -> Reply | None:
    """What can be said of a thing that only the concepts speak of, when its colour, place or number is asked for."""
    if world.say.language != "en" or not scene.pictures or thing.pronoun:
        return None
    plain = whole(thing)
    if not bare(plain) or concept(plain, scene.pictures[0], world) is None:
        return None
    chance = likely(plain, find(plain, scene.pictures[0], world), scene.pictures[0], world)
    there = chance.probability >= 0.5
    text = world.say(
        "unboxed",
        thing=world.say.a(phrased(plain, world)),
        lead="probably yes" if there else "probably not",
        sure=world.say.percent(max(chance.probability, 1 - chance.probability)),
    )
    return Reply((said(text, *chance.cites), *seen_instead(scene, world)), abstained=True)


def cannot_find(thing: Thing, found: Found, scene: Scene, world: World) -> Reply:
    """The answer when nothing that looked could have known the thing."""
    for one in (thing, thing.anchor):
        judged = unboxed(one, scene, world) if one is not None and not (one.classes or one.shapes) else None
        if judged is not None:
            return judged
    part: Part = scene.pictures[0].part if scene.pictures else scene.part
    other = thing.anchor
    if scene.pictures and thing.classes and other is not None and not (other.classes or other.shapes or other.pronoun):
        thing = replace(other, colors=())
    if not scene.pictures:
        reason = world.reason(Kind.OBJECT, scene.part, scene.name)
    elif found.able or thing.words in ANYTHING:
        reason = world.say("not_found", no_thing=world.say.no(phrased(thing, world)), name=scene.name)
    elif thing.classes or thing.shapes or thing.anything:
        reason = world.reason(found.kind, part, scene.name)
    else:
        reason = world.say("unknown_class", things=world.say.quote(thing.words))
    if scene.pictures and not (thing.classes or thing.shapes or thing.anything):
        first = said(world.say("cannot_see", thing=world.say.a(phrased(thing, world)), reason=reason))
        return Reply((first, *seen_instead(scene, world)), abstained=True)
    return abstain(world, reason, *seen_instead(scene, world))


_ANY_PEOPLE: Final = frozenset(
    "people human person somebody someone anyone anybody crowd individual nobody being folk he she him her".split()
) | {"human being", "no one", "group of people"}


def special(thing: Thing) -> bool:
    """Whether the phrase says more of people than that they are people: their sex, age or trade."""
    return thing.words in PEOPLE and thing.words not in _ANY_PEOPLE


def of_the_kind(number: int) -> float:
    """The probability that of so many people at least one is of the sex, age or trade that somebody asks for."""
    return min(0.8, 1 - (1 - ONE_IN) ** max(1, number))


def caveats(thing: Thing, matches: Sequence[Match], world: World) -> tuple[Sentence, ...]:
    """What of the phrase was not judged: a special case of a class, adjectives."""
    if world.say.language != "en" or not matches:
        return ()
    name = matches[0].seen.text
    if name == "person" and special(thing):
        return (said(world.say("people_only", words=world.say.many(thing.words))),)
    if thing.words in NARROWER and name != thing.words:
        return (said(world.say("class_only", name=world.say.many(name), words=thing.words)),)
    if thing.others:
        return (said(world.say("unjudged", words=" ".join(thing.others))),)
    return ()
