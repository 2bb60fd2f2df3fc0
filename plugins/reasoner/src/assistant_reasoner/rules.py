"""What a rule of the parser is. Not the rules themselves: those are in the files called rules_*.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from assistant_reasoner.programs import Program
from assistant_reasoner.words import Plain

BE = r"(?:is|are|was|were)"
IT = r"(?:it|this|that|they|these|those|@picture|there)"
HERE = r"(?: (?:@here|here|there|visible|present|shown|in total|at all|in it|on it|altogether))*"
SEEN_WORDS = r"(?:see|find|spot|recogni[sz]e|detect|identify|perceive|notice|make out|observe)"

Build = Callable[[re.Match[str], Plain], "Program | None"]


@dataclass(frozen=True)
class Rule:
    """A pattern over the plain form of a sentence, and the program it stands for."""

    text: str
    build: Build
    """Returns None when the words between do not fit after all: the next rule is tried."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first needed: all of them take as long as everything else that a command imports."""
        return re.compile(self.text)


class Rules:
    """An ordered list of rules; the first that fits counts."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def on(self, *patterns: str) -> Callable[[Build], Build]:
        """Register the decorated function for the patterns, which must match the whole sentence."""

        def register(build: Build) -> Build:
            self._rules.extend(Rule(pattern, build) for pattern in patterns)
            return build

        return register

    def parse(self, sentence: Plain) -> Program | None:
        """The program of the first rule that fits."""
        for rule in self._rules:
            match = rule.pattern.fullmatch(sentence.text)
            if match:
                program = rule.build(match, sentence)
                if program is not None:
                    return program
        return None


def quoted(text: str, sentence: Plain) -> str:
    """The text with `@q0` and the like replaced by the quoted texts themselves."""
    quotes = dict(enumerate(sentence.quotes))
    return re.sub(r"@q(\d+)", lambda match: quotes.get(int(match[1]), ""), text).strip(" ,")
