"""The plugins of the workspace keep what every plugin must, as those of others."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from assistant.testing.modules import PLUGIN, PluginCase
from assistant.testing.project import find
from assistant.testing.promises import judge_all

ROOT = Path(__file__).parents[1]
PROJECTS = [*sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml")), ROOT / "ui"]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_built_in_plugins_keep_every_promise(project: Path, tmp_path: Path) -> None:
    """Each built-in plugin declares its API, is accepted whole, and brings nothing that a promise forbids."""
    for entry, module in find(str(project), tmp_path).plugins.items():
        verdicts = judge_all(entry, PLUGIN, PluginCase(importlib.import_module(module)))
        assert [each for each in verdicts if each.state == "broken"] == []
