"""How events are written: what a program reads back is what was told, whatever is in it."""

from __future__ import annotations

import json

import httpx
import numpy as np
import pytest

from assistant.api.streaming import dumped, frame


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\u2029b\x85c", "né 猫", "data: x\n\nevent: y"])
def test_event_is_one_line_to_every_client(text: str) -> None:
    """Also to those that take Unicode's line and paragraph separators for ends of lines, as httpx does."""
    written = frame({"text": text}, name="delta", number=3)
    head, name, data, *rest = httpx.Response(200, content=written).iter_lines()
    assert (head, name, rest) == ("id: 3", "event: delta", [""])
    assert json.loads(data.removeprefix("data: ")) == {"text": text}


def test_values_of_numpy_are_written_as_plain_ones() -> None:
    """A plugin may count and measure in NumPy."""
    assert json.loads(dumped({"confidence": np.float32(0.5), "box": np.zeros(2)})) == {
        "confidence": 0.5,
        "box": [0.0, 0.0],
    }


def test_half_a_surrogate_pair_does_not_break_a_stream() -> None:
    """Such text comes from names of files and from models that cut characters."""
    assert json.loads(dumped({"text": "a\ud83d"})) == {"text": "a?"}
