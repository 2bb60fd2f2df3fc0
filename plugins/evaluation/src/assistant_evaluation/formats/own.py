"""Our own layout: one JSON object a line with `file` or `files`, and a question, captions, a transcript or a rating.

What each line may hold is listed in docs/evaluation.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.types import Box
from assistant_evaluation.formats.coco import COCO_CLASSES
from assistant_evaluation.formats.content import Content, Format, has
from assistant_evaluation.formats.speech import rated, spoken
from assistant_evaluation.items import CaptionItem, CountsItem, Item, PlaceItem, QuestionItem

COUNTS_SOURCE = "instance counts"
"""A line of captions whose `source` ends in this holds a JSON object class -> count in place of a caption."""
YES_NO = frozenset({"yes", "no", "true", "false"})


def question_kind(question: str, answers: tuple[str, ...]) -> str:
    """VQA's three kinds of answer, for sets that name none: yes/no, number, other."""
    said = {answer.casefold().strip(" .") for answer in answers}
    if said and said <= YES_NO:
        return "yes/no"
    if said and all(answer.replace(",", "").isdigit() for answer in said):
        return "number"
    return "other"


def pixels_to_box(edges: tuple[float, float, float, float], width: float, height: float) -> Box:
    """x0, y0, x1, y1 in pixels -> normalised. Raises ValueError unless it has an area inside the picture."""
    x0, y0, x1, y1 = edges
    if not (0 <= x0 < x1 <= width + 1 and 0 <= y0 < y1 <= height + 1):
        raise ValueError(f"{edges} is no box x0, y0, x1, y1 within {width} x {height} pixels")
    return (x0 / width, y0 / height, min(1.0, x1 / width), min(1.0, y1 / height))


def _read(content: Content) -> Iterator[Item]:
    for number, row in enumerate(content.rows, 1):
        try:
            yield _item(row, str(number))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number}: {type(error).__name__} {error}") from error


def _item(row: Mapping[str, Any], number: str) -> Item:
    files = tuple(row["files"]) if "files" in row else (str(row["file"]),) if row.get("file") else ()
    identity = f"{number}:{row['id']}" if row.get("id") else number
    group = str(row.get("set") or "")
    kind = str(row.get("kind") or row.get("relation") or "")
    if "transcript" in row:
        return spoken(row, identity, files)
    if "rating" in row or "label" in row:
        return rated(row, identity, files)
    if "captions" in row:
        captions = tuple(str(each) for each in row["captions"])
        source = str(row.get("source") or "")
        if source.endswith(COUNTS_SOURCE):
            counts = {str(name): int(count) for name, count in json.loads(captions[0]).items()}
            return CountsItem(id=identity, files=files, group=group or source, counts=counts, classes=COCO_CLASSES)
        return CaptionItem(id=identity, files=files, group=group or source, kind=kind, captions=captions)
    question = str(row["question"])
    if row.get("bbox"):
        width, height = row["wh"]
        x0, y0, x1, y1 = (float(edge) for edge in row["bbox"])
        box = pixels_to_box((x0, y0, x1, y1), width, height)
        return PlaceItem(id=identity, files=files, group=group, kind=kind or "place", question=question, box=box)
    choices = tuple(str(choice) for choice in row.get("choices") or ())
    given = row.get("answers") or ([row["answer"]] if row.get("answer") is not None else [])
    answers = tuple(str(answer) for answer in given)
    if not answers:
        raise ValueError("there is neither `answers` nor `answer`")
    answer = str(row["answer"]) if choices else ""
    if choices and answer not in choices:
        raise ValueError(f"`answer` {answer!r} is none of the `choices`")
    return QuestionItem(
        id=identity,
        files=files,
        group=group,
        kind=kind or ("choice" if choices else question_kind(question, answers)),
        question=question,
        answers=answers,
        choices=choices,
        answer=answer,
    )


def _is_own(content: Content) -> bool:
    first = content.first
    if has(first, "question") and (has(first, "answers") or has(first, "answer") or has(first, "bbox")):
        return True
    named = has(first, "file") or has(first, "files")
    return (named and (has(first, "captions") or has(first, "transcript"))) or (
        (has(first, "text") or named) and (has(first, "rating") or has(first, "label"))
    )


FORMATS = (
    Format(
        "jsonl",
        "JSON lines: file or files; question + answers (choices + answer, bbox + wh), captions, transcript or rating",
        _is_own,
        _read,
    ),
)
