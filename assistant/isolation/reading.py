"""What a plugin's process told of it, strictly read. Not for asking: see asking.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import number, sentence, several, table, text, truth, word
from assistant.isolation.description import SORTS, Declared, Description, Trouble
from assistant.isolation.registration import ATTRIBUTES
from assistant.isolation.typed import read_options
from assistant.types import FileFormat
from assistant.weights import HubSource, WeightsChoice, WeightsFile, WeightsOption, WeightsSpec, WheelSource

THINGS: Final = 1000


def read_description(told: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> Description:
    """What a plugin's process told, strictly read. Raises Nonsense."""
    api = told.get("api")
    plugged = several(told.get("plugged"), _declared, THINGS)
    return Description(
        plugged=tuple(replace(each, section=digest_of(sections.get(each.name, {}))) for each in plugged),
        weights=several(told.get("weights"), _weights, THINGS),
        formats=several(told.get("formats"), _format, THINGS),
        troubles=several(told.get("troubles"), _trouble, THINGS),
        left_out=several(told.get("left_out"), lambda each: text(each, 100), 100),
        api=api if isinstance(api, str | int) and not isinstance(api, bool) else None,
    )


def _trouble(value: Any) -> Trouble:
    told = table(value)
    return Trouble(sentence(told.get("message")), sentence(told.get("remedy")))


def _words(value: Any) -> tuple[str, ...]:
    return several(value, word, THINGS)


_SETS: Final = ("honours", "per_turn")
_TUPLES: Final = ("requires", "consumes", "gathers", "produces", "accepts", "speakers")


def _declared(value: Any) -> Declared:
    told = table(value)
    sort = told.get("sort")
    if sort not in SORTS:
        raise Nonsense("no sort of plugin")
    attributes: dict[str, Any] = {}
    for name, given in table(told.get("attributes")).items():
        if name not in ATTRIBUTES[sort]:
            raise Nonsense(f"the attribute {name}"[:100])
        if name in _SETS:
            attributes[name] = frozenset(_words(given))
        elif name in _TUPLES:
            attributes[name] = _words(given)
        elif name == "asked":
            attributes[name] = {text(kind, 500): _words(words) for kind, words in table(given).items()}
        elif isinstance(given, str):
            attributes[name] = word(given)
        elif isinstance(given, bool | int | float):
            attributes[name] = given
        else:
            raise Nonsense(f"the attribute {name}"[:100])
    text(attributes.get("name"), 500)
    return Declared(
        sort=sort,
        attributes=attributes,
        options=read_options(told.get("options")),
        weights=_words(told.get("weights")),
        unready=sentence(told.get("unready")),
        leaves=sentence(told.get("leaves")),
        missing=_words(told.get("missing")),
    )


def _format(value: Any) -> FileFormat:
    told = table(value)
    try:
        begins = bytes.fromhex(text(told.get("begins"), 10_000))
        holds = tuple(bytes.fromhex(each) for each in _words(told.get("holds")))
    except ValueError as error:
        raise Nonsense("no bytes") from error
    return FileFormat(
        modality=text(told.get("modality"), 100),
        media_type=text(told.get("media_type"), 200),
        label=word(told.get("label"), 200),
        suffixes=_words(told.get("suffixes")),
        begins=begins,
        holds=holds,
    )


def _pairs(value: Any) -> dict[str, str]:
    return {text(name, 2000): text(target, 2000) for name, target in table(value).items()}


def _count(value: Any) -> int:
    return int(number(value))


def _weights(value: Any) -> WeightsSpec | WeightsChoice:
    told = table(value)
    name, role = word(told.get("name"), 200), sentence(told.get("role"), 200)
    if told.get("is") == "WeightsChoice":
        return WeightsChoice(name, role, several(told.get("options"), _option, THINGS))
    return WeightsSpec(
        name=name,
        role=role,
        format=word(told.get("format"), 100),
        licence=sentence(told.get("licence"), 500),
        origin=sentence(told.get("origin"), 2000),
        files=several(told.get("files"), _file, 100_000),
        sources=several(told.get("sources"), _source, THINGS),
        package=word(told.get("package")),
        package_directory=text(told.get("package_directory"), 2000),
        starter=truth(told.get("starter")),
        approximate_bytes=_count(told.get("approximate_bytes")),
    )


def _option(value: Any) -> WeightsOption:
    told = table(value)
    return WeightsOption(
        word(told.get("weights"), 200),
        _count(told.get("memory_mb")),
        truth(told.get("gpu")),
        _words(told.get("requires")),
        _words(told.get("pulled_with")),
    )


def _file(value: Any) -> WeightsFile:
    told = table(value)
    return WeightsFile(word(told.get("path"), 2000), text(told.get("sha256"), 100), _count(told.get("bytes")))


def _source(value: Any) -> WheelSource | HubSource:
    told = table(value)
    if told.get("is") == "WheelSource":
        return WheelSource(
            word(told.get("requirement")),
            text(told.get("sha256"), 100),
            _count(told.get("bytes")),
            _pairs(told.get("members")),
        )
    return HubSource(
        word(told.get("repository")),
        word(told.get("revision"), 200),
        _pairs(told.get("files")),
        _words(told.get("patterns")),
    )


def digest_of(section: Mapping[str, Any]) -> str:
    """Of settings, for what was asked with others to be asked anew."""
    return hashlib.sha256(json.dumps(plain_settings(section), sort_keys=True).encode()).hexdigest()


def plain_settings(section: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON values."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(section), default=str))
    return plain
