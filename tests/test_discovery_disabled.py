"""The disable list in the data directory: it survives restarts, races and slips."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.disabled import FILE, disable, enable, listed
from assistant.errors import PluginError


def test_what_is_disabled_stays_so_until_it_is_enabled(tmp_path: Path) -> None:
    """Both say what they changed; doing it twice changes nothing."""
    place = tmp_path / "new"
    assert listed(place) == ()
    assert disable(place, "b", "a", "b") == ("b", "a")
    assert disable(place, "a") == ()
    assert listed(place) == ("a", "b")
    assert enable(place, "a", "c") == ("a",)
    assert listed(place) == ("b",)


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """A data directory that is not there is not made by looking."""
    listed(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"disabled": "all"}', '{"disabled": [1]}', "\xff", "[" * 100_000, "null"]
)
def test_a_file_that_cannot_be_read_is_kept(tmp_path: Path, content: str) -> None:
    """Neither reading nor changing it touches what somebody may still want to mend; the message says how."""
    (tmp_path / FILE).write_text(content, encoding="latin-1")
    for change in (listed, lambda place: disable(place, "a"), lambda place: enable(place, "a")):
        with pytest.raises(PluginError, match="cannot be read") as caught:
            change(tmp_path)
        assert f"mv {tmp_path / FILE}" in caught.value.remedy
    assert (tmp_path / FILE).read_text(encoding="latin-1") == content


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    """They are refused before anything is written."""
    with pytest.raises(PluginError, match="no name"):
        disable(tmp_path, name)
    assert listed(tmp_path) == ()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """The message points to the setting that does the same."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PluginError, match="cannot be written") as caught:
        disable(tmp_path / "file", "a")
    assert "`disabled`" in caught.value.remedy


def test_changes_at_once_are_all_kept(tmp_path: Path) -> None:
    """Processes that disable at the same time wait for each other."""
    program = "import sys; from pathlib import Path; from assistant.disabled import disable\n"
    program += "for number in range(5): disable(Path(sys.argv[1]), f'{sys.argv[2]}{number}')"
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), letter]) for letter in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(listed(tmp_path)) == 15
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, "plugins.lock"]
