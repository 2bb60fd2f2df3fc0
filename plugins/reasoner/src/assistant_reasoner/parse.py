"""Turns a question into programs: sentences, rules, what fits the situation. Not for computing answers: see execute/.

Options are read in options.py, questions that lean on an earlier one in follow.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from assistant_reasoner import drawn, languages, pairs
from assistant_reasoner.follow import doubted, follow_up, resolved, topic
from assistant_reasoner.nouns import things
from assistant_reasoner.options import alternatives, options_of
from assistant_reasoner.programs import (
    Attached,
    Beyond,
    Choose,
    Describe,
    Drawing,
    Evidence,
    Locate,
    Noted,
    Parsed,
    Place,
    Presence,
    Program,
    Read,
    SmallTalk,
    Transcript,
    Unknown,
    WhatIs,
    Which,
)
from assistant_reasoner.rules_compose import COMPOSE, composed
from assistant_reasoner.rules_many import MANY
from assistant_reasoner.rules_media import MEDIA
from assistant_reasoner.rules_noted import NOTED
from assistant_reasoner.rules_read import READ
from assistant_reasoner.rules_sight import SIGHT
from assistant_reasoner.rules_talk import TALK
from assistant_reasoner.rules_time import TIMED
from assistant_reasoner.rules_values import VALUES
from assistant_reasoner.rules_verdict import STATE, VERDICT, statement, unknown
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
    described: bool = False
    """Whether files came without a question, and were described."""


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
    question, options = options_of(question)
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
    # "Look at this." before a question is no wish for a description.
    asked = [one for one in asked if not isinstance(one.program, Describe)] or asked[:1]
    chosen = asked or ([] if unread and (spoken or _asks(question)) else talk) or unread[-1:] or [Parsed(Attached())]
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


def _clauses(sentence: str, spoken: bool) -> tuple[str, ...]:
    """A sentence cut at "and what", "and how", ... when both sides are questions."""
    pieces = re.split(
        r",? and (?=(?:what|how|where|who|when|which|is there|are there|is it|are they|does|do)\b)",
        sentence,
        flags=re.I,
    )
    if len(pieces) == 1:
        return languages.clauses(sentence)
    whole = [_program(plain(piece, spoken=spoken)) for piece in pieces if piece.strip()]
    return tuple(pieces) if all(program is not None for program in whole) else (sentence,)


def _clause(text: str, situation: Situation, spoken: bool, previous: Parsed | None, *, first: bool) -> Parsed:
    foreign = languages.translate(text)
    if foreign is not None:
        return languages.answered(_english(foreign.english, situation, spoken, previous), foreign)
    language = languages.language_of(text)
    if languages.understands(language) and not spoken:
        return Parsed(SmallTalk("languages"), language=language)
    one = _english(text, situation, spoken, previous)
    return replace(one, language=language) if language != "en" and isinstance(one.program, Unknown) else one


def _english(text: str, situation: Situation, spoken: bool, previous: Parsed | None) -> Parsed:
    """The program of an English sentence."""
    if len(text) > LONGEST_SENTENCE:
        return Parsed(Unknown(text[:LONGEST_SENTENCE]))
    paired = _paired(text, situation)
    if paired is not None:
        return paired
    sentence = plain(text, spoken=spoken)
    verdict, judged = _true_or_false(sentence)
    if judged is not None:
        program = _drawn(judged.text, _program(judged) or statement(judged.text, asked=False) or unknown(judged))
        return Parsed(_fitted(resolved(program, previous), situation), judged.which, verdict=verdict)
    if previous is None and doubted(sentence) and isinstance(_program(sentence), Beyond | None):
        # Files sent without a question were answered with what is in them.
        return Parsed(
            Evidence(Attached(), ask=doubted(sentence) or "why") if situation.described else SmallTalk("unasked")
        )
    follow = follow_up(sentence, previous)
    if follow is not None:
        return follow
    program = _program(sentence) or composed(sentence, _program) or _named(sentence) or unknown(sentence)
    program = _drawn(sentence.text, program)
    known = topic(previous.program) if previous else None
    if (
        isinstance(program, Place)
        and known is not None
        and re.match(r"where (?:is it|are they|is this)\b", sentence.text)
    ):
        program = Locate(known)
    return Parsed(_fitted(resolved(program, previous), situation), sentence.which)


_TOLD: Final = re.compile(
    r"^\W*(?:(?P<tf>true or false|is (?:it|this) true(?: or false)?(?: that)?|"
    r"(?:verify|check)(?: that| whether)?)[\s:,]+)?"
    r"(?P<rest>.+?)(?P<yes>[,.]? (?:true or false|yes or no))?[?.!\s]*$",
    re.I | re.S,
)


def _paired(text: str, situation: Situation) -> Parsed | None:
    """A statement about two pictures; None for questions, and for statements about the one picture there is."""
    told = _TOLD.match(text)
    if told is None or not (
        situation.pictures >= 2 or re.search(r"\b(?:left|right)(?:[- ]?hand)? (?:image|picture)", text)
    ):
        return None
    if not (told["tf"] or told["yes"] or text.strip().endswith(".")):
        return None

    def inner(said: str) -> Program | None:
        sentence = plain(said)
        program = _program(sentence) or statement(sentence.text, asked=False)
        if program is None or isinstance(program, Beyond | Unknown | Describe):
            mentioned = unknown(sentence).things
            return Presence(mentioned) if mentioned else None
        return program

    found = pairs.read(told["rest"], inner, situation.pictures)
    if found is None:
        return None
    true = "true" if (told["tf"] or "").casefold().startswith("true") or told["tf"] is None else "yes"
    return Parsed(found, Which("all"), verdict=true)  # type: ignore[arg-type]


def _drawn(text: str, program: Program) -> Program:
    """The statement about boxes, towers and shapes that the words make of a drawing, beside what they ask else."""
    asked = re.match(r"(?:is|are) there (?=.*\b(?:box|boxes|towers?|gray squares?)\b)", text)
    if asked:
        text = f"there is {text[asked.end() :]}"
    elif re.match(r"(?:what|which|who|where|when|how|why|is|are|does|do|can|did|has|have)\b", text):
        return program
    if not re.search(r"\b(?:box(?:es)?|towers?|items?|objects?|blocks?|squares?|circles?|triangles?|shapes?)\b", text):
        return program
    found = drawn.read(text)
    if found is None and (asked or not re.search(r"\b(?:box(?:es)?|towers?)\b", text)):
        return program
    return Drawing(found, program)


def _named(sentence: Plain) -> Program | None:
    """A bare noun phrase, "a red car?", as the question whether there is one."""
    if len(sentence.text.split()) > 6:
        return None
    found = things(sentence.text)
    if found and all((one.classes or one.shapes) and not one.others for one in found[0]):
        return Presence(found[0], found[1])
    return None


def _program(sentence: Plain) -> Program | None:
    if not sentence.text:
        return None
    polite = TALK.parse(replace(sentence, text=sentence.whole)) if sentence.whole != sentence.text else None
    if isinstance(polite, SmallTalk):
        return polite
    noted = NOTED.parse(sentence)
    if isinstance(noted, Noted):
        return replace(noted, otherwise=_perceived(sentence))
    return _perceived(sentence)


def _perceived(sentence: Plain) -> Program | None:
    """The program over what the usual plugins perceive."""
    program = MEDIA.parse(sentence) or TIMED.parse(sentence) or TALK.parse(sentence) or COMPOSE.parse(sentence)
    program = program or alternatives(sentence)
    for rules in (VALUES, READ, MANY, SIGHT, VERDICT, STATE):
        program = program or rules.parse(sentence)
    return program


def _true_or_false(sentence: Plain) -> tuple[Literal["yes", "true"], Plain | None]:
    match = re.match(
        r"^(?:(?P<tf>true or false|true false|right or wrong|is (?:it|this|the following) (?:statement "
        r")?true(?: or false)?)(?: that)?|is it (?:correct|right|the case)(?: to say)?(?: that)?|(?:verify|"
        r"check)(?: that| whether| if)?|"
        r"is the (?:following )?(?:statement|sentence|claim)(?: (?P<st>true|correct))?)[ ,]+(?P<rest>.+)$",
        sentence.text,
    )
    if not match:
        trailing = re.match(
            r"^(?P<rest>.+?)[ ,]+(?:true or false|yes or no|correct or not|is that (?:right|true|correct))$",
            sentence.text,
        )
        if not trailing:
            return "yes", None
        true = "true or false" in sentence.text
        return ("true" if true else "yes"), replace(sentence, text=trailing["rest"])
    return ("true" if match["tf"] or match["st"] else "yes"), replace(sentence, text=match["rest"])


# ---- what fits the situation ------------------------------------------------------------------------------------


def _fitted(program: Program, situation: Situation) -> Program:
    """Questions that mean another thing when only sound, or only pictures, are at hand."""
    only_sound = situation.recordings > 0 and situation.pictures == 0
    if only_sound:
        if isinstance(program, Read) and program.holder is None:
            if program.wanted:
                return Transcript("mention", program.wanted)
            return Transcript("presence" if program.ask == "presence" else "all")
        if isinstance(program, Describe) or (isinstance(program, WhatIs) and program.kind is None):
            return Transcript("all")
    return program
