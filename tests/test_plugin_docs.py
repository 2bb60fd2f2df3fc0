"""docs/plugins.md, the tutorial, is followed to the letter; docs/plugin-reference.md says what the code says."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from overlay import ROOT, Overlay
from tutorial import Reader, blocks

from assistant import hookspecs
from assistant.host import Host
from assistant.scaffold import KINDS, write
from assistant.scaffold.naming import module_of
from assistant.settings import Settings

TUTORIAL = ROOT / "docs" / "plugins.md"
REFERENCE = ROOT / "docs" / "plugin-reference.md"
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("register_"))


def test_the_tutorial_works(tmp_path: Path) -> None:
    """Every block, from top to bottom, in an empty directory: files, commands, and what those print."""
    pytest.importorskip("zxingcpp", reason="the tutorial's library is not installed")
    overlay = Overlay(tmp_path / "venv")
    here = tmp_path / "work"
    here.mkdir()
    environment = {name: value for name, value in overlay.environment.items() if name != "ASSISTANT_CONFIG"}
    environment |= {"HOME": str(tmp_path / "home"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}
    reader = Reader(here, environment, overlay.python)
    for block in blocks(TUTORIAL):
        reader.do(block)


def test_the_tutorial_has_every_kind() -> None:
    """Each kind that `plugins new` knows is begun in it."""
    text = TUTORIAL.read_text()
    assert [kind for kind in KINDS if kind != "perceiver" and f"--kind {kind}\n" not in text] == []


def test_the_reference_is_fresh() -> None:
    """The page is what the code gives now; nothing public is without a docstring."""
    script = ROOT / "scripts" / "make_plugin_reference.py"
    ran = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("module", ["plugin", "types", "errors"])
def test_the_reference_has_all_that_authors_import(module: str) -> None:
    """Every public class and function of these modules stands in it."""
    name = f"assistant.{module}"
    found = inspect.getmembers(
        importlib.import_module(name), lambda each: inspect.isclass(each) or inspect.isfunction(each)
    )
    text = REFERENCE.read_text()
    own = [label for label, each in found if each.__module__ == name and not label.startswith("_")]
    assert len(own) > 5
    assert [label for label in own if not re.search(rf"(### |── |^|`){label}\b", text, re.MULTILINE)] == []


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook: str) -> None:
    """A hook has its row in the reference, and a block of the tutorial that implements it."""
    assert f"\n| `{hook}` | " in REFERENCE.read_text()
    assert any(f"def {hook}(register" in block.text for block in blocks(TUTORIAL) if block.file)


def test_every_hook_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hook is implemented by a kind of plugin that can be begun, and what it registers is there in the host."""
    assert sorted({hook for kind in KINDS.values() for hook in kind.hooks}) == HOOKS
    plugins = {}
    for kind, chosen in KINDS.items():
        name = f"hooked_{kind}"
        source = write(name, kind, tmp_path).directory / "src"
        monkeypatch.syspath_prepend(str(source))
        plugins[name] = importlib.import_module(module_of(name))
        assert {hook for hook in HOOKS if hasattr(plugins[name], hook)} == set(chosen.hooks)
    with Host(Settings(data_dir=tmp_path / "data"), plugins=plugins, discover=False) as host:
        assert host.problems() == ()
        there = {
            "register_perceivers": [runner.name for runner in host.perceivers()],
            "register_answerers": [runner.name for runner in host.answerers()],
            "register_embedders": [runner.name for runner in host.embedders()],
            "register_voices": [runner.name for runner in host.voices()],
            "register_weights": [spec.name for spec in host.weights.specs()],
            "register_commands": [command.name for command in host.commands],
            "register_routes": host.routes,
            "register_formats": host.formats,
            "register_panels": host.panels,
        }
    assert sorted(there) == HOOKS
    assert [hook for hook, found in there.items() if not found] == []
