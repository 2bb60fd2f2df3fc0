"""Runs all items of a set over an assistant: side by side, in a fixed order of results, to be continued if stopped."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant_evaluation.asking import Outcome, put
from assistant_evaluation.items import Item
from assistant_evaluation.places import Places

if TYPE_CHECKING:
    from assistant.app import Assistant

SOURCE_BYTES = 1 << 20
"""Files of a plugin larger than this are told apart by their size alone."""


# ---- what decides the outcome of an item ----------------------------------------------------------------------------


def fingerprint(assistant: Assistant, answerer: str | None) -> str:
    """Digest of all that decides what the assistant answers: plugins and their code, weights, options, settings."""
    settings = assistant.settings.model_dump(mode="json", exclude={"data_dir", "database", "server", "weights"})
    host = assistant.host
    described = [
        answerer or assistant.settings.answerer,
        settings,
        [each.identity for each in host.perceivers()],
        [each.identity for each in host.embedders()],
        [each.identity for each in host.answerers()],
        [[info.name, info.version, _code(info.module)] for info in host.plugins()],
        _code("assistant"),
    ]
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()


def _code(module: str) -> str:
    """Digest of a package's files, so that a plugin under development is not taken for what it was before."""
    top = module.split(".")[0]
    if top == __name__.split(".")[0]:  # the measuring decides nothing
        return ""
    spec = find_spec(top)
    digest = hashlib.sha256()
    for place in (spec.submodule_search_locations or [spec.origin or ""]) if spec else []:
        root = Path(place)
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                size = file.stat().st_size
                digest.update(f"{file.relative_to(root)}:{size}".encode())
                if size <= SOURCE_BYTES:
                    digest.update(file.read_bytes())
    return digest.hexdigest()


def key_of(item: Item, files: Sequence[Path], decided_by: str) -> str:
    """Digest of an item, its media's sizes and dates, and all that decides the answer."""
    media = [[path.name, (state := path.stat()).st_size, state.st_mtime_ns] for path in files]
    described = json.dumps([item.to_json(), media, decided_by], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(described.encode()).hexdigest()[:32]


# ---- what was finished before ---------------------------------------------------------------------------------------


class Log:
    """The finished items, one JSON object a line, appended as they finish; a torn last line is passed over."""

    def __init__(self, path: Path, resume: bool) -> None:
        """Read what is there, or begin anew."""
        self.path = path
        self._guard = threading.Lock()
        self._known: dict[str, Outcome] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)
        elif path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._read(line)

    def _read(self, line: str) -> None:
        try:
            row = json.loads(line)
            self._known[row["key"]] = Outcome(**row["outcome"])
        except (ValueError, KeyError, TypeError):
            return  # torn by a kill, or written by another version: that item is asked again

    def get(self, key: str) -> Outcome | None:
        """What came of it before; None if it was not finished, or if something failed that may not fail again."""
        known = self._known.get(key)
        return known if known is not None and known.final else None

    def add(self, key: str, outcome: Outcome) -> None:
        """Append a finished item."""
        row = json.dumps({"key": key, "outcome": outcome.to_json()}, ensure_ascii=False)
        with self._guard, self.path.open("a", encoding="utf-8") as stream:
            if stream.tell() and not self._ends_a_line():
                stream.write("\n")
            stream.write(row + "\n")

    def _ends_a_line(self) -> bool:
        with self.path.open("rb") as stream:
            stream.seek(-1, 2)
            return stream.read(1) == b"\n"


# ---- running --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a whole set."""

    items: tuple[Item, ...]
    """Those whose media are there, in the set's order."""
    outcomes: tuple[Outcome, ...]
    """One for each of them."""
    absent: tuple[str, ...]
    """Names of media that are not there."""
    skipped: int
    """Items that could not be asked because of it."""
    reused: int
    """Items finished by an earlier run."""


def run(
    assistant: Assistant,
    items: Sequence[Item],
    places: Places,
    *,
    log: Log,
    answerer: str | None = None,
    jobs: int = 1,
    progress: Callable[[int], Any] = lambda count: None,
) -> Run:
    """Put every item to the assistant.

    Items about the same media run one after another, so that nothing is perceived twice; others side by side. The
    outcomes are in the order of the items whatever the order of finishing. An item that fails is an outcome with an
    error. When interrupted, what is finished is in the log.

    Args:
        assistant: who is asked.
        items: what to ask.
        places: where the media are.
        log: what was finished before; grows.
        answerer: a name; None for the one in the settings.
        jobs: items at work at once.
        progress: told how many items were finished, each time some are; never by two threads at once.
    """
    decided_by = fingerprint(assistant, answerer)
    absent: dict[str, None] = {}
    asked: list[Item] = []
    units: dict[tuple[Path, ...], list[tuple[int, Item, str]]] = {}
    outcomes: dict[int, Outcome] = {}
    for item in items:
        files, missing = places.all_of(item)
        if missing:
            absent.update(dict.fromkeys(missing))
            continue
        number, key = len(asked), key_of(item, files, decided_by)
        asked.append(item)
        known = log.get(key)
        if known is not None:
            outcomes[number] = known
        else:
            place = tuple(files) or (Path(item.id),)
            units.setdefault(place, []).append((number, item, key))
    reused = len(outcomes)
    progress(reused + len(items) - len(asked))
    stop, telling = threading.Event(), threading.Lock()

    def work(place: tuple[Path, ...], unit: list[tuple[int, Item, str]]) -> None:
        try:
            for number, item, key in unit:
                if stop.is_set():
                    return
                outcome = put(assistant, item, place if item.files else (), answerer)
                log.add(key, outcome)
                outcomes[number] = outcome
                with telling:
                    progress(1)
        except BaseException:  # at once, before this thread takes up the next unit
            stop.set()
            raise

    with ThreadPoolExecutor(jobs, thread_name_prefix="eval") as pool:
        futures = [pool.submit(work, place, unit) for place, unit in units.items()]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    whole = tuple(outcomes[number] for number in range(len(asked)))
    return Run(tuple(asked), whole, tuple(absent), len(items) - len(asked), reused)
