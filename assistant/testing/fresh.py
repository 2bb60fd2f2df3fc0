"""What happens in a fresh interpreter: what an import brings along, and what a plugged object says there.

Not for confining anybody: these interpreters may do all that this one may.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import PathFinder
from typing import Any, Final

HEAVY = ("torch", "transformers", "gradio", "cv2", "faster_whisper", "onnxruntime", "sentence_transformers", "whisper")
"""Libraries that importing a plugin must not import."""
SECONDS: Final = 120.0
"""How long a fresh interpreter may take."""
LAST_LINES: Final = 3
"""Of what it wrote before it died, where there is no traceback."""
CAUSE_CHARACTERS: Final = 600
MARK: Final = "\x1e"
"""Begins the line with the result, which plugins cannot print by mistake."""

_IMPORT = """
import assistant.hookspecs, assistant.plugin, importlib, json, os, sys, threading, time
events, error, tasks = [], "", "/proc/self/task"
watched = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.fork",
           "os.posix_spawn")
sys.addaudithook(lambda event, given: events.append(event) if event in watched else None)
began = time.process_time()
try:
    importlib.import_module(sys.argv[1])
except BaseException as raised:
    error = f"{type(raised).__name__}: {raised}"
spent = time.process_time() - began
print(f"\\n{sys.argv[2]}" + json.dumps({
    "error": error,
    "seconds": spent,
    "heavy": [name for name in sys.argv[3].split(",") if name in sys.modules],
    "threads": (len(os.listdir(tasks)) if os.path.isdir(tasks) else threading.active_count()) - 1,
    "events": sorted(set(events)),
}), flush=True)
os._exit(0)  # threads that it started may not keep this interpreter
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing a module does."""

    error: str
    """What it raised; "" if nothing."""
    seconds: float
    """Processor time, beside that of the core."""
    heavy: tuple[str, ...]
    """Of HEAVY, what is imported with it."""
    threads: int
    """Threads that are there afterwards."""
    events: tuple[str, ...]
    """Audit events of the network and of processes."""
    printed: str
    """What it wrote to standard output and standard error."""


class Died(Exception):
    """A fresh interpreter ended without a result."""


def imported_by(module: str, among: Sequence[str] = HEAVY) -> list[str]:
    """Which of these libraries a fresh interpreter imports when it imports the module."""
    code = f"import sys, json, {module}; print(json.dumps([m for m in {list(among)!r} if m in sys.modules]))"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return list(json.loads(printed.splitlines()[-1]))


@lru_cache(maxsize=64)
def importing(module: str) -> Imported:
    """What a fresh interpreter does when it imports the module. Raises Died."""
    result, printed = run(["-c", _IMPORT, module, MARK, ",".join(HEAVY)])
    return Imported(
        result["error"],
        result["seconds"],
        tuple(result["heavy"]),
        result["threads"],
        tuple(result["events"]),
        printed,
    )


def run(arguments: Sequence[str], given: Any = None, environment: Mapping[str, str] | None = None) -> tuple[Any, str]:
    """Run a fresh interpreter that sees the modules that this one sees.

    Args:
        arguments: after the interpreter's own name.
        given: written to its standard input as JSON.
        environment: variables to set beside those of this process.

    Returns:
        Its result, and whatever else it printed.

    Raises:
        Died: it ended without a result, or took too long.
    """
    from assistant.host import READS_THREADS

    threads = dict.fromkeys(READS_THREADS, "1")  # as a host sets them: NumPy's import starts threads otherwise
    path = os.pathsep.join(each for each in sys.path if each)
    try:
        ran = subprocess.run(
            [sys.executable, *arguments],
            input=json.dumps(given).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, **threads, "PYTHONPATH": path, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        raise Died(f"it did not end within {SECONDS:.0f} s") from None
    lines = ran.stdout.decode("utf-8", "replace").split("\n")  # MARK would be a line end to splitlines
    results = [line for line in lines if line.startswith(MARK)]
    others = [line for line in lines if not line.startswith(MARK)]
    stderr = ran.stderr.decode("utf-8", "replace")
    if not results:
        how = f"by signal {-ran.returncode}" if ran.returncode < 0 else f"with status {ran.returncode}"
        if not ran.returncode:
            how += " before it gave a result, as sys.exit() and os._exit() do"
        cause = _cause(stderr) or _cause("\n".join(others))
        raise Died(f"it ended {how}" + (f" ({cause})" if cause else ""))
    return json.loads(results[-1][len(MARK) :]), "\n".join([*others, stderr]).strip()


def _cause(written: str) -> str:
    """What an interpreter wrote last: of a traceback what was raised and where, or else the last lines."""
    lines = [line for line in written.splitlines() if line.strip()]
    begins = [at for at, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    raised = [line for line in lines[begins[-1] + 1 :] if not line.startswith(" ")] if begins else []
    if not raised:
        return " / ".join(line.strip() for line in lines[-LAST_LINES:])[-CAUSE_CHARACTERS:]
    places = [line.strip() for line in lines[begins[-1] :] if line.startswith('  File "')]
    return f"{raised[0].strip()[:CAUSE_CHARACTERS]}" + (f", in {places[-1]}" if places else "")


def can_import(module: str) -> bool:
    """Whether a fresh interpreter would find the module: those that pytest made of a test file it does not."""
    head, *rest = module.split(".")
    found = PathFinder.find_spec(head)
    if head in ("__main__", "") or found is None:
        return False
    for name in rest:
        if found is None or found.submodule_search_locations is None:
            return False
        head = f"{head}.{name}"
        found = PathFinder.find_spec(head, found.submodule_search_locations)
    return found is not None and found.loader is not None


def address_of(make: Any) -> str:
    """How a fresh interpreter finds a class or function: "module:qualified.name"; "" if it cannot."""
    module, name = getattr(make, "__module__", ""), getattr(make, "__qualname__", "")
    if not module or not name or "<" in name or not can_import(module):
        return ""
    return f"{module}:{name}"
