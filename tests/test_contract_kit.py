"""What the kit for authors of plugins gives them: fakes, small parts, fixtures and contract classes."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import click
import numpy as np
import pytest

import assistant.testing
from assistant.app import Assistant
from assistant.errors import MediaError
from assistant.host import READS_THREADS, Host
from assistant.media import Media
from assistant.plugin import Panel, Task, Utterance
from assistant.runner import Runner
from assistant.testing import (
    Broken,
    Clock,
    FakeAnswerer,
    FakeEmbedder,
    FakePerceiver,
    FakePlugin,
    FakeServices,
    FakeVoice,
    PerceiverContract,
    awkward,
    contracts,
    difficult,
    host,
    imported_by,
    observation,
    samples,
    scene,
    text,
)
from assistant.testing.answering import ANSWERER
from assistant.testing.embedding import EMBEDDER
from assistant.testing.fresh import importing, run
from assistant.testing.modules import PLUGIN
from assistant.testing.perceiving import PERCEIVER
from assistant.testing.promises import Promise
from assistant.testing.speaking import VOICE
from assistant.types import MODALITIES, FileFormat, Observation, Part
from assistant.workers import Lanes

CONTRACTS: list[tuple[type, tuple[Promise[Any], ...]]] = [
    (contracts.PerceiverContract, PERCEIVER),
    (contracts.AnswererContract, ANSWERER),
    (contracts.EmbedderContract, EMBEDDER),
    (contracts.VoiceContract, VOICE),
    (contracts.PluginContract, PLUGIN),
]


class TestThreeLines(PerceiverContract):
    """A contract is subclassed in three lines."""

    perceiver: ClassVar[Callable[[], Any]] = FakePerceiver
    part: ClassVar[Part] = text("anything")


@pytest.mark.parametrize(("contract", "promises"), CONTRACTS, ids=lambda value: getattr(value, "__name__", ""))
def test_contracts_check_every_promise(contract: type, promises: tuple[Promise[Any], ...]) -> None:
    """Each contract has a test for each promise of its sort, and each promise says what it is."""
    tests = {name.removeprefix("test_") for name in dir(contract) if name.startswith("test_")}
    assert tests == {promise.name for promise in promises}
    assert all(promise.sentence.endswith(".") for promise in promises)


def test_a_broken_promise_fails_a_contract_with_its_cure() -> None:
    """A contract that is not kept fails as an assertion that says what is wrong and how to mend it."""
    from assistant.testing.cases import Input, PerceiverCase
    from assistant.testing.perceiving import yields_what_it_declares

    wrong = PerceiverCase(
        make=lambda: FakePerceiver(perceive=lambda task: [task.observe("other", "?", 1.0)]), inputs=(Input(text()),)
    )
    with pytest.raises(Broken, match=r"'other', which it does not declare.*Add it to `produces`"):
        yields_what_it_declares(wrong)
    assert issubclass(Broken, AssertionError)


def test_loading_the_fixtures_costs_next_to_nothing() -> None:
    """What every pytest run loads imports no numpy, pydantic, pluggy or media library; the checks need no pytest."""
    code = "import pytest, sys; before = set(sys.modules); import assistant.testing, assistant.testing.fixtures;"
    code += "print([name for name in sys.modules if name not in before and not name.startswith('assistant')])"
    new = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert new.strip() == "[]"
    assert imported_by("assistant.testing.checking", ["pytest", "_pytest"]) == []


def test_no_public_name_is_hidden_by_a_module() -> None:
    """A function and a module of one name would change places once the module is imported."""
    modules = {module.name for module in pkgutil.iter_modules(assistant.testing.__path__)}
    assert modules & set(assistant.testing.__all__) == set()
    assert [name for name in assistant.testing.__all__ if not hasattr(assistant.testing, name)] == []


# ---- parts ----------------------------------------------------------------------------------------------------------


def test_parts_are_what_they_say(sample_parts: dict[str, Part], media: Media) -> None:
    """There is a small part of every modality; it decodes, and holds something to see and hear."""
    assert set(sample_parts) == set(MODALITIES)
    assert media.image(sample_parts["image"]).rgb.std() > 20
    assert 0.3 < np.abs(media.audio(sample_parts["audio"]).samples()).max() <= 1
    frames = list(media.frames(sample_parts["video"]))
    assert len(frames) > 1
    assert np.abs(media.audio(sample_parts["video"]).samples()).max() > 0.1
    assert all(len(part.read_bytes()) < 100_000 for part in sample_parts.values())


def test_parts_are_the_same_everywhere() -> None:
    """Made again in another interpreter, every part has the same digest."""
    code = (
        "import json; from assistant.testing import awkward, fresh, samples;"
        "print(fresh.MARK + json.dumps([p.digest for p in samples.one_of_each().values()]"
        "+ [p.digest for m in ('text', 'image', 'audio') for _, p in awkward.difficult(m)]))"
    )
    there, _ = run(["-c", code], environment={"PYTHONHASHSEED": "77"})
    here = [part.digest for part in samples.one_of_each().values()]
    here += [part.digest for modality in ("text", "image", "audio") for _, part in difficult(modality)]
    assert here == there


@pytest.mark.parametrize("modality", ["image", "audio", "video"])
def test_difficult_parts_are_refused_or_decoded(modality: str, media: Media) -> None:
    """The decoder takes every difficult part or refuses it with MediaError: nothing else reaches a plugin."""
    refused = set()
    for what, part in difficult(modality):
        try:
            if modality == "image":
                media.image(part)
            elif modality == "audio":
                media.audio(part).samples()
            else:
                list(media.frames(part))
        except MediaError:
            refused.add(what)
    assert {f"no bytes at all ({modality})", f"{modality} that is something else"} <= refused
    assert not {f"huge {modality}", f"next to nothing ({modality})"} & refused


def test_huge_is_within_the_limits() -> None:
    """What is huge is still accepted by the guarded decoder."""
    for modality in MODALITIES:
        part = awkward.huge(modality)
        assert Media().open(part.read_bytes(), part.name).modality == modality


def test_a_scene_has_what_is_asked_of_it() -> None:
    """The context that answerers are tried on holds every kind that they need, about parts that are in it."""
    known = scene({"barcode", "object"})
    assert len(known.of("object")) == 3
    assert len(known.of("barcode")) == 1
    assert all(known.part(seen.part) for seen in known.observations)
    assert Observation.from_json(observation("x").to_json()).id == observation("x").id


# ---- fakes ----------------------------------------------------------------------------------------------------------


def test_a_host_without_discovery_has_what_it_is_given(make_host: Callable[..., Host]) -> None:
    """Everything a plugin may bring can be given by a fake, and nothing else is there."""
    brought = FakePlugin(
        FakePerceiver(),
        FakeAnswerer(),
        FakeEmbedder(),
        FakeVoice(),
        commands=[click.Command("hum", help="Hum.")],
        routes=[lambda app, assistant: None],
        panels=[Panel("Hum", lambda assistant: None)],
        formats=[
            FileFormat(modality="tune", media_type="application/x-tune", label="tune", suffixes=(), begins=b"TUNE")
        ],
    )
    made = make_host(brought)
    assert made.problems() == ()
    names = [
        runner.name
        for runners in (made.perceivers(), made.answerers(), made.embedders(), made.voices())
        for runner in runners
    ]
    assert names == ["fake", "fake_answerer", "fake_embedder", "fake_voice"]
    assert [command.name for command in made.commands] == ["hum"]
    assert (len(made.routes), len(made.panels), len(made.formats)) == (1, 1, 1)


def test_an_assistant_with_given_plugins_answers(make_assistant: Callable[..., Assistant]) -> None:
    """A turn runs with the given plugins alone, under the given settings."""
    assistant = make_assistant(FakePerceiver(), FakeAnswerer(), engine={"breaker_failures": 1})
    assert assistant.ask("What is it?", text("hello")).text.split() == ["seen", "seen"]
    assert assistant.settings.engine.breaker_failures == 1


def test_the_clock_makes_time_pass(fake_clock: Clock) -> None:
    """A plugin that failed too often is tried again once the test's clock says so, without waiting."""

    def fail(task: Task) -> list[Observation]:
        raise OSError("broken")

    runner: Runner[Any] = Runner(
        FakePerceiver(perceive=fail),
        "fake",
        FakeServices(),
        lanes=Lanes(1),
        weights_identity=str,
        embedder_identity=str,
        breaker_failures=1,
        breaker_seconds=60.0,
        clock=fake_clock,
    )
    with pytest.raises(OSError, match="broken"):
        runner.run(lambda perceiver: perceiver.perceive(None))
    assert runner.resting
    fake_clock.advance(59)
    assert runner.resting
    fake_clock.advance(2)
    assert not runner.resting
    with pytest.raises(ValueError, match="forward"):
        fake_clock.advance(-1)
    runner.close()


def test_fakes_keep_the_contracts() -> None:
    """The fakes of embedders and voices are good ones: equal inputs are equal, speakers differ, and cancelling ends."""
    rows = FakeEmbedder().embed(["a", "b", "a"])
    assert np.allclose(rows[0], rows[2])
    assert abs(float(rows[0] @ rows[1])) < 0.9
    low, high = (list(FakeVoice().speak(Utterance("a b", speaker))) for speaker in ("low", "high"))
    assert len(low) == len(high) == 2
    assert not np.allclose(low[0], high[0])
    stopped = Utterance("a b")
    stopped.cancel.set()
    assert list(FakeVoice().speak(stopped)) == []


def test_a_host_takes_whole_plugins_too() -> None:
    """`host` takes plugged objects and whole plugins side by side."""
    with host(FakePerceiver("one"), FakePlugin(FakePerceiver("two"))) as made:
        assert sorted(runner.name for runner in made.perceivers()) == ["one", "two"]
        assert json.loads(json.dumps(made.health()))["problems"] == []


def test_a_fresh_interpreter_has_the_threads_that_a_host_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy starts as many threads as there are cores unless it is told otherwise: that is no defect of a plugin."""
    for variable in READS_THREADS:
        monkeypatch.setenv(variable, "2")
    importing.cache_clear()
    assert importing("numpy").threads == 0
