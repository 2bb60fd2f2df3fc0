"""docs/testing-plugins.md: its code is run as it stands, and its tables hold every promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from assistant import testing
from assistant.testing import fixtures
from assistant.testing.checking import SORTS
from assistant.testing.modules import PLUGIN

PAGE = Path(__file__).parents[1] / "docs" / "testing-plugins.md"


def test_the_code_of_the_page_works(tmp_path: Path) -> None:
    """The plugin, the contracts in three lines and the tests with fixtures, copied as they stand, pass."""
    plugin, *tests = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "assistant_shout.py").write_text(plugin)
    for number, test in enumerate(tests):
        (tmp_path / f"test_shout_{number}.py").write_text(test)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": "", "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed
    assert int(passed[1]) >= 20
    assert len(tests) == 2


def test_every_promise_is_in_the_tables() -> None:
    """Each promise has a line, and no line tells of a promise that there is not."""
    promises = {promise.name for _, _, of_sort in SORTS.values() for promise in of_sort}
    promises |= {promise.name for promise in PLUGIN}
    told = PAGE.read_text().partition("## What is promised")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == promises


def test_every_name_and_fixture_is_on_the_page() -> None:
    """Public names of assistant.testing that authors call, and all fixtures, are mentioned."""
    page = PAGE.read_text()
    quiet = {"HEAVY", "imported_by", "Clock", "NotApplicable", "difficult_observations"}
    assert [
        name for name in testing.__all__ if name not in quiet and f"`{name}" not in page and f"{name}(" not in page
    ] == []
    public = [name for name, value in vars(fixtures).items() if "FixtureFunctionDefinition" in type(value).__name__]
    assert len(public) == 5
    assert [name for name in public if f"`{name}" not in page] == []
