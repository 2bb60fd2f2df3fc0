"""The assistant as one object: settings, plugins, media, store and engine. For Python users and front ends.

from assistant import Assistant

with Assistant() as assistant:
    reply = assistant.ask("What is in the picture?", "photo.jpg")
    print(reply.text)
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.engine import Earlier, Engine, Session, Upload
from assistant.errors import Busy, MediaError, NotFound, SettingsError
from assistant.host import Host
from assistant.media import Media
from assistant.recording import Recording
from assistant.reply import Record, Reply
from assistant.sessions import Sessions, fill
from assistant.settings import Settings, load_settings
from assistant.store import Begun, Store
from assistant.telemetry import TurnWatch, watched
from assistant.types import (
    EMPTY,
    FREE,
    Event,
    Example,
    Message,
    Part,
    Sampling,
)
from assistant.weights import Weights

if TYPE_CHECKING:
    from assistant.store.accounts import Accounts

__all__ = ["LOCAL", "Assistant", "Earlier", "Reply", "Upload"]
T = TypeVar("T")

LOCAL = "local"
"""Owner of what is stored when nobody has to log in."""
WRITERS = 4
"""Threads that store what running turns bring."""
LOOP_SECONDS = 2.0
"""How long `close` waits for the event loop's thread."""


class Assistant:
    """Everything that is needed to talk. Use as a context manager, or call `close`.

    `turn` is for asyncio; `ask`, `perceive` and `stream` are for everybody else and run it in a thread of their own.
    """

    def __init__(
        self, settings: Settings | None = None, *, host: Host | None = None, store: Store | None = None
    ) -> None:
        """Find the plugins; no model is loaded and nothing is written yet.

        Args:
            settings: from the settings file and the environment if not given.
            host: made from the settings if not given.
            store: made from the settings when it is first needed if not given.
        """
        self.settings = settings or load_settings()
        self.host = host or Host(self.settings)
        self.media = Media(self.settings.limits.media(), self.settings.decoder())
        self.watch = TurnWatch()
        self._given_store = store
        self._sessions = Sessions()
        self._busy: set[str] = set()
        self._guard = threading.Lock()

    @property
    def weights(self) -> Weights:
        """Where model weights are."""
        return self.host.weights

    @cached_property
    def store(self) -> Store:
        """Conversations, media and the observation cache."""
        return self._given_store or Store.of(self.settings)

    @cached_property
    def accounts(self) -> Accounts:
        """API keys, users and logins."""
        from assistant.store.accounts import Accounts

        return Accounts(self.store.database, self.settings.server.users)

    @cached_property
    def _writers(self) -> ThreadPoolExecutor:
        """Threads that store what running turns bring."""
        return ThreadPoolExecutor(WRITERS, "writer-of-assistant")

    @cached_property
    def engine(self) -> Engine:
        """What runs the turns."""
        return Engine(self.host, self.media, self.store, examples=lambda: self.examples)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The answered questions of the settings.

        Raises:
            SettingsError: a picture of one of them cannot be read.
        """
        found = []
        for number, example in enumerate(self.settings.examples, 1):
            try:
                part = self.media.open(example.file, example.file.name) if example.file else None
            except (MediaError, OSError) as error:
                raise SettingsError(
                    f"The file of example {number} in the settings, {example.file}, cannot be read: {error}.",
                    "Mend or remove it under [[examples]].",
                ) from error
            found.append(Example(example.question, example.answer, part))
        return tuple(found)

    # ---- asyncio -----------------------------------------------------------------------------------------------

    @watched
    async def turn(
        self,
        question: str,
        uploads: Sequence[Upload | Part] = (),
        *,
        conversation: str | None = None,
        owner: str = LOCAL,
        answerer: str | None = None,
        answer: bool = True,
        history: Sequence[Earlier] = (),
        instructions: str = "",
        sampling: Sampling = FREE,
        kinds: frozenset[str] | None = None,
        options: Mapping[str, Mapping[str, Any]] = EMPTY,
        on_begun: Callable[[str], None] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """One turn; see `Engine.turn`. With a conversation, its history counts and the turn is stored.

        Without one nothing is stored but observations by content, and the caller sends the history along.

        Closing the iterator stops the turn; what was perceived until then is kept. `on_begun` is told the turn's id in
        a worker thread, once the question is stored and before anything is perceived.

        Raises:
            NotFound: the owner has no such conversation.
            NothingToDo: neither a question nor a file.
            Busy: another turn of the conversation is running, here or in another process.
            Unavailable, StorageFull: the question cannot be stored; nothing was done about it.
        """
        wanted = answerer or self.settings.answerer
        if conversation is None:
            events = self.engine.turn(
                Session(),
                question,
                uploads,
                answerer=wanted,
                answer=answer,
                history=history,
                instructions=instructions,
                sampling=sampling,
                kinds=kinds,
                options=options,
            )
            async with aclosing(events):
                async for event in events:
                    yield event
            return
        session, version = await asyncio.to_thread(self._sessions.get, self.store, conversation, owner)

        def begin(typed: str, parts: Sequence[Part]) -> Begun:
            digests = tuple(part.digest for part in parts)
            begun = self.store.begin_turn(conversation, owner, Message("user", typed, digests), parts)
            if begun.version != version + 1:  # another process went on with it meanwhile
                stored = self.store.load_conversation(conversation, owner).turns
                fill(session, [turn for turn in stored if turn.id != begun.id])
            return begun

        recording = Recording(
            self.store,
            self._writers,
            owner,
            session,
            begin,
            lambda version: self._sessions.put(conversation, owner, session, version),
            on_begun,
        )
        self._occupy(conversation)
        try:
            events = self.engine.turn(
                session,
                question,
                uploads,
                answerer=wanted,
                answer=answer,
                instructions=instructions,
                sampling=sampling,
                kinds=kinds,
                options=options,
                keep=lambda part: self.store.keep(part, owner),
                accepted=recording.accepted,
            )
            async with aclosing(recording.follow(events)) as told:
                async for event in told:
                    yield event
        finally:
            with self._guard:
                self._busy.discard(conversation)

    @watched
    async def retry(
        self,
        conversation: str,
        turn: str,
        *,
        owner: str = LOCAL,
        answerer: str | None = None,
        instructions: str = "",
        sampling: Sampling = FREE,
        on_begun: Callable[[str], None] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Ask a turn again in its place: one that was interrupted, stopped or failed, or whose answer is no good.

        Its files and what was perceived in them are there already; its answer is replaced. Later turns stay.

        Raises:
            NotFound: the owner has no such turn in that conversation.
            Busy: a turn of the conversation is running.
        """
        stored = (await asyncio.to_thread(self.store.load_conversation, conversation, owner)).turns
        place = next((number for number, each in enumerate(stored) if each.id == turn), None)
        if place is None:
            raise NotFound("There is no such turn.", "Its conversation may have been deleted.")
        again, session = stored[place], Session()
        fill(session, stored)
        fill(session, stored[:place])
        parts = {part.digest: part for part in again.parts}
        recording = Recording(
            self.store,
            self._writers,
            owner,
            session,
            lambda typed, parts: self.store.retry_turn(turn, conversation, owner),
            lambda version: self._sessions.forget(conversation, owner),
            on_begun,
        )
        self._occupy(conversation)
        try:
            events = self.engine.turn(
                session,
                "" if again.spoken else again.message.text,
                [parts[digest] for digest in again.message.parts if digest in parts],
                answerer=answerer or self.settings.answerer,
                instructions=instructions,
                sampling=sampling,
                keep=lambda part: self.store.keep(part, owner),
                accepted=recording.accepted,
            )
            async with aclosing(recording.follow(events)) as told:
                async for event in told:
                    yield event
        finally:
            with self._guard:
                self._busy.discard(conversation)

    def _occupy(self, conversation: str) -> None:
        with self._guard:
            if conversation in self._busy:
                raise Busy(
                    "This conversation is still busy with the previous question.", "Wait for the answer, or stop it."
                )
            self._busy.add(conversation)

    def delete_conversation(self, conversation: str, owner: str = LOCAL) -> None:
        """Delete a conversation and its media, from memory too. Raises NotFound."""
        self.store.delete_conversation(conversation, owner)
        self._sessions.forget(conversation, owner)

    async def warm(self) -> None:
        """Load the models now rather than at the first question."""
        self.media.start()
        await asyncio.to_thread(self.host.warm)

    # ---- everybody else ----------------------------------------------------------------------------------------

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._looping = threading.Thread(target=loop.run_forever, name="loop-of-assistant", daemon=True)
        self._looping.start()
        return loop

    def stream(
        self,
        question: str,
        *files: str | Path | bytes | Upload | Part,
        conversation: str | None = None,
        owner: str = LOCAL,
        answerer: str | None = None,
        answer: bool = True,
        on_reply: Callable[[Reply], None] | None = None,
    ) -> Iterator[Event]:
        """The events of one turn, as they happen. Closing the iterator stops the turn.

        Args:
            question: typed text, or "".
            files: paths, bytes, `Upload`s or parts.
            conversation: id of a stored conversation to go on with; None for a turn of its own.
            owner: whose conversation it is.
            answerer: a name; None for the one in the settings.
            answer: False to perceive only.
            on_reply: told the reply as a whole, at the end.
        """
        inbox: queue.SimpleQueue[Event | Reply | BaseException | None] = queue.SimpleQueue()
        uploads = [_upload(file) for file in files]
        if uploads:
            self.media.start()

        async def run() -> None:
            record = Record()
            session = Session()
            try:
                if conversation is None:
                    events = self.engine.turn(
                        session, question, uploads, answerer=answerer or self.settings.answerer, answer=answer
                    )
                else:
                    session, _ = await asyncio.to_thread(self._sessions.get, self.store, conversation, owner)
                    events = self.turn(
                        question, uploads, conversation=conversation, owner=owner, answerer=answerer, answer=answer
                    )
                async with aclosing(events):
                    async for event in events:
                        record.add(event)
                        inbox.put(event)
                inbox.put(record.reply(session.context))
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # raised in the caller's thread instead
                inbox.put(error)
            finally:
                inbox.put(None)

        running = self._submit(run())
        try:
            while (item := inbox.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                if isinstance(item, Reply):
                    if on_reply is not None:
                        on_reply(item)
                else:
                    yield item
        finally:
            running.cancel()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def ask(
        self,
        question: str,
        *files: str | Path | bytes | Upload | Part,
        conversation: str | None = None,
        owner: str = LOCAL,
        answerer: str | None = None,
    ) -> Reply:
        """Perceive the files and answer the question; blocks until both are done.

        Raises:
            NothingToDo: neither a question nor a file. What goes wrong with one file is a gap of the reply.
        """
        return self._finish(
            lambda on_reply: self.stream(
                question, *files, conversation=conversation, owner=owner, answerer=answerer, on_reply=on_reply
            )
        )

    def perceive(self, *files: str | Path | bytes | Upload | Part) -> Reply:
        """Perceive the files and answer nothing; blocks until done."""
        return self._finish(lambda on_reply: self.stream("", *files, answer=False, on_reply=on_reply))

    @staticmethod
    def _finish(start: Callable[[Callable[[Reply], None]], Iterator[Event]]) -> Reply:
        replies: list[Reply] = []
        for _ in start(replies.append):
            pass
        return replies[0]

    def close(self) -> None:
        """Free models, end threads, close the store."""
        self.host.close()
        self.media.close()
        if "_loop" in self.__dict__:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._looping.join(LOOP_SECONDS)
        if "_writers" in self.__dict__:
            self._writers.shutdown()
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _upload(file: str | Path | bytes | Upload | Part) -> Upload | Part:
    if isinstance(file, (Upload, Part)):
        return file
    if isinstance(file, bytes):
        return Upload("file", file)
    return Upload(Path(file).name, Path(file))
