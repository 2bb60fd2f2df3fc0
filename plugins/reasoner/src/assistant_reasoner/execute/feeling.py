"""Answers about how a speaker or a text feels, by late fusion of what was judged. What was said: hearing.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.fusion.reconcile import Feeling, fuse_sentiment
from assistant.types import AUDIO, Kind, Observation
from assistant_reasoner.execute.hearing import silent
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Sentiment, Transcript
from assistant_reasoner.words import sentences


def sentiment(program: Sentiment, world: World) -> Reply:
    """How does the speaker, or the text, feel?"""
    if program.of == "face":
        faces = [seen for seen in world.snapshot.of(Kind.SENTIMENT) if seen.data.get("modality") == "face"]
        if not faces:
            return Reply((said(world.say("emotion")),), None, None, abstained=True)
        return _felt(program, faces, "the face", world)
    if program.of == "text" or (program.of == "any" and not any(one.heard for one in world.recordings)):
        return _of_text(program, world)
    if not world.recordings and _about_itself(world):
        return _of_text(program, world)
    spoken = [recording for recording in world.recordings if recording.heard]
    if not spoken:
        if not world.recordings:
            return Reply((said(world.say("no_recording")),), None, None, abstained=True)
        if any(recording.silence for recording in world.recordings):
            return silent(Transcript(), world)
        return abstain(world, world.reason(Kind.TRANSCRIPT, world.recordings[0].part, world.recordings[0].name))
    parts = {recording.part.digest for recording in spoken} | {recording.part.parent for recording in spoken}
    frames = {part.digest for part in world.snapshot.parts if part.parent in parts and part.parent is not None}
    judged = [seen for seen in world.snapshot.of(Kind.SENTIMENT) if seen.part in parts | frames]
    if not judged:
        heard = world.say("said", text=world.say.quote(spoken[0].text, 200))
        return abstain(
            world,
            world.reason(Kind.SENTIMENT, spoken[0].part, spoken[0].name),
            said(heard, *(seen.id for seen in spoken[0].heard)),
        )
    return _felt(program, judged, "the speaker", world)


def _about_itself(world: World) -> bool:
    """Whether the typed question is what is to be judged: it says more than the question, or asks about "I" or "my"."""
    if world.question.spoken or world.question.part is None:
        return False
    typed = world.question.text
    return len(sentences(typed)) > 1 or bool(re.search(r"\b(?:i|my|me|this text|this message)\b", typed.casefold()))


def _of_text(program: Sentiment, world: World) -> Reply:
    judged = world.snapshot.of(Kind.SENTIMENT)
    current = [seen for seen in judged if seen.part == world.question.part]
    if program.text or (not world.recordings and _about_itself(world)):
        if current:
            return _felt(program, current, "the text", world)
        part = next((one for one in world.texts if one.digest == world.question.part), None)
        return abstain(world, world.reason(Kind.SENTIMENT, part, "the text"))
    texts = [part.digest for part in world.texts if part.digest != world.question.part]
    for digest in reversed(texts):
        found = [seen for seen in judged if seen.part == digest]
        if found:
            return _felt(program, found, "the text", world)
    if texts:
        return abstain(world, world.reason(Kind.SENTIMENT, world.snapshot.part(texts[-1]), "the text"))
    if any(one.modality == AUDIO for one in world.snapshot.parts):
        return abstain(world, world.reason(Kind.SENTIMENT, None, "the recording"))
    if program.of == "any" and world.scenes:
        return Reply((said(world.say("feeling")),), None, None, abstained=True)
    return Reply(
        (said(world.say("no_recording" if program.of != "text" else "attached_text")),), None, None, abstained=True
    )


def _felt(program: Sentiment, judged: Sequence[Observation], subject: str, world: World) -> Reply:
    feeling = fuse_sentiment(judged)
    assert feeling is not None
    say = world.say
    word = say.word(feeling.text)
    name = f"{subject[:1].upper()}{subject[1:]}" if say.language == "en" else subject
    ids = tuple(identity for one in feeling.contributions for identity in one.observations)
    if program.expected:
        same = program.expected == feeling.text
        text = say(
            "feels_yes" if same else "feels_no",
            subject=subject,
            feeling=word,
            expected=program.expected,
            sure=say.percent(feeling.confidence),
        )
        short = "yes" if same else "no"
    else:
        text, short = say("feels", subject=name, feeling=word, sure=say.percent(feeling.confidence)), feeling.text
    told = [said(text, *ids)]
    strongest = _strongest(judged, feeling, world)
    if strongest:
        told.append(strongest)
    if len(feeling.contributions) > 1:
        listed = say.listed(
            [f"{one.modality} ({one.valence:+.2f}, {one.weight:.0%} of the vote)" for one in feeling.contributions]
        )
        told.append(said(say("feels_because", list=listed), *ids))
    elif feeling.contributions[0].modality == "words":
        told.append(said(say("feels_words_only")))
    return Reply(tuple(told), short, feeling.confidence)


def _strongest(judged: Sequence[Observation], feeling: Feeling, world: World) -> Sentence | None:
    segments = [seen for seen in judged if seen.data.get("scope") == "segment"]
    if len(segments) < 2 or feeling.text == "neutral":
        return None
    sign = -1 if feeling.valence < 0 else 1
    top = max(segments, key=lambda seen: sign * float(seen.data.get("valence") or 0.0))
    heard = [seen for seen in world.snapshot.observations if seen.id in top.derived_from] or [
        seen for seen in world.snapshot.of(Kind.TRANSCRIPT_SEGMENT, part=top.part) if seen.span == top.span
    ]
    if not heard:
        return None
    word = world.say.word(top.text)
    return said(
        world.say("feels_quote", text=world.say.quote(heard[0].text.strip(), 200), feeling=word), top.id, heard[0].id
    )
