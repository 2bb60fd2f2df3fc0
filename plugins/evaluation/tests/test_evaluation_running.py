"""Whole runs over an assistant with fake plugins: order, resuming, failures, absent media, and what the report says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assistant.app import Assistant
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Answerer, Embedder, Perceiver, Request, Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta, Observation
from assistant_evaluation.evaluate import Evaluation, Options, as_toml, calibrations, evaluate
from assistant_evaluation.formats import SetError


@contextmanager
def assistant_with(directory: Path, *plugged: Perceiver | Answerer) -> Iterator[Assistant]:
    settings = Settings(data_dir=directory / "data")
    host = Host(settings, plugins={"fake": FakePlugin(*plugged)}, discover=False)
    with Assistant(settings, host=host) as assistant:
        yield assistant


def questions(directory: Path, *rows: dict[str, Any]) -> Path:
    """A set of these lines; every picture they name is made."""
    for row in rows:
        for name in [row["file"]] if "file" in row else row.get("files", []):
            if not (directory / name).exists():
                Image.new("RGB", (8, 8), (len(list(directory.iterdir())) * 20 % 256, 0, 0)).save(directory / name)
    path = directory / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def saying(answers: dict[str, Delta]) -> FakeAnswerer:
    """An answerer that gives these answers to these questions."""

    def answer(request: Request) -> Iterable[Delta]:
        return [answers[request.question.text]]

    return FakeAnswerer(answer=answer, needs=frozenset())


def measured(directory: Path, path: Path, *plugged: Perceiver | Answerer, **options: Any) -> Evaluation:
    with assistant_with(directory, *plugged) as assistant:
        return evaluate(assistant, path, Options(**options))


ROWS = (
    {"file": "a.png", "question": "Is there a dog?", "answers": ["yes"], "set": "one"},
    {"file": "a.png", "question": "Is there a cat?", "answers": ["no"], "set": "one"},
    {"file": "b.png", "question": "How many dogs?", "answers": ["2"], "set": "two"},
    {"file": "b.png", "question": "What color?", "answers": ["red"] * 2 + ["blue"] * 8, "set": "two"},
)
ANSWERS = {
    "Is there a dog?": Delta("Yes, there is.", short="yes", confidence=0.9),
    "Is there a cat?": Delta("I cannot tell.", short="no", confidence=0.55, abstained=True),
    "How many dogs?": Delta("Three.", short="three", confidence=0.8),
    "What color?": Delta("Red.", short="Red", confidence=0.6),
}


def test_accuracy_at_100_and_selective(tmp_path: Path) -> None:
    """A best guess counts at 100 % though it abstained, and not in the selective accuracy."""
    report = measured(tmp_path, questions(tmp_path, *ROWS), saying(ANSWERS)).report
    section = report["tasks"]["answers"]
    whole = section["rows"][0]
    assert whole["accuracy_at_100"] == pytest.approx((1 + 1 + 0 + 0.6) / 4)
    assert whole["coverage"] == pytest.approx(3 / 4)
    assert whole["selective_accuracy"] == pytest.approx((1 + 0 + 0.6) / 3)
    assert whole["accuracy"] == pytest.approx((1 + 0 + 0.6) / 4)
    by_set = {row["name"]: row["items"] for row in section["rows"] if row["by"] == "set"}
    assert by_set == {"one": 2, "two": 2}
    assert {row["name"] for row in section["rows"] if row["by"] == "kind"} == {"yes/no", "number", "other"}
    assert section["yes_no"]["accuracy"] == 1.0
    assert section["answerers"] == {"fake_answerer": 4}
    assert report["absent"]["items"] == 0
    assert report["failed"] == []


def test_wrong_answers_are_listed_with_evidence(tmp_path: Path) -> None:
    """One sees the question, the gold, what was said, and the observations it rests on with confidence and box."""

    def perceive(task: Task) -> list[Observation]:
        return [task.observe("object", "dog", 0.7, box=(0.1, 0.2, 0.3, 0.4))]

    def answer(request: Request) -> Iterable[Delta]:
        (seen,) = request.context.observations
        return [Delta("Two.", short="2", confidence=0.7, citations=(seen.id,))]

    perceiver = FakePerceiver(perceive=perceive, consumes=("image",), produces=("object",))
    path = questions(tmp_path, {"file": "a.png", "question": "How many dogs?", "answers": ["1"]})
    report = measured(tmp_path, path, perceiver, FakeAnswerer(answer=answer), show="wrong").report
    (shown,) = report["shown"]
    assert (shown["gold"], shown["said"], shown["files"]) == (["1"], "2", ["a.png"])
    (evidence,) = shown["evidence"]
    assert (evidence["text"], evidence["confidence"], evidence["box"]) == ("dog", 0.7, [0.1, 0.2, 0.3, 0.4])
    assert "timing" in report


def test_the_order_of_finishing_does_not_matter(tmp_path: Path) -> None:
    """The first item finishes after the last one; the report is the one of a run one by one."""
    last_is_done = threading.Event()

    def waiting(request: Request) -> Iterable[Delta]:
        if request.question.text == "Is there a dog?":
            assert last_is_done.wait(20)
        if request.question.text == "What color?":
            last_is_done.set()
        return [ANSWERS[request.question.text]]

    path = questions(tmp_path, *ROWS)
    answerer = FakeAnswerer(answer=waiting, needs=frozenset(), concurrency=2)
    side_by_side = measured(tmp_path, path, answerer, jobs=2, show="all", output=tmp_path / "two").report
    one_by_one = measured(tmp_path, path, saying(ANSWERS), jobs=1, show="all", output=tmp_path / "one").report
    for report in (side_by_side, one_by_one):
        del report["timing"]
    assert side_by_side == one_by_one


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    """What was finished before an interrupt is not asked again, though the last line of the log is torn."""
    path = questions(tmp_path, *ROWS)

    def interrupting(total: int) -> Callable[[int], Any]:
        finished = iter(range(total))

        def tell(count: int) -> None:
            if count and next(finished) == 1:
                raise KeyboardInterrupt

        return tell

    first = saying(ANSWERS)
    with assistant_with(tmp_path, first) as assistant, pytest.raises(KeyboardInterrupt):
        evaluate(assistant, path, Options(jobs=1), interrupting)
    assert first.calls == 2
    (log,) = (tmp_path / "data" / "evaluation").iterdir()
    log.write_text(log.read_text() + '{"key": "torn')
    second = saying(ANSWERS)
    report = measured(tmp_path, path, second, jobs=1).report
    assert second.calls == 2
    assert report["timing"]["reused"] == 2
    assert report["tasks"]["answers"]["rows"][0]["items"] == 4
    third = saying(ANSWERS)
    assert measured(tmp_path, path, third).report["timing"]["reused"] == 4
    assert third.calls == 0
    fourth = saying(ANSWERS)
    measured(tmp_path, path, fourth, resume=False)
    assert fourth.calls == 4


def test_another_version_of_a_plugin_is_asked_anew(tmp_path: Path) -> None:
    """Answers of an earlier version do not count."""
    path = questions(tmp_path, *ROWS)
    measured(tmp_path, path, saying(ANSWERS))
    newer = saying(ANSWERS)
    newer.version = "2"  # type: ignore[misc]
    measured(tmp_path, path, newer)
    assert newer.calls == 4


def test_a_failed_item_is_wrong_and_does_not_stop_the_run(tmp_path: Path) -> None:
    """An item the assistant refuses is counted, listed and tried again; so is one whose answerer crashed."""
    path = questions(
        tmp_path,
        {"question": " ", "answers": ["yes"]},
        {"file": "a.png", "question": "Is there a dog?", "answers": ["yes"]},
        {"file": "a.png", "question": "Boom?", "answers": ["yes"]},
    )
    report = measured(tmp_path, path, saying(ANSWERS), show="all").report
    (failed,) = report["failed"]
    assert "neither a question nor a file" in failed["error"]
    assert report["tasks"]["answers"]["rows"][0]["accuracy_at_100"] == pytest.approx(1 / 3)
    (gap,) = [each for each in report["gaps"] if each["cause"] == "crashed"]
    assert (gap["source"], gap["items"]) == ("fake_answerer", 1)
    assert measured(tmp_path, path, saying(ANSWERS)).report["timing"]["reused"] == 1


def test_absent_media_are_counted_and_named(tmp_path: Path) -> None:
    """Items without their media are not asked; a set without any is an error that says what to do."""
    path = questions(tmp_path, *ROWS)
    (tmp_path / "b.png").unlink()
    report = measured(tmp_path, path, saying(ANSWERS)).report
    assert report["absent"] == {"items": 2, "media": ["b.png"]}
    assert (report["items"], report["asked"]) == (4, 2)
    (tmp_path / "a.png").unlink()
    with pytest.raises(SetError, match=r"missing is a\.png\. Name their directory with --images"):
        measured(tmp_path, path, saying(ANSWERS))


def test_limit_draws_by_seed_and_keeps_the_order(tmp_path: Path) -> None:
    """The same seed draws the same items, in the set's order."""
    path = questions(tmp_path, *ROWS)
    drawn = [
        [item.id for item in measured(tmp_path, path, saying(ANSWERS), limit=2, seed=seed).run.items]
        for seed in (0, 0, 1, 2, 3, 4)
    ]
    assert drawn[0] == drawn[1]
    assert all(ids == sorted(ids) for ids in drawn)
    assert len({tuple(ids) for ids in drawn}) > 1


def test_kinds_choose_items(tmp_path: Path) -> None:
    """A part of a kind's or a set's name chooses; one that fits nothing names those there are."""
    path = questions(tmp_path, *ROWS)
    chosen = measured(tmp_path, path, saying(ANSWERS), kinds=("NUMBER", "one"))
    assert [item.id for item in chosen.run.items] == ["1", "2", "3"]
    with pytest.raises(SetError, match="its kinds: number, other, yes/no"):
        measured(tmp_path, path, saying(ANSWERS), kinds=("poems",))


def test_places_are_judged_by_the_first_box(tmp_path: Path) -> None:
    """The box of the first evidence counts."""

    def perceive(task: Task) -> list[Observation]:
        return [task.observe("object", "dog", 0.7, box=(0.1, 0.1, 0.5, 0.5))]

    def answer(request: Request) -> Iterable[Delta]:
        return [Delta("There.", citations=tuple(seen.id for seen in request.context.observations), confidence=0.8)]

    path = questions(
        tmp_path,
        {"file": "a.png", "question": "Locate: dog", "bbox": [10, 10, 50, 50], "wh": [100, 100]},
        {"file": "a.png", "question": "Locate: cat", "bbox": [60, 60, 90, 90], "wh": [100, 100]},
    )
    perceiver = FakePerceiver(perceive=perceive, consumes=("image",), produces=("object",))
    row = measured(tmp_path, path, perceiver, FakeAnswerer(answer=answer)).report["tasks"]["answers"]["rows"][0]
    assert (row["accuracy_at_100"], row["coverage"]) == (0.5, 1.0)


def test_perceived_tasks_ask_nothing(tmp_path: Path) -> None:
    """Presence, transcripts of pictures and sentiment are read from the observations; no answerer is called."""

    def look(task: Task) -> list[Observation]:
        return [
            task.observe("object", "dog", 0.8, presence=0.95),
            task.observe("object", "dog", 0.4, presence=0.95),
            task.observe("object", "cat", 0.3, presence=0.35, counted=True),
            task.observe(
                "concepts", "probably also a bench", 0.6, probabilities={"cat": 0.9, "bench": 0.6, "wall": 0.8}
            ),
            task.observe("text_line", "world", 0.9, order=1),
            task.observe("text_line", "Hello", 0.9, order=0),
        ]

    def feel(task: Task) -> list[Observation]:
        return [task.observe("sentiment", "positive", 0.9, valence=0.7, scope="whole")]

    path = questions(
        tmp_path,
        {"file": "a.png", "captions": ['{"dog": 1, "cat": 1, "bench": 1}'], "source": "COCO 2017 instance counts"},
        {"file": "a.png", "transcript": "hello world"},
        {"text": "I like it", "label": "positive"},
        {"text": "I do not", "label": "negative"},
    )
    answerer = FakeAnswerer()
    report = measured(
        tmp_path,
        path,
        FakePerceiver("look", look, consumes=("image",), produces=("object", "concepts", "text_line")),
        FakePerceiver("feel", feel, consumes=("text",), produces=("sentiment",)),
        answerer,
    ).report
    assert answerer.calls == 0
    tasks = report["tasks"]
    assert (tasks["presence"]["precision"], tasks["presence"]["recall"]) == (1.0, pytest.approx(2 / 3))
    assert tasks["presence"]["exact_counts"] == pytest.approx(2 / 3)
    assert tasks["transcripts"]["rows"][0]["error_rate"] == 0.0
    assert tasks["sentiment"]["rows"][0]["polarity"] == 0.5


def test_captions_are_asked_for(tmp_path: Path) -> None:
    """The answerer's own caption is compared with people's."""
    said = {"Describe the picture in one sentence.": Delta("A dog on the grass.", short="A dog on the grass.")}
    path = questions(
        tmp_path,
        {"file": "a.png", "captions": ["a dog on the grass"]},
        {"file": "b.png", "captions": ["two red cars"]},
    )
    section = measured(tmp_path, path, saying(said)).report["tasks"]["captions"]
    assert section["cider"] == pytest.approx(5.0)
    assert section["items"] == 2


def test_retrieval_says_what_it_lacks(tmp_path: Path) -> None:
    """Without embedders of one space the error says what to install."""
    path = questions(tmp_path, {"file": "a.png", "captions": ["a"]}, {"file": "b.png", "captions": ["b"]})
    with pytest.raises(SetError, match="an embedder of texts and one of pictures in the same space"):
        measured(tmp_path, path, FakeAnswerer(), tasks=("retrieval",))


class Colors(Embedder):
    """Embeds pictures as their mean colour, and the names of three colours as those."""

    space = "colors"
    dimensions = 3

    def __init__(self, modality: str) -> None:
        self.name = f"{modality}_colors"  # type: ignore[misc]
        self.modality = modality  # type: ignore[misc]

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        if self.modality == "text":
            return np.array([[float(word in text) for word in ("red", "green", "blue")] for text in inputs], np.float32)
        means = np.stack([picture.rgb.mean(axis=(0, 1)) for picture in inputs])
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)


class ColorsPlugin:
    @hookimpl
    def register_embedders(self, register: Callable[[Embedder], None]) -> None:
        register(Colors("text"))
        register(Colors("image"))


def test_retrieval_goes_both_ways(tmp_path: Path) -> None:
    """Every caption finds its picture first; the third picture, more green than blue, finds its caption second."""
    rows = []
    for name, color, caption in (("r", (255, 0, 0), "red"), ("g", (0, 255, 0), "green"), ("x", (0, 200, 90), "blue")):
        Image.new("RGB", (8, 8), color).save(tmp_path / f"{name}.png")
        rows.append({"file": f"{name}.png", "captions": [caption]})
    rows.append({"file": "absent.png", "captions": ["red"]})
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = Settings(data_dir=tmp_path / "data")
    with Assistant(settings, host=Host(settings, plugins={"colors": ColorsPlugin()}, discover=False)) as assistant:
        report = evaluate(assistant, path, Options(tasks=("retrieval",))).report
    section = report["tasks"]["retrieval"]
    assert section["space"] == "colors"
    assert section["text_to_image"]["recall"][1] == 1.0
    assert section["image_to_text"]["recall"][1] == pytest.approx(2 / 3)
    assert section["image_to_text"]["median_rank"] == 1.0
    assert report["absent"] == {"items": 1, "media": ["absent.png"]}
    assert (report["items"], report["asked"]) == (4, 3)


def test_an_unknown_answerer_is_refused(tmp_path: Path) -> None:
    """Before anything is asked, with the names there are."""
    with pytest.raises(SetError, match=r"no answerer called gpt.*auto or one of: fake_answerer"):
        measured(tmp_path, questions(tmp_path, *ROWS), saying(ANSWERS), answerer="gpt")


def test_calibration_is_written_for_each_answerer(tmp_path: Path) -> None:
    """Slope and offset as lines of the settings file."""
    rows = [{"question": f"Question {number}?", "answers": ["yes"]} for number in range(30)]

    def answer(request: Request) -> Iterable[Delta]:
        right = int(request.question.text.split()[1].rstrip("?")) % 2
        return [Delta("", short="yes" if right else "no", confidence=0.9)]

    done = measured(tmp_path, questions(tmp_path, *rows), FakeAnswerer(answer=answer)).run
    fitted = calibrations(done)["fake_answerer"]
    assert fitted(0.9) == pytest.approx(0.5, abs=0.02)
    text = as_toml({"fake_answerer": fitted})
    assert text.startswith("[calibration.fake_answerer]\nslope = ")
    assert "\noffset = " in text
    Settings(calibration={"fake_answerer": {"slope": fitted.slope, "offset": fitted.offset}})
