"""Declarations and options: every mistake is named with what to write instead, and nothing else ever comes up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.declared import check, probe
from assistant.errors import PluginError
from assistant.options import HIDDEN, options_facts, options_of
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Voice
from assistant.testing import FakeAnswerer, FakePerceiver


class Vectors(Embedder):
    name = "vectors"

    def embed(self, inputs: Any) -> Any:
        raise NotImplementedError


class Hum(Voice):
    name = "hum"

    def speak(self, utterance: Any) -> Any:
        raise NotImplementedError


class Evil:
    """Answers every question with an error."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __hash__ = __eq__ = __bool__ = __len__ = __iter__ = __lt__ = __gt__ = __contains__ = __repr__  # type: ignore[assignment]


class Bare:
    """Options without annotations or defaults."""

    def __init__(self, needed: int) -> None: ...


@dataclass(frozen=True)
class Unusable:
    a: int = 0

    def __post_init__(self) -> None:
        raise SystemError("no")


@dataclass(frozen=True)
class NoDefault:
    model: str


@dataclass(frozen=True)
class Unresolved:
    model: NotThere = None  # type: ignore[name-defined]  # noqa: F821


SORTS = {Perceiver: FakePerceiver, Answerer: FakeAnswerer, Embedder: Vectors, Voice: Hum}
ATTRIBUTES = sorted(
    {each for sort in SORTS for each in vars(sort).get("__annotations__", {})} | set(Plugged.__annotations__)
)
GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.lists(st.one_of(st.text(max_size=4), st.integers()), max_size=3).map(tuple),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.builds(lambda: Evil()),
    st.builds(lambda: (Evil(),)),
    st.sampled_from([Evil, int, Bare, Unusable, NoDefault, Unresolved, object(), math.nan, len]),
)


@given(st.sampled_from(list(SORTS)), st.dictionaries(st.sampled_from(ATTRIBUTES), GARBAGE, max_size=4))
def test_any_garbage_is_a_plugin_error(sort: type[Plugged], declared: Mapping[str, Any]) -> None:
    """Whatever is declared, it is accepted or refused with an attribute, a value and a remedy."""
    plugged = SORTS[sort]()
    for attribute, value in declared.items():
        setattr(plugged, attribute, value)
    try:
        check(plugged, sort)
    except PluginError as error:
        assert error.remedy  # noqa: PT017
        return
    options_facts(plugged)


@given(GARBAGE)
def test_any_object_may_be_registered(thing: Any) -> None:
    """What is no perceiver at all is a PluginError too."""
    with pytest.raises(PluginError):
        check(thing, Perceiver)


@dataclass(frozen=True)
class Options:
    model: str = field(default="small", metadata={"description": "Which weights."})
    beams: int = 1
    effort: Literal["usual", "quick"] = "usual"
    language: Optional[str] = None  # noqa: UP045
    scale: float = math.inf
    labels: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    loud: bool = False
    key: str = field(default="", metadata={"secret": True})
    place: Path = Path("/x")


@pytest.mark.parametrize(
    ("declared", "complaint", "remedy"),
    [
        ({"version": 2}, "version is 2", 'version = "2"'),
        ({"version": ""}, "version", "string"),
        ({"deadline": "30"}, "deadline is '30'", "seconds"),
        ({"deadline": math.inf}, "deadline", "seconds"),
        ({"deadline": math.nan}, "deadline", "seconds"),
        ({"deadline": True}, "deadline", "seconds"),
        ({"deadline_per_second": -1}, "deadline_per_second", "0 or more"),
        ({"memory_limit_mb": 10}, "memory_limit_mb is 10", "64"),
        ({"memory_limit_mb": 512.0}, "memory_limit_mb", "whole number"),
        ({"memory_mb": "1 GB"}, "memory_mb", "MiB"),
        ({"isolation": "container"}, "isolation is 'container'", '"process"'),
        ({"network": "no"}, "network is 'no'", "True"),
        ({"heavy": None}, "heavy", "False"),
        ({"embeds": 1}, "embeds", "True"),
        ({"optional": "yes"}, "optional", "True"),
        ({"concurrency": 0}, "concurrency", "1 to"),
        ({"concurrency": 1.0}, "concurrency", "whole number"),
        ({"requires": "numpy"}, "requires", "tuple"),
        ({"requires": ("pip install numpy",)}, "requires", "import names"),
        ({"produces": ("Big Dog",)}, "Big Dog", "lower_case_words"),
        ({"per_turn": ("beams",)}, "per_turn names beams", "Options"),
        ({"per_turn": "beams", "Options": Options}, "per_turn", "tuple"),
        ({"per_turn": {"beam"}, "Options": Options}, "per_turn names beam,", "model, beams"),
        ({"Options": Options()}, "Options", "@dataclass"),
        ({"Options": dict}, "Options", "@dataclass"),
        ({"Options": NoDefault}, "no default for model", "model"),
        ({"Options": Unusable}, "cannot be used: SystemError", "without arguments"),
        ({"Options": Unresolved}, "cannot be used", "annotations"),
        ({"name": "a" * 65}, "name", "64"),
    ],
)  # fmt: skip
def test_each_mistake_says_what_to_write(declared: dict[str, Any], complaint: str, remedy: str) -> None:
    """The message names the attribute and the value, the remedy the right form."""
    with pytest.raises(PluginError) as caught:
        check(FakePerceiver(**declared), Perceiver)
    assert complaint in caught.value.message
    assert remedy in caught.value.remedy


def test_gatherers_of_modalities_that_plugins_bring() -> None:
    """Where the modalities are known, one of a plugin is as good as the core's; a kind never is."""
    gatherer = FakePerceiver(consumes=("document",), gathers=("note",), produces=("summary",))
    check(gatherer, Perceiver)
    check(gatherer, Perceiver, ("text", "document"))
    with pytest.raises(PluginError, match="must consume modalities"):
        check(gatherer, Perceiver, ("text",))


@pytest.mark.parametrize("method", ["weights", "unready"])
@pytest.mark.parametrize("answer", [3, None, (3,), RuntimeError("no"), SystemExit(1)])
def test_what_is_answered_about_options_is_tried_once(method: str, answer: Any) -> None:
    """A method that raises, or answers with something else than words, is found before the first turn."""

    def asked(options: Any) -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    perceiver = FakePerceiver()
    setattr(perceiver, method, asked)
    with pytest.raises(PluginError, match=method):
        probe(perceiver, None)


def test_facts_about_options() -> None:
    """Name, type in words, default, what holds, description, choices, and whether a turn may set it, all JSON."""
    perceiver = FakePerceiver(Options=Options, per_turn=frozenset({"beams"}))
    held = options_of(perceiver, {"beams": 5, "key": "s3cret", "labels": ["a"]})
    facts = {fact.name: fact for fact in options_facts(perceiver, held)}
    assert list(facts) == list(Options.__dataclass_fields__)
    assert {name: fact.type for name, fact in facts.items()} == {
        "model": "str",
        "beams": "int",
        "effort": '"usual" | "quick"',
        "language": "str | None",
        "scale": "float",
        "labels": "tuple[str, ...]",
        "extra": "Mapping[str, Any]",
        "loud": "bool",
        "key": "str",
        "place": "Path",
    }
    assert (facts["beams"].default, facts["beams"].value, facts["beams"].per_turn) == (1, 5, True)
    assert facts["labels"].value == ["a"]
    assert facts["effort"].choices == ("usual", "quick")
    assert facts["model"].description == "Which weights."
    assert not facts["model"].per_turn
    assert facts["key"].value == HIDDEN
    assert facts["place"].to_json()["default"] == "/x"
    assert options_facts(perceiver)[1].value == 1
    assert options_facts(FakePerceiver()) == []
