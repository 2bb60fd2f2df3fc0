"""Layouts of yes/no and true/false sets: POPE, VSR, NLVR and NLVR2. All have one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant_evaluation.formats.content import Content, Format, has
from assistant_evaluation.items import Item, QuestionItem

TRUTH = {"true": "true", "1": "true", "false": "false", "0": "false"}
POPE_PART = re.compile(r"random|popular|adversarial")


def statement(text: str) -> str:
    """How a statement is put to the assistant."""
    return f"True or false: {text}"


def _pope(content: Content) -> Iterator[Item]:
    part = POPE_PART.search(content.path.stem)
    for row in content.rows:
        yield QuestionItem(
            id=str(row["question_id"]),
            files=(str(row["image"]),),
            group=f"POPE {part[0]}" if part else "POPE",
            kind="yes/no",
            question=str(row["text"]),
            answers=(str(row["label"]),),
        )


def _vsr(content: Content) -> Iterator[Item]:
    for number, row in enumerate(content.rows, 1):
        yield QuestionItem(
            id=str(number),
            files=(str(row["image"]),),
            kind=str(row.get("relation") or ""),
            question=statement(row["caption"]),
            answers=(TRUTH[str(row["label"]).lower()],),
        )


def _nlvr2(content: Content) -> Iterator[Item]:
    for row in content.rows:
        identity = str(row["identifier"])
        pair = identity.rsplit("-", 1)[0]  # the identifier's last number is the sentence's, not the pictures'
        files = tuple(f"{pair}-img{side}.png" for side in (0, 1))
        if row.get("directory") not in (None, ""):
            files = tuple(f"{row['directory']}/{file}" for file in files)
        yield QuestionItem(
            id=identity,
            files=files,
            kind="two pictures",
            question=statement(row["sentence"]),
            answers=(TRUTH[str(row["label"]).lower()],),
        )


def _nlvr(content: Content) -> Iterator[Item]:
    split = content.path.stem
    for row in content.rows:
        identity = str(row["identifier"])
        picture = f"{split}-{identity}-0.png"  # 0 of six drawings that differ only in the order of the boxes
        directory = row.get("directory")
        yield QuestionItem(
            id=identity,
            files=(f"{directory}/{picture}" if directory not in (None, "") else picture,),
            kind="drawing",
            question=statement(row["sentence"]),
            answers=(TRUTH[str(row["label"]).lower()],),
        )


def _is_nlvr(content: Content, pictures: int) -> bool:
    if not has(content.first, "sentence", "label", "identifier"):
        return False
    drawn = "structured_rep" in content.first or re.fullmatch(r"\d+-\d+", str(content.first["identifier"]))
    return bool(drawn) == (pictures == 1)


def _is_vsr(content: Content) -> bool:
    return has(content.first, "image", "caption", "label") and str(content.first["label"]).lower() in TRUTH


FORMATS = (
    Format(
        "pope",
        "POPE JSON lines: question_id, image, text, label (yes or no)",
        lambda content: has(content.first, "question_id", "image", "text", "label"),
        _pope,
    ),
    Format("vsr", "VSR JSON lines: image, caption, label (0 or 1), relation", _is_vsr, _vsr),
    Format(
        "nlvr2",
        "NLVR2 JSON lines: identifier, sentence, label; pictures SPLIT-SET-PAIR-img0.png and -img1.png",
        lambda content: _is_nlvr(content, 2),
        _nlvr2,
    ),
    Format(
        "nlvr",
        "NLVR JSON lines: identifier, sentence, label; pictures DIRECTORY/SET-IDENTIFIER-0.png, SET the set's name",
        lambda content: _is_nlvr(content, 1),
        _nlvr,
    ),
)
