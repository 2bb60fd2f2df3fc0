"""What a generation says beside its text: the sort of answer wanted, and how sure the model is. Pure.

The bare answer, abstention and citations are read by `assistant.replies`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from assistant.replies import options_in, short_of
from assistant_vlm.families import Asked

YES: Final = ("yes", "Yes", "YES", " yes", " Yes")
NO: Final = ("no", "No", "NO", " no", " No")
DECIDED: Final = 0.5
"""Mass that yes and no together must have for the first token to be about them."""
_PROBE: Final = "yes there are 3 red ones among all of them"
_SORTS: Final[Mapping[str | None, Asked]] = {"yes": "polar", "true": "polar", "3": "count", "red": "color"}


def asked_of(question: str) -> Asked:
    """What sort of answer a question wants: found by what is read out of a reply that holds all of them."""
    if not question.strip():
        return "describe"
    if options_in(question):
        return "choice"
    return _SORTS.get(short_of(question, _PROBE), "open")


def spelled(tokenizer: Any, words: Sequence[str]) -> frozenset[int]:
    """Ids of the first tokens of these words, where the token says more than a blank."""
    found = set()
    for word in words:
        ids = tokenizer(word, add_special_tokens=False)["input_ids"]
        lead = tokenizer.decode(ids[:1]).strip().casefold() if ids else ""
        if len(lead) > 1 and word.strip().casefold().startswith(lead):
            found.add(int(ids[0]))
    return frozenset(found)


def yes_or_no(first: Any, yes: frozenset[int], no: frozenset[int], short: str | None) -> float | None:
    """The share of the answer given in the first token's mass on yes and no; None if it is about something else.

    Args:
        first: [vocabulary] probabilities of the first token.
        yes: ids of the tokens that begin a yes.
        no: of a no.
        short: the answer given.
    """
    if first is None or short not in ("yes", "no", "true", "false") or not yes or not no or yes & no:
        return None
    mass = {word: float(sum(first[each] for each in ids)) for word, ids in (("yes", yes), ("no", no))}
    total = mass["yes"] + mass["no"]
    if total < DECIDED:
        return None
    return mass["yes" if short in ("yes", "true") else "no"] / total


def guess(first: Any, yes: frozenset[int], no: frozenset[int]) -> tuple[str, float] | None:
    """Yes or no by the first token's mass, with its share, for a model that said neither; None if it cannot be told."""
    if first is None or not yes or not no or yes & no:
        return None
    for_yes, for_no = (float(sum(first[each] for each in ids)) for ids in (yes, no))
    if not for_yes + for_no:
        return None
    return ("yes" if for_yes >= for_no else "no"), max(for_yes, for_no) / (for_yes + for_no)


def likelihood(logprobs: Sequence[float]) -> float | None:
    """The geometric mean of the tokens' probabilities: the answer's probability, made independent of its length."""
    if not logprobs:
        return None
    return min(1.0, math.exp(sum(logprobs) / len(logprobs)))
