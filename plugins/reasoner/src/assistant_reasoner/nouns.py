"""Reads noun phrases: "at least two red cars on the left", "the dog next to the bench". Not for whole questions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal

from assistant_reasoner.lexicon import (
    ANY_SHAPE,
    ANYTHING,
    COLORS,
    NUMBERS,
    SHAPES,
    SIZES,
    VOCABULARY,
    detector_classes,
    is_plural,
    singular,
)
from assistant_reasoner.programs import Comparator, Number, Thing

_POSE = (
    r"(?:(?:sitting|seated|standing|lying|laying|parked|placed|located|resting|hanging|flying|swimming|walking|running|"
    r"leaning|positioned|situated|riding|perched|sleeping|playing|piled|stacked|directly|right|just|close) )?"
)
RELATION_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"(?:at|on|to|in|from) the (?:left|left side|left hand side) of", "left_of"),
    (r"(?:at|on|to|in|from) the (?:right|right side|right hand side) of", "right_of"),
    (r"left of|left from", "left_of"),
    (r"right of|right from", "right_of"),
    (r"on top of|atop|upon|riding on|riding", "on"),
    (r"in front of|ahead of", "in_front"),
    (r"at the back of|in back of|in the back of|behind|beyond", "behind"),
    (r"underneath|beneath|below|under", "below"),
    (r"above|over", "above"),
    (
        r"next to|beside|besides|near|near to|close to|by|adjacent to|alongside|(?:at|in|on|to) the side of|"
        r"nearby|by the side of|along|around|among|amidst",
        "next_to",
    ),
    (r"(?:at|on|along|by|near) the (?:edge|border|rim) of", "edge"),
    (r"(?:in|at) the (?:middle|center) of", "middle"),
    (r"in between|between", "between"),
    (
        r"in contact with|touching|holding|carrying|using|eating|drinking|drinking from|wearing|"
        r"hugging|pulling|pushing|against",
        "touching",
    ),
    (r"attached to|connected to|joined to|fixed to", "attached"),
    (r"detached from|separated from|apart from", "apart"),
    (r"far away from|far from|away from", "far_from"),
    (r"part of|a part of", "part_of"),
    (r"has as a part|having as a part|consisting of|made up of", "has_part"),
    (r"surrounding|enclosing|encircling", "surrounding"),
    (r"containing", "contains"),
    (
        r"contained in|contained by|enclosed by|enclosed in|surrounded by|inside of|inside|within|into|in",
        "inside",
    ),
    (r"outside of|outside|out of|off of|off", "outside"),
    (r"across from|opposite to|opposite|across", "across"),
    (r"on", "on"),
    (
        r"facing away from|facing|parallel to|perpendicular to|toward|towards|down from|up from|past|through|down|up",
        "unjudged",
    ),
)
"""Phrases -> relation of execute/relations.py, or "unjudged" for what boxes do not show; longer ones first."""
INVERSE_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"contains|contain|enclosing|containing|holds|encloses", "inside"),
    (r"surrounds|surround", "inside"),
    (r"has as a part|have as a part|consists of|consist of", "part_of"),
    (r"carries|supports|supporting", "on"),
)
"""Phrases whose second noun stands in the relation to the first."""
RELATION: Final = re.compile(
    r"^"
    + _POSE
    + r"(?:"
    + "|".join(f"(?P<r{index}>{words})" for index, (words, _) in enumerate(RELATION_WORDS))
    + r") (?P<rest>.+)$"
)
_WITHIN = re.compile(r"^(?P<head>.+?) (?:(?:that|which|who) (?:is|are) )?(?P<tail>(?:\S+ ).+)$")

_SIDE = r"(?:side|half|part|corner|edge|area|end|hand side|third|section)"
REGION: Final = re.compile(
    r"(?:^|\b)(?:is |are |located |that is )?(?:on|in|at|to|towards|near|along) (?:the |its )?(?:very |far )?"
    r"(?:(?P<down>top|bottom|upper|lower|base)(?: (?:and )?(?P<across>left|right))?|(?P<side>left|right)|"
    r"(?P<middle>middle|center|foreground|background))(?: hand)?(?: " + _SIDE + r")?(?: of @picture| @here| of it)?$"
)
_BARE_REGION = re.compile(
    r"^(?:(?P<down>top|bottom|upper|lower)(?: (?P<across>left|right))?|(?P<side>left|right)|(?P<middle>middle|center))$"
)

_SURFACE = r"fur|coat|hair|feathers|skin|body|paint|surface|color|plumage|mane|outside"
"""Parts that have the colour of the whole, as far as a box shows."""
_FUNCTION = frozenset(
    "is are was were be been do does did what which who where when why how can could you i we if then say says said "
    "should would will shall may might must and or not than because there have has had".split()
)
_DETERMINERS = frozenset(
    "the a an this that these those my your his her their its our some any all every each both another other".split()
)
_DEFINITE = frozenset("the this that these those my your his her their its our".split())
_PRONOUNS = frozenset("it they them he she him her this that these those one ones".split())
_COLORLESS: Final = (["ice", "cream"], ["whipped", "cream"], ["sour", "cream"], ["shaving", "cream"], ["sun", "cream"])
"""Names that end in a word for a colour."""
_SHADES = frozenset("dark light bright pale deep colored solid plain mostly".split())
_TRAILING = re.compile(
    r"(?: (?:present|visible|there|here|shown|in view|in sight|depicted|pictured|displayed|around|anywhere|"
    r"somewhere|@here|"
    r"@picture|that (?:you )?can (?:be )?see[n]?|(?:do|can|that) you see|you can see|to be seen|can be seen|"
    r"in it|in them|"
    r"in the (?:room|scene|area|place|shot)|that are visible|that is visible|right now|in total|have|on it|"
    r"exist|exists|appear|appears|pictured here))+$"
)

_COMPARATORS: Final[tuple[tuple[str, Comparator], ...]] = (
    (r"at least|no (?:less|fewer) than|minimum of", ">="),
    (r"at most|no more than|up to|maximum of", "<="),
    (r"more than|over|greater than", ">"),
    (r"fewer than|less than|under", "<"),
    (r"exactly|only|precisely|just|a total of", "="),
)
_NUMBER = re.compile(
    r"^(?:" + "|".join(f"(?P<c{index}>{words})" for index, (words, _) in enumerate(_COMPARATORS)) + r")? ?"
    r"(?P<value>\d{1,4}|"
    + "|".join(word for word in NUMBERS if word not in ("a", "an"))
    + r"|(?<=least )an?|(?<=than )an?|(?<=most )an?)"
    r"(?: of)?(?: the| these| those)? (?P<rest>.+)$"
)


def region(text: str) -> str:
    """The region that the whole text names: "on the left side of @picture" -> "left"; "" if it names none."""
    match = REGION.match(text) or _BARE_REGION.match(text)
    return _region_name(match) if match else ""


def _region_name(match: re.Match[str]) -> str:
    parts = match.groupdict()
    if parts.get("middle"):
        return "centre" if parts["middle"] in ("middle", "center") else str(parts["middle"])
    down = {"upper": "top", "lower": "bottom", "base": "bottom"}.get(parts.get("down") or "", parts.get("down") or "")
    return f"{down} {parts.get('across') or ''}".strip() or str(parts.get("side") or "")


def relation(text: str) -> tuple[str, str] | None:
    """("left_of", "the dog") for "to the left of the dog"; None if it does not start with a relation."""
    match = RELATION.match(text)
    if not match:
        return None
    name = next(RELATION_WORDS[index][1] for index in range(len(RELATION_WORDS)) if match[f"r{index}"])
    return name, match["rest"]


def anchor_phrase(name: str, text: str) -> Thing | None:
    """The second thing of a relation; of "between" all that it lies between: "the cat and the dog", "two chairs"."""
    if name == "between" and " and " in text:
        ends = [noun_phrase(end) for end in text.split(" and ")]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            return Thing(
                " and ".join(end.words for end in known),
                frozenset().union(*(end.classes for end in known)),
                frozenset().union(*(end.shapes for end in known)),
                definite=True,
            )
    return noun_phrase(text)


def things(text: str) -> tuple[tuple[Thing, ...], bool] | None:
    """Several noun phrases: (things, all of them?) for "a cat and a dog" / "a cat or a dog"; None if any is not one."""
    text = _joined_colors(text)
    held = _having(text)
    if held:
        return (held,), True
    for word, every in ((" or ", False), (" and ", True)):
        if word in text:
            pieces = [piece for part in text.split(word) for piece in part.split(" , ")]
            found = [
                noun_phrase(re.sub(r"^(?:either|neither|both|also|nor) ", "", piece.strip(" ,")))
                for piece in pieces
                if piece.strip(" ,")
            ]
            known = tuple(one for one in found if one is not None)
            if len(found) > 1 and len(known) == len(found):
                if known[0].none and not every:
                    return tuple(replace(one, none=True) for one in known), True
                return known, every
    if " , " in text:
        found = [noun_phrase(piece.strip()) for piece in text.split(" , ")]
        if all(one is not None for one in found):
            return tuple(one for one in found if one is not None), True
    one = noun_phrase(text)
    return ((one,), True) if one else None


def _joined_colors(text: str) -> str:
    color = "|".join(COLORS)
    return re.sub(rf"\b({color})(?: and |, | , )({color})(?= \w)(?! (?:and|or) )", r"\1 \2", text)


def noun_phrase(text: str) -> Thing | None:
    """The thing that the text names, or None if it is no noun phrase."""
    text = _TRAILING.sub("", f" {_joined_colors(text)}").strip(" ,")
    text = re.sub(r"^(?:of |one of |some of |any of |all of |all the |kinds? of |types? of )+", "", text)
    text = re.sub(r"\b(?:anything|something|things?) (?:to eat|edible|that (?:one|you|i) can eat)\b", "some food", text)
    text = re.sub(r"\b(?:anything|something|things?) to drink\b", "some drink", text)
    text = re.sub(r"\b(?:anything|something) (?:alive|living)\b", "living thing", text)
    if not text or len(text) > 200:
        return None
    having = _having(text)
    if having:
        return having
    text = re.sub(
        rf"^((?:any|some)(?:thing|one|body)) ({'|'.join(COLORS)})$",
        lambda found: f"{found[2]} {'thing' if found[1].endswith('thing') else 'person'}",
        text,
    )
    clause = re.match(
        rf"^(?P<head>.+?) (?:that|which|who) (?:is|are) (?P<not>not )?(?P<color>{'|'.join(COLORS)})(?: in color)?$",
        text,
    )
    if clause:
        whole = noun_phrase(clause["head"])
        shade = COLORS[clause["color"]]
        if whole is None:
            return None
        if clause["not"]:
            return replace(whole, other_than=(*whole.other_than, shade))
        return replace(whole, colors=(*whole.colors, shade))
    owned = re.match(rf"^(?P<owner>.+?) 's (?:{_SURFACE})$|^(?:the )?(?:{_SURFACE}) of (?P<whose>.+)$", text)
    if owned:
        text = owned["owner"] or owned["whose"]
    elif " 's " in text:
        owner, _, part = text.partition(" 's ")
        head, anchor = _simple(part), noun_phrase(owner)
        return replace(head, relation="touching", anchor=anchor, definite=True) if head and anchor else None
    placed = REGION.search(text)
    if placed and placed.start() > 0:
        head = noun_phrase(re.sub(r" (?:that|which) (?:is|are)$", "", text[: placed.start()].strip()))
        return replace(head, region=_region_name(placed)) if head else None
    tokens = text.split()
    for index in range(1, len(tokens)):
        tail = " ".join(tokens[index:])
        found = relation(tail)
        if found:
            head = _simple(re.sub(r" (?:that|which|who) (?:is|are)$", "", " ".join(tokens[:index])))
            anchor = anchor_phrase(*found)
            if head and anchor:
                return replace(head, relation=found[0], anchor=anchor)
    return _simple(text)


def _having(text: str) -> Thing | None:
    """ "a box with two blue items and no circle": a holder and what it has."""
    match = re.match(
        r"^(?P<holder>.+?) (?:with|having|containing|that has|which has|that contains|that have|which "
        r"contains) (?P<rest>.+)$",
        text,
    )
    if not match:
        return None
    holder = _simple(match["holder"])
    inner = things(match["rest"])
    return replace(holder, having=inner[0]) if holder and inner else None


def _simple(text: str) -> Thing | None:
    """A noun phrase without relation, region or "with"."""
    text = _TRAILING.sub("", f" {text}").strip(" ,")
    none = False
    stripped = re.sub(
        r"^(?:no|not any|not a|not an|zero|neither|without any|without|not a single|none of the) (?=\w)", "", text
    )
    if stripped != text:
        none, text = True, stripped
    number: Number | None = None
    text = re.sub(r"^(?:the|these|those|my) (?=(?:two|three|four|five|six|\d)\b)", "", text)
    found = _NUMBER.match(text)
    if found:
        value = found["value"]
        signs: list[Comparator] = [sign for index, (_, sign) in enumerate(_COMPARATORS) if found[f"c{index}"]]
        comparator: Comparator = signs[0] if signs else "="
        said = any(found[f"c{index}"] for index in range(len(_COMPARATORS)))
        number = Number(int(value) if value.isdigit() else NUMBERS[value], comparator, exact=said and comparator == "=")
        text = found["rest"]
    text = re.sub(
        r"^(?:a lot of|lots of|a few|several|many|a couple of|a group of|a pair of|multiple|various|"
        r"different|a piece of|pieces of|a bunch of|a bowl of|a slice of|slices of)(?: the)? ",
        "some ",
        text,
    )
    tokens = text.split()
    definite = False
    while len(tokens) > 1 and (tokens[0] in _DETERMINERS or (tokens[0] == "one" and number is None)):
        definite = definite or tokens[0] in _DEFINITE
        tokens = tokens[1:]
    if len(tokens) > 1 and tokens[0] in ("left", "right", "top", "bottom") and tokens[1].endswith("ing"):
        return None
    if tokens and (tokens[-1] in _DETERMINERS - _PRONOUNS or tokens in (["left"], ["right"], ["top"], ["bottom"])):
        return None
    if not tokens or len(tokens) > 6 or any(token in _FUNCTION or token.startswith("@q") for token in tokens):
        return None
    if len(tokens) == 1 and tokens[0] in _PRONOUNS:
        return Thing(
            tokens[0],
            pronoun=True,
            definite=True,
            many=tokens[0] in ("they", "them", "these", "those"),
            number=number,
            none=none,
        )
    start = next(
        (index for index in range(len(tokens)) if singular(" ".join(tokens[index:])) in VOCABULARY | ANYTHING), None
    )
    if start is None:
        if len(tokens) > 1 and tokens[-1] in COLORS and tokens[-2:] not in _COLORLESS:
            return None
        start = next((index for index, token in enumerate(tokens) if not _modifies(token)), len(tokens) - 1)
        if tokens[-2:] in _COLORLESS:
            start = min(start, len(tokens) - 2)
    name = singular(" ".join(tokens[start:]))
    colors: list[str] = []
    others: list[str] = []
    size = ""
    for token in tokens[:start]:
        if token in COLORS:
            colors.append(COLORS[token])
        elif token in SIZES:
            size = SIZES[token]
        elif token not in _SHADES | _DETERMINERS | {","}:
            others.append(token)
    shapes = frozenset({"*"}) if name in ANY_SHAPE else SHAPES.get(name, frozenset())
    return Thing(
        words=name,
        classes=detector_classes(name),
        shapes=shapes,
        colors=tuple(dict.fromkeys(colors)),
        size=size,
        others=tuple(others),
        number=number,
        none=none,
        definite=definite,
        many=is_plural(tokens[-1]),
        anything=name in ANYTHING,
    )


def _modifies(token: str) -> bool:
    return token in COLORS or token in SIZES or token in _SHADES


Predicate = tuple[Literal["color", "region", "relation", "kind", "seen", "size"], tuple[str, ...], Thing | None]


def predicate(text: str) -> Predicate | None:
    """What is said of a subject: "red", "on the left", "next to the cat", "a dog", "visible"; None if it is none."""
    text = text.strip(" ,")
    bare = re.sub(
        r"^(?:all |both |mostly |mainly |colored |also |really |entirely )+|(?: in color| colored)$", "", text
    )
    names = re.split(r" (?:and|or|,) ", bare)
    if all(_color(name) for name in names):
        return "color", tuple(_color(name) for name in names), None
    if re.fullmatch(
        r"(?:visible|present|there|here|@here|shown|in view|in sight|in @picture|depicted)(?: @here)?", text
    ):
        return "seen", (), None
    where = region(text)
    if where:
        return "region", (where,), None
    found = relation(text)
    if found:
        anchor = anchor_phrase(*found)
        return ("relation", (found[0],), anchor) if anchor else None
    compared = re.match(r"^(?P<how>bigger|larger|taller|smaller|shorter|tinier) than (?P<rest>.+)$", text)
    if compared:
        anchor = noun_phrase(compared["rest"])
        how = "bigger" if compared["how"] in ("bigger", "larger", "taller") else "smaller"
        return ("size", (how,), anchor) if anchor else None
    if re.match(r"^(?:an?|the same as an?|really an?|actually an?) ", text) or singular(text) in VOCABULARY:
        one = noun_phrase(re.sub(r"^(?:really|actually) ", "", text))
        return ("kind", (), one) if one and not one.relation else None
    return None


def _color(text: str) -> str:
    words = [word for word in text.split() if word not in _SHADES]
    return COLORS.get(words[0], "") if len(words) == 1 else ""
