"""The chat in a real browser with answerers that are language models: a llama.cpp server, a tiny model that sees.

Nothing is asserted about what the models say: one is tiny, the other's weights are random.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the chat is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.weights]

Opener = Callable[..., Any]
SLOW = "vision_text,vision_objects,vision_labels"
LLAMA_SERVER = """
import sys, time, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path, parameters.n_ctx, parameters.n_parallel = sys.argv[1], 2048, 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.n_threads_http, parameters.port, parameters.verbosity, parameters.endpoint_slots = 4, 0, 0, True
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
time.sleep(600)
"""
"""In a process of its own, so that it can be killed."""
WATCH = """() => {
    window.lengths = new Set();
    const note = () => {
        const answer = document.querySelector('#live .running [data-role=answer]');
        if (answer) window.lengths.add(answer.innerText.length);
    };
    new MutationObserver(note).observe(document.querySelector('#thread'), {subtree: true, childList: true});
}"""
"""Writes down how long the answer is each time that it has grown."""


BEGUN = "#live .running [data-role=answer]"
"""The answer, from its first piece on; what a small model says may be nothing that can be seen."""


class Llama:
    """A llama.cpp server with the starter language model."""

    def __init__(self, model: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LLAMA_SERVER, str(model)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    @property
    def busy(self) -> bool:
        with urllib.request.urlopen(f"{self.address}/slots", timeout=5) as answer:
            return any(slot["is_processing"] for slot in json.load(answer))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def llama() -> Iterator[Llama]:
    pytest.importorskip("xllamacpp", reason="llama.cpp is not installed")
    from assistant.settings import load_settings

    found = sorted((load_settings().weights_directory() / "smollm2-135m-instruct").glob("*.gguf"))
    if not found:
        pytest.skip("the starter language model is not here: assistant weights pull smollm2-135m-instruct")
    started = Llama(found[0])
    assert started.address, "llama.cpp did not start"
    yield started
    started.kill()


@pytest.fixture
def serve(start: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts `assistant serve` as a person does, with options of plugins; perception is kept short."""
    from assistant.settings import load_settings

    started: list[Any] = []

    def run(**plugins: dict[str, Any]) -> Any:
        environment = {
            "ASSISTANT_DATA_DIR": str(tmp_path / "data"),
            "ASSISTANT_WEIGHTS__DIRECTORY": str(load_settings().weights_directory()),
            "ASSISTANT_DISABLED": json.dumps(SLOW.split(",")),
            **{f"ASSISTANT_PLUGINS__{name.upper()}": json.dumps(options) for name, options in plugins.items()},
        }
        started.append(start([sys.executable, "-m", "assistant", "serve", "--port", "0"], environment))
        return started[-1]

    yield run
    for each in started:
        each.stop()


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """One red circle."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).ellipse((90, 50, 230, 190), fill=(220, 20, 20))
    picture.save(tmp_path / "circle.png")
    return tmp_path / "circle.png"


def answered_by(chat: Any) -> str:
    return str(chat.page.locator("#live .actions small").inner_text())


def test_server_answers_stops_dies_and_is_passed_over(
    llama: Llama, serve: Callable[..., Any], open_chat: Opener, drawing: Path
) -> None:
    """An OpenAI-compatible server streams; stopping frees it at once; killed in the middle, the reasoner answers."""
    endless = {"ignore_eos": True}
    options = {"base_url": llama.address, "max_tokens": 250, "timeout": 20, "retries": 0, "extra": endless}
    chat = open_chat(url=serve(openai=options).url)
    page = chat.page
    assert "Everything is processed on this server" in page.locator("#foot [data-role=privacy]").inner_text()
    chat.ask("What color is the circle?", drawing)
    assert chat.answered().strip()
    assert answered_by(chat) == "Answered by openai"

    chat.ask("Tell me a very long story about the sea.")
    page.wait_for_selector(BEGUN, state="attached")
    assert llama.busy, "the first words came only with the last"
    page.click("#composer .stop-button")
    until = time.monotonic() + 1.0
    while llama.busy:
        assert time.monotonic() < until, "the server still computes a second after the stop"
    page.wait_for_selector("#live .reply:not(.running)")

    chat.ask("Tell me a very long story about the hills.")
    page.wait_for_selector(BEGUN, state="attached")
    llama.kill()
    chat.answered()
    assert answered_by(chat) == "Answered by reasoner"
    missing = page.locator("#panel .missing").inner_text()
    assert "closed the connection" in missing
    assert "still runs" in missing

    page.select_option("#foot select", "reasoner")
    page.wait_for_selector("#foot option[value=reasoner][selected]", state="attached")
    chat.ask("How many circles are there?")
    assert "1" in chat.answered()
    assert page.locator("#panel .missing").count() == 0, "the server was asked although the reasoner was chosen"


def test_model_that_sees_streams_stops_and_breaks(
    serve: Callable[..., Any], open_chat: Opener, drawing: Path, tmp_path: Path
) -> None:
    """A vision-language model streams and stops; without its directory, the list says why, and the reasoner answers."""
    pytest.importorskip("transformers", reason="transformers is not installed")
    from assistant_vlm.checkpoints import make

    model = make("idefics3", tmp_path / "model", endless=True)
    options = {"model": str(model), "dtype": "float32", "max_new_tokens": 2000, "image_size": 128}
    chat = open_chat(url=serve(vlm=options).url)
    page = chat.page
    chat.ask("What is in the picture?", drawing)
    page.wait_for_selector("#live .running [data-role=answer]")
    page.evaluate(WATCH)
    page.wait_for_function("window.lengths.size > 2")
    began = time.monotonic()
    page.click("#composer .stop-button")
    page.wait_for_selector("#live .reply:not(.running)")
    assert time.monotonic() - began < 2.0
    assert answered_by(chat) == "Answered by vlm"

    model.rename(tmp_path / "away")
    chat = open_chat(url=serve(vlm=options).url)
    option = chat.page.locator("#foot option[value=vlm]")
    assert option.is_disabled()
    assert "has no config.json" in str(option.get_attribute("title"))
    chat.ask("How many circles are there?", drawing)
    assert "1" in chat.answered()
    assert answered_by(chat) == "Answered by reasoner"
