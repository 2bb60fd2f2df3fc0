"""Writes numbers that lie at known places of a verified file out as safetensors. Nothing of the file is parsed or run.

For weights that are published as a pickle only: whoever describes them found out once where the numbers lie.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from assistant.errors import WeightsCorrupt
from assistant.weights.specs import TensorTable

ALIGNMENT: Final = 8
"""The header is filled with spaces to a multiple of so many bytes, as the format's own writer does."""


def write(table: TensorTable, content: bytes, target: Path) -> None:
    """Write the tensors of a file to `target`: the same bytes each time.

    Args:
        table: checked.
        content: of the file.
        target: made, or written over.

    Raises:
        WeightsCorrupt: it is another file.
    """
    digest = hashlib.sha256(content).hexdigest()
    if digest != table.sha256:
        raise WeightsCorrupt(
            f"{table.member} is not the file that was checked: its SHA-256 is {digest}, expected {table.sha256}.",
            "Nothing was kept. Tell the author of the plugin that names it.",
        )
    header = {}
    end = 0
    for name, tensor in table.tensors.items():
        begin, end = end, end + tensor.size
        header[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [begin, end]}
    described = json.dumps(header, separators=(",", ":")).encode()
    described += b" " * (-len(described) % ALIGNMENT)
    with target.open("wb") as file:
        file.write(len(described).to_bytes(8, "little") + described)
        for tensor in table.tensors.values():
            file.write(content[tensor.offset : tensor.offset + tensor.size])
