"""What plugins register beside perceivers: file formats with modalities of their own, panels, commands, routes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Panel
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin
from assistant.types import MODALITIES, FileFormat

SCORE = FileFormat(
    modality="score", media_type="application/x-score", label="score", suffixes=(".score",), begins=b"SCORE1"
)


class Brings:
    """Registers whatever it is told to, through one hook."""

    def __init__(self, hook: str, *things: Any) -> None:
        def implementation(register: Any) -> None:
            for thing in things:
                register(thing)

        setattr(self, hook, hookimpl(implementation))


def host_of(tmp_path: Path, **plugins: object) -> Host:
    return Host(Settings(data_dir=tmp_path), plugins=plugins, discover=False)


def reader(**declared: Any) -> FakePerceiver:
    return FakePerceiver("reader", **{"consumes": ("score",), "isolation": "process", **declared})


def test_a_format_brings_a_modality(tmp_path: Path) -> None:
    """It is among the modalities, and what can be known of it among the capabilities, whoever comes first."""
    host = host_of(
        tmp_path, a_reader=FakePlugin(reader(produces=("note", "image"))), formats=Brings("register_formats", SCORE)
    )
    assert host.problems() == ()
    assert host.formats == (SCORE,)
    assert host.modalities == (*MODALITIES, "score")
    assert host.capabilities()["score"] == ("note",)
    assert [info.formats for info in host.plugins()] == [[], ["score"]]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"modality": "text"}, "modality"),
        ({"modality": "Sheet Music"}, "modality"),
        ({"media_type": "score"}, "media type"),
        ({"media_type": "image/x-score"}, "browsers"),
        ({"suffixes": ".score"}, "suffixes"),
        ({"suffixes": ("score",)}, "suffixes"),
        ({"begins": b"SC"}, "begins"),
        ({"begins": b"\x89PNG\r\n\x1a\n"}, "PNG picture"),
        ({"begins": b"OggS\0\2"}, "Ogg file"),
        ({"begins": b"fLaC"}, "FLAC"),
        ({"holds": tuple(b"%d" % number for number in range(65))}, "65 pieces"),
        ({"holds": ("text",)}, "holds"),
    ],
)
def test_formats_that_cannot_be(tmp_path: Path, changed: dict[str, Any], complaint: str) -> None:
    """What would shadow the core's formats, or cannot be told apart, is refused with the way to mend it."""
    host = host_of(tmp_path, formats=Brings("register_formats", replace(SCORE, **changed)))
    (problem,) = host.problems()
    assert complaint in f"{problem.message} {problem.remedy}"
    assert problem.remedy
    assert host.formats == ()


def test_of_two_formats_of_one_type_the_first_stays(tmp_path: Path) -> None:
    """The second plugin is told that another reads such files."""
    other = replace(SCORE, begins=b"SCORE2", label="other score")
    host = host_of(tmp_path, a=Brings("register_formats", SCORE), b=Brings("register_formats", other))
    assert host.formats == (SCORE,)
    assert "application/x-score" in host.problems()[0].message


def test_files_as_they_were_sent_are_read_in_a_process_of_its_own_only(tmp_path: Path) -> None:
    """Raw bytes never reach a perceiver in the assistant's process."""
    host = host_of(tmp_path, formats=Brings("register_formats", SCORE), reader=FakePlugin(reader(isolation="thread")))
    assert host.perceivers() == ()
    (problem,) = host.problems()
    assert (problem.plugin, problem.level) == ("reader", "error")
    assert 'isolation = "process"' in problem.remedy


def test_who_is_never_called_is_told(tmp_path: Path) -> None:
    """A perceiver of what no plugin gives is a warning; one of a built-in kind waits in silence."""
    host = host_of(
        tmp_path, reader=FakePlugin(reader()), mood=FakePlugin(FakePerceiver("mood", consumes=("transcript",)))
    )
    (problem,) = host.problems()
    assert (problem.plugin, problem.level) == ("reader", "warning")
    assert "score" in problem.message


@pytest.mark.parametrize(
    ("hook", "thing"),
    [
        ("register_formats", "score"),
        ("register_panels", Panel("", print)),
        ("register_panels", Panel("a\nb", print)),
        ("register_panels", Panel("Score", None)),  # type: ignore[arg-type]
        ("register_panels", "Score"),
        ("register_commands", print),
        ("register_commands", click.Command(None)),
        ("register_routes", "/score"),
        ("register_weights", "score"),
    ],
)
def test_what_cannot_be_registered(tmp_path: Path, hook: str, thing: Any) -> None:
    """Each is a problem with a remedy, not a defect found when it is used."""
    host = host_of(tmp_path, odd=Brings(hook, thing))
    (problem,) = host.problems()
    assert problem.remedy
    assert "raised" not in problem.message
    assert (host.formats, host.panels, host.commands, host.routes) == ((), (), (), ())


def test_panels_and_commands_are_there_once(tmp_path: Path) -> None:
    """What a plugin brings is named in what is known of it; a second of the same name is refused."""
    command = click.Command("score")
    panel = Panel("Score", print)
    host = host_of(
        tmp_path,
        a=Brings("register_panels", panel, panel),
        b=Brings("register_commands", command, click.Command("score")),
    )
    assert host.panels == (panel,)
    assert host.commands == (command,)
    assert [(info.panels, info.commands) for info in host.plugins()] == [(["Score"], []), ([], ["score"])]
    assert [problem.plugin for problem in host.problems()] == ["b", "a"]
