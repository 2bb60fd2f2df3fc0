"""Perception as a dataflow: a perceiver starts as soon as what it consumes exists. Not for questions: see engine.py."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from assistant.context import SharedContext
from assistant.errors import (
    Cancelled,
    DecoderUnavailable,
    MediaError,
    MissingLibrary,
    NotAsPromised,
    PluginCrashed,
    WeightsError,
    described,
)
from assistant.host import Host
from assistant.media import Media
from assistant.plugin import Perceiver, Task
from assistant.runner import Overdue, Runner
from assistant.types import (
    AUDIO,
    EMPTY,
    IMAGE,
    MODALITIES,
    TEXT,
    VIDEO,
    Event,
    Gap,
    GapCause,
    Missed,
    Observation,
    Observed,
    Part,
    PartAdded,
    PerceiverState,
    Status,
)
from assistant.yielded import ANY_NAME, checked, renamed

logger = logging.getLogger(__name__)

ITEMS_PER_CALL = 20_000
"""More observations from one call are taken for a defect: a page has hundreds of lines, an hour of speech thousands."""
PARTS_PER_CALL = 500
"""More parts from one call are too: each of them is perceived."""
DEPTH = 4
"""How often something may be taken out of something: a picture in a page in a document in an archive. An archive can
hold itself."""
SUGGESTED = {IMAGE: "sensorium-vision", AUDIO: "sensorium-speech", VIDEO: "sensorium-video", TEXT: "sensorium-text"}
"""What to install when nothing perceives a modality."""
PLURALS = {IMAGE: "pictures", AUDIO: "recordings", VIDEO: "videos", TEXT: "text"}


class Cache(Protocol):
    """Observations of earlier turns, by what decides them."""

    def recall(self, key: str) -> tuple[Observation | Part, ...] | None:
        """What was remembered, or None."""
        ...

    def remember(self, key: str, items: Sequence[Observation | Part]) -> None:
        """Keep what one call gave."""
        ...


@dataclass(slots=True, eq=False)
class _Job:
    """One call of one perceiver."""

    runner: Runner[Perceiver]
    part: Part
    reach: frozenset[str]
    observation: Observation | None = None
    kept: bool = False
    """Whether the result stands; otherwise the next turn tries again."""
    waiting: bool = False
    """A gathering perceiver whose sources are still at work."""
    cancel: threading.Event = field(default_factory=threading.Event)
    task: asyncio.Task[None] | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """What may be done once: this perceiver on this part or observation."""
        return self.runner.name, self.observation.id if self.observation else self.part.digest


@dataclass(frozen=True, slots=True)
class _Waiter:
    kinds: frozenset[str] | None
    parts: frozenset[str] | None
    settled: asyncio.Future[None]


class Perception:
    """All perceivers' work of one turn over one context. Lives in one event loop."""

    def __init__(
        self,
        host: Host,
        context: SharedContext,
        media: Media,
        emit: Callable[[Event], None],
        *,
        cache: Cache | None = None,
        done: set[tuple[str, str]] | None = None,
        turn: float = 0.0,
        kinds: frozenset[str] | None = None,
        options: Mapping[str, Any] = EMPTY,
    ) -> None:
        """Prepare; nothing runs until `add`.

        Args:
            host: the perceivers.
            context: read and written.
            media: the decoder handed to perceivers.
            emit: told every event as it happens.
            cache: where results are looked up and kept.
            done: pairs (perceiver, part digest or observation id) already perceived in this context; extended.
            turn: order of arrival of the turn; heavy work of earlier turns goes first.
            kinds: only what can lead to observations of these kinds is run; None for everything.
            options: perceiver -> options that differ from those of the settings (`Host.options_for_turn`).
        """
        self._host = host
        self._context = context
        self._media = media
        self._emit = emit
        self._cache = cache
        self._done = done if done is not None else set()
        self._turn = turn
        self._jobs: set[_Job] = set()
        self._waiters: list[_Waiter] = []
        self._scale = host.settings.engine.deadline_scale
        self._kinds = kinds
        self._options = options
        reach = {runner: host.reach(runner) for runner in host.perceivers() if runner.configured}
        self._runners = tuple(runner for runner in reach if kinds is None or kinds & reach[runner])
        self._reach = {runner.name: reach[runner] for runner in self._runners}
        self._cancelled = False

    # ---- what others call --------------------------------------------------------------------------------------

    def add(self, *parts: Part) -> None:
        """Put parts into the context and start every perceiver that reads their modality and has not yet.

        Of several calls the one that is expected to take longest starts first: the turn takes as long as that chain.
        """
        calls = []
        for part in parts:
            if self._context.add(part):
                self._emit(PartAdded(part))
            calls += [(runner, part) for runner in self._readers(part)]
        for runner, part in sorted(calls, key=lambda call: -call[0].seconds):
            self._submit(runner, part, None)
        self._advance()

    def _readers(self, part: Part) -> list[Runner[Perceiver]]:
        readers = [runner for runner in self._runners if part.modality in runner.plugged.consumes]
        unseen = all(runner.plugged.particular for runner in readers)
        if unseen and (self._kinds is None or (part.parent is None and not readers)):
            what = PLURALS.get(part.modality) or f"files of the sort {part.facts.get('format', part.modality)}"
            suggestion = SUGGESTED.get(part.modality)
            only = ", ".join(sorted(runner.name for runner in readers))
            self.miss(
                Gap(
                    cause="no_plugin",
                    message=f"Nothing installed can perceive {what}, so {part.name} was not looked at"
                    + (f" but for what {only} can find." if only else "."),
                    remedy=f"Install a plugin for {what}"
                    + (f", for example {suggestion}." if suggestion else "; see `assistant plugins list`."),
                    part=part.digest,
                    name=part.name,
                )
            )
        return readers

    def miss(self, gap: Gap) -> None:
        """Write a gap to the context."""
        if self._context.add(gap):
            self._emit(Missed(gap))

    async def settled(self, kinds: frozenset[str] | None = None, parts: Iterable[str] | None = None) -> None:
        """Wait until nothing at work can still write these kinds (None: anything) about these parts (None: all)."""
        waiter = _Waiter(kinds, None if parts is None else frozenset(parts), asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        self._advance()
        await waiter.settled

    def cancel(self) -> None:
        """Give up all that is still at work."""
        self._cancelled = True
        for job in list(self._jobs):
            job.cancel.set()
            if job.task is not None:
                job.task.cancel()

    # ---- scheduling --------------------------------------------------------------------------------------------

    def _submit(self, runner: Runner[Perceiver], part: Part, observation: Observation | None) -> None:
        job = _Job(runner, part, self._reach[runner.name], observation, waiting=bool(runner.plugged.gathers))
        if job.subject in self._done or self._cancelled:
            return
        self._done.add(job.subject)
        self._jobs.add(job)
        self._tell(job, "queued")
        if not job.waiting:
            job.task = asyncio.get_running_loop().create_task(self._perform(job))

    def _advance(self) -> None:
        """Start gathering perceivers whose sources are done, and wake who waits."""
        for job in [job for job in self._jobs if job.waiting]:
            wanted = set(job.runner.plugged.gathers)
            sources = (other for other in self._jobs if other is not job and other.part.digest == job.part.digest)
            if not any(wanted & other.reach for other in sources):
                job.waiting = False
                job.task = asyncio.get_running_loop().create_task(self._perform(job))
        for waiter in list(self._waiters):
            if not any(self._concerns(job, waiter) for job in self._jobs):
                self._waiters.remove(waiter)
                if not waiter.settled.done():
                    waiter.settled.set_result(None)

    def _concerns(self, job: _Job, waiter: _Waiter) -> bool:
        if waiter.kinds is not None and not waiter.kinds & job.reach:
            return False
        if waiter.parts is None:
            return True
        return job.part.digest in waiter.parts or job.part.parent in waiter.parts

    async def _perform(self, job: _Job) -> None:
        try:
            await self._perceive(job)
        except Exception as error:  # of the cache or of what a plugin declares: like a failure of the plugin
            self._crash(job, error, 0.0)
        finally:
            if not job.kept:
                self._done.discard(job.subject)
            self._jobs.discard(job)
            self._advance()

    # ---- one call ----------------------------------------------------------------------------------------------

    async def _perceive(self, job: _Job) -> None:
        runner, plugged = job.runner, job.runner.plugged
        gathered: tuple[Observation, ...] = ()
        if plugged.gathers:
            seen = self._context.snapshot().of(*plugged.gathers, part=job.part.digest)
            gathered = tuple(sorted(seen, key=lambda each: each.source))  # who was quicker must not matter
        key = ""
        if self._cache is not None:
            key = self._key(job, gathered)
            remembered = await asyncio.to_thread(self._cache.recall, key)
            if remembered is not None:
                if runner.recorder is not None:
                    runner.recorder.remembered(_method(runner), job.part.name, len(remembered))
                for item in renamed(remembered, ANY_NAME, job.part.name):
                    self._take(item)
                job.kept = True
                self._tell(job, "cached")
                return
        obstacle = runner.obstacle()
        if obstacle is not None:
            self._fail(job, obstacle.cause, obstacle.message, obstacle.remedy, "skipped", 0.0)
            return
        options = self._options.get(runner.name, runner.services.options)
        part = job.part
        if part.modality not in MODALITIES and part.modality not in plugged.consumes:
            part = replace(part, content=b"")  # nothing has checked it: who reads what was read in it does without
        task = Task(part, self._media, job.observation, gathered, job.cancel, options)
        taken: list[Observation | Part] = []
        parts = 0
        own = {job.part.digest}
        weights = runner.weights_identity
        seconds = job.part.facts.get("seconds")
        recording = float(seconds) if isinstance(seconds, (int, float)) else 0.0
        deadline = (plugged.deadline + plugged.deadline_per_second * recording) * self._scale
        began = time.perf_counter()

        def on_state(state: str) -> None:
            nonlocal began
            began = time.perf_counter()
            self._tell(job, "loading" if state == "loading" else "running")

        def spent() -> float:
            return (time.perf_counter() - began) * 1000

        try:
            stream = runner.stream(
                lambda perceiver: perceiver.perceive(task),
                cancel=job.cancel,
                deadline=deadline,
                priority=(self._turn, -runner.seconds),
                on_state=on_state,
                what=_method(runner),
                about=job.part.name,
            )
            async with aclosing(stream) as items:
                async for item in items:
                    good = checked(item, runner.plugged, job.part, own, weights, self._host.modalities)
                    if len(taken) >= ITEMS_PER_CALL:
                        raise NotAsPromised(f"{runner.name} yielded more than {ITEMS_PER_CALL} observations.")
                    parts += isinstance(good, Part)
                    if parts > PARTS_PER_CALL:
                        raise NotAsPromised(f"{runner.name} yielded more than {PARTS_PER_CALL} parts.")
                    taken.append(good)
                    self._take(good)
        except (Cancelled, asyncio.CancelledError):
            self._tell(job, "skipped", spent(), "stopped")
        except Overdue as error:
            self._fail(
                job, "timeout", f"{error.message} The file was {job.part.name}.", DEADLINE_REMEDY, "failed", spent()
            )
        except DecoderUnavailable as error:
            self._fail(job, "crashed", error.message, error.remedy, "failed", spent(), source="media")
        except MediaError as error:
            job.kept = True  # the bytes will not get better
            self._fail(job, "unreadable", error.message, error.remedy, "skipped", spent(), source="media")
        except WeightsError as error:
            self._fail(job, "no_weights", error.message, error.remedy, "skipped", spent())
        except MissingLibrary as error:
            self._fail(job, "missing_library", error.message, error.remedy, "skipped", spent())
        except NotAsPromised as error:
            logger.error("%s on %s: %s %s", runner.name, job.part.name, error.message, error.remedy)
            message = f"What {runner.name} says of {job.part.name} was not taken: {error.message}"
            self._fail(job, "crashed", message, f"{DEFECT_REMEDY} {error.remedy}".strip(), "failed", spent())
        except PluginCrashed as error:
            logger.error("%s failed on %s: %s", runner.name, job.part.name, error.message)
            message = f"{runner.name} failed on {job.part.name}: {error.message}"
            self._fail(job, "crashed", message, CRASH_REMEDY, "failed", spent())
        except Exception as error:
            self._crash(job, error, spent())
        else:
            job.kept = True
            self._tell(job, "done", spent())
            if self._cache is not None:
                # the next who sends these bytes may call them otherwise, and is not to learn what they were called here
                await asyncio.to_thread(self._cache.remember, key, renamed(taken, job.part.name, ANY_NAME))

    def _key(self, job: _Job, gathered: Sequence[Observation]) -> str:
        subject = job.observation.id if job.observation else job.part.digest
        described: list[Any] = [job.runner.identity, subject, job.part.digest, [seen.id for seen in gathered]]
        if set(self._host.modalities) & set(job.runner.plugged.produces):
            described.append(ANY_NAME)  # parts that were remembered before had names of others
        if job.runner.name in self._options:
            described.append(asdict(self._options[job.runner.name]))
        return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()

    def _take(self, item: Observation | Part) -> None:
        if isinstance(item, Part):
            if self._depth(item) > DEPTH:
                message = f"{item.name} lies too deep in other files ({DEPTH} deep at most), so it was not looked at."
                remedy = "Take it out, and send it by itself."
                self.miss(Gap(cause="refused", message=message, remedy=remedy, name=item.name, source="media"))
                return
            self.add(item)
            return
        if self._context.add(item):
            self._emit(Observed(item))
        part = self._context.part(item.part)
        if part is not None:
            for runner in self._runners:
                if item.kind in runner.plugged.consumes:
                    self._submit(runner, part, item)

    def _depth(self, part: Part) -> int:
        """How many parts it was taken out of, one by one."""
        depth, parent = 0, part.parent
        while parent is not None and depth <= DEPTH:
            above = self._context.part(parent)
            depth, parent = depth + 1, above.parent if above else None
        return depth

    # ---- telling -----------------------------------------------------------------------------------------------

    def _tell(self, job: _Job, state: PerceiverState, milliseconds: float | None = None, reason: str = "") -> None:
        self._emit(Status(job.runner.name, job.part.digest, job.part.name, state, milliseconds, reason))

    def _crash(self, job: _Job, error: Exception, milliseconds: float) -> None:
        logger.error("%s failed on %s", job.runner.name, job.part.name, exc_info=error)
        message = f"{job.runner.name} failed on {job.part.name} ({described(error)})."
        self._fail(job, "crashed", message, CRASH_REMEDY, "failed", milliseconds)

    def _fail(
        self,
        job: _Job,
        cause: GapCause,
        message: str,
        remedy: str,
        state: PerceiverState,
        milliseconds: float,
        source: str = "",
    ) -> None:
        """Turn a failure into a gap."""
        self.miss(
            Gap(
                cause=cause,
                message=message,
                remedy=remedy,
                part=job.part.digest,
                name=job.part.name,
                source=source or job.runner.name,
                kinds=tuple(kind for kind in job.runner.plugged.produces if kind not in self._host.modalities),
            )
        )
        self._tell(job, state, milliseconds, message)


def _method(runner: Runner[Perceiver]) -> str:
    """How a call is noted."""
    return "gather" if runner.plugged.gathers else "perceive"


DEADLINE_REMEDY = "Send a shorter or smaller file, or raise `engine.deadline_scale` in the settings."
DEFECT_REMEDY = "The rest of the answer does not depend on it. For the plugin's author:"
CRASH_REMEDY = (
    "The rest of the answer does not depend on it. The log says more; if it happens again, tell the plugin's author."
)
