"""What is in a wheel, read without installing it or running anything of it."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from configparser import Error as ParseError
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.environments import plain
from assistant.errors import InstallError
from assistant.hookspecs import PROJECT

METADATA_BYTES: Final = 16 * 1024 * 1024
"""Of one file of metadata, unpacked."""
PROGRAM: Final = re.compile(r"\w[\w.+-]*")


@dataclass(frozen=True, slots=True)
class Inside:
    """What a wheel says of itself."""

    files: tuple[str, ...]
    """As they would lie in site-packages; those in `NAME-VERSION.data` go to where `laid` says."""
    requires: tuple[str, ...]
    plugins: Mapping[str, str]
    """Entry points for the assistant: name -> module."""
    programs: tuple[str, ...] = ()
    """Commands that an installer makes."""

    def laid(self) -> tuple[tuple[str, str], ...]:
        """Where an installer lays the files: a scheme of `sysconfig`, and the path in it."""
        found = [("scripts", name) for name in self.programs]
        for name in self.files:
            top, _, rest = name.partition("/")
            scheme, _, path = rest.partition("/")
            if top.endswith(".data"):
                found.append((scheme, path))
            elif not top.endswith(".dist-info"):
                found.append(("purelib", name))
        return tuple((scheme, path) for scheme, path in found if path and not path.endswith("/"))


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
            metadata = _read(archive, inside["METADATA"]).decode("utf-8", "replace")
            entries = _read(archive, inside["entry_points.txt"]).decode() if "entry_points.txt" in inside else ""
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
    sections = [each for each in ("console_scripts", "gui_scripts") if parser.has_section(each)]
    programs = tuple(name for each in sections for name, _ in parser.items(each))
    for name in programs:
        if not PROGRAM.fullmatch(name):
            raise InstallError(f"{name!r}, which {wheel.name} brings, is no name of a program.", "Tell its author.")
    return Inside(tuple(names), tuple(requires), plugins, programs)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > METADATA_BYTES:
        raise ValueError("too long")
    return archive.read(name)
