"""A conversation in a few lines: what was perceived in pictures and recordings, and what the reasoner makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from assistant.context import Snapshot
from assistant.media import Media
from assistant.plugin import Request
from assistant.types import Answer, Box, Gap, Kind, Message, Observation, Part, Question
from assistant_reasoner.answerer import Reasoner

SEES = {
    "image": (Kind.OBJECT, Kind.LABEL, Kind.SHAPE, Kind.TEXT_LINE, Kind.COLOR, Kind.CAPTION, Kind.IMAGE_FACTS),
    "audio": (Kind.TRANSCRIPT, Kind.TRANSCRIPT_SEGMENT, Kind.NO_SPEECH, Kind.LANGUAGE, Kind.SENTIMENT),
    "text": (Kind.LANGUAGE, Kind.SENTIMENT),
    "video": (Kind.VIDEO_FACTS,),
}


class Talk:
    """A conversation under construction; every method returns it."""

    def __init__(self, media: Media) -> None:
        self.media = media
        self.parts: list[Part] = []
        self.seen: list[Observation] = []
        self.gaps: list[Gap] = []
        self.messages: list[Message] = []
        self.turn: tuple[str, ...] = ()
        self.capabilities: dict[str, tuple[str, ...]] = dict(SEES)
        self.vocabulary: dict[str, tuple[str, ...]] = {}
        self.embed: Callable[[Sequence[str]], Any] = self._no_embedder
        self.embedded = 0

    def _no_embedder(self, texts: Sequence[str]) -> None:
        self.embedded += 1

    def part(
        self, modality: str, digest: str, *, parent: str | None = None, time: float | None = None, **facts: Any
    ) -> Talk:
        span = (time, time) if time is not None else None
        self.parts.append(Part(modality, digest, digest, f"{modality}/x", b"", facts, parent, span))
        if parent is None:
            self.turn += (digest,)
        return self

    def picture(self, digest: str = "p", **facts: Any) -> Talk:
        return self.part("image", digest, **facts)

    def recording(self, digest: str = "a", **facts: Any) -> Talk:
        return self.part("audio", digest, **facts)

    def add(
        self, kind: str, text: str, confidence: float = 0.9, *, box: Box | None = None, span: Any = None, **data: Any
    ) -> Talk:
        self.seen.append(
            Observation(
                kind=kind,
                text=text,
                confidence=confidence,
                part=data.pop("part", self.parts[-1].digest),
                box=box,
                span=span,
                data=data,
                source=data.get("source", "fake"),
            )
        )
        return self

    def thing(
        self, text: str, box: Box = (0.4, 0.4, 0.6, 0.6), confidence: float = 0.9, color: str | None = None, **data: Any
    ) -> Talk:
        colors = data.pop("colors", [[color, 0.8]] if color else [])
        return self.add(Kind.OBJECT, text, confidence, box=box, color=color, colors=colors, **data)

    def shape(self, text: str, color: str, box: Box = (0.4, 0.4, 0.6, 0.6), **data: Any) -> Talk:
        return self.add(Kind.SHAPE, text, 0.95, box=box, color=color, rgb=[0, 0, 0], **data)

    def line(self, text: str, order: int = 0, box: Box = (0.1, 0.1, 0.5, 0.2), confidence: float = 0.95) -> Talk:
        return self.add(Kind.TEXT_LINE, text, confidence, box=box, order=order)

    def says(self, text: str, start: float, end: float, confidence: float = 0.9) -> Talk:
        words = text.split()
        step = (end - start) / len(words)
        timed = [
            {"word": word, "start": start + index * step, "end": start + (index + 1) * step, "probability": 0.9}
            for index, word in enumerate(words)
        ]
        return self.add(Kind.TRANSCRIPT_SEGMENT, text, confidence, span=(start, end), words=timed, language="en")

    def next_turn(self, question: str = "", answer: str = "ok") -> Talk:
        """What was sent so far belongs to an earlier message."""
        self.messages += [Message("user", question, self.turn), Message("assistant", answer)]
        self.turn = ()
        return self

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(tuple(self.parts), tuple(self.seen), tuple(self.gaps), tuple(self.messages), self.turn)

    def ask(self, question: str, *, spoken: bool = False, part: str | None = None) -> Answer:
        request = Request(
            Question(question, spoken, part),
            self.snapshot,
            self.media,
            self.embed,
            self.capabilities,
            self.vocabulary,
        )
        answer = Answer("")
        for delta in Reasoner().answer(request):
            answer = answer + delta
        assert set(answer.citations) <= {seen.id for seen in self.seen}
        assert answer.text.strip()
        return answer

    def needs(self, question: str, *, spoken: bool = False) -> frozenset[str]:
        return Reasoner().needs(Question(question, spoken), self.snapshot)


@pytest.fixture
def talk(media: Media) -> Talk:
    """An empty conversation."""
    return Talk(media)
