"""Calls pip and reads what it says. Judges nothing: see plan.py."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from assistant.errors import InstallError
from assistant.installing.wheels import sha256

PASSED_ON: Final = {
    **dict.fromkeys(("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-c", "--constraint"), True),
    **dict.fromkeys(("--trusted-host", "--cert", "--client-cert", "--proxy", "--timeout", "--retries"), True),
    **dict.fromkeys(("--cache-dir", "--keyring-provider"), True),
    **dict.fromkeys(("--no-index", "--pre", "--no-cache-dir", "--no-build-isolation", "--prefer-binary"), False),
}
"""Options that may follow `--`, and whether they have a value: those that say where pip looks, not what it does."""
LEAST: Final = (23, 0)
"""The first pip with `--report` and `--python` whose form is settled."""
SAID: Final = 6
"""Lines of pip's complaint that are repeated."""


@dataclass(frozen=True, slots=True)
class Found:
    """One distribution that pip would install."""

    name: str
    version: str
    url: str
    """Where from; without a password."""
    requires: tuple[str, ...] = ()
    requested: bool = False
    """Named by whoever installs, not only needed by another."""
    sha256: str = ""
    locator: str = ""
    """Where it is, as pip takes it: a path, an address, a repository; "" if pip finds it by name and hash."""
    built: bool = False
    """Whether it is no wheel: making one runs its code."""


class Pip:
    """pip, for one environment."""

    def __init__(self, options: Sequence[str] = (), *, python: Path | None = None, allow_source: bool = False) -> None:
        """Prepare; nothing is called yet.

        Args:
            options: some of `PASSED_ON` with their values.
            python: interpreter of the environment to install into; this one's if not given.
            allow_source: whether distributions may be fetched that have to be built, which runs their code.

        Raises:
            InstallError: pip is missing or too old, or an option is not one that is passed on.
        """
        if importlib.util.find_spec("pip") is None:
            raise InstallError(
                "pip is not installed in the assistant's environment.",
                f"Get it with: {sys.executable} -m ensurepip (or, in an environment of uv: uv pip install pip)",
            )
        from importlib.metadata import version

        if tuple(int(step) for step in re.findall(r"\d+", version("pip"))[:2]) < LEAST:
            raise InstallError(f"pip {version('pip')} is too old.", f"{sys.executable} -m pip install --upgrade pip")
        self._options = _checked(options)
        self._python = ["--python", str(python)] if python else []
        self._wheels_only = [] if allow_source else ["--only-binary=:all:"]

    def resolve(self, requirements: Sequence[str], *, upgrade: bool = False) -> list[Found]:
        """What `pip install` would install for these requirements; nothing is installed.

        A local directory, and with `allow_source` other sources, are asked for their metadata, which runs their code.

        Raises:
            InstallError: with what pip says.
        """
        arguments = ["--dry-run", "--quiet", "--report", "-", *self._wheels_only, *self._options]
        said = self._call("install", *arguments, *(["--upgrade"] if upgrade else []), "--", *requirements)
        try:
            return [_found(item) for item in json.loads(said)["install"]]
        except (ValueError, KeyError, TypeError) as error:
            raise InstallError(
                f"What pip reports cannot be read ({type(error).__name__}).",
                f"Upgrade it: {sys.executable} -m pip install --upgrade pip",
            ) from error

    def collect(self, found: Sequence[Found], directory: Path) -> None:
        """Fetch exactly these, compare their hashes, and lay them into a directory as wheels; sources are built.

        Raises:
            InstallError: with what pip says.
        """
        plain = [
            "wheel",
            *([] if sys.stderr.isatty() else ["--quiet"]),
            "--no-deps",
            "--wheel-dir",
            str(directory),
            *_without_constraints(self._options),
        ]
        hashed = []
        for each in found:
            if each.url.startswith("file:") and not each.built:
                _copy(each, directory)
            elif each.locator or not each.sha256:
                self._call(*plain, "--", each.locator or f"{each.name}=={each.version}")
            else:
                hashed.append(f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n")
        if hashed:
            pins = directory / "pins.txt"
            pins.write_text("".join(hashed))
            self._call(*plain, *self._wheels_only, "--require-hashes", "-r", str(pins))

    def install(self, pins: Sequence[tuple[str, str, str]], directory: Path) -> None:
        """Install exactly these from a directory of wheels: nothing is looked up, nothing else is added.

        Args:
            pins: name, version and SHA-256 of each wheel.
            directory: where they lie.

        Raises:
            InstallError: with what pip says.
        """
        listed = directory / "install.txt"
        listed.write_text("".join(f"{name}=={version} --hash=sha256:{sha256}\n" for name, version, sha256 in pins))
        exact = ["--no-deps", "--no-index", "--find-links", str(directory), "--require-hashes", "-r", str(listed)]
        self._call("install", "--quiet", "--no-warn-script-location", "--force-reinstall", *exact, isolated=True)

    def uninstall(self, name: str) -> None:
        """Remove one distribution. Raises InstallError with what pip says."""
        self._call("uninstall", "--quiet", "--yes", name)

    def _call(self, *arguments: str, isolated: bool = False) -> str:
        """Standard output of one call. What fetching tells of its progress goes to the terminal, if there is one."""
        shown = arguments[0] == "wheel" and sys.stderr.isatty()
        general = ["--disable-pip-version-check", "--no-input", *(["--isolated"] if isolated else []), *self._python]
        done = subprocess.run(
            [sys.executable, "-m", "pip", *general, *arguments],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONSAFEPATH": "1"},  # what lies in the current directory is not imported
            stdout=sys.stderr if shown else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
            said = " ".join((lines or done.stderr.splitlines()[-SAID:])[:SAID]).strip()
            raise InstallError(f"pip {arguments[0]} failed: {said or f'code {done.returncode}'}", _remedy(done.stderr))
        return done.stdout or ""


def _remedy(said: str) -> str:
    if "No matching distribution" in said or "Could not find a version" in said:
        return (
            "Check the name and version and where pip looks; what has to be built is taken with --allow-source only, "
            "as building runs its code."
        )
    if "ResolutionImpossible" in said or "conflicting dependencies" in said:
        return "What it needs cannot be had together with what sensorium needs: tell its author."
    return ""


def _checked(options: Sequence[str]) -> list[str]:
    """The options as they are, if each is one that is passed on."""
    rest = list(options)
    while rest:
        name, equals, _ = rest.pop(0).partition("=")
        if name not in PASSED_ON:
            known = ", ".join(each for each in PASSED_ON if each.startswith("--"))
            raise InstallError(f"{name} is not passed on to pip.", f"After -- there may be: {known}.")
        if PASSED_ON[name] and not equals and rest:
            rest.pop(0)
    return list(options)


def _without_constraints(options: Sequence[str]) -> list[str]:
    """For what is pinned already: constraints have no hashes, and pip wants all or none."""
    kept = []
    rest = iter(options)
    for option in rest:
        name, equals, _ = option.partition("=")
        if name not in ("-c", "--constraint"):
            kept.append(option)
        elif not equals:
            next(rest, None)
    return kept


def _found(item: Mapping[str, Any]) -> Found:
    origin, metadata = item["download_info"], item["metadata"]
    url = str(origin["url"])
    archive = origin.get("archive_info")
    sha256 = str((archive or {}).get("hashes", {}).get("sha256", ""))
    name, path = str(metadata["name"]), urlsplit(url).path
    built = not path.endswith(".whl")
    locator = ""
    if "vcs_info" in origin:
        locator = f"{name} @ {origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    elif url.startswith("file:") and (built or item.get("is_direct")):
        locator = _path(url)
    elif built or item.get("is_direct"):
        locator = f"{name} @ {url}" + (f"#sha256={sha256}" if sha256 else "")
    return Found(
        name,
        str(metadata["version"]),
        without_password(url),
        tuple(metadata.get("requires_dist") or ()),
        bool(item.get("requested")),
        sha256,
        locator,
        built,
    )


def _copy(found: Found, directory: Path) -> None:
    """Lay a wheel that is on this machine into a directory."""
    there = Path(_path(found.url))
    try:
        copied = Path(shutil.copy(there, directory))
    except OSError as error:
        raise InstallError(f"{there} cannot be read: {error.strerror}.", "Look where it is.") from error
    if found.sha256 and sha256(copied) != found.sha256:
        raise InstallError(f"{there} was changed meanwhile.", "Find out by whom, and try again.")


def _path(url: str) -> str:
    from urllib.request import url2pathname

    return url2pathname(urlsplit(url).path)


def without_password(text: str) -> str:
    """An address, or a requirement with one in it, as it may be shown."""
    return re.sub(r"(://)[^/@\s]*@", r"\1", text)
