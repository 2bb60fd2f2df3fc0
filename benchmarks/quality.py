"""One table of quality with the installed plugins: presence, counts, text, transcripts, sentiment, answers.

    python benchmarks/quality.py ../shared/data [--all] [--json]

Prints the rows that the README quotes; with --all also every set of questions and every language. What crashed or could
not be perceived meanwhile is said on standard error, and the exit code is then 3: such figures are not worth quoting.

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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vision_accuracy import gold_texts

from assistant.app import Assistant
from assistant_evaluation.evaluate import Options, evaluate

HERE = Path(__file__).parent
BY_CHARACTER = ("ja", "ko", "yue", "zh")
"""Languages written without spaces between words (Korean: by the custom of the field)."""
DRAWN = ("easy-VQA", "NLVR")
"""Sets of drawings, not photographs."""
MISSED: list[str] = []
"""What went wrong while measuring."""
Row = tuple[str, str, str]
"""What was measured, the figure, and on what."""
Sections = Mapping[str, Any]
"""Sections of a report of `assistant eval`, by task."""


def run(program: str, *arguments: str) -> dict[str, Any]:
    """What a program of this folder prints with --json."""
    command = [sys.executable, str(HERE / program), *arguments, "--json"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return dict(json.loads(printed))


def sections(assistant: Assistant, path: Path, **options: Any) -> Sections:
    """What `assistant eval` measures; what went wrong is added to MISSED."""
    report = evaluate(assistant, path, Options(**options)).report
    MISSED.extend(f"{path.name}: {gap['items']} items, {gap['source']}: {gap['message']}" for gap in report["gaps"])
    MISSED.extend(f"{path.name}: item {each['id']}: {each['error']}" for each in report["failed"])
    MISSED.extend(f"{path.name}: {name} is not there" for name in report["absent"]["media"])
    return dict(report["tasks"])


def percent(share: float | None) -> str:
    """A share in percent; a dash for None."""
    return "-" if share is None else f"{100 * share:.1f} %"


def within(bounds: Sequence[float] | None) -> str:
    """A confidence interval in whole percent."""
    return "" if bounds is None else f" ({100 * bounds[0]:.0f} to {100 * bounds[1]:.0f})"


def photographs(assistant: Assistant, data: Path) -> list[Row]:
    """Presence, counts, captions and retrieval."""
    found = sections(assistant, data / "captions.jsonl", tasks=("presence", "captions", "retrieval"))
    presence, captions, retrieval = found["presence"], found["captions"], found["retrieval"]
    on = f"{presence['classes']} classes in {presence['pictures']} photographs"
    by_text, by_picture = retrieval["text_to_image"], retrieval["image_to_text"]
    both = f"{percent(presence['precision'])}, {percent(presence['recall'])}{within(presence['recall_interval'])}"
    exact = f"{percent(presence['exact_counts'])}, {percent(presence['exact_counts_of_found'])}"
    return [
        ("COCO classes present: precision, recall", both, on),
        ("the same: recall at 90 % precision", percent(presence["recall_at_90_precision"]), "the same"),
        ("exact counts: of all classes present, of those found", exact, "the same"),
        ("captions: CIDEr-D", f"{captions['cider']:.2f}", f"{captions['items']} pictures"),
        (
            "a caption finds its picture, a picture its caption: first, among the first five",
            f"{percent(by_text['recall'][1])}, {percent(by_picture['recall'][1])}; "
            f"{percent(by_text['recall'][5])}, {percent(by_picture['recall'][5])}",
            f"{by_picture['queries']} pictures, {by_text['queries']} captions",
        ),
    ]


def pages(assistant: Assistant, data: Path) -> list[Row]:
    """Text of printed pages."""
    lines = [
        {"file": file, "transcript": text, "prefix": prefix, "characters": True}
        for file, (text, prefix) in sorted(gold_texts(data).items())
        if (data / file).is_file()
    ]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "pages.jsonl")
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        (row,) = sections(assistant, path, images=data, output=Path(directory))["transcripts"]["rows"]
    return [
        ("characters read right", percent(1 - row["error_rate"]), f"{row['items']} printed pages, one of them turned")
    ]


def recordings(data: Path, every: bool) -> list[Row]:
    """Transcripts: of English and Chinese, or of every language."""
    speech = run("speech_accuracy.py", str(data))
    rows = []
    for language, rate in speech["error_rate"].items():
        if every or language in ("en", "zh"):
            name = {"en": "English", "zh": "Chinese"}.get(language, language)
            unit, measure = ("characters", "character") if language in BY_CHARACTER else ("words", "word")
            rows.append((f"{name} speech, {measure} error rate", percent(rate), f"{speech['units'][language]} {unit}"))
    silent = speech["false_speech"]
    rows.append(("speech heard where there is none", str(len(silent["false"])), f"{silent['recordings']} sounds"))
    rows.append(("language of speech right", speech["language_right"], "recordings"))
    return rows


def sentences(data: Path) -> list[Row]:
    """Sentiment of sentences, beside VADER's."""
    feeling = run("sentiment_accuracy.py", "--data", str(data / "sentiment"))
    ours, vader = (feeling[judge]["by_source"]["all"] for judge in ("head", "vader"))
    on = f"{feeling['lines']:,} held-out sentences"
    polarity = f"{percent(ours['polarity'])}, {percent(vader['polarity'])}"
    correlation = f"{ours['pearson']:.2f}, {vader['pearson']:.2f}"
    return [
        ("sentiment, positive or negative: ours, VADER", polarity, on),
        ("sentiment, correlation with people's ratings: ours, VADER", correlation, "the same"),
    ]


def row_of_answers(what: str, answers: Mapping[str, Any], on: str) -> Row:
    """Accuracy at 100 %, and of what was answered."""
    at_100 = f"{percent(answers['accuracy_at_100'])}{within(answers['interval'])}"
    return (
        f"{what}: best guesses counted, where it answered",
        f"{at_100}, {percent(answers['selective_accuracy'])} of {100 * answers['coverage']:.0f} %",
        f"{answers['items']} {on}",
    )


def questions(assistant: Assistant, data: Path, every: bool) -> list[Row]:
    """Answers to published questions: all, and by sort or by set."""
    found = sections(assistant, data / "qa.jsonl")["answers"]
    whole = found["rows"][0]
    by_sort = {
        kinds: sections(assistant, data / "qa.jsonl", kinds=kinds)["answers"]
        for kinds in (("POPE",), ("A-OKVQA",), DRAWN)
    }
    pope = by_sort[("POPE",)]["yes_no"]
    rows = [
        row_of_answers("answers right", whole, "published questions, all sorts"),
        row_of_answers('of these, "is there a ..." on photographs', by_sort[("POPE",)]["rows"][0], "POPE questions"),
        ("the same: F1, share of yes", f"{percent(pope['f1'])}, {percent(pope['yes_ratio'])}", "the same"),
        row_of_answers("of these, one of four choices", by_sort[("A-OKVQA",)]["rows"][0], "A-OKVQA questions"),
        row_of_answers("of these, drawn shapes", by_sort[DRAWN]["rows"][0], "easy-VQA and NLVR questions"),
    ]
    if every:
        by_set = [row for row in found["rows"] if row["by"] == "set"]
        rows += [row_of_answers(f"of these, {row['name']}", row, "questions") for row in by_set]
    error = percent(found["calibration"]["expected_calibration_error"])
    rows.append(("expected calibration error of answers", error, f"{found['calibration']['answers']} answers"))
    return rows


def table(data: Path, every: bool) -> list[Row]:
    """Every row."""
    with Assistant() as assistant:
        looked = [*photographs(assistant, data), *pages(assistant, data)]
        answers = questions(assistant, data, every)
    return [*looked, *recordings(data, every), *sentences(data), *answers]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--all", action="store_true", help="every set and language")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = table(arguments.directory, arguments.all)
    if arguments.json:
        print(json.dumps([dict(zip(("what", "figure", "on"), row, strict=True)) for row in rows], indent=2))
    else:
        print("| what | figure | on |\n|---|---|---|")
        for row in rows:
            print(f"| {' | '.join(row)} |")
    for each in dict.fromkeys(MISSED):
        print(f"missed: {each}", file=sys.stderr)
    return 3 if MISSED else 0


if __name__ == "__main__":
    raise SystemExit(main())
