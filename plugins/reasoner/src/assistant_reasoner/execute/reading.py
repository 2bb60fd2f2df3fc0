"""Answers about writing in a picture and about the file itself: size, brightness, sharpness. The scene: sight.py."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from assistant.fusion.align import containment, place
from assistant.types import Kind, Observation
from assistant_reasoner.execute.find import POSSIBLE, in_region
from assistant_reasoner.execute.keyvalue import READ_FROM
from assistant_reasoner.execute.lines import by_place
from assistant_reasoner.execute.passage import mentioning
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain, called
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Facts, Read

SLIP: Final = 0.85
"""Likeness (Ratcliff and Obershelp) from which words are taken to be misread by a letter or so."""
MISREAD: Final = 0.75
"""Factor on the confidence then."""

# ---- reading ----------------------------------------------------------------------------------------------------


def read(program: Read, scene: Scene, world: World) -> Reply:
    """What does it say?"""
    say = world.say
    lines = [line for picture in scene.pictures for line in picture.lines if line.confidence >= READ_FROM]
    part = scene.pictures[0].part if scene.pictures else scene.part
    if not lines:
        if not world.able(Kind.TEXT_LINE, part):
            return abstain(world, world.reason(Kind.TEXT_LINE, part, scene.name))
        if program.wanted:
            return Reply((said(say("read_word_none", name=scene.name, text=say.quote(program.wanted))),), "no", 0.8)
        return Reply(
            (said(say("read_none", name=scene.name)),),
            "no" if program.ask == "presence" else None,
            0.8,
            abstained=False,
        )
    if scene.is_video:
        lines = list({line.text.casefold(): line for line in lines}.values())
    holder_name = ""
    if program.holder is not None:
        held = _on(program, scene, world, lines)
        named = mentioning(program.holder.words, world) if not held and program.ask == "number" else ()
        if held:
            holder_name, lines = held
        elif named:
            lines = list(named)
    elif program.region:
        lines = [line for line in lines if line.box and in_region(program.region, line.box)] or lines
    if program.ask in ("title", "brand", "lines", "words", "line", "word", "after", "before"):
        return by_place(program, lines, world)
    if program.wanted:
        return _wanted(program.wanted, lines, world)
    if program.ask == "number":
        return _numbers(lines, world)
    text = "\n".join(line.text for line in lines)
    sure = sum(line.confidence * len(line.text) for line in lines) / max(1, sum(len(line.text) for line in lines))
    ids = tuple(line.id for line in lines)
    if program.ask == "presence":
        return Reply(
            (said(say("read_yes", text=say.quote(text, 200)), *ids),), "yes", max(line.confidence for line in lines)
        )
    first = (
        say("read_on", holder=holder_name, text=say.quote(text)) if holder_name else say("read", text=say.quote(text))
    )
    return Reply((said(first, *ids), said(say("read_sure", sure=say.percent(sure)))), " ".join(text.split()), sure)


def _on(
    program: Read, scene: Scene, world: World, lines: Sequence[Observation]
) -> tuple[str, list[Observation]] | None:
    assert program.holder is not None
    for match in search(program.holder, scene, world).sure(POSSIBLE):
        inside = [
            line
            for line in lines
            if line.box and line.part == match.seen.part and containment(line.box, match.box) >= 0.5
        ]
        if inside:
            return called(program.holder), inside
    return None


def _wanted(wanted: str, lines: Sequence[Observation], world: World) -> Reply:
    plain = re.sub(r"\W+", " ", wanted.casefold()).strip()
    for line in lines:
        if f" {plain} " in f" {re.sub(r'[^0-9a-zA-Z_À-￿]+', ' ', line.text.casefold())} ":
            spot = world.say.place(place(line.box)) if line.box else ""
            text = world.say(
                "read_word_yes", text=world.say.quote(line.text), where=spot, sure=world.say.percent(line.confidence)
            )
            return Reply((said(text, line.id),), "yes", line.confidence)
    slip = _misread(plain, lines)
    if slip is not None:
        line, like = slip
        spot = world.say.place(place(line.box)) if line.box else ""
        sure = like * MISREAD * line.confidence
        text = world.say("read_word_yes", text=world.say.quote(line.text), where=spot, sure=world.say.percent(sure))
        return Reply((said(text, line.id),), "yes", sure)
    joined = " ".join(line.text for line in lines)
    ids = tuple(line.id for line in lines)
    if plain in re.sub(r"\W+", " ", joined.casefold()):
        return Reply(
            (
                said(
                    world.say(
                        "read_word_yes", text=world.say.quote(joined, 200), where="", sure=world.say.percent(0.7)
                    ),
                    *ids,
                ),
            ),
            "yes",
            0.7,
        )
    text = world.say("read_word_no", text=world.say.quote(wanted), read=world.say.quote(joined, 200))
    return Reply((said(text, *ids),), "no", 0.75)


def _misread(wanted: str, lines: Sequence[Observation]) -> tuple[Observation, float] | None:
    """The line that has the wanted words but for a letter or so, and how like they are."""
    count = len(wanted.split())
    if len(wanted) < 5:
        return None
    best: tuple[Observation, float] | None = None
    for line in lines:
        words = re.findall(r"\w+", line.text.casefold())
        for start in range(max(1, len(words) - count + 1)):
            like = SequenceMatcher(None, wanted, " ".join(words[start : start + count])).ratio()
            if like >= SLIP and (best is None or like > best[1]):
                best = (line, like)
    return best


def _numbers(lines: Sequence[Observation], world: World) -> Reply:
    numbered = [(line, number) for line in lines for number in re.findall(r"[$€£]?\d[\d.,:/-]*\d|[$€£]?\d", line.text)]
    if not numbered:
        joined = " ".join(line.text for line in lines)
        return Reply(
            (
                said(world.say("read_no_numbers")),
                said(world.say("read", text=world.say.quote(joined, 200)), *(line.id for line in lines)),
            ),
            None,
            0.6,
        )
    line, number = max(numbered, key=lambda pair: pair[0].confidence * len(pair[1]) ** 0.5)
    text = world.say(
        "read_numbers",
        text=world.say.listed([world.say.quote(one) for _, one in numbered[:5]]),
        sure=world.say.percent(line.confidence),
    )
    return Reply((said(text, *(one.id for one, _ in numbered[:5])),), number, line.confidence)


# ---- facts ------------------------------------------------------------------------------------------------------


def facts(program: Facts, scene: Scene, world: World) -> Reply:
    """How big, how bright, is it blurred?"""
    if program.ask == "length" or (scene.is_video and program.ask == "size"):
        seen = next(iter(world.snapshot.of(Kind.VIDEO_FACTS, part=scene.part.digest)), None)
        stated: Any = seen.data.get("seconds") if seen else scene.part.facts.get("seconds")
        if not isinstance(stated, int | float):
            return abstain(world, world.reason(Kind.VIDEO_FACTS, scene.part, scene.name))
        text = world.say("video_length", seconds=world.say.time(float(stated)))
        return Reply((said(text, *((seen.id,) if seen else ())),), f"{float(stated):.0f}", 0.98)
    picture = scene.pictures[0] if scene.pictures else None
    fact = picture.facts if picture else None
    data: Mapping[str, Any] = fact.data if fact else scene.part.facts
    ids = (fact.id,) if fact else ()
    width, height = data.get("width"), data.get("height")
    if program.ask in ("size", "orientation", "landscape", "portrait", "square"):
        if not isinstance(width, int | float) or not isinstance(height, int | float):
            return abstain(world, world.reason(Kind.IMAGE_FACTS, scene.part, scene.name))
        shape = str(
            data.get("orientation") or ("landscape" if width > height else "portrait" if height > width else "square")
        )
        if program.ask == "size":
            return Reply(
                (said(world.say("size", width=width, height=height, orientation=shape), *ids),),
                f"{width}x{height}",
                0.99,
            )
        text = world.say("orientation", orientation=shape, width=width, height=height)
        return Reply(
            (said(text, *ids),),
            shape if program.ask == "orientation" else "yes" if shape == program.ask else "no",
            0.97,
        )
    if fact is None:
        part = picture.part if picture else scene.part
        return abstain(world, world.reason(Kind.IMAGE_FACTS, part, scene.name))
    return _judged(program, fact, world)


def _judged(program: Facts, fact: Observation, world: World) -> Reply:
    brightness = float(fact.data.get("brightness") or 0.0)
    sharpness = float(fact.data.get("sharpness") or 0.0)
    contrast = float(fact.data.get("contrast") or 0.0)
    warnings = [str(warning) for warning in fact.data.get("warnings") or ()]
    noted = " ".join(warnings).casefold()
    more = (
        (said(world.say("warnings", list=world.say.listed([warning.rstrip(".") for warning in warnings])), fact.id),)
        if warnings and world.say.language == "en"
        else ()
    )
    if program.ask in ("grayscale", "colored"):
        gray = bool(fact.data.get("grayscale"))
        return Reply(
            (said(world.say("gray_yes" if gray else "gray_no"), fact.id),),
            "yes" if gray == (program.ask == "grayscale") else "no",
            0.95,
        )
    if program.ask in ("brightness", "dark", "bright"):
        word = (
            "dark"
            if brightness < 0.3 or "dark" in noted
            else "bright"
            if brightness > 0.65 or "overexposed" in noted
            else "of medium brightness"
        )
        text = world.say("brightness", word=word, value=round(100 * brightness))
        short = word if program.ask == "brightness" else "yes" if word == program.ask else "no"
        return Reply((said(text, fact.id), *more), short, 0.85)
    if program.ask in ("blurred", "sharp"):
        blurred = "blur" in noted or sharpness < 0.1
        text = world.say(
            f"{program.ask}_{'yes' if blurred == (program.ask == 'blurred') else 'no'}", value=round(100 * sharpness)
        )
        return Reply((said(text, fact.id),), "yes" if blurred == (program.ask == "blurred") else "no", 0.75)
    text = world.say(
        "quality", sharpness=round(100 * sharpness), brightness=round(100 * brightness), contrast=round(100 * contrast)
    )
    return Reply((said(text, fact.id), *more), None, 0.85)
