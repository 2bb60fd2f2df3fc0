"""Both languages are complete."""

from __future__ import annotations

import string
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from assistant.types import GapCause, Kind, PerceiverState
from assistant_ui.texts import CHINESE, ENGLISH, choose


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages_with_the_same_blanks() -> None:
    """No text is empty, and both languages fill in the same names."""
    for each in fields(ENGLISH):
        ours, theirs = getattr(ENGLISH, each.name), getattr(CHINESE, each.name)
        if isinstance(ours, str):
            ours, theirs = {"": ours}, {"": theirs}
        assert ours.keys() == theirs.keys(), each.name
        for key in ours:
            assert ours[key], (each.name, key)
            assert theirs[key], (each.name, key)
            if isinstance(ours[key], str):
                assert placeholders(ours[key]) == placeholders(theirs[key]), (each.name, key)


@pytest.mark.parametrize("texts", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_all_states_causes_and_kinds_have_a_name(texts: object) -> None:
    """Whatever the core can report can be said."""
    kinds = {value for name, value in vars(Kind).items() if name.isupper()}
    assert set(texts.states) == set(get_args(PerceiverState))  # type: ignore[attr-defined]
    assert set(texts.causes) == set(get_args(GapCause))  # type: ignore[attr-defined]
    assert kinds <= set(texts.kinds)  # type: ignore[attr-defined]


def test_every_text_is_used() -> None:
    """No text is kept that the page does not show."""
    source = Path(__file__).parents[1] / "src" / "assistant_ui"
    code = "".join(path.read_text("utf-8") for path in source.glob("*.py") if path.name != "texts.py")
    unused = [each.name for each in fields(ENGLISH) if f"texts.{each.name}" not in code and each.name != "name"]
    assert unused == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR, zh-TW;q=0.5", "zh"),
        (None, "de,fr", "en"),
        ("en", "zh-CN", "en"),
        ("xx", "zh-CN", "zh"),
    ],
)
def test_the_language_is_the_one_chosen_or_the_browsers(chosen: str | None, accepted: str, code: str) -> None:
    """A choice wins; otherwise the first offered that we have; otherwise English."""
    assert choose(chosen, accepted).code == code
