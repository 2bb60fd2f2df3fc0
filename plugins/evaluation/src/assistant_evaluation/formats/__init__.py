"""Reads evaluation sets of many layouts into items; which layout a file has is found out from its content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant_evaluation.formats import coco, own, questions, speech, statements
from assistant_evaluation.formats.content import Content, Format, SetError, parse
from assistant_evaluation.items import EvaluationSet, Item

__all__ = ["AUTO", "FORMATS", "Format", "SetError", "read_set"]

AUTO = "auto"
FORMATS: tuple[Format, ...] = (
    *statements.FORMATS,
    *questions.FORMATS,
    *coco.FORMATS,
    *speech.FORMATS,
    *own.FORMATS,
)
"""All layouts, those that are told apart most surely first."""


def read_set(path: Path, name: str = AUTO, companion: Path | None = None) -> EvaluationSet:
    """The items of a set.

    Args:
        path: the set's file.
        name: a format's name, or auto.
        companion: a second file, where the set has one (VQA's answers).

    Raises:
        SetError: names the file, what was expected and what mends it.
    """
    content = parse(path, companion)
    layout = _layout(content, name)
    try:
        items = tuple(layout.read(content))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SetError(
            f"{path} is not in the format {layout.name}: {what}.", f"Expected: {layout.describes}."
        ) from error
    if not items:
        raise SetError(f"{path} holds no item that can be measured.", f"Expected: {layout.describes}.")
    return EvaluationSet(path.name, layout.name, _distinct(items))


def _layout(content: Content, name: str) -> Format:
    if name == AUTO:
        for each in FORMATS:
            if each.recognises(content):
                return each
        names = ", ".join(each.name for each in FORMATS)
        raise SetError(
            f"The format of {content.path} is not known; expected is one of {names}.",
            "`assistant eval --list` describes each; choose one with --format.",
        )
    for each in FORMATS:
        if each.name == name:
            return each
    raise SetError(f"There is no format {name}.", f"Choose auto or one of: {', '.join(each.name for each in FORMATS)}.")


def _distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same items with ids that occur once: a repeated one gets its number of occurrence."""
    seen: dict[str, int] = {}
    distinct = []
    for item in items:
        seen[item.id] = seen.get(item.id, 0) + 1
        distinct.append(item if seen[item.id] == 1 else replace(item, id=f"{item.id}#{seen[item.id]}"))
    return tuple(distinct)
