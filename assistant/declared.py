"""What plugged objects declare about themselves, and their options, checked before anything of them runs. Pure."""

from __future__ import annotations

import json
import math
import re
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, Final, Literal, NoReturn

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from assistant.errors import PluginError
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Voice
from assistant.types import MODALITIES, Kind

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""Names of plugged objects, of modalities and of observation kinds."""
IMPORT_NAME: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
KINDS: Final = frozenset(value for name, value in vars(Kind).items() if name.isupper())
"""The observation kinds of the built-in plugins."""
LEAST_MEMORY_MB: Final = 64
"""Below it no Python process starts that can also work."""
MOST_CONCURRENCY: Final = 256
SHOWN: Final = 80
"""Characters of a wrong value that a message repeats."""

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


# ---- declarations ---------------------------------------------------------------------------------------------------


def check(plugged: Any, sort: type[Plugged], modalities: Collection[str] | None = None) -> None:
    """Check everything a plugged object declares.

    Args:
        plugged: what was registered.
        sort: what it should be.
        modalities: all that there are, where that is known.

    Raises:
        PluginError: names the attribute that is wrong and what it should be. Nothing else, whatever is declared.
    """
    what = type(plugged).__name__
    if not _is_a(plugged, sort):
        hint = " Register an instance, not the class." if isinstance(plugged, type) else ""
        raise PluginError(
            f"{what} is not a {sort.__name__}.", f"Derive it from assistant.plugin.{sort.__name__}.{hint}"
        )
    name = _declared(plugged, what, "name")
    if type(name) is not str or not NAME.fullmatch(name):
        _wrong(what, "name", name, "Give it a name of lower-case letters, digits and underscores, up to 64.")
    _check_common(plugged, name)
    if isinstance(plugged, Perceiver):
        _check_perceiver(plugged, name, modalities)
    if isinstance(plugged, Answerer):
        _check_words(plugged, name, "accepts")
        _check_strings(plugged, name, "honours")
        _check_number(plugged, name, "quality")
        _check_flag(plugged, name, "checks")
    if isinstance(plugged, Embedder):
        modality = _declared(plugged, name, "modality")
        if type(modality) is not str or not NAME.fullmatch(modality):
            _wrong(name, "modality", modality, f"Name one modality, as in {', '.join(MODALITIES)}.")
        _check_flag(plugged, name, "across")
    if isinstance(plugged, Voice):
        _check_strings(plugged, name, "honours")
        _check_strings(plugged, name, "speakers")
    if isinstance(plugged, (Perceiver, Answerer, Voice)):
        deadline = _declared(plugged, name, "deadline")
        if not _is_number(deadline) or not deadline > 0:
            _wrong(name, "deadline", deadline, "Give it in seconds, over 0, as in `deadline = 30.0`.")


def _check_common(plugged: Plugged, name: str) -> None:
    version = _declared(plugged, name, "version")
    if type(version) is not str or not version or len(version) > 64:
        _wrong(name, "version", version, 'Make it a short string, as in `version = "2"`.')
    for required in _check_strings(plugged, name, "requires"):
        if not IMPORT_NAME.fullmatch(required):
            _wrong(name, "requires", required, 'Give import names, as in `requires = ("numpy",)`.')
    memory = _declared(plugged, name, "memory_mb")
    if not _is_number(memory) or memory < 0:
        _wrong(name, "memory_mb", memory, "Give it in MiB, as a number of 0 or more.")
    isolation = _declared(plugged, name, "isolation")
    if type(isolation) is not str or isolation not in ("thread", "process"):
        _wrong(name, "isolation", isolation, 'Write `isolation = "thread"` or `isolation = "process"`.')
    limit = _declared(plugged, name, "memory_limit_mb")
    if type(limit) is not int or not LEAST_MEMORY_MB <= limit <= 1 << 24:
        _wrong(name, "memory_limit_mb", limit, f"Give it in MiB, as a whole number of {LEAST_MEMORY_MB} or more.")
    concurrency = _declared(plugged, name, "concurrency", 1)
    if type(concurrency) is not int or not 1 <= concurrency <= MOST_CONCURRENCY:
        _wrong(name, "concurrency", concurrency, f"Make it a whole number from 1 to {MOST_CONCURRENCY}.")
    _check_flag(plugged, name, "network")
    _check_flag(plugged, name, "embeds")
    _check_options(plugged, name)


def _check_perceiver(plugged: Perceiver, name: str, modalities: Collection[str] | None) -> None:
    consumes = _check_words(plugged, name, "consumes")
    produces = _check_words(plugged, name, "produces")
    gathers = _check_words(plugged, name, "gathers")
    if not consumes:
        raise PluginError(f"{name} consumes nothing.", "Declare modalities or observation kinds in `consumes`.")
    if not produces:
        raise PluginError(f"{name} produces nothing.", "Declare observation kinds in `produces`.")
    kinds = set(consumes) & KINDS if modalities is None else set(consumes) - set(modalities)
    if gathers and kinds:
        raise PluginError(
            f"{name} gathers, so it must consume modalities.", f"Choose among {', '.join(modalities or MODALITIES)}."
        )
    per_second = _declared(plugged, name, "deadline_per_second")
    if not _is_number(per_second) or per_second < 0:
        _wrong(name, "deadline_per_second", per_second, "Give it in seconds, 0 or more.")
    _check_flag(plugged, name, "heavy")
    per_turn = _check_strings(plugged, name, "per_turn")
    known = [each.name for each in _fields(plugged.Options)]
    unknown = sorted(set(per_turn) - set(known))
    if unknown:
        raise PluginError(
            f"{name}.per_turn names {', '.join(unknown)[:SHOWN]}, which is no option of it.",
            f"Choose among its options: {', '.join(known)}." if known else "Give it `Options`, or leave it out.",
        )


def _check_options(plugged: Plugged, name: str) -> None:
    options = _declared(plugged, name, "Options")
    if options is None:
        return
    if not isinstance(options, type) or not is_dataclass(options):
        _wrong(name, "Options", options, "Make it a class with `@dataclass(frozen=True)`, or None.")
    bare = [each.name for each in _fields(options) if each.default is MISSING and each.default_factory is MISSING]
    if bare:
        raise PluginError(
            f"{name}.Options has no default for {', '.join(bare)}.",
            f"Give it one, as in `{bare[0]}: int = 0`: a plugin must work without settings.",
        )
    try:
        TypeAdapter(options).validate_python({})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # what annotations and __post_init__ raise is the plugin's business
        raise PluginError(
            f"{name}.Options cannot be used: {type(error).__name__}: {_shortened(str(error))}.",
            "It must be usable without arguments, and its annotations be types that exist when the module is imported.",
        ) from error


def probe(plugged: Plugged, options: Any) -> None:
    """Ask a checked object, once, what it answers about its options: the host asks that again at any time.

    Raises:
        PluginError: it raises, or does not answer in words.
    """
    for method, fine, remedy in (
        ("weights", _is_strings, "Return a tuple of names of weights."),
        ("unready", _is_string, 'Return the setting that is missing, as a sentence, or "".'),
        ("leaves", _is_string, 'Return the host that is asked, or "".'),
    ):
        if method == "leaves" and not isinstance(plugged, Answerer):
            continue
        try:
            answer = getattr(plugged, method)(options)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise PluginError(
                f"{plugged.name}.{method}(options) raises {type(error).__name__}: {_shortened(str(error))}.", remedy
            ) from error
        if not fine(answer):
            raise PluginError(f"{plugged.name}.{method}(options) returns {shown(answer)}.", remedy)


def _is_strings(value: Any) -> bool:
    return type(value) in (tuple, list, set, frozenset) and all(type(each) is str for each in value)


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_a(plugged: object, sort: type[Plugged]) -> bool:
    try:
        return isinstance(plugged, sort)
    except Exception:  # a `__class__` that is made up
        return False


def _declared(plugged: object, name: str, attribute: str, default: Any = None) -> Any:
    try:
        return getattr(plugged, attribute, default)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a property of the plugin's
        raise PluginError(
            f"{name}.{attribute} raises {type(error).__name__}.", f"Make `{attribute}` a plain class attribute."
        ) from error


def _check_strings(plugged: object, name: str, attribute: str) -> tuple[str, ...]:
    value = _declared(plugged, name, attribute)
    if not _is_strings(value):
        _wrong(name, attribute, value, f'Make it a tuple of strings, as in `{attribute} = ("one", "two")`.')
    return tuple(value)


def _check_words(plugged: object, name: str, attribute: str) -> tuple[str, ...]:
    words = _check_strings(plugged, name, attribute)
    for word in words:
        if not NAME.fullmatch(word):
            _wrong(name, attribute, word, "Name modalities and kinds in lower_case_words.")
    return words


def _check_flag(plugged: object, name: str, attribute: str) -> None:
    value = _declared(plugged, name, attribute)
    if type(value) is not bool:
        _wrong(name, attribute, value, f"Write `{attribute} = True` or `{attribute} = False`.")


def _check_number(plugged: object, name: str, attribute: str) -> None:
    value = _declared(plugged, name, attribute)
    if not _is_number(value):
        _wrong(name, attribute, value, f"Make it a number, as in `{attribute} = 10`.")


def _is_number(value: Any) -> bool:
    if type(value) is int:
        return abs(value) < 1 << 53
    return type(value) is float and math.isfinite(value)


def _wrong(name: str, attribute: str, value: Any, remedy: str) -> NoReturn:
    raise PluginError(f"{name}.{attribute} is {shown(value)}.", remedy)


def shown(value: Any) -> str:
    """A value in a message: shortened, and never an error of its own."""
    try:
        return _shortened(repr(value))
    except Exception:  # the value's own __repr__: there is nothing else to say about it
        return f"a {type(value).__name__}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


# ---- options --------------------------------------------------------------------------------------------------------


def options_of(plugged: Plugged, section: Mapping[str, Any]) -> Any:
    """The plugin's options from its section of the settings.

    Raises:
        PluginError: an option is unknown or has a wrong value.
    """
    if plugged.Options is None:
        if section:
            raise PluginError(
                f"{plugged.name} takes no options.", f"Remove [plugins.{plugged.name}] from the settings."
            )
        return None
    known = [each.name for each in _fields(plugged.Options)]
    unknown = sorted(set(section) - set(known))
    if unknown:
        raise PluginError(
            f"{plugged.name} has no option {', '.join(unknown)}.", f"It has: {', '.join(known)}; mend the settings."
        )
    try:
        return TypeAdapter(plugged.Options).validate_python(dict(section))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors())
        raise PluginError(
            f"options of {plugged.name}: {wrong}.", f"Mend [plugins.{plugged.name}] in the settings."
        ) from error


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
    for each in _fields(plugged.Options):
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


def _fields(options: type[Any] | None) -> list[Field[Any]]:
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
