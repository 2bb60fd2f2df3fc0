"""Questions that lean on the one before: pronouns, "and the cat?", "how many?", "are you sure?". Not for other ones."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal

from assistant_reasoner.nouns import things
from assistant_reasoner.programs import (
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
    Stands,
    Thing,
    Transcript,
    WhatIs,
    When,
)
from assistant_reasoner.words import Plain


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


def resolved(program: Program, previous: Parsed | None) -> Program:
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


_SURE = re.compile(
    r"(?:are|were) you (?:really |quite |absolutely |totally |so |100 )?(?:sure|certain|confident|"
    r"positive)(?: (?:about|"
    r"of) (?:that|it|this|your answer))?|really|sure|how (?:sure|certain|confident)(?: (?:are|were) you(?: .*)?| is "
    r"(?:that|this|it))?|(?:is|was) that (?:true|right|correct|so|certain)|"
    r"what is (?:your|the) confidence(?: .*)?|you "
    r"sure(?: about that)?|how (?:reliable|accurate|likely) is (?:that|this|it|the answer|your answer)|can i trust "
    r"(?:that|this|it|you)"
)
_WHY = re.compile(
    r"how (?:do|did|can|could|would) you (?:know|see|tell|count|come to|find out|figure|work|get|arrive|"
    r"conclude)(?: (?!many|"
    r"much).*)?|why|"
    r"why (?:do|did|would) you (?:think|say|believe|assume) (?:so|that|this|it).*|why (?:is that|so|not)|what "
    r"makes you (?:think|say|believe|so sure|sure) ?(?:so|that|this)?.*|(?:what is|show me|show|give me) (?:the|your) "
    r"(?:evidence|reason|"
    r"reasons|proof|reasoning|basis|sources?)(?: .*)?|what (?:did|do) you (?:use|base|go by)(?: .*)?|"
    r"what (?:is|was) (?:that|this|it|your answer) based on|based on what|prove it|explain(?: (?:that|it|yourself|your "
    r"answer|why))?|says who|because of what"
)


def doubted(sentence: Plain) -> Literal["", "sure", "why"]:
    """What is asked about the answer before: how sure it is, what it rests on, or "" for neither."""
    for text in (sentence.text, sentence.whole):
        text = re.sub(r"^(?:and|but|so|then|also|or|oh|ok|okay|well|hm+|wait)(?: ,)?(?: |$)", "", text)
        if _SURE.fullmatch(text):
            return "sure"
        if _WHY.fullmatch(text):
            return "why"
    return ""


def follow_up(sentence: Plain, previous: Parsed | None) -> Parsed | None:
    """A question that only makes sense after another one."""
    text = re.sub(r"^(?:and|but|so|then|also|or)(?: |$)", "", sentence.text)
    if previous is None:
        return None
    about = re.sub(r"^(?:(?:what|how) about|and|what of)(?: |$)", "", text).strip()
    led = about != sentence.text
    doubt = doubted(sentence)
    if doubt:
        inner = previous.program.inner if isinstance(previous.program, Evidence) else previous.program
        return Parsed(Evidence(inner, previous.which, doubt), previous.which, previous.language)
    if (
        re.fullmatch(r"(?:what |how )?(?:@here|@picture)(?: (?:@here|@picture))*", about)
        and sentence.which.scope != "current"
    ):
        return replace(previous, which=sentence.which)
    known = topic(previous.program)
    if (
        re.fullmatch(
            r"(?:how many|count|the count|number)(?: (?:are there|of them|are they|is it|exactly|@here|do "
            r"you see|can you see|times))*",
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
                r"when|at what time|at which (?:second|time)|when (?:was|is|did) (?:that|this|it|they say "
                r"that)(?: said)?",
                text,
            )
            and previous.program.topic
        ):
            return Parsed(Transcript("when", previous.program.topic))
        if led and about and not re.match(r"(?:what|when|where|how|who|is|are|did|does|do|which)\b", about):
            same = previous.program.ask if previous.program.ask in ("about", "when", "mention", "times") else "about"
            return Parsed(Transcript(same, re.sub(r"^(?:about|the word) ", "", about)))
    if not led or isinstance(previous.program, Sentiment | Transcript):
        return None
    if about and not re.match(
        r"(?:what|when|where|how|who|is|are|did|does|do|which|can|why|tell|describe|read)\b", about
    ):
        return _about_another(about, sentence, previous)
    return None


def _about_another(about: str, sentence: Plain, previous: Parsed) -> Parsed | None:
    """The question before, about another thing: "and the cat?"."""
    found = things(about)
    if not found or any(one.pronoun for one in found[0]):
        return None
    which = sentence.which if sentence.which.scope != "current" else previous.which
    if len(found[0]) > 1 and isinstance(previous.program, Presence):
        return Parsed(Presence(found[0], found[1]), which)
    thing = found[0][0]
    if isinstance(previous.program, Describe):
        return Parsed(Presence((thing,)), which)
    changed = _with_thing(previous.program, thing)
    return replace(previous, program=changed, which=which) if changed is not None else None
