"""Sentences said in answers to English questions only: no other language has questions that lead to them. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "choose_sure": "Of these, {option} fits best with what I perceived ({sure} sure).",
        "people_doubt": "I see {thing} {where} ({sure} sure), but I can't tell whether it is {special}.",
        "people_many": "Probably: I see {things}. I can't tell which of them are {special}.",
        "unboxed": "I judge only whether there is {thing} at all ({lead}, {sure} sure), not where or what it is like.",
        "loose_yes": "Yes, probably, but I only infer it: what I perceived speaks for {first} and for {second} "
        "({sure} sure).",
        "loose_no": "No, probably not: what I perceived speaks against {thing} ({sure} sure).",
        "loose_doubt": "whether there is {thing}, what I perceived leaves open",
        "day": "It looks like {when} ({sure} sure), going by the light: the picture is {how}.",
        "state": "I can't tell such a state or quality: I recognise things, colours, places and text.",
        "danger": "I can't judge what is dangerous. Of things that may be, I see {things}.",
        "danger_none": "I can't judge what is dangerous; I see no knife, scissors, fire, weapon or wild animal.",
        "related_weak": "I see nothing plainly {relation} the {anchor}; the likeliest is {things} ({sure} sure).",
        "kind_likely": "It is most like {thing} ({sure} sure).",
    }
)
