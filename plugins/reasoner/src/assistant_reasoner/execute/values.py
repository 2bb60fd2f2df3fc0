"""Finds typed values in lines of text: prices, times, dates, telephone numbers. Not for what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assistant_reasoner.programs import ValueKind

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_CURRENCY: Final = r"(?:[$€£¥₹]|chf|eur|usd|gbp|sfr\.?|fr\.|rs\.?|kr\.?|us\$)"
_AMOUNT: Final = r"\d{1,3}(?:[ ,.'’]\d{3})+(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{1,2})?"
_CLOCK: Final = (
    r"(?:(?:[01]?\d|2[0-4])[:.h][0-5]\d(?: ?[ap]\.?m\b\.?)?(?: ?uhr)?|(?:1[0-2]|0?[1-9]) ?[ap]\.?m\b\.?|"
    r"(?:[01]?\d|2[0-4]) ?(?:h\b|uhr|o'?clock))"
)
_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    kind: re.compile(pattern, re.I)
    for kind, pattern in {
        "price": rf"(?<![\w.,:/-])(?:-?{_CURRENCY} ?(?:{_AMOUNT})(?:[.,]-+)?|(?:{_AMOUNT}) "
        rf"?(?:{_CURRENCY}(?!\w)|euros?|"
        rf"dollars?|pounds?|francs?|cents?|p\b)|\d{{1,5}}[.,]\d{{2}}|\d{{1,5}}[.,]-+)(?![\d:]|[./]\d|,\d|(?:\w))",
        "time": rf"(?<![\d.,:]){_CLOCK}(?: ?(?:-|–|—|to|until|till|bis) ?{_CLOCK})?(?![\d:]|\.\d)|\bclosed\b|"
        rf"\b24 ?hours\b|"
        r"\bgeschlossen\b|\bferm[ée]e?\b|\bnoon\b|\bmidnight\b|"
        r"(?<![\d.,:/])\d{1,2} ?(?:-|–|—) ?\d{1,2}(?= ?(?:h\b|$|uhr))(?: ?(?:h\b|uhr))?",
        "date": rf"\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}\b|\b\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}\b|"
        rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)? ?(?:of )?{_MONTH}\b\.?,?(?: ?\d{{4}}\b)?|"
        rf"\b{_MONTH}\.? ?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,? ?\d{{4}}\b)?|\b{_MONTH} \d{{4}}\b",
        "phone": r"(?<![\w.])(?:\+|00|\()?\d(?:[ ()./-]{0,2}\d){6,14}(?![\w])|\b1-\d{3}-[A-Z]{3,}(?:-[A-Z]+)?\b",
        "email": r"[\w.+-]+ ?@ ?[\w-]+(?: ?\. ?[\w-]+)*\.[a-z]{2,}",
        "url": r"(?:https?://|www\.)[^\s,;]+|(?<![@\w.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\."
        r"(?:com|org|net|edu|gov|io|eu|info|co\.uk|uk|de|fr|ch|at|it|es|cn|jp)\b(?:/[^\s,;]*)?",
        "percent": r"\d{1,3}(?:[.,]\d+)? ?%",
        "number": r"(?<![\w.,:])(?:(?-i:[A-Z]{1,3})-?|(?-i:[A-Z]{2}) )?\d[\d.,:/-]*(?-i:[A-Z])?(?!\w)|(?<!\w)\d(?!\w)",
        "address": r"\b\d{1,5}[a-z]? (?:[A-Z][\w.'’-]*\.? ){1,4}(?:street|st|avenue|ave|road|rd|lane|ln|drive|"
        r"dr|boulevard|"
        r"blvd|square|sq|way|place|pl|court|ct|highway|hwy)\b\.?(?:,? .*)?|"
        r"\b(?:[\w'’.-]+ )?[\w'’-]*(?:stra(?:ss|ß)e|str\.|gasse|weg|platz|allee|rue|avenue|quai|via|calle|plaza)"
        r"(?: [\w'’-]+){0,3} \d{1,4}[a-z]?\b.*|\b[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,3} "
        r"(?:street|avenue|road|lane|square)(?: \d{1,5})?\b.*",
    }.items()
}
_ORDER: Final = ("email", "url", "date", "phone", "percent", "price", "time", "number")
"""What is looked for first where any value will do: a date is no telephone number, a price no time."""

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = (
    r"mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:nesday)?s?|thu(?:r(?:s(?:day)?)?)?s?|fri(?:day)?s?|sat(?:urday)?s?|"
    r"sun(?:day)?s?|mo|tu|we|th|fr|sa|su"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value within a text."""

    kind: ValueKind
    text: str
    start: int
    end: int


def values(text: str, kind: ValueKind) -> tuple[Value, ...]:
    """The values of a kind in a text, from left to right; of any kind each stretch once."""
    if kind == "text":
        return ()
    kinds = _ORDER if kind == "any" else (kind,)
    found: list[Value] = []
    for one in kinds:
        for value in _of(text, one):
            if all(value.end <= other.start or value.start >= other.end for other in found):
                found.append(value)
    return tuple(sorted(found, key=lambda value: value.start))


def _of(text: str, kind: str) -> Iterator[Value]:
    for match in _PATTERNS[kind].finditer(text):
        shown = match[0].strip(" ,;")
        if kind == "phone" and (
            values(shown, "date") or sum(sign.isdigit() for sign in shown) < 7 or re.fullmatch(r"\d+[.,]\d+", shown)
        ):
            continue
        if kind == "time" and "." in shown and values(text, "price") and _currency(text):
            continue
        yield Value(kind, shown, match.start(), match.start() + len(match[0].rstrip(" ,;")))  # type: ignore[arg-type]


def _currency(text: str) -> bool:
    return bool(re.search(_CURRENCY, text, re.I))


def amount(price: str) -> float | None:
    """The number of a price: 4.5 of "CHF 4.50" and of "4,50 €", 1200 of "$1,200"; None without one."""
    match = re.search(r"\d[\d.,' ’]*", price)
    if not match:
        return None
    digits = match[0].strip(" .,'’")
    fraction = re.search(r"[.,](\d{1,2})$", digits)
    whole = re.sub(r"\D", "", digits[: fraction.start()] if fraction else digits)
    return float(f"{whole or 0}.{fraction[1] if fraction else 0}")


def bounds(hours: str) -> tuple[str, str] | None:
    """Start and end of a range of hours: ("9:00", "17:00") of "9:00 - 17:00"; None of what is no range."""
    pieces = re.split(r" ?(?:-|–|—|\bto\b|\buntil\b|\btill\b|\bbis\b) ?", hours.strip())
    return (
        (pieces[0], pieces[1])
        if len(pieces) == 2 and all(re.search(r"\d|noon|midnight", one) for one in pieces)
        else None
    )


def days(text: str) -> frozenset[str]:
    """The days of the week that a text names, ranges filled in: "Mon - Fri", "weekdays", "daily"."""
    low = text.casefold()
    found: set[str] = set()
    if re.search(r"\b(?:daily|every ?day|7 days)\b", low):
        found.update(_DAYS)
    if re.search(r"\bweek ?days?\b", low):
        found.update(_DAYS[:5])
    if re.search(r"\bweek ?ends?\b", low):
        found.update(_DAYS[5:])
    for match in re.finditer(rf"\b({_DAY})\b\.?(?: ?(?:-|–|—|to|through|thru|until) ?({_DAY})\b)?", low):
        first = _day(match[1])
        last = _day(match[2]) if match[2] else first
        span = (last - first) % 7
        found.update(_DAYS[(first + step) % 7] for step in range(span + 1))
    return frozenset(found)


def _day(word: str) -> int:
    return next(index for index, name in enumerate(_DAYS) if name.startswith(word.rstrip("s")[:2]))
