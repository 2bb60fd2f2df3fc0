"""The command `assistant eval`. Imports click only; everything else when it is called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assistant_evaluation.evaluate import Options

METRICS = {
    "answers": "VQA accuracy (ten people), exact match (fewer), multiple choice, boxes at IoU 0.5; at 100 % and "
    "selective, with coverage; accuracy, precision, recall, F1 and yes ratio of yes/no; reliability, expected "
    "calibration error, risk-coverage curve",
    "captions": "CIDEr-D, BLEU-4, METEOR without synonyms, chrF",
    "presence": "precision, recall, F1, recall at 90 % precision, exact counts",
    "transcripts": "word error rate, or character error rate, by language; also of text in pictures",
    "sentiment": "accuracy, polarity, Pearson's r",
    "retrieval": "recall at 1, 5 and 10 and median rank, both ways; only with --task retrieval",
}


@click.command("eval")
@click.argument("set_file", metavar="SET", required=False, type=click.Path(path_type=Path))
@click.option("--answerer", help="Who answers: a name from `assistant plugins list`, or auto.")
@click.option("--format", "layout", default="auto", help="The set's format; found out from its content by default.")
@click.option("--images", type=click.Path(path_type=Path), help="Directory of the media; else beside the set.")
@click.option("--annotations", type=click.Path(path_type=Path), help="The answers, where they are in a second file.")
@click.option("--task", "tasks", multiple=True, help="Only this task; may be repeated. retrieval must be asked for.")
@click.option("--kind", "kinds", multiple=True, help="Only items whose kind or set contains this; may be repeated.")
@click.option("--limit", type=click.IntRange(1), help="At most so many items, drawn with the seed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw and of the confidence intervals.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Items at work at once.")
@click.option("--output", type=click.Path(path_type=Path), help="Directory for report.json, report.txt, items.jsonl.")
@click.option("--resume/--no-resume", default=True, help="Whether items finished by an earlier run count (default).")
@click.option("--show", type=click.Choice(["wrong", "abstained", "all"]), help="List these answers with evidence.")
@click.option("--calibrate", type=click.Path(path_type=Path), help="Write a calibration of the confidences as TOML.")
@click.option("--list", "list_all", is_flag=True, help="List formats and metrics, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.pass_context
def evaluation(
    ctx: click.Context,
    /,
    set_file: Path | None,
    list_all: bool,
    as_json: bool,
    quiet: bool,
    calibrate: Path | None,
    **given: Any,
) -> None:
    """Measure the assistant on the SET of questions, captions, transcripts or rated sentences.

    Questions are asked one by one, each in a conversation of its own that is not stored.
    """
    if list_all:
        _list(as_json)
        return
    if set_file is None:
        raise click.UsageError("Missing argument 'SET'.")
    from assistant.cli import INCOMPLETE, reported

    with reported("stopped; what was finished counts when the same command is given again"):
        from assistant_evaluation.evaluate import Options

        options = Options(format=given.pop("layout"), **given)
        incomplete = _measure(ctx, set_file, options, calibrate, as_json, quiet)
    sys.exit(INCOMPLETE if incomplete else 0)


def _measure(
    ctx: click.Context, set_file: Path, options: Options, calibrate: Path | None, as_json: bool, quiet: bool
) -> bool:
    """Measure and print. True if media were absent, items failed or something could not be perceived."""
    from assistant.app import Assistant
    from assistant.settings import load_settings
    from assistant_evaluation.evaluate import as_toml, calibrations, evaluate
    from assistant_evaluation.table import lines

    settings = load_settings(data_dir=ctx.find_root().params.get("data_dir"))
    if calibrate is not None:  # what is fitted applies to what answerers say themselves
        settings = settings.model_copy(update={"calibration": {}})
    with ExitStack() as stack:
        assistant = stack.enter_context(Assistant(settings))
        shown = not quiet and sys.stderr.isatty()

        def start(total: int) -> Callable[[int], Any]:
            if not shown:
                return lambda count: None
            return stack.enter_context(click.progressbar(length=total, label=set_file.name, file=sys.stderr)).update

        measured = evaluate(assistant, set_file, options, start)
        fitted = as_toml(calibrations(measured.run)) if calibrate is not None else ""
    report = measured.report
    text = "\n".join(lines(report)) + "\n"
    document = json.dumps(report, ensure_ascii=False, indent=2)
    if options.output is not None:
        _write(options.output / "report.txt", text)
        _write(options.output / "report.json", document + "\n")
    if calibrate is not None:
        _write(calibrate, fitted)
    click.echo(document if as_json else text, nl=as_json)
    return bool(report["absent"]["items"] or report["failed"] or report["gaps"])


def _write(path: Path, text: str) -> None:
    from assistant_evaluation.formats import SetError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetError(f"{path} cannot be written: {reason}.", "Choose another place.") from error


def _list(as_json: bool) -> None:
    from assistant_evaluation.formats import FORMATS

    formats = {each.name: each.describes for each in FORMATS}
    if as_json:
        click.echo(json.dumps({"formats": formats, "metrics": METRICS}, indent=2))
        return
    for heading, named in (("formats", formats), ("metrics, by task", METRICS)):
        click.echo(f"{heading}:")
        for name, describes in named.items():
            click.echo(click.wrap_text(describes, 110, f"  {name:18} ", " " * 21))
