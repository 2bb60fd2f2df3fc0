"""Reads questions in other languages by a grammar that is data: patterns, and the English questions they stand for.

What is understood thus becomes the same programs as in English: see parse.py. The grammars are in `grammar_fr.py` and
the like, names of things in nouns.txt. Which language a question is in is decided in languages.py.

A pattern is words, `(a|b)` alternatives, `[a]` what may be missing, `<name>` a macro, and slots: `{x}`, `{y}`, `{z}` a
noun phrase, `{q}` what is said of a subject (a colour, a place, a kind), `{xq}` a noun phrase and what is said of it,
in either order, `{t}` a topic, taken as it is, `{k}` the name that a value is written by. In the
English question `{x:s}` is the plural.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Final

from assistant_reasoner.phrase import tongue_of
from assistant_reasoner.segments import Phrase, about_picture, longest_first, plural_of, resolved, segment
from assistant_reasoner.tongue import rows

LONGEST_NAME: Final = 7
"""Words (or characters, where words are not separated) of the longest entry of a lexicon."""


def folded(text: str) -> str:
    """The text without accents, letter by letter: as long as before."""
    return "".join((unicodedata.normalize("NFD", letter)[:1] or letter) for letter in text).replace("đ", "d")


def normal(text: str) -> str:
    """Lower case, one space between words, no punctuation but the marks of quoted texts ("@q0")."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("œ", "oe").replace("æ", "ae")
    text = unicodedata.normalize("NFC", re.sub(r"['’`´‘\-–/]", " ", text))
    return " ".join(re.sub(r"[^\w@ ]+", " ", text).split())


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    english: str


@dataclass(frozen=True)
class Grammar:
    """How questions are asked in a language."""

    code: str
    function_words: str
    """Words that tell the language, those that other languages share left out."""
    lexicon: str
    """Rows "kind english = words": "article", "the", "no", "number 2", "size big", "color red", "left of" and other
    relations as "relation left of", "region on the left", "side left" for what can be either, "pronoun it", "join and",
    "drop"."""
    macros: str
    pictures: str
    """Rows "in", "of", "ordinals", "both": how a picture is referred to with a preposition, without one, by number."""
    rules: str
    """Rows "pattern => English question"; the first that fits counts. Leads and tails of courtesy: rows "lead", "tail"
    of the macros."""
    spaced: bool = True
    anchor_first: bool = False
    """Whether the anchor of a relation comes before it: "狗左边的猫"."""
    folds: Mapping[str, str] = field(default_factory=dict)
    """Letters to read as others: traditional characters as simplified ones."""

    # ---- reading the tables

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that tell the language, with and without accents."""
        found = self.function_words.split()
        return frozenset((*found, *(folded(word) for word in found)))

    @cached_property
    def _macros(self) -> dict[str, str]:
        return {name: "|".join(longest_first(pattern)) for name, pattern in rows(self.macros).items()}

    @cached_property
    def entries(self) -> dict[str, tuple[str, str]]:
        """Phrase -> (kind, English), with accents and, where nothing else is called so, without."""
        found: dict[str, tuple[str, str]] = {}
        for name, words in rows(self.lexicon).items():
            kind, _, english = name.partition(" ")
            for word in words.split(", "):
                found.setdefault(normal(word), (kind, english))
        tongue = tongue_of(self.code)
        assert tongue is not None
        for english, nouns in tongue.nouns.items():
            for noun in nouns:
                found.setdefault(normal(noun.singular), ("noun", english))
                found.setdefault(normal(noun.plural), ("nouns", english))
                if noun.gender and not self.spaced:
                    found.setdefault(noun.gender, ("article", ""))
                elif noun.gender and self.code == "vi":
                    found.setdefault(f"{noun.gender} {normal(noun.singular)}", ("noun", english))
        for english, forms in tongue.colors.items():
            for form in forms.split("/"):
                found.setdefault(normal(form), ("color", english))
        for word, meaning in tuple(found.items()):
            found.setdefault(folded(word), meaning)
            if self.code == "de":
                found.setdefault(word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"), meaning)
        return found

    def _compiled(self, pattern: str, slots: str = r".+?") -> str:
        """The regular expression of a pattern, to be matched with text without accents."""
        for _ in range(3):
            pattern = re.sub(r"<(\w+)>", lambda match: f"({self._macros[match[1]]})", pattern)
        pattern = re.sub(
            r"(?<=[(\[])[^()\[\]]*\|[^()\[\]]*(?=[)\]])", lambda group: "|".join(longest_first(group[0])), pattern
        )
        pattern = folded(pattern.replace("ß", "ss"))
        pattern = pattern.replace("(", "(?:").replace("[", "(?:").replace("]", ")?").replace("...", ".*")
        places = count()
        pattern = re.sub(r"\{(\w+)\}", lambda match: f"(?P<{match[1]}_{next(places)}>{slots})", pattern)
        if not self.spaced:
            return pattern.replace(" ", "")
        return re.sub(r" +", r"\\b ?", pattern)

    @cached_property
    def _rules(self) -> tuple[_Rule, ...]:
        found = []
        for line in re.sub(r"\n[ \t]+", " ", self.rules.strip()).splitlines():
            pattern, _, english = line.partition(" => ")
            found.append(_Rule(re.compile(self._compiled(pattern.strip())), english.strip()))
        return tuple(found)

    @cached_property
    def _courtesy(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        lead, tail = self._compiled(self._macros["lead"]), self._compiled(self._macros["tail"])
        space = r"\b ?" if self.spaced else ""
        return re.compile(f"^(?:(?:{lead}){space})+(?=.)"), re.compile(f"(?<=.){space}(?:{tail})$")

    @cached_property
    def _places(self) -> tuple[tuple[re.Pattern[str], str, int], ...]:
        """(pattern, "@p" or "@i", index: 0 for the picture at hand, -9 for all)."""
        table = rows(self.pictures)
        edge = r"\b" if self.spaced else ""
        found: list[tuple[re.Pattern[str], str, int]] = []
        for name in ("in", "of"):
            token = "@p" if name == "in" else "@i"
            for position, ordinal in enumerate(table["ordinals"].split(", ")):
                for row in (f"{name} nth", f"{name} nth2"):
                    if row in table:
                        text = self._compiled(table[row].replace("#", f"({ordinal})"))
                        found.append((re.compile(f"{edge}{text}{edge}"), token, position + 1))
            for row, index in ((f"{name} both", -9), (name, 0)):
                if row in table:
                    found.append((re.compile(f"{edge}{self._compiled(table[row])}{edge}"), token, index))
        return tuple(found)

    # ---- translating

    def translate(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """The English question that a text stands for and the topics in it as they were said; None if no rule fits."""
        quotes: list[str] = []

        def hold(match: re.Match[str]) -> str:
            quotes.append(match[1].strip())
            return f" @q{len(quotes) - 1} "

        text = re.sub(r"[\"“”„«「『]\s*([^\"“”„«»「」『』]+?)\s*[\"“”»」』]", hold, text)
        text = "".join(self.folds.get(letter, letter) for letter in text)
        said = normal(text)
        if not self.spaced:
            said = said.replace(" ", "")
        said, index = self._pictured(said)
        whole, said = said, self._bare(said)
        alone = self._without_picture(said)
        forms = (said, alone, *(self._joined(one) for one in (said, alone)), whole)
        if self.code == "de":
            forms = (*forms, re.sub(r"([aou])e", r"\1", said))
        for form in dict.fromkeys(forms):
            plain = folded(form)
            for rule in self._rules:
                match = rule.pattern.fullmatch(plain)
                english = self._english(rule.english, match, form) if match else None
                if english is not None:
                    question, topics = english
                    for position, quoted in enumerate(quotes):
                        question = question.replace(f"@q{position}", f'"{quoted}"')
                        topics = tuple(topic.replace(f"@q{position}", quoted) for topic in topics)
                    return about_picture(question, index), topics
        return None

    def clauses(self, text: str) -> tuple[str, ...]:
        """A question cut where it asks two things, if each piece is understood; else the whole."""
        said = normal("".join(self.folds.get(letter, letter) for letter in text))
        joined = self._macros["and"] if self.spaced else "而且|并且|还有"
        mark = " " if self.spaced else ""
        asks = rf"{mark}(?:{joined}){mark}(?={self._macros['asks']})" if self.spaced else rf"[，,、；;]|{joined}"
        if self.spaced:
            cuts = [match.span() for match in re.finditer(asks, folded(said))]
            ends = [*(start for start, _ in cuts), len(said)]
            pieces = [said[start:end] for start, end in zip([0, *(stop for _, stop in cuts)], ends, strict=True)]
        else:
            pieces = [piece for piece in re.split(asks, text) if piece.strip()]
        if len(pieces) == 1:
            counted = re.fullmatch(self._macros["each"], said if self.spaced else said.replace(" ", ""))
            lead, first, second, rest = counted.groups() if counted else ("", "", "", "")
            pieces = [f"{lead}{first}{rest}", f"{lead}{second}{rest}"] if counted else pieces
        return tuple(pieces) if len(pieces) > 1 and all(map(self.translate, pieces)) else (text,)

    def _joined(self, said: str) -> str:
        """The text without a leading "and"."""
        lead = self._macros["and"]
        return re.sub(rf"^(?:{lead}){' ' if self.spaced else ''}(?=.)", "", said)

    def _bare(self, said: str) -> str:
        lead, tail = self._courtesy
        for pattern in (lead, tail, lead):
            match = pattern.search(folded(said))
            if match and match.end() - match.start() < len(said):
                said = (said[: match.start()] + said[match.end() :]).strip()
        return said

    def _pictured(self, said: str) -> tuple[str, int]:
        """The text with "@p" for "in the picture" and "@i" for "the picture", and the number of the picture."""
        number = 0
        for pattern, token, index in self._places:
            match = pattern.search(folded(said))
            if match:
                space = " " if self.spaced else ""
                said = f"{said[: match.start()]}{space}{token}{space}{said[match.end() :]}"
                said = " ".join(said.split()) if self.spaced else said
                number = number or index
        return said, number

    def _without_picture(self, said: str) -> str:
        return " ".join(said.replace("@p", " ").split()) if self.spaced else said.replace("@p", "")

    def _english(self, template: str, match: re.Match[str], said: str) -> tuple[str, tuple[str, ...]] | None:
        values: dict[str, str] = {}
        topics: list[str] = []
        for group in match.groupdict():
            if match[group] is None:
                continue
            name = group.partition("_")[0]
            piece = said[match.start(group) : match.end(group)].strip()
            if name in ("t", "k"):
                piece = self._topic(piece)
                if not piece or (name == "k" and self._asks(piece)):
                    return None
                topics.append(piece)
                values[name] = piece if name == "k" else piece if piece.startswith("@q") else f'"{piece}"'
            elif name == "xq":
                split = self._split(piece)
                if split is None:
                    return None
                values["x"], values["q"], several = split
                if several and template.startswith("is the {x} {q}"):
                    template = template.replace("is the {x}", f"are the {several}")
            else:
                phrase = self.phrase(piece)
                if phrase is None or (name != "q" and not phrase.head):
                    return None
                if name == "q" and phrase.head and not phrase.known:
                    return None
                values[name] = f"a {phrase.text}" if name == "q" and phrase.head and not phrase.article else phrase.text
                values[f"{name}:s"] = plural_of(phrase)
                if name == "x" and phrase.many:
                    template = re.sub(r"^is the \{x\} \{q\}", "are the {x:s} {q}", template)
                    template = re.sub(r"^what color is the \{x\}", "what color are the {x:s}", template)
        for blank in re.findall(r"\{([\w:]+)\}", template):
            if blank not in values:
                return None
            template = template.replace(f"{{{blank}}}", values[blank])
        nothing = (
            r"\b(?:the|a|an) (?=(?:it|they|this|he|she|them|the|a|an|no|at least|at most|exactly|more than|\d+)\b)"
        )
        template = re.sub(r"^what (?:the|an?) (?=.+ is this$)", "what ", template)
        return re.sub(nothing, "", template), tuple(topics)

    def _topic(self, piece: str) -> str:
        """A topic without its article."""
        words = piece.split()
        while len(words) > 1 and self._meaning(words[0])[0] in ("article", "the", "drop"):
            words = words[1:]
        while len(words) > 1 and self._meaning(words[-1])[0] == "drop":
            words = words[:-1]
        return " ".join(words).replace("@p", "").replace("@i", "").strip()

    def _meaning(self, word: str) -> tuple[str, str]:
        return self.entries.get(word) or self.entries.get(folded(word)) or ("", "")

    def in_english(self, topic: str) -> str:
        """The English name of a topic that the lexicon knows as a whole; "" otherwise."""
        phrase = self.phrase(normal(topic))
        return phrase.text if phrase is not None and phrase.known and phrase.head else ""

    def names(self, text: str) -> Iterable[str]:
        """English noun phrases of what a running text speaks of: known names with their numbers and colours."""
        said = normal("".join(self.folds.get(letter, letter) for letter in text))
        entries = [*self._read(said if self.spaced else said.replace(" ", "")), ("", "")]
        pieces: list[tuple[str, str]] = []
        for kind, english in entries:
            if kind in ("article", "the", "no", "number", "least", "size", "color", "noun", "nouns"):
                if kind in ("article", "the", "no", "number") and any(one in ("noun", "nouns") for one, _ in pieces):
                    yield segment(pieces, head_last=self.anchor_first)[0]
                    pieces = []
                pieces.append((kind, english))
                continue
            if any(one in ("noun", "nouns") for one, _ in pieces):
                yield segment(pieces, head_last=self.anchor_first)[0]
            pieces = []

    def _split(self, piece: str) -> tuple[str, str, str] | None:
        """A noun phrase and what is said of it, in either order, and its plural if it is one."""
        parts = piece.split(" ") if self.spaced else list(piece)
        space = " " if self.spaced else ""
        for border in range(1, len(parts)):
            first, second = (
                self.phrase(space.join(parts[:border])),
                self.phrase(space.join(parts[border:]), predicate=True),
            )
            if first and first.head and first.known and second and self._says(second):
                return first.text, self._said_of(second), plural_of(first) if first.many else ""
            first, second = (
                self.phrase(space.join(parts[:border]), predicate=True),
                self.phrase(space.join(parts[border:])),
            )
            if second and second.head and second.known and first and not first.head:
                return second.text, first.text, plural_of(second) if second.many else ""
        return None

    def _unread(self, piece: str, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A name that the lexicon lacks, though it may know some of its characters, as one word."""
        if len(piece) > 8 or any(kind in ("relation", "side", "join", "pronoun") for kind, _ in found):
            return found
        lead = [entry for entry in found if entry[0] in ("article", "the", "no", "number", "least")]
        start = next(index for index in range(len(piece)) if not self._meaning(piece[: index + 1])[0])
        name = piece[start:] if lead else piece
        return [*lead, ("", name)]

    def _asks(self, unread: str) -> bool:
        """Whether words that the lexicon lacks are no name either: question words, verbs, or too many."""
        words = unread.split() if self.spaced else [unread]
        if "@p" in unread or "@i" in unread:
            return True
        if not self.spaced:
            return len(unread) > 6 or any(word in unread for word in self.words)
        return len(words) > 3 or any(word in self.words or len(word) < 2 for word in words)

    def _says(self, phrase: Phrase) -> bool:
        return phrase.known and (not phrase.head or phrase.article or not self.spaced)

    def _said_of(self, phrase: Phrase) -> str:
        return f"a {phrase.text}" if phrase.head and not re.match(r"(?:an?|the|\d+) ", phrase.text) else phrase.text

    # ---- noun phrases

    def phrase(self, piece: str, *, predicate: bool = False) -> Phrase | None:
        """The English of a noun phrase, or of a colour, a place or a relation; None if it is none."""
        found = list(self._read(piece))
        if not found or len(found) > 16 or any(not kind and self._asks(word) for kind, word in found):
            return None
        found = resolved(found, anchor_first=self.anchor_first)
        if not self.spaced and any(not kind for kind, _ in found):
            found = self._unread(piece, found)
        words: list[str] = []
        head = many = article = False
        pieces: list[tuple[str, str]] = []
        known = all(kind for kind, _ in found)
        for kind, english in (*found, ("end", "")):
            if kind in ("relation", "join", "end", "region"):
                text, named, several, marked = segment(pieces, head_last=self.anchor_first)
                if pieces and not text and kind != "end":
                    return None
                if text:
                    fresh = not words
                    words.append(text)
                    head, many, article = (named, several, marked) if fresh else (head, many, article)
                pieces = []
                if kind == "relation":
                    words.append(f"{english} the" if english else "")
                elif kind in ("join", "region"):
                    words.append(english)
            else:
                pieces.append((kind, english))
        text = " ".join(word for word in words if word)
        text = re.sub(r"\bthe (?=(?:a|an|the|it|they|he|she|\d+) )", "", text)
        return Phrase(text, head, known, many, article) if text else None

    def _read(self, piece: str) -> Iterable[tuple[str, str]]:
        """The entries of the lexicon that the text is made of, longest first; ("", word) for what it lacks."""
        parts = piece.split() if self.spaced else list(piece)
        space = " " if self.spaced else ""
        position, unread = 0, ""
        while position < len(parts):
            for length in range(min(LONGEST_NAME, len(parts) - position), 0, -1):
                text = space.join(parts[position : position + length])
                meaning = self._meaning(text)
                if not meaning[0] and re.fullmatch(r"\d{1,3}", text):
                    meaning = ("number", text)
                if meaning[0]:
                    if unread:
                        yield ("", unread)
                        unread = ""
                    if meaning[0] != "drop":
                        yield meaning
                    break
            else:
                length = 1
                unread = f"{unread}{space if unread else ''}{parts[position]}"
            position += length
        if unread:
            yield ("", unread)
