"""Accuracy of short answers: VQA accuracy with its normalisation, exact match, multiple choice, boxes.

VQA accuracy: Antol et al., "VQA: Visual Question Answering", ICCV 2015; the normalisation follows the description on
the benchmark's evaluation page (visualqa.org/evaluation).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.types import Box

PEOPLE: Final = 10
"""Answers to a question from which on VQA accuracy is meant; with fewer, each answer is taken as right by itself."""
AGREEING: Final = 3
"""People who must have given an answer for it to be wholly right."""
SAME_PLACE: Final = 0.5
"""Intersection over union from which on two boxes are the same place (PASCAL VOC, RefCOCO)."""

ARTICLES = frozenset({"a", "an", "the"})
NUMBER_WORDS = {
    **{word: str(n) for n, word in enumerate("zero one two three four five six seven eight nine ten".split())},
    "none": "0",
}
CONTRACTIONS = {
    whole.replace("'", ""): whole
    for whole in (
        "ain't aren't can't could've couldn't didn't doesn't don't hadn't hasn't haven't he'd he's how'd how'll how's "
        "i'd've i'm i've isn't it'd it'll let's ma'am might've mightn't must've mustn't needn't o'clock oughtn't "
        "shan't she's should've shouldn't somebody's someone's something's that'll that's there'd there're there's "
        "they'd they'll they're they've 'twas wasn't we've weren't what'll what're what's what've when's where'd "
        "where's where've who'd who'll who's who've why'll why're why's won't would've wouldn't y'all you'd you'll "
        "you're you've"
    ).split()
}
"""A contraction without its apostrophe -> with it. Those that are words of their own ("its", "were") are not here."""
BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d)")
PERIOD = re.compile(r"(?<!\d)\.|\.(?!\d)")
PUNCTUATION = re.compile(r"[^\w\s'’:.]|_")


def normalised(answer: str) -> str:
    """An answer in the normal form of the VQA evaluation.

    Lower case; periods removed but in decimals; commas between digits removed; other punctuation to spaces, but for
    apostrophes and colons; number words to digits; no articles; apostrophes put into contractions that lack them.
    """
    text = BETWEEN_DIGITS.sub("", answer.strip().lower().replace("’", "'"))
    text = PUNCTUATION.sub(" ", PERIOD.sub("", text))
    words = (NUMBER_WORDS.get(word, word) for word in text.split() if word not in ARTICLES)
    return " ".join(CONTRACTIONS.get(word, word) for word in words)


def vqa_accuracy(said: str, people: Sequence[str]) -> float:
    """VQA accuracy of an answer, 0-1: min(1, agreeing people / 3), averaged over all subsets that leave one person out.

    Args:
        said: the answer.
        people: what people answered, usually ten.
    """
    if not people:
        return 0.0
    wanted = normalised(said)
    agree = [normalised(person) == wanted for person in people]
    total = sum(agree)
    return sum(min(1.0, (total - own) / AGREEING) for own in agree) / len(agree)


def exact_match(said: str, answers: Sequence[str]) -> float:
    """1 if it equals one of the answers in normal form, else 0."""
    return float(normalised(said) in {normalised(answer) for answer in answers})


def multiple_choice(said: str, choices: Sequence[str], answer: str) -> float:
    """1 if it is the right choice in normal form, else 0; what is none of the choices is wrong.

    Choices that only differ in what normalisation removes are compared as they stand.
    """
    forms = [normalised(choice) for choice in choices]
    if len(set(forms)) < len(forms):
        return float(said.strip() == answer)
    return float(normalised(said) in forms and normalised(said) == normalised(answer))


def short_answer_score(said: str, answers: Sequence[str]) -> float:
    """VQA accuracy where at least ten people answered, else exact match."""
    return vqa_accuracy(said, answers) if len(answers) >= PEOPLE else exact_match(said, answers)


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, 0-1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / (areas - shared) if areas > shared else 0.0


def box_accuracy(said: Box | None, gold: Box) -> float:
    """1 if the boxes overlap by at least half of their union, else 0."""
    return float(said is not None and overlap(said, gold) >= SAME_PLACE)
