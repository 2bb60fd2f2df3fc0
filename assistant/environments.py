"""Environments of their own for plugins, so that what one needs cannot change what the others have.

Each lies in `<data_dir>/environments/NAME/` and is an overlay: its own packages come first, the
assistant's after. Finds, makes and removes them; what is put into them is the business of installing.py, what runs in
them that of isolation/.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import site
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import PathDistribution, distributions
from pathlib import Path
from typing import Any, Final

from assistant.errors import NotFound, PluginError
from assistant.hookspecs import PROJECT

DIRECTORY: Final = "environments"
FACTS: Final = "environment.json"
OVERLAY: Final = "assistant_overlay.pth"
"""What puts the assistant's own packages behind those of the environment."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MAKING, _REPLACED, _LOCK = ".making-", ".replaced-", ".lock"


@dataclass(frozen=True)
class Environment:
    """One environment, as its `environment.json` describes it."""

    name: str
    directory: Path
    python: str = ""
    """Version of the interpreter it was made with: "3.11"."""
    distribution: str = ""
    """What it was made for."""
    version: str = ""
    """Of that distribution."""
    plugins: Mapping[str, str] = field(default_factory=dict)
    """Name of the entry point -> module."""
    created: float = 0.0
    """Seconds since 1970."""
    overlays: tuple[str, ...] = ()
    """The assistant's own site directories, as they were when it was made."""
    broken: str = ""
    """Why its facts cannot be read; all but the name is unknown then."""

    @property
    def executable(self) -> Path:
        """The interpreter to start in it."""
        return self.directory / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where its own packages lie."""
        return _packages(self.directory, self.python or _python())

    @cached_property
    def distributions(self) -> tuple[PathDistribution, ...]:
        """What is installed in it, not counting what it shares with the assistant."""
        found = (each for each in distributions(path=[str(self.site_packages)]) if isinstance(each, PathDistribution))
        return tuple(sorted(found, key=lambda each: each.name.lower()))

    def problem(self) -> str:
        """Why nothing can run in it, or "" if it can. `remedy` says what to do."""
        if self.broken:
            return f"The environment {self.name} is damaged: {self.broken}."
        if self.python != _python():
            return f"The environment {self.name} was made for Python {self.python}; this is {_python()}."
        if not self.executable.exists():
            return f"The environment {self.name} has lost its interpreter {os.path.realpath(self.executable)}."
        if self.overlays != site_directories():
            return f"The environment {self.name} was made beside an assistant that was installed somewhere else."
        return ""

    @property
    def remedy(self) -> str:
        """The command that makes it anew."""
        wanted = f"{self.distribution}=={self.version}" if self.distribution else "ITS-DISTRIBUTION"
        return f"Make it anew: assistant plugins install --own-environment {self.name} --upgrade {wanted}"


class Draft:
    """An environment that is being made: nobody sees it before it is finished."""

    def __init__(self, name: str, directory: Path) -> None:
        """See `building`."""
        self.name = name
        self.directory = directory
        self.finished: Environment | None = None

    @property
    def executable(self) -> Path:
        """The interpreter in it, for pip."""
        return self.directory / "bin" / "python"

    def finish(self, distribution: str) -> None:
        """Describe it; it takes its place when the `with` block of `building` ends.

        Raises:
            PluginError: the distribution is not in it, or nothing in it brings a plugin.
        """
        made = Environment(self.name, self.directory, _python(), overlays=site_directories())
        wanted = next((each for each in made.distributions if plain(each.name) == plain(distribution)), None)
        if wanted is None:
            raise PluginError(
                f"{distribution} did not get into the environment {self.name}.", "Look at what pip says above."
            )
        plugins = {
            entry.name: entry.value
            for each in made.distributions
            for entry in each.entry_points
            if entry.group == PROJECT
        }
        if not plugins:
            raise PluginError(
                f"{distribution} {wanted.version} brings no plugin: it has no entry point in the group {PROJECT!r}.",
                "Ask its author, or check the spelling of its name.",
            )
        self.finished = Environment(
            self.name,
            self.directory,
            _python(),
            wanted.name,
            wanted.version,
            plugins,
            time.time(),
            site_directories(),
        )
        facts = asdict(self.finished)
        del facts["directory"], facts["broken"]
        (self.directory / FACTS).write_text(json.dumps(facts, indent=2) + "\n")


def environments(data_dir: Path) -> tuple[Environment, ...]:
    """All environments of a data directory, by name; damaged ones too."""
    root = data_dir / DIRECTORY
    if not root.is_dir():
        return ()
    return tuple(_read(each) for each in sorted(root.iterdir()) if NAME.fullmatch(each.name) and each.is_dir())


def environment(data_dir: Path, name: str) -> Environment:
    """One of them. Raises NotFound."""
    found = environments(data_dir)
    for each in found:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in found) or "there is none"
    raise NotFound(f"There is no environment {name}.", f"Choose among: {known}.")


def _read(directory: Path) -> Environment:
    try:
        facts: dict[str, Any] = json.loads((directory / FACTS).read_text())
        plugins = {str(name): str(module) for name, module in facts["plugins"].items()}
        texts = (str(facts["python"]), str(facts["distribution"]), str(facts["version"]))
        overlays = tuple(str(each) for each in facts["overlays"])
        return Environment(directory.name, directory, *texts, plugins, float(facts["created"]), overlays)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Environment(directory.name, directory, broken=f"{FACTS} cannot be read ({type(error).__name__})")


def site_directories() -> tuple[str, ...]:
    """Where the packages of this process come from: what an overlay puts behind its own."""
    candidates = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    return tuple(dict.fromkeys(each for each in candidates if Path(each).is_dir()))


@contextmanager
def building(data_dir: Path, name: str) -> Iterator[Draft]:
    """Make an environment, or make one anew: it takes its place if the block ends well and called `finish`.

    Until then the one of that name stays as it is; a block that raises leaves nothing behind.

    Raises:
        PluginError: the name is none, or another command is at it.
    """
    import venv

    if not NAME.fullmatch(name):
        raise PluginError(
            f"{name!r} cannot be the name of an environment.", "Use lower-case letters, digits, underscores, hyphens."
        )
    with _alone(data_dir) as root:
        draft = Draft(name, Path(tempfile.mkdtemp(prefix=_MAKING, dir=root)))
        try:
            venv.EnvBuilder(with_pip=False, symlinks=True).create(draft.directory)
            lines = [f"import site; site.addsitedir({each!r})\n" for each in site_directories()]
            (_packages(draft.directory, _python()) / OVERLAY).write_text("".join(lines))
            yield draft
            if draft.finished is not None:
                _swap(draft.directory, root / name, root / f"{_REPLACED}{name}")
        finally:
            shutil.rmtree(draft.directory, ignore_errors=True)


def remove(data_dir: Path, name: str) -> None:
    """Delete an environment as a whole. Raises NotFound."""
    with _alone(data_dir) as root:
        aside = Path(tempfile.mkdtemp(prefix=_MAKING, dir=root))
        environment(data_dir, name).directory.replace(aside)  # gone at once, deleted in its own time
        shutil.rmtree(aside, ignore_errors=True)


def _swap(made: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.replace(aside)
    made.replace(place)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _alone(data_dir: Path) -> Iterator[Path]:
    """The directory of all environments, for one command at a time; what a killed one left is cleared away."""
    root = data_dir / DIRECTORY
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PluginError(
                "Another command is changing the environments of plugins.", "Try again when it is done."
            ) from error
        for each in root.glob(f"{_REPLACED}*"):
            place = root / each.name.removeprefix(_REPLACED)
            if not place.exists():  # killed between the two steps of the swap
                each.replace(place)
            else:
                shutil.rmtree(each, ignore_errors=True)
        for each in root.glob(f"{_MAKING}*"):
            shutil.rmtree(each, ignore_errors=True)
        yield root


def plain(distribution: str) -> str:
    """The name of a distribution as names are compared: "My_Plugin" is "my-plugin" (PyPA, name normalization)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _packages(directory: Path, python: str) -> Path:
    return directory / "lib" / f"python{python}" / "site-packages"
