"""A turn that asks for certain kinds of observations, under options of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import PluginError
from assistant.host import Host
from assistant.media import text_part
from assistant.plugin import Task
from assistant.settings import load_settings
from assistant.testing import FakePerceiver, FakePlugin, picture
from assistant.types import Missed, Observation, Observed


@dataclass(frozen=True)
class Options:
    """Of the perceiver `says`."""

    word: str = "seen"
    size: int = 1


def says(task: Task) -> Iterator[Observation]:
    yield task.observe("note", f"{task.options.word} {task.options.size}", 1.0)


@pytest.fixture
def says_and_more(tmp_path: Path) -> Iterator[tuple[Assistant, dict[str, FakePerceiver]]]:
    """Something that says a note, something that reads notes, and something that has nothing to do with them."""
    fakes = {
        "says": FakePerceiver("says", says, Options=Options, per_turn=frozenset({"word"})),
        "reads": FakePerceiver("reads", consumes=("note",), produces=("mood",)),
        "other": FakePerceiver("other", produces=("length",)),
        "pictures": FakePerceiver("pictures", consumes=("image",), produces=("object",)),
    }
    settings = load_settings(data_dir=tmp_path, plugins={"says": {"size": 2}})
    host = Host(settings, plugins={"fakes": FakePlugin(*fakes.values())}, discover=False)
    with Assistant(settings, host=host) as assistant:
        yield assistant, fakes


async def perceived(assistant: Assistant, **how: Any) -> tuple[list[str], list[str]]:
    """Texts of the observations, and causes of the gaps."""
    events = [event async for event in assistant.turn("hello", answer=False, **how)]
    seen = [event.observation.text for event in events if isinstance(event, Observed)]
    return seen, [event.gap.cause for event in events if isinstance(event, Missed)]


async def test_only_what_leads_to_the_kinds_runs(
    says_and_more: tuple[Assistant, dict[str, FakePerceiver]],
) -> None:
    """What is asked for is perceived, with what it is read from, and nothing else is."""
    assistant, fakes = says_and_more
    assert await perceived(assistant, kinds=frozenset({"note"})) == (["seen 2"], [])
    assert [fakes[name].calls for name in ("says", "reads", "other")] == [1, 0, 0]
    await perceived(assistant, kinds=frozenset({"mood"}))
    assert [fakes[name].calls for name in ("says", "reads", "other")] == [1, 1, 0]
    await perceived(assistant)
    assert [fakes[name].calls for name in ("says", "reads", "other")] == [1, 1, 1]


async def test_kinds_that_nothing_gives(says_and_more: tuple[Assistant, dict[str, FakePerceiver]]) -> None:
    """Where nothing leads to what was asked for, that is a gap."""
    assert await perceived(says_and_more[0], kinds=frozenset({"object"})) == ([], ["no_plugin"])


async def test_options_of_one_turn(says_and_more: tuple[Assistant, dict[str, FakePerceiver]]) -> None:
    """A turn's options are laid over those of the settings, and what was perceived under others is not taken for it."""
    assistant, fakes = says_and_more
    for word, calls in (("heard", 1), ("seen", 2), ("heard", 2), ("felt", 3), ("seen", 3)):
        seen, _ = await perceived(assistant, kinds=frozenset({"note"}), options={"says": {"word": word}})
        assert (seen, fakes["says"].calls) == ([f"{word} 2"], calls)
    assert (await perceived(assistant, kinds=frozenset({"note"})))[0] == ["seen 2"]
    assert fakes["says"].calls == 3, "the options of the settings are no other options"


@pytest.mark.parametrize(
    ("options", "named"), [({"size": 3}, "size"), ({"colour": "red"}, "colour"), ({"word": ["a", "b"]}, "word")]
)
async def test_options_that_a_turn_may_not_set(
    options: dict[str, Any], named: str, says_and_more: tuple[Assistant, dict[str, FakePerceiver]]
) -> None:
    """Options that are fixed, unknown or wrong are refused by name, and of what is not installed nothing is wanted."""
    assistant, fakes = says_and_more
    with pytest.raises(PluginError, match=named):
        await perceived(assistant, options={"says": options})
    assert fakes["says"].calls == 0
    await perceived(assistant, options={"not_there": {"x": 1}}, kinds=frozenset({"length"}))


def test_options_without_asyncio(says_and_more: tuple[Assistant, dict[str, FakePerceiver]]) -> None:
    """`ask`, `perceive` and `stream` take a turn's options too."""
    assistant, _ = says_and_more
    options = {"says": {"word": "heard"}}
    for reply in (assistant.ask("hello", options=options), assistant.perceive(text_part("hi"), options=options)):
        assert "heard 2" in {seen.text for seen in reply.observations}
    events = assistant.stream("hello again", answer=False, options=options)
    assert "heard 2" in {event.observation.text for event in events if isinstance(event, Observed)}


@pytest.mark.parametrize(("other", "causes"), [(True, ["no_plugin"]), (False, [])])
async def test_who_looks_for_something_particular(other: bool, causes: list[str], tmp_path: Path) -> None:
    """Where only those read a modality who look for something particular, it is said that nothing else did."""
    found = FakePerceiver("codes", consumes=("image",), produces=("code",), particular=True)
    whole = FakePerceiver("whole", consumes=("image",), produces=("scene",), particular=other)
    reads = FakePerceiver("reads", consumes=("text",), produces=("mood",))
    settings = load_settings(data_dir=tmp_path)
    host = Host(settings, plugins={"fakes": FakePlugin(found, whole, reads)}, discover=False)
    with Assistant(settings, host=host) as assistant:
        reply = assistant.ask("What is it?", picture())
        assert {seen.kind for seen in reply.observations} == {"code", "scene", "mood"}
        told = [gap for gap in reply.gaps if gap.cause == "no_plugin"]
        assert [gap.cause for gap in told] == causes
        assert all("codes, whole can find" in gap.message and "sensorium-vision" in gap.remedy for gap in told)
