"""Answers from what plugins of others observe, by the words that they say people ask with. Not for the kinds that have
rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from assistant.fusion.align import place
from assistant.types import AUDIO, IMAGE, VIDEO, Observation, Part
from assistant.vocabulary import Mention, beside, mentions, says
from assistant_reasoner.execute.world import World
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Attached, Choose, Evidence, Program, SmallTalk, Unknown
from assistant_reasoner.words import plain

TOLD: Final = 12
"""Observations of one kind that are told one by one."""
SHOWN: Final = 400
"""Characters of one of them."""

_VERDICT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": r"^(?:is|are|was|were|does|do|did|can|could|has|have|will|would|should)\b",
        "de": r"^(?:ist|sind|war|waren|hat|haben|kann|gibt|wird|klingt|wirkt|spielt|spielen|zeigt|enthalt|enthält)\b",
        "fr": r"^(?:est|sont|a|ont|peut|y a|il y a)\b|\best-ce que|-(?:il|elle|ils|elles|on|t)\b",
        "es": r"^\W*(?:es|está|esta|están|estan|son|hay|tiene|tienen|puede|suena|se)\b",
        "zh": r"吗|嗎|是不是|有没有|是否",
        "vi": r"\bkhông\W*$|^có\b",
    }
)
"""How questions begin, or what is in them, that are answered with yes or no."""
_HOW_MANY: Final = re.compile(
    r"\b(?:how many|number of|count|wie ?viele|anzahl|combien|cu[áa]nt[oa]s|bao nhiêu|mấy)\b|多少|几", re.I
)
_PLAIN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        language: frozenset(words.split())
        for language, words in {
            "en": "is are was were does do did can could has have will would the a an any some this that these "
            "those it its there here in on at of to my me you i we see hear find contain contains include "
            "includes picture photo photograph image file recording audio sound video clip document piece "
            "song one please and or very really",
            "de": "ist sind war waren hat haben kann das der die den dem des ein eine einen einem einer dies dieses "
            "diese dieser diesem es er sie hier da in im auf denn wirklich foto bild aufnahme video datei "
            "stuck lied gibt spielt spielen enthalt",
            "fr": "est ce que cette cet ces la le les l un une des il elle ils elles t y a ici dans sur photo image "
            "video enregistrement fichier morceau sont ont on",
            "es": "es esta este estan estas estos son hay el la los las un una en de se ve lo foto imagen video "
            "grabacion archivo pieza tiene suena",
            "zh": "这 那 张 幅 个 段 首 的 照 片 图 像 视 频 录 音 曲 子 文 件 是 不 有 没 否 吗 嗎 呢 它 里 很 中",
            "vi": "co khong la buc tam anh hinh nay do nao trong ban ghi am tep video phai",
        }.items()
    }
)
"""Words that add nothing to a question whether something is so."""
_NOT: Final = re.compile(r"\b(?:not|no|never|without|nicht|kein\w*|ohne|pas|sans|sin|chưa)\b|n't\b|不|没|无", re.I)
_NOT_NEGATED: Final = re.compile("是不是|有没有|是否")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Named:
    """A kind that a question names."""

    kind: str
    entries: tuple[str, ...]
    """Those entries of the vocabulary that it names, in the order of the question."""
    all_entries: tuple[str, ...]
    seen: tuple[Observation, ...]
    """What was observed of it, in the files that the question is about."""

    @property
    def words(self) -> str:
        """The kind in words."""
        return self.kind.replace("_", " ")

    def means_itself(self) -> bool:
        """Whether the question names the kind as such, and not one of the things that can be observed."""
        return any(says(entry, self.words) for entry in self.entries)


def named(
    question: str, vocabulary: Mapping[str, tuple[str, ...]], world: World, *, without: frozenset[str] = frozenset()
) -> tuple[Named, ...]:
    """The kinds that a question names, as they come in it."""
    if not vocabulary:
        return ()
    found: dict[str, list[Mention]] = {}
    for one in mentions(question, vocabulary):
        if one.kind not in without:
            found.setdefault(one.kind, []).append(one)
    return tuple(
        Named(kind, tuple(dict.fromkeys(one.entry for one in those)), vocabulary[kind], _seen(kind, world))
        for kind, those in found.items()
    )


def completed(
    question: str, program: Program, found: Sequence[Named], world: World, own: Callable[[], Reply], *, foreign: bool
) -> Reply:
    """The answer of the reasoner's own rules, or from the kinds that the question names where those have none.

    Args:
        question: as it was asked.
        program: what the rules make of it.
        found: the kinds that it names.
        world: what is known.
        own: computes the answer of the rules.
        foreign: whether it is about a file that only plugins read.
    """
    unread = isinstance(program, Unknown) or (isinstance(program, SmallTalk) and program.ask == "languages")
    if not found or (not unread and isinstance(program, Attached | Evidence | SmallTalk)):
        return own()
    told = reply(question, found, world)
    if told is not None and (unread or foreign):
        return told
    ruled = own()
    if told is None:
        blank = unread or foreign or not (world.scenes or world.recordings)
        return (nothing(found, world) or ruled) if ruled.abstained and blank else ruled
    if ruled.abstained or (ruled.short is None and not ruled.cites):
        return told if not isinstance(program, Choose) else _chosen(program, told) or ruled
    beside_it = reply("", found, world) or told  # stated: a second yes or no would be to the question as rules read it
    further = tuple(one for one in beside_it.sentences if not set(one.cites) <= set(ruled.cites))
    return replace(ruled, sentences=(*ruled.sentences, *further))


def reply(question: str, found: Sequence[Named], world: World) -> Reply | None:
    """What was observed of the kinds that a question names; None if nothing was."""
    replies = [_of_kind(question, one, world) for one in found if one.seen]
    if not replies:
        return None
    sure = [one.confidence for one in replies if one.confidence is not None]
    sentences = tuple(sentence for one in replies for sentence in one.sentences)
    return Reply(sentences, replies[0].short, min(sure) if sure else None)


def nothing(found: Sequence[Named], world: World) -> Reply | None:
    """That nothing of these kinds was observed: somebody looked and found nothing, or could not look; None where they
    have to do with none of the files.
    """
    told: list[Sentence] = []
    for one in found:
        for part in _files(one.kind, world)[:1]:
            if not _concerns(one.kind, part, world):
                continue
            if any(world.able(one.kind, member) for member in world.snapshot.family(part.digest)):
                told.append(said(world.say("asked_none", what=one.words, where=_name(part, world))))
            else:
                reason = world.reason(one.kind, part, _name(part, world))
                told.append(said(world.say("cannot", reason=reason)))
    return Reply(tuple(dict.fromkeys(told)), abstained=True) if told else None


def _chosen(program: Choose, told: Reply) -> Reply | None:
    """The one of the options that was observed."""
    fitting = [one for one in program.options if told.short and says(one, told.short)]
    return replace(told, short=fitting[0]) if len(fitting) == 1 else None


# ---- one kind ---------------------------------------------------------------------------------------------------


def _of_kind(question: str, one: Named, world: World) -> Reply:
    say, seen = world.say, one.seen
    sure = min(each.confidence for each in seen)
    ids = [each.id for each in seen]
    told = {"what": f"{one.words[:1].upper()}{one.words[1:]}", "sure": say.percent(sure)}
    whole = _all(seen, world)
    if _HOW_MANY.search(question):
        number = _stated_number(one)
        if number is None and one.means_itself() and _apart(seen, world):
            number = str(len(seen))
            return Reply((said(say("asked_count", count=number, list=whole, **told), *ids),), number, sure)
        return Reply((said(say("asked_many", list=whole, **told), *ids),), number, sure)
    verdict = _verdict(question, one, world)
    short = verdict or "; ".join(dict.fromkeys(each.text for each in seen))
    fitting = [each for each in seen if says(one.entries[0], each.text)] if verdict == "yes" else []
    if fitting and len(fitting) < len(seen):
        sure = min(each.confidence for each in fitting)
        whole, ids = _all(fitting, world), [each.id for each in fitting]
        told["sure"] = say.percent(sure)
    key = f"asked_{verdict}" if verdict else "asked_many"
    return Reply((said(say(key, list=whole, **told), *ids),), short[:SHOWN], sure)


def _verdict(question: str, one: Named, world: World) -> str | None:
    """ "yes" or "no", where the words of the question and those of the observations decide it; None if not."""
    if not _asks_whether(question, world.say.language) or _negated(question, one.entries) or len(one.entries) > 1:
        return None
    if any(_negated(each.text, one.all_entries) for each in one.seen):
        return None
    plainly = _PLAIN.get(world.say.language, frozenset())
    if not plainly.issuperset(beside(question, one.entries)):
        return None  # it asks for more than whether there is such a thing
    stating = [each for each in one.seen if says(one.entries[0], each.text)]
    others = [entry for entry in one.all_entries if entry not in one.entries]
    otherwise = [each for each in one.seen if any(says(entry, each.text) for entry in others)]
    if stating or (one.means_itself() and not otherwise):
        return "yes"
    return "no" if len(otherwise) == len(one.seen) and not one.means_itself() else None


def _asks_whether(question: str, language: str) -> bool:
    if language == "en":
        return re.search(_VERDICT["en"], plain(question).text) is not None
    pattern = _VERDICT.get(language)
    return pattern is not None and re.search(pattern, question.strip().casefold()) is not None


def _negated(text: str, entries: Iterable[str]) -> bool:
    """Whether a text says "not" outside of the words of the vocabulary."""
    rest = _NOT_NEGATED.sub("", text.casefold())
    for entry in entries:
        for word in entry.casefold().split("|"):
            rest = rest.replace(word.strip(), " ")
    return _NOT.search(rest) is not None


def _stated_number(one: Named) -> str | None:
    """The number that the only observation states of what is asked for: in its data, or as the one in its text."""
    if len(one.seen) != 1:
        return None
    (seen,) = one.seen
    for key, value in seen.data.items():
        if isinstance(value, int) and not isinstance(value, bool) and says(one.entries[0], key.replace("_", " ")):
            return str(value)
    numbers = _NUMBER.findall(seen.text)
    return numbers[0] if len(numbers) == 1 and says(one.entries[0], seen.text) else None


def _apart(seen: Sequence[Observation], world: World) -> bool:
    """Whether each observation is about a thing of its own: the same one may be in several frames of a video."""
    parts = [world.snapshot.part(digest) for digest in {each.part for each in seen}]
    return len(parts) < 2 or all(part is None or part.parent is None or part.span is None for part in parts)


# ---- where ------------------------------------------------------------------------------------------------------


def _seen(kind: str, world: World) -> tuple[Observation, ...]:
    parts = [part.digest for file in _files(kind, world) for part in world.snapshot.family(file.digest)]
    order = {digest: index for index, digest in reversed(list(enumerate(parts)))}
    found = {
        (each.text, each.part, each.span, each.box): each for each in world.snapshot.of(kind) if each.part in order
    }
    return tuple(sorted(found.values(), key=lambda each: (order[each.part], each.span or (0.0, 0.0))))


def _files(kind: str, world: World) -> tuple[Part, ...]:
    """The files that a question about a kind is about: of those sent last, the ones that it can be observed in."""
    return world.files(lambda part: _concerns(kind, part, world))


def _concerns(kind: str, file: Part, world: World) -> bool:
    family = world.snapshot.family(file.digest)
    digests = {part.digest for part in family}
    return (
        any(kind in world.capabilities.get(part.modality, ()) for part in family)
        or any(seen.part in digests for seen in world.snapshot.of(kind))
        or any(gap.part in digests and kind in gap.kinds for gap in world.snapshot.gaps)
    )


def _all(seen: Sequence[Observation], world: World) -> str:
    """What was observed, each quoted with its place; a place that they share once."""
    told = [world.say.quote(each.text, SHOWN) for each in seen[:TOLD]]
    places = [_where(each, world) for each in seen[:TOLD]]
    more = " …" if len(seen) > TOLD else ""
    if len(set(places)) > 1:
        told = [f"{text} ({spot})" if spot else text for text, spot in zip(told, places, strict=True)]
        return world.say.listed(told) + more
    return world.say.listed(told) + more + (f" ({places[0]})" if places[0] else "")


def _where(seen: Observation, world: World) -> str:
    part = world.snapshot.part(seen.part)
    spots = []
    if part is not None:
        spots.append(_name(_root(part, world), world))
        page = seen.data.get("page", part.facts.get("page"))
        if isinstance(page, int) and not isinstance(page, bool):
            spots.append(f"{world.say.word('page')} {page}")
    if seen.box is not None:
        spots.append(world.say.place(place(seen.box)))
    span = seen.span or (part.span if part is not None else None)
    if span is not None:
        spots.append(world.say.at(span[0]))
    return ", ".join(spots)


def _root(part: Part, world: World) -> Part:
    while part.parent is not None:
        above = world.snapshot.part(part.parent)
        if above is None:
            break
        part = above
    return part


def _name(part: Part, world: World) -> str:
    """What to call a file: "the picture", or its name where it is of no usual sort."""
    if part.modality in (IMAGE, VIDEO):
        return world.name_of(part)
    if part.modality == AUDIO and sum(one.modality == AUDIO for one in world.snapshot.parts) == 1:
        return world.say.numbered("recording")
    return world.say.quote(part.name, 80)
