"""English words for counted things: plurals, articles, numbers, lists. Not for choosing what to say: see caption.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NUMBERS: Final = "no one two three four five six seven eight nine ten eleven twelve".split()
_IRREGULAR: Final = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "goose": "geese",
    "knife": "knives",
    "sheep": "sheep",
    "fish": "fish",
    "skis": "pairs of skis",
    "scissors": "pairs of scissors",
    "broccoli": "pieces of broccoli",
}
_ALWAYS_PLURAL: Final = {"skis": "skis", "scissors": "a pair of scissors", "broccoli": "broccoli"}
_SPELLED: Final = {"tv": "TV"}
_CONSONANT_SOUND: Final = ("uni", "use", "usu", "euro", "one-", "ukulele")
_VOWEL_SOUND: Final = ("hour", "honest", "heir")


def plural(name: str) -> str:
    """The plural of a class name; of several words, the last one's: "wine glasses"."""
    *before, last = _SPELLED.get(name, name).split(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last])


def article(name: str) -> str:
    """ "a" or "an", by sound."""
    word = name.lower()
    if word.startswith(_VOWEL_SOUND):
        return "an"
    return "an" if word[:1] in tuple("aeiou") and not word.startswith(_CONSONANT_SOUND) else "a"


def number(count: int) -> str:
    """A number in words up to twelve, in figures beyond."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def counted(count: int, name: str) -> str:
    """ "a dog", "two dogs", "a pair of scissors", "14 people"."""
    if count == 1:
        spelled = _SPELLED.get(name, name)
        return _ALWAYS_PLURAL.get(name) or f"{article(spelled)} {spelled}"
    return f"{number(count)} {plural(name)}"


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def sentence(text: str) -> str:
    """The text with a capital letter at its start and one full stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", '."', "!", "?")) else ".")
