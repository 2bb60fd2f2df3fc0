"""Wheels made on the fly, without build tools: a zip with metadata, entry points and a few modules."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PERCEIVER = '''"""A perceiver for tests."""

ASSISTANT_API = ">=1.0,<2"

from assistant import Perceiver, hookimpl


class Tiny(Perceiver):
    name = "{name}"
    consumes = ("text",)
    produces = ("{name}",)
    heavy = False

    def perceive(self, task):
        {body}


@hookimpl
def register_perceivers(register):
    register(Tiny())
'''


def wheel(
    directory: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    requires: Sequence[str] = (),
    plugins: Mapping[str, str] | None = None,
) -> Path:
    """Write a wheel; its path.

    Args:
        directory: made if it is not there.
        name: of the distribution.
        version: of it.
        files: path -> content.
        requires: requirements.
        plugins: entry points for the assistant, name -> module.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    inside = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if plugins:
        entries = "".join(f"{entry} = {module}\n" for entry, module in plugins.items())
        inside[f"{info}/entry_points.txt"] = f"[assistant]\n{entries}"
    record = ""
    for path, content in inside.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content.encode())}\n"
    inside[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    made = directory / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in inside.items():
            archive.writestr(path, content)
    return made


def plugin_wheel(
    directory: Path,
    name: str = "tiny",
    *,
    version: str = "0.1",
    requires: Sequence[str] = (),
    body: str = 'yield task.observe("tiny", "seen", 1.0)',
    files: Mapping[str, str] | None = None,
) -> Path:
    """A wheel `assistant-NAME` with one perceiver NAME in the plugin NAME."""
    module = f"assistant_{name}"
    source = PERCEIVER.format(name=name, body=body)
    return wheel(
        directory,
        f"assistant-{name}",
        version,
        {f"{module}.py": source, **(files or {})},
        requires=requires,  # a real one needs sensorium too, whose needs pip would look at each time
        plugins={name: module},
    )


def unpack(made: Path, packages: Path) -> None:
    """Install a wheel as pip would, as far as importing and metadata go."""
    with zipfile.ZipFile(made) as archive:
        archive.extractall(packages)
