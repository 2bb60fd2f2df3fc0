"""Answers about a picture as a whole: description, place, text, facts of the file. Single things: things.py."""

from __future__ import annotations

import math
import re
from typing import Final

from assistant.fusion.align import place
from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import COUNTED, POSSIBLE
from assistant_reasoner.execute.setting import in_and_out, place_scores
from assistant_reasoner.execute.wording import abstain, seen_instead
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Beyond, Describe

DAYLIGHT: Final = 0.35
"""Mean brightness of a picture outdoors from which it was likely taken by day; flash and lamps seldom reach it."""
DARKNESS: Final = 0.2
"""The same below which it was likely taken at night."""
DAY: Final = 0.86
NIGHT: Final = 0.75
"""How often that is so; estimates by hand, floodlights are bright, and backlight and shade darken
many pictures taken by day."""
OUTDOORS_FROM: Final = 0.5
"""Probability of being outdoors from which the light is taken for daylight."""
DANGERS: Final = frozenset(("knife", "scissors", "bear", "elephant", "fire"))
_WHEN: Final = (
    ("either", r"day ?(?:time)? or (?:at )?night|night ?(?:time)? or (?:at )?day|time of day"),
    ("day", r"day|daytime|daylight"),
    ("night", r"night|nighttime"),
)
READABLE: Final = 0.5
"""Confidence from which a line of text is quoted."""

# ---- describing -------------------------------------------------------------------------------------------------


def describe(program: Describe, scene: Scene, world: World) -> Reply:
    """What is in the picture?"""
    if scene.is_video:
        return _describe_video(scene, world)
    picture = scene.pictures[0]
    sentences: list[Sentence] = []
    confidence = 0.0
    if picture.captions:
        caption = picture.captions[0]
        sentences.append(said(world.say("describe", caption=caption.text), caption.id, *caption.derived_from))
        confidence = caption.confidence
    listed = _listed(picture, world)
    if listed and (not picture.captions or world.say.language != "en"):
        sentences = [said(world.say("what_list", list=listed[0]), *listed[1])]
        confidence = max(confidence, listed[2])
    if not sentences and picture.labels and picture.labels[0].confidence >= POSSIBLE:
        label = picture.labels[0]
        sentences.append(
            said(
                world.say("what_label", thing=world.say.a(label.text), sure=world.say.percent(label.confidence)),
                label.id,
            )
        )
        confidence = label.confidence
    placed = _places(picture, world)
    if placed and world.say.language == "en":
        sentences.append(placed)
    lines = [line for line in picture.lines if line.confidence >= READABLE]
    text = " ".join(line.text for line in lines)
    if lines and not any(text[:20] in sentence.text for sentence in sentences):
        sentences.append(
            said(world.say("describe_reads", text=world.say.quote(text, 300)), *(line.id for line in lines))
        )
        confidence = confidence or 0.6
    if picture.facts is not None:
        warnings = [str(warning).rstrip(".") for warning in picture.facts.data.get("warnings") or ()]
        if warnings and world.say.language == "en" and not picture.captions:
            sentences.append(said(world.say("warnings", list=world.say.listed(warnings)), picture.facts.id))
    if not sentences:
        if not any(world.able(kind, picture.part) for kind in (Kind.OBJECT, Kind.CAPTION, Kind.LABEL)):
            return abstain(world, world.reason(Kind.OBJECT, picture.part, scene.name))
        return Reply((said(world.say("describe_nothing", name=scene.name)),), None, None, abstained=True)
    short = picture.captions[0].text if picture.captions else None
    if world.say.language != "en":
        short = listed[0] if listed else None
    return Reply(tuple(sentences), short, confidence or 0.5)


def _listed(picture: Picture, world: World) -> tuple[str, tuple[str, ...], float] | None:
    """ "2 dogs and 1 red circle", the ids, and how sure."""
    things = [seen for seen in (*picture.objects, *picture.shapes) if seen.confidence >= COUNTED]
    groups: dict[tuple[str, str], list[Observation]] = {}
    for seen in things:
        color = seen.data.get("color") if seen.kind == Kind.SHAPE else ""
        groups.setdefault((seen.text, str(color or "")), []).append(seen)
    if not groups:
        return None
    words = [world.say.count(len(group), name, color) for (name, color), group in list(groups.items())[:8]]
    sure = math.prod(max(seen.confidence for seen in group) for group in groups.values()) ** (1 / len(groups))
    return world.say.listed(words), tuple(seen.id for seen in things), sure


def _places(picture: Picture, world: World) -> Sentence | None:
    """Where the most prominent things are: "The dog is at the left (92 % sure), the bench in the centre (80 %)." """
    from assistant_reasoner.execute.find import main_things

    things = [seen for seen in main_things(picture) if seen.confidence >= COUNTED and seen.box is not None][:3]
    names = [seen.text for seen in picture.objects if seen.confidence >= COUNTED]
    things = [seen for seen in things if names.count(seen.text) == 1]
    if not things:
        return None
    pieces = [
        f"the {seen.text} is {world.say.place(place(seen.box))} ({world.say.percent(seen.confidence)} sure)"
        for seen in things
        if seen.box is not None
    ]
    text = world.say.listed(pieces)
    return said(f"{text[:1].upper()}{text[1:]}.", *(seen.id for seen in things))


def _timed(name: str, number: int, times: list[float] | None, world: World) -> str:
    """ "2 dogs (from 1.0 s to 4.0 s)": the most seen at once, and the frames that show any."""
    things = world.say.count(number, name)
    if not times or world.say.language != "en":
        return things
    first, last = world.say.time(min(times)), world.say.time(max(times))
    if len(times) == 1:
        return world.say("describe_at", things=things, time=first)
    return world.say("describe_during", things=things, first=first, last=last)


def _describe_video(scene: Scene, world: World) -> Reply:
    best: dict[str, tuple[Observation, int]] = {}
    times: dict[str, list[float]] = {}
    for picture in scene.pictures:
        counts: dict[str, int] = {}
        for seen in (*picture.objects, *picture.shapes):
            if seen.confidence >= COUNTED:
                counts[seen.text] = counts.get(seen.text, 0) + 1
        for seen in (*picture.objects, *picture.shapes):
            if seen.text in counts and (seen.text not in best or counts[seen.text] > best[seen.text][1]):
                best[seen.text] = (seen, counts[seen.text])
        if picture.part.span is not None:
            for name in counts:
                times.setdefault(name, []).append(picture.part.span[0])
    sentences: list[Sentence] = []
    if best:
        listed = world.say.listed([_timed(name, number, times.get(name), world) for name, (_, number) in best.items()])
        sentences.append(said(world.say("describe_video", list=listed), *(seen.id for seen, _ in best.values())))
    elif scene.pictures:
        captions = [caption for picture in scene.pictures for caption in picture.captions[:1]]
        if captions:
            sentences.append(said(world.say("describe", caption=captions[0].text), captions[0].id))
    for recording in world.recordings:
        if recording.part.parent == scene.part.digest and recording.heard:
            text = world.say.quote(recording.text, 300)
            sentences.append(said(world.say("said", text=text), *(seen.id for seen in recording.heard)))
    for seen in world.snapshot.of(Kind.VIDEO_FACTS, part=scene.part.digest)[:1]:
        sentences.append(said(f"{seen.text[:1].upper()}{seen.text[1:]}".rstrip(".") + ".", seen.id))
    if not sentences:
        return abstain(world, world.reason(Kind.OBJECT, scene.part, scene.name))
    sure = max((seen.confidence for seen, _ in best.values()), default=0.5)
    return Reply(tuple(sentences), None, sure)


# ---- beyond -----------------------------------------------------------------------------------------------------


def daylight(picture: Picture, world: World) -> Reply | None:
    """Day or night by how bright it is outdoors; None where another time is asked for, or that is unclear."""
    words = world.question.text.casefold()
    asked = next((when for when, names in _WHEN if re.search(rf"\b(?:{names})\b", words)), "")
    if not asked or picture.facts is None or not isinstance(picture.facts.data.get("brightness"), int | float):
        return None
    scores, _ = place_scores(picture)
    inside, outside = in_and_out(scores, picture)
    light = float(picture.facts.data["brightness"])
    day = light >= DAYLIGHT
    if outside <= max(inside, OUTDOORS_FROM) or DARKNESS < light < DAYLIGHT:
        return None
    sure = (DAY if day else NIGHT) * min(1.0, 0.5 + outside / 2)
    actual = "daytime" if day else "night"
    short = actual if asked == "either" else "yes" if (asked == "day") == day else "no"
    lead = "" if asked == "either" else f"{short.capitalize()}: "
    text = world.say("day", when=actual, sure=world.say.percent(sure), how="bright" if day else "dark")
    text = f"{lead}{text[:1].lower()}{text[1:]}" if lead else text
    return Reply((said(text, picture.facts.id),), short.removesuffix("time"), sure)


def _danger(scene: Scene, world: World) -> Reply:
    """What of the things seen may be dangerous; nothing is called safe."""
    picture = scene.pictures[0]
    seen = [one for one in picture.objects if one.text in DANGERS and one.confidence >= COUNTED]
    if not seen:
        return Reply((said(world.say("danger_none")), *seen_instead(scene, world)), abstained=True)
    listed = world.say.listed([world.say.a(name) for name in dict.fromkeys(one.text for one in seen)])
    return Reply((said(world.say("danger", things=listed), *(one.id for one in seen)),), abstained=True)


def beyond(program: Beyond, scene: Scene | None, world: World) -> Reply:
    """What is understood but cannot be perceived; with clues where there are some."""
    only_english = program.ask in ("state", "danger")
    if world.say.language == "en" and scene is not None and scene.pictures:
        if program.ask == "time":
            lit = daylight(scene.pictures[0], world)
            if lit is not None:
                return lit
        if program.ask == "danger":
            return _danger(scene, world)
    if only_english and world.say.language != "en":
        return Reply(
            (said(world.say("unknown")), *seen_instead(scene, world)) if scene else (said(world.say("unknown")),),
            abstained=True,
        )
    sentences = [said(world.say("sound_only" if program.ask == "sound" else program.ask))]
    if scene is not None:
        sentences.extend(seen_instead(scene, world))
    return Reply(tuple(sentences), None, None, abstained=True)
