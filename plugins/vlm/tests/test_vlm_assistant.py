"""The plugin in the whole assistant: chosen, streamed, remembered, and passed over where it cannot work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import assistant_vlm
from assistant import Assistant
from assistant.host import Host
from assistant.settings import Settings, load_settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answering, Delta, Part


def opened(settings: Settings) -> Assistant:
    fakes = FakePlugin(
        FakePerceiver(
            "looker", lambda task: [task.observe("note", "a striped horse", 0.9)], consumes=("image", "text")
        ),
        FakeAnswerer("last", lambda request: [Delta("the last one answers", short="last")], quality=1),
    )
    return Assistant(settings, host=Host(settings, plugins={"vlm": assistant_vlm, "fakes": fakes}, discover=False))


def configured(model: Path, **options: Any) -> Settings:
    return load_settings(plugins={"vlm": {"model": str(model), "dtype": "float32", "max_new_tokens": 6, **options}})


def test_answers_through_the_assistant(checkpoint: Any, picture: Callable[..., Part]) -> None:
    """Configured with a directory it answers as the best there is, and goes on in the same conversation."""
    with opened(configured(checkpoint("idefics3"), image_size=128)) as assistant:
        photo = picture()
        events = list(assistant.stream("Is it striped?", photo))
        assert [event.answerer for event in events if isinstance(event, Answering)] == ["vlm"]
        assert sum(isinstance(event, Delta) for event in events) > 1
        conversation = assistant.store.create_conversation("local")
        assistant.ask("Is it striped?", photo, conversation=conversation)
        reply = assistant.ask("And why?", conversation=conversation)
        assert reply.answer is not None
        assert reply.answer.answerer == "vlm"
        assert reply.answer.confidence is not None
        assert reply.gaps == ()
        health = {each["name"]: each for each in assistant.host.health()["answerers"]}
        assert health["vlm"]["ready"]
        assert not health["vqa"]["ready"]
        assert "assistant weights pull blip-vqa-base" in health["vqa"]["reason"]


def test_falls_through_without_weights(picture: Callable[..., Part], tmp_path: Path) -> None:
    """Freshly installed, without weights, it is passed over without a word; asked for by name it says what to do."""
    with opened(load_settings(weights={"directory": tmp_path})) as assistant:
        reply = assistant.ask("What is it?", picture())
        assert reply.answer is not None
        assert reply.answer.answerer == "last"
        assert reply.gaps == ()
        named = assistant.ask("What is it?", picture(), answerer="vlm")
        assert named.answer is not None
        assert named.answer.answerer == "last"
        assert "assistant weights pull vlm" in named.gaps[0].remedy


def test_broken_model_falls_through(picture: Callable[..., Part], tmp_path: Path) -> None:
    """A model that cannot be loaded is told of, with the reason, and the next one answers."""
    (tmp_path / "config.json").write_text('{"model_type": "idefics3"}')
    with opened(configured(tmp_path)) as assistant:
        reply = assistant.ask("What is it?", picture())
    assert reply.answer is not None
    assert reply.answer.answerer == "last"
    assert [gap.source for gap in reply.gaps] == ["vlm"]
    assert "could not load" in reply.gaps[0].message


def test_directory_without_a_model(tmp_path: Path) -> None:
    """It is told before anybody asks: in the list of answerers, with what to set."""
    with opened(configured(tmp_path / "away")) as assistant:
        runner = next(each for each in assistant.host.answerers() if each.name == "vlm")
        obstacle = runner.obstacle()
    assert obstacle is not None
    assert obstacle.cause == "not_configured"
    assert "Set plugins.vlm.model" in obstacle.remedy
    assert "away has no config.json" in obstacle.remedy


def test_unknown_options_are_a_problem_of_the_plugin() -> None:
    """A wrong option is shown with the ones there are; the host goes on."""
    with opened(load_settings(plugins={"vlm": {"modell": "x"}})) as assistant:
        assert any("has no option modell" in problem.message for problem in assistant.host.problems())
        assert "vlm" not in [runner.name for runner in assistant.host.answerers()]
    with opened(load_settings(plugins={"vlm": {"queue": 99}})) as assistant:
        assert any("queue" in problem.message for problem in assistant.host.problems())


@pytest.mark.parametrize("name", ["vlm", "vqa"])
def test_registered_without_loading(name: str) -> None:
    """The host takes both and loads nothing."""
    with opened(load_settings()) as assistant:
        runner = next(runner for runner in assistant.host.answerers() if runner.name == name)
        assert not runner.loaded
        assert assistant.host.problems() == ()
