"""Type-checks what `assistant plugins new` writes, of every kind, with mypy in strict mode.

Apart from the tests because it takes half a minute where mypy has not checked the workspace just before.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from assistant.scaffold import KINDS, write

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Write them, check them, and give mypy's exit status."""
    with tempfile.TemporaryDirectory() as into:
        sources = [write(f"my_{kind}", kind, Path(into)).directory / "src" for kind in KINDS]
        sources.append(write("my_confined", "perceiver", Path(into), "process").directory / "src")
        words = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", *sources]
        return subprocess.run(list(map(str, words)), cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
