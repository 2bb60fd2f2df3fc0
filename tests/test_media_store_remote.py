"""Media in an object store: durable there before they count as stored, fetched and verified when they are read."""

from __future__ import annotations

import io
import os
import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from s3_server import S3, serving

from assistant.app import Assistant
from assistant.errors import MissingLibrary, NotFound, SettingsError, Unavailable, UnreadableMedia
from assistant.host import Host
from assistant.media import Media, text_part
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.archive import export
from assistant.store.backup import back_up
from assistant.store.checking import check
from assistant.store.deletion import complete
from assistant.store.files import MediaFiles, identity, media_files
from assistant.store.importing import import_from
from assistant.store.restoring import restore
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Message, Part

pytest.importorskip("obstore")
URL = "s3://media/some/prefix"
PART = text_part("hello", "note.txt")


@pytest.fixture
def s3() -> Iterator[S3]:
    with serving() as state:
        yield state


def files_at(s3: S3, directory: Path, cap: int = 2**20) -> MediaFiles:
    return media_files(directory, URL, s3.options, cap)


def copies(directory: Path) -> list[Path]:
    return [path for path in (directory / "media-cache").rglob("*") if path.is_file()]


def test_what_counts_as_stored_is_there(s3: S3, tmp_path: Path) -> None:
    """The object lies under the prefix by its digest; writing it again sends nothing; deletion is there and here."""
    files = files_at(s3, tmp_path)
    kept = files.write(PART)
    assert s3.objects == {f"some/prefix/{PART.digest[:2]}/{PART.digest}": b"hello"}
    assert kept.read_bytes() == b"hello"
    files.write(PART)
    files.write(kept)
    assert sum(each.startswith("PUT") for each in s3.asked) == 1
    s3.objects["some/prefix/readme.txt"] = b"somebody else's"
    assert [(each.name, each.bytes) for each in files.listed()] == [(PART.digest, 5)]
    del s3.objects["some/prefix/readme.txt"]
    assert files.remove([PART.digest])
    assert files.remove([PART.digest])
    assert s3.objects == {}
    assert copies(tmp_path) == []


def test_another_machine_fetches_it_when_it_is_read(s3: S3, tmp_path: Path) -> None:
    """Nothing is fetched before the bytes are wanted; then once; the copy serves through an outage."""
    files_at(s3, tmp_path / "one").write(PART)
    files = files_at(s3, tmp_path / "two")
    s3.asked.clear()
    part = files.part(PART.to_json())
    assert s3.asked == []
    assert isinstance(part.content, Path)
    assert part.content.is_file()
    assert part.read_bytes() == b"hello"
    s3.failing = 10**6
    assert part.read_bytes() == b"hello"
    assert part.content.stat().st_size == 5
    assert pickle.loads(pickle.dumps(part.content)).read_bytes() == b"hello"
    assert sum(each.startswith("GET") for each in s3.asked) == 1
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies(tmp_path / "two"))


def test_large_files_travel_in_pieces(s3: S3, tmp_path: Path) -> None:
    """A file of many megabytes comes back as it was, from memory and from a path."""
    big = os.urandom(2**20) * 13
    (tmp_path / "big.bin").write_bytes(big)
    part = replace(PART, content=tmp_path / "big.bin", digest="b" * 64)
    files_at(s3, tmp_path / "one", cap=2**26).write(part)
    source, size = files_at(s3, tmp_path / "two").opened(part.digest)
    with source:
        assert size == len(big)
        assert b"".join(iter(lambda: source.read(2**20), b"")) == big


def test_what_was_damaged_there_is_not_used(s3: S3, tmp_path: Path) -> None:
    """Bytes that do not give the digest are refused with what to do, and not kept."""
    files_at(s3, tmp_path / "one").write(PART)
    (key,) = s3.objects
    s3.objects[key] = b"jello"
    files = files_at(s3, tmp_path / "two")
    with pytest.raises(UnreadableMedia, match=r"note\.txt was damaged"):
        files.part(PART.to_json()).read_bytes()
    assert copies(tmp_path / "two") == []


def test_the_copies_stay_within_their_bound(s3: S3, tmp_path: Path) -> None:
    """The least recently used copies go; what they were copies of does not."""
    files = files_at(s3, tmp_path, cap=10_000)
    parts = [files.write(text_part(str(number) * 1000, "note")) for number in range(30)]
    long_ago = 10**9
    for number, path in enumerate(sorted(copies(tmp_path))):
        os.utime(path, (long_ago + number, long_ago + number))
    files.write(text_part("one more" * 100, "note"))
    held = sum(path.stat().st_size for path in copies(tmp_path))
    assert held <= 10_000
    assert len(s3.objects) == 31
    assert [part.read_bytes() for part in parts] == [str(number).encode() * 1000 for number in range(30)]


def test_a_hiccup_is_retried_and_an_outage_is_said(s3: S3, tmp_path: Path) -> None:
    """Two failures in a row are not noticed; a lasting one is an error that names the setting; nothing is stored."""
    files = files_at(s3, tmp_path)
    s3.failing = 2
    files.write(PART)
    s3.failing = 10**6
    with pytest.raises(Unavailable, match="media_url"):
        files.write(text_part("other", "other.txt"))
    asked = len(s3.asked)
    assert not files.remove([PART.digest])
    assert len(s3.asked) - asked <= 3
    s3.failing = 0
    assert len(s3.objects) == 1


def test_wrong_keys_and_wrong_urls_name_the_setting(s3: S3, tmp_path: Path) -> None:
    """Refused access and an unknown kind of place are errors of the settings."""
    with pytest.raises(SettingsError, match="media_options"):
        media_files(tmp_path, URL, {**s3.options, "access_key_id": "stranger"}).write(PART)
    for url, options in (("nosuch://place/x", {}), (URL, {**s3.options, "nosuch": "option"})):
        with pytest.raises(SettingsError, match="media_url"):
            media_files(tmp_path, url, options)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A URL needs an optional package; the error says which."""
    monkeypatch.setitem(__import__("sys").modules, "obstore.store", None)
    with pytest.raises(MissingLibrary, match=r"sensorium\[s3\]"):
        media_files(tmp_path, URL)


def test_decoders_read_it_as_any_file(s3: S3, tmp_path: Path) -> None:
    """Pictures and recordings that have no copy here are decoded all the same; an outage is said as what it is."""
    tools = Media()
    picture = tools.image_part(np.full((4, 6, 3), 200, np.uint8), "grey.jpg")
    sound = tools.audio_part(np.zeros(1600, np.float32), "silence.wav")
    here = files_at(s3, tmp_path / "one")
    there = [files_at(s3, tmp_path / "two").part(here.write(part).to_json()) for part in (picture, sound)]
    assert tools.image(there[0]).rgb.shape == (4, 6, 3)
    assert sum(len(block) for block in tools.audio(there[1]).blocks()) == 1600
    (part,) = [files_at(s3, tmp_path / "three").part(picture.to_json())]
    s3.failing = 10**6
    with pytest.raises(Unavailable, match="media store"):
        Media().image(part)


def test_threads_fetch_one_file_at_once(s3: S3, tmp_path: Path) -> None:
    """However many readers, each gets the whole file."""
    files_at(s3, tmp_path / "one").write(PART)
    part = files_at(s3, tmp_path / "two").part(PART.to_json())
    start, read = threading.Barrier(8), []

    def work() -> None:
        start.wait(10)
        read.append(part.read_bytes())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert read == [b"hello"] * 8
    assert len(copies(tmp_path / "two")) == 1


def test_a_store_over_it(s3: S3, tmp_path: Path) -> None:
    """Conversations read and delete their media there; a lost object is a file that is not there."""
    store = Store(tmp_path, files=files_at(s3, tmp_path))
    conversation = store.create_conversation("ann")
    kept = store.keep(PART, "ann")
    store.begin_turn(conversation, "ann", Message("user", "what?", (PART.digest,)), [kept])
    assert store.part(PART.digest, "ann").text == "hello"
    frame = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", parent=PART.digest)
    store.remember("key", [frame])
    assert store.recall("key") == (frame,)
    store.delete_conversation(conversation, "ann")
    assert s3.objects == {}
    with pytest.raises(NotFound):
        store.part(PART.digest, "ann")
    assert store.recall("key") is None


def test_backup_export_and_check_read_it(s3: S3, tmp_path: Path) -> None:
    """Without filling the copies here; what comes out is restored or imported into a local directory."""
    store = Store(tmp_path / "a", files=files_at(s3, tmp_path / "a"))
    conversation = store.create_conversation("ann")
    big = Part("audio", "", "long.wav", "audio/wav", os.urandom(3 * 2**20 + 7))
    big = replace(big, digest=identity(big))
    store.begin_turn(conversation, "ann", Message("user", "?", (PART.digest, big.digest)), [PART, big])
    for path in copies(tmp_path / "a"):
        path.unlink()
    back_up(store.database, store.files, tmp_path / "backup.tar")
    exported = io.BytesIO()
    export(store.database, store.files, exported)
    assert copies(tmp_path / "a") == []
    restore(tmp_path / "backup.tar", tmp_path / "b", tmp_path / "b" / "sensorium.db")
    other = Store(tmp_path / "c")
    exported.seek(0)
    import_from(exported, other.database, other.files, tmp_path, media_bytes=2**23)
    for back in (Store(tmp_path / "b"), other):
        (turn,) = back.load_conversation(conversation, "ann").turns
        assert [part.read_bytes() for part in turn.parts] == [b"hello", big.content]
    assert check(store.database, store.files, verify=True).sound
    key = next(key for key in s3.objects if key.endswith(big.digest))
    for path in copies(tmp_path / "a"):
        path.unlink()
    s3.objects[key] = b"damaged"
    assert check(store.database, store.files, verify=True).damaged == (big.digest,)
    del s3.objects[key]
    assert check(store.database, store.files, grace=-10).missing == (big.digest,)


def test_a_deletion_during_an_outage_is_completed_afterwards(s3: S3, tmp_path: Path) -> None:
    """The conversation is gone at once, its file when the place can be reached again."""
    store = Store(tmp_path, files=files_at(s3, tmp_path))
    conversation = store.create_conversation("ann")
    store.begin_turn(conversation, "ann", Message("user", "what?", (PART.digest,)), [PART])
    s3.failing = 10**6
    store.delete_conversation(conversation, "ann")
    assert store.conversations("ann") == ()
    complete(store.database, store.files)
    s3.failing = 0
    assert len(s3.objects) == 1
    complete(store.database, store.files)
    assert s3.objects == {}


def test_the_assistant_uses_it_by_its_settings(s3: S3, tmp_path: Path) -> None:
    """With media_url a conversation's files are in the object store and a later process answers about them."""
    settings = Settings(data_dir=tmp_path, media_url=URL, media_options=s3.options)

    def assistant() -> Assistant:
        fakes = FakePlugin(FakePerceiver("eyes"), FakeAnswerer())
        return Assistant(settings, host=Host(settings, plugins={"fakes": fakes}, discover=False))

    with assistant() as first:
        conversation = first.store.create_conversation("local")
        first.ask("what is it?", text_part("hello", "note.txt"), conversation=conversation)
    assert b"hello" in s3.objects.values()
    for path in copies(tmp_path):
        path.unlink()
    with assistant() as second:
        (turn,) = second.store.load_conversation(conversation, "local").turns
        assert turn.parts[0].text == "hello"
        second.delete_conversation(conversation)
    assert s3.objects == {}
