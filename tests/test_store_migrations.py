"""Databases of every earlier version open with what is in them, once, whoever opens them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from assistant.errors import AssistantError
from assistant.media import text_part
from assistant.store import Store
from assistant.store.files import LocalFiles
from assistant.store.records import message_json
from assistant.store.schema import SCHEMA_VERSION, metadata
from assistant.store.upgrade import upgrade
from assistant.types import Answer, Gap, Message, Observation, Status

PART = text_part("hello", "note.txt")
SEEN = Observation(kind="note", text="Über 你好", confidence=0.9, part=PART.digest, source="eyes")
GAP = Gap(cause="timeout", message="too slow", part=PART.digest)
STATUS = Status("eyes", PART.digest, "note.txt", "done", 12.0)
EARLIER = ["first release", *(f"{number:04}" for number in range(1, int(SCHEMA_VERSION)))]


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[sql.Engine]:
    url = database_url or f"sqlite:///{tmp_path / 'sensorium.db'}"
    engine = sql.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    yield engine
    engine.dispose()


def fill(engine: sql.Engine, directory: Path, revision: str) -> None:
    """Tables as they were at the revision, with two conversations, one of them with a turn."""
    LocalFiles(directory / "media").write(PART)
    with engine.begin() as connection:
        upgrade(connection, "", directory / "media", to="0001" if revision == "first release" else revision)
        if revision == "first release":
            connection.execute(sql.text("DROP TABLE alembic_version"))
            connection.execute(sql.text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
            connection.execute(sql.text("INSERT INTO schema_version VALUES (1)"))
    tables = sql.MetaData()
    tables.reflect(engine)
    record = {
        "parts": [PART.to_json()],
        "answer": Answer("A greeting", citations=(SEEN.id,)).to_json(),
        "observations": [SEEN.id],
        "gaps": [GAP.to_json()],
        "statuses": [
            {"perceiver": "eyes", "part": PART.digest, "name": "note.txt", "state": "done", "milliseconds": 12.0}
        ],
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "conversations": [
            {"id": "old", "owner": "ann", "title": "Older", "created": 1.0, "updated": 2.0},
            {"id": "new", "owner": "ann", "title": "Newer", "created": 1.0, "updated": 3.0},
        ],
        "turns": [
            {
                "conversation": "old",
                "process": "gone",
                "state": state,
                "created": 2.0,
                "message": message_json(Message("user", "What is it?", (PART.digest,))),
                "record": record,
            }
            for state in ("done", "running")
        ],
        "observations": [{"conversation": "old", "id": SEEN.id, "position": 0, "value": SEEN.to_json()}],
        "media": [{"owner": "ann", "digest": PART.digest, "part": PART.to_json(), "created": 2.0}],
        "conversation_media": [{"conversation": "old", "digest": PART.digest}],
    }
    if revision >= "0003" and revision[0] == "0":
        for number, (conversation, turn) in enumerate(zip(rows["conversations"], rows["turns"], strict=True)):
            conversation["activity"] = number + 1
            turn["public"] = f"turn{number}"
        rows["media"][0]["bytes"] = 5
    if revision >= "0004" and revision[0] == "0":
        for turn in rows["turns"]:
            turn["folded"] = "what is it?\na greeting"
        rows["observations"][0] |= {"folded": "uber 你好", "turn": 1}
    if revision >= "0004" and revision[0] == "0":
        for turn in rows["turns"]:
            turn["folded"] = "what is it?\na greeting"
        rows["observations"][0] |= {"folded": "uber 你好", "turn": 1}
    with engine.begin() as connection:
        for name, values in rows.items():
            connection.execute(tables.tables[name].insert(), values)


@pytest.mark.parametrize("revision", EARLIER)
def test_a_database_of_an_earlier_version_opens(
    engine: sql.Engine, tmp_path: Path, database_url: str | None, revision: str
) -> None:
    """What was stored is there, with what later versions add: public names, order, sizes, the search."""
    fill(engine, tmp_path, revision)
    store = Store(tmp_path, database_url)
    assert [(info.id, info.turns) for info in store.conversations("ann")] == [("new", 0), ("old", 2)]
    first, second = store.load_conversation("old", "ann").turns
    assert first.message == Message("user", "What is it?", (PART.digest,))
    assert first.answer == Answer("A greeting", citations=(SEEN.id,))
    assert (first.observations, first.gaps, first.statuses) == ((SEEN,), (GAP,), (STATUS,))
    assert (first.state, second.state, first.parts[0].text) == ("done", "interrupted", "hello")
    assert len({first.id, second.id, None}) == 3
    assert store.turn("old", first.id, "ann") == first
    assert (store.usage("ann").files, store.usage("ann").bytes) == (1, 5)
    assert {hit.kind for hit in store.search("ann", "what")} == {"question"}
    assert {hit.kind for hit in store.search("ann", "你好")} == {"note"}
    begun = store.retry_turn(second.id, "old", "ann")
    assert store.turn("old", begun.id, "ann").state == "running"
    store.close()
    Store(tmp_path, database_url).close()


def test_migrating_gives_the_tables_of_a_new_database(engine: sql.Engine, tmp_path: Path) -> None:
    """Whether made or migrated, a database has the same tables; the last revision is the one that is asked for."""
    with engine.begin() as connection:
        upgrade(connection, "", tmp_path)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    scripts = ScriptDirectory(str(Path(upgrade.__code__.co_filename).parent / "migrations"))
    assert scripts.get_heads() == [SCHEMA_VERSION]


def test_several_open_an_old_database_at_once(engine: sql.Engine, tmp_path: Path, database_url: str | None) -> None:
    """One of them migrates; the others wait for it and find it done."""
    fill(engine, tmp_path, "first release")
    failures: list[BaseException] = []

    def opening() -> None:
        try:
            start.wait(30)
            Store(tmp_path, database_url).close()
        except BaseException as error:  # collected for the assertion
            failures.append(error)

    start = threading.Barrier(4)
    threads = [threading.Thread(target=opening) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(Store(tmp_path, database_url).load_conversation("old", "ann").turns) == 2


def test_a_migration_that_fails_changes_nothing(engine: sql.Engine, tmp_path: Path, database_url: str | None) -> None:
    """The old tables stay as they were, and the next opening tries again."""
    fill(engine, tmp_path, "first release")
    with engine.begin() as connection:
        connection.execute(sql.text("CREATE TABLE processes (in_the_way INTEGER)"))
    with pytest.raises(AssistantError, match="database"):
        Store(tmp_path, database_url)
    assert "api_keys" not in sql.inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(sql.text("DROP TABLE processes"))
    assert Store(tmp_path, database_url).load_conversation("old", "ann").title == "Older"
