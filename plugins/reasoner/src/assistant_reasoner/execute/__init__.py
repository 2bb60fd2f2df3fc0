"""Computes programs over the shared context. Not for understanding (parse.py) nor streaming (answerer.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.types import Kind, Observation
from assistant_reasoner.execute import (
    colors,
    compose,
    drawing,
    feeling,
    hearing,
    keyvalue,
    matching,
    naming,
    noted,
    pairwise,
    passage,
    places,
    reading,
    setting,
    sight,
    sizes,
    talk,
    things,
    video,
)
from assistant_reasoner.execute.choosing import choose
from assistant_reasoner.execute.guess import guessed
from assistant_reasoner.execute.several import compare
from assistant_reasoner.execute.world import CONCEPTS, Scene, World
from assistant_reasoner.lexicon import HYPERNYMS
from assistant_reasoner.paraphrase import TRUST, nearest
from assistant_reasoner.parse import parse
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import (
    Alike,
    AllOf,
    AtOnce,
    Attached,
    Beyond,
    Changes,
    Choose,
    ColorOf,
    Compare,
    Count,
    Describe,
    Drawing,
    Every,
    Evidence,
    Extreme,
    Facts,
    Happens,
    HasColor,
    InRegion,
    IsA,
    Locate,
    Lookup,
    Matches,
    MoreThan,
    Nearer,
    Noted,
    OneOf,
    Parsed,
    Pictures,
    Place,
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
)
from assistant_reasoner.words import plain

_LOOK: dict[type, Callable[..., Reply]] = {
    Presence: things.presence,
    Count: things.count,
    MoreThan: things.more_than,
    Extreme: sizes.extreme,
    Alike: compose.alike,
    Nearer: compose.nearer,
    Every: things.every,
    WhatIs: naming.what_is,
    IsA: naming.is_a,
    When: video.when,
    AtOnce: video.at_once,
    Happens: video.happens,
    Changes: video.changes,
    Locate: places.locate,
    InRegion: places.is_in_region,
    Stands: places.stands,
    Related: places.related_to,
    ColorOf: colors.color_of_thing,
    HasColor: colors.has_color,
    Describe: sight.describe,
    Place: setting.where_is_this,
    Read: reading.read,
    Facts: reading.facts,
}
"""Programs that look at one picture or video at a time."""
_WRITTEN = ("price", "time", "who", "why")
"""What cannot be perceived, but may be said or written."""


def execute(parsed: Parsed, world: World) -> Reply:
    """The answer to one question.

    Never raises for want of observations: it abstains and says what is missing.
    """
    reply = guessed(parsed.program, _compute(parsed.program, world), world)
    if parsed.verdict == "true" and reply.short in ("yes", "no"):
        return _as_verdict(reply, world)
    return reply


def _as_verdict(reply: Reply, world: World) -> Reply:
    """ "True: ..." instead of "Yes, ..."."""
    word = "True" if reply.short == "yes" else "False"
    if reply.abstained:
        last = reply.sentences[-1]
        told = replace(last, text=last.text.replace(f"“{reply.short}”", f"“{word.casefold()}”"))
        return replace(reply, sentences=(*reply.sentences[:-1], told), short=word.casefold())
    first = reply.sentences[0].text
    own = [
        f"{world.say.word(one).capitalize()}{mark}"
        for one in ("yes", "no")
        for mark in (", ", ": ", "\u00a0: ", "，", "的，")
    ]
    for lead in ("Yes, ", "No, ", "Yes: ", "No: ", "Right, ", *own):
        if first.startswith(lead):
            first = first[len(lead) :]
            break
    colon = {"fr": "\u00a0: ", "zh": "："}.get(world.say.language, ": ")
    if first.startswith(("Probably", "It looks")):
        first = first[0].lower() + first[1:]
    first = f"{world.say.word(word.casefold()).capitalize()}{colon}{first}"
    return replace(
        reply, sentences=(Sentence(first, reply.sentences[0].cites), *reply.sentences[1:]), short=word.casefold()
    )


def _compute(program: Program, world: World) -> Reply:
    if isinstance(program, SmallTalk):
        return talk.small_talk(program, world)
    if isinstance(program, Attached):
        return talk.attached(world)
    if isinstance(program, Unknown):
        return _reworded(program, world) or talk.unknown(program, world)
    if isinstance(program, Noted):
        inner = program.otherwise
        return noted.noted(program, world, lambda: None if inner is None else _compute(inner, world))
    if isinstance(program, Transcript):
        return hearing.transcript(program, world)
    if isinstance(program, Sentiment):
        return feeling.sentiment(program, world)
    if isinstance(program, Matches):
        return matching.matches(program, world)
    if isinstance(program, Compare):
        return compare(program, world)
    if isinstance(program, Evidence):
        return _evidence(program, world)
    if isinstance(program, AllOf):
        return compose.all_of(program, lambda part: guessed(part, _compute(part, world), world))
    if isinstance(program, OneOf):
        return compose.one_of(program, lambda part: guessed(part, _compute(part, world), world), world)
    if isinstance(program, Pictures):
        return pairwise.statement(program, world, lambda inner, scene: _of_scene(inner, scene, world))
    if isinstance(program, Drawing):
        return drawing.verified(program, world, lambda: _compute(program.otherwise, world))
    if isinstance(program, Choose):
        scene = world.scenes[0] if world.scenes else None
        return choose(program, scene, world, lambda: _compute(program.inner, world))
    if isinstance(program, Lookup):
        return keyvalue.lookup(program, world, lambda: _unwritten(program, world))
    if isinstance(program, Beyond):
        if program.ask == "state":
            known = _reworded(Unknown(plain(world.question.text).text), world)
            if known is not None:
                return known
        clock = keyvalue.clock(world) if program.ask == "time" else None
        if clock is not None:
            return clock
        written = passage.quote(plain(world.question.text).text, world) if program.ask in _WRITTEN else None
        return written or sight.beyond(program, world.scenes[0] if world.scenes else None, world)
    if isinstance(program, Facts) and program.ask == "count":
        return _how_many_files(world)
    return _look(program, world)


def _unwritten(program: Lookup, world: World) -> Reply | None:
    """What is said of a value that is written nowhere: the passage that speaks of it, or why it cannot be told."""
    quoted = passage.quote(plain(world.question.text).text, world)
    scene = world.scenes[0] if world.scenes else None
    if quoted is None and program.value == "price":
        return sight.beyond(Beyond("price"), scene, world)
    return quoted


def _look(program: Program, world: World) -> Reply:
    """A program over each picture in question, their answers brought together."""
    if not world.scenes:
        return _nothing_to_see(program, world)
    work = _LOOK[type(program)]
    if len(world.scenes) == 1:
        return work(program, world.scenes[0], world)
    replies = [(scene, work(program, scene, world)) for scene in world.scenes]
    known = [reply for _, reply in replies if not reply.abstained]
    if known and not all(reply.short in ("yes", "no") for reply in known):
        replies = [(scene, reply) for scene, reply in replies if not reply.abstained]
    sentences = [
        Sentence(
            world.say("describe_in", name=f"{scene.name[:1].upper()}{scene.name[1:]}", caption=sentence.text),
            sentence.cites,
        )
        if index == 0
        else sentence
        for scene, reply in replies
        for index, sentence in enumerate(reply.sentences[:2])
    ]
    if not known:
        return Reply(tuple(sentences), None, None, abstained=True)
    sure = min(reply.confidence or 0.5 for reply in known)
    if isinstance(program, Count) and all((reply.short or "").isdigit() for reply in known):
        total = sum(int(reply.short or 0) for reply in known)
        lead = said(world.say("count_total", things=world.say.count(total, program.thing.words)))
        return Reply((lead, *sentences), str(total), sure)
    verdicts = [reply.short for reply in known if reply.short in ("yes", "no")]
    if len(verdicts) == len(known):
        every = isinstance(program, Presence) and (program.negated or any(one.none for one in program.things))
        truth = all(one == "yes" for one in verdicts) if every else "yes" in verdicts
        short = "yes" if truth else "no"
        return Reply(tuple(sentences), short, max(reply.confidence or 0.5 for reply in known if reply.short == short))
    return Reply(tuple(sentences), known[0].short, sure)


def _reworded(program: Unknown, world: World) -> Reply | None:
    """The answer to the known question that is nearest in meaning; None if none is near, or it has no answer."""
    if world.embed is None or program.world or world.say.language != "en" or not (world.scenes or world.recordings):
        return None
    found = nearest(program.text, [thing.words for thing in program.things[:2]], world.embed)
    if found is None:
        return None
    question, alike = found
    read = parse(question)[0].program
    if isinstance(read, Unknown | SmallTalk | Attached):
        return None
    reply = _compute(read, world)
    if reply.abstained:
        return None
    lead = said(world.say("reworded", question=world.say.quote(question)))
    sure = None if reply.confidence is None else reply.confidence * TRUST * min(1.0, alike / 0.9)
    return replace(reply, sentences=(lead, *reply.sentences), confidence=sure)


def _of_scene(program: Program, scene: Scene, world: World) -> Reply:
    """What holds of one picture, as far as it can be told, or else guessed."""
    work = _LOOK.get(type(program))
    reply = work(program, scene, world) if work is not None else Reply((), abstained=True)
    return guessed(program, reply, world, scene)


def _nothing_to_see(program: Program, world: World) -> Reply:
    if world.which.scope == "index" and world.all_visuals:
        return Reply(
            (said(world.say("no_such_picture", index=world.which.index, count=len(world.all_visuals))),), abstained=True
        )
    for gap in world.snapshot.gaps:
        if gap.source == "media" or gap.part is None:
            told = f"{gap.message} {gap.remedy}".strip().rstrip(".")
            reason = told if world.say.language == "en" else world.say.quote(told)
            return Reply((said(world.say("cannot", reason=reason)),), abstained=True)
    if isinstance(program, When | AtOnce | Changes) or (isinstance(program, Facts) and program.ask == "length"):
        return Reply((said(world.say("no_video")),), abstained=True)
    if isinstance(program, Describe | WhatIs | Happens) and world.recordings:
        return hearing.transcript(Transcript("all"), world)
    return Reply((said(world.say("no_picture")),), abstained=True)


def _how_many_files(world: World) -> Reply:
    pictures = [part for part in world.all_visuals if part.modality == "image"]
    videos = [part for part in world.all_visuals if part.modality == "video"]
    counted = [world.say.count(len(parts), word) for parts, word in ((pictures, "picture"), (videos, "video")) if parts]
    if not counted:
        return Reply((said(world.say("no_picture")),), "0", 0.99)
    return Reply(
        (said(world.say("pictures", list=world.say.listed(counted))),), str(len(pictures) or len(videos)), 0.99
    )


def _evidence(program: Evidence, world: World) -> Reply:
    """What the answer before rests on."""
    reply = _compute(program.inner, world)
    known = {seen.id: seen for seen in world.snapshot.observations}
    cited = [known[identity] for identity in reply.cites if identity in known][:6]
    if not cited:
        return Reply(
            (said(world.say("evidence_none")), *reply.sentences), reply.short, reply.confidence, reply.abstained
        )
    listed = world.say.listed([_piece(seen, world) for seen in cited])
    sentences = [said(world.say("evidence", list=listed), *(seen.id for seen in cited))]
    if reply.confidence is not None:
        sure = said(world.say("evidence_sure", sure=world.say.percent(reply.confidence)))
        sentences.insert(0 if program.ask == "sure" else 1, sure)
    return Reply(tuple(sentences), reply.short, reply.confidence, reply.abstained)


def _piece(seen: Observation, world: World) -> str:
    """Which plugin said what, and how surely."""
    source, sure = seen.source or seen.kind.replace("_", " "), world.say.percent(seen.confidence)
    if world.say.language == "en":
        return f"{source} said {world.say.quote(seen.text, 80)} ({sure})"
    return f"{world.say.quote(world.say.bare(seen.text), 80)} ({source}, {sure})"


# ---- what to wait for -------------------------------------------------------------------------------------------

_SPEECH = frozenset({Kind.TRANSCRIPT_SEGMENT, Kind.TRANSCRIPT, Kind.NO_SPEECH})
_WHOLE = frozenset({Kind.CAPTION, Kind.OBJECT, Kind.LABEL, Kind.SHAPE, Kind.TEXT_LINE, Kind.IMAGE_FACTS})


def _kinds_of_thing(thing: Thing | None) -> frozenset[str]:
    if thing is None:
        return frozenset()
    if thing.words == "face":
        return frozenset({Kind.FACE})
    if thing.pronoun or thing.anything:
        found = {Kind.OBJECT, Kind.SHAPE, Kind.LABEL}
    elif thing.shapes:
        found = {Kind.SHAPE}
    else:
        found = {Kind.OBJECT, Kind.LABEL}
        if not thing.classes or thing.words in HYPERNYMS:
            found |= {CONCEPTS}
        if not thing.classes:
            # A name that no detector knows can still be read, or stand in a caption.
            found |= {Kind.TEXT_LINE, Kind.CAPTION}
    if thing.having:
        found |= {Kind.SHAPE}
    for other in (thing.anchor, *thing.having):
        found |= _kinds_of_thing(other)
    return frozenset(found)


def kinds_for(program: Program) -> frozenset[str]:
    """The observation kinds that the program is computed from: exactly what is worth waiting for."""
    if isinstance(program, SmallTalk):
        return frozenset()
    if isinstance(program, Choose):
        options = frozenset({Kind.OBJECT, Kind.LABEL, Kind.TEXT_LINE, Kind.COLOR, CONCEPTS})
        return kinds_for(program.inner) | (
            frozenset() if isinstance(program.inner, Count | Read | Transcript) else options
        )
    if isinstance(program, Evidence):
        return kinds_for(program.inner)
    if isinstance(program, Noted):
        return noted.kinds(program) | (kinds_for(program.otherwise) if program.otherwise else frozenset())
    if isinstance(program, AllOf | OneOf):
        return frozenset().union(*(kinds_for(part) for part in program.parts))
    if isinstance(program, Alike):
        return _kinds_of_thing(program.first) | _kinds_of_thing(program.second)
    if isinstance(program, Nearer):
        return frozenset().union(*(_kinds_of_thing(one) for one in (program.subject, program.first, program.second)))
    if isinstance(program, Pictures):
        further = kinds_for(program.also) if program.also is not None else frozenset()
        return further.union(*(kinds_for(one) for one in program.inner))
    if isinstance(program, Drawing):
        return kinds_for(program.otherwise) | {Kind.SHAPE}
    if isinstance(program, Presence):
        return frozenset().union(*(_kinds_of_thing(one) for one in program.things)) | (
            frozenset() if all(one.shapes for one in program.things) else {CONCEPTS}
        )
    if isinstance(program, Every):
        return frozenset({Kind.OBJECT, Kind.SHAPE}).union(*(_kinds_of_thing(one) for one in program.things))
    if isinstance(program, When):
        return _kinds_of_thing(program.thing) | (_SPEECH if program.ask == "while" else frozenset())
    if isinstance(program, ColorOf):
        return _kinds_of_thing(program.thing) - {Kind.TEXT_LINE} if program.thing else frozenset({Kind.COLOR})
    if isinstance(program, Count | Locate | HasColor | InRegion | When):
        return _kinds_of_thing(program.thing)
    if isinstance(program, MoreThan):
        return _kinds_of_thing(program.first) | _kinds_of_thing(program.second)
    if isinstance(program, Extreme):
        return frozenset().union(*(_kinds_of_thing(one) for one in program.things))
    if isinstance(program, Stands):
        return _kinds_of_thing(program.subject) | _kinds_of_thing(program.anchor)
    if isinstance(program, Related):
        return _kinds_of_thing(program.anchor) | _kinds_of_thing(program.kind) | {Kind.OBJECT, Kind.SHAPE}
    if isinstance(program, WhatIs):
        return (_kinds_of_thing(program.kind) or frozenset({Kind.OBJECT, Kind.SHAPE, Kind.LABEL, Kind.CAPTION})) | {
            Kind.LABEL
        }
    if isinstance(program, IsA):
        return _kinds_of_thing(program.thing) | {Kind.LABEL}
    if isinstance(program, Describe):
        return _WHOLE | {Kind.VIDEO_FACTS}
    if isinstance(program, Place):
        return frozenset({Kind.OBJECT, Kind.LABEL, Kind.TEXT_LINE, CONCEPTS})
    if isinstance(program, Read):
        return frozenset({Kind.TEXT_LINE}) | (
            _kinds_of_thing(program.holder) & {Kind.OBJECT} if program.holder else frozenset()
        )
    if isinstance(program, Lookup):
        return frozenset({Kind.TEXT_LINE, Kind.CAPTION}) | _SPEECH
    if isinstance(program, Facts):
        return frozenset({Kind.IMAGE_FACTS, Kind.VIDEO_FACTS}) if program.ask != "count" else frozenset()
    if isinstance(program, Transcript):
        return _SPEECH | ({Kind.LANGUAGE} if program.ask == "language" else frozenset())
    if isinstance(program, Sentiment):
        return frozenset({Kind.SENTIMENT}) | (frozenset() if program.of == "text" else _SPEECH)
    if isinstance(program, Compare):
        return _kinds_of_thing(program.thing) or frozenset({Kind.OBJECT, Kind.SHAPE, Kind.IMAGE_FACTS, Kind.COLOR})
    if isinstance(program, Beyond):
        passages = frozenset({Kind.TEXT_LINE}) | _SPEECH
        light = (
            frozenset({Kind.OBJECT, Kind.LABEL, Kind.IMAGE_FACTS, CONCEPTS}) if program.ask == "time" else frozenset()
        )
        return frozenset({Kind.CAPTION}) | light | (passages if program.ask in _WRITTEN else frozenset())
    if isinstance(program, Unknown):
        looked = _WHOLE | _SPEECH | {Kind.COLOR, CONCEPTS}
        return frozenset() if program.world else looked
    return _WHOLE | _SPEECH | {Kind.SENTIMENT, Kind.VIDEO_FACTS}
