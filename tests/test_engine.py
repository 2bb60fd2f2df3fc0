"""The engine: a turn as a dataflow, with every failure kept where it happens."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import Engine, Session, Upload
from assistant.errors import (
    AssistantError,
    CannotAnswer,
    DecoderUnavailable,
    NothingToDo,
    UnreadableMedia,
    WeightsMissing,
)
from assistant.host import Host
from assistant.plugin import Perceiver, Request, Task
from assistant.settings import EngineSettings, LimitSettings, Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import (
    Answered,
    Answering,
    Asked,
    Delta,
    Event,
    Missed,
    Observation,
    Observed,
    Part,
    PartAdded,
    Status,
)

WAIT = 10.0
"""Seconds after which a test gives up waiting for a thread."""


class FakeMedia:
    """Takes the modality from the name's ending; refuses names with "bad"."""

    def open(self, source: bytes | Path, name: str = "") -> Part:
        assert isinstance(source, bytes)
        if "bad" in name:
            raise UnreadableMedia(f"{name} is broken.", "Send another.")
        return part(name.rsplit(".", 1)[-1], source, name)


def part(modality: str, content: bytes = b"x", name: str = "thing", **more: Any) -> Part:
    return Part(modality, hashlib.sha256(modality.encode() + content).hexdigest(), name, "x/y", content, **more)


class Memory:
    """An observation cache in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Observation | Part, ...]] = {}

    def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
        return self.kept.get(key)

    def remember(self, key: str, items: Sequence[Observation | Part]) -> None:
        self.kept[key] = tuple(items)


Make = Callable[..., Engine]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*plugged: Any, cache: Any = None, limits: dict[str, int] | None = None, **engine: Any) -> Engine:
        settings = Settings(data_dir=tmp_path, engine=EngineSettings(**engine), limits=LimitSettings(**(limits or {})))
        host = Host(settings, plugins={"fakes": FakePlugin(*plugged)}, discover=False)
        assert host.problems() == ()
        return Engine(host, FakeMedia(), cache)  # type: ignore[arg-type]

    return build


async def run(
    engine: Engine, question: str = "what?", *names: str, session: Session | None = None, **more: Any
) -> list[Event]:
    uploads = [Upload(name, name.encode()) for name in names]
    return [event async for event in engine.turn(session or Session(), question, uploads, **more)]


def states(events: Iterable[Event], perceiver: str) -> list[str]:
    return [event.state for event in events if isinstance(event, Status) and event.perceiver == perceiver]


def said(events: Iterable[Event]) -> str:
    return next(event.answer.text for event in events if isinstance(event, Answered))


def causes(events: Iterable[Event]) -> list[tuple[str, str]]:
    return [(event.gap.cause, event.gap.source) for event in events if isinstance(event, Missed)]


async def test_perceives_then_answers_with_citations(make: Make) -> None:
    """A file is perceived, the answerer sees it, and the answer cites what it used."""
    engine = make(FakePerceiver("eyes", consumes=("image",)), FakePerceiver("words"), FakeAnswerer())
    events = await run(engine, "what?", "a.image")
    assert said(events).startswith("seen")
    assert states(events, "eyes") == ["queued", "loading", "running", "done"]
    (answer,) = [event.answer for event in events if isinstance(event, Answered)]
    seen = {event.observation.id: event.observation for event in events if isinstance(event, Observed)}
    assert set(answer.citations) <= set(seen)
    assert {each.source for each in seen.values()} == {"eyes", "words"}


async def test_perceivers_run_side_by_side(make: Make) -> None:
    """Two perceivers on two files are at work at the same moment."""
    meeting = threading.Barrier(2, timeout=WAIT)

    def meet(task: Task) -> list[Observation]:
        meeting.wait()
        return [task.observe("note", "met", 1.0)]

    engine = make(
        FakePerceiver("eyes", meet, consumes=("image",), heavy=True),
        FakePerceiver("ears", meet, consumes=("audio",), heavy=True),
    )
    events = await run(engine, "what?", "a.image", "b.audio")
    assert causes(events) == [("no_plugin", "")]  # nothing reads the typed text; both others met


async def test_lanes_bound_heavy_work(make: Make) -> None:
    """With one lane, heavy perceivers follow one another."""
    at_work = []
    most = []

    def work(task: Task) -> Iterable[Observation]:
        at_work.append(task)
        most.append(len(at_work))
        yield task.observe("note", "x", 1.0)
        at_work.remove(task)

    engine = make(*(FakePerceiver(f"eyes{i}", work, consumes=("image",), heavy=True) for i in range(4)), lanes=1)
    await run(engine, "what?", "a.image")
    assert most == [1, 1, 1, 1]


async def test_what_consumes_observations_starts_while_they_still_come(make: Make) -> None:
    """Sentiment of the first segment is there before the last segment is heard."""
    first_judged = threading.Event()

    def listen(task: Task) -> Iterable[Observation]:
        yield task.observe("transcript_segment", "one", 1.0, span=(0, 1))
        assert first_judged.wait(WAIT)
        yield task.observe("transcript_segment", "two", 1.0, span=(1, 2))

    def judge(task: Task) -> Iterable[Observation]:
        yield task.observe("sentiment", f"{task.text} judged", 1.0)
        first_judged.set()

    engine = make(
        FakePerceiver("ears", listen, consumes=("audio",), produces=("transcript_segment",)),
        FakePerceiver("mood", judge, consumes=("transcript_segment",), produces=("sentiment",)),
        FakeAnswerer(),
    )
    events = await run(engine, "what?", "a.audio")
    judged = [
        each.observation for each in events if isinstance(each, Observed) and each.observation.kind == "sentiment"
    ]
    assert [(each.text, each.span) for each in judged] == [("one judged", (0, 1)), ("two judged", (1, 2))]
    assert judged[0].derived_from


async def test_gathering_waits_for_all_sources_even_indirect_ones(make: Make) -> None:
    """A caption is composed once, from everything that could be seen, also what follows from other observations."""
    captioner = FakePerceiver(
        "caption",
        lambda task: [task.observe("caption", "+".join(sorted(seen.text for seen in task.observations)), 1.0)],
        consumes=("image",),
        gathers=("object", "color"),
        produces=("caption",),
    )
    engine = make(
        captioner,
        FakePerceiver(
            "objects", lambda task: [task.observe("object", "dog", 1)], consumes=("image",), produces=("object",)
        ),
        FakePerceiver(
            "paint", lambda task: [task.observe("color", "red", 1)], consumes=("object",), produces=("color",)
        ),
    )
    events = await run(engine, "what?", "a.image")
    captions = [e.observation.text for e in events if isinstance(e, Observed) and e.observation.kind == "caption"]
    assert captions == ["dog+red"]
    assert captioner.calls == 1


async def test_parts_taken_out_of_parts_are_perceived(make: Make) -> None:
    """A frame that one perceiver takes out of a video is looked at by another."""
    frame = part("image", b"frame", "frame at 1 s")
    engine = make(
        FakePerceiver("split", lambda task: [frame], consumes=("video",), produces=("image",)),
        FakePerceiver("eyes", consumes=("image",)),
    )
    events = await run(engine, "what?", "a.video")
    added = {event.part.name: event.part.parent for event in events if isinstance(event, PartAdded)}
    assert added["frame at 1 s"] is not None
    assert states(events, "eyes")[-1] == "done"


async def test_answers_before_the_slow_perceiver_is_done(make: Make) -> None:
    """An answerer that needs only objects answers while text is still being read."""
    answered = threading.Event()

    def slow(task: Task) -> Iterable[Observation]:
        assert answered.wait(WAIT)
        yield task.observe("text_line", "late", 1.0)

    engine = make(
        FakePerceiver("objects", consumes=("image",), produces=("object",)),
        FakePerceiver("reader", slow, consumes=("image",), produces=("text_line",)),
        FakeAnswerer(needs=frozenset({"object"})),
    )
    seen_before: list[str] = []
    seen_after: list[str] = []
    async for event in engine.turn(Session(), "what?", [Upload("a.image", b"a")]):
        if isinstance(event, Answered):
            assert event.answer.text == "seen "
            answered.set()
        elif isinstance(event, Observed):
            (seen_after if answered.is_set() else seen_before).append(event.observation.kind)
    assert (seen_before, seen_after) == (["object"], ["text_line"])


def _raise(task: Task) -> Iterable[Observation]:
    yield task.observe("note", "before", 1.0)
    raise ValueError("boom")


def _hang(task: Task) -> Iterable[Observation]:
    task.cancel.wait(WAIT)
    yield task.observe("note", "too late", 1.0)


def _exit(task: Task) -> Iterable[Observation]:
    raise SystemExit(1)


def _weights(task: Task) -> Iterable[Observation]:
    raise WeightsMissing("no model here.", "Run: assistant weights pull model")


@pytest.mark.parametrize(
    ("perceive", "cause"),
    [(_raise, "crashed"), (_hang, "timeout"), (_exit, "crashed"), (_weights, "no_weights")],
)
async def test_a_failure_costs_its_own_observations_only(make: Make, perceive: Any, cause: str) -> None:
    """An exception, a hang, an exit: a gap that says so, while the other perceiver's observations are answered from."""
    engine = make(
        FakePerceiver("bad", perceive, consumes=("image",), deadline=0.2),
        FakePerceiver("good", consumes=("image",), produces=("object",)),
        FakePerceiver("words", produces=("word",)),
        FakeAnswerer(),
    )
    events = await run(engine, "what?", "a.image")
    assert causes(events) == [(cause, "bad")]
    assert "seen" in said(events)
    assert "too late" not in said(events)


@pytest.mark.parametrize(
    "item",
    [
        "a string",
        Observation(kind="undeclared", text="x", confidence=1, part="?"),
        lambda task: task.observe("note", "x", 1.0, box=(0, 0, 640, 480)),
        lambda task: task.observe("note", "x", 1.0, box=(0.9, 0, 0.1, 1)),
        lambda task: task.observe("note", "x", 1.0, thing=object()),
        lambda task: task.observe("note", "x", 1.0, rate=float("nan")),
        lambda task: Part("image", "d", "frame", "image/png", b"", facts={"rate": float("inf")}),
        lambda task: Observation(kind="note", text="x", confidence=float("nan"), part=task.part.digest),
        lambda task: Observation(kind="note", text="x", confidence=1.0, part="someone else's"),
    ],
)
async def test_garbage_becomes_a_gap(make: Make, item: Any) -> None:
    """What is not a declared, sensible observation about the given part does not reach the context."""
    engine = make(
        FakePerceiver(
            "bad",
            lambda task: [item(task) if callable(item) else item],
            consumes=("image",),
            produces=("note", "image"),
        ),
        FakePerceiver("words", produces=("word",)),
    )
    events = await run(engine, "what?", "a.image")
    assert causes(events) == [("crashed", "bad")]
    assert not [event for event in events if isinstance(event, Observed) and event.observation.source == "bad"]


async def test_numbers_of_numpy_become_plain_ones(make: Make) -> None:
    """Perceivers compute in NumPy; what they say is stored and sent as JSON, which knows no such numbers."""

    def perceive(task: Task) -> Iterable[Observation]:
        one = np.float32(1)
        yield task.observe("note", "x", one, box=(0 * one, 0 * one, one, one), span=(0 * one, one))

    events = await run(make(FakePerceiver("words", perceive)))
    (seen,) = [event.observation for event in events if isinstance(event, Observed)]
    assert json.loads(json.dumps(seen.to_json()))["span"] == [0.0, 1.0]


async def test_a_broken_cache_costs_its_plugin_only(make: Make) -> None:
    """A cache that raises becomes a gap, not a turn that never ends."""

    class Broken(Memory):
        def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
            raise OSError("disk gone")

    events = await run(make(FakePerceiver("words"), FakeAnswerer(), cache=Broken()))
    assert causes(events) == [("crashed", "words")]


async def test_repeated_failure_rests_the_plugin(make: Make) -> None:
    """After some failures in a row a perceiver is not called for a while; its gap says when it is tried again."""
    bad = FakePerceiver("bad", _raise, consumes=("image",))
    engine = make(bad, FakePerceiver("words", produces=("word",)), breaker_failures=2, breaker_seconds=60)
    for name in ("1.image", "2.image"):
        await run(engine, "what?", name)
    events = await run(engine, "what?", "3.image")
    assert bad.calls == 2
    assert causes(events) == [("paused", "bad")]


async def test_nothing_is_perceived_twice(make: Make) -> None:
    """A second question in the session calls no perceiver of the picture; a new session finds it in the cache."""
    eyes = FakePerceiver("eyes", consumes=("image",))
    engine = make(eyes, FakePerceiver("words", produces=("word",)), FakeAnswerer(), cache=Memory())
    session = Session()
    await run(engine, "one?", "a.image", session=session)
    events = await run(engine, "two?", session=session)
    assert "seen" in said(events)
    assert states(events, "eyes") == []
    events = await run(engine, "three?", "a.image")
    assert states(events, "eyes") == ["queued", "cached"]
    assert "seen" in said(events)
    assert eyes.calls == 1


async def test_what_is_remembered_does_not_tell_how_others_called_the_file(make: Make) -> None:
    """Parts taken out of a file are called after the one at hand, whoever sent the same bytes first."""

    def frame(task: Task) -> Iterator[Part]:
        yield part("image", b"frame", f"{task.part.name} at 1.0 s")
        yield part("audio", b"sound", f"sound of {task.part.name}")

    cache = Memory()
    engine = make(FakePerceiver("frames", frame, consumes=("video",), produces=("image", "audio")), cache=cache)
    for name in ("at.video", "holiday with Bob.video", "a.b.video"):
        turn = engine.turn(Session(), "", [Upload(name, b"film")], answer=False)
        events = [event async for event in turn]
        names = [event.part.name for event in events if isinstance(event, PartAdded)]
        assert names == [name, f"{name} at 1.0 s", f"sound of {name}"]
        assert "Bob" not in str(cache.kept)


async def test_a_file_sent_again_is_part_of_the_turn(make: Make) -> None:
    """The same file once more is told as part of this turn, and not perceived anew."""
    eyes = FakePerceiver("eyes", consumes=("image",))
    engine = make(eyes, FakePerceiver("words", produces=("word",)))
    session = Session()
    for _ in range(2):
        events = await run(engine, "what?", "a.image", session=session)
        assert next(event.part.name for event in events if isinstance(event, PartAdded)) == "a.image"
    assert eyes.calls == 1


async def test_what_failed_is_tried_again_next_turn(make: Make) -> None:
    """A perceiver that crashed on a part gets it again with the next question."""
    outcomes = iter([_raise, lambda task: [task.observe("note", "fine now", 1.0)]])
    engine = make(
        FakePerceiver("eyes", lambda task: next(outcomes)(task), consumes=("image",)),
        FakePerceiver("words", produces=("word",)),
        FakeAnswerer(),
    )
    session = Session()
    await run(engine, "one?", "a.image", session=session)
    events = await run(engine, "two?", session=session)
    assert "fine now" in said(events)
    assert causes(events) == []


async def test_a_decoder_that_was_ended_is_tried_again_next_turn(make: Make) -> None:
    """It says nothing about the file: a further question perceives it, and the gap goes."""
    ended = iter((DecoderUnavailable("The decoder was ended.", "Send it again."), None))

    def perceive(task: Task) -> Iterator[Observation]:
        if (error := next(ended)) is not None:
            raise error
        yield task.observe("note", "seen", 1.0)

    engine, session = make(FakePerceiver("eyes", perceive, consumes=("image",))), Session()
    events = await run(engine, "", "a.image", session=session, answer=False)
    assert causes(events) == [("crashed", "media")]
    events = await run(engine, "", session=session, answer=False)
    assert [event.observation.text for event in events if isinstance(event, Observed)] == ["seen"]
    assert session.context.snapshot().gaps == ()


async def test_falls_through_to_the_next_answerer(make: Make) -> None:
    """One answerer passes, one breaks off in the middle, the third answers; its answer stands alone."""

    def passes(request: Request) -> Iterable[Delta]:
        raise CannotAnswer("not mine")

    def breaks(request: Request) -> Iterable[Delta]:
        yield Delta("half an ans")
        raise RuntimeError("out of memory")

    engine = make(
        FakeAnswerer("first", passes, quality=3),
        FakeAnswerer("second", breaks, quality=2),
        FakeAnswerer("third", lambda request: [Delta("whole")], quality=1),
        FakePerceiver("words"),
    )
    events = await run(engine)
    assert [event.answerer for event in events if isinstance(event, Answering)] == ["first", "second", "third"]
    (answer,) = [event.answer for event in events if isinstance(event, Answered)]
    assert (answer.text, answer.answerer) == ("whole", "third")
    assert causes(events) == [("crashed", "second")]


async def test_chosen_answerer_goes_first(make: Make) -> None:
    """An answerer asked for by name is asked before better ones; an unknown name is an error with the known ones."""
    engine = make(
        FakeAnswerer("best", lambda request: [Delta("best")], quality=9),
        FakeAnswerer("chosen", lambda request: [Delta("chosen")]),
        FakePerceiver("words"),
    )
    assert said(await run(engine, answerer="chosen")) == "chosen"
    with pytest.raises(AssistantError, match="best"):
        await run(engine, answerer="nobody")


async def test_who_chooses_one_that_keeps_everything_here_is_not_sent_elsewhere(make: Make) -> None:
    """When it passes, those that send questions to a host are left out; otherwise they are asked."""

    def passing(request: Request) -> Iterator[Delta]:
        raise CannotAnswer("not mine")
        yield

    engine = make(
        FakeAnswerer("remote", lambda request: [Delta("remote")], quality=9, leaves=lambda options: "example.com"),
        FakeAnswerer("here", passing, quality=5),
        FakeAnswerer("last", lambda request: [Delta("last")], quality=1),
        FakePerceiver("words"),
    )
    assert said(await run(engine)) == "remote"
    assert said(await run(engine, answerer="here")) == "last"


async def test_voice_message_is_the_question(make: Make) -> None:
    """Without typed text, what was said is the question."""
    engine = make(
        FakePerceiver(
            "ears",
            lambda task: [task.observe("transcript", "is there a dog", 0.9)],
            consumes=("audio",),
            produces=("transcript",),
        ),
        FakeAnswerer(answer=lambda request: [Delta(f"heard {request.question.text}")]),
    )
    events = await run(engine, "", "a.audio")
    (asked,) = [event.question for event in events if isinstance(event, Asked)]
    assert asked.spoken
    assert said(events) == "heard is there a dog"


async def test_files_that_cannot_be_taken_are_gaps_and_the_rest_is_answered(make: Make) -> None:
    """A broken file is named with what to do; the good one is perceived."""
    engine = make(
        FakePerceiver("eyes", consumes=("image",)), FakePerceiver("words", produces=("word",)), FakeAnswerer()
    )
    events = await run(engine, "what?", "bad.image", "good.image")
    (gap,) = [event.gap for event in events if isinstance(event, Missed)]
    assert (gap.cause, gap.name, gap.remedy) == ("unreadable", "bad.image", "Send another.")
    assert "seen" in said(events)


async def test_too_many_files_and_too_long_a_question(make: Make) -> None:
    """Of too many files the first are taken; of a too long question the beginning; both are said."""
    engine = make(
        FakePerceiver("eyes", consumes=("image",)),
        FakePerceiver("words", lambda task: [task.observe("word", str(len(task.text)), 1.0)], produces=("word",)),
        limits={"files": 2, "question_characters": 10},
    )
    events = await run(engine, "x" * 20_000, *(f"{i}.image" for i in range(50)))
    messages = " ".join(event.gap.message for event in events if isinstance(event, Missed))
    assert "50 files" in messages
    assert "20,000 characters" in messages
    assert len([event for event in events if isinstance(event, Status) and event.state == "done"]) == 3


async def test_nothing_to_do(make: Make) -> None:
    """Neither a question nor a file is an error that says what to do."""
    with pytest.raises(NothingToDo):
        await run(make(FakeAnswerer()), "   ")


async def test_without_any_answerer_it_says_what_is_missing(make: Make) -> None:
    """No answerer, no perceiver: still an answer, which names what to install."""
    text = said(await run(make(), "what?", "a.image"))
    assert "sensorium-reasoner" in text
    assert "sensorium-vision" in text
    assert "looked at" in text


async def test_stopping_cancels_perceivers_and_answerers(make: Make) -> None:
    """Closing the turn sets the cancel event of what runs, and starts nothing more."""
    started, ended = threading.Event(), threading.Event()

    def long(task: Task) -> Iterable[Observation]:
        started.set()
        task.cancel.wait(WAIT)
        ended.set()
        yield task.observe("note", "never", 1.0)

    eyes = FakePerceiver("eyes", long, consumes=("image",))
    engine = make(eyes, FakePerceiver("words", produces=("word",)), FakeAnswerer())
    session = Session()
    events = engine.turn(session, "what?", [Upload("a.image", b"a")])
    async for event in events:
        if isinstance(event, Status) and event.perceiver == "eyes" and event.state == "running":
            break
    assert await asyncio.to_thread(started.wait, WAIT)
    await events.aclose()
    assert await asyncio.to_thread(ended.wait, WAIT)
    assert session.context.snapshot().of("note") == ()
    assert ("eyes", next(iter(session.context)).digest) not in session.done


@pytest.mark.parametrize("ticks", range(6))
async def test_a_stop_is_not_lost_to_what_comes_at_the_same_time(make: Make, ticks: int) -> None:
    """A turn that is stopped while a word of its answer is on its way ends then, not with the answer's last word."""
    go, posted, taken = threading.Event(), threading.Event(), asyncio.Event()

    def answer(request: Request) -> Iterator[Delta]:
        yield Delta("One ")
        go.wait(10)
        yield Delta("two ")
        posted.set()
        request.cancel.wait(10)

    async def take() -> None:
        async for event in make(FakeAnswerer("scripted", answer)).turn(Session(), "count", ()):
            if isinstance(event, Delta):
                taken.set()

    taking = asyncio.create_task(take())
    await taken.wait()
    go.set()
    posted.wait(10)  # the loop stands still: the second word lies before it
    for _ in range(ticks):
        await asyncio.sleep(0)
    taking.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert time.monotonic() - began < 5


async def test_overhead_of_ten_trivial_plugins(make: Make) -> None:
    """A turn with ten trivial perceivers ends; its overhead is measured by benchmarks/host_overhead.py."""
    engine = make(*(FakePerceiver(f"p{i}") for i in range(10)))
    began = time.perf_counter()
    events = await run(engine)
    assert len([event for event in events if isinstance(event, Observed)]) == 10
    assert time.perf_counter() - began < WAIT


async def test_a_hung_plugin_is_not_entered_again(make: Make) -> None:
    """While a call that ran past its deadline still hangs, further parts get a gap at once."""
    release = threading.Event()

    def stuck(task: Task) -> Iterable[Observation]:
        release.wait(WAIT)
        yield task.observe("note", "x", 1.0)

    stubborn = FakePerceiver("stuck", stuck, consumes=("image",), deadline=0.1)
    engine = make(stubborn, FakePerceiver("words", produces=("word",)))
    assert causes(await run(engine, "what?", "1.image")) == [("timeout", "stuck")]
    assert causes(await run(engine, "what?", "2.image")) == [("paused", "stuck")]
    release.set()
    assert stubborn.calls == 1


def test_perceiver_is_abstract() -> None:
    """A perceiver without `perceive` cannot be made."""
    with pytest.raises(TypeError):
        Perceiver()  # type: ignore[abstract]
