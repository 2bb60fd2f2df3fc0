"""The settings panel, what rests, and pages of plugins, in a real browser against the scripted server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the chat is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

Opener = Callable[..., Any]
LANGUAGE, PIECES = "#option-ears-language", "#option-ears-pieces"


def open_settings(chat: Any) -> Any:
    chat.page.click("[data-do=settings]:visible >> nth=0")
    chat.page.wait_for_selector("#dialog .preferences")
    return chat.page


def test_an_option_of_ones_own_questions(open_chat: Opener, voice: Path) -> None:
    """Another language is chosen and the next recording is heard in it; a way leads back; others do not notice."""
    chat = open_chat()
    page = open_settings(chat)
    assert page.evaluate("document.activeElement.id") == "preferences-title"
    page.focus(LANGUAGE)
    page.select_option(LANGUAGE, label="de")
    page.wait_for_selector(f"{LANGUAGE}-usual")
    assert page.evaluate("document.activeElement.id") == LANGUAGE[1:], "the focus was lost when it was drawn anew"
    page.keyboard.press("Escape")
    assert page.locator("#dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.dataset.do") == "settings"
    chat.ask("What is said?", voice)
    chat.answered()
    assert "Wie viele Menschen" in page.locator("#panel .transcript").inner_text()
    open_settings(chat)
    page.click(f"{LANGUAGE}-usual")
    page.wait_for_selector(f"{LANGUAGE}-usual", state="detached")
    assert page.input_value(LANGUAGE) == '"en"'
    other = open_chat()
    other.ask("What is said?", voice)
    other.answered()
    assert "How many people" in other.page.locator("#panel .transcript").inner_text()


def test_a_wrong_value_is_told_beside_its_field(open_chat: Opener) -> None:
    """What was typed stays with the reason under it, which screen readers find; a right one takes both away."""
    chat = open_chat()
    page = open_settings(chat)
    page.fill(PIECES, "1.5")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"{PIECES}-wrong:not(:empty)")
    assert "integer" in page.locator(f"{PIECES}-wrong").inner_text()
    assert (page.input_value(PIECES), page.get_attribute(PIECES, "aria-invalid")) == ("1.5", "true")
    page.fill(PIECES, "2")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"{PIECES}-wrong:empty", state="attached")
    assert page.locator(".plugin .badge >> text=changed").count() == 1


def test_state_and_fixed_options_are_shown(open_chat: Opener) -> None:
    """What is not set up says what to set; an option of the operator's says which setting changes it."""
    chat = open_chat()
    page = open_settings(chat)
    shown = page.locator("#dialog .preferences")
    assert "Set base_url under [plugins.remote]." in str(shown.text_content())
    assert "a_library_nobody_has" in str(shown.text_content())
    assert "[plugins.ears] model = " in str(shown.text_content())
    assert "no such figure" not in str(shown.text_content())
    assert page.locator("#dialog [data-level=error]").count() == 1, "the page that could not be built"


def test_settings_on_a_phone(open_chat: Opener) -> None:
    """The panel fills the screen, nothing sticks out, and its fields have names."""
    chat = open_chat(viewport={"width": 390, "height": 844}, color_scheme="dark", locale="zh-CN")
    page = open_settings(chat)
    assert "插件与设置" in page.locator("#dialog h2").inner_text()
    assert page.evaluate("document.querySelector('#dialog').scrollWidth") <= 390
    nameless = """() => Array.from(document.querySelectorAll('#dialog :is(input, select)'))
        .filter((field) => !document.querySelector(`label[for="${field.id}"]`)).length"""
    assert page.evaluate(nameless) == 0
    page.click("#dialog [data-do=leave]")
    assert page.locator("#dialog[open]").count() == 0


def test_what_rests_is_shown(open_chat: Opener, voice: Path, tmp_path: Path) -> None:
    """After a plugin failed too often, the line under the composer names it, and the panel says for how long."""
    stumbles = [tmp_path / f"stumble{number}.wav" for number in range(3)]
    for number, each in enumerate(stumbles, 1):
        each.write_bytes(voice.read_bytes() + bytes(4 * number))  # other bytes than those that are known already
    chat = open_chat()
    page = chat.page
    chat.ask("What is said?", *stumbles)
    chat.answered()
    page.wait_for_selector("#foot .resting")
    assert "stumbling" in page.locator("#foot .resting").inner_text()
    page.click("#foot .resting")
    page.wait_for_selector("#dialog .plugged[data-state=resting]", state="attached")
    resting = str(page.locator("#dialog .plugged[data-state=resting]").text_content())
    assert 500 < int(re.search(r"in (\d+) s", resting).group(1)) <= 600  # type: ignore[union-attr]


def test_pages_of_plugins(open_chat: Opener) -> None:
    """A plugin's page lies beside the chat and works; one that cannot be built says so; titles stay text."""
    chat = open_chat()
    page = chat.page
    names = page.locator("#side .pages button").all_inner_texts()
    assert names == ["Chat", "Counter <b>", "Broken"]
    assert not page.locator("#press").is_visible()
    page.click("#side .pages button >> nth=1")
    page.click("#press")
    page.wait_for_function("document.querySelector('#presses input').value === '1'")
    assert not page.locator("#composer").is_visible()
    page.click("#side .pages button >> nth=2")
    assert "could not be built" in page.locator("#page-2").inner_text()
    assert page.locator("#half").count() == 0
    page.click("#side .pages button >> nth=0")
    chat.ask("Are you sure?")
    chat.answered()


def test_pages_on_a_phone(open_chat: Opener) -> None:
    """The bar with the menu stays, so that there is a way back to the chat."""
    chat = open_chat(viewport={"width": 390, "height": 844})
    page = chat.page
    for number, shown in ((1, "#press"), (0, "#composer textarea")):
        page.click("#top [data-do=menu]")
        page.click(f"#side .pages button >> nth={number}")
        page.wait_for_selector(shown)
        page.wait_for_selector("#side nav", state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
