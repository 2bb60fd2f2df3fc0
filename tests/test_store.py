"""The store: nothing acknowledged is lost, nothing is shown to anyone but its owner, delete deletes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sql
from hypothesis import given, settings
from hypothesis import strategies as st

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
def opened(tmp_path: Path, database_url: str | None) -> Callable[[], Store]:
    """Opens the same store, each time as another process would."""
    return lambda: Store(tmp_path, database_url)


@pytest.fixture
def store(opened: Callable[[], Store]) -> Iterator[Store]:
    store = opened()
    yield store
    store.close()


def talk(store: Store, owner: str, part: Part = PART, question: str = "what is it?") -> str:
    """A conversation of one finished turn."""
    conversation = store.create_conversation(owner)
    kept = store.keep(part, owner)
    turn = store.begin_turn(conversation, owner, Message("user", question, (part.digest,)), [kept]).id
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


def test_a_conversation_survives_a_restart(store: Store, opened: Callable[[], Store]) -> None:
    """Messages, answer, parts, observations, gaps and statuses come back as they were."""
    conversation = talk(store, ANN)
    store.close()
    again = opened()
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
        lambda: store.rename_conversation("no such id", ANN, "x"),
        lambda: store.delete_conversation("no such id", ANN),
        lambda: store.begin_turn("no such id", ANN, message, []),
        lambda: store.part("../../sensorium.db", ANN),
        lambda: store.part("0" * 64, ANN),
    ):
        with pytest.raises(NotFound):
            steal()
    assert store.conversations(BOB) == ()
    turn = store.begin_turn(conversation, ANN, message, []).id
    store.finish_turn(turn, BOB, state="done", answer=Answer("forged"), parts=[], observations=[], gaps=[], statuses=[])
    assert store.load_conversation(conversation, ANN).turns[-1].answer is None


def test_a_turn_that_never_ended_is_interrupted(store: Store, opened: Callable[[], Store]) -> None:
    """What was asked is durable before it is answered; after the process' end the turn counts as interrupted."""
    conversation = store.create_conversation(ANN)
    store.begin_turn(conversation, ANN, Message("user", "hello?"), [])
    assert store.load_conversation(conversation, ANN).turns[0].state == "running"
    store.close()
    (turn,) = opened().load_conversation(conversation, ANN).turns
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
    turn = store.begin_turn(conversation, ANN, Message("user", "", (PART.digest,)), [kept]).id
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
    turn = store.begin_turn(conversation, ANN, Message("user", "x"), []).id
    store.delete_conversation(conversation, ANN)
    store.finish_turn(turn, ANN, state="done", answer=None, parts=[], observations=[], gaps=[], statuses=[])
    assert store.conversations(ANN) == ()


def test_a_late_turn_never_ends_another_one(store: Store) -> None:
    """The number of a deleted turn is not given to a new one."""
    first = store.create_conversation(ANN)
    late = store.begin_turn(first, ANN, Message("user", "x"), []).id
    store.delete_conversation(first, ANN)
    second = store.create_conversation(ANN)
    store.begin_turn(second, ANN, Message("user", "y"), [])
    store.finish_turn(late, ANN, state="done", answer=Answer("late"), parts=[], observations=[], gaps=[], statuses=[])
    assert store.load_conversation(second, ANN).turns[0].answer is None


def test_deleting_during_a_turn_leaves_no_files(store: Store, tmp_path: Path) -> None:
    """What a turn made after its conversation was deleted is not kept, and someone else's file is not touched."""
    conversation = store.create_conversation(ANN)
    turn = store.begin_turn(conversation, ANN, Message("user", "x"), [PART]).id
    store.delete_conversation(conversation, ANN)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent=PART.digest)
    store.finish_turn(turn, ANN, state="stopped", answer=None, parts=[frame], observations=[], gaps=[], statuses=[])
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_a_turn_brings_its_own_files(store: Store) -> None:
    """A part still in memory is stored with the turn: what was asked about is durable too."""
    conversation = store.create_conversation(ANN)
    store.begin_turn(conversation, ANN, Message("user", "x", (PART.digest,)), [PART])
    (part,) = store.load_conversation(conversation, ANN).turns[0].parts
    assert isinstance(part.content, Path)
    assert part.text == "hello"


def test_what_comes_after_the_end_of_a_turn_changes_nothing(store: Store) -> None:
    """A piece of a turn that is written late does not alter what the turn came to."""
    conversation = talk(store, ANN)
    (turn,) = store.load_conversation(conversation, ANN).turns
    store.add_to_turn(turn.id, ANN, gaps=[GAP], statuses=[STATUS], streamed="a gree", answer=Answer("late"))
    assert store.load_conversation(conversation, ANN).turns == (turn,)


def test_observations_are_stored_once(store: Store) -> None:
    """Turns refer to observations; the same one again changes nothing, and order is that of arrival."""
    conversation = talk(store, ANN)
    later = replace(SEEN, text="farewell")
    for seen in ([SEEN, later], [later, SEEN]):
        turn = store.begin_turn(conversation, ANN, Message("user", "again"), []).id
        store.finish_turn(turn, ANN, state="done", answer=None, parts=[], observations=seen, gaps=[], statuses=[])
    stored = store.load_conversation(conversation, ANN).turns
    assert [turn.observations for turn in stored] == [(SEEN,), (SEEN, later), (later, SEEN)]


def test_the_last_talked_in_comes_first(store: Store) -> None:
    """The list is ordered by the last question."""
    first, second = talk(store, ANN), talk(store, ANN)
    assert [info.id for info in store.conversations(ANN)] == [second, first]
    store.begin_turn(first, ANN, Message("user", "more"), [])
    assert [(info.id, info.turns) for info in store.conversations(ANN)] == [(first, 2), (second, 1)]


def test_names_that_are_no_unicode(store: Store) -> None:
    """A file name with undecodable bytes, and half a surrogate pair in a question, are no reason to fail."""
    name = os.fsdecode(b"caf\xe9.txt")
    conversation = store.create_conversation(ANN)
    kept = store.keep(text_part("x", name), ANN)
    store.begin_turn(conversation, ANN, Message("user", "", (kept.digest,)), [kept])
    stored = store.load_conversation(conversation, ANN)
    assert stored.title == "caf?.txt"
    assert stored.turns[0].parts[0].name == name
    other = store.create_conversation(ANN)
    store.begin_turn(other, ANN, Message("user", "\ud83d"), [])
    assert store.load_conversation(other, ANN).turns[0].message.text == "\ud83d"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
UNIT = st.floats(0, 1)
SPANS = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6))
OBSERVATIONS = st.builds(
    Observation,
    kind=st.text(min_size=1),
    text=st.text(),
    confidence=st.integers(0, 10_000).map(lambda number: number / 10_000),
    part=st.text("0123456789abcdef", min_size=64, max_size=64),
    box=st.none() | st.tuples(UNIT, UNIT, UNIT, UNIT),
    span=st.none() | SPANS,
    data=st.dictionaries(st.text(), JSON_VALUES, max_size=3),
    source=st.text(),
    weights=st.text(),
    derived_from=st.lists(st.text(), max_size=3).map(tuple),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for many examples."""
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgresql" else None
    return Store(tmp_path_factory.mktemp("lasting"), url)


@settings(max_examples=60, deadline=None)
@given(seen=st.lists(OBSERVATIONS, max_size=4, unique_by=lambda each: each.id))
def test_any_observation_comes_back(lasting: Store, seen: list[Observation]) -> None:
    """Observations of any content come back equal, with the same id, from conversation and cache."""
    conversation = lasting.create_conversation(ANN)
    turn = lasting.begin_turn(conversation, ANN, Message("user", "x"), []).id
    lasting.finish_turn(turn, ANN, state="done", answer=None, parts=[], observations=seen, gaps=[], statuses=[])
    stored = lasting.load_conversation(conversation, ANN).turns[0].observations
    assert stored == tuple(seen)
    assert [each.id for each in stored] == [each.id for each in seen]
    lasting.remember("key", seen)
    assert lasting.recall("key") == tuple(seen)


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    """A file that is no database is an error that names it and says what to do."""
    (tmp_path / "sensorium.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(AssistantError, match=r"sensorium\.db.*damaged") as caught:
        Store(tmp_path)
    assert "backup" in caught.value.remedy


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """Data of a later version is not touched."""
    Store(tmp_path).close()
    engine = sql.create_engine(f"sqlite:///{tmp_path / 'sensorium.db'}")
    with engine.begin() as connection:
        connection.execute(sql.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(AssistantError, match="newer version"):
        Store(tmp_path)


def test_only_this_user_reads_it(tmp_path: Path) -> None:
    """Database and media are readable by nobody else."""
    talk(Store(tmp_path), ANN)
    readable = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert readable == []


def test_another_database_by_url(tmp_path: Path) -> None:
    """The database may lie elsewhere; a wrong URL names the setting."""
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    conversation = talk(Store(tmp_path / "data", url), ANN)
    assert Store(tmp_path / "data", url).load_conversation(conversation, ANN).turns
    assert not (tmp_path / "data" / "sensorium.db").exists()
    for wrong in ("not a url", "nosuchdatabase://x/y", f"sqlite:///{tmp_path}/none/x.db"):
        with pytest.raises(AssistantError, match="database"):
            Store(tmp_path / "data", wrong)


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """A data directory that is a file is an error that says what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(AssistantError, match="--data-dir"):
        Store(tmp_path / "file")
