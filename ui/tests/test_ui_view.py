"""Events folded into what the page shows, and handed on in batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from assistant.types import (
    AUDIO,
    IMAGE,
    TEXT,
    VIDEO,
    Answer,
    Answered,
    Answering,
    Asked,
    Delta,
    Event,
    Gap,
    Missed,
    Observation,
    Observed,
    Part,
    PartAdded,
    Question,
    Status,
)
from assistant_ui.view import TurnView, gather, paced

PHOTO = Part(IMAGE, "p1", "garden.jpg", "image/jpeg", b"")
TYPED = Part(TEXT, "t1", "question", "text/plain", b"How many dogs?")
DOG = Observation(kind="object", text="dog", confidence=0.9, part="p1", box=(0.1, 0.1, 0.5, 0.5), source="eyes")


def folded(*events: Event, asked: str = "How many dogs?") -> TurnView:
    view = TurnView(asked=asked)
    for event in events:
        view.apply(event)
    return view


def test_a_turn_from_start_to_end() -> None:
    """Parts, progress, observations, gaps and the streamed answer all arrive in the view."""
    gap = Gap(cause="no_weights", message="no faces")
    view = folded(
        PartAdded(PHOTO),
        PartAdded(TYPED),
        Status("eyes", "p1", "garden.jpg", "queued"),
        Status("eyes", "p1", "garden.jpg", "done", 12.0),
        Observed(DOG),
        Missed(gap),
        Missed(gap),
        Asked(Question("How many dogs?")),
        Answering("reasoner"),
        Delta("One "),
        Delta("dog.", citations=(DOG.id,), confidence=0.9),
    )
    assert view.sent == ["p1"], "the typed question is not an attachment"
    assert [status.state for status in view.statuses.values()] == ["done"]
    assert (view.observations, view.gaps) == ({DOG.id: DOG}, [gap])
    assert (view.phase, view.answer.text, view.answer.citations) == ("answering", "One dog.", (DOG.id,))
    view.apply(Answered(Answer("One dog.", confidence=0.9, citations=(DOG.id,), answerer="reasoner")))
    assert (view.phase, view.running, view.unsure, view.answerer) == ("answered", False, False, "reasoner")


def test_a_second_answerer_voids_what_the_first_streamed() -> None:
    """After a fall-through nothing of the failed answerer stays."""
    view = folded(Answering("big"), Delta("I thi"), Answering("small"), Delta("Yes."))
    assert (view.answerer, view.answer.text) == ("small", "Yes.")


@pytest.mark.parametrize(
    ("answer", "unsure"),
    [
        (Answer("x", confidence=0.49), True),
        (Answer("x", confidence=0.5), False),
        (Answer("x"), False),
        (Answer("x", abstained=True), True),
    ],
)
def test_unsure_answers_are_known_as_such(answer: Answer, unsure: bool) -> None:
    """Less than even odds, or saying so, counts as unsure."""
    assert folded(Answered(answer)).unsure is unsure


def test_a_spoken_question_is_shown_as_heard() -> None:
    """What was said takes the place of what was not typed."""
    view = folded(Asked(Question("what is this", spoken=True)), asked="")
    assert view.heard == "what is this"


def test_stopping_ends_a_running_turn_only() -> None:
    """A finished answer is not marked as stopped."""
    running, done = folded(Delta("One")), folded(Answered(Answer("One dog.")))
    running.stop()
    done.stop()
    running.apply(Delta(" dog."))
    assert running.answer.text == "One", "what comes late does not start it again"
    assert (running.phase, done.phase) == ("stopped", "answered")


def test_evidence_of_a_follow_up_puts_the_cited_picture_first() -> None:
    """Without a new file the evidence is that of the part the answer cites; a frame stands for its video."""
    video = Part(VIDEO, "v1", "walk.mp4", "video/mp4", b"")
    frame = Part(IMAGE, "f1", "frame at 1 s", "image/jpeg", b"", parent="v1", span=(1.0, 1.0))
    cat = Observation(kind="object", text="cat", confidence=0.8, part="f1", source="eyes")
    first = folded(PartAdded(PHOTO), Observed(DOG), PartAdded(video), PartAdded(frame), Observed(cat))
    second = folded(Answered(Answer("A cat.", citations=(cat.id,))), asked="What is in the video?")
    evidence = gather([first, second])
    assert evidence.recent == ("v1",)
    assert evidence.cited == (cat.id,)
    assert [part.digest for part in evidence.taken_from("v1")] == ["f1"]
    assert evidence.about("p1") == (DOG,)


def test_no_turns_no_evidence() -> None:
    """A new conversation has none."""
    assert gather([]).parts == ()


async def test_paced_keeps_every_event_in_order() -> None:
    """Batches are bigger than one when events come fast, and nothing is lost."""

    async def fast() -> AsyncIterator[Event]:
        for number in range(50):
            yield Delta(f"{number} ")

    batches = [batch async for batch in paced(fast(), 0.01)]
    texts = [event.text for batch in batches for event in batch if isinstance(event, Delta)]
    assert texts == [f"{number} " for number in range(50)]
    assert len(batches) < 50


async def test_paced_does_not_hold_back_the_last_event() -> None:
    """An event that is followed by a long silence is handed on all the same."""
    silence = asyncio.Event()

    async def pausing() -> AsyncIterator[Event]:
        yield Delta("a")
        yield Delta("b")
        await silence.wait()

    stream = paced(pausing(), 0.01)
    first, second = await anext(stream), await asyncio.wait_for(anext(stream), 5)
    assert [event.text for event in first + second if isinstance(event, Delta)] == ["a", "b"]
    silence.set()
    await stream.aclose()


async def test_closing_paced_stops_the_turn() -> None:
    """The generator of events is closed, not left running."""
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[Event]:
        try:
            while True:
                yield Delta("x")
                await asyncio.sleep(0.001)
        finally:
            closed.set()

    stream = paced(endless(), 0.001)
    await anext(stream)
    await stream.aclose()
    assert closed.is_set()


async def test_paced_raises_what_the_turn_raises() -> None:
    """A failing turn is not mistaken for a finished one."""

    async def failing() -> AsyncIterator[Event]:
        yield Delta("a")
        yield Delta("b")
        raise RuntimeError("broken")

    texts: list[str] = []

    async def read() -> None:
        async for batch in paced(failing(), 30):
            texts.extend(event.text for event in batch if isinstance(event, Delta))

    with pytest.raises(RuntimeError, match="broken"):
        await read()
    assert texts == ["a", "b"], "what came before the failure is not lost"


def test_recordings_are_attachments() -> None:
    """A voice message sent without words is what was sent."""
    voice = Part(AUDIO, "a1", "voice.wav", "audio/wav", b"")
    assert folded(PartAdded(voice), asked="").sent == ["a1"]
