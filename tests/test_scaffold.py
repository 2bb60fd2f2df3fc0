"""What `assistant plugins new` writes works before a line of it is changed, whatever the kind."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from overlay import Overlay

from assistant.cli import cli
from assistant.errors import PluginError
from assistant.hookspecs import API_VERSION
from assistant.scaffold import KINDS, check_name, write
from assistant.scaffold.naming import LONGEST, module_of
from assistant.scaffold.writing import compatible

New = Callable[..., Any]
LONG = "a_name_of_thirty_characters_ok"


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Overlay:
    return Overlay(tmp_path_factory.mktemp("overlay") / "venv")


@pytest.fixture(scope="module")
def projects(overlay: Overlay) -> dict[str, Path]:
    """A project of every kind, and a perceiver in a process of its own, all found by the environment as if installed.

    Installing each of them for real would take a second for each; one is, in another test.
    """
    into = overlay.directory.parent / "projects"
    written = {f"my_{kind}": write(f"my_{kind}", kind, into).directory for kind in KINDS}
    written["my_confined"] = write("my_confined", "perceiver", into, "process").directory
    packages = next(overlay.directory.glob("lib/python*/site-packages"))
    for name, directory in written.items():
        information = packages / f"assistant_{name}-0.1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {directory.name}\nVersion: 0.1.0\n")
        (information / "RECORD").write_text("")
        (information / "entry_points.txt").write_text(f"[assistant]\n{name} = assistant_{name}\n")
        (packages / f"zz_{name}.pth").write_text(f"{directory / 'src'}\n")
    return written


def test_every_project_keeps_its_tests(overlay: Overlay, projects: dict[str, Path]) -> None:
    """The tests of all kinds pass: the contract, and what the example does."""
    tests = [projects[f"my_{kind}"] / "tests" for kind in KINDS]
    ran = overlay.run("pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-W", "ignore", *tests)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["x", "my_plugin", LONG])
def test_every_project_is_tidy(overlay: Overlay, tmp_path: Path, name: str) -> None:
    """ruff finds nothing to mend and nothing to format, however long the name is."""
    for kind in KINDS:
        write(name, kind, tmp_path / kind)
    assert len(LONG) == LONGEST
    checked = overlay.run("ruff", "check", "--no-cache", tmp_path)
    formatted = overlay.run("ruff", "format", "--no-cache", "--diff", tmp_path)
    assert checked.returncode == formatted.returncode == 0, checked.stdout + formatted.stdout


def test_every_project_appears(overlay: Overlay, projects: dict[str, Path], tmp_path: Path) -> None:
    """Installed, all of them are listed, ready and without a problem, and perceivers say something of what is sent."""
    listed = overlay.run("assistant", "plugins", "list", "--json")
    state = json.loads(listed.stdout)
    assert state["problems"] == []
    assert {each["name"] for each in state["plugins"]} == set(projects)
    for sort, kind in (("perceivers", "perceiver"), ("answerers", "answerer"), ("embedders", "embedder")):
        assert {each["name"]: each["ready"] for each in state[sort]}[f"my_{kind}"]
    (tmp_path / "note.txt").write_text("three small words")
    database = projects["my_format"] / "example.sqlite"
    perceived = overlay.run("assistant", "perceive", "--json", tmp_path / "note.txt", database)
    said = {(each["source"], each["text"]) for each in json.loads(perceived.stdout)["observations"]}
    assert said == {
        ("my_perceiver", "a text of 3 words"),
        ("my_confined", "a text of 3 words"),
        ("my_format", "a database of 1 pages of 4096 bytes"),
    }, perceived.stderr


@pytest.mark.parametrize("kind", ["answerer", "weights", "command"])
def test_what_it_says_to_try_works(overlay: Overlay, projects: dict[str, Path], kind: str) -> None:
    """The command that is shown after writing shows the plugin at work. (Others of them are run elsewhere.)"""
    tried = KINDS[kind].tried.replace("NAME", f"my_{kind}")
    ran = overlay.run("bash", "-c", tried, cwd=projects[f"my_{kind}"])
    assert ran.returncode == 0, ran.stderr
    assert re.search({"answerer": r"\d observations", "weights": "ok", "command": "text/plain"}[kind], ran.stdout)


def test_a_project_installs(tmp_path: Path) -> None:
    """`pip install .` makes a wheel with everything in it and installs that; no other package is touched."""
    directory = write("carried", "weights", tmp_path).directory
    overlay = Overlay(tmp_path / "venv")
    built = overlay.run(
        "python", "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", directory, cwd=tmp_path
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {"assistant_carried/py.typed", "assistant_carried/data/model.safetensors"} <= packed
    installed = overlay.run("pip", "install", "-q", wheel)
    assert installed.returncode == 0, installed.stderr
    verified = overlay.run("assistant", "weights", "verify", "carried")
    assert verified.returncode == 0, verified.stdout + verified.stderr


# ---- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> New:
    """Runs `assistant plugins new`."""
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ASSISTANT_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    return lambda *arguments: CliRunner().invoke(cli, ["plugins", "new", *map(str, arguments)])


def test_says_what_to_type_next(new: New, tmp_path: Path) -> None:
    """Three commands: into the directory, install, see it work."""
    ran = new("kitten", "--directory", tmp_path)
    assert ran.exit_code == 0, ran.output
    commands = [line.strip() for line in ran.output.split("Next:")[1].splitlines() if line.startswith("  ")]
    assert len(commands) == 3
    assert commands[0] == f"cd {tmp_path / 'assistant-kitten'}"
    assert commands[1].endswith("-m pip install -e .")
    assert commands[2].endswith("assistant perceive README.md")
    assert "LICENSE" in ran.output


def test_never_overwrites(new: New, tmp_path: Path) -> None:
    """A directory of the name, even an empty one, is left alone."""
    (tmp_path / "assistant-kitten").mkdir()
    ran = new("kitten", "--directory", tmp_path)
    assert ran.exit_code == 1
    assert "is there already" in ran.output
    assert list((tmp_path / "assistant-kitten").iterdir()) == []
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_names_of_installed_plugins_are_taken(new: New, tmp_path: Path) -> None:
    """Neither a plugin's name, nor that of something in it, nor that of a command can be had again."""
    for name in ("text", "text_language", "serve"):
        ran = new(name, "--directory", tmp_path / "made")
        assert ran.exit_code == 1, name
        assert "is taken by" in ran.output
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("My-Plugin", "my_plugin"),
        ("2fast", "fast"),
        ("", "letters"),
        ("é", "letters"),
        ("../evil", "evil"),
        ("class", "class_plugin"),
        ("match", "match_plugin"),
        ("auto", "another"),
        ("x" * 31, "shorter"),
        ("used", "another"),
    ],
)
def test_names_that_cannot_be(name: str, cure: str) -> None:
    """A name that Python or the host would refuse is refused before anything is written, with what would do."""
    with pytest.raises(PluginError) as refused:
        check_name(name, {"used": "the installed plugin used"})
    assert cure in refused.value.remedy


def test_a_module_of_the_name_is_in_the_way() -> None:
    """A package that is here, though no plugin, would be hidden by the new one."""
    with pytest.raises(PluginError, match="assistant_text"):
        check_name("text", {})


def test_only_what_can_be_isolated_is(tmp_path: Path) -> None:
    """A panel has no process of its own; a reader of unknown files has no other place."""
    with pytest.raises(PluginError, match="own process"):
        write("x", "panel", tmp_path, "process")
    with pytest.raises(PluginError, match="process of its own"):
        write("x", "format", tmp_path, "thread")
    module = write("y", "voice", tmp_path, "process").directory / "src" / module_of("y") / "__init__.py"
    assert '    isolation = "process"\n' in module.read_text()
    assert list(tmp_path.iterdir()) == [tmp_path / "assistant-y"]


def test_declares_the_api_it_is_written_for(tmp_path: Path) -> None:
    """The range begins with this version of the API and ends before the next major one."""
    text = (write("x", "perceiver", tmp_path).directory / "src" / "assistant_x" / "__init__.py").read_text()
    assert f'ASSISTANT_API = "{compatible(API_VERSION)}"' in text
    assert compatible("1.4") == ">=1.4,<2"


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where the directory should be is an error with a remedy, not a traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(PluginError, match="cannot be written") as refused:
        write("x", "perceiver", tmp_path / "file")
    assert "--directory" in refused.value.remedy
