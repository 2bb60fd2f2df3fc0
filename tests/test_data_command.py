"""`assistant data`: what people and scripts get from it, and exit codes that mean something."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import FAILED, INCOMPLETE, cli
from assistant.media import text_part
from assistant.store import Store
from assistant.types import Answer, Message, Observation

ROOT = Path(__file__).parents[1]
PART = text_part("hello", "note.txt")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory with a conversation each of two people, and something in the cache."""
    store = Store(tmp_path / "data")
    for owner in ("local", "user:bob"):
        conversation = store.create_conversation(owner)
        kept = store.keep(PART, owner)
        begun = store.begin_turn(conversation, owner, Message("user", "what is it?", (PART.digest,)), [kept])
        store.finish_turn(
            begun.id, owner, state="done", answer=Answer("!"), parts=[kept], observations=[], gaps=[], statuses=[]
        )
    store.remember("key", [Observation(kind="note", text="x", confidence=1.0, part="a" * 64)])
    store.close()
    return tmp_path / "data"


def run(home: Path, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["--data-dir", str(home), "data", *arguments], input=answer)


def as_json(home: Path, *arguments: str) -> dict[str, Any]:
    result = run(home, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_where_and_usage(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places without passwords; sizes by owner; the same file counts once in the whole."""
    assert str(home / "sensorium.db") in run(home, "where").stdout
    monkeypatch.setenv("ASSISTANT_DATABASE", "postgresql://me:secret@db/x")
    assert "secret" not in run(home, "where").stdout
    monkeypatch.delenv("ASSISTANT_DATABASE")
    used = as_json(home, "usage")
    assert used["owners"] == [
        {"owner": owner, "conversations": 1, "files": 1, "bytes": 5} for owner in ("local", "user:bob")
    ]
    assert used["media"] == {"files": 1, "bytes": 5}
    assert used["observation_cache"]["bytes"] > 0
    assert "user:bob" in run(home, "usage").stdout


def test_backup_and_restore(home: Path, tmp_path: Path) -> None:
    """What is backed up is restored into an empty directory, and nowhere else."""
    file = tmp_path / "backup.tar"
    assert as_json(home, "backup", str(file))["files"] == 2
    assert run(home, "backup", str(file)).exit_code == FAILED
    assert run(home, "restore", str(file)).exit_code == FAILED
    assert "restored" in run(tmp_path / "other", "restore", str(file)).stdout
    assert as_json(tmp_path / "other", "usage")["owners"] == as_json(home, "usage")["owners"]


def test_a_backup_with_a_lost_file(home: Path, tmp_path: Path) -> None:
    """It is made, the file is named, and the code is 3; an export is no different."""
    (home / "media" / PART.digest[:2] / PART.digest).unlink()
    result = run(home, "backup", str(tmp_path / "backup.tar"))
    assert result.exit_code == INCOMPLETE
    assert PART.digest in result.stderr
    assert run(home, "export", str(tmp_path / "export.jsonl")).exit_code == INCOMPLETE


def test_export_and_import(home: Path, tmp_path: Path) -> None:
    """One owner's conversations move to another directory, under another name, once."""
    file = tmp_path / "export.jsonl"
    assert as_json(home, "export", str(file), "--owner", "user:bob")["conversations"] == 1
    assert file.stat().st_mode & 0o077 == 0
    assert run(home, "export", str(file)).exit_code == FAILED
    other = tmp_path / "other"
    assert as_json(other, "import", str(file), "--owner", "user:carol")["conversations"] == 1
    assert "0 conversations" in run(other, "import", str(file), "--owner", "user:carol").stdout
    assert [each["owner"] for each in as_json(other, "usage")["owners"]] == ["user:carol"]
    file.write_text("nonsense\n")
    result = run(other, "import", str(file))
    assert (result.exit_code, "Line 1" in result.stderr) == (FAILED, True)


def test_prune(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the settings; a dry run changes nothing; a clock that is not believed is said and ends with 1."""
    assert as_json(home, "prune")["conversations"] == []
    with closing(sqlite3.connect(home / "sensorium.db")) as connection:
        connection.execute("UPDATE conversations SET updated = updated - 40 * 86400 WHERE owner = 'local'")
        connection.commit()
    monkeypatch.setenv("ASSISTANT_RETENTION__DAYS", "30")
    assert [each["owner"] for each in as_json(home, "prune", "--dry-run")["conversations"]] == ["local"]
    assert "1 conversations deleted" in run(home, "prune").stdout
    assert [each["owner"] for each in as_json(home, "usage")["owners"]] == ["user:bob"]
    with closing(sqlite3.connect(home / "sensorium.db")) as connection:
        connection.execute("UPDATE conversations SET updated = updated + 40 * 86400")
        connection.commit()
    result = run(home, "prune")
    assert result.exit_code == FAILED
    assert "--trust-clock" in result.stderr


def test_check(home: Path) -> None:
    """Sound is 0; what nothing refers to is found with 1, and mended with 0."""
    assert run(home, "check", "--verify").exit_code == 0
    left = home / "media" / "ab" / ("ab" * 32)
    left.parent.mkdir()
    left.write_bytes(b"left over")
    os.utime(left, (10**9, 10**9))
    result = run(home, "check")
    assert (result.exit_code, "--mend" in result.stdout) == (1, True)
    assert as_json(home, "check", "--mend")["unneeded"] == 1
    assert not left.exists()
    (home / "media" / PART.digest[:2] / PART.digest).write_bytes(b"jello")
    result = run(home, "check", "--verify")
    assert (result.exit_code, f"damaged: {PART.digest}" in result.stdout) == (1, True)


def test_delete(home: Path) -> None:
    """It asks; it says what is missing; it deletes one owner, the cache, or both."""
    assert run(home, "delete").exit_code == 2
    assert run(home, "delete", "--owner", "local", answer="n\n").exit_code == 1
    assert len(as_json(home, "usage")["owners"]) == 2
    assert run(home, "delete", "--owner", "local", answer="y\n").exit_code == 0
    assert [each["owner"] for each in as_json(home, "usage")["owners"]] == ["user:bob"]
    assert as_json(home, "delete", "--cache", "--owner", "user:bob", "--yes") == {"conversations": 1, "cached": 1}
    used = as_json(home, "usage")
    assert (used["owners"], used["media"]["files"], used["observation_cache"]["bytes"]) == ([], 0, 0)


def test_every_command_is_documented() -> None:
    """docs/cli.md and docs/data.md name each of them."""
    from assistant.commands.data import data

    for page in ("cli.md", "data.md"):
        text = (ROOT / "docs" / page).read_text()
        assert [name for name in data.commands if f"data {name}" not in text] == []
