"""Which distributions an operator lets in: the allow-list, and what is on the disk held against it.

A hash covers the files of a distribution as they lie there, not what its `RECORD` says of them, and not those of the
distributions it depends on. It is computed only where an entry of the list gives one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from assistant.errors import PluginError

ENTRY: Final = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
    r"(?:\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)(?:\s+--hash=sha256:(?P<digest>[0-9A-Fa-f]{64}))?)?"
)
UNCOUNTED: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
"""Files of a .dist-info directory that tell how and from where it was installed."""
FILES: Final = 200_000
"""A distribution with more is not hashed."""
BLOCK: Final = 1 << 20


class Unhashable(PluginError):
    """What is installed cannot be pinned by a hash; the message says why."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of the allow-list."""

    name: str
    """Normalised: lower case, "-" for ".", "_" and runs of them."""
    version: str = ""
    """"" for any."""
    digest: str = ""
    """SHA-256 in hex; "" for any."""


def parse(entry: str) -> Allowed:
    """An entry of the setting `allowed`.

    Raises:
        ValueError: it has none of the three forms; the message shows them.
    """
    found = ENTRY.fullmatch(entry.strip())
    if found is None:
        raise ValueError(
            f"{entry!r} is not `name`, `name==version` or `name==version --hash=sha256:` with 64 hexadecimal digits; "
            "`assistant plugins pin NAME` prints such a line"
        )
    version = found["version"] or ""
    if version and _version(version) is None:
        raise ValueError(f"{version!r} in {entry!r} is not a version")
    return Allowed(canonicalize_name(found["name"]), version, (found["digest"] or "").lower())


def judge(
    distribution: Distribution | None, modules: Iterable[Path | None], allowed: Sequence[str]
) -> PluginError | None:
    """Why the plugins of a distribution are not to be imported; None if they may be.

    Args:
        distribution: None for a plugin that belongs to none.
        modules: the files that would be imported; where a hash is given they must be among those it covers.
        allowed: the setting; empty allows everything.
    """
    if not allowed:
        return None
    if distribution is None:
        return PluginError(
            "it belongs to no installed distribution, and only those in the setting `allowed` are loaded.",
            "Install it as a package, or disable it.",
        )
    name, version = distribution.name, distribution.version
    canonical = canonicalize_name(name)
    entries = [entry for entry in map(parse, allowed) if entry.name == canonical]
    remedy = f"If you trust what is installed, put the line that `assistant plugins pin {name}` prints into `allowed`."
    if not entries:
        return PluginError(f"{name} {version} is not among the distributions in the setting `allowed`.", remedy)
    entries = [entry for entry in entries if not entry.version or _same(entry.version, version)]
    if not entries:
        listed = ", ".join(entry.version for entry in map(parse, allowed) if entry.name == canonical)
        return PluginError(f"{name} {version} is installed; the setting `allowed` has {listed} of it.", remedy)
    if any(not entry.digest for entry in entries):
        return None
    try:
        found, files = fingerprint(distribution)
    except PluginError as error:
        return error
    if found not in {entry.digest for entry in entries}:
        return PluginError(
            f"the files of {name} {version} have the hash sha256:{found}, which the setting `allowed` does not have.",
            f"Find out what changed them, or install it anew: pip install --force-reinstall {name}. {remedy}",
        )
    strange = [str(module) for module in modules if module is None or module.resolve() not in files]
    if strange:
        return PluginError(
            f"its module would be imported from {strange[0]}, which is no file of {name} {version}.",
            "Something else lies before it on the import path: remove that.",
        )
    return None


def pin(distribution: Distribution) -> str:
    """The line for the setting `allowed` that lets in what is installed, and nothing else.

    Raises:
        Unhashable: it is installed in a way that lets its files change; `name==version` can still be listed.
    """
    return f"{distribution.name}=={distribution.version} --hash=sha256:{fingerprint(distribution)[0]}"


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _same(listed: str, installed: str) -> bool:
    return listed == installed or (_version(listed) is not None and _version(listed) == _version(installed))


# ---- hashing --------------------------------------------------------------------------------------------------------


def fingerprint(distribution: Distribution) -> tuple[str, frozenset[Path]]:
    """SHA-256 over the files of an installed distribution, and these files.

    Over the sorted lines "sha256-of-content, two spaces, path, newline", paths relative to the directory that it is
    installed in. Counted are the files in its RECORD, and all that lie in the directories that these are in, whether
    RECORD has them or not. Not counted are what an installer notes about itself; bytecode in `__pycache__` that goes by
    the time of its source, as installers write it (that which goes by a hash could have come with the distribution, and
    counts: PEP 552); and files outside that directory (scripts: their first line differs by environment, and they are
    not imported).

    Raises:
        Unhashable: it is editable, has no RECORD, lacks a file, or holds a link or a special file.
    """
    name = distribution.name
    _refuse_editable(distribution)
    recorded = distribution.files
    if not recorded or not any(path.name == "RECORD" for path in recorded):
        raise Unhashable(f"{name} has no list of its files.", f"Install it with pip: pip install {name}")
    base = Path(str(distribution.locate_file(""))).resolve()
    inside = []
    for entry in recorded:
        path = Path(os.path.normpath(str(entry)))
        if path.parts and not path.is_absolute() and path.parts[0] != "..":
            inside.append(path)
    found: dict[str, str] = {}
    files = set()
    for path in sorted(set(_counted(base, inside, name))):
        found[path.relative_to(base).as_posix()] = _digest(path, name)
        files.add(path)
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(found.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest(), frozenset(files)


def _refuse_editable(distribution: Distribution) -> None:
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        editable = bool(origin.get("dir_info", {}).get("editable"))
    except (ValueError, AttributeError):
        editable = False
    if editable or any(path.name.startswith("__editable__") for path in distribution.files or ()):
        raise Unhashable(
            f"{distribution.name} is installed as editable: what its folder holds can change at any time.",
            f"Install it without -e, or list it without a hash: {distribution.name}=={distribution.version}",
        )


def _counted(base: Path, recorded: Sequence[Path], name: str) -> Iterator[Path]:
    """Files that are recorded, and files that lie beside them; `base` itself is shared, so only by name there."""
    stems = {path.name.partition(".")[0] for path in recorded if len(path.parts) == 1}
    roots = {base / path.parent for path in recorded if len(path.parts) > 1}
    # What has the name of a module at the top would be imported in its place: mod/ before mod.py.
    with os.scandir(base) as entries:
        for entry in entries:
            if entry.name.partition(".")[0] in stems:
                if entry.is_dir(follow_symlinks=False):
                    roots.add(base / entry.name)
                else:
                    yield base / entry.name
    for path in recorded:
        if not _skipped(path, base):
            yield base / path
    count = 0
    for root in sorted(roots):
        if any(parent in roots for parent in root.parents):
            continue  # walked with its parent
        for directory, inner, files in os.walk(root, onerror=_raised(name)):
            here = Path(directory)
            for link in inner:
                if (here / link).is_symlink():
                    yield here / link
            for file in files:
                count += 1
                if count > FILES:
                    raise Unhashable(f"{name} has over {FILES} files.", "List it by version.")
                if not _skipped((here / file).relative_to(base), base):
                    yield here / file


def _raised(name: str) -> Callable[[OSError], None]:
    def raised(error: OSError) -> None:
        raise Unhashable(f"A folder of {name} cannot be read: {error}.", f"Install it anew: pip install {name}")

    return raised


def _skipped(path: Path, base: Path) -> bool:
    if path.suffix == ".pyc" and path.parent.name == "__pycache__":
        return _goes_by_time(base / path)
    return path.name in UNCOUNTED and len(path.parts) == 2 and path.parent.name.endswith(".dist-info")


def _goes_by_time(bytecode: Path) -> bool:
    try:
        with bytecode.open("rb") as file:
            head = file.read(8)  # magic number, then flags (PEP 552): bit 0 is set where it goes by a hash
    except FileNotFoundError:
        return True  # RECORD lists what may since have been deleted, and is made again when needed
    except OSError:
        return False
    return len(head) < 8 or not head[4] & 1


def _digest(path: Path, name: str) -> str:
    again = f"Install it anew: pip install --force-reinstall {name}"
    if os.path.realpath(path) != str(path):  # relative to a directory that has been resolved
        raise Unhashable(f"{path} of {name} is reached by a link, and what that points to can change.", again)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a pipe would wait for ever
            raise Unhashable(f"{path} of {name} is not a file.", again)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except FileNotFoundError as error:
        raise Unhashable(f"{path} of {name} is missing.", again) from error
    except OSError as error:
        raise Unhashable(f"{path} of {name} cannot be read: {error.strerror}.", again) from error
    return digest.hexdigest()
