"""The answerer as the host sees it: what it waits for, streaming, small talk, speed, calm under any context."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.plugin import Request
from assistant.testing import imported_by
from assistant.types import AUDIO, IMAGE, VIDEO, Kind, Question
from assistant_reasoner.answerer import Reasoner


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("hello", set()),
        ("what can you do?", set()),
        ("what is the capital of France?", set()),
        ("how many dogs are there?", {Kind.OBJECT, Kind.LABEL}),
        ("is there a red circle?", {Kind.SHAPE}),
        ("what colour is the car", {Kind.OBJECT, Kind.LABEL}),
        ("what are the main colours", {Kind.COLOR}),
        ("what does it say?", {Kind.TEXT_LINE}),
        ("what did they say?", {Kind.TRANSCRIPT, Kind.TRANSCRIPT_SEGMENT, Kind.NO_SPEECH}),
        ("is it blurry?", {Kind.IMAGE_FACTS, Kind.VIDEO_FACTS}),
        ("how does this text feel: so lovely to see you", {Kind.SENTIMENT}),
        ("is there a ceiling?", {Kind.OBJECT, Kind.LABEL, Kind.TEXT_LINE, Kind.CAPTION, "concepts"}),
    ],
)
def test_it_waits_for_what_the_question_needs_and_no_more(talk: Any, question: str, kinds: set[str]) -> None:
    """The answer can begin before plugins end that have nothing to do with it."""
    talk.picture().recording()
    assert talk.needs(question) == kinds


def test_describing_and_sending_files_waits_for_the_whole(talk: Any) -> None:
    """A description rests on everything that could be in it."""
    talk.picture()
    assert {Kind.CAPTION, Kind.OBJECT, Kind.TEXT_LINE} <= talk.needs("describe it")
    assert {Kind.CAPTION, Kind.TRANSCRIPT, Kind.NO_SPEECH} <= talk.needs("")
    assert {Kind.CAPTION, Kind.TRANSCRIPT} <= talk.needs("this is my dog", spoken=True)


def test_declaration() -> None:
    """The grounded reasoner is the answerer of last resort and needs no weights."""
    reasoner = Reasoner()
    assert (reasoner.name, reasoner.quality, reasoner.weights(None)) == ("reasoner", 10, ())
    assert set(reasoner.accepts) == {IMAGE, AUDIO, VIDEO}


def test_import_is_light() -> None:
    """Importing the plugin and its answerer imports no heavy library."""
    assert imported_by("assistant_reasoner") == []
    assert imported_by("assistant_reasoner.answerer") == []


def test_the_first_words_are_the_answer(talk: Any) -> None:
    """The stream starts with the answer itself and ends with the verdict for machines."""
    talk.picture().thing("dog")
    request = Request(Question("how many dogs are there?"), talk.snapshot, talk.media, talk.embed, talk.capabilities)
    deltas = list(Reasoner().answer(request))
    assert deltas[0].text.startswith("I count 1 dog")
    assert deltas[0].citations == (talk.seen[0].id,)
    assert deltas[-1].short == "1"
    assert deltas[-1].confidence is not None
    assert talk.embedded == 0


def test_a_stopped_turn_stops(talk: Any) -> None:
    """Nothing more is said once the person has stopped the turn."""
    talk.picture().thing("dog")
    cancel = threading.Event()
    request = Request(Question("describe it"), talk.snapshot, talk.media, talk.embed, talk.capabilities, cancel=cancel)
    stream = Reasoner().answer(request)
    next(stream)
    cancel.set()
    assert list(stream) == []


def test_two_questions_get_two_answers(talk: Any) -> None:
    """Each question of a turn is answered, in order."""
    talk.picture().thing("dog", color="brown")
    answer = talk.ask("Is there a dog? What colour is it?")
    assert answer.text.index("Yes") < answer.text.index("brown")
    assert "\n\n" in answer.text


def test_capabilities_are_those_installed(talk: Any) -> None:
    """What it says it can do is what the installed plugins give."""
    assert "written text" in talk.ask("what can you do?").text
    talk.capabilities = {"image": (Kind.COLOR,)}
    told = talk.ask("what can you do?").text
    assert "colours" in told
    assert "written text" not in told
    assert "recordings" not in told


@pytest.mark.parametrize(
    "question", ["What is the capital of France?", "Tell me a joke", "turn on the light", "blah blah"]
)
def test_the_world_at_large_is_declined(talk: Any, question: str) -> None:
    """Questions that are not about what was sent are declined without inventing anything."""
    talk.picture().thing("dog")
    assert talk.ask(question).abstained


@pytest.mark.parametrize(
    "question", ["Hello!", "thanks", "bye", "who are you?", "how are you", "that's wrong", "你好", "谢谢"]
)
def test_small_talk(talk: Any, question: str) -> None:
    """Pleasantries are answered as such."""
    answer = talk.ask(question)
    assert not answer.abstained
    assert answer.short is None


def test_answers_come_at_once(talk: Any) -> None:
    """A crowded picture and a long recording are answered within a tenth of a second."""
    talk.picture()
    for index in range(60):
        x, y = (index % 10) / 10, (index // 10) / 10
        talk.thing("person", (x, y, x + 0.08, y + 0.08), 0.6, "blue")
    talk.recording()
    for index in range(300):
        talk.says(f"Sentence number {index} about nothing in particular.", index * 5.0, index * 5.0 + 4)
    talk.ask("how many people are there?")
    for question in (
        "how many people are there?",
        "what did they say about number 250?",
        "what is left of the person?",
    ):
        began = time.perf_counter()
        talk.ask(question)
        assert time.perf_counter() - began < 1.0, question


kinds = st.sampled_from([value for name, value in vars(Kind).items() if name.isupper()])
loose = st.one_of(st.none(), st.floats(0, 1), st.text(max_size=5), st.booleans(), st.lists(st.integers(), max_size=3))
QUESTIONS = (
    "what is in the picture?|is there a dog?|how many dogs?|what colour is the dog?|where is the dog?|what "
    "does it say?|"
    "what did they say?|what did they say about x?|when was x said?|how does the speaker feel?|what room "
    "is this?|is it blurry?|"
    "how big is it?|what is left of the dog?|is the dog on the sofa?|what is this?|what language is it?||"
    "are there two dogs?|"
    "each box has a circle|is there a tower with a red block at the top?|what's the difference?|when does "
    "the dog appear?|"
    "is it a cat or a dog?|are you sure?"
).split("|")


@given(
    st.lists(
        st.tuples(
            kinds,
            st.sampled_from(["dog", "circle", "x", "", "positive", "en", "STOP\n“"]),
            st.floats(0, 1),
            st.sampled_from([None, (0.1, 0.1, 0.5, 0.5), (0.0, 0.0, 0.0, 0.0)]),
            st.sampled_from([None, (0.0, 1.0)]),
            st.sampled_from(["p", "a", "v", "f"]),
            st.dictionaries(
                st.sampled_from(["rank", "order", "rule", "modality", "scope", "language", "source"]),
                st.text(max_size=3),
                max_size=2,
            )
            | st.dictionaries(st.sampled_from(["extra", "panel"]), loose, max_size=2),
        ),
        max_size=8,
    ),
    st.sampled_from(QUESTIONS),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_context_gets_an_answer(talk: Any, observed: list[Any], question: str) -> None:
    """Sparse, odd or empty observations lead to an answer or an abstention, never to an exception."""
    fresh = type(talk)(talk.media)
    fresh.picture("p").recording("a").part("video", "v").part("image", "f", parent="v", time=1.0)
    for kind, text, confidence, box, span, part, data in observed:
        fresh.add(kind, text, confidence, box=box, span=span, part=part, **data)
    answer = fresh.ask(question)
    assert answer.confidence is None or 0.0 <= answer.confidence <= 1.0
