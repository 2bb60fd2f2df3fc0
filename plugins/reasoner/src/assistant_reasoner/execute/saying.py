"""Answers drawn from a whole recording: summary, numbers, names, who speaks longer, what comes after.

Not for topics: see hearing.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from assistant.fusion.select import Embed, similarities, stems
from assistant.types import AUDIO, Observation
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import Recording, World
from assistant_reasoner.lexicon import NUMBERS, ORDINALS
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Transcript

SUMMARY: Final = 3
"""Sentences of a summary."""
SHORT: Final = 4
"""Segments up to which a recording is its own summary."""
LEAD: Final = 0.1
"""What being the first sentence adds to how central it is: speech says early what it is about."""
CENTRAL: Final = 0.6
"""Confidence in a summary of central sentences: they may miss what matters to the person who asks."""

# ---- which recordings -------------------------------------------------------------------------------------------

_ORDER: Final = "|".join(ORDINALS)
_ONE_OF: Final = re.compile(
    rf"\b(?P<ordinal>{_ORDER}) (?:recording|audio|voice message|message|clip|file|voice note|sound|speech|one|"
    rf"speaker)\b"
    r"|\b(?:recording|audio|voice message|message|clip|file) (?:number |no\.? |#)?(?P<number>\d{1,2})\b"
)


def asked_about(world: World) -> tuple[Recording, ...]:
    """The recordings that a question names, by file name or by number; else those it is about anyway."""
    question = world.question.text.casefold()
    known = all_recordings(world)
    named = tuple(one for one in known if len(one.part.name) > 3 and one.part.name.casefold() in question)
    if named:
        return named
    match = _ONE_OF.search(question)
    if match and len(known) > 1:
        index = ORDINALS[match["ordinal"]] if match["ordinal"] else int(match["number"])
        position = index - 1 if index > 0 else len(known) + index
        if 0 <= position < len(known):
            return (known[position],)
    return world.recordings


def all_recordings(world: World) -> tuple[Recording, ...]:
    """Every recording of the conversation but the spoken question, oldest first, numbered."""
    parts = [one for one in world.snapshot.parts if one.modality == AUDIO and one.digest != world.question.part]
    return tuple(
        Recording(
            part, world.say.numbered("recording", index if len(parts) > 1 else 0), world.snapshot.of(part=part.digest)
        )
        for index, part in enumerate(parts, start=1)
    )


# ---- summary ----------------------------------------------------------------------------------------------------


def summary(spoken: Sequence[Recording], world: World) -> Reply:
    """The first sentence and the most central ones, in the order they were said, each with its time."""
    heard = [seen for recording in spoken for seen in recording.heard if len(stems(seen.text)) >= 2] or [
        seen for recording in spoken for seen in recording.heard
    ]
    chosen = heard if len(heard) <= SHORT else _central(heard, world.embed)
    listed = world.say.listed([_quoted(seen, world) for seen in chosen])
    words = " ".join(seen.text.strip() for seen in chosen)
    sure = sum(seen.confidence for seen in chosen) / len(chosen) * (1.0 if len(heard) <= SHORT else CENTRAL)
    return Reply((said(world.say("said_summary", list=listed), *(seen.id for seen in chosen)),), words, sure)


def _central(heard: Sequence[Observation], embed: Embed | None) -> list[Observation]:
    texts = [seen.text for seen in heard]
    vectors: Any = embed(texts) if embed is not None else None
    if vectors is not None:
        scores = [float(value) for value in (vectors @ vectors.mean(axis=0))]
    else:
        scores = similarities(" ".join(texts), texts)
        total = [len(set(stems(text))) or 1 for text in texts]
        scores = [score / count**0.5 for score, count in zip(scores, total, strict=True)]
    scores[0] += LEAD
    best = sorted(range(len(heard)), key=lambda index: -scores[index])[:SUMMARY]
    return [heard[index] for index in sorted(best)]


def _quoted(seen: Observation, world: World) -> str:
    time = world.say.time(seen.span[0]) if seen.span else "?"
    return f"{world.say.quote(seen.text.strip(), 300)} ({time})"


# ---- numbers, prices, dates, names ------------------------------------------------------------------------------

_WORD: Final = "|".join(word for word, value in NUMBERS.items() if value > 1 or word in ("one", "zero"))
_TEENS: Final = (
    r"thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|"
    r"hundred|thousand|million|billion"
)
_NUMBER: Final = rf"(?:\d+(?:[.,:]\d+)*|(?:{_WORD}|{_TEENS})(?:[ -](?:and )?(?:{_WORD}|{_TEENS}))*)"
_MONTH: Final = (
    r"(?:january|february|march|april|may(?= \d)|june|july|august|september|october|november|december|janvier|février|"
    r"mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|"
    r"agosto|"
    r"septiembre|octubre|noviembre|diciembre|januar|februar|märz|juni|juli|oktober|dezember)"
)
_DAY: Final = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tomorrow|yesterday|tonight|next (?:week|month|year)|"
    r"last (?:week|month|year)|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|heute|morgen|gestern|lundi|mardi|mercredi|jeudi|vendredi|"
    r"samedi|dimanche|"
    r"aujourd'hui|demain|hier|lunes|martes|miércoles|jueves|viernes|sábado|domingo|hoy|mañana|ayer)"
)
_PATTERNS: Final = {
    "numbers": re.compile(rf"\b{_NUMBER}\b", re.I),
    "prices": re.compile(
        rf"[$€£¥]\s?\d+(?:[.,]\d+)*|\b{_NUMBER} ?(?:dollars?|euros?|pounds?|cents?|bucks|yuan|yen|francs?|"
        r"pesos?|€|\$|%)",
        re.I,
    ),
    "dates": re.compile(
        rf"\b(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}|{_MONTH}(?: \d{{1,2}}(?:st|nd|rd|"
        rf"th)?)?)(?:,? \d{{4}})?\b|\b{_DAY}\b|"
        rf"\b\d{{1,2}}:\d\d(?: ?[ap]\.?m\.?)?|\b{_NUMBER} o'clock\b|\b(?:19|20)\d\d\b|\b\d{{1,2}} ?[ap]\.?m\b\.?",
        re.I,
    ),
    "names": re.compile(r"(?<=[\w,;] )(?:[A-ZÀ-Þ][\w'’-]+)(?: (?:of |the |de |von |van )?[A-ZÀ-Þ][\w'’-]+)*"),
}
_NO_NAMES: Final = frozenset(("I", "I'm", "I've", "I'll", "I'd", "OK", "Okay", "Mr", "Mrs", "Ms", "Dr"))
_KEY: Final = {"numbers": "said_numbers", "prices": "said_prices", "dates": "said_dates", "names": "said_names"}
FOUND: Final = 0.8
"""How often what matches a pattern is such a thing; an estimate by hand."""


def mentioned(ask: str, spoken: Sequence[Recording], world: World) -> Reply:
    """The numbers, prices, dates or names that were said, with their times."""
    found: dict[str, Observation] = {}
    for recording in spoken:
        for seen in recording.heard:
            for match in _PATTERNS[ask].finditer(seen.text):
                text = match[0].strip(" .,")
                if text and not (ask == "names" and (text in _NO_NAMES or _PATTERNS["dates"].fullmatch(text))):
                    found.setdefault(text, seen)
            if ask == "names":
                found.update({name: seen for name in _leading_names(seen, recording) if name not in found})
    heard = [seen for recording in spoken for seen in recording.heard]
    sure = FOUND * sum(seen.confidence for seen in heard) / len(heard)
    if not found:
        return Reply((said(world.say("said_found_none"), *(seen.id for seen in heard)),), "none", sure)
    items = list(found.items())[:10]
    listed = world.say.listed(
        [f"{world.say.quote(text)} ({world.say.time(seen.span[0]) if seen.span else '?'})" for text, seen in items]
    )
    ids = tuple(dict.fromkeys(seen.id for _, seen in items))
    return Reply((said(world.say(_KEY[ask], list=listed), *ids),), ", ".join(text for text, _ in items), sure)


def _leading_names(seen: Observation, recording: Recording) -> list[str]:
    """Capitalised words at the start of a sentence that are capitalised within one elsewhere too."""
    starts = re.findall(r"(?:^|[.!?] )([A-ZÀ-Þ][\w'’-]+)", seen.text)
    return [
        word for word in starts if word not in _NO_NAMES and re.search(rf"[\w,;] {re.escape(word)}\b", recording.text)
    ]


# ---- who speaks longer ------------------------------------------------------------------------------------------


def seconds_of_speech(recording: Recording) -> float:
    """Seconds in which somebody speaks."""
    stated: Any = recording.transcript.data.get("speech_seconds") if recording.transcript else None
    if isinstance(stated, int | float):
        return float(stated)
    return sum(seen.span[1] - seen.span[0] for seen in recording.heard if seen.span)


def longer(world: World) -> Reply:
    """Which recording has more speech; within one, speakers are not told apart."""
    known = [one for one in all_recordings(world) if one.perceived]
    if len(known) < 2:
        return Reply((said(world.say("said_one_speaker")),), None, None, abstained=True)
    ranked = sorted(known, key=seconds_of_speech, reverse=True)
    best = ranked[0]
    others = world.say.listed([f"{world.say.time(seconds_of_speech(one))} ({one.name})" for one in ranked[1:]])
    ids = tuple(seen.id for one in known for seen in (one.transcript, one.silence) if seen)
    text = world.say("said_longer", name=best.name, seconds=world.say.time(seconds_of_speech(best)), others=others)
    gap = seconds_of_speech(best) - seconds_of_speech(ranked[1])
    return Reply((said(text, *ids),), best.name, 0.95 if gap > 0.5 else 0.6)


# ---- before and after -------------------------------------------------------------------------------------------


def around(
    program: Transcript, spoken: Sequence[Recording], found: Sequence[tuple[Observation, float | None]], world: World
) -> Reply:
    """What was said after, or before, the place where the topic is spoken of.

    Args:
        found: where the topic is said, as of hearing.occurrences; or about it.
    """
    topic = world.say.quote(program.topic)
    if not found:
        heard = [seen for recording in spoken for seen in recording.heard]
        quoted_all = world.say("said", text=world.say.quote(" ".join(seen.text for seen in heard), 200))
        whole = said(quoted_all, *(seen.id for seen in heard))
        return abstain(world, world.say("said_no", topic=topic).rstrip(".。"), whole)
    anchor = found[0][0] if program.ask == "after" else found[-1][0]
    order = [seen for recording in spoken for seen in recording.heard if recording.part.digest == anchor.part]
    index = next(position for position, seen in enumerate(order) if seen.id == anchor.id)
    near = order[index + 1 : index + 3] if program.ask == "after" else order[max(0, index - 2) : index]
    rest = _rest(anchor, program)
    sentences: list[Sentence] = []
    quoted = [_quoted(seen, world) for seen in near]
    if rest:
        quoted = [world.say.quote(rest), *quoted] if program.ask == "after" else [*quoted, world.say.quote(rest)]
    if not quoted:
        return Reply((said(world.say("said_after_none"), anchor.id),), "none", 0.7 * anchor.confidence)
    key = "said_after" if program.ask == "after" else "said_before"
    sentences.append(
        said(world.say(key, topic=topic, list=world.say.listed(quoted)), anchor.id, *(seen.id for seen in near))
    )
    pieces = [seen.text.strip() for seen in near]
    words = " ".join([rest, *pieces] if program.ask == "after" else [*pieces, rest]).strip()
    return Reply(tuple(sentences), words, 0.8 * min(seen.confidence for seen in (anchor, *near)))


def _rest(anchor: Observation, program: Transcript) -> str:
    """What the segment itself says after, or before, the topic's words."""
    wanted = set(stems(program.topic))
    words = anchor.text.split()
    places = [index for index, word in enumerate(words) if wanted & set(stems(word))]
    if not places:
        return ""
    cut = words[places[-1] + 1 :] if program.ask == "after" else words[: places[0]]
    return " ".join(cut) if len(cut) >= 3 else ""
