"""The language perceiver: right where there is enough to go by, silent where there is not."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.media import Media
from assistant.plugin import Task
from assistant.testing import FakeServices
from assistant.types import Kind, Observation, Part
from assistant_text import TextLanguage
from assistant_text.language import LanguageOptions


def text_of(text: str) -> Part:
    return Part("text", "0" * 64, "text", "text/plain", text.encode())


@pytest.fixture(scope="module")
def language() -> TextLanguage:
    perceiver = TextLanguage()
    perceiver.load(FakeServices())
    return perceiver


def seen(perceiver: TextLanguage, text: str) -> list[Observation]:
    return list(perceiver.perceive(Task(part=text_of(text), media=Media())))


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Why are there two dogs on the grass next to the red bicycle?", "en", "English"),
        ("Wie viele Hunde sind auf dem Bild zu sehen?", "de", "German"),
        ("Quelle est la couleur de la voiture devant la maison ?", "fr", "French"),
        ("图片里有几只狗?", "zh", "Chinese"),
        ("今日はとても良い天気ですね", "ja", "Japanese"),
        ("Где находится ближайшая станция метро и сколько стоит билет?", "ru", "Russian"),
    ],
)
def test_says_the_language_of_a_sentence(language: TextLanguage, text: str, code: str, name: str) -> None:
    """A plain sentence gets its ISO 639-1 code, the English name, and a high probability."""
    (observation,) = seen(language, text)
    assert (observation.kind, observation.text, observation.data["name"]) == (Kind.LANGUAGE, code, name)
    assert 0.7 < observation.confidence <= 1


def test_cantonese_is_chinese(language: TextLanguage) -> None:
    """A variety without a code of its own is reported as the language it belongs to."""
    (observation,) = seen(language, "我哋聽日去邊度食飯呀，佢哋話唔知喎")
    assert observation.text == "zh"


@pytest.mark.parametrize("text", ["", "ok", "???", "😀😀", "12345", "1 + 1 = 2", " \n"])
def test_is_silent_without_evidence(language: TextLanguage, text: str) -> None:
    """Symbols, digits and two letters are no ground for a judgement."""
    assert seen(language, text) == []


def test_the_threshold_is_an_option() -> None:
    """A stricter threshold silences judgements under it."""
    strict = TextLanguage()
    strict.load(FakeServices(options=LanguageOptions(least_confidence=1.1)))
    assert seen(strict, "This is certainly an English sentence, and a long one.") == []


@pytest.mark.parametrize(("heard", "expected"), [({}, ["en"]), ({"language": "en"}, ["en"]), ({"language": "de"}, [])])
def test_never_contradicts_the_speech_model(language: TextLanguage, heard: dict[str, Any], expected: list[str]) -> None:
    """A transcript's language is confirmed or left alone."""
    transcript = Observation(
        kind=Kind.TRANSCRIPT,
        text="Please turn on the light in the living room.",
        confidence=0.9,
        part="0" * 64,
        span=(0.0, 3.0),
        data=heard,
    )
    found = list(language.perceive(Task(part=text_of(""), media=Media(), observation=transcript)))
    assert [observation.text for observation in found] == expected
    assert all(observation.derived_from == (transcript.id,) for observation in found)


def test_a_long_text_is_quick(language: TextLanguage) -> None:
    """Only the beginning of a long text is looked at."""
    (observation,) = seen(language, "A small dog sleeps on the sofa. " * 6000)
    assert observation.text == "en"
