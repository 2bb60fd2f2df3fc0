"""Retention: what is too old or too much goes, what is in use stays, and a wrong clock deletes nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.api import create_app
from assistant.app import Assistant
from assistant.errors import Unavailable
from assistant.host import Host
from assistant.media import text_part
from assistant.settings import RetentionSettings, Settings
from assistant.store import Store
from assistant.store.retention import DAY, Moment, Pruned, Retention
from assistant.store.schema import conversations, turns
from assistant.store.upkeep import Upkeep, sweep_files
from assistant.testing import FakeAnswerer, FakePlugin
from assistant.types import Message

ANN, BOB = "ann", "bob"
NOW = Moment(1_800_000_000.0, 5000.0, "boot")


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def go(self, days: float, *, leap: float = 0.0, boot: str = "boot") -> None:
        moment = self.moment
        self.moment = replace(moment, clock=moment.clock + (days + leap) * DAY, boot=boot)
        if boot == moment.boot:
            self.moment = replace(self.moment, uptime=moment.uptime + days * DAY)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def talk(store: Store, owner: str, days_ago: float, size: int = 10, clock: Clock | None = None) -> str:
    conversation = store.create_conversation(owner)
    part = store.keep(text_part(conversation * (size // len(conversation) + 1), "note.txt"), owner)
    begun = store.begin_turn(conversation, owner, Message("user", "?", (part.digest,)), [part])
    store.finish_turn(begun.id, owner, state="done", answer=None, parts=[part], observations=[], gaps=[], statuses=[])
    when = (clock.moment if clock else NOW).clock - days_ago * DAY
    with store.database.writing() as connection:
        connection.execute(conversations.update().where(conversations.c.id == conversation).values(updated=when))
        connection.execute(turns.update().where(turns.c.conversation == conversation).values(updated=when))
    return conversation


def look(
    store: Store, tmp_path: Path, clock: Clock, *, dry: bool = False, trust: bool = False, **limits: float
) -> Pruned:
    settings = RetentionSettings(**limits)
    retention = Retention(store.database, tmp_path, settings, store.delete_conversation, lambda: clock.moment)
    return retention.run(dry=dry, trust_clock=trust)


def void(value: object) -> None:
    """For a callable that must return nothing."""


def left(store: Store, owner: str = ANN) -> set[str]:
    return {info.id for info in store.conversations(owner)}


def test_nothing_goes_unless_it_is_set(store: Store, tmp_path: Path, clock: Clock) -> None:
    """The default keeps everything for ever."""
    old = talk(store, ANN, 10_000)
    assert look(store, tmp_path, clock) == Pruned((), "")
    assert left(store) == {old}


def test_the_old_go_with_their_media(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Everybody's conversations that were not touched for so long; a dry run only names them."""
    old, new, bobs = talk(store, ANN, 40), talk(store, ANN, 20), talk(store, BOB, 31)
    named = look(store, tmp_path, clock, dry=True, days=30)
    assert [(each.id, each.owner, each.why) for each in named.conversations] == [(old, ANN, "age"), (bobs, BOB, "age")]
    assert left(store) == {old, new}
    assert look(store, tmp_path, clock, days=30).conversations == named.conversations
    assert (left(store), left(store, BOB)) == ({new}, set())
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1


def test_what_is_being_answered_stays(store: Store, tmp_path: Path, clock: Clock) -> None:
    """However old the conversation."""
    old = talk(store, ANN, 20)
    store.begin_turn(old, ANN, Message("user", "more?"), [])
    with store.database.writing() as connection:
        connection.execute(conversations.update().values(updated=NOW.clock - 29 * DAY))
        connection.execute(turns.update().values(updated=NOW.clock))
    assert look(store, tmp_path, clock, days=10, bytes=1) == Pruned((), "")
    assert left(store) == {old}


def test_the_oldest_go_until_the_rest_fits(store: Store, tmp_path: Path, clock: Clock) -> None:
    """By owner, and for all together; conversations without media free nothing and stay."""
    first, second, third = (talk(store, ANN, days, 1000) for days in (3, 2, 1))
    words = store.create_conversation(ANN)
    bobs = talk(store, BOB, 9, 1000)
    assert [each.id for each in look(store, tmp_path, clock, bytes_per_owner=2500).conversations] == [first]
    pruned = look(store, tmp_path, clock, bytes=1500)
    assert {each.id for each in pruned.conversations} == {second, bobs}
    assert {each.why for each in pruned.conversations} == {"size"}
    assert left(store) == {third, words}
    assert left(store, BOB) == set()


def test_size_is_judged_whatever_the_clock_says(store: Store, tmp_path: Path, clock: Clock) -> None:
    """A wrong clock stops what goes by age only."""
    first, second = talk(store, ANN, 3, 1000), talk(store, ANN, 1, 1000)
    clock.go(-100)
    pruned = look(store, tmp_path, clock, days=0.5, bytes_per_owner=1500)
    assert "before what was stored last" in pruned.distrust
    assert [each.id for each in pruned.conversations] == [first]
    assert left(store) == {second}


def test_a_clock_that_leapt_deletes_nothing(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Compared with the time that went by; after a day of going on well it is believed."""
    kept = talk(store, ANN, 0)
    assert not look(store, tmp_path, clock, days=10).distrust
    clock.go(0.05, leap=20)
    assert "more than time did" in look(store, tmp_path, clock, days=10).distrust
    for _ in range(3):
        clock.go(0.25)
        assert look(store, tmp_path, clock, days=10).distrust
    assert left(store) == {kept}
    clock.go(0.3)
    assert look(store, tmp_path, clock, days=10).distrust == ""
    assert left(store) == set()


def test_a_clock_that_was_set_back_again_deletes_nothing(store: Store, tmp_path: Path, clock: Clock) -> None:
    """A leap that is mended leaves no trace."""
    kept = talk(store, ANN, 0)
    look(store, tmp_path, clock, days=10)
    clock.go(0.05, leap=20)
    assert look(store, tmp_path, clock, days=10).distrust
    clock.go(0.05, leap=-20)
    look(store, tmp_path, clock, days=10)
    clock.go(1.1)
    assert look(store, tmp_path, clock, days=10) == Pruned((), "")
    assert left(store) == {kept}


def test_a_machine_that_starts_in_the_far_future(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Not even when questions are stored at the wrong time meanwhile."""
    kept = talk(store, ANN, 0)
    look(store, tmp_path, clock, days=30)
    clock.go(0.1, leap=700, boot="another")
    assert look(store, tmp_path, clock, days=30).distrust
    talk(store, ANN, 0, clock=clock)
    clock.go(0.1)
    assert look(store, tmp_path, clock, days=30).distrust
    assert kept in left(store)
    assert look(store, tmp_path, clock, days=30, trust=True).conversations[0].id == kept
    assert len(left(store)) == 1


def test_the_first_look_at_an_old_store(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Without any earlier look, what was stored last is what the clock is compared with."""
    talk(store, ANN, 100)
    assert look(store, tmp_path, clock, days=30).distrust
    talk(store, ANN, 0)
    clock.go(0.5)
    assert look(store, tmp_path, clock, days=30).distrust
    clock.go(0.6)
    assert len(look(store, tmp_path, clock, days=30).conversations) == 1


def test_a_damaged_note_is_like_none(store: Store, tmp_path: Path, clock: Clock) -> None:
    """What is written down about the last look may be lost."""
    talk(store, ANN, 40)
    talk(store, ANN, 0)
    for wrong in ("", "[]", '{"ran": 3}', '{"ran": {"clock": "x"}}'):
        (tmp_path / "retention.json").write_text(wrong)
        assert len(look(store, tmp_path, clock, dry=True, days=30).conversations) == 1


def test_a_conversation_deleted_meanwhile(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Its owner may be quicker than retention."""
    old = talk(store, ANN, 40)
    talk(store, ANN, 0)

    def quicker(conversation: str, owner: str) -> None:
        store.delete_conversation(conversation, owner)
        store.delete_conversation(conversation, owner)

    retention = Retention(store.database, tmp_path, RetentionSettings(days=30), quicker, lambda: clock.moment)
    assert retention.run().conversations == ()
    assert old not in left(store)


def test_the_upkeep_looks_at_once_and_ends(store: Store, tmp_path: Path, clock: Clock) -> None:
    """A thread does it from the start of the server; closing it waits for what is under way."""
    old = talk(store, ANN, 40)
    new = talk(store, ANN, 0)
    upkeep = Upkeep(lambda: void(look(store, tmp_path, clock, days=30)))
    upkeep.start()
    upkeep.close()
    assert old not in left(store)
    assert left(store) == {new}


def test_a_database_that_is_gone_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and tried again at the next look."""

    def gone() -> None:
        raise Unavailable("The database cannot be reached.", "Try again.")

    upkeep = Upkeep(gone)
    upkeep.start()
    upkeep.close()
    assert "cannot be reached" in caplog.text


async def test_the_server_applies_it(tmp_path: Path) -> None:
    """From its start, by its settings."""
    settings = Settings(data_dir=tmp_path, retention=RetentionSettings(bytes_per_owner=1500))
    with Assistant(settings, host=Host(settings, plugins={"fake": FakePlugin(FakeAnswerer())}, discover=False)) as one:
        first, second = (talk(one.store, ANN, days, 1000) for days in (2, 1))
        app = create_app(one)
        async with app.router.lifespan_context(app):
            pass
        assert first not in left(one.store)
        assert left(one.store) == {second}


def test_what_killed_processes_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads after two hours, unfinished imports and restorations after a day; the young and everything else stay."""
    for name in ("uploads/a/photo.jpg", ".import-1", ".restore-1/sensorium.db", "sensorium.db", "media/ab/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    def there() -> set[str]:
        return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}

    now = time.time()
    kept = {"sensorium.db", "media/ab/x"}
    for hours, found in ((1.9, there()), (2.1, there() - {"uploads/a/photo.jpg"}), (25, kept)):
        monkeypatch.setattr("assistant.store.upkeep.time.time", lambda hours=hours: now + hours * 3600)
        sweep_files(tmp_path)
        assert there() == found
