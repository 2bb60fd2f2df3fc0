"""The settings panel, what rests, and pages of plugins, in a real browser against the scripted server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
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
    page.wait_for_selector("#rests .resting")
    assert "stumbling" in page.locator("#rests .resting").inner_text()
    page.click("#rests .resting")
    page.wait_for_selector("#dialog .plugged[data-state=resting]", state="attached")
    resting = str(page.locator("#dialog .plugged[data-state=resting]").text_content())
    assert 500 < int(re.search(r"in (\d+) s", resting).group(1)) <= 600  # type: ignore[union-attr]


def test_pages_of_plugins(open_chat: Opener) -> None:
    """A plugin's page lies beside the chat and works; one that cannot be built says so; titles stay text."""
    chat = open_chat()
    page = chat.page
    names = page.locator("#side .pages button").all_inner_texts()
    assert names == ["Chat", "Counter <b>", "Broken", "Pictures"]
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


def test_pictures_on_a_page(open_chat: Opener, photograph: Path, tmp_path: Path) -> None:
    """A page shows what it was given and what it makes, and takes a picture; another browser can neither fetch what was
    made for this one nor hand the page what this one uploaded.
    """
    chat = open_chat()
    page = chat.page
    page.click("#side .pages button >> nth=3")
    page.wait_for_function("document.querySelector('#given img')?.naturalWidth === 20")
    page.click("#make")
    page.wait_for_function("document.querySelector('#made img')?.naturalWidth === 30")
    private = tmp_path / "private.jpg"
    private.write_bytes(photograph.read_bytes() + b"nobody else has these bytes")
    page.set_input_files("#taken input[type=file]", str(private))
    page.wait_for_function("document.querySelector('#size textarea, #size input').value === '512 x 512'")
    page.wait_for_function("document.querySelector('#taken img')?.naturalWidth === 512")
    made, taken = (page.get_attribute(f"{where} img", "src") for where in ("#made", "#taken"))
    path = unquote(taken.partition("file=")[2])
    with httpx.Client(base_url=chat.url, timeout=30) as stranger:
        stranger.get("/")
        assert [stranger.get(address).status_code for address in (made, taken)] == [404, 404]
        functions = stranger.get("/config").json()["dependencies"]
        (function,) = [each["id"] for each in functions if each["targets"] and each["targets"][0][1] == "upload"]
        told = []
        for number, name in enumerate((path, path.replace("/uploads/", "//uploads/"), "/etc/hostname")):
            session = {"session_hash": f"thief{number}"}
            body = {"data": [{"path": name, "meta": {"_type": "gradio.FileData"}}], "fn_index": function, **session}
            stranger.post("/gradio_api/queue/join", json=body).raise_for_status()
            told.append(stranger.get("/gradio_api/queue/data", params=session).text)
    assert all('"success":false' in each and "512 x" not in each for each in told), told


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
