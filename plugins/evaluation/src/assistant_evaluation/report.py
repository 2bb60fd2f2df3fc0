"""From items and outcomes to the report: one JSON-able mapping. Not for printing it: see table.py.

Everything under "timing" changes from run to run; everything else is the same for the same outcomes and seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any, TypeVar

import numpy as np

from assistant_evaluation.asking import Outcome
from assistant_evaluation.items import CaptionItem, CountsItem, EvaluationSet, Item, RatedItem, TranscriptItem
from assistant_evaluation.metrics import captions, selective
from assistant_evaluation.metrics.binary import ratio, yes_no
from assistant_evaluation.metrics.intervals import interval
from assistant_evaluation.metrics.presence import Seen, curve, presence
from assistant_evaluation.metrics.sentiment import label_of, polarity_score, sentiment
from assistant_evaluation.metrics.transcripts import Errors, errors
from assistant_evaluation.running import Run
from assistant_evaluation.scoring import RIGHT, Scored, gold_of, judge

T = TypeVar("T")
Pair = tuple[Item, Outcome]
CURVE_POINTS = 10
"""Points of the risk-coverage and precision-recall curves in the report."""


def build(measured: EvaluationSet, run: Run, *, answerer: str, seed: int, show: str | None) -> dict[str, Any]:
    """The report; docs/evaluation.md lists its keys.

    Args:
        measured: the set.
        run: what came of it.
        answerer: the name asked for, or auto.
        seed: of the bootstrap.
        show: which answers are listed: wrong, abstained, all, or None.
    """
    pairs = list(zip(run.items, run.outcomes, strict=True))
    tasks: dict[str, Any] = {}
    for task, section in SECTIONS.items():
        of_task = [pair for pair in pairs if pair[0].task == task]
        if of_task:
            tasks[task] = section(of_task, seed)
    failed = [{"id": outcome.id, "error": outcome.error} for outcome in run.outcomes if outcome.error]
    return {
        "set": measured.name,
        "format": measured.format,
        "answerer": answerer,
        "items": len(run.items) + run.skipped,
        "asked": len(run.items),
        "absent": {"items": run.skipped, "media": list(run.absent)},
        "failed": failed,
        "seed": seed,
        "tasks": tasks,
        "gaps": _gaps(run.outcomes),
        "shown": [_listed(*pair) for pair in pairs if _wanted(*pair, show)],
        "timing": {"reused": run.reused, **timing(run.outcomes)},
    }


# ---- answers --------------------------------------------------------------------------------------------------------


def _answers(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    scored = [judge(item, outcome) for item, outcome in pairs]
    sure = [one for one in scored if one.said is not None and one.outcome.confidence is not None]
    confidences = [float(one.outcome.confidence or 0.0) for one in sure]
    scores = [one.score for one in sure]
    judged = [one.yes_no for one in scored if one.yes_no is not None]
    return {
        "rows": _rows(scored, [one.item for one in scored], lambda part: _answer_row(part, seed)),
        "answerers": dict(Counter(one.outcome.answerer or "none" for one in scored).most_common()),
        "checked": _checked(scored),
        "yes_no": asdict(yes_no([said for said, _ in judged], [gold for _, gold in judged])) if judged else None,
        "calibration": {
            "answers": len(sure),
            "expected_calibration_error": selective.expected_calibration_error(confidences, scores),
            "reliability": [asdict(each) for each in selective.reliability(confidences, scores)],
        },
        "selection": {
            "area_under_risk_coverage": selective.area_under_risk_coverage(confidences, scores),
            "curve": [
                {"coverage": coverage * len(sure) / len(scored), "accuracy": 1 - risk}
                for coverage, risk in _thinned(selective.risk_coverage(confidences, scores))
            ],
        },
    }


def _answer_row(scored: Sequence[Scored], seed: int) -> dict[str, Any]:
    answered = [one for one in scored if one.answered]
    scores = [one.score for one in scored]
    return {
        "items": len(scored),
        "accuracy_at_100": fmean(scores),
        "interval": _interval(scores, [1.0] * len(scored), [one.media for one in scored], seed),
        "coverage": len(answered) / len(scored),
        "selective_accuracy": fmean(one.score for one in answered) if answered else None,
        "accuracy": sum(one.score for one in answered) / len(scored),
    }


def _checked(scored: Sequence[Scored]) -> dict[str, Any]:
    """How right the answers are that observations agree with, disagree with, or do not bear on."""
    found: dict[str, list[float]] = {}
    for one in scored:
        found.setdefault(one.outcome.checked or "not checked", []).append(one.score)
    return {name: {"items": len(scores), "accuracy_at_100": fmean(scores)} for name, scores in sorted(found.items())}


def _rows(
    values: Sequence[T], items: Sequence[Item], figures: Callable[[Sequence[T]], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Figures over all, then by set and by kind where there are several."""
    rows = [{"by": "all", "name": "all", **figures(values)}]
    for by, names in (("set", [item.group for item in items]), ("kind", [item.kind for item in items])):
        distinct = sorted(set(names))
        if len(distinct) < 2:
            continue
        for name in distinct:
            part = [value for value, its in zip(values, names, strict=True) if its == name]
            rows.append({"by": by, "name": name or "-", **figures(part)})
    return rows


def _interval(
    parts: Sequence[float], wholes: Sequence[float], clusters: Sequence[tuple[str, ...]], seed: int
) -> list[float] | None:
    found = interval(parts, wholes, clusters, seed)
    return None if found is None else list(found)


def _thinned(points: Sequence[T]) -> list[T]:
    """At most ten points, evenly spread, the last one among them."""
    if not points:
        return []
    wanted = {round((n + 1) * len(points) / CURVE_POINTS) - 1 for n in range(CURVE_POINTS)}
    return [point for number, point in enumerate(points) if number in wanted]


# ---- captions -------------------------------------------------------------------------------------------------------


def _captions(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    items = [item for item, _ in pairs if isinstance(item, CaptionItem)]
    said = [outcome.short or outcome.text for _, outcome in pairs]
    gold = [item.captions for item in items]
    scores = captions.cider(said, gold)
    return {
        "items": len(items),
        "cider": fmean(scores),
        "cider_interval": _interval(scores, [1.0] * len(scores), [item.files for item in items], seed),
        "bleu": captions.bleu(said, gold),
        "meteor": fmean(captions.meteor(text, people) for text, people in zip(said, gold, strict=True)),
        "chrf": captions.chrf(said, gold),
        "answerers": dict(Counter(outcome.answerer or "none" for _, outcome in pairs).most_common()),
    }


# ---- presence -------------------------------------------------------------------------------------------------------


def seen_in(item: CountsItem, outcome: Outcome) -> Seen:
    """What was perceived of the classes that the annotators looked for."""
    likely = dict(outcome.perceived.get("likely", {}))
    counted = dict(outcome.perceived.get("counted", {}))
    return Seen(
        {name: likely[name] for name in item.classes if name in likely},
        {name: counted[name] for name in item.classes if name in counted},
        item.counts,
    )


def _presence(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    seen = [seen_in(item, outcome) for item, outcome in pairs if isinstance(item, CountsItem)]
    points = [
        {"threshold": threshold, "precision": precision, "recall": recall}
        for threshold, precision, recall in _thinned(curve(seen))
    ]
    found = asdict(presence(seen))
    hits = [float(sum(likely >= 0.5 and name in each.gold for name, likely in each.likely.items())) for each in seen]
    there = [float(len(each.gold)) for each in seen]
    clusters = [item.files for item, _ in pairs]
    return {**found, "recall_interval": _interval(hits, there, clusters, seed), "curve": points}


# ---- transcripts ----------------------------------------------------------------------------------------------------


def _errors(item: TranscriptItem, outcome: Outcome) -> Errors:
    said = str(outcome.perceived.get("transcript", ""))
    return errors(said, item.transcript, item.language, prefix=item.prefix, characters=item.characters)


def _transcripts(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    counted = []
    for item, outcome in pairs:
        assert isinstance(item, TranscriptItem)
        counted.append((item, outcome, _errors(item, outcome)))
    groups: dict[tuple[str, bool], list[Any]] = {}
    for row in counted:
        if row[2].units:
            groups.setdefault((row[0].language, row[2].characters), []).append(row)
    rows = []
    for (language, characters), found in sorted(groups.items()):
        wrong = [float(row[2].errors) for row in found]
        whole = [float(row[2].units) for row in found]
        rows.append(
            {
                "language": language or "-",
                "unit": "characters" if characters else "words",
                "items": len(found),
                "units": int(sum(whole)),
                "error_rate": sum(wrong) / sum(whole),
                "interval": _interval(wrong, whole, [row[0].files for row in found], seed),
            }
        )
    named = [(item, outcome) for item, outcome, _ in counted if item.language and outcome.perceived.get("language")]
    silent = [row for row in counted if not row[2].units]
    return {
        "items": len(counted),
        "rows": rows,
        "language_right": ratio(
            sum(item.language == outcome.perceived["language"] for item, outcome in named), len(named)
        ),
        "silent": {"items": len(silent), "false": sum(row[2].errors > 0 for row in silent)},
    }


# ---- sentiment ------------------------------------------------------------------------------------------------------


def gold_label(item: RatedItem) -> str:
    """Its label, or the one its rating stands for."""
    return item.label or label_of(item.valence or 0.0)


def _sentiment(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    rated = [(item, outcome.perceived) for item, outcome in pairs if isinstance(item, RatedItem)]

    def figures(part: Sequence[tuple[RatedItem, Mapping[str, Any]]]) -> dict[str, Any]:
        golds = [gold_label(item) for item, _ in part]
        valences = [float(said.get("valence", 0.0)) for _, said in part]
        labels = [str(said.get("label", "")) for _, said in part]
        found = asdict(sentiment(labels, valences, golds, [item.valence for item, _ in part]))
        signs = [polarity_score(valence, gold) for valence, gold in zip(valences, golds, strict=True)]
        scores = [score for score in signs if score is not None]
        clusters = [(item.id,) for (item, _), score in zip(part, signs, strict=True) if score is not None]
        return {**found, "polarity_interval": _interval(scores, [1.0] * len(scores), clusters, seed)}

    return {"rows": _rows(rated, [item for item, _ in rated], figures)}


SECTIONS: Mapping[str, Callable[[Sequence[Pair], int], dict[str, Any]]] = {
    "answers": _answers,
    "captions": _captions,
    "presence": _presence,
    "transcripts": _transcripts,
    "sentiment": _sentiment,
}
"""Task -> what computes its section."""


# ---- what is listed, and times --------------------------------------------------------------------------------------


def _right(item: Item, outcome: Outcome) -> bool:
    """Whether an item counts as right when answers are listed."""
    if item.task == "answers":
        return judge(item, outcome).score >= RIGHT
    if isinstance(item, CountsItem):
        found = presence([seen_in(item, outcome)])
        return found.recall == 1 and found.precision in (None, 1) and found.exact_counts in (None, 1)
    if isinstance(item, TranscriptItem):
        return not _errors(item, outcome).errors
    if isinstance(item, RatedItem):
        score = polarity_score(float(outcome.perceived.get("valence", 0.0)), gold_label(item))
        return score is None or score > RIGHT
    return False


def _wanted(item: Item, outcome: Outcome, show: str | None) -> bool:
    if show is None:
        return False
    if show == "abstained":
        return outcome.abstained
    return show == "all" or (not outcome.abstained and not _right(item, outcome))


def _listed(item: Item, outcome: Outcome) -> dict[str, Any]:
    """An item with what was said to it and the evidence."""
    listed: dict[str, Any] = {"id": item.id, "set": item.group, "kind": item.kind, "files": list(item.files)}
    if item.task == "answers":
        scored = judge(item, outcome)
        listed |= {"question": getattr(item, "asked", getattr(item, "question", "")), "gold": gold_of(item)}
        listed |= {"said": scored.said, "score": scored.score}
    elif isinstance(item, CaptionItem):
        listed |= {"gold": list(item.captions), "said": outcome.short or outcome.text}
    elif isinstance(item, CountsItem):
        listed |= {"gold": dict(item.counts), "said": dict(outcome.perceived)}
    elif isinstance(item, TranscriptItem):
        listed |= {"gold": item.transcript, "said": outcome.perceived.get("transcript")}
    elif isinstance(item, RatedItem):
        listed |= {"question": item.text, "gold": item.label or item.valence, "said": dict(outcome.perceived)}
    keys = ("text", "confidence", "abstained", "answerer", "evidence", "gaps", "error")
    return listed | {key: getattr(outcome, key) for key in keys}


def _gaps(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What was missing and in how many items, most often first; with the first message of its sort."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for outcome in outcomes:
        for sort in {(gap["source"], gap["cause"]): gap for gap in reversed(outcome.gaps)}.items():
            (source, cause), gap = sort
            entry = {"source": source, "cause": cause, "items": 0, "message": gap["message"]}
            found.setdefault((source, cause), entry)["items"] += 1
    return sorted(found.values(), key=lambda each: (-each["items"], each["source"], each["cause"]))


def timing(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Median and 95th percentile, in seconds, of answering once perception was there, and of whole turns."""
    found: dict[str, Any] = {}
    for name in ("answering_seconds", "turn_seconds"):
        spent = [value for each in outcomes if (value := getattr(each, name)) is not None]
        if spent:
            found[name] = {"median": float(np.median(spent)), "p95": float(np.quantile(spent, 0.95))}
    return found
