"""Prints how well the shipped sentiment head agrees with raters on lines it never saw, beside VADER on the same lines.

    python benchmarks/sentiment_accuracy.py [--data ../shared/data/sentiment] [--json]

Held-out lines are the 10 % of documents that scripts/train_sentiment.py puts aside. Both judges answer through the
plugin: VADER is what it does without an embedder. Polarity: right sign among lines rated beyond 0.5 of 4 (0 counts
half); three classes: neutral within 0.5 of 4. Also the share of plain questions and statements that are called neutral,
and of the published questions about photographs where their file is there.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.settings import Settings
from assistant.testing import FakeServices
from assistant.weights import Weights
from assistant_sentiment.head import LABELS
from assistant_sentiment.judge import Verdict, WordsJudge
from assistant_sentiment.measuring import by_source, calibration_error, classes, read_lines
from assistant_text import ALL_MINILM_L6_V2, TextEmbedder

ROOT = Path(__file__).parents[1]
NEUTRAL = ROOT / "plugins/sentiment/training/neutral_heldout.txt"


def embedder() -> TextEmbedder:
    """The text plugin's embedder with the pulled weights."""
    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    weights.add(ALL_MINILM_L6_V2)
    found = TextEmbedder()
    found.load(FakeServices(threads=2, directories={ALL_MINILM_L6_V2.name: weights.where(ALL_MINILM_L6_V2.name)}))
    return found


def verdicts(judge: WordsJudge, texts: Sequence[str]) -> list[Verdict]:
    """What the judge says; a text it does not judge counts as neutral with no confidence."""
    nothing = Verdict("neutral", 0.0, (0.0, 0.0, 0.0), "lexicon", 0.0)
    return [judge.judge(text) or nothing for text in texts]


def neutral_share(said: Sequence[Verdict]) -> float:
    """Share called neutral."""
    return sum(one.label == "neutral" for one in said) / len(said)


def measure(data: Path) -> dict[str, Any]:
    """All figures."""
    lines = read_lines(data)
    known = {line.text.lower() for line in lines if line.side != "test"}
    held = [line for line in lines if line.side == "test" and line.text.lower() not in known]
    gold = classes(np.array([line.valence for line in held]))
    model = embedder()
    judges = {"head": WordsJudge(model.embed), "vader": WordsJudge(lambda texts: None)}
    neutral = [line for line in NEUTRAL.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    questions = data.parent / "qa.jsonl"
    asked = (
        [json.loads(row)["question"] for row in questions.read_text("utf-8").splitlines()]
        if questions.is_file()
        else []
    )
    report: dict[str, Any] = {"lines": len(held), "neutral_sentences": len(neutral), "questions": len(asked)}
    for name, judge in judges.items():
        judge.judge("warm up")
        milliseconds = []
        said = []
        for line in held:
            start = time.perf_counter()
            said += verdicts(judge, [line.text])
            milliseconds.append(1000 * (time.perf_counter() - start))
        labels = np.array([LABELS.index(one.label) for one in said])
        confidence = np.array([max(one.probabilities) for one in said])
        report[name] = {
            "by_source": by_source(held, np.array([one.valence for one in said]), labels),
            "calibration_error": calibration_error(confidence, labels == gold),
            "neutral_sentences_called_neutral": neutral_share(verdicts(judge, neutral)),
            "questions_called_neutral": neutral_share(verdicts(judge, asked)) if asked else None,
            "median_milliseconds": statistics.median(milliseconds),
        }
    return report


def table(report: dict[str, Any]) -> str:
    """For people."""
    rows = [f"{'':8}{'lines':>6}  {'Pearson r':>15}{'polarity':>15}{'3 classes':>15}{'macro-F1':>15}   (head / VADER)"]
    for source, head in report["head"]["by_source"].items():
        vader = report["vader"]["by_source"][source]
        cells = (f"{head[key]:.3f} / {vader[key]:.3f}" for key in ("pearson", "polarity", "accuracy", "macro_f1"))
        rows.append(f"{source:8}{int(head['lines']):>6}  " + "".join(f"{cell:>15}" for cell in cells))
    for key, what in (
        ("calibration_error", "expected calibration error"),
        ("neutral_sentences_called_neutral", f"of {report['neutral_sentences']} neutral sentences, called neutral"),
        ("questions_called_neutral", f"of {report['questions']} questions about photographs, called neutral"),
        ("median_milliseconds", "median milliseconds a line"),
    ):
        if report["head"][key] is not None:
            rows.append(f"{what}: {report['head'][key]:.3f} / {report['vader'][key]:.3f}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/sentiment")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not there; give the directory of the rated lines with --data.")
    report = measure(arguments.data)
    print(json.dumps(report, indent=1) if arguments.json else table(report))


if __name__ == "__main__":
    main()
