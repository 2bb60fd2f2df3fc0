"""What all objects that work in a process have in common: its start, its idle end, its failures. Not for what each sort
does: see proxies.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError, PluginCrashed, PluginError
from assistant.isolation.channel import Nonsense
from assistant.isolation.conversation import Conversation, Lost
from assistant.isolation.crossing import (
    plain_options,
    several,
    table,
    text,
    told_error,
    whole,
)
from assistant.isolation.description import Declared
from assistant.isolation.lending import Lending
from assistant.isolation.process import Bounds, Process
from assistant.isolation.program import Program
from assistant.isolation.registration import ATTRIBUTES, SETTLED
from assistant.isolation.typed import options_class
from assistant.media import Limits, Media
from assistant.plugin import Plugged, Services
from assistant.proxy import Obstacle, ProcessFacts, Proxy

IDLE_SECONDS: Final = 300.0
LOAD_SECONDS: Final = 300.0
"""Seconds that importing and loading may take."""
IDLE_GRACE: Final = 10.0
"""Seconds after which a process that should have ended because it is idle is ended: what runs in it may keep it."""
CLOSE_SECONDS: Final = 3.0
FIRST_PAUSE: Final = 1.0
"""Seconds without a new process after the second failure in a row; doubled by each further one."""
LONGEST_PAUSE: Final = 60.0

logger = logging.getLogger(__name__)


class Elsewhere(Plugged, Proxy):
    """What all of them have in common: a process that is started when it is needed, and ended when it is not."""

    _program: Program
    _sort: str

    def __init__(
        self,
        program: Program,
        sort: str,
        plugged: Plugged | Declared,
        *,
        idle_seconds: float = IDLE_SECONDS,
        load_seconds: float = LOAD_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """See `isolated`."""
        self._program, self._sort, self._idle_seconds, self._load_seconds = program, sort, idle_seconds, load_seconds
        self._here = plugged if isinstance(plugged, Plugged) else None
        self._declared = plugged if isinstance(plugged, Declared) else None
        for name in ATTRIBUTES[sort]:
            if self._declared is not None:
                if name in self._declared.attributes:
                    setattr(self, name, self._declared.attributes[name])
            elif hasattr(plugged, name):
                setattr(self, name, getattr(plugged, name))
        self.isolation = "process"  # type: ignore[misc] # declared by each object here
        made = options_class(self.name, self._declared.options) if self._declared else getattr(plugged, "Options", None)
        self.Options = made  # type: ignore[misc]
        if self._declared is not None:
            self.requires = ()  # type: ignore[misc] # looked for where it works: see `hindrance`
        self._clock = clock
        self._starting = threading.Lock()
        self._process: Process | None = None
        self._latest: Process | None = None
        """The one started last, be it loaded or not."""
        self._services: Services | None = None
        self._failures = 0
        self._pause_until = 0.0
        self._starts = 0
        self._last_failure = ""
        self._counting = threading.Lock()
        self._calls = 0
        """Under way."""
        self._patience: threading.Timer | None = None
        """While it is idle: what ends the process if that does not end itself."""

    # ---- declarations --------------------------------------------------------------------------------------------

    def weights(self, options: Any) -> tuple[str, ...]:
        """See `Plugged.weights`."""
        return self._here.weights(options) if self._here else self._declared.weights if self._declared else ()

    def unready(self, options: Any) -> str:
        """See `Plugged.unready`."""
        return self._here.unready(options) if self._here else self._declared.unready if self._declared else ""

    # ---- what a Runner asks --------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether its process is there and loaded; if not, it is started with the next call."""
        process = self._process
        if process is None:
            return False
        if process.alive():
            return True
        process.reap()
        return False

    def hindrance(self) -> Obstacle | None:
        """Why it cannot be called just now."""
        if self._declared is not None and self._declared.missing:
            missing = ", ".join(self._declared.missing)
            return Obstacle(
                "missing_library",
                f"{missing} is not installed for {self.name}.",
                f"Install the plugin {self._program.plugin} anew.",
            )
        seconds = self._pause_until - self._clock()
        if seconds > 0:
            return Obstacle(
                "paused",
                f"The process of {self.name} failed {self._failures} times in a row ({self._last_failure}).",
                f"It is started again in {max(1.0, seconds):.0f} s.",
                seconds,
            )
        return None

    def facts(self) -> ProcessFacts:
        """See `Proxy.facts`."""
        process = self._process
        alive = process is not None and process.alive()
        return {
            "pid": process.pid if process is not None and alive else None,
            "restarts": max(0, self._starts - 1),
            "failures": self._failures,
            "memory_limit_mb": self.memory_limit_mb,
            "network": self.network,
        }

    def abandon(self) -> None:
        """End the process, whatever it does, and if it is only just being started."""
        process = self._latest
        if process is not None:
            process.kill()

    # ---- life ----------------------------------------------------------------------------------------------------

    def load(self, services: Services) -> None:
        """Start the process and load there."""
        self._services = services
        with self._at_work():
            self._loaded()

    def close(self) -> None:
        """End the process; it is given a moment to free what it holds elsewhere."""
        with self._counting:
            self._wait_no_more()
        with self._starting:
            process, self._process, self._latest = self._process, None, None
            if process is None:
                return
            if process.alive():
                with suppress(AssistantError):
                    process.call("close", self.name, seconds=CLOSE_SECONDS).result()
            process.kill(calm=True)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Meanwhile it is not idle."""
        with self._counting:
            self._calls += 1
            self._wait_no_more()
        try:
            yield
        finally:
            with self._counting:
                self._calls -= 1
                if not self._calls and self._idle_seconds:
                    self._patience = threading.Timer(self._idle_seconds + IDLE_GRACE, self._end_idle)
                    self._patience.daemon = True
                    self._patience.start()

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end_idle(self) -> None:
        with self._counting:
            process = self._process
            if not self._calls and process is not None and process.alive():
                logger.warning("the process of %s did not end by itself when it was idle", self.name)
                process.kill()

    def _loaded(self) -> Process:
        """The process, with the object loaded in it."""
        with self._starting:
            if self._process is not None and self._process.alive():
                return self._process
            services = self._services
            if services is None:
                raise PluginError(f"{self.name} is not loaded.")
            if self._process is not None:
                self._process.kill()
                self._process = None
            paused = self.hindrance()
            if paused is not None:
                raise PluginCrashed(paused.message, paused.remedy)
            try:
                process = self._started(services)
            except AssistantError as error:
                self._failed(error)
                raise
            self._process = process
            return process

    def _started(self, services: Services) -> Process:
        options = services.options
        weights: dict[str, Any] = {}
        for name in self.weights(options):
            try:
                weights[name] = str(services.weights(name))
            except AssistantError as error:  # it may do without
                weights[name] = told_error(error)
        places = tuple(Path(place) for place in weights.values() if isinstance(place, str))
        bounds = Bounds(
            self.memory_limit_mb, self.network, places, services.threads, services.device, services.hub and self.network
        )
        process = self._latest = Process(self._program, bounds)
        self._starts += 1
        try:
            began = time.perf_counter()
            lending = Lending(self.name, embed=services.embed)
            done = process.call(
                "load",
                self.name,
                serve=lending,
                seconds=self._load_seconds,
                module=self._program.module,
                sort=self._sort,
                plugged=self.name,
                options=plain_options(options),
                threads=services.threads,
                device=services.device,
                hub=services.hub and self.network,
                weights=weights,
                idle=self._idle_seconds or None,
                concurrency=getattr(self, "concurrency", 1),
            ).result()
            self._settle(table(done.get("settled")))
        except BaseException:
            process.kill()
            raise
        logger.info("%s started its process in %.2f s", self.name, time.perf_counter() - began)
        return process

    def _settle(self, settled: Mapping[str, Any]) -> None:
        """Take over what is known after `load` only."""
        try:
            for name in SETTLED[self._sort]:
                value = settled.get(name)
                if name in ("honours", "speakers"):
                    words = several(value, lambda each: text(each, 200), 10_000)
                    setattr(self, name, frozenset(words) if name == "honours" else words)
                elif name == "space":
                    setattr(self, name, text(value, 500))
                else:
                    setattr(self, name, whole(value, 0, 1 << 20))
        except Nonsense as error:
            raise PluginError(f"What {self.name} says of itself once loaded makes no sense.") from error

    def _failed(self, error: AssistantError) -> None:
        self._failures += 1
        self._last_failure = type(error).__name__
        if self._failures > 1:
            self._pause_until = self._clock() + min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - 2))

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Count crashes, and take what makes no sense for one."""
        try:
            yield
        except PluginCrashed as error:
            if self._process is None or not self._process.alive():
                self._failed(error)
            raise
        except Nonsense as error:
            self.abandon()
            crashed = PluginCrashed(f"{self.name} gave what makes no sense: {error}.", "The log says more.")
            self._failed(crashed)
            raise crashed from error
        else:
            self._failures = 0

    def _items(
        self,
        do: str,
        lending: Lending,
        cancel: threading.Event | None,
        told: Mapping[str, Any],
        seconds: float | None = None,
    ) -> Iterator[tuple[dict[str, Any], list[int]]]:
        """What a call yields. One that the process was taken from before it said anything is begun anew, once."""
        again = True
        with self._at_work():
            while True:
                process = self._loaded()
                conversation: Conversation = process.call(
                    do, self.name, serve=lending, cancel=cancel, seconds=seconds, **told
                )
                try:
                    yield from conversation.items()
                    return
                except Lost as error:
                    if conversation.began or not again:
                        raise PluginCrashed(error.message, error.remedy) from error
                    again = False
                finally:
                    conversation.close()
                    lending.close()

    def _limits(self, media: Media) -> dict[str, Any]:
        return asdict(getattr(media, "limits", Limits()))

    def _embed(self) -> Callable[[Sequence[str]], Any] | None:
        return self._services.embed if self._services is not None else None
