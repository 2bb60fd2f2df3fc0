"""Measures an assistant on a set: reads it, chooses items, runs them, reports. For Python users and the command."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant_evaluation.finding import find
from assistant_evaluation.formats import AUTO, SetError, read_set
from assistant_evaluation.items import RETRIEVAL, TASKS, CaptionItem, EvaluationSet, Item
from assistant_evaluation.metrics.selective import Platt, fit_platt
from assistant_evaluation.places import Places
from assistant_evaluation.report import build
from assistant_evaluation.running import Log, Run, run
from assistant_evaluation.scoring import judge

if TYPE_CHECKING:
    from assistant.app import Assistant

Show = Literal["wrong", "abstained", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a set is measured."""

    answerer: str | None = None
    """Who answers; None for the one in the settings."""
    format: str = AUTO
    images: Path | None = None
    """Directory of the media; they are also looked for beside the set."""
    annotations: Path | None = None
    """Second file of the set, where it has one that is not found by its name."""
    tasks: tuple[str, ...] = ()
    """Only these tasks of `TASKS`; retrieval is measured only if named."""
    kinds: tuple[str, ...] = ()
    """Only items whose kind or set contains one of these, whatever the case."""
    limit: int | None = None
    """At most so many items, drawn with the seed."""
    seed: int = 0
    """Of the draw and of the bootstrap."""
    jobs: int = 2
    """Items at work at once."""
    output: Path | None = None
    """Directory for the finished items; the data directory's `evaluation` if not given."""
    resume: bool = True
    """Whether items finished by an earlier run count."""
    show: Show | None = None
    """Which answers the report lists."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured."""

    report: dict[str, Any]
    run: Run


def evaluate(
    assistant: Assistant,
    path: Path,
    options: Options | None = None,
    on_start: Callable[[int], Callable[[int], Any]] = lambda total: lambda count: None,
) -> Evaluation:
    """Measure.

    Args:
        assistant: who is measured.
        path: the set's file.
        options: how.
        on_start: told the number of items; gives what is told how many more were finished.

    Raises:
        SetError: the set cannot be read, nothing of it is left to measure, or its media are absent.
    """
    chosen = options or Options()
    began = time.perf_counter()
    _check(assistant, chosen)
    whole = read_set(path, chosen.format, chosen.annotations)
    measured = EvaluationSet(whole.name, whole.format, _selected(whole, chosen))
    places = Places(path, chosen.images)
    asked = _asked(measured.items, chosen)
    log = Log(_log_path(assistant, path, chosen), chosen.resume)
    answerer = chosen.answerer or assistant.settings.answerer
    done = run(
        assistant,
        asked,
        places,
        log=log,
        answerer=chosen.answerer,
        jobs=chosen.jobs,
        progress=on_start(len(asked)),
    )
    if asked and not done.items:
        raise SetError(
            f"None of the media of {path} are there; the first one missing is {done.absent[0]}.",
            "Name their directory with --images DIR.",
        )
    report = build(measured, done, answerer=answerer, seed=chosen.seed, show=chosen.show)
    if RETRIEVAL in chosen.tasks:
        _add_retrieval(report, assistant, measured, places)
    report["timing"]["wall_seconds"] = time.perf_counter() - began
    return Evaluation(report, done)


def _check(assistant: Assistant, options: Options) -> None:
    unknown = [task for task in options.tasks if task not in TASKS]
    if unknown:
        raise SetError(f"There is no task {', '.join(unknown)}.", f"Choose among: {', '.join(TASKS)}.")
    known = [runner.name for runner in assistant.host.answerers()]
    if options.answerer not in (None, AUTO, *known):
        raise SetError(
            f"There is no answerer called {options.answerer}.",
            f"Choose auto or one of: {', '.join(known) or 'none is installed'}.",
        )


def _selected(whole: EvaluationSet, options: Options) -> tuple[Item, ...]:
    """The items that the options leave, in the set's order."""
    items = whole.items
    if options.tasks:
        wanted = {*options.tasks, *(["captions"] if RETRIEVAL in options.tasks else [])}
        items = tuple(item for item in items if item.task in wanted)
    if options.kinds:
        kinds = [kind.casefold() for kind in options.kinds]
        items = tuple(
            item
            for item in items
            if any(kind in item.kind.casefold() or kind in item.group.casefold() for kind in kinds)
        )
    if not items:
        present = ", ".join(sorted({item.task for item in whole.items}))
        kinds_there = ", ".join(sorted({item.kind or item.group for item in whole.items} - {""})[:20])
        raise SetError(
            f"Nothing of {whole.name} is left to measure.",
            f"Its tasks are: {present}; its kinds: {kinds_there or 'none is named'}.",
        )
    if options.limit is not None and options.limit < len(items):
        # not for security: the same seed must draw the same items
        drawn = sorted(random.Random(options.seed).sample(range(len(items)), options.limit))  # noqa: S311
        items = tuple(items[number] for number in drawn)
    return items


def _asked(items: Sequence[Item], options: Options) -> tuple[Item, ...]:
    """The items that are put to the assistant: captions are not, where only retrieval is wanted."""
    if RETRIEVAL in options.tasks and "captions" not in options.tasks:
        return tuple(item for item in items if item.task != "captions")
    return tuple(items)


def _log_path(assistant: Assistant, path: Path, options: Options) -> Path:
    if options.output is not None:
        return options.output / "items.jsonl"
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    return assistant.settings.data_dir / "evaluation" / f"{path.stem}-{place}.jsonl"


def _add_retrieval(report: dict[str, Any], assistant: Assistant, measured: EvaluationSet, places: Places) -> None:
    captioned, files = [], []
    for item in measured.items:
        there, missing = places.all_of(item)
        if not isinstance(item, CaptionItem):
            continue
        if missing:
            report["absent"]["items"] += 1
            report["absent"]["media"] += missing
        else:
            captioned.append(item)
            files.append(there[0])
    report["tasks"][RETRIEVAL] = find(assistant, captioned, files)
    report["items"] = max(report["items"], len(measured.items))
    report["asked"] += len(captioned)


def calibrations(done: Run) -> dict[str, Platt]:
    """Answerer -> what makes the confidences it gave on this set probabilities; measured without a calibration.

    Raises:
        SetError: no answerer gave enough of them, or all it said was right or wrong.
    """
    found: dict[str, tuple[list[float], list[float]]] = {}
    for item, outcome in zip(done.items, done.outcomes, strict=True):
        if item.task == "answers" and outcome.own_confidence is not None and not outcome.error:
            scored = judge(item, outcome)
            if scored.said is not None:
                sure, right = found.setdefault(outcome.answerer, ([], []))
                sure.append(outcome.own_confidence)
                right.append(scored.score)
    if not found:
        raise SetError("No answer came with a confidence.", "Measure a set of questions.")
    return {name: fit_platt(sure, right) for name, (sure, right) in sorted(found.items())}


def as_toml(found: dict[str, Platt]) -> str:
    """Calibrations as lines of the settings file."""
    sections = (
        f"[calibration.{name}]\nslope = {platt.slope:.4f}\noffset = {platt.offset:.4f}\n"
        for name, platt in found.items()
    )
    return "\n".join(sections)
