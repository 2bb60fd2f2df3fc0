"""`assistant eval` on the command line: what it prints, where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import cli

PLUGINS = ("openai", "reasoner", "sentiment", "speech", "text", "ui", "video", "vision", "vlm")
ROWS = [
    {"file": "note.txt", "question": "Is there a dog?", "answers": ["yes"]},
    {"file": "absent.txt", "question": "Is there a cat?", "answers": ["no"]},
]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plugin but this one: nobody can answer, and nothing is loaded."""
    monkeypatch.setenv("ASSISTANT_DISABLED", json.dumps(PLUGINS))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A set with one medium that is there and one that is not."""
    (tmp_path / "note.txt").write_text("A note.")
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["eval", *arguments])


@pytest.mark.usefixtures("bare")
def test_absent_media_end_with_3(questions: Path) -> None:
    """The report comes, names what was not there, and the exit code says so."""
    ran = call(str(questions))
    assert ran.exit_code == 3
    assert "1 of 2 items" in ran.stdout
    assert "for want of 1 media: 1 items (absent.txt)" in ran.stdout
    assert "answered by: none 1" in ran.stdout


@pytest.mark.usefixtures("bare")
def test_json_and_output(questions: Path, tmp_path: Path) -> None:
    """--json prints one object, --output keeps it with the table and the finished items."""
    output = tmp_path / "out"
    ran = call(str(questions), "--json", "--output", str(output), "--show", "all")
    report = json.loads(ran.stdout)
    assert report["tasks"]["answers"]["rows"][0]["accuracy_at_100"] == 0.0
    assert report["shown"][0]["abstained"] is True
    assert json.loads((output / "report.json").read_text()) == report
    assert "coverage" in (output / "report.txt").read_text()
    assert len((output / "items.jsonl").read_text().splitlines()) == 1


def test_list_names_formats_and_metrics() -> None:
    """--list needs no set."""
    ran = call("--list")
    assert ran.exit_code == 0
    assert all(word in ran.stdout for word in ("vqa", "pope", "flickr8k", "CIDEr-D", "VQA accuracy"))
    assert set(json.loads(call("--list", "--json").stdout)) == {"formats", "metrics"}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.jsonl"], 1, "error: The set nowhere.jsonl cannot be read"),
        ([], 2, "Missing argument 'SET'"),
        (["SET", "--format", "quiz"], 1, "There is no format quiz"),
        (["SET", "--answerer", "gpt"], 1, "There is no answerer called gpt"),
        (["SET", "--task", "poems"], 1, "There is no task poems"),
        (["SET", "--images", "nowhere"], 1, "nowhere is not a directory"),
        (["SET", "--calibrate", "c.toml"], 1, "No answer came with a confidence"),
    ],
)
def test_errors_are_one_line_and_a_code(questions: Path, arguments: list[str], code: int, said: str) -> None:
    """What cannot be done is said with what mends it."""
    ran = call(*(str(questions) if each == "SET" else each for each in arguments))
    assert ran.exit_code == code
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.weights
def test_a_photograph_end_to_end(tmp_path: Path) -> None:
    """The real plugins answer questions on a real photograph, and the report counts them right."""
    import skimage.data
    from PIL import Image

    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "astronaut.jpg")
    rows = [
        {"file": "astronaut.jpg", "question": "Is there a person in the picture?", "answers": ["yes"]},
        {"file": "astronaut.jpg", "question": "Is there an elephant in the picture?", "answers": ["no"]},
        {"file": "astronaut.jpg", "captions": ['{"person": 1}'], "source": "instance counts"},
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = call(str(path), "--json", "--answerer", "reasoner")
    assert ran.exit_code == 0, ran.stderr
    tasks = json.loads(ran.stdout)["tasks"]
    assert tasks["answers"]["rows"][0]["accuracy_at_100"] == 1.0
    assert tasks["presence"]["recall"] == 1.0


@pytest.mark.weights
@pytest.mark.shared
def test_published_questions_end_to_end(shared_data: Path) -> None:
    """A few published questions, drawn by seed, are asked and scored; none of their media is missing."""
    ran = call(str(shared_data / "qa.jsonl"), "--json", "--kind", "easy-VQA", "--limit", "6", "--seed", "3")
    assert ran.exit_code == 0, ran.stderr
    row = json.loads(ran.stdout)["tasks"]["answers"]["rows"][0]
    assert row["items"] == 6
    assert row["accuracy_at_100"] >= 0.5
