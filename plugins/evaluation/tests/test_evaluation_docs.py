"""docs/evaluation.md says all there is: formats, options, tasks, keys; its lines and its example are run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from PIL import Image

from assistant.app import Assistant
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePlugin
from assistant_evaluation import evaluation
from assistant_evaluation.evaluate import Options, evaluate
from assistant_evaluation.formats import FORMATS, read_set
from assistant_evaluation.items import TASKS

PAGE = Path(__file__).parents[3] / "docs" / "evaluation.md"


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)[number]


def test_every_format_task_and_option_is_documented() -> None:
    """What `--help` and `--list` name stands on the page."""
    text = PAGE.read_text()
    options = [name for option in evaluation.params if isinstance(option, click.Option) for name in option.opts]
    named = [*options, *(each.name for each in FORMATS), *TASKS]
    assert [name for name in named if name != "-q" and f"`{name}`" not in text and f"`{name} " not in text] == []


def test_the_lines_of_the_page_are_a_set(tmp_path: Path) -> None:
    """Every example line is read, and the whole is told apart as our own layout."""
    path = tmp_path / "set.jsonl"
    path.write_text(block("json"))
    found = read_set(path)
    assert found.format == "jsonl"
    assert len(found.items) == len(block("json").splitlines())
    assert {item.task for item in found.items} == set(TASKS) - {"retrieval"}


def test_every_key_of_the_report_is_documented(tmp_path: Path) -> None:
    """A report's keys, and those of its section on answers, stand on the page."""
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({"file": "a.png", "question": "Is it dark?", "answers": ["yes"]}))
    settings = Settings(data_dir=tmp_path / "data")
    host = Host(settings, plugins={"fake": FakePlugin(FakeAnswerer())}, discover=False)
    with Assistant(settings, host=host) as assistant:
        report = evaluate(assistant, path, Options(show="all")).report
    section = report["tasks"]["answers"]
    keys = {*report, *section, *section["rows"][0], *section["yes_no"], *report["shown"][0], *report["timing"]}
    text = PAGE.read_text()
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


@pytest.mark.weights
def test_the_python_example_works(tmp_path: Path) -> None:
    """The example, run as it stands beside a set of that name."""
    import skimage.data

    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "photo.jpg")
    (tmp_path / "questions.jsonl").write_text(
        json.dumps({"file": "photo.jpg", "question": "Is there a person?", "answers": ["yes"]}) + "\n"
    )
    ran = subprocess.run([sys.executable, "-c", block("python")], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "1.0"
