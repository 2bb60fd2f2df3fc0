"""Builds the FastAPI application and serves it with uvicorn; refuses to be open to a network without a login."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from assistant import __version__
from assistant.api import conversations, failures, gate, limits, login
from assistant.api.gate import is_loopback
from assistant.app import Assistant
from assistant.errors import SettingsError

logger = logging.getLogger(__name__)
GRACE_SECONDS = 5
"""How long open streams may go on after the server was told to stop."""


def create_app(assistant: Assistant, *, preload: bool = False) -> FastAPI:
    """The application: health checks, and what plugins mount.

    Args:
        assistant: open; whoever opened it closes it.
        preload: load models in the background as soon as the server is up.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(assistant.warm()) if preload else None
        yield
        await app.state.running.close()
        if warming is not None:
            warming.cancel()

    app = FastAPI(title="Sensorium", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    failures.install(app)
    app.state.turns = limits.turns_for(assistant)
    conversations.install(app, assistant)
    login.add_routes(app, assistant)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """Whether questions can be answered, and the state of every plugin."""
        state = await asyncio.to_thread(assistant.host.health)
        fine = any(each["ready"] for each in state["answerers"])
        return JSONResponse({"status": "ok" if fine else "no answerer is ready", **state}, 200 if fine else 503)

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
    return app


def run(assistant: Assistant, *, preload: bool = True) -> None:
    """Serve until interrupted.

    Raises:
        SettingsError: the address may not or cannot be used.
    """
    server = assistant.settings.server
    if not is_loopback(server.host) and server.auth != "required" and not assistant.accounts.exist():
        raise SettingsError(
            f"Serving on {server.host} would let anyone on the network in.",
            "Make an API key or a user first: assistant keys create NAME, assistant users add NAME.",
        )
    try:
        listener = socket.create_server(
            (server.host, server.port), family=socket.AF_INET6 if ":" in server.host else socket.AF_INET
        )
    except OSError as error:
        raise SettingsError(
            f"Port {server.port} on {server.host} cannot be used: {error.strerror or error}.",
            "Stop what uses it, or choose another: assistant serve --port N",
        ) from error
    port = listener.getsockname()[1]
    shown = f"[{server.host}]" if ":" in server.host else server.host
    config: dict[str, Any] = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": GRACE_SECONDS}
    app = create_app(assistant, preload=preload)
    print(f"Sensorium is ready on http://{shown}:{port}  (Ctrl+C stops it)", flush=True)  # noqa: T201
    with listener:
        uvicorn.Server(uvicorn.Config(app, **config)).run(sockets=[listener])
