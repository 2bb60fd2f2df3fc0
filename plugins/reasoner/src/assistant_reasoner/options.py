"""Options to choose from: listed after the question, or joined by "or" within it. Not for choosing: see execute/."""

from __future__ import annotations

import re

from assistant_reasoner.lexicon import COLORS, SIZES
from assistant_reasoner.nouns import noun_phrase, region, relation
from assistant_reasoner.programs import Choose, ColorOf, Locate, Program, WhatIs
from assistant_reasoner.words import Plain


def options_of(question: str) -> tuple[str, tuple[str, ...]]:
    """The question without its list of options, and the options: "... Choices: a, b, c", "(a) x (b) y"."""
    listed = re.search(
        r"(?:^|\s)\(?(?:choices|options|answers|choose from|possible answers|pick one(?: of)?|choose(?: "
        r"one)?(?: of| from)?)\s*:\s*(.+?)\)?\s*$",
        question,
        re.I | re.S,
    )
    if listed:
        pieces = re.split(r"\s*(?:,|;|\||\n|/|\bor\b)\s*", listed[1])
        options = tuple(re.sub(r"^\(?[a-dA-D1-9][).:]\s*", "", piece).strip(" .?\"'") for piece in pieces)
        options = tuple(option for option in options if option)
        if len(options) > 1:
            return question[: listed.start()].strip(), options
    lettered = list(re.finditer(r"(?:^|\s)\(?([A-Ea-e])[).:]\s+", question))
    if len(lettered) > 1 and [match[1].lower() for match in lettered] == list("abcde")[: len(lettered)]:
        ends = [match.start() for match in lettered[1:]] + [len(question)]
        options = tuple(question[match.end() : end].strip(" ,;.?\n") for match, end in zip(lettered, ends, strict=True))
        return question[: lettered[0].start()].strip(), options
    return question, ()


_OTHER_RULES = frozenset(
    (
        "positive",
        "negative",
        "happy",
        "sad",
        "indoors",
        "outdoors",
        "male",
        "female",
        "day",
        "night",
        "summer",
        "winter",
        "indoor",
        "outdoor",
        "real",
    )
)
"""Alternatives that rules of their own understand: feelings, light, time."""


def alternatives(sentence: Plain) -> Program | None:
    """ "Is it a cat or a dog?", "is the car red or blue?" as a choice."""
    match = re.match(r"^(?:is|are|was|were|does|do) (?P<head>.+?) or (?P<last>.+)$", sentence.text)
    if not match or sentence.text.startswith(("is there", "are there", "do you see", "does @picture", "do you")):
        return None
    head = match["head"]
    pieces = re.split(r" , | or ", head)
    subject = re.match(
        r"^(?P<subject>it|this|that|he|she|they|these|those|@picture|the .+?|there)(?: (?:here|@here|a "
        r"picture of|showing|show|shows))?(?: (?P<first>(?:an? |in |on |to |at |inside |under |above |"
        r"behind ).+|\S+(?: \S+)?))$",
        pieces[0],
    )
    if not subject:
        return None
    first = subject["first"]
    options = tuple(re.sub(r"^(?:an?|the) ", "", option.strip()) for option in (first, *pieces[1:], match["last"]))
    if any(option.split()[0] in _OTHER_RULES for option in options) or (
        relation(options[0]) and not region(options[0])
    ):
        return None
    whom = noun_phrase(subject["subject"])
    if all(option.split()[-1] in COLORS for option in options) and whom:
        return Choose(options, ColorOf(whom))
    if any(option in SIZES for option in options):
        return None
    regions = [region(option) or region(f"on the {option}") for option in options]
    if all(regions) and whom:
        return Choose(tuple(regions), Locate(whom))
    if whom and (
        whom.pronoun
        or whom.anything
        or whom.words == "@picture"
        or subject["subject"] in ("it", "this", "that", "@picture")
    ):
        return Choose(options, WhatIs())
    return Choose(options, WhatIs(whom)) if whom else None
