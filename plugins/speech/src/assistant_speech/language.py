"""Decides which language a recording is in, window by window. Not for typed text: see the text plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SWITCH = 0.8
"""A later window is taken to be in another language only when the model is at least this sure of it: short windows at
the end of a recording are often unsure, while a real change of language is not (the least sure of the languages in
clips of a few seconds read aloud was 0.6, and only for the first window of a recording is that enough)."""
CHINESE = frozenset({"zh", "yue"})


@dataclass(slots=True)
class Languages:
    """What is known of the languages of one recording; `choose` is called once a window, in order."""

    fixed: str | None = None
    """The language the person set; None to detect."""
    heard: dict[str, float] = field(default_factory=dict)
    """Seconds by language, of what was recognised as speech."""
    sure: dict[str, float] = field(default_factory=dict)
    """The highest probability seen by language."""
    _current: str | None = None

    def choose(self, probabilities: Mapping[str, float]) -> tuple[str, float]:
        """The language to transcribe the next window in, and its probability.

        Args:
            probabilities: by language code, of this window; {"en": 1.0} from a model that knows only English.
        """
        if self.fixed:
            return self.fixed, 1.0
        best = max(probabilities, key=lambda code: probabilities[code])
        if self._current is None or probabilities[best] >= SWITCH:
            self._current = best
        return self._current, float(probabilities.get(self._current, 0.0))

    def note(self, language: str, probability: float, seconds: float) -> None:
        """Remember that so many seconds were spoken in this language."""
        self.heard[language] = self.heard.get(language, 0.0) + seconds
        self.sure[language] = max(self.sure.get(language, 0.0), probability)

    @property
    def main(self) -> str:
        """The language that was spoken longest; "" when nothing was said."""
        return max(self.heard, key=lambda code: self.heard[code], default="")


class ChineseScript:
    """Writes Chinese in one script: Whisper mixes simplified and traditional characters whatever was said."""

    def __init__(self, script: str) -> None:
        """`script` is "simplified", "traditional" or "as heard"."""
        self._script = script
        self._converter: object | None = None

    def __call__(self, text: str, language: str) -> str:
        """The text in the script, if it is Chinese."""
        if language not in CHINESE or self._script == "as heard":
            return text
        if self._converter is None:
            import opencc

            self._converter = opencc.OpenCC("t2s" if self._script == "simplified" else "s2t")
        return str(self._converter.convert(text))  # type: ignore[attr-defined]
