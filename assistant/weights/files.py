"""Checks on files of weights that lie on disk: complete, unchanged. Not for where they are looked for: see places."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.errors import WeightsCorrupt
from assistant.weights.specs import WeightsFile, WeightsSpec

MANIFEST: Final = ".manifest.json"
"""Lies beside pulled files: what they are, and the hashes they were verified against."""
BLOCK: Final = 2**20


def lacking(spec: WeightsSpec, directory: Path) -> list[str]:
    """Files that are absent, of another size, or were pulled for another version of the specification."""
    pulled = _manifest(directory)
    if not spec.files:
        return _lacking_unlisted(directory, pulled)
    missing = []
    for file in spec.files:
        path = directory / file.path
        try:
            whole = path.is_file() and path.stat().st_size == file.bytes
        except OSError:  # a directory we may not look into holds nothing for us
            whole = False
        if not whole or (pulled is not None and pulled.get(file.path) != file.sha256):
            missing.append(file.path)
    return missing


def _lacking_unlisted(directory: Path, pulled: dict[str, str] | None) -> list[str]:
    """As `lacking`, by what the pull wrote down; of a copy made by hand, whether there is a model at all."""
    try:
        if pulled is not None:
            # half a manifest vouches for nothing
            return [path for path in pulled if not (directory / path).is_file()] if pulled else [MANIFEST]
        missing = [] if (directory / "config.json").is_file() else ["config.json"]
        return missing + ([] if any(directory.glob("*.safetensors")) else ["*.safetensors"])
    except OSError:
        return ["config.json"]


def listed(spec: WeightsSpec, directory: Path) -> dict[str, str]:
    """Path -> SHA-256 of every file; of weights that list none, as the pull wrote them down (empty if nothing did)."""
    if spec.files:
        return {file.path: file.sha256 for file in spec.files}
    return _manifest(directory) or {}


def verify(spec: WeightsSpec, relative: str, expected: str, directory: Path, remedy: str) -> None:
    """Compare one file's hash. Raises WeightsCorrupt with what was expected and what was found."""
    path = directory / relative
    if not path.is_file():
        raise WeightsCorrupt(f"{relative} of weights {spec.name} is not there.", remedy)
    found = sha256(path)
    if found != expected:
        raise WeightsCorrupt(
            f"{relative} of weights {spec.name} is not the file that was checked: "
            f"its SHA-256 is {found}, expected {expected}.",
            remedy,
        )


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_manifest(spec: WeightsSpec, directory: Path, source: str, brought: Sequence[WeightsFile]) -> None:
    """Write down what lies in the directory and where it came from."""
    described = {
        "name": spec.name,
        "format": spec.format,
        "licence": spec.licence,
        "origin": spec.origin,
        "source": source,
        "files": {file.path: file.sha256 for file in brought},
    }
    (directory / MANIFEST).write_text(json.dumps(described, indent=2) + "\n")


def _manifest(directory: Path) -> dict[str, str] | None:
    """Path -> hash as verified when pulled; None if there is no manifest (a directory copied by hand)."""
    try:
        hashes: dict[str, str] = json.loads((directory / MANIFEST).read_text())["files"]
    except OSError:
        return None
    except (ValueError, KeyError, TypeError):  # half a manifest vouches for nothing
        return {}
    return hashes


def size_of(directory: Path) -> int:
    """Bytes of all files below a directory that others may be changing."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += Path(folder, name).stat().st_size
            except OSError:  # it was moved while we looked
                continue
    return total
