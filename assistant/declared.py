"""What plugged objects declare about themselves, checked before anything of them runs. Their options: options.py."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import MISSING, is_dataclass
from types import MappingProxyType
from typing import Any, Final, NoReturn

from pydantic import TypeAdapter

from assistant.errors import SHOWN, PluginError, shortened, shown
from assistant.options import init_fields
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
MOST_WORDS: Final = 256
"""By which people ask for one kind."""
LONGEST_WORD: Final = 60
"""Characters of one of them."""
_PHRASE: Final = rf"(?=[^|]{{1,{LONGEST_WORD}}}(?:\||$))[^|]*[^\W_][^|]*"
WORD: Final = re.compile(rf"(?=[^\x00-\x1f\x7f]{{1,1000}}$){_PHRASE}(?:\|{_PHRASE})*")
"""A word or phrase, or several with "|" between them; each has a letter or digit."""


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
        if isinstance(plugged, type):
            raise PluginError(
                f"it registers the class {plugged.__name__}, which nothing can be asked of.",
                f"Register an instance: register({plugged.__name__}()).",
            )
        raise PluginError(f"{what} is not a {sort.__name__}.", f"Derive it from assistant.{sort.__name__}.")
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
    _check_flag(plugged, name, "optional")
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
    _check_flag(plugged, name, "particular")
    _check_asked(plugged, name, produces)
    per_turn = _check_strings(plugged, name, "per_turn")
    known = [each.name for each in init_fields(plugged.Options)]
    unknown = sorted(set(per_turn) - set(known))
    if unknown:
        raise PluginError(
            f"{name}.per_turn names {', '.join(unknown)[:SHOWN]}, which is no option of it.",
            f"Choose among its options: {', '.join(known)}." if known else "Give it `Options`, or leave it out.",
        )


def _check_asked(plugged: Perceiver, name: str, produces: Collection[str]) -> None:
    asked = _declared(plugged, name, "asked")
    if type(asked) not in (dict, MappingProxyType):
        _wrong(
            name, "asked", asked, 'Map kinds to tuples of words, as in `asked = {"sharpness": ("sharp", "blurred")}`.'
        )
    for kind, words in asked.items():
        if type(kind) is not str or kind not in produces:
            _wrong(name, "asked", kind, "Its keys are kinds of `produces`.")
        if type(words) is not tuple or not 0 < len(words) <= MOST_WORDS:
            _wrong(name, f"asked[{kind!r}]", words, f"Give a tuple of 1 to {MOST_WORDS} words or short phrases.")
        for word in words:
            if type(word) is not str or not WORD.fullmatch(word):
                remedy = (
                    f'Write words or short phrases of up to {LONGEST_WORD} characters, with "|" between those alike.'
                )
                _wrong(name, f"asked[{kind!r}]", word, remedy)


def _check_options(plugged: Plugged, name: str) -> None:
    options = _declared(plugged, name, "Options")
    if options is None:
        return
    if not isinstance(options, type) or not is_dataclass(options):
        _wrong(name, "Options", options, "Make it a class with `@dataclass(frozen=True)`, or None.")
    bare = [each.name for each in init_fields(options) if each.default is MISSING and each.default_factory is MISSING]
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
            f"{name}.Options cannot be used: {type(error).__name__}: {shortened(str(error))}.",
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
                f"{plugged.name}.{method}(options) raises {type(error).__name__}: {shortened(str(error))}.", remedy
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
