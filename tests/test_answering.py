"""Who answers, and who checks it: order, obstacles, calibration, examples, notes of a second answerer."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from assistant import answering
from assistant.app import Assistant, Upload
from assistant.errors import CannotAnswer, SettingsError
from assistant.host import Host
from assistant.plugin import Request
from assistant.settings import CalibrationSettings, ExampleSettings, Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Answer, Answered, Delta, Event, Missed, Observation, Sampling

WAIT = 10.0
"""Seconds after which a test gives up waiting for a thread."""


class Checker(FakeAnswerer):
    """Answers when nobody else does, and checks others."""

    checks = True

    def __init__(self, check: Callable[[Request, Answer], Delta | None]) -> None:
        super().__init__("checker", lambda request: [Delta("my own")], quality=1)
        self._check = check
        self.checked: list[Answer] = []

    def check(self, request: Request, answer: Answer) -> Delta | None:
        self.checked.append(answer)
        return self._check(request, answer)


class Unready(FakeAnswerer):
    """Needs a setting that nobody made."""

    def unready(self, options: Any) -> str:
        return "Set base_url."


def words() -> FakePerceiver:
    return FakePerceiver("words")


def assistant(tmp_path: Path, *plugged: Any, **settings: Any) -> Assistant:
    made = Settings(data_dir=tmp_path, **settings)
    return Assistant(made, host=Host(made, plugins={"fakes": FakePlugin(*plugged)}, discover=False))


async def events_of(turn: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in turn]


def answer_of(events: Iterable[Event]) -> Answer:
    return next(event.answer for event in events if isinstance(event, Answered))


async def test_a_checker_adds_to_the_answer_of_another(tmp_path: Path) -> None:
    """The note is streamed after the answer, and the whole answer has verdict, citations and the new confidence."""

    def disagree(request: Request, answer: Answer) -> Delta:
        (seen,) = request.context.observations
        return Delta(" Note: no.", checked="disagrees", citations=(seen.id,), confidence=0.3)

    checker = Checker(disagree)
    best = FakeAnswerer("best", lambda request: [Delta("Yes.", confidence=0.9)], quality=5)
    with assistant(tmp_path, words(), best, checker) as product:
        events = await events_of(product.turn("is it?"))
    answer = answer_of(events)
    assert (answer.text, answer.checked, answer.confidence) == ("Yes. Note: no.", "disagrees", 0.3)
    assert answer.answerer == "best"
    assert len(answer.citations) == 1
    assert [event.text for event in events if isinstance(event, Delta)] == ["Yes.", " Note: no."]
    assert [each.text for each in checker.checked] == ["Yes."]


async def test_nobody_checks_their_own_answer(tmp_path: Path) -> None:
    """The checker's own answer stands as it is."""
    checker = Checker(lambda request, answer: Delta("never"))
    with assistant(tmp_path, words(), checker) as product:
        assert answer_of(await events_of(product.turn("is it?"))).text == "my own"
    assert checker.checked == []


async def test_a_checker_that_fails_costs_its_check_only(tmp_path: Path) -> None:
    """The answer stays, and a gap says what went wrong."""

    def fail(request: Request, answer: Answer) -> Delta:
        raise RuntimeError("lost count")

    with assistant(
        tmp_path, words(), FakeAnswerer("best", lambda _: [Delta("Yes.")], quality=5), Checker(fail)
    ) as product:
        events = await events_of(product.turn("is it?"))
    assert answer_of(events).text == "Yes."
    (gap,) = [event.gap for event in events if isinstance(event, Missed)]
    assert "checker could not check the answer (RuntimeError)" in gap.message


async def test_what_is_not_set_up_is_passed_over(tmp_path: Path) -> None:
    """In auto an answerer without its settings is not worth a word; asked for by name it says what to set."""
    plugged = (words(), Unready("remote", quality=9), FakeAnswerer("other", lambda _: [Delta("fine")], quality=1))
    with assistant(tmp_path, *plugged) as product:
        events = await events_of(product.turn("is it?"))
        assert [event for event in events if isinstance(event, Missed)] == []
        assert answer_of(events).answerer == "other"
        events = await events_of(product.turn("is it?", answerer="remote"))
        (gap,) = [event.gap for event in events if isinstance(event, Missed)]
        assert (gap.cause, gap.source, gap.remedy) == ("not_configured", "remote", "Set base_url.")
        assert answer_of(events).text == "fine"


async def test_a_reason_to_pass_with_a_remedy_is_told(tmp_path: Path) -> None:
    """An answerer that is too busy passes the question on, and the person is told; plainly passing on is silent."""

    def busy(request: Request) -> Iterable[Delta]:
        raise CannotAnswer("busy is busy.", "Ask again in a moment.")

    def silent(request: Request) -> Iterable[Delta]:
        raise CannotAnswer("not mine")

    others = (FakeAnswerer("busy", busy, quality=3), FakeAnswerer("silent", silent, quality=2))
    with assistant(tmp_path, words(), *others, FakeAnswerer("last", lambda _: [Delta("fine")])) as product:
        events = await events_of(product.turn("is it?"))
    assert answer_of(events).text == "fine"
    assert [(event.gap.source, event.gap.remedy) for event in events if isinstance(event, Missed)] == [
        ("busy", "Ask again in a moment.")
    ]


async def test_an_answerer_past_its_deadline_is_told_to_stop(tmp_path: Path) -> None:
    """What it was given to look at is set, so that a long generation ends."""
    stopped = threading.Event()

    def hang(request: Request) -> Iterable[Delta]:
        if request.cancel.wait(WAIT):
            stopped.set()
        yield Delta("too late")

    slow = FakeAnswerer("slow", hang, quality=3, deadline=0.05)
    with assistant(tmp_path, words(), slow, FakeAnswerer("last", lambda _: [Delta("fine")])) as product:
        assert answer_of(await events_of(product.turn("is it?"))).text == "fine"
        assert stopped.wait(WAIT)


async def test_nobody_ready_tells_why(tmp_path: Path) -> None:
    """When no answerer can be used, each says what would help."""
    with assistant(tmp_path, words(), Unready("remote")) as product:
        answer = answer_of(await events_of(product.turn("is it?")))
    assert answer.abstained
    assert "Set base_url." in answer.text


async def test_confidences_are_calibrated_by_the_settings(tmp_path: Path) -> None:
    """The Platt scaling of the answerer's name is applied to what it says, streamed and whole."""
    calibration = {"sure": CalibrationSettings(slope=0.5, offset=-0.5)}
    sure = FakeAnswerer("sure", lambda _: [Delta("Yes.", confidence=0.9)])
    with assistant(tmp_path, words(), sure, calibration=calibration) as product:
        events = await events_of(product.turn("is it?"))
    expected = pytest.approx(0.6453, abs=1e-3)  # sigmoid(0.5 * ln 9 - 0.5)
    assert answer_of(events).confidence == expected
    assert [event.confidence for event in events if isinstance(event, Delta)] == [expected]


async def test_examples_of_settings_and_conversation_reach_the_answerer(tmp_path: Path, png: bytes) -> None:
    """Those of the settings come first, each with its picture; what a message gives as an example joins them."""
    picture = tmp_path / "wug.png"
    picture.write_bytes(png)
    seen: list[Request] = []

    def answer(request: Request) -> Iterable[Delta]:
        seen.append(request)
        return [Delta("noted")]

    examples = (ExampleSettings(question="What is this?", answer="a wug", file=picture),)
    eyes = FakePerceiver("eyes", consumes=("image",))
    with assistant(tmp_path, words(), eyes, FakeAnswerer("it", answer), examples=examples) as product:
        conversation = product.store.create_conversation("local")
        await events_of(
            product.turn("Example: How many? Answer: one", [Upload("one.png", png)], conversation=conversation)
        )
        await events_of(product.turn("And now?", conversation=conversation))
    first, second = seen[1].examples
    assert (first.question, first.answer) == ("What is this?", "a wug")
    assert first.part is not None
    assert first.part.modality == "image"
    assert (second.question, second.answer) == ("How many?", "one")
    assert second.part is not None


async def test_an_example_without_its_file_is_told(tmp_path: Path) -> None:
    """The error names the example and the file."""
    examples = (ExampleSettings(question="What?", answer="a wug", file=tmp_path / "gone.png"),)
    with (
        assistant(tmp_path, words(), FakeAnswerer(), examples=examples) as product,
        pytest.raises(SettingsError, match=r"example 1 .*gone\.png"),
    ):
        await events_of(product.turn("is it?"))


@pytest.fixture
def png() -> bytes:
    """A small picture."""
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_the_verdict_is_part_of_the_answer() -> None:
    """JSON of a checked answer says so."""
    seen = Observation(kind="note", text="x", confidence=1.0, part="p")
    assert (Answer("a") + Delta(citations=(seen.id,), checked="agrees")).to_json()["checked"] == "agrees"


async def test_what_comes_at_the_end_of_an_answer_that_is_cut_still_counts(tmp_path: Path) -> None:
    """Confidence and citations of an answerer that tells them last, after text that nobody is shown."""

    def wordy(request: Request) -> Iterable[Delta]:
        yield from (Delta(f"word{number} ") for number in range(50))
        yield Delta(confidence=0.7, citations=("seen",))

    with assistant(tmp_path, FakeAnswerer("wordy", wordy)) as product:
        answer = answer_of(await events_of(product.turn("is it?", sampling=Sampling(max_tokens=2))))
    assert (answer.finish, answer.confidence, answer.citations) == ("length", 0.7, ("seen",))
    assert "word9" not in answer.text


async def test_an_answerer_that_does_not_come_to_its_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the answer is as long as it may be, it is waited for no longer than for last words; the answer stands."""
    monkeypatch.setattr(answering, "LAST_WORDS_SECONDS", 0.05)
    stopped = threading.Event()

    def endless(request: Request) -> Iterable[Delta]:
        yield Delta("one two. STOP three")
        request.cancel.wait(WAIT)
        stopped.set()

    with assistant(tmp_path, words(), FakeAnswerer("endless", endless)) as product:
        events = await events_of(product.turn("is it?", sampling=Sampling(stop=("STOP",))))
        assert stopped.wait(WAIT)
    assert (answer_of(events).text, answer_of(events).finish) == ("one two. ", "stop")
    assert not [event for event in events if isinstance(event, Missed)]


@pytest.mark.parametrize("confidence", [float("nan"), float("inf")])
async def test_a_confidence_that_is_no_number_is_left_out(tmp_path: Path, confidence: float) -> None:
    """It would be no JSON for clients and databases."""
    odd = FakeAnswerer("odd", lambda _: [Delta("yes", confidence=0.5), Delta(confidence=confidence)])
    with assistant(tmp_path, odd) as product:
        events = await events_of(product.turn("is it?"))
    assert answer_of(events).confidence == 0.5
    assert {event.confidence for event in events if isinstance(event, Delta)} == {0.5, None}
