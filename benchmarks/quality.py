"""One table of quality with the installed plugins: presence, counts, text, transcripts, sentiment, answers.

    python benchmarks/quality.py ../shared/data [--json]

Everything that `assistant eval` measures comes from it. Speech and sentiment come from the programs of this folder that
know their gold: recordings are compared in Whisper's published normal form, sentiment on lines that the shipped head
never saw. DIRECTORY has captions.jsonl and qa.jsonl in the layout of docs/evaluation.md, MANIFEST.tsv, and sentiment/.
Perception is cached: a second run is quick.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from vision_accuracy import gold_texts

from assistant.app import Assistant
from assistant_evaluation.evaluate import Options, evaluate
from assistant_evaluation.table import percent

HERE = Path(__file__).parent
BY_CHARACTER = ("ja", "ko", "yue", "zh")
"""Languages written without spaces between words (Korean: by the custom of the field)."""
Row = tuple[str, str, str]
"""What was measured, the figure, and on what."""


def run(program: str, *arguments: str) -> dict[str, Any]:
    """What a program of this folder prints with --json."""
    command = [sys.executable, str(HERE / program), *arguments, "--json"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return dict(json.loads(printed))


def tasks(assistant: Assistant, path: Path, **options: Any) -> dict[str, Any]:
    """The sections of `assistant eval`."""
    return dict(evaluate(assistant, path, Options(**options)).report["tasks"])


def seen(assistant: Assistant, data: Path) -> list[Row]:
    """Presence, counts and captions of photographs."""
    found = tasks(assistant, data / "captions.jsonl")
    presence, captions = found["presence"], found["captions"]
    on = f"{presence['classes']} classes in {presence['pictures']} photographs"
    return [
        ("COCO classes present: precision", percent(presence["precision"]), on),
        ("COCO classes present: recall", percent(presence["recall"]), on),
        ("COCO classes present: recall at 90 % precision", percent(presence["recall_at_90_precision"]), on),
        ("exact counts, of all classes present", percent(presence["exact_counts"]), on),
        ("exact counts, of classes found", percent(presence["exact_counts_of_found"]), on),
        ("captions: CIDEr-D", f"{captions['cider']:.2f}", f"{captions['items']} pictures"),
    ]


def read(assistant: Assistant, data: Path) -> list[Row]:
    """Text of printed pages."""
    golds = gold_texts(data)
    lines = [
        {"file": file, "transcript": text, "prefix": prefix, "characters": True}
        for file, (text, prefix) in sorted(golds.items())
        if (data / file).is_file()
    ]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "pages.jsonl")
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        (row,) = tasks(assistant, path, images=data, output=Path(directory))["transcripts"]["rows"]
    return [("characters read right (1 - CER)", percent(1 - row["error_rate"]), f"{row['items']} printed pages")]


def heard(data: Path) -> list[Row]:
    """Transcripts, by language."""
    speech = run("speech_accuracy.py", str(data))
    rows = []
    for language, rate in speech["error_rate"].items():
        by_character = language in BY_CHARACTER
        on = f"{speech['units'][language]} {'characters' if by_character else 'words'}"
        rows.append((f"speech, {language}: {'CER' if by_character else 'WER'}", percent(rate), on))
    silent = speech["false_speech"]
    rows.append(("speech heard where there is none", str(len(silent["false"])), f"{silent['recordings']} sounds"))
    rows.append(("language of speech right", speech["language_right"], "recordings"))
    return rows


def felt(data: Path) -> list[Row]:
    """Sentiment of sentences, beside VADER's."""
    feeling = run("sentiment_accuracy.py", "--data", str(data / "sentiment"))
    on = f"{feeling['lines']} held-out lines"
    rows = []
    for judge in ("head", "vader"):
        score = feeling[judge]["by_source"]["all"]
        rows.append((f"sentiment, {judge}: polarity", percent(score["polarity"]), on))
        rows.append((f"sentiment, {judge}: three classes", percent(score["accuracy"]), on))
        rows.append((f"sentiment, {judge}: Pearson r of valence", f"{score['pearson']:.2f}", on))
    return rows


def answered(assistant: Assistant, data: Path) -> list[Row]:
    """Answers to published questions, over all and by set."""
    found = tasks(assistant, data / "qa.jsonl")["answers"]
    rows = []
    for row in found["rows"]:
        if row["by"] == "kind":
            continue
        figure = (
            f"{percent(row['accuracy_at_100'])} at 100 % coverage; answered {row['coverage']:.0%}, "
            f"of these {percent(row['selective_accuracy'])}"
        )
        rows.append((f"answers: {row['name']}", figure, f"{row['items']} questions"))
    pope = tasks(assistant, data / "qa.jsonl", kinds=("POPE",))["answers"]["yes_no"]
    figure = f"{percent(pope['accuracy'])}, F1 {percent(pope['f1'])}, yes ratio {percent(pope['yes_ratio'])}"
    rows.append(("POPE, all three parts: accuracy at 100 %", figure, f"{pope['questions']} questions"))
    error = found["calibration"]["expected_calibration_error"]
    rows.append(("expected calibration error of answers", percent(error), f"{found['calibration']['answers']} answers"))
    return rows


def table(data: Path) -> list[Row]:
    """Every row."""
    with Assistant() as assistant:
        looked = [*seen(assistant, data), *read(assistant, data)]
        answers = answered(assistant, data)
    return [*looked, *heard(data), *felt(data), *answers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = table(arguments.directory)
    if arguments.json:
        print(json.dumps([dict(zip(("what", "figure", "on"), row, strict=True)) for row in rows], indent=2))
        return
    for what, figure, on in rows:
        print(f"| {what} | {figure} | {on} |")


if __name__ == "__main__":
    main()
