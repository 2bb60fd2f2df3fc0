"""Compares what is said with what is seen: does it match, which picture is meant. Not for either alone.

What is said is cut into claims, one for each thing that it names with its colours and number; each is judged by the
same programs that answer questions, and is supported, contradicted, or cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.fusion.select import stems
from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import SEEN
from assistant_reasoner.execute.things import presence, search
from assistant_reasoner.execute.wording import abstain, cites, color_of, phrased
from assistant_reasoner.execute.world import Recording, Scene, World
from assistant_reasoner.languages import grammar_of
from assistant_reasoner.lexicon import COLORS, NUMBERS, PEOPLE, SIZES, SMALL_THINGS, VOCABULARY, singular
from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Matches, Presence, Thing

SUPPORTS: Final = 0.6
"""Confidence of a yes from which a claim is supported."""
CONTRADICTS: Final = 0.7
"""Confidence of a no from which a claim is contradicted, if the thing is not often missed."""
CLEARLY: Final = 0.1
"""By how much the picture that is meant must fit better than the next one."""
MOST_CLAIMS: Final = 6
_NOT_THINGS: Final = frozenset(("thing", "object", "item", "one", "orange", "sign", "people"))
_MODIFIER: Final = frozenset((*COLORS, *SIZES, *NUMBERS, "no", "exactly"))


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said that a picture can show."""

    thing: Thing
    said_in: Observation


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, weighed against a picture."""

    claim: Claim
    verdict: str
    """supported, contradicted, or unclear."""
    confidence: float
    cites: tuple[str, ...]
    seen: str
    """What the picture shows of it, in words."""


def claims(recordings: Iterable[Recording]) -> tuple[Claim, ...]:
    """The things that are spoken of, with their colours and numbers, each once."""
    found: dict[tuple[object, ...], Claim] = {}
    for recording in recordings:
        for segment in recording.heard:
            code = str(
                segment.data.get("language")
                or (recording.transcript.data.get("language") if recording.transcript else "")
                or "en"
            )
            for phrase in _phrases(segment.text, code):
                thing = noun_phrase(phrase)
                if thing and (thing.classes or thing.shapes) and not thing.anything and thing.words not in _NOT_THINGS:
                    key = (thing.words, thing.colors, thing.number)
                    found.setdefault(key, Claim(thing, segment))
    return tuple(found.values())[:MOST_CLAIMS]


def _phrases(text: str, code: str) -> Iterable[str]:
    """English noun phrases of a text: known names with the colours, sizes and numbers before them."""
    grammar = grammar_of(code)
    if grammar is not None:
        yield from grammar.names(text)
        return
    words = re.sub(r"[^\w' ]+", " , ", text.casefold()).split()
    index = 0
    while index < len(words):
        for length in (3, 2, 1):
            name = singular(" ".join(words[index : index + length]))
            if len(words[index : index + length]) == length and name in VOCABULARY | PEOPLE and name not in COLORS:
                start = index
                while start > 0 and words[start - 1] in _MODIFIER and words[start - 1] not in ("a", "an"):
                    start -= 1
                yield " ".join(words[start : index + length])
                index += length - 1
                break
        index += 1


def judge(claim: Claim, scene: Scene, world: World) -> Judged:
    """Whether a picture supports a claim."""
    thing = claim.thing
    reply = presence(Presence((thing,)), scene, world)
    sure = reply.confidence or 0.5
    found = search(thing, scene, world)
    shown = found.sure(SEEN) or found.almost
    names = world.say.listed([world.say.a(match.seen.text, match.color) for match in shown[:3]])
    seen = names or world.say.no(phrased(thing, world))
    ids = (*reply.cites, *cites(shown[:3]))
    if reply.abstained or reply.short not in ("yes", "no"):
        return Judged(claim, "unclear", 0.5, ids, seen)
    if reply.short == "yes":
        return Judged(claim, "supported" if sure >= SUPPORTS else "unclear", sure, ids, seen)
    conflict = bool(found.almost) or bool(thing.number and shown)
    often_missed = bool(thing.classes & SMALL_THINGS)
    contradicted = conflict or (sure >= CONTRADICTS and not often_missed)
    return Judged(claim, "contradicted" if contradicted else "unclear", max(sure, 0.6), ids, seen)


def matches(program: Matches, world: World) -> Reply:
    """Does what is said match the picture, or the text in it? Which picture is spoken of?"""
    if not world.recordings:
        return Reply((said(world.say("no_recording")),), None, None, abstained=True)
    scenes = world.scenes
    if program.ask == "which" and len(scenes) < 2:
        scenes = tuple(world.scene(part) for part in world.all_visuals)
    if not scenes:
        return Reply((said(world.say("no_picture")),), None, None, abstained=True)
    spoken = [recording for recording in world.recordings if recording.heard]
    if not spoken:
        return abstain(world, world.say("said_none", name=world.recordings[0].name).rstrip(".。"))
    if program.ask == "text":
        return _text_matches(spoken, scenes[0], world)
    if program.ask == "which":
        return _which(spoken, scenes, world)
    judged = [judge(claim, scenes[0], world) for claim in claims(spoken)]
    read = _read_too(spoken, scenes[0], world)
    if not judged and not read:
        heard = [seen for recording in spoken for seen in recording.heard]
        quoted = world.say("said", text=world.say.quote(" ".join(seen.text.strip() for seen in heard), 200))
        return Reply(
            (said(world.say("agree_unclear")), said(quoted, *(seen.id for seen in heard))), None, None, abstained=True
        )
    told = [_told(one, world) for one in judged]
    return _verdict(judged, [*told, *read], world)


def _told(judged: Judged, world: World) -> Sentence:
    claim = world.say.quote(judged.claim.said_in.text.strip(), 80)
    thing = judged.claim.thing
    color = color_of(thing)
    name = world.say.name(thing.words, color)
    if thing.number:
        name = world.say.count(thing.number.value, thing.words, color)
    named = f"{claim} ({name})"
    key = {"supported": "agree_supported", "contradicted": "agree_contradicted"}.get(judged.verdict, "agree_unknown")
    return said(world.say(key, claim=named, seen=judged.seen), judged.claim.said_in.id, *judged.cites)


def _verdict(judged: Sequence[Judged], told: Sequence[Sentence], world: World) -> Reply:
    against = [one for one in judged if one.verdict == "contradicted"]
    support = [one for one in judged if one.verdict == "supported"]
    if against:
        sure = max(one.confidence for one in against)
        return Reply((said(world.say("agree_no", sure=world.say.percent(sure))), *told), "no", sure)
    if support or len(told) > len(judged):
        open_ones = len(judged) - len(support)
        sure = min((one.confidence for one in support), default=0.7) * 0.9**open_ones
        return Reply((said(world.say("agree_yes", sure=world.say.percent(sure))), *told), "yes", sure)
    return Reply((said(world.say("agree_unclear")), *told), None, None, abstained=True)


def _lines(scene: Scene) -> list[Observation]:
    return [line for picture in scene.pictures for line in picture.lines if line.confidence >= 0.5]


def _read_too(spoken: Sequence[Recording], scene: Scene, world: World) -> list[Sentence]:
    """Lines of text in the picture whose words were said."""
    found = []
    heard = [seen for recording in spoken for seen in recording.heard]
    for line in _lines(scene):
        words = set(stems(line.text))
        segment = next((seen for seen in heard if words and words <= set(stems(seen.text))), None)
        if segment is not None and any(len(word) > 2 for word in words):
            claim = world.say.quote(segment.text.strip(), 80)
            text = world.say("agree_reads", claim=claim, seen=world.say.quote(line.text, 80))
            found.append(said(text, segment.id, line.id))
    return found[:3]


def _text_matches(spoken: Sequence[Recording], scene: Scene, world: World) -> Reply:
    lines = _lines(scene)
    part = scene.pictures[0].part if scene.pictures else scene.part
    if not lines:
        if not world.able(Kind.TEXT_LINE, part):
            return abstain(world, world.reason(Kind.TEXT_LINE, part, scene.name))
        return Reply((said(world.say("read_none", name=scene.name)),), "no", 0.7)
    heard = [seen for recording in spoken for seen in recording.heard]
    written = {word for line in lines for word in stems(line.text)}
    told = {word for seen in heard for word in stems(seen.text)}
    shared = len(written & told) / max(1, min(len(written), len(told)))
    read = world.say("read", text=world.say.quote(" ".join(line.text for line in lines), 200))
    quoted = world.say("said", text=world.say.quote(" ".join(seen.text.strip() for seen in heard), 200))
    more = (said(read, *(line.id for line in lines)), said(quoted, *(seen.id for seen in heard)))
    if 0.3 < shared < 0.6:
        return Reply((said(world.say("agree_unclear")), *more), None, None, abstained=True)
    sure = 0.6 + 0.3 * abs(shared - 0.45) / 0.55
    key = "agree_yes" if shared >= 0.6 else "agree_no"
    return Reply((said(world.say(key, sure=world.say.percent(sure))), *more), "yes" if shared >= 0.6 else "no", sure)


def _which(spoken: Sequence[Recording], scenes: Sequence[Scene], world: World) -> Reply:
    """The picture that supports most of what is said."""
    told = claims(spoken)
    scored = []
    for scene in scenes:
        judged = [judge(claim, scene, world) for claim in told]
        points = sum({"supported": 1.0, "contradicted": -1.0}.get(one.verdict, 0.0) * one.confidence for one in judged)
        read = _read_too(spoken, scene, world)
        scored.append((points + len(read), scene, judged, read))
    scored.sort(key=lambda one: -one[0])
    if not scored or scored[0][0] <= 0 or (len(scored) > 1 and scored[0][0] - scored[1][0] < CLEARLY):
        heard = [seen for recording in spoken for seen in recording.heard]
        quoted = world.say("said", text=world.say.quote(" ".join(seen.text.strip() for seen in heard), 200))
        more = said(quoted, *(seen.id for seen in heard))
        return Reply((said(world.say("about_which_none")), more), None, None, abstained=True)
    points, scene, judged, read = scored[0]
    support = [one for one in judged if one.verdict == "supported"]
    lead = points - (scored[1][0] if len(scored) > 1 else 0.0)
    sure = min(0.9, 0.5 + 0.25 * lead)
    name = f"{scene.name[:1].upper()}{scene.name[1:]}"
    listed = world.say.listed([one.seen for one in support]) or world.say.quote(" ".join(one.text for one in read), 120)
    ids = (*(one.claim.said_in.id for one in support), *(identity for one in support for identity in one.cites))
    first = said(world.say("about_which", name=name, sure=world.say.percent(sure), list=listed), *ids)
    return Reply((first, *read), scene.name, sure)
