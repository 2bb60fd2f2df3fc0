"""The store: nothing acknowledged is lost, nothing is shown to anyone but its owner, delete deletes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sql

from assistant.errors import AssistantError, NotFound
from assistant.media import text_part
from assistant.store import Store
from assistant.types import Answer, Gap, Message, Observation, Part, Status

ANN, BOB = "ann", "bob"
PART = text_part("hello", "note.txt")
SEEN = Observation(kind="note", text="greeting", confidence=0.9, part=PART.digest, data={"a": [1]}, source="eyes")
GAP = Gap(cause="timeout", message="too slow", part=PART.digest)
STATUS = Status("eyes", PART.digest, "note.txt", "done", 12.0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def talk(store: Store, owner: str, part: Part = PART, question: str = "what is it?") -> str:
    """A conversation of one finished turn."""
    conversation = store.create_conversation(owner)
    kept = store.keep(part, owner)
    turn = store.begin_turn(conversation, owner, Message("user", question, (part.digest,)), [kept])
    store.finish_turn(
        turn,
        owner,
        state="done",
        answer=Answer("a greeting", citations=(SEEN.id,), answerer="test"),
        parts=[kept],
        observations=[SEEN],
        gaps=[GAP],
        statuses=[STATUS],
    )
    return conversation


def test_a_conversation_survives_a_restart(store: Store, tmp_path: Path) -> None:
    """Messages, answer, parts, observations, gaps and statuses come back as they were."""
    conversation = talk(store, ANN)
    store.close()
    again = Store(tmp_path)
    (turn,) = again.load_conversation(conversation, ANN).turns
    assert turn.message == Message("user", "what is it?", (PART.digest,))
    assert turn.answer == Answer("a greeting", citations=(SEEN.id,), answerer="test")
    assert turn.parts[0].text == "hello"
    assert turn.parts[0].facts == PART.facts
    assert (turn.observations, turn.gaps, turn.statuses, turn.state) == ((SEEN,), (GAP,), (STATUS,), "done")
    (info,) = again.conversations(ANN)
    assert (info.id, info.title, info.turns) == (conversation, "what is it?", 1)


def test_everything_is_the_owners_alone(store: Store) -> None:
    """Whoever asks for someone else's conversation, turn or file gets the same answer as for one that is not there."""
    conversation = talk(store, ANN)
    message = Message("user", "x")
    for steal in (
        lambda: store.load_conversation(conversation, BOB),
        lambda: store.rename_conversation(conversation, BOB, "mine"),
        lambda: store.delete_conversation(conversation, BOB),
        lambda: store.begin_turn(conversation, BOB, message, []),
        lambda: store.part(PART.digest, BOB),
        lambda: store.load_conversation("no such id", ANN),
    ):
        with pytest.raises(NotFound):
            steal()
    assert store.conversations(BOB) == ()
    turn = store.begin_turn(conversation, ANN, message, [])
    store.finish_turn(turn, BOB, state="done", answer=Answer("forged"), parts=[], observations=[], gaps=[], statuses=[])
    assert store.load_conversation(conversation, ANN).turns[-1].answer is None


def test_a_turn_that_never_ended_is_interrupted(store: Store, tmp_path: Path) -> None:
    """What was asked is durable before it is answered; after the process' end the turn counts as interrupted."""
    conversation = store.create_conversation(ANN)
    store.begin_turn(conversation, ANN, Message("user", "hello?"), [])
    assert store.load_conversation(conversation, ANN).turns[0].state == "running"
    (turn,) = Store(tmp_path).load_conversation(conversation, ANN).turns
    assert (turn.state, turn.message.text, turn.answer) == ("interrupted", "hello?", None)


def test_media_is_stored_once_and_deleted_with_its_last_conversation(store: Store, tmp_path: Path) -> None:
    """The same file in two people's conversations is one file on disk, gone when nobody has it any more."""
    first, second, third = talk(store, ANN), talk(store, ANN), talk(store, BOB)

    def files() -> list[Path]:
        return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]

    assert len(files()) == 1
    assert files()[0].stat().st_mode & 0o077 == 0
    store.remember("key", [SEEN])
    store.delete_conversation(first, ANN)
    assert store.part(PART.digest, ANN).text == "hello"
    store.delete_conversation(second, ANN)
    with pytest.raises(NotFound):
        store.part(PART.digest, ANN)
    assert store.part(PART.digest, BOB).text == "hello"
    assert store.recall("key") == (SEEN,)
    store.delete_conversation(third, BOB)
    assert files() == []
    assert store.recall("key") is None


def test_titles(store: Store) -> None:
    """The first question is the title; without one the file's name, until the voice message is understood."""
    assert store.load_conversation(talk(store, ANN, question="x" * 500), ANN).title == "x" * 79 + "…"
    conversation = store.create_conversation(ANN)
    kept = store.keep(PART, ANN)
    turn = store.begin_turn(conversation, ANN, Message("user", "", (PART.digest,)), [kept])
    assert store.load_conversation(conversation, ANN).title == "note.txt"
    heard = Message("user", "is there a dog", (PART.digest,))
    store.finish_turn(
        turn, ANN, state="done", message=heard, answer=None, parts=[kept], observations=[], gaps=[], statuses=[]
    )
    stored = store.load_conversation(conversation, ANN)
    assert (stored.title, stored.turns[0].message) == ("is there a dog", heard)
    store.rename_conversation(conversation, ANN, "dogs")
    assert store.load_conversation(conversation, ANN).title == "dogs"


def test_finishing_a_deleted_conversation_is_harmless(store: Store) -> None:
    """A turn may end after its conversation was deleted."""
    conversation = store.create_conversation(ANN)
    turn = store.begin_turn(conversation, ANN, Message("user", "x"), [])
    store.delete_conversation(conversation, ANN)
    store.finish_turn(turn, ANN, state="done", answer=None, parts=[], observations=[], gaps=[], statuses=[])
    assert store.conversations(ANN) == ()


def test_the_cache_survives_restarts_and_holds_parts(store: Store, tmp_path: Path) -> None:
    """Observations and derived parts come back; a part whose file is gone makes it a miss."""
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", {"width": 1}, parent=PART.digest, span=(1.0, 1.0))
    assert store.recall("key") is None
    store.remember("key", [SEEN, frame])
    store.remember("nothing", [])
    store.close()
    again = Store(tmp_path)
    seen, part = again.recall("key") or ()
    assert seen == SEEN
    assert isinstance(part, Part)
    assert (part.read_bytes(), part.parent, part.span) == (b"pixels", PART.digest, (1.0, 1.0))
    assert again.recall("nothing") == ()
    assert isinstance(part.content, Path)
    part.content.unlink()
    assert again.recall("key") is None


def test_the_cache_is_bounded(tmp_path: Path) -> None:
    """The least recently remembered go first, and the files only they needed with them."""
    store = Store(tmp_path, cache_bytes=20_000)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent="p")
    store.remember("first", [frame])
    for number in range(200):
        store.remember(f"key{number}", [SEEN])
    assert store.recall("first") is None
    assert store.recall("key199") == (SEEN,)
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_many_writers(store: Store, tmp_path: Path) -> None:
    """Threads with stores of their own write at once without an error."""
    failures: list[BaseException] = []

    def write(owner: str) -> None:
        try:
            own = Store(tmp_path)
            for _ in range(5):
                talk(own, owner)
        except BaseException as error:  # collected for the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"owner{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [len(store.conversations(f"owner{number}")) for number in range(4)] == [5, 5, 5, 5]


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    """A file that is no database is an error that names it and says what to do."""
    (tmp_path / "sensorium.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(AssistantError, match=r"sensorium\.db.*damaged") as caught:
        Store(tmp_path)
    assert "backup" in caught.value.remedy


def test_a_newer_database_is_refused(store: Store, tmp_path: Path) -> None:
    """Data of a later version is not touched."""
    store.close()
    engine = sql.create_engine(f"sqlite:///{tmp_path / 'sensorium.db'}")
    with engine.begin() as connection:
        connection.execute(sql.text("UPDATE schema_version SET version = 99"))
    with pytest.raises(AssistantError, match="newer version"):
        Store(tmp_path)


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """A data directory that is a file is an error that says what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(AssistantError, match="--data-dir"):
        Store(tmp_path / "file")
