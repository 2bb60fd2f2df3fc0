"""Answers by quoting: the passage heard or read that a question is about, when no program can compute the answer.

Not for questions about what was said on a topic (hearing.py) nor for reading a text as a whole (reading.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.fusion.align import place
from assistant.fusion.select import Embed, select, stems
from assistant.types import Kind, Observation
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, Sentence, said

WORDS: Final = 0.5
"""Share of the question's word weight that a passage must have to be quoted."""
MEANING: Final = 0.5
"""Cosine similarity of MiniLM embeddings from which a passage is quoted: higher than for a topic (hearing.py), because
a question that was not understood may be about anything."""
AHEAD: Final = 0.05
"""By how much the best must be nearer in meaning than the next one."""
MOST_SURE: Final = 0.7
"""A passage that speaks of the same need not answer: never surer than this."""
SAME_ROW: Final = 0.5
"""Overlap of two lines' heights, as a share of the lower one, from which they are read as one row: a dish and its
price."""

_ASKING: Final = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|how|why|is|are|was|were|do|does|did|can|could|should|will|must|may|has|"
    r"have)\b"
)
_EMPTY: Final = re.compile(
    r"\b(?:should|must|need|want|have|has|get|got|know|find|out|much|cost|costs|price|if|may|might|shall|long|there|"
    r"number|time|happens?|like|per|one|i|me|my|should|to)\b"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is quoted: a segment of speech, or the lines of one row."""

    text: str
    seen: tuple[Observation, ...]
    confidence: float


def passages(world: World) -> tuple[Passage, ...]:
    """All that was said, but in the question itself, and all rows that were read."""
    own = world.question.part
    heard = [
        Passage(seen.text.strip(), (seen,), seen.confidence)
        for recording in world.recordings
        if recording.part.digest != own
        for seen in recording.heard
    ]
    read = [
        row
        for scene in world.scenes
        for picture in scene.pictures
        for row in rows([line for line in picture.lines if line.confidence >= 0.3])
    ]
    return (*heard, *read)


def rows(lines: Sequence[Observation]) -> tuple[Passage, ...]:
    """Lines side by side as one, from left to right."""
    groups: list[list[Observation]] = []
    for line in lines:
        row = next((group for group in groups if _beside(group[0], line)), None)
        if row is None:
            groups.append([line])
        else:
            row.append(line)
    found = []
    for group in groups:
        group.sort(key=lambda line: line.box[0] if line.box else 0.0)
        sure = min(line.confidence for line in group)
        found.append(Passage(" ".join(line.text.strip() for line in group), tuple(group), sure))
    return tuple(found)


def _beside(first: Observation, second: Observation) -> bool:
    if first.box is None or second.box is None:
        return False
    shared = min(first.box[3], second.box[3]) - max(first.box[1], second.box[1])
    least = min(first.box[3] - first.box[1], second.box[3] - second.box[1])
    apart = second.box[0] >= first.box[2] or second.box[2] <= first.box[0]
    return apart and least > 0 and shared / least >= SAME_ROW


def quote(question: str, world: World, *, embed: Embed | None = None) -> Reply | None:
    """The passage that the question is about; None when none clearly is, or when it is no question.

    Args:
        question: in its plain form.
        world: the context.
        embed: also compares meanings, when the words of no passage fit.
    """
    asks = _ASKING.match(question) or "?" in world.question.text
    known = passages(world) if asks else ()
    wanted = " ".join(word for word in _EMPTY.sub(" ", question).split() if not word.startswith("@"))
    if not known or not stems(wanted):
        return None
    texts = [replace(passage.seen[0], text=passage.text) for passage in known]
    passage_of = {text.id: passage for text, passage in zip(texts, known, strict=True)}
    chosen = select(wanted, texts)
    best = chosen[0]
    score = best.similarity
    if score < WORDS:
        if embed is None:
            return None
        chosen = select(question, texts, embed=embed, top=2)
        best = chosen[0]
        if best.similarity < MEANING or (len(chosen) > 1 and best.similarity - chosen[1].similarity < AHEAD):
            return None
        score = best.similarity
    passage = passage_of[best.observation.id]
    sure = min(MOST_SURE, 0.25 + 0.5 * score) * max(0.5, passage.confidence)
    return Reply(
        (_sentence(passage, world), said(world.say("closest_sure", sure=world.say.percent(sure)))), passage.text, sure
    )


def mentioning(words: str, world: World) -> tuple[Observation, ...]:
    """The lines of the rows that mention the words: "soup" and, beside it, "4.50"; empty if none does."""
    wanted = set(stems(words))
    found = [
        passage
        for passage in passages(world)
        if passage.seen[0].kind == Kind.TEXT_LINE and wanted and wanted <= set(stems(passage.text))
    ]
    return tuple(line for passage in found[:1] for line in passage.seen)


def _sentence(passage: Passage, world: World) -> Sentence:
    first = passage.seen[0]
    text = world.say.quote(passage.text, 400)
    ids = tuple(seen.id for seen in passage.seen)
    if first.kind in (Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT):
        time = world.say.time(first.span[0]) if first.span else "?"
        return said(world.say("closest_heard", text=text, time=time), *ids)
    spot = world.say.place(place(first.box)) if first.box else world.say("closest_somewhere")
    return said(world.say("closest_read", text=text, where=spot), *ids)
