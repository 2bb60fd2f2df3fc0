"""Answers which of several things is bigger, by their boxes: sizes in the picture, not real ones. Where: places.py."""

from __future__ import annotations

import math
from typing import Final

from assistant.fusion.align import area
from assistant_reasoner.execute.find import POSSIBLE, Match
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import called, cannot_find, cites
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Extreme

SAME: Final = 0.9
"""Ratio of two sizes from which they count as equal: boxes are not tighter than that."""
SIZE_DOUBT: Final = 0.85
"""How often a plain difference of boxes is the difference that people mean."""


DEPTH_DOUBT: Final = 0.7
"""How often what stands lower in the picture is nearer."""


def _size(ask: str, match: Match) -> float:
    x0, y0, x1, y1 = match.box
    if ask in ("nearer", "farther"):
        hint = match.seen.data.get("depth_hint")
        return float(hint) if isinstance(hint, int | float) else y1
    if ask in ("taller", "shorter"):
        return y1 - y0
    return x1 - x0 if ask in ("wider", "narrower") else area(match.box)


def extreme(program: Extreme, scene: Scene, world: World) -> Reply:
    """Which is bigger, the ... or the ...?"""
    best: list[tuple[str, Match, float]] = []
    for thing in program.things:
        found = search(thing, scene, world)
        sure = found.sure(POSSIBLE)
        if not sure:
            return cannot_find(thing, found, scene, world)
        best.append((called(thing), sure[0], _size(program.ask, sure[0])))
    falling = program.ask in ("bigger", "taller", "wider", "nearer")
    best.sort(key=lambda one: -one[2] if falling else one[2])
    (name, first, size), (_, _, next_size) = best[0], best[1]
    ratio = min(size, next_size) / max(size, next_size, 1e-9)
    say = world.say
    seen = math.prod(match.confidence for _, match, _ in best)
    note = said(say("extreme_note"))
    ids = cites([match for _, match, _ in best])
    if ratio >= SAME and program.ask not in ("nearer", "farther"):
        text = say("extreme_equal", things=say.listed([name for name, _, _ in best]), sure=say.percent(0.6 * seen))
        return Reply((said(text, *ids), note), "equal", 0.6 * seen)
    if program.ask in ("nearer", "farther"):
        sure_of_it = seen * (DEPTH_DOUBT if ratio < SAME else 0.5)
        text = say("depth", thing=name, how=program.ask, sure=say.percent(sure_of_it))
        return Reply((said(text, *ids),), name, sure_of_it)
    of = {
        "taller": " of its height",
        "shorter": " of its height",
        "wider": " of its width",
        "narrower": " of its width",
    }
    unit = of.get(program.ask, " of it") if say.language == "en" else ""
    sure_of_it = seen * (SIZE_DOUBT if ratio < 0.7 else 0.7)
    others = say.listed([f"{say.name(other)} {say.percent(share)}" for other, _, share in best[1:]])
    text = say(
        "extreme",
        thing=name,
        how=program.ask,
        share=f"{say.percent(size)}{unit}",
        others=others,
        sure=say.percent(sure_of_it),
    )
    return Reply((said(text, *cites([first]), *ids), note), name, sure_of_it)
