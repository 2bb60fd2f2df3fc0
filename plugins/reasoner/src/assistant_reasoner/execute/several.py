"""Answers that weigh pictures, or options, against each other. Single pictures: things.py, places.py, sight.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import COUNTED, SEEN
from assistant_reasoner.execute.setting import place_scores
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, called, cannot_find, cites, color_of, phrased
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Compare

SAME_MEANING: Final = 0.4
"""Cosine similarity from which an option says what an answer, or something perceived, says."""
CLEARLY: Final = 0.06
"""Similarity by which the best option must beat the next."""
UNLIKE: Final = 0.4
"""Probability of both places from which it is said that they differ."""
SAME_KIND: Final = 0.6
"""How often two pictures of the same kind of place, sent together, show the same place; an estimate by hand."""
BY_LIGHT: Final = {"brighter": ("brightness", 1), "darker": ("brightness", -1), "sharper": ("sharpness", 1)}


def compare(program: Compare, world: World) -> Reply:
    """What differs between the pictures? Which one ...?"""
    scenes = world.scenes
    if len(scenes) < 2:
        scenes = tuple(world.scene(part) for part in world.all_visuals[-2:])
    if not scenes:
        return Reply((said(world.say("no_picture")),), None, None, abstained=True)
    if len(scenes) < 2:
        return Reply((said(world.say("compare_need_two", count=len(scenes))),), None, None, abstained=True)
    if program.ask in BY_LIGHT:
        return _by_fact(program.ask, scenes, world)
    if program.ask == "bigger":
        return _bigger(scenes, world)
    if program.ask in ("which_has", "which_more", "which_fewer") and program.thing is not None:
        return _which(program, scenes, world)
    if program.ask == "same_place":
        return _same_place(scenes[0], scenes[1], world)
    if program.ask in ("both", "only_first", "only_second"):
        return _shared(program, scenes[0], scenes[1], world)
    return _difference(program, scenes[0], scenes[1], world)


def _same_place(first: Scene, second: Scene, world: World) -> Reply:
    """Whether both look like the same kind of place; more is not to be seen."""
    if first.part.digest == second.part.digest:
        return Reply((said(world.say("compare_same_bytes")),), "yes", 0.99)
    best: list[tuple[str, float, tuple[str, ...]]] = []
    for scene in (first, second):
        scores, evidence = place_scores(scene.pictures[0]) if scene.pictures else ({}, {})
        if not scores:
            part = scene.pictures[0].part if scene.pictures else scene.part
            return abstain(world, world.reason(Kind.OBJECT, part, scene.name))
        name = max(scores, key=lambda one: scores[one])
        best.append((name, scores[name], tuple(seen.id for seen in evidence[name][:3])))
    names = [name if name.startswith("the ") else world.say.a(name) for name, _, _ in best]
    sure = best[0][1] * best[1][1]
    ids = (*best[0][2], *best[1][2])
    if best[0][0] == best[1][0]:
        text = world.say("same_place_yes", place=names[0], sure=world.say.percent(sure))
        return Reply((said(text, *ids),), "yes", sure * SAME_KIND, abstained=sure * SAME_KIND < 0.5)
    text = world.say(
        "same_place_no",
        name=_title(first),
        place=names[0],
        other=second.name,
        second=names[1],
        sure=world.say.percent(sure),
    )
    return Reply((said(text, *ids),), "no", 0.5 + sure / 2, abstained=sure < UNLIKE)


def _shared(program: Compare, first: Scene, second: Scene, world: World) -> Reply:
    """What is in both pictures, or in one of them only."""
    here, there = _inventory(first), _inventory(second)
    if program.ask == "only_second":
        first, second, here, there = second, first, there, here
    keys = [key for key in here if (key in there) == (program.ask == "both")]
    if not here or (program.ask == "both" and not there):
        blind = first if not here else second
        part = blind.pictures[0].part if blind.pictures else blind.part
        if not world.able(Kind.OBJECT, part):
            return abstain(world, world.reason(Kind.OBJECT, part, blind.name))
    if not keys:
        return Reply((said(world.say("shared_none")),), "nothing", 0.5)
    most = keys[:6]
    counts = [min(len(here[key]), len(there[key])) if program.ask == "both" else len(here[key]) for key in most]
    listed = world.say.listed([world.say.count(number, *key) for key, number in zip(most, counts, strict=True)])
    seen = [one for key in most for one in (*here[key], *there.get(key, ()))]
    key = "compare_both" if program.ask == "both" else "compare_only"
    sure = min(max(one.confidence for one in here[name]) for name in most) * (1.0 if program.ask == "both" else 0.8)
    short = ", ".join(name for name, _ in most)
    return Reply((said(world.say(key, name=first.name, list=listed), *(one.id for one in seen)),), short, sure)


def _title(scene: Scene) -> str:
    return f"{scene.name[:1].upper()}{scene.name[1:]}"


def _inventory(scene: Scene) -> dict[tuple[str, str], list[Observation]]:
    groups: dict[tuple[str, str], list[Observation]] = {}
    for picture in scene.pictures[:1]:
        for seen in (*picture.objects, *picture.shapes):
            if seen.confidence >= COUNTED:
                color = str(seen.data.get("color") or "") if seen.kind == Kind.SHAPE else ""
                groups.setdefault((seen.text, color), []).append(seen)
    return groups


def _difference(program: Compare, first: Scene, second: Scene, world: World) -> Reply:
    say = world.say
    if first.part.digest == second.part.digest:
        return Reply((said(say("compare_same_bytes")),), "yes" if program.ask == "same" else "none", 0.99)
    blind = [
        scene
        for scene in (first, second)
        if not scene.pictures
        or not (world.able(Kind.OBJECT, scene.pictures[0].part) or world.able(Kind.SHAPE, scene.pictures[0].part))
    ]
    if blind:
        return abstain(world, world.reason(Kind.OBJECT, blind[0].part, blind[0].name))
    here, there = _inventory(first), _inventory(second)
    sentences: list[Sentence] = []
    for scene, own, other in ((first, here, there), (second, there, here)):
        only = [key for key in own if key not in other]
        if only:
            listed = say.listed([say.count(len(own[key]), *key) for key in only[:6]])
            sentences.append(
                said(
                    say("compare_only", name=scene.name, list=listed),
                    *(seen.id for key in only[:6] for seen in own[key]),
                )
            )
    both = [key for key in here if key in there]
    if both:
        listed = say.listed(
            [
                f"{say.count(len(here[key]), *key)}"
                if len(here[key]) == len(there[key])
                else f"{say.many(*key)} ({len(here[key])} and {len(there[key])})"
                for key in both[:6]
            ]
        )
        sentences.append(
            said(say("compare_both", list=listed), *(seen.id for key in both[:6] for seen in (*here[key], *there[key])))
        )
    changed = bool([key for key in here if key not in there] or [key for key in there if key not in here]) or any(
        len(here[key]) != len(there[key]) for key in both
    )
    light = _light(first, second, world)
    if light:
        sentences.append(light)
    dominant = [scene.pictures[0].colors[:1] for scene in (first, second)]
    if all(dominant) and dominant[0][0].text != dominant[1][0].text and say.language == "en":
        text = f"{_title(first)} is mostly {dominant[0][0].text}, {second.name} mostly {dominant[1][0].text}."
        sentences.append(said(text, dominant[0][0].id, dominant[1][0].id))
    if program.ask == "same":
        lead = said(say("compare_differ") if changed or light else say("compare_alike"))
        return Reply((lead, *sentences), "no" if changed or light else "yes", 0.8 if changed else 0.55)
    if not sentences or not (changed or light):
        sentences.insert(0, said(say("compare_alike")))
    return Reply(tuple(sentences), None, 0.7)


def _light(first: Scene, second: Scene, world: World) -> Sentence | None:
    facts = [scene.pictures[0].facts for scene in (first, second)]
    if facts[0] is None or facts[1] is None:
        return None
    values = [float(fact.data.get("brightness") or 0.0) for fact in facts if fact]
    if abs(values[0] - values[1]) < 0.1:
        return None
    brighter, other = (first, second) if values[0] > values[1] else (second, first)
    return said(
        world.say("compare_light", name=_title(brighter), word="brighter", other=other.name), facts[0].id, facts[1].id
    )


def _by_fact(ask: str, scenes: Sequence[Scene], world: World) -> Reply:
    key, sign = BY_LIGHT[ask]
    facts = [scene.pictures[0].facts if scene.pictures else None for scene in scenes]
    known = [(scene, fact) for scene, fact in zip(scenes, facts, strict=True) if fact is not None]
    if len(known) < 2:
        return abstain(world, world.reason(Kind.IMAGE_FACTS, scenes[0].part, scenes[0].name))
    ranked = sorted(known, key=lambda pair: -sign * float(pair[1].data.get(key) or 0.0))
    best, other = ranked[0], ranked[1]
    if abs(float(best[1].data.get(key) or 0.0) - float(other[1].data.get(key) or 0.0)) < 0.02:
        return Reply((said(world.say("compare_equal"), best[1].id, other[1].id),), None, 0.7)
    text = world.say("compare_light", name=_title(best[0]), word=ask, other=other[0].name)
    return Reply((said(text, best[1].id, other[1].id),), best[0].name, 0.9)


def _bigger(scenes: Sequence[Scene], world: World) -> Reply:
    def pixels(scene: Scene) -> float:
        width, height = scene.part.facts.get("width"), scene.part.facts.get("height")
        return (
            float(width) * float(height) if isinstance(width, int | float) and isinstance(height, int | float) else 0.0
        )

    ranked = sorted(scenes, key=pixels, reverse=True)
    if pixels(ranked[0]) == pixels(ranked[1]):
        return Reply((said(world.say("compare_equal")),), None, 0.95)
    return Reply(
        (said(world.say("compare_light", name=_title(ranked[0]), word="bigger", other=ranked[1].name)),),
        ranked[0].name,
        0.98,
    )


def _which(program: Compare, scenes: Sequence[Scene], world: World) -> Reply:
    thing = program.thing
    assert thing is not None
    say = world.say
    found = [(scene, search(thing, scene, world)) for scene in scenes]
    if not any(one.able for _, one in found):
        return cannot_find(thing, found[0][1], scenes[0], world)
    least = SEEN if program.ask == "which_has" else COUNTED
    ids = tuple(identity for _, one in found for identity in cites(one.sure(least)))
    counts = [(scene, len(one.sure(least)), one.best) for scene, one in found]
    sentences = [
        said(
            say(
                "compare_count",
                name=_title(scene),
                list=say.count(number, called(thing), color_of(thing)) if number else say.no(phrased(thing, world)),
            )
        )
        for scene, number, _ in counts
    ]
    if not any(number for _, number, _ in counts):
        text = say("compare_none", no_thing=say.no(phrased(thing, world)))
        return Reply((said(text, *ids),), "none", 0.65)
    if program.ask == "which_has":
        having = [(scene, sure) for scene, number, sure in counts if number]
        lead = say.listed([_title(scene) if index == 0 else scene.name for index, (scene, _) in enumerate(having)])
        return Reply((said(f"{lead}{say.stop}", *ids), *sentences), lead.casefold(), max(sure for _, sure in having))
    ranked = sorted(counts, key=lambda one: one[1], reverse=program.ask == "which_more")
    if ranked[0][1] == ranked[1][1]:
        return Reply((said(say("compare_equal"), *ids), *sentences), "equal", 0.6)
    return Reply((said(f"{_title(ranked[0][0])}{say.stop}", *ids), *sentences), ranked[0][0].name, 0.7)
