"""Evaluates statements about drawings (drawn.py) over the shapes of a picture. Not for photographs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from assistant.types import Box, Observation
from assistant_reasoner.drawn import Both, Holders, Items, Statement
from assistant_reasoner.execute.arrangement import panels, towers
from assistant_reasoner.execute.world import Picture, World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Drawing

CONTACT: Final = 0.012
"""Distance from a side, or another shape, as a share of the picture's width or height, within which they touch."""
READ: Final = 0.96
"""How often a statement that was read whole was read as meant."""
HALF_READ: Final = 0.52
"""The same of one that was read in part."""
STANDING: Final = 0.035
"""The same for blocks that stand on each other: towers are drawn with a hair's breadth between."""
Group = tuple[Box, tuple[Observation, ...]]
"""A box or tower: its outline and its shapes, of a tower from top to bottom."""


def _box(seen: Observation) -> Box:
    return seen.box or (0.0, 0.0, 0.0, 0.0)


def _outline(given: Box, members: Sequence[Observation]) -> Box:
    """Where the box is, by the perceiver's own word if there is one."""
    for seen in members:
        stated = seen.data.get("panel_box")
        if isinstance(stated, list | tuple) and len(stated) == 4:
            return (float(stated[0]), float(stated[1]), float(stated[2]), float(stated[3]))
    return given


def boxes_of(picture: Picture) -> list[Group]:
    """The boxes of a drawing, left to right."""
    return [(_outline(box, members), members) for box, members in panels(picture.shapes)]


def verified(program: Drawing, world: World, otherwise: Callable[[], Reply]) -> Reply:
    """Whether the statement holds of the drawing in question.

    Args:
        program: the statement.
        world: the context.
        otherwise: the answer to the same words about a photograph; of a drawing, where they were not understood whole,
            that answer is no more than a guess.
    """
    picture = world.scenes[0].pictures[0] if len(world.scenes) == 1 and world.scenes[0].pictures else None
    if picture is None or not picture.shapes:
        return otherwise()
    if program.statement is None:
        half = otherwise()
        if half.short not in ("yes", "no"):
            return half
        unread = said(world.say("cannot", reason=world.say("drawn_unread")))
        return Reply((unread,), half.short, HALF_READ, abstained=True)
    truth, seen = holds(program.statement, picture)
    shown = seen or picture.shapes
    sure = READ * min((one.confidence for one in shown), default=1.0)
    groups: dict[tuple[str, str], int] = {}
    for one in shown:
        name = (one.text, str(one.data.get("color") or ""))
        groups[name] = groups.get(name, 0) + 1
    listed = world.say.listed([world.say.count(number, *name) for name, number in list(groups.items())[:6]])
    key = "drawn_yes" if truth else "drawn_no"
    text = world.say(key if seen else "drawn_none", verdict="Yes" if truth else "No", list=listed)
    return Reply((said(text, *(one.id for one in shown)),), "yes" if truth else "no", sure)


def holds(statement: Statement, picture: Picture) -> tuple[bool, tuple[Observation, ...]]:
    """Whether the statement is true of the drawing, and the shapes it was judged by."""
    if isinstance(statement, Both):
        first, second = holds(statement.first, picture), holds(statement.second, picture)
        return first[0] and second[0], (*first[1], *second[1])
    if isinstance(statement, Holders):
        return _holders(statement, picture)
    groups = boxes_of(picture)
    found = [seen for group in groups for seen in _matching(statement, group, groups)]
    everything = [seen for _, members in groups for seen in members]
    return _counted(statement, found, everything), tuple(found)


def _holders(wanted: Holders, picture: Picture) -> tuple[bool, tuple[Observation, ...]]:
    groups = boxes_of(picture) if wanted.kind == "box" else towers(picture.shapes)
    if not groups:
        return wanted.none, ()
    fitting = [group for group in groups if _fits(wanted, group, groups)]
    seen = tuple(one for _, members in fitting for one in members)
    if wanted.alike:
        return _alike(wanted, fitting), seen
    if wanted.none:
        return not fitting, seen
    if wanted.every:
        considered = [group for group in groups if wanted.height is None or wanted.height.admits(len(group[1]))]
        return bool(considered) and len(fitting) == len(considered), seen
    return (wanted.number.admits(len(fitting)) if wanted.number else bool(fitting)), seen


def _fits(wanted: Holders, group: Group, groups: Sequence[Group]) -> bool:
    if wanted.height is not None and not wanted.height.admits(len(group[1])):
        return False
    return all(_counted(items, _matching(items, group, groups), group[1]) for items in wanted.has)


def _alike(wanted: Holders, groups: Sequence[Group]) -> bool:
    if wanted.alike == "height":
        traits = [str(len(members)) for _, members in groups]
    else:
        ends = [_placed(wanted.alike, members) for _, members in groups]
        traits = [str(end[0].data.get("color")) for end in ends if end]
    needed = len(groups) if wanted.every or wanted.number is None else wanted.number.value
    return bool(traits) and max(traits.count(trait) for trait in traits) >= max(2, needed)


# ---- shapes -----------------------------------------------------------------------------------------------------


def _counted(wanted: Items, found: Sequence[Observation], among: Sequence[Observation]) -> bool:
    """Whether the number, and what is said of all of them together, is right."""
    if wanted.distinct is not None:
        aspect, number = wanted.distinct
        pool = found if (wanted.colors or wanted.shapes or wanted.number or wanted.place) else among
        kinds = {seen.text if aspect == "shape" else seen.data.get("color") for seen in pool}
        if not pool or not number.admits(len(kinds)):
            return False
    if wanted.all_colors and not wanted.colors <= {str(seen.data.get("color")) for seen in found}:
        return False
    for part in wanted.of_which:
        inner = [seen for seen in found if _is(part, seen) and _sized(part, seen, among)]
        if part.place:
            inner = [seen for seen in inner if seen in _placed(part.place, sorted(among, key=lambda one: _box(one)[1]))]
        if part.every:
            if len(inner) != len(found):
                return False
        elif not _enough(part, inner):
            return False
    if wanted.every:
        return bool(among) and len(found) == len(among) and (wanted.number is None or wanted.number.admits(len(found)))
    return _enough(wanted, found)


def _enough(wanted: Items, found: Sequence[Observation]) -> bool:
    if wanted.none:
        return not found
    return wanted.number.admits(len(found)) if wanted.number else bool(found)


def _is(wanted: Items, seen: Observation) -> bool:
    """Whether colour and shape fit."""
    color = str(seen.data.get("color"))
    return (
        (not wanted.colors or color in wanted.colors)
        and color not in wanted.other_than
        and (not wanted.shapes or seen.text in wanted.shapes)
        and seen.text not in wanted.not_shapes
    )


def _sized(wanted: Items, seen: Observation, among: Sequence[Observation]) -> bool:
    if not wanted.size:
        return True
    heights = sorted({round(_box(one)[3] - _box(one)[1], 2) for one in among})
    own = round(_box(seen)[3] - _box(seen)[1], 2)
    if wanted.size == "medium":
        return len(heights) > 2 and heights[0] < own < heights[-1]
    return own == (heights[-1] if wanted.size == "big" else heights[0]) and len(heights) > 1


def _placed(place: str, members: Sequence[Observation]) -> list[Observation]:
    """The shape in that place, of shapes from top to bottom."""
    if not members:
        return []
    if place in ("top", "bottom"):
        return [members[0] if place == "top" else members[-1]]
    if place == "middle":
        return list(members[1:-1])
    nth, _, end = place.partition(" from ")
    order = list(members) if end == "top" else list(reversed(members))
    return order[int(nth) - 1 : int(nth)]


def _touched(box: Box, outline: Box) -> set[str]:
    found = set()
    if box[0] - outline[0] <= CONTACT:
        found.add("left")
    if outline[2] - box[2] <= CONTACT:
        found.add("right")
    if box[1] - outline[1] <= CONTACT:
        found.add("top")
    if outline[3] - box[3] <= CONTACT:
        found.add("bottom")
    return found


def _matching(wanted: Items, group: Group, groups: Sequence[Group]) -> list[Observation]:
    """The shapes of one box or tower that fit."""
    outline, members = group
    everything = [seen for _, others in groups for seen in others]
    found = [seen for seen in members if _is(wanted, seen) and _sized(wanted, seen, everything)]
    if wanted.sides:
        touched = [(seen, _touched(_box(seen), outline)) for seen in found]
        found = [
            seen
            for seen, sides in touched
            if (sides & {"left", "right"} and sides & {"top", "bottom"} if wanted.corner else sides & wanted.sides)
        ]
    if wanted.off_sides:
        found = [seen for seen in found if not _touched(_box(seen), outline) & wanted.off_sides]
    if wanted.place:
        many = wanted.number.value if wanted.number is not None and wanted.number.value > 1 else 1
        order = sorted(members, key=lambda seen: _box(seen)[1])
        placed = _placed(wanted.place, order)
        if many > 1 and wanted.place in ("top", "bottom"):
            placed = order[:many] if wanted.place == "top" else order[-many:]
        found = [seen for seen in found if seen in placed]
    if wanted.relation and wanted.anchor is not None:
        anchors = _matching(wanted.anchor, group, groups)
        found = [seen for seen in found if _stands(wanted, seen, anchors)]
    return found


def _stands(wanted: Items, seen: Observation, anchors: Sequence[Observation]) -> bool:
    assert wanted.anchor is not None
    hits = [other for other in anchors if other is not seen and _related(wanted.relation, _box(seen), _box(other))]
    return wanted.anchor.number.admits(len(hits)) if wanted.anchor.number else bool(hits)


def _related(relation: str, first: Box, second: Box) -> bool:
    if relation == "touching":
        across = max(0.0, first[0] - second[2], second[0] - first[2])
        down = max(0.0, first[1] - second[3], second[1] - first[3])
        return across <= CONTACT and down <= STANDING
    shared = min(first[2], second[2]) - max(first[0], second[0])
    if relation == "on":
        return shared > 0 and abs(first[3] - second[1]) <= STANDING
    if relation == "above":
        return shared > 0 and first[3] <= second[1] + STANDING
    return shared > 0 and first[1] >= second[3] - STANDING
