"""The HTTP surface: one FastAPI application with health checks, to which plugins add their routes (the chat is one)."""

from assistant.api.server import create_app, run

__all__ = ["create_app", "run"]
