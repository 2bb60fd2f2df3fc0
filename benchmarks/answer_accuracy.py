"""Measures answers on published questions: accuracy, coverage and accuracy where it did not abstain, for each set.

    python benchmarks/answer_accuracy.py [QA.jsonl] [--set NAME] [--answerer NAME] [--show wrong|abstained|all] [--json]

Each line of the file: `file`, `set`, `question`, and `answers` (or `bbox` and `wh` where a place is asked for). A-OKVQA
is asked with its choices and scored as multiple choice; where a line has several different answers without choices, VQA
accuracy counts: min(1, agreeing people / 3) (Antol et al. 2015). Perception is cached: a second run is quick.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.app import Assistant, Reply

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
NUMBERS = {
    word: str(value) for value, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
NUMBERS["none"] = "0"
SAME_PLACE = 0.5


def normal(text: str) -> str:
    """VQA's normal form: lower case, no punctuation or articles, numbers as digits."""
    words = re.sub(r"[^\w\s]", " ", text.casefold()).split()
    return " ".join(NUMBERS.get(word, word) for word in words if word not in ("a", "an", "the"))


def overlap(first: list[float], second: list[float]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return shared / max(1e-9, sum(areas) - shared)


@dataclass
class Outcome:
    """How one question went."""

    row: dict[str, Any]
    short: str | None
    text: str
    score: float
    abstained: bool
    confidence: float | None
    seconds: float


def asked(row: dict[str, Any]) -> str:
    if row.get("choices"):
        return f"{row['question']} Choices: {', '.join(row['choices'])}"
    return str(row["question"])


def score(row: dict[str, Any], reply: Reply) -> float:
    assert reply.answer is not None
    if row.get("bbox"):
        boxes = [seen.box for seen in reply.evidence if seen.box]
        if not boxes:
            return 0.0
        width, height = row["wh"]
        x0, y0, x1, y1 = row["bbox"]
        gold = [x0 / width, y0 / height, x1 / width, y1 / height]
        return float(overlap(list(boxes[0]), gold) >= SAME_PLACE)
    short = reply.answer.short
    if short is None or reply.answer.abstained:
        return 0.0
    if row.get("choices"):
        return float(normal(short) == normal(row["answer"]))
    answers = [normal(one) for one in row["answers"]]
    agreeing = answers.count(normal(short))
    return min(1.0, agreeing / (3 if len(answers) >= 9 else 1))


def summary(outcomes: list[Outcome]) -> dict[str, float]:
    given = [one for one in outcomes if not one.abstained and (one.short is not None or one.row.get("bbox"))]
    sure = [one.confidence for one in given if one.confidence is not None]
    return {
        "questions": len(outcomes),
        "accuracy": round(statistics.fmean(one.score for one in outcomes), 3),
        "coverage": round(len(given) / len(outcomes), 3),
        "selective_accuracy": round(statistics.fmean(one.score for one in given), 3) if given else 0.0,
        "mean_confidence": round(statistics.fmean(sure), 3) if sure else 0.0,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="?", type=Path, default=DATA / "qa.jsonl")
    parser.add_argument("--set", default="", help="only sets whose name contains this")
    parser.add_argument("--answerer", default=None)
    parser.add_argument("--show", choices=("wrong", "abstained", "all"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not arguments.questions.exists():
        print(f"{arguments.questions} is not there; give the path of a file of questions.", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in arguments.questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if arguments.set.casefold() in row["set"].casefold()]
    outcomes: list[Outcome] = []
    with Assistant() as assistant:
        for row in rows:
            began = time.perf_counter()
            reply = assistant.ask(asked(row), arguments.questions.parent / row["file"], answerer=arguments.answerer)
            assert reply.answer is not None
            answer = reply.answer
            outcomes.append(
                Outcome(
                    row,
                    answer.short,
                    answer.text,
                    score(row, reply),
                    answer.abstained,
                    answer.confidence,
                    time.perf_counter() - began,
                )
            )
    sets: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        sets[one.row["set"].split(" (")[0]].append(one)
    report = {name: summary(found) for name, found in sorted(sets.items())}
    report["all"] = summary(outcomes)
    if arguments.json:
        print(json.dumps({"sets": report, "seconds": round(sum(one.seconds for one in outcomes), 1)}, indent=2))
        return 0
    print(f"{'set':34} {'n':>4} {'accuracy':>9} {'coverage':>9} {'selective':>10} {'confidence':>11}")
    for name, row in report.items():
        print(
            f"{name:34} {row['questions']:4} {row['accuracy']:9.3f} {row['coverage']:9.3f} "
            f"{row['selective_accuracy']:10.3f} {row['mean_confidence']:11.3f}"
        )
    for one in outcomes:
        wanted = {"wrong": one.score < 0.5 and not one.abstained, "abstained": one.abstained, "all": True}
        if arguments.show and wanted[arguments.show]:
            gold = one.row.get("answer") or one.row.get("answers")
            print(
                f"\n{one.row['file']} [{one.row['set']}] {asked(one.row)}\n  gold {gold}; said "
                f"{one.short!r} ({one.confidence}): {one.text}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
