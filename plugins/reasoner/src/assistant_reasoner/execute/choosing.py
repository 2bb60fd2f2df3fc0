"""Chooses among given options, with a probability for each. Not for reading options out of a question: options.py.

Each option gets log-odds from what speaks for it: the computed answer to the question, whether the picture shows what
it names, and how near in meaning it lies to what was perceived and to the question; a softmax makes them probabilities.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from assistant_reasoner.execute.find import POSSIBLE, find
from assistant_reasoner.execute.likely import likely
from assistant_reasoner.execute.setting import place_named, place_scores
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import Picture, Scene, World
from assistant_reasoner.lexicon import CLOSE_COLORS, COLORS, HYPERNYMS, NUMBERS, singular
from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Choose, ColorOf, Count, Place, Thing, Transcript, WhatIs

DECIDED: Final = 0.6
"""Probability from which an option is chosen rather than guessed."""
PLAINLY: Final = 0.8
"""Probability from which it is said without an "only"."""
SAME: Final = 3.0
"""Log-odds that a sure answer adds to the option that says the same."""
ABSENT: Final = 2.5
"""Log-odds against an option that names what surely is not there."""
SHOWN: Final = 0.6
"""Log-odds for an option that names what surely is there: much is there that is not asked for."""
LOOKS: Final = 4.0
"""Log-odds that a cosine similarity of 1 between an option and the picture's own vector would add."""
MEANT: Final = 5.0
"""Log-odds that a cosine similarity of 1 to something surely perceived would add."""
SUITS: Final = 2.0
"""The same for similarity to the question alone: options differ in how likely they are before one looks."""
TOGETHER: Final = 0.65
"""Factor on the sum: what speaks for an option is not independent, as meaning and presence rest on the same boxes."""
RELATED: Final = 0.25
"""Cosine similarity below which texts of everyday words have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An option with the log-odds that speak for it, and what they rest on."""

    option: str
    score: float
    cites: tuple[str, ...] = ()


def choose(program: Choose, scene: Scene | None, world: World, answer: Callable[[], Reply]) -> Reply:
    """The likeliest option; abstains, with that option as its guess, where none stands out.

    Args:
        program: the options and the question.
        scene: the picture, if any.
        world: the context.
        answer: computes the inner question.
    """
    inner = answer()
    options = program.options
    exact = _matching(inner.short, options) if inner.short else None
    if exact is not None and not inner.abstained and (inner.confidence or 0.0) >= DECIDED:
        lead = (
            ()
            if inner.text.casefold().startswith(options[exact].casefold())
            else (said(_lead(world.say.bare(options[exact]), world)),)
        )
        return Reply((*lead, *inner.sentences), options[exact], inner.confidence)
    picture = scene.pictures[0] if scene is not None and scene.pictures else None
    scores = _scores(program, inner, exact, picture, scene, world)
    if scores is None:
        listed = world.say.listed([world.say.quote(world.say.bare(option)) for option in options])
        if inner.abstained and inner.sentences:  # its reason says more
            nothing = Reply(inner.sentences[:1], None, None, abstained=True)
        else:
            nothing = abstain(world, world.say("choose_nothing", list=listed), *inner.sentences[:1])
        return nothing if picture is None else replace(nothing, short=options[0], confidence=1 / len(options))
    told = () if inner.abstained else inner.sentences[:1]
    chances = _softmax([one.score for one in scores])
    best = max(range(len(options)), key=lambda index: chances[index])
    sure = min(0.95, chances[best])
    if sure >= DECIDED:
        key = "choose_sure" if sure >= PLAINLY and world.say.language == "en" else "choose_guess"
        text = world.say(key, option=world.say.quote(options[best]), sure=world.say.percent(sure))
        return Reply((said(text, *scores[best].cites), *told), options[best], sure)
    listed = world.say.listed([world.say.quote(world.say.bare(option)) for option in options])
    doubt = abstain(world, world.say("choose_doubt", list=listed))
    first = replace(doubt.sentences[0], cites=scores[best].cites)
    return Reply((first, *told), options[best], sure, abstained=True)


def _lead(option: str, world: World) -> str:
    return f"{option[:1].upper()}{option[1:]}{world.say.stop}"


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return [power / sum(powers) for power in powers]


def _scores(
    program: Choose, inner: Reply, exact: int | None, picture: Picture | None, scene: Scene | None, world: World
) -> list[Scored] | None:
    options = program.options
    if picture is None and not world.recordings and exact is None:
        return None
    numbers = [_number(option) for option in options]
    if all(number is not None for number in numbers):
        return _by_number([number or 0 for number in numbers], program, inner)
    colors = [_color(option) for option in options]
    if scene is not None and picture is not None and all(colors):
        return _by_color(colors, program, inner, picture, scene, world)
    base = _by_meaning(program, inner, picture, world)
    found = [Scored(option, base[index]) for index, option in enumerate(options)]
    if picture is not None:
        shown = [_shown(option, program, picture, world) for option in options]
        found = [
            replace(one, score=one.score + extra, cites=ids) for one, (extra, ids) in zip(found, shown, strict=True)
        ]
        placed = _by_place(options, picture)
        found = [replace(one, score=one.score + extra) for one, extra in zip(found, placed, strict=True)]
    if exact is not None:
        weight = SAME * (inner.confidence or 0.5) * (0.5 if inner.abstained else 1.0)
        found[exact] = replace(found[exact], score=found[exact].score + weight, cites=inner.cites or found[exact].cites)
    if not any(abs(one.score - found[0].score) > 1e-9 for one in found):
        return None
    return [replace(one, score=TOGETHER * one.score) for one in found]


# ---- numbers and colours ----------------------------------------------------------------------------------------


def _number(option: str) -> int | None:
    words = [word for word in re.sub(r"[^\w ]+", " ", option.casefold()).split() if word not in ("about", "only")]
    if not words:
        return None
    if words[0].isdigit() and len(words[0]) < 6:
        return int(words[0])
    return NUMBERS.get(words[0]) if words[0] not in ("a", "an") else None


def _by_number(numbers: Sequence[int], program: Choose, inner: Reply) -> list[Scored]:
    """Each number by what was counted: as sure as the count, the rest falling off on both sides of it."""
    said_number = _number(inner.short or "")
    counted = said_number if said_number is not None else 2
    exact = (inner.confidence or 0.3) * (0.6 if said_number is None else 1.0)
    fall = 0.45 if counted < 5 else 0.75
    found = []
    for option, number in zip(program.options, numbers, strict=True):
        away = abs(number - counted)
        chance = exact if away == 0 else (1 - exact) * (1 - fall) * fall ** (away - 1) * (1.0 if counted == 0 else 0.5)
        found.append(Scored(option, math.log(max(1e-4, chance)), inner.cites))
    return found


def _color(option: str) -> str:
    words = re.sub(r"[^\w ]+", " ", option.casefold()).split()
    named = [COLORS[word] for word in words if word in COLORS]
    rest = [word for word in words if word not in COLORS and word not in ("color", "colour", "and", "light", "dark")]
    return named[0] if named and len(rest) <= 1 else ""


def _by_color(
    colors: Sequence[str], program: Choose, inner: Reply, picture: Picture, scene: Scene, world: World
) -> list[Scored]:
    """Each colour by its share of the thing asked about, or else of the picture."""
    shares: dict[str, float] = {}
    ids: tuple[str, ...] = ()
    thing = program.inner.thing if isinstance(program.inner, ColorOf) else None
    matches = search(thing, scene, world).sure(POSSIBLE) if thing is not None else ()
    if matches:
        ids = matches[0].cites
        for pair in matches[0].seen.data.get("colors") or ():
            shares[str(pair[0])] = float(pair[1])
        if matches[0].color:
            shares[matches[0].color] = shares.get(matches[0].color, 0.0) + 0.3
    elif inner.short and _color(inner.short):
        shares[_color(inner.short)] = inner.confidence or 0.3
        ids = inner.cites
    for color in picture.colors:
        shares[color.text] = shares.get(color.text, 0.0) + 0.15 * float(color.data.get("share") or 0.0)

    def share(name: str) -> float:
        near = [other for other in shares if frozenset((name, other)) in CLOSE_COLORS]
        return shares.get(name, 0.0) + 0.4 * sum(shares[other] for other in near)

    return [
        Scored(option, math.log(0.12 + share(color)), ids)
        for option, color in zip(program.options, colors, strict=True)
    ]


# ---- what is shown, and where -----------------------------------------------------------------------------------


def _shown(option: str, program: Choose, picture: Picture, world: World) -> tuple[float, tuple[str, ...]]:
    """Log-odds for, or against, an option by whether the picture shows what it names; of doubt if nobody can say."""
    asked = program.inner.kind.words if isinstance(program.inner, WhatIs) and program.inner.kind else ""
    best: tuple[float, tuple[str, ...]] = ((SHOWN - ABSENT) / 2, ())
    for text in dict.fromkeys((option, f"{option} {asked}".strip())):
        thing = noun_phrase(text.casefold())
        if thing is None or thing.pronoun or thing.anything:
            continue
        thing = replace(thing, number=None, others=())
        chance = likely(thing, find(thing, picture, world), picture, world)
        if not chance.basis:
            continue
        odds = SHOWN * chance.probability - ABSENT * (1 - chance.probability)
        if not best[1] or odds > best[0]:
            best = odds, chance.cites or (picture.part.digest,)
    return best


def _by_place(options: Sequence[str], picture: Picture) -> list[float]:
    """Log-odds for options that name places, by what stands in the picture; 0 for others."""
    scores, _ = place_scores(picture)
    found = []
    for option in options:
        name = place_named(option)
        found.append(math.log(0.05 + scores.get(name, 0.0)) - math.log(0.1) if name and scores else 0.0)
    return found


# ---- meaning ----------------------------------------------------------------------------------------------------


def _evidence(inner: Reply, program: Choose, picture: Picture | None, world: World) -> list[tuple[str, float]]:
    """Texts of what was perceived, with how much each counts."""
    found: list[tuple[str, float]] = []
    if inner.short:
        found.append((inner.short, (inner.confidence or 0.3) * (0.7 if inner.abstained else 1.0)))
    if picture is not None and not isinstance(program.inner, Transcript):
        seen = (*picture.objects[:12], *picture.labels[:5])
        found += [(one.text.casefold(), 0.8 * one.confidence) for one in seen if one.confidence >= 0.1]
        found += [(line.text.casefold(), 0.6 * line.confidence) for line in picture.lines[:8]]
        scores, _ = place_scores(picture)
        found += [(name.removeprefix("the "), 0.7 * share) for name, share in scores.items() if share >= 0.2]
        if picture.concepts is not None:
            shares = picture.concepts.data.get("probabilities") or {}
            likely_ones = sorted(shares.items(), key=lambda pair: -float(pair[1]))[:15]
            found += [(str(name), 0.5 * float(share)) for name, share in likely_ones if float(share) >= 0.5]
        found += [(caption.text, 0.5 * caption.confidence) for caption in picture.captions[:1]]
    found += [(seen.text, 0.8 * seen.confidence) for one in world.recordings for seen in one.heard[:20]]
    strongest: dict[str, float] = {}
    for text, weight in found:
        strongest[text] = max(weight, strongest.get(text, 0.0))
    return list(strongest.items())


def _by_meaning(program: Choose, inner: Reply, picture: Picture | None, world: World) -> list[float]:
    """Log-odds by nearness in meaning to what was perceived, and to the question; zeros without an embedder."""
    options = program.options
    evidence = _evidence(inner, program, picture, world)
    kind = _kind(program)
    question = re.split(r"(?i)\b(?:choices|options)\s*:", world.question.text)[0].strip()
    phrases = [f"{option} {kind}".strip().casefold() for option in options]
    vectors = world.embed([*phrases, question, *(text for text, _ in evidence)]) if world.embed is not None else None
    if vectors is None:
        return [0.0] * len(options)
    count = len(options)
    near = vectors[:count] @ vectors[count:].T
    scores = []
    alike = looks(vectors[:count], picture)
    for row, option, look in zip(near, options, alike, strict=True):
        suits = SUITS * float(row[0])
        speaking = [
            weight * max(0.0, float(cosine) - RELATED)
            for cosine, (text, weight) in zip(row[1:], evidence, strict=True)
            if text != option.casefold()  # what the picture shows of the option itself counts apart
        ]
        speaking.sort(reverse=True)
        scores.append(suits + LOOKS * look + MEANT * (sum(speaking[:1]) + 0.3 * sum(speaking[1:4])))
    return scores


def looks(vectors: Any, picture: Picture | None) -> list[float]:
    """Cosine similarity of each option to the picture's vector in the space of texts, less their mean."""
    packed = picture.concepts.data.get("vector") if picture is not None and picture.concepts is not None else None
    if not isinstance(packed, str):
        return [0.0] * len(vectors)
    import numpy as np

    vector = np.frombuffer(base64.b64decode(packed), dtype="<f2").astype(np.float32)
    if vector.shape[0] != vectors.shape[1]:
        return [0.0] * len(vectors)
    alike = vectors @ (vector / max(1e-9, float(np.linalg.norm(vector))))
    return [float(value) for value in alike - alike.mean()]


def _kind(program: Choose) -> str:
    """The kind of thing asked for: "sign" of "what type of sign is visible"; kinds of everything add nothing."""
    inner = program.inner
    kind: Thing | None = inner.kind if isinstance(inner, WhatIs) else None
    if kind is None or kind.anything or kind.words in HYPERNYMS or isinstance(inner, Count | Place):
        return ""
    return kind.words


def _normal(text: str) -> str:
    words = re.sub(r"[^\w ]+", " ", text.casefold()).split()
    words = [word for word in words if word not in ("a", "an", "the", "color", "colour", "it", "is")]
    plain = " ".join(COLORS.get(word, str(NUMBERS[word]) if word in NUMBERS else word) for word in words)
    return singular(plain) if plain else ""


def _matching(short: str, options: Sequence[str]) -> int | None:
    """The option that says what the short answer says, or None."""
    wanted = _normal(short)
    plain = [_normal(option) for option in options]
    if wanted in plain:
        return plain.index(wanted)
    if not wanted:
        return None
    asked = noun_phrase(short)
    for index, option in enumerate(options):
        other = noun_phrase(option)
        if asked and other and asked.classes and (asked.classes <= other.classes or other.classes == asked.classes):
            return index
    within = [index for index, option in enumerate(plain) if f" {wanted} " in f" {option} "]
    return within[0] if len(within) == 1 else None
