"""What installing would change, whether that may be, and doing exactly that. Shows and asks nothing: see commands/."""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from assistant import trust
from assistant.environments import plain
from assistant.errors import InstallError
from assistant.installing.needs import CORE, Package, installed, needed, plugin_packages, unmet
from assistant.installing.pip import Found, Pip, without_password
from assistant.installing.wheels import identity, read, sha256

REPOSITORY: Final = re.compile(r"(^|@\s*)(git|hg|svn|bzr)\+")
ELSEWHERE: Final = "Or give it an environment of its own: add --own-environment."


@dataclass(frozen=True, slots=True)
class Change:
    """One distribution that would come, or come in place of another version."""

    name: str
    version: str
    before: str
    """The version that is installed now; "" for none."""
    requested: bool
    url: str
    built: bool
    size: int = 0
    """Bytes of its wheel."""
    sha256: str = ""
    """Of its wheel."""
    plugins: Mapping[str, str] = field(default_factory=dict)
    """Entry points for the assistant: name -> module."""
    requires: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """A JSON object."""
        return {
            "name": self.name,
            "version": self.version,
            "before": self.before or None,
            "requested": self.requested,
            "from": self.url,
            "built": self.built,
            "bytes": self.size,
            "sha256": self.sha256,
            "plugins": dict(self.plugins),
        }


@dataclass(frozen=True)
class Plan:
    """What installing would do. `apply` does it, while the block of `planned` lasts."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    """What whoever decides should know."""
    pip: Pip
    directory: Path

    def apply(self) -> None:
        """Install exactly this: the wheels that were judged, by their hashes. Raises InstallError."""
        self.pip.install([(each.name, each.version, each.sha256) for each in self.changes], self.directory)


@contextmanager
def planned(
    requirements: Sequence[str],
    *,
    options: Sequence[str] = (),
    allowed: Sequence[str] = (),
    taken: Mapping[str, str] = MappingProxyType({}),
    upgrade: bool = False,
    allow_source: bool = False,
    python: Path | None = None,
) -> Iterator[Plan]:
    """Find out what installing would do, fetch it, and judge it. Nothing is installed by this.

    Args:
        requirements: as pip takes them; local paths too.
        options: for pip, of those it is passed.
        allowed: the setting of that name.
        taken: names of plugins in environments of their own -> where.
        upgrade: whether newer versions replace those that are there.
        allow_source: whether something may be fetched that has to be built, which runs its code.
        python: interpreter of an environment of its own; the assistant's environment if not given.

    Raises:
        InstallError: pip cannot, or it may not be; the message names every reason.
    """
    for each in requirements:
        _refuse_form(each, allow_source=allow_source)
    if python is None:
        _refuse_environment()
    pip = Pip(options, python=python, allow_source=allow_source)
    found = pip.resolve([_absolute(each) for each in requirements], upgrade=upgrade)
    here = installed()
    _refuse_sources(found, requirements, allow_source=allow_source)
    changes = [
        Change(each.name, each.version, _version(here, each.name), each.requested, each.url, each.built)
        for each in found
    ]
    if python is not None and not changes:
        raise InstallError(
            f"{', '.join(requirements)} is installed in the assistant's environment already.",
            "Remove it there first: assistant plugins uninstall NAME",
        )
    reasons = _changes_of_others(here, changes) if python is None else _broken_core(here, found)
    if reasons:
        raise InstallError(
            f"This would break what works: {'; '.join(reasons)}.",
            ELSEWHERE if python is None else "It cannot run together with this version of sensorium: tell its author.",
        )
    with tempfile.TemporaryDirectory(prefix="assistant-install-") as made:
        directory = Path(made)
        pip.collect(found, directory)
        wheels = {identity(path): path for path in directory.glob("*.whl")}
        whole = tuple(_looked_into(change, wheels) for change in changes)
        _refuse_not_allowed(whole, allowed)
        _refuse_taken(here, whole, taken, shared=python is None)
        _refuse_overwriting(whole, wheels, python)
        yield Plan(whole, tuple(_notes(whole, wheels)), pip, directory)


# ---- what is refused before pip is asked ----------------------------------------------------------------------------


def _refuse_form(requirement: str, *, allow_source: bool) -> None:
    if REPOSITORY.search(requirement) and not allow_source:
        raise InstallError(
            f"{without_password(requirement)} has to be built, which runs its code before you are asked.",
            "Add --allow-source if you trust it.",
        )
    address = requirement.partition("#")[0]
    if "://" in address and not address.endswith(".whl") and not REPOSITORY.search(requirement) and not allow_source:
        raise InstallError(
            f"{without_password(requirement)} is no wheel; building it runs its code before you are asked.",
            "Add --allow-source if you trust it.",
        )
    path = Path(requirement)
    if path.suffix == ".whl" and path.is_file() and not allow_source:
        direct = [
            line
            for line in read(path).requires
            if " @ " in line and not line.partition(";")[0].strip().endswith(".whl")
        ]
        if direct:
            raise InstallError(
                f"{path.name} needs {direct[0]}, which has to be built; that runs its code before you are asked.",
                "Add --allow-source if you trust it.",
            )


def _refuse_environment() -> None:
    """The assistant's environment must be one that is its own to change."""
    if sys.prefix == sys.base_prefix and (Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED").exists():
        raise InstallError(
            "Sensorium runs in the system's own Python, whose packages belong to the operating system.",
            f"Install Sensorium into a virtual environment (python3 -m venv). {ELSEWHERE}",
        )
    packages = sysconfig.get_path("purelib")
    if not os.access(packages, os.W_OK):
        raise InstallError(
            f"{packages} may not be written.", f"Run it as the user that Sensorium is installed by. {ELSEWHERE}"
        )


def _absolute(requirement: str) -> str:
    """A local path in full: pip takes a bare name for that of a distribution."""
    path = Path(requirement).expanduser()
    return str(path.resolve()) if (os.sep in requirement or path.suffix == ".whl") and path.exists() else requirement


# ---- judging --------------------------------------------------------------------------------------------------------


def _version(packages: Mapping[str, Package], name: str) -> str:
    found = packages.get(plain(name))
    return found.version if found else ""


def _refuse_sources(found: Sequence[Found], requirements: Sequence[str], *, allow_source: bool) -> None:
    local = {_absolute(each) for each in requirements}
    for each in found:
        if each.built and not allow_source and each.locator not in local:
            raise InstallError(
                f"{each.name} {each.version} would have to be built from {each.url}, which runs its code.",
                "Add --allow-source if you trust it.",
            )


def _changes_of_others(here: Mapping[str, Package], changes: Sequence[Change]) -> list[str]:
    """Changes of what the core or another plugin needs."""
    requested = {plain(change.name) for change in changes if change.requested}
    roots = [name for name in plugin_packages(here) if name == CORE or name not in requested]
    who = needed(here, roots)
    found = []
    for change in changes:
        name = plain(change.name)
        if change.before and name in who:
            whom = f"{who[name]} needs it" if who[name] else "it is the assistant itself"
            if name != CORE and not who[name]:
                whom = "it is a plugin that was not asked for"
            found.append(f"{change.name} {change.before} would become {change.version} ({whom})")
    return found


def _broken_core(here: Mapping[str, Package], found: Sequence[Found]) -> list[str]:
    """Needs of the core that would not hold in an environment of its own, which runs the core's code too."""
    if any(plain(each.name) == CORE for each in found):
        return ["it would bring another sensorium than the one that runs"]
    after = dict(here)
    after.update({plain(each.name): Package(each.name, each.version, each.requires) for each in found})
    known = {(each.package, each.requirement) for each in unmet(here, CORE)}
    return [
        f"{each.package} needs {each.requirement}, and {each.found or 'none'} would be there"
        for each in unmet(after, CORE)
        if (each.package, each.requirement) not in known
    ]


def _refuse_not_allowed(changes: Sequence[Change], allowed: Sequence[str]) -> None:
    if not allowed:
        return
    entries = [trust.parse(each) for each in allowed]
    for change in changes:
        if change.plugins and not any(
            plain(entry.name) == plain(change.name) and entry.version in ("", change.version) for entry in entries
        ):
            raise InstallError(
                f"{change.name} {change.version} is not in the setting `allowed`: its plugins would not be loaded.",
                f"If you trust it, add {change.name}=={change.version} to `allowed` first; "
                f"`assistant plugins pin {change.name}` prints it with a hash afterwards.",
            )


def _refuse_taken(
    here: Mapping[str, Package], changes: Sequence[Change], taken: Mapping[str, str], *, shared: bool
) -> None:
    """Two plugins cannot have one name, nor one plugin be in two places."""
    replaced = {plain(change.name) for change in changes} if shared else set()
    where = {
        plugin: f"{package.name} in {sys.prefix}"
        for name, package in here.items()
        if name not in replaced
        for plugin in package.plugins
    }
    where |= taken
    for change in changes:
        for plugin in change.plugins:
            if plugin in where:
                raise InstallError(
                    f"The plugin {plugin} of {change.name} is there already: {where[plugin]}.",
                    f"Remove that first: assistant plugins uninstall {plugin}",
                )


def _refuse_overwriting(changes: Sequence[Change], wheels: Mapping[tuple[str, str], Path], python: Path | None) -> None:
    """A wheel may not bring files that are there, unless the same distribution brought them."""
    places = _places(python)
    for change in changes:
        own = _files_of(change.name) if change.before and python is None else frozenset()
        for scheme, path in read(wheels[_key(change)]).laid():
            place = Path(os.path.normpath(places.get(scheme, places["data"]) / path))
            if os.path.lexists(place) and not place.is_dir() and place not in own:
                raise InstallError(
                    f"{change.name} would overwrite {path}, which something else brought.",
                    "Tell its author." if python else f"Tell its author. {ELSEWHERE}",
                )


def _places(python: Path | None) -> dict[str, Path]:
    """Where the files of a wheel go, by scheme: in the assistant's environment, or in that of an interpreter."""
    if python is None:
        return {scheme: Path(place) for scheme, place in sysconfig.get_paths().items()}
    prefix = str(python.parent.parent)
    given = {"base": prefix, "platbase": prefix, "installed_base": prefix, "installed_platbase": prefix}
    return {scheme: Path(place) for scheme, place in sysconfig.get_paths("posix_prefix", given).items()}


def _files_of(distribution: str) -> frozenset[Path]:
    found = importlib.metadata.distribution(distribution)
    return frozenset(Path(os.path.normpath(str(found.locate_file(each)))) for each in found.files or ())


def _notes(changes: Sequence[Change], wheels: Mapping[tuple[str, str], Path]) -> Iterator[str]:
    for change in changes:
        if change.built:
            yield f"{change.name} was built from its sources, which ran its code."
        names = read(wheels[_key(change)]).files
        if any(name.endswith(".pth") and "/" not in name for name in names):
            yield f"{change.name} brings a .pth file: code of it runs whenever this Python starts."
    if not any(change.plugins for change in changes if change.requested):
        yield "Nothing that was asked for brings a plugin."


def _key(change: Change) -> tuple[str, str]:
    return plain(change.name), change.version.replace("-", "_")


def _looked_into(change: Change, wheels: Mapping[tuple[str, str], Path]) -> Change:
    path = wheels.get(_key(change))
    if path is None:
        raise InstallError(f"pip did not bring {change.name} {change.version}.", "Try again.")
    inside = read(path)
    return replace(
        change, size=path.stat().st_size, sha256=sha256(path), plugins=inside.plugins, requires=inside.requires
    )
