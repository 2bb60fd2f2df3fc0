"""The words of statements about drawings: slips mended, quantities, sides and places. The statements: drawn.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant_reasoner.lexicon import COLORS, NUMBERS
from assistant_reasoner.programs import Comparator, Number

_SLIPS: Final = (
    (r"\bll (?=(?:the|towers?|boxes|\d))", "all "),
    (r"\batleast\b", "at least"),
    (r"\batmost\b", "at most"),
    (r"\ba(?=(?:box|tower)\b)", "a "),
    (r"\bbellow\b", "below"),
    (r"\bbae\b|\bbased\b|\bbases\b", "base"),
    (r"\bboxe\b", "box"),
    (r"\bittems?\b|\bitmes?\b|\bobjets?\b|\bobejcts?\b", "item"),
    (r"\bwhoch\b|\bwhic\b|\bthat\b", "which"),
    (r"\bexactly on\b", "exactly one"),
    (r"^t least\b", "at least"),
    (r"\battach(?:ed)? (?:to|with)\b", "touching"),
    (r"\bcolou?re?d?s? of\b(?! which)", "of"),
    (r"\b(black|blue|yellow)(?: in)? colou?r(?:ed)?s?\b", r"\1"),
    (r"\b(?:colou?r|colored) (black|blue|yellow)\b", r"\1"),
    (r"\b(?:closely|nearly|almost|directly|exactly next to|touching with|touched to)\b(?= )", "touching"),
    (r"\btouching touching\b", "touching"),
    (r"\btouching (?=(?:above|below|on|over|under|at)\b)", ""),
    (r"\b(?:gr[ae]y |large |big )*(?:gr[ae]y) (?:squares?|boxe?s?|area)\b", "box"),
    (r"\bsquare box(?:es)?\b|\bboxes\b", "box"),
    (r"\b(?:towers|stacks?)\b", "tower"),
    (r"\b(?:not|no) more (?:than|that)\b", "at most"),
    (r"\bnot less than\b|\bminimum(?: of)?\b", "at least"),
    (r"\bcenter\b|\bcentre\b", "middle"),
    (r"\bbottom most\b|\blowest\b|\bbase position\b", "base"),
    (r"\btop most\b|\bhighest\b|\btop position\b|\btopmost\b", "top"),
    (r"\b(?:there )?(?:are|is) there\b|\bthere exists?\b", "there is"),
    (r"\bthere (?:are|was|were)\b", "there is"),
    (r"\b(?:the )?same in colou?rs?\b", "of the same color"),
    (r"\b(?:the )?same in shapes?\b", "of the same shape"),
    (r"\b@here\b|\b@picture\b|\bplease\b", ""),
)
NOUNS: Final = {
    **dict.fromkeys(("item", "object", "shape", "thing", "figure", "element", "form", "one"), frozenset[str]()),
    **dict.fromkeys(("square", "block", "cube", "brick"), frozenset({"square", "rectangle"})),
    "circle": frozenset({"circle", "ellipse"}),
    "triangle": frozenset({"triangle"}),
}
NOUN: Final = "(?:" + "|".join(NOUNS) + ")s?"
COLOR: Final = (
    "(?:black|blue|yellow|" + "|".join(name for name in COLORS if name not in ("black", "blue", "yellow")) + ")"
)
VALUE: Final = r"(?:\d+|" + "|".join(word for word in NUMBERS if word not in ("a", "an", "none", "both")) + ")"
_SIDE_WORD: Final = (
    r"(?:a|an|the|any|its|one|each|every|either|of|right|left|top|bottom|base|upper|lower|sides?|walls?|edges?|"
    r"border|floor|corners?|box|ends?|ground|hand)"
)
SIDE: Final = rf"{_SIDE_WORD}(?: {_SIDE_WORD})*"
_QUANTITY: Final = re.compile(
    rf"(?:(?P<none>no|zero|none of(?: the)?|not (?:a|any|one|a single)|neither)|(?P<every>all(?: of)?(?: the)?|every|"
    rf"each(?: of)?(?: the)?|both(?: the)?|(?P<all_of>all) (?=\d|two|three))|"
    rf"(?:(?P<sign>at least|at most|exactly|only|just|less than|fewer than|more than|precisely|up to) )?"
    rf"(?:the )?(?:only )?(?P<value>{VALUE})(?P<open> or more| or less)?(?: of(?: the)?(?: (?:three|3))?)?(?: the)?|"
    rf"(?P<only>only)(?: the| an?)?|(?P<article>an?|the|some|another|one of the)) "
)
_SIGNS: Final[dict[str, Comparator]] = {
    "at least": ">=",
    "at most": "<=",
    "up to": "<=",
    "less than": "<",
    "fewer than": "<",
    "more than": ">",
}


def normal(text: str) -> str:
    """The statement with one word for each thing, and common slips mended."""
    text = re.sub(r"[^\w@, ]+", " ", text.casefold())
    for pattern, replacement in _SLIPS:
        text = re.sub(pattern, replacement, text)
    return " ".join(text.replace(",", " , ").split())


class Reader:
    """Takes words off the front of a statement."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()

    def take(self, pattern: str) -> re.Match[str] | None:
        """The match of whole words at the front, which are then gone."""
        match = re.match(rf"(?:{pattern})(?= |$)", self.text)
        if match:
            self.text = self.text[match.end() :].strip()
        return match

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: "at least two", "no", "all", "only"."""

    number: Number | None = None
    none: bool = False
    every: bool = False
    only: bool = False


def quantity_of(reader: Reader) -> Quantity:
    """The quantity at the front, which is then gone; an empty one if there is none, or only an article."""
    match = _QUANTITY.match(f"{reader.text} ")
    if not match:
        return Quantity()
    reader.text = reader.text[match.end() :].strip() if match.end() <= len(reader.text) else ""
    if match["none"]:
        return Quantity(none=True)
    if match["every"]:
        return Quantity(every=True)
    if match["value"]:
        value = int(match["value"]) if match["value"].isdigit() else NUMBERS[match["value"]]
        sign = (match["open"] or "").strip()
        comparator: Comparator = ">=" if sign == "or more" else "<=" if sign == "or less" else "="
        comparator = _SIGNS.get(match["sign"] or "", comparator)
        return Quantity(Number(value, comparator, exact=match["sign"] in ("exactly", "only", "just", "precisely")))
    return Quantity(only=bool(match["only"]))
