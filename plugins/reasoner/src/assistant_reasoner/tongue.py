"""How a language names things: nouns with gender and plural, colours that agree, articles. Not for understanding it.

A language is data: `phrase_fr.py` and the like hold what is said, `grammar_fr.py` and the like what is understood, and
`nouns.txt` the names of things in all of them. English needs none of this: see phrase.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from typing import Final

from assistant_reasoner.lexicon import DETECTOR_NAME

COLUMNS: Final = ("en", "fr", "es", "de", "zh", "vi")
"""The columns of nouns.txt."""
CLASSIFIED: Final = ("zh", "vi")
"""Languages without gender and plural, with classifiers."""


def rows(text: str) -> dict[str, str]:
    """Lines of "english = words" as a mapping; an indented line continues the one before."""
    entries = re.sub(r"\n[ \t]+", " ", "\n".join(line.rstrip() for line in text.strip().splitlines())).splitlines()
    pairs = (entry.partition(" = ") for entry in entries if " = " in entry)
    return {name.strip(): words.strip() for name, _, words in pairs}


@dataclass(frozen=True, slots=True)
class Noun:
    """A name of a thing in one language."""

    singular: str
    plural: str
    gender: str
    """m, f, n, or p for what has only a plural, q if that is feminine; in Chinese and Vietnamese the
    classifier, "" for none."""


class Named(str):
    """A rendered noun phrase that can be rendered again in another form: `{thing:the}` in a sentence."""

    __slots__ = ("color", "number", "word")
    word: str
    color: str
    number: int

    def __new__(cls, text: str, word: str, color: str = "", number: int = 1) -> Named:
        """The text as rendered, and what it names."""
        self = super().__new__(cls, text)
        self.word, self.color, self.number = word, color, number
        return self


@dataclass(frozen=True)
class Tongue:
    """What a language says."""

    code: str
    """ISO 639-1."""
    name: str
    """What it calls itself."""
    forms: Mapping[str, str]
    """Form and gender ("a.m", "the.f", "no.n", "count.p") or form alone -> template. {n} the noun, {N} its plural, {c}
    and {C} the colour agreeing with them, {c:en} the colour's stem with that ending, {k} a number, {l} the classifier,
    {w} the noun in the accusative."""
    colors: Mapping[str, str]
    """English name -> its forms, "/" between: masculine, feminine, their plurals; one form for all."""
    sentences: Mapping[str, str]
    """As phrase_en.SENTENCES; {thing:the} asks for another form of a noun, {color:thing} for agreement with one."""
    places: Mapping[str, str]
    """Regions of the picture, with their preposition: "top left"."""
    words: Mapping[str, str]
    """Other words: yes, no, feelings, "picture"; "weak": nouns whose accusative is like the plural (German)."""
    languages: Mapping[str, str]
    """ISO 639-1 code -> name."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Observation kinds in words."""
    relations: Mapping[str, str] = field(default_factory=dict)
    """Relations of fusion.align -> words, "{x}" for the anchor."""
    plurals: tuple[tuple[str, str], ...] = ()
    """Patterns and replacements that make the regular plural; the first that fits counts."""
    repairs: tuple[tuple[str, str], ...] = ()
    """Patterns and replacements on whole sentences: elision, contraction."""
    spaced: bool = True
    """Whether words are separated by spaces."""
    listing: tuple[str, str] = (", ", " ")
    """Between the items of a list: all but the last, and before the last."""
    decimal: str = "."

    @cached_property
    def nouns(self) -> dict[str, tuple[Noun, ...]]:
        """English name -> its names, the one to say first."""
        column = COLUMNS.index(self.code)
        return {cells[0]: self._named(cells[column]) for cells in noun_rows()}

    def _named(self, cell: str) -> tuple[Noun, ...]:
        if self.code in CLASSIFIED:
            classifier, _, names = cell.partition(" ")
            return tuple(Noun(name, name, classifier.strip("-")) for name in names.split(", "))
        found = []
        for name in cell.split(", "):
            gender, _, forms = name.partition(" ")
            singular, _, plural = forms.partition("/")
            found.append(Noun(singular, plural or self.plural(singular), gender))
        return tuple(found)

    def plural(self, singular: str) -> str:
        """The regular plural."""
        for pattern, replacement in self.plurals:
            if re.search(pattern, singular):
                return re.sub(pattern, replacement, singular)
        return singular

    def _known(self, word: str) -> tuple[Noun, ...]:
        found = self.nouns.get(word) or self.nouns.get(word.casefold())
        return found or self.nouns.get(DETECTOR_NAME.get(word, "")) or ()

    def noun(self, word: str) -> Noun:
        """The noun for an English name; a name that the table lacks stays as it is."""
        known = self._known(word)
        if known:
            return known[0]
        if self.code == "de" and word.isalpha():
            word = word[:1].upper() + word[1:]
        return Noun(word, word, {"zh": "个", "vi": ""}.get(self.code, "n" if self.code == "de" else "m"))

    def color(self, color: str, gender: str = "m", *, many: bool = False) -> str:
        """The colour's name, agreeing; several joined by "and" agree each."""
        shown = []
        for one in color.split(" and "):
            own = next((forms for forms in self.colors.values() if forms.split("/")[0] == one), one)
            forms = self.colors.get(one, own).split("/")
            index = (1 if gender in ("f", "q") else 0) + (2 if many or gender in ("p", "q") else 0)
            shown.append(forms[index % len(forms)] if len(forms) > 1 else forms[0])
        return self.listed(shown)

    def phrase(self, form: str, word: str, color: str = "", number: int = 1) -> str:
        """The noun phrase in a form: "a" (accusative in German), "nom", "the", "no", "bare", "many", "count"."""
        noun = self.noun(word)
        if self.spaced and form in ("a", "nom") and not color and not self._known(word):
            return f"“{noun.singular}”"
        template = self.forms.get(f"{form}.{noun.gender}") or self.forms[form]

        def fill(match: re.Match[str]) -> str:
            name, ending = match[1], match[2] or ""
            if name in ("c", "C"):
                if not color:
                    return ""
                if ending:
                    return "-".join(f"{self.colors.get(one, one)}{ending}" for one in color.split(" and "))
                return self.color(color, noun.gender, many=name == "C")
            weak = noun.plural if noun.singular in self.words.get("weak", "").split() else noun.singular
            return {"n": noun.singular, "N": noun.plural, "k": str(number), "l": noun.gender, "w": weak}[name]

        text = re.sub(r"\{(\w)(?::(\w+))?\}", fill, template)
        return text.replace("~", "" if not color else "的") if not self.spaced else " ".join(text.split())

    def listed(self, items: list[str]) -> str:
        """ "a, b and c"."""
        told = self.listing[0].join(items[:-1]) + (self.listing[1] if len(items) > 1 else "") + items[-1]
        return told if self.spaced else re.sub(r"([\u4e00-\u9fff])(\d)", r"\1 \2", told)

    def repaired(self, text: str, *, first: bool = True) -> str:
        """A piece of a sentence with elisions and contractions; if it is the first one, with a capital letter."""
        for pattern, replacement in self.repairs:
            text = re.sub(pattern, replacement, text)
        return text[:1].upper() + text[1:] if self.spaced and first else text


@lru_cache(maxsize=1)
def noun_rows() -> tuple[tuple[str, ...], ...]:
    """The cells of nouns.txt, English first."""
    text = resources.files("assistant_reasoner").joinpath("nouns.txt").read_text("utf-8")
    return tuple(
        tuple(cell.strip() for cell in line.split(" | ")) for line in text.splitlines() if line and line[0] != "#"
    )
