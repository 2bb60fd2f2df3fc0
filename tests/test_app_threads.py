"""The assistant for callers without an event loop: several threads at once, turns left early, closing in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.app import Assistant, Reply, Upload
from assistant.errors import AssistantError
from assistant.host import Host
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.store import Store
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta, Event

NOTE = Upload("note.txt", b"hello")
Make = Callable[..., Assistant]


class Slow:
    """An answerer that begins and then waits to be told."""

    def __init__(self) -> None:
        self.going = threading.Event()

    def answer(self, request: Request) -> Iterator[Delta]:
        yield Delta("as far as ")
        self.going.wait(30)
        yield Delta("this")


@pytest.fixture
def slow() -> Iterator[Slow]:
    one = Slow()
    yield one
    one.going.set()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Assistant] = []

    def one(answer: Callable[[Request], Iterator[Delta]] | None = None) -> Assistant:
        settings = Settings(data_dir=tmp_path)
        plugin = FakePlugin(FakePerceiver("eyes"), FakeAnswerer("mouth", answer))
        made.append(Assistant(settings, host=Host(settings, plugins={"fake": plugin}, discover=False)))
        return made[-1]

    yield one
    for each in made:
        each.close()


def test_closing_ends_what_other_threads_wait_for(make: Make, slow: Slow) -> None:
    """Who waits for an answer is told that it will not come; what there is of it is kept; no thread of it is left."""
    assistant = make(slow.answer)
    conversation = assistant.store.create_conversation("local")
    before = {thread.name for thread in threading.enumerate()}
    heard = threading.Event()

    def ask() -> None:
        for event in assistant.stream("?", NOTE, conversation=conversation):
            if isinstance(event, Delta):
                heard.set()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        assert heard.wait(30)
        closing = threading.Thread(target=assistant.close)
        closing.start()
        with pytest.raises(AssistantError, match="closed"):
            asked.result(30)
        slow.going.set()
        closing.join(30)
    left = {thread.name for thread in threading.enumerate()} - before
    assert [name for name in left if not name.startswith("ThreadPoolExecutor")] == []
    with pytest.raises(AssistantError, match="closed"):
        assistant.ask("?")
    (turn,) = make().store.load_conversation(conversation, "local").turns
    assert (turn.state, turn.streamed) == ("stopped", "as far as ")


def test_a_stream_left_early_has_ended(make: Make, slow: Slow) -> None:
    """Once the iterator is closed the turn is over and stored: the next question finds the conversation free."""
    assistant = make(slow.answer)
    conversation = assistant.store.create_conversation("local")
    events = assistant.stream("?", NOTE, conversation=conversation)
    for event in events:
        if isinstance(event, Delta):
            break
    events.close()  # type: ignore[attr-defined] # a generator
    slow.going.set()
    assert [turn.state for turn in assistant.store.load_conversation(conversation, "local").turns] == ["stopped"]
    assert assistant.ask("again?", conversation=conversation).text == "as far as this"


def test_streaming_is_a_turn_like_any_other(make: Make) -> None:
    """With a conversation or without, it is counted, and the reply is the same."""
    assistant = make()
    counted: list[Event | str] = []

    class Follower:
        def event(self, event: Event) -> None:
            counted.append(event)

        def ended(self, state: str) -> None:
            counted.append(state)

    assistant.watch.add(Follower)
    replies: list[Reply] = []
    for conversation in (None, assistant.store.create_conversation("local")):
        told: list[Event | str] = list(assistant.stream("?", NOTE, conversation=conversation, on_reply=replies.append))
        assert counted == [*told, "done"]
        counted.clear()
    loose, stored = replies
    assert loose.text == stored.text == "seen seen "
    assert {seen.id for seen in loose.observations} == {seen.id for seen in stored.observations}


def test_threads_that_ask_at_the_same_moment_share_one_store(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many need it first, it is opened once: what is not closed could not be marked as ended."""
    assistant = make()
    together = threading.Barrier(2, timeout=0.2)
    of = Store.of

    def slowly(settings: Settings) -> Store:
        with suppress(threading.BrokenBarrierError):  # nobody else is in here: so it should be
            together.wait()
        return of(settings)

    monkeypatch.setattr(Store, "of", slowly)
    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(lambda: assistant.store) for _ in range(2))
        assert first.result() is second.result()
