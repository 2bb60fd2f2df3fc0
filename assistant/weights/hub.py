"""Fetches weights from the Hugging Face hub, at a pinned revision, the named files only. Asked only when allowed."""

from __future__ import annotations

import importlib.util
import threading
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Final

from assistant.errors import PullFailed
from assistant.weights.files import size_of
from assistant.weights.specs import HubSource, Progress, WeightsSpec

POLL_SECONDS: Final = 0.2
"""Between two reports of a download's progress."""


def fetch(spec: WeightsSpec, source: HubSource, kept: Path, building: Path, tell: Progress) -> None:
    """Fetch the files of `spec` into `building`.

    Args:
        spec: of the weights.
        source: the repository.
        kept: a directory where what has come waits for the rest, also between two attempts.
        building: where the files go.
        tell: told of progress.

    Raises:
        PullFailed: the library is absent, or the hub could not be reached or does not have a file.
    """
    if importlib.util.find_spec("huggingface_hub") is None:
        raise PullFailed(
            f"The weights {spec.name} come from a model hub, but huggingface_hub is not installed.",
            "Install it with: pip install huggingface_hub",
        )
    total = sum(file.bytes for file in spec.files)
    named = {target: name for name, target in source.files.items()}
    fetched = []
    for file in spec.files:
        name = named.get(file.path, file.path)
        coming = _begin(source, name, kept)
        while True:
            tell(f"fetching {source.repository}/{name}", min(size_of(kept), total), total)
            if wait([coming], POLL_SECONDS).done:
                break
        error = coming.exception()
        if error is not None:
            raise PullFailed(
                f"{name} of {source.repository} could not be fetched: {_reason(error)}.",
                "Check the network, HF_ENDPOINT and HF_TOKEN, then pull again; what has come is kept.",
            ) from error
        fetched.append((coming.result(), building / file.path))
    for path, target in fetched:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def _begin(source: HubSource, name: str, kept: Path) -> Future[Path]:
    """Fetch one file in a thread that does not keep the process alive, so that Ctrl-C ends the pull."""
    coming: Future[Path] = Future()

    def run() -> None:
        try:
            from huggingface_hub import hf_hub_download
            from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]  # documented

            disable_progress_bars()  # ours is shown instead
            coming.set_result(Path(hf_hub_download(source.repository, name, revision=source.revision, local_dir=kept)))
        except BaseException as error:  # handed to the thread that waits
            coming.set_exception(error)

    threading.Thread(target=run, name="hub", daemon=True).start()
    return coming


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0].rstrip('.:')}" if lines else type(error).__name__
