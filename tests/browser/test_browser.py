"""The chat in a real browser against a really started server: asking, evidence, history, refusals, stopping, voice.

Scripted perceivers stand in for models, so that every run is the same; test_browser_real.py uses the starter weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the chat is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

Opener = Callable[..., Any]
ASTRONAUT_QUESTION = "How many people are in the photograph?"
WATCH = """() => {
  const seen = window.seen = {working: false, answers: []};
  new MutationObserver(() => {
    seen.working ||= Boolean(document.querySelector('#live .progress[open] .state-running'));
    const answer = document.querySelector('#live .running [data-role=answer]')?.innerText;
    if (answer && !seen.answers.includes(answer)) seen.answers.push(answer);
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""
"""Notes what the page shows for a moment only, however slowly it is looked at."""


def test_photograph_and_question(open_chat: Opener, photograph: Path) -> None:
    """Progress, boxes, streamed answer with what it rests on, and text that stays text."""
    chat = open_chat()
    page = chat.page
    page.evaluate(WATCH)
    chat.ask(ASTRONAUT_QUESTION, photograph)
    text = chat.answered()
    page.wait_for_selector("#panel .box")
    seen = page.evaluate("window.seen")
    assert seen["working"], "who was at work was not shown"
    assert len(seen["answers"]) > 1, "the answer came at once, not streamed"
    assert "I see 1 person." in text
    assert "<b>NASA</b><img src=x" in text
    assert page.locator("#live .badge.confident").inner_text() == "82% sure"
    assert page.locator("#panel .box").count() == 6
    cited = page.locator("#panel .box.cited")
    assert cited.count() == 1
    assert "person" in cited.inner_text()
    picture, box = page.locator("#panel .picture").bounding_box(), cited.bounding_box()
    assert box["width"] / picture["width"] == pytest.approx(0.47, abs=0.02)
    assert "eyes" in page.locator("#panel .speakers").inner_text()
    assert "a_library_nobody_has" in page.locator("#panel .missing").inner_text()
    assert page.locator("#panel img[src=x], #thread img[src=x]").count() == 0


def test_choosing_who_answers(open_chat: Opener, photograph: Path) -> None:
    """The best that is ready answers and is named, with what a second one made of it; another can be chosen."""
    chat = open_chat()
    page = chat.page
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.answered()
    assert page.locator("#live .actions small").inner_text() == "Answered by script"
    assert page.locator("#live [data-checked=agrees]").is_visible()
    options = page.locator("#foot select option")
    assert options.all_inner_texts() == ["the best that is ready", "remote (not ready)", "script", "second opinion"]
    assert options.nth(1).is_disabled()
    page.select_option("#foot select", "second_opinion")
    page.wait_for_selector("#foot option[value=second_opinion][selected]", state="attached")
    chat.ask("And how many now?")
    assert chat.answered() == "I would say one."
    assert page.locator("#live .actions small").inner_text() == "Answered by second opinion"


def test_pointing_at_a_citation_shows_its_box(open_chat: Opener, photograph: Path) -> None:
    """A citation under the answer leads to the box; layers can be hidden; a picture enlarged and closed by Escape."""
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.answered()
    page = chat.page
    page.click("#live .chip")
    page.wait_for_selector("#panel .box.cited.pointed")
    page.uncheck("#panel .layers input[data-kind=text_line]")
    assert page.locator("#panel .box[data-layer=text_line]:visible").count() == 0
    page.click("#panel .enlarge")
    page.wait_for_selector("#panel .picture.enlarged")
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel .picture:not(.enlarged)")


def test_dropped_photograph(open_chat: Opener, photograph: Path) -> None:
    """A file dropped on the composer is attached, and one that is pasted, whatever its sort."""
    chat = open_chat()
    transfer = chat.page.evaluate_handle(
        """async (url) => {
            const bytes = await (await fetch(url)).blob();
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], 'dropped.jpg', {type: 'image/jpeg'}));
            return transfer;
        }""",
        "chat/example/sign",
    )
    for event in ("dragenter", "dragover", "drop"):
        chat.page.dispatch_event("#composer .full-container", event, {"dataTransfer": transfer})
    chat.page.wait_for_selector("#composer .thumbnails .delete-button")
    chat.page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File(['%PDF-1.4'], 'pasted.pdf', {type: 'application/pdf'}));
            const paste = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
            document.querySelector('#composer textarea').dispatchEvent(paste);
        }"""
    )
    chat.page.wait_for_function("document.querySelectorAll('#composer .thumbnails .delete-button').length === 2")
    chat.page.locator("#composer .thumbnails .delete-button").nth(1).click()
    chat.page.wait_for_function("document.querySelectorAll('#composer .thumbnails .delete-button').length === 1")
    chat.ask("What is this?")
    assert "person" in chat.answered()
    assert "dropped" in chat.page.locator("#panel .card .name").first.inner_text()


def test_voice_message_alone_is_the_question(open_chat: Opener, photograph: Path, voice: Path) -> None:
    """Without typing, what is said is asked; its transcript has times that play from there."""
    chat = open_chat()
    chat.ask("", photograph, voice)
    text = chat.answered()
    page = chat.page
    assert "How many people are in the photograph?" in page.locator("#live [data-role=heard]").inner_text()
    assert "I see 1 person." in text
    assert [each.inner_text() for each in page.locator("#panel .seek").all()] == ["0:00", "0:01", "0:02"]
    assert "positive" in page.locator("#panel .transcript li").nth(2).inner_text()
    page.locator("#panel .seek").nth(2).click()
    page.wait_for_function("document.querySelector('#panel audio').currentTime >= 2")


def test_microphone(open_chat: Opener) -> None:
    """A recording from the microphone is attached when it ends, and asked."""
    chat = open_chat()
    page = chat.page
    page.click("#composer .microphone-button")
    page.click("#composer .record-button")
    page.wait_for_function("/0:0[1-9]/.test(document.querySelector('#composer').innerText)")
    page.click("#composer .stop-button")
    page.wait_for_selector("#composer .thumbnails .delete-button")
    chat.ask("")
    chat.answered()
    assert "How many people" in page.locator("#live [data-role=heard]").inner_text()


def test_follow_up_needs_no_second_upload(open_chat: Opener, photograph: Path) -> None:
    """The next question is about the same picture; an answer that cannot tell looks so."""
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.answered()
    chat.ask("How many are there again?")
    chat.page.wait_for_selector("#past .turn")
    assert "I see 1 person." in chat.answered()
    assert chat.page.locator("#panel .box.cited").count() == 1
    chat.ask("Are you sure?")
    chat.page.wait_for_selector("#live .badge.abstained")
    assert chat.page.locator("#past .turn").count() == 2


def test_conversation_survives_reload_and_restart(
    start_scripted: Callable[[Path], Any],
    chat_at: Callable[[Any, str], Any],
    launch: Callable[..., tuple[Any, Path]],
    photograph: Path,
    voice: Path,
    tmp_path: Path,
) -> None:
    """Reload: everything is there again. Restart of server and browser: it is in the list, and opens."""
    first = start_scripted(tmp_path / "data")
    try:
        context, profile = launch()
        chat = chat_at(context.pages[0], first.url).open()
        chat.ask("", photograph, voice)
        before = chat.answered()
        chat.page.reload()
        chat.page.wait_for_selector("#live .reply")
        assert chat.page.locator("#live [data-role=answer]").inner_text() == before
        assert "How many people" in chat.page.locator("#live [data-role=heard]").inner_text()
        assert chat.page.locator("#panel .box.cited").count() == 1
        chat.page.wait_for_function("document.querySelector('#panel .picture img').naturalWidth > 0")
        context.close()
    finally:
        first.stop()
    second = start_scripted(tmp_path / "data")
    try:
        context, _ = launch(profile)
        chat = chat_at(context.pages[0], second.url).open()
        chat.page.wait_for_selector("#live .welcome")
        chat.page.click("#side .conversation")
        chat.page.wait_for_selector("#live .reply")
        assert chat.page.locator("#live [data-role=answer]").inner_text() == before
        address = chat.page.url
        chat.ask("And now?")
        assert "I see 1 person." in chat.answered()
        context.close()
        stranger, _ = launch()
        other = chat_at(stranger.pages[0], second.url)
        other.open(address[len(second.url) :])
        assert other.page.locator("#live .turn").count() == 0, "someone else's link opens nothing"
        assert other.page.locator("#side .conversation").count() == 0
        stranger.close()
    finally:
        second.stop()


def test_pictures_are_served_to_their_owner_only(open_chat: Opener, photograph: Path) -> None:
    """Another browser that knows the address gets nothing."""
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.answered()
    address = chat.page.get_attribute("#panel .picture img", "src")
    fetched = "async (url) => (await fetch(url)).status"
    assert chat.page.evaluate(fetched, address) == 200
    other = open_chat()
    assert other.page.evaluate(fetched, address) == 404
    other.errors.clear()  # the browser itself reports the 404


@pytest.mark.parametrize("named", ["secret.txt", "http://127.0.0.1:9/secret.txt"])
def test_a_client_cannot_name_a_file_or_an_address(server: Any, tmp_path: Path, named: str) -> None:
    """Only what was uploaded is read: a path on the server or a web address in its place is refused."""
    import httpx

    (tmp_path / "secret.txt").write_text("the secret")
    path = named if "://" in named else str(tmp_path / named)
    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get("/")
        functions = client.get("/config").json()["dependencies"]

        session = f"outsider{len(named)}"  # a page belongs to one browser

        def call(event: str, data: list[Any]) -> dict[str, Any]:
            (function,) = [each["id"] for each in functions if each["targets"] and each["targets"][0][1] == event]
            body = {"data": data, "fn_index": function, "session_hash": session}
            client.post("/gradio_api/queue/join", json=body).raise_for_status()
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
                for line in answer.iter_lines():
                    message = json.loads(line[5:]) if line.startswith("data:") else {}
                    if message.get("msg") == "process_completed":
                        return message
            raise AssertionError("the server did not answer")

        assert call("load", [""])["success"]
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        assert call("submit", [None, {"text": "What does it say?", "files": []}])["success"]
        refused = call("submit", [None, {"text": "What does it say?", "files": [file]}])
    assert not refused["success"]
    assert "secret" not in json.dumps(refused)


def test_unreadable_file_is_refused_politely(open_chat: Opener, photograph: Path, tmp_path: Path) -> None:
    """A broken file, whatever its name, is named and explained; the rest of the turn is answered."""
    hostile = tmp_path / "<img src=x onerror=alert(1)>.jpg"
    hostile.write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, photograph, hostile)
    assert "I see 1 person." in chat.answered()
    notes = chat.page.locator("#live .notes").inner_text()
    assert ".jpg" in notes
    assert chat.page.locator("#panel .missing").inner_text()
    assert chat.page.locator("#shell img[src=x]").count() == 0


def test_too_many_and_too_big(open_chat: Opener, photograph: Path, tmp_path: Path) -> None:
    """More files than allowed: the first are taken and it is said; a file over the cap never gets in."""
    files = []
    for number in range(6):
        copy = tmp_path / f"{number}.jpg"
        copy.write_bytes(photograph.read_bytes() + bytes([number]))
        files.append(copy)
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, *files)
    chat.answered()
    assert "6 files" in chat.page.locator("#live .notes").inner_text()
    big = tmp_path / "big.png"
    big.write_bytes(b"\x89PNG" + bytes(5 * 1024 * 1024))
    chat.page.set_input_files("#composer input[type=file]", [str(big)])
    chat.page.wait_for_selector(".toast-body")
    assert re.search(r"(?i)size|large", chat.page.locator(".toast-body").first.inner_text())
    chat.errors.clear()  # the browser itself reports the refused upload


def test_stop(open_chat: Opener) -> None:
    """Escape stops the answer; what was said stays, and the next question is answered."""
    chat = open_chat()
    page = chat.page
    chat.ask("Tell me a long story")
    page.wait_for_selector("#live .running [data-role=answer]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#live .stopped")
    text = page.locator("#live [data-role=answer]").inner_text()
    page.wait_for_selector("#composer .submit-button")
    chat.ask("Are you sure?")
    page.wait_for_selector("#live .badge.abstained")
    assert page.locator("#past [data-role=answer]").inner_text() == text


def test_a_question_does_not_wait_for_what_is_still_perceived(
    open_chat: Opener, photograph: Path, tmp_path: Path
) -> None:
    """Once the answer is there Enter sends the next question, though a perceiver is still at work; it is shown so."""
    slow = tmp_path / "slow.jpg"
    slow.write_bytes(photograph.read_bytes() + b"other bytes than those that are known already")
    chat = open_chat()
    page = chat.page
    chat.ask(ASTRONAUT_QUESTION, slow)
    page.wait_for_selector("#live .reply.settling")
    assert "I see 1 person." in chat.answered()
    assert page.locator("#live .progress .state-running").count() == 1
    chat.ask("How many are there again?")
    page.wait_for_function("document.querySelectorAll('#live .running [data-role=answer]').length === 1")
    assert "I see 1 person." in chat.answered()
    assert page.locator("#past .turn").count() == 1
    assert page.locator("#past .settling").count() == 0


def test_enter_while_the_answer_is_written_says_why_not(open_chat: Opener) -> None:
    """What was typed stays, and a line tells what to do."""
    chat = open_chat()
    page = chat.page
    chat.ask("Tell me a long story")
    page.wait_for_selector("#live .running [data-role=answer]")
    page.fill("#composer textarea", "And then?")
    page.press("#composer textarea", "Enter")
    page.wait_for_selector("#told:not(:empty)")
    assert "still being written" in page.locator("#told").inner_text()
    assert page.input_value("#composer textarea") == "And then?"
    page.keyboard.press("Escape")
    page.wait_for_selector("#live .stopped")


def test_failures_and_empty_questions_are_explained(open_chat: Opener) -> None:
    """An answerer that breaks is told about with what helps; Enter on nothing gives a hint."""
    chat = open_chat()
    chat.page.press("#composer textarea", "Enter")
    chat.page.wait_for_selector("#live .hint")
    chat.ask("Please break")
    text = chat.answered()
    assert "The scripted answerer broke" in text
    assert chat.page.locator("#live .badge.abstained").count() == 1


def test_retry_new_and_delete(open_chat: Opener) -> None:
    """Ask again, start anew, go back, delete."""
    chat = open_chat()
    page = chat.page
    chat.ask("Are you sure of the first?")
    chat.answered()
    page.click("#live [data-do=retry]")
    page.wait_for_selector("#past .turn")
    chat.answered()
    page.click("#side [data-do=fresh]")
    page.wait_for_selector("#live .welcome")
    assert "c=" not in page.url
    chat.ask("Are you sure of the second?")
    chat.answered()
    assert page.locator("#side .conversation").count() == 2
    page.click("#side .conversation >> text=first")
    page.wait_for_selector("#past .turn")
    page.hover("#side li.current")
    page.click("#side li.current [data-do=remove]")
    page.wait_for_selector("#live .welcome")
    assert [each.inner_text() for each in page.locator("#side .conversation").all()] == ["Are you sure of the second?"]


def test_chinese_dark_and_examples(open_chat: Opener) -> None:
    """A Chinese browser gets Chinese, a dark one dark; the switches work and are remembered; examples answer."""
    chat = open_chat(locale="zh-CN", color_scheme="dark")
    page = chat.page
    assert "想了解什么" in page.locator("#live").inner_text()
    assert page.get_attribute("html", "lang") == "zh-Hans"
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.click("#live .example >> nth=1")
    assert "I see 1 person." in chat.answered()
    page.click("#side [data-do=language]")
    page.wait_for_selector("#side [data-language=en]")
    page.click("#side [data-do=theme]")
    assert page.evaluate(background) != dark
    page.reload()
    page.wait_for_selector("#side [data-language=en]")
    page.wait_for_function(f"{background} !== '{dark}'")


def test_narrow_screen(open_chat: Opener, photograph: Path) -> None:
    """At 390 pixels nothing is cut off: evidence comes below, conversations in a drawer."""
    chat = open_chat(viewport={"width": 390, "height": 844})
    page = chat.page
    chat.ask(ASTRONAUT_QUESTION, photograph)
    chat.answered()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    thread, panel = page.locator("#main").bounding_box(), page.locator("#panel").bounding_box()
    assert panel["y"] >= thread["y"] + thread["height"] - 1
    assert not page.locator("#side nav").is_visible()
    page.click("#top [data-do=menu]")
    page.wait_for_selector("#side nav", state="visible")
    page.keyboard.press("Escape")
    page.wait_for_selector("#side nav", state="hidden")


def test_keyboard_reaches_everything(open_chat: Opener) -> None:
    """Shift+Enter breaks the line; Tab walks from the sidebar to the examples; every control has a name."""
    chat = open_chat()
    page = chat.page
    page.fill("#composer textarea", "one")
    page.press("#composer textarea", "Shift+Enter")
    assert page.locator("#live .turn").count() == 0
    page.focus("#side .fresh")
    reached = []
    for _ in range(11):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset?.do || document.activeElement.tagName"))
    assert [each for each in reached if each != "page"][:2] == ["language", "theme"]
    assert "example" in reached
    nameless = """() => Array.from(document.querySelectorAll('#shell button'))
        .filter((b) => b.offsetParent && !b.innerText.trim() && !b.getAttribute('aria-label')).length"""
    assert page.evaluate(nameless) == 0


# ---- with the starter weights ----------------------------------------------------------------------------------------
