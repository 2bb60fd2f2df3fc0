"""The handlers behind the page, with an assistant that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import escape

from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.errors import AssistantError, NotFound
from assistant.types import IMAGE, Answer, Answered, Delta, Event, Gap, Message, Missed, Part, PartAdded, Status
from assistant_ui.chat import Chat, Page, Session
from assistant_ui.files import Gallery
from assistant_ui.texts import ENGLISH

PHOTO = Part(IMAGE, "p1", "garden.jpg", "image/jpeg", b"")
Script = Callable[[str], AsyncIterator[Event]]


@dataclass
class FakeStore:
    """Remembers that conversations were made."""

    made: dict[str, SimpleNamespace] = field(default_factory=dict)

    def create_conversation(self, owner: str, title: str = "") -> str:
        key = f"c{len(self.made)}"
        self.made[key] = SimpleNamespace(id=key, owner=owner, title=title, turns=[])
        return key

    def conversations(self, owner: str) -> list[SimpleNamespace]:
        return [each for each in self.made.values() if each.owner == owner]

    def load_conversation(self, key: str, owner: str) -> SimpleNamespace:
        if key not in self.made or self.made[key].owner != owner:
            raise NotFound("There is no such conversation.")
        return self.made[key]


def runner(name: str, obstacle: str = "", leaves: str = "") -> SimpleNamespace:
    found = SimpleNamespace(message=obstacle, remedy="Set base_url.", cause="not_configured") if obstacle else None
    return SimpleNamespace(
        name=name,
        rests_for=0.0,
        obstacle=lambda: found,
        plugged=SimpleNamespace(leaves=lambda options: leaves),
        services=SimpleNamespace(options=None),
    )


@dataclass
class FakeAssistant:
    script: Script
    store: FakeStore = field(default_factory=FakeStore)
    asked: list[tuple[str, Any, str, str]] = field(default_factory=list)
    answerers: list[str | None] = field(default_factory=list)
    host: Any = field(
        default_factory=lambda: SimpleNamespace(
            answerers=lambda: (runner("remote", "remote is not set up."), runner("local_model")),
            perceivers=tuple,
            formats=(),
        )
    )

    def turn(
        self, question: str, uploads: Any, *, conversation: str, owner: str, answerer: str | None, options: Any
    ) -> AsyncIterator[Event]:
        self.asked.append((question, uploads, conversation, owner))
        self.answerers.append(answerer)
        return self.script(question)

    def retry(
        self, conversation: str, turn: str, *, owner: str, answerer: str | None, options: Any
    ) -> AsyncIterator[Event]:
        self.asked.append((turn, "again", conversation, owner))
        return self.script(turn)

    def delete_conversation(self, key: str, owner: str) -> None:
        self.store.load_conversation(key, owner)
        del self.store.made[key]


async def fine(question: str) -> AsyncIterator[Event]:
    yield PartAdded(PHOTO)
    yield Status("eyes", "p1", "garden.jpg", "done", 3.0)
    yield Delta("Two dogs.")
    yield Answered(Answer("Two dogs.", confidence=0.9))


def opened(script: Script = fine) -> tuple[Chat, FakeAssistant, Session]:
    assistant = FakeAssistant(script)
    turns = Turns(at_once=4, each=4, waiting=4, seconds=1.0)
    chat = Chat(assistant, Gallery(assistant), turns)
    request = SimpleNamespace(cookies={}, headers={}, session_hash="s", username=None)
    session, page = chat.arrive(None, request)
    assert ENGLISH.welcome in str(page.live)
    return chat, assistant, session


async def pages(stream: AsyncIterator[Page]) -> list[Page]:
    return [page async for page in stream]


async def test_a_turn_is_drawn_from_start_to_end() -> None:
    """The composer is cleared and offers to stop, then to send again; the answer and the list are there."""
    chat, assistant, session = opened()
    drawn = await pages(chat.send(session, " How many dogs? ", ["somewhere/garden.jpg"]))
    assert (drawn[0].asking, drawn[0].clear, drawn[-1].asking) == (True, True, False)
    assert "Two dogs." in str(drawn[-1].live)
    assert "How many dogs?" in str(drawn[-1].side)
    question, uploads, conversation, owner = assistant.asked[0]
    assert (question, uploads[0].name, uploads[0].content) == (
        "How many dogs?",
        "garden.jpg",
        Path("somewhere/garden.jpg"),
    )
    assert (conversation, owner) == (session.conversation, session.owner)


async def test_earlier_turns_are_drawn_once() -> None:
    """While a turn runs only the turn itself is sent again."""
    chat, assistant, session = opened()
    await pages(chat.send(session, "First?", []))
    drawn = await pages(chat.send(session, "Second?", []))
    assert "First?" in str(drawn[0].past)
    assert [page.past for page in drawn[1:]] == [None] * len(drawn[1:])
    assert len(assistant.store.made) == 1


async def test_asking_again_sends_the_same_question_and_files() -> None:
    """Without another upload."""
    chat, assistant, session = opened()
    await pages(chat.send(session, "How many?", ["garden.jpg"]))
    await pages(chat.retry(session))
    assert assistant.asked[1][:2] == ("How many?", [PHOTO])


async def test_nothing_asked_gets_a_hint() -> None:
    """And no conversation is made."""
    chat, assistant, session = opened()
    (page,) = await pages(chat.send(session, "  ", []))
    assert ENGLISH.hint_empty in str(page.live)
    assert (assistant.asked, assistant.store.made) == ([], {})


@pytest.mark.parametrize(
    ("error", "told", "untold"),
    [
        (AssistantError("The disk is full.", "Make room."), ("The disk is full.", "Make room."), "Traceback"),
        (RuntimeError("/secret/path"), (ENGLISH.failed, ENGLISH.failed_remedy), "/secret/path"),
    ],
)
async def test_failures_are_told(error: Exception, told: tuple[str, ...], untold: str) -> None:
    """What is meant for people is shown; what is not stays in the log. The page can go on."""

    async def failing(question: str) -> AsyncIterator[Event]:
        yield Delta("Two")
        raise error

    chat, _, session = opened(failing)
    last = (await pages(chat.send(session, "How many?", [])))[-1]
    assert all(str(escape(text)) in str(last.live) for text in told)
    assert untold not in str(last.live)
    assert last.asking is False


async def test_stopping_keeps_what_was_said() -> None:
    """Closing the stream marks the turn as stopped."""

    async def slow(question: str) -> AsyncIterator[Event]:
        yield Delta("Two ")
        yield Delta("dogs")

    chat, _, session = opened(slow)
    stream = chat.send(session, "How many?", [])
    await anext(stream)  # the question
    await anext(stream)  # the list
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    page = chat.stopped(session)
    assert ENGLISH.stopped in str(page.live)
    assert "Two" in str(page.live)
    assert page.asking is False


async def test_a_turn_that_was_cut_off_is_asked_again_in_its_place() -> None:
    """The page shows how far its answer came; asking again takes up the stored turn and leaves one on the page."""
    chat, assistant, session = opened()
    key = assistant.store.create_conversation(session.owner, "How many?")
    assistant.store.made[key].turns = [
        SimpleNamespace(
            id="t1",
            message=Message("user", "How many?", ("p1",)),
            parts=(PHOTO,),
            observations=(),
            gaps=(),
            statuses=(),
            answer=None,
            state="interrupted",
            streamed="There are tw",
        )
    ]
    page = chat.open(session, key)
    assert "There are tw" in str(page.live)
    assert ENGLISH.retry in str(page.live)
    drawn = await pages(chat.retry(session))
    assert assistant.asked == [("t1", "again", key, session.owner)]
    assert "Two dogs." in str(drawn[-1].live)
    assert len(session.turns) == 1
    await pages(chat.retry(session))  # it has an answer now: asking once more is a new question
    assert (assistant.asked[1][0], len(session.turns)) == ("How many?", 2)


async def test_a_question_ends_what_is_still_perceived() -> None:
    """The answer ends the wait of the page; what goes on is followed, and the next question stops it first."""
    closed: list[str] = []

    async def lasting(question: str) -> AsyncIterator[Event]:
        try:
            yield PartAdded(PHOTO)
            yield Answered(Answer("Two dogs.", confidence=0.9))
            if question == "First?":
                yield Status("nose", "p1", "garden.jpg", "running")
                await asyncio.Event().wait()
        finally:
            closed.append(question)

    chat, _, session = opened(lasting)
    drawn = await pages(chat.send(session, "First?", []))
    assert drawn[-1].asking is False
    assert session.turns[0].settling
    following = asyncio.create_task(pages(chat.follow(session)))
    await asyncio.sleep(0)
    assert closed == []
    await pages(chat.send(session, "Second?", []))
    assert closed[0] == "First?"
    assert ENGLISH.settling not in str((await following)[-1].live or "")
    await pages(chat.follow(session))
    assert [turn.settling for turn in session.turns] == [False, False]


async def test_what_ended_before_anyone_followed_it_is_drawn_as_ended() -> None:
    """The page is told that nothing goes on any more, however late it asks."""
    chat, _, session = opened()
    await pages(chat.send(session, "How many?", []))
    assert session.rest is not None
    await session.rest.end()
    last = (await pages(chat.follow(session)))[-1]
    assert last.live is not None
    assert "settling" not in str(last.live)


async def test_a_question_right_after_stop_is_taken() -> None:
    """Though the turn that was stopped takes its time to end; only then does the next one begin, and it is drawn."""
    going, ended, order = asyncio.Event(), asyncio.Event(), list[str]()

    async def story(question: str) -> AsyncIterator[Event]:
        order.append(question)
        try:
            yield Delta("Once ")
            if question == "A story":
                going.set()
                await asyncio.Event().wait()
            yield Answered(Answer("Two dogs."))
        finally:
            await asyncio.sleep(0)
            order.append(f"end of {question}")
            ended.set()

    chat, _, session = opened(story)
    telling = asyncio.create_task(pages(chat.send(session, "A story", [])))
    await going.wait()
    assert ENGLISH.busy in str((await pages(chat.send(session, "Too early", [])))[-1].live)
    assert chat.stopped(session) == Page()
    drawn = await pages(chat.send(session, "How many?", []))
    assert "Two dogs." in str(drawn[-1].live)
    told = await telling
    assert order[:3] == ["A story", "end of A story", "How many?"]
    assert all("A story" not in str(page.live or "") or page.asking is not False for page in told)


async def test_closing_the_page_ends_what_is_still_perceived() -> None:
    """Whoever follows it goes away: the turn is closed."""
    closed = asyncio.Event()

    async def lasting(question: str) -> AsyncIterator[Event]:
        try:
            yield Answered(Answer("Two dogs."))
            yield Status("nose", "p1", "garden.jpg", "running")
            await asyncio.Event().wait()
        finally:
            closed.set()

    chat, _, session = opened(lasting)
    await pages(chat.send(session, "How many?", []))
    following = chat.follow(session)
    await anext(following)
    await anext(following)
    await following.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(closed.wait(), 5)


async def test_someone_elses_conversation_does_not_open() -> None:
    """A link shows an empty page, not an error and not the conversation."""
    chat, assistant, session = opened()
    theirs = assistant.store.create_conversation("someone else", "private")
    page = chat.open(session, theirs)
    assert session.conversation is None
    assert ENGLISH.welcome in str(page.live)
    assert "private" not in str(page.side)
    chat.remove(session, theirs)
    assert theirs in assistant.store.made


def test_stored_turns_come_back_as_they_were() -> None:
    """Answered, stopped and failed turns look so again; a spoken question is found in its transcript."""
    chat, assistant, session = opened()
    key = assistant.store.create_conversation(session.owner, "talk")
    shared = {"parts": [PHOTO], "observations": [], "gaps": [], "statuses": []}
    message = Message("user", "How many?", ("p1",))
    assistant.store.made[key].turns = [
        SimpleNamespace(message=message, answer=Answer("Two.", answerer="script"), state="done", **shared),
        SimpleNamespace(message=message, answer=None, state="stopped", **shared),
        SimpleNamespace(message=message, answer=None, state="failed", **shared),
    ]
    page = chat.open(session, key)
    assert [turn.phase for turn in session.turns] == ["answered", "stopped", "failed"]
    assert "Two." in str(page.past)
    assert ENGLISH.stopped in str(page.past)
    assert ENGLISH.failed in str(page.live)


def test_the_language_can_be_switched() -> None:
    """Everything is drawn anew in the other language."""
    chat, _, session = opened()
    page = chat.language(session)
    assert page.texts is not None
    assert page.texts.code == "zh"
    assert page.texts.welcome in str(page.live)


async def test_an_answerer_that_could_not_is_told_in_the_conversation() -> None:
    """Why another one answered stands above the answer, with what helps."""

    async def failing(question: str) -> AsyncIterator[Event]:
        yield Missed(Gap(cause="crashed", message="The server cannot be reached.", remedy="Start it.", source="openai"))
        yield Answered(Answer("Two dogs.", answerer="reasoner"))

    chat, _, session = opened(failing)
    shown = str((await pages(chat.send(session, "How many?", [])))[-1].live)
    assert f"{ENGLISH.note_passed}: </strong>The server cannot be reached. <span>Start it." in shown


async def test_who_answers_can_be_chosen() -> None:
    """The list under the composer names all answerers, those that cannot be used with the reason; the choice counts."""
    chat, assistant, session = opened()
    offered = str(chat.fresh(session).foot)
    assert 'value="remote" disabled title="remote is not set up. Set base_url."' in offered
    chosen = str(chat.choose(session, "local_model").foot)
    assert 'value="local_model" selected' in chosen
    await pages(chat.send(session, "How many?", []))
    chat.choose(session, "nobody knows it")
    await pages(chat.send(session, "And now?", []))
    assert assistant.answerers == ["local_model", None]


def test_where_questions_go_is_told() -> None:
    """The line under the composer names the host that may be asked, unless one who keeps everything here is chosen."""
    chat, assistant, session = opened()
    assert ENGLISH.stays in str(chat.fresh(session).foot)
    there, here = runner("there", leaves="api.example.com"), runner("here")
    unready = runner("unready", "unready is not set up.", leaves="other.example.com")
    assistant.host = SimpleNamespace(answerers=lambda: (there, unready, here), perceivers=tuple, formats=())
    told = str(chat.fresh(session).foot)
    assert "may be sent to api.example.com." in told
    assert ENGLISH.stays not in told
    assert "api.example.com" in str(chat.choose(session, "there").foot)
    assert ENGLISH.stays in str(chat.choose(session, "here").foot)


@pytest.mark.parametrize(("verdict", "told"), [("agrees", ENGLISH.agrees), ("disagrees", ENGLISH.disagrees)])
async def test_what_checking_showed_is_told(verdict: Any, told: str) -> None:
    """An answer that was compared with what was perceived says so."""

    async def checked(question: str) -> AsyncIterator[Event]:
        yield Answered(Answer("Two dogs.", confidence=0.9, checked=verdict))

    chat, _, session = opened(checked)
    assert told in str((await pages(chat.send(session, "How many?", [])))[-1].live)


@pytest.mark.parametrize("kind", ["local", "user"])
async def test_only_who_runs_the_server_is_told_where_things_lie(kind: Any) -> None:
    """Someone who logs in to another's server sees what is wrong, but none of its directories."""

    async def failing(question: str) -> AsyncIterator[Event]:
        yield Missed(Gap(cause="no_weights", message="No weights in /srv/models.d/eyes.", source="eyes"))
        yield Answered(Answer("Two dogs.", answerer="reasoner"))

    chat, _, session = opened(failing)
    session.caller = Caller("owner", "ada", kind)
    last = (await pages(chat.send(session, "How many?", [])))[-1]
    shown = f"{last.live} {last.evidence}"
    assert "No weights in" in shown
    assert ("models.d" in shown) == (kind == "local")
