"""`assistant ask/perceive --option`: what is read, what is refused and how, and the list at the end of --help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from click.testing import CliRunner

from assistant.cli import cli
from assistant.commands.options import given, listed
from assistant.errors import PluginError
from assistant.host import Host
from assistant.testing import FakePerceiver, FakePlugin


@dataclass(frozen=True)
class EarsOptions:
    """Options of the fake ears."""

    language: str | None = field(default=None, metadata={"description": "What is spoken."})
    task: Literal["transcribe", "translate"] = "transcribe"
    words: int = 3
    careful: bool = True
    model: str = "small"


class Ears(FakePerceiver):
    """Hear nothing."""

    Options = EarsOptions
    per_turn = frozenset({"language", "task", "words", "careful"})


@pytest.fixture
def host() -> Iterator[Host]:
    with Host(plugins={"hearing": FakePlugin(Ears("ears"))}, discover=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ears.language=de", {"language": "de"}),
        ("ears.language=", {"language": None}),
        ("ears.task=translate", {"task": "translate"}),
        ("ears.words=7", {"words": 7}),
        ("ears.careful=false", {"careful": False}),
    ],
)
def test_values_are_read_by_the_type_of_the_option(host: Host, text: str, value: dict[str, Any]) -> None:
    """Numbers become numbers, nothing becomes None where that is meant, words stay words."""
    assert given(host, [text]) == {"ears": value}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ears.words=many", "words"),
        ("ears.task=sing", "task"),
        ("ears.colour=red", "may not set colour"),
        ("ears.model=large", "may not set model"),
        ("nose.words=1", "No perceiver is called nose"),
        ("words", "is no option"),
    ],
)
def test_what_cannot_be_set_is_refused_with_the_reason(host: Host, text: str, told: str) -> None:
    """A wrong value, an unknown option or perceiver, an option of the operator's, a text that is no option."""
    with pytest.raises(PluginError, match=told):
        given(host, [text])


def test_help_lists_what_a_question_may_set(host: Host) -> None:
    """Name, type, value and description of each; none of the others."""
    lines = dict(listed(host))
    assert list(lines) == ["ears.language", "ears.task", "ears.words", "ears.careful"]
    assert lines["ears.language"].startswith("What is spoken. str | None, now null")
    for command in ("ask", "perceive"):
        shown = CliRunner().invoke(cli, [command, "--help"])
        assert shown.exit_code == 0
        assert "--option NAME.OPTION=VALUE" in shown.output
