"""Several threads and processes with one store: nothing is lost, nothing fails, a killed one harms nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import NotFound
from assistant.media import text_part
from assistant.store import Store
from assistant.types import Answer, Message, Observation

ROOT = Path(__file__).parents[1]
PART = text_part("hello", "note.txt")
SEEN = Observation(kind="note", text="greeting", confidence=0.9, part=PART.digest, source="eyes")


def at_once(*work: Callable[[], None]) -> list[BaseException]:
    """Run all at the same time; what failed."""
    failures: list[BaseException] = []
    start = threading.Barrier(len(work))

    def run(one: Callable[[], None]) -> None:
        try:
            start.wait(30)
            one()
        except BaseException as error:  # collected for the assertion
            failures.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


def talk(store: Store, owner: str) -> str:
    conversation = store.create_conversation(owner)
    kept = store.keep(PART, owner)
    turn = store.begin_turn(conversation, owner, Message("user", "?", (PART.digest,)), [kept]).id
    store.finish_turn(
        turn, owner, state="done", answer=Answer("!"), parts=[kept], observations=[SEEN], gaps=[], statuses=[]
    )
    store.remember("key", [SEEN])
    return conversation


def test_opening_at_once(tmp_path: Path, database_url: str | None) -> None:
    """A new directory may be opened by several at the same time."""
    assert at_once(*[lambda: Store(tmp_path, database_url).close()] * 6) == []


def test_the_same_file_kept_at_once(tmp_path: Path, database_url: str | None) -> None:
    """Several stores keep the same file for the same owner, and answer about it, at the same time."""
    stores = [Store(tmp_path, database_url) for _ in range(6)]
    assert at_once(*[lambda store=store: talk(store, "ann") for store in stores]) == []
    assert len(stores[0].conversations("ann")) == 6
    assert stores[0].part(PART.digest, "ann").text == "hello"


def test_deleting_while_others_keep(tmp_path: Path, database_url: str | None) -> None:
    """One owner deletes a file while another one brings the same: who has it can read it."""
    ann, bob = Store(tmp_path, database_url), Store(tmp_path, database_url)

    def come_and_go() -> None:
        for _ in range(15):
            ann.delete_conversation(talk(ann, "ann"), "ann")

    def stay() -> None:
        for _ in range(15):
            conversation = talk(bob, "bob")
            assert bob.part(PART.digest, "bob").text == "hello"
            bob.delete_conversation(conversation, "bob")

    assert at_once(come_and_go, stay) == []
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_processes_write_at_once(tmp_path: Path, database_url: str | None) -> None:
    """Processes started together share the directory from its first moment."""
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); from test_store_shared import *\n"
        "store = Store(Path(sys.argv[1]), sys.argv[3] or None)\n"
        "for _ in range(5): talk(store, 'ann')"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent), database_url or ""]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert said == ["", "", ""]
    assert len(Store(tmp_path, database_url).conversations("ann")) == 15


def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path, database_url: str | None) -> None:
    """Killed after `begin_turn`: the question and its file are there, the turn is interrupted, work goes on."""
    script = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from test_store_shared import *\n"
        "store = Store(Path(sys.argv[1]), sys.argv[3] or None); print(store.create_conversation('ann'))\n"
        "conversation = store.conversations('ann')[0].id\n"
        "store.begin_turn(conversation, 'ann', Message('user', 'still there?', (PART.digest,)), [PART])\n"
        "sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent), database_url or ""]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr
    store = Store(tmp_path, database_url)
    (turn,) = store.load_conversation(ended.stdout.strip(), "ann").turns
    assert (turn.state, turn.message.text, turn.parts[0].text) == ("interrupted", "still there?", "hello")
    talk(store, "ann")
    with pytest.raises(NotFound):
        store.load_conversation(ended.stdout.strip(), "bob")
