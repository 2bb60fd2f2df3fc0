"""Answers about documents: which page, what stands there, how many there are. Works on what plugins read in files that
the core does not decode; lines of scanned pages count too. What stands on which page: pages.py; writing in pictures:
execute/reading.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from assistant.context import Snapshot
from assistant.fusion.select import select, stems
from assistant.types import AUDIO, IMAGE, MODALITIES, VIDEO, Kind, Observation, Part, Question
from assistant_reasoner.execute.keyvalue import found
from assistant_reasoner.execute.world import World
from assistant_reasoner.pages import FACTS_KIND, TEXT_KIND, Leaf, Reader
from assistant_reasoner.parse import parse
from assistant_reasoner.phrase import Reply, Sentence, said
from assistant_reasoner.programs import Lookup, Read
from assistant_reasoner.stated import stating

NEEDED: Final = frozenset({TEXT_KIND, FACTS_KIND, Kind.TEXT_LINE})
"""What is worth waiting for."""
LONGEST: Final = 600
"""Characters of a question that are looked at."""
LINES: Final = 1_500
"""Lines that are compared with a question; of longer documents, those that share a word with it."""
WORDS: Final = 0.5
"""Share of the question's word weight that a line must have to be quoted."""
MEANING: Final = 0.45
"""Cosine similarity from which a line is quoted where its words do not fit."""
MOST_SURE: Final = 0.7
"""A line that speaks of the same need not answer; one with all the question's words may still be about another case."""
COLUMN: Final = 0.02
"""Difference of their left edges up to which cells stand in one column: rows of one table have the same cells."""
SHOWN: Final = 1_200
"""Characters of a text that are quoted."""

_UNITS: Final = {
    "page": "page|seite|página|pagina|trang|页",
    "slide": "slide|folie|diapositive|diapositiva|幻灯片",
    "sheet": "sheet|worksheet|blatt|tabellenblatt|feuille|hoja|工作表",
    "chapter": "chapter|kapitel|chapitre|capítulo|capitulo|chương|章",
}
_ANY_UNIT: Final = "|".join(_UNITS.values())
_ORDINALS: Final = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
_NUMBERED: Final = re.compile(
    rf"\s*(?:\b(?:on|in|at|of|from|auf|sur|dans|en|de|a|la|the|der|dem)\b\s+)*"
    rf"(?:\b(?:{_ANY_UNIT})\s+(?:no\.?\s*|number\s+)?(?P<after>\d{{1,6}})\b|第\s*(?P<chinese>\d{{1,6}})\s*(?:页|章|张)"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)}|last)\s+(?:{_ANY_UNIT})\b)",
    re.I,
)
_NAMED: Final = re.compile(
    rf"\b(?:documents?|pdfs?|files?|reports?|spreadsheets?|workbooks?|presentations?|invoices?|contracts?|pages|slides|"
    rf"sheets|chapters|dokument\w*|fichier|documento|{_ANY_UNIT})\b",
    re.I,
)
_COUNT: Final = re.compile(r"\bhow many (?P<what>pages|slides|sheets|chapters|words)\b|\bhow long\b")
_AUTHOR: Final = re.compile(r"\b(?:who (?:wrote|is the author|made|created|authored)|author)\b")
_TITLE: Final = re.compile(r"\b(?:titled?|called|name of the (?:document|file|report|book))\b")
_TOPIC: Final = re.compile(
    r"\b(?:says?|said|written|stands?|tells?|mentions?|mentioned|state[sd]?) (?:about|on|of|regarding) (?P<topic>.+)"
)
_TEXT: Final = re.compile(
    r"^(?:please )?(?:what (?:does|do|did)\b.{0,60}? says?|"
    r"what (?:is|'s|stands|s) (?:written )?(?:on|in|there)\b.{0,40}|"
    r"what(?:'s| is)|what (?:is|stands) (?:written|there)|(?:read|show|give|tell|transcribe|quote)\b.{0,60})[?.! ]*$"
)
_ABOUT: Final = re.compile(
    r"^(?:what is (?:this|it|that)|what (?:kind|sort) of|describe|summar|give me a summary|overview|"
    r"what (?:is|are) (?:the|this|that|these) [\w ]{1,30} about|what is (?:it|this) about)"
)
_DOUBT: Final = re.compile(
    r"^(?:how sure|are you (?:sure|certain)|why do you|how do you know|"
    r"where (?:did you|does it say|is (?:it|that) (?:written|said)))\b"
)
_OF: Final = re.compile(
    r"^(?:what|how (?:much|high|many)|which) (?:is|was|are|were) the (?P<column>[\w .-]{2,40}?) (?:of|for|in) "
    r"(?:the )?(?P<key>.{1,60}?)[?.! ]*$",
    re.I,
)


def concerned(question: Question, context: Snapshot) -> tuple[Part, ...]:
    """The documents that the question is about: those sent last, unless pictures or recordings came with or after them
    and it names no document."""
    known = tuple(part for part in context.parts if part.modality not in MODALITIES)
    if not known:
        return ()
    others = {part.digest for part in context.parts if part.modality in (IMAGE, AUDIO, VIDEO)} - {question.part}
    named = _NAMED.search(question.text[:LONGEST]) is not None
    for sent in (context.turn_parts, *(message.parts for message in reversed(context.messages))):
        now = tuple(part for part in known if part.digest in sent)
        if others & set(sent) and not named:
            return ()
        if now:
            return now
    return known[-1:] if named else ()


def reply(question: Question, parts: tuple[Part, ...], world: World) -> Reply:
    """The answer; it abstains where nothing in the documents fits."""
    reader = Reader(world.snapshot, parts)
    text = _short(question.text)
    if _DOUBT.match(text.casefold()):  # what the last answer rests on: the answer again, with its place and certainty
        text = _short(next((each.text for each in reversed(world.snapshot.messages) if each.role == "user"), ""))
    told = _reply(text, reader, world)
    return replace(
        told,
        sentences=tuple(
            Sentence(one.text, tuple(dict.fromkeys(reader.origins.get(each, each) for each in one.cites)))
            for one in told.sentences
        ),
    )


def _short(text: str) -> str:
    """The question with single spaces, without what no question needs."""
    return " ".join(text[:LONGEST].split())


def _reply(text: str, reader: Reader, world: World) -> Reply:
    if not reader.leaves and reader.facts is None:
        return _cannot(_missing(reader), world)
    leaves, rest = _chosen(text, reader)
    if not leaves and reader.leaves:
        facts = reader.facts
        return _cannot(f"there is no such part in {reader.name}" + (f" ({facts.text})" if facts else ""), world)
    plain = " ".join(rest.casefold().replace("’", "'").split())
    general = _general(plain, reader, world) if leaves == reader.leaves else None
    if general is not None:
        return general
    topic = _TOPIC.search(plain)
    if topic is not None:
        return _quoted(topic["topic"], plain, leaves, reader, world) or _not_found(reader, world)
    long = sum(len(row.text) for leaf in leaves for row in leaf.rows) > SHOWN
    if (long and not text) or _ABOUT.match(plain):
        return _about(leaves, reader, world)
    if not plain.strip("?.! ") or _TEXT.match(plain):
        return _whole(leaves, reader, world)
    looked_up = _looked_up(rest, leaves, reader, world)
    return looked_up or _quoted(plain, plain, leaves, reader, world) or _not_found(reader, world)


# ---- which pages ------------------------------------------------------------------------------------------------


def _chosen(text: str, reader: Reader) -> tuple[list[Leaf], str]:
    """The pages that a question names, all if it names none, and the question without them."""
    match = _NUMBERED.search(text)
    if match is not None:
        rest = f"{text[: match.start()]}{text[match.end() :]}".strip(" ,")
        digits = match["after"] or match["chinese"]
        if digits is None and match["ordinal"].casefold() == "last":
            last = max((leaf.number for leaf in reader.leaves), default=0)
            return [leaf for leaf in reader.leaves if leaf.number == last], rest
        wanted = int(digits) if digits else _ORDINALS[match["ordinal"].casefold()]
        return [leaf for leaf in reader.leaves if leaf.number == wanted], rest
    for leaf in reader.leaves:
        title = leaf.title.strip()
        if len(title) > 1 and leaf.unit in ("sheet", "chapter", "slide"):
            named = re.search(rf"\s*\b(?:on|in) (?:the )?(?:(?:{_ANY_UNIT}) )?[\"“]?{re.escape(title)}\b", text, re.I)
            if named is not None:
                return [leaf], f"{text[: named.start()]}{text[named.end() :]}"
    return reader.leaves, text


def _where(leaf: Leaf, reader: Reader) -> str:
    titled = f" (“{leaf.title}”)" if leaf.title and leaf.unit != "page" else ""
    return f"{leaf.unit} {leaf.number}{titled} of {reader.name}"


# ---- the whole --------------------------------------------------------------------------------------------------


def _general(plain: str, reader: Reader, world: World) -> Reply | None:
    facts = reader.facts
    if facts is None:
        return None
    many = _COUNT.search(plain)
    if many is not None:
        words = many["what"] == "words"
        count = facts.data.get("words" if words else "pages", 0)
        unit = "word" if words else str(facts.data.get("unit") or "page")
        what = f"{count:,} {unit}{'' if count == 1 else 's'}"
        return Reply((said(f"{reader.name} has {what}.", facts.id),), str(count), 0.99)
    for asked, key, sentence in (
        (_AUTHOR, "author", "{name} says that its author is {value}."),
        (_TITLE, "title", "{name} is titled {value}."),
    ):
        value = str(facts.data.get(key) or "")
        if value and asked.search(plain):
            text = sentence.format(name=reader.name, value=world.say.quote(value, 200))
            return Reply((said(text, facts.id),), value, 0.9)
    return None


def _whole(leaves: Sequence[Leaf], reader: Reader, world: World) -> Reply:
    """The text of the pages, as far as it can be shown."""
    rows = [row for leaf in leaves for row in leaf.rows]
    if not rows:
        where = f"on {_where(leaves[0], reader)}" if leaves else f"in {reader.name}"
        return Reply((said(f"No text was found {where}."),), None, 0.7)
    text = "\n".join(row.text for row in rows)
    ids = tuple(dict.fromkeys(row.id for row in rows[:200]))
    sentences = [said(world.say("read", text=world.say.quote(text, SHOWN)), *ids)]
    if len(text) > SHOWN:
        sentences.append(said("That is its beginning; ask for a page, or for what you look for."))
    sure = min(row.confidence for row in rows)
    return Reply(tuple(sentences), " ".join(text.split())[:SHOWN], min(0.99, sure))


def _about(leaves: Sequence[Leaf], reader: Reader, world: World) -> Reply:
    """What it is, and how each of its pages begins."""
    facts = reader.facts
    sentences = [said(f"{reader.name}: {facts.text}.", facts.id)] if facts and len(leaves) == len(reader.leaves) else []
    for leaf in leaves[:8]:
        head = next((row for row in leaf.rows if row.text.strip()), None)
        if head is not None:
            begins = world.say.quote(leaf.title or head.text, 120)
            sentences.append(said(f"{leaf.unit.capitalize()} {leaf.number} begins {begins}.", head.id))
    return Reply(tuple(sentences) or (said("Nothing could be read in it."),), facts.text if facts else None, 0.8)


# ---- what stands somewhere --------------------------------------------------------------------------------------


def _looked_up(rest: str, leaves: Sequence[Leaf], reader: Reader, world: World) -> Reply | None:
    """A value by its label, or whether something is mentioned."""
    program = parse(rest)[0].program
    if isinstance(program, Read) and program.wanted:
        return _mentioned(program.wanted, leaves, reader, world)
    asked: list[Lookup] = []
    of = _OF.match(rest)
    if of is not None:
        for leaf in leaves:
            told = _in_table(of["column"], of["key"], leaf, world)
            if told is not None:
                return _placed(told, leaf, reader, world)
        asked += [Lookup(of["key"].casefold(), "any", column=of["column"].casefold())]
        asked += [Lookup(of["column"].casefold(), "any")]
    if isinstance(program, Lookup):
        asked.insert(0, program)
    for one in asked:
        for leaf in leaves:
            told = found(one, _near(rest, leaf.lines), world)
            if told is not None:
                return _placed(told, leaf, reader, world)
    return None


def _in_table(column: str, key: str, leaf: Leaf, world: World) -> Reply | None:
    """The cell in the row that bears the key, under the head of the column."""
    table: dict[tuple[object, object], list[Observation]] = {}
    for cell in leaf.lines:
        if cell.box is not None and "piece" in cell.data:
            table.setdefault((cell.data["piece"], cell.data["order"]), []).append(cell)
    rows = list(table.values())
    wanted, sought = set(stems(column)), set(stems(key))
    for number, head in enumerate(rows[:20]):
        top = next((cell for cell in head if wanted and wanted <= set(stems(cell.text))), None)
        if top is None or top.box is None:
            continue
        for row in rows[number + 1 :]:
            named = next((cell for cell in row if sought and sought <= set(stems(cell.text))), None)
            value = next((cell for cell in row if cell.box and abs(cell.box[0] - top.box[0]) < COLUMN), None)
            if named is not None and value is not None and named is not value:
                label = world.say.quote(f"{named.text}, {top.text}", 120)
                text = world.say("value", name=label, value=world.say.quote(value.text, 200))
                return Reply((said(text, top.id, value.id),), value.text, 0.9 * value.confidence)
    return None


def _near(text: str, lines: Sequence[Observation]) -> Sequence[Observation]:
    """The lines, or of very many those that share a word with the question, with the first ones, which head columns."""
    if len(lines) <= LINES:
        return lines
    wanted = set(stems(text))
    rows = {line.data.get("order") for line in lines if wanted & set(stems(line.text))}
    return [line for index, line in enumerate(lines) if index < 40 or line.data.get("order") in rows][:LINES]


def _mentioned(wanted: str, leaves: Sequence[Leaf], reader: Reader, world: World) -> Reply:
    sought = " ".join(stems(wanted)) or wanted.casefold()
    for leaf in leaves:
        for row in leaf.rows:
            if f" {sought} " in f" {' '.join(stems(row.text))} " or wanted.casefold() in row.text.casefold():
                text = f"Yes: {world.say.quote(row.text, 200)} stands on {_where(leaf, reader)}."
                return Reply((said(text, row.id),), "yes", 0.95 * row.confidence)
    ids = [reader.facts.id] if reader.facts else []
    return Reply((said(f"No, {world.say.quote(wanted)} is not in {reader.name}.", *ids),), "no", 0.85)


def _quoted(wanted: str, asked: str, leaves: Sequence[Leaf], reader: Reader, world: World) -> Reply | None:
    """The line that speaks of what is asked."""
    placed = {row.id: leaf for leaf in leaves for row in leaf.rows}
    rows = [row for leaf in leaves for row in leaf.rows if len(row.text) > 3]
    if not rows or not stems(wanted):
        return None
    chosen = select(wanted, rows, top=64)
    if world.say.language == "en":
        for each in chosen[:8]:
            sentence = stating(asked, each.observation.text)
            if sentence:
                where = _where(placed[each.observation.id], reader)
                sure = MOST_SURE * each.observation.confidence
                told = world.say(
                    "it_says", text=world.say.quote(sentence, 400), where=where, sure=world.say.percent(sure)
                )
                return Reply((said(told, each.observation.id),), sentence, sure)
    score = chosen[0].similarity
    # of a heading and the sentence below it the sentence
    best = max((each.observation for each in chosen if each.similarity >= score - 0.02), key=lambda one: len(one.text))
    if score < WORDS:
        if world.embed is None:
            return None
        by_meaning = select(asked, [each.observation for each in chosen], embed=world.embed, top=1)[0]
        if by_meaning.similarity < MEANING:
            return None
        best, score = by_meaning.observation, by_meaning.similarity
    sure = min(MOST_SURE, 0.25 + 0.5 * score) * best.confidence
    text = world.say("closest_read", text=world.say.quote(best.text, 400), where=_where(placed[best.id], reader))
    closing = said(world.say("closest_sure", sure=world.say.percent(sure)))
    return Reply((said(text, best.id), closing), best.text, sure)


def _placed(told: Reply, leaf: Leaf, reader: Reader, world: World) -> Reply:
    """The reply, with the page that it was found on."""
    if world.say.language != "en":
        return told
    where = said(f"It stands on {_where(leaf, reader)}.", *told.sentences[0].cites)
    return replace(told, sentences=(told.sentences[0], where, *told.sentences[1:]))


# ---- what is missing --------------------------------------------------------------------------------------------


def _missing(reader: Reader) -> str:
    digests = {part.digest for part in reader.parts}
    gaps = [gap for gap in reader.context.gaps if gap.part in digests]
    if gaps:
        return " ".join(f"{gap.message} {gap.remedy}".strip() for gap in gaps[:2]).rstrip(".")
    return f"nothing was read in {reader.name}"


def _not_found(reader: Reader, world: World) -> Reply:
    gaps = [gap for gap in reader.context.gaps if gap.part in {part.digest for part in _family(reader)}]
    more = f", and not all of it could be read ({gaps[0].message.rstrip('.')})" if gaps else ""
    return _cannot(f"nothing in {reader.name} speaks of it{more}", world)


def _family(reader: Reader) -> Iterable[Part]:
    for part in reader.parts:
        yield from reader.context.family(part.digest)


def _cannot(reason: str, world: World) -> Reply:
    told = reason if world.say.language == "en" else world.say.quote(reason)
    return Reply((said(world.say("cannot", reason=told)),), abstained=True)
