"""Layouts of published question sets: VQA v1/v2, GQA, A-OKVQA, easy-VQA, and VGGSound's labels as a question."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant_evaluation.formats.content import Content, Format, SetError, has
from assistant_evaluation.items import Item, QuestionItem

EASY_VQA_SHAPES = ("circle", "rectangle", "triangle")
YOUTUBE_ID = re.compile(r"[\w-]{11}")


def coco_picture(image: int | str, subset: str = "") -> str:
    """COCO's file name of a picture: COCO_val2014_000000000042.jpg, or 000000000042.jpg without a 2014 subset."""
    name = f"{int(image):012d}.jpg"
    return f"COCO_{subset}_{name}" if subset.endswith(("2014", "2015")) else name


# ---- VQA v1 and v2 --------------------------------------------------------------------------------------------------


def _vqa_annotations(content: Content) -> Path:
    """The file of answers that belongs to a file of questions, by name or as given."""
    if content.companion is not None:
        return content.companion
    name = content.path.name
    guesses = [
        re.sub(r"(OpenEnded|MultipleChoice)_", "", name).replace("questions", "annotations"),
        name.replace("questions", "annotations").replace("Questions", "Annotations"),
    ]
    for guess in guesses:
        if guess != name and (content.path.parent / guess).is_file():
            return content.path.parent / guess
    raise SetError(
        f"{content.path} has questions without answers, and {guesses[0]} is not beside it.",
        "Name the file of answers with --annotations FILE.",
    )


def _vqa(content: Content) -> Iterator[Item]:
    path = _vqa_annotations(content)
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetError(f"The answers {path} cannot be read: {error}.", "Give VQA's annotations JSON.") from error
    if not has(answers, "annotations"):
        raise SetError(f"{path} is no VQA annotations JSON: it has no `annotations`.", "Give the file of answers.")
    known = {annotation["question_id"]: annotation for annotation in answers["annotations"]}
    subset = str(content.document.get("data_subtype") or answers.get("data_subtype") or "")
    for row in content.document["questions"]:
        annotation = known.get(row["question_id"])
        if annotation is None:
            raise SetError(f"{path} has no answer to question {row['question_id']}.", "Give the answers of this set.")
        yield QuestionItem(
            id=str(row["question_id"]),
            files=(coco_picture(row["image_id"], subset),),
            kind=str(annotation.get("answer_type") or ""),
            question=str(row["question"]),
            answers=tuple(str(given["answer"]) for given in annotation["answers"]),
        )


# ---- GQA, A-OKVQA, easy-VQA, VGGSound -------------------------------------------------------------------------------


def _gqa(content: Content) -> Iterator[Item]:
    for identity, row in content.document.items():
        if "answer" not in row:
            raise SetError(f"{content.path} has no answers (a test split).", "Measure on train, val or testdev.")
        yield QuestionItem(
            id=str(identity),
            files=(f"{row['imageId']}.jpg",),
            kind=str((row.get("types") or {}).get("structural") or ""),
            question=str(row["question"]),
            answers=(str(row["answer"]),),
        )


def _a_okvqa(content: Content, choose: bool) -> Iterator[Item]:
    for row in content.document:
        if row.get("correct_choice_idx") is None:
            raise SetError(f"{content.path} has no answers (the test split).", "Measure on train or val.")
        choices = tuple(str(choice) for choice in row["choices"]) if choose else ()
        yield QuestionItem(
            id=str(row["question_id"]),
            files=(coco_picture(row["image_id"]),),
            kind="choice" if choose else "direct",
            question=str(row["question"]),
            answers=tuple(str(given) for given in row["direct_answers"]),
            choices=choices,
            answer=choices[row["correct_choice_idx"]] if choose else "",
        )


def _is_a_okvqa(content: Content) -> bool:
    document = content.document
    return isinstance(document, list) and bool(document) and has(document[0], "question", "choices", "image_id")


def _easy_vqa(content: Content) -> Iterator[Item]:
    for number, (question, answer, image) in enumerate(content.document):
        yield QuestionItem(
            id=str(number),
            files=(f"images/{int(image)}.png",),
            kind="yes/no" if answer in ("yes", "no") else "shape" if answer in EASY_VQA_SHAPES else "color",
            question=str(question),
            answers=(str(answer),),
        )


def _is_easy_vqa(content: Content) -> bool:
    document = content.document
    if not isinstance(document, list) or not document or not isinstance(document[0], list):
        return False
    return [type(value) for value in document[0]] == [str, str, int]


def _vgg_sound_row(line: str) -> list[str] | None:
    row = next(csv.reader([line]))
    fits = len(row) == 4 and YOUTUBE_ID.fullmatch(row[0]) and row[1].isdigit() and row[3] in ("train", "test")
    return row if fits else None


def _vgg_sound(content: Content) -> Iterator[Item]:
    for number, line in enumerate(content.lines, 1):
        row = _vgg_sound_row(line)
        if row is None:
            raise ValueError(f"line {number} is not a YouTube id, a start in seconds, a label and train or test")
        yield QuestionItem(
            id=f"{row[0]}_{row[1]}",
            files=(f"{row[0]}_{int(row[1]):06d}.mp4",),
            group=row[3],
            kind="sound",
            question="What can be heard?",
            answers=(row[2],),
        )


def _is_gqa(content: Content) -> bool:
    if not isinstance(content.document, Mapping) or not content.document:
        return False
    first: Any = next(iter(content.document.values()))
    return has(first, "imageId", "question")


FORMATS = (
    Format(
        "vqa",
        "VQA v1/v2: the questions JSON (questions: image_id, question, question_id), its annotations JSON beside it",
        lambda content: (
            has(content.document, "questions")
            and any(has(each, "question_id", "image_id") for each in content.document["questions"][:1])
        ),
        _vqa,
    ),
    Format("gqa", "GQA questions JSON: id -> imageId, question, answer, types", _is_gqa, _gqa),
    Format(
        "a-okvqa",
        "A-OKVQA JSON, asked with its choices: image_id, question, choices, correct_choice_idx, direct_answers",
        _is_a_okvqa,
        lambda content: _a_okvqa(content, choose=True),
    ),
    Format(
        "a-okvqa-direct",
        "the same, asked without choices (chosen by name only)",
        lambda content: False,
        lambda content: _a_okvqa(content, choose=False),
    ),
    Format("easy-vqa", "easy-VQA questions.json: [question, answer, image number] lists", _is_easy_vqa, _easy_vqa),
    Format(
        "vggsound",
        "VGGSound CSV: YouTube id, start in seconds, label, train or test; clips are ID_START.mp4, six digits",
        lambda content: bool(content.lines) and _vgg_sound_row(content.lines[0]) is not None,
        _vgg_sound,
    ),
)
