"""The chat in a real browser with the starter weights: photograph, voice message, spoken question, examples."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the chat is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
Opener = Callable[..., Any]
ASTRONAUT_QUESTION = "How many people are in the photograph?"


@pytest.fixture(scope="module")
def real_server(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`assistant serve` as a person starts it, on data of its own and the weights that are here."""
    from assistant.settings import load_settings

    environment = {
        "ASSISTANT_DATA_DIR": str(tmp_path_factory.mktemp("real")),
        "ASSISTANT_WEIGHTS__DIRECTORY": str(load_settings().weights_directory()),
    }
    started = start([sys.executable, "-m", "assistant", "serve", "--port", "0"], environment)
    yield started
    started.stop()


@pytest.mark.weights
def test_real_photograph(real_server: Any, open_chat: Opener, photograph: Path) -> None:
    """The astronaut is found, boxed and counted; the follow-up needs no second upload."""
    chat = open_chat(url=real_server.url)
    chat.picture("welcome")
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.page.wait_for_selector("#live .progress[open] .state-running, #live .progress[open] .state-loading")
    chat.picture("progress")
    assert re.search(r"\b(1|one)\b", chat.answered(), re.IGNORECASE)
    assert "person" in chat.page.locator("#panel .box.cited").first.inner_text()
    chat.picture("evidence")
    chat.ask("What is in the picture?")
    assert "person" in chat.answered()


@pytest.mark.weights
def test_real_voice_message_about_a_photograph(
    real_server: Any, open_chat: Opener, photograph: Path, voice: Path
) -> None:
    """A recording is transcribed with times, and what is said in it can be asked for; a broken file is only told."""
    broken = photograph.with_name("holiday.jpg")
    broken.write_bytes(photograph.read_bytes()[:60])
    chat = open_chat(url=real_server.url)
    chat.ask("What did they say?", voice, broken)
    assert "Thursday" in chat.answered()
    assert "Thursday" in chat.page.locator("#panel .transcript").inner_text()
    assert "holiday.jpg" in chat.page.locator("#live .notes").inner_text()
    chat.picture("voice")


@pytest.mark.weights
def test_real_spoken_question_about_a_photograph(real_server: Any, open_chat: Opener, photograph: Path) -> None:
    """A voice message asks about the photograph that came with it; after a reload the conversation is there again."""
    chat = open_chat(url=real_server.url)
    chat.ask("", photograph, ROOT / "tests" / "data" / "how_many_people.ogg")
    assert re.search(r"\b(1|one)\b", chat.answered(), re.IGNORECASE)
    assert "How many people" in chat.page.locator("#live [data-role=heard]").inner_text()
    assert "person" in chat.page.locator("#panel .box.cited").first.inner_text()
    chat.picture("spoken")
    chat.page.reload()
    chat.page.click("#side .conversation >> nth=0")
    chat.page.wait_for_selector("#panel .box.cited")
    assert re.search(r"\b(1|one)\b", chat.answered(), re.IGNORECASE)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("example", "expected", "locale", "options", "name"),
    [
        (0, "circle", "en-US", {"viewport": {"width": 390, "height": 844}}, "mobile"),
        (1, "OPEN DAILY", "zh-CN", {"color_scheme": "dark"}, "chinese-dark"),
        (2, "garden", "en-US", {"color_scheme": "dark"}, "dark"),
    ],
)
def test_real_examples(
    real_server: Any,
    open_chat: Opener,
    example: int,
    expected: str,
    locale: str,
    options: dict[str, Any],
    name: str,
) -> None:
    """Each example of the empty page is answered from what is in it."""
    chat = open_chat(url=real_server.url, locale=locale, **options)
    chat.page.click(f"#live .example >> nth={example}")
    assert expected in chat.answered()
    chat.picture(name)
