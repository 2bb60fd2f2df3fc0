"""Backups: one moment of everything in one file, and back; what is damaged or forged is refused before it is used."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.media import text_part
from assistant.store import Store
from assistant.store.backup import back_up
from assistant.store.restoring import restore
from assistant.types import Answer, Message, Observation

ANN = "ann"
PART = text_part("hello", "note.txt")


def talk(store: Store, text: str = "hello", owner: str = ANN) -> str:
    conversation = store.create_conversation(owner)
    part = store.keep(text_part(text, "note.txt"), owner)
    begun = store.begin_turn(conversation, owner, Message("user", "what is it?", (part.digest,)), [part])
    store.finish_turn(
        begun.id, owner, state="done", answer=Answer("!"), parts=[part], observations=[], gaps=[], statuses=[]
    )
    return conversation


def saved(store: Store, target: Path) -> Path:
    back_up(store.database, store.files, target)
    return target


def put_back(source: Path, directory: Path) -> Store:
    restore(source, directory, directory / "sensorium.db")
    return Store(directory)


def test_everything_comes_back(tmp_path: Path) -> None:
    """Conversations, media and owners; the file is readable by nobody else; the cache is not in it."""
    store = Store(tmp_path / "a")
    made = [talk(store, f"text {number}") for number in range(3)]
    store.remember("key", [Observation(kind="note", text="cached words", confidence=1.0, part="a" * 64)])
    file = saved(store, tmp_path / "backup.tar")
    assert file.stat().st_mode & 0o077 == 0
    assert b"cached words" not in file.read_bytes()
    back = put_back(file, tmp_path / "b")
    assert [info.id for info in back.conversations(ANN)] == made[::-1]
    for number, conversation in enumerate(made):
        (turn,) = back.load_conversation(conversation, ANN).turns
        assert turn.parts[0].text == f"text {number}"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    readable = [path for path in (tmp_path / "b").rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert readable == []


def test_it_is_made_while_others_write_and_delete(tmp_path: Path) -> None:
    """Whatever happens meanwhile: each conversation in the backup has its files."""
    store, other = Store(tmp_path / "a"), Store(tmp_path / "a")
    for number in range(5):
        talk(store, f"early {number}")
    ended = threading.Event()
    failed: list[BaseException] = []

    def busy() -> None:
        number = 0
        try:
            while not ended.is_set():
                number += 1
                conversation = talk(other, f"text {number}", "bob")
                if number % 2:
                    other.delete_conversation(conversation, "bob")
        except BaseException as error:  # for the assertion
            failed.append(error)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        files = [saved(store, tmp_path / f"backup{number}.tar") for number in range(4)]
    finally:
        ended.set()
        thread.join()
    assert failed == []
    for number, file in enumerate(files):
        back = put_back(file, tmp_path / f"b{number}")
        assert len(back.conversations(ANN)) == 5
        for owner in (ANN, "bob"):
            for info in back.conversations(owner):
                for turn in back.load_conversation(info.id, owner).turns:
                    assert [part.text for part in turn.parts]


def test_what_was_deleted_during_the_backup_is_not_in_it(tmp_path: Path) -> None:
    """A conversation whose file went between the database's moment and the file's turn goes as a whole."""
    store = Store(tmp_path / "a")
    kept, gone = talk(store, "stays"), talk(store, "unique words")

    class Deleting:
        def opened(self, digest: str) -> object:
            if gone in {info.id for info in store.conversations(ANN)}:
                store.delete_conversation(gone, ANN)
            return store.files.opened(digest)

    report = back_up(store.database, Deleting(), tmp_path / "backup.tar")  # type: ignore[arg-type]
    assert report.lost == ()
    back = put_back(tmp_path / "backup.tar", tmp_path / "b")
    assert [info.id for info in back.conversations(ANN)] == [kept]
    assert len([path for path in (tmp_path / "b" / "media").rglob("*") if path.is_file()]) == 1


def test_a_file_that_was_lost_before_is_named(tmp_path: Path) -> None:
    """The rest is kept."""
    store = Store(tmp_path / "a")
    conversation = talk(store)
    store.files.path(PART.digest).unlink()
    assert back_up(store.database, store.files, tmp_path / "backup.tar").lost == (PART.digest,)
    assert put_back(tmp_path / "backup.tar", tmp_path / "b").load_conversation(conversation, ANN).turns


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Neither an existing file by a backup, nor existing data by restoring."""
    store = Store(tmp_path / "a")
    talk(store)
    file = saved(store, tmp_path / "backup.tar")
    before = file.read_bytes()
    with pytest.raises(AssistantError, match="exists already"):
        saved(store, file)
    with pytest.raises(AssistantError, match="empty data directory"):
        put_back(file, tmp_path / "a")
    (tmp_path / "c" / "media" / "ab").mkdir(parents=True)
    (tmp_path / "c" / "media" / "ab" / "file").touch()
    with pytest.raises(AssistantError, match="empty data directory"):
        put_back(file, tmp_path / "c")
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """An error that names the file; nothing is left."""
    store = Store(tmp_path / "a")
    with pytest.raises(AssistantError, match=r"backup\.tar cannot be stored"):
        saved(store, tmp_path / "nowhere" / "backup.tar")
    with pytest.raises(AssistantError, match="does not exist"):
        put_back(tmp_path / "nothing.tar", tmp_path / "b")


Members = list[tuple[tarfile.TarInfo, bytes]]


def members(file: Path) -> Members:
    with tarfile.open(file) as tar:
        return [(member, (tar.extractfile(member) or io.BytesIO()).read()) for member in tar]


def forged(found: Members, target: Path) -> Path:
    with tarfile.open(target, "w") as tar:
        for member, content in found:
            if member.type == tarfile.REGTYPE:
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


def trigger(found: Members) -> Members:
    """A database that does something by itself, with a manifest that fits."""
    position = next(number for number, (member, _) in enumerate(found) if member.name == "sensorium.db")
    with tempfile.NamedTemporaryFile() as file:
        file.write(found[position][1])
        file.flush()
        with closing(sqlite3.connect(file.name)) as connection:
            connection.execute("CREATE TRIGGER x AFTER INSERT ON turns BEGIN DELETE FROM turns; END")
            connection.commit()
        content = Path(file.name).read_bytes()
    told = {"name": "sensorium.db", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    lines = [json.dumps(told).encode() if b"sensorium.db" in line else line for line in found[-1][1].splitlines()]
    manifest = b"\n".join(lines) + b"\n"
    return [*found[:position], (found[position][0], content), *found[position + 1 : -1], (found[-1][0], manifest)]


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda found: [*found[:-1], (entry("../evil"), b"x"), found[-1]], "belongs in no backup"),
        (lambda found: [*found[:-1], (entry("/etc/evil"), b"x"), found[-1]], "belongs in no backup"),
        (lambda found: [*found[:-1], (entry("media/ab/../../evil"), b"x"), found[-1]], "belongs in no backup"),
        (lambda found: [*found[:-1], (entry(f"media/ab/{'c' * 64}"), b"x"), found[-1]], "belongs in no backup"),
        (lambda found: [*found[:-1], (entry("media", tarfile.SYMTYPE, "/etc"), b""), found[-1]], "belongs in no"),
        (
            lambda found: [*found[:-1], (entry(f"media/aa/{'a' * 64}", tarfile.LNKTYPE, "x"), b""), found[-1]],
            "no backup",
        ),
        (lambda found: [*found[:-1], (entry(f"media/aa/{'a' * 64}"), b"x"), found[-1]], "not in its manifest"),
        (lambda found: [*found[:-1], found[1], found[-1]], "belongs in no backup"),
        (lambda found: [found[0], (found[1][0], b"jello"), *found[2:]], "not what was backed up"),
        (lambda found: found[:-1], "manifest is missing"),
        (lambda found: [*found, found[1]], "follows its manifest"),
        (lambda found: found[1:], "does not begin with a header"),
        (lambda found: [(found[0][0], b'{"format": "x", "version": 1}'), *found[1:]], "something else"),
        (lambda found: [(found[0][0], b"not json"), *found[1:]], "header cannot be read"),
        (trigger, "not one of ours"),
    ],
)
def test_forged_backups_are_refused(forge: Callable[[Members], Members], said: str, tmp_path: Path) -> None:
    """Nothing is written outside the data directory, and nothing stays in it."""
    store = Store(tmp_path / "a")
    talk(store)
    file = forged(forge(members(saved(store, tmp_path / "good.tar"))), tmp_path / "forged.tar")
    with pytest.raises(AssistantError, match=said):
        put_back(file, tmp_path / "data" / "b")
    assert list((tmp_path / "data" / "b").iterdir()) == []
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["b"]


def test_backups_that_are_cut_short_or_no_backups(tmp_path: Path) -> None:
    """Wherever it ends; and a later format asks for an upgrade."""
    store = Store(tmp_path / "a")
    talk(store)
    file = saved(store, tmp_path / "good.tar")
    content = file.read_bytes()
    for cut in (0, 100, 512, 1600, len(content) // 2, len(content) - 12_000):
        (tmp_path / "cut.tar").write_bytes(content[:cut])
        with pytest.raises(AssistantError, match="no backup"):
            put_back(tmp_path / "cut.tar", tmp_path / "b")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(AssistantError, match="no backup"):
        put_back(tmp_path / "text", tmp_path / "b")
    found = members(file)
    later = forged([(found[0][0], found[0][1].replace(b'"version": 1', b'"version": 2')), *found[1:]], tmp_path / "l")
    with pytest.raises(AssistantError, match="Upgrade"):
        put_back(later, tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == []


def test_media_beside_a_database_server(postgres: object, tmp_path: Path) -> None:
    """Of a server's database only the media are taken, and put back beside what the server's own means restored."""
    url = postgres.new_database()  # type: ignore[attr-defined]
    store = Store(tmp_path / "a", url)
    conversation = talk(store)
    report = back_up(store.database, store.files, tmp_path / "backup.tar")
    assert (report.database, report.files) == (False, 1)
    assert restore(tmp_path / "backup.tar", tmp_path / "b", None).files == 1
    (turn,) = Store(tmp_path / "b", url).load_conversation(conversation, ANN).turns
    assert turn.parts[0].text == "hello"
    saved(Store(tmp_path / "c"), tmp_path / "sqlite.tar")
    with pytest.raises(AssistantError, match="name a database server"):
        restore(tmp_path / "sqlite.tar", tmp_path / "d", None)
    store.close()
