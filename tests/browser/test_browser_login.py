"""Logging in as a person does, in a browser: the form without scripts, the chat behind it, logging out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import EXAMPLES, ROOT, Chat, Server

pytestmark = pytest.mark.browser
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, browser_type: Any) -> Iterator[Server]:
    """A server with two users."""
    data = tmp_path_factory.mktemp("guarded")
    for name in ("ada", "bob"):
        words = ["-m", "assistant", "--data-dir", str(data), "users", "add", name, "--password-stdin"]
        subprocess.run([sys.executable, *words], input=PASSWORD, text=True, check=True, capture_output=True)
    server = Server([sys.executable, str(ROOT / "ui" / "tests" / "ui_fake_server.py"), str(data)], {})
    yield server
    server.stop()


def log_in(page: Any, name: str, password: str = PASSWORD) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("form button")


def test_logging_in_asking_and_logging_out(launch: Callable[..., tuple[Any, Path]], guarded: Server) -> None:
    """A link to a conversation leads through the form to it; wrong passwords are told; afterwards the door is shut."""
    context, _ = launch()
    chat = Chat(context.pages[0], guarded.url)
    page = chat.page
    page.goto(guarded.url)
    assert page.url.startswith(guarded.url + "login")
    chat.picture("login")
    log_in(page, "ada", "incorrect")
    assert page.locator("[role=alert]").is_visible()
    chat.errors.clear()  # the browser logs the 401
    log_in(page, "ada")
    page.wait_for_selector("#live .welcome")
    chat.ask("How many people?", EXAMPLES / "sign.jpg", EXAMPLES / "voice.mp3")
    assert "1" in chat.answered()
    page.wait_for_function(
        "[...document.images].filter(image => image.offsetParent).every(image => image.complete && image.naturalWidth)"
    )
    conversation = page.url
    assert page.locator(".who span").inner_text() == "ada"
    assert chat.errors == []
    page.click(".who button")
    page.wait_for_url("**/login")
    page.goto(conversation)
    assert "/login?next=" in page.url
    log_in(page, "bob")
    page.wait_for_selector("#live .welcome")  # the same address, but not bob's conversation
    assert page.locator(".conversations li").count() == 0
    assert chat.strangers == []


def test_the_form_works_without_scripts(browser_type: Any, guarded: Server) -> None:
    """In Chinese too."""
    from .conftest import CHROMIUM, FLAGS

    browser = browser_type.launch(executable_path=CHROMIUM, args=list(FLAGS))
    try:
        page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
        page.goto(guarded.url)
        assert "登录" in page.title()
        log_in(page, "bob")
        assert page.url == guarded.url
    finally:
        browser.close()
