"""The assistant as one object: settings, plugins, media, store and engine. For Python users and front ends.

from assistant import Assistant

with Assistant() as assistant:
    reply = assistant.ask("What is in the picture?", "photo.jpg")
    print(reply.text)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from functools import cached_property, partial, wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.engine import Earlier, Engine, Session, Upload
from assistant.errors import Busy, MediaError, NotFound, SettingsError
from assistant.host import Host
from assistant.looping import LoopThread
from assistant.media import Media
from assistant.recording import Recording
from assistant.reply import Record, Reply
from assistant.sessions import Sessions, fill
from assistant.settings import Settings, load_settings
from assistant.store import Begun, Store
from assistant.telemetry import TurnWatch, watched
from assistant.types import EMPTY, FREE, Event, Example, Message, Part, Sampling
from assistant.weights import Weights

if TYPE_CHECKING:
    from assistant.store.accounts import Accounts

__all__ = ["LOCAL", "Assistant", "Earlier", "Reply", "Upload"]
T = TypeVar("T")

LOCAL = "local"
"""Owner of what is stored when nobody has to log in."""
WRITERS = 4
"""Threads that store what running turns bring."""


def _once(make: Callable[[Any], T]) -> cached_property[T]:
    """A cached property that is made once even if threads ask for it at the same moment.

    From Python 3.12 on `cached_property` does not see to that by itself.
    """

    @wraps(make)
    def made(self: Assistant) -> T:
        with self._making:
            if make.__name__ not in self.__dict__:  # or else another thread was quicker
                self.__dict__[make.__name__] = make(self)
            found: T = self.__dict__[make.__name__]
            return found

    return cached_property(made)


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
        self.media = Media(self.settings.limits.media(), self.settings.decoder(), self.host.formats)
        self.watch = TurnWatch()
        self._given_store = store
        self._sessions = Sessions()
        self._busy: set[str] = set()
        self._guard = threading.Lock()
        self._making = threading.RLock()
        self._loop = LoopThread("loop-of-assistant")

    @property
    def weights(self) -> Weights:
        """Where model weights are."""
        return self.host.weights

    @_once
    def store(self) -> Store:
        """Conversations, media and the observation cache."""
        return self._given_store or Store.of(self.settings)

    @_once
    def accounts(self) -> Accounts:
        """API keys, users and logins."""
        from assistant.store.accounts import Accounts

        return Accounts(self.store.database, self.settings.server.users)

    @_once
    def _writers(self) -> ThreadPoolExecutor:
        """Threads that store what running turns bring."""
        return ThreadPoolExecutor(WRITERS, "writer-of-assistant")

    @_once
    def engine(self) -> Engine:
        """What runs the turns."""
        return Engine(self.host, self.media, self.store, examples=lambda: self.examples)

    @_once
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
        on_reply: Callable[[Reply], None] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """One turn; see `Engine.turn`. With a conversation, its history counts and the turn is stored.

        Without one nothing is stored but observations by content, and the caller sends the history along.

        Closing the iterator stops the turn; what was perceived until then is kept. `on_begun` is told the turn's id in
        a worker thread, once the question is stored and before anything is perceived; `on_reply` is told the reply as
        a whole at the end.

        Raises:
            NotFound: the owner has no such conversation.
            NothingToDo: neither a question nor a file.
            Busy: another turn of the conversation is running, here or in another process.
            Unavailable, StorageFull: the question cannot be stored; nothing was done about it.
        """
        session, version = Session(), 0
        if conversation is not None:
            session, version = await asyncio.to_thread(self._sessions.get, self.store, conversation, owner)
        run = partial(
            self.engine.turn,
            session,
            question,
            uploads,
            answerer=answerer or self.settings.answerer,
            answer=answer,
            instructions=instructions,
            sampling=sampling,
            kinds=kinds,
            options=options,
        )
        if conversation is None:
            events = run(history=history)
        else:
            begin = partial(self._begin, conversation, owner, session, version)
            ended = partial(self._sessions.put, conversation, owner, session)
            recording = Recording(self.store, self._writers, owner, session, begin, ended, on_begun)
            events = self._recorded(conversation, owner, recording, run)
        record = Record()
        async with aclosing(events):
            async for event in events:
                record.add(event)
                yield event
        if on_reply is not None:
            on_reply(record.reply(session.context))

    def _begin(
        self, conversation: str, owner: str, session: Session, version: int, typed: str, parts: Sequence[Part]
    ) -> Begun:
        """Store the question; bring the conversation up to date if it is no longer of the version it was read in."""
        digests = tuple(part.digest for part in parts)
        begun = self.store.begin_turn(conversation, owner, Message("user", typed, digests), parts)
        if begun.version != version + 1:  # another process went on with it meanwhile
            stored = self.store.load_conversation(conversation, owner).turns
            fill(session, [turn for turn in stored if turn.id != begun.id])
        return begun

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
        options: Mapping[str, Mapping[str, Any]] = EMPTY,
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
        fill(session, stored)  # all that is known of the files
        fill(session, stored[:place])  # and only the messages before it
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
        run = partial(
            self.engine.turn,
            session,
            "" if again.spoken else again.message.text,
            [parts[digest] for digest in again.message.parts if digest in parts],
            answerer=answerer or self.settings.answerer,
            instructions=instructions,
            sampling=sampling,
            options=options,
        )
        async with aclosing(self._recorded(conversation, owner, recording, run)) as events:
            async for event in events:
                yield event

    async def _recorded(
        self, conversation: str, owner: str, recording: Recording, run: Callable[..., AsyncGenerator[Event, None]]
    ) -> AsyncGenerator[Event, None]:
        """A turn of a stored conversation. Raises Busy."""
        with self._occupied(conversation):
            events = run(keep=lambda part: self.store.keep(part, owner), accepted=recording.accepted)
            async with aclosing(recording.follow(events)) as told:
                async for event in told:
                    yield event

    @contextmanager
    def _occupied(self, conversation: str) -> Iterator[None]:
        with self._guard:
            if conversation in self._busy:
                raise Busy(
                    "This conversation is still busy with the previous question.", "Wait for the answer, or stop it."
                )
            self._busy.add(conversation)
        try:
            yield
        finally:
            with self._guard:
                self._busy.discard(conversation)

    def delete_conversation(self, conversation: str, owner: str = LOCAL) -> None:
        """Delete a conversation and its media, from memory too. Raises NotFound."""
        self.store.delete_conversation(conversation, owner)
        self._sessions.forget(conversation, owner)

    async def warm(self) -> None:
        """Load the models now rather than at the first question; processes of plugins start with their first use."""
        self.media.start()
        await asyncio.to_thread(self.host.warm)

    # ---- everybody else ----------------------------------------------------------------------------------------

    def stream(
        self,
        question: str,
        *files: str | Path | bytes | Upload | Part,
        conversation: str | None = None,
        owner: str = LOCAL,
        answerer: str | None = None,
        answer: bool = True,
        options: Mapping[str, Mapping[str, Any]] = EMPTY,
        on_reply: Callable[[Reply], None] | None = None,
    ) -> Iterator[Event]:
        """The events of one turn, as they happen. Closing the iterator stops the turn, and waits until it has ended.

        Args:
            question: typed text, or "".
            files: paths, bytes, `Upload`s or parts.
            conversation: id of a stored conversation to go on with; None for a turn of its own.
            owner: whose conversation it is.
            answerer: a name; None for the one in the settings.
            answer: False to perceive only.
            options: perceiver -> option -> value, for this turn; see `Perceiver.per_turn`.
            on_reply: told the reply as a whole, at the end; called in another thread.

        Raises:
            Cancelled: the assistant was closed meanwhile. What `turn` raises besides.
        """
        uploads = [_upload(file) for file in files]
        if uploads:
            self.media.start()
        return self._loop.iterate(
            self.turn(
                question,
                uploads,
                conversation=conversation,
                owner=owner,
                answerer=answerer,
                answer=answer,
                options=options,
                on_reply=on_reply,
            )
        )

    def ask(
        self,
        question: str,
        *files: str | Path | bytes | Upload | Part,
        conversation: str | None = None,
        owner: str = LOCAL,
        answerer: str | None = None,
        options: Mapping[str, Mapping[str, Any]] = EMPTY,
    ) -> Reply:
        """Perceive the files and answer the question; blocks until both are done. Arguments as for `stream`.

        Raises:
            NothingToDo: neither a question nor a file. What goes wrong with one file is a gap of the reply.
        """
        return self._finish(
            lambda on_reply: self.stream(
                question,
                *files,
                conversation=conversation,
                owner=owner,
                answerer=answerer,
                options=options,
                on_reply=on_reply,
            )
        )

    def perceive(
        self, *files: str | Path | bytes | Upload | Part, options: Mapping[str, Mapping[str, Any]] = EMPTY
    ) -> Reply:
        """Perceive the files and answer nothing; blocks until done."""
        return self._finish(lambda on_reply: self.stream("", *files, answer=False, options=options, on_reply=on_reply))

    @staticmethod
    def _finish(start: Callable[[Callable[[Reply], None]], Iterator[Event]]) -> Reply:
        replies: list[Reply] = []
        for _ in start(replies.append):
            pass
        return replies[0]

    def close(self) -> None:
        """Stop what `ask`, `perceive` and `stream` are at, free models, end threads, close the store.

        Turns that run in an event loop of the caller's are the caller's to stop before.
        """
        self._loop.close()
        self.host.close()
        self.media.close()
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
