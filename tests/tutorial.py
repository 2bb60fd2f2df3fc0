"""Follows a page of the documentation to the letter: writes its files and runs its commands, in their order."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<before>[^\n]*)\n+```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([^`\s]+)`:$")
DEPENDENCIES = re.compile(r"^dependencies = \[.*?^\]$", re.MULTILINE | re.DOTALL)
ANYTHING = "..."


@dataclass(frozen=True)
class Block:
    """One block of code."""

    language: str
    text: str
    file: str
    """What it is the content of, by the line before it: "... `path`:"; "" for none."""
    section: str
    """The heading it stands under."""


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, from top to bottom."""
    text = page.read_text()
    for found in FENCE.finditer(text):
        named = FILE.search(found["before"])
        headings = re.findall(r"^#+ (.*)$", text[: found.end("before")], re.MULTILINE)
        yield Block(found["language"], found["text"], named[1] if named else "", headings[-1])


class Reader:
    """Somebody who does what a page says, in a directory."""

    def __init__(self, directory: Path, environment: Mapping[str, str], python: Path) -> None:
        self.here = directory
        self.environment = dict(environment)
        self.python = python

    def do(self, block: Block) -> None:
        """Write the file, or run the commands. Raises AssertionError with what was printed."""
        if block.file:
            path = Path(self.environment["HOME"], block.file[2:]) if block.file[0] == "~" else self.here / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
            return
        steps: dict[str, Callable[[str], None]] = {
            "sh": self._sh,
            "console": self._console,
            "python": self._python,
            "toml": self._toml,
        }
        steps[block.language](block.text)

    def _run(self, *words: str, check: bool = True) -> str:
        ran = subprocess.run(
            words, cwd=self.here, env=self.environment, capture_output=True, text=True, timeout=250, check=False
        )
        assert not check or ran.returncode == 0, f"{words[-1]}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout or ran.stderr

    def _sh(self, text: str) -> None:
        printed = self._run("bash", "-ec", f"{text}\necho; pwd")
        self.here = Path(printed.splitlines()[-1])

    def _python(self, text: str) -> None:
        self._run(str(self.python), "-c", text)

    def _console(self, text: str) -> None:
        command, _, expected = text.removeprefix("$ ").partition("\n")
        printed = self._run("bash", "-c", command, check=False)
        pattern = "".join(
            r"(?:.*\n)*?" if line == ANYTHING else ".*".join(map(re.escape, line.rstrip().split(ANYTHING))) + r" *\n"
            for line in expected.splitlines()
        )
        assert re.fullmatch(pattern, printed), f"{command} printed:\n{printed}\nand not:\n{expected}"

    def _toml(self, text: str) -> None:
        """A table that is there already, or dependencies that take the place of others."""
        project = self.here / "pyproject.toml"
        if text.startswith("dependencies"):
            project.write_text(DEPENDENCIES.sub(lambda _: text.rstrip("\n"), project.read_text(), count=1))
        assert text in project.read_text()
