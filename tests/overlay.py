"""A cheap environment for tests that install something: what is installed here is visible in it, and not changed.

Not for plugins' own environments: see assistant/environments.py.
"""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[1]
EDITABLE = ROOT / "tests" / "editable.py"
PROGRAMS = ("pip", "assistant", "pytest")
"""Commands of the environment that are modules."""


class Overlay:
    """A virtual environment over the one that runs the tests; pip installs into it without index and build isolation,
    and what is to be editable without building.

    Plugins that are installed below it are switched off by a setting, so that commands are quick and say the same
    everywhere; those that are installed into it are on.
    """

    def __init__(self, directory: Path, *, quiet: bool = True, building: bool = False) -> None:
        """Make it.

        Args:
            directory: where; it must not be there.
            quiet: whether the plugins below are switched off.
            building: whether pip itself makes editable installs, which takes seconds each.
        """
        venv.create(directory, symlinks=True, with_pip=False)
        self.directory = directory
        self.python = directory / "bin" / "python"
        own = sysconfig.get_path("purelib", vars={"base": str(directory)})
        below = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
        lines = "".join(f"import site; site.addsitedir({each!r})\n" for each in sorted(below))
        Path(own, "zz_below.pth").write_text(lines)
        for name in PROGRAMS:
            program = directory / "bin" / name
            added = ""
            if name == "pip" and not building:
                rest = '$(echo " $* " | sed "s/ -e / /g")'
                added = f'[ "$1 $2" = "install -e" ] && shift && exec "{self.python}" {EDITABLE} {rest}\n'
            if name == "pip":
                added += '[ "$1" = install ] && shift && set -- install --no-build-isolation --no-index "$@"\n'
            run = f'exec "{self.python}" -m {name} "$@"\n'
            program.write_text(f"#!/bin/sh\n{added}{run}")
            program.chmod(0o755)
        (directory / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))
        disabled = sorted({each.name for each in entry_points(group="assistant")}) if quiet else []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ASSISTANT_", "PYTEST_"))},
            "PATH": f"{directory / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": str(directory),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "ASSISTANT_DATA_DIR": str(directory / "data"),
            "ASSISTANT_CONFIG": str(directory / "sensorium.toml"),
            "ASSISTANT_DISABLED": json.dumps(disabled),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.environment.pop("PYTHONPATH", None)
        (directory / "sensorium.toml").touch()

    def run(
        self, *command: str | Path, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """A command of the environment, which may fail."""
        words = [str(word) for word in command]
        return subprocess.run(
            words, cwd=cwd or self.directory, env=self.environment, capture_output=True, text=True, timeout=280
        )
