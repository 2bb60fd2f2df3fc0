"""Statements about drawings of coloured shapes in boxes and towers, read into typed programs. Not for photographs.

The language of the Cornell NLVR corpus (Suhr et al. 2017): "there is a box with exactly two blue items and at least one
black item", "all towers have a yellow block at the base". Evaluated by execute/drawing.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from assistant_reasoner.drawn_words import COLOR, NOUN, NOUNS, SIDE, VALUE, Reader, normal, quantity_of
from assistant_reasoner.lexicon import COLORS, NUMBERS
from assistant_reasoner.programs import Comparator, Number

Aspect: TypeAlias = Literal["color", "shape"]


@dataclass(frozen=True, slots=True)
class Items:
    """Shapes of a drawing: "at least two small black squares touching the wall"."""

    colors: frozenset[str] = frozenset()
    """Any of these; empty for any colour."""
    other_than: frozenset[str] = frozenset()
    """None of these colours: "not yellow"."""
    shapes: frozenset[str] = frozenset()
    not_shapes: frozenset[str] = frozenset()
    size: Literal["", "small", "medium", "big"] = ""
    sides: frozenset[str] = frozenset()
    """Sides of the box it touches: any of "left", "right", "top", "bottom"."""
    off_sides: frozenset[str] = frozenset()
    """Sides it must not touch."""
    corner: bool = False
    place: str = ""
    """"top", "bottom", "middle", "2 from bottom", ... among the shapes of its box or tower."""
    relation: str = ""
    """"above", "on" (right above), "below" or "touching" `anchor`."""
    anchor: Items | None = None
    number: Number | None = None
    """How many; None for at least one."""
    none: bool = False
    every: bool = False
    """"only black items", "all items are black": every shape that is meant must be so."""
    distinct: tuple[Aspect, Number] | None = None
    """"of two different colours": among the matching shapes."""
    of_which: tuple[Items, ...] = ()
    """What holds of the matching shapes: "three items of which one is blue"."""
    all_colors: bool = False
    """Every one of `colors` occurs among the matching shapes."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Boxes or towers: "two towers with a blue block at the base"."""

    kind: Literal["box", "tower"]
    has: tuple[Items, ...] = ()
    """All of these hold within each."""
    height: Number | None = None
    """How many shapes it holds."""
    number: Number | None = None
    none: bool = False
    every: bool = False
    alike: str = ""
    """"height", "top" or "bottom": so many of them have this in common."""


@dataclass(frozen=True, slots=True)
class Both:
    """Two statements joined."""

    first: Statement
    second: Statement


Statement: TypeAlias = Items | Holders | Both

# ---- items ------------------------------------------------------------------------------------------------------


def _colors(reader: Reader) -> tuple[frozenset[str], bool]:
    """(colours, joined by "and"?) at the front: "black", "black and blue", "blue or yellow"."""
    match = reader.take(rf"{COLOR}(?:(?: and| or|/| ,) (?:the )?{COLOR}(?! {NOUN}(?: and| or) {COLOR}))*")
    if not match:
        return frozenset(), False
    found = frozenset(COLORS[word] for word in re.findall(COLOR, match[0]))
    return found, " and " in match[0] and len(found) > 1


def _items(reader: Reader, *, bare: bool = False) -> Items | None:
    """The shapes that the front of the statement names; with `bare` a noun may be missing ("black as a base")."""
    start = reader.text
    quantity = quantity_of(reader)
    found = Items(number=quantity.number, none=quantity.none, every=quantity.every or quantity.only)
    if reader.take("only"):
        found = replace(found, every=True)
    size = reader.take(
        r"(?P<size>small|smaller|little|tiny|medium|middle sized|medium sized|big|large|bigger|larger)(?: sized?)?"
    )
    if size:
        word = size["size"]
        found = replace(
            found,
            size="medium" if word.startswith("m") else "small" if word[0] in "slt" and word[:2] != "la" else "big",
        )
    if reader.take("same colored|same color"):
        found = replace(found, distinct=("color", Number(1)))
    denied = reader.take("non|not")
    colors, together = _colors(reader)
    if denied and not colors:
        reader.text = start
        return None
    found = replace(found, other_than=colors) if denied else replace(found, colors=colors, all_colors=together)
    noun = reader.take(rf"(?P<noun>{NOUN})(?: (?:item|object|shape|block)s?)?(?: in it)?")
    if noun:
        found = replace(found, shapes=NOUNS[re.sub(r"s$", "", noun["noun"])])
        joined = reader.take(rf"(?:and|or) (?:an? )?(?P<noun>{NOUN})(?! (?:in|of|at|on|touch|that|which|above|below))")
        if joined and found.shapes:
            found = replace(found, shapes=found.shapes | NOUNS[re.sub(r"s$", "", joined["noun"])])
    elif not bare or not (colors or quantity.number):
        reader.text = start
        return None
    return _modified(found, reader)


def _modified(found: Items, reader: Reader) -> Items | None:
    """The shapes with what is said of them afterwards."""
    while not reader.done:
        before = reader.text
        extended = _modifier(found, reader)
        if extended is None:
            reader.text = before
            break
        found = extended
    return found


def _sides(words: str) -> tuple[frozenset[str], bool]:
    named = {"base": "bottom", "lower": "bottom", "floor": "bottom", "ground": "bottom", "upper": "top"}
    found = {named.get(word, word) for word in words.split()} & {"left", "right", "top", "bottom"}
    return frozenset(found or {"left", "right", "top", "bottom"}), "corner" in words


def _modifier(found: Items, reader: Reader) -> Items | None:
    link = r"(?:(?:which|who)(?: (?:is|are|has|have))? |(?:is|are) )?"
    before = reader.text
    match = reader.take(
        rf"{link}(?P<not>not )?(?:touching|attached to|close to|near|on|against|in|at)(?: to)? (?P<side>{SIDE})"
    )
    if match and re.search(r"wall|edge|side|border|floor|corner|ground|bottom|base|top|end", match["side"]):
        sides, corner = _sides(match["side"])
        contact = re.search(r"\b(?:touching|attached|close|near|against)\b", match[0]) or re.search(
            r"wall|edge|side|border|corner", match["side"]
        )
        if not contact:
            place = "top" if sides == {"top"} else "bottom" if sides == {"bottom"} else ""
            if place:
                return replace(found, place=place)
            reader.text, match = before, None
        elif match["not"]:
            return replace(found, off_sides=sides)
        else:
            return replace(found, sides=sides, corner=corner)
    reader.text = before
    if reader.take(
        "stacked(?: up)? together|stacked(?: up)?(?: on top)? (?:of )?(?:each other|one another)|stacked|in total|too"
    ):
        return found
    placed = reader.take(
        rf"{link}(?:(?:placed |positioned |stacked )?(?:at|on|as|in|is)(?: the| its| a| an)?(?: very)? )"
        r"(?P<place>top|base|bottom|middle|(?P<nth>second|third|fourth|2nd|3rd|4th)(?: place| position| block| level)?"
        r"(?: from(?: the)? (?P<from>top|bottom|base))?)(?: of (?:it|the tower|a tower|the box|them))?"
        r"(?: position| block)?"
        r"(?! of)"
    )
    if placed:
        return replace(found, place=_place(placed))
    relation = reader.take(
        rf"{link}(?:has |have )?(?P<relation>on top of|above|over|on|below|beneath|under|underneath|touching|next to|"
        r"attached to|in contact with)"
    )
    if relation:
        each = reader.take("each other|one another")
        anchor = replace(found, number=None) if each else _items(reader)
        if anchor is None:
            return None
        word = relation["relation"]
        name = "on" if word in ("on top of", "on") else "above" if word in ("above", "over") else "below" if word in (
            "below", "beneath", "under", "underneath") else "touching"  # fmt: skip
        return replace(found, relation=name, anchor=replace(anchor, none=False))
    return _grouped(found, reader, link)


def _place(match: re.Match[str]) -> str:
    if match["nth"]:
        nth = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}[match["nth"]]
        return f"{nth} from {'top' if match['from'] == 'top' else 'bottom'}"
    return "bottom" if match["place"] == "base" else match["place"]


def _grouped(found: Items, reader: Reader, link: str) -> Items | None:
    """What is said of all of them together: colours, shapes, numbers of colours, "of which"."""
    same = reader.take(
        rf"{link}(?:of|in|with|having|has|have)?(?: (?:only|all|exactly|the|a|each))*(?: (?P<n>{VALUE}))?"
        r"(?: (?P<kind>same|different|single|identical|distinct))?(?: (?:kinds? of|types? of))? "
        r"(?P<aspect>colors?|colours?|shapes?)"
    )
    if same and (same["n"] or same["kind"]):
        aspect: Aspect = "shape" if same["aspect"].startswith("shape") else "color"
        count = 1 if same["kind"] in ("same", "single", "identical") else _value(same["n"]) if same["n"] else 2
        comparator: Comparator = ">=" if same["kind"] == "different" and not same["n"] else "="
        return replace(found, distinct=(aspect, Number(count, comparator)))
    if same:
        return None
    which = reader.take(r"(?:, )?(?:of which|where|and|with)(?=.* (?:is|are) )")
    if which:
        part = _items(reader, bare=True)
        if part is None:
            return None
        held = _predicate(part, reader) if reader.take("is|are") else part
        return replace(found, of_which=(*found.of_which, held)) if held is not None else None
    said = reader.take(rf"(?:which (?:is|are)|of|in|with)(?: (?P<only>only|all))?(?= (?:not )?{COLOR})")
    if said:
        denied = reader.take("not")
        colors, together = _colors(reader)
        reader.take("in color|colors?|blocks?|items?|objects?")
        only = bool(said["only"] or reader.take("only"))
        if denied:
            return replace(found, other_than=colors)
        return replace(found, colors=colors, all_colors=together, every=found.every or only)
    return None


def _value(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word]


def _predicate(subject: Items, reader: Reader) -> Items | None:
    """The subject with what is said of it after "is": a colour, a shape, a place, a relation."""
    denied = reader.take("not")
    colors, together = _colors(reader)
    if colors:
        reader.take("in color|colors?|blocks?|items?")
        part = replace(subject, other_than=colors) if denied else replace(subject, colors=colors, all_colors=together)
        return _modified(part, reader)
    noun = reader.take(rf"(?:an? )?(?P<noun>{NOUN})")
    if noun:
        return replace(subject, shapes=NOUNS[re.sub(r"s$", "", noun["noun"])])
    if denied:
        reader.text = f"not {reader.text}"
    return _modifier(subject, reader)


# ---- holders ----------------------------------------------------------------------------------------------------

_HAS: Final = (
    r"(?:, )?(?:(?:which|who) )?(?:with|has|have|having|contains?|containing|holds?|includes?|consists? of|made up of|"
    r"made of|is made of|is|are|of)(?: (?:only|just)(?= (?:an? )?(?:black|blue|yellow) (?:item|object|block|shape)s))?"
)


def _holders(reader: Reader, *, part: bool = False) -> Holders | None:
    """The boxes or towers that the front of the statement names, with what they hold; of a `part` "is" says more."""
    start = reader.text
    quantity = quantity_of(reader)
    height = reader.take(rf"(?P<n>{VALUE}|single)(?: stor[ey]+| blocks?| level| height|(?= tower))(?! of)(?=.*\btower)")
    colors, _ = _colors(reader)
    kind = reader.take(r"(?:other |different |same |tallest |small |smaller )?(?P<kind>box|tower)(?:s|es)?")
    if not kind:
        reader.text = start
        return None
    name: Literal["box", "tower"] = "box" if kind["kind"] == "box" else "tower"
    found = Holders(name, number=quantity.number, none=quantity.none, every=quantity.every)
    if height:
        found = replace(found, height=Number(1 if height["n"] == "single" else _value(height["n"])))
    if colors:
        found = replace(found, has=(Items(colors=colors, every=True),))
    return found if part and re.match(r"(?:is|are) ", reader.text) else _held(found, reader)


def _held(found: Holders, reader: Reader) -> Holders | None:
    while not reader.done:
        before = reader.text
        lead = reader.take(_HAS) or (reader.take(r"and|but|, and|,|with") if found.has or found.height else None)
        if not lead:
            break
        one = _content(reader, only="only" in lead[0])
        if one is None:
            reader.text = before
            break
        tall = isinstance(one, Items) and one == Items(shapes=one.shapes, number=one.number) and one.number
        if tall and found.kind == "tower":
            found = replace(found, height=one.number)
        else:
            found = replace(found, has=(*found.has, one))
    return found


def _content(reader: Reader, *, only: bool) -> Items | None:
    """One thing that a box or tower has: shapes, a base or top of a colour, so many colours."""
    based = reader.take(
        rf"(?:an? |the |its )?(?P<color>{COLOR})(?: block| item)? (?:as |at |on |in )?(?:an? |the |its )?"
        r"(?P<place>base|top|middle)(?: block)?"
    ) or reader.take(
        rf"(?:an? |the |its )?(?P<place>base|top|middle)(?: block| which)? (?:of|is|as|with|in)(?: an?)? "
        rf"(?P<color>{COLOR})(?: block)?"
    )
    if based:
        place = "bottom" if based["place"] == "base" else based["place"]
        return Items(colors=frozenset({COLORS[based["color"]]}), place=place)
    every = reader.take(
        r"(?:blocks|items|objects|shapes) of all (?:three |3 |the three )?(?:different )?colors|"
        r"all (?:three|3)(?: different)? colors|(?:blocks|items) of (?:three|3) different colors"
    )
    if every:
        return Items(distinct=("color", Number(3)))
    colored = reader.take(rf"(?:exactly |only )?(?P<n>{VALUE}) (?:different )?colors")
    if colored:
        return Items(distinct=("color", Number(_value(colored["n"]))))
    one = _items(reader, bare=True)
    return replace(one, every=True) if one is not None and only else one


# ---- whole statements -------------------------------------------------------------------------------------------


def read(text: str) -> Statement | None:
    """The statement as a program; None unless all of it was understood."""
    reader = Reader(normal(text))
    found = _statement(reader)
    if found is None:
        return None
    while not reader.done:
        if not reader.take(r", and|and|, but|but|,|while"):
            return None
        another = _statement(reader)
        if another is None:
            return None
        found = Both(found, another)
    return found


def _statement(reader: Reader) -> Statement | None:
    start = reader.text
    there = reader.take("there is(?P<not> not)?|@picture (?:has|contains)|you can see|i see")
    for reading in (_of_part, _of_holders, _of_items):
        found = reading(reader, bool(there))
        if found is not None:
            return found
        reader.text = start
        reader.take("there is(?: not)?|@picture (?:has|contains)|you can see|i see")
    return None


def _of_part(reader: Reader, there: bool) -> Statement | None:
    """ "The top of a tower is yellow", "there is a blue block as the base of two towers"."""
    if there:
        quantity = quantity_of(reader)
        match = reader.take(
            rf"(?P<color>{COLOR}) (?:{NOUN} )?(?:as|at|on|in)(?: the| a)? (?P<place>top|base|bottom|middle)"
            r"(?: block)? of"
        )
    else:
        quantity = quantity_of(reader)
        match = reader.take(r"(?P<place>top|base|bottom|middle)(?: block| color)? of")
    if not match:
        return None
    place = {"base": "bottom"}.get(match["place"], match["place"])
    holders = _holders(reader, part=not there)
    if holders is None:
        return None
    if there:
        top = Items(colors=frozenset({COLORS[match["color"]]}), place=place)
        number = holders.number or quantity.number
        return replace(holders, has=(*holders.has, top), number=number, none=quantity.none)
    if not reader.take("is|are"):
        return None
    if reader.take("(?:of )?(?:the )?same(?: in)?(?: colors?)?|of the same color"):
        return replace(holders, alike=place, every=True)
    colors, _ = _colors(reader)
    reader.take("in color|blocks?|colors?")
    return replace(holders, has=(*holders.has, Items(colors=colors, place=place))) if colors else None


def _of_holders(reader: Reader, there: bool) -> Statement | None:
    found = _holders(reader)
    if found is None:
        return None
    height = reader.take(r"(?:has|have|having|with|of|are of|is of) (?:the )?same height")
    if height:
        return replace(found, alike="height")
    return found


def _of_items(reader: Reader, there: bool) -> Statement | None:
    found = _items(reader)
    if found is None:
        return None
    if not there and reader.take("is|are"):
        held = _predicate(replace(found, every=False), reader)
        if held is None:
            return None
        if found.every:
            holder = reader.take("in") and _holders(reader)
            every = replace(found, every=False, number=None, of_which=(replace(held, every=True, number=None),))
            return replace(holder, has=(every,)) if holder else every
        found = held
    inside = reader.take("in|inside|within|at")
    if inside:
        holder = _holders(reader)
        if holder is None:
            return None
        return replace(holder, has=(*holder.has, found))
    return found
