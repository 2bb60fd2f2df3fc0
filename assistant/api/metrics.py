"""The server's figures for Prometheus, at /metrics. Not for single events: those are in the log; see access.py.

Every label has few values: names of plugins, templates of routes, states; nothing that clients choose. Documented in
docs/operating.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Depends, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from assistant import __version__
from assistant.api.identity import require
from assistant.errors import AssistantError
from assistant.telemetry import TurnState
from assistant.types import Answered, Answering, Delta, Event, Missed, Status

if TYPE_CHECKING:
    from assistant.api.limits import Turns
    from assistant.app import Assistant
    from assistant.runner import Runner

logger = logging.getLogger(__name__)

TURN_SECONDS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
PERCEIVER_SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
HTTP_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
STORED_SECONDS: Final = 60.0
"""How long the size of the stored media is believed: it takes a look at every row."""
NOBODY: Final = "none"
"""Answerer of a turn that none answered."""


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, assistant: Assistant, places: Turns | None = None) -> None:
        """All zero.

        Args:
            assistant: what is measured; see also `follow`.
            places: where turns wait for their turn.
        """
        self.registry = registry = CollectorRegistry()
        self._assistant = assistant
        self._places = places
        self._stored = (0.0, 0.0)
        self.turns = Counter("sensorium_turns", "Turns that ended.", ("state", "answerer"), registry=registry)
        self.turn_seconds = Histogram(
            "sensorium_turn_seconds", "Whole turns.", ("answerer",), buckets=TURN_SECONDS, registry=registry
        )
        self.first_words = Histogram(
            "sensorium_first_words_seconds",
            "From the start of a turn to the first words of its answer.",
            ("answerer",),
            buckets=TURN_SECONDS,
            registry=registry,
        )
        self.calls = Counter(
            "sensorium_perceiver_calls", "Calls of perceivers.", ("perceiver", "outcome"), registry=registry
        )
        self.call_seconds = Histogram(
            "sensorium_perceiver_seconds",
            "Work of perceivers, waiting and loading not counted.",
            ("perceiver",),
            buckets=PERCEIVER_SECONDS,
            registry=registry,
        )
        self.hits = Counter("sensorium_cache_hits", "Perceptions remembered.", ("perceiver",), registry=registry)
        self.misses = Counter("sensorium_cache_misses", "Perceptions worked out.", ("perceiver",), registry=registry)
        self.gaps = Counter("sensorium_gaps", "What could not be perceived.", ("cause",), registry=registry)
        self.tokens = Counter(
            "sensorium_tokens", "Tokens of language models.", ("direction", "answerer"), registry=registry
        )
        self.requests = Counter(
            "sensorium_http_requests", "HTTP requests that ended.", ("method", "route", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "sensorium_http_seconds",
            "HTTP requests, to the end of their response.",
            ("method", "route"),
            buckets=HTTP_SECONDS,
            registry=registry,
        )
        self.http_running = Gauge("sensorium_http_requests_running", "HTTP requests being answered.", registry=registry)
        registry.register(self)
        ProcessCollector(registry=registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(method, route, str(status)).inc()
        self.request_seconds.labels(method, route).observe(seconds)

    def follow(self) -> _CountedTurn:
        """Count a turn that begins; for `TurnWatch.add`."""
        return _CountedTurn(self)

    def collect(self) -> Iterator[Metric]:
        """Figures that are looked up when they are asked for."""
        host, watch, places = self._assistant.host, self._assistant.watch, self._places
        info = GaugeMetricFamily("sensorium_info", "1, with the version.", labels=("version",))
        info.add_metric((__version__,), 1.0)
        yield info
        yield GaugeMetricFamily("sensorium_turns_running", "Turns that run.", value=watch.running)
        waiting = 0 if places is None else places.waiting
        yield GaugeMetricFamily("sensorium_turns_waiting", "Turns that wait for a place.", value=waiting)
        yield GaugeMetricFamily(
            "sensorium_lanes_waiting", "Heavy calls that wait for a lane.", value=host.lanes.waiting
        )
        runners: tuple[Runner[Any], ...] = (*host.perceivers(), *host.answerers(), *host.embedders(), *host.voices())
        resting = sum(each.resting for each in runners)
        yield GaugeMetricFamily("sensorium_plugins_resting", "Plugins resting after failures.", value=resting)
        rests = GaugeMetricFamily(
            "sensorium_plugin_resting_seconds", "Until what rests after failures is tried again.", labels=("name",)
        )
        lost = CounterMetricFamily(
            "sensorium_plugin_process_restarts", "Times a plugin's own process was started again.", labels=("name",)
        )
        for each in runners:
            rests.add_metric((each.name,), each.rests_for)
            process = each.process
            if process is not None:
                lost.add_metric((each.name,), process["restarts"])
        yield rests
        yield lost
        wrong = GaugeMetricFamily("sensorium_plugin_problems", "What is wrong with plugins.", labels=("level",))
        levels = [problem.level for problem in host.problems()]
        for level in ("error", "warning"):
            wrong.add_metric((level,), levels.count(level))
        yield wrong
        restarts = CounterMetricFamily("sensorium_decoder_restarts", "Times the decoder's processes were lost.")
        restarts.add_metric((), self._assistant.media.decoder_restarts)
        yield restarts
        stored = self._stored_bytes()
        if stored is not None:
            yield GaugeMetricFamily("sensorium_media_bytes", "Stored media.", value=stored)

    def describe(self) -> list[Metric]:
        """Nothing to look up when the registry is told of this."""
        return []

    def _stored_bytes(self) -> float | None:
        read, size = self._stored
        now = time.monotonic()
        if not read or now - read > STORED_SECONDS:
            try:
                size = float(self._assistant.store.usage().bytes)
            except AssistantError as error:
                logger.warning("the size of the stored media is not known: %s", error)
                return None
            self._stored = (now, size)
        return size


class _CountedTurn:
    """Counts one turn."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._began = time.perf_counter()
        self._answerer = NOBODY
        self._words: float | None = None

    def event(self, event: Event) -> None:
        """Count what it tells."""
        kind = type(event)
        if kind is Delta:
            assert isinstance(event, Delta)
            if self._words is None and event.text:
                self._words = time.perf_counter() - self._began
        elif kind is Status:
            assert isinstance(event, Status)
            if event.state not in ("queued", "loading", "running"):
                self._count_call(event)
        elif isinstance(event, Answering):
            self._answerer, self._words = event.answerer or NOBODY, None
        elif isinstance(event, Missed):
            self._metrics.gaps.labels(event.gap.cause).inc()
        elif isinstance(event, Answered) and event.answer.tokens is not None:
            for direction, count in zip(("read", "written"), event.answer.tokens, strict=True):
                self._metrics.tokens.labels(direction, self._answerer).inc(count)

    def _count_call(self, status: Status) -> None:
        metrics = self._metrics
        metrics.calls.labels(status.perceiver, status.state).inc()
        if status.state == "cached":
            metrics.hits.labels(status.perceiver).inc()
        elif status.state in ("done", "failed"):
            metrics.misses.labels(status.perceiver).inc()
            metrics.call_seconds.labels(status.perceiver).observe((status.milliseconds or 0.0) / 1000)

    def ended(self, state: TurnState) -> None:
        """Count the turn."""
        metrics = self._metrics
        metrics.turns.labels(state, self._answerer).inc()
        if state == "done":
            metrics.turn_seconds.labels(self._answerer).observe(time.perf_counter() - self._began)
            if self._words is not None:
                metrics.first_words.labels(self._answerer).observe(self._words)


def router(metrics: Metrics) -> APIRouter:
    """The route that tells the figures, to callers with the scope `metrics`."""
    routes = APIRouter(tags=["server"])

    @routes.get("/metrics", dependencies=[Depends(require("metrics"))], response_class=Response)
    def figures() -> Response:
        """The server's figures in Prometheus' text format."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
