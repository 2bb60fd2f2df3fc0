"""The sentence of a text that states what an English question of fact asks for. Not for values beside their labels."""

from __future__ import annotations

import re
from typing import Final

from assistant.fusion.select import stems

SENTENCE: Final = 3
"""Words from which a text is a sentence rather than a heading."""

_ASKED: Final = re.compile(
    r"^(?:(?:until|since|by|from|to|for|with|on|in|at) )?(?:what|who|whom|which|where|why|how|when)\b"
)
_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|"
    r"nine)ty|dozen|hundred|thousand|million|none|nobody)\b",
    re.I,
)
_TIME: Final = re.compile(
    r"\d|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|"
    r"october|november|december|spring|summer|autumn|winter|today|tomorrow|yesterday|noon|midnight|in may)s?\b",
    re.I,
)
_NEEDS: Final = (
    (re.compile(r"^(?:\w+ )?how (?:much|many|long|old|high|tall|far|big|large|heavy)\b"), _NUMBER),
    (re.compile(r"^(?:\w+ )?(?:when\b|what (?:time|date|day|year)\b)"), _TIME),
)
"""Questions, and what a sentence must hold to answer them."""


def stating(asked: str, text: str) -> str:
    """The first sentence that has all words of the question that carry meaning, others too, and where the question is
    for an amount or a time, a number or a time; "" if none does.

    Args:
        asked: the question in lower case.
        text: a line or a paragraph.
    """
    wanted = set(stems(asked))
    if not wanted or not _ASKED.match(asked):
        return ""
    needs = next((pattern for question, pattern in _NEEDS if question.match(asked)), None)
    if needs is None and len(wanted) < 2:
        return ""  # a single word in common says little
    for sentence in re.split(r"(?<=[.!?]) +(?=[^\W\d_])", text.strip()):
        known = set(stems(sentence))
        whole = len(sentence.split()) >= SENTENCE and wanted < known and not sentence.endswith("?")
        if whole and (needs is None or needs.search(sentence)):
            return sentence
    return ""
