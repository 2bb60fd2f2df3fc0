"""Folds the events of a turn into what the page shows. Not for drawing: see thread.py and evidence.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from assistant.types import (
    TEXT,
    Answer,
    Answered,
    Answering,
    Asked,
    Delta,
    Event,
    Gap,
    Missed,
    Observation,
    Observed,
    Part,
    PartAdded,
    Question,
    Status,
)

Phase: TypeAlias = Literal["perceiving", "answering", "answered", "stopped", "failed"]
UNSURE_BELOW = 0.5
"""An answer that is more likely wrong than right is shown as unsure."""


@dataclass
class TurnView:
    """One question and what became of it."""

    asked: str = ""
    """What was typed."""
    again: str = ""
    """The stored turn, if it ended without an answer and can be asked again in its place."""
    files: tuple[str, ...] = ()
    """Names of the files sent with it."""
    question: Question | None = None
    sent: list[str] = field(default_factory=list)
    """Digests of the parts sent with it, in order."""
    parts: dict[str, Part] = field(default_factory=dict)
    """By digest; frames and sound tracks included."""
    statuses: dict[tuple[str, str], Status] = field(default_factory=dict)
    """By perceiver and part: the latest."""
    observations: dict[str, Observation] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    answerer: str = ""
    answer: Answer = field(default_factory=lambda: Answer(""))
    phase: Phase = "perceiving"
    settling: bool = False
    """Whether something is still perceived though the answer is there."""
    failure: tuple[str, str] = ("", "")
    """What went wrong and what to do, when the whole turn failed."""

    def apply(self, event: Event) -> None:
        """Take one event into account; what still comes after a stop is not wanted."""
        if self.phase == "stopped":
            return
        if isinstance(event, PartAdded):
            self._add_part(event.part)
        elif isinstance(event, Status):
            self.statuses[event.perceiver, event.part] = event
        elif isinstance(event, Observed):
            self.observations[event.observation.id] = event.observation
        elif isinstance(event, Missed):
            if event.gap not in self.gaps:
                self.gaps.append(event.gap)
        elif isinstance(event, Asked):
            self.question = event.question
        elif isinstance(event, Answering):
            self.answerer, self.answer, self.phase = event.answerer, Answer("", answerer=event.answerer), "answering"
        elif isinstance(event, Delta):
            self.answer, self.phase = self.answer + event, "answering"
        else:
            self._finish(event)

    def _add_part(self, part: Part) -> None:
        self.parts[part.digest] = part
        typed = part.modality == TEXT and part.text == self.asked
        if part.parent is None and not typed and part.digest not in self.sent:
            self.sent.append(part.digest)

    def _finish(self, event: Answered) -> None:
        self.answer, self.phase = event.answer, "answered"
        self.answerer = event.answer.answerer or self.answerer

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.phase in ("perceiving", "answering")

    @property
    def heard(self) -> str:
        """The question as it was heard, "" when it was typed."""
        return self.question.text if self.question and self.question.spoken else ""

    @property
    def unsure(self) -> bool:
        """Whether the answer is to be taken with care."""
        sure = self.answer.confidence
        return self.answer.abstained or (sure is not None and sure < UNSURE_BELOW)

    def fail(self, message: str, remedy: str = "") -> None:
        """The turn came to nothing."""
        self.phase, self.failure = "failed", (message, remedy)

    def stop(self) -> None:
        """The person stopped it."""
        if self.running:
            self.phase = "stopped"


@dataclass(frozen=True)
class Evidence:
    """All that a conversation has perceived, and which of it the answer in view rests on."""

    parts: tuple[Part, ...] = ()
    sent: tuple[str, ...] = ()
    """Digests of the parts that people sent, in order."""
    observations: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    cited: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    """Digests of the parts to show first: sent in the latest turn, or cited by its answer."""
    answer: Answer | None = None

    def part(self, digest: str | None) -> Part | None:
        """The part of that digest."""
        return next((part for part in self.parts if part.digest == digest), None)

    def about(self, digest: str) -> tuple[Observation, ...]:
        """The observations of one part, in order of arrival."""
        return tuple(seen for seen in self.observations if seen.part == digest)

    def taken_from(self, digest: str) -> tuple[Part, ...]:
        """The frames and the sound track of a video."""
        return tuple(part for part in self.parts if part.parent == digest)


def gather(turns: Sequence[TurnView]) -> Evidence:
    """The evidence after these turns."""
    parts: dict[str, Part] = {}
    observations: dict[str, Observation] = {}
    for turn in turns:
        parts.update(turn.parts)
        observations.update(turn.observations)
    if not turns:
        return Evidence()
    last = turns[-1]
    origins = [observations[cited].part for cited in last.answer.citations if cited in observations]
    roots = [parts[digest].parent or digest for digest in [*last.sent, *origins] if digest in parts]
    return Evidence(
        parts=tuple(parts.values()),
        sent=tuple(dict.fromkeys(digest for turn in turns for digest in turn.sent)),
        observations=tuple(observations.values()),
        gaps=tuple(last.gaps),
        cited=last.answer.citations,
        recent=tuple(dict.fromkeys(roots)),
        answer=last.answer if last.phase in ("answering", "answered") else None,
    )


async def paced(events: AsyncIterator[Event], seconds: float = 0.08) -> AsyncGenerator[list[Event], None]:
    """The events in batches at least `seconds` apart; an event never waits longer than that.

    Closing this closes `events`, which stops the turn.
    """
    clock = asyncio.get_running_loop().time
    batch: list[Event] = []
    due = clock()
    following = asyncio.ensure_future(anext(events))
    try:
        while True:
            await asyncio.wait({following}, timeout=max(0.0, due - clock()) if batch else None)
            if following.done():
                try:
                    batch.append(following.result())
                except StopAsyncIteration:
                    break
                except Exception:
                    if batch:
                        yield batch
                    raise
                following = asyncio.ensure_future(anext(events))
            if batch and clock() >= due:
                yield batch
                batch, due = [], clock() + seconds
        if batch:
            yield batch
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
