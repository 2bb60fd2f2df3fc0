"""The chat in a real browser against a really started server: asking, evidence, history, refusals, stopping, voice.

Scripted perceivers stand in for models, so that every run is the same; the last tests use the starter weights.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the chat is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "ui" / "src" / "assistant_ui" / "examples"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("/usr/bin/chromium") or shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
SECONDS = 1000.0
"""Playwright counts in milliseconds."""
START_SECONDS, ANSWER_SECONDS = 90 * SECONDS, 120 * SECONDS
LOCAL = re.compile(r"(http://(127\.0\.0\.1|localhost)[:/]|data:|blob:|about:)")
ASTRONAUT_QUESTION = "How many people are in the photograph?"


class Server:
    """A server in its own process; its address is what it prints."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
        )
        self.output: list[str] = []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line)
            if found := re.search(r"http://\S+", line):
                self.url = found.group().rstrip("/") + "/"
                break
        else:
            raise AssertionError("The server did not start:\n" + "".join(self.output))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self.output.extend(self._process.stdout)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._reader.join(20)


class Chat:
    """One browser with its own profile, at the chat."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: LOCAL.match(request.url) or self.strangers.append(request.url))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def open(self, query: str = "") -> Chat:
        self.page.goto(self.url + query)
        self.page.wait_for_selector("#live .welcome, #live .turn", timeout=START_SECONDS)
        return self

    def attach(self, *files: Path) -> None:
        self.page.set_input_files("#composer input[type=file]", [str(file) for file in files])
        self.page.wait_for_function(
            f"document.querySelectorAll('#composer .thumbnails .delete-button').length >= {len(files)}"
        )

    def ask(self, question: str, *files: Path) -> None:
        if files:
            self.attach(*files)
        self.page.fill("#composer textarea", question)
        asked = self.page.locator("#thread .turn").count()
        self.page.press("#composer textarea", "Enter")
        self.page.wait_for_function(f"document.querySelectorAll('#thread .turn').length > {asked}")

    def answered(self, timeout: float = ANSWER_SECONDS) -> str:
        """The answer of the last turn, once it is whole."""
        self.page.wait_for_selector("#live .reply:not(.running)", timeout=timeout)
        self.page.wait_for_selector("#composer .submit-button", timeout=timeout)
        return str(self.page.locator("#live [data-role=answer]").inner_text())

    def picture(self, name: str) -> None:
        """A screenshot for the documentation, when asked for."""
        if os.environ.get("SCREENSHOTS"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            self.page.mouse.move(5, 5)
            self.page.evaluate("document.activeElement?.blur()")
            self.page.wait_for_timeout(600)  # pictures and transitions settle
            self.page.screenshot(path=str(IMAGES / f"{name}.png"))


Opener = Callable[..., Chat]


@pytest.fixture(scope="module")
def browser_type() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: install it, or name it in the environment variable CHROMIUM")
    with playwright.sync_playwright() as started:
        yield started.chromium


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spoken question, for upload and for the browser's microphone."""
    import av

    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    with av.open(str(EXAMPLES / "voice.mp3")) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=16000)
        stream.layout = "mono"
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
        for frame in source.decode(audio=0):
            for resampled in resampler.resample(frame):
                target.mux(stream.encode(resampled))
        target.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image
    from skimage import data

    path = tmp_path_factory.mktemp("photo") / "astronaut.jpg"
    Image.fromarray(data.astronaut()).save(path, quality=92)
    return path


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def start_scripted(data_dir: Path) -> Server:
    paths = [str(ROOT), str(ROOT / "ui" / "src"), os.environ.get("PYTHONPATH", "")]
    script = ROOT / "ui" / "tests" / "ui_fake_server.py"
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUNBUFFERED": "1"}
    return Server([sys.executable, str(script), str(data_dir)], environment)


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[Server]:
    started = start_scripted(data_dir)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def launch(
    browser_type: Any, tmp_path_factory: pytest.TempPathFactory, voice: Path
) -> Iterator[Callable[..., tuple[Any, Path]]]:
    contexts: list[Any] = []

    def launched(profile: Path | None = None, **options: Any) -> tuple[Any, Path]:
        profile = profile or tmp_path_factory.mktemp("profile")
        settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", **options}
        context = browser_type.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            headless=True,
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={voice}"],
            permissions=["microphone"],
            locale=settings.pop("locale", "en-US"),
            **settings,
        )
        contexts.append(context)
        return context, profile

    yield launched
    for context in contexts:
        context.close()


@pytest.fixture
def open_chat(launch: Callable[..., tuple[Any, Path]], server: Server) -> Iterator[Opener]:
    """Opens chats in browsers of their own; at the end nothing foreign was fetched and nothing failed."""
    chats: list[tuple[Any, Chat]] = []

    def opened(query: str = "", *, url: str = server.url, **options: Any) -> Chat:
        context, _ = launch(**options)
        chat = Chat(context.pages[0], url)
        chats.append((context, chat))
        return chat.open(query)

    yield opened
    for context, chat in chats:
        context.close()
        assert chat.strangers == [], "the page asked another host"
        assert chat.errors == [], "the browser's console has errors"


def test_photograph_and_question(open_chat: Opener, photograph: Path) -> None:
    """Progress, boxes, streamed answer with what it rests on, and text that stays text."""
    chat = open_chat()
    chat.ask(ASTRONAUT_QUESTION, photograph)
    page = chat.page
    page.wait_for_selector("#live .progress[open] .state-running")
    page.wait_for_selector("#panel .box")
    page.wait_for_selector("#live .running [data-role=answer]")
    early = page.locator("#live [data-role=answer]").inner_text()
    text = chat.answered()
    assert len(early) < len(text), "the answer came at once, not streamed"
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
    """A file dropped on the composer is attached."""
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
    launch: Callable[..., tuple[Any, Path]], photograph: Path, voice: Path, tmp_path: Path
) -> None:
    """Reload: everything is there again. Restart of server and browser: it is in the list, and opens."""
    first = start_scripted(tmp_path / "data")
    try:
        context, profile = launch()
        chat = Chat(context.pages[0], first.url).open()
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
        chat = Chat(context.pages[0], second.url).open()
        chat.page.wait_for_selector("#live .welcome")
        chat.page.click("#side .conversation")
        chat.page.wait_for_selector("#live .reply")
        assert chat.page.locator("#live [data-role=answer]").inner_text() == before
        address = chat.page.url
        chat.ask("And now?")
        assert "I see 1 person." in chat.answered()
        context.close()
        stranger, _ = launch()
        other = Chat(stranger.pages[0], second.url)
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
def test_a_client_cannot_name_a_file_or_an_address(server: Server, tmp_path: Path, named: str) -> None:
    """Only what was uploaded is read: a path on the server or a web address in its place is refused."""
    import httpx

    (tmp_path / "secret.txt").write_text("the secret")
    path = named if "://" in named else str(tmp_path / named)
    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get("/")
        functions = client.get("/config").json()["dependencies"]

        def call(event: str, data: list[Any]) -> dict[str, Any]:
            (function,) = [each["id"] for each in functions if each["targets"] and each["targets"][0][1] == event]
            body = {"data": data, "fn_index": function, "session_hash": "outsider"}
            client.post("/gradio_api/queue/join", json=body).raise_for_status()
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "outsider"}) as answer:
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
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset?.do || document.activeElement.tagName"))
    assert reached[:2] == ["language", "theme"]
    assert "example" in reached
    nameless = """() => Array.from(document.querySelectorAll('#shell button'))
        .filter((b) => b.offsetParent && !b.innerText.trim() && !b.getAttribute('aria-label')).length"""
    assert page.evaluate(nameless) == 0


# ---- with the starter weights ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`assistant serve` as a person starts it, on data of its own and the weights that are here."""
    from assistant.settings import load_settings

    environment = {
        "ASSISTANT_DATA_DIR": str(tmp_path_factory.mktemp("real")),
        "ASSISTANT_WEIGHTS__DIRECTORY": str(load_settings().weights_directory()),
        "PYTHONUNBUFFERED": "1",
    }
    started = Server([sys.executable, "-m", "assistant", "serve", "--port", "0"], environment)
    yield started
    started.stop()


@pytest.mark.weights
def test_real_photograph(real_server: Server, open_chat: Opener, photograph: Path) -> None:
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
    real_server: Server, open_chat: Opener, photograph: Path, voice: Path
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
def test_real_spoken_question_about_a_photograph(real_server: Server, open_chat: Opener, photograph: Path) -> None:
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
    real_server: Server,
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
