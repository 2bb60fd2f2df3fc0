"""Reads pairs of label and value out of lines of text by where they stand: menus, receipts, timetables, forms, signs.

Pure functions over text_line observations. Which pair answers a question is decided in keyvalue.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.types import Box, Observation
from assistant_reasoner.execute.values import values
from assistant_reasoner.programs import ValueKind

SAME_ROW: Final = 0.5
"""Overlap of two lines' heights, as a share of the lower one, from which they stand in one row."""
BELOW: Final = 1.6
"""Heights of a label between it and the line under it up to which that is its value."""
_LEADERS: Final = re.compile(r"(?:[.·…_=] ?){3,}|[-–—]{3,}| {3,}|(?<=\w): ?|(?<=\s)[:=|] ?|\t")


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of one line: a label, or a typed value."""

    text: str
    line: Observation
    left: float
    right: float
    is_value: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A value with the labels that stand by it."""

    value: str
    line: Observation
    """The line of the value."""
    label: str
    """What stands to its left, back to the value before; "" if nothing does."""
    after: str
    """What stands to its right, up to the next value."""
    row: str
    """All labels of its row."""
    above: str
    """The label right above it; "" if there is none."""
    header: str
    """The head of its column; "" without one."""
    label_line: Observation | None
    above_line: Observation | None


def rows(lines: Sequence[Observation]) -> list[list[Observation]]:
    """Lines that stand side by side, left to right; rows from top to bottom. Lines without a box are rows alone."""
    placed = sorted((line for line in lines if line.box), key=lambda line: _middle(line.box))
    found: list[list[Observation]] = []
    for line in placed:
        row = next((row for row in reversed(found[-3:]) if _beside(row[-1], line) or _beside(row[0], line)), None)
        if row is None:
            found.append([line])
        else:
            row.append(line)
    for row in found:
        row.sort(key=lambda line: line.box[0] if line.box else 0.0)
    return found + [[line] for line in lines if not line.box]


def pairs(lines: Sequence[Observation], kind: ValueKind) -> list[Pair]:
    """Every value of a kind with its labels; of kind "text", whatever stands right of or under a label."""
    table = [[cell for line in row for cell in cells(line, kind)] for row in rows(lines)]
    found: list[Pair] = []
    for index, row in enumerate(table):
        labels = [cell for cell in row if not cell.is_value]
        for place, cell in enumerate(row):
            if kind == "text":
                if place == 0 or _heads(row, table[index + 1 : index + 2]):
                    continue
            elif not cell.is_value:
                continue
            before: list[Cell] = []
            for other in reversed(row[:place]):
                if other.is_value:
                    if before:
                        break
                    continue
                before.insert(0, other)
                if kind == "text":
                    break
            after: list[Cell] = []
            for other in row[place + 1 :] if kind != "text" else ():
                if other.is_value:
                    break
                after.append(other)
            above = _above(cell, table[:index])
            found.append(
                Pair(
                    cell.text,
                    cell.line,
                    " ".join(one.text for one in before),
                    " ".join(one.text for one in after),
                    " ".join(one.text for one in labels if one is not cell),
                    above.text if above else "",
                    _header(cell, table[:index]),
                    before[-1].line if before else after[0].line if after else labels[0].line if labels else None,
                    above.line if above else None,
                )
            )
        for cell in row if kind == "text" else ():
            above = _above(cell, table[:index])
            if above:
                found.append(Pair(cell.text, cell.line, "", "", "", above.text, "", None, above.line))
    return found


def cells(line: Observation, kind: ValueKind) -> list[Cell]:
    """A line cut into labels and the values of a kind, or at its colon or leaders."""
    text = line.text.strip()
    pieces: list[tuple[int, int, bool]] = []
    start = 0
    for value in values(text, kind):
        pieces += [(start, value.start, False), (value.start, value.end, True)]
        start = value.end
    pieces.append((start, len(text), False))
    found = []
    for begin, end, is_value in pieces:
        if is_value:
            found.append(_cell(line, text, begin, end, is_value=True))
            continue
        for part_begin, part_end in _cut(text, begin, end):
            cell = _cell(line, text, part_begin, part_end, is_value=False)
            if re.search(r"\w", cell.text):
                found.append(cell)
    return found


def _cut(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    cuts, start = [], begin
    for match in _LEADERS.finditer(text, begin, end):
        cuts.append((start, match.start()))
        start = match.end()
    return [*cuts, (start, end)]


def _cell(line: Observation, text: str, begin: int, end: int, *, is_value: bool) -> Cell:
    box = line.box or (0.0, 0.0, 1.0, 1.0)
    width = (box[2] - box[0]) / max(1, len(text))
    shown = text[begin:end].strip(" .:·…_=|-–—" if not is_value else " ")
    return Cell(shown, line, box[0] + begin * width, box[0] + end * width, is_value)


def _above(cell: Cell, table: Sequence[Sequence[Cell]]) -> Cell | None:
    """The label in the row above that begins where the cell does, if no value of its own stands beside it."""
    if not table or not cell.line.box:
        return None
    high = cell.line.box[3] - cell.line.box[1]
    for other in table[-1]:
        box = other.line.box
        if box is None or other.is_value or any(one.is_value for one in table[-1]):
            continue
        near = cell.line.box[1] - box[3] <= BELOW * max(high, box[3] - box[1])
        aligned = abs(other.left - cell.left) <= 2.5 * high or abs(_mid(other) - _mid(cell)) <= 2 * high
        if near and aligned:
            return other
    return None


def _heads(row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    """Whether a row is the head of a table: three and more lines side by side, each with one under it."""
    if len({cell.line.id for cell in row}) < 3 or not below:
        return False
    return all(
        any(abs(cell.left - other.left) < 0.03 or abs(_mid(cell) - _mid(other)) < 0.03 for other in below[0])
        for cell in row
    )


def _header(cell: Cell, table: Sequence[Sequence[Cell]]) -> str:
    """The text of the nearest row above of two and more labels and no value, where it stands over the cell."""
    for row in reversed(table):
        if len(row) < 2 or any(one.is_value or values(one.text, "any") for one in row):
            continue
        nearest = min(row, key=lambda one: abs(_mid(one) - _mid(cell)))
        over = min(nearest.right, cell.right) - max(nearest.left, cell.left)
        if over > 0 or abs(_mid(nearest) - _mid(cell)) < 0.08:
            return nearest.text
    return ""


def _mid(cell: Cell) -> float:
    return (cell.left + cell.right) / 2


def _middle(box: Box | None) -> float:
    return (box[1] + box[3]) / 2 if box else 0.0


def _beside(first: Observation, second: Observation) -> bool:
    if first.box is None or second.box is None:
        return False
    shared = min(first.box[3], second.box[3]) - max(first.box[1], second.box[1])
    least = min(first.box[3] - first.box[1], second.box[3] - second.box[1])
    apart = second.box[0] >= first.box[2] - 0.01 or second.box[2] <= first.box[0] + 0.01
    return apart and least > 0 and shared / least >= SAME_ROW
