"""Puts one item to the assistant and keeps what came back: an `Outcome`. Not for judging it: see scoring.py."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.media import text_part
from assistant.types import IMAGE, Answered, Answering, Delta, Kind
from assistant_evaluation.items import CaptionItem, CountsItem, Item, PlaceItem, QuestionItem, RatedItem, TranscriptItem
from assistant_evaluation.metrics.presence import SAID

if TYPE_CHECKING:
    from assistant.app import Assistant, Reply
    from assistant.types import Part

PASSING = frozenset({"timeout", "crashed", "cancelled", "paused"})
"""Causes of gaps that may be gone the next time."""
DESCRIBE = "Describe the picture in one sentence."
"""What is asked for a caption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one item; JSON values only, so that it can be kept and read again."""

    id: str
    """The item's."""
    text: str = ""
    """The answer, caption or transcript in full."""
    short: str | None = None
    """The bare answer; the best guess where it abstained."""
    confidence: float | None = None
    own_confidence: float | None = None
    """What the answerer said before others checked its answer: what a calibration applies to."""
    abstained: bool = False
    answerer: str = ""
    checked: str | None = None
    """agrees or disagrees, where observations bear on the answer."""
    box: list[float] | None = None
    """The first box among the evidence."""
    perceived: Mapping[str, Any] = field(default_factory=dict)
    """What a task that asks nothing reads from the observations."""
    evidence: Sequence[Mapping[str, Any]] = ()
    """The observations it rests on: kind, text, confidence, box, span, source."""
    gaps: Sequence[Mapping[str, str]] = ()
    """What was missing: source, cause, message."""
    error: str = ""
    """Why nothing came back."""
    answering_seconds: float | None = None
    """From the first answerer's start to the whole answer."""
    turn_seconds: float = 0.0
    """The whole turn, perception included where it was not cached."""

    @property
    def final(self) -> bool:
        """Whether asking again would give the same: nothing failed, ran late or was resting."""
        return not self.error and not any(gap["cause"] in PASSING for gap in self.gaps)

    def to_json(self) -> dict[str, Any]:
        """Every field."""
        return asdict(self)


def put(assistant: Assistant, item: Item, files: Sequence[Path], answerer: str | None) -> Outcome:
    """Ask, or let perceive, one item in a conversation of its own; nothing of it is stored.

    Whatever the assistant raises becomes the outcome's `error`.
    """
    began = time.perf_counter()
    question = _question(item)
    try:
        sent: Sequence[Path | Part] = files or (
            [text_part(item.text, "sentence")] if isinstance(item, RatedItem) else []
        )
        reply, answering, own = _turn(assistant, question, sent, answerer)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        return Outcome(id=item.id, error=what, turn_seconds=time.perf_counter() - began)
    answer = reply.answer
    return Outcome(
        id=item.id,
        text=reply.text if answer else "",
        short=answer.short if answer else None,
        confidence=answer.confidence if answer else None,
        own_confidence=own,
        abstained=answer.abstained if answer else False,
        answerer=answer.answerer if answer else "",
        checked=answer.checked if answer else None,
        box=next((list(seen.box) for seen in reply.evidence if seen.box), None),
        perceived=_perceived(item, reply),
        evidence=[_brief(seen.to_json()) for seen in reply.evidence],
        gaps=[
            {"source": gap.source, "cause": gap.cause, "message": f"{gap.message} {gap.remedy}".strip()}
            for gap in reply.gaps
        ],
        answering_seconds=answering,
        turn_seconds=time.perf_counter() - began,
    )


def _question(item: Item) -> str | None:
    """What is asked; None where only perception counts."""
    if isinstance(item, QuestionItem):
        return item.asked
    if isinstance(item, PlaceItem):
        return item.question
    return DESCRIBE if isinstance(item, CaptionItem) else None


def _turn(
    assistant: Assistant, question: str | None, files: Sequence[Path | Part], answerer: str | None
) -> tuple[Reply, float | None, float | None]:
    """The reply, the seconds of answering, and the answerer's own confidence."""
    replies: list[Reply] = []
    began: float | None = None
    spent: float | None = None
    own: float | None = None
    for event in assistant.stream(
        question or "", *files, answerer=answerer, answer=question is not None, on_reply=replies.append
    ):
        if isinstance(event, Answering):
            began = time.perf_counter() if began is None else began
            own = None
        elif isinstance(event, Delta) and event.checked is None and event.confidence is not None:
            own = event.confidence
        elif isinstance(event, Answered) and began is not None:
            spent = time.perf_counter() - began
    return replies[0], spent, own


def _brief(seen: Mapping[str, Any]) -> dict[str, Any]:
    return {key: seen[key] for key in ("kind", "text", "confidence", "box", "span", "source")}


def _perceived(item: Item, reply: Reply) -> dict[str, Any]:
    seen = reply.observations
    if isinstance(item, CountsItem):
        objects = [each for each in seen if each.kind == Kind.OBJECT]
        detected: dict[str, float] = {}
        for each in objects:
            stated = each.data.get("presence")
            here = float(stated) if stated is not None else each.confidence
            detected[each.text] = max(here, detected.get(each.text, 0.0))
        concepts = [each.data.get("probabilities", {}) for each in seen if each.kind == Kind.CONCEPTS]
        likely = {name: float(value) for shares in concepts for name, value in shares.items()} | detected
        counted = Counter(each.text for each in objects if each.data.get("counted", each.confidence >= SAID))
        return {"likely": likely, "counted": dict(counted)}
    if isinstance(item, TranscriptItem):
        if any(part.modality == IMAGE and part.parent is None for part in reply.parts):
            lines = sorted(
                (each for each in seen if each.kind == Kind.TEXT_LINE), key=lambda each: int(each.data.get("order", 0))
            )
            return {"transcript": " ".join(line.text for line in lines), "language": ""}
        said = [each for each in seen if each.kind == Kind.TRANSCRIPT]
        language = next((str(each.data.get("language", "")) for each in said), "")
        return {"transcript": " ".join(each.text for each in said), "language": language}
    if isinstance(item, RatedItem):
        felt = [each for each in seen if each.kind == Kind.SENTIMENT and each.data.get("scope", "whole") == "whole"]
        if not felt:
            return {"label": "neutral", "valence": 0.0, "silent": True}
        surest = max(felt, key=lambda each: each.confidence)
        return {"label": surest.text, "valence": float(surest.data.get("valence", 0.0)), "silent": False}
    return {}
