"""Answers about lines by their place and size: how many, the title, the one after another. Values: keyvalue.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from assistant.types import Observation
from assistant_reasoner.execute.layout import rows
from assistant_reasoner.execute.values import values
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Read

LIKE: Final = 0.75
"""Likeness (Ratcliff and Obershelp) from which a line is the one that was quoted, misread here or there."""
AS_LARGE: Final = 0.8
"""Share of the largest letters' height from which a line belongs to the title too."""
STANDS_OUT: Final = 1.25
"""How many times the next lines' height the largest has where one may be sure that it is the title."""


def by_place(program: Read, lines: Sequence[Observation], world: World) -> Reply:
    """The answer to a `Read` that asks for lines by their place, count or size; `lines` in reading order, not empty."""
    if program.ask in ("lines", "words"):
        return _count(program, lines, world)
    if program.ask in ("title", "brand"):
        return _largest(program, lines, world)
    if program.ask in ("after", "before"):
        return _neighbour(program, lines, world)
    return _nth(program, lines, world)


def _count(program: Read, lines: Sequence[Observation], world: World) -> Reply:
    number = len(rows(lines)) if program.ask == "lines" else sum(len(_words(line.text)) for line in lines)
    sure = 0.9
    for line in lines:
        sure *= line.confidence ** (1 / 3)  # a doubtful line may be none, or two
    text = world.say("read_lines", count=world.say.count(number, program.ask.removesuffix("s")))
    return Reply((said(text, *(line.id for line in lines)),), str(number), max(0.3, sure))


def _largest(program: Read, lines: Sequence[Observation], world: World) -> Reply:
    """The largest text; of lines as large that follow one another, all."""
    wordy = [line for line in lines if re.search(r"[^\W\d]{2}", line.text) and not values(line.text, "any")] or list(
        lines
    )
    sizes = {line.id: _height(line) for line in wordy}
    largest = max(sizes.values())
    first = next(index for index, line in enumerate(wordy) if sizes[line.id] >= AS_LARGE * largest)
    chosen = [wordy[first]]
    alike = sum(size >= AS_LARGE * largest for size in sizes.values())
    for line in wordy[first + 1 :] if 2 * alike <= len(wordy) else ():
        if sizes[line.id] < AS_LARGE * largest or program.ask == "brand" or len(chosen) >= 4:
            break
        chosen.append(line)
    if program.ask == "brand":
        chosen = [next(line for line in wordy if sizes[line.id] >= 0.95 * largest)]
    rest = [size for line in wordy if line not in chosen for size in (sizes[line.id],)]
    clear = not rest or largest >= STANDS_OUT * max(rest)
    sure = (
        min(line.confidence for line in chosen) * (0.85 if clear else 0.55) * (1.0 if program.ask == "title" else 0.8)
    )
    whole = " ".join(line.text for line in chosen)
    text = world.say(f"read_{program.ask}", text=world.say.quote(whole, 200))
    return Reply((said(text, *(line.id for line in chosen)),), whole, sure)


def _neighbour(program: Read, lines: Sequence[Observation], world: World) -> Reply:
    ordered = rows(lines) if all(line.box for line in lines) else [[line] for line in lines]
    wanted = _plain(program.wanted)
    scored = [(_fit(wanted, _plain(" ".join(line.text for line in row))), index) for index, row in enumerate(ordered)]
    score, index = max(scored, key=lambda pair: (pair[0], -pair[1]))
    if score < LIKE:
        return abstain(world, world.say("read_no_line", text=world.say.quote(program.wanted, 80)).rstrip("."))
    other = index + (1 if program.ask == "after" else -1)
    if not 0 <= other < len(ordered):
        count = world.say.count(len(ordered), "line")
        return abstain(world, world.say("read_too_few", count=count).rstrip("."))
    found, from_ = ordered[other], ordered[index]
    whole = " ".join(line.text for line in found)
    start = " ".join(line.text for line in from_)
    sure = 0.85 * score * min(line.confidence for line in (*found, *from_))
    text = world.say(f"read_{program.ask}", line=world.say.quote(start, 80), text=world.say.quote(whole, 200))
    return Reply((said(text, *(line.id for line in (*from_, *found))),), whole, sure)


def _nth(program: Read, lines: Sequence[Observation], world: World) -> Reply:
    if program.ask == "word":
        items: list[tuple[str, tuple[Observation, ...]]] = [
            (word, (line,)) for line in lines for word in _words(line.text)
        ]
    else:
        items = [(" ".join(line.text for line in row), tuple(row)) for row in rows(lines)]
    place = program.index - 1 if program.index > 0 else len(items) + program.index
    if not 0 <= place < len(items):
        return abstain(world, world.say("read_too_few", count=world.say.count(len(items), program.ask)).rstrip("."))
    whole, seen = items[place]
    text = world.say("read_nth", text=world.say.quote(whole, 200))
    return Reply((said(text, *(line.id for line in seen)),), whole, 0.85 * min(line.confidence for line in seen))


def _fit(wanted: str, text: str) -> float:
    if wanted and f" {wanted} " in f" {text} ":
        return 1.0
    return max(
        SequenceMatcher(None, wanted, text).ratio(),
        max((SequenceMatcher(None, wanted, word).ratio() for word in text.split() if " " not in wanted), default=0.0)
        - 0.05,
    )


def _height(line: Observation) -> float:
    """Height of the letters, from the corners where they are known, so that slanting lines do not count as taller."""
    corners = line.data.get("polygon")
    if isinstance(corners, list | tuple) and len(corners) == 4 and line.data.get("rotation") in (0, 180):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
        return float(((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5 + ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5) / 2
    if line.box is None:
        return 0.01
    wide, high = line.box[2] - line.box[0], line.box[3] - line.box[1]
    return wide if line.data.get("rotation") in (90, 270) else high


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’.,@&%$€£-]*\w[\w'’.,@&%$€£-]*", text)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
