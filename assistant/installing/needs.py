"""Which distributions are installed and who needs them. Reads metadata only; not for changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from assistant.environments import plain
from assistant.hookspecs import PROJECT

CORE: Final = "sensorium"


@dataclass(frozen=True, slots=True)
class Package:
    """One installed distribution, or one that would be."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    """Requirements as its metadata has them."""
    plugins: tuple[str, ...] = ()
    """Names of its entry points for the assistant."""
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that would not hold."""

    package: str
    requirement: str
    found: str
    """The version there would be; "" for none."""


def package_of(distribution: Distribution) -> Package:
    """What its metadata say."""
    return Package(
        distribution.name,
        distribution.version,
        tuple(distribution.requires or ()),
        tuple(entry.name for entry in distribution.entry_points if entry.group == PROJECT),
        '"editable": true' in (distribution.read_text("direct_url.json") or ""),
    )


def installed() -> dict[str, Package]:
    """All distributions that this process can import, by plain name."""
    found: dict[str, Package] = {}
    for each in distributions():
        if each.metadata["Name"]:  # what a broken removal left behind has none
            found.setdefault(plain(each.name), package_of(each))
    return found


def plugin_packages(packages: Mapping[str, Package]) -> list[str]:
    """Plain names of the core and of all that bring plugins."""
    return [name for name, package in packages.items() if name == CORE or package.plugins]


def needed(packages: Mapping[str, Package], roots: Iterable[str]) -> dict[str, str]:
    """All that some distributions need, they themselves included.

    Args:
        packages: what is installed, by plain name.
        roots: plain names; what their extras would need counts too, where it is installed.

    Returns:
        Plain name -> the name of one that needs it directly; "" for a root.
    """
    found = {root: "" for root in roots if root in packages}
    open_ends: list[tuple[str, frozenset[str] | None]] = [(root, None) for root in found]
    seen = set(open_ends)
    while open_ends:
        name, extras = open_ends.pop()
        for requirement in _requirements(packages[name], extras):
            wanted = plain(requirement.name)
            step = (wanted, frozenset(requirement.extras))
            if wanted in packages and step not in seen:
                seen.add(step)
                open_ends.append(step)
                found.setdefault(wanted, packages[name].name)
    return found


def unmet(packages: Mapping[str, Package], root: str) -> list[Unmet]:
    """What of a distribution's needs, and of theirs, would not hold."""
    found: dict[tuple[str, str], Unmet] = {}
    step: tuple[str, frozenset[str]] = (root, frozenset())
    open_ends, seen = [step], {step}
    while open_ends:
        name, extras = open_ends.pop()
        for requirement in _requirements(packages[name], extras):
            wanted = plain(requirement.name)
            there = packages.get(wanted)
            if there is None or not requirement.specifier.contains(there.version, prereleases=True):
                key = (packages[name].name, str(requirement))
                found[key] = Unmet(*key, there.version if there else "")
            elif (step := (wanted, frozenset(requirement.extras))) not in seen:
                seen.add(step)
                open_ends.append(step)
    return list(found.values())


def left_over(packages: Mapping[str, Package], removed: str) -> list[Package]:
    """What a distribution needs and nothing else that is installed does, once it goes."""
    candidates = set(needed(packages, [removed])) - {removed}
    while True:
        wanted = {
            plain(requirement.name)
            for name, package in packages.items()
            for requirement in _requirements(package, frozenset())
            if name != removed and name not in candidates
        }
        if not candidates & wanted:
            return [packages[name] for name in sorted(candidates)]
        candidates -= wanted


def _requirements(package: Package, extras: frozenset[str] | None) -> Iterator[Requirement]:
    """The requirements that hold here with these extras; None for all extras."""
    for line in package.requires:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        chosen = ["", *(_extras_of(line) if extras is None else extras)]
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in chosen):
            yield requirement


def _extras_of(line: str) -> list[str]:
    """Names that a requirement's marker compares `extra` with: `x; extra == "s3"` -> ["s3"]."""
    _, _, marker = line.partition(";")
    words = marker.replace("'", '"').split('"')
    return [words[place + 1] for place in range(0, len(words) - 1, 2) if words[place].split()[-2:-1] == ["extra"]]
