"""Yes or no: presence, and statements about things; and what is left when no rule fits."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from assistant_reasoner.lexicon import COLORS, HYPERNYMS, singular
from assistant_reasoner.nouns import INVERSE_WORDS, noun_phrase, predicate, relation, things
from assistant_reasoner.programs import (
    Beyond,
    ColorOf,
    Describe,
    Every,
    HasColor,
    InRegion,
    IsA,
    Presence,
    Program,
    Related,
    Stands,
    Thing,
    Unknown,
)
from assistant_reasoner.rules import BE, IT, SEEN_WORDS, Rules
from assistant_reasoner.words import Plain

VERDICT: Final = Rules()


# ---- yes or no --------------------------------------------------------------------------------------------------

_SEE = (
    rf"(?:(?:do|can|could|did) (?:you|we|i|one) (?:also |actually )?(?:{SEEN_WORDS})|(?:do|does|did|has|have) "
    rf"(?:{IT}|@here|you) (?:show|contain|have|include|depict|feature|display|got|find|show any)|(?:{IT}|"
    rf"@picture) (?:shows?|contains?|has|have|includes?|depicts?|features?|displays?)|can (?:there )?be seen|i "
    rf"(?:can )?see|there (?:seems?|appears?) to be|are you seeing|have you (?:seen|found|detected))"
)


_MOOD: Final = (
    r"(?:happy|sad|angry|bored|tired|scared|afraid|excited|hungry|thirsty|lonely|friendly|aggressive|"
    r"relaxed|upset|unhappy|glad|worried|anxious|nervous|sleepy|playful|curious|proud|in (?:a )?(?:good|bad) mood|"
    r"stressed|cheerful|mad|annoyed|jealous|in love|hurt|in pain)"
)


@VERDICT.on(
    rf"(?:is|are|was|were|does|do) (?P<what>.+?)(?: (?:look|seem|feel|appear|be|very|really|so|rather|quite|a bit|not|"
    rf"looking|feeling))* {_MOOD}(?: or .+| @here| here)?",
    r"(?:how|what) (?:does|do|is|are) (?P<what>.+?) (?:feel|feeling)(?: .*)?",
    r"(?:in )?what (?:kind of )?mood (?:is|are) (?P<what>.+?)(?: in)?",
)
def _mood_of(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    return Beyond("feeling", thing) if thing else None


@VERDICT.on(
    rf"{BE} there (?P<not>not )?(?P<what>.+)",
    rf"there {BE} (?P<not>not )?(?P<what>.+)",
    rf"{BE} (?P<not>not )there (?P<what>.+)",
    rf"(?P<what>.+?) {BE} (?:there|present|visible|shown|in sight|@here|pictured|depicted)(?: @here)?",
    rf"{_SEE} (?P<not>not )?(?P<what>.+)",
    rf"(?:do|does|did) (?:{IT}) (?P<not>not )(?:show|contain|have|include|depict|feature|display) (?P<what>.+)",
    rf"(?:do|does|did|can|could) (?P<not>not )?(?:{IT}|you) (?:not )?(?:show|contain|have|include|depict|"
    rf"feature|display|see) (?P<what>.+)",
    rf"(?:{IT}) (?:do|does) (?P<not>not )(?:show|contain|have|include|depict|feature|display) (?P<what>.+)",
    rf"{BE} (?P<not>not )?(?P<what>(?:an? |any |some |no |one |two |three |four |five |\d+ |at least |"
    rf"exactly |only |more than |nothing).+?)(?: (?:present|visible|there|shown|here|@here|in sight|in view|"
    rf"to be seen|depicted|somewhere|anywhere|in the background|seen))+",
    r"(?:can|could|may) (?P<what>.+?) be (?:seen|found|spotted|detected)(?: .*)?",
    r"(?P<what>any .+?)(?: @here| here| visible)?",
    r"what about (?P<what>.+)",
    r"(?:do|does) (?P<what>.+?) (?P<not2>not )?(?:appear|exist|occur|show up)(?: @here)?",
)
def _presence(match: re.Match[str], sentence: Plain) -> Program | None:
    groups = match.groupdict()
    what = groups["what"]
    denied = bool(groups.get("not") or groups.get("not2")) or bool(
        re.match(rf"(?:do|does|did) {IT} not ", sentence.text)
    )
    if what.startswith("not "):
        denied, what = not denied, what[4:]
    if re.match(r"(?:anything|something|nothing) (?:else )?(?:@here|visible|there)?$", what):
        return Describe()
    found = things(what)
    if not found:
        return None
    if all(one.pronoun for one in found[0]):
        return None
    return Presence(found[0], every=found[1], negated=denied)


@VERDICT.on(
    r"(?:does |do )?(?:each|every|all)(?: of)?(?: the)? (?P<holder>.+?) (?:has|have|contains?|contain|with) "
    r"(?P<rest>.+)"
)
def _every(match: re.Match[str], sentence: Plain) -> Program | None:
    holder, found = noun_phrase(match["holder"]), things(match["rest"])
    return Every(holder, found[0]) if holder and found else None


@VERDICT.on(
    r"(?:what|which)(?: (?P<kind>\S+))? (?:is|are) (?P<subject>.+?) (?P<words>next to|on|in|on top of|"
    r"behind|in front of|under|below|above|near|beside|inside)"
)
def _final_preposition(match: re.Match[str], sentence: Plain) -> Program | None:
    subject, found = noun_phrase(match["subject"]), relation(f"{match['words']} it")
    if not subject or not found or subject.anything or subject.words == "@picture":
        return None
    kind = noun_phrase(match["kind"]) if match["kind"] else None
    inverse = {
        "on": "on_inverse",
        "inside": "inside_inverse",
        "behind": "in_front",
        "in_front": "behind",
        "below": "above",
        "above": "below",
    }
    return Related(inverse.get(found[0], found[0]), subject, None if kind and kind.anything else kind)


@VERDICT.on(
    r"(?:do|does|did|has|have) (?P<holder>(?!it |this |that |they |@picture |you |i |we ).+?) (?P<verb>have|"
    r"has|wear|hold|carry|ride|use|eat|got) (?P<what>.+)",
)
def _has(match: re.Match[str], sentence: Plain) -> Program | None:
    holder, thing = noun_phrase(match["holder"]), noun_phrase(match["what"])
    if not holder or not thing or re.match(r"(?:each|every|all)\b", match["holder"]):
        return None
    held = replace(thing, relation="touching", anchor=replace(holder, definite=True))
    return Presence((held,))


@VERDICT.on(
    rf"{BE} (?P<rest>.+)",
    r"(?:do|does|did|can|has) (?P<rest>.+)",
)
def _verdict(match: re.Match[str], sentence: Plain) -> Program | None:
    return statement(match["rest"], asked=True)


@VERDICT.on(rf"{BE} (?P<what>.+?) (?P<verb>(?!\w*thing\b)\w+ing)(?: .*)?")
def _doing(match: re.Match[str], sentence: Plain) -> Program | None:
    thing = noun_phrase(match["what"])
    if not thing:
        return None
    return Beyond("emotion" if match["verb"] in ("smiling", "crying", "laughing", "frowning") else "activity", thing)


@VERDICT.on(r"(?P<all>(?:the|a|an|this|that|all|every|one|some|my|his|her|there|@picture|it|\w+) .+)")
def _statement(match: re.Match[str], sentence: Plain) -> Program | None:
    if re.match(
        r"(?:what|which|who|where|when|why|how|please|can|could|tell|show|do|does|i|we|you|let|if)\b", sentence.text
    ):
        return None
    return statement(match["all"], asked=False)


_ACTS: Final = dict.fromkeys(
    ("sits", "sit", "stands", "stand", "lies", "lie", "rests", "hangs", "sleeps", "walks", "waits"), ""
) | {
    "rides": "riding",
    "ride": "riding",
    "holds": "holding",
    "hold": "holding",
    "carries": "carrying",
    "touches": "touching",
    "wears": "wearing",
    "eats": "eating",
    "uses": "using",
}
"""Verbs of statements -> the words that noun phrases use for the same; postures say nothing that a box shows."""


def statement(text: str, *, asked: bool) -> Program | None:
    """The program that verifies a statement: "the cat is on the sofa"; asked: "the cat on the sofa", its verb in front.

    Of the ways to cut it into subject and predicate, the first counts whose subject has a known name, else the first.
    """
    text = re.sub(r"^everything\b", "all things", text)
    tokens = text.split()
    second_best: Program | None = None
    for index in range(1, len(tokens)):
        subject_text, rest = " ".join(tokens[:index]), tokens[index:]
        inverse = _inverse(subject_text, " ".join(rest))
        if inverse is not None:
            return inverse
        if not asked:
            if rest[0] in _ACTS:
                rest = [*_ACTS[rest[0]].split(), *rest[1:]]
            elif rest[0] in ("is", "are", "was", "were"):
                rest = rest[1:]
            else:
                continue
        denied = bool(rest) and rest[0] == "not"
        rest = rest[1:] if denied else rest
        subject = noun_phrase(re.sub(r"^(?:all|both)(?: of)? (?:the )?", "the ", subject_text))
        if not rest or not subject or (asked and rest[0] in ("is", "are")):
            continue
        every = bool(re.match(r"(?:all|every|each|both)\b", subject_text))
        program = _predicated(subject, " ".join(rest), every, denied)
        if program is None:
            continue
        if subject.classes or subject.shapes or subject.pronoun or subject.anything:
            return program
        second_best = second_best or program
    return second_best


def _predicated(subject: Thing, rest: str, every: bool, denied: bool) -> Program | None:
    """The program that says the predicate of the subject."""
    said = predicate(rest)
    if not said:
        return None
    what, values, other = said
    generic = subject.pronoun or subject.anything or subject.words in ("@picture", "main subject", "subject")
    if what == "relation" and values == ("inside",) and subject.words in ("@picture", "it", "this", "that"):
        return None
    if what == "color":
        return ColorOf(subject) if " or " in f" {rest} " else HasColor(subject, values, every, denied)
    if what == "seen":
        return Presence((replace(subject, definite=False),), negated=denied)
    if what == "region":
        return InRegion(subject, values[0], denied)
    if what == "relation" and other:
        return Stands(subject, values[0], other, denied)
    if what == "size" and other:
        first, second = (subject, other) if values[0] == "bigger" else (other, subject)
        return Stands(first, "bigger", second, denied)
    if what == "kind" and other:
        return IsA(other, None if generic else subject, denied)
    return None


def _inverse(subject_text: str, rest: str) -> Program | None:
    for words, name in INVERSE_WORDS:
        match = re.match(rf"^(?:{words}) (?P<rest>.+)$", rest)
        if match:
            subject, other = noun_phrase(subject_text), noun_phrase(match["rest"])
            if subject and other and subject.words != "@picture" and not subject.pronoun:
                return Stands(other, name, subject)
    return None


STATE: Final = Rules()


@STATE.on(
    rf"{BE} (?P<what>.+?) (?:very |really |too |still |already |now |all |so )?(?P<state>[a-z]+)",
    r"(?:do|does) (?P<what>.+?) (?:look|seem|appear|taste|smell)"
    r" (?:very |really )?(?:like )?(?P<state>[a-z]+(?: [a-z]+)?)",
)
def _state(match: re.Match[str], sentence: Plain) -> Program | None:
    """ "Is the tv on?", "is the cup full?", "is he bald?": understood, and not perceived."""
    thing = noun_phrase(match["what"])
    if thing is None or _WORLD.search(sentence.text) or match["state"] in _NO_STATES or thing.words == "@picture":
        return None
    known = thing.classes or (thing.pronoun and len(sentence.text.split()) <= 4) or thing.definite
    return Beyond("state", thing) if known and not (thing.shapes or thing.anything) else None


_NO_STATES: Final = frozenset(
    "true false correct right wrong ok okay possible sure real there here it this that you so not sure today tomorrow "
    "left".split()
)


# ---- the world at large -----------------------------------------------------------------------------------------

_WORLD = re.compile(
    r"\b(?:capital|president|population|prime minister|king of|queen of|inventor|invented|discovered|history of|war|"
    r"weather (?:today|tomorrow|in)|news|stock|recipe|joke|poem|story|song about|translate|meaning of life|"
    r"define|definition|"
    r"how do i|how to|how can i|square root|plus|minus|times \d|divided by|calculate|code|program|python|"
    r"what year|who wrote|"
    r"who won|who discovered|tallest|highest mountain|largest country|distance (?:from|between)|earth|"
    r"universe|planet|currency|"
    r"date today|time is it|what day|what date|book a|order a|remind me|set (?:a|an) (?:timer|alarm)|turn "
    r"(?:on|off)|play (?:some )?music|"
    r"open the door|call (?:my|the)|send (?:a|an)|buy)\b"
)


_ASKS = re.compile(
    r"(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should|tell|"
    r"write|play|turn|set|open|call|"
    r"send|translate|calculate|define|give|make|book|order|remind|buy|sing|recommend|explain|i need|i want)\b"
)
"""How questions and wishes begin; a remark that mentions the world is still a remark."""


def unknown(sentence: Plain) -> Unknown:
    """What is left when no rule fits, with the known things that it mentions."""
    mentioned: list[Thing] = []
    tokens = [token for token in sentence.text.split() if token.isalpha()]
    index = 0
    while index < len(tokens):
        for length in (3, 2, 1):
            name = singular(" ".join(tokens[index : index + length]))
            one = noun_phrase(name)
            if one and (one.classes or one.shapes) and not one.pronoun and name not in COLORS and name not in HYPERNYMS:
                if one.words not in {seen.words for seen in mentioned}:
                    mentioned.append(one)
                index += length - 1
                break
        index += 1
    asks = _ASKS.match(sentence.text) is not None
    return Unknown(sentence.text, asks and bool(_WORLD.search(sentence.text)), tuple(mentioned[:4]))
