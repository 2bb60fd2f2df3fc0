"""The fields of an `Options` class as JSON, and a class made of them where the plugin's own is not to be imported."""

from __future__ import annotations

import json
import keyword
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, field, fields, make_dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union

from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import plain_options, sentence, several, table, text, truth, word
from assistant.isolation.description import Option

_PLAIN: Final[Mapping[str, Any]] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "path": Path,
    "none": type(None),
    "any": Any,
}
_NAMES: Final = {kind: name for name, kind in _PLAIN.items()}
_GENERIC: Final[Mapping[str, Any]] = {"list": list, "set": set, "frozenset": frozenset, "dict": dict}
DEPTH: Final = 8


def told_options(options: type[Any] | None) -> list[dict[str, Any]] | None:
    """The fields of a class that `declared.check` accepted; None of None."""
    if options is None:
        return None
    try:
        annotations = typing.get_type_hints(options)
    except Exception:  # a name known to type checkers only: values are then judged in the plugin's process alone
        annotations = {}
    defaults = plain_options(options()) or {}
    return [
        {
            "name": each.name,
            "type": _encoded(annotations.get(each.name, Any)),
            "default": defaults[each.name],
            "description": str(each.metadata.get("description", "")),
            "secret": bool(each.metadata.get("secret")),
        }
        for each in fields(options)
        if each.init
    ]


def _encoded(annotation: Any) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _encoded(arguments[0])
    if annotation in _NAMES:
        return _NAMES[annotation]
    if origin is Literal:
        return {"literal": [each for each in arguments if isinstance(each, str | int | bool | None)]}
    if origin is Union or origin is types.UnionType:
        return {"union": [_encoded(each) for each in arguments]}
    if origin is tuple and arguments:
        repeated = len(arguments) == 2 and arguments[1] is Ellipsis
        return {"tuple": [_encoded(each) for each in arguments[: 1 if repeated else None]], "repeated": repeated}
    for name, kind in _GENERIC.items():
        if origin is kind or (origin is not None and name == "dict" and issubclass(origin, Mapping)):
            return {name: [_encoded(each) for each in arguments]}
    return "any"


def read_options(value: Any) -> tuple[Option, ...] | None:
    """What `told_options` wrote. Raises Nonsense."""
    if value is None:
        return None
    options = several(value, _read_option, 500)
    if len({each.name for each in options}) < len(options):
        raise Nonsense("two options of one name")
    return options


def _read_option(value: Any) -> Option:
    told = table(value)
    name = text(told.get("name"), 100)
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise Nonsense("no name of an option")
    _decoded(told.get("type"))
    default = told.get("default")
    try:
        json.dumps(default, allow_nan=False)
    except ValueError as error:
        raise Nonsense("no finite number") from error
    return Option(name, told["type"], default, sentence(told.get("description")), truth(told.get("secret")))


def _decoded(told: Any, depth: int = 0) -> Any:
    if depth > DEPTH:
        raise Nonsense("a type nested too deep")
    if isinstance(told, str) and told in _PLAIN:
        return _PLAIN[told]
    if not isinstance(told, dict):
        raise Nonsense("no type")
    if "literal" in told:
        values = several(told["literal"], lambda each: each, 1000)
        if not values or not all(each is None or isinstance(each, str | int | bool) for each in values):
            raise Nonsense("no values to choose among")
        for each in values:
            word(each if isinstance(each, str) else "")
        return Literal[values]
    for name in ("union", "tuple", *_GENERIC):
        if name in told:
            inner = several(told[name], lambda each: _decoded(each, depth + 1), 32)
            return _assembled(name, inner, told.get("repeated") is True)
    raise Nonsense("no type")


def _assembled(name: str, inner: tuple[Any, ...], repeated: bool) -> Any:
    counts = {"list": 1, "set": 1, "frozenset": 1, "dict": 2}
    if not inner or len(inner) != counts.get(name, len(inner)):
        raise Nonsense("a type of the wrong number of types")
    if name == "union":
        return Union[inner]  # noqa: UP007 - known only now
    if name == "tuple":
        return tuple[(inner[0], ...) if repeated else inner]  # type: ignore[misc] # known only now
    return _GENERIC[name][inner[0] if counts[name] == 1 else inner]


def options_class(plugged: str, options: Sequence[Option] | None) -> type[Any] | None:
    """A frozen dataclass with these fields, for settings to be validated with; None of None."""
    if options is None:
        return None
    from pydantic import TypeAdapter, ValidationError

    made = []
    for each in options:
        kind = _decoded(each.type)
        try:
            default = TypeAdapter(kind).validate_python(each.default)
        except ValidationError:  # only what this process cannot express: the plugin's process has it right
            kind, default = Any, each.default
        metadata = {"description": each.description, "secret": each.secret}
        shared = isinstance(default, list | dict | set)
        made.append(
            (
                each.name,
                kind,
                field(
                    default=MISSING if shared else default,
                    default_factory=(lambda default=default: default.copy()) if shared else MISSING,
                    metadata=metadata,
                ),
            )
        )
    return make_dataclass(f"Options of {plugged}".replace(" ", "_"), made, frozen=True)
