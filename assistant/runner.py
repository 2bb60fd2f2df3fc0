"""One plugged object at work: its thread, its loading, its deadline, its circuit breaker. Knows nothing of turns."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, is_dataclass
from typing import Any, Generic, TypeVar

from assistant.calls import Recorder
from assistant.errors import (
    AssistantError,
    Cancelled,
    CannotAnswer,
    MediaError,
    NotAsPromised,
    PluginError,
    RequestRefused,
    WeightsError,
    described,
    shown,
)
from assistant.plugin import Plugged, Services, require
from assistant.proxy import Obstacle, ProcessFacts, Proxy
from assistant.workers import Lanes, Worker

logger = logging.getLogger(__name__)
P = TypeVar("P", bound=Plugged)
ABANDON_SECONDS = 1.0
"""How long a thread whose process was ended is waited for."""
T = TypeVar("T")


class Overdue(AssistantError):
    """A call ran past its deadline; raised by `Runner.stream`."""


class Runner(Generic[P]):
    """Runs one perceiver, answerer or embedder in a thread of its own.

    Usable from any event loop; holds no asyncio primitive between calls.
    """

    def __init__(
        self,
        plugged: P,
        plugin: str,
        services: Services,
        *,
        lanes: Lanes,
        weights_identity: Callable[[str], str],
        embedder_identity: Callable[[], str],
        breaker_failures: int = 3,
        breaker_seconds: float = 60.0,
        load_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        recorder: Recorder | None = None,
    ) -> None:
        self.plugged = plugged
        self.plugin = plugin
        self.services = services
        given: object = plugged  # for type checkers, what was plugged in cannot be a proxy
        self.proxy: Proxy | None = given if isinstance(given, Proxy) else None
        """Set where the work is done in a process of its own."""
        self._loaded = False
        self._load_seconds = load_seconds
        self.seconds = float(getattr(plugged, "deadline", 1.0))
        """Expected duration of a call: the deadline at first, then a running mean."""
        self.last_failure = ""
        self._measured = False
        self._lanes = lanes
        self._weights_identity = weights_identity
        self._embedder_identity = embedder_identity
        self._failures = 0
        self._breaker_failures = breaker_failures
        self._breaker_seconds = breaker_seconds
        self._resting_until = 0.0
        self._clock = clock
        self._overdue = 0
        self._counting = threading.Lock()
        self._loading = threading.Lock()
        self._worker = Worker(plugged.name, getattr(plugged, "concurrency", 1))
        self.recorder = recorder
        """Notes every call, where somebody asked for that."""

    @property
    def name(self) -> str:
        """The plugged object's name."""
        return self.plugged.name

    @property
    def loaded(self) -> bool:
        """Whether it is loaded; what works in a process of its own is not once that has ended."""
        return self._loaded and (self.proxy is None or self.proxy.ready)

    @property
    def process(self) -> ProcessFacts | None:
        """Of its process, where it works in one of its own."""
        return None if self.proxy is None else self.proxy.facts()

    @property
    def weights_identity(self) -> str:
        """Which weights judge, e.g. "whisper-base@1f3a": "" if none are used."""
        names = self._weights_needed()
        return ",".join(f"{name}@{self._weights_identity(name)}" for name in names)

    @property
    def identity(self) -> str:
        """Digest of all that decides what is said about an input: name, version, options, weights, embedder."""
        options = self.services.options
        described = json.dumps(
            [
                self.name,
                self.plugged.version,
                asdict(options) if is_dataclass(options) and not isinstance(options, type) else None,
                self.weights_identity,
                self._embedder_identity() if self.plugged.embeds else "",
            ],
            sort_keys=True,
            default=str,
        )
        return hashlib.sha256(described.encode()).hexdigest()

    @property
    def configured(self) -> bool:
        """Whether no setting that it needs is missing, nor weights without which it is not wanted."""
        try:
            return not self._missing_setting()
        except PluginError:  # `obstacle` tells what is wrong with it
            return True

    def _missing_setting(self) -> str:
        missing = self._asked("unready")
        if not isinstance(missing, str):
            raise PluginError(f"{self.name}.unready gave {type(missing).__name__}.", "Tell its author.")
        if missing or not self.plugged.optional or self.loaded:
            return missing
        try:
            for name in self._weights_needed():
                self.services.weights(name)
        except WeightsError as error:
            return error.remedy or error.message
        return ""

    def _weights_needed(self) -> tuple[str, ...]:
        names = self._asked("weights")
        if not isinstance(names, (tuple, list, set, frozenset)) or not all(isinstance(name, str) for name in names):
            raise PluginError(f"{self.name}.weights gave {type(names).__name__}.", "Tell its author.")
        return tuple(names)

    def _asked(self, method: str) -> Any:
        """What the plugged object says of its options: checked when it was registered, but it may change its mind."""
        try:
            return getattr(self.plugged, method)(self.services.options)
        except Exception as error:
            logger.warning("%s.%s failed", self.name, method, exc_info=True)
            raise PluginError(f"{self.name}.{method} raised {described(error)}.", "Tell its author.") from error

    @property
    def resting(self) -> bool:
        """Whether it, or its process, failed so often in a row that it is left alone for a while."""
        return self.rests_for > 0

    @property
    def rests_for(self) -> float:
        """Seconds until it is tried again, while it rests; 0 otherwise."""
        hindered = None if self.proxy is None else self.proxy.hindrance()
        return max(self._breaks_for, 0.0 if hindered is None else hindered.seconds)

    @property
    def _breaks_for(self) -> float:
        """Seconds that it is not asked for, whatever its process does."""
        failed = self._failures >= self._breaker_failures
        return max(0.0, self._resting_until - self._clock()) if failed else 0.0

    @property
    def loading(self) -> bool:
        """Whether its model is being loaded now."""
        return self._loading.locked() and not self.loaded

    def state(self, obstacle: Obstacle | None) -> str:
        """In a word, given its `obstacle()`: "ready", "loading", "resting", "busy" or the obstacle's cause."""
        if obstacle is None:
            return "loading" if self.loading else "ready"
        if obstacle.cause == "paused":
            return "resting" if self.resting else "busy"
        return obstacle.cause

    def obstacle(self) -> Obstacle | None:
        """What stands in the way of using it now, found out without importing or loading anything."""
        ends_itself = self.proxy is not None  # with its own process, in a moment
        if self._overdue >= getattr(self.plugged, "concurrency", 1) and not ends_itself:
            return Obstacle("paused", f"{self.name} is still busy with earlier work that ran past its deadline.")
        seconds = self._breaks_for
        if seconds > 0:
            return Obstacle(
                "paused",
                f"{self.name} failed {self._failures} times in a row and rests ({self.last_failure}).",
                f"It is tried again in {seconds:.0f} s.",
                seconds,
            )
        hindered = None if self.proxy is None else self.proxy.hindrance()
        if hindered is not None:
            return hindered
        if self.loaded:
            return None
        try:
            missing = self._missing_setting()
            if missing:
                return Obstacle("not_configured", f"{self.name} is not set up.", missing)
            require(*self.plugged.requires, install=f"pip install sensorium-{self.plugin}")
            for name in self._weights_needed():
                self.services.weights(name)
        except PluginError as error:
            return Obstacle("crashed", error.message, error.remedy)
        except WeightsError as error:
            return Obstacle("no_weights", error.message, error.remedy)
        except AssistantError as error:
            return Obstacle("missing_library", error.message, error.remedy)
        return None

    def load(self) -> None:
        """Load the model unless it is loaded. Raises what the plugin raises."""
        with self._loading:
            if not self.loaded:
                began = time.perf_counter()
                with self._noted("load"):
                    self.plugged.load(self.services)
                self._loaded = True
                logger.info("%s loaded in %.1f s", self.name, time.perf_counter() - began)

    async def stream(
        self,
        call: Callable[[P], Iterable[T]],
        *,
        cancel: threading.Event,
        deadline: float | None = None,
        priority: tuple[float, ...] = (0.0,),
        on_state: Callable[[str], None] = lambda state: None,
        what: str = "call",
        about: str = "",
    ) -> AsyncGenerator[T, None]:
        """What `call(plugged)` yields, one by one, as it comes from the worker thread.

        Args:
            call: makes the iterable; runs in the worker thread.
            cancel: set it to give up; this method sets it at the deadline and when it is closed.
            deadline: seconds from the start of work (queueing and loading not counted); None for no limit.
            priority: place in the queue for a lane, lowest first.
            on_state: told "loading" and "running".
            what: how the call is noted, where calls are.
            about: what it is for, as it is noted.

        Raises:
            Overdue: the deadline passed, or loading took too long; the thread is left to notice `cancel`.
            Exception: whatever the plugin raised.
        """
        if self.recorder is not None:
            call = self.recorder.iterating(call, what, about)
        loop = asyncio.get_running_loop()
        inbox: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        heavy = getattr(self.plugged, "heavy", False)
        late, finished = threading.Event(), threading.Event()

        posted: list[tuple[str, Any]] = []
        posting = threading.Lock()

        def post(what: str, value: Any = None) -> None:
            with posting:
                posted.append((what, value))
                if len(posted) > 1:
                    return  # the event loop is already told, which costs more than all else here
            try:
                loop.call_soon_threadsafe(deliver)
            except RuntimeError:  # the event loop ended before this call did: nobody waits for the result
                logger.debug("%s finished after its turn had ended", self.name)

        def deliver() -> None:
            with posting:
                arrived = posted.copy()
                posted.clear()
            for each in arrived:
                inbox.put_nowait(each)

        def work() -> None:
            try:
                if heavy:
                    with self._lanes.enter(priority, cancel):
                        run()
                else:
                    run()
            except Exception as error:
                post("failed", error)
            except BaseException as error:  # SystemExit and the like would end the event loop if they were passed on
                post("failed", PluginError(f"{self.name} raised {described(error)}."))
            else:
                post("done")
            finally:
                with self._counting:
                    finished.set()
                    if late.is_set():
                        self._overdue -= 1

        def run() -> None:
            if cancel.is_set():
                raise Cancelled
            if not self.loaded:
                post("loading")
                self.load()
            post("running")
            began = time.perf_counter()
            results = call(self.plugged)
            if not isinstance(results, Iterable):
                raise NotAsPromised(f"{self.name} gave {shown(results)}, nothing to go through.", "Use `yield`.")
            try:
                for item in results:
                    if cancel.is_set():
                        raise Cancelled
                    post("item", item)
            finally:
                close = getattr(results, "close", None)
                if close is not None:
                    close()
            spent = time.perf_counter() - began
            self.seconds = 0.7 * self.seconds + 0.3 * spent if self._measured else spent
            self._measured = True

        self._worker.submit(work)
        end: asyncio.TimerHandle | None = None
        limit: float | None = None
        try:
            while True:
                # not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes together with an item
                what, value = await inbox.get()
                if what == "item":
                    yield value
                elif what == "failed":
                    raise value
                elif what == "done":
                    self._note(None)
                    return
                elif what == "overdue":
                    with self._counting:
                        if not finished.is_set():
                            self._overdue += 1
                            late.set()
                    raise Overdue(f"{self.name} did not finish within {limit or 0:.0f} s.")
                else:
                    on_state(what)
                    limit = deadline if what == "running" else self._load_seconds
                    if end is not None:
                        end.cancel()
                    end = None if limit is None else loop.call_later(limit, inbox.put_nowait, ("overdue", None))
        except (GeneratorExit, asyncio.CancelledError, Cancelled):
            raise
        except BaseException as error:
            self._note(error)
            raise
        finally:
            if end is not None:
                end.cancel()
            cancel.set()

    def _note(self, error: BaseException | None) -> None:
        """Count failures for the circuit breaker; a file or request that is no good is not the plugin's failure."""
        if error is None:
            self._failures = 0
        elif not isinstance(error, (MediaError, WeightsError, CannotAnswer, RequestRefused)):
            self._failures += 1
            self.last_failure = str(error) or type(error).__name__
            self._resting_until = self._clock() + self._breaker_seconds

    def _noted(self, what: str, about: str = "") -> AbstractContextManager[None]:
        return self.recorder.queued(what, about).running() if self.recorder is not None else nullcontext()

    def run(self, call: Callable[[P], T], *, what: str = "call", about: str = "") -> T:
        """Call in the worker thread and wait for the result, from a thread that is not an event loop's.

        `what` and `about` are noted, where calls are.
        """
        answer: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        noted = self._noted(what, about)

        def work() -> None:
            try:
                self.load()
                with noted:
                    answer.put((True, call(self.plugged)))
            except BaseException as error:  # handed to the caller, who raises it
                answer.put((False, error))

        self._worker.submit(work)
        fine, value = answer.get()
        self._note(None if fine else value)
        if not fine:
            raise value
        given: T = value
        return given

    def health(self) -> dict[str, Any]:
        """State for `assistant plugins list` and the health endpoint."""
        obstacle = self.obstacle()
        try:
            weights = list(self._weights_needed())
        except PluginError as error:
            weights, obstacle = [], obstacle or Obstacle("crashed", error.message, error.remedy)
        return {
            "name": self.name,
            "plugin": self.plugin,
            "version": self.plugged.version,
            "loaded": self.loaded,
            "ready": obstacle is None,
            "state": self.state(obstacle),
            "resting_seconds": round(self.rests_for, 1),
            "reason": f"{obstacle.message} {obstacle.remedy}".strip() if obstacle else "",
            "weights": weights,
            "memory_mb": self.plugged.memory_mb,
            "isolation": self.plugged.isolation,
            **(self.process or {}),
        }

    def close(self) -> None:
        """Unload in the worker thread, after what is queued; see `join`."""

        def work() -> None:
            with self._loading:
                if self._loaded:
                    self._loaded = False
                    try:
                        with self._noted("close"):
                            self.plugged.close()
                    except Exception:
                        logger.exception("closing %s failed", self.name)

        if self._loaded:
            self._worker.submit(work)
        self._worker.close()

    def join(self, until: float) -> bool:
        """After `close`: wait for the worker thread until `time.monotonic()` reaches `until`; False if it hangs.

        One whose work is done in a process of its own does not: that is then ended.
        """
        if self._worker.join(until):
            return True
        if self.proxy is None:
            return False
        self.proxy.abandon()
        return self._worker.join(time.monotonic() + ABANDON_SECONDS)
