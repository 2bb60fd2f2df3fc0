"""Export and import: what comes out goes in again, once; nothing in the file is trusted."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError, NotFound
from assistant.media import text_part
from assistant.store import Store
from assistant.store.archive import export
from assistant.store.importing import import_from
from assistant.types import Answer, Gap, Message, Observation, Part, Status

ANN, BOB = "ann", "user:bob"
PART = text_part("hello", "note.txt")
MEGABYTES = 2**20


def written(store: Store, owner: str | None = None) -> bytes:
    target = io.BytesIO()
    export(store.database, store.files, target, owner)
    return target.getvalue()


def read(
    store: Store, content: bytes, tmp_path: Path, owner: str | None = None, cap: int = MEGABYTES
) -> tuple[int, int]:
    report = import_from(io.BytesIO(content), store.database, store.files, tmp_path, owner=owner, media_bytes=cap)
    return report.conversations, report.skipped


def talk(
    store: Store, owner: str, parts: list[Part], question: str = "what?", seen: list[Observation] | None = None
) -> str:
    conversation = store.create_conversation(owner)
    kept = [store.keep(part, owner) for part in parts]
    begun = store.begin_turn(conversation, owner, Message("user", question, tuple(part.digest for part in parts)), kept)
    store.finish_turn(
        begun.id,
        owner,
        state="done",
        answer=Answer("an answer", short="x", confidence=0.5, citations=("a",), answerer="test", tokens=(1, 2)),
        parts=kept,
        observations=seen or [],
        gaps=[Gap(cause="timeout", message="too slow", part=PART.digest)],
        statuses=[Status("eyes", PART.digest, "note.txt", "done", 12.0)],
    )
    return conversation


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def unlines(values: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def media(directory: Path) -> list[Path]:
    return [path for path in (directory / "media").rglob("*") if path.is_file()]


def comparable(store: Store, conversation: str, owner: str) -> list[Any]:
    """A conversation without what tells one store from another: paths, and times of storing."""
    loaded = store.load_conversation(conversation, owner)
    return [loaded.title] + [
        (
            replace(turn, parts=()),
            [(part, part.name, part.facts, part.parent, part.span, part.read_bytes()) for part in turn.parts],
        )
        for turn in loaded.turns
    ]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Callable[[], Store], Path]:
    """One store for many examples, and a way to a fresh one."""
    directory = tmp_path_factory.mktemp("archives")
    fresh = iter(range(10**6))
    return Store(directory / "from"), lambda: Store(directory / f"to{next(fresh)}"), directory


OBSERVATIONS = st.builds(
    Observation,
    kind=st.text(min_size=1),
    text=st.text(),
    confidence=st.integers(0, 10_000).map(lambda number: number / 10_000),
    part=st.just(PART.digest),
    box=st.none() | st.tuples(*[st.floats(0, 1)] * 4),
    span=st.none() | st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    data=st.dictionaries(st.text(), st.none() | st.text() | st.integers(-(2**60), 2**60), max_size=3),
    source=st.text(),
    derived_from=st.lists(st.text(), max_size=2).map(tuple),
)


@settings(max_examples=15, deadline=None)
@given(
    said=st.lists(
        st.tuples(
            st.text(max_size=60),
            st.lists(st.text(min_size=1, max_size=300), max_size=2),
            st.lists(OBSERVATIONS, max_size=3, unique_by=lambda each: each.id),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_conversation_comes_back(
    two: tuple[Store, Callable[[], Store], Path],
    said: list[tuple[str, list[str], list[Observation]]],
) -> None:
    """Whatever was asked, seen and answered is the same after export and import, and importing again adds nothing."""
    store, fresh, directory = two
    made = [
        talk(store, ANN, [text_part(text, f"{n}.txt") for n, text in enumerate(texts)], question, seen)
        for question, texts, seen in said
    ]
    content = written(store, ANN)
    other = fresh()
    assert read(other, content, directory) == (len(made), 0)
    assert [info.id for info in other.conversations(ANN)] == [info.id for info in store.conversations(ANN)]
    for conversation in made:
        assert comparable(other, conversation, ANN) == comparable(store, conversation, ANN)
    assert read(other, content, directory) == (0, len(made))
    assert lines(written(other, ANN))[1:] == lines(content)[1:]
    store.delete_owner(ANN)
    other.close()


def test_a_video_and_what_was_taken_out_of_it(tmp_path: Path) -> None:
    """The digests of frames and sound, which say where they come from, are verified too."""
    import numpy as np

    from assistant.media import Media

    tools = Media()
    video = text_part("stands for a video", "clip.mp4")
    frame = tools.image_part(np.zeros((4, 4, 3), np.uint8), "frame", parent=video, span=(3.25, 3.25))
    sound = tools.audio_part(np.zeros(160, np.float32), "sound", parent=video, span=(0.0, 1))
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    conversation = talk(store, ANN, [video, frame, sound])
    assert read(other, written(store), tmp_path) == (1, 0)
    assert comparable(other, conversation, ANN) == comparable(store, conversation, ANN)


def test_one_owner_or_all(tmp_path: Path) -> None:
    """An export of one holds nothing of another; media that two have travel once; --owner takes all over."""
    store = Store(tmp_path / "a")
    talk(store, ANN, [PART], "ann's question")
    talk(store, BOB, [PART], "bob's question")
    assert b"bob" not in written(store, ANN)
    everything = written(store)
    assert everything.count(base64.b64encode(b"hello")) == 1
    other = Store(tmp_path / "b")
    assert read(other, everything, tmp_path) == (2, 0)
    assert [len(other.conversations(owner)) for owner in (ANN, BOB)] == [1, 1]
    assert other.part(PART.digest, BOB).text == "hello"
    third = Store(tmp_path / "c")
    assert read(third, everything, tmp_path, owner="carol") == (2, 0)
    assert read(third, everything, tmp_path, owner="carol") == (0, 2)
    assert len(third.conversations("carol")) == 2
    assert third.conversations(ANN) == ()


def test_ids_of_others_are_not_overwritten(tmp_path: Path) -> None:
    """A file with the id of someone else's conversation becomes one of its own, once; theirs stays as it is."""
    store = Store(tmp_path / "a")
    conversation = talk(store, ANN, [PART], "ann's")
    content = written(store)
    before = comparable(store, conversation, ANN)
    assert read(store, content, tmp_path, owner=BOB) == (1, 0)
    assert read(store, content, tmp_path, owner=BOB) == (0, 1)
    (info,) = store.conversations(BOB)
    assert info.id != conversation
    assert comparable(store, conversation, ANN) == before
    (mine,), (theirs,) = (store.load_conversation(*each).turns for each in ((info.id, BOB), (conversation, ANN)))
    assert mine.id != theirs.id
    assert mine.parts[0].text == "hello"


def test_nobody_elses_media_come_with_a_forged_file(tmp_path: Path) -> None:
    """To name a digest is not to have it: only media whose bytes are in the file are the importer's afterwards."""
    store = Store(tmp_path / "a")
    talk(store, ANN, [PART])
    forged = [value for value in lines(written(store)) if value.get("type") not in ("media", "bytes")]
    assert read(store, unlines(forged), tmp_path, owner=BOB) == (1, 0)
    (info,) = store.conversations(BOB)
    (turn,) = store.load_conversation(info.id, BOB).turns
    assert (turn.parts, turn.message.parts) == ((), ())
    with pytest.raises(NotFound):
        store.part(PART.digest, BOB)
    claimed = lines(written(store, ANN))
    (described,) = [value for value in claimed if value.get("type") == "media"]
    del described["bytes"]
    with pytest.raises(AssistantError, match="not in the file"):
        read(store, unlines([value for value in claimed if value.get("type") != "bytes"]), tmp_path, owner="eve")


def change(name: str, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    def apply(found: list[dict[str, Any]]) -> None:
        next(each for each in found if each.get("type") == name).update(values)

    return apply


def drop(name: str) -> Callable[[list[dict[str, Any]]], None]:
    def apply(found: list[dict[str, Any]]) -> None:
        found[:] = [each for each in found if each.get("type") != name]

    return apply


def relabel(found: list[dict[str, Any]]) -> None:
    turn = next(each for each in found if each.get("type") == "turn")
    turn["record"]["parts"][0]["media_type"] = "image/svg+xml"


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (change("bytes", base64=base64.b64encode(b"jello").decode()), "digest"),
        (change("bytes", base64="not base64"), "piece of media"),
        (change("bytes", base64=base64.b64encode(b"hello there").decode()), "size"),
        (change("media", bytes=10**9), r"limits\.bytes"),
        (change("media", bytes=-1), r"limits\.bytes"),
        (change("media", part={"digest": "../../etc/passwd"}), "modality is missing"),
        (change("conversation", id="../x"), "belongs"),
        (change("conversation", owner=None), "belongs"),
        (change("turn", message={"role": "system", "text": "x", "parts": []}), "belongs"),
        (change("turn", record=[]), "belongs"),
        (change("turn", state="running"), "belongs"),
        (change("turn", type="nonsense"), "nonsense"),
        (relabel, "two ways"),
        (drop("conversation"), "does not belong"),
        (drop("conversation_end"), "does not belong"),
    ],
)
def test_forged_lines_are_refused(forge: Callable[[list[dict[str, Any]]], None], said: str, tmp_path: Path) -> None:
    """Each with its line and the reason; nothing of the conversation and no file is left."""
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    talk(store, ANN, [PART])
    found = lines(written(store))
    forge(found)
    with pytest.raises(AssistantError, match=said) as caught:
        read(other, unlines(found), tmp_path)
    assert "Line" in caught.value.message
    assert other.conversations(ANN) == ()
    assert media(tmp_path / "b") == []


def test_other_files_are_refused(tmp_path: Path) -> None:
    """What is no export, a later version of it, and lines that are no JSON say so and what to do."""
    store = Store(tmp_path / "a")
    talk(store, ANN, [PART])
    content = written(store)
    with pytest.raises(AssistantError, match="Upgrade"):
        read(store, content.replace(b'"version":1', b'"version":2', 1), tmp_path)
    for wrong in (b"", b"\n", b"hello\n", b"[" * 100_000 + b"\n", b'{"format": NaN}\n', b"[]\n"):
        with pytest.raises(AssistantError, match="Line 1"):
            read(store, wrong, tmp_path)
    with pytest.raises(AssistantError, match="no export"):
        read(store, b"{}\n", tmp_path)
    with pytest.raises(AssistantError, match="too long"):
        read(store, content[: content.index(b"\n") + 1] + b" " * (64 * MEGABYTES + 2), tmp_path)
    with pytest.raises(AssistantError, match="cut short"):
        read(Store(tmp_path / "b"), content[:-20], tmp_path)


def test_media_that_are_lost_are_said(tmp_path: Path) -> None:
    """A file that is gone where the export is made costs itself only."""
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    conversation = talk(store, ANN, [PART, text_part("other", "b.txt")])
    store.files.path(PART.digest).unlink()
    target = io.BytesIO()
    report = export(store.database, store.files, target)
    assert (report.conversations, report.turns, report.files, report.bytes, report.lost) == (1, 1, 1, 5, 1)
    assert read(other, target.getvalue(), tmp_path) == (1, 0)
    (turn,) = other.load_conversation(conversation, ANN).turns
    assert [part.text for part in turn.parts] == ["other"]


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """Twenty megabytes of media pass through a few."""
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    file = tmp_path / "big"
    file.write_bytes(bytes(range(256)) * (20 * MEGABYTES // 256))
    from assistant.store.files import identity

    big = Part("audio", "", "long.wav", "audio/wav", file)
    big = replace(big, digest=identity(big))
    talk(store, ANN, [big])
    archive = tmp_path / "archive.jsonl"
    tracemalloc.start()
    with archive.open("wb") as target:
        export(store.database, store.files, target)
    with archive.open("rb") as source:
        import_from(source, other.database, other.files, tmp_path, media_bytes=30 * MEGABYTES)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert other.part(big.digest, ANN).read_bytes() == file.read_bytes()
    assert peak < 8 * MEGABYTES


def test_between_kinds_of_databases(database_url: str | None, tmp_path: Path) -> None:
    """Out of SQLite into either kind, and back, conversation by conversation as it was; a second time adds nothing."""
    store, there, back = Store(tmp_path / "a"), Store(tmp_path / "b", database_url), Store(tmp_path / "c")
    seen = Observation(kind="note", text="a \0 zero, \ud83d half", confidence=0.5, part=PART.digest, data={"a": [1.5]})
    made = {owner: talk(store, owner, [PART], f"what does {owner} see?", [seen]) for owner in (ANN, BOB)}
    assert read(there, written(store), tmp_path) == (2, 0)
    assert read(there, written(store), tmp_path) == (0, 2)
    assert read(back, written(there), tmp_path) == (2, 0)
    for owner, conversation in made.items():
        assert comparable(there, conversation, owner) == comparable(store, conversation, owner)
        assert comparable(back, conversation, owner) == comparable(store, conversation, owner)
        assert [hit.conversation for hit in there.search(owner, "what see")] == [conversation]
    for opened in (store, there, back):
        opened.close()
