"""Small files that some kinds of plugins begin with, made here since templates are texts."""

from __future__ import annotations

import json
import struct
from typing import Final


def tensors() -> bytes:
    """A safetensors file with one tensor: the weights of red, green and blue in the luma of ITU-R BT.601."""
    values = struct.pack("<3f", 0.299, 0.587, 0.114)
    header = json.dumps({"luma": {"dtype": "F32", "shape": [3], "data_offsets": [0, len(values)]}}).encode()
    header += b" " * (-len(header) % 8)  # so that the numbers are aligned
    return struct.pack("<Q", len(header)) + header + values


def database() -> bytes:
    """An empty SQLite database: a header, and one page with no table on it (sqlite.org/fileformat2.html)."""
    page = bytearray(4096)
    page[:16] = b"SQLite format 3\0"
    struct.pack_into(">H6B", page, 16, len(page), 1, 1, 0, 64, 32, 32)
    struct.pack_into(">3I", page, 24, 1, 1, 0)  # changes, pages, free pages
    struct.pack_into(">2I", page, 40, 1, 4)  # version of the schema, and of its format
    struct.pack_into(">I", page, 56, 1)  # UTF-8
    struct.pack_into(">2I", page, 92, 1, 3_040_000)  # at which change it was of what size, written by which version
    struct.pack_into(">B2H", page, 100, 0x0D, 0, 0)  # a leaf of the table of tables, empty
    struct.pack_into(">H", page, 105, len(page))
    return bytes(page)


SAMPLES: Final = {
    "weights": {"PACKAGE/data/model.safetensors": tensors()},
    "format": {"example.sqlite": database()},
}
"""Kind -> path in the project, where PACKAGE stands for the package's directory -> content."""
