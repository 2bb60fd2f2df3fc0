"""What the lines of an export look like, and a check that a value from outside does. Not for what the values mean.

A shape is a type, a pattern, a constant, a tuple of alternatives, a list of one shape for all items, or a mapping of
keys; a key that ends in "?" may be missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from assistant.media.formats import MEDIA_TYPE, WORD

HEX64: Final = re.compile(r"[0-9a-f]{64}")
HEX16: Final = re.compile(r"[0-9a-f]{16}")
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
OWNER: Final = re.compile(r"[^\0]{1,200}")
NUMBER: Final = (int, float)

PART: Final = {
    "modality": WORD,
    "digest": HEX64,
    "name": str,
    "media_type": MEDIA_TYPE,
    "facts": dict,
    "parent": (HEX64, None),
    "span": ([NUMBER], None),
}
CONVERSATION: Final = {"id": NAME, "owner": OWNER, "title": str, "created": NUMBER, "updated": NUMBER}
MESSAGE: Final = {"role": ("user", "assistant"), "text": str, "parts": [HEX64], "spoken?": bool}
ANSWER: Final = {
    "text": str,
    "short?": (str, None),
    "confidence?": (NUMBER, None),
    "abstained?": bool,
    "citations": [str],
    "answerer?": str,
    "checked?": ("agrees", "disagrees", None),
    "tokens?": ([int], None),
    "finish?": ("stop", "length"),
}
GAP: Final = {
    "cause": str,
    "message": str,
    "remedy?": str,
    "part?": (str, None),
    "name?": str,
    "source?": str,
    "kinds?": [str],
}
STATUS: Final = {
    "perceiver": str,
    "part": str,
    "name": str,
    "state": str,
    "milliseconds?": (NUMBER, None),
    "reason?": str,
}
RECORD: Final = {
    "parts": [PART],
    "answer?": (ANSWER, None),
    "observations?": [HEX16],
    "gaps?": [GAP],
    "statuses?": [STATUS],
    "streamed?": str,
}
TURN: Final = {
    "id": NAME,
    "state": ("done", "stopped", "failed", "interrupted"),
    "created": NUMBER,
    "updated": NUMBER,
    "message": MESSAGE,
    "record": RECORD,
    "error": ({"message": str, "remedy": str}, None),
}
OBSERVED: Final = {
    "kind": str,
    "text": str,
    "confidence": NUMBER,
    "part": str,
    "box?": ([NUMBER], None),
    "span?": ([NUMBER], None),
    "data?": dict,
    "source?": str,
    "weights?": str,
    "derived_from?": [str],
}
OBSERVATION: Final = {"id": HEX16, "turn": (int, None), "value": OBSERVED}


def fit(value: Any, shape: Any) -> Any:
    """The value, without keys that the shape does not know. Raises ValueError: it has another shape."""
    for option in _alternatives(shape):
        if isinstance(option, dict):
            if isinstance(value, dict):
                return _object(value, option)
        elif isinstance(option, list):
            if isinstance(value, list):
                return [fit(each, option[0]) for each in value]
        elif isinstance(option, re.Pattern):
            if isinstance(value, str) and option.fullmatch(value):
                return value
        elif isinstance(option, type):
            if isinstance(value, option) and (option is bool or not isinstance(value, bool)):
                return value
        elif value == option and type(value) is type(option):
            return value
    raise ValueError(f"{json.dumps(value)[:60]} is not what belongs there")


def _object(value: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    fitted = {}
    for key, inner in shape.items():
        name = key.removesuffix("?")
        if name in value:
            fitted[name] = fit(value[name], inner)
        elif name == key:
            raise ValueError(f"{name} is missing")
    return fitted


def _alternatives(shape: Any) -> Iterator[Any]:
    if isinstance(shape, tuple):
        for each in shape:
            yield from _alternatives(each)
    else:
        yield shape
