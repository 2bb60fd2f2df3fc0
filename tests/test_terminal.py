"""What files, plugins and packages say is shown at a terminal, which does nothing of what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant import terminal
from assistant.cli import cli

TITLE = "\x1b]0;owned\x07"


def test_nothing_is_obeyed() -> None:
    """Escape sequences of both forms, a return to the start of the line, and writing turned round become visible."""
    assert terminal.plain(f"{TITLE}\x9b31mx\r\u202ey") == "\ufffd]0;owned\ufffd\ufffd31mx\ufffd\ufffdy"


def test_all_else_stays() -> None:
    """Lines, tabs, other scripts, joined emoji."""
    text = "a\tb\r\nשלום 日本 👩\u200d🚀 é\u00a0!"
    assert terminal.plain(text) == text


def test_name_of_a_file(tmp_path: Path) -> None:
    """A file that came with a name of escape sequences is named as what it is."""
    done = CliRunner().invoke(cli, ["--data-dir", str(tmp_path / "data"), "perceive", str(tmp_path / f"{TITLE}.txt")])
    assert "]0;owned" in done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize("command", [["plugins", "list"], ["plugins", "pin", "--all"]])
def test_names_of_packages(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed, but not let in, says nothing to the terminal of who lists it."""
    made = tmp_path / "site" / "owned-1.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: owned{TITLE}\nVersion: 1{TITLE}\n")
    (made / "entry_points.txt").write_text(f"[assistant]\nowned{TITLE} = owned\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("ASSISTANT_ALLOWED", json.dumps(["sensorium"]))
    done = CliRunner().invoke(cli, ["--data-dir", str(tmp_path / "data"), *command])
    assert "owned" in done.output
    assert "\x1b" not in done.output
