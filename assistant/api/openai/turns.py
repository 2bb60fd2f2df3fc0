"""Runs one turn for a chat endpoint: begins it, watches it, and sums it up. Not for any endpoint's own shapes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request

from assistant.api.disconnect import until_disconnect
from assistant.api.failures import Refused
from assistant.api.identity import Caller
from assistant.api.outward import outward_events
from assistant.api.streaming import pausing
from assistant.api.uploads import clean
from assistant.app import Assistant, Earlier, Upload
from assistant.limiting import KEPT, count_tokens
from assistant.reply import Record
from assistant.types import (
    EMPTY,
    FREE,
    TEXT,
    Answer,
    Answered,
    Answering,
    Delta,
    Event,
    Gap,
    Kind,
    Observation,
    Part,
    Question,
    Sampling,
)

PAUSE_SECONDS: Final = 5.0
"""After so long without an event, a stream says that it is alive: proxies cut connections that are silent for 30 s
and more."""
BROKEN_OFF: Final = "\n\n(That answer broke off. Another one:)\n\n"
"""Said in a stream when another answerer takes over: what was sent cannot be taken back."""
HEADER_FACTS: Final = frozenset({Kind.IMAGE_FACTS, Kind.VIDEO_FACTS})
"""What is known of a file that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks for."""

    question: str
    uploads: tuple[Upload | Part, ...] = ()
    history: tuple[Earlier, ...] = ()
    instructions: str = ""
    sampling: Sampling = FREE
    answerer: str | None = None
    """None for the one in the settings."""
    conversation: str | None = None
    """A stored conversation, which brings its history."""
    params: tuple[str, ...] = ()
    """Where each of the uploads stands in the request."""
    not_applied: Mapping[str, str] = field(default_factory=dict)
    """Parameters that no answerer here applies, with why."""

    def tokens(self) -> int:
        """Tokens of what was sent, counted as `limiting.count_tokens` does."""
        texts = (self.instructions, self.question, *(earlier.text for earlier in self.history))
        return sum(count_tokens(text) for text in texts)


class Turn:
    """One turn under way. `begin` it, take its `events`, and `close` it whatever happens."""

    def __init__(self, assistant: Assistant, ask: Ask, owner: str, resources: AsyncExitStack) -> None:
        """Nothing runs yet.

        Args:
            assistant: answers.
            ask: what is asked.
            owner: whose conversation it is.
            resources: released when the turn ends.
        """
        self.ask = ask
        self.record = Record()
        self.written = ""
        """The answer as far as it was streamed, earlier ones that broke off included."""
        self.answerer = ""
        """Who answers, as soon as that is known."""
        self.superseded = 0
        """Characters of `written` before the answer that counts."""
        self._assistant = assistant
        self._owner = owner
        self._resources = resources
        self.id = ""
        """Of the turn in its stored conversation, once its question is stored."""
        self._early: list[Event] = []
        self._events = pausing(
            outward_events(
                assistant.turn(
                    ask.question,
                    ask.uploads,
                    conversation=ask.conversation,
                    owner=owner,
                    answerer=ask.answerer,
                    history=ask.history,
                    instructions=ask.instructions,
                    sampling=ask.sampling,
                    on_begun=self._stored,
                )
            ),
            PAUSE_SECONDS,
        )

    def _stored(self, turn: str) -> None:
        self.id = turn

    async def begin(self, *, at_once: bool = False) -> None:
        """Run until the answer begins or a while has passed, so that what is wrong can still be said by a status.

        Args:
            at_once: until the first event only.

        Raises:
            AssistantError: the turn cannot be run.
            Refused: no file of the question can be read.
        """
        async for event in self._events:
            if event is None:
                if self.id or self.ask.conversation is None:
                    return
                continue
            self._note(event)
            self._early.append(event)
            late = time.perf_counter() - self.record.began > PAUSE_SECONDS
            if isinstance(event, Answering | Answered):
                self.see_that_something_was_seen()
                return
            if at_once or late:
                return

    async def events(self) -> AsyncIterator[Event | None]:
        """All events from the beginning; None now and then while nothing happens. A `Delta` of an answer that follows
        one that broke off begins by saying so.
        """
        for early in self._early:
            yield early
        self._early = []
        async for event in self._events:
            if event is not None:
                self._note(event)
                if isinstance(event, Answering) and self.written:
                    self.written += BROKEN_OFF
                    self.superseded = len(self.written)
                    yield event
                    yield Delta(BROKEN_OFF)
                    continue
            yield event

    async def finish(self) -> None:
        """Run to the end.

        Raises:
            AssistantError: the turn cannot be run.
            Refused: no file of the question can be read.
        """
        async for _ in self.events():
            pass
        self.see_that_something_was_seen()

    async def close(self) -> None:
        """Stop what runs, and release what was held."""
        await self._events.aclose()
        await self._resources.aclose()

    def _note(self, event: Event) -> None:
        """Take note of an event on its way."""
        self.record.add(event)
        if isinstance(event, Answering):
            self.answerer = event.answerer
        elif isinstance(event, Delta):
            self.written += event.text

    def see_that_something_was_seen(self) -> None:
        """Raises Refused if no file of the question can be read, which shows only when it is decoded."""
        uploads = zip(self.ask.uploads, self.ask.params, strict=True)
        sent = {upload.digest: param for upload, param in uploads if isinstance(upload, Part)}
        if not sent:
            return
        record = self.record
        seen = {each.part for each in record.observations.values() if each.kind not in HEADER_FACTS}
        for part in reversed(record.parts.values()):  # what was taken out of something came after it
            if part.digest in seen and part.parent:
                seen.add(part.parent)
        gaps = {gap.part: gap for gap in record.gaps if gap.cause == "unreadable" and gap.source == "media"}
        if all(digest in gaps and digest not in seen for digest in sent):
            digest, param = next(iter(sent.items()))
            gap = gaps[digest]
            raise Refused(gap.message, gap.remedy, status=422, code="unreadable_media", param=param)

    # ---- what came of it ---------------------------------------------------------------------------------------

    @property
    def answer(self) -> Answer:
        """The answer; an empty one as long as there is none."""
        return self.record.answer or Answer(self.written[self.superseded :])

    @property
    def model(self) -> str:
        """Who answered, as a model's name."""
        return f"sensorium/{self.answerer}" if self.answerer else "sensorium"

    def usage(self) -> tuple[int, int]:
        """Tokens read and written: as the answerer counted them, else as `limiting.count_tokens` does."""
        return self.answer.tokens or (self.ask.tokens(), count_tokens(self.answer.text))

    async def evidence(self) -> list[Observation]:
        """The observations that the answer cites."""
        cited, known = self.answer.citations, dict(self.record.observations)
        if self.ask.conversation and any(each not in known for each in cited):
            stored = await asyncio.to_thread(
                self._assistant.store.load_conversation, self.ask.conversation, self._owner
            )
            known = {seen.id: seen for turn in stored.turns for seen in turn.observations} | known
        return [known[each] for each in cited if each in known]

    async def extension(self) -> dict[str, Any]:
        """The field `sensorium` of a response; documented in docs/api.md."""
        record = self.record
        return extension(
            record.question,
            self.answer,
            evidence=await self.evidence(),
            observations=len(record.observations),
            gaps=record.gaps,
            parts=tuple(record.parts.values()),
            not_applied=self._not_applied(),
            superseded=self.superseded,
            conversation=self.ask.conversation,
            turn=self.id or None,
            milliseconds=round((time.perf_counter() - record.began) * 1000, 1),
        )

    def _not_applied(self) -> dict[str, str]:
        """Parameters that the answerer who answered does not apply, with why."""
        name = self.answer.answerer
        honoured = next(
            (runner.plugged.honours for runner in self._assistant.host.answerers() if runner.name == name), frozenset()
        )
        asked = self.ask.sampling.given - KEPT
        if self.ask.instructions:
            asked |= {"instructions"}
        who = f"the answerer {name}" if name else "nobody answered, and the text that says so"
        return dict.fromkeys(sorted(asked - honoured), f"{who} does not apply it.") | dict(self.ask.not_applied)


def extension(
    question: Question,
    answer: Answer,
    *,
    evidence: Sequence[Observation],
    observations: int,
    gaps: Sequence[Gap],
    parts: Sequence[Part],
    not_applied: Mapping[str, str] = EMPTY,
    superseded: int = 0,
    conversation: str | None = None,
    turn: str | None = None,
    milliseconds: float | None = None,
) -> dict[str, Any]:
    """The field `sensorium` of a response, which `bodies.Sensorium` describes."""
    return {
        "answerer": answer.answerer,
        "confidence": answer.confidence,
        "abstained": answer.abstained,
        "short": answer.short,
        "checked": answer.checked,
        "question": question.text,
        "spoken": question.spoken,
        "evidence": [seen.to_json() for seen in evidence],
        "observations": observations,
        "gaps": [gap.to_json() for gap in gaps],
        "parts": [
            {"digest": part.digest, "name": part.name, "modality": part.modality, "media_type": part.media_type}
            for part in parts
            if part.parent is None and not (part.modality == TEXT and part.digest == question.part)
        ],
        "not_applied": dict(not_applied),
        "superseded": superseded,
        "conversation": conversation,
        "turn": turn,
        "milliseconds": milliseconds,
    }


async def start(
    assistant: Assistant,
    request: Request,
    caller: Caller,
    prepare: Callable[[], Awaitable[Ask]],
    *,
    stores: bool = False,
) -> Turn:
    """A turn that has its place among those that run; it does not run yet.

    Args:
        assistant: answers.
        request: if its client leaves, nothing is started.
        caller: who asks.
        prepare: opens what was sent; called once there is a place.
        stores: whether the turn is kept.

    Raises:
        Refused: 429 or 503, there is no place; 413, the caller's storage is full; or what `prepare` says.
    """
    async with AsyncExitStack() as resources:
        place = request.app.state.turns.slot(caller, stores=stores)
        await until_disconnect(request, resources.enter_async_context(place))
        ask = await until_disconnect(request, prepare())
        _check_whole(assistant, ask)
        return Turn(assistant, ask, caller.owner, resources.pop_all())
    raise AssertionError("an exit stack swallows nothing")


def missing(values: Mapping[str, object], reasons: Mapping[str, str]) -> dict[str, str]:
    """Of parameters that have no effect here, those that were given, with why they have none."""
    return {name: reason for name, reason in reasons.items() if values.get(name) is not None}


def check_length(assistant: Assistant, question: str, param: str) -> None:
    """See to it that a question is read to its end. Raises Refused."""
    limit = assistant.settings.limits.question_characters
    if len(question.strip()) > limit:
        raise Refused(
            f"The question has {len(question):,} characters; at most {limit:,} are read.",
            "Send the long text as a file, or raise the setting limits.question_characters.",
            code="context_length_exceeded",
            param=param,
        )


def _check_whole(assistant: Assistant, ask: Ask) -> None:
    """See to it that what was said before is not more than a text file may be. Raises Refused."""
    size = len(ask.instructions) + sum(len(earlier.text) for earlier in ask.history)
    limit = assistant.settings.limits.text_characters
    if size > limit:
        raise Refused(
            f"What was said before has {size:,} characters; at most {limit:,} are read.",
            "Send fewer of the earlier messages, or raise the setting limits.text_characters.",
            code="context_length_exceeded",
        )


def joined(texts: Sequence[str]) -> str:
    """Several texts of one message as one."""
    return clean("\n".join(text for text in texts if text.strip()))
