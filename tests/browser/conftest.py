"""What the browser tests share: a really started server, a headless browser, the chat as a person drives it."""

from __future__ import annotations

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

ROOT = Path(__file__).parents[2]
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
        absent = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        absent("no Chromium here: install it, or name it in the environment variable CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
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


@pytest.fixture(scope="module")
def start() -> Callable[..., Server]:
    """Starts a server by its command and environment."""
    return lambda command, environment: Server(command, {"PYTHONUNBUFFERED": "1", **environment})


@pytest.fixture(scope="module")
def start_scripted(start: Callable[..., Server]) -> Callable[[Path], Server]:
    """Starts the chat with scripted plugins on a data directory."""
    paths = [str(ROOT), str(ROOT / "ui" / "src"), os.environ.get("PYTHONPATH", "")]
    script = ROOT / "ui" / "tests" / "ui_fake_server.py"
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "ASSISTANT_SERVER__SHUTDOWN_SECONDS": "1",  # turns that tests left hanging are not waited for
    }
    return lambda data_dir: start([sys.executable, str(script), str(data_dir)], environment)


@pytest.fixture(scope="module")
def server(data_dir: Path, start_scripted: Callable[[Path], Server]) -> Iterator[Server]:
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


@pytest.fixture(scope="module")
def browser(browser_type: Any, voice: Path) -> Iterator[Any]:
    """One browser; what is opened in it by `new_context` knows nothing of the others."""
    started = browser_type.launch(
        executable_path=CHROMIUM, headless=True, args=[*FLAGS, f"--use-file-for-fake-audio-capture={voice}"]
    )
    yield started
    started.close()


@pytest.fixture
def open_chat(browser: Any, server: Server) -> Iterator[Opener]:
    """Opens chats with profiles of their own; at the end nothing foreign was fetched and nothing failed."""
    chats: list[tuple[Any, Chat]] = []

    def opened(query: str = "", *, url: str = server.url, **options: Any) -> Chat:
        settings = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "locale": "en-US", **options}
        context = browser.new_context(permissions=["microphone"], **settings)
        chat = Chat(context.new_page(), url)
        chats.append((context, chat))
        return chat.open(query)

    yield opened
    for context, chat in chats:
        context.close()
        assert chat.strangers == [], "the page asked another host"
        assert chat.errors == [], "the browser's console has errors"


@pytest.fixture(scope="module")
def chat_at() -> Callable[[Any, str], Chat]:
    """The chat in a browser's page, at a server's address."""
    return Chat
