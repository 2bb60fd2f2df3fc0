"""Compares another answerer's answer with what was observed: the answer itself, and what it states besides.

Conservative: only strong observations count, and only plain contradictions are called so. Not for answering: see
answerer.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from assistant.types import Answer, Delta, Kind
from assistant_reasoner.execute.things import count_confidence, search
from assistant_reasoner.execute.world import Scene, World
from assistant_reasoner.lexicon import CLOSE_COLORS, COLORS, DETECTOR_NAME, NUMBERS, plural, singular
from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.phrase import Reply
from assistant_reasoner.programs import (
    Choose,
    ColorOf,
    Count,
    Every,
    HasColor,
    InRegion,
    IsA,
    MoreThan,
    Parsed,
    Place,
    Presence,
    Program,
    Read,
    Stands,
    Thing,
    WhatIs,
)

STRONG: Final = 0.8
"""Probability of the own answer from which it counts against another."""
AGREES: Final = 0.6
"""Probability of the own answer from which it counts in favour of another that says the same."""
ASSUMED: Final = 0.7
"""Probability of an answer whose answerer gave none."""
ALIKE: Final = 0.8
"""Share of matching characters from which two readings of a text are one."""
UNLIKE: Final = 0.45
"""Share of matching characters below which they are different texts."""
PLAINLY: Final = 0.6
"""Share of a thing's pixels from which a colour is plainly its colour."""
CEILING: Final = 0.98
"""No agreement makes surer than this."""
_VERDICTS: Final = (Presence, HasColor, InRegion, Stands, IsA, MoreThan, Every)
_NUMBER_WORDS: Final = "|".join(word for word in NUMBERS if word not in ("a", "an", "single", "pair", "dozen", "both"))
_COUNTED: Final = re.compile(rf"\b(?P<number>\d{{1,3}}|{_NUMBER_WORDS}|no)\s+(?P<words>[a-z][a-z ]{{1,40}})", re.I)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparison showed."""

    agrees: bool
    note: str
    """One sentence with the own evidence, for a contradiction."""
    sure: float
    """Probability of the own evidence."""
    cites: tuple[str, ...] = ()


def checked(parsed: Parsed, reply: Reply, world: World, answer: Answer) -> Delta | None:
    """What to add to the answer of another; None where there is nothing to compare.

    Args:
        parsed: the question as the reasoner understood it.
        reply: its own answer to it.
        world: the context.
        answer: the whole answer of the other.
    """
    if answer.abstained or not answer.text.strip():
        return None
    own = _own(parsed.program, reply, answer)
    claims = [finding for scene in world.scenes[:1] for finding in _claims(answer, parsed.program, scene, world)]
    against = [finding for finding in (own, *claims) if finding is not None and not finding.agrees]
    theirs = ASSUMED if answer.confidence is None else answer.confidence
    if against:
        first = against[0]
        cites = tuple(dict.fromkeys(identity for finding in against for identity in finding.cites))
        note = " ".join(dict.fromkeys(finding.note for finding in against[:2]))
        sure = _against(theirs, first.sure) if own is first else theirs * (1 - 0.5 * first.sure)
        return Delta(text=f"\n\n{note}", citations=cites, confidence=round(sure, 4), checked="disagrees")
    if own is not None:
        return Delta(citations=own.cites, confidence=round(_together(theirs, own.sure), 4), checked="agrees")
    return None


def _against(theirs: float, own: float) -> float:
    """The probability of the one of two contradicting judgements, each right with its probability."""
    theirs, own = min(CEILING, max(0.02, theirs)), min(CEILING, max(0.02, own))
    return theirs * (1 - own) / (theirs * (1 - own) + own * (1 - theirs))


def _together(theirs: float, own: float) -> float:
    """The probability of what two judgements share; they are not wholly independent, so the odds add up by half."""
    theirs, own = min(CEILING, max(0.02, theirs)), min(CEILING, max(0.02, own))
    odds = theirs / (1 - theirs) * math.sqrt(max(1.0, own / (1 - own)))
    return min(CEILING, odds / (1 + odds))


# ---- the answer itself ------------------------------------------------------------------------------------------


def _own(program: Program, reply: Reply, answer: Answer) -> Finding | None:
    """The own answer against the other's; None if it is not sure, or the two cannot be compared."""
    if reply.abstained or not reply.short or reply.confidence is None or reply.confidence < AGREES:
        return None
    inner = program.inner if isinstance(program, Choose) else program
    said = " ".join((answer.short or "", answer.text))
    same: bool | None
    if isinstance(program, Choose):
        same = _says(said, reply.short) if answer.short is None else _normal(answer.short) == _normal(reply.short)
    elif isinstance(inner, _VERDICTS) or reply.short in ("yes", "no", "true", "false"):
        same = _same_verdict(answer, reply.short)
    elif isinstance(inner, Count):
        same = _same_number(answer, reply.short)
    elif isinstance(inner, ColorOf):
        same = _same_color(said, reply.short)
    elif isinstance(inner, Read):
        same = _same_text(answer, reply.short)
    elif isinstance(inner, WhatIs | Place):
        same = True if _says(said, reply.short) else None
    else:
        return None
    if same is None or (not same and reply.confidence < STRONG):
        return None
    evidence = reply.sentences[0].text
    note = f"Note: what I observed does not agree with the answer above. {evidence}"
    return Finding(same, note, reply.confidence, reply.cites)


def _normal(text: str) -> str:
    words = re.sub(r"[^\w ]+", " ", text.casefold()).split()
    return " ".join(str(NUMBERS.get(word, word)) for word in words if word not in ("a", "an", "the"))


def _says(text: str, name: str) -> bool:
    padded = f" {_normal(text)} "
    return f" {_normal(name)} " in padded or f" {_normal(plural(name))} " in padded


def _verdict(text: str) -> str:
    """ "yes", "no" or "" of a text that begins with, or is, a verdict."""
    first = re.match(r"\W*(yes|yeah|yep|true|correct|no|nope|false|incorrect|not)\b", text.casefold())
    if not first:
        return ""
    return "yes" if first[1] in ("yes", "yeah", "yep", "true", "correct") else "no"


def _same_verdict(answer: Answer, own: str) -> bool | None:
    given = _verdict(answer.short or "") or _verdict(answer.text)
    if not given:
        if re.search(
            r"\b(?:there (?:is|are) no|is not|are not|isn't|aren't|does not|doesn't)\b", answer.text.casefold()
        ):
            given = "no"
        elif re.match(r"\W*there (?:is|are)\b", answer.text.casefold()):
            given = "yes"
    return None if not given else given == _verdict(own)


def _numbers(text: str) -> list[int]:
    words = re.findall(r"\d+|[a-z]+", text.casefold())
    known = [int(word) if word.isdigit() else NUMBERS.get(word) for word in words if word not in ("a", "an", "both")]
    return [number for number in known if number is not None]


def _same_number(answer: Answer, own: str) -> bool | None:
    if not own.isdigit():
        return None
    stated = _numbers(answer.short or "") or _numbers(re.split(r"(?<=[.!?])\s", answer.text)[0])
    if not stated and re.match(r"\W*(?:no|none)\b|.*\bthere are no\b", answer.text.casefold()):
        stated = [0]
    if re.search(r"\b(?:at least|about|around|several|many|more than|over|approximately)\b", answer.text.casefold()):
        return True if int(own) in stated else None
    if not stated or len(set(stated)) > 1:
        return True if int(own) in stated else None
    return stated[0] == int(own)


def _colors(text: str) -> set[str]:
    return {COLORS[word] for word in re.findall(r"[a-z]+", text.casefold()) if word in COLORS}


def _same_color(said: str, own: str) -> bool | None:
    stated = _colors(said)
    if not stated or own not in COLORS.values():
        return None
    if own in stated:
        return True
    return None if any(frozenset((own, other)) in CLOSE_COLORS for other in stated) else False


def _same_text(answer: Answer, own: str) -> bool | None:
    quoted = re.findall(r"[\"“]([^\"”]{2,300})[\"”]", answer.text)
    given = " ".join(filter(None, [answer.short])) or " ".join(quoted)
    mine, theirs = _normal(own), _normal(given or answer.text)
    if not mine or not theirs:
        return None
    if mine in theirs or (given and theirs in mine and len(theirs) >= 3):
        return True
    alike = SequenceMatcher(None, mine[:400], theirs[:400], autojunk=False).ratio()
    if alike >= ALIKE:
        return True
    return False if given and alike < UNLIKE and len(mine) >= 3 else None


# ---- what it states besides -------------------------------------------------------------------------------------


def _claims(answer: Answer, program: Program, scene: Scene, world: World) -> list[Finding]:
    """Numbers and colours of things stated in the other's sentences, where strong observations contradict them."""
    asked = program.thing.words if isinstance(program, Count) else ""
    found: list[Finding] = []
    for match in _COUNTED.finditer(answer.text):
        before = answer.text[max(0, match.start() - 14) : match.start()].casefold()
        if re.search(r"(?:at least|about|around|least|over|than|nearly|almost|one of|of the|of)\s*$", before):
            continue
        thing = _named(match["words"])
        if thing is None or thing.words == asked:
            continue
        number = match["number"].casefold()
        stated = 0 if number == "no" else int(number) if number.isdigit() else NUMBERS[number]
        finding = _count_claim(stated, thing, scene, world)
        if finding is not None:
            found.append(finding)
    if not isinstance(program, ColorOf | HasColor):
        found += _color_claims(answer.text, scene, world)
    return found


def _named(words: str) -> Thing | None:
    """The thing that the words begin with: "dogs lying on" -> dog; None unless a detector knows it."""
    tokens = words.casefold().split()[:3]
    for length in range(len(tokens), 0, -1):
        name = singular(" ".join(tokens[:length]))
        if name in DETECTOR_NAME:
            return noun_phrase(name)
    return None


def _count_claim(stated: int, thing: Thing, scene: Scene, world: World) -> Finding | None:
    found = search(thing, scene, world)
    sure, unsure = found.counted, found.uncounted
    cites = tuple(identity for match in sure for identity in match.cites)
    if stated == 0:
        best = sure[0].confidence if sure else 0.0
        if best < 0.9:
            return None
        text = f"Note: the answer above says there is no {thing.words}, but I see one ({world.say.percent(best)} sure)."
        return Finding(False, text, best, cites)
    if not found.able or len(sure) == stated or len(sure) < 1:
        return None
    confidence = count_confidence(sure, unsure, found)
    if confidence < STRONG:
        return None
    counted = world.say.count(len(sure), thing.words)
    text = (
        f"Note: I count {counted} ({world.say.percent(confidence)} sure), which does not agree with "
        f"“{stated} {plural(thing.words)}” above."
    )
    return Finding(False, text, confidence, cites)


def _color_claims(text: str, scene: Scene, world: World) -> list[Finding]:
    found: list[Finding] = []
    shades = "|".join(COLORS)
    for match in re.finditer(rf"\b(?P<color>{shades})\s+(?P<words>[a-z]+(?: [a-z]+)?)", text.casefold()):
        thing = _named(match["words"])
        if thing is None:
            continue
        named = [one for one in search(thing, scene, world).sure(0.85) if one.color]
        if len(named) != 1 or thing.classes == {"person"}:
            continue
        stated, own = COLORS[match["color"]], named[0]
        shares = {str(pair[0]): float(pair[1]) for pair in own.seen.data.get("colors") or ()}
        if own.color == stated or stated in shares or frozenset((own.color, stated)) in CLOSE_COLORS:
            continue
        if shares.get(own.color, 0.0) < PLAINLY and own.seen.kind != Kind.SHAPE:
            continue
        note = (
            f"Note: the {thing.words} looks {own.color} to me rather than {stated} "
            f"({world.say.percent(own.confidence)} sure that it is the {thing.words})."
        )
        found.append(Finding(False, note, 0.8 * own.confidence, own.cites))
    return found


def best_pair(parsed: Sequence[Parsed], replies: Sequence[Reply]) -> tuple[Parsed, Reply] | None:
    """The question and own reply to compare with: the first that knows, else the first."""
    pairs = list(zip(parsed, replies, strict=True))
    return next((pair for pair in pairs if not pair[1].abstained and pair[1].short), pairs[0] if pairs else None)
