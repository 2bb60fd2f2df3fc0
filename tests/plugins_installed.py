"""Distributions as pip leaves them, made in a directory of the test's own."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from assistant import discovery


def install(
    site: Path, name: str, files: Mapping[str, str], *, version: str = "1.0", plugins: Mapping[str, str] | None = None
) -> Distribution:
    """Write a distribution with these files (path -> text) and entry points (plugin -> module)."""
    about = f"{name.replace('-', '_')}-{version}.dist-info"
    every = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/INSTALLER": "pip\n",
        f"{about}/entry_points.txt": "[assistant]\n" + "".join(f"{k} = {v}\n" for k, v in (plugins or {}).items()),
    }
    lines = []
    for path, text in every.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text.encode())}\n")
    (site / about / "RECORD").write_text("".join(lines) + f"{about}/RECORD,,\n")
    return found(site, name)


def found(site: Path, name: str) -> Distribution:
    """The distribution as it lies there now."""
    return next(each for each in distributions(path=[str(site)]) if each.name == name)


def only(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory on the import path, of which alone plugins are found; modules called outsider... are forgotten."""
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(
        discovery,
        "entry_points",
        lambda group: [
            entry for each in distributions(path=[str(site)]) for entry in each.entry_points if entry.group == group
        ],
    )
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if name.startswith("outsider"):
            del sys.modules[name]
