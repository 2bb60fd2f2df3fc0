"""No English in answers to questions in another language: the tables of sentences are whole."""

from __future__ import annotations

import re

import pytest

from assistant_reasoner.languages import UNDERSTOOD
from assistant_reasoner.phrase import tongue_of
from assistant_reasoner.phrase_en import KINDS, RELATIONS, SENTENCES

ENGLISH_ONLY = {
    # built from English word order, and said only where the answer is English
    "where a video shows what": ("describe_at", "describe_during"),
    "a relation as a sentence; other languages list what stands there": ("related",),
    "questions are matched by meaning in English only": ("reworded",),
    "what it can do, kind by kind; other languages say it as a whole": (
        "can_image",
        "can_audio",
        "can_video",
        "can_text",
    ),
    "quotes the perceiver's own notes, which are English": ("warnings",),
    "what the mentioned things look like, beside a question that was not understood": ("look_up",),
    # said by nothing
    "a frame for other sentences, without words of its own": ("gap", "count"),
    "held for the answerer of a host": ("clues", "heard_you"),
}
"""Why sentences need no translation -> their keys."""


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_every_sentence_is_translated(code: str) -> None:
    """A sentence that a question in another language can be answered with is there in that language."""
    tongue = tongue_of(code)
    assert tongue is not None
    excused = {key for keys in ENGLISH_ONLY.values() for key in keys}
    assert excused <= set(SENTENCES)
    assert sorted(set(SENTENCES) - set(tongue.sentences) - excused) == []
    assert sorted(set(tongue.sentences) & excused) == []


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_every_kind_and_relation_has_words(code: str) -> None:
    """Why something was not perceived, and how things stand to each other, is said in the language."""
    tongue = tongue_of(code)
    assert tongue is not None
    assert sorted(set(KINDS) - set(tongue.kinds)) == []
    assert sorted(set(RELATIONS) - set(tongue.relations)) == []


@pytest.mark.parametrize("code", UNDERSTOOD)
def test_blanks_are_not_lost(code: str) -> None:
    """What an English sentence quotes or counts, the translation does too."""
    tongue = tongue_of(code)
    assert tongue is not None
    for key, sentence in tongue.sentences.items():
        wanted = set(re.findall(r"\{(text|list|short|option|count|what|seen)\b", SENTENCES[key]))
        assert wanted <= set(re.findall(r"\{(\w+)", sentence)) | ({"list"} if key == "feels_because" else set()), key
