"""Computes statements over two pictures (pairs.py) from what holds of each. Not for what differs: several.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, called, cannot_find, cites
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Pictures, Presence, Program, Thing

DECIDED: Final = 0.55
"""Probability from which a statement is said to hold, or not."""
SPREAD: Final = 0.35
"""How far a count is off, as a share of its square root: detectors find some two thirds of what is there."""
Compute = Callable[[Program, Scene], Reply]


def statement(program: Pictures, world: World, compute: Compute) -> Reply:
    """Whether the statement holds of the pictures.

    Args:
        program: the statement.
        world: the context; its pictures in the order sent.
        compute: answers what is said of one picture.
    """
    scenes = [scene for scene in _scenes(world) if scene.pictures][:2]
    if len(scenes) < 2:
        return Reply((said(world.say("compare_need_two", count=len(scenes))),), None, None, abstained=True)
    chance, sentences = _chance(program, scenes, world, compute)
    if chance is None:
        return Reply(sentences, None, None, abstained=True)
    truth = chance >= 0.5
    sure = max(chance, 1 - chance)
    short = "yes" if truth else "no"
    if sure < DECIDED:
        doubt = abstain(world, world.say("pictures_doubt"))
        return Reply((*doubt.sentences, *sentences), short, sure, abstained=True)
    first = said(world.say("pictures_yes" if truth else "pictures_no", sure=world.say.percent(sure)))
    return Reply((first, *sentences), short, sure)


def _scenes(world: World) -> tuple[Scene, ...]:
    if len(world.scenes) >= 2:
        return world.scenes
    return tuple(world.scene(part) for part in world.all_visuals[-2:])


def _chance(
    program: Pictures, scenes: list[Scene], world: World, compute: Compute
) -> tuple[float | None, tuple[Sentence, ...]]:
    """The probability that the statement holds, and the evidence; None if nothing can be said."""
    if program.scope in ("total", "same", "more", "fewer"):
        chance, sentences = _numbers(program, scenes, world)
    else:
        chance, sentences = _each(program, scenes, world, compute)
    if program.also is None or chance is None:
        return chance, sentences
    further, more = _chance(program.also, scenes, world, compute)
    return (None if further is None else chance * further), (*sentences, *more)


def _each(
    program: Pictures, scenes: list[Scene], world: World, compute: Compute
) -> tuple[float | None, tuple[Sentence, ...]]:
    sentences: list[Sentence] = []

    def holds(inner: Program, scene: Scene) -> float:
        reply = compute(inner, scene)
        if reply.sentences:
            title = f"{scene.name[:1].upper()}{scene.name[1:]}"
            told = world.say("describe_in", name=title, caption=reply.sentences[0].text)
            sentences.append(replace(reply.sentences[0], text=told))
        if reply.short not in ("yes", "no", "true", "false"):
            return 0.5
        sure = reply.confidence or 0.5
        return sure if reply.short in ("yes", "true") else 1 - sure

    first = program.inner[0]
    if program.scope == "index":
        chance = holds(first, scenes[program.index - 1])
        return chance, tuple(sentences)
    here, there = (holds(first, scene) for scene in scenes)
    if program.scope == "one_other":
        other = [holds(program.inner[1], scene) for scene in scenes]
        return max(here * other[1], there * other[0]), tuple(sentences)
    chance = {
        "every": here * there,
        "any": 1 - (1 - here) * (1 - there),
        "exactly_one": here * (1 - there) + there * (1 - here),
        "none": (1 - here) * (1 - there),
    }[program.scope]
    return chance, tuple(sentences)


# ---- numbers ----------------------------------------------------------------------------------------------------


def _at_most(limit: float, mean: float, spread: float) -> float:
    """The normal probability of a value up to the limit."""
    return 0.5 * (1 + math.erf((limit - mean) / (spread * math.sqrt(2))))


def _exactly(wanted: int, mean: float, spread: float) -> float:
    """The probability of exactly that number against its four neighbours: statements are wrong by a little.

    As likely as not before anything is counted.
    """

    def density(number: float) -> float:
        return math.exp(-(((number - mean) / spread) ** 2) / 2)

    others = [density(wanted + step) for step in (-2, -1, 1, 2) if wanted + step >= 0]
    return density(wanted) / max(1e-12, density(wanted) + sum(others) / len(others))


def _numbers(program: Pictures, scenes: list[Scene], world: World) -> tuple[float | None, tuple[Sentence, ...]]:
    inner = program.inner[0]
    thing = inner.things[0] if isinstance(inner, Presence) else None
    if thing is None:
        return None, ()
    bare: Thing = replace(thing, number=None, none=False)
    found = [search(bare, scene, world) for scene in scenes]
    unable = next((index for index, one in enumerate(found) if not one.able), None)
    if unable is not None:
        return None, cannot_find(bare, found[unable], scenes[unable], world).sentences
    counts = [len(one.counted) for one in found]
    sentences = tuple(
        said(
            world.say(
                "compare_count",
                name=f"{scene.name[:1].upper()}{scene.name[1:]}",
                list=world.say.count(count, called(bare)),
            ),
            *cites(one.counted),
        )
        for scene, one, count in zip(scenes, found, counts, strict=True)
    )
    if program.scope == "total":
        number = thing.number
        total = sum(counts)
        if number is None:
            return None, sentences
        spread = 0.5 + SPREAD * math.sqrt(total)
        if number.comparator == "=":
            return _exactly(number.value, total, spread), sentences
        low, high = {
            ">=": (number.value - 0.5, math.inf),
            ">": (number.value + 0.5, math.inf),
            "<=": (-math.inf, number.value + 0.5),
            "<": (-math.inf, number.value - 0.5),
        }[number.comparator]
        return _at_most(high, total, spread) - _at_most(low, total, spread), sentences
    ahead, behind = (counts[0], counts[1]) if program.index != 2 else (counts[1], counts[0])
    spread = 0.7 + SPREAD * math.sqrt(sum(counts))
    if program.scope == "same":
        return _exactly(0, abs(ahead - behind), spread), sentences
    lead = ahead - behind if program.scope == "more" else behind - ahead
    return 1 - _at_most(0.5, lead, spread), sentences
