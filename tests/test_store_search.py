"""Finding things again: full text in any language, pages of the list, how much is stored; the owner's alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import NotFound
from assistant.media import text_part
from assistant.store import Store
from assistant.types import Answer, Message, Observation

ANN, BOB = "ann", "bob"
PART = text_part("hello", "note.txt")


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Iterator[Store]:
    store = Store(tmp_path, database_url)
    yield store
    store.close()


def talk(store: Store, owner: str, question: str, answer: str = "", *seen: str) -> str:
    """A conversation of one turn with these observations."""
    conversation = store.create_conversation(owner)
    turn = store.begin_turn(conversation, owner, Message("user", question, (PART.digest,)), [PART]).id
    store.finish_turn(
        turn,
        owner,
        state="done",
        answer=Answer(answer) if answer else None,
        parts=[PART],
        observations=[Observation(kind="text_line", text=text, confidence=1.0, part=PART.digest) for text in seen],
        gaps=[],
        statuses=[],
    )
    return conversation


@pytest.mark.parametrize(
    ("query", "kind", "snippet"),
    [
        ("STRASSE", "question", "Wie heißt die Straße?"),
        ("heißt straße", "question", "Wie heißt die Straße?"),
        ("avenue champs", "answer", "L'avenue des Champs-Élysées"),
        ("elysees", "answer", "L'avenue des Champs-Élysées"),
        ("出口", "text_line", "前方出口 100 米"),
        ("ｅｘｉｔ", "text_line", "EXIT 100%_"),
        ("100%_", "text_line", "EXIT 100%_"),
    ],
)
def test_found_in_any_language(store: Store, query: str, kind: str, snippet: str) -> None:
    """Case, accents and width do not matter, words may stand in any order; signs of patterns are only signs."""
    conversation = talk(
        store, ANN, "Wie heißt die Straße?", "L'avenue des Champs-Élysées", "前方出口 100 米", "EXIT 100%_"
    )
    (hit,) = store.search(ANN, query)
    (turn,) = store.load_conversation(conversation, ANN).turns
    assert (hit.conversation, hit.turn, hit.kind, hit.snippet) == (conversation, turn.id, kind, snippet)
    assert (hit.observation in {seen.id for seen in turn.observations}) == (kind == "text_line")
    assert store.search(BOB, query) == ()


def test_not_found(store: Store) -> None:
    """A word that is nowhere, and no word at all, find nothing."""
    talk(store, ANN, "question", "answer", "seen")
    for query in ("", "  ", "question nowhere", "100%", "\0", "\ud83d", "_", "%"):
        assert store.search(ANN, query) == ()


def test_long_texts_are_shown_around_what_was_found(store: Store) -> None:
    """A snippet is short and holds what was looked for."""
    talk(store, ANN, f"{'before ' * 100} needle {'after ' * 100}")
    (hit,) = store.search(ANN, "needle")
    assert "needle" in hit.snippet
    assert len(hit.snippet) < 200
    assert (hit.snippet[0], hit.snippet[-1]) == ("…", "…")


def test_one_turn_hides_no_other(store: Store) -> None:
    """Of a turn with a hundred lines some are shown; the latest turn comes first, and the limit holds."""
    first = talk(store, ANN, "a needle")
    second = talk(store, ANN, "?", "!", *(f"needle {number}" for number in range(100)))
    found = store.search(ANN, "needle")
    assert [hit.conversation for hit in found] == [second, second, second, first]
    assert len(store.search(ANN, "needle", limit=2)) == 2


def test_deleted_is_not_found_and_nowhere_on_the_disk(store: Store, tmp_path: Path, database_url: str | None) -> None:
    """Nothing of a deleted conversation can be searched for, or read in the files of an embedded database."""
    conversation = talk(store, ANN, "Rumpelstiltskin?", "Rumpelstiltskin!", "rumpelstiltskin seen")
    store.delete_conversation(conversation, ANN)
    assert store.search(ANN, "rumpel") == ()
    store.create_conversation(ANN)
    if database_url is None:
        left = [path for path in tmp_path.rglob("*") if path.is_file() and b"rumpel" in path.read_bytes().lower()]
        assert left == []


def test_pages_of_the_list(store: Store) -> None:
    """Page after page every conversation comes once, also if one goes on in between."""
    every = [talk(store, ANN, str(number)) for number in range(7)]
    talk(store, BOB, "not hers")
    listed: list[str] = []
    before = None
    while page := store.conversations(ANN, limit=3, before=before):
        listed += [info.id for info in page]
        before = page[-1].activity
        if len(listed) == 3:
            store.begin_turn(every[6], ANN, Message("user", "more"), [])
    assert listed == every[::-1]
    assert store.conversations(ANN)[0].id == every[6]


def test_one_turn(store: Store) -> None:
    """A turn by its name, as it is in the whole conversation; of nobody else, and of no other conversation."""
    conversation, other = talk(store, ANN, "?", "!", "seen"), talk(store, ANN, "other")
    (turn,) = store.load_conversation(conversation, ANN).turns
    assert store.turn(conversation, turn.id, ANN) == turn
    for where, name, owner in (
        (conversation, turn.id, BOB),
        (other, turn.id, ANN),
        (conversation, "none", ANN),
        ("none", turn.id, ANN),
    ):
        with pytest.raises(NotFound):
            store.turn(where, name, owner)
        with pytest.raises(NotFound):
            store.retry_turn(name, where, owner)


def test_usage(store: Store) -> None:
    """Files count once an owner, with their bytes, and no longer once they are deleted."""
    assert (store.usage(ANN).files, store.usage(ANN).bytes) == (0, 0)
    first, second = talk(store, ANN, "?"), talk(store, ANN, "?")
    store.keep(text_part("x" * 1000, "long.txt"), ANN)
    assert (store.usage(ANN).files, store.usage(ANN).bytes) == (2, 1005)
    assert store.usage(BOB).files == 0
    store.delete_conversation(first, ANN)
    store.delete_conversation(second, ANN)
    assert (store.usage(ANN).files, store.usage(ANN).bytes) == (1, 1000)
