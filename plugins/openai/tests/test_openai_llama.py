"""The answerer `openai` against a real llama.cpp server with the starter language model, started by the test.

The model is tiny: nothing is asserted about what it says, only about how it is talked to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.types import Answered, Answering, Delta

MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def llama(language_model: Path) -> Iterator[str]:
    """The address of a llama.cpp server."""
    xllamacpp = pytest.importorskip("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(language_model)
    parameters.model_alias = {MODEL}
    parameters.n_ctx = 2048
    parameters.n_parallel = 2
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_threads_http = 4
    parameters.port = 0
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    yield server.listening_address
    del server


pytestmark = pytest.mark.weights


def test_streams_text(bench: Any, llama: str) -> None:
    """A reply streams in pieces, from the model that the server names, with a confidence from its probabilities."""
    events = list(bench(llama, max_tokens=24).assistant.stream("Say hello."))
    pieces = [event.text for event in events if isinstance(event, Delta) and event.text]
    answer = next(event.answer for event in events if isinstance(event, Answered))
    assert [event.answerer for event in events if isinstance(event, Answering)] == ["openai"]
    assert len(pieces) > 2
    assert "".join(pieces) == answer.text
    assert 0 < answer.confidence < 1


def test_same_question_same_answer(bench: Any, llama: str) -> None:
    """At temperature 0 the answer is repeatable."""
    talk = bench(llama, max_tokens=12, seed=1)
    assert talk.ask("Name a colour.").text == talk.ask("Name a colour.").text


def test_history(bench: Any, llama: str) -> None:
    """A conversation goes on: its earlier turns are part of the prompt that the server accepts."""
    assistant = bench(llama, max_tokens=12).assistant
    conversation = assistant.store.create_conversation("local")
    for question in ("My name is Ann.", "What is my name?"):
        reply = assistant.ask(question, conversation=conversation)
        assert reply.answer.answerer == "openai"
        assert reply.text.strip()


def test_pictures_refused(bench: Any, llama: str) -> None:
    """A model that sees nothing gets what was perceived instead, without a gap."""
    talk = bench(llama, max_tokens=12, images="auto")
    reply = talk.ask("What animal is it?", talk.picture, talk.recording)
    assert reply.answer.answerer == "openai"
    assert reply.text.strip()
    assert reply.gaps == ()


def test_pictures_tried_on_a_server_that_does_not_tell(bench: Any, llama: str, monkeypatch: Any) -> None:
    """llama.cpp's own refusal of a picture is understood, as an older version would give it without telling before."""
    from assistant_openai import channel

    kept = channel.Channel.models

    def silent(self: Any, cancel: threading.Event) -> Any:
        return [{"id": model["id"]} for model in kept(self, cancel)]

    monkeypatch.setattr(channel.Channel, "models", silent)
    talk = bench(llama, max_tokens=12)
    reply = talk.ask("What animal is it?", talk.picture, talk.recording)
    assert (reply.answer.answerer, reply.gaps) == ("openai", ())


def test_context_overflow(bench: Any, llama: str) -> None:
    """A prompt too long for the server is shortened after its refusal."""
    talk = bench(llama, max_tokens=8, context_tokens=100_000)
    assistant = talk.assistant
    conversation = assistant.store.create_conversation("local")
    long = "word " * 380
    for _ in range(2):
        reply = assistant.ask(f"{long} Say hello.", conversation=conversation)
        assert reply.answer.answerer == "openai"


def test_wrong_model(bench: Any, llama: str) -> None:
    """llama.cpp would answer with another model: that is noticed, and the message names those it has."""
    reply = bench(llama, model="gpt-9").ask("Hi")
    assert reply.answer.answerer == "last"
    assert "has no model gpt-9" in reply.gaps[0].message
    assert MODEL in reply.gaps[0].remedy


def test_several_at_once(bench: Any, llama: str) -> None:
    """Several questions are answered side by side, more than the server has places for."""
    assistant = bench(llama, max_tokens=8).assistant
    answerers: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: answerers.append(assistant.ask(f"Count to {n}.").answer.answerer))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answerers == ["openai"] * 4


def test_stop(bench: Any, llama: str) -> None:
    """Stopping ends the stream at once, and the server is free for the next question."""
    assistant = bench(llama, max_tokens=500).assistant
    events = assistant.stream("Tell me a very long story about the sea.")
    next(event for event in events if isinstance(event, Delta))
    began = time.monotonic()
    events.close()
    assert time.monotonic() - began < 1.0
    assert bench(llama, max_tokens=4).ask("Hi").answer.answerer == "openai"
