"""`assistant plugins list|info|enable|disable|pin|trace`: what people and scripts learn about plugins."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from tiny_wheels import plugin_wheel, unpack

from assistant import discovery
from assistant.calls import Calls
from assistant.cli import FAILED, INCOMPLETE, cli
from assistant.disabled import listed
from assistant.environments import building
from assistant.host import Host, PluginProblem
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta

CANDIDATES = discovery.candidates


@dataclass(frozen=True)
class Options:
    loudness: int = field(default=3, metadata={"description": "How loud."})
    secret: str = field(default="", metadata={"description": "A key.", "secret": True})


class Words(FakePerceiver):
    Options: ClassVar[type[Any] | None] = Options


def broken(task: object) -> Iterator[Any]:
    raise RuntimeError("oh")


class FakeHost(Host):
    """Two plugins that work and nothing that is installed; with one more that fails if asked for."""

    failing = False

    def __init__(self, settings: Any = None, *args: Any, **more: Any) -> None:
        says = [Delta("It is "), Delta("blue.", short="blue")]
        plugins = {
            "words": FakePlugin(Words("words")),
            "sayer": FakePlugin(FakeAnswerer("sayer", answer=lambda request: says)),
        }
        if self.failing:
            plugins["bad"] = FakePlugin(FakePerceiver("bad", perceive=broken))
        super().__init__(settings, plugins=plugins, discover=False, calls=more.get("calls"))


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.host.Host", FakeHost)
    monkeypatch.setattr("assistant.inventory.Host", FakeHost)
    monkeypatch.setattr("assistant.discovery.candidates", lambda data_dir: ([], []))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["plugins", *arguments])


def data_dir() -> Path:
    return Path(os.environ["ASSISTANT_DATA_DIR"])


def own_environment(data_dir: Path) -> None:
    """The plugin `tiny` in an environment of its own."""
    with building(data_dir, "own") as draft:
        packages = next((draft.directory / "lib").iterdir()) / "site-packages"
        unpack(plugin_wheel(data_dir / "shelf"), packages)
        draft.finish("assistant-tiny")


# ---- list -----------------------------------------------------------------------------------------------------------


def test_list_tells_errors_from_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning is shown and costs nothing; an error makes the exit code 1."""
    problems = [PluginProblem("words", "it is old.", "Upgrade it.", "warning")]
    monkeypatch.setattr(FakeHost, "problems", lambda self: tuple(problems))
    monkeypatch.setattr(FakeHost, "health", lambda self: health(self, problems))
    result = run("list")
    assert (result.exit_code, "warning: words: it is old. Upgrade it." in result.stdout) == (0, True)
    problems.append(PluginProblem("bad", "it is broken.", "Mend it."))
    result = run("list")
    assert (result.exit_code, "error: bad: it is broken. Mend it." in result.stdout) == (FAILED, True)


def health(host: Host, problems: list[PluginProblem]) -> dict[str, Any]:
    return {**Host.health(host), "problems": [each.to_json() for each in problems]}


def test_list_says_where_things_work() -> None:
    """Each has its tier and whether it rests, in JSON."""
    state = json.loads(run("list", "--json").stdout)
    assert [(each["name"], each["tier"], each["resting"]) for each in state["perceivers"]] == [
        ("words", "thread", False)
    ]
    assert [each["environment"] for each in state["plugins"]] == ["", ""]


# ---- enable and disable ---------------------------------------------------------------------------------------------


def test_disable_and_enable() -> None:
    """What is disabled is left out from the next start on, and listed with the way back."""
    result = run("disable", "words", "sayer")
    assert "words is left out." in result.stdout
    assert "next" in run("enable", "sayer").stdout
    assert listed(data_dir()) == ("words",)
    listing = run("list").stdout
    assert "left out: words, by the list of `assistant plugins disable`. assistant plugins enable words" in listing
    assert "perceiver words" not in listing
    assert "left out already" in run("disable", "words").stdout
    assert json.loads(run("enable", "words", "--json").stdout)["enabled"] == ["words"]
    assert "was not disabled" in run("enable", "words").stdout


def test_a_name_that_is_none_changes_nothing() -> None:
    """Near names are proposed; the names beside it are not changed either."""
    result = run("disable", "sayer", "wods")
    assert result.exit_code == FAILED
    assert "Did you mean words" in result.stderr
    assert listed(data_dir()) == ()
    assert run("enable", "zzz").exit_code == FAILED


def test_what_cannot_be_imported_can_be_disabled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A plugin is disabled by its name without importing any: one may take the process along."""
    monkeypatch.setattr("assistant.discovery.candidates", CANDIDATES)
    monkeypatch.setattr("assistant.inventory.Host", lambda settings: pytest.fail("plugins were imported"))
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    own_environment(tmp_path)
    assert "tiny is left out." in run("disable", "tiny").stdout
    assert "tiny is taken in again." in run("enable", "tiny").stdout


def test_what_the_settings_leave_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """enable cannot overrule the setting, and says so."""
    monkeypatch.setenv("ASSISTANT_DISABLED", '["words"]')
    assert "setting `disabled`" in run("enable", "words").stdout
    assert json.loads(run("enable", "words", "--json").stdout)["disabled_by_settings"] == ["words"]


# ---- info -----------------------------------------------------------------------------------------------------------


def test_info_shows_what_something_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declarations, options with type, default, value and description, a secret hidden; for people and as JSON."""
    monkeypatch.setenv("ASSISTANT_PLUGINS__WORDS", '{"loudness": 5, "secret": "hush"}')
    told = json.loads(run("info", "words", "--json").stdout)
    assert told["hooks"] != []
    (words,) = told["objects"]
    assert (words["sort"], words["declares"]["consumes"], words["declares"]["produces"]) == (
        "perceiver",
        ["text"],
        ["note"],
    )
    assert [(each["name"], each["type"], each["default"], each["value"]) for each in words["options"]] == [
        ("loudness", "int", 3, 5),
        ("secret", "str", "", "(hidden)"),
    ]
    text = run("info", "words").stdout
    assert "option loudness: int = 5 (default 3)  How loud." in text
    assert "hush" not in text


def test_info_of_something_unknown() -> None:
    """The nearest names are proposed."""
    result = run("info", "word")
    assert (result.exit_code, "Did you mean words" in result.stderr) == (FAILED, True)


# ---- pin ------------------------------------------------------------------------------------------------------------


def test_pin_prints_what_lets_in_exactly_this(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The line holds for what is installed, not for changed files; as a line of the settings file too."""
    monkeypatch.setattr("assistant.discovery.candidates", CANDIDATES)
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    own_environment(tmp_path)
    line = run("pin", "tiny").stdout.strip()
    assert line.startswith("assistant-tiny==0.1 --hash=sha256:")
    assert run("pin", "assistant_tiny", "--toml").stdout == f"allowed = [\n    {json.dumps(line)},\n]\n"
    module = next((tmp_path / "environments" / "own" / "lib").iterdir()) / "site-packages" / "assistant_tiny.py"
    module.write_text(module.read_text() + "\n# changed\n")
    assert json.loads(run("pin", "tiny", "--json").stdout) != [line]
    assert run("pin").exit_code == 2


# ---- trace ----------------------------------------------------------------------------------------------------------


def test_trace_notes_every_call(tmp_path: Path) -> None:
    """Hooks, loading, perceiving, answering, closing: each with its times, in order; a second time from the cache."""
    note = tmp_path / "note.txt"
    note.write_text("hello")
    told = json.loads(run("trace", "what colour?", str(note), "--json").stdout)
    made = [(each["plugin"], each["name"], each["what"], each["about"]) for each in told["calls"]]
    assert ("words", "", "register_perceivers", "") in made
    for call in (
        ("words", "words", "perceive", "note.txt"),
        ("words", "words", "perceive", "question"),
        ("words", "words", "load", ""),
        ("sayer", "sayer", "answer", ""),
        ("words", "words", "close", ""),
    ):
        assert made.count(call) == 1, call
    assert all(each["milliseconds"] >= 0 and each["began"] >= each["queued"] for each in told["calls"])
    answers = next(each for each in told["calls"] if each["what"] == "answer")
    assert answers["items"] == 2
    assert told["answer"] == "It is blue."
    assert {each["plugin"] for each in told["plugins"]} == {"words", "sayer"}
    assert all(0 <= each["share"] <= 1 for each in told["plugins"])
    again = json.loads(run("trace", "what colour?", str(note), "--json").stdout)
    assert [each["cached"] for each in again["calls"] if each["what"] == "perceive"] == [True, True]
    shown = run("trace", "what colour?", str(note)).stdout
    assert "words: words.perceive (note.txt) -> 1" in shown
    assert "from cache" in shown


def test_trace_shows_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exception stands at its call, the gap below it, and the exit code says that something was missed."""
    monkeypatch.setattr(FakeHost, "failing", True)
    result = run("trace", "what colour?", "--no-startup")
    assert result.exit_code == INCOMPLETE
    assert "bad: bad.perceive (question) -> 0 ! RuntimeError" in result.stdout
    assert "missed: bad failed on question" in result.stdout


def test_nothing_is_noted_unless_asked_for() -> None:
    """Without a recording no runner has one."""
    with FakeHost() as host:
        assert [runner.recorder for runner in host.perceivers()] == [None]


def test_calls_note_who_asked_and_what_stopped_them() -> None:
    """A call that is given up is marked as stopped, with what it gave until then; one that waits has not begun."""
    times = iter(range(100))
    calls = Calls(clock=lambda: float(next(times)))
    recorder = calls.of("plugin", "thing", "process")
    items = recorder.iterating(lambda plugged: iter("abc"), "perceive", "file")(None)
    assert next(items) == "a"
    items.close()  # type: ignore[attr-defined]
    waiting = recorder.queued("close")
    told = [each.to_json() for each in calls.calls]
    assert (told[0]["items"], told[0]["error"], told[0]["tier"], told[0]["milliseconds"]) == (
        1,
        "stopped",
        "process",
        1000.0,
    )
    assert (told[1]["began"], told[1]["milliseconds"], waiting.ended) == (None, None, None)
