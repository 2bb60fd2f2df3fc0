"""What came of a turn: its events gathered into one reply, and that reply as JSON. Not for running one: see app.py."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from assistant.context import SharedContext
from assistant.types import (
    Answer,
    Answered,
    Asked,
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

ENDED_STATES = ("done", "cached", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one turn."""

    question: Question
    answer: Answer | None
    """None if nothing was asked (`Assistant.perceive`)."""
    parts: tuple[Part, ...]
    """Everything that was looked at in this turn, frames and sound tracks included."""
    observations: tuple[Observation, ...]
    """What is known about these parts, and what the answer cites."""
    gaps: tuple[Gap, ...]
    statuses: tuple[Status, ...]
    """How each perceiver ended."""
    milliseconds: float

    @property
    def text(self) -> str:
        """The answer's text, "" if nothing was asked."""
        return self.answer.text if self.answer else ""

    @property
    def evidence(self) -> tuple[Observation, ...]:
        """The observations the answer rests on."""
        cited = self.answer.citations if self.answer else ()
        known = {seen.id: seen for seen in self.observations}
        return tuple(known[each] for each in cited if each in known)

    def to_json(self) -> dict[str, Any]:
        """The JSON of `assistant ask --json` and `assistant perceive --json`; documented in docs/cli.md."""
        return {
            "question": {"text": self.question.text, "spoken": self.question.spoken},
            "answer": self.answer.to_json() if self.answer else None,
            "parts": [part.to_json() for part in self.parts],
            "observations": [seen.to_json() for seen in self.observations],
            "gaps": [gap.to_json() for gap in self.gaps],
            "perceivers": [
                {
                    "perceiver": status.perceiver,
                    "part": status.part,
                    "state": status.state,
                    "milliseconds": None if status.milliseconds is None else round(status.milliseconds, 1),
                    "reason": status.reason,
                }
                for status in self.statuses
            ],
            "milliseconds": round(self.milliseconds, 1),
        }


class Record:
    """Collects the events of one turn."""

    def __init__(self) -> None:
        """The turn begins now."""
        self.began = time.perf_counter()
        self.question = Question("")
        self.answer: Answer | None = None
        self.parts: dict[str, Part] = {}
        self.observations: dict[str, Observation] = {}
        self.gaps: list[Gap] = []
        self.statuses: dict[tuple[str, str], Status] = {}

    def add(self, event: Event) -> None:
        """Take note of an event."""
        if isinstance(event, PartAdded):
            self.parts[event.part.digest] = event.part
        elif isinstance(event, Observed):
            self.observations[event.observation.id] = event.observation
        elif isinstance(event, Missed):
            self.gaps.append(event.gap)
        elif isinstance(event, Status):
            self.statuses[(event.perceiver, event.part)] = event
        elif isinstance(event, Asked):
            self.question = event.question
        elif isinstance(event, Answered):
            self.answer = event.answer

    def reply(self, context: SharedContext) -> Reply:
        """The turn as a whole; observations of earlier turns are there if the answer cites them."""
        cited = set(self.answer.citations) if self.answer else set()
        subjects = {*self.parts, *context.turn_parts}
        snapshot = context.snapshot()
        return Reply(
            question=self.question,
            answer=self.answer,
            parts=tuple(
                part for part in snapshot.parts if part.digest in subjects or part.parent in context.turn_parts
            ),
            observations=tuple(
                seen
                for seen in snapshot.observations
                if seen.id in self.observations or seen.id in cited or seen.part in subjects
            ),
            gaps=tuple(self.gaps),
            statuses=tuple(status for status in self.statuses.values() if status.state in ENDED_STATES),
            milliseconds=(time.perf_counter() - self.began) * 1000,
        )
