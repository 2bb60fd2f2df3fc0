"""What every perceiver promises, as checks without pytest. Not for what all that is plugged promises: plugged.py."""

from __future__ import annotations

import copy
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from assistant.errors import AssistantError, Cancelled, PluginError
from assistant.plugin import Perceiver
from assistant.testing import awkward, fresh, running
from assistant.testing.cases import Input, PerceiverCase, acceptable, difference, written
from assistant.testing.isolated import works_in_a_process_of_its_own
from assistant.testing.plugged import (
    closes_cleanly,
    declares_what_decides,
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
)
from assistant.testing.promises import Broken, NotApplicable, Promise, promised
from assistant.types import Observation, Part

if TYPE_CHECKING:
    from assistant.media import Image, Media

NAME: Final = "qx7unlikely name of a file"
"""Nothing that is seen or heard contains it."""
ROUNDS: Final = 4
"""How often calls are made side by side, each time twice as many as the perceiver declares."""
SWITCH_SECONDS: Final = 1e-5
"""How often threads take turns while that is checked: what is unsafe shows sooner than at the usual 5 ms."""


def yields_what_it_declares(case: PerceiverCase) -> None:
    """Every item is of a declared kind, about what was given, in range, and survives the way through JSON."""
    from assistant.yielded import checked

    promise = yields_what_it_declares.__name__
    with case.loaded() as perceiver:
        for given in case.given():
            own = {given.part.digest}
            for item in case.call(perceiver, given, promise):
                try:
                    kept = checked(item, perceiver, given.part, own, "")
                except PluginError as error:
                    raise Broken(
                        promise, error.message, error.remedy or "Mend what it yields, or declare it in `produces`."
                    ) from error
                if isinstance(kept, Observation):
                    again = Observation.from_json(json.loads(json.dumps(kept.to_json())))
                    if again.id != kept.id:
                        raise Broken(
                            promise,
                            f"an observation of kind {kept.kind!r} is another one after its way through JSON.",
                            "Use plain lists, numbers and strings in its data, and strings as keys.",
                        )


def survives_what_is_difficult(case: PerceiverCase) -> None:
    """Empty, huge, corrupt and wrongly labelled input makes it neither crash nor hang nor yield what is not allowed."""
    from assistant.yielded import checked

    promise = survives_what_is_difficult.__name__
    with case.loaded() as perceiver:
        for what, given in hard(case, perceiver):
            own = {given.part.digest}
            try:
                for item in case.call(perceiver, given, promise, what=what):
                    checked(item, perceiver, given.part, own, "")
            except Broken:
                raise
            except PluginError as error:
                raise Broken(promise, f"given {what}, {error.message}", "Leave such things out.") from error
            except Exception as error:  # whatever it is, it would be a crash in a turn
                if not acceptable(error):
                    raise Broken(
                        promise,
                        f"given {what}, it raises {type(error).__name__}: {error}.",
                        "Yield nothing, or let the decoder's MediaError through.",
                    ) from error


def hard(case: PerceiverCase, perceiver: Perceiver) -> Iterator[tuple[str, Input]]:
    """What is difficult of all that it consumes, each with what it is. Raises NotApplicable if there is nothing."""
    found = False
    for modality in case.modalities(perceiver):
        found = True
        like = next((each for each in case.inputs if each.part.modality == modality), None)
        for what, part in awkward.difficult(modality):
            gathered = () if like is None else tuple(replace(each, part=part.digest) for each in like.observations)
            yield what, Input(part, None, gathered)
    for given in case.inputs:
        if given.observation is not None:
            found = True
            for what, observation in awkward.difficult_observations(given.observation):
                yield what, replace(given, observation=observation)
        if given.observations:
            yield "nothing to gather", replace(given, observations=())
            for seen in given.observations[:1]:
                for what, observation in awkward.difficult_observations(seen):
                    yield f"{what}, gathered", replace(given, observations=(observation,))
    if not found:
        for given in case.given():
            content = given.part.read_bytes()
            for what, bad in (("no bytes", b""), ("half of the file", content[: len(content) // 2])):
                yield what, replace(given, part=awkward.altered(given.part, bad, what))


def ends_when_cancelled(case: PerceiverCase) -> None:
    """A call that is cancelled, before or in the middle, ends soon, with Cancelled or without a word."""
    promise = ends_when_cancelled.__name__
    with case.loaded() as perceiver:
        inputs = list(case.given())
        inputs += [Input(awkward.huge(modality)) for modality in case.modalities(perceiver) if not perceiver.gathers]
        options = case.options(perceiver)
        for given in inputs:
            for when in (0.0, 0.05):
                cancel = threading.Event()
                task = given.task(case.media, cancel, options)
                if not when:
                    cancel.set()
                call = running.Call(lambda task=task: list(perceiver.perceive(task)))  # type: ignore[misc]
                call.wait(when)
                cancel.set()
                outcome = call.wait(running.GRACE_SECONDS)
                if not outcome.ended:
                    raise Broken(
                        promise,
                        f"cancelled, it is still at work on {given.part.name} after {running.GRACE_SECONDS:.0f} s.",
                        "Call task.check() in every loop.",
                    )
                error = outcome.error
                if error is not None and not isinstance(error, Cancelled) and not acceptable(error):
                    raise Broken(
                        promise, f"cancelled, it raises {type(error).__name__}: {error}.", "Let Cancelled through."
                    )


def says_the_same_twice(case: PerceiverCase) -> None:
    """The same input gives the same items in the same order, also after close() and load(): results are cached."""
    promise = says_the_same_twice.__name__
    perceiver = case.new()
    with case.loaded(perceiver):
        first = [written(case.call(perceiver, given, promise)) for given in case.given()]
        again = [written(case.call(perceiver, given, promise)) for given in case.given()]
    with case.loaded(perceiver):
        later = [written(case.call(perceiver, given, promise)) for given in case.given()]
    for one in range(len(first)):
        for other, when in ((again, "called again"), (later, "after close() and load()")):
            found = difference(first[one], other[one])
            if found:
                raise Broken(
                    promise,
                    f"{when} it says something else: {found}.",
                    "Keep no state between calls; draw at random from a seed made of the input.",
                )


def says_the_same_elsewhere(case: PerceiverCase) -> None:
    """A fresh interpreter, in which strings hash differently, says the same."""
    from assistant.testing.elsewhere import perceived

    promise = says_the_same_elsewhere.__name__
    with case.loaded() as perceiver:
        here = [json.loads(json.dumps(written(case.call(perceiver, given, promise)))) for given in case.given()]
    try:
        there = perceived(case)
    except fresh.Died as error:
        raise Broken(promise, f"in a fresh interpreter {error}.", "Make it work on its own.") from error
    for one, other in zip(here, there, strict=True):
        found = difference(one, other)
        if found:
            raise Broken(
                promise,
                f"another process says something else: {found}.",
                "Sort what comes out of sets, and never use hash() or the time.",
            )


def leaves_out_the_name(case: PerceiverCase) -> None:
    """The name of the file decides nothing and occurs in no observation: results are kept for equal bytes."""
    promise = leaves_out_the_name.__name__
    with case.loaded() as perceiver:
        for given in case.given():
            plain = written(case.call(perceiver, given, promise))
            named = written(case.call(perceiver, replace(given, part=replace(given.part, name=NAME)), promise))
            for each in named:
                told = json.dumps({key: value for key, value in each.items() if key != "name"}, default=str)
                if NAME in told:
                    raise Broken(
                        promise, f"the name of the file is in what it observes: {told[:160]}.", "Leave it out."
                    )
            found = difference(*([{**each, "name": ""} for each in said] for said in (plain, named)))
            if found:
                raise Broken(
                    promise, f"under another name the same file gives something else: {found}.", "Leave it out."
                )


class Writable:
    """A decoder that hands out pixels which can be written to, and keeps them."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self.given: list[tuple[Any, bytes]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._media, name)

    def image(self, part: Part) -> Image:
        """The decoded picture, in an array of its own."""
        decoded = self._media.image(part)
        rgb = decoded.rgb.copy()
        self.given.append((rgb, rgb.tobytes()))
        return replace(decoded, rgb=rgb)


def changes_nothing_it_is_given(case: PerceiverCase) -> None:
    """Pixels, facts and observations that it is given stay as they are: others are given the same ones."""
    promise = changes_nothing_it_is_given.__name__
    with case.loaded() as perceiver:
        for given in case.given():
            before = copy.deepcopy((dict(given.part.facts), given.observation, given.observations))
            media: Any = Writable(case.media)
            case.call(perceiver, given, promise, media=media)
            if any(rgb.tobytes() != pixels for rgb, pixels in media.given):
                raise Broken(promise, "it writes into the picture.", "Work on a copy: task.image().rgb.copy().")
            if before != (dict(given.part.facts), given.observation, given.observations):
                raise Broken(promise, "it changes the facts or observations it is given.", "Make new ones.")


def is_as_thread_safe_as_declared(case: PerceiverCase) -> None:
    """With `concurrency` over 1, calls side by side say the same as calls one by one."""
    promise = is_as_thread_safe_as_declared.__name__
    perceiver = case.new()
    if perceiver.concurrency <= 1:
        raise NotApplicable("it is called by one thread at a time (`concurrency` is 1).")
    remedy = "Guard what calls share, or declare `concurrency = 1`."
    interval = sys.getswitchinterval()
    with case.loaded(perceiver):
        options = case.options(perceiver)
        inputs = [*case.given(), *_variants(case, perceiver)]
        alone = [written(case.call(perceiver, given, promise)) for given in inputs]
        chosen = [index % len(inputs) for index in range(max(len(inputs), 2 * perceiver.concurrency))]
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            for _ in range(ROUNDS):
                tasks = [inputs[index].task(case.media, None, options) for index in chosen]
                outcomes = running.at_once(
                    [lambda task=task: written(perceiver.perceive(task)) for task in tasks],  # type: ignore[misc]
                    case.seconds(perceiver, inputs[0].part),
                )
                for index, outcome in zip(chosen, outcomes, strict=True):
                    if not outcome.ended or outcome.error is not None:
                        error = outcome.error
                        what = "hangs" if error is None else f"raises {type(error).__name__}: {error}"
                        raise Broken(promise, f"called by several threads at once it {what}.", remedy)
                    found = difference(alone[index], outcome.value)
                    if found:
                        raise Broken(promise, f"called by several threads at once it errs: {found}.", remedy)
        finally:
            sys.setswitchinterval(interval)


def _variants(case: PerceiverCase, perceiver: Perceiver) -> list[Input]:
    """Further small inputs, so that calls side by side are not all alike."""
    found = []
    for given in case.inputs[:1]:
        if given.observation is not None:
            found.append(replace(given, observation=replace(given.observation, text="Something else altogether.")))
        elif not perceiver.gathers:
            small = {"text": "text that gives orders", "image": "a black picture", "audio": "a steady tone"}
            wanted = small.get(given.part.modality)
            for modality in case.modalities(perceiver):
                found += [Input(part) for what, part in awkward.difficult(modality) if what == wanted]
    return found


def reads_options_from_the_call(case: PerceiverCase) -> None:
    """Options that a turn may set are read from `task.options`, and not remembered for the next call."""
    from assistant.options import options_of

    promise = reads_options_from_the_call.__name__
    perceiver = case.new()
    if not perceiver.per_turn or perceiver.Options is None:
        raise NotApplicable("a turn may set none of its options.")
    default = case.options(perceiver)
    tried = False
    for name in sorted(perceiver.per_turn):
        other = None
        for value in other_values(perceiver.Options, name, getattr(default, name)):
            try:
                options_of(perceiver, {name: value})
            except PluginError:
                continue
            other = replace(default, **{name: value})
            break
        if other is None:
            continue
        tried = True
        for given in case.given():
            with case.loaded(perceiver):
                plain = written(case.call(perceiver, given, promise, options=default))
                changed = _said(case, perceiver, given, promise, other)
                after = written(case.call(perceiver, given, promise, options=default))
            if difference(plain, after):
                raise Broken(
                    promise, f"{name} of one call goes on to hold in the next.", "Read it from task.options each time."
                )
            with case.loaded(perceiver, **{name: getattr(other, name)}):
                under = _said(case, perceiver, given, promise, default)
            if under is not None and difference(plain, under):
                raise Broken(
                    promise,
                    f"{name} is read from the options it was loaded with: {difference(plain, under)}.",
                    "Read it from task.options.",
                )
            with case.loaded(perceiver, **{name: getattr(other, name)}):
                meant = _said(case, perceiver, given, promise, other)
            if changed is not None and meant is not None and difference(changed, meant):
                raise Broken(promise, f"{name} has no effect when a turn sets it.", "Read it from task.options.")
    if not tried:
        raise NotApplicable("no other value could be thought of for the options that a turn may set.")


def _said(case: PerceiverCase, perceiver: Perceiver, given: Input, promise: str, options: Any) -> Any:
    try:
        return written(case.call(perceiver, given, promise, options=options))
    except AssistantError as error:
        if isinstance(error, PluginError) or not acceptable(error):
            raise
        return None


def other_values(options: type, name: str, value: Any) -> list[Any]:
    """Values that an option might have instead, likely ones first; none where its type does not tell."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, max(0, value - 1)]
    if isinstance(value, float):
        return [value / 2 if value else 0.5, value + 1.0]
    hint = get_type_hints(options).get(name)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    if choices:
        return [each for each in choices if each != value]
    return ["de", "other"] if isinstance(value, str) and name == "language" else []


PERCEIVER: Final[tuple[Promise[PerceiverCase], ...]] = promised(
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
    declares_what_decides,
    yields_what_it_declares,
    survives_what_is_difficult,
    ends_when_cancelled,
    says_the_same_twice,
    says_the_same_elsewhere,
    leaves_out_the_name,
    changes_nothing_it_is_given,
    reads_options_from_the_call,
    is_as_thread_safe_as_declared,
    works_in_a_process_of_its_own,
    closes_cleanly,
)
"""What is checked of a perceiver, in this order."""
