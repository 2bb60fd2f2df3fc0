"""Questions about what was said at a time: "what did they say at 0:10". Not about when something was said."""

from __future__ import annotations

import re
from typing import Final

from assistant_reasoner.programs import Program, Transcript
from assistant_reasoner.rules import Rules
from assistant_reasoner.words import Plain

TIMED: Final = Rules()

_AMOUNT: Final = (
    r"(?:clock \d+|(?:second|minute) \d+|\d+ ?(?:s|secs?|seconds?|m|min|mins?|minutes?)?(?: (?:and )?\d+ "
    r"?(?:s|secs?|seconds?))?)"
)


def _amount(name: str) -> str:
    return rf"(?P<{name}>{_AMOUNT})"


_MARK: Final = r"(?: mark| point| second mark| in)?"
_TIME: Final = (
    rf"(?:(?:between|from) {_amount('low')} (?:and|to|until|till) {_amount('high')}"
    rf"|(?:after|since|from) (?:the )?(?:first )?{_amount('after')}{_MARK}(?: on| onwards?)?"
    rf"|(?:before|until|by|up to) (?:the )?{_amount('before')}{_MARK}"
    rf"|(?:in|during|within) the first {_amount('first')}"
    rf"|(?:in|during|within) the last {_amount('last')}"
    rf"|(?:at|around|about|near|@here at) (?:about |around )?(?:the )?{_amount('at')}{_MARK})"
)
_SPOKEN: Final = (
    r"(?:say|says|said|saying|hear|heard|spoken|talk|talks|talking|talked|mention|mentioned|mentions|tell|told|speak|"
    r"speaking|speaks|happens|happening|going on|discussed)"
)


def seconds(text: str) -> float:
    """Seconds of an amount in words: "10 seconds", "1 minute 5 s", "clock 70" (from "1:10")."""
    found = re.findall(r"(minute |m)?(\d+) ?(minutes?|mins?|m\b)?", text)
    total = 0.0
    for before, digits, after in found:
        total += float(digits) * (60 if before.startswith("minute") or after else 1)
    return total


@TIMED.on(
    rf"(?:what|who|which|quote|repeat|transcribe|give me|is|was|did|does|do)\b.*?\b{_SPOKEN}\b.*? ?(?:about )?{_TIME}"
    rf"(?: @here)?(?: (?:in|of|into|on) .*)?",
    rf"{_TIME} ,? ?(?:what|who|which|is|was|did|does|do)\b.*\b{_SPOKEN}\b.*",
)
def _at(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if not any(re.search(r"clock|s$|sec|min|\bm$|second", value) for value in groups.values()):
        return None
    if "low" in groups:
        return Transcript("at", span=(seconds(groups["low"]), seconds(groups["high"])))
    name, value = next(iter(groups.items()))
    moment = seconds(value)
    span = {
        "after": (moment, float("inf")),
        "before": (0.0, moment),
        "first": (0.0, moment),
        "last": (-moment, float("inf")),
    }.get(name, (moment, moment))
    return Transcript("at", span=span)
