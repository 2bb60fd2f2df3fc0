"""How values cross between the assistant and a plugin's process: as JSON, and strictly read. Not for media: see parts.

`told_...` write what the assistant says, `read_...` take it in the plugin's process and, of what a plugin says, in the
assistant: these raise Nonsense for whatever the program of ours does not write.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from typing import Any, Final, TypeVar

from assistant import errors
from assistant.context import Snapshot
from assistant.errors import AssistantError, Cancelled, PluginCrashed, PluginError, described
from assistant.isolation.channel import Nonsense
from assistant.types import Answer, Delta, Gap, Message, Observation, Part, Question, Sampling

SENTENCE: Final = 2000
"""Characters of one error message that are believed."""
TRACE: Final = 4000
"""Characters of the end of a traceback that go to the log."""
_TRUSTED: Final = {
    kind.__name__: kind
    for kind in (
        errors.PluginError,
        errors.MediaError,
        errors.UnsupportedMedia,
        errors.MediaTooLarge,
        errors.UnreadableMedia,
        errors.DecoderUnavailable,
        errors.WeightsError,
        errors.WeightsMissing,
        errors.WeightsCorrupt,
        errors.MissingLibrary,
        errors.CannotAnswer,
        errors.RequestRefused,
        errors.Cancelled,
    )
}
"""What a plugin may raise for the engine to act on; everything else is a failure of the plugin."""
T = TypeVar("T")


# ---- plain values -----------------------------------------------------------------------------------------------


def text(value: Any, most: int = 1_000_000) -> str:
    """A string of at most so many characters."""
    if not isinstance(value, str) or len(value) > most:
        raise Nonsense("no text")
    return value


def word(value: Any, most: int = 500) -> str:
    """A string that can be shown on one line as it is: on a terminal, control characters are commands."""
    if not text(value, most).isprintable():
        raise Nonsense("a word that cannot be shown")
    return str(value)


def sentence(value: Any, most: int = SENTENCE) -> str:
    """A string made fit to be shown on one line, cut to so many characters."""
    return _printable(text(value)[:most])


def number(value: Any) -> float:
    """A finite number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 < value < 1e300:
        raise Nonsense("no number")
    if not math.isfinite(value):
        raise Nonsense("no finite number")
    return value


def whole(value: Any, least: int, most: int) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Nonsense("no whole number within bounds")
    return value


def truth(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Nonsense("neither true nor false")
    return value


def table(value: Any) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Nonsense("no object")
    return value


def several(value: Any, read: Callable[[Any], T], most: int = 100_000) -> tuple[T, ...]:
    """A list of things."""
    if not isinstance(value, list) or len(value) > most:
        raise Nonsense("no list")
    return tuple(read(each) for each in value)


def optional(value: Any, read: Callable[[Any], T]) -> T | None:
    """A thing, or None."""
    return None if value is None else read(value)


def plain_options(options: Any) -> dict[str, Any] | None:
    """Options as JSON values; what is none, such as a path, as its text."""
    if options is None:
        return None
    if is_dataclass(options) and not isinstance(options, type):
        return {name: _plain(value) for name, value in asdict(options).items()}
    raise PluginError("Its options are no dataclass.", "Make `Options` a class with `@dataclass(frozen=True)`.")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(each) for each in value), key=repr)
    return str(value)


# ---- observations, parts ------------------------------------------------------------------------------------------


def told_observation(seen: Observation) -> dict[str, Any]:
    """An observation, every field as it is."""
    return {
        "kind": seen.kind,
        "text": seen.text,
        "confidence": seen.confidence,
        "part": seen.part,
        "box": seen.box,
        "span": seen.span,
        "data": dict(seen.data),
        "source": seen.source,
        "weights": seen.weights,
        "derived_from": seen.derived_from,
    }


def read_observation(value: Any) -> Observation:
    """The inverse of `told_observation`; whether it makes sense is judged by yielded.py."""
    told = table(value)
    box = optional(told.get("box"), lambda box: several(box, number, 4))
    if box is not None and len(box) != 4:
        raise Nonsense("no box")
    return Observation(
        kind=text(told.get("kind"), 200),
        text=text(told.get("text")),
        confidence=number(told.get("confidence")),
        part=text(told.get("part"), 200),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        span=_span(told.get("span")),
        data=table(told.get("data")),
        source=text(told.get("source"), 200),
        weights=text(told.get("weights"), 1000),
        derived_from=several(told.get("derived_from"), lambda each: text(each, 200), 10_000),
    )


def read_part(value: Any, content: Callable[[str], Any]) -> Part:
    """The inverse of `Part.to_json`; `content` gives what a part of this digest holds."""
    told = table(value)
    digest = text(told.get("digest"), 200)
    return Part(
        modality=text(told.get("modality"), 200),
        digest=digest,
        name=text(told.get("name"), 10_000),
        media_type=text(told.get("media_type"), 200),
        content=content(digest),
        facts=table(told.get("facts")),
        parent=optional(told.get("parent"), lambda each: text(each, 200)),
        span=_span(told.get("span")),
    )


def _span(value: Any) -> tuple[float, float] | None:
    span = optional(value, lambda span: several(span, number, 2))
    if span is None:
        return None
    if len(span) != 2:
        raise Nonsense("no span")
    return span[0], span[1]


# ---- questions and answers ------------------------------------------------------------------------------------------


def told_question(question: Question) -> dict[str, Any]:
    """A question."""
    return asdict(question)


def read_question(value: Any) -> Question:
    """The inverse of `told_question`."""
    told = table(value)
    part = optional(told.get("part"), lambda each: text(each, 200))
    return Question(text(told.get("text")), truth(told.get("spoken")), part)


def told_snapshot(context: Snapshot) -> dict[str, Any]:
    """A context, parts without content."""
    return {
        "parts": [part.to_json() for part in context.parts],
        "observations": [told_observation(seen) for seen in context.observations],
        "gaps": [gap.to_json() for gap in context.gaps],
        "messages": [asdict(message) for message in context.messages],
        "turn_parts": context.turn_parts,
    }


def read_snapshot(value: Any, content: Callable[[str], Any]) -> Snapshot:
    """The inverse of `told_snapshot`; read by the plugin's process only, which trusts the assistant."""
    told = table(value)
    return Snapshot(
        parts=tuple(read_part(part, content) for part in told["parts"]),
        observations=tuple(read_observation(seen) for seen in told["observations"]),
        gaps=tuple(Gap.from_json(gap) for gap in told["gaps"]),
        messages=tuple(Message(each["role"], each["text"], tuple(each["parts"])) for each in told["messages"]),
        turn_parts=tuple(told["turn_parts"]),
    )


def read_sampling(value: Any) -> Sampling:
    """The inverse of `asdict`."""
    return Sampling(**{**table(value), "stop": tuple(value["stop"])})


def told_answer(answer: Answer | None) -> dict[str, Any] | None:
    """An answer, or None."""
    return None if answer is None else asdict(answer)


def read_answer(value: Any) -> Answer | None:
    """The inverse of `told_answer`; read by the plugin's process only."""
    if value is None:
        return None
    tokens = value["tokens"]
    return Answer(**{**value, "citations": tuple(value["citations"]), "tokens": tuple(tokens) if tokens else None})


def told_delta(delta: Delta) -> dict[str, Any]:
    """A piece of an answer."""
    return asdict(delta)


def read_delta(value: Any) -> Delta:
    """The inverse of `told_delta`."""
    told = table(value)
    tokens = optional(told.get("tokens"), lambda each: several(each, lambda count: whole(count, 0, 1 << 40), 2))
    if tokens is not None and len(tokens) != 2:
        raise Nonsense("no two counts of tokens")
    checked, finish = told.get("checked"), told.get("finish")
    if checked not in (None, "agrees", "disagrees") or finish not in (None, "stop", "length"):
        raise Nonsense("no verdict, or no end")
    return Delta(
        text=text(told.get("text")),
        citations=several(told.get("citations"), lambda each: text(each, 200), 10_000),
        confidence=optional(told.get("confidence"), lambda each: float(number(each))),
        abstained=truth(told.get("abstained")),
        short=optional(told.get("short"), text),
        checked=checked,
        tokens=None if tokens is None else (tokens[0], tokens[1]),
        finish=finish,
    )


# ---- errors ---------------------------------------------------------------------------------------------------------


def told_error(error: BaseException) -> dict[str, str]:
    """What was raised: of errors of ours what they say, of others the class, and for the log where it happened."""
    if isinstance(error, AssistantError):
        names = [kind.__name__ for kind in type(error).__mro__]
        known = next((name for name in names if name in _TRUSTED), PluginError.__name__)
        return {"error": known, "message": error.message[:SENTENCE], "remedy": error.remedy[:SENTENCE]}
    trace = ""
    with suppress(Exception):  # its own __str__
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))[-TRACE:]
    return {"error": described(error), "message": "", "remedy": "", "trace": trace}


def read_trace(told: Mapping[str, Any]) -> list[str]:
    """The lines for the log of a message that tells of an error; none of errors of ours."""
    return [_printable(line) for line in text(told.get("trace", ""), TRACE).splitlines()]


def read_error(told: Mapping[str, Any], name: str, *, cancelled: bool = True) -> AssistantError:
    """The error that a message tells of.

    Args:
        told: as `told_error` writes it.
        name: of the plugged object.
        cancelled: whether the call was given up here, so that it may end for that reason.
    """
    kind = _TRUSTED.get(text(told.get("error"), 200))
    message, remedy = (_printable(text(told.get(key), SENTENCE)) for key in ("message", "remedy"))
    if kind is Cancelled and not cancelled:
        return PluginError(f"{name} ended as if it had been stopped.", "This is a defect of it: tell its author.")
    return crash(text(told.get("error"), 200), name) if kind is None else kind(message, remedy)


def crash(described: str, name: str) -> PluginCrashed:
    """A failure that people are told as that class of exception, as they are of one in the assistant's process."""
    shown = "".join(letter for letter in described if letter.isalnum() or letter == "_")[:64] or "PluginCrashed"
    kind: type[PluginCrashed] = type(shown, (PluginCrashed,), {})
    return kind(f"{name} failed ({shown}).", "The log says more.")


def _printable(said: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in said)
