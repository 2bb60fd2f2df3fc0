"""Answers about a video over time: when a thing is in view, how many at once, what happens. One frame: things.py.

A video is known by a few frames. What is said of moments between them is therefore bounds: a thing comes into view
between the last frame without it and the first one with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from assistant.fusion.align import during
from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import COUNTED, POSSIBLE, SEEN, Match, find
from assistant_reasoner.execute.likely import absence
from assistant_reasoner.execute.sight import describe
from assistant_reasoner.execute.things import count_confidence, search, several
from assistant_reasoner.execute.wording import abstain, cannot_find, cites, phrased, where
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import AtOnce, Changes, Describe, Happens, When

MOST_EVENTS: Final = 12
"""Events of a video that are told."""
MISSED_BETWEEN: Final = 0.9
"""How often a thing seen in two neighbouring frames was in view between them too; an estimate by hand."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring frames that all show a thing, and the frames around them that do not."""

    first: float
    last: float
    before: float | None
    """Time of the last frame before it; None when there is none."""
    after: float | None


def time_of(picture: Picture) -> float:
    """When a frame was taken, in seconds."""
    return picture.part.span[0] if picture.part.span else 0.0


def length_of(scene: Scene, world: World) -> float | None:
    """How long the video is, in seconds; None if unknown."""
    for seen in world.snapshot.of(Kind.VIDEO_FACTS, part=scene.part.digest):
        stated: Any = seen.data.get("seconds")
        if isinstance(stated, int | float):
            return float(stated)
    known = scene.part.facts.get("seconds")
    return float(known) if isinstance(known, int | float) else None


def stretches(scene: Scene, hits: set[str]) -> tuple[Stretch, ...]:
    """The stretches of frames whose digests are in `hits`, in time order."""
    found: list[Stretch] = []
    times = [time_of(picture) for picture in scene.pictures]
    shown = [picture.part.digest in hits for picture in scene.pictures]
    index = 0
    while index < len(times):
        if not shown[index]:
            index += 1
            continue
        start = index
        while index + 1 < len(times) and shown[index + 1]:
            index += 1
        before = times[start - 1] if start else None
        after = times[index + 1] if index + 1 < len(times) else None
        found.append(Stretch(times[start], times[index], before, after))
        index += 1
    return tuple(found)


def when(program: When, scene: Scene, world: World) -> Reply:
    """When does ... appear, first, last, for how long, and what is said meanwhile?"""
    if not scene.is_video:
        return abstain(world, world.say("no_video").rstrip(".。"))
    hits = [
        (picture, sure[0]) for picture in scene.pictures if (sure := find(program.thing, picture, world).sure(SEEN))
    ]
    if not hits:
        return _never(program, scene, world)
    runs = stretches(scene, {picture.part.digest for picture, _ in hits})
    matches = [match for _, match in hits]
    confidence = max(match.confidence for match in matches)
    if program.ask == "while":
        return _said_while(program, runs, matches, scene, world)
    say = world.say
    first, last = runs[0], runs[-1]
    shown = say(
        "video_seen",
        thing=say.a(matches[0].seen.text),
        count=len(hits),
        total=len(scene.pictures),
        first=say.time(first.first),
        last=say.time(last.last),
        sure=say.percent(confidence),
    )
    sentences = [said(shown, *cites(matches))]
    if program.ask != "last":
        sentences.append(said(_enters(first, world)))
    if program.ask != "first":
        sentences.append(said(_leaves(last, scene, world)))
    if program.ask == "long":
        least = sum(run.last - run.first for run in runs)
        most = sum(_end(run, scene, world) - (run.before if run.before is not None else 0.0) for run in runs)
        sentences.insert(0, said(say("video_lasts", least=say.time(least), most=say.time(most)), *cites(matches)))
        return Reply(tuple(sentences), f"{(least + most) / 2:.1f}", confidence * MISSED_BETWEEN)
    answer = last.last if program.ask == "last" else first.first
    return Reply(tuple(sentences), say.time(answer), confidence)


def _enters(run: Stretch, world: World) -> str:
    if run.before is None:
        return world.say("video_start")
    return world.say("video_enters", low=world.say.time(run.before), high=world.say.time(run.first))


def _leaves(run: Stretch, scene: Scene, world: World) -> str:
    if run.after is None:
        return world.say("video_end")
    return world.say("video_leaves", low=world.say.time(run.last), high=world.say.time(run.after))


def _end(run: Stretch, scene: Scene, world: World) -> float:
    if run.after is not None:
        return run.after
    length = length_of(scene, world)
    return max(run.last, length) if length is not None else run.last


def _never(program: When, scene: Scene, world: World) -> Reply:
    whole = search(program.thing, scene, world)
    if not whole.able:
        return cannot_find(program.thing, whole, scene, world)
    text = world.say("no", no_thing=world.say.no(phrased(program.thing, world)))
    note = world.say("appears_note", count=len(scene.pictures))
    return Reply((said(text), said(note)), None, absence(program.thing, whole))


def _said_while(program: When, runs: tuple[Stretch, ...], matches: list[Match], scene: Scene, world: World) -> Reply:
    """What is said while the thing is in view: the segments that meet the time it was surely seen in."""
    recordings = [one for one in world.recordings if one.part.parent == scene.part.digest]
    if not any(one.perceived for one in recordings):
        part = recordings[0].part if recordings else scene.part
        return abstain(world, world.reason(Kind.TRANSCRIPT, part, scene.name))
    heard: dict[str, Observation] = {}
    for run in runs:
        for recording in recordings:
            heard.update({seen.id: seen for seen in during(recording.heard, (run.first, run.last))})
    thing = world.say.name(matches[0].seen.text)
    if not heard:
        return Reply((said(world.say("said_while_none", thing=thing), *cites(matches)),), "none", 0.6)
    listed = world.say.listed([_quoted(seen, world) for seen in list(heard.values())[:MOST_EVENTS]])
    text = world.say("said_while", thing=thing, list=listed)
    sure = max(match.confidence for match in matches) * min(seen.confidence for seen in heard.values())
    words = " ".join(seen.text.strip() for seen in heard.values())
    return Reply((said(text, *heard, *cites(matches)),), words, sure)


def _quoted(seen: Observation, world: World) -> str:
    time = f" ({world.say.time(seen.span[0])})" if seen.span else ""
    return f"{world.say.quote(seen.text.strip(), 200)}{time}"


def at_once(program: AtOnce, scene: Scene, world: World) -> Reply:
    """How many ... at most at once? In a picture: how many."""
    counted = [(picture, find(program.thing, picture, world)) for picture in scene.pictures]
    if not any(found.able for _, found in counted):
        return cannot_find(program.thing, search(program.thing, scene, world), scene, world)
    _, found = max(counted, key=lambda pair: (len(pair[1].sure()), pair[1].best))
    sure = found.sure()
    if not sure:
        none = world.say.no(phrased(program.thing, world))
        confidence = absence(program.thing, found)
        return Reply(
            (said(world.say("count_none", no_thing=none, sure=world.say.percent(confidence))),), "0", confidence
        )
    unsure = tuple(match for match in found.matches if POSSIBLE <= match.confidence < COUNTED)
    confidence = count_confidence(sure, unsure, found)
    text = world.say(
        "video_most",
        things=several(sure, program.thing, world),
        where=where(sure[0], scene, world),
        sure=world.say.percent(confidence),
    )
    note = (said(world.say("appears_note", count=len(scene.pictures))),) if scene.is_video else ()
    return Reply((said(text, *cites(sure)), *note), str(len(sure)), confidence)


# ---- what happens -----------------------------------------------------------------------------------------------


def _shown(picture: Picture) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for seen in (*picture.objects, *picture.shapes):
        if seen.confidence >= COUNTED:
            found.setdefault(seen.text, []).append(seen)
    return found


def _counted(shown: dict[str, list[Observation]], world: World) -> str:
    return world.say.listed([world.say.count(len(group), name) for name, group in list(shown.items())[:6]])


def happens(program: Happens, scene: Scene, world: World) -> Reply:
    """What happens, in order of time: what comes into view, what is read, what is said."""
    if not scene.is_video:
        return describe(Describe(), scene, world)
    events: list[tuple[float, Sentence]] = []
    earlier: dict[str, int] = {}
    read: set[str] = set()
    sure: list[float] = []
    for picture in scene.pictures:
        shown = _shown(picture)
        counts = {name: len(group) for name, group in shown.items()}
        if shown and counts != earlier:
            listed = _counted(shown, world)
            ids = tuple(seen.id for group in shown.values() for seen in group)
            text = world.say("video_shows", time=world.say.time(time_of(picture)), list=listed)
            events.append((time_of(picture), said(text + world.say.stop, *ids)))
            sure.append(max(seen.confidence for group in shown.values() for seen in group))
        earlier = counts
        lines = [line for line in picture.lines if line.confidence >= 0.6 and line.text.casefold() not in read]
        if lines:
            read.update(line.text.casefold() for line in lines)
            quoted = world.say("describe_reads", text=world.say.quote(" ".join(line.text for line in lines), 200))
            events.append((time_of(picture), said(quoted, *(line.id for line in lines))))
    for recording in world.recordings:
        if recording.part.parent == scene.part.digest:
            for seen in recording.heard:
                start = seen.span[0] if seen.span else 0.0
                text = world.say("video_says", time=world.say.time(start), text=world.say.quote(seen.text.strip(), 200))
                events.append((start, said(text + world.say.stop, seen.id)))
                sure.append(seen.confidence)
    if not events:
        return describe(Describe(), scene, world)
    events.sort(key=lambda event: event[0])
    note = said(world.say("appears_note", count=len(scene.pictures)))
    return Reply((*(event for _, event in events[:MOST_EVENTS]), note), None, sum(sure) / len(sure) if sure else 0.5)


def changes(program: Changes, scene: Scene, world: World) -> Reply:
    """What differs between the first and the last frame?"""
    if not scene.is_video or len(scene.pictures) < 2:
        return abstain(world, world.say("no_video").rstrip(".。"))
    first, last = scene.pictures[0], scene.pictures[-1]
    if not (world.able(Kind.OBJECT, first.part) and world.able(Kind.OBJECT, last.part)):
        return abstain(world, world.reason(Kind.OBJECT, first.part, scene.name))
    start, end = _shown(first), _shown(last)
    sentences: list[Sentence] = []
    for key, own, other in (("video_new", end, start), ("video_gone", start, end)):
        more = {name: group[len(other.get(name, ())) :] for name, group in own.items()}
        more = {name: group for name, group in more.items() if group}
        if more:
            ids = tuple(seen.id for group in more.values() for seen in group)
            sentences.append(said(world.say(key, list=_counted(more, world)), *ids))
    note = said(world.say("appears_note", count=len(scene.pictures)))
    if not sentences:
        return Reply((said(world.say("video_same")), note), "none", 0.5)
    seen = [one for group in (*start.values(), *end.values()) for one in group]
    return Reply((*sentences, note), None, 0.8 * min((one.confidence for one in seen), default=0.5))
