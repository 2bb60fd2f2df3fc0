"""Builds the FastAPI application and serves it with uvicorn; refuses to be open to a network without a login."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from assistant import __version__
from assistant.api import conversations, failures, gate, limits, login, openai
from assistant.api.access import Access
from assistant.api.gate import is_loopback
from assistant.api.health import Health
from assistant.api.health import router as health_router
from assistant.api.lifecycle import Lifecycle, Server
from assistant.api.metrics import Metrics
from assistant.api.metrics import router as metrics_router
from assistant.app import Assistant
from assistant.errors import SettingsError
from assistant.store.upkeep import upkeep_of

if TYPE_CHECKING:
    from assistant.api.tracing import Tracing

logger = logging.getLogger(__name__)
OWN_SPANS: Final[Any] = {"tracing": False, "metrics": False, "logs": False}
"""Of FastAPI's own telemetry, where it has one, nothing: it tells query strings."""
TRACING_VARIABLES: Final = (
    "OTEL_TRACES_EXPORTER",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
KEEP_ALIVE_SECONDS: Final = 75
"""How long an idle connection is kept: longer than a proxy keeps its own (nginx: 60 s), or it would send a request into
a connection that is being closed.
"""
CONNECTIONS: Final = 1000
"""More at once are answered 503; a process may usually have 1024 files open."""
GRACE_SECONDS: Final = 1
"""What uvicorn gives connections after all requests have been ended: see lifecycle.py."""


def create_app(
    assistant: Assistant, *, preload: bool = False, processes: bool = False, tracing: Tracing | None = None
) -> FastAPI:
    """The application: health checks, and what plugins mount.

    Args:
        assistant: open; whoever opened it closes it.
        preload: load models in the background as soon as the server is up.
        processes: with `preload`, start processes of plugins' own too.
        tracing: makes spans; from the OTEL_ variables if not given.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if preload:  # a thread that nobody waits for: a model may take longer to load than a server to stop
            warm = partial(assistant.host.warm, processes=processes)
            threading.Thread(target=warm, name="assistant-preload", daemon=True).start()
        upkeep = upkeep_of(assistant)
        upkeep.start()
        yield
        await asyncio.to_thread(upkeep.close)
        health.close()
        if tracing is not None:
            tracing.close()
        await app.state.running.close()

    lifecycle = Lifecycle(assistant.watch)
    health = Health(assistant, lambda: lifecycle.draining)
    tracing = tracing or configured_tracing()
    app = FastAPI(
        title="Sensorium", version=__version__, lifespan=lifespan, telemetry=OWN_SPANS, docs_url=None, redoc_url=None
    )
    failures.install(app)
    app.state.turns = limits.turns_for(assistant)
    app.state.lifecycle = lifecycle
    metrics = Metrics(assistant, app.state.turns)
    assistant.watch.add(metrics.follow)
    if tracing is not None:
        assistant.watch.add(tracing.follow)
    app.include_router(health_router(health))
    app.include_router(metrics_router(metrics))
    conversations.install(app, assistant)
    login.add_routes(app, assistant)
    openai.add_routes(app, assistant)
    for prefix in ("/v1", "/api"):
        failures.refuse_unknown(app, prefix)

    mounted = 0
    for mount in assistant.host.routes:
        mount(app, assistant)
        mounted += 1
    if not mounted:

        @app.get("/")
        async def root() -> JSONResponse:
            """What to do about a missing chat."""
            return JSONResponse({"detail": "No chat is installed. Install one: pip install sensorium-ui"}, 404)

    gate.install(app, assistant)  # around what plugins have mounted
    # around the gate: requests that it refuses are logged and counted too
    app.add_middleware(Access, lifecycle=lifecycle, metrics=metrics, tracing=tracing)
    return app


def configured_tracing() -> Tracing | None:
    """Tracing, if the usual OTEL_ variables ask for it; the library is not even looked for otherwise."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    if not any(os.environ.get(name) for name in TRACING_VARIABLES):
        trace = sys.modules.get("opentelemetry.trace")
        if trace is None or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
            return None  # nor has opentelemetry-instrument, or a program that embeds this, set it up
    try:
        from assistant.api.tracing import from_environment
    except ImportError as error:
        logger.warning("no traces: %s. Install it: pip install 'sensorium[tracing]'", error)
        return None
    return from_environment()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError if the port cannot be used."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SettingsError(
            f"Port {port} on {host} cannot be used: {error.strerror or error}.",
            "Stop what uses it, or choose another: assistant serve --port N",
        ) from error
    # asyncio does so only for sockets made for TCP by name; without it every answer may wait 40 ms for the client's
    # acknowledgement. What is accepted inherits it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def run(assistant: Assistant, *, preload: bool = True, processes: bool = False) -> None:
    """Serve until interrupted.

    Args:
        assistant: open; whoever opened it closes it.
        preload: load models in the background.
        processes: with `preload`, start processes of plugins' own too.

    Raises:
        SettingsError: the address may not or cannot be used.
        AssistantError: the data directory or the database cannot be used.
    """
    server = assistant.settings.server
    if not is_loopback(server.host) and server.auth != "required" and not assistant.accounts.exist():
        raise SettingsError(
            f"Serving on {server.host} would let anyone on the network in.",
            "Make an API key or a user first: assistant keys create NAME, assistant users add NAME.",
        )
    assistant.store.database  # noqa: B018 - opened now, so that what is wrong with it is told before the port is bound
    listener = listen(server.host, server.port)
    port = listener.getsockname()[1]
    shown = f"[{server.host}]" if ":" in server.host else server.host
    app = create_app(assistant, preload=preload, processes=processes)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(server.proxies),
        forwarded_allow_ips=list(server.proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=CONNECTIONS,
    )

    admits = gate.admits(assistant)

    def ready() -> None:
        print(f"Sensorium is ready on http://{shown}:{port}  (Ctrl+C stops it)", flush=True)  # noqa: T201
        print(admits, flush=True)  # noqa: T201

    lifecycle: Lifecycle = app.state.lifecycle
    with listener:
        Server(config, lifecycle, seconds=server.shutdown_seconds, ready=ready).run(sockets=[listener])
