"""One turn as a dataflow: files -> parts -> perceivers -> context -> answerer -> streamed answer. Stores nothing."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.answering import Answers
from assistant.context import SharedContext
from assistant.dataflow import Cache, Perception
from assistant.errors import AssistantError, MediaError, NothingToDo
from assistant.host import Host
from assistant.media import Media, text_part
from assistant.plugin import Answerer
from assistant.runner import Runner
from assistant.types import (
    AUDIO,
    EMPTY,
    FREE,
    VIDEO,
    Answer,
    Answered,
    Asked,
    Event,
    Example,
    Gap,
    Kind,
    Message,
    Part,
    PartAdded,
    Question,
    Sampling,
)

logger = logging.getLogger(__name__)

HEARD = frozenset({Kind.TRANSCRIPT, Kind.NO_SPEECH})
"""What tells that a voice message was listened to, to the end."""
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in."""

    name: str
    """As the person calls it; never trusted for its format."""
    content: bytes | Path
    """Its bytes, or where they lie."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier message of a conversation that the caller keeps and sends along."""

    role: Literal["user", "assistant"]
    text: str
    uploads: tuple[Upload | Part, ...] = ()


@dataclass(slots=True)
class Session:
    """A conversation in memory: its context and what has been perceived in it."""

    context: SharedContext = field(default_factory=SharedContext)
    done: set[tuple[str, str]] = field(default_factory=set)
    """Pairs (perceiver, part digest or observation id) that need not be perceived again."""


class Engine:
    """Runs turns. One engine serves any number of sessions at once."""

    def __init__(
        self,
        host: Host,
        media: Media,
        cache: Cache | None = None,
        examples: Callable[[], Sequence[Example]] = tuple,
    ) -> None:
        """Bring the parts together.

        Args:
            host: perceivers and answerers.
            media: the guarded decoder.
            cache: observations of earlier turns, looked up by content.
            examples: answered questions for every request; called in a worker thread, once a turn.
        """
        self.host = host
        self.media = media
        self.cache = cache
        self.examples = examples
        self._turns = itertools.count()

    async def turn(
        self,
        session: Session,
        question: str,
        uploads: Sequence[Upload | Part] = (),
        *,
        answerer: str = AUTO,
        answer: bool = True,
        history: Sequence[Earlier] = (),
        instructions: str = "",
        sampling: Sampling = FREE,
        kinds: frozenset[str] | None = None,
        options: Mapping[str, Mapping[str, Any]] = EMPTY,
        keep: Callable[[Part], Part] = lambda part: part,
        accepted: Callable[[str, Sequence[Part]], None] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Perceive what was sent, answer the question, and tell what happens as it happens.

        Closing the iterator stops the turn: nothing of it runs on but what cannot be interrupted.

        Args:
            session: the conversation; its context grows.
            question: typed text, or "" to take a voice message for the question or have the files described.
            uploads: files, or parts made from them already.
            answerer: a name, or "auto" for the best that is ready.
            answer: False to perceive only.
            history: earlier messages that the session does not know, oldest first.
            instructions: what whoever runs the conversation wants of its answers.
            sampling: how the words of the answer are drawn, and where it ends.
            kinds: perceive only what can lead to observations of these kinds; None for everything.
            options: perceiver -> option -> value, for this turn, of options that may differ by turn; what the session
                has perceived already stays as it is.
            keep: stores a part and returns it as stored; called for each part in a worker thread.
            accepted: told the question and the accepted parts before anything is perceived.

        Raises:
            NothingToDo: neither a question nor a file.
            AssistantError: no answerer of that name is installed, or an option cannot be set.
        """
        if not question.strip() and not uploads and answer:
            raise NothingToDo(
                "There is neither a question nor a file.", "Type a question, or add a picture or recording."
            )
        runners = self._answerers(answerer) if answer else ()
        events: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        turn = _Turn(
            self,
            session,
            events.put_nowait,
            float(next(self._turns)),
            keep,
            kinds,
            self.host.options_for_turn(options),
        )

        async def drive() -> None:
            try:
                gaps = await turn.recall(history)
                typed, parts = await turn.take_in(question, uploads, gaps, accepted)
                if answer:
                    answers = Answers(
                        self.host,
                        self.media,
                        session.context,
                        turn.perception,
                        turn.emit,
                        instructions=instructions,
                        sampling=sampling,
                    )
                    await turn.answer(typed, parts, answers, runners, named=answerer != AUTO)
                await turn.perception.settled()
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # handed to the caller, who raises it
                events.put_nowait(error)
            finally:
                events.put_nowait(None)

        driver = asyncio.create_task(drive())
        try:
            while (event := await events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            turn.cancel()
            driver.cancel()
            await asyncio.gather(driver, return_exceptions=True)

    def _answerers(self, name: str) -> tuple[Runner[Answerer], ...]:
        """The answerers to try, in order: the one named first, then the others, best first.

        After one that was named come only those that send nothing to a host which that one does not send to.
        """
        runners = self.host.answerers()
        if name == AUTO:
            return runners
        named = [runner for runner in runners if runner.name == name]
        if not named:
            known = ", ".join(runner.name for runner in runners) or "none is installed"
            raise AssistantError(f"There is no answerer called {name}.", f"Choose auto or one of: {known}.")
        where = _leaves(named[0])
        # who chooses one that keeps everything here is not to find it sent away because that one passed
        return (*named, *(each for each in runners if each is not named[0] and _leaves(each) in ("", where)))


class _Turn:
    """The state of one turn."""

    def __init__(
        self,
        engine: Engine,
        session: Session,
        emit: Callable[[Event], None],
        number: float,
        keep: Callable[[Part], Part],
        kinds: frozenset[str] | None,
        options: Mapping[str, Any],
    ) -> None:
        self._engine = engine
        self._context = session.context
        self._keep = keep
        self.emit = emit
        self.perception = Perception(
            engine.host,
            session.context,
            engine.media,
            emit,
            cache=engine.cache,
            done=session.done,
            turn=number,
            kinds=kinds,
            options=options,
        )

    def cancel(self) -> None:
        self.perception.cancel()

    async def recall(self, history: Sequence[Earlier]) -> list[Gap]:
        """Put earlier messages and their files into the context; what could not be taken."""
        context, gaps = self._context, list[Gap]()
        context.drop_gaps()
        for earlier in history:
            parts = await self._take_in(earlier.uploads, gaps)
            for part in parts:
                context.add(part)
                self.emit(PartAdded(part))
            context.messages.append(Message(earlier.role, earlier.text, tuple(part.digest for part in parts)))
        return gaps

    async def take_in(
        self,
        typed: str,
        uploads: Sequence[Upload | Part],
        gaps: list[Gap],
        accepted: Callable[[str, Sequence[Part]], None] | None,
    ) -> tuple[str, list[Part]]:
        """Take the question and its files, and start perceiving; the question as it is read, and the parts."""
        context = self._context
        typed, too_long = self._shortened(typed.strip())
        if too_long:
            gaps.append(too_long)
        parts = await self._take_in(uploads, gaps)
        context.turn_parts = tuple(part.digest for part in parts)
        if accepted is not None:
            await asyncio.to_thread(accepted, typed, parts)
        for gap in gaps:
            self.perception.miss(gap)
        asked = [text_part(typed, "question")] if typed else []
        for part in parts:
            if part.digest in context:  # sent again: nothing is perceived anew, but it is part of this turn
                self.emit(PartAdded(part))
        # parts of earlier turns too: what failed then, or is newly installed, is tried
        self.perception.add(*{part.digest: part for part in (*context, *parts, *asked)}.values())
        return typed, parts

    async def answer(
        self,
        typed: str,
        parts: Sequence[Part],
        answers: Answers,
        runners: Sequence[Runner[Answerer]],
        *,
        named: bool,
    ) -> None:
        """Answer what was typed, or else what is said in the voice messages."""
        question = Question(typed, part=text_part(typed, "question").digest) if typed else await self._heard(parts)
        self.emit(Asked(question))
        examples = await asyncio.to_thread(self._engine.examples)
        self.emit(Answered(await answers.run(question, runners, examples, named=named)))

    # ---- taking in ---------------------------------------------------------------------------------------------

    def _shortened(self, typed: str) -> tuple[str, Gap | None]:
        limit = self._engine.host.settings.limits.question_characters
        if len(typed) <= limit:
            return typed, None
        return typed[:limit], Gap(
            cause="refused",
            message=f"The question has {len(typed):,} characters; only the first {limit:,} were read.",
            remedy="Ask more briefly, or send the long text as a text file.",
            name="question",
        )

    async def _take_in(self, uploads: Sequence[Upload | Part], gaps: list[Gap]) -> list[Part]:
        """Parts of the uploads, in order; what cannot be taken becomes a gap."""
        limit = self._engine.host.settings.limits.files
        if len(uploads) > limit:
            gaps.append(
                Gap(
                    cause="refused",
                    message=f"{len(uploads)} files were sent at once; only the first {limit} were taken.",
                    remedy="Send the others in further messages, or raise `limits.files` in the settings.",
                )
            )
        taken = await asyncio.gather(*(asyncio.to_thread(self._open, upload) for upload in uploads[:limit]))
        gaps.extend(item for item in taken if isinstance(item, Gap))
        return list({part.digest: part for part in taken if isinstance(part, Part)}.values())

    def _open(self, upload: Upload | Part) -> Part | Gap:
        if isinstance(upload, Part):
            return self._keep(upload)
        try:
            return self._keep(self._engine.media.open(upload.content, upload.name))
        except MediaError as error:
            return Gap(cause="unreadable", message=error.message, remedy=error.remedy, name=upload.name, source="media")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return Gap(
                cause="unreadable",
                message=f"{upload.name} cannot be read: {reason}.",
                remedy="Check that the file exists and may be read.",
                name=upload.name,
                source="media",
            )

    async def _heard(self, parts: Sequence[Part]) -> Question:
        """The question of a turn without typed text: what was said in its voice messages."""
        recordings = [part for part in parts if part.modality == AUDIO]
        if not recordings or any(part.modality == VIDEO for part in parts):
            return Question("")
        await self.perception.settled(HEARD, {part.digest for part in recordings})
        snapshot = self._context.snapshot()
        said = [transcript.text for part in recordings for transcript in snapshot.of(Kind.TRANSCRIPT, part=part.digest)]
        return Question(" ".join(said).strip(), spoken=bool(said), part=recordings[0].digest)


def _leaves(runner: Runner[Answerer]) -> str:
    return runner.plugged.leaves(runner.services.options)


def remembered(question: Question, answer: Answer, parts: Sequence[str]) -> tuple[Message, Message]:
    """The two messages a finished turn adds to the conversation."""
    return Message("user", question.text, tuple(parts)), Message("assistant", answer.text)
