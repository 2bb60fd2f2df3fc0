"""Removing what a plugin's process left: all of it, and nothing else is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from assistant.isolation.supervisor import remove


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory that others use too, like the one for temporary files."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    return shared


def test_a_directory_that_is_gone(place: Path) -> None:
    """Who comes too late changes nothing: not the rights of the directory it lay in."""
    remove(place / "scratch")
    assert rights(place) == 0o777


def test_links_lead_nowhere(place: Path, tmp_path: Path) -> None:
    """What a link points to keeps its content and its rights, also where the link's folder was locked."""
    (outside := tmp_path / "outside").mkdir()
    (outside / "letter").write_text("dear")
    for path, mode in ((outside / "letter", 0o644), (outside, 0o755)):
        path.chmod(mode)
    locked = place / "scratch" / "locked"
    locked.mkdir(parents=True)
    (locked / "to_folder").symlink_to(outside)
    (locked / "to_file").symlink_to(outside / "letter")
    locked.chmod(0)
    remove(place / "scratch")
    assert not (place / "scratch").exists()
    assert (rights(outside), rights(outside / "letter")) == (0o755, 0o644)
    assert (outside / "letter").read_text() == "dear"


def test_locked_folders_are_removed(place: Path) -> None:
    """Folders that may neither be read nor written are removed with what they hold."""
    deepest = place / "scratch" / "one" / "two"
    deepest.mkdir(parents=True)
    (deepest / "file").write_bytes(b"x")
    for folder in (deepest, deepest.parent, deepest.parent.parent):
        folder.chmod(0)
    remove(place / "scratch")
    assert list(place.iterdir()) == []
    assert rights(place) == 0o777


def test_a_link_in_its_place(place: Path, tmp_path: Path) -> None:
    """A link where the directory was is not followed."""
    (outside := tmp_path / "outside").mkdir(mode=0o755)
    (outside / "letter").write_text("dear")
    (place / "scratch").symlink_to(outside)
    remove(place / "scratch")
    assert os.listdir(outside) == ["letter"]  # noqa: PTH208 - of names
    assert rights(outside) == 0o755
