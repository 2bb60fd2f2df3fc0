"""Nothing acknowledged is lost: killed processes, several servers, a database or disk that fails and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from postgres_server import PostgresServer

from assistant.app import Assistant, Upload
from assistant.errors import AssistantError, Busy, NotFound, StorageFull, Unavailable
from assistant.host import Host
from assistant.media import text_part
from assistant.plugin import Request, Task
from assistant.settings import Settings
from assistant.store import Store, processes
from assistant.store.files import LocalFiles
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answered, Delta, Event, Message, Observation, Observed

ROOT = Path(__file__).parents[1]
ANN, BOB = "ann", "bob"
NOTE = Upload("note.txt", b"hello")


def twice(task: Task) -> Iterator[Observation]:
    yield task.observe("note", f"first of {task.part.name}", 1.0)
    yield task.observe("note", f"second of {task.part.name}", 1.0)


class Server:
    """An assistant with one perceiver and one answerer, as one of several server processes would be."""

    def __init__(
        self, directory: Path, url: str | None, answer: Callable[[Request], Iterable[Delta]] | None = None
    ) -> None:
        settings = Settings(data_dir=directory, database=url)
        self.eyes = FakePerceiver("eyes", twice)
        self.mouth = FakeAnswerer("mouth", answer or (lambda request: [Delta("all "), Delta("well")]))
        host = Host(settings, plugins={"fake": FakePlugin(self.eyes, self.mouth)}, discover=False)
        self.assistant = Assistant(settings, host=host)
        self.store = self.assistant.store

    async def turn(self, conversation: str, question: str, *uploads: Upload) -> list[Event]:
        events = self.assistant.turn(question, uploads, conversation=conversation, owner=ANN)
        return [event async for event in events]

    async def retry(self, conversation: str, turn: str, owner: str = ANN) -> list[Event]:
        return [event async for event in self.assistant.retry(conversation, turn, owner=owner)]


@pytest.fixture
def serve(tmp_path: Path, database_url: str | None) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def one(answer: Callable[[Request], Iterable[Delta]] | None = None) -> Server:
        servers.append(Server(tmp_path, database_url, answer))
        return servers[-1]

    yield one
    for server in servers:
        server.assistant.close()


def answered(events: list[Event]) -> str:
    (text,) = [event.answer.text for event in events if isinstance(event, Answered)]
    return text


def orphan(directory: Path, url: str | None, conversation: str) -> None:
    """A turn whose process is killed right after the question, its file and an observation were stored."""
    code = (
        "import os, signal, sys; from pathlib import Path; from assistant.media import text_part\n"
        "from assistant.store import Store; from assistant.types import Message, Observation\n"
        "part = text_part('hello', 'note.txt'); store = Store(Path(sys.argv[1]), sys.argv[2] or None)\n"
        "begun = store.begin_turn(sys.argv[3], 'ann', Message('user', 'still there?', (part.digest,)), [part])\n"
        "seen = Observation(kind='note', text='first of note.txt', confidence=1.0, part=part.digest, source='eyes')\n"
        "store.add_to_turn(begun.id, 'ann', observations=[seen], streamed='al')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", code, str(directory), url or "", conversation]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert ended.returncode == -9, ended.stderr


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_random_moments(kind: str, request: pytest.FixtureRequest) -> None:
    """Every message, observation, gap and answer that was told is there, and the turn counts as interrupted."""
    if kind == "postgresql":
        request.getfixturevalue("postgres")  # skips or fails where there is none
    command = [sys.executable, str(ROOT / "benchmarks" / "kill_recovery.py"), "--kills", "6", "--database", kind]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    totals = json.loads(ended.stdout)
    assert totals["told"] > 6 * 10
    assert {name: count for name, count in totals.items() if name.startswith("lost") and count} == {}
    assert totals["taken_for_running"] == 0
    assert totals["longest_lag_ms"] < 2000


async def test_an_interrupted_turn_is_asked_again_in_its_place(
    serve: Callable[..., Server], tmp_path: Path, database_url: str | None
) -> None:
    """After kill -9 the turn keeps what was perceived; retried it is answered, with the same id and no second one."""
    server = serve()
    conversation = server.store.create_conversation(ANN)
    orphan(tmp_path, database_url, conversation)
    (turn,) = server.store.load_conversation(conversation, ANN).turns
    assert (turn.state, turn.answer, turn.streamed) == ("interrupted", None, "al")
    assert [seen.text for seen in turn.observations] == ["first of note.txt"]
    assert answered(await server.retry(conversation, turn.id)) == "all well"
    (again,) = server.store.load_conversation(conversation, ANN).turns
    assert (again.id, again.state, again.streamed) == (turn.id, "done", "")
    assert again.message == turn.message
    assert {seen.text for seen in again.observations} >= {"first of note.txt", "second of note.txt"}
    assert server.store.search(ANN, "well")


async def test_retrying_perceives_nothing_again(serve: Callable[..., Server]) -> None:
    """What perceivers had finished is there; later turns stay, and the answer sees only what was said before."""
    heard: list[list[str]] = []

    def answer(request: Request) -> Iterator[Delta]:
        heard.append([message.text for message in request.context.messages])
        yield Delta(f"answer {len(heard)}")

    server = serve(answer)
    conversation = server.store.create_conversation(ANN)
    for question in ("one?", "two?", "three?"):
        await server.turn(conversation, question, NOTE)
    calls = server.eyes.calls
    second = server.store.load_conversation(conversation, ANN).turns[1]
    assert answered(await server.retry(conversation, second.id)) == "answer 4"
    assert server.eyes.calls == calls
    assert heard[3] == ["one?", "answer 1"]
    await server.turn(conversation, "four?")
    assert heard[4] == ["one?", "answer 1", "two?", "answer 4", "three?", "answer 3"]
    with pytest.raises(NotFound):
        await server.retry(conversation, second.id, owner=BOB)
    with pytest.raises(NotFound):
        await server.retry(conversation, "no such turn")


async def test_a_stopped_turn_keeps_what_was_told(serve: Callable[..., Server]) -> None:
    """Stopping in the middle of the answer leaves the observations and the words written so far."""
    going = threading.Event()

    def answer(request: Request) -> Iterator[Delta]:
        yield Delta("as far as ")
        going.wait(30)
        yield Delta("this")

    server = serve(answer)
    conversation = server.store.create_conversation(ANN)
    async with aclosing(server.assistant.turn("?", [NOTE], conversation=conversation, owner=ANN)) as events:
        async for event in events:
            if isinstance(event, Delta):
                break
    going.set()
    (turn,) = server.store.load_conversation(conversation, ANN).turns
    assert (turn.state, turn.answer, turn.streamed) == ("stopped", None, "as far as ")


async def test_stopped_while_the_question_is_being_stored(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who leaves in that moment leaves a stopped turn, not a conversation that is busy for ever."""
    server = serve()
    conversation = server.store.create_conversation(ANN)
    entered, going, ended = threading.Event(), threading.Event(), threading.Event()
    begin, stop = server.store.begin_turn, server.store.stop_turn

    def slowly(*given: Any) -> Any:
        entered.set()
        going.wait(30)
        return begin(*given)

    def told(*given: Any) -> None:
        stop(*given)
        ended.set()

    with monkeypatch.context() as patch:
        patch.setattr(server.store, "begin_turn", slowly)
        patch.setattr(server.store, "stop_turn", told)
        running = asyncio.create_task(server.turn(conversation, "one?", NOTE))
        await asyncio.to_thread(entered.wait, 30)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        going.set()
        assert await asyncio.to_thread(ended.wait, 30)
    assert answered(await server.turn(conversation, "two?")) == "all well"
    states = [turn.state for turn in server.store.load_conversation(conversation, ANN).turns]
    assert states == ["stopped", "done"]


async def test_what_is_told_is_stored_already(serve: Callable[..., Server]) -> None:
    """Whoever hears of an observation or the answer finds it in the store, from another process too."""
    server, other = serve(), serve()
    conversation = server.store.create_conversation(ANN)
    checked = 0
    async for event in server.assistant.turn("?", [NOTE], conversation=conversation, owner=ANN):
        if isinstance(event, (Observed, Answered)):
            (turn,) = other.store.load_conversation(conversation, ANN).turns
            assert turn.state == "running"
            if isinstance(event, Observed):
                assert event.observation in turn.observations
            else:
                assert turn.answer == event.answer
            checked += 1
    assert checked >= 3


async def test_two_servers_and_one_conversation(serve: Callable[..., Server]) -> None:
    """While one answers, the other says that the conversation is busy; then it goes on with what was said there."""
    heard: list[str] = []
    begun, going = threading.Event(), threading.Event()

    def slowly(request: Request) -> Iterator[Delta]:
        begun.set()
        going.wait(30)
        yield Delta("slow answer")

    def listening(request: Request) -> Iterator[Delta]:
        heard[:] = [message.text for message in request.context.messages]
        yield Delta("quick answer")

    slow, quick = serve(slowly), serve(listening)
    conversation = slow.store.create_conversation(ANN)
    await quick.turn(conversation, "zero?")
    running = asyncio.create_task(slow.turn(conversation, "one?", NOTE))
    await asyncio.to_thread(begun.wait, 30)
    with pytest.raises(Busy, match="busy"):
        await quick.turn(conversation, "two?")
    (_, turn) = quick.store.load_conversation(conversation, ANN).turns
    with pytest.raises(Busy):
        await quick.retry(conversation, turn.id)
    going.set()
    assert answered(await running) == "slow answer"
    await quick.turn(conversation, "three?")
    assert heard == ["zero?", "quick answer", "one?", "slow answer"]
    states = [turn.state for turn in quick.store.load_conversation(conversation, ANN).turns]
    assert states == ["done", "done", "done"]


def test_who_lives_is_known_whatever_the_clock_says(
    tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On this machine a process lives as long as it does; one elsewhere as long as it is seen."""
    first, second = Store(tmp_path, database_url), Store(tmp_path, database_url)
    conversation = first.create_conversation(ANN)
    first.begin_turn(conversation, ANN, Message("user", "?"), [])
    url = (database_url or f"sqlite:///{tmp_path / 'sensorium.db'}").replace("postgresql:", "postgresql+psycopg:")
    engine = sql.create_engine(url)

    def state(change: str) -> str:
        with engine.begin() as connection:
            connection.execute(sql.text(f"UPDATE processes SET {change}"))
        return second.load_conversation(conversation, ANN).turns[0].state

    assert state("seen = seen - 100000") == "running"
    assert state("place = 'another machine 1@1'") == "interrupted"
    assert state("seen = seen + 100000 - 10") == "running"
    monkeypatch.setattr(processes, "DEAD_SECONDS", 5)
    assert state("seen = seen") == "interrupted"
    engine.dispose()
    first.close()
    second.close()


def test_the_clock_set_back_changes_no_order(
    tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns and conversations stay in the order in which things happened."""
    store = Store(tmp_path, database_url)
    names = []
    for number, now in enumerate((2e9, 1e9, 1.5e9)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        names.insert(0, store.create_conversation(ANN, str(number)))
    assert [info.id for info in store.conversations(ANN)] == names
    store.close()


async def test_the_database_goes_in_the_middle_of_a_turn_and_comes_back(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """The answer streams to its end, new questions are refused at once with a reason, and all is stored afterwards."""
    url = postgres.new_database()
    down, going = threading.Event(), threading.Event()

    def answer(request: Request) -> Iterator[Delta]:
        yield Delta("before, ")
        down.set()
        going.wait(60)
        yield Delta("after")

    server = Server(tmp_path, url, answer)
    conversation, other = server.store.create_conversation(ANN), server.store.create_conversation(ANN)
    running = asyncio.create_task(server.turn(conversation, "?", NOTE))
    await asyncio.to_thread(down.wait, 60)
    postgres.stop()
    try:
        began = time.perf_counter()
        with pytest.raises(Unavailable) as caught:
            await server.turn(other, "still there?")
        assert time.perf_counter() - began < 5
        assert caught.value.remedy
        going.set()
        assert answered(await running) == "before, after"
    finally:
        postgres.start()
    await server.turn(other, "and now?")  # no restart, and what waited is stored first
    (turn,) = server.store.load_conversation(conversation, ANN).turns
    assert (turn.state, turn.answer and turn.answer.text) == ("done", "before, after")
    assert {seen.text for seen in turn.observations} >= {"first of note.txt", "second of note.txt"}
    assert [each.message.text for each in server.store.load_conversation(other, ANN).turns] == ["and now?"]
    server.assistant.close()


def test_connections_that_broke_are_not_used_again(tmp_path: Path, postgres: PostgresServer) -> None:
    """After the server was restarted between two operations, the second one works."""
    store = Store(tmp_path, postgres.new_database())
    conversation = store.create_conversation(ANN)
    postgres.stop()
    postgres.start()
    assert [info.id for info in store.conversations(ANN)] == [conversation]
    store.close()


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    """An address where no server listens is said at once, without what the URL holds."""
    with pytest.raises(Unavailable) as caught:
        Store(tmp_path, "postgresql://someone:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(ballast: Path) -> None:
    """Leave no room."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass


def test_a_full_disk(small_disk: Path) -> None:
    """It is said before anything is answered, nothing is half-written, and with room it goes on without a restart."""
    store = Store(small_disk)
    conversation = store.create_conversation(ANN)
    ballast = small_disk / "ballast"
    fill(ballast)
    part = text_part("hello" * 2000, "note.txt")
    with pytest.raises(StorageFull, match=r"note\.txt") as caught:
        store.begin_turn(conversation, ANN, Message("user", "?", (part.digest,)), [part])
    assert "space" in caught.value.remedy
    with pytest.raises(StorageFull):
        store.begin_turn(conversation, ANN, Message("user", "x" * 100_000), [])
    assert [path for path in (small_disk / "media").rglob("*") if path.is_file()] == []
    ballast.unlink()
    begun = store.begin_turn(conversation, ANN, Message("user", "?", (part.digest,)), [part])
    assert store.turn(conversation, begun.id, ANN).parts[0].text == part.text
    store.close()


def test_a_full_disk_of_media_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the media have a disk of their own, a question whose file does not fit is not stored either."""
    store = Store(tmp_path)
    conversation = store.create_conversation(ANN)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            store.begin_turn(conversation, ANN, Message("user", "?"), [text_part("hello", "note.txt")])
    assert store.load_conversation(conversation, ANN).turns == ()
    store.begin_turn(conversation, ANN, Message("user", "?"), [text_part("hello", "note.txt")])
    store.close()


def test_a_directory_that_is_read_only(small_disk: Path) -> None:
    """Opening says which directory cannot be written and where to choose another one."""
    Store(small_disk / "data").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(AssistantError, match="data") as caught:
        Store(small_disk / "data")
    assert "--data-dir" in caught.value.remedy
    LocalFiles(small_disk / "data" / "media")


def test_the_core_opens_no_migrations(tmp_path: Path) -> None:
    """Alembic, which is slow to import, is not there unless an older database is opened."""
    code = (
        "import sys; from pathlib import Path; from assistant.store import Store\n"
        "Store(Path(sys.argv[1])); Store(Path(sys.argv[1])); print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "False"
    assert importlib.util.find_spec("alembic") is not None
