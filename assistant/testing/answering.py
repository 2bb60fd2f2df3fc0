"""What every answerer promises, as checks without pytest. Not for how good its answers are: plugins/evaluation is."""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from assistant.context import Snapshot
from assistant.errors import CannotAnswer, RequestRefused
from assistant.plugin import Answerer, Request
from assistant.testing import awkward, running
from assistant.testing.cases import AnswererCase, acceptable
from assistant.testing.isolated import works_in_a_process_of_its_own
from assistant.testing.plugged import (
    closes_cleanly,
    declares_what_decides,
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
)
from assistant.testing.promises import Broken, NotApplicable, Promise, promised
from assistant.types import FREE, Answer, Delta, Question, Sampling

HONOURED: Final = frozenset({*(each.name for each in fields(Sampling)), "instructions"})
"""What `honours` may name."""
SURE: Final = 0.5
"""An answer is a claim from this confidence on."""
FEW_TOKENS: Final = 3
ABOUT_NOTHING: Final = "How many dogs are in the picture?"


def _said(case: AnswererCase, answerer: Answerer, promise: str, sampling: Sampling = FREE) -> list[Delta]:
    """What it says to the question it was given. Raises NotApplicable if it passes it on."""
    try:
        return case.ask(answerer, promise, case.request(answerer, sampling=sampling))
    except (CannotAnswer, RequestRefused) as error:
        raise NotApplicable(f"it passes on {case.question!r}: {error}") from error


def whole(deltas: Sequence[Delta]) -> Answer:
    """The answer that the pieces make."""
    answer = Answer("")
    for delta in deltas:
        answer += delta
    return answer


def streams_deltas(case: AnswererCase) -> None:
    """It answers in pieces that make sense: texts, confidences from 0 to 1, a finish that there is."""
    promise = streams_deltas.__name__
    with case.loaded() as answerer:
        deltas = _said(case, answerer, promise)
    _check_deltas(promise, deltas)
    if not whole(deltas).text and not whole(deltas).abstained:
        raise Broken(promise, "it says nothing and does not abstain.", "Raise CannotAnswer to pass a question on.")


def _check_deltas(promise: str, deltas: Sequence[Any]) -> None:
    for delta in deltas:
        if not isinstance(delta, Delta):
            raise Broken(promise, f"it yields {type(delta).__name__}, not a Delta.", "Yield assistant.Delta.")
        sure = delta.confidence
        if not isinstance(delta.text, str) or not (delta.short is None or isinstance(delta.short, str)):
            raise Broken(promise, f"it yields text {delta.text!r}, short {delta.short!r}.", "Yield strings.")
        if sure is not None and (not math.isfinite(sure) or not 0 <= sure <= 1):
            raise Broken(promise, f"it yields the confidence {sure!r}.", "Give a probability, 0-1, or None.")
        if delta.finish not in (None, "stop", "length"):
            raise Broken(promise, f"it yields the finish {delta.finish!r}.", 'Give "stop", "length" or None.')
        if delta.tokens is not None and not all(isinstance(each, int) and each >= 0 for each in delta.tokens):
            raise Broken(promise, f"it yields the tokens {delta.tokens!r}.", "Give tokens read and written.")


def cites_what_exists(case: AnswererCase) -> None:
    """Whatever it cites is the id of an observation in the context."""
    promise = cites_what_exists.__name__
    with case.loaded() as answerer:
        cited = whole(_said(case, answerer, promise)).citations
    unknown = sorted(set(cited) - {seen.id for seen in case.context.observations})
    if unknown:
        raise Broken(
            promise, f"it cites {', '.join(map(repr, unknown[:3]))}, which nobody observed.", "Cite `observation.id`."
        )


def invents_nothing(case: AnswererCase) -> None:
    """Asked about a picture that nobody sent, it raises CannotAnswer, abstains or says that it is not sure."""
    promise = invents_nothing.__name__
    with case.loaded() as answerer:
        try:
            deltas = case.ask(answerer, promise, case.request(answerer, ABOUT_NOTHING, Snapshot()))
        except (CannotAnswer, RequestRefused):
            return
    answer = whole(deltas)
    if answer.citations:
        raise Broken(promise, "it cites observations although there are none.", "Cite what is in the context.")
    unsure = answer.confidence is not None and answer.confidence < SURE
    if answer.text and not answer.abstained and not unsure:
        raise Broken(
            promise,
            f"asked {ABOUT_NOTHING!r} about nothing it says {answer.text[:80]!r}.",
            "Raise CannotAnswer, or yield Delta(abstained=True).",
        )


def answers_what_is_difficult(case: AnswererCase) -> None:
    """Odd questions, and observations that are hostile, endless or bare, do not make it crash or hang."""
    promise = answers_what_is_difficult.__name__
    with case.loaded() as answerer:
        for what, question, context in _hard(case):
            try:
                _check_deltas(promise, case.ask(answerer, promise, case.request(answerer, question, context)))
            except Broken:
                raise
            except Exception as error:  # whatever it is, it would be a crash in a turn
                if not acceptable(error):
                    raise Broken(
                        promise,
                        f"given {what}, it raises {type(error).__name__}: {error}.",
                        "Raise CannotAnswer where it cannot answer.",
                    ) from error


def _hard(case: AnswererCase) -> Iterator[tuple[str, str, Snapshot]]:
    yield "no question", "", case.context
    yield "no question and nothing to see", "", Snapshot()
    yield "a question that gives orders", awkward.HOSTILE, case.context
    yield "a question in another script", awkward.CHINESE, case.context
    yield "a question of odd characters", awkward.ODD, case.context
    yield "an endless question", "why " * 5000, case.context
    for like in {seen.kind: seen for seen in case.context.observations}.values():
        for what, odd in awkward.difficult_observations(like):
            seen = tuple(odd if each.id == like.id else each for each in case.context.observations)
            yield f"{what} ({like.kind})", case.question, replace(case.context, observations=seen)


def answer_ends_when_cancelled(case: AnswererCase) -> None:
    """An answer that is cancelled, before or after its first piece, ends soon."""
    promise = answer_ends_when_cancelled.__name__
    with case.loaded() as answerer:
        for first in (False, True):
            cancel = threading.Event()
            request = case.request(answerer, cancel=cancel)

            def work(request: Request = request, first: bool = first) -> None:
                for delta in answerer.answer(request):
                    if first and delta.text:
                        request.cancel.set()

            if not first:
                cancel.set()
            seconds = running.CALL_LIMIT if first else running.GRACE_SECONDS
            outcome = running.within(min(seconds, answerer.deadline), work, cancel)
            if not outcome.ended:
                raise Broken(
                    promise, "cancelled, it goes on answering.", "Look at request.cancel between pieces, and return."
                )
            if outcome.error is not None and not acceptable(outcome.error):
                error = outcome.error
                raise Broken(promise, f"cancelled, it raises {type(error).__name__}: {error}.", "Return instead.")


def honours_what_it_says(case: AnswererCase) -> None:
    """What `honours` names holds: stop texts, the most tokens, temperature 0 and seeds."""
    promise = honours_what_it_says.__name__
    with case.loaded() as answerer:
        honours = answerer.honours
        unknown = sorted(set(honours) - HONOURED)
        if unknown:
            raise Broken(promise, f"honours names {', '.join(unknown)}.", f"There is: {', '.join(sorted(HONOURED))}.")
        if not honours & {"stop", "max_tokens", "temperature", "seed"}:
            raise NotApplicable("it leaves stop texts, tokens, temperature and seed to others.")
        free = whole(_said(case, answerer, promise))
        words = [word for word in free.text.split()[1:] if len(word) > 2]
        if "stop" in honours and words:
            stop = words[len(words) // 2]
            if stop in whole(_said(case, answerer, promise, Sampling(stop=(stop,)))).text:
                raise Broken(promise, f"it goes on past the stop text {stop!r}.", "Stop, or take it out of `honours`.")
        if "max_tokens" in honours:
            short = whole(_said(case, answerer, promise, Sampling(max_tokens=FEW_TOKENS)))
            count = short.tokens[1] if short.tokens else len(short.text.split())
            if count > FEW_TOKENS:
                raise Broken(
                    promise,
                    f"asked for {FEW_TOKENS} tokens it gives {count}.",
                    "Keep max_tokens, or take it out of `honours`.",
                )
        for name, sampling in (
            ("temperature", Sampling(temperature=0.0)),
            ("seed", Sampling(temperature=1.0, seed=7)),
        ):
            if name in honours:
                one, other = (whole(_said(case, answerer, promise, sampling)).text for _ in range(2))
                if one != other:
                    raise Broken(
                        promise,
                        f"with {name} {getattr(sampling, name)} it says {one[:60]!r}, then {other[:60]!r}.",
                        "Draw as asked, or take it out of `honours`.",
                    )


def says_what_it_needs(case: AnswererCase) -> None:
    """needs() gives observation kinds or None, and leaves() a host or "", whatever is asked."""
    promise = says_what_it_needs.__name__
    answerer = case.new()
    for text in (case.question, "", awkward.HOSTILE, awkward.CHINESE):
        for context in (case.context, Snapshot()):
            try:
                needed: Any = answerer.needs(Question(text), context)
            except Exception as error:  # it is called before load, in the middle of every turn
                raise Broken(
                    promise, f"needs() raises {type(error).__name__}: {error}.", "Return a frozenset of kinds, or None."
                ) from error
            if needed is not None and not (
                isinstance(needed, frozenset) and all(isinstance(each, str) for each in needed)
            ):
                raise Broken(promise, f"needs() returns {needed!r}.", "Return a frozenset of kinds, or None.")
    where: Any = answerer.leaves(case.options(answerer))
    if not isinstance(where, str):
        raise Broken(promise, f"leaves() returns {where!r}.", 'Return the host, or "" if nothing leaves.')


def changes_no_context(case: AnswererCase) -> None:
    """The context that it is given stays as it is."""
    promise = changes_no_context.__name__
    before = copy.deepcopy(case.context.observations), [dict(part.facts) for part in case.context.parts]
    with case.loaded() as answerer:
        _said(case, answerer, promise)
    if before != (case.context.observations, [dict(part.facts) for part in case.context.parts]):
        raise Broken(promise, "it changes the observations or facts of the context.", "Make new ones.")


def checks_answers_of_others(case: AnswererCase) -> None:
    """With `checks`, it judges any answer of another one, and gives a Delta or None."""
    promise = checks_answers_of_others.__name__
    answerer = case.new()
    if not answerer.checks:
        raise NotApplicable("it does not check the answers of others.")
    with case.loaded(answerer):
        for answer in (Answer("There are 17.", short="17"), Answer(""), Answer(awkward.HOSTILE, confidence=1.0)):
            found: Any = answerer.check(case.request(answerer), answer)
            if found is not None:
                _check_deltas(promise, [found])
                unknown = set(found.citations) - {seen.id for seen in case.context.observations}
                if unknown:
                    raise Broken(promise, "check() cites what nobody observed.", "Cite `observation.id`.")


def answers_as_thread_safely_as_declared(case: AnswererCase) -> None:
    """With `concurrency` over 1, questions side by side are answered as they are one by one."""
    promise = answers_as_thread_safely_as_declared.__name__
    answerer = case.new()
    if answerer.concurrency <= 1:
        raise NotApplicable("it answers one question at a time (`concurrency` is 1).")
    with case.loaded(answerer):
        alone = [whole(_said(case, answerer, promise)).text for _ in range(2)]
        steady = alone[0] == alone[1]
        works = [
            lambda: whole(list(answerer.answer(case.request(answerer)))).text for _ in range(2 * answerer.concurrency)
        ]
        for _ in range(3):
            for outcome in running.at_once(works, min(running.CALL_LIMIT, 2 * answerer.deadline)):
                if not outcome.ended or outcome.error is not None:
                    error = outcome.error
                    what = "it hangs" if error is None else f"it raises {type(error).__name__}: {error}"
                    raise Broken(promise, f"asked by several at once {what}.", "Guard what calls share.")
                if steady and outcome.value != alone[0]:
                    raise Broken(
                        promise, f"asked by several at once it says {outcome.value!r}.", "Guard what calls share."
                    )


ANSWERER: Final[tuple[Promise[AnswererCase], ...]] = promised(
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
    declares_what_decides,
    says_what_it_needs,
    streams_deltas,
    cites_what_exists,
    invents_nothing,
    answers_what_is_difficult,
    answer_ends_when_cancelled,
    honours_what_it_says,
    changes_no_context,
    checks_answers_of_others,
    answers_as_thread_safely_as_declared,
    works_in_a_process_of_its_own,
    closes_cleanly,
)
"""What is checked of an answerer, in this order."""
