"""How checks call a plugin: with an end to every call, and an eye on what it leaves behind. Not for what is checked."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from assistant.testing.promises import Broken

T = TypeVar("T")

THREAD: Final = "check of a plugin"
"""What the threads of calls are called."""
GRACE_SECONDS: Final = 5.0
"""How soon a cancelled call must end: as long as a host that closes waits for it."""
CALL_LIMIT: Final = 120.0
"""No call of a check is waited for longer, whatever deadline is declared."""
SETTLE_SECONDS: Final = 2.0
"""How long threads and processes that were told to end may take."""


@dataclass(slots=True)
class Outcome(Generic[T]):
    """What became of a call."""

    value: T | None = None
    error: BaseException | None = None
    ended: bool = False
    seconds: float = 0.0

    def get(self) -> T:
        """The value. Raises what the call raised."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]


class Call(Generic[T]):
    """A call in a thread of its own, so that one which hangs costs a thread and not the test run."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._outcome: Outcome[T] = Outcome()
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        began = time.perf_counter()
        try:
            self._outcome.value = self._work()
        except BaseException as error:  # handed to whoever waits; SystemExit too is the plugin's doing
            self._outcome.error = error
        self._outcome.seconds = time.perf_counter() - began
        self._outcome.ended = True

    def wait(self, seconds: float) -> Outcome[T]:
        """What became of it within so many seconds."""
        self._thread.join(seconds)
        return self._outcome


def within(seconds: float, work: Callable[[], T], cancel: threading.Event | None = None) -> Outcome[T]:
    """The outcome of a call; when time is up it is told to end, and left to it."""
    call = Call(work)
    outcome = call.wait(seconds)
    if not outcome.ended:
        if cancel is not None:
            cancel.set()
        call.wait(GRACE_SECONDS)
        return Outcome(seconds=seconds)
    return outcome


def at_once(works: Sequence[Callable[[], T]], seconds: float) -> list[Outcome[T]]:
    """The outcomes of calls that all begin at the same moment."""
    barrier = threading.Barrier(len(works))

    def started(work: Callable[[], T]) -> Callable[[], T]:
        def run() -> T:
            barrier.wait()
            return work()

        return run

    calls = [Call(started(work)) for work in works]
    until = time.monotonic() + seconds
    return [call.wait(max(0.0, until - time.monotonic())) for call in calls]


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds at a moment (Linux)."""

    threads: frozenset[str]
    """Ids of its threads."""
    files: frozenset[str]
    """Its open files and sockets: descriptor and what that is."""
    children: frozenset[str]
    """Process ids."""

    def beside(self, before: Held, still: Held | None = None) -> str:
        """What there is that was not there before, in words; with `still`, of that only what is there then too."""
        found = []
        for what in ("threads", "files", "children"):
            new = getattr(self, what) - getattr(before, what)
            if still is not None:
                new &= getattr(still, what)
            if new:
                noun = {"threads": "thread", "files": "open file or socket", "children": "child process"}[what]
                found.append(f"{len(new)} {noun}{'' if len(new) == 1 else 's' if what == 'threads' else ' each'}")
        return ", ".join(found)


def held() -> Held:
    """What this process holds now."""
    gc.collect()
    # the threads of calls that hang are known already, and end whenever they like
    hanging = {str(thread.native_id) for thread in threading.enumerate() if thread.name == THREAD}
    threads = frozenset(each.name for each in _entries("/proc/self/task")) - hanging
    return Held(threads, frozenset(_files()), frozenset(map(str, children())))


def settled(before: Held) -> Held:
    """What this process holds, once it is no more than before, or has had the time to become so."""
    until = time.monotonic() + SETTLE_SECONDS
    while (now := held()).beside(before) and time.monotonic() < until:
        threading.Event().wait(0.02)
    return now


def children() -> set[int]:
    """Process ids of the children of this process that are not zombies."""
    found = set()
    for task in _entries("/proc/self/task"):
        try:
            listed = (task / "children").read_text().split()
        except OSError:  # the thread has ended meanwhile, or this kernel does not list children
            continue
        found |= {int(each) for each in listed}
    return {each for each in found if _alive(each)}


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _files() -> Iterator[str]:
    for each in _entries("/proc/self/fd"):
        try:
            yield f"{each.name} {each.readlink()}"
        except OSError:  # it was the one through which they are listed
            continue


def _entries(directory: str) -> list[Path]:
    try:
        return list(Path(directory).iterdir())
    except OSError:
        return []


@contextmanager
def loaded(plugged: Any, services: Any, promise: str = "load", seconds: float = 120.0) -> Iterator[Any]:
    """The plugged object, loaded; closed at the end whatever happens."""
    outcome = within(seconds, lambda: plugged.load(services))
    if not outcome.ended:
        raise Broken(promise, f"load() did not end within {seconds:.0f} s.", "Load faster, or fetch nothing in load().")
    outcome.get()
    try:
        yield plugged
    finally:
        plugged.close()
