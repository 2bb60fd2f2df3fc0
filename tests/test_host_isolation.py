"""Which tier a plugin works in: declared by its class, wanted by the operator, or because of where it is installed."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from plugins_installed import install, only

from assistant.cli import cli
from assistant.engine import Engine, Session
from assistant.environments import building
from assistant.host import Host
from assistant.media import Media
from assistant.settings import Settings
from assistant.types import Observation, Observed

PLUGIN = """
import os
import sys
from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.0,<2"

class Where(Perceiver):
    name = "where"
    consumes = ("text",)
    produces = ("place",)
    heavy = False
    ISOLATION

    def perceive(self, task):
        yield task.observe("place", str(os.getpid()), 1.0)

@hookimpl
def register_perceivers(register):
    register(Where())
"""
APART = (
    PLUGIN
    + """
@hookimpl
def register_commands(register):
    raise AssertionError("never called elsewhere")
"""
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from only(tmp_path / "site", monkeypatch)


def where(host: Host) -> int:
    """The process in which the perceiver worked."""

    async def turn() -> list[Observation]:
        return [
            event.observation
            async for event in Engine(host, Media()).turn(Session(), "where are you?", answer=False)
            if isinstance(event, Observed)
        ]

    (seen,) = asyncio.run(turn())
    return int(seen.text)


def host_of(tmp_path: Path, **flags: Any) -> Host:
    return Host(Settings(data_dir=tmp_path / "data", **flags))


def test_a_class_may_ask_for_a_process(site: Path, tmp_path: Path) -> None:
    """Its module is imported here, its work is done elsewhere."""
    source = PLUGIN.replace("ISOLATION", 'isolation = "process"')
    install(site, "outsider-one", {"outsider_one.py": source}, plugins={"one": "outsider_one"})
    with host_of(tmp_path) as host:
        assert host.problems() == ()
        assert where(host) != os.getpid()
    assert "outsider_one" in sys.modules


def test_an_operator_may_force_a_process(site: Path, tmp_path: Path) -> None:
    """Then nothing of the plugin is imported here; what means nothing elsewhere is named."""
    source = APART.replace("ISOLATION", "")
    install(site, "outsider-two", {"outsider_two.py": source}, plugins={"two": "outsider_two"})
    with host_of(tmp_path, isolation={"two": "process"}) as host:
        assert where(host) != os.getpid()
        (info,) = host.plugins()
        assert (info.isolation, info.perceivers) == ("process", ["where"])
        (problem,) = host.problems()
        assert (problem.plugin, problem.level) == ("two", "warning")
        assert "register_commands" in problem.message
        assert "register_perceivers" in host.hooks("two")
    assert "outsider_two" not in sys.modules


MANY = """
from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.0,<2"

def one(number):
    class Where(Perceiver):
        name, consumes, produces = f"where_{number}", ("image",), ("place",)
        isolation = "process"

        def perceive(self, task):
            return []

    return Where()

@hookimpl
def register_perceivers(register):
    for number in range(20):
        register(one(number))
"""


def test_processes_start_with_their_first_use(site: Path, tmp_path: Path) -> None:
    """Loading ahead starts none, nor does a turn that has nothing for them; who asks for them gets them."""
    install(site, "outsider-many", {"outsider_many.py": MANY}, plugins={"many": "outsider_many"})
    source = PLUGIN.replace("ISOLATION", 'isolation = "process"')
    install(site, "outsider-one", {"outsider_one.py": source}, plugins={"one": "outsider_one"})

    def running(host: Host) -> list[str]:
        facts = {runner.name: runner.process for runner in host.perceivers()}
        return [name for name, process in facts.items() if process is not None and process["pid"] is not None]

    with host_of(tmp_path, engine={"isolated_idle_seconds": 0.05}) as host:
        assert len(host.perceivers()) == 21
        host.warm()
        assert running(host) == []
        where(host)
        assert set(running(host)) <= {"where"}
        (runner,) = (each for each in host.perceivers() if each.name == "where")
        until = time.monotonic() + 10
        while runner.loaded and time.monotonic() < until:
            threading.Event().wait(0.02)
        host.warm()
        assert running(host) == []
        process = runner.process
        assert process is not None
        assert process["restarts"] == 0


def test_processes_are_started_ahead_where_that_is_asked_for(site: Path, tmp_path: Path) -> None:
    """As `assistant serve --preload` does."""
    source = PLUGIN.replace("ISOLATION", 'isolation = "process"')
    install(site, "outsider-one", {"outsider_one.py": source}, plugins={"one": "outsider_one"})
    with host_of(tmp_path) as host:
        host.warm(processes=True)
        (runner,) = host.perceivers()
        process = runner.process
        assert process is not None
        assert process["pid"] is not None


def test_an_operator_cannot_loosen_what_a_plugin_declares(site: Path, tmp_path: Path) -> None:
    """Of both the stricter wins."""
    source = PLUGIN.replace("ISOLATION", 'isolation = "process"')
    install(site, "outsider-three", {"outsider_three.py": source}, plugins={"three": "outsider_three"})
    with host_of(tmp_path, isolation={"three": "thread"}) as host:
        assert where(host) != os.getpid()


def test_a_name_that_nothing_has_is_a_warning(site: Path, tmp_path: Path) -> None:
    """A slip in the setting would leave a plugin where the operator did not want it."""
    install(
        site, "outsider-four", {"outsider_four.py": PLUGIN.replace("ISOLATION", "")}, plugins={"four": "outsider_four"}
    )
    with host_of(tmp_path, isolation={"fuor": "process"}) as host:
        (problem,) = host.problems()
    assert (problem.plugin, problem.level) == ("fuor", "warning")
    assert "four" in problem.remedy


def test_what_cannot_be_described_is_a_problem(site: Path, tmp_path: Path) -> None:
    """A module that raises does so in the other process; the message comes from there."""
    install(
        site, "outsider-five", {"outsider_five.py": "raise OSError('no such thing')"}, plugins={"five": "outsider_five"}
    )
    with host_of(tmp_path, isolation={"five": "process"}) as host:
        assert any("no such thing" in problem.message for problem in host.problems())
        assert host.perceivers() == ()


def environment(data: Path, source: str) -> Path:
    """One as `assistant plugins install --own-environment` leaves it."""
    with building(data, "six") as draft:
        (packages,) = draft.directory.glob("lib/python*/site-packages")
        install(packages, "outsider-six", {"outsider_six.py": source}, plugins={"six": "outsider_six"})
        draft.finish("outsider-six")
    return data / "environments" / "six"


def test_a_plugin_in_an_environment_of_its_own(site: Path, tmp_path: Path) -> None:
    """It works in a process with that environment's packages, and is never imported here."""
    environment(tmp_path / "data", PLUGIN.replace("ISOLATION", ""))
    with host_of(tmp_path) as host:
        assert host.problems() == ()
        (info,) = host.plugins()
        assert (info.environment, info.isolation, info.distribution) == ("six", "process", "outsider-six")
        assert where(host) != os.getpid()
    assert "outsider_six" not in sys.modules


@pytest.mark.parametrize(
    ("source", "flags", "complaint"),
    [
        ('ASSISTANT_API = ">=2"\n', {}, "needs plugin API"),
        (PLUGIN, {"allowed": ["other"]}, "not among the distributions"),
    ],
)
def test_an_environment_does_not_go_round_the_rules(
    site: Path, tmp_path: Path, source: str, flags: dict[str, Any], complaint: str
) -> None:
    """API versions and the allow-list hold for what is installed there as well."""
    environment(tmp_path / "data", source)
    with host_of(tmp_path, **flags) as host:
        (problem,) = host.problems()
        assert (problem.plugin, host.plugins()) == ("six", ())
    assert complaint in problem.message


def test_a_damaged_environment_is_a_problem(site: Path, tmp_path: Path) -> None:
    """It is named with the command that makes it anew."""
    facts = environment(tmp_path / "data", PLUGIN) / "environment.json"
    facts.write_text(facts.read_text().replace('"python": "3.', '"python": "2.'))
    with host_of(tmp_path) as host:
        (problem,) = host.problems()
    assert "was made for Python 2." in problem.message
    assert "assistant plugins install" in problem.remedy


@pytest.mark.parametrize("isolation", ["process", "thread"])
def test_serve_names_protections_that_are_missing(
    isolation: str, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`assistant serve` says what a kernel or container does not offer, where a plugin counts on it."""
    name = f"outsider_{isolation}"
    source = PLUGIN.replace("ISOLATION", f'isolation = "{isolation}"')
    install(site, name, {f"{name}.py": source}, plugins={isolation: name})
    monkeypatch.setattr("assistant.isolation.confinement_report", lambda: {"memory": True, "network": False})
    monkeypatch.setattr("assistant.api.run", lambda assistant, **how: None)
    ran = CliRunner().invoke(cli, ["--data-dir", str(tmp_path), "serve"])
    assert ran.exit_code == 0, ran.output
    assert ("'network'" in ran.stderr, "'memory'" in ran.stderr) == (isolation == "process", False)
