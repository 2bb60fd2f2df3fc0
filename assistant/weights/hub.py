"""Fetches weights from the Hugging Face hub, at one commit, the named files only. Asked only when allowed.

Of weights that list no files, the hub says which there are and what their hashes are: SHA-256 of large files, the git
blob's SHA-1 of small ones. What came is compared with that.
"""

from __future__ import annotations

import fnmatch
import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from assistant.errors import PullFailed, WeightsCorrupt
from assistant.weights.files import sha256, size_of
from assistant.weights.specs import HubSource, Progress, WeightsFile, WeightsSpec

T = TypeVar("T")

POLL_SECONDS: Final = 0.2
"""Between two reports of a download's progress."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """A file as the hub records it."""

    path: str
    bytes: int
    sha256: str
    """Of a large file, else ""."""
    blob: str
    """SHA-1 of the git blob of a small file, else ""."""


def fetch(spec: WeightsSpec, source: HubSource, kept: Path, building: Path, tell: Progress) -> Sequence[WeightsFile]:
    """Fetch the files of `spec` into `building`, and say which they are.

    Args:
        spec: of the weights.
        source: the repository.
        kept: a directory where what has come waits for the rest, also between two attempts.
        building: where the files go.
        tell: told of progress.

    Raises:
        PullFailed: the library is absent, or the hub could not be reached or does not have a file.
        WeightsCorrupt: a small file is not what the hub records.
    """
    if importlib.util.find_spec("huggingface_hub") is None:
        raise PullFailed(
            f"The weights {spec.name} come from a model hub, but huggingface_hub is not installed.",
            "Install it with: pip install huggingface_hub",
        )
    if spec.files:
        sizes = {file.path: file.bytes for file in spec.files}
        return _download(source, sizes, kept, building, tell, lambda path, file: _listed(spec, path))
    commit, offered = _offered(spec, source, tell)
    by_path = {file.path: file for file in offered}
    sizes = {file.path: file.bytes for file in offered}
    pinned = replace(source, revision=commit)
    return _download(pinned, sizes, kept, building, tell, lambda path, file: _recorded(spec, by_path[path], file))


def _listed(spec: WeightsSpec, path: str) -> WeightsFile:
    return next(file for file in spec.files if file.path == path)


def _recorded(spec: WeightsSpec, offered: _Offered, came: Path) -> WeightsFile:
    """What is written down of a file that no specification lists. Raises WeightsCorrupt."""
    if offered.sha256:
        return WeightsFile(offered.path, offered.sha256, offered.bytes)
    content = came.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    if offered.blob and blob != offered.blob:
        raise WeightsCorrupt(
            f"{offered.path} of weights {spec.name} is not the file that the hub records: its git hash is {blob}, "
            f"expected {offered.blob}.",
            "Nothing was kept. Pull again; if it stays so, the hub or something on the way is at fault.",
        )
    return WeightsFile(offered.path, sha256(came), len(content))


def _offered(spec: WeightsSpec, source: HubSource, tell: Progress) -> tuple[str, list[_Offered]]:
    """The commit that the revision stands for now, and its files that match. Raises PullFailed."""
    tell(f"asking for {source.repository}", 0, 0)

    def ask() -> Any:
        from huggingface_hub import HfApi, constants

        return HfApi(endpoint=constants.ENDPOINT).model_info(
            source.repository, revision=source.revision, files_metadata=True
        )

    info = _waited(ask, lambda: None, f"{source.repository}@{source.revision}")
    files = [
        _Offered(
            each.rfilename,
            int(each.size or 0),
            str(each.lfs.sha256) if each.lfs else "",
            "" if each.lfs else str(each.blob_id or ""),
        )
        for each in info.siblings or ()
        if "/" not in each.rfilename and any(fnmatch.fnmatch(each.rfilename, one) for one in source.patterns)
    ]
    if not any(file.path.endswith(".safetensors") for file in files):
        raise PullFailed(
            f"{source.repository} offers no safetensors at {info.sha}.",
            f"Set `weights.paths.{spec.name}` to a directory that holds a converted copy.",
        )
    return str(info.sha), files


def _download(
    source: HubSource,
    sizes: dict[str, int],
    kept: Path,
    building: Path,
    tell: Progress,
    described: Callable[[str, Path], WeightsFile],
) -> Sequence[WeightsFile]:
    """Fetch the files, then move them to their places all at once."""
    total = sum(sizes.values())
    named = {target: name for name, target in source.files.items()}
    fetched = []
    for target in sizes:
        name = named.get(target, target)

        def ask(name: str = name) -> Path:
            from huggingface_hub import hf_hub_download
            from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]  # documented

            disable_progress_bars()  # ours is shown instead
            return Path(hf_hub_download(source.repository, name, revision=source.revision, local_dir=kept))

        def report(name: str = name) -> None:
            tell(f"fetching {source.repository}/{name}", min(size_of(kept), total), total)

        came = _waited(ask, report, f"{name} of {source.repository}")
        fetched.append((came, target, described(target, came)))
    for came, target, _ in fetched:
        (building / target).parent.mkdir(parents=True, exist_ok=True)
        came.replace(building / target)
    return [file for _, _, file in fetched]


def _waited(ask: Callable[[], T], report: Callable[[], None], what: str) -> T:
    """The result of a call that may take long, with progress reported meanwhile. Raises PullFailed."""
    coming = _begin(ask)
    while True:
        report()
        if wait([coming], POLL_SECONDS).done:
            break
    error = coming.exception()
    if error is not None:
        raise PullFailed(
            f"{what} could not be fetched: {_reason(error)}.",
            "Check the network, HF_ENDPOINT and HF_TOKEN, then pull again; what has come is kept.",
        ) from error
    return coming.result()


def _begin(ask: Callable[[], T]) -> Future[T]:
    """Call in a thread that does not keep the process alive, so that Ctrl-C ends the pull."""
    coming: Future[T] = Future()

    def run() -> None:
        try:
            coming.set_result(ask())
        except BaseException as error:  # handed to the thread that waits
            coming.set_exception(error)

    threading.Thread(target=run, name="hub", daemon=True).start()
    return coming


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0].rstrip('.:')}" if lines else type(error).__name__
