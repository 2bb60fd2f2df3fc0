"""What an answerer is given of the context: which kinds there can be, and which bytes it may look at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.context import Snapshot
from assistant.engine import Engine, Session
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.media import Media
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answered, Delta, FileFormat, Question

SCORE = FileFormat(
    modality="score", media_type="application/x-score", label="score", suffixes=(".score",), begins=b"SCORE1"
)


class Formats:
    """Lets scores be sent."""

    @hookimpl
    def register_formats(self, register: Callable[[FileFormat], None]) -> None:
        register(SCORE)


class Waiting(FakeAnswerer):
    """Waits for whatever can be known of scores, without knowing who reads them."""

    def needs(self, question: Question, context: Snapshot) -> frozenset[str] | None:
        return frozenset(context.capabilities["score"])


def host_of(tmp_path: Path, *plugged: Any) -> Host:
    reader = FakePerceiver("reader", consumes=("score",), produces=("melody",), isolation="process")
    return Host(
        Settings(data_dir=tmp_path),
        plugins={"formats": Formats(), "fakes": FakePlugin(reader, *plugged)},
        discover=False,
    )


def answered(host: Host) -> str:
    media = Media(formats=host.formats)

    async def turn() -> str:
        parts = [media.open(b"SCORE1 c d e", "song.score")]
        events = [each async for each in Engine(host, media).turn(Session(), "which song?", parts)]
        return next(each.answer.text for each in events if isinstance(each, Answered))

    return asyncio.run(turn())


def bytes_of(request: Request) -> Iterator[Delta]:
    (part,) = request.context.of_modality("score")
    yield Delta(f"{part.name}: {part.read_bytes()!r}")


def test_an_answerer_waits_for_kinds_of_plugins_it_does_not_know(tmp_path: Path) -> None:
    """`needs` takes the same two arguments as ever; what there can be is told by the context."""
    with host_of(tmp_path, Waiting()) as host:
        assert host.capabilities()["score"] == ("melody",)
        (runner,) = host.answerers()
        seen: list[frozenset[str] | None] = []
        ask = runner.plugged.needs
        runner.plugged.needs = lambda *told: (seen.append(ask(*told)), seen[-1])[1]  # type: ignore[method-assign]
        assert answered(host)
        assert seen == [frozenset({"melody"})]


@pytest.mark.parametrize(("accepts", "told"), [((), "b''"), (("score",), "b'SCORE1 c d e'")])
def test_bytes_that_nothing_checked_are_for_those_that_ask(tmp_path: Path, accepts: tuple[str, ...], told: str) -> None:
    """Others learn that there is such a file, and what was read in it, but never get its bytes."""
    with host_of(tmp_path, FakeAnswerer(answer=bytes_of, accepts=accepts, isolation="process")) as host:
        assert answered(host) == f"song.score: {told}"


def test_who_reads_what_was_read_in_a_file_does_without_its_bytes(tmp_path: Path) -> None:
    """A perceiver of another plugin's kinds may work in a thread: it learns which file they are about, no more."""
    reader = FakePerceiver(
        "reader",
        lambda task: [task.observe("melody", "c d e", 1.0)],
        consumes=("score",),
        produces=("melody",),
        isolation="process",
    )
    singer = FakePerceiver(
        "singer",
        lambda task: [task.observe("note", f"{task.part.name} {task.part.read_bytes()!r}", 1.0)],
        consumes=("melody",),
        produces=("note",),
    )
    plugins = {"formats": Formats(), "fakes": FakePlugin(reader, singer, FakeAnswerer())}
    with Host(Settings(data_dir=tmp_path), plugins=plugins, discover=False) as host:
        assert "song.score b''" in answered(host)


def test_only_an_answerer_in_a_process_may_ask_for_them(tmp_path: Path) -> None:
    """The rule is that of perceivers."""
    with host_of(tmp_path, FakeAnswerer(accepts=("score", "image"))) as host:
        assert host.answerers() == ()
        (problem,) = host.problems()
        assert "accepts score" in problem.message
        assert 'isolation = "process"' in problem.remedy
    with host_of(tmp_path / "other", FakeAnswerer(accepts=("image",))) as host:
        assert len(host.answerers()) == 1
