"""Answers about what is there and how many: presence, counts, comparisons of counts, kinds. Where: see places.py."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import (
    LABEL_SPEAKS,
    SEEN,
    Found,
    Match,
    asked_for,
    find,
    fulfils,
    presence_of,
)
from assistant_reasoner.execute.likely import ABSENT, ABSENT_SHAPE, DECIDED, Likelihood, absence, bare, likely, whole
from assistant_reasoner.execute.loosely import SURROUNDS, anchored, loosely
from assistant_reasoner.execute.setting import follows
from assistant_reasoner.execute.wording import (
    abstain,
    called,
    cannot_find,
    caveats,
    cites,
    color_of,
    of_the_kind,
    phrased,
    places,
    seen_instead,
    special,
    where,
)
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Count, Every, MoreThan, Presence, Stands, Thing, When

SURE: Final = 0.65
"""Confidence from which a yes is said without a "probably"."""
PLAIN: Final = 0.85
"""Probability from which a verdict that rests on no box is said without a "probably"."""
PRESUPPOSED: Final = 2.0
"""Who asks how many there are mostly sees some: factor on the odds that there are some at all."""
ONE_OF_SOME: Final = 0.5
"""How often it is one where there are some and the detector found none."""
SPECIAL_COUNT: Final = 0.6
"""How often all people are of the sex, age or trade whose number somebody asks for."""
AROUND: Final = 0.35
"""Probability of surroundings without a box ("in the kitchen") from which what is counted is taken to be there."""
RECALL: Final = 0.65
"""Share of the large things on COCO photographs that the detector finds."""
UNSURE_COUNT: Final = 0.3
"""Confidence in the exact number below which a count is given as a lower bound."""
CROWD: Final = 4
"""Things from which a count can be a lower bound."""


def search(thing: Thing, scene: Scene, world: World) -> Found:
    """What was found of the thing in the picture, or in the frame of the video that shows most of it."""
    if not scene.pictures:
        return Found(())
    found = [find(thing, picture, world) for picture in scene.pictures]
    return max(found, key=lambda one: (one.able, len(one.sure()), one.best))


def presence(program: Presence, scene: Scene, world: World) -> Reply:
    """Is there ...?"""
    verdicts = [_one_presence(thing, program.negated, scene, world) for thing in program.things]
    if len(verdicts) == 1:
        return verdicts[0]
    known = [verdict for verdict in verdicts if not verdict.abstained]
    truths = [verdict.short == "yes" for verdict in known]
    sentences = tuple(sentence for verdict in verdicts for sentence in verdict.sentences[:2])
    if program.every:
        if known and not all(truths):
            worst = max((verdict.confidence or 0.5 for verdict in known if verdict.short == "no"), default=0.5)
            return Reply(sentences, "no", worst)
        if len(known) < len(verdicts):
            return Reply(sentences, None, None, abstained=True)
        return Reply(sentences, "yes", math.prod(verdict.confidence or 0.5 for verdict in known))
    if any(truths):
        return Reply(sentences, "yes", max(verdict.confidence or 0.5 for verdict in known if verdict.short == "yes"))
    if len(known) < len(verdicts):
        return Reply(sentences, None, None, abstained=True)
    return Reply(sentences, "no", math.prod(verdict.confidence or 0.5 for verdict in known))


def _one_presence(thing: Thing, negated: bool, scene: Scene, world: World) -> Reply:
    found = search(thing, scene, world)
    denied = negated != thing.none
    if thing.number is not None and not thing.none:
        return _numbered(thing, found, negated, scene, world)
    say = world.say
    sure = found.sure(SEEN)
    no_thing = say.no(phrased(thing, world))
    speaking = [(label, share) for label, share in found.labels if share >= LABEL_SPEAKS]
    if sure:
        first = sure[0]
        confidence = max(found.best, first.confidence)
        confidence = confidence if first.seen.kind == Kind.SHAPE else asked_for(confidence)
        name, color = name_of(first, thing)
        if denied:
            key, things = "no_but", say.a(name, color)
        elif len(sure) == 1 or thing.pronoun:
            key, things = ("yes_one" if confidence >= SURE else "probably_one"), say.a(name, color)
        else:
            key, things = "yes_many", several(sure, thing, world)
        spot = say.place(thing.region) if thing.region else where(first, scene, world)
        text = say(key, thing=things, things=things, where=spot, sure=say.percent(confidence))
        if special(thing) and first.seen.text == "person" and not denied:
            return _some_people(thing, sure, confidence, scene, world)
        return Reply(
            (said(text, *cites(sure)), *caveats(thing, sure, world)), "no" if denied else "yes", max(confidence, 0.5)
        )
    if thing.relation and thing.anchor is not None:
        inferred = loosely(Stands(whole(thing), thing.relation, thing.anchor, denied), scene, world)
        if inferred is not None:
            return inferred
    chance = likely(thing, found, _best_picture(found, scene), world)
    if speaking and chance.probability >= 0.5:
        label, share = max(speaking, key=lambda one: one[1])
        text = say("yes_label", label=say.a(label.text), sure=say.percent(share))
        return Reply((said(text, label.id),), "no" if denied else "yes", max(share, chance.probability))
    if found.lines and not thing.classes and not thing.shapes:
        text = say("yes_text", text=say.quote(found.lines[0].text))
        unseen = say("unknown_class", things=say.quote(thing.words))
        return Reply((said(text, found.lines[0].id), said(say("cannot", reason=unseen))), None, None, abstained=True)
    if not found.able:
        return _unlooked(thing, chance, denied, found, scene, world)
    if chance.probability >= 1 - DECIDED and chance.basis in ("seen", "zero-shot", "company"):
        return _unlooked(thing, chance, denied, found, scene, world)
    confidence = 1 - chance.probability
    if (
        confidence < DECIDED
        and found.kind != Kind.SHAPE
        and bare(thing)
        and found.matches
        and world.say.language == "en"
    ):
        return _unlooked(thing, chance, denied, found, scene, world)
    more: tuple[Sentence, ...] = ()
    if found.almost:
        named = found.almost[:3]
        colors = say.listed([say.color(match.color) or "?" for match in named])
        more = (
            said(
                say("not_color", things=several(found.almost, thing, world, colored=False), color=colors),
                *cites(named),
            ),
        )
    elif found.matches:
        near = found.matches[0]
        more = (
            said(
                say(
                    "no_almost",
                    thing=say.a(near.seen.text, color_of(thing)),
                    where=where(near, scene, world),
                    sure=say.percent(near.confidence),
                ),
                near.seen.id,
            ),
        )
    key = "true_none" if denied else "no_shape" if found.kind == Kind.SHAPE else "no"
    sentences = [said(say(key, no_thing=no_thing)), *more]
    if found.kind != Kind.SHAPE:
        sentences.append(said(say("no_sure", sure=say.percent(confidence))))
    return Reply(tuple(sentences), "yes" if denied else "no", confidence)


def _some_people(thing: Thing, sure: tuple[Match, ...], confidence: float, scene: Scene, world: World) -> Reply:
    """There are people; whether one is a woman, a child, a nurse, nobody here can tell."""
    say = world.say
    chance = of_the_kind(len(sure)) * confidence
    if say.language != "en":
        text = say(
            "yes_many", things=several(sure, thing, world), where=where(sure[0], scene, world), sure=say.percent(chance)
        )
        return Reply((said(text, *cites(sure)), *caveats(thing, sure, world)), "yes", chance)
    if chance >= DECIDED:
        text = say("people_many", things=several(sure, thing, world), special=say.many(thing.words))
        return Reply((said(text, *cites(sure)),), "yes", chance)
    text = say(
        "people_doubt",
        thing=say.a(sure[0].seen.text) if len(sure) == 1 else several(sure, thing, world),
        where=where(sure[0], scene, world),
        sure=say.percent(confidence),
        special=say.a(thing.words),
    )
    return Reply((said(text, *cites(sure)),), "yes", max(0.5, chance), abstained=True)


def _best_picture(found: Found, scene: Scene) -> Picture | None:
    """The picture that the find comes from: of a video the frame of the best match, else the first."""
    part = found.matches[0].seen.part if found.matches else None
    return next((one for one in scene.pictures if one.part.digest == part), next(iter(scene.pictures), None))


def _unlooked(thing: Thing, chance: Likelihood, denied: bool, found: Found, scene: Scene, world: World) -> Reply:
    """A thing that no box shows, by what else speaks for or against it; said to be so, and withheld in doubt."""
    there = chance.probability >= 0.5
    short = "yes" if there != denied else "no"
    sure = max(chance.probability, 1 - chance.probability)
    if not chance.basis or world.say.language != "en":
        inferred = follows(thing, scene, world)
        if inferred is not None and inferred.short:
            return replace(inferred, short="yes" if (inferred.short == "yes") != denied else "no")
        if not chance.basis:
            return replace(cannot_find(thing, found, scene, world), short=short, confidence=sure)
    basis = "seen" if chance.basis in ("label", "absence") else chance.basis
    if sure >= DECIDED:
        lead = ("Yes" if sure >= PLAIN else "Probably") if there else ("No" if sure >= PLAIN else "Probably not")
        key = f"concept_{'yes' if there else 'no'}_{basis}"
        quoted = world.say.quote(thing.words)
        text = world.say(key, lead=lead, things=quoted, sure=world.say.percent(sure))
        return Reply((said(text, *chance.cites),), short, sure)
    reason = world.say("concept_doubt", things=world.say.a(phrased(thing, world)))
    doubt = abstain(world, reason, *seen_instead(scene, world))
    first = replace(doubt.sentences[0], cites=chance.cites)
    return Reply((first, *doubt.sentences[1:]), short, sure, abstained=True)


def name_of(match: Match, thing: Thing) -> tuple[str, str]:
    """The name to give to a match, and its colour if that was asked about."""
    if match.seen.kind == Kind.SHAPE and (thing.shapes or thing.anything):
        word = thing.words if thing.words in ("box", "tower", "stack", "block") else match.seen.text
        return word, (color_of(thing) or ("" if thing.words in ("box", "tower", "stack") else match.color))
    return match.seen.text, color_of(thing)


def several(matches: tuple[Match, ...], thing: Thing, world: World, *, colored: bool = True) -> str:
    """ "3 dogs", or "2 dogs and 1 cat" for a hypernym."""
    groups: dict[tuple[str, str], int] = {}
    for match in matches:
        name = name_of(match, thing)
        if not colored:
            name = (name[0], "")
        groups[name] = groups.get(name, 0) + 1
    return world.say.listed([world.say.count(number, *name) for name, number in groups.items()])


def count_confidence(sure: tuple[Match, ...], unsure: tuple[Match, ...], found: Found) -> float:
    """Probability that the count is exact: all counted are real, none of the doubtful is, and none was missed."""
    if found.kind == Kind.SHAPE:
        return math.prod(match.confidence for match in sure) or ABSENT_SHAPE
    real = ABSENT
    if sure:  # that there is one is surer than that it is within this box
        first, *others = sure
        real = max(0.5, presence_of(first)) * math.prod(max(0.5, match.confidence) for match in others)
    missed = 0.9 ** len(sure)
    return max(0.05, real * math.prod(1 - match.confidence for match in unsure) * missed)


def at_least(sure: tuple[Match, ...], unsure: tuple[Match, ...]) -> float:
    """Probability that at least as many are there as were counted.

    Those counted and those in doubt are there by chance, each with its confidence; what the detector misses comes on
    top, Poisson distributed, as many as a recall of RECALL leaves out.
    """
    shares = [match.confidence for match in (*sure, *unsure)]
    real = [1.0]
    for share in shares:
        real = [
            (real[index] if index < len(real) else 0.0) * (1 - share) + (real[index - 1] * share if index else 0.0)
            for index in range(len(real) + 1)
        ]
    rate = sum(shares) * (1 - RECALL) / RECALL
    missed = [math.exp(-rate) * rate**index / math.factorial(index) for index in range(min(len(sure), 60))]
    fewer = sum(
        chance * sum(missed[: max(0, len(sure) - number)]) for number, chance in enumerate(real) if number < len(sure)
    )
    return min(0.95, max(0.05, 1 - fewer))


def _numbered(thing: Thing, found: Found, negated: bool, scene: Scene, world: World) -> Reply:
    """Are there exactly two ...?"""
    assert thing.number is not None
    if not found.able:
        return cannot_find(thing, found, scene, world)
    sure, unsure = found.counted, found.uncounted
    truth = fulfils(thing, len(sure)) != negated
    confidence = count_confidence(sure, unsure, found)
    if thing.number.comparator != "=":
        confidence = max(confidence, 0.6)
    elif not fulfils(thing, len(sure)):
        confidence = 1 - 0.5 * (1 - confidence)
    if sure:
        things = several(sure, thing, world)
    else:
        things = world.say.no(phrased(thing, world))
    text = world.say("number_yes" if truth else "number_no", things=things)
    more = (said(world.say("count_possible", more=len(unsure)), *cites(unsure)),) if unsure else ()
    return Reply((said(text, *cites(sure)), *more, *caveats(thing, sure, world)), "yes" if truth else "no", confidence)


def count(program: Count, scene: Scene, world: World) -> Reply:
    """How many ...?"""
    thing = program.thing
    found = search(thing, scene, world)
    say = world.say
    if thing.anchor is not None and thing.relation in ("on", "inside") and scene.pictures and not found.counted:
        around = anchored(thing.anchor, scene.pictures[0], world)
        if around is not None and around.probability >= AROUND:
            reply = count(Count(whole(thing)), scene, world)
            return replace(reply, confidence=(reply.confidence or 0.5) * SURROUNDS)
    if not found.able:
        return cannot_find(thing, found, scene, world)
    sure, unsure = found.counted, found.uncounted
    if not sure and unsure and unsure[0].confidence >= SEEN:
        # Something is there rather than not: one is a better guess than none.
        sure, unsure = unsure[:1], unsure[1:]
    confidence = count_confidence(sure, unsure, found)
    doubt = (said(say("count_possible", more=len(unsure)), *cites(unsure)),) if unsure else ()
    if not sure:
        no_thing = say.no(phrased(thing, world))
        none = 1.0 if found.kind == Kind.SHAPE else _none_at_all(thing, found, scene, world)
        none = ABSENT_SHAPE * (1 - 0.6 * found.best) if found.kind == Kind.SHAPE else none
        if none < 0.5:
            reason = say("not_found", no_thing=no_thing, name=scene.name)
            return replace(abstain(world, reason, *doubt), short="1", confidence=(1 - none) * ONE_OF_SOME)
        return Reply((said(say("count_none", no_thing=no_thing, sure=say.percent(none))), *doubt), "0", none)
    if len(sure) == 1:
        name, color = name_of(sure[0], thing)
        first = say(
            "count_one", thing=say.name(name, color), where=where(sure[0], scene, world), sure=say.percent(confidence)
        )
        sentences = [said(first, *cites(sure))]
    else:
        crowd = len(sure) >= CROWD and confidence < UNSURE_COUNT and found.kind != Kind.SHAPE
        if crowd:
            doubt = ()
        things = several(sure, thing, world)
        told = at_least(sure, unsure) if crowd else confidence
        first = say("count_least" if crowd else "count_many", things=things, sure=say.percent(told))
        sentences = [said(first, *cites(sure))]
        if len(sure) <= 6:
            sentences.append(said(say("placed", places=places(sure, scene, world))))
        elif found.kind != Kind.SHAPE:
            sentences.append(said(say("count_crowd")))
    if special(thing) and sure[0].seen.text == "person":
        confidence *= SPECIAL_COUNT
    return Reply((*sentences, *doubt, *caveats(thing, sure, world)), str(len(sure)), confidence)


def _none_at_all(thing: Thing, found: Found, scene: Scene, world: World) -> float:
    """The probability that there are none, when none was found and somebody asks how many there are."""
    there = likely(thing, found, _best_picture(found, scene), world).probability
    odds = PRESUPPOSED * there / max(1e-6, 1 - there)
    return 1 / (1 + odds)


def more_than(program: MoreThan, scene: Scene, world: World) -> Reply:
    """Are there more ... than ...?"""
    first, second = search(program.first, scene, world), search(program.second, scene, world)
    for thing, found in ((program.first, first), (program.second, second)):
        if not found.able:
            return cannot_find(thing, found, scene, world)
    one, other = first.counted, second.counted
    truth = {"more": len(one) > len(other), "fewer": len(one) < len(other), "same": len(one) == len(other)}[program.ask]
    things = world.say.listed(
        [
            world.say.count(len(one), called(program.first), color_of(program.first)),
            world.say.count(len(other), called(program.second), color_of(program.second)),
        ]
    )
    text = world.say("number_yes" if truth else "number_no", things=things)
    confidence = count_confidence(one, (), first) * count_confidence(other, (), second)
    confidence = max(confidence, 0.5 + 0.1 * min(4, abs(len(one) - len(other))))
    return Reply((said(text, *cites((*one, *other))),), "yes" if truth else "no", min(0.95, confidence))


def every(program: Every, scene: Scene, world: World) -> Reply:
    """Does each box have ...?"""
    holder = replace(program.holder, many=False, number=None)
    having = find(replace(holder, having=program.things), scene.pictures[0], world) if scene.pictures else Found(())
    total = len(_all_holders(holder, scene, world))
    if not having.able or not total:
        return cannot_find(holder, having, scene, world)
    hits = having.sure()
    truth = len(hits) == total
    things = f"{len(hits)} / {world.say.count(total, called(holder))}"
    confidence = 0.9 if having.kind == Kind.SHAPE else 0.6
    return Reply(
        (said(world.say("number_yes" if truth else "number_no", things=things), *cites(hits)),),
        "yes" if truth else "no",
        confidence,
    )


def _all_holders(holder: Thing, scene: Scene, world: World) -> list[Observation]:
    from assistant_reasoner.execute.arrangement import holders

    groups = holders(holder.words, scene.pictures[0])
    if groups is not None:
        return [seen for seen, _ in groups]
    return [match.seen for match in search(holder, scene, world).sure()]


def when(program: When, scene: Scene, world: World) -> Reply:
    """When does ... appear in the video?"""
    if not scene.is_video:
        return abstain(world, world.say("no_video").rstrip("."))
    found = [(picture, find(program.thing, picture, world)) for picture in scene.pictures]
    hits = [(picture, one.sure(SEEN)[0]) for picture, one in found if one.sure(SEEN)]
    if not hits:
        whole = search(program.thing, scene, world)
        if not whole.able:
            return cannot_find(program.thing, whole, scene, world)
        text = world.say("no", no_thing=world.say.no(phrased(program.thing, world)))
        return Reply(
            (said(text), said(world.say("appears_note", count=len(scene.pictures)))),
            None,
            absence(program.thing, whole),
        )
    times = [world.say.time(picture.part.span[0] if picture.part.span else 0.0) for picture, _ in hits]
    sure = max(match.confidence for _, match in hits)
    shown = world.say.listed(times[:8])
    text = world.say("appears", thing=hits[0][1].seen.text, times=shown, sure=world.say.percent(sure))
    note = world.say("appears_note", count=len(scene.pictures))
    return Reply((said(text, *cites([match for _, match in hits])), said(note)), times[0], sure)
