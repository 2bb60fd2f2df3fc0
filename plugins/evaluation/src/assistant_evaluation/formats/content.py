"""A set's file, parsed as JSON, JSON lines or lines of text; and the errors of reading one. Knows no format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant_evaluation.items import Item

SET_BYTES = 1 << 30
"""Largest file that is read: VQAv2's annotations have 0.35 GiB."""


class SetError(AssistantError):
    """A set cannot be read, or cannot be measured as asked."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a set's file holds. Exactly one of `document`, `rows` and `lines` is what the file is."""

    path: Path
    document: Any = None
    """The JSON value, where the file is one."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """The objects, where the file has one JSON object a line."""
    lines: tuple[str, ...] = ()
    """The lines that are not blank, where the file is plain text."""
    companion: Path | None = None
    """A second file of the set, named by the person: the answers to the questions."""

    @property
    def first(self) -> Mapping[str, Any]:
        """The first row; empty if it has no rows."""
        return self.rows[0] if self.rows else {}


def parse(path: Path, companion: Path | None = None) -> Content:
    """Read and parse a set's file.

    Raises:
        SetError: it is not there, too large, empty or not text.
    """
    try:
        if path.stat().st_size > SET_BYTES:
            raise SetError(f"{path} has over {SET_BYTES >> 20} MiB.", "Split it into several sets.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetError(f"The set {path} cannot be read: {reason}.", "Give the path of a set's file.") from error
    except UnicodeDecodeError as error:
        raise SetError(f"{path} is not text in UTF-8.", "Give a set's file, not a picture or an archive.") from error
    lines = tuple(line.rstrip("\r\n") for line in text.split("\n") if line.strip())
    if not lines:
        raise SetError(f"{path} is empty.", "Give a set with at least one item.")
    if text.lstrip()[0] not in "[{":
        return Content(path, lines=lines, companion=companion)
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        rows = _rows(path, lines)
        return Content(path, rows=rows, companion=companion) if rows else Content(path, lines=lines)
    if isinstance(document, dict) and len(lines) == 1:  # a set of one line, or a document without line breaks
        return Content(path, document=document, rows=(document,), companion=companion)
    return Content(path, document=document, companion=companion)


def _rows(path: Path, lines: tuple[str, ...]) -> tuple[Mapping[str, Any], ...]:
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            if number == 1:
                return ()
            raise SetError(f"Line {number} of {path} is not JSON: {error.msg}.", "Mend or remove the line.") from error
        if not isinstance(row, dict):
            raise SetError(f"Line {number} of {path} is not a JSON object.", "Put one object on each line.")
        rows.append(row)
    return tuple(rows)


def has(value: object, *keys: str) -> bool:
    """Whether it is a mapping with all these keys."""
    return isinstance(value, Mapping) and all(key in value for key in keys)


@dataclass(frozen=True, slots=True)
class Format:
    """One layout of a set."""

    name: str
    """As `--format` says it."""
    describes: str
    """The layout in one line, for `assistant eval --list` and for errors."""
    recognises: Callable[[Content], bool]
    """Whether a file looks like it; False for one that is only chosen by name."""
    read: Callable[[Content], Iterable[Item]]
    """The items; raises KeyError, TypeError, ValueError or IndexError where the file departs from the layout."""
