"""OpenTelemetry spans: a tree of request, turn, perceivers and answer, without content; none without configuration."""

from __future__ import annotations

import gzip
import http.server
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin

sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="needs the extra `tracing`")
TRACE = "0af7651916cd43dd8448eb211c80319c"
QUESTION = "what-was-asked"


def test_spans_of_a_turn(tmp_path: Path) -> None:
    """The turn lies below its request, perceivers and answer below the turn; the client's trace goes on."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from assistant.api.tracing import Tracing

    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings = Settings(data_dir=tmp_path)
    fakes = FakePlugin(FakePerceiver("noter"), FakeAnswerer("fake"))
    with Assistant(settings, host=Host(settings, plugins={"fakes": fakes}, discover=False)) as assistant:
        app = create_app(assistant, tracing=Tracing(provider))

        @app.get("/turn/{word}")
        async def turn(word: str) -> str:
            async for _ in assistant.turn(word):
                pass
            return "done"

        client = TestClient(app, base_url="http://127.0.0.1")
        response = client.get(
            f"/turn/{QUESTION}?key=swordfish", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        )
        assert response.status_code == 200
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert set(spans) == {"GET /turn/{word}", "turn", "perceive noter", "answer"}
    request, turn_span = spans["GET /turn/{word}"], spans["turn"]
    assert f"{request.context.trace_id:032x}" == TRACE
    assert turn_span.parent.span_id == request.context.span_id
    assert {spans[name].parent.span_id for name in ("perceive noter", "answer")} == {turn_span.context.span_id}
    assert spans["perceive noter"].attributes["sensorium.outcome"] == "done"
    assert spans["answer"].attributes["sensorium.answerer"] == "fake"
    assert turn_span.attributes["sensorium.state"] == "done"
    told = " ".join(span.to_json() for span in spans.values())
    assert QUESTION not in told
    assert "swordfish" not in told


def test_nothing_is_set_up_unasked() -> None:
    """Without the OTEL_ variables the SDK is not imported."""
    code = (
        "import sys, assistant.api.server as server; assert server.configured_tracing() is None; "
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    environment = {"PATH": "/usr/bin:/bin"}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert printed.stdout.strip() == "[]"


@pytest.mark.parametrize("variables", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}])
def test_can_be_switched_off(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual ways of switching it off work, also where an address is set."""
    from assistant.api.server import configured_tracing

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert configured_tracing() is None


def test_exporter_by_name(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """OTEL_TRACES_EXPORTER chooses the exporter; one that is not installed is said with what to install."""
    from assistant.api.server import configured_tracing

    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    tracing = configured_tracing()
    assert tracing is not None
    tracing.close()
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "nothing_such")
    assert configured_tracing() is None
    assert "pip install opentelemetry-exporter-nothing-such" in caplog.text


def test_spans_reach_a_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the usual variables alone, spans are sent to the collector by the time the server has ended."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `tracing`")
    got: list[tuple[str, bytes]] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            return

    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = Settings(data_dir=tmp_path)
    try:
        with (
            Assistant(settings, host=Host(settings, plugins={}, discover=False)) as assistant,
            TestClient(create_app(assistant), base_url="http://127.0.0.1") as client,
        ):
            assert client.get("/health/live").status_code == 200
    finally:
        collector.shutdown()
        collector.server_close()
    sent = b"".join(body for path, body in got if path == "/v1/traces")
    assert b"GET /health/live" in sent
    assert b"sensorium" in sent


def test_a_silent_collector_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server ends although the collector takes connections and says nothing."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `tracing`")
    from assistant.api import tracing
    from assistant.api.server import configured_tracing

    monkeypatch.setattr(tracing, "CLOSE_SECONDS", 0.1)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        traces = configured_tracing()
        assert traces is not None
        traces.follow().ended("done")
        traces.close()
    assert "the last spans are lost" in caplog.text
