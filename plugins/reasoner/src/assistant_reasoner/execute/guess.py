"""The best guess where nothing can be told: from weak evidence, else from what such questions are mostly answered.

Not for answers: a guess goes with an abstention, as its short answer, with its probability. Who someone is, how old, of
which sex or in which mood is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from assistant.fusion.align import HOLDS, related
from assistant_reasoner.execute.cases import cases
from assistant_reasoner.execute.find import POSSIBLE, SEEN, find, main_things
from assistant_reasoner.execute.likely import bare, concept, likely
from assistant_reasoner.execute.setting import OUTDOORS, ROOMS, place_scores
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.lexicon import HYPERNYMS
from assistant_reasoner.members import MEMBERS
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import (
    Beyond,
    ColorOf,
    Compare,
    Count,
    Every,
    Extreme,
    HasColor,
    InRegion,
    IsA,
    Locate,
    MoreThan,
    Pictures,
    Place,
    Presence,
    Program,
    Read,
    Related,
    Stands,
    Thing,
    Unknown,
    WhatIs,
)

EVEN: Final = 0.52
"""Probability of a verdict without any evidence: published sets balance yes and no."""
COMMONEST_COUNT: Final = ("2", 0.3)
"""What "how many" is mostly answered in VQA (Antol et al. 2015, figure of answers by type of question), rounded."""
COMMONEST_COLOR: Final = ("white", 0.2)
"""The same for "what colour"."""
PLACED: Final = 0.6
"""How often a thing that is there also has the place or colour that somebody asks for, when nobody can see that."""
TYPICAL: Final = 0.45
"""How often a thing has the colour that is typical of it."""

_TYPICAL_COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: color
        for color, names in {
            "white": "wall ceiling plate snow cloud toilet sink bathtub sheep refrigerator paper milk rice wave napkin "
            "pillow towel curtain door",
            "blue": "sky water sea ocean jeans lake pool",
            "green": "grass tree leaf plant field lawn bush broccoli lettuce cucumber forest",
            "gray": "road street pavement sidewalk elephant rock stone ground concrete fork spoon knife mouse",
            "brown": "floor table wood fence bear horse desk cabinet bench dirt chair shelf trunk coffee branch basket "
            "giraffe bread cookie",
            "black": "tire wheel tv laptop keyboard phone camera remote hair shoe shoes screen monitor speaker",
            "yellow": "banana lemon sun corn cab taxi duckling cheese sunflower",
            "red": "strawberry tomato apple ketchup brick stop sign fire hydrant rose",
            "orange": "carrot pumpkin tangerine",
            "beige": "sand",
        }.items()
        for name in re.findall(r"stop sign|fire hydrant|\S+", names)
    }
)
"""Everyday knowledge: the colour that a thing has more often than any other."""

_DOINGS: Final = (
    ("surfboard", "surfing"),
    ("skateboard", "skateboarding"),
    ("skis", "skiing"),
    ("snowboard", "snowboarding"),
    ("tennis racket", "playing tennis"),
    ("baseball bat", "playing baseball"),
    ("baseball glove", "playing baseball"),
    ("frisbee", "playing frisbee"),
    ("kite", "flying kite"),
    ("horse", "riding"),
    ("motorcycle", "riding"),
    ("bicycle", "riding"),
    ("pizza", "eating"),
    ("cake", "eating"),
    ("sandwich", "eating"),
    ("hot dog", "eating"),
    ("cell phone", "talking on phone"),
    ("laptop", "working"),
    ("book", "reading"),
    ("toothbrush", "brushing teeth"),
    ("oven", "cooking"),
    ("bench", "sitting"),
    ("couch", "sitting"),
    ("chair", "sitting"),
    ("bed", "lying"),
    ("boat", "boating"),
    ("suitcase", "traveling"),
    ("tie", "posing"),
    ("remote", "playing video games"),
    ("umbrella", "walking"),
)
"""What people mostly do where such a thing is seen."""
_HELD: Final = frozenset(name for name, _ in _DOINGS[:9]) | {"umbrella", "cell phone", "remote", "toothbrush"}
"""Things that tell what people do wherever they are seen; others only where somebody touches them."""
_SPORTS: Final = 9
"""The first so many are sports."""
_DONE: Final = 0.45
"""How often they do, as a rough estimate."""
_IN_CONTAINERS: Final = frozenset(("drink", "beverage"))
"""Kinds whose detector classes are no cases of them but what they are served in."""
_PERSONAL: Final = re.compile(
    r"\b(?:male|female|man or|woman or|gender|sex|old|young|age|race|ethnic|religio|gay|pregnant|rich|poor|ill|sick|"
    r"disabled|nationality|happy|sad|angry|drunk)"
)
"""What is never guessed about people."""
_VERDICT: Final = re.compile(r"^(?:is|are|was|were|does|do|did|can|could|has|have|will|would|should)\b")


@dataclass(frozen=True, slots=True)
class Guess:
    """A short answer and its probability."""

    short: str
    probability: float
    grounded: bool = True
    """Whether anything in the picture speaks for it."""


def guessed(program: Program, reply: Reply, world: World, scene: Scene | None = None) -> Reply:
    """The abstention with the best guess that there is any ground for; other replies unchanged.

    Args:
        program: what was asked.
        reply: the computed reply.
        world: the context.
        scene: the picture it is about; None for the first in question.
    """
    scene = scene or next(iter(world.scenes), None)
    if not reply.abstained or scene is None or not scene.pictures:
        return reply
    if reply.short is None:
        found = _guess(program, scene, world)
        if found is None:
            return reply
        reply = replace(reply, short=found.short, confidence=round(found.probability, 4))
    else:
        found = Guess(reply.short, reply.confidence or EVEN)
    if world.say.language != "en":
        return reply
    if any(
        found.short in told.text.casefold() and world.say.percent(found.probability) in told.text
        for told in reply.sentences[:1]
    ):
        return reply
    key = "guess" if found.grounded else "guess_blind"
    text = world.say(key, short=world.say.quote(found.short), sure=world.say.percent(found.probability))
    return replace(reply, sentences=(*reply.sentences, said(text)))


def _verdict(yes: float, grounded: bool = True) -> Guess:
    return Guess("yes", yes, grounded) if yes >= 0.5 else Guess("no", 1 - yes, grounded)


def _guess(program: Program, scene: Scene, world: World) -> Guess | None:
    picture = scene.pictures[0]
    if isinstance(program, Presence):
        chances = [_chance(thing, picture, world) for thing in program.things]
        chance = min(chances) if program.every else max(chances)
        return _verdict(1 - chance if program.negated else chance)
    if isinstance(program, IsA):
        chance = _chance(program.thing, picture, world)
        return _verdict(1 - chance if program.negated else chance)
    if isinstance(program, InRegion | Stands):
        return _verdict(1 - EVEN if program.negated else EVEN, grounded=False)
    if isinstance(program, MoreThan | Every | Pictures):
        return _verdict(1 - EVEN, grounded=False)
    if isinstance(program, HasColor):
        typical = _TYPICAL_COLORS.get(program.thing.words)
        chance = 0.4 if typical is None else 0.6 if typical in program.colors else 0.25
        return _verdict(1 - chance if program.negated else chance, grounded=typical is not None)
    if isinstance(program, ColorOf):
        return _color(program.thing, picture)
    if isinstance(program, Count):
        return _count(program.thing, picture, world)
    if isinstance(program, Locate):
        return Guess("centre", 0.25, grounded=False)
    if isinstance(program, Place):
        return _place(program, picture)
    if isinstance(program, Extreme):
        return Guess(program.things[0].words, 1 / len(program.things), grounded=False)
    if isinstance(program, Read):
        return Guess("no", 0.8) if program.ask == "presence" or program.wanted else None
    if isinstance(program, Compare):
        return Guess("picture 1", 1 / max(2, len(world.scenes)), grounded=False) if program.thing else None
    if isinstance(program, WhatIs | Related):
        return _name(program, picture, world)
    if isinstance(program, Beyond):
        return _beyond(program, picture, world)
    if isinstance(program, Unknown) and not program.world:
        return _any(program.text, picture)
    return None


def _chance(thing: Thing, picture: Picture, world: World) -> float:
    found = find(thing, picture, world)
    chance = likely(thing, found, picture, world).probability
    if not bare(thing):
        whole = Thing(thing.words, thing.classes, thing.shapes, anything=thing.anything)
        alone = likely(whole, find(whole, picture, world), picture, world)
        if not found.able and alone.basis:
            return 1 - PLACED * alone.probability if thing.none else PLACED * alone.probability
        chance = min(chance, likely(whole, find(whole, picture, world), picture, world).probability) * 0.8
    return 1 - chance if thing.none else chance


def _color(thing: Thing | None, picture: Picture) -> Guess:
    if thing is not None and thing.words in _TYPICAL_COLORS:
        return Guess(_TYPICAL_COLORS[thing.words], TYPICAL)
    if picture.colors:
        return Guess(picture.colors[0].text, 0.25)
    return Guess(*COMMONEST_COLOR, grounded=False)


def _count(thing: Thing, picture: Picture, world: World) -> Guess:
    if bare(thing):
        known = concept(thing, picture, world)
        if known is not None and known[0] < 0.15:
            return Guess("0", 0.5)
        if known is not None and known[0] >= 0.5 and not thing.many:
            return Guess("1", 0.4)
    else:
        whole = Thing(thing.words, thing.classes, thing.shapes)
        boxes = find(whole, picture, world).sure()
        if boxes:
            return Guess(str(len(boxes)), 0.35)
    if thing.words in ("eye", "ear", "hand", "arm", "leg", "wheel"):
        four = thing.words in ("leg", "wheel") and "person" not in {seen.text for seen in main_things(picture)[:1]}
        return Guess("4" if four else "2", 0.5)
    people = [seen for seen in picture.objects if seen.text == "person" and seen.confidence >= SEEN]
    if people and thing.words in ("hat", "helmet", "shirt", "glasses", "jacket", "shoe"):
        return Guess(str(len(people)), 0.3)
    return Guess(*COMMONEST_COUNT, grounded=False)


def _place(program: Place, picture: Picture) -> Guess:
    scores, _ = place_scores(picture)
    inside = 0.5 + 0.5 * (
        sum(scores.get(name, 0.0) for name in ROOMS) - sum(scores.get(name, 0.0) for name in OUTDOORS)
    )
    if program.expected in ("indoors", "outdoors"):
        return _verdict(inside if program.expected == "indoors" else 1 - inside)
    if program.expected == "indoors or outdoors":
        return Guess("indoors", inside) if inside >= 0.5 else Guess("outdoors", 1 - inside)
    if program.expected:
        return _verdict(0.3)
    if scores:
        best = max(scores, key=lambda name: scores[name])
        return Guess(best.removeprefix("the "), max(0.15, scores[best]))
    return Guess("outdoors", 0.3, grounded=False)


def _name(program: WhatIs | Related, picture: Picture, world: World) -> Guess | None:
    kind = program.kind
    if kind is not None and (kind.classes or kind.words in HYPERNYMS):
        found = find(replace(kind, region="", relation="", anchor=None), picture, world)
        named = [(match.confidence, match.seen.text) for match in found.matches]
        named += [(share, label.text.casefold()) for label, share in found.labels]
        if named and kind.words not in _IN_CONTAINERS:
            share, name = max(named)
            if share >= POSSIBLE or kind.words not in MEMBERS:
                return Guess(name, min(0.6, share))
    if kind is not None:
        likeliest = cases(kind.words, picture, world)
        if likeliest:
            return Guess(likeliest[0][0], likeliest[0][1])
    anchor = program.anchor.classes if isinstance(program, Related) else frozenset()
    people = kind is None or "person" in kind.classes
    others = [seen for seen in main_things(picture) if seen.text not in anchor and (people or seen.text != "person")]
    if others:
        return Guess(others[0].text, 0.25 * others[0].confidence)
    if picture.labels:
        return Guess(picture.labels[0].text.casefold(), 0.5 * picture.labels[0].confidence)
    return None


def _beyond(program: Beyond, picture: Picture, world: World) -> Guess | None:
    asks_verdict = bool(_VERDICT.match(world.question.text.strip().casefold()))
    if program.ask in ("who", "age", "gender", "emotion", "feeling", "price", "why", "sound", "danger"):
        return None
    if program.ask == "activity" and not asks_verdict:
        count = re.match(r"how many\b", world.question.text.strip().casefold())
        people = [seen for seen in picture.objects if seen.text == "person" and seen.confidence >= SEEN]
        if count:
            return Guess(str(len(people)), 0.35) if people else Guess(*COMMONEST_COUNT, grounded=False)
        seen = {one.text: one.confidence for one in reversed(picture.objects) if one.confidence >= SEEN}
        sport = re.search(r"\b(?:sport|game)\b", world.question.text.casefold())
        animal = program.thing is not None and "person" not in program.thing.classes and not program.thing.pronoun
        if animal:
            return Guess("sitting", 0.2, grounded=False)
        for name, doing in _DOINGS[:_SPORTS] if sport else _DOINGS:
            if name in seen and (name in _HELD or _near_somebody(name, picture)):
                doing = doing.removeprefix("playing ") if sport else doing
                return Guess(doing, _DONE * seen[name])
        return None if sport else Guess("standing", 0.15, grounded=False)
    words = world.question.text.casefold()
    if program.ask == "time" and re.search(r"\bday(?:time)? or (?:at )?night|\bnight(?:time)? or (?:at )?day", words):
        light = float(picture.facts.data.get("brightness") or 0.5) if picture.facts is not None else 0.5
        return Guess("day", 0.7) if light >= 0.25 else Guess("night", 0.55)
    if program.ask in ("weather", "time") and asks_verdict:
        facts = picture.facts
        light = float(facts.data.get("brightness") or 0.5) if facts is not None else 0.5
        if re.search(r"\b(?:sunny|day|daytime)\b", words):
            return _verdict(0.7 if light >= 0.35 else 0.4, grounded=facts is not None)
        return _verdict(0.3, grounded=facts is not None)
    if program.ask == "time" and re.search(r"\b(?:time of day|day)\b", world.question.text.casefold()):
        return Guess("daytime", 0.4, grounded=False)
    return _verdict(1 - EVEN, grounded=False) if asks_verdict else None


def _near_somebody(name: str, picture: Picture) -> bool:
    """Whether a person overlaps a thing of that name."""
    people = [seen for seen in picture.objects if seen.text == "person" and seen.confidence >= SEEN and seen.box]
    return any(
        related("touching", person, seen) >= HOLDS
        for seen in picture.objects
        if seen.text == name and seen.confidence >= SEEN and seen.box
        for person in people
    )


def _any(text: str, picture: Picture) -> Guess | None:
    """A question that no rule understands, by its first words; never about what someone is."""
    if _PERSONAL.search(text):
        return None
    if _VERDICT.match(text):
        return _verdict(1 - EVEN, grounded=False)
    if re.match(r"how many\b", text):
        return Guess(*COMMONEST_COUNT, grounded=False)
    if re.match(r"(?:what|which) colou?r\b", text):
        return _color(None, picture)
    if re.match(r"(?:what|which)\b", text):
        named = main_things(picture)
        if named:
            return Guess(named[0].text, 0.12)
        if picture.labels:
            return Guess(picture.labels[0].text.casefold(), 0.2 * picture.labels[0].confidence)
    return None
