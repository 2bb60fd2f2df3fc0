"""The `assistant` command: output for people and for scripts, and exit codes that mean something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant import cli as command
from assistant.cli import FAILED, INCOMPLETE, WEIGHTS, cli
from assistant.host import Host
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds two fake plugged objects instead of what is installed."""

    class FakeHost(Host):
        def __init__(self, settings: Any = None, *args: Any, **more: Any) -> None:
            fake = FakePlugin(
                FakePerceiver("words"),
                FakeAnswerer(answer=lambda request: [Delta("It is "), Delta("blue.", short="blue")]),
            )
            super().__init__(settings, plugins={"fakes": fake}, discover=False)

    monkeypatch.setattr("assistant.host.Host", FakeHost)
    monkeypatch.setattr("assistant.app.Host", FakeHost)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.mark.usefixtures("fakes")
def test_ask_prints_the_answer(tmp_path: Path) -> None:
    """The answer goes to standard output, nothing else does, and the exit code is 0."""
    note = tmp_path / "note.txt"
    note.write_text("hello")
    result = run("ask", "what colour?", str(note))
    assert (result.stdout, result.exit_code) == ("It is blue.\n", 0)


@pytest.mark.usefixtures("fakes")
def test_ask_json_has_the_documented_keys() -> None:
    """--json prints one object with every key that docs/cli.md lists."""
    result = run("ask", "--json", "what colour?")
    printed = json.loads(result.stdout)
    assert set(printed) == {"question", "answer", "parts", "observations", "gaps", "perceivers", "milliseconds"}
    assert printed["answer"]["short"] == "blue"
    assert printed["observations"][0]["text"] == "seen"


@pytest.mark.usefixtures("fakes")
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    """A missing and an empty file are named on standard error; the answer is printed all the same; the code is 3."""
    (tmp_path / "empty.png").touch()
    result = run("ask", "what?", str(tmp_path / "nowhere.jpg"), str(tmp_path / "empty.png"))
    assert result.exit_code == INCOMPLETE
    assert result.stdout == "It is blue.\n"
    assert "nowhere.jpg" in result.stderr
    assert "empty.png" in result.stderr


@pytest.mark.usefixtures("fakes")
def test_perceive_lists_observations(tmp_path: Path) -> None:
    """Each observation is a line under its file."""
    note = tmp_path / "note.txt"
    note.write_text("hello")
    result = run("perceive", str(note))
    assert result.stdout.splitlines() == ["note.txt (text, text/plain)", "  100% note: seen  [words]"]


@pytest.mark.usefixtures("fakes")
def test_nothing_to_do_is_an_error() -> None:
    """An empty question without a file ends with 1 and says what to do."""
    result = run("ask", "")
    assert result.exit_code == FAILED
    assert "Type a question" in result.stderr


@pytest.mark.usefixtures("fakes")
def test_unknown_answerer_is_an_error() -> None:
    """The known ones are named."""
    result = run("ask", "--answerer", "nobody", "what?")
    assert result.exit_code == FAILED
    assert "fake_answerer" in result.stderr


@pytest.mark.usefixtures("fakes")
def test_plugins_list() -> None:
    """Plugins with what they bring; JSON with the documented keys."""
    assert "words" in run("plugins", "list").stdout
    state = json.loads(run("plugins", "list", "--json").stdout)
    assert set(state) == {"plugins", "perceivers", "answerers", "embedders", "voices", "problems", "left_out"}
    assert state["perceivers"][0]["ready"]


def test_weights_commands() -> None:
    """Weights nobody knows end with 4, and the list is a JSON array."""
    result = run("weights", "where", "no-such-model")
    assert result.exit_code == WEIGHTS
    assert "no-such-model" in result.stderr
    listed = json.loads(run("weights", "list", "--json").stdout)
    assert {"name", "role", "licence", "bytes", "state", "starter"} <= set(listed[0])


def test_wrong_settings_end_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is wrong is named; there is no traceback."""
    monkeypatch.setenv("ASSISTANT_SERVER__PORT", "many")
    result = run("plugins", "list")
    assert result.exit_code == FAILED
    assert "server.port" in result.stderr


def test_serve_refuses_a_network_without_users() -> None:
    """`assistant serve --host 0.0.0.0` says what is needed."""
    result = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert result.exit_code == FAILED
    assert "assistant users add" in result.stderr


def test_usage_errors_end_with_two() -> None:
    """Click's own code for wrong usage."""
    assert run("perceive").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_help_lists_commands() -> None:
    """The help names every command."""
    text = run("--help").stdout
    assert all(name in text for name in command.cli.commands)
