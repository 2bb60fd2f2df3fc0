"""Perceives text in pictures, upright and in reading order. Not for understanding what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Box, Kind, Observation
from assistant_vision.boxes import clip
from assistant_vision.calibration import Platt
from assistant_vision.pixels import RGB
from assistant_vision.reader import Reader
from assistant_vision.reading import paragraphs, reading_order
from assistant_vision.stacking import letter, stacks
from assistant_vision.turning import (
    TURNS,
    Quad,
    Turn,
    cut,
    is_tall,
    length,
    skew,
    straightened,
    thickness,
    upright_quad,
)

PROBES: Final = 5
"""Longest lines that are read both ways up to find out which way the text stands."""
SURE: Final = 0.9
"""Mean certainty of lines from which nobody need try them upside down; upside-down print stays under 0.8."""
BATCH: Final = 12
"""Lines recognised between two checks for cancellation."""


READ_RIGHT: Final = Platt(slope=0.9, offset=-2.0)
"""That every character of a line is right, from their mean probability; fitted by scripts/calibrate_text.py."""
ON_PAGE: Final = 3
"""Letters that being on a page is worth as evidence for a line: a single figure in a table is reported."""
PAGE: Final = 5
"""Sure lines of three and more letters from which a picture is a page of text."""


@dataclass(frozen=True, slots=True)
class TextOptions:
    """Options of `vision_text`."""

    least: float = field(
        default=0.7,
        metadata={
            "description": (
                "Probability of being writing times mean probability of its characters under which a line is dropped."
            )
        },
    )
    most: int = field(
        default=300,
        metadata={"description": "Lines read of one picture at most, the largest first."},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read."""

    text: str
    score: float
    """Mean probability of its characters."""
    quad: Quad
    turn: Turn

    @property
    def certainty(self) -> float:
        """As the function."""
        return certainty(self.text, self.score)


def there(text: str, *, page: bool = False) -> float:
    """Probability that a line is writing at all: 1 - 0.5 ** n of n letters and digits, 0 without any.

    Texture is read as one or two stray characters; on a page of text, where it is rare, a line counts as if it had
    ON_PAGE more.
    """
    signs = sum(character.isalnum() for character in text)
    return 1.0 - 0.5 ** (signs + ON_PAGE * page) if signs else 0.0


def certainty(text: str, score: float) -> float:
    """How sure a reading is, 0-1, for comparing readings: the mean probability of its characters, less for few."""
    return score * there(text)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines found on one picture, each read at most once in each direction."""

    rgb: RGB
    quads: Sequence[Quad]
    reader: Reader
    known: dict[tuple[int, Turn], tuple[str, float]] = field(default_factory=dict)
    """(index of the line, turn) -> text and score."""

    def read(self, wanted: Sequence[tuple[int, Turn]]) -> list[Line]:
        """Lines as they read in the wanted directions."""
        new = [(index, turn) for index, turn in wanted if (index, turn) not in self.known]
        self.known.update(
            zip(new, self.reader.read([cut(self.rgb, self.quads[i], turn) for i, turn in new]), strict=True)
        )
        lines = []
        for index, turn in wanted:
            text, score = self.known[index, turn]
            lines.append(Line(text, score, self.quads[index], turn))
        return lines

    def turn(self) -> Turn:
        """By how much the page must be turned for its text to stand upright.

        Whether the lines run across or down is seen from their boxes; of the two ways up that leaves, the one in which
        the longest lines read with more certainty is right.
        """
        tall = [is_tall(quad) for quad in self.quads]
        down = sum(tall) > len(tall) / 2
        probes = sorted(
            (index for index, flag in enumerate(tall) if flag == down), key=lambda index: -length(self.quads[index])
        )[:PROBES]
        ways: tuple[Turn, Turn] = (270, 90) if down else (0, 180)
        first = mean_certainty(self.read([(index, ways[0]) for index in probes]))
        if first >= SURE:
            return ways[0]
        second = mean_certainty(self.read([(index, ways[1]) for index in probes]))
        return ways[0] if first >= second else ways[1]

    def lines(self, indices: Sequence[int], turn: Turn) -> list[Line]:
        """Lines read in the page's direction; those that run across it both ways, the surer reading kept."""
        down = turn in (90, 270)
        athwart: list[Turn] = [way for way in TURNS if (way in (90, 270)) != down]
        wanted = [
            (index, way) for index in indices for way in (athwart if is_tall(self.quads[index]) != down else [turn])
        ]
        best: dict[int, Line] = {}
        for (index, _), line in zip(wanted, self.read(wanted), strict=True):
            if index not in best or line.certainty > best[index].certainty:
                best[index] = line
        return list(best.values())


def mean_certainty(lines: Sequence[Line]) -> float:
    """0 for no lines."""
    return float(np.mean([line.certainty for line in lines])) if lines else 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines in the order a person reads the page when it stands upright and straight."""

    lines: list[Line]
    blocks: list[int]
    """Number of the paragraph of each line, from 0."""
    skew: float
    """Degrees clockwise by which the lines slant once the page stands upright."""


def laid_out(lines: Sequence[Line], turn: Turn, width: int, height: int) -> Layout:
    """The lines in order, with letters that stand one under the other joined."""
    turned = [upright_quad(line.quad, turn, width, height) for line in lines]
    angle = skew(turned)
    boxes = [_bounds(straightened(quad, angle)) for quad in turned]
    joined = stacks([line.text for line in lines], boxes)
    inner = {index for column in joined for index in column}
    kept = [(line, box) for index, (line, box) in enumerate(zip(lines, boxes, strict=True)) if index not in inner]
    for column in joined:
        text = "".join(letter(lines[index].text) for index in column)
        score = float(np.mean([lines[index].score for index in column]))
        corners = np.concatenate([lines[index].quad for index in column])
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        quad = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
        bounds = np.array([boxes[index] for index in column])
        box = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
        kept.append((Line(text, score, quad, turn), box))
    order = reading_order([box for _, box in kept])
    return Layout(
        [kept[index][0] for index in order],
        paragraphs([kept[index][1] for index in order]),
        round(angle, 1),
    )


def _bounds(quad: Quad) -> Box:
    return (float(quad[:, 0].min()), float(quad[:, 1].min()), float(quad[:, 0].max()), float(quad[:, 1].max()))


class VisionText(Perceiver):
    """Lines of text, by RapidOCR (PP-OCRv6): any quarter turn, several columns, many scripts."""

    name = "vision_text"
    version = "2"
    consumes = (IMAGE,)
    produces = (Kind.TEXT_LINE,)
    requires = ("rapidocr", "onnxruntime", "cv2")
    Options = TextOptions
    memory_mb = 250
    deadline = 120.0

    def load(self, services: Services) -> None:
        """Read both networks."""
        self._options: TextOptions = services.options or TextOptions()
        self._reader: Reader | None = Reader(services.threads)

    def close(self) -> None:
        """Free the networks."""
        self._reader = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation a line, in reading order."""
        assert self._reader is not None
        rgb = task.image().rgb
        height, width = rgb.shape[:2]
        quads = self._reader.find(rgb)
        quads = sorted(quads, key=lambda quad: -float(np.ptp(quad[:, 0]) * np.ptp(quad[:, 1])))[: self._options.most]
        if not quads:
            return
        page = Page(rgb, quads, self._reader)
        turn = page.turn()
        lines: list[Line] = []
        similar = sorted(range(len(quads)), key=lambda index: length(quads[index]) / max(1.0, thickness(quads[index])))
        for start in range(0, len(quads), BATCH):
            task.check()
            lines += page.lines(similar[start : start + BATCH], turn)
        layout = laid_out(lines, turn, width, height)
        page_of_text = sum(line.certainty >= SURE for line in lines) >= PAGE
        told = [
            (line, block, there(line.text, page=page_of_text))
            for line, block in zip(layout.lines, layout.blocks, strict=True)
        ]
        told = [one for one in told if one[2] * one[0].score >= self._options.least]
        for order, (line, block, writing) in enumerate(told):
            corners = [[round(x / width, 4), round(y / height, 4)] for x, y in line.quad.tolist()]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            box: Box = clip((min(xs), min(ys), max(xs), max(ys)))
            yield task.observe(
                Kind.TEXT_LINE,
                line.text,
                writing * READ_RIGHT.probability(line.score),
                box=box,
                order=order,
                polygon=corners,
                rotation=line.turn,
                skew=layout.skew,
                score=round(line.score, 4),
                block=block,
            )
