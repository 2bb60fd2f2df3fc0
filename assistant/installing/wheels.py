"""What is in a wheel, read without installing it or running anything of it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from configparser import Error as ParseError
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from assistant.environments import plain
from assistant.errors import InstallError
from assistant.hookspecs import PROJECT


@dataclass(frozen=True, slots=True)
class Inside:
    """What a wheel says of itself."""

    files: tuple[str, ...]
    """As they would lie in site-packages."""
    requires: tuple[str, ...]
    plugins: Mapping[str, str]
    """Entry points for the assistant: name -> module."""


def identity(wheel: Path) -> tuple[str, str]:
    """Plain name and version, by the name of the file."""
    name, version = wheel.name.split("-")[:2]
    return plain(name), version


def sha256(path: Path) -> str:
    """Of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read(wheel: Path) -> Inside:
    """What is in a wheel. Raises InstallError if it is none."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            inside = {name.rpartition("/")[2]: name for name in names if name.count("/") == 1 and ".dist-info/" in name}
            metadata = archive.read(inside["METADATA"]).decode("utf-8", "replace")
            entries = archive.read(inside["entry_points.txt"]).decode() if "entry_points.txt" in inside else ""
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InstallError(f"{wheel.name} is no wheel ({type(error).__name__}).", "Get it anew.") from error
    head = metadata.partition("\n\n")[0]
    requires = [line.partition(":")[2].strip() for line in head.splitlines() if line.startswith("Requires-Dist:")]
    parser = RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(entries)
    except ParseError as error:
        raise InstallError(f"The entry points of {wheel.name} cannot be read.", "Tell its author.") from error
    plugins = dict(parser.items(PROJECT)) if parser.has_section(PROJECT) else {}
    return Inside(tuple(names), tuple(requires), plugins)
