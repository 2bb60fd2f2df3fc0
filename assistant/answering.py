"""Asks the answerers for one turn: the best that can, then those that check it. Not for perceiving: see dataflow.py."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from assistant.context import SharedContext, Snapshot
from assistant.dataflow import Perception
from assistant.errors import AssistantError, CannotAnswer, described
from assistant.examples import examples_of
from assistant.host import Host
from assistant.limiting import Limit
from assistant.media import Media
from assistant.plugin import Answerer, Request
from assistant.proxy import Obstacle
from assistant.runner import Overdue, Runner
from assistant.types import (
    FREE,
    MODALITIES,
    Answer,
    Answering,
    Delta,
    Event,
    Example,
    Gap,
    GapCause,
    Missed,
    Question,
    Sampling,
)
from assistant.vocabulary import mentions

logger = logging.getLogger(__name__)

LOGGED = "The log says more."
BROKE = f"The next one was asked. {LOGGED}"
LAST_WORDS_SECONDS: Final = 2.0
"""What an answerer has left for confidence and citations, which it tells at its end, once no more text is wanted."""


class Answers:
    """The answerers of one turn."""

    def __init__(
        self,
        host: Host,
        media: Media,
        context: SharedContext,
        perception: Perception,
        emit: Callable[[Event], None],
        *,
        instructions: str = "",
        sampling: Sampling = FREE,
    ) -> None:
        """Belongs to one turn: its context, what perceives for it, where its events go, how it is to be answered."""
        self._host = host
        self._media = media
        self._context = context
        self._perception = perception
        self._emit = emit
        self._instructions = instructions
        self._sampling = sampling
        self._examples: tuple[Example, ...] = ()

    async def run(
        self,
        question: Question,
        runners: Sequence[Runner[Answerer]],
        examples: Sequence[Example] = (),
        *,
        named: bool = False,
    ) -> Answer:
        """The answer of the first that can, with what checking it added; pieces are emitted as they come.

        Args:
            question: what is asked.
            runners: the answerers, the one to try first in front.
            examples: answered questions of the settings.
            named: whether the first was asked for by name, so that its absence is to be told.
        """
        self._examples = tuple(examples)
        answer = await self._answer(question, runners, named=named)
        return await self._checked(answer, question, runners)

    async def _answer(self, question: Question, runners: Sequence[Runner[Answerer]], *, named: bool) -> Answer:
        passed_over: list[tuple[Runner[Answerer], Obstacle]] = []
        for runner in runners:
            obstacle = runner.obstacle()
            if obstacle is not None:
                passed_over.append((runner, obstacle))
                if (named and runner is runners[0]) or obstacle.cause == "paused":
                    self._miss(runner, obstacle.message, obstacle.remedy, obstacle.cause)
                continue
            try:
                return await self._ask(runner, question)
            except CannotAnswer as reason:
                logger.info("%s passes the question on: %s", runner.name, reason)
                if reason.remedy:
                    self._miss(runner, reason.message, reason.remedy, "refused")
            except Overdue as error:
                self._miss(runner, error.message, "Ask again, or raise `engine.deadline_scale` in the settings.")
            except AssistantError as error:
                self._miss(runner, error.message, error.remedy)
            except Exception as error:
                logger.exception("%s failed", runner.name)
                self._miss(runner, f"{runner.name} failed ({described(error)}).", BROKE)
        for runner, obstacle in passed_over:
            self._miss(runner, obstacle.message, obstacle.remedy, obstacle.cause)
        lacking = sum(obstacle.cause != "paused" for _, obstacle in passed_over)
        return await self._unanswered(ready=lacking < len(runners))

    async def _request(self, runner: Runner[Answerer], question: Question) -> Request:
        """What the answerer is asked, once what it needs is perceived."""
        needs = runner.plugged.needs(question, self._snapshot(runner))
        vocabulary = self._host.vocabulary()
        if needs is not None:
            needs |= {one.kind for one in mentions(question.text, vocabulary)}
        if needs is None or needs:
            await self._perception.settled(needs)
        context = self._snapshot(runner)
        request = Request(
            question=question,
            context=context,
            media=self._media,
            embed=self._host.embed,
            capabilities=context.capabilities,
            vocabulary=vocabulary,
            examples=(*self._examples, *examples_of(context.messages, context.part)),
            instructions=self._instructions,
            sampling=self._sampling,
        )
        return replace(request, computed=lambda: self._computed(runner, request))

    def _snapshot(self, runner: Runner[Answerer]) -> Snapshot:
        """The context as this answerer may see it: bytes that nothing has checked only where it asks for them."""
        context = self._context.snapshot()
        seen = {*MODALITIES, *runner.plugged.accepts}
        parts = tuple(part if part.modality in seen else replace(part, content=b"") for part in context.parts)
        return replace(context, parts=parts, capabilities=self._host.capabilities())

    def _computed(self, asking: Runner[Answerer], request: Request) -> Answer | None:
        """The whole answer of the first ready answerer that checks others; called in the worker of the one asking."""
        for runner in self._host.answerers():
            if runner.plugged.checks and runner is not asking and runner.obstacle() is None:
                whole = Answer("", answerer=runner.name)
                for delta in runner.run(lambda answerer: tuple(answerer.answer(request)), what="answer"):
                    whole += delta
                return whole
        return None

    async def _deltas(
        self,
        runner: Runner[Answerer],
        request: Request,
        call: Callable[[Answerer], Iterable[Delta]],
        what: str = "answer",
    ) -> AsyncGenerator[Delta, None]:
        """What the answerer says to the request; a confidence that is no probability is left out."""
        deadline = runner.plugged.deadline * self._host.settings.engine.deadline_scale
        async with aclosing(runner.stream(call, cancel=request.cancel, deadline=deadline, what=what)) as deltas:
            async for delta in deltas:
                if delta.confidence is not None and not math.isfinite(delta.confidence):
                    logger.warning("%s gave the confidence %s", runner.name, delta.confidence)
                    delta = replace(delta, confidence=None)
                yield delta

    async def _ask(self, runner: Runner[Answerer], question: Question) -> Answer:
        request = await self._request(runner, question)
        calibration = self._host.settings.calibration.get(runner.name)
        self._emit(Answering(runner.name))
        whole = Answer("", answerer=runner.name)
        limit = Limit(self._sampling, runner.plugged.honours)
        deltas = self._deltas(runner, request, lambda answerer: answerer.answer(request))
        async with aclosing(deltas), aclosing(_wanted(deltas, limit)) as stream:
            async for delta in stream:
                if calibration is not None and delta.confidence is not None:
                    delta = replace(delta, confidence=round(calibration.probability(delta.confidence), 4))
                delta = replace(delta, text=limit.take(delta.text))
                if limit.finish is not None:
                    delta = replace(delta, finish=limit.finish)
                whole += delta
                self._emit(delta)
        rest = Delta(limit.rest(), finish=limit.finish)
        if rest != Delta():
            whole += rest
            self._emit(rest)
        return whole

    async def _checked(self, answer: Answer, question: Question, runners: Sequence[Runner[Answerer]]) -> Answer:
        """The answer with what the checking answerers add to it; one that fails costs its own check only."""
        for runner in runners:
            if not runner.plugged.checks or answer.answerer in ("", runner.name) or runner.obstacle() is not None:
                continue
            try:
                request = await self._request(runner, question)

                def check(answerer: Answerer, request: Request = request, answer: Answer = answer) -> tuple[Delta, ...]:
                    found = answerer.check(request, answer)
                    return () if found is None else (found,)

                async with aclosing(self._deltas(runner, request, check, "check")) as deltas:
                    async for delta in deltas:
                        answer += delta
                        self._emit(delta)
            except AssistantError as error:
                self._miss(runner, error.message, error.remedy)
            except Exception as error:
                logger.exception("%s failed to check", runner.name)
                self._miss(runner, f"{runner.name} could not check the answer ({described(error)}).", LOGGED)
        return answer

    async def _unanswered(self, *, ready: bool) -> Answer:
        """What to say when no answerer could: what was not possible, and what would help."""
        await self._perception.settled()
        gaps = self._context.snapshot().gaps
        reasons = [f"{gap.message} {gap.remedy}".strip() for gap in gaps]
        if not ready:
            reasons.insert(0, "No answerer is ready. One that needs no weights is sensorium-reasoner: install it.")
        text = "I could not answer. " + " ".join(dict.fromkeys(reasons))
        self._emit(Answering(""))
        self._emit(Delta(text, abstained=True))
        return Answer(text, abstained=True)

    def _miss(self, runner: Runner[Answerer], message: str, remedy: str, cause: GapCause = "crashed") -> None:
        gap = Gap(cause=cause, message=message, remedy=remedy, source=runner.name)
        if self._context.add(gap):
            self._emit(Missed(gap))


async def _wanted(deltas: AsyncGenerator[Delta, None], limit: Limit) -> AsyncGenerator[Delta, None]:
    """The deltas; of an answerer that writes on beyond the limit, only those of the next `LAST_WORDS_SECONDS`."""
    clock = asyncio.get_running_loop().time
    ends: float | None = None
    while True:
        if limit.finish is not None and ends is None:
            ends = clock() + LAST_WORDS_SECONDS
        # not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes together with a delta
        coming = asyncio.ensure_future(anext(deltas, None))
        try:
            await asyncio.wait({coming}, timeout=None if ends is None else max(0.0, ends - clock()))
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        delta = None if coming.cancelled() else coming.result()
        if delta is None:
            return
        yield delta
