"""What a process of its own runs: which module of which plugin, with which interpreter. Not for starting it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A plugin as a process of its own is told to import it."""

    plugin: str
    """The plugin's name: that of its entry point."""
    module: str
    """What the entry point names: "package.module", or "package.module:attribute"."""
    python: Path = Path(sys.executable)
    """The interpreter: this one, or that of an environment of the plugin's own."""
    path: tuple[str, ...] = ()
    """Directories that its modules are looked for in before all others."""
    hidden: tuple[Path, ...] = ()
    """Directories of which it sees nothing but the weights that it is given, wherever they lie: the data directory."""
    identity: str = ""
    """Changes with the installed files of the plugin, such as a hash of its distribution's record; what it declares is
    remembered under it. "" goes by the sizes and times of the module's files."""
