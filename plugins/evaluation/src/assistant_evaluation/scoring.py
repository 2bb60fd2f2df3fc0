"""Judges one outcome against its item. Pure: the same outcome is judged the same however often it is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assistant_evaluation.asking import Outcome
from assistant_evaluation.items import Item, PlaceItem, QuestionItem
from assistant_evaluation.metrics.binary import truth
from assistant_evaluation.metrics.vqa import box_accuracy, multiple_choice, short_answer_score

FIRST_WORD = re.compile(r"\W*(yes|no|true|false)\b", re.IGNORECASE)
RIGHT = 0.5
"""Score from which on an answer is not listed as wrong."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer and how right it is."""

    item: QuestionItem | PlaceItem
    outcome: Outcome
    said: str | None
    """The short answer that was judged; None where there is none, not even a guess."""
    score: float
    """0-1; of the best guess where it abstained."""
    answered: bool
    """It gave an answer and did not abstain."""

    @property
    def yes_no(self) -> tuple[bool | None, bool] | None:
        """What was said and what is right, of a yes/no question or a statement."""
        gold = _gold_truth(self.item)
        return None if gold is None else (truth(self.said), gold)

    @property
    def media(self) -> tuple[str, ...]:
        """What its interval draws as a whole: the item's media, or else itself."""
        return self.item.files or (self.item.id,)


def short_answer(outcome: Outcome, boolean: bool) -> str | None:
    """The short answer: as given, or else taken from the text of an answerer that gives none.

    Args:
        outcome: of a question.
        boolean: whether yes or no is expected: the text's first word then counts.
    """
    if outcome.short is not None or outcome.abstained or outcome.error:
        return outcome.short
    text = outcome.text.strip()
    match = FIRST_WORD.match(text) if boolean else None
    return match[1].lower() if match else text.rstrip(".") or None


def judge(item: Item, outcome: Outcome) -> Scored:
    """Score of an answer, by the metric that fits the item; a failed item is wrong. Raises TypeError if none asked."""
    if isinstance(item, PlaceItem):
        edges = outcome.box
        box = (edges[0], edges[1], edges[2], edges[3]) if edges else None
        answered = not outcome.error and not outcome.abstained and box is not None
        said = None if box is None else "box " + ", ".join(f"{edge:.2f}" for edge in box)
        return Scored(item, outcome, said, box_accuracy(box, item.box), answered)
    if not isinstance(item, QuestionItem):
        raise TypeError(f"{type(item).__name__} asks nothing")
    gold = _gold_truth(item)
    said = short_answer(outcome, gold is not None)
    answered = said is not None and not outcome.abstained
    if said is None:
        return Scored(item, outcome, None, 0.0, False)
    if gold is not None:
        score = float(truth(said) == gold)
    elif item.choices:
        score = multiple_choice(said, item.choices, item.answer)
    else:
        score = short_answer_score(said, item.answers)
    return Scored(item, outcome, said, score, answered)


def _gold_truth(item: Item) -> bool | None:
    """True or false where that is the one right answer, whichever pair of words the set uses."""
    if not isinstance(item, QuestionItem) or item.choices:
        return None
    golds = {truth(answer) for answer in item.answers}
    return golds.pop() if len(golds) == 1 else None


def gold_of(item: Item) -> Any:
    """The right answer, as it is listed beside a wrong one."""
    if isinstance(item, PlaceItem):
        return [round(edge, 3) for edge in item.box]
    if isinstance(item, QuestionItem):
        return item.answer if item.choices else sorted(set(item.answers), key=item.answers.index)
    return None
