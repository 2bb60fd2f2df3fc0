"""The answerer `reasoner`: parse, compute, stream. How each works: parse.py, execute/, phrase.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.context import Snapshot
from assistant.examples import example_of
from assistant.plugin import Answerer, Request, Services
from assistant.types import AUDIO, IMAGE, VIDEO, Answer, Delta, Kind, Part, Question
from assistant.vocabulary import mentions
from assistant_reasoner import documents
from assistant_reasoner.check import best_pair, checked
from assistant_reasoner.execute import asked, execute, kinds_for
from assistant_reasoner.execute.world import World
from assistant_reasoner.meaning import Meanings
from assistant_reasoner.parse import Situation, parse
from assistant_reasoner.phrase import Phrases, Reply
from assistant_reasoner.programs import Attached, Parsed, SmallTalk, Unknown
from assistant_reasoner.words import sentences


def situation(question: Question, context: Snapshot) -> Situation:
    """What of the conversation changes the meaning of a question."""
    pictures = sum(part.modality in (IMAGE, VIDEO) and part.parent is None for part in context.parts)
    recordings = sum(
        part.modality in (AUDIO, VIDEO) and part.parent is None and part.digest != question.part
        for part in context.parts
    )
    earlier = tuple(message.text for message in context.messages if message.role == "user" and message.text.strip())
    described = any(
        message.role == "user" and message.parts and not message.text.strip() for message in context.messages
    )
    return Situation(pictures, recordings, bool(context.turn_parts), earlier, described)


def understand(question: Question, context: Snapshot) -> tuple[Parsed, ...]:
    """The programs of a question in its conversation."""
    return parse(question.text, situation(question, context), spoken=question.spoken)


class Reasoner(Answerer):
    """Computes answers from observations, cites them, and says plainly when it cannot tell."""

    name = "reasoner"
    accepts = (IMAGE, AUDIO, VIDEO)
    quality = 10
    deadline = 20.0
    checks = True

    def __init__(self) -> None:
        super().__init__()
        self._meanings = Meanings()

    def load(self, services: Services) -> None:
        """Make the rules ready: a server does so before the first question."""
        parse("zyx", Situation())  # none fits, so each is looked at

    def needs(self, question: Question, context: Snapshot) -> frozenset[str]:
        """The kinds that the question's programs are computed from; none for an example that is only to be kept."""
        if example_of(question.text) is not None:
            return frozenset()
        parsed = understand(question, context)
        if _documents(question, context, parsed):
            return documents.NEEDED
        kinds: frozenset[str] = frozenset().union(*(kinds_for(one.program) for one in parsed))
        if question.spoken and any(isinstance(one.program, Unknown) for one in parsed):
            # A remark rather than a question: it is answered with what came along.
            kinds |= {
                Kind.CAPTION,
                Kind.OBJECT,
                Kind.TRANSCRIPT,
                Kind.TRANSCRIPT_SEGMENT,
                Kind.NO_SPEECH,
                Kind.SENTIMENT,
            }
        return kinds

    def answer(self, request: Request) -> Iterator[Delta]:
        """Sentence by sentence; the first one is the answer, what follows is the evidence."""
        if example_of(request.question.text) is not None:
            yield Delta(text=Phrases()("example"))
            return
        context = request.context
        parsed = understand(request.question, context)
        known = {seen.id for seen in context.observations}
        embed: Any = self._meanings.over(request.embed)
        replies: list[Reply] = []
        started = False
        files = _documents(request.question, context, parsed)
        parsed = parsed[:1] if files else parsed
        told: set[str] = set()
        for one, text in _with_words(request, parsed):
            if request.cancel.is_set():
                return
            world = World(context, request.question, one.which, Phrases(one.language), request.capabilities, embed)

            def own(one: Parsed = one, world: World = world) -> Reply:
                return documents.reply(request.question, files, world) if files else execute(one, world)

            found = asked.named(text, request.vocabulary, world, without=documents.NEEDED)
            reply = asked.completed(text, one.program, found, world, own, foreign=bool(files))
            replies.append(reply)
            for index, sentence in enumerate(reply.sentences):
                if request.cancel.is_set():
                    return
                if index and sentence.text in told:
                    continue
                told.add(sentence.text)
                gap = "" if not started else "\n\n" if index == 0 else world.say.gap
                cites = tuple(identity for identity in dict.fromkeys(sentence.cites) if identity in known)
                yield Delta(text=gap + sentence.text, citations=cites)
                started = True
        told_all = verdict(replies)
        short = told_all.short
        yield told_all if short is None else replace(told_all, short=Phrases(parsed[0].language).bare(short))

    def check(self, request: Request, answer: Answer) -> Delta | None:
        """Compare another's answer with what was observed: a note where they contradict, a higher confidence if not."""
        if example_of(request.question.text) is not None:
            return None
        parsed = understand(request.question, request.context)
        if _documents(request.question, request.context, parsed):
            return None
        if any(isinstance(one.program, SmallTalk | Unknown | Attached) for one in parsed[:1]):
            return None
        embed: Any = self._meanings.over(request.embed)
        worlds = [
            World(request.context, request.question, one.which, Phrases(one.language), request.capabilities, embed)
            for one in parsed
        ]
        found = best_pair(parsed, [execute(one, world) for one, world in zip(parsed, worlds, strict=True)])
        if found is None:
            return None
        return checked(*found, worlds[parsed.index(found[0])], answer)


def _documents(question: Question, context: Snapshot, parsed: Sequence[Parsed]) -> tuple[Part, ...]:
    """The documents that a question is about, unless it is no question about anything."""
    program = parsed[0].program
    if isinstance(program, SmallTalk) and program.ask != "unasked":
        return ()
    return documents.concerned(question, context)


def _with_words(request: Request, parsed: Sequence[Parsed]) -> list[tuple[Parsed, str]]:
    """Each program with the sentence in which words of the vocabulary are to be looked for, "" for none; sentences that
    no rule understands and that have such words come with them.
    """
    pieces = sentences(request.question.text)
    if len(pieces) < 2 or not request.vocabulary:
        return [(one, request.question.text) for one in parsed]
    naming: dict[Parsed, str] = {}
    further: list[tuple[Parsed, str]] = []
    for piece in pieces:
        if mentions(piece, request.vocabulary):
            meant = understand(replace(request.question, text=piece), request.context)[0]
            if meant in parsed:
                naming[meant] = piece
            elif isinstance(meant.program, Unknown):
                further.append((meant, piece))
    own = [(one, naming.get(one, "")) for one in parsed]
    silent = all(isinstance(one.program, Unknown) and not text for one, text in own)
    return further if further and silent else own + further


def verdict(replies: Sequence[Reply]) -> Delta:
    """The short answer and confidence of all replies: those of the first one that knows.

    If none does, it is an abstention, with the first best guess among them as its short answer.
    """
    knowing = [reply for reply in replies if not reply.abstained]
    if not knowing:
        guessed = next((reply for reply in replies if reply.short is not None), None)
        if guessed is None:
            return Delta(abstained=True)
        chance = None if guessed.confidence is None else round(guessed.confidence, 4)
        return Delta(confidence=chance, short=guessed.short, abstained=True)
    first = next((reply for reply in knowing if reply.short is not None), knowing[0])
    sure = [reply.confidence for reply in knowing if reply.confidence is not None]
    return Delta(confidence=round(min(sure), 4) if sure else None, short=first.short)
