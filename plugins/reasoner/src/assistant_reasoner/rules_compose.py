"""Questions put together from others: both, either, the same, the nearer, the biggest of a kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from assistant_reasoner.lexicon import SIZES
from assistant_reasoner.nouns import noun_phrase, predicate
from assistant_reasoner.programs import Alike, AllOf, Beyond, Extreme, Nearer, OneOf, Program, Stands, Unknown, WhatIs
from assistant_reasoner.rules import BE, HERE, Rules
from assistant_reasoner.words import Plain

COMPOSE: Final = Rules()
_NEAR: Final = r"(?:closer|nearer|closest|nearest)"


@COMPOSE.on(
    r"(?:do|does) (?P<first>.+?) and (?P<second>.+?) have (?:the )?same colou?r",
    rf"{BE} (?P<first>.+?) and (?P<second>.+?) (?:of )?(?:the )?same (?:in )?colou?r",
    rf"(?:{BE}|do|does) (?P<first>.+?) (?:have )?(?:of )?the same colou?r as (?P<second>.+)",
)
def _alike(match: re.Match[str], sentence: Plain) -> Program | None:
    first, second = noun_phrase(match["first"]), noun_phrase(match["second"])
    return Alike(first, second) if first and second else None


@COMPOSE.on(
    rf"{BE} (?P<subject>.+?) {_NEAR} to (?P<first>.+?) (?P<joint>than|or)(?: to)? (?P<second>.+)",
    rf"(?:what|which)(?: one)? is (?:the )?{_NEAR} to (?P<subject>.+?) ,? ?(?P<first>the .+?) (?P<joint>or) "
    r"(?P<second>.+)",
)
def _nearer(match: re.Match[str], sentence: Plain) -> Program | None:
    named = [noun_phrase(match[name]) for name in ("subject", "first", "second")]
    known = [one for one in named if one is not None]
    if len(known) < 3 or any(one.pronoun for one in known):
        return None
    return Nearer(known[0], known[1], known[2], verdict=match["joint"] == "than")


@COMPOSE.on(
    rf"(?:which|what|who)(?: one)? is (?:the )?(?P<how>closer|nearer|farther|further)(?: away| to (?:us|me|you|the "
    rf"(?:camera|viewer|photographer)))?{HERE} ,? ?(?P<first>.+?) or (?P<second>.+)",
    rf"{BE} (?P<first>.+?) (?P<how>closer|nearer|farther|further)(?: away| to (?:us|the (?:camera|viewer)))? than "
    r"(?P<second>.+)",
)
def _depth(match: re.Match[str], sentence: Plain) -> Program | None:
    first, second = noun_phrase(match["first"]), noun_phrase(match["second"])
    if not first or not second or first.pronoun:
        return None
    how = "nearer" if match["how"] in ("closer", "nearer") else "farther"
    if not sentence.text.startswith(("which", "what", "who")):
        return Stands(first, "in_front" if how == "nearer" else "behind", second)
    return Extreme((first, second), how)  # type: ignore[arg-type]


@COMPOSE.on(
    r"(?:which|what) (?P<kind>\S+(?: \S+)?) (?:is|are) (?:the )?(?P<how>biggest|largest|smallest|tiniest)(?: one)?"
    rf"{HERE}",
    r"what is (?:the )?(?P<how>biggest|largest|smallest|tiniest) (?P<kind>\S+)" + HERE,
)
def _biggest(match: re.Match[str], sentence: Plain) -> Program | None:
    kind = noun_phrase(match["kind"])
    return WhatIs(replace(kind, size=SIZES[match["how"]])) if kind and (kind.classes or kind.shapes) else None


@COMPOSE.on(
    r"(?:what|which) (?:kind of |type of )?(?:sport|game|activity)(?: .*)?",
    r"what (?:is|are) (?P<who>.+?) (?:doing|up to)(?: .*)?",
)
def _doing(match: re.Match[str], sentence: Plain) -> Program | None:
    who = match.groupdict().get("who")
    thing = noun_phrase(who) if who else None
    return Beyond("activity", thing) if not who or thing else None


def composed(sentence: Plain, read: Callable[[Plain], Program | None]) -> Program | None:
    """Two questions joined by "and", or two predicates by "or", when each part can be read by itself.

    Args:
        sentence: the whole, which no rule read.
        read: reads a single question.
    """
    return _both(sentence, read) or _either(sentence, read)


def _both(sentence: Plain, read: Callable[[Plain], Program | None]) -> Program | None:
    match = re.match(
        r"^(?P<verb>is|are|does|do|has|have) (?P<first>.+?) (?P<joint>and|but) (?P<second>.+)$", sentence.text
    )
    if not match:
        return None
    for cut in re.finditer(r" (?:and|but) ", sentence.text):
        first, second = sentence.text[: cut.start()], sentence.text[cut.end() :]
        if not re.match(r"(?:is|are|does|do|has|have) ", second):
            second = f"{match['verb']} {second}"
        parts = [read(replace(sentence, text=text)) for text in (first, second)]
        known = tuple(one for one in parts if one is not None and not isinstance(one, Unknown | Beyond))
        if len(known) == 2:
            return AllOf(known)
    return None


def _either(sentence: Plain, read: Callable[[Plain], Program | None]) -> Program | None:
    match = re.match(r"^(?P<verb>is|are) (?P<rest>.+?) or (?P<last>.+)$", sentence.text)
    if not match or predicate(match["last"]) is None:
        return None
    tokens = match["rest"].split()
    for index in range(1, len(tokens)):
        subject, first = " ".join(tokens[:index]), " ".join(tokens[index:])
        thing = noun_phrase(subject)
        if thing is None or thing.pronoun or predicate(first) is None:
            continue
        parts = [read(replace(sentence, text=f"{match['verb']} {subject} {said}")) for said in (first, match["last"])]
        known = tuple(one for one in parts if one is not None and not isinstance(one, Unknown | Beyond))
        if len(known) == 2:
            return OneOf((first, match["last"]), known)
    return None
