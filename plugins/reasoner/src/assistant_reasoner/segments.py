"""English noun phrases from the entries of a lexicon: the pieces that grammar.py puts together. Not for rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant_reasoner.lexicon import plural

ORDINALS: Final = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase, or what is said of one, in English."""

    text: str
    head: bool
    """Whether it names a thing (or "it"), rather than only a colour or a place."""
    known: bool
    """Whether every word of it is in the lexicon."""
    many: bool = False
    article: bool = False
    """Whether it had an article or a number."""


def longest_first(pattern: str) -> list[str]:
    """The alternatives of a pattern, longest first, so that a shorter one does not hide it."""
    pieces, depth, start = [], 0, 0
    for index, letter in enumerate(pattern):
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and depth == 0:
            pieces.append(pattern[start:index].strip())
            start = index + 1
    return sorted((*pieces, pattern[start:].strip()), key=len, reverse=True)


def segment(entries: list[tuple[str, str]], *, head_last: bool) -> tuple[str, bool, bool, bool]:
    """A noun with its number, size and colours, in English order: (text, names a thing, plural, has an article)."""
    by_kind: dict[str, list[str]] = {}
    for kind, english in entries:
        by_kind.setdefault(kind, []).append(english)
    nouns = by_kind.get("noun", []) + by_kind.get("nouns", [])
    if "pronoun" in by_kind and not nouns:
        return by_kind["pronoun"][0], True, False, False
    colors = " and ".join(dict.fromkeys(by_kind.get("color", ())))
    raw = by_kind.get("", [])
    if not nouns and not raw:
        return (colors, False, False, False) if colors else ("", False, False, False)
    if head_last:
        nouns = nouns[::-1]
    number = by_kind.get("number", [])
    many = "nouns" in by_kind or bool(number and number[0] != "1")
    name = nouns[0] if nouns else " ".join(raw)
    least = by_kind.get("least", [])
    words = [
        *(["no"] if "no" in by_kind else []),
        *least,
        *number[:1],
        *by_kind.get("size", []),
        *(raw if nouns else []),
        colors.replace(" and ", " "),
        plural(name) if number and number[0] != "1" else name,
    ]
    marked = bool(number) or "article" in by_kind or "the" in by_kind
    lead = "the " if "the" in by_kind and not number else ""
    return lead + " ".join(word for word in words if word), True, many, marked


_SIDES: Final = {
    "left": ("left of", "on the left"),
    "right": ("right of", "on the right"),
    "top": ("above", "at the top"),
    "on": ("on", "at the top"),
    "bottom": ("below", "at the bottom"),
    "inside": ("in", ""),
    "front": ("in front of", "in the foreground"),
    "back": ("behind", "in the background"),
    "middle": ("in", "in the center"),
    "beside": ("next to", ""),
}
"""Words that are a relation with an anchor beside them and a region without: (relation, region)."""


def resolved(found: list[tuple[str, str]], *, anchor_first: bool) -> list[tuple[str, str]]:
    """Sides as relations or regions, with the anchor or region last: "dog left cat" is "cat left of dog"."""
    position = next((index for index, (kind, _) in enumerate(found) if kind == "side"), None)
    if position is None:
        return found
    relation, region = _SIDES[found[position][1]]
    before, after = found[:position], found[position + 1 :]
    anchor = before if anchor_first else after
    if any(kind in ("noun", "nouns", "pronoun", "") for kind, _ in anchor):
        return [*(after if anchor_first else before), ("relation", relation), *anchor]
    head = after if anchor_first else before
    return [*head, *anchor, ("region", region)] if region else [*head, *anchor]


def plural_of(phrase: Phrase) -> str:
    """The phrase with its head in the plural, for "how many"."""
    if phrase.many or not phrase.head:
        return phrase.text if re.match(r"(?:\d|at |more |fewer )", phrase.text) else _pluralised(phrase.text)
    return _pluralised(phrase.text)


def _pluralised(text: str) -> str:
    """The English phrase with its head in the plural."""
    match = re.match(
        r"^(?P<head>.+?)(?P<rest> (?:on|in|at|to|under|above|below|next|behind|left|right|and|or)\b.*)?$", text
    )
    assert match is not None
    head = re.sub(r"^(?:the|a|an) ", "", match["head"])
    *before, last = head.split(" ")
    whole = plural(head) if not before else " ".join((*before, plural(last)))
    rest = match["rest"] or ""
    return whole + (f" and {_pluralised(rest[5:])}" if rest.startswith(" and ") else rest)


def about_picture(question: str, index: int) -> str:
    """The question, asked of the picture of that number, or of all (-9)."""
    if index == 0:
        return question
    if index == -9:
        return (
            re.sub(r"the pictures?", "both pictures", question)
            if "the picture" in question
            else f"{question} in both pictures"
        )
    which = f"the {ORDINALS[index - 1]} picture"
    if "the picture" in question:
        return question.replace("the picture", which)
    return f"{question} in {which}"
