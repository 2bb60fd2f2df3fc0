"""Words of plugins are found in questions, reach answerers, and are waited for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assistant import Assistant
from assistant.context import Snapshot
from assistant.declared import check
from assistant.errors import PluginError
from assistant.host import Host
from assistant.isolation.reading import read_description
from assistant.isolation.registration import description
from assistant.plugin import Answerer, Perceiver, Request, Task
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin, picture
from assistant.types import Delta, Observation, Question
from assistant.vocabulary import mentions, says

WORDS = {"sharpness": ("sharp|scharf|in focus|清晰", "blurred|不清晰"), "tempo": ("how fast", "tempo change", "tempo")}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Is it SHARP?", ["sharp"]),
        ("is it in focus", ["in focus"]),
        ("in the focus", []),
        ("blurring, or blurry?", ["blurred", "blurred"]),
        ("Ist es schärf?", ["scharf"]),
        ("这张照片清晰吗", ["清晰"]),
        ("这张照片不清晰吗", ["不清晰"]),
        ("How fast are the tempo changes?", ["how fast", "tempo change"]),
        ("sharpener, sharpnesses, sharply said", ["sharp"]),
        ("", []),
    ],
)
def test_words_in_questions(question: str, found: list[str]) -> None:
    """Case, accents and inflection do not matter; the longer phrase counts; Chinese has no spaces."""
    assert [one.word for one in mentions(question, WORDS)] == found


def test_the_same_word_before_one_that_is_like_it() -> None:
    """Where two words differ by their ending only, the one that was written counts."""
    words = {"x": ("scharf", "Schärfe")}
    assert [one.word for one in mentions("Ist es scharf?", words)] == ["scharf"]
    assert [one.word for one in mentions("Welche Schärfe?", words)] == ["Schärfe"]


def test_says() -> None:
    """Whether a text contains a word of an entry."""
    assert says("sharp|in focus", "It is in focus.")
    assert not says("sharp|in focus", "unsharp")


class Sharpness(FakePerceiver):
    """Takes its time."""

    asked: ClassVar[Mapping[str, tuple[str, ...]]] = {"sharpness": ("sharp|in focus", "blurred")}

    def __init__(self) -> None:
        super().__init__("sharpness", consumes=("image",), produces=("sharpness", "grain_size"))

    def perceive(self, task: Task) -> Iterator[Observation]:
        task.cancel.wait(0.2)
        yield task.observe("sharpness", "sharp", 0.9)


class Impatient(Answerer):
    """Waits for nothing of its own accord, and says what it was given."""

    name = "impatient"

    def needs(self, question: Question, context: Snapshot) -> frozenset[str]:
        return frozenset()

    def answer(self, request: Request) -> Iterator[Delta]:
        seen = [one.text for one in request.context.of("sharpness")]
        yield Delta(json.dumps([seen, {kind: list(words) for kind, words in request.vocabulary.items()}]))


@pytest.mark.parametrize(
    "asked",
    [
        {"other": ("word",)},
        {"sharpness": "sharp"},
        {"sharpness": ()},
        {"sharpness": ("",)},
        {"sharpness": ("sharp|",)},
        {"sharpness": (" ? ",)},
        {"sharpness": ("x" * 61,)},
        {"sharpness": ("one\ntwo",)},
        {"sharpness": (3,)},
        {"sharpness": tuple(f"word {number}" for number in range(300))},
        ("sharp",),
        None,
    ],
)
def test_what_makes_no_sense_is_refused(asked: Any) -> None:
    """The message names the attribute and says what it should be."""
    perceiver = Sharpness()
    perceiver.asked = asked  # type: ignore[misc]
    with pytest.raises(PluginError, match="asked") as error:
        check(perceiver, Perceiver)
    assert error.value.remedy


def test_the_vocabulary_of_installed_plugins(tmp_path: Path) -> None:
    """Declared words, else the name of the kind; the kinds of the core only where somebody declares words for them."""
    captions = FakePerceiver("captions", consumes=("image",), produces=("caption",))
    with Host(Settings(data_dir=tmp_path), plugins={"p": FakePlugin(Sharpness(), captions)}, discover=False) as host:
        assert host.problems() == ()
        assert host.vocabulary() == {"sharpness": ("sharp|in focus", "blurred"), "grain_size": ("grain size",)}


def test_answerers_get_it_and_named_kinds_are_waited_for(make_assistant: Callable[..., Assistant]) -> None:
    """What a question names is there when it is answered, whatever the answerer itself waits for."""
    assistant = make_assistant(Sharpness(), Impatient())
    seen, vocabulary = json.loads(assistant.ask("Is it sharp?", picture()).text)
    assert seen == ["sharp"]
    assert vocabulary == {"sharpness": ["sharp|in focus", "blurred"], "grain_size": ["grain size"]}


PLUGIN = """
from assistant import Perceiver, hookimpl

ASSISTANT_API = ">=1.1,<2"

class Mood(Perceiver):
    name = "mood"
    consumes = ("image",)
    produces = ("mood",)
    asked = {"mood": ("mood|vibe", "calm")}

    def perceive(self, task):
        yield task.observe("mood", "calm", 0.9)

@hookimpl
def register_perceivers(register):
    register(Mood())
"""


def test_words_cross_from_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that is only described has its words too; nonsense of that sort is refused."""
    (tmp_path / "plugin_of_moods.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    told = json.loads(json.dumps(description("plugin_of_moods", lambda name: {})))
    (mood,) = read_description(told, {}).plugged
    assert mood.attributes["asked"] == {"mood": ("mood|vibe", "calm")}
    for nonsense in ("mood", ["mood"], {"mood": "calm"}, {"mood": [3]}):
        told["plugged"][0]["attributes"]["asked"] = nonsense
        with pytest.raises(ValueError, match=r"no (list|object|text)"):
            read_description(told, {})
