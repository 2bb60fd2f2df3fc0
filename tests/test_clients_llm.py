"""The command line `llm`, as it comes, against the real server."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from api_serving import PIXEL, Script, assistant_with, serving

from assistant.api import create_app
from assistant.plugin import Request
from assistant.types import Delta

pytestmark = pytest.mark.skipif(importlib.util.find_spec("llm") is None, reason="llm is not installed")
MODELS = """
- model_id: sensorium
  model_name: sensorium
  api_base: "{address}/v1"
  vision: true
  audio: true
  supports_schema: true
- model_id: sensorium-responses
  model_name: sensorium
  api_base: "{address}/v1"
  vision: true
  responses: true
"""
"""As docs/api.md shows it."""


class Teller(Script):
    """Answers with what was perceived."""

    def answer(self, request: Request) -> Iterator[Delta]:
        for seen in request.context.observations:
            yield Delta(f"{seen.text}. ")


@pytest.fixture(scope="module")
def llm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    home = tmp_path_factory.mktemp("llm")
    (home / "dot.png").write_bytes(PIXEL)
    with (
        assistant_with(tmp_path_factory.mktemp("data"), Teller()) as assistant,
        serving(create_app(assistant)) as address,
    ):
        (home / "extra-openai-models.yaml").write_text(MODELS.format(address=address))

        def run(*arguments: str) -> str:
            command = [sys.executable, "-m", "llm", *arguments]
            environment = {**os.environ, "LLM_USER_PATH": str(home), "NO_PROXY": "127.0.0.1", "LLM_LOAD_PLUGINS": ""}
            done = subprocess.run(
                command, cwd=home, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        yield run


@pytest.mark.parametrize("model", ["sensorium", "sensorium-responses"])
def test_picture(llm: Callable[..., str], model: str) -> None:
    """A picture is attached, and the answer printed as it streams."""
    assert "seen picture 1." in llm("-m", model, "What is it?", "-a", "dot.png")


def test_whole_with_instructions_and_history(llm: Callable[..., str]) -> None:
    """Not streamed, with a system prompt and options, and going on with what was said."""
    options = ("--no-stream", "-s", "Be brief.", "-o", "temperature", "0.2")
    assert "seen picture 1." in llm("-m", "sensorium", *options, "hi", "-a", "dot.png")
    assert "seen picture 1." in llm("-c", "and now?")


def test_schema(llm: Callable[..., str]) -> None:
    """A schema is filled."""
    found = json.loads(llm("-m", "sensorium", "--schema", "answer, abstained bool", "hi"))
    assert found == {"answer": "seen question. ", "abstained": False}
