"""Wheels that would take the place of what others brought, by every way a wheel has of laying files down."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from test_installing import _only_what_is_here, where
from tiny_wheels import plugin_wheel, wheel

from assistant.environments import building
from assistant.errors import InstallError
from assistant.installing.plan import planned
from assistant.installing.wheels import read

__all__ = ["_only_what_is_here"]
DATA = "assistant_tiny-0.1.data"
SCRIPTS = "assistant_tiny-0.1.dist-info/entry_points.txt"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where the wheels of a test lie."""
    return tmp_path / "shelf"


def test_all_that_a_wheel_lays_down_is_known(shelf: Path) -> None:
    """Modules, by the plain way and by two others; programs, by both ways; anything else."""
    files = {"tiny/__init__.py": "", "tiny.pth": "", f"{DATA}/purelib/click.py": "", f"{DATA}/platlib/numpy.py": ""}
    files |= {f"{DATA}/scripts/assistant": "", f"{DATA}/data/pyvenv.cfg": "", SCRIPTS: "[gui_scripts]\npython = t:r\n"}
    assert set(read(wheel(shelf, "assistant-tiny", "0.1", files)).laid()) == {
        ("purelib", "tiny/__init__.py"),
        ("purelib", "tiny.pth"),
        ("purelib", "click.py"),
        ("platlib", "numpy.py"),
        ("scripts", "assistant"),
        ("scripts", "python"),
        ("data", "pyvenv.cfg"),
    }


def test_nothing_that_is_there_is_overwritten(shelf: Path) -> None:
    """Not the interpreter either, by a program of its name."""
    wheel(shelf, "assistant-tiny", "0.1", {SCRIPTS: f"[console_scripts]\n{Path(sys.executable).name} = tiny:run\n"})
    with (
        pytest.raises(InstallError, match=f"would overwrite {Path(sys.executable).name}"),
        planned(["assistant-tiny"], options=where(shelf)),
    ):
        pass


@pytest.mark.parametrize("file", [f"{DATA}/scripts/python", f"{DATA}/data/pyvenv.cfg"])
def test_an_environment_keeps_its_interpreter(shelf: Path, tmp_path: Path, file: str) -> None:
    """The assistant starts it, so what is in its place would run outside of any confinement."""
    plugin_wheel(shelf, files={file: "#!python\n"})
    with (
        building(tmp_path / "data", "tiny") as draft,
        pytest.raises(InstallError, match="would overwrite"),
        planned(["assistant-tiny"], options=where(shelf), python=draft.executable),
    ):
        pass


def test_scripts_stay_in_their_directory(shelf: Path) -> None:
    """The name of a script is no path."""
    made = wheel(shelf, "tiny", "0.1", {"tiny-0.1.dist-info/entry_points.txt": "[console_scripts]\n../up = tiny:run\n"})
    with pytest.raises(InstallError, match="no name of a program"):
        read(made)


def test_metadata_that_are_no_metadata(shelf: Path) -> None:
    """A wheel of a few kilobytes may unpack to gigabytes."""
    made = wheel(shelf, "tiny", "0.1", {"tiny.py": ""})
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny-0.1.dist-info/entry_points.txt", b"\n" * 200_000_000)
    assert made.stat().st_size < 1_000_000
    with pytest.raises(InstallError, match="no wheel"):
        read(made)
