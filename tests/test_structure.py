"""What the architecture promises: layers, light imports, the core without a list of built-ins, no leftovers."""

from __future__ import annotations

import ast
import re
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from assistant.testing import imported_by

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())
LAYERS = (
    {"types", "errors", "__init__"},
    {
        "confinement",
        "calls",
        "context",
        "disabled",
        "examples",
        "fetching",
        "fusion",
        "limiting",
        "looping",
        "media",
        "passwords",
        "replies",
        "system_calls",
        "telemetry",
        "terminal",
        "trust",
        "vocabulary",
        "weights",
    },
    {
        "compatibility",
        "declared",
        "discovery",
        "embedding",
        "environments",
        "gathering",
        "hookspecs",
        "isolation",
        "host",
        "installing",
        "inventory",
        "logs",
        "options",
        "plugin",
        "prompt",
        "proxy",
        "registered",
        "runner",
        "settings",
        "tiers",
        "workers",
        "yielded",
    },
    {"answering", "dataflow", "engine", "store", "sessions", "reply", "recording", "app"},
    {"api", "cli", "commands", "scaffold", "testing", "__main__"},
)
"""A module imports from its own layer and the ones before it."""


@cache
def imports(path: Path) -> set[str]:
    """Modules imported at run time, at the top or inside functions; what is imported for types alone does not count."""
    found = set()
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_layers_of_the_core() -> None:
    """No core module imports from a layer above its own."""
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    wrong = []
    for path in (ROOT / "assistant").rglob("*.py"):
        here = path.relative_to(ROOT / "assistant").parts[0].removesuffix(".py")
        for module in imports(path):
            if module.startswith("assistant."):
                there = module.split(".")[1]
                if level[there] > level[here]:
                    wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


def test_core_imports_no_plugin() -> None:
    """The core knows no built-in plugin, and plugins do not know each other."""
    wrong = []
    for path in [*ROOT.glob("assistant/**/*.py"), *ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("ui/src/**/*.py")]:
        own = next((part for part in path.parts if part.startswith("assistant_")), "")
        for module in imports(path):
            top = module.split(".")[0]
            if top.startswith("assistant_") and top != own:
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


@pytest.mark.parametrize(
    "module", ["assistant", "assistant.app", "assistant.cli", "assistant.plugin", "assistant.host"]
)
def test_core_imports_are_light(module: str) -> None:
    """Importing the core imports no model library."""
    assert imported_by(module) == []


@pytest.mark.parametrize("module", [f"assistant_{name}" for name in PLUGINS] + ["assistant_ui"])
def test_plugin_imports_are_light(module: str) -> None:
    """Importing a plugin imports no model library."""
    assert imported_by(module) == []


def test_import_assistant_takes_little_time() -> None:
    """`import assistant` imports nothing that takes time: no numpy, no pydantic, no SQL."""
    assert imported_by("assistant", ["numpy", "pydantic", "sqlalchemy", "fastapi", "PIL", "av", "click"]) == []
    assert imported_by("assistant.cli", ["numpy", "pydantic", "sqlalchemy", "fastapi", "PIL", "av"]) == []


def test_help_is_quick() -> None:
    """`assistant --help` uses under 0.3 s of processor time."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "assistant", "--help"], check=True, capture_output=True)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime < 0.3


def test_every_kind_is_documented() -> None:
    """docs/observations.md lists every observation kind."""
    from assistant.types import Kind

    text = (ROOT / "docs" / "observations.md").read_text()
    kinds = [value for name, value in vars(Kind).items() if name.isupper()]
    assert [kind for kind in kinds if f"`{kind}`" not in text] == []


def test_the_map_is_whole() -> None:
    """docs/architecture.md has every module of the core in its layer, every plugin, and nothing that there is not."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    living = text.partition("## Where things live")[2].partition("## Where to add what")[0]
    modules, _, projects = living.partition("| project |")
    layers: list[set[str]] = []
    for line in modules.partition("|---|")[2].splitlines()[1:]:
        if line.startswith("|"):
            _, layer, names, _ = line.split("|", 3)
            layers += [set()] if layer.strip() else []
            layers[-1] |= set(re.findall(r"`(\w+)`", names))
    here = {
        path.stem for path in (ROOT / "assistant").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert layers == [{name for name in layer & here if not name.startswith("_")} for layer in LAYERS]
    assert set().union(*layers) == {name for name in here if not name.startswith("_")}
    assert [name for name in PLUGINS if name not in re.findall(r"`(?:plugins/)?(\w+)`", projects)] == []


def test_test_files_have_unique_names() -> None:
    """Test modules share one namespace, so their names differ across the workspace."""
    names = [path.name for path in ROOT.rglob("test_*.py") if ".venv" not in path.parts]
    assert sorted(names) == sorted(set(names))
