"""Prints a report for people. Knows nothing but the report's keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NAME_WIDTH = 34


def percent(value: float | None) -> str:
    """A share as a percentage; a dash for None."""
    return "-" if value is None else f"{value:.1%}"


def _range(bounds: Sequence[float] | None, scale: float = 100) -> str:
    return "-" if bounds is None else f"{bounds[0] * scale:.0f}-{bounds[1] * scale:.0f}"


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    yield f"{report['set']} ({report['format']}), {report['asked']} of {report['items']} items, {report['answerer']}"
    for task, section in report["tasks"].items():
        yield ""
        yield from PRINTERS[task](section)
    yield from _missing(report)
    yield from _times(report["timing"])
    for row in report["shown"]:
        yield ""
        yield from _shown(row)


def _name(row: Mapping[str, Any]) -> str:
    name = row["name"] if row["by"] == "all" else f"{row['by']}: {row['name']}"
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 3] + "..."


def _answers(section: Mapping[str, Any]) -> Iterator[str]:
    table = [["answers", "n", "at 100 %", "95 % CI", "coverage", "selective", "answered right"]]
    for row in section["rows"]:
        shares = (percent(row[key]) for key in ("coverage", "selective_accuracy", "accuracy"))
        score = percent(row["accuracy_at_100"])
        table.append([_name(row), str(row["items"]), score, _range(row["interval"]), *shares])
    yield from _columns(table)
    yield "answered by: " + ", ".join(f"{name} {count}" for name, count in section["answerers"].items())
    if len(section["checked"]) > 1:
        shares = (
            f"{name} {each['items']} ({percent(each['accuracy_at_100'])})" for name, each in section["checked"].items()
        )
        yield "observations, and how many were right: " + ", ".join(shares)
    judged = section["yes_no"]
    if judged:
        names = ("accuracy", "precision", "recall", "f1", "yes_ratio")
        figures = ", ".join(f"{name.replace('_', ' ')} {percent(judged[name])}" for name in names)
        yield f"yes/no and true/false ({judged['questions']}): {figures}"
    calibration, selection = section["calibration"], section["selection"]
    if calibration["answers"]:
        yield ""
        table = [["confidence", "n", "mean", "right"]]
        for each in calibration["reliability"]:
            edges = f"{each['low']:.1f}-{each['high']:.1f}"
            table.append([edges, str(each["answers"]), percent(each["confidence"]), percent(each["accuracy"])])
        yield from _columns(table)
        yield f"expected calibration error {percent(calibration['expected_calibration_error'])}"
        points = (f"{percent(each['accuracy'])} at {each['coverage']:.0%}" for each in selection["curve"])
        yield "accuracy at coverage: " + ", ".join(points)
        yield f"area under the risk-coverage curve {selection['area_under_risk_coverage']:.3f}"


def _captions(section: Mapping[str, Any]) -> Iterator[str]:
    yield f"captions of {section['items']} pictures"
    yield f"  CIDEr-D {section['cider']:.3f} (95 % CI {_range(section['cider_interval'])} hundredths)"
    yield f"  BLEU-4 {section['bleu']:.1f}, METEOR (no synonyms) {section['meteor']:.3f}, chrF {section['chrf']:.1f}"
    yield "answered by: " + ", ".join(f"{name} {count}" for name, count in section["answerers"].items())


def _presence(section: Mapping[str, Any]) -> Iterator[str]:
    yield f"presence of {section['classes']} classes in {section['pictures']} pictures"
    yield (
        f"  precision {percent(section['precision'])}, recall {percent(section['recall'])} "
        f"(95 % CI {_range(section['recall_interval'])}), F1 {percent(section['f1'])}, "
        f"recall at 90 % precision {percent(section['recall_at_90_precision'])}"
    )
    exact, found = percent(section["exact_counts"]), percent(section["exact_counts_of_found"])
    yield f"  exact counts {exact}, of classes found {found}"
    points = (f"{percent(each['precision'])} at {percent(each['recall'])}" for each in section["curve"])
    yield "  precision at recall: " + ", ".join(points)


def _transcripts(section: Mapping[str, Any]) -> Iterator[str]:
    table = [["transcripts", "n", "units", "error rate", "95 % CI"]]
    for row in section["rows"]:
        rate = f"{'CER' if row['unit'] == 'characters' else 'WER'} {percent(row['error_rate'])}"
        table.append([row["language"], str(row["items"]), str(row["units"]), rate, _range(row["interval"])])
    yield from _columns(table)
    if section["language_right"] is not None:
        yield f"language right: {percent(section['language_right'])}"
    if section["silent"]["items"]:
        yield f"words where there are none: in {section['silent']['false']} of {section['silent']['items']}"


def _sentiment(section: Mapping[str, Any]) -> Iterator[str]:
    table = [["sentiment", "n", "accuracy", "polarity", "95 % CI", "Pearson r"]]
    for row in section["rows"]:
        correlation = "-" if row["pearson"] is None else f"{row['pearson']:.3f}"
        figures = (percent(row["accuracy"]), percent(row["polarity"]), _range(row["polarity_interval"]), correlation)
        table.append([_name(row), str(row["sentences"]), *figures])
    yield from _columns(table)


def _retrieval(section: Mapping[str, Any]) -> Iterator[str]:
    yield f"retrieval in the space {section['space']}"
    for direction in ("text_to_image", "image_to_text"):
        found = section[direction]
        recalls = ", ".join(f"recall@{k} {percent(share)}" for k, share in found["recall"].items())
        what = f"{direction.replace('_', ' ')} ({found['queries']} queries, {found['candidates']} candidates)"
        yield f"  {what}: {recalls}, median rank {found['median_rank']:g}"


PRINTERS = {
    "answers": _answers,
    "captions": _captions,
    "presence": _presence,
    "transcripts": _transcripts,
    "sentiment": _sentiment,
    "retrieval": _retrieval,
}


def _missing(report: Mapping[str, Any]) -> Iterator[str]:
    absent, failed = report["absent"], report["failed"]
    if absent["items"]:
        names = ", ".join(absent["media"][:5]) + (", ..." if len(absent["media"]) > 5 else "")
        yield f"not asked, for want of {len(absent['media'])} media: {absent['items']} items ({names})"
    for each in failed:
        yield f"failed, counted as wrong: {each['id']}: {each['error']}"
    for gap in report["gaps"]:
        yield f"missed in {gap['items']} items ({gap['source'] or 'media'}, {gap['cause']}): {gap['message']}"


def _times(timing: Mapping[str, Any]) -> Iterator[str]:
    named = {"answering_seconds": "answering, after perception", "turn_seconds": "whole turn"}
    parts = [
        f"{what} median {timing[key]['median']:.3f} s, 95th percentile {timing[key]['p95']:.3f} s"
        for key, what in named.items()
        if key in timing
    ]
    if "wall_seconds" in timing:
        parts.append(f"in all {timing['wall_seconds']:.1f} s")
    if parts:
        yield "time: " + "; ".join(parts)
    if timing.get("reused"):
        yield f"{timing['reused']} items were finished by an earlier run; --no-resume asks them anew"


def _shown(row: Mapping[str, Any]) -> Iterator[str]:
    heading = ", ".join(each for each in (row["set"], row["kind"]) if each)
    yield f"#{row['id']} {' '.join(row['files'])}" + (f" [{heading}]" if heading else "")
    if row.get("question"):
        yield f"  {row['question']}"
    sure = "" if row["confidence"] is None else f" ({row['confidence']:.0%} sure)"
    abstained = ", abstained" if row["abstained"] else ""
    yield f"  gold {row['gold']}; said {row['said']!r}{sure}{abstained} by {row['answerer'] or 'no answerer'}"
    if row["text"]:
        yield f"  {row['text']}"
    for seen in row["evidence"]:
        where = " at " + ",".join(f"{edge:.2f}" for edge in seen["box"]) if seen["box"] else ""
        when = f" {seen['span'][0]:.1f}-{seen['span'][1]:.1f} s" if seen["span"] else ""
        yield f"    {seen['confidence']:4.0%} {seen['kind']}: {seen['text']}{where}{when}  [{seen['source']}]"
    for gap in row["gaps"]:
        yield f"    missed: {gap['message']}"
    if row["error"]:
        yield f"    failed: {row['error']}"
