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
        "code": "The {label} says {text} ({sure} sure).",
        "codes": "I read {count}: {list}.",
        "code_no": "No, I see no barcode or QR code that can be read.",
        "code_yes": "Yes, {list}.",
        "code_one": "a {label} that says {text}",
        "file_says": "According to its file, {name} was {text}.",
        "file_author": "According to its file, the {what} of {name} is {text}.",
        "file_silent": "the file of {name} does not say it",
        "file_no_taken": "The file of {name} does not say when.",
        "file_no_camera": "The file of {name} does not say with which camera.",
        "place_off": "where {name} was taken is read from its file only if the setting plugins.metadata.location is on",
        "speakers": "I hear {count} people speaking ({sure} sure): {list}.",
        "speaker_for": "speaker {k} for {time}",
        "it_says": "It says: {text} ({where}). I am {sure} sure that this answers you.",
        "who_one": "As far as I can tell only one person speaks ({time}): {text}",
        "who_none": "I heard nobody say {text}.",
        "no_such_speaker": "I hear {count} in it.",
    }
)
