"""Wording: sentences by key, names, places, numbers. Not for deciding what is true: see execute/.

Sentences are looked up by key in the table of the language (phrase_en.py, phrase_fr.py, ...); what a language lacks is
said in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assistant_reasoner import phrase_en, phrase_en_only
from assistant_reasoner.lexicon import plural
from assistant_reasoner.tongue import Named, Tongue

QUOTED = 1200
"""Characters of a text that are quoted in one answer."""
UNCOUNTABLE = frozenset(
    "broccoli scissors skis furniture food fruit text luggage snow grass water ice sand mud dirt smoke fire fog rain "
    "lightning milk coffee tea juice beer wine bread rice pasta cheese meat chocolate sugar salt butter soup gravel "
    "hair fur wood metal paper glasses sunglasses shorts pants trousers jeans leggings tights pajamas goggles "
    "headphones binoculars clothes electronics traffic money jewelry makeup garbage trash equipment graffiti "
    "sunlight hay sky ground".split()
)
"""Nouns that take no "a"."""

_PAIRS = re.compile(
    r"\b(?:(?P<the>[Tt]he) (?P<name>NAMES) is|there is (?P<some>NAMES))\b".replace(
        "NAMES",
        "shorts|pants|trousers|jeans|leggings|tights|pajamas|glasses|sunglasses|goggles|headphones|binoculars|scissors|"
        "skis|clothes",
    )
)
"""Names that are plural though one thing is meant."""
_PLACES = ("place", "actual", "second")


def _in_plural(found: re.Match[str]) -> str:
    return f"{found['the']} {found['name']} are" if found["the"] else f"there are {found['some']}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the ids of the observations that it rests on."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A computed answer."""

    sentences: tuple[Sentence, ...]
    short: str | None = None
    """The bare answer: "yes", "3", "red"; of an abstention the best guess, if there is any ground for one."""
    confidence: float | None = None
    """Probability that `short` is right, 0-1."""
    abstained: bool = False
    """It cannot tell; `short` is no more than a guess."""

    @property
    def text(self) -> str:
        """The whole answer."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def cites(self) -> tuple[str, ...]:
        """Everything it rests on, in order, once each."""
        return tuple(dict.fromkeys(identity for sentence in self.sentences for identity in sentence.cites))


class Phrases:
    """Says things in one language."""

    def __init__(self, language: str = "en") -> None:
        self.tongue = tongue_of(language)
        self.language = self.tongue.code if self.tongue else "en"

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of that key, its blanks filled."""
        told = self.tongue.sentences.get(key) if self.tongue else None
        if self.tongue is None or told is None:
            english = phrase_en.SENTENCES.get(key) or phrase_en_only.SENTENCES[key]
            text = _PAIRS.sub(_in_plural, english.format(**values))
        else:
            text = re.sub(r"\{(\w+)(?::(\w+))?\}", lambda match: self._filled(match[1], match[2] or "", values), told)
            pieces = re.split(r"(“[^”]*”)", text)  # what was read or heard stays as it was
            text = "".join(
                piece if index % 2 else self.tongue.repaired(piece, first=index == 0 and told[0] == "{")
                for index, piece in enumerate(pieces)
            )
        return re.sub(r"([.!?…。！？] ?”)[.。]", r"\1", text)

    def _filled(self, name: str, form: str, values: Mapping[str, object]) -> str:
        """A blank of a sentence: the value, in the form asked for, agreeing with another one, or put into words."""
        assert self.tongue is not None
        value = values.get(name, "")
        if name == "things" and isinstance(value, str) and value[1:-1] in self.tongue.nouns:
            return self.quote(self.tongue.noun(value[1:-1]).singular)
        if name in ("short", "option") and str(value)[:1] == "“":
            return self.quote(self.bare(str(value)[1:-1]))
        if name in ("option", "verdict") and isinstance(value, str):
            return self.bare(value.casefold())
        if form == "word":
            return self.word(str(value))
        if name == "relation":
            return self._relation(str(value), values.get(form, ""))
        if name in ("color", "actual", "other") and isinstance(values.get(form), str):
            anchor = values[form]
            word = anchor.word if isinstance(anchor, Named) else str(anchor)
            return self.tongue.color(getattr(value, "word", str(value)), self.tongue.noun(word).gender)
        if isinstance(value, Named) and form and form != "thing":
            return self.tongue.phrase(form, value.word, value.color, value.number)
        if isinstance(value, str) and not isinstance(value, Named) and value in self.tongue.nouns:
            return self.tongue.phrase(form if form not in ("", "thing") else "a" if name in _PLACES else "bare", value)
        if isinstance(value, str) and not isinstance(value, Named) and form in ("the", "one", "nom") and value:
            return self.tongue.phrase(form, value)
        return str(value)

    def _relation(self, words: str, anchor: object) -> str:
        assert self.tongue is not None
        key = next((name for name, english in phrase_en.RELATIONS.items() if english == words), "")
        form = "the_dat" if self.language == "de" else "the"
        named = (
            self.tongue.phrase(form, anchor.word, anchor.color)
            if isinstance(anchor, Named)
            else self.tongue.phrase(form, str(anchor))
        )
        plain = self.tongue.phrase("the", getattr(anchor, "word", str(anchor)), getattr(anchor, "color", ""))
        told = self.tongue.relations.get(key, "").replace("{x}", named).replace("{y}", plain)
        return told if key in self.tongue.relations else f"{words} {named}"

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return " " if self.tongue is None or self.tongue.spaced else ""

    @property
    def stop(self) -> str:
        """The full stop."""
        return "." if self.tongue is None or self.tongue.spaced else "。"

    def word(self, english: str) -> str:
        """A word other than a noun or colour: "positive", "the speaker", "yes"; itself if the language lacks it."""
        return self.tongue.words.get(english, english) if self.tongue else english

    def bare(self, short: str) -> str:
        """A bare answer in the language: "oui", "rojo", "Hund"; what is no such word, a quotation, stays as it is."""
        if self.tongue is None:
            return short
        if short in self.tongue.words:
            return self.tongue.words[short]
        if short in self.tongue.colors:
            return self.tongue.color(short)
        if short in self.tongue.places:
            return self.tongue.places[short]
        code = next((code for code, name in phrase_en.LANGUAGES.items() if name == short), "")
        if code in self.tongue.languages:
            return self.tongue.languages[code]
        return self.tongue.nouns[short][0].singular if short in self.tongue.nouns else short

    def language_name(self, code: str) -> str:
        """The name of a language by its ISO 639-1 code."""
        names = self.tongue.languages if self.tongue else phrase_en.LANGUAGES
        return names.get(code, phrase_en.LANGUAGES.get(code, code))

    def kind(self, kind: str) -> str:
        """An observation kind in words."""
        names = self.tongue.kinds if self.tongue else phrase_en.KINDS
        return names.get(kind, phrase_en.KINDS.get(kind, kind))

    def name(self, word: str, color: str = "") -> str:
        """ "red car"."""
        if self.tongue:
            return Named(self.tongue.phrase("bare", word, color), word, color)
        return f"{color} {word}".strip()

    def color(self, color: str) -> str:
        """The colour's name."""
        if self.tongue:
            return Named(self.tongue.color(color), color)
        return color

    def a(self, word: str, color: str = "") -> str:
        """ "an orange cat"."""
        if self.tongue:
            word, color = (word.word, color or word.color) if isinstance(word, Named) else (word, color)
            return Named(self.tongue.phrase("a", word, color), word, color)
        named = self.name(word, color)
        if re.split(r" (?:with|in|on|at|to|next|above|below|behind|under|touching)\b", word)[0] in UNCOUNTABLE:
            return named
        return (
            f"{'an' if named[:1].lower() in 'aeiou' and not named.startswith(('one', 'uni', 'use')) else 'a'} {named}"
        )

    def no(self, word: str, color: str = "") -> str:
        """ "no red car"."""
        if self.tongue:
            word, color = (word.word, color or word.color) if isinstance(word, Named) else (word, color)
            return Named(self.tongue.phrase("no", word, color), word, color)
        return f"no {self.name(word, color)}"

    def count(self, number: int, word: str, color: str = "") -> str:
        """ "3 red cars"."""
        if self.tongue:
            word, color = (word.word, color or word.color) if isinstance(word, Named) else (word, color)
            return Named(
                self.tongue.phrase("one" if number == 1 else "count", word, color, number), word, color, number
            )
        if number == 1:
            return f"1 {self.name(word, color)}"
        return f"{number} {self.name(word if word in UNCOUNTABLE else plural(word), color)}"

    def many(self, word: str, color: str = "") -> str:
        """ "red cars"."""
        if self.tongue:
            return Named(self.tongue.phrase("many", word, color), word, color, 2)
        return self.name(plural(word), color)

    def place(self, place: str) -> str:
        """ "at the top left" of one of the names of `fusion.align.place`, or of a question's region."""
        if self.tongue:
            return self.tongue.places.get(place, place)
        if place == "whole picture":
            return "filling most of the picture"
        if place in ("centre", "foreground", "background"):
            return f"in the {place}"
        return f"at the {place}"

    def percent(self, probability: float) -> str:
        """ "82 %"; never 100 %."""
        return f"{max(1, min(99, round(100 * probability)))} %"

    def frame(self, seconds: float) -> str:
        """ " of the frame at 3.2 s": what follows a place in a video."""
        if self.tongue is None:
            return f" of the frame at {self.time(seconds)}"
        told = self.tongue.words["frame"].replace("{time}", self.time(seconds))
        return told if told[:1] in ",（" else f" {told}"

    def numbered(self, word: str, index: int = 0) -> str:
        """ "the picture", or "picture 2"."""
        if self.tongue:
            return self.word(f"{word}_n").replace("{k}", str(index)) if index else self.word(word)
        return f"{word} {index}" if index else f"the {word}"

    def times(self, number: int) -> str:
        """ "once", "3 times"."""
        if self.tongue:
            return self.word("once" if number == 1 else "times").replace("{k}", str(number))
        return "once" if number == 1 else f"{number} times"

    def at(self, seconds: float) -> str:
        """ "at 3.2 s"."""
        told = self.time(seconds)
        return self.tongue.words["at"].replace("{time}", told) if self.tongue else f"at {told}"

    def listed(self, items: Sequence[str]) -> str:
        """ "a, b and c"."""
        if not items:
            return ""
        if self.tongue:
            return self.tongue.listed(list(items))
        return ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1]

    def quote(self, text: str, limit: int = QUOTED) -> str:
        """The text in quotation marks, on one line, cut after `limit` characters."""
        line = " ".join(text.split()).replace('"', "'")
        cut = line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
        return f"“{cut}”"

    def time(self, seconds: float) -> str:
        """ "1:05.2" or "3.2 s"."""
        told = f"{int(seconds // 60)}:{seconds % 60:04.1f}" if seconds >= 60 else f"{seconds:.1f} s"
        return told.replace(".", self.tongue.decimal) if self.tongue else told


@cache
def tongue_of(language: str) -> Tongue | None:
    """What is said in a language; None for English, and for those that nothing is said in."""
    if language == "fr":
        from assistant_reasoner import phrase_fr

        return phrase_fr.FRENCH
    if language == "es":
        from assistant_reasoner import phrase_es

        return phrase_es.SPANISH
    if language == "de":
        from assistant_reasoner import phrase_de

        return phrase_de.GERMAN
    if language == "zh":
        from assistant_reasoner import phrase_zh

        return phrase_zh.CHINESE
    if language == "vi":
        from assistant_reasoner import phrase_vi

        return phrase_vi.VIETNAMESE
    return None


def said(text: str, *cites: str) -> Sentence:
    """A sentence and what it rests on."""
    return Sentence(text, tuple(dict.fromkeys(cites)))
