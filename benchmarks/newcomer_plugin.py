"""How long a newcomer needs for a plugin: docs/plugins.md to the letter, until the observation stands in the chat.

    .venv/bin/python benchmarks/newcomer_plugin.py                  over the environment that runs this
    .venv/bin/python benchmarks/newcomer_plugin.py --fresh          in an environment made from requirements.txt

Follows the sections "One that works, in a minute" and "A perceiver: codes in pictures", and looks for what the plugin
says in a real browser after each. What reading and typing take is a person's and not in the figures.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
SECTIONS = {"One that works, in a minute": "a bright picture", "A perceiver: codes in pictures": "https://example.org"}
"""Section of the tutorial -> what the plugin says in the chat after it."""
TARGET = 300.0
"""Seconds in all, installing Sensorium itself not counted."""


def main() -> None:
    """Follow the tutorial and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fresh", action="store_true", help="install requirements.txt into a new environment first")
    parser.add_argument("--port", type=int, default=8420)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newcomer-") as directory:
        follow(Path(directory), fresh=arguments.fresh, port=arguments.port)


def follow(directory: Path, *, fresh: bool, port: int) -> None:
    """Do what the page says, block by block."""
    from assistant.settings import load_settings

    tutorial: Any = importlib.import_module("tutorial")
    start = time.perf_counter()
    environment, python = (new_environment if fresh else overlay)(directory)
    print(
        f"{time.perf_counter() - start:7.1f} s  environment, not counted: {'requirements.txt' if fresh else 'overlay'}"
    )
    (directory / "home").mkdir()
    environment |= {"HOME": str(directory / "home"), "ASSISTANT_DATA_DIR": str(directory / "data")}
    environment["ASSISTANT_WEIGHTS__DIRECTORY"] = str(load_settings().weights_directory())
    environment.pop("ASSISTANT_CONFIG", None)
    work = directory / "work"
    work.mkdir()
    reader = tutorial.Reader(work, environment, python)
    sections: dict[str, list[Any]] = {name: [] for name in SECTIONS}
    for block in tutorial.blocks(ROOT / "docs" / "plugins.md"):
        if block.section in sections:
            sections[block.section].append(block)
    whole = 0.0
    for name, steps in sections.items():
        for block in steps:
            whole += timed(partial(reader.do, block), block.file or block.text.splitlines()[0])
        picture = reader.here / "code.png"
        if not picture.exists():
            picture = directory / "white.png"
            white_picture(picture)
        whole += timed(partial(seen_in_chat, reader, picture, SECTIONS[name], port), "seen in the chat of a browser")
        print(f"{whole:7.1f} s  until here: {name}\n")
    print(f"{whole:7.1f} s  in all; the target is under {TARGET:.0f}")


def timed(step: Any, label: str) -> float:
    """Seconds that a step takes, printed too."""
    start = time.perf_counter()
    step()
    seconds = time.perf_counter() - start
    print(f"{seconds:7.1f} s  {label}", flush=True)
    return seconds


def overlay(directory: Path) -> tuple[dict[str, str], Path]:
    """An environment over the one at work."""
    made = importlib.import_module("overlay").Overlay(directory / "venv", quiet=False, building=True)
    return made.environment, made.python


def new_environment(directory: Path) -> tuple[dict[str, str], Path]:
    """An environment with everything of requirements.txt, as scripts/setup makes it, and pytest."""
    home = directory / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / "bin" / "python"
    words = [str(python), "-m", "pip", "install", "-q", "-r", "requirements.txt", "pytest"]
    subprocess.run(words, check=True, cwd=ROOT)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    return environment | {"PATH": f"{home / 'bin'}:{environment['PATH']}", "VIRTUAL_ENV": str(home)}, python


def white_picture(path: Path) -> None:
    """Any picture."""
    from PIL import Image

    Image.new("RGB", (320, 240), "white").save(path)


def seen_in_chat(reader: Any, picture: Path, words: str, port: int) -> None:
    """Serve, open the chat, send the picture, and wait until the plugin's words stand beside the answer."""
    from playwright.sync_api import sync_playwright

    browsing = _browsing()
    command = [shutil.which("assistant", path=reader.environment["PATH"]), "serve", "--port", str(port)]
    server = browsing.Server(command, {**reader.environment, "PYTHONUNBUFFERED": "1"})
    try:
        with sync_playwright() as playwright, _page(playwright, browsing) as page:
            chat = browsing.Chat(page, server.url).open()
            chat.ask("What is in the picture?", picture)
            chat.answered()
            page.wait_for_function(
                "words => document.querySelector('#panel').textContent.includes(words)", arg=words, timeout=60_000
            )
    finally:
        server.stop()


@contextmanager
def _page(playwright: Any, browsing: Any) -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browsing.CHROMIUM, headless=True, args=list(browsing.FLAGS)
        )
        try:
            yield context.pages[0]
        finally:
            context.close()


def _browsing() -> Any:
    """The server and the chat as the browser tests drive them."""
    spec = importlib.util.spec_from_file_location("browsing", ROOT / "tests" / "browser" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
