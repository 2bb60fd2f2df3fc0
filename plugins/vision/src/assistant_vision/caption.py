"""Composes one sentence about a picture from what other perceivers observed. Adds no observation of its own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.plugin import Perceiver, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_vision.boxes import area, overlaps
from assistant_vision.words import article, counted, listed, sentence

STATED: Final = 0.5
"""Confidence from which a thing is stated, i.e. from which it is likelier there than not."""
HEDGED: Final = 0.35
"""Confidence from which it is mentioned as possible, if little else is known."""
TEXT_STATED: Final = 0.5
"""Confidence from which a text is quoted: that it is likelier right in every letter than not."""
MOST_THINGS: Final = 5
MOST_POSSIBLE: Final = 2
MOST_COUNTED: Final = 5
"""Counts above it are given as lower bounds: in crowds the detector misses some."""
QUOTED: Final = 60
"""Characters of text quoted in full."""
CARRIERS: Final = frozenset(
    "airplane,boat,book,bottle,bus,car,cell phone,clock,cup,laptop,parking meter,stop sign,train,truck,tv".split(",")
)
"""Classes of things that bear writing; on these a text is said to be on the thing."""
ALARMING: Final = ("blank", "very dark", "overexposed", "blurred")


@dataclass(slots=True)
class Draft:
    """The clauses of a caption and what they rest on."""

    things: list[str] = field(default_factory=list)
    possible: list[str] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    """Of what is stated without hedging."""

    def rest_on(self, observations: Iterable[Observation], confidence: float | None = None) -> None:
        """Note what a clause was taken from, and how sure it is unless it is hedged."""
        self.used += [seen.id for seen in observations]
        if confidence is not None:
            self.confidences.append(confidence)


def compose(observations: Sequence[Observation]) -> Draft:
    """The draft of a caption: objects, what the whole looks like, shapes, text, then what is wrong with the picture."""
    kinds: dict[str, list[Observation]] = defaultdict(list)
    for seen in observations:
        kinds[seen.kind].append(seen)
    draft = Draft()
    _objects(draft, kinds[Kind.OBJECT], kinds[Kind.LABEL])
    _shapes(draft, kinds[Kind.SHAPE])
    _text(draft, kinds[Kind.TEXT_LINE], kinds[Kind.OBJECT])
    if not (draft.things or draft.clauses):
        _plain(draft, kinds[Kind.IMAGE_FACTS], kinds[Kind.COLOR])
    _warnings(draft, kinds[Kind.IMAGE_FACTS])
    return draft


def write(draft: Draft) -> str:
    """The draft as one sentence."""
    first = listed(draft.things)
    if draft.possible:
        first += (", " if first else "") + "possibly " + listed(draft.possible)
    return sentence("; ".join(part for part in (first, *draft.clauses) if part))


def _objects(draft: Draft, objects: Sequence[Observation], labels: Sequence[Observation]) -> None:
    groups: dict[str, list[Observation]] = defaultdict(list)
    for seen in objects:
        groups[seen.text].append(seen)
    best = {name: max(seen.confidence for seen in group) for name, group in groups.items()}

    def salience(name: str) -> float:
        return max((seen.confidence * math.sqrt(area(seen.box)) for seen in groups[name] if seen.box), default=0.0)

    names = sorted(groups, key=salience, reverse=True)
    stated = [name for name in names if best[name] >= STATED][:MOST_THINGS]
    label = max(labels, key=lambda seen: seen.confidence, default=None)
    for name in stated:
        sure = [seen for seen in groups[name] if seen.confidence >= STATED]
        phrase = counted(len(sure), name)
        if len(sure) > MOST_COUNTED:
            phrase = f"at least {phrase}"
        elif len(sure) == 1 and label and _refines(label, name):
            phrase += f" (looks like {article(label.text)} {label.text})"
            draft.rest_on([label])
        draft.things.append(phrase)
        draft.rest_on(sure, best[name])
    if label:
        _label(draft, label, best)
    if len(draft.things) < MOST_THINGS - 1:
        for name in [name for name in names if HEDGED <= best[name] < STATED][: MOST_POSSIBLE - len(draft.possible)]:
            draft.possible.append(counted(1, name))
            draft.rest_on(groups[name][:1])


def _refines(label: Observation, name: str) -> bool:
    """Whether a label names more closely what was found as an object: "tabby" of a cat."""
    return label.confidence >= STATED and label.data.get("broader") == name and label.text.lower() != name


def _label(draft: Draft, label: Observation, best: dict[str, float]) -> None:
    """Say what the picture as a whole looks like, if no object says so already."""
    words = {label.text.lower(), *(synonym.lower() for synonym in label.data.get("synonyms", ()))}
    broader = label.data.get("broader")
    known = {name for name, confidence in best.items() if confidence >= HEDGED}
    heads = {name.split(" ")[-1] for name in known}
    if broader in known or known & words or label.text.split(" ")[-1] in heads:
        return
    together = float(label.data.get("broader_confidence") or 0.0)
    if broader and together >= STATED:
        closer = f" (looks like {article(label.text)} {label.text})" if label.confidence >= STATED else ""
        draft.things.append(counted(1, broader) + closer)
        draft.rest_on([label], together)
    elif label.confidence >= (STATED if best else HEDGED):
        draft.possible.append(f"{article(label.text)} {label.text}")
        draft.rest_on([label])


def _shapes(draft: Draft, shapes: Sequence[Observation]) -> None:
    groups: dict[str, list[Observation]] = defaultdict(list)
    for seen in shapes:
        if seen.confidence >= STATED:
            groups[f"{seen.data.get('color') or ''} {seen.text}".strip()].append(seen)
    ranked = sorted(groups.items(), key=lambda item: -sum(area(seen.box) for seen in item[1] if seen.box))
    for name, group in ranked[: 2 * MOST_THINGS]:
        draft.things.append(counted(len(group), name))
        draft.rest_on(group, min(seen.confidence for seen in group))


def _text(draft: Draft, lines: Sequence[Observation], objects: Sequence[Observation]) -> None:
    read = sorted(
        (seen for seen in lines if seen.confidence >= TEXT_STATED), key=lambda seen: seen.data.get("order", 0)
    )
    if not read:
        return
    whole = " ".join(seen.text for seen in read)
    bearer = _bearer(read, objects)
    where = f"the text on the {bearer.text}" if bearer else "the text"
    if len(whole) <= QUOTED:
        draft.clauses.append(f'{where} reads "{whole}"')
    else:
        start = whole[:QUOTED].rsplit(" ", 1)[0]
        draft.clauses.append(f'{counted(len(read), "line")} of text, beginning "{start} ..."')
    draft.rest_on(read, min(seen.confidence for seen in read))


def _bearer(lines: Sequence[Observation], objects: Sequence[Observation]) -> Observation | None:
    """The smallest thing that bears all of the text."""
    things = [seen for seen in objects if seen.text in CARRIERS and seen.confidence >= STATED and seen.box]
    for thing in sorted(things, key=lambda seen: area(seen.box) if seen.box else 0.0):
        boxes = [thing.box, *(line.box for line in lines)]
        if all(box is not None for box in boxes):
            _, within = overlaps([box for box in boxes if box is not None])
            if (within[1:, 0] > 0.8).all():
                return thing
    return None


def _plain(draft: Draft, facts: Sequence[Observation], colors: Sequence[Observation]) -> None:
    """What can be said when nothing was recognised."""
    named = sorted(colors, key=lambda seen: -float(seen.data.get("share", 0.0)))[:2]
    described = ""
    for seen in facts[:1]:
        described = (
            f", {article(str(seen.data.get('orientation')))} {seen.data.get('orientation')} {seen.data.get('form')}"
        )
        draft.rest_on([seen], seen.confidence)
    if named:
        described += f", mostly {listed([seen.text for seen in named])}"
        draft.rest_on(named, min(seen.confidence for seen in named))
    if not draft.possible:
        draft.clauses.append("I could not recognise objects in this picture" + described)
    elif described:
        draft.clauses.append(described.removeprefix(", "))


def _warnings(draft: Draft, facts: Sequence[Observation]) -> None:
    for seen in facts[:1]:
        found: list[Any] = [str(note).split(":")[0] for note in seen.data.get("warnings", ())]
        alarming = [note for note in found if note in ALARMING]
        if alarming:
            draft.clauses.append(f"the picture is {listed(alarming)}")
            draft.rest_on([seen])


class VisionCaption(Perceiver):
    """One sentence that states only what was observed, hedged where it is not sure."""

    name = "vision_caption"
    version = "2"
    consumes = (IMAGE,)
    gathers = (Kind.OBJECT, Kind.LABEL, Kind.TEXT_LINE, Kind.COLOR, Kind.SHAPE, Kind.IMAGE_FACTS)
    produces = (Kind.CAPTION,)
    heavy = False
    deadline = 5.0

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One caption; its confidence is that of its weakest unhedged claim."""
        if not task.observations:
            return
        draft = compose(task.observations)
        text = write(draft)
        yield task.observe(
            Kind.CAPTION,
            text,
            min(draft.confidences, default=HEDGED),
            derived_from=list(dict.fromkeys(draft.used)),
            rule="composed",
        )
