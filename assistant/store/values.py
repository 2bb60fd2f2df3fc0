"""Values as JSON text that every database takes, and back. Not for what is in them: see records.py."""

from __future__ import annotations

import json
import math
from typing import Any, Final

NUMBER: Final = "\0number"
"""Key of the object that stands for a number JSON has no word for: infinite, or not a number."""


def to_json(value: Any) -> str:
    """JSON text in ASCII; NumPy numbers and arrays become plain ones."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(json.loads(json.dumps(value, default=_plain))))


def from_json(text: str | bytes) -> Any:
    """The inverse of `to_json`."""
    return json.loads(text, object_hook=_restored)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {NUMBER: str(value)}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return value


def _restored(value: dict[str, Any]) -> Any:
    return float(value[NUMBER]) if value.keys() == {NUMBER} else value
