"""`assistant plugins check`: plugins that are not installed, that crash and that hang, and what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import cli

MODULE = """
from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.0,<2"


class Shout(Perceiver):
    name = "NAME"
    consumes = ("text",)
    produces = ("shouting",)
    heavy = False
    deadline = 1.0

    def perceive(self, task):
        yield task.observe("shouting", "shouting" if task.text.isupper() else "calm", 0.9)


@hookimpl
def register_perceivers(register):
    register(Shout())
"""
PYPROJECT = """
[project]
name = "{name}"
version = "0.1.0"

[project.entry-points.assistant]
{name} = "{name}"
"""
YIELD = "        yield task"


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes the folder of a plugin that is not installed."""

    def make(module: str = MODULE, *, inside: str = "src") -> Path:
        name = f"check_shout_{tmp_path.name.replace('-', '_')}"
        folder = tmp_path / "project"
        (folder / inside).mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text(PYPROJECT.format(name=name))
        (folder / inside / f"{name}.py").write_text(module.replace("NAME", "shout_of_test"))
        return folder

    return make


def check(tmp_path: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["--data-dir", str(tmp_path / "data"), "plugins", "check", *map(str, arguments)])


def told(result: Result) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["subject"].split()[0], each["promise"]): each for each in json.loads(result.stdout)["promises"]}


def test_a_good_project_passes_without_being_installed(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A folder with a pyproject.toml is checked as it is; one line tells of each promise, and the status is 0."""
    result = check(tmp_path, project())
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "perceiver shout_of_test" in lines
    assert "  kept            says_the_same_elsewhere" in lines
    assert any(line.startswith("  not applicable  panels_build: it brings no panels.") for line in lines)
    assert ", 0 broken, " in lines[-1]


def test_what_is_broken_is_told_with_its_cure(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A broken promise gives status 1, what is wrong and how to mend it, also as JSON."""
    folder = project(MODULE.replace('observe("shouting"', 'observe("whispering"'), inside=".")
    result = check(tmp_path, folder, "--json")
    assert result.exit_code == 1
    found = told(result)[("perceiver", "yields_what_it_declares")]
    assert (found["state"], found["remedy"]) == ("broken", "Add it to `produces`.")
    assert "'whispering'" in found["what"]
    assert json.loads(result.stdout)["broken"] >= 1


def test_a_crash_is_a_finding_and_not_the_end(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A plugin that takes its process down is told of as such, and all else is checked nevertheless."""
    crash = "        if not task.text:\n            __import__('ctypes').string_at(0)\n" + YIELD
    result = check(tmp_path, project(MODULE.replace(YIELD, crash)), "--json")
    assert result.exit_code == 1
    found = told(result)
    broken = {promise: each["what"] for (_, promise), each in found.items() if each["state"] == "broken"}
    assert broken == {"survives_what_is_difficult": "it ended the process by SIGSEGV."}
    assert found[("perceiver", "closes_cleanly")]["state"] == "kept"


def test_a_hang_is_a_finding_and_not_the_end(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A plugin that never returns, not even when cancelled, costs the check its deadline and nothing else."""
    hang = "        while not task.text:\n            pass\n" + YIELD
    result = check(tmp_path, project(MODULE.replace(YIELD, hang)), "--json")
    assert result.exit_code == 1
    found = told(result)
    broken = {promise: each["what"] for (_, promise), each in found.items() if each["state"] == "broken"}
    assert list(broken) == ["survives_what_is_difficult"]
    assert "after 1 s, its deadline" in broken["survives_what_is_difficult"]
    assert found[("perceiver", "closes_cleanly")]["state"] == "kept"


def test_an_import_that_hangs_is_ended(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A module whose import never ends is ended after the time that is given."""
    result = check(tmp_path, project("while True:\n    pass\n"), "--seconds", "1.5")
    assert result.exit_code == 1
    assert "can_be_imported: checking it did not end within 2 s." in result.output


def test_an_import_that_fails_is_told(tmp_path: Path, project: Callable[..., Path]) -> None:
    """A module that cannot be imported is told of with what it raised, even if it wants to end the process."""
    result = check(tmp_path, project("import sys\nsys.exit('not today')\n"))
    assert result.exit_code == 1
    assert "can_be_imported" in result.output
    assert "raises SystemExit: not today." in result.output


def test_files_are_given_for_formats_of_plugins(tmp_path: Path, project: Callable[..., Path]) -> None:
    """What reads a sort of file of its own is not tried without one, says so, and is tried with one."""
    module = MODULE.replace('consumes = ("text",)', 'consumes = ("tune",)\n    isolation = "process"')
    module = module.replace('"shouting" if task.text.isupper() else "calm"', "str(len(task.part.read_bytes()))")
    module += """

@hookimpl
def register_formats(register):
    from assistant import FileFormat

    register(FileFormat(
        modality="tune", media_type="application/x-tune", label="tune", suffixes=(".tune",), begins=b"TUNE"
    ))
"""
    folder = project(module)
    without = told(check(tmp_path, folder, "--json"))[("perceiver", "yields_what_it_declares")]
    assert (without["state"], "give a file" in without["what"]) == ("not applicable", True)
    (tmp_path / "la.tune").write_bytes(b"TUNE lalala")
    found = told(check(tmp_path, folder, "--json", "--file", tmp_path / "la.tune"))
    assert found[("perceiver", "yields_what_it_declares")]["state"] == "kept"
    assert found[("perceiver", "works_in_a_process_of_its_own")]["state"] == "kept"


def test_a_perceiver_is_checked_by_its_name(tmp_path: Path) -> None:
    """The name of an installed perceiver checks that one alone."""
    result = check(tmp_path, "vision_facts", "--json")
    assert result.exit_code == 0, result.output
    assert {each["subject"] for each in json.loads(result.stdout)["promises"]} == {"perceiver vision_facts"}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("no_such_plugin", "No installed plugin is called no_such_plugin"),
        ("./no/such/folder", "There is no folder ./no/such/folder"),
        ("EMPTY", "has no pyproject.toml"),
        ("NO_ENTRY", "names no plugin"),
        ("NO_TOML", "cannot be read"),
    ],
)
def test_what_cannot_be_found_is_told_with_a_cure(tmp_path: Path, given: str, complaint: str) -> None:
    """What is not there, or no plugin, is an error with a remedy."""
    folder = tmp_path / given
    if given.isupper():
        folder.mkdir()
        if given != "EMPTY":
            (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n" if given == "NO_ENTRY" else "][")
        given = str(folder)
    result = check(tmp_path, given)
    assert result.exit_code == 1
    assert complaint in result.output
