"""Environments of plugins' own: whole or not there, before the assistant's own packages and not among them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tiny_wheels import plugin_wheel, unpack, wheel

import assistant
from assistant.environments import DIRECTORY, FACTS, Environment, building, environment, environments, remove
from assistant.errors import NotFound, PluginError


def make(data_dir: Path, name: str = "own", version: str = "0.1") -> Environment:
    """An environment with the plugin `tiny`, made without pip."""
    with building(data_dir, name) as draft:
        packages = next((draft.directory / "lib").iterdir()) / "site-packages"
        unpack(plugin_wheel(data_dir / "wheels", version=version), packages)
        unpack(wheel(data_dir / "wheels", "iniconfig", "0.1", {"iniconfig.py": "PLACE = 'own'\n"}), packages)
        draft.finish("Assistant_Tiny")
    return environment(data_dir, name)


def left(data_dir: Path) -> list[str]:
    """What lies among the environments, but for the lock."""
    return sorted(each.name for each in (data_dir / DIRECTORY).iterdir() if each.name != ".lock")


def run(made: Environment, code: str) -> str:
    return subprocess.run(
        [made.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_an_environment_says_what_it_holds(tmp_path: Path) -> None:
    """Its plugins, its distribution and the interpreter can be read from outside, without running anything in it."""
    made = make(tmp_path)
    assert (made.distribution, made.version, made.plugins) == ("assistant-tiny", "0.1", {"tiny": "assistant_tiny"})
    assert made.problem() == ""
    assert environments(tmp_path) == (made,)
    facts = json.loads((made.directory / FACTS).read_text())
    assert {"name", "python", "distribution", "version", "plugins", "created"} <= set(facts)


def test_its_packages_come_first_and_the_assistants_after(tmp_path: Path) -> None:
    """In it another version of a distribution is imported than beside the assistant, which is there too, the same."""
    made = make(tmp_path)
    assert run(made, "import iniconfig; print(iniconfig.PLACE)") == "own"
    import iniconfig

    assert not hasattr(iniconfig, "PLACE")
    assert run(made, "import assistant; print(assistant.__file__)") == str(assistant.__file__)
    assert run(made, "import assistant_tiny, pluggy, click; print(assistant_tiny.Tiny.name)") == "tiny"


def test_what_fails_while_it_is_made_leaves_nothing(tmp_path: Path) -> None:
    """An error, and a distribution without a plugin, leave no environment and nothing half made."""
    with pytest.raises(ZeroDivisionError), building(tmp_path, "own"):
        1 / 0  # noqa: B018
    with building(tmp_path, "own") as draft:
        packages = next((draft.directory / "lib").iterdir()) / "site-packages"
        unpack(wheel(tmp_path, "plain", "1", {"plain.py": ""}), packages)
        with pytest.raises(PluginError, match="brings no plugin"):
            draft.finish("plain")
        with pytest.raises(PluginError, match="did not get into"):
            draft.finish("another")
    assert left(tmp_path) == []


def test_a_failed_upgrade_keeps_what_was_there(tmp_path: Path) -> None:
    """The old environment works until the new one is whole."""
    made = make(tmp_path)
    with pytest.raises(ZeroDivisionError), building(tmp_path, "own"):
        1 / 0  # noqa: B018
    assert environments(tmp_path) == (made,)
    assert make(tmp_path, version="0.2").version == "0.2"
    assert left(tmp_path) == ["own"]


def test_a_killed_upgrade_is_mended(tmp_path: Path) -> None:
    """Killed between putting the old one aside and the new one in place: the next command puts it back."""
    made = make(tmp_path)
    made.directory.rename(made.directory.with_name(".replaced-own"))
    (tmp_path / DIRECTORY / ".making-abc").mkdir()
    assert environments(tmp_path) == ()
    with building(tmp_path, "other"):
        pass
    assert left(tmp_path) == ["own"]
    assert environments(tmp_path) == (made,)


def test_one_command_at_a_time(tmp_path: Path) -> None:
    """A second command is told to wait, and changes nothing."""
    with building(tmp_path, "own"), pytest.raises(PluginError, match="Another command"), building(tmp_path, "other"):
        pass


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "Own", "-x", ".lock", "a" * 65])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    """A name is one plain step of a path."""
    with pytest.raises(PluginError, match="cannot be the name"), building(tmp_path, name):
        pass


def test_damaged_and_outdated_environments_are_told(tmp_path: Path) -> None:
    """Facts that cannot be read, another Python, a lost interpreter: each is a problem, with what mends it."""
    made = make(tmp_path)
    facts = json.loads((made.directory / FACTS).read_text())
    (made.directory / FACTS).write_text(json.dumps({**facts, "python": "3.1"}))
    assert "made for Python 3.1" in environment(tmp_path, "own").problem()
    assert environment(tmp_path, "own").remedy.endswith("--own-environment own --upgrade assistant-tiny==0.1")
    (made.directory / FACTS).write_text(json.dumps({**facts, "overlays": ["/elsewhere"]}))
    assert "installed somewhere else" in environment(tmp_path, "own").problem()
    (made.directory / FACTS).write_text(json.dumps(facts))
    made.executable.unlink()
    assert "lost its interpreter" in environment(tmp_path, "own").problem()
    for broken in ("", "[]", '{"plugins": 3}', "\xff"):
        (made.directory / FACTS).write_text(broken)
        assert "damaged" in environment(tmp_path, "own").problem()


def test_an_environment_is_removed_as_a_whole(tmp_path: Path) -> None:
    """Nothing of it stays; one that is not there is named."""
    make(tmp_path)
    remove(tmp_path, "own")
    assert left(tmp_path) == []
    with pytest.raises(NotFound, match="no environment own"):
        remove(tmp_path, "own")
