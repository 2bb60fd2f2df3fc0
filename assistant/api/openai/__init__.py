"""The routes under /v1 that clients of OpenAI's API know: models, chat, responses, audio, embeddings."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.api.openai import audio, chat, embeddings, models, responses, speech
from assistant.app import Assistant


def add_routes(app: FastAPI, assistant: Assistant) -> None:
    """Add the routes; `app.state.turns` has the places for turns."""
    for module in (models, chat, responses, audio, speech, embeddings):
        app.include_router(module.router(assistant))
