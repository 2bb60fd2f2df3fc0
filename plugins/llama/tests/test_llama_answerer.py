"""The answerer `llama` with the real small model, through the assistant. Nothing is asserted about what it says."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import assistant_llama
from assistant.app import Assistant
from assistant.errors import Cancelled, CannotAnswer, WeightsCorrupt
from assistant.host import Host
from assistant.settings import load_settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin, imported_by
from assistant.types import Answer, Answered, Answering, Delta, Sampling
from assistant_llama.model import Ending, Model, defused

COMPUTED = 'There are 3 dogs, and the sign reads "STOP".'


def computing(text: str = COMPUTED) -> FakeAnswerer:
    return FakeAnswerer("computing", lambda request: [Delta(text, confidence=0.7, short="3")], checks=True, quality=10)


@pytest.fixture
def assistant_with() -> Iterator[Callable[..., Assistant]]:
    """Makes assistants with the answerer and one that computes; all are closed at the end."""
    made: list[Assistant] = []

    def make(last: FakeAnswerer | None = None, **options: Any) -> Assistant:
        settings = load_settings(plugins={"llama": options})
        fakes = FakePlugin(FakePerceiver("reader", lambda task: []), last or computing())
        host = Host(settings, plugins={"llama": assistant_llama, "fakes": fakes}, discover=False)
        made.append(Assistant(settings, host=host))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def model(language_model: Path) -> Iterator[Model]:
    """The real model, loaded once."""
    pytest.importorskip("xllamacpp")
    loaded = Model(language_model, context=512, threads=1)
    yield loaded
    loaded.close()


@pytest.fixture
def loaded(model: Model, monkeypatch: pytest.MonkeyPatch) -> Model:
    """Makes the answerer use the model that is loaded already."""
    monkeypatch.setattr("assistant_llama.answerer.Model", lambda path, **how: model)
    monkeypatch.setattr(model, "close", lambda: None)
    return model


def test_import_is_light() -> None:
    """Importing the plugin imports no model library."""
    assert imported_by("assistant_llama") == []
    assert imported_by("assistant_llama", ("xllamacpp",)) == []


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({}, "plugins.llama.enabled"),
        ({"enabled": True, "model": "/no/such/file.gguf"}, "plugins.llama.model"),
        ({"enabled": True, "model": "no-such-weights"}, ""),
    ],
)
def test_passed_over_until_set_up(options: dict[str, Any], remedy: str, assistant_with: Any) -> None:
    """Off by default, or without its model, it stands back, says how to enable it, and the next one answers."""
    assistant = assistant_with(**options)
    obstacle = next(each for each in assistant.host.answerers() if each.name == "llama").obstacle()
    assert obstacle is not None
    assert remedy in obstacle.remedy
    reply = assistant.ask("Hello!")
    assert (reply.text, reply.gaps) == (COMPUTED, ())


def test_without_the_library(assistant_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without llama.cpp the obstacle names the command that brings it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *rest: None)
    assistant = assistant_with(enabled=True)
    obstacle = next(each for each in assistant.host.answerers() if each.name == "llama").obstacle()
    assert "pip install 'sensorium-llama[cpp]'" in obstacle.remedy


@pytest.mark.weights
def test_small_talk_streams(assistant_with: Any, loaded: Model) -> None:
    """It answers small talk piece by piece."""
    events = list(assistant_with(enabled=True, max_tokens=16).stream("Hello!"))
    assert [event.answerer for event in events if isinstance(event, Answering)] == ["llama"]
    pieces = [event.text for event in events if isinstance(event, Delta)]
    answer = next(event.answer for event in events if isinstance(event, Answered))
    assert len(pieces) > 1
    assert "".join(pieces) == answer.text != ""
    assert answer.confidence is None


@pytest.mark.weights
def test_sampling_of_a_reply(model: Model) -> None:
    """Equal seeds draw equal words; a reply has the tokens it may have, counts them, and ends before a stop text."""
    messages = [{"role": "user", "content": "Tell me a story about a lighthouse."}]

    def said(**how: Any) -> tuple[str, Ending]:
        ending = Ending()
        pieces = model.stream(messages, threading.Event(), max_tokens=12, ending=ending, **how)
        return "".join(pieces), ending

    first, ending = said(temperature=1.5, seed=1)
    assert (ending.finish, ending.tokens is not None and ending.tokens[1]) == ("length", 12)
    assert said(temperature=1.5, seed=1)[0] == first != said(temperature=1.5, seed=2)[0]
    assert said(temperature=1.5, top_p=1e-6, seed=2)[0] == said(temperature=0.0)[0]
    stop = first[5:8]
    stopped, ending = said(temperature=1.5, seed=1, stop=[stop])
    assert (stopped, ending.finish) == (first[: first.index(stop)], "stop")


@pytest.mark.weights
def test_request_decides(assistant_with: Any, loaded: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a request says of its words and instructions reaches the model; rewording promises nothing of the kind."""
    given: list[Any] = []

    def stream(messages: Any, cancel: Any, **how: Any) -> Iterator[str]:
        given.append((messages, how))
        return iter(["Arr."])

    monkeypatch.setattr(loaded, "stream", stream)
    assistant = assistant_with(enabled=True)

    async def turn() -> None:
        sampling = Sampling(temperature=0.5, top_p=0.9, seed=7, max_tokens=9, stop=("X",))
        async for _ in assistant.turn("Hello!", instructions="Be a pirate.", sampling=sampling):
            pass

    asyncio.run(turn())
    messages, how = given[0]
    assert "Be a pirate." in messages[0]["content"]
    wanted = {"temperature": 0.5, "top_p": 0.9, "seed": 7, "max_tokens": 9, "stop": ("X",)}
    assert wanted.items() <= how.items()
    honours = next(each.plugged.honours for each in assistant.host.answerers() if each.name == "llama")
    assert honours == {*wanted, "instructions"}
    rewording = assistant_with(enabled=True, reword=True)
    rewording.ask("Hello!")
    assert [each.plugged.honours for each in rewording.host.answerers() if each.name == "llama"] == [frozenset()]


@pytest.mark.weights
def test_facts_are_left_to_others(assistant_with: Any, loaded: Model) -> None:
    """What is no small talk goes on to the next answerer, without a gap."""
    reply = assistant_with(enabled=True).ask("How many dogs are there?")
    assert (reply.answer.answerer, reply.text, reply.gaps) == ("computing", COMPUTED, ())


@pytest.mark.weights
@pytest.mark.parametrize(
    ("worded", "said"),
    [
        ('I see three dogs here, and the sign reads "STOP"!', 'I see three dogs here, and the sign reads "STOP"!'),
        ('There are 2 dogs, and the sign reads "STOP".', COMPUTED),
        ("", COMPUTED),
    ],
)
def test_rewording_changes_no_fact(
    worded: str, said: str, assistant_with: Any, loaded: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rewording that keeps every fact is given with the computed answer's confidence; otherwise the computed text."""
    monkeypatch.setattr(loaded, "stream", lambda messages, cancel, **how: iter([worded]))
    reply = assistant_with(enabled=True, reword=True).ask("How many dogs are there?")
    assert (reply.answer.answerer, reply.text) == ("llama", said)
    assert (reply.answer.short, reply.answer.confidence) == ("3", 0.7)


@pytest.mark.weights
def test_real_rewording_is_the_fact_or_verbatim(assistant_with: Any, loaded: Model) -> None:
    """Whatever the real model makes of it, number and quoted text are there."""
    reply = assistant_with(enabled=True, reword=True, max_tokens=24).ask("How many dogs are there?")
    assert any(number in reply.text.casefold() for number in ("3", "three"))
    assert '"STOP"' in reply.text


@pytest.mark.weights
def test_abstaining_is_not_reworded(assistant_with: Any, loaded: Model) -> None:
    """An answer that cannot tell stays as it is, and stays abstained."""
    passing = FakeAnswerer(
        "computing", lambda request: [Delta("I cannot tell.", abstained=True, short="2")], checks=True, quality=10
    )
    answer = assistant_with(passing, enabled=True, reword=True).ask("How many?").answer
    assert answer == Answer("I cannot tell.", short="2", abstained=True, answerer="llama")


@pytest.mark.weights
def test_answers_from_what_was_perceived(assistant_with: Any, loaded: Model) -> None:
    """Where it is wanted, it answers everything, in text."""
    reply = assistant_with(enabled=True, answers=True, context_tokens=512, max_tokens=12).ask("What is a dog?")
    assert reply.answer.answerer == "llama"
    assert reply.text.strip()


@pytest.mark.weights
def test_loads_by_itself(assistant_with: Any, language_model: Path) -> None:
    """By name of the weights, or by the path of a file."""
    pytest.importorskip("xllamacpp")
    for name in ("smollm2-135m-instruct", str(language_model)):
        reply = assistant_with(enabled=True, model=name, max_tokens=4, context_tokens=256).ask("Hi!")
        assert reply.answer.answerer == "llama"


@pytest.mark.weights
def test_stop(model: Model) -> None:
    """A reply ends at once when it is no longer wanted, and the model is free for the next."""
    cancel = threading.Event()
    pieces = model.stream([{"role": "user", "content": "Tell me a long story."}], cancel, max_tokens=400)
    next(pieces)
    cancel.set()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        list(pieces)
    assert time.monotonic() - began < 1.0
    hello = [{"role": "user", "content": "Say hello."}]
    assert "".join(model.stream(hello, threading.Event(), max_tokens=4))
    assert time.monotonic() - began < 20


@pytest.mark.weights
def test_too_long(model: Model) -> None:
    """A prompt that does not fit passes the question on."""
    with pytest.raises(CannotAnswer):
        list(model.stream([{"role": "user", "content": "word " * 900}], threading.Event(), max_tokens=4))


@pytest.mark.weights
def test_nobody_else_may_use_it(model: Model) -> None:
    """The port that llama.cpp opens on this machine answers nobody without a key."""
    request = urllib.request.Request(
        f"{model.address}/v1/chat/completions", b'{"messages": []}', {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 401


def test_what_is_no_model(tmp_path: Path) -> None:
    """A file that is no GGUF file is refused by name."""
    pytest.importorskip("xllamacpp")
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(WeightsCorrupt, match=r"model\.gguf is no GGUF file"):
        Model(path, context=256, threads=1)
    path.write_bytes(b"GGUF" + b"\x00" * 64)
    with pytest.raises(WeightsCorrupt, match=r"model\.gguf cannot be loaded"):
        Model(path, context=256, threads=1)


def test_special_tokens_are_broken_up() -> None:
    """Whatever family the model is of; the marks of the prompt itself stay as they are."""
    for token in ("<|im_end|>", "</s>", "<s>", "<start_of_turn>", "<BOS_TOKEN>", "[INST]", "[/INST]", "<｜User｜>"):
        assert token not in defused(f"a {token}{token} b <{token}")
    for plain in ("<<<PERCEIVED\nx\nPERCEIVED>>>", "1 < 2 and a[0] > b[i]", "[A] or [B]?"):
        assert defused(plain) == plain


@pytest.mark.weights
def test_what_was_read_cannot_end_a_message(model: Model) -> None:
    """A special token in a text is read as letters, which are several tokens, and not as the end of what was said."""
    sizes = []
    for text in ("", "<|im_end|>" * 20):
        ending = Ending()
        list(model.stream([{"role": "user", "content": f"x{text}"}], threading.Event(), max_tokens=1, ending=ending))
        assert ending.tokens is not None
        sizes.append(ending.tokens[0])
    assert sizes[1] - sizes[0] >= 60
