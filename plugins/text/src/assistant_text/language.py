"""The perceiver that says which language a text or transcript is in. Not for translating."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.plugin import Perceiver, Services, Task, require
from assistant.types import TEXT, Kind, Observation
from assistant_text.language_names import LANGUAGE_NAMES

MACROLANGUAGE: Final = {"wuu": "zh", "yue": "zh", "ary": "ar", "arz": "ar"}
"""Varieties the identifier tells apart that ISO 639-1 writes with one code (ISO 639-3 macrolanguages)."""
ENOUGH_CHARACTERS: Final = 4000
"""What is looked at of a long text: the identifier is certain well before."""


@dataclass(frozen=True)
class LanguageOptions:
    """Options of `text_language`."""

    least_confidence: float = field(
        default=0.2,
        metadata={"description": "Below this probability nothing is said."},
    )


class TextLanguage(Perceiver):
    """ISO 639-1 language of what was typed or said, by py3langid (naive Bayes over byte n-grams).

    The probability is py3langid's, tempered by the length of the text, with the varieties of one language summed. On
    English snippets cut to 6-100 characters it errs on the careful side: of those given 0.3-0.4 about 0.87 were
    right, of those over 0.6 at least 0.99. Too little to go by ("ok", "???", a smiley) gives no observation.

    A transcript's language was already decided by the speech model, which heard the sound: here it is only confirmed,
    never contradicted.
    """

    name = "text_language"
    consumes = (TEXT, Kind.TRANSCRIPT)
    produces = (Kind.LANGUAGE,)
    requires = ("py3langid",)
    Options = LanguageOptions
    memory_mb = 75
    heavy = False
    concurrency = 8

    def __init__(self) -> None:
        self._identifier: Any = None
        self._options = LanguageOptions()

    def load(self, services: Services) -> None:
        """Read the bundled model (0.7 s)."""
        require("py3langid", install="pip install 'py3langid>=0.4'")
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages(
            [label for label in identifier.labels if label in LANGUAGE_NAMES.keys() | MACROLANGUAGE]
        )
        self._options = services.options or LanguageOptions()
        self._identifier = identifier

    def close(self) -> None:
        """Drop the model."""
        self._identifier = None

    def perceive(self, task: Task) -> Iterator[Observation]:
        """One `language` observation, or none when the text is too short or has no letters."""
        text = task.text[:ENOUGH_CHARACTERS]
        if not any(character.isalpha() for character in text):
            return
        probabilities: dict[str, float] = {}
        for label, probability in self._identifier.rank(text):
            code = MACROLANGUAGE.get(label, label)
            probabilities[code] = probabilities.get(code, 0.0) + float(probability)
        language, confidence = max(probabilities.items(), key=lambda item: item[1])
        heard = task.observation.data.get("language") if task.observation else None
        if confidence < self._options.least_confidence or heard not in (None, "", language):
            return
        yield task.observe(Kind.LANGUAGE, language, confidence, name=LANGUAGE_NAMES[language])
