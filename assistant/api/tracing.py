"""OpenTelemetry spans of requests, turns, perceivers and answers; no content in them. Not for figures: see metrics.py.

Imported only when tracing is configured: by `opentelemetry-instrument`, or by the usual OTEL_ variables, which are read
here. Without the library, or without the variables, nothing of it costs anything.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider

from assistant import __version__
from assistant.logs import Origin
from assistant.telemetry import TurnState
from assistant.types import Answered, Answering, Event, Status

if TYPE_CHECKING:
    from starlette.types import Scope

logger = logging.getLogger(__name__)

CLOSE_SECONDS: Final = 2.0
"""How long the end of the server waits for the collector."""


class Tracing:
    """Makes the spans of one application."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        """Make spans with this provider, or with the process's own."""
        self._provider = provider
        self._tracer = trace.get_tracer("sensorium", __version__, provider)

    def request(self, scope: Scope, whence: Origin) -> RequestSpan:
        """Begin the span of a request, as part of the trace that its headers name; it is current until it ends."""
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = scope.get("method", "WEBSOCKET")
        span = self._tracer.start_span(method, propagate.extract(carrier), SpanKind.SERVER)
        whence.trace = trace.format_trace_id(span.get_span_context().trace_id)
        span.set_attribute("sensorium.request", whence.request)
        return RequestSpan(span)

    def follow(self) -> TracedTurn:
        """Trace a turn that begins; for `TurnWatch.add`."""
        return TracedTurn(self._tracer)

    def close(self) -> None:
        """Send what is left, if the provider was made here; a collector that is gone is not waited for long."""
        shutdown: Any = getattr(self._provider, "shutdown", None)
        if shutdown is not None:
            last = threading.Thread(target=shutdown, name="last-spans", daemon=True)
            last.start()
            last.join(CLOSE_SECONDS)
            if last.is_alive():
                logger.warning("the collector of traces does not answer; the last spans are lost")


class RequestSpan:
    """The span of a request that is being answered."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._token = context.attach(trace.set_span_in_context(span))

    def end(self, method: str, route: str, status: int, *, failed: bool) -> None:
        """End it with what became of the request."""
        context.detach(self._token)
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if failed or status >= 500:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


class TracedTurn:
    """The span of one turn, and those of its perceivers and its answer below it."""

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer
        self._turn = tracer.start_span("turn")
        self._context = trace.set_span_in_context(self._turn)
        self._began: dict[tuple[str, str], int] = {}
        self._answer: Span | None = None

    def event(self, event: Event) -> None:
        """Begin or end the span that it tells about."""
        if isinstance(event, Status):
            self._perceiver(event)
        elif isinstance(event, Answering):
            self._end_answer()
            self._answer = self._tracer.start_span("answer", self._context)
            self._answer.set_attribute("sensorium.answerer", event.answerer)
        elif isinstance(event, Answered):
            if self._answer is not None:
                self._answer.set_attribute("sensorium.abstained", event.answer.abstained)
                if event.answer.tokens is not None:
                    read, written = event.answer.tokens
                    self._answer.set_attributes(
                        {"gen_ai.usage.input_tokens": read, "gen_ai.usage.output_tokens": written}
                    )
            self._end_answer()

    def _perceiver(self, status: Status) -> None:
        key = (status.perceiver, status.part)
        if status.state in ("loading", "running"):
            self._began.setdefault(key, time.time_ns())
        elif status.state != "queued":
            span = self._tracer.start_span(
                f"perceive {status.perceiver}", self._context, start_time=self._began.pop(key, time.time_ns())
            )
            span.set_attributes({"sensorium.perceiver": status.perceiver, "sensorium.outcome": status.state})
            if status.state == "failed":
                span.set_status(StatusCode.ERROR)
            span.end()

    def _end_answer(self) -> None:
        if self._answer is not None:
            self._answer.end()
            self._answer = None

    def ended(self, state: TurnState) -> None:
        """End the spans."""
        self._end_answer()
        self._turn.set_attribute("sensorium.state", state)
        if state == "failed":
            self._turn.set_status(StatusCode.ERROR)
        self._turn.end()


def from_environment() -> Tracing | None:
    """Tracing as the OTEL_ variables say; None if they name an exporter that is not installed."""
    given = trace.get_tracer_provider()
    if not isinstance(given, trace.ProxyTracerProvider):  # set up by opentelemetry-instrument, or by who embeds us
        return Tracing()
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider as Provider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        logger.warning("no traces: %s. Install it: pip install 'sensorium[tracing]'", error)
        return None
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "sensorium"}
    provider = Provider(resource=Resource.create(named))
    for name in (os.environ.get("OTEL_TRACES_EXPORTER") or "otlp").split(","):
        exporter = name.strip()
        if exporter == "otlp":
            protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get(
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"
            )
            exporter = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
        found = next(iter(entry_points(group="opentelemetry_traces_exporter", name=exporter)), None)
        if found is None:
            package = f"opentelemetry-exporter-{exporter.replace('_', '-')}"
            logger.warning("no traces: the exporter %s is not installed. Install it: pip install %s", name, package)
            return None
        provider.add_span_processor(BatchSpanProcessor(found.load()()))
    return Tracing(provider)
