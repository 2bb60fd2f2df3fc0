"""Answers from what further plugins note: codes, what files of photographs say (both in English only), who speaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from assistant.types import Kind, Observation, Part
from assistant_reasoner.execute.wording import abstain
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, said
from assistant_reasoner.programs import Noted

CODE: Final = "barcode"
FILE: Final = "photo_metadata"
SPEAKERS: Final = "speakers"
TURN: Final = "speaker_turn"
"""The kinds that the plugins barcode, metadata and speakers write."""
NO_CODE: Final = 0.9
"""That there is none where none was read: some are too small or too blurred."""
TURNS: Final = 12
"""Turns that are told."""

_CODES: Final = ("codes", "any_code", "count_codes")
_FILES: Final = ("taken", "camera", "taken_with", "exposure", "author", "place")
_SEVERAL: Final[dict[str, tuple[str, ...]]] = {"taken_with": ("taken", "camera")}
"""Questions that ask for two of them."""
_TOLD_BY: Final[dict[str, tuple[str, ...]]] = {"taken": ("taken", "written"), "author": ("author", "copyright")}

Otherwise = Callable[[], "Reply | None"]


def kinds(program: Noted) -> frozenset[str]:
    """What the answer is computed from."""
    if program.ask in _CODES:
        return frozenset({CODE})
    if program.ask in _FILES:
        return frozenset({FILE})
    return frozenset({SPEAKERS, TURN, Kind.TRANSCRIPT_SEGMENT, Kind.NO_SPEECH})


def noted(program: Noted, world: World, otherwise: Otherwise) -> Reply:
    """The answer; that of the usual plugins where nobody notes such things."""
    if program.ask in _CODES:
        return _codes(program, world, otherwise)
    if program.ask in _FILES:
        return _file(program, world, otherwise)
    return _voices(program, world, otherwise)


def _codes(program: Noted, world: World, otherwise: Otherwise) -> Reply:
    say = world.say
    parts = [picture.part for scene in world.scenes for picture in scene.pictures]
    found = _of(CODE, parts, world)
    if not found:
        known = otherwise() if not any(world.able(CODE, part) for part in parts) else None
        if not parts or not any(world.able(CODE, part) for part in parts):
            return known or abstain(world, world.reason(CODE, parts[0] if parts else None, "it"))
        short = {"any_code": "no", "count_codes": "0"}.get(program.ask)
        return Reply((said(say("code_no")),), short, NO_CODE)
    ids = [seen.id for seen in found]
    sure = min(seen.confidence for seen in found)
    each = [say("code_one", label=_label(seen), text=say.quote(seen.text, 400)) for seen in found]
    if program.ask == "any_code":
        return Reply((said(say("code_yes", list=say.listed(each[:6])), *ids),), "yes", max(s.confidence for s in found))
    if len(found) == 1 and program.ask == "codes":
        (only,) = found
        told = say("code", label=_label(only), text=say.quote(only.text), sure=say.percent(sure))
        return Reply((said(told, *ids),), only.text, sure)
    told = say("codes", count=say.count(len(found), "code"), list=say.listed(each[:20]))
    short = str(len(found)) if program.ask == "count_codes" else "; ".join(seen.text for seen in found)
    return Reply((said(told, *ids),), short, sure)


def _label(seen: Observation) -> str:
    return str(seen.data.get("label") or "code")


def _file(program: Noted, world: World, otherwise: Otherwise) -> Reply:
    say = world.say
    found: list[tuple[str, str, Observation]] = []
    silent: list[tuple[str, str]] = []
    for scene in world.scenes:
        fitting = {seen.data.get("what"): seen for seen in _of(FILE, [scene.part], world)}
        for ask in _SEVERAL.get(program.ask, (program.ask,)):
            seen = next((fitting[what] for what in _TOLD_BY.get(ask, (ask,)) if what in fitting), None)
            if seen is not None:
                found.append((ask, scene.name, seen))
            elif world.able(FILE, scene.part):
                silent.append((ask, scene.name))
    if found:
        sentences = [said(_told(ask, name, seen, world), seen.id) for ask, name, seen in found]
        if program.ask in _SEVERAL:
            sentences += [said(say(f"file_no_{ask}", name=name)) for ask, name in silent]
        first = [_short(ask, seen) for ask, name, seen in found if name == found[0][1]]
        return Reply(tuple(sentences), "; ".join(first), min(seen.confidence for *_, seen in found))
    known = otherwise()
    if known is not None and (not known.abstained or not silent):
        return known
    if not silent:
        part = world.scenes[0].part if world.scenes else None
        return abstain(world, world.reason(FILE, part, "it"))
    return abstain(world, say("place_off" if program.ask == "place" else "file_silent", name=silent[0][1]))


def _told(ask: str, name: str, seen: Observation, world: World) -> str:
    what, say = str(seen.data.get("what")), world.say
    if ask == "author":
        text = say.quote(str(seen.data.get("words") or seen.text), 200)
        return say("file_author", what=what, name=name, text=text)
    text = seen.text.removeprefix("file ")
    return say("file_says", name=name, text=text)


def _short(ask: str, seen: Observation) -> str:
    key = {"taken": "date", "camera": "name", "author": "words"}.get(ask, "")
    return str(seen.data.get(key) or seen.text)


def _voices(program: Noted, world: World, otherwise: Otherwise) -> Reply:
    say = world.say
    parts = [recording.part for recording in world.recordings]
    counted, turns = _of(SPEAKERS, parts, world), _of(TURN, parts, world)
    if not counted:
        known = otherwise()
        return known or abstain(world, world.reason(SPEAKERS, parts[0] if parts else None, "it"))
    count = max(int(seen.data.get("count") or 1) for seen in counted)
    sure = min(seen.confidence for seen in counted)
    ids = [seen.id for seen in counted]
    if program.ask in ("speakers", "only_one"):
        short = str(count) if program.ask == "speakers" else "yes" if count == 1 else "no"
        if count == 1:
            return Reply((said(say("speakers_one", sure=say.percent(sure)), *ids),), short, sure)
        spoken = [
            say("speaker_for", k=index, time=say.time(float(seconds)))
            for index, seconds in enumerate(counted[0].data.get("seconds") or (), 1)
        ]
        told = say("speakers", count=count, sure=say.percent(sure), list=say.listed(spoken))
        return Reply((said(told, *ids),), short, sure)
    if program.ask == "who_says":
        return _who_says(program, world, turns, counted, otherwise)
    if program.ask == "who_when" and turns:
        return _all_turns(world, turns, counted)
    if program.ask == "who_when" and count == 1:
        heard = [seen for recording in world.recordings for seen in recording.heard]
        told = say("said", text=say.quote(" ".join(seen.text.strip() for seen in heard), 400))
        words = [said(told, *(seen.id for seen in heard))] if heard else []
        return Reply((said(say("speakers_one", sure=say.percent(sure)), *ids), *words), "1", sure)
    chosen = [turn for turn in turns if turn.data.get("speaker") == program.index]
    if not chosen:
        if count == 1 and program.index <= 1:
            told = say("speakers_one", sure=say.percent(sure))
        else:
            told = say("no_such_speaker", count=say.count(count, "speaker"))
        return Reply((said(told, *ids),), "speaker 1" if count == 1 and program.index <= 1 else None, sure)
    short = " ".join(str(turn.data.get("said") or "") for turn in chosen)
    return Reply(tuple(said(_turn(turn, world), turn.id) for turn in chosen[:TURNS]), short, sure)


def _all_turns(world: World, turns: list[Observation], counted: list[Observation]) -> Reply:
    """Who says what and when, by voice: whose voices they are nobody knows."""
    say = world.say
    sure = min(seen.confidence for seen in (*counted, *turns))
    count = max(int(seen.data.get("count") or 1) for seen in counted)
    told = say("voices_apart", count=count, sure=say.percent(sure))
    sentences = [said(told, *(seen.id for seen in counted)), *(said(_turn(turn, world), turn.id) for turn in turns)]
    if len(turns) > TURNS:
        rest = say("turns_more", count=len(turns) - TURNS, time=say.time(_start(turns[TURNS])))
        sentences[TURNS + 1 :] = [said(rest)]
    each = [_turn(turn, world) for turn in turns[:TURNS]]
    return Reply(tuple(sentences), " ".join(each), sure)


def _who_says(
    program: Noted, world: World, turns: list[Observation], counted: list[Observation], otherwise: Otherwise
) -> Reply:
    say = world.say
    wanted = _words(program.topic)
    if len({turn.data.get("speaker") for turn in turns}) < 2:
        heard = [seen for recording in world.recordings for seen in recording.segments]
        fitting = [seen for seen in heard if wanted and wanted <= _words(seen.text)]
        if not fitting:
            return Reply((said(say("who_none", text=say.quote(program.topic))),), abstained=True)
        first = fitting[0]
        told = say("who_one", time=say.at(first.span[0] if first.span else 0.0), text=say.quote(first.text, 300))
        return Reply((said(told, first.id, *(seen.id for seen in counted)),), "speaker 1", counted[0].confidence)
    fitting = [turn for turn in turns if wanted and wanted <= _words(str(turn.data.get("said") or ""))]
    if not fitting:
        return Reply((said(say("who_none", text=say.quote(program.topic))),), abstained=True)
    who = list(dict.fromkeys(f"speaker {turn.data.get('speaker')}" for turn in fitting))
    sure = min(turn.confidence for turn in fitting) * counted[0].confidence
    return Reply(tuple(said(_turn(turn, world), turn.id) for turn in fitting[:TURNS]), say.listed(who), sure)


def _turn(turn: Observation, world: World) -> str:
    text = world.say.quote(str(turn.data.get("said") or ""), 300)
    return world.say("speaker_says", k=turn.data.get("speaker"), time=world.say.at(_start(turn)), text=text)


def _start(turn: Observation) -> float:
    return turn.span[0] if turn.span else 0.0


_EMPTY: Final = frozenset(
    "the a an that of to in on is are was were be it and or for with about they he she we i".split()
)


def _words(text: str) -> frozenset[str]:
    """Its words that carry meaning, without the plural's s."""
    found = re.findall(r"\w+", text.casefold())
    return frozenset(word.removesuffix("s") for word in found if word not in _EMPTY)


def _of(kind: str, parts: list[Part], world: World) -> list[Observation]:
    digests = {part.digest for part in parts}
    found = [seen for seen in world.snapshot.of(kind) if seen.part in digests]
    return sorted(found, key=lambda seen: seen.span or (0.0, 0.0))
