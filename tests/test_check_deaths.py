"""A plugin that ends the interpreter it is checked in: its author is told what did it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from assistant.media import text_part
from assistant.testing import fresh
from assistant.testing.cases import Input, PerceiverCase
from assistant.testing.elsewhere import perceived

PERCEIVER = """
import sys
from assistant import Perceiver

class Leaver(Perceiver):
    name, consumes, produces = "leaver", ("text",), ("note",)

    def perceive(self, task):
        if sys.argv[0].endswith("elsewhere.py"):
            {death}
        return []
"""


@pytest.mark.parametrize(
    ("death", "said"),
    [
        ("sys.exit(0)", ["it called sys.exit(0)", "leaving.py", "line 10"]),
        ("raise KeyError('lost')", ["with status 1", "KeyError: 'lost'", "leaving.py", "line 10"]),
        ("print('all is well', file=sys.stderr); __import__('os')._exit(0)", ["with status 0", "all is well"]),
        ("__import__('os').abort()", ["by signal 6"]),
    ],
)
def test_death_is_told_with_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, death: str, said: list[str]
) -> None:
    """What is raised and where, or else what was written last: not a status alone."""
    (tmp_path / "leaving.py").write_text(PERCEIVER.format(death=death))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "leaving", raising=False)
    module = importlib.import_module("leaving")
    with pytest.raises(fresh.Died) as told:
        perceived(PerceiverCase(module.Leaver, inputs=(Input(text_part("words")),)))
    assert all(each in str(told.value) for each in said), told.value
