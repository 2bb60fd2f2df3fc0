"""Answers about what was said and how it feels. Not about pictures: things.py, places.py, sight.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from assistant.fusion.select import Embed, similarities, stems
from assistant.types import Kind, Observation
from assistant_reasoner.execute import saying
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import Recording, World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.phrase_en import LANGUAGES
from assistant_reasoner.programs import Transcript

RELATED_WORDS: Final = 0.34
"""Share of a topic's word weight that a segment must have to be about it, without an embedder."""
RELATED_MEANING: Final = 0.35
"""Cosine similarity of MiniLM embeddings from which a segment is about a topic; unrelated sentences lie below 0.2."""
SAME_THING: Final = 0.55
"""Cosine similarity from which a segment says a topic in other words; between RELATED_MEANING and it, it is near."""
MOST_QUOTES: Final = 5
NEARLY_AS_GOOD: Final = 0.85
"""Share of the best segment's similarity from which another one is quoted too."""


def transcript(program: Transcript, world: World) -> Reply:
    """What was said?"""
    recordings = saying.asked_about(world)
    if not recordings:
        return Reply((said(world.say("no_recording")),), None, None, abstained=True)
    deaf = [recording for recording in recordings if not recording.perceived]
    if len(deaf) == len(recordings) and program.ask != "length":
        return abstain(world, world.reason(Kind.TRANSCRIPT, deaf[0].part, deaf[0].name))
    spoken = [recording for recording in recordings if recording.heard]
    if program.ask == "length":
        return _length(program, recordings, world)
    if program.ask == "longer":
        return saying.longer(world)
    if program.ask == "presence":
        return _any_speech(program, spoken, world)
    if not spoken:
        return silent(program, world)
    if program.ask == "summary":
        return saying.summary(spoken, world)
    if program.ask in ("numbers", "prices", "dates", "names"):
        return saying.mentioned(program.ask, spoken, world)
    if program.also and not occurrences(program.topic, [seen for recording in spoken for seen in recording.heard]):
        # Asked in another language than the one spoken, perhaps.
        program = replace(program, topic=program.also)
    answers = {
        "about": _about,
        "mention": _mention,
        "times": _mention,
        "when": _when,
        "language": _language,
        "who": _who,
        "first": _end,
        "last": _end,
        "at": _at,
        "after": _around,
        "before": _around,
    }
    return answers.get(program.ask, _all)(program, spoken, world)


def silent(program: Transcript, world: World) -> Reply:
    """The answer when nobody speaks."""
    silences = [recording.silence for recording in world.recordings if recording.silence]
    text = world.say("said_none", name=world.recordings[0].name)
    sure = max((seen.confidence for seen in silences), default=0.5)
    return Reply(
        (said(text, *(seen.id for seen in silences)),), "no" if program.ask in ("mention", "about") else None, sure
    )


def sureness(heard: Sequence[Observation]) -> float:
    """Mean confidence, weighted with the length of the text."""
    total = sum(len(seen.text) for seen in heard)
    return sum(seen.confidence * len(seen.text) for seen in heard) / total if total else 0.0


def _all(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    say = world.say
    sentences: list[Sentence] = []
    for recording in spoken:
        text = say.quote(recording.text, 4000)
        key = "said_in" if len(spoken) > 1 else "said"
        sentences.append(said(say(key, name=recording.name, text=text), *(seen.id for seen in recording.heard)))
    heard = [seen for recording in spoken for seen in recording.heard]
    code, share = _spoken_language(spoken[0])
    if code and code not in ("en", world.say.language) and share > 0:
        sentences.append(
            said(
                say("said_language", language=_language_name(code, world), sure=say.percent(share)),
                *_language_ids(spoken[0]),
            )
            if world.say.language == "en"
            else said(say("language", language=_language_name(code, world), sure=say.percent(share)))
        )
    sentences.append(said(say("said_sure", sure=say.percent(sureness(heard))), *(seen.id for seen in heard)))
    if program.ask == "sound" and say.language == "en":
        sentences.append(said(say("sound_only")))
    return Reply(tuple(sentences), " ".join(recording.text for recording in spoken), sureness(heard))


def _any_speech(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    silent_asked = program.topic == "silent"
    if not spoken:
        silences = [recording.silence for recording in world.recordings if recording.silence]
        sure = max((seen.confidence for seen in silences), default=0.6)
        text = world.say("said_none", name=world.recordings[0].name) if silent_asked else world.say("said_speech_no")
        return Reply((said(text, *(seen.id for seen in silences)),), "yes" if silent_asked else "no", sure)
    heard = spoken[0].heard
    text = world.say("said_speech_yes", text=world.say.quote(spoken[0].text, 200)).removeprefix(
        "Yes, " if silent_asked else ""
    )
    text = f"{text[:1].upper()}{text[1:]}" if not silent_asked else f"No: {text}"
    return Reply(
        (said(text, *(seen.id for seen in heard)),), "no" if silent_asked else "yes", max(0.6, sureness(heard))
    )


def _length(program: Transcript, recordings: Sequence[Recording], world: World) -> Reply:
    sentences = []
    seconds = 0.0
    for recording in recordings:
        seen = recording.transcript or recording.silence
        stated: Any = (seen.data.get("seconds") if seen else None) or recording.part.facts.get("seconds")
        if not isinstance(stated, int | float):
            return abstain(world, world.reason(Kind.TRANSCRIPT, recording.part, recording.name))
        seconds = float(stated)
        speech = seen.data.get("speech_seconds") if seen else None
        told = isinstance(speech, int | float) and world.say.language == "en"
        clause = f", {world.say.time(float(speech or 0.0))} of it speech" if told else ""
        name = f"{recording.name[:1].upper()}{recording.name[1:]}"
        seconds = float(speech) if program.topic and isinstance(speech, int | float) else seconds
        sentences.append(
            said(
                world.say("said_length", name=name, seconds=world.say.time(float(stated)), speech=clause),
                *((seen.id,) if seen else ()),
            )
        )
    return Reply(tuple(sentences), f"{seconds:.1f}", 0.98)


# ---- topics -----------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def occurrences(topic: str, heard: Sequence[Observation]) -> list[tuple[Observation, float | None]]:
    """Where the topic's words are said, as (segment, start of the first word in seconds); all word forms count."""
    wanted = list(stems(topic)) or _plain(topic).split()
    found: list[tuple[Observation, float | None]] = []
    if not wanted:
        return found
    for segment in heard:
        words = [word for word in segment.data.get("words") or () if str(word.get("word", "")).strip()]
        roots = [(stems(str(word["word"])) or (_plain(str(word["word"])),))[0] for word in words]
        spread = [index for index, root in enumerate(roots) if root == wanted[0]]
        starts = [float(words[index]["start"]) for index in spread if _follows(roots, index, wanted)]
        if starts:
            found.extend((segment, start) for start in starts)
        elif not words or not spread:
            text = list(stems(segment.text))
            if all(root in text for root in wanted) or _plain(topic) in _plain(segment.text):
                found.append((segment, segment.span[0] if segment.span else None))
    return found


def _follows(roots: Sequence[str], start: int, wanted: Sequence[str]) -> bool:
    """Whether the wanted stems come in order from `start` on, small words between them allowed."""
    position = start
    for root in wanted[1:]:
        ahead = roots[position + 1 : position + 5]
        if root not in ahead:
            return False
        position += 1 + ahead.index(root)
    return True


def about(topic: str, heard: Sequence[Observation], embed: Embed | None) -> list[tuple[Observation, float]]:
    """Segments about the topic with their similarity, most similar first. Words are tried before meaning."""
    texts = [seen.text for seen in heard]
    words = similarities(topic, texts)
    hits = [(seen, 0.5 + score / 2) for seen, score in zip(heard, words, strict=True) if score >= RELATED_WORDS]
    if not hits and embed is not None and heard:
        meaning = similarities(topic, texts, embed)
        hits = [(seen, score) for seen, score in zip(heard, meaning, strict=True) if score >= RELATED_MEANING]
    return sorted(hits, key=lambda hit: -hit[1])


def _quote(segment: Observation, world: World) -> str:
    time = world.say.time(segment.span[0]) if segment.span else "?"
    return world.say("said_quote", text=world.say.quote(segment.text.strip(), 300), time=time)


def _about(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    heard = [seen for recording in spoken for seen in recording.heard]
    hits = about(program.topic, heard, world.embed)
    if not hits:
        text = world.say("said_about_none", topic=world.say.quote(program.topic))
        whole = world.say("said", text=world.say.quote(" ".join(seen.text for seen in heard), 200))
        return Reply((said(text), said(whole, *(seen.id for seen in heard))), None, 0.6)
    hits = [hit for hit in hits if hit[1] >= NEARLY_AS_GOOD * hits[0][1]]
    shown = sorted(hits[:MOST_QUOTES], key=lambda hit: hit[0].span or (0.0, 0.0))
    listed = world.say.listed([_quote(seen, world) for seen, _ in shown])
    text = world.say("said_about", topic=world.say.quote(program.topic), list=listed) + world.say.stop
    sure = min(0.95, hits[0][1]) * max(0.5, sureness([seen for seen, _ in shown]))
    return Reply((said(text, *(seen.id for seen, _ in shown)),), " ".join(seen.text for seen, _ in shown), sure)


def _mention(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    heard = [seen for recording in spoken for seen in recording.heard]
    found = occurrences(program.topic, heard)
    topic = world.say.quote(program.topic)
    counted = world.say.times(len(found))
    segments = list({seen.id: seen for seen, _ in found}.values())
    ids = tuple(seen.id for seen in segments)
    sure = sureness(heard)
    if program.ask == "times":
        text = world.say("said_times", topic=topic, count=counted)
        return Reply((said(text, *ids),), str(len(found)), sure)
    if found:
        listed = world.say.listed([_quote(seen, world) for seen in segments[:3]])
        return Reply(
            (said(world.say("said_yes", topic=topic, count=counted, list=listed) + world.say.stop, *ids),),
            "yes",
            max(0.6, sureness(segments)),
        )
    related = about(program.topic, heard, world.embed)
    if related and related[0][1] >= SAME_THING:
        # Not in these words, but plainly the same: a yes, as sure as the meanings are near.
        listed = world.say.listed([_quote(seen, world) for seen, score in related[:2] if score >= SAME_THING])
        probability = min(0.85, related[0][1]) * max(0.6, sure)
        text = world.say("said_related", list=listed, sure=world.say.percent(probability))
        return Reply((said(text, *(seen.id for seen, _ in related[:2])),), "yes", max(0.5, probability))
    text = world.say("said_no", topic=topic)
    if related:
        near = world.say("said_about", topic=topic, list=_quote(related[0][0], world)) + world.say.stop
        return Reply((said(text), said(near, related[0][0].id)), "no", 0.6 * max(0.5, sure))
    whole = world.say("said", text=world.say.quote(" ".join(seen.text for seen in heard), 200))
    return Reply((said(text), said(whole, *(seen.id for seen in heard))), "no", max(0.5, sure))


def _when(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    heard = [seen for recording in spoken for seen in recording.heard]
    found = occurrences(program.topic, heard)
    topic = world.say.quote(program.topic)
    if not found:
        related = about(program.topic, heard, world.embed)
        if not related:
            return Reply((said(world.say("said_no", topic=topic)),), None, max(0.5, sureness(heard)), abstained=False)
        found = [(related[0][0], related[0][0].span[0] if related[0][0].span else None)]
    timed = [(seen, start) for seen, start in found if start is not None]
    if not timed:
        return abstain(world, world.reason(Kind.TRANSCRIPT_SEGMENT, spoken[0].part, spoken[0].name))
    times = world.say.listed([world.say.at(start) for _, start in timed[:8]])
    text = world.say("said_when", topic=topic, times=times)
    inside = world.say("said_when_in", text=world.say.quote(timed[0][0].text.strip(), 200))
    ids = tuple(dict.fromkeys(seen.id for seen, _ in timed))
    return Reply(
        (said(text, *ids), said(inside, timed[0][0].id)), f"{timed[0][1]:.1f}", max(0.5, timed[0][0].confidence)
    )


# ---- language, voices, ends -------------------------------------------------------------------------------------


def _spoken_language(recording: Recording) -> tuple[str, float]:
    if recording.transcript is not None:
        code = str(recording.transcript.data.get("language") or "")
        if code:
            return code, float(recording.transcript.data.get("language_probability") or recording.transcript.confidence)
    for seen in recording.observations:
        if seen.kind == Kind.LANGUAGE:
            return seen.text, seen.confidence
    for seen in recording.segments:
        if seen.data.get("language"):
            return str(seen.data["language"]), seen.confidence
    return "", 0.0


def _language_ids(recording: Recording) -> tuple[str, ...]:
    kinds = (Kind.TRANSCRIPT, Kind.LANGUAGE)
    return tuple(seen.id for seen in recording.observations if seen.kind in kinds)[:2]


def _language_name(code: str, world: World) -> str:
    return world.say.language_name(code)


def _language(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    code, sure = _spoken_language(spoken[0])
    if not code:
        return abstain(world, world.reason(Kind.LANGUAGE, spoken[0].part, spoken[0].name))
    name = _language_name(code, world)
    ids = _language_ids(spoken[0])
    if program.topic:
        known = LANGUAGES.get(code, code)
        same = known.casefold() == program.topic.casefold() or (program.topic == "mandarin" and code == "zh")
        text = world.say("language_yes" if same else "language_no", language=name, sure=world.say.percent(sure))
        return Reply((said(text, *ids),), "yes" if same else "no", sure)
    return Reply((said(world.say("language", language=name, sure=world.say.percent(sure)), *ids),), name, sure)


def _who(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    heard = world.say("said", text=world.say.quote(spoken[0].text, 200))
    return Reply(
        (said(world.say("who_speaks")), said(heard, *(seen.id for seen in spoken[0].heard))), None, None, abstained=True
    )


def _end(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    segments = spoken[0].heard
    segment = segments[0] if program.ask == "first" else segments[-1]
    time = world.say.time(segment.span[0]) if segment.span else "?"
    text = world.say(f"said_{program.ask}", text=world.say.quote(segment.text.strip(), 200), time=time)
    return Reply((said(text, segment.id),), segment.text.strip(), segment.confidence)


def _around(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    """What was said after, or before, a topic."""
    heard = [seen for recording in spoken for seen in recording.heard]
    found = occurrences(program.topic, heard)
    if not found:
        found = [
            (seen, seen.span[0] if seen.span else None) for seen, _ in about(program.topic, heard, world.embed)[:1]
        ]
    return saying.around(program, spoken, found, world)


def _at(program: Transcript, spoken: Sequence[Recording], world: World) -> Reply:
    """What was said at, between, after or before: the segments that the time touches, else the nearest one."""
    timed = [seen for recording in spoken for seen in recording.heard if seen.span]
    if not timed:
        return abstain(world, world.reason(Kind.TRANSCRIPT_SEGMENT, spoken[0].part, spoken[0].name))
    start, end = program.span
    if start < 0:
        start = max(0.0, max(seen.span[1] for seen in timed if seen.span) + start)
    inside = [seen for seen in timed if seen.span and seen.span[0] <= end and start <= seen.span[1]]
    if not inside:
        near = min(
            timed, key=lambda seen: min(abs(seen.span[0] - start), abs(seen.span[1] - start)) if seen.span else 0
        )
        texts = (world.say("said_at_none"), world.say("said_nearest", list=_quote(near, world)))
        return Reply((said(texts[0]), said(texts[1], near.id)), None, 0.7)
    listed = world.say.listed([_quote(seen, world) for seen in inside[:MOST_QUOTES]])
    ids = tuple(seen.id for seen in inside)
    sure = sureness(inside)
    sentences = (
        said(world.say("said_at", list=listed), *ids),
        said(world.say("said_sure", sure=world.say.percent(sure)), *ids),
    )
    return Reply(sentences, " ".join(seen.text.strip() for seen in inside), sure)
