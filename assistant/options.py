"""Options of plugged objects: read from settings and checked, and described for pages, commands and the API. Pure."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from assistant.errors import PluginError, shown
from assistant.plugin import Plugged

HIDDEN: Final = "(hidden)"


@dataclass(frozen=True, slots=True)
class OptionFact:
    """One option of a plugged object, as pages and commands show it."""

    name: str
    type: str
    """The annotation as a person reads it: `int`, `str | None`, `"auto" | "yes" | "no"`."""
    default: Any
    """JSON."""
    value: Any
    """What holds now: JSON; HIDDEN where the field's `metadata["secret"]` is true."""
    description: str
    """`metadata["description"]` of the dataclass field; "" if it has none."""
    per_turn: bool
    """Whether a turn may set it for itself."""
    choices: tuple[str | int | bool | None, ...] = ()
    """All values it can have, where its type lists them."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field."""
        return {
            "name": self.name,
            "type": self.type,
            "default": self.default,
            "value": self.value,
            "description": self.description,
            "per_turn": self.per_turn,
            "choices": list(self.choices),
        }


def options_of(plugged: Plugged, section: Mapping[str, Any], turn: Mapping[str, Any] | None = None) -> Any:
    """The plugin's options from its section of the settings.

    Args:
        plugged: whose options.
        section: what the settings say.
        turn: what one turn sets for itself.

    Raises:
        PluginError: an option is unknown or has a wrong value.
    """
    if plugged.Options is None:
        if section:
            raise PluginError(
                f"{plugged.name} takes no options.", f"Remove [plugins.{plugged.name}] from the settings."
            )
        return None
    known = [each.name for each in init_fields(plugged.Options)]
    unknown = sorted(set(section) - set(known))
    if unknown:
        raise PluginError(
            f"{plugged.name} has no option {', '.join(unknown)}.", f"It has: {', '.join(known)}; mend the settings."
        )
    try:
        return TypeAdapter(plugged.Options).validate_python({**section, **(turn or {})})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors())
        by_turn = any(each["loc"][:1] and each["loc"][0] in (turn or {}) for each in error.errors())
        remedy = "Mend what is set for this question." if by_turn else f"Mend [plugins.{plugged.name}] in the settings."
        raise PluginError(f"options of {plugged.name}: {wrong}.", remedy) from error


def options_facts(plugged: Plugged, options: Any = None) -> list[OptionFact]:
    """What can be set for a plugged object, in the order of its dataclass; [] if it takes no options.

    Args:
        plugged: checked with `check`.
        options: the options that hold, as in `runner.services.options`; the defaults if not given.
    """
    if plugged.Options is None:
        return []
    defaults = plugged.Options()
    held = defaults if options is None else options
    try:
        annotations = typing.get_type_hints(plugged.Options)
    except Exception:  # a name known to type checkers only; its text is still there
        annotations = {}
    per_turn: frozenset[str] = getattr(plugged, "per_turn", frozenset())
    found = []
    for each in init_fields(plugged.Options):
        annotation = annotations.get(each.name, each.type)
        described = each.metadata.get("description", "")
        found.append(
            OptionFact(
                name=each.name,
                type=_type_text(annotation),
                default=_json(getattr(defaults, each.name, None)),
                value=HIDDEN if each.metadata.get("secret") else _json(getattr(held, each.name, None)),
                description=described if isinstance(described, str) else "",
                per_turn=each.name in per_turn,
                choices=_choices(annotation),
            )
        )
    return found


def option_value(fact: OptionFact, text: str) -> Any:
    """What a text that a person typed means for an option of this type; whether it fits, `options_of` judges."""
    for choice in fact.choices:
        if text in (str(choice), json.dumps(choice)):
            return choice
    kinds = [each.strip() for each in fact.type.split("|")]
    if not text.strip() and "None" in kinds:
        return None
    if "str" in kinds:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def init_fields(options: type[Any] | None) -> list[Field[Any]]:
    """The fields of an options class that can be set; none of None."""
    return [each for each in fields(options) if each.init] if options is not None else []


def _json(value: Any) -> Any:
    return to_jsonable_python(value, fallback=shown, inf_nan_mode="strings")


def _choices(annotation: Any) -> tuple[str | int | bool | None, ...]:
    if annotation is bool:
        return (False, True)
    if typing.get_origin(annotation) is Literal:
        return tuple(value for value in typing.get_args(annotation) if not isinstance(value, bytes))
    return ()


def _type_text(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    if annotation is None or annotation is type(None):
        return "None"
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in arguments)
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return " | ".join(_type_text(argument) for argument in arguments)
    if origin is typing.Annotated:
        return _type_text(arguments[0])
    if origin is not None:
        inner = ", ".join("..." if argument is Ellipsis else _type_text(argument) for argument in arguments)
        return f"{getattr(origin, '__name__', origin)}[{inner}]"
    return getattr(annotation, "__name__", None) or str(annotation).replace("typing.", "")
