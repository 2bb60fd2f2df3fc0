"""The question that `gradio_client` and other programs may ask of the chat page; nothing of it is kept. Not for the
page's own events: see app.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.api.failures import outside
from assistant.api.limits import Turns
from assistant.api.outward import outward_events
from assistant.app import Upload
from assistant.errors import AssistantError
from assistant.types import Answering, Delta
from assistant_ui.access import visitor

NAME = "ask"
"""What programs call it: `Client(address).predict(question, files, api_name="/ask")`."""


class Asking:
    """Answers programs, with the caller's rights and places."""

    def __init__(self, assistant: Any, turns: Turns) -> None:
        self._assistant = assistant
        self._turns = turns

    def add(self) -> None:
        """Add the endpoint to the page that is being built; nothing of it is seen there."""
        question = gr.Textbox(visible=False, label="question")
        files = gr.File(visible=False, label="files", file_count="multiple", type="filepath")
        answer = gr.Textbox(visible=False, label="answer")
        gr.Button(visible=False).click(
            self.ask,
            [question, files],
            [answer],
            api_name=NAME,
            api_description="Answers a question about files; yields the answer as it grows.",
            concurrency_limit=None,  # the places for turns are limited
        )

    async def ask(self, question: str, files: list[str] | None, request: gr.Request) -> AsyncIterator[str]:
        """The answer so far, again and again until it is whole."""
        caller = visitor(request).caller
        paths = [str(path) for path in files or []]
        text = ""
        try:
            async with self._turns.slot(caller):
                events = self._assistant.turn(question or "", [Upload(Path(path).name, Path(path)) for path in paths])
                async with aclosing(outward_events(events)) as told:
                    async for event in told:
                        if isinstance(event, Answering):
                            text = ""
                        elif isinstance(event, Delta) and event.text:
                            text += event.text
                            yield text
        except AssistantError as error:
            raise gr.Error(" ".join(filter(None, outside(error))), print_exception=False) from error
