"""The observation cache: survives restarts, stays within its bounds, and never stands in a turn's way."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.store import Store
from assistant.types import Observation, Part

SEEN = Observation(kind="note", text="greeting", confidence=0.9, part="a" * 64, data={"a": [1]}, source="eyes")
FRAME = Part("image", "f" * 64, "frame", "image/jpeg", b"pixels", {"width": 1}, parent="a" * 64, span=(1.0, 1.0))


def media(directory: Path) -> list[Path]:
    return [path for path in (directory / "media").rglob("*") if path.is_file()]


def test_it_survives_restarts_and_holds_parts(tmp_path: Path) -> None:
    """Observations and derived parts come back; "nothing was seen" is remembered too; a part's lost file is a miss."""
    store = Store(tmp_path)
    assert store.recall("key") is None
    store.remember("key", [SEEN, FRAME])
    store.remember("nothing", [])
    store.close()
    again = Store(tmp_path)
    seen, part = again.recall("key") or ()
    assert seen == SEEN
    assert isinstance(part, Part)
    assert (part.read_bytes(), part.parent, part.span) == (b"pixels", FRAME.parent, (1.0, 1.0))
    assert again.recall("nothing") == ()
    assert isinstance(part.content, Path)
    part.content.unlink()
    assert again.recall("key") is None


def test_remembering_again_replaces(tmp_path: Path) -> None:
    """The last word under a key counts."""
    store = Store(tmp_path)
    store.remember("key", [SEEN])
    store.remember("key", [FRAME, replace(SEEN, text="other")])
    assert store.recall("key") == (FRAME, replace(SEEN, text="other"))


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    """What is used stays, however long ago it was made; files only the forgotten needed go with them."""
    store = Store(tmp_path, cache_bytes=20_000)
    store.remember("unused", [FRAME])
    store.remember("used", [SEEN])
    for number in range(200):
        store.remember(f"key{number}", [SEEN])
        assert store.recall("used") == (SEEN,)
    assert store.recall("unused") is None
    assert store.recall("key0") is None
    assert store.recall("key199") == (SEEN,)
    assert media(tmp_path) == []


def test_use_is_known_after_a_restart(tmp_path: Path) -> None:
    """Which rows were used last is written down."""
    store = Store(tmp_path, cache_bytes=20_000)
    store.remember("used", [SEEN])
    for number in range(10):
        store.remember(f"key{number}", [SEEN])
    assert store.recall("used") is not None
    store.close()
    again = Store(tmp_path, cache_bytes=1500)
    again.remember("new", [SEEN])
    assert again.recall("used") == (SEEN,)
    assert again.recall("key0") is None


def test_derived_media_count(tmp_path: Path) -> None:
    """Frames and sound tracks count against the cap with their bytes, not as rows alone."""
    store = Store(tmp_path, cache_bytes=50_000)
    for number in range(20):
        store.remember(f"key{number}", [replace(FRAME, digest=f"{number:064}", content=b"x" * 10_000)])
    assert sum(path.stat().st_size for path in media(tmp_path)) <= 50_000
    assert store.recall("key19") is not None


def test_media_of_a_conversation_outlive_the_cache(tmp_path: Path) -> None:
    """Forgetting cached observations never takes a file that someone's conversation needs."""
    store = Store(tmp_path, cache_bytes=2000)
    store.remember("first", [FRAME])
    store.keep(FRAME, "ann")
    for number in range(20):
        store.remember(f"key{number}", [SEEN])
    assert store.recall("first") is None
    assert store.part(FRAME.digest, "ann").read_bytes() == b"pixels"


def test_numbers_of_numpy(tmp_path: Path) -> None:
    """A confidence or time that a model gave as a NumPy number is stored as the number it is."""
    store = Store(tmp_path)
    store.remember("key", [replace(SEEN, confidence=np.float32(0.5), span=(np.float32(1), np.float32(2)))])
    assert store.recall("key") == (replace(SEEN, confidence=0.5, span=(1.0, 2.0)),)


def test_a_cache_that_fails_is_a_log_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A part that cannot be stored, or a damaged database, costs the reuse and not the turn."""
    store = Store(tmp_path)
    gone = replace(FRAME, content=tmp_path / "gone")
    with caplog.at_level(logging.WARNING):
        store.remember("key", [gone])
    assert "frame cannot be stored" in caplog.text
    assert store.recall("key") is None
    store.close()
    (tmp_path / "sensorium.db").write_bytes(b"damaged" * 1000)
    for path in (*tmp_path.glob("*-wal"), *tmp_path.glob("*-shm")):
        path.unlink()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert store.recall("key") is None
    assert "damaged" in caplog.text
