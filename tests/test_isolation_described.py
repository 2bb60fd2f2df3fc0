"""What a plugin's process says that it declares is believed only as far as it can be shown, stored and called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.isolation import Program, channel, describe, isolated
from assistant.isolation.channel import Nonsense
from assistant.isolation.reading import read_description
from assistant.options import options_facts

TERMINAL = "\x1b]0;title\x07\nready \u202e"
OPTION = {"name": "size", "type": "float", "default": 1.0, "description": "", "secret": False}


def declared(**changed: Any) -> dict[str, Any]:
    attributes = {"name": "liar", "version": "1", "consumes": ["text"], "produces": ["note"], "isolation": "process"}
    plugged = {"sort": "perceiver", "attributes": attributes, "options": None, "weights": [], "unready": ""}
    plugged |= {"leaves": "", "missing": [], **changed}
    return {"plugged": [plugged], "weights": [], "formats": [], "troubles": [], "left_out": [], "api": None}


@pytest.mark.parametrize(
    "options",
    [
        [{**OPTION, "name": "class"}],
        [{**OPTION, "name": "__init__"}],
        [{**OPTION, "name": "_hidden"}],
        [OPTION, OPTION],
        [{**OPTION, "default": float("inf")}],
        [{**OPTION, "type": "any", "default": [{"deep": float("-inf")}]}],
        [{**OPTION, "type": {"literal": [TERMINAL]}, "default": TERMINAL}],
    ],
)
def test_options_that_cannot_be(options: list[dict[str, Any]]) -> None:
    """Names that Python does not take, one name twice, numbers that are not JSON: it makes no sense, and costs nobody
    else anything."""
    told = json.dumps(declared(options=options)).replace("Infinity", "1e400")
    with pytest.raises(Nonsense):
        read_description(channel.parsed(told.encode()), {})


def test_words_that_cannot_be_shown() -> None:
    """Control characters would write to the terminal of whoever lists plugins."""
    for told in (declared(weights=[TERMINAL]), declared(missing=[TERMINAL])):
        with pytest.raises(Nonsense):
            read_description(told, {})
    version = declared()
    version["plugged"][0]["attributes"]["version"] = TERMINAL
    with pytest.raises(Nonsense):
        read_description(version, {})


def test_sentences_are_made_plain() -> None:
    """A description in several lines is one line, and what a terminal would obey is gone."""
    option = {**OPTION, "description": f"first\nsecond {TERMINAL}"}
    (plugged,) = read_description(declared(options=[option], unready=TERMINAL), {}).plugged
    proxy = isolated(Program("liar", "liar"), plugged)
    (fact,) = options_facts(proxy)
    assert fact.description.startswith("first second")
    assert fact.description.isprintable()
    assert proxy.unready(None).isprintable()


def test_a_process_that_lies_is_a_trouble(tmp_path: Path) -> None:
    """A plugin that puts words into the mouth of the program around it gets no further than one that cannot load."""
    (tmp_path / "liar.py").write_text(
        "from assistant.isolation import inside\n"
        f"told = {declared(options=[{**OPTION, 'name': 'class'}])!r}\n"
        "send = inside.Call._send\n"
        "inside.Call._send = lambda self, message, descriptors=(): send(self, {'done': told})\n"
    )
    found = describe(Program("liar", "liar", path=(str(tmp_path),)), {})
    assert found.plugged == ()
    assert "makes no sense" in found.troubles[0].message
