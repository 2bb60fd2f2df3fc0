"""A plugin whose declarations change their mind: what was checked at the start may raise at any time later."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, Session
from assistant.host import Host
from assistant.media import Media
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Missed, Observed


@pytest.mark.parametrize("method", ["unready", "weights"])
@pytest.mark.parametrize("answer", [OSError("gone"), None, 7])
def test_it_costs_its_own_observations_only(tmp_path: Path, method: str, answer: Any) -> None:
    """The turn goes on with the others and says what is missing; health and capabilities can still be told."""
    fickle, steady = FakePerceiver("fickle"), FakePerceiver("steady")
    answerer = FakeAnswerer("fickle_answerer")
    host = Host(
        Settings(data_dir=tmp_path), plugins={"p": FakePlugin(fickle, steady, answerer, FakeAnswerer())}, discover=False
    )
    assert host.problems() == ()

    def asked(options: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    setattr(fickle, method, asked)
    setattr(answerer, method, asked)

    async def turn() -> list[Any]:
        return [event async for event in Engine(host, Media()).turn(Session(), "hello")]

    with host:
        events = asyncio.run(turn())
        assert [event.observation.source for event in events if isinstance(event, Observed)] == ["steady"]
        assert "fickle" in {event.gap.source for event in events if isinstance(event, Missed)}
        states = {each["name"]: each for each in host.health()["perceivers"]}
        assert not states["fickle"]["ready"]
        assert method in states["fickle"]["reason"]
        assert states["steady"]["ready"]
        assert "text" in host.capabilities()


def test_names_of_its_own_are_its_own(tmp_path: Path) -> None:
    """What a plugin keeps in attributes beside those of the base class means nothing to the host."""
    perceiver = FakePerceiver("own")
    for name, value in {"ready": False, "facts": {"a": 1}, "hindrance": "none", "abandon": 3}.items():
        setattr(perceiver, name, value)
    with Host(Settings(data_dir=tmp_path), plugins={"p": FakePlugin(perceiver)}, discover=False) as host:
        (runner,) = host.perceivers()
        assert runner.obstacle() is None
        runner.run(lambda plugged: None)
        assert runner.loaded
        assert runner.health()["ready"]
        (figures,) = [each for each in host.health()["perceivers"] if each["name"] == "own"]
        assert "a" not in figures
