"""The documentation's examples are run, and its links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from api_serving import serving

from assistant.api import create_app
from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md"), *ROOT.glob("plugins/*/README.md")])


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and image of a page exists."""
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [each for each in targets if "://" not in each and not (page.parent / each).exists()]
    assert missing == []


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_anchors_lead_somewhere(page: Path) -> None:
    """Every link to a heading, of the same page or another one, finds it."""
    links = re.findall(r"\]\(([^):]*?)#([^)]*)\)", page.read_text())
    assert [(path, name) for path, name in links if name not in headings(page.parent / path if path else page)] == []


@pytest.mark.weights
def test_the_python_example_works(tmp_path: Path) -> None:
    """The Python example of the README, run as it stands beside a photograph of that name."""
    import skimage.data
    from PIL import Image

    (example,) = [each for each in blocks(ROOT / "README.md", "python") if "from assistant" in each]
    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "photo.jpg")
    ran = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "person" in ran.stdout


@pytest.mark.weights
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_for_other_programs_work(tmp_path: Path) -> None:
    """With every plugin and the chat page: the clients of README and docs/api.md as they stand, one after the other."""
    import skimage.data
    from PIL import Image

    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "photo.jpg")
    for name in ("voice.mp3", "film.mp4", "stimme.wav"):  # what a file is, its content says
        shutil.copy(ROOT / "ui" / "src" / "assistant_ui" / "examples" / "voice.mp3", tmp_path / name)
    api = ROOT / "docs" / "api.md"
    (readme,) = [each for each in blocks(ROOT / "README.md", "python") if "openai" in each]
    curl = [line for line in "".join(blocks(ROOT / "README.md", "sh")).splitlines() if line.startswith("curl")]
    curl += [each for each in blocks(api, "sh") if "/v1/audio/" in each or "/v1/embeddings" in each]
    with Assistant(Settings(data_dir=tmp_path / "data")) as assistant, serving(create_app(assistant)) as address:
        for command in (
            [sys.executable, "-c", readme],
            [sys.executable, "-c", "".join(blocks(api, "python"))],
            ["bash", "-euc", "\n".join(each.replace("curl ", "curl -fsS ") for each in curl)],
        ):
            words = [word.replace("http://127.0.0.1:7860", address) for word in command]
            ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
            assert ran.returncode == 0, ran.stderr
            assert "person" in ran.stdout or "Thursday" in ran.stdout
    assert "-->" in (tmp_path / "film.srt").read_text()


def test_settings_are_documented() -> None:
    """docs/settings.md lists every setting."""
    from pydantic import BaseModel

    from assistant.settings import Settings

    def names(model: type[BaseModel], prefix: str = "") -> list[str]:
        found = []
        for name, info in model.model_fields.items():
            inner = info.annotation
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found += names(inner, f"{prefix}{name}.")
            else:
                found.append(prefix + name)
        return found

    text = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in names(Settings) if f"`{name}`" not in text] == []


def test_commands_are_documented() -> None:
    """docs/cli.md names every command, and those below it."""
    import click

    from assistant.cli import cli

    text = (ROOT / "docs" / "cli.md").read_text()
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        below = [f"{name} {each}" for each in command.commands] if isinstance(command, click.Group) else [name]
        assert [each for each in below if not re.search(rf"`(assistant )?{each}\b", text)] == []


def test_kinds_of_observations_are_documented(tmp_path: Path) -> None:
    """docs/observations.md has a row for every kind that the installed perceivers write, or else their README has."""
    from assistant.types import MODALITIES

    pages = [ROOT / "docs" / "observations.md", *(ROOT / "plugins").glob("*/README.md")]
    rows = {kind for page in pages for kind in re.findall(r"^\| `(\w+)` \|", page.read_text(), re.MULTILINE)}
    with Host(Settings(data_dir=tmp_path)) as host:
        written = {kind for runner in host.perceivers() for kind in runner.plugged.produces}
    assert written - rows - set(MODALITIES) == set()
