"""Computes questions put together from others (rules_compose.py) from the answers to their parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from assistant.fusion.align import gap
from assistant_reasoner.execute.find import POSSIBLE, SEEN, color_share
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, called, cannot_find, cites
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Alike, AllOf, Nearer, OneOf, Program, Thing

CLEARLY: Final = 0.55
"""Probability from which one of two is chosen."""
NEARER: Final = 0.85
"""How often the plainly shorter way in the picture is the shorter one in the room."""


def _truth(reply: Reply) -> float | None:
    """The probability of yes; None where there is not even a guess."""
    if reply.short not in ("yes", "no") or reply.confidence is None:
        return None
    return reply.confidence if reply.short == "yes" else 1 - reply.confidence


def all_of(program: AllOf, answer: Callable[[Program], Reply]) -> Reply:
    """Whether every part holds; one part that surely does not is enough for no."""
    replies = [answer(part) for part in program.parts]
    sentences = tuple(sentence for reply in replies for sentence in reply.sentences[:1])
    truths = [_truth(reply) for reply in replies]
    if any(truth is None for truth in truths):
        return Reply(sentences, None, None, abstained=True)
    chance = math.prod(truth for truth in truths if truth is not None)
    refuted = any(not reply.abstained and reply.short == "no" for reply in replies)
    doubtful = any(reply.abstained for reply in replies) and not refuted
    return Reply(sentences, "yes" if chance >= 0.5 else "no", max(chance, 1 - chance), abstained=doubtful)


def one_of(program: OneOf, answer: Callable[[Program], Reply], world: World) -> Reply:
    """Which of two predicates holds."""
    replies = [answer(part) for part in program.parts]
    truths = [_truth(reply) for reply in replies]
    known = [truth for truth in truths if truth is not None]
    if len(known) < len(truths):
        return Reply(replies[0].sentences[:1], None, None, abstained=True)
    total = sum(known) or 1.0
    best = max(range(len(known)), key=lambda index: known[index])
    sure = known[best] / total
    evidence: Sequence[Sentence] = replies[best].sentences[:1]
    if sure < CLEARLY or replies[best].abstained:
        return Reply(tuple(evidence), program.options[best], sure, abstained=True)
    lead = said(world.say("choose_guess", option=world.say.quote(program.options[best]), sure=world.say.percent(sure)))
    return Reply((lead, *evidence), program.options[best], sure)


def _missing(thing: Thing, scene: Scene, world: World) -> Reply:
    found = search(thing, scene, world)
    if not found.able:
        return cannot_find(thing, found, scene, world)
    return abstain(world, world.say("not_found", no_thing=world.say.no(called(thing)), name=scene.name))


def alike(program: Alike, scene: Scene, world: World) -> Reply:
    """Do two things have the same colour?"""
    pair = []
    for thing in (program.first, program.second):
        named = [match for match in search(thing, scene, world).sure(SEEN) if match.color]
        if not named:
            return _missing(thing, scene, world)
        pair.append(named[0])
    first, second = pair
    fit = max(color_share(first.seen, second.color), color_share(second.seen, first.color))
    truth = fit >= 0.5
    sure = math.sqrt(first.confidence * second.confidence) * (0.85 if fit in (0.0, 1.0) else 0.6)
    text = world.say(
        "alike_yes" if truth else "alike_no",
        first=first.seen.text,
        color=world.say.color(first.color),
        second=second.seen.text,
        other=world.say.color(second.color),
        sure=world.say.percent(max(0.5, sure)),
    )
    return Reply((said(text, *cites(pair)),), "yes" if truth else "no", max(0.5, sure))


def nearer(program: Nearer, scene: Scene, world: World) -> Reply:
    """Which of two things is nearer to a third, in the picture?"""
    named = []
    for thing in (program.subject, program.first, program.second):
        sure = search(thing, scene, world).sure(POSSIBLE)
        if not sure:
            return _missing(thing, scene, world)
        named.append(sure[0])
    subject, first, second = named

    def way(match_box: tuple[float, float, float, float]) -> float:
        middle = math.dist(_middle(subject.box), _middle(match_box))
        return gap(subject.box, match_box) + 0.2 * middle

    ways = way(first.box), way(second.box)
    shorter = first if ways[0] <= ways[1] else second
    plain = 1 - min(ways) / max(max(ways), 1e-6)
    confidence = 0.5 + (NEARER - 0.5) * min(1.0, 2 * plain) * math.sqrt(first.confidence * second.confidence)
    name = called(program.first if shorter is first else program.second)
    text = world.say("nearer", subject=called(program.subject), thing=name, sure=world.say.percent(confidence))
    short = ("yes" if shorter is first else "no") if program.verdict else name
    return Reply((said(text, *cites(named)),), short, confidence)


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
