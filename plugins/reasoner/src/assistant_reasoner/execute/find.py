"""Finds the things that a noun phrase names among the observations of one picture. Not for answering: see things.py."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.fusion.align import HOLDS, area, centre, containment
from assistant.types import Box, Kind, Observation
from assistant_reasoner.execute.arrangement import holders, items, panel_of
from assistant_reasoner.execute.relations import JUDGED, between, degree
from assistant_reasoner.execute.world import Picture, World, label_share
from assistant_reasoner.lexicon import ANY_SHAPE, CLOSE_COLORS, COCO, HYPERNYMS, SHAPES
from assistant_reasoner.programs import Thing

ASKED: Final = 0.6
"""What being asked for adds to the log-odds that a thing is there. A detector's confidence holds for any of its
classes, of which a photograph shows some 6 %; of those that people ask for, about half are there (Saerens et al. 2002
on adjusting to new priors). The full shift would be 2.8, but what people ask for is also what is easily mistaken."""
SEEN: Final = 0.35
"""Confidence from which a thing that was asked for is likelier there than not, given ASKED."""
COUNTED: Final = 0.5
"""Confidence from which a thing is counted: likelier there than not."""
FITS: Final = 0.45
"""Degree to which colour, place and relation must fit for a thing to be counted."""
POSSIBLE: Final = 0.25
"""Confidence from which a thing is mentioned as possible."""
SURFACE: Final = 0.4
"""Factor on the prominence of a table, whose box is that of all that stands on it."""
SOME_COLOR: Final = 0.2
"""Share of an object's pixels from which it "has" a colour beside its main one."""
LABEL_SPEAKS: Final = 0.4
"""Probability from which a label of the whole picture speaks for presence."""
GRAPHIC_WORDS: Final = frozenset(SHAPES) | ANY_SHAPE


@dataclass(frozen=True, slots=True)
class Match:
    """An observation that fits a noun phrase."""

    seen: Observation
    confidence: float
    """That it is such a thing with such properties, 0-1."""
    other_cites: tuple[str, ...] = ()
    """Ids of other observations that it was judged by: the anchor of a relation."""

    @property
    def box(self) -> Box:
        """Its box; the whole picture for an observation without one."""
        return self.seen.box or (0.0, 0.0, 1.0, 1.0)

    @property
    def cites(self) -> tuple[str, ...]:
        """What it rests on."""
        return (self.seen.id, *self.other_cites)

    @property
    def color(self) -> str:
        """Its main colour, "" if unknown."""
        color = self.seen.data.get("color")
        return color if isinstance(color, str) else ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a noun phrase in a picture."""

    matches: tuple[Match, ...]
    """Surest first."""
    labels: tuple[tuple[Observation, float], ...] = ()
    """Labels of the whole picture that name it, with the probability they give it."""
    lines: tuple[Observation, ...] = ()
    """Lines of text that contain its name."""
    almost: tuple[Match, ...] = ()
    """Right in name, wrong in colour."""
    able: bool = False
    """Whether a perceiver looked that knows things of this name: then finding nothing means something."""
    kind: str = Kind.OBJECT
    """The kind of observation that would have shown it."""

    def sure(self, least: float = COUNTED) -> tuple[Match, ...]:
        """Matches from that confidence on."""
        return tuple(match for match in self.matches if match.confidence >= least)

    @property
    def counted(self) -> tuple[Match, ...]:
        """The matches to count: those that the perceiver marks for it, or else the likelier ones; surest first."""
        if not any("counted" in match.seen.data for match in self.matches):
            return self.sure(COUNTED)
        return tuple(
            match
            for match in self.matches
            if match.seen.data.get("counted", match.confidence >= COUNTED)
            and match.confidence >= FITS * match.seen.confidence
        )

    @property
    def uncounted(self) -> tuple[Match, ...]:
        """The other matches that are worth a mention."""
        taken = {match.seen.id for match in self.counted}
        return tuple(match for match in self.sure(POSSIBLE) if match.seen.id not in taken)

    @property
    def best(self) -> float:
        """Probability that at least one is there, by the surest evidence; 0 of none."""
        boxes = max((presence_of(match) for match in self.matches), default=0.0)
        return max(boxes, max((share for _, share in self.labels), default=0.0))


def presence_of(match: Match) -> float:
    """That the class is in the picture at all: some detectors say so apart from the box."""
    stated = match.seen.data.get("presence")
    if isinstance(stated, int | float) and match.seen.confidence > 0:
        return min(1.0, max(match.confidence, float(stated) * match.confidence / match.seen.confidence))
    return match.confidence


def asked_for(probability: float) -> float:
    """The probability that a thing is there, given that a question asks for it."""
    bounded = min(1 - 1e-6, max(1e-6, probability))
    return 1 / (1 + math.exp(-(math.log(bounded / (1 - bounded)) + ASKED)))


def is_drawn(thing: Thing) -> bool:
    """Whether the phrase names a drawn shape."""
    return bool(thing.shapes)


def find(thing: Thing, picture: Picture, world: World) -> Found:
    """Everything in the picture that fits the phrase, with its colours, size, region and relation."""
    if thing.having:
        return _holding(thing, picture, world)
    named = [Match(seen, seen.confidence) for seen in _named(thing, picture)]
    kind = _kind(thing, picture)
    colored, wrong = _colored(thing, named)
    placed = _sized(thing, [match for match in colored if not thing.region or in_region(thing.region, match.box)])
    if thing.anchor is not None and thing.relation:
        placed = _related(thing, placed, picture, world)
    placed.sort(key=lambda match: -match.confidence)
    plain = not (thing.colors or thing.other_than or thing.region or thing.relation)
    labels = tuple(_labels(thing, picture)) if plain else ()
    lines = tuple(line for line in picture.lines if _reads(thing, line)) if plain and not thing.anything else ()
    known = bool(thing.classes & COCO or thing.shapes or thing.anything or named) or kind == Kind.FACE
    able = known and (world.able(kind, picture.part) or bool(named))
    if able and thing.anchor is not None and thing.relation and not placed:
        # Who does not know the one cannot say that nothing stands beside it.
        able = find(thing.anchor, picture, world).able
    return Found(tuple(placed), labels, lines, tuple(wrong), able, kind)


def _named(thing: Thing, picture: Picture) -> Iterable[Observation]:
    if thing.words == "face":
        return picture.faces
    if thing.pronoun:
        return main_things(picture)
    if thing.anything:
        return (*picture.objects, *items(picture))
    if thing.shapes:
        return tuple(seen for seen in picture.shapes if "*" in thing.shapes or seen.text in thing.shapes)
    if thing.classes:
        return tuple(seen for seen in picture.objects if seen.text in thing.classes)
    return tuple(seen for seen in picture.objects if seen.text.casefold() == thing.words)


def _kind(thing: Thing, picture: Picture) -> str:
    if thing.words == "face":
        return Kind.FACE
    if thing.shapes or (thing.anything and picture.shapes and not picture.objects):
        return Kind.SHAPE
    return Kind.OBJECT


def main_things(picture: Picture) -> tuple[Observation, ...]:
    """What a picture is about, most prominent first: sure, large and central things before others."""

    def prominence(seen: Observation) -> float:
        box = seen.box or (0.0, 0.0, 1.0, 1.0)
        x, y = centre(box)
        off = abs(x - 0.5) + abs(y - 0.5)
        ground = SURFACE if seen.text == "dining table" else 1.0  # it is mostly what other things stand on
        return ground * seen.confidence * math.sqrt(area(box)) * (1.2 - off)

    things = picture.objects or picture.shapes
    return tuple(sorted(things, key=prominence, reverse=True))


def _labels(thing: Thing, picture: Picture) -> Iterable[tuple[Observation, float]]:
    if thing.shapes or thing.anything or thing.pronoun:
        return
    names = [thing.words] if thing.words not in HYPERNYMS else [thing.words, *sorted(thing.classes)]
    if thing.classes and thing.words not in HYPERNYMS and len(thing.classes) == 1:
        names.append(next(iter(thing.classes)))
    for label in picture.labels:
        share = max((label_share(label, name) for name in dict.fromkeys(names)), default=0.0)
        if share > 0:
            yield label, min(1.0, share)


def _reads(thing: Thing, line: Observation) -> bool:
    words = line.text.casefold().split()
    return line.confidence >= 0.5 and thing.words in (" ".join(words), *words) and len(thing.words) > 2


def color_share(seen: Observation, color: str) -> float:
    """How well a colour fits an observation, 0-1: 1 for its main colour, less for others, a little for a neighbour."""
    main = seen.data.get("color")
    if main == color:
        return 1.0
    for pair in seen.data.get("colors") or ():
        if pair[0] == color and float(pair[1]) >= SOME_COLOR:
            return 0.5 + 0.5 * min(1.0, float(pair[1]) / 0.5)
    if isinstance(main, str) and frozenset((main, color)) in CLOSE_COLORS and seen.kind != Kind.SHAPE:
        return 0.33
    return 0.0 if isinstance(main, str) else 0.3


def _colored(thing: Thing, named: Sequence[Match]) -> tuple[list[Match], list[Match]]:
    if thing.other_than:
        named = [match for match in named if match.color and match.color not in thing.other_than]
    if not thing.colors:
        return list(named), []
    fitting, wrong = [], []
    for match in named:
        fit = min(color_share(match.seen, color) for color in thing.colors)
        if fit > 0.25:
            fitting.append(replace(match, confidence=match.confidence * fit))
        else:
            wrong.append(match)
    return fitting, wrong


def _sized(thing: Thing, matches: list[Match]) -> list[Match]:
    if not thing.size or len(matches) < 2:
        return matches
    areas = sorted(area(match.box) for match in matches)
    if thing.size == "biggest":
        return [max(matches, key=lambda match: area(match.box))]
    if thing.size == "smallest":
        return [min(matches, key=lambda match: area(match.box))]
    middle = areas[len(areas) // 2]
    if thing.size == "big":
        return [match for match in matches if area(match.box) >= middle]
    return [match for match in matches if area(match.box) <= middle]


def in_region(region: str, box: Box) -> bool:
    """Whether the middle of the box lies in a region that a question names: halves for sides, the middle third."""
    x, y = centre(box)
    if region in ("centre", "middle"):
        return 0.25 <= x <= 0.75 and 0.25 <= y <= 0.75
    if region in ("foreground", "background"):
        return (box[3] >= 0.6) == (region == "foreground")
    return (
        ("left" not in region or x < 0.5)
        and ("right" not in region or x > 0.5)
        and ("top" not in region or y < 0.5)
        and ("bottom" not in region or y > 0.5)
    )


def _related(thing: Thing, matches: Sequence[Match], picture: Picture, world: World) -> list[Match]:
    assert thing.anchor is not None
    if thing.relation not in JUDGED:
        return []
    anchors = find(thing.anchor, picture, world).sure(POSSIBLE)
    fitting = []
    for match in matches:
        best: Match | None = None
        amid = between(match.seen, [anchor.seen for anchor in anchors]) if thing.relation == "between" else 0.0
        for anchor in anchors:
            if anchor.seen.id == match.seen.id or panel_of(anchor.seen) != panel_of(match.seen):
                continue
            plain = amid if thing.relation == "between" else degree(thing.relation, match.seen, anchor.seen)
            if plain >= HOLDS:
                sure = match.confidence * math.sqrt(anchor.confidence) * min(1.0, 0.5 + plain / 2)
                if best is None or sure > best.confidence:
                    best = Match(match.seen, sure, anchor.cites)
        if best is not None:
            fitting.append(best)
    return fitting


def _holding(thing: Thing, picture: Picture, world: World) -> Found:
    """Holders ("box", "tower", "person") that have every one of the things asked for."""
    groups = holders(thing.words, picture)
    if groups is None:
        plain = find(replace(thing, having=()), picture, world)
        groups = [(match.seen, _members(match.seen, picture)) for match in plain.sure(POSSIBLE)]
        if not plain.able:
            return plain
    matches = []
    for holder, members in groups:
        sure = 1.0
        cites: tuple[str, ...] = ()
        for wanted in thing.having:
            part = Picture(picture.part, tuple(members) if wanted.region == "" else _end(members, wanted.region))
            inner = find(replace(wanted, region=""), part, world)
            hits = inner.sure(COUNTED)
            if not fulfils(wanted, len(hits)):
                sure = 0.0
                break
            sure *= min((hit.confidence for hit in hits), default=0.9)
            cites += tuple(identity for hit in hits for identity in hit.cites)
        if sure > 0:
            matches.append(Match(holder, sure * holder.confidence, cites))
    able = world.able(
        Kind.SHAPE if any(one.shapes or one.anything for one in thing.having) else Kind.OBJECT, picture.part
    )
    return Found(tuple(sorted(matches, key=lambda match: -match.confidence)), able=able, kind=Kind.SHAPE)


def _members(holder: Observation, picture: Picture) -> tuple[Observation, ...]:
    box = holder.box
    if box is None:
        return ()
    return tuple(
        seen
        for seen in (*picture.objects, *picture.shapes)
        if seen.id != holder.id and seen.box is not None and containment(seen.box, box) >= 0.5
    )


def _end(members: Sequence[Observation], region: str) -> tuple[Observation, ...]:
    """The topmost or lowest member."""
    boxed = [seen for seen in members if seen.box is not None]
    if not boxed:
        return ()
    lowest = "bottom" in region
    return (max(boxed, key=lambda seen: (1 if lowest else -1) * (seen.box or (0, 0, 0, 0))[3]),)


def fulfils(thing: Thing, count: int) -> bool:
    """Whether so many of them make the phrase true: "no", a number, or else at least one."""
    if thing.none:
        return count == 0
    if thing.number is not None:
        return thing.number.admits(count)
    return count >= 1
