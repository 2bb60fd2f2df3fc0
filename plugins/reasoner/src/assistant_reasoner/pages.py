"""What was read in documents, as pages of lines and cells, whether it was written or scanned. Not for answering: see
documents.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from assistant.context import Snapshot
from assistant.types import IMAGE, Kind, Observation, Part

TEXT_KIND: Final = "document_text"
FACTS_KIND: Final = "document_facts"
LEAST_READ: Final = 0.15
"""Confidence below which a line of a scan is no line."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page, slide, sheet or chapter, as lines."""

    number: int
    unit: str
    title: str
    lines: tuple[Observation, ...]
    """Each cell of a table by itself, placed in its row and column."""
    rows: tuple[Observation, ...]
    """The lines whole."""


@dataclass(slots=True)
class Reader:
    """The documents that a question is about."""

    context: Snapshot
    parts: tuple[Part, ...]
    leaves: list[Leaf] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    """Id of a line -> id of the observation that it was read from."""

    def __post_init__(self) -> None:
        for part in self.parts:
            self.leaves += self._leaves(part)

    @property
    def facts(self) -> Observation | None:
        """What is known of the document as a whole."""
        return next((seen for part in self.parts for seen in self.context.of(FACTS_KIND, part=part.digest)), None)

    @property
    def name(self) -> str:
        """What to call it."""
        return self.parts[0].name if len(self.parts) == 1 else "the documents"

    def _leaves(self, part: Part) -> Iterator[Leaf]:
        texts: dict[int, list[Observation]] = {}
        for seen in self.context.observations:
            if seen.part == part.digest and not seen.kind.endswith("_facts"):
                texts.setdefault(_page_of(seen.data), []).append(seen)
        scans: dict[int, list[Observation]] = {}
        for image in self.context.parts:
            if image.parent == part.digest and image.modality == IMAGE:
                lines = [
                    seen for seen in self.context.of(Kind.TEXT_LINE, part=image.digest) if seen.confidence >= LEAST_READ
                ]
                scans.setdefault(_page_of(image.facts), []).extend(lines)
        for number in sorted({*texts, *scans}):
            pieces = texts.get(number, [])
            first = pieces[0].data if pieces else {}
            rows = [row for piece in pieces for row in self._rows(piece)]
            cells = [cell for row, line in rows for cell in self._cells(row, line, len(rows))]
            read = scans.get(number, [])
            self.origins |= {line.id: line.id for line in read}
            title = str(first.get("title") or "")
            unit = str(first.get("unit") or "page")
            yield Leaf(number, unit, title, (*cells, *read), (*(row for row, _ in rows), *read))

    def _rows(self, piece: Observation) -> Iterator[tuple[Observation, str]]:
        """Each line without the empty cells at its ends, and as it stands."""
        origin = piece.id
        for order, line in enumerate(piece.text.splitlines()):
            row = Observation(
                kind=Kind.TEXT_LINE,
                text=line.strip(" |"),
                confidence=piece.confidence,
                part=f"{piece.part}#{_page_of(piece.data)}",
                data={"order": order, "piece": piece.data.get("piece", 1)},
                derived_from=(origin,),
            )
            self.origins[row.id] = origin
            yield row, line

    def _cells(self, row: Observation, line: str, count: int) -> Iterator[Observation]:
        cells = re.split(r"(?:^| )\| ?", line)
        if len(cells) < 2:
            yield row
            return
        order = row.data["order"]
        for place, text in enumerate(cells):
            if not text.strip():
                continue
            box = (place / len(cells), (order + 0.1) / count, (place + 0.9) / len(cells), (order + 0.9) / count)
            cell = replace(row, text=text, box=(box[0], min(1.0, box[1]), box[2], min(1.0, box[3])))
            self.origins[cell.id] = row.derived_from[0]
            yield cell


def _page_of(about: object) -> int:
    page = about.get("page") if hasattr(about, "get") else None
    return page if isinstance(page, int) else 1
