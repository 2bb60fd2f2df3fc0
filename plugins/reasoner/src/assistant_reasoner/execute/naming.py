"""Answers about what a thing is: "what is this", "what animal is it", "is this a dog". How many: things.py."""

from __future__ import annotations

from dataclasses import replace

from assistant.types import Kind, Observation
from assistant_reasoner.execute.cases import cases
from assistant_reasoner.execute.find import COUNTED, POSSIBLE, SEEN, Match, main_things
from assistant_reasoner.execute.likely import DECIDED, absence
from assistant_reasoner.execute.things import name_of, search, several
from assistant_reasoner.execute.wording import (
    abstain,
    cannot_find,
    caveats,
    cites,
    of_the_kind,
    phrased,
    seen_instead,
    special,
    where,
)
from assistant_reasoner.execute.world import Picture, Scene, World, label_share
from assistant_reasoner.lexicon import HYPERNYMS
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import IsA, Thing, WhatIs


def what_is(program: WhatIs, scene: Scene, world: World) -> Reply:
    """What is this? What animal is it? What is on the left?"""
    if not scene.pictures:
        return abstain(world, world.reason(Kind.OBJECT, scene.part, scene.name))
    if program.region:
        return _in_region(program, scene, world)
    if program.kind is not None and not program.kind.anything:
        return _kind(program.kind, scene, world)
    picture = scene.pictures[0]
    things = [seen for seen in main_things(picture) if seen.confidence >= POSSIBLE]
    label = picture.labels[0] if picture.labels else None
    if things and (things[0].confidence >= COUNTED or label is None or label.confidence < things[0].confidence):
        return _named(things[0], picture, world)
    if label is not None:
        return _labelled(label, world)
    if picture.captions:
        return Reply((said(picture.captions[0].text, picture.captions[0].id),), None, picture.captions[0].confidence)
    if picture.lines:
        return Reply(
            (said(world.say("describe_reads", text=world.say.quote(picture.lines[0].text)), picture.lines[0].id),),
            None,
            0.5,
        )
    return abstain(world, world.reason(Kind.OBJECT, picture.part, scene.name))


def _labelled(label: Observation, world: World) -> Reply:
    broader, share = label.data.get("broader"), float(label.data.get("broader_confidence") or 0.0)
    if label.confidence < COUNTED <= share and isinstance(broader, str):
        text = world.say("what", thing=world.say.a(broader), sure=world.say.percent(share))
        closer = world.say("what_closer", label=world.say.a(label.text), sure=world.say.percent(label.confidence))
        return Reply((said(text, label.id), said(closer, label.id)), broader, share)
    key = "what" if label.confidence >= COUNTED else "what_label"
    text = world.say(key, thing=world.say.a(label.text), sure=world.say.percent(label.confidence))
    if label.confidence < POSSIBLE:
        return Reply((said(text, label.id),), None, None, abstained=True)
    unsure = label.confidence < COUNTED
    return Reply((said(text, label.id),), label.text.casefold(), label.confidence, abstained=unsure)


def _named(seen: Observation, picture: Picture, world: World) -> Reply:
    color = seen.data.get("color")
    shade = color if isinstance(color, str) and seen.kind == Kind.SHAPE else ""
    sentences = [
        said(world.say("what", thing=world.say.a(seen.text, shade), sure=world.say.percent(seen.confidence)), seen.id)
    ]
    closer = next(
        (label for label in picture.labels if label_share(label, seen.text) and label.text.casefold() != seen.text),
        None,
    )
    if closer is not None and closer.confidence >= POSSIBLE:
        sentences.append(
            said(
                world.say("what_closer", label=world.say.a(closer.text), sure=world.say.percent(closer.confidence)),
                closer.id,
            )
        )
    return Reply(tuple(sentences), seen.text, seen.confidence)


def _in_region(program: WhatIs, scene: Scene, world: World) -> Reply:
    thing = (
        replace(program.kind, region=program.region)
        if program.kind
        else Thing("thing", anything=True, region=program.region)
    )
    found = search(thing, scene, world)
    sure = found.sure() or found.sure(POSSIBLE)
    if not sure:
        if not found.able:
            return cannot_find(thing, found, scene, world)
        return Reply(
            (said(world.say("region_none", where=world.say.place(program.region))),), None, None, abstained=True
        )
    listed = several(sure, thing, world)
    text = world.say("what_list", list=f"{listed} {world.say.place(program.region)}")
    return Reply((said(text, *cites(sure)),), sure[0].seen.text, sure[0].confidence)


def _kind(kind: Thing, scene: Scene, world: World) -> Reply:
    """What animal is it? What kind of dog is it? What shape is there?"""
    found = search(kind, scene, world)
    sure = found.sure(SEEN)
    picture = scene.pictures[0]
    label, share = max(found.labels, key=lambda one: one[1], default=(None, 0.0))
    narrow = kind.words not in HYPERNYMS and not kind.shapes
    if narrow and label is not None and share >= POSSIBLE and label.text.casefold() != kind.words:
        return _labelled(label, world)
    if sure:
        groups = {name_of(match, kind) for match in sure}
        if len(groups) == 1:
            first = sure[0]
            if narrow:
                text = world.say("what_kind_only", thing=world.say.a(first.seen.text))
                closer = _closer(first, picture, world)
                return Reply((said(text, *first.cites), *closer), None, None, abstained=True)
            return Reply(
                (
                    said(
                        world.say("what", thing=_what(sure, kind, world), sure=world.say.percent(first.confidence)),
                        *cites(sure),
                    ),
                    *_closer(first, picture, world),
                ),
                first.seen.text,
                first.confidence,
            )
        text = world.say("what_list", list=several(sure, kind, world))
        return Reply((said(text, *cites(sure)),), sure[0].seen.text, sure[0].confidence)
    if label is not None and share >= POSSIBLE:
        return _labelled(label, world)
    likeliest = cases(kind.words, picture, world) if world.say.language == "en" else []
    if likeliest and likeliest[0][1] >= DECIDED:
        name, chance, rests_on = likeliest[0]
        text = world.say("kind_likely", thing=world.say.a(name), sure=world.say.percent(chance))
        return Reply((said(text, *rests_on),), name, chance)
    if found.able:
        no_thing = world.say.no(phrased(kind, world))
        if world.say.language == "en":
            return abstain(
                world, world.say("not_found", no_thing=no_thing, name=scene.name), *seen_instead(scene, world)
            )
        none = said(world.say("no", no_thing=no_thing))
        return Reply((none, *seen_instead(scene, world)), None, None, abstained=True)
    return cannot_find(kind, found, scene, world)


def _what(sure: tuple[Match, ...], kind: Thing, world: World) -> str:
    name, color = name_of(sure[0], kind)
    return world.say.a(name, color) if len(sure) == 1 else world.say.count(len(sure), name, color)


def _closer(match: Match, picture: Picture, world: World) -> tuple[Sentence, ...]:
    for label in picture.labels:
        if (
            label_share(label, match.seen.text)
            and label.text.casefold() != match.seen.text
            and label.confidence >= POSSIBLE
        ):
            return (
                said(
                    world.say("what_closer", label=world.say.a(label.text), sure=world.say.percent(label.confidence)),
                    label.id,
                ),
            )
    return ()


def is_a(program: IsA, scene: Scene, world: World) -> Reply:
    """Is this a ...? Is the animal a dog?"""
    thing = replace(program.thing, region=program.subject.region if program.subject else program.thing.region)
    found = search(thing, scene, world)
    sure = found.sure(SEEN)
    label, share = max(found.labels, key=lambda one: one[1], default=(None, 0.0))
    confidence = max(sure[0].confidence if sure else 0.0, share)
    if sure and share < SEEN and special(thing) and sure[0].seen.text == "person" and world.say.language == "en":
        text = world.say(
            "people_doubt",
            thing=world.say.a("person"),
            where=where(sure[0], scene, world),
            sure=world.say.percent(sure[0].confidence),
            special=world.say.a(thing.words),
        )
        short = "no" if program.negated else "yes"
        return Reply((said(text, *cites(sure[:1])),), short, max(0.5, of_the_kind(1) * confidence), abstained=True)
    if confidence >= SEEN:
        cited = (*cites(sure[:1]), *((label.id,) if label is not None and share >= SEEN else ()))
        text = world.say("is_a_yes", thing=world.say.a(phrased(thing, world)), sure=world.say.percent(confidence))
        return Reply((said(text, *cited), *caveats(thing, sure, world)), "no" if program.negated else "yes", confidence)
    picture = scene.pictures[0] if scene.pictures else None
    if picture is None or not found.able:
        return cannot_find(thing, found, scene, world)
    other = next((seen for seen in main_things(picture) if seen.confidence >= COUNTED), None)
    confidence = absence(thing, found)
    if other is not None:
        text = world.say(
            "is_a_no",
            thing=world.say.a(phrased(thing, world)),
            actual=world.say.a(other.text),
            sure=world.say.percent(confidence),
        )
        return Reply((said(text, other.id),), "yes" if program.negated else "no", confidence)
    text = world.say("no", no_thing=world.say.no(phrased(thing, world)))
    return Reply((said(text),), "yes" if program.negated else "no", confidence)
