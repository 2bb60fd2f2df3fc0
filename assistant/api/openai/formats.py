"""Answers as JSON: what fields there are, and whether a client's schema can be filled from them. Not a validator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from assistant.api.failures import Refused
from assistant.types import Answer, Gap, Observation

NUMBER_OR_NULL: Final = ("number", "null")
PAIR: Final = {"type": ("array", "null"), "items": {"type": ("number",)}}
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "answer": {"type": ("string",)},
    "short": {"type": ("string", "null")},
    "confidence": {"type": NUMBER_OR_NULL},
    "abstained": {"type": ("boolean",)},
    "evidence": {
        "type": ("array",),
        "items": {
            "type": ("object",),
            "properties": {
                "kind": {"type": ("string",)},
                "text": {"type": ("string",)},
                "confidence": {"type": ("number",)},
                "box": PAIR,
                "span": PAIR,
                "source": {"type": ("string",)},
            },
        },
    },
    "gaps": {
        "type": ("array",),
        "items": {
            "type": ("object",),
            "properties": {"message": {"type": ("string",)}, "remedy": {"type": ("string",)}},
        },
    },
}
"""The fields of an answer as JSON with the types that each may have."""
FILLED_FROM: Final = "answer, short, confidence, abstained, evidence and gaps"
ANNOTATIONS: Final = frozenset(
    {"$schema", "$id", "$defs", "definitions", "title", "description", "default", "examples", "$comment", "strict"}
)
"""Keywords that constrain nothing."""
DEPTH: Final = 32
STEPS: Final = 2000
"""Schemas looked at in one: alternatives of alternatives multiply."""
ALTERNATIVES: Final = 16
REFERENCE_CHARACTERS: Final = 256


def check(schema: Mapping[str, Any], param: str) -> None:
    """See to it that every answer will fit the schema.

    A schema may have the properties of `FIELDS`, with the types that they have or more, and nothing that they might
    break: no enumeration, pattern or length.

    Raises:
        Refused: names the first property or keyword that cannot be promised.
    """
    _check(schema, {"type": ("object",), "properties": FIELDS}, "", schema, param, DEPTH, iter(range(STEPS)))


def selected(fields: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the schema has, of those that it has."""
    chosen: dict[str, Any] = _select(fields, schema, schema)
    return chosen


def as_json(
    answer: Answer, evidence: Sequence[Observation], gaps: Sequence[Gap], schema: Mapping[str, Any] | None
) -> str:
    """An answer as the text of a JSON object."""
    fields: dict[str, Any] = {
        "answer": answer.text,
        "short": answer.short,
        "confidence": answer.confidence,
        "abstained": answer.abstained,
        "evidence": [
            {
                "kind": seen.kind,
                "text": seen.text,
                "confidence": round(seen.confidence, 4),
                "box": list(seen.box) if seen.box else None,
                "span": list(seen.span) if seen.span else None,
                "source": seen.source,
            }
            for seen in evidence
        ],
        "gaps": [{"message": gap.message, "remedy": gap.remedy} for gap in gaps],
    }
    return json.dumps(fields if schema is None else selected(fields, schema), ensure_ascii=False)


def _check(
    schema: Any,
    known: Mapping[str, Any],
    path: str,
    root: Mapping[str, Any],
    param: str,
    depth: int,
    steps: Iterator[int],
) -> None:
    if next(steps, None) is None:
        raise _refusal("it has too many alternatives", param)
    schema = _resolved(schema, root, path, param, depth)
    for variant in schema.get("anyOf", ()):
        if not _types(_resolved(variant, root, path, param, depth - 1)) & {*known["type"]}:
            continue
        _check_one(_resolved(variant, root, path, param, depth - 1), known, path, root, param, depth - 1, steps)
    offered = (
        set().union(*(_types(_resolved(each, root, path, param, depth - 1)) for each in schema["anyOf"]))
        if "anyOf" in schema
        else _types(schema)
    )
    lacking = [
        each for each in known["type"] if each not in offered and not (each == "integer" and "number" in offered)
    ]
    if offered and lacking:
        raise _refusal(f"{path or 'the schema'} may be {' or '.join(lacking)}, which the schema does not allow", param)
    _check_one({key: value for key, value in schema.items() if key != "anyOf"}, known, path, root, param, depth, steps)


def _check_one(
    schema: Mapping[str, Any],
    known: Mapping[str, Any],
    path: str,
    root: Mapping[str, Any],
    param: str,
    depth: int,
    steps: Iterator[int],
) -> None:
    for keyword in schema:
        if keyword not in ANNOTATIONS | {"type", "properties", "required", "additionalProperties", "items"}:
            raise _refusal(f"{path or 'the schema'} has {keyword}, which no answer can promise to keep", param)
    if "object" in known["type"]:
        fields = known["properties"]
        wanted = schema.get("properties", {})
        for name in [*wanted, *schema.get("required", ())]:
            if name not in fields:
                where = f"{path}.{name}".lstrip(".")
                raise _refusal(f"{where} cannot be filled: there is {', '.join(fields)}", param)
        for name, inner in wanted.items():
            _check(inner, fields[name], f"{path}.{name}".lstrip("."), root, param, depth - 1, steps)
    if "array" in known["type"] and "items" in schema:
        _check(schema["items"], known["items"], f"{path}[]", root, param, depth - 1, steps)


def _resolved(schema: Any, root: Mapping[str, Any], path: str, param: str, depth: int) -> Mapping[str, Any]:
    """The schema that a reference leads to."""
    if depth <= 0:
        raise _refusal(f"{path or 'the schema'} is nested too deeply", param)
    if isinstance(schema, Mapping) and "$ref" in schema:
        if len(str(schema["$ref"])) > REFERENCE_CHARACTERS:
            raise _refusal(f"{path or 'the schema'} has a reference that is too long", param)
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
            target = target.get(step) if isinstance(target, Mapping) and step else target
        return _resolved(target, root, path, param, depth - 1)
    well_formed = (
        isinstance(schema, Mapping)
        and isinstance(schema.get("properties", {}), Mapping)
        and isinstance(schema.get("required", []), list)
        and isinstance(schema.get("anyOf", []), list)
        and isinstance(schema.get("type", ""), str | list)
    )
    if well_formed and len(schema.get("anyOf", [])) > ALTERNATIVES:
        raise _refusal(f"{path or 'the schema'} has more than {ALTERNATIVES} alternatives", param)
    if not well_formed:
        raise _refusal(f"{path or 'the schema'} is no JSON schema", param)
    found: Mapping[str, Any] = schema
    return found


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types that a schema allows; empty for any."""
    named = schema.get("type", [])
    return {named} if isinstance(named, str) else {str(each) for each in named}


def _select(value: Any, schema: Any, root: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, root, "", "", DEPTH)
    variants = [_resolved(each, root, "", "", DEPTH) for each in schema.get("anyOf", ())]
    if isinstance(value, Mapping):
        shape = next((each for each in (schema, *variants) if "properties" in each), None)
        if shape is None:
            return dict(value)
        return {name: _select(value[name], inner, root) for name, inner in shape["properties"].items()}
    if isinstance(value, list):
        shape = next((each for each in (schema, *variants) if "items" in each), None)
        return value if shape is None else [_select(each, shape["items"], root) for each in value]
    return value


def _refusal(reason: str, param: str) -> Refused:
    return Refused(
        f"This JSON schema cannot be filled: {reason}.",
        f"Its properties have to be among {FILLED_FROM}; leave their values open.",
        code="unsupported_value",
        param=param,
    )
