"""Small talk, what the assistant can do, what was sent without a question, and evidence for the answer before."""

from __future__ import annotations

from assistant.types import AUDIO, IMAGE, MODALITIES, TEXT, VIDEO, Kind
from assistant_reasoner.execute.feeling import sentiment
from assistant_reasoner.execute.hearing import sureness, transcript
from assistant_reasoner.execute.passage import quote
from assistant_reasoner.execute.sight import describe
from assistant_reasoner.execute.things import search
from assistant_reasoner.execute.wording import where
from assistant_reasoner.execute.world import Recording, World
from assistant_reasoner.languages import language_of, understands
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.phrase_en import KINDS
from assistant_reasoner.programs import Describe, Sentiment, SmallTalk, Transcript, Unknown

_LISTED = (
    Kind.OBJECT,
    Kind.LABEL,
    Kind.SHAPE,
    Kind.TEXT_LINE,
    Kind.COLOR,
    Kind.FACE,
    Kind.IMAGE_FACTS,
    Kind.TRANSCRIPT_SEGMENT,
    Kind.LANGUAGE,
    Kind.SENTIMENT,
)


def small_talk(program: SmallTalk, world: World) -> Reply:
    """Greetings, thanks, and what the assistant can do."""
    if program.ask == "greeting":
        sent = world.all_visuals or world.recordings
        key = "greeting_again" if world.snapshot.messages else "greeting_files" if sent else "greeting"
        return Reply((said(world.say(key)),), None, None)
    if program.ask == "capabilities":
        return _capabilities(world)
    if program.ask == "languages":
        return Reply((said(understands(language_of(world.question.text))),), None, None, abstained=True)
    sentences = [said(world.say(program.ask))]
    if program.ask == "identity" and world.say.language == "en":
        sentences.extend(_capabilities(world).sentences[1:3])
    return Reply(tuple(sentences), None, None)


def _capabilities(world: World) -> Reply:
    sentences = [said(world.say("capabilities"))]
    if world.say.language == "en":
        for modality, key in ((IMAGE, "can_image"), (AUDIO, "can_audio"), (TEXT, "can_text")):
            given = world.capabilities.get(modality, ())
            words = [KINDS[kind] for kind in _LISTED if kind in given]
            if words:
                sentences.append(said(world.say(key, list=world.say.listed(words))))
        if VIDEO in world.capabilities:
            sentences.append(said(world.say("can_video")))
        others = [modality for modality, given in world.capabilities.items() if given and modality not in MODALITIES]
        if others:
            sentences.append(said(f"I also read files of these sorts: {world.say.listed(others)}."))
        if len(sentences) == 1:
            sentences.append(said(world.say("cannot_much")))
    sentences.append(said(world.say("can_ask")))
    return Reply(tuple(sentences), None, None)


def attached(world: World) -> Reply:
    """Nothing was asked: describe pictures, quote recordings; only what came with this turn if anything did."""
    sentences: list[Sentence] = []
    sure: list[float] = []
    now = set(world.snapshot.turn_parts)
    scenes = [scene for scene in world.scenes if not now or scene.part.digest in now]
    for scene in scenes:
        reply = describe(Describe(), scene, world)
        for index, sentence in enumerate(reply.sentences):
            lead = index == 0 and len(scenes) > 1
            text = (
                world.say("describe_in", name=f"{scene.name[:1].upper()}{scene.name[1:]}", caption=sentence.text)
                if lead
                else sentence.text
            )
            sentences.append(Sentence(text, sentence.cites))
        sure.append(reply.confidence or 0.0)
    spoken = [one for one in world.recordings if one.part.parent is None and (not now or one.part.digest in now)]
    if spoken:
        reply = transcript(Transcript("all"), world)
        sentences.extend(reply.sentences)
        sure.append(reply.confidence or 0.0)
        if any(one.heard for one in spoken) and world.snapshot.of(Kind.SENTIMENT):
            felt = sentiment(Sentiment("speech"), world)
            if not felt.abstained and felt.short != "neutral":
                sentences.extend(felt.sentences[:1])
    if not sentences:
        return _nothing(world)
    return Reply(tuple(sentences), None, min(sure) if sure else None, abstained=not any(sure))


def _nothing(world: World) -> Reply:
    if world.snapshot.gaps:
        told = [f"{gap.message} {gap.remedy}".strip().rstrip(".") for gap in world.snapshot.gaps[:3]]
        reasons = "; ".join(told if world.say.language == "en" else map(world.say.quote, told))
        return Reply((said(world.say("nothing_perceived", reason=reasons)),), None, None, abstained=True)
    if world.texts:
        return Reply((said(world.say("attached_text")),), None, None, abstained=True)
    return Reply((said(world.say("greeting")),), None, None)


def unknown(program: Unknown, world: World) -> Reply:
    """Not understood: what it mentions is looked up; a spoken remark is quoted back with what came along."""
    quoted = quote(program.text, world, embed=None if program.world else world.embed)
    if quoted is not None:
        return quoted
    if world.question.spoken and world.question.text and not program.world:
        return _remark(world)
    sentences: list[Sentence] = []
    looked: list[str] = []
    cited: list[str] = []
    for thing in program.things:
        for scene in world.scenes:
            sure = search(thing, scene, world).sure()
            if sure:
                spot = where(sure[0], scene, world)
                looked.append(f"{world.say.a(sure[0].seen.text)} {spot} ({world.say.percent(sure[0].confidence)} sure)")
                cited.extend(sure[0].cites)
                break
    sentences.append(said(world.say("world" if program.world else "unknown")))
    if looked and world.say.language == "en":
        sentences.append(said(world.say("look_up", list=world.say.listed(looked)), *cited))
    elif world.say.language == "en" and not program.world:
        sentences.append(said(world.say("unknown_hint")))
    return Reply(tuple(sentences), None, None, abstained=True)


def _remark(world: World) -> Reply:
    """A recording that asks nothing: what was said in it, and what else came with it."""
    own = next((part for part in world.snapshot.parts if part.digest == world.question.part), None)
    heard = Recording(own, world.say("voice_message"), world.snapshot.of(part=own.digest)).heard if own else ()
    sure = sureness(heard) if heard else None
    sentences = [said(world.say("said", text=world.say.quote(world.question.text, 4000)), *(seen.id for seen in heard))]
    if sure is not None:
        sentences.append(said(world.say("said_sure", sure=world.say.percent(sure))))
    if now_sent(world):
        rest = attached(world)
        sentences.extend(one for one in rest.sentences if not _only_of(one, {world.question.part}, world))
    else:
        sentences.append(said(world.say("remark")))
    return Reply(tuple(sentences), world.question.text, sure, abstained=sure is None)


def now_sent(world: World) -> bool:
    """Whether anything but the spoken question itself came with this turn."""
    return any(digest != world.question.part for digest in world.snapshot.turn_parts)


def _only_of(sentence: Sentence, parts: set[str | None], world: World) -> bool:
    known = {seen.id: seen.part for seen in world.snapshot.observations}
    cited = [known[identity] for identity in sentence.cites if identity in known]
    return bool(cited) and all(part in parts for part in cited)
