"""`pip install -e DIRECTORY...` in a moment, for tests: what pip would write down, without building anything.

Building takes seconds for each project; that it can be built is tested once, see test_scaffold.py.
"""

from __future__ import annotations

import sys
import sysconfig
from configparser import ConfigParser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from pip._vendor import tomli


def install(directory: Path) -> None:
    """Put the project on the path, and its entry points where they are looked for. Raises if a requirement lacks."""
    project = tomli.loads((directory / "pyproject.toml").read_text())["project"]
    for each in map(Requirement, project["dependencies"]):
        try:
            found = version(each.name)
        except PackageNotFoundError:
            sys.exit(f"No matching distribution found for {each}")
        if not each.specifier.contains(found, prereleases=True):
            sys.exit(f"{each} is required, {each.name} {found} is installed")
    packages = Path(sysconfig.get_path("purelib"))
    stem = project["name"].replace("-", "_")
    (packages / f"zz_{stem}.pth").write_text(f"{directory / 'src'}\n")
    information = packages / f"{stem}-{project['version']}.dist-info"
    information.mkdir(exist_ok=True)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (information / "RECORD").touch()
    points = ConfigParser()
    points.read_dict(project["entry-points"])
    with (information / "entry_points.txt").open("w") as file:
        points.write(file)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        install(Path(name).resolve())
