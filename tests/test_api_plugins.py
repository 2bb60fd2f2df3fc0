"""What /api/v1/plugins and /health/ready tell of plugins, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.api.plugins import inventory
from assistant.app import Assistant
from assistant.host import Host
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin
from assistant.types import Observation

SECRET = "/srv/models.d/eyes"


@dataclass(frozen=True)
class EyesOptions:
    """Options of `[plugins.eyes]`."""

    model: str = field(default="small", metadata={"description": "Where the model lies."})
    effort: Literal["usual", "quick"] = field(default="usual", metadata={"description": "How closely to look."})


class Eyes(FakePerceiver):
    """Fails on every picture; can be told by a turn how closely to look."""

    Options = EyesOptions
    per_turn = frozenset({"effort"})


def fail(task: Task) -> Iterator[Observation]:
    raise RuntimeError("it broke")
    yield


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    given: Any = {"plugins": {"eyes": {"model": SECRET}}, "engine": {"breaker_failures": 1, "breaker_seconds": 500}}
    settings = Settings(data_dir=tmp_path, **given)
    eyes = FakePlugin(Eyes("eyes", fail, consumes=("text",), produces=("note",)))
    with Assistant(settings, host=Host(settings, plugins={"sight": eyes}, discover=False)) as opened:
        yield opened


def eyes_of(state: dict[str, Any]) -> dict[str, Any]:
    (found,) = [each for each in state["perceivers"] if each["name"] == "eyes"]
    return dict(found)


def test_plugins_are_told_with_options_and_state(assistant: Assistant) -> None:
    """Whoever runs the server sees state, tier, and every option with default, value and description."""
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as client:
        told = client.get("/api/v1/plugins").json()
    eyes = eyes_of(told)
    assert (eyes["state"], eyes["tier"], eyes["resting_seconds"]) == ("ready", "thread", 0.0)
    model, effort = eyes["options"]
    assert (model["value"], model["default"], model["description"]) == (SECRET, "small", "Where the model lies.")
    assert (effort["per_turn"], effort["choices"]) == (True, ["usual", "quick"])
    assert [each["name"] for each in told["plugins"]] == ["sight"]


def test_what_rests_says_for_how_long(assistant: Assistant) -> None:
    """After its failures both endpoints say resting, with the seconds left."""
    assistant.perceive(b"hello")
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as client:
        for path in ("/api/v1/plugins", "/health/ready"):
            eyes = eyes_of(client.get(path).json())
            assert eyes["state"] == "resting"
            assert 400 < eyes["resting_seconds"] <= 500
        figures = client.get("/metrics").text
    assert 'sensorium_plugin_resting_seconds{name="eyes"}' in figures


def test_others_are_told_no_insides(assistant: Assistant) -> None:
    """Someone on another's server sees which options there are, but no directories."""
    told = inventory(assistant.host, insides=False)
    assert SECRET not in str(told)
    model, effort = eyes_of(told)["options"]
    assert (model["value"], effort["value"]) == ("(hidden)", "usual")
    assert told["plugins"][0]["module"] == ""
