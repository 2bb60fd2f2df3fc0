"""Whether a sentence may take the place of a computed one: only if every fact is still there, in its place. Pure."""

from __future__ import annotations

import re
from typing import Final

from assistant.replies import NUMBERS

ASK: Final = (
    "Rewrite the sentence in a friendly way. Keep every fact, number, colour and name. Answer with one sentence only."
)
"""The system text under which a model is asked to reword."""
_EMPTY: Final = frozenset(
    "a an the is are was were be been am s re m it its this that there here and of do does did can so well sure yes "
    "indeed please oh visible shown tell say know".split()
)
"""Words that carry no fact of their own. Words of doubt, place and person are not among them: those are facts."""
_FRAME: Final = re.compile(
    r"\bI (?:can )?(?:also )?see\b|\b(?:(?:in|on) (?:the|this|your) (?:picture|image|photo(?:graph)?))\b", re.I
)
"""Phrases that say no more than that it was seen."""
_NEGATIVE: Final = frozenset("no not none nothing nobody never neither nor without".split())
_TOKEN: Final = re.compile('"[^"]*"|“[^”]*”|\\d+(?:[.,:]\\d+)*%?|[^\\W\\d_]+(?:-[^\\W\\d_]+)*')


def preserves(computed: str, worded: str) -> bool:
    """Whether both say the same numbers, names, colours, quoted texts, denials and doubts, in the same order.

    Only words without a fact of their own may differ, so a true rewording may be refused, but no change of a fact
    passes: neither one left out or added nor two things that changed places.
    """
    if _leading(computed) != _leading(worded):
        return False
    return bool(worded.strip()) and _facts(computed) == _facts(worded)


def _leading(text: str) -> str:
    word = re.match(r"\W*(yes|no)\b", text, re.I)
    return word[1].casefold() if word else ""


def _facts(text: str) -> list[str]:
    spread = text.replace("’", "'")
    spread = re.sub(r"\bcan't\b|\bcannot\b", "can not", spread, flags=re.I)
    spread = re.sub(r"\bwon't\b", "will not", spread, flags=re.I)
    spread = re.sub(r"n't\b", " not", spread, flags=re.I)
    spread = re.sub(r"(?<=\d)\s+%", "%", spread)
    facts = []
    for token in _TOKEN.findall(_FRAME.sub(" ", spread)):
        if token[0] in '"“':
            facts.append(f'"{token[1:-1]}"')
            continue
        word = token.casefold()
        if word in _NEGATIVE:
            facts.append("not")
        elif word not in _EMPTY:
            facts.append(NUMBERS.get(word, word.replace(",", "")))
    return facts
