"""One table of quality with the installed plugins: presence, counts, text, transcripts, sentiment, answers.

    python benchmarks/quality.py ../shared/data [--json]

Runs the other accuracy programs of this folder, each in a process of its own, and prints what the README quotes.
DIRECTORY has the layout that each of them describes in its --help.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BY_CHARACTER = ("ja", "ko", "yue", "zh")
"""Languages written without spaces between words (Korean: by the custom of the field)."""


def run(program: str, *arguments: str) -> dict[str, Any]:
    """What a program of this folder prints with --json."""
    command = [sys.executable, str(HERE / program), *arguments, "--json"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return dict(json.loads(printed))


def rows(data: Path) -> list[tuple[str, str, str]]:
    """What was measured, the figure, and on what."""
    vision = run("vision_accuracy.py", str(data))
    speech = run("speech_accuracy.py", str(data))
    feeling = run("sentiment_accuracy.py", "--data", str(data / "sentiment"))
    answers = run("answer_accuracy.py", str(data / "qa.jsonl"))
    counts, text, shapes = vision["coco_counts"], vision["text"], vision["shapes"]
    on_counts = f"{counts['classes_annotated']} classes in {counts['pictures']} COCO photographs"
    found = [
        ("presence of COCO classes: precision", f"{counts['precision']:.1%}", on_counts),
        ("presence of COCO classes: recall", f"{counts['recall']:.1%}", on_counts),
        ("exact counts, of all classes present", f"{counts['exact']:.1%}", on_counts),
        ("exact counts, of classes found", f"{counts['exact_of_found']:.1%}", on_counts),
        ("characters read right (1 - CER), mean", f"{statistics.mean(text.values()):.1%}", f"{len(text)} pages"),
        ("drawn shapes and colours", f"{shapes['accuracy']:.1%}", f"{shapes['questions']} easy-VQA questions"),
    ]
    for language, rate in speech["error_rate"].items():
        by_character = language in BY_CHARACTER
        unit = "characters" if by_character else "words"
        on = f"{speech['units'][language]} {unit}"
        found.append((f"speech, {language}: {'CER' if by_character else 'WER'}", f"{rate:.1%}", on))
    silent = speech["false_speech"]
    found.append(("speech heard where there is none", str(len(silent["false"])), f"{silent['recordings']} sounds"))
    found.append(("language of speech right", speech["language_right"], "recordings"))
    for judge in ("head", "vader"):
        score = feeling[judge]["by_source"]["all"]
        lines = f"{feeling['lines']} held-out lines"
        found.append((f"sentiment, {judge}: polarity", f"{score['polarity']:.1%}", lines))
        found.append((f"sentiment, {judge}: three classes", f"{score['accuracy']:.1%}", lines))
        found.append((f"sentiment, {judge}: Pearson r of valence", f"{score['pearson']:.2f}", lines))
    for name, score in answers["sets"].items():
        figure = (
            f"{score['accuracy']:.1%} (answered {score['coverage']:.0%}, of these {score['selective_accuracy']:.0%})"
        )
        found.append((f"answers: {name}", figure, f"{score['questions']} questions"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    table = rows(arguments.directory)
    if arguments.json:
        print(json.dumps([dict(zip(("what", "figure", "on"), row, strict=True)) for row in table], indent=2))
        return
    for what, figure, on in table:
        print(f"| {what} | {figure} | {on} |")


if __name__ == "__main__":
    main()
