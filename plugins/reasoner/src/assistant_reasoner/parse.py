"""Turns a question into programs: sentences, rules, options, follow-ups. Not for computing answers: see execute/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from assistant_reasoner import languages
from assistant_reasoner.nouns import noun_phrase, things
from assistant_reasoner.programs import (
    Attached,
    Choose,
    ColorOf,
    Count,
    Describe,
    Evidence,
    HasColor,
    InRegion,
    IsA,
    Locate,
    Parsed,
    Presence,
    Program,
    Read,
    Related,
    Sentiment,
    SmallTalk,
    Stands,
    Thing,
    Transcript,
    Unknown,
    WhatIs,
    When,
    Which,
)
from assistant_reasoner.rules_sight import SIGHT, statement, unknown
from assistant_reasoner.rules_talk import TALK
from assistant_reasoner.words import Plain, plain, sentences

LONGEST_SENTENCE = 400
"""Characters; what is longer is a text to work on, not a question."""
MOST_PROGRAMS = 4
"""Questions answered in one turn."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What of a conversation changes the meaning of a question."""

    pictures: int = 0
    """Pictures and videos at hand."""
    recordings: int = 0
    """Recordings at hand, sound tracks of videos included; the spoken question itself is not one."""
    files_now: bool = False
    """Whether files came with this turn."""
    earlier: tuple[str, ...] = ()
    """Earlier questions of the person, oldest first."""


def parse(question: str, situation: Situation = Situation(), *, spoken: bool = False) -> tuple[Parsed, ...]:
    """The programs of a question, at least one; `Attached` for an empty one."""
    previous: Parsed | None = None
    for text in situation.earlier[-3:]:
        understood = [
            one
            for one in _parse(text, situation, spoken, previous)
            if not isinstance(one.program, SmallTalk | Unknown | Attached)
        ]
        previous = understood[-1] if understood else previous
    return _parse(question, situation, spoken, previous)


def _parse(question: str, situation: Situation, spoken: bool, previous: Parsed | None) -> tuple[Parsed, ...]:
    if not question.strip():
        return (Parsed(Attached()),)
    question, options = _options(question)
    found: list[Parsed] = []
    unread: list[Parsed] = []
    for sentence in sentences(question):
        for clause in _clauses(sentence, spoken):
            one = _clause(clause, situation, spoken, found[-1] if found else previous, first=not found)
            (unread if isinstance(one.program, Unknown) else found).append(one)
    talk = [one for one in found if isinstance(one.program, SmallTalk)]
    asked = [one for one in found if not isinstance(one.program, SmallTalk)]
    if any(isinstance(one.program, SmallTalk) and one.program.ask == "capabilities" for one in talk):
        asked = asked or talk
    chosen = asked or ([] if unread and _asks(question) else talk) or unread[-1:] or [Parsed(Attached())]
    if len({type(one.program) for one in chosen}) == 1 and isinstance(chosen[0].program, SmallTalk):
        chosen = [
            max(
                chosen,
                key=lambda one: one.program.ask == "capabilities" if isinstance(one.program, SmallTalk) else False,
            )
        ]
    chosen = list(dict.fromkeys(chosen))[-MOST_PROGRAMS:]
    if options:
        last = chosen[-1]
        chosen[-1] = replace(last, program=Choose(options, last.program))
    return tuple(chosen)


def _asks(question: str) -> bool:
    return "?" in question or "？" in question


def _options(question: str) -> tuple[str, tuple[str, ...]]:
    """The question without its list of options, and the options: "... Choices: a, b, c", "(a) x (b) y"."""
    listed = re.search(
        r"(?:^|\s)\(?(?:choices|options|answers|choose from|possible answers|pick one(?: of)?|choose(?: one)?(?: of| from)?)\s*:\s*(.+?)\)?\s*$",
        question,
        re.I | re.S,
    )
    if listed:
        pieces = re.split(r"\s*(?:,|;|\||\n|/|\bor\b)\s*", listed[1])
        options = tuple(re.sub(r"^\(?[a-dA-D1-9][).:]\s*", "", piece).strip(" .?\"'") for piece in pieces)
        options = tuple(option for option in options if option)
        if len(options) > 1:
            return question[: listed.start()].strip(), options
    lettered = list(re.finditer(r"(?:^|\s)\(?([A-Ea-e])[).:]\s+", question))
    if len(lettered) > 1 and [match[1].lower() for match in lettered] == list("abcde")[: len(lettered)]:
        ends = [match.start() for match in lettered[1:]] + [len(question)]
        options = tuple(question[match.end() : end].strip(" ,;.?\n") for match, end in zip(lettered, ends, strict=True))
        return question[: lettered[0].start()].strip(), options
    return question, ()


def _clauses(sentence: str, spoken: bool) -> tuple[str, ...]:
    """A sentence cut at "and what", "and how", ... when both sides are questions."""
    pieces = re.split(
        r",? and (?=(?:what|how|where|who|when|which|is there|are there|is it|are they|does|do)\b)",
        sentence,
        flags=re.I,
    )
    if len(pieces) == 1:
        return (sentence,)
    whole = [_program(plain(piece, spoken=spoken)) for piece in pieces if piece.strip()]
    return tuple(pieces) if all(program is not None for program in whole) else (sentence,)


def _clause(text: str, situation: Situation, spoken: bool, previous: Parsed | None, *, first: bool) -> Parsed:
    foreign = languages.parse(text)
    if foreign is not None:
        program, language = foreign
        return Parsed(_fitted(_resolved(program, previous), situation), Which(), language)
    if len(text) > LONGEST_SENTENCE:
        return Parsed(Unknown(text[:LONGEST_SENTENCE]))
    sentence = plain(text, spoken=spoken)
    verdict, judged = _true_or_false(sentence)
    if judged is not None:
        program = _program(judged) or statement(judged.text, asked=False) or unknown(judged)
        return Parsed(_fitted(_resolved(program, previous), situation), judged.which, verdict=verdict)
    follow = _follow_up(sentence, previous, situation)
    if follow is not None:
        return follow
    program = _program(sentence) or _alternatives(sentence) or unknown(sentence)
    which = sentence.which
    program = _resolved(program, previous)
    return Parsed(_fitted(program, situation), which)


def _program(sentence: Plain) -> Program | None:
    if not sentence.text:
        return None
    for rules in (TALK, SIGHT):
        chosen = _alternatives(sentence) if rules is SIGHT else None
        program = chosen or rules.parse(sentence)
        if program is not None:
            return program
    return None


def _true_or_false(sentence: Plain) -> tuple[Any, Plain | None]:
    match = re.match(
        r"^(?:(?P<tf>true or false|true false|right or wrong|is (?:it|this|the following) (?:statement )?true(?: or false)?)(?: that)?|is it (?:correct|right|the case)(?: to say)?(?: that)?|(?:verify|check)(?: that| whether| if)?|"
        r"is the (?:following )?(?:statement|sentence|claim)(?: (?P<st>true|correct))?)[ ,]+(?P<rest>.+)$",
        sentence.text,
    )
    if not match:
        trailing = re.match(
            r"^(?P<rest>.+?)[ ,]+(?:true or false|yes or no|correct or not|is that (?:right|true|correct)|right)$",
            sentence.text,
        )
        if not trailing:
            return "yes", None
        true = "true or false" in sentence.text
        return ("true" if true else "yes"), replace(sentence, text=trailing["rest"])
    return ("true" if match["tf"] or match["st"] else "yes"), replace(sentence, text=match["rest"])


def _alternatives(sentence: Plain) -> Program | None:
    """ "Is it a cat or a dog?", "is the car red or blue?" as a choice."""
    match = re.match(r"^(?:is|are|was|were|does|do) (?P<head>.+?) or (?P<last>.+)$", sentence.text)
    if not match or sentence.text.startswith(("is there", "are there", "do you see", "does @picture", "do you")):
        return None
    head = match["head"]
    pieces = re.split(r" , | or ", head)
    subject = re.match(
        r"^(?P<subject>it|this|that|he|she|they|these|those|@picture|the .+?|there)(?: (?:here|@here|a picture of|showing|show|shows))?(?: (?P<first>(?:an? |in |on |to |at |inside |under |above |behind ).+|\S+(?: \S+)?))$",
        pieces[0],
    )
    if not subject:
        return None
    first = subject["first"]
    options = tuple(re.sub(r"^(?:an?|the) ", "", option.strip()) for option in (first, *pieces[1:], match["last"]))
    from assistant_reasoner.lexicon import COLORS, SIZES

    if any(
        option.split()[0] in ("positive", "negative", "happy", "sad", "indoors", "outdoors", "male", "female")
        for option in options
    ):
        return None
    whom = noun_phrase(subject["subject"])
    if all(option.split()[-1] in COLORS for option in options) and whom:
        return Choose(options, ColorOf(whom))
    if any(option in SIZES for option in options):
        return None
    from assistant_reasoner.nouns import region

    regions = [region(option) or region(f"on the {option}") for option in options]
    if all(regions) and whom:
        return Choose(tuple(regions), Locate(whom))
    if whom and (
        whom.pronoun
        or whom.anything
        or whom.words == "@picture"
        or subject["subject"] in ("it", "this", "that", "@picture")
    ):
        return Choose(options, WhatIs())
    return Choose(options, WhatIs(whom)) if whom else None


# ---- follow-ups -------------------------------------------------------------------------------------------------


def topic(program: Program) -> Thing | None:
    """What a program was about, for "it" and "them" in the next question."""
    if isinstance(program, Choose | Evidence):
        return topic(program.inner)
    if isinstance(program, Presence):
        return replace(program.things[0], none=False, number=None, definite=True)
    if isinstance(program, Count | Locate | HasColor | InRegion | IsA | When):
        subject = program.subject if isinstance(program, IsA) and program.subject else program.thing
        return replace(subject, number=None, none=False, definite=True)
    if isinstance(program, ColorOf):
        return program.thing
    if isinstance(program, Stands):
        return program.subject
    if isinstance(program, Related):
        return program.anchor
    if isinstance(program, WhatIs):
        return program.kind
    return None


def _resolved(program: Program, previous: Parsed | None) -> Program:
    """The program with pronouns replaced by the topic of the question before."""
    known = topic(previous.program) if previous else None
    if known is None or known.pronoun:
        return program

    def put(value: Any) -> Any:
        if isinstance(value, Thing):
            if value.pronoun:
                return replace(
                    known, number=value.number, none=value.none, definite=True, region=value.region or known.region
                )
            return replace(value, anchor=put(value.anchor), having=tuple(put(one) for one in value.having))
        if isinstance(value, tuple):
            return tuple(put(one) for one in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: put(getattr(value, field.name)) for field in fields(value)})
        return value

    resolved: Program = put(program)
    return resolved


def _with_thing(program: Program, thing: Thing) -> Program | None:
    """The same question about another thing."""
    if isinstance(program, Choose | Evidence):
        return _with_thing(program.inner, thing)
    if isinstance(program, Presence):
        return Presence((thing,), negated=False)
    if isinstance(program, Count | Locate | HasColor | InRegion | When | ColorOf):
        return replace(program, thing=thing)
    if isinstance(program, IsA):
        return replace(program, thing=thing)
    if isinstance(program, Stands):
        return replace(program, subject=thing)
    if isinstance(program, Related):
        return replace(program, anchor=thing)
    if isinstance(program, WhatIs):
        return replace(program, kind=thing)
    if isinstance(program, Read):
        return replace(program, holder=thing)
    return None


def _follow_up(sentence: Plain, previous: Parsed | None, situation: Situation) -> Parsed | None:
    """A question that only makes sense after another one."""
    text = re.sub(r"^(?:and|but|so|then|also|or)(?: |$)", "", sentence.text)
    if previous is None:
        return None
    about = re.sub(r"^(?:(?:what|how) about|and|what of)(?: |$)", "", text).strip()
    led = about != sentence.text
    if re.fullmatch(
        r"(?:are you (?:really |quite |absolutely )?(?:sure|certain)(?: about (?:that|it|this))?|really|sure|how (?:sure|certain|confident) are you(?: .*)?|how do you know(?: (?:that|this))?|why(?: do you (?:think|say) (?:so|that)| is that| so)?|"
        r"what (?:makes you (?:think|say) (?:so|that)|is (?:the|your) evidence|did you (?:see|use))|how (?:did|do) you (?:know|see|come to) .*|what is that based on|prove it|explain(?: (?:that|it|yourself|your answer))?|is that (?:true|right|correct|so))",
        text,
    ):
        inner = previous.program.inner if isinstance(previous.program, Evidence) else previous.program
        return Parsed(Evidence(inner, previous.which), previous.which, previous.language)
    if re.fullmatch(r"(?:@here|@picture)(?: (?:@here|@picture))*", about) and sentence.which.scope != "current":
        return replace(previous, which=sentence.which)
    known = topic(previous.program)
    if (
        re.fullmatch(
            r"(?:how many|count|the count|number)(?: (?:are there|of them|are they|is it|exactly|@here|do you see|can you see|times))*",
            text,
        )
        and known
    ):
        if isinstance(previous.program, Transcript) and text.endswith("times"):
            return None
        return Parsed(
            Count(replace(known, relation="", anchor=None)),
            sentence.which if sentence.which.scope != "current" else previous.which,
        )
    short = (
        (r"(?:what|which) colors?|the color|its color|color", lambda thing: ColorOf(thing)),
        (r"where(?: exactly| @here)?|its position|the position", lambda thing: Locate(thing)),
        (r"what (?:kind|type|sort|breed)|which (?:kind|one)", lambda thing: WhatIs(thing)),
        (r"when|at what time", lambda thing: When(thing)),
    )
    for pattern, build in short:
        if known and re.fullmatch(pattern, text):
            return Parsed(build(known), sentence.which if sentence.which.scope != "current" else previous.which)
    if isinstance(previous.program, Transcript):
        if (
            re.fullmatch(
                r"when|at what time|at which (?:second|time)|when (?:was|is|did) (?:that|this|it|they say that)(?: said)?",
                text,
            )
            and previous.program.topic
        ):
            return Parsed(Transcript("when", previous.program.topic))
        if led and about and not re.match(r"(?:what|when|where|how|who|is|are|did|does|do|which)\b", about):
            same = previous.program.ask if previous.program.ask in ("about", "when", "mention", "times") else "about"
            return Parsed(Transcript(same, re.sub(r"^(?:about|the word) ", "", about)))
    if isinstance(previous.program, Describe | Sentiment | Transcript) or not led:
        if not led or not isinstance(previous.program, Describe):
            return None
    colors = re.fullmatch(r"(?:an? )?(?P<thing>.+?)", about)
    if (
        led
        and colors
        and not re.match(r"(?:what|when|where|how|who|is|are|did|does|do|which|can|why|tell|describe|read)\b", about)
    ):
        found = things(about)
        if found and not any(one.pronoun for one in found[0]):
            which = sentence.which if sentence.which.scope != "current" else previous.which
            if len(found[0]) > 1 and isinstance(previous.program, Presence):
                return Parsed(Presence(found[0], found[1]), which)
            thing = found[0][0]
            if isinstance(previous.program, Describe):
                return Parsed(Presence((thing,)), which)
            changed = _with_thing(previous.program, thing)
            if changed is not None:
                return replace(previous, program=changed, which=which)
    return None


# ---- what fits the situation ------------------------------------------------------------------------------------


def _fitted(program: Program, situation: Situation) -> Program:
    """Questions that mean another thing when only sound, or only pictures, are at hand."""
    only_sound = situation.recordings > 0 and situation.pictures == 0
    only_sight = situation.pictures > 0 and situation.recordings == 0
    if only_sound:
        if isinstance(program, Read) and program.holder is None:
            if program.wanted:
                return Transcript("mention", program.wanted)
            return Transcript("presence" if program.ask == "presence" else "all")
        if isinstance(program, Describe) or (isinstance(program, WhatIs) and program.kind is None):
            return Transcript("all")
    if only_sight and isinstance(program, Transcript) and program.ask == "language":
        return program
    return program


def plain_words(parsed: Sequence[Parsed]) -> str:
    """The programs in one line, for logs and tests."""
    return "; ".join(repr(one.program) for one in parsed)
