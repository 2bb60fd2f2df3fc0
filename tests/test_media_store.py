"""The local media store and what refers to it: what is needed stays, what is deleted is gone, checks find the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import NotFound
from assistant.media import text_part
from assistant.store import Store
from assistant.store.checking import check
from assistant.store.deletion import clear_cache, complete
from assistant.store.files import LocalFiles
from assistant.types import Answer, Message, Observation, Part

ROOT = Path(__file__).parents[1]
ANN, BOB = "ann", "bob"
PART = text_part("hello", "note.txt")
SEEN = Observation(kind="note", text="greeting", confidence=0.9, part=PART.digest, source="eyes")


def talk(store: Store, owner: str, part: Part = PART, question: str = "what is it?") -> str:
    conversation = store.create_conversation(owner)
    kept = store.keep(part, owner)
    begun = store.begin_turn(conversation, owner, Message("user", question, (part.digest,)), [kept])
    store.finish_turn(
        begun.id, owner, state="done", answer=Answer("!"), parts=[kept], observations=[], gaps=[], statuses=[]
    )
    return conversation


def media(directory: Path) -> list[Path]:
    return [path for path in (directory / "media").rglob("*") if path.is_file()]


def old(paths: Iterable[Path]) -> None:
    for path in paths:
        os.utime(path, (10**9, 10**9))


def test_a_file_deleted_while_it_is_being_claimed(tmp_path: Path) -> None:
    """Someone finds a file there, and before they claim it its last owner deletes it: they have it afterwards."""
    store = Store(tmp_path)
    first = talk(store, ANN)

    class Racing(LocalFiles):
        raced = False

        def write(self, part: Part) -> Part:
            kept = super().write(part)
            if not self.raced:
                self.raced = True
                store.delete_conversation(first, ANN)
                assert media(tmp_path) == []
            return kept

    other = Store(tmp_path, files=Racing(tmp_path / "media"))
    conversation = other.create_conversation(BOB)
    other.begin_turn(conversation, BOB, Message("user", "x", (PART.digest,)), [PART])
    assert store.part(PART.digest, BOB).text == "hello"


def test_a_deletion_that_fails_loses_nothing(tmp_path: Path) -> None:
    """Files go after the rows that named them are gone for good."""
    store = Store(tmp_path)
    conversation = talk(store, ANN)

    class Failing(LocalFiles):
        def remove(self, digests: Iterable[str]) -> bool:
            assert store.conversations(ANN) == ()
            return False

    other = Store(tmp_path, files=Failing(tmp_path / "media"))
    other.delete_conversation(conversation, ANN)
    assert len(media(tmp_path)) == 1
    old(media(tmp_path))
    found = check(store.database, store.files, mend=True)
    assert (found.unneeded, found.unneeded_bytes, found.sound) == (1, 5, True)
    assert media(tmp_path) == []


def test_a_deletion_that_was_interrupted_is_completed(tmp_path: Path) -> None:
    """Killed between rows and files, or with the place of the files out of reach: the next look deletes them, but not
    what somebody brought again.
    """
    store = Store(tmp_path)
    other = text_part("other", "b.txt")
    conversation = talk(store, ANN)
    again = talk(store, ANN, other)
    script = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); from test_media_store import *\n"
        "class Killed(LocalFiles):\n"
        "    def remove(self, digests): os._exit(9)\n"
        "directory = Path(sys.argv[1]); store = Store(directory, files=Killed(directory / 'media'))\n"
        "store.delete_conversation(sys.argv[3], ANN)"
    )
    for each in (conversation, again):
        command = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent), each]
        assert subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False).returncode == 9
    assert store.conversations(ANN) == ()
    assert len(media(tmp_path)) == 2
    talk(store, BOB, other)
    complete(store.database, store.files)
    assert [path.name for path in media(tmp_path)] == [other.digest]
    assert store.part(other.digest, BOB).text == "other"
    complete(store.database, store.files)


def test_what_was_taken_out_of_it_goes_too(tmp_path: Path) -> None:
    """Cached frames of a deleted video, and what was perceived in them, go with it; those of others stay."""
    store = Store(tmp_path)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent=PART.digest)
    store.remember("frames", [frame])
    store.remember("frame", [replace(SEEN, part=frame.digest, text="a face in a frame")])
    store.remember("other", [replace(SEEN, part="e" * 64)])
    anns, bobs = talk(store, ANN), talk(store, BOB)
    store.delete_conversation(anns, ANN)
    assert store.recall("frames") == (frame,)
    store.delete_conversation(bobs, BOB)
    assert [store.recall(key) for key in ("frames", "frame")] == [None, None]
    assert store.recall("other")
    assert media(tmp_path) == []


def test_clearing_the_cache(tmp_path: Path) -> None:
    """Everything perceived that is no part of a conversation is forgotten; conversations keep theirs."""
    store = Store(tmp_path)
    talk(store, ANN)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent="d" * 64)
    store.remember("frames", [frame])
    store.remember("seen", [SEEN])
    assert clear_cache(store.database, store.files) == 2
    assert (store.recall("frames"), store.recall("seen")) == (None, None)
    assert [path.name for path in media(tmp_path)] == [PART.digest]


def test_deleting_an_owner(tmp_path: Path) -> None:
    """All of theirs, whatever has become of it, and nothing of anybody else's."""
    store = Store(tmp_path)
    for number in range(60):
        store.create_conversation(ANN, f"{number}")
    talk(store, ANN)
    talk(store, BOB)
    store.keep(text_part("never asked about", "b.txt"), ANN)
    assert store.delete_owner(ANN) == 61
    assert store.conversations(ANN) == ()
    with pytest.raises(NotFound):
        store.part(PART.digest, ANN)
    assert store.part(PART.digest, BOB).text == "hello"
    assert len(media(tmp_path)) == 1
    assert store.delete_owner("nobody") == 0


def test_a_check_finds_what_crashes_left(tmp_path: Path) -> None:
    """Files without rows, half-written ones and rows without conversation are deleted; cached ones are not; what is
    young is let be.
    """
    store = Store(tmp_path)
    talk(store, ANN)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent="d" * 64)
    store.remember("frames", [frame])
    store.files.write(text_part("left over", "a.txt"))
    store.keep(text_part("never asked about", "b.txt"), BOB)
    half = tmp_path / "media" / PART.digest[:2] / ".half-x"
    half.write_bytes(b"12")
    young = check(store.database, store.files)
    assert (young.unneeded, young.half_written, young.unused, young.sound) == (0, 0, 0, True)
    old(media(tmp_path))
    found = check(store.database, store.files, grace=-1)
    assert (found.files, found.unneeded, found.half_written, found.unused) == (3, 1, 1, 1)
    assert not found.sound
    assert len(media(tmp_path)) == 5
    mended = check(store.database, store.files, mend=True, grace=-1)
    assert mended.sound
    again = check(store.database, store.files, grace=-1)
    assert (again.files, again.sound) == (2, True)
    assert store.part(PART.digest, ANN).text == "hello"
    assert store.recall("frames") == (frame,)


def test_a_check_names_what_is_missing_or_damaged(tmp_path: Path) -> None:
    """Only a backup mends that; damage is looked for on demand."""
    store = Store(tmp_path)
    other = text_part("other", "b.txt")
    talk(store, ANN)
    talk(store, ANN, other)
    store.files.path(PART.digest).unlink()
    store.files.path(other.digest).write_bytes(b"jello")
    assert check(store.database, store.files, mend=True).missing == (PART.digest,)
    found = check(store.database, store.files, verify=True)
    assert (found.missing, found.damaged, found.sound) == ((PART.digest,), (other.digest,), False)


def test_a_check_while_others_come_and_go(tmp_path: Path) -> None:
    """Mending beside people who store and delete the same file takes nothing from anybody."""
    store, other = Store(tmp_path), Store(tmp_path)
    ended = threading.Event()
    failed: list[BaseException] = []

    def mend() -> None:
        try:
            while not ended.is_set():
                check(other.database, other.files, mend=True, grace=-10)
        except BaseException as error:  # for the assertion
            failed.append(error)

    thread = threading.Thread(target=mend)
    thread.start()
    try:
        for _ in range(20):
            conversation = store.create_conversation(ANN)
            store.begin_turn(conversation, ANN, Message("user", "x", (PART.digest,)), [PART])
            assert store.part(PART.digest, ANN).text == "hello"
            store.delete_conversation(conversation, ANN)
    finally:
        ended.set()
        thread.join()
    assert failed == []
    assert media(tmp_path) == []


PHRASE, PIXELS = "zanzibar-quincunx-7731", bytes(range(200, 256)) * 30
SCRIPT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_media_store import *
store = Store(Path(sys.argv[1]))
write_secrets(store)
for info in store.conversations(ANN):
    store.delete_conversation(info.id, ANN)
os.kill(os.getpid(), signal.SIGKILL)
"""


def write_secrets(store: Store) -> None:
    """A unique phrase wherever text is kept, and unique bytes wherever media are."""
    picture = Part("image", "c" * 64, f"{PHRASE}.png", "image/png", PIXELS)
    frame = Part("image", "f" * 64, "frame", "image/jpeg", PIXELS[::-1], parent=picture.digest)
    seen = replace(SEEN, text=f"{PHRASE} seen", part=picture.digest)
    store.remember("key", [seen, frame])
    conversation = store.create_conversation(ANN)
    kept = store.keep(picture, ANN)
    begun = store.begin_turn(conversation, ANN, Message("user", f"{PHRASE}?", (picture.digest,)), [kept])
    store.add_to_turn(begun.id, ANN, streamed=f"half of {PHRASE}")
    store.finish_turn(
        begun.id,
        ANN,
        state="done",
        answer=Answer(f"{PHRASE}!"),
        parts=[kept],
        observations=[seen],
        gaps=[],
        statuses=[],
    )


def holding(directory: Path) -> list[str]:
    needles = (PHRASE.encode(), PIXELS[:64], PIXELS[::-1][:64])
    return [
        path.name
        for path in directory.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_deleted_is_deleted(tmp_path: Path) -> None:
    """No byte of text, picture, cached observation or search index is left in any file, while the store is open too."""
    store = Store(tmp_path)
    talk(store, BOB, question="something that stays")
    write_secrets(store)
    assert holding(tmp_path)
    for info in store.conversations(ANN):
        store.delete_conversation(info.id, ANN)
    assert holding(tmp_path) == []
    store.close()
    assert holding(tmp_path) == []


def test_deleted_is_deleted_when_killed_after(tmp_path: Path) -> None:
    """Killed as soon as the deletion was acknowledged: nothing is left either, before and after the next start."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(Path(__file__).parent)]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert holding(tmp_path) == []
    Store(tmp_path).close()
    assert holding(tmp_path) == []


def test_deleting_an_owner_leaves_no_trace(tmp_path: Path) -> None:
    """As for a single conversation."""
    store = Store(tmp_path)
    write_secrets(store)
    store.delete_owner(ANN)
    assert holding(tmp_path) == []


def test_deletion_and_checks_on_either_kind_of_database(database_url: str | None, tmp_path: Path) -> None:
    """What is needed, unneeded and unused is the same for both."""
    store = Store(tmp_path, database_url)
    talk(store, ANN)
    conversation = talk(store, BOB)
    store.remember("key", [Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent=PART.digest)])
    store.keep(text_part("never asked about", "b.txt"), BOB)
    store.files.write(text_part("left over", "a.txt"))
    old(media(tmp_path))
    found = check(store.database, store.files, grace=-1, verify=True, mend=True)
    assert (found.files, found.unneeded, found.unused, found.damaged) == (3, 1, 1, ())
    assert check(store.database, store.files, grace=-1).sound
    store.delete_conversation(conversation, BOB)
    assert store.recall("key")
    assert store.delete_owner(ANN) == 1
    assert store.recall("key") is None
    assert media(tmp_path) == []
    store.close()
