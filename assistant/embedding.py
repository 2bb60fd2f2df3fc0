"""Sentence embeddings for all who ask for them: computed by the text embedder that is ready, the latest remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from assistant.plugin import Embedder
from assistant.runner import Runner
from assistant.types import TEXT

if TYPE_CHECKING:
    import numpy as np

KEPT: Final = 2048
"""Embeddings remembered: 384 float32 each, 3 MiB in all."""


class Embeddings:
    """What `Services.embed` is."""

    def __init__(self, embedders: Mapping[str, Runner[Embedder]]) -> None:
        """Look for a text embedder among these whenever one is needed."""
        self._embedders = embedders
        self._remembered: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def embedder(self) -> Runner[Embedder] | None:
        """The first text embedder that can be used now."""
        for runner in self._embedders.values():
            plugged = runner.plugged
            if plugged.modality == TEXT and not plugged.across and runner.obstacle() is None:
                return runner
        return None

    def identity(self) -> str:
        """Which embedder that is; "" for none."""
        runner = self.embedder()
        return runner.identity if runner else ""

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """Sentence embeddings [n, dimensions], float32, rows of length 1; None when no text embedder can be used."""
        import numpy as np

        runner = self.embedder()
        if runner is None:
            return None
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        if new:
            vectors = runner.run(lambda embedder: embedder.embed(new), what="embed", about=_counted(new))
            with self._lock:
                self._remembered.update(zip(new, vectors, strict=True))
        with self._lock:
            found = []
            for text in texts:
                vector = self._remembered.get(text)
                if vector is None:  # more texts than are remembered, by this call or one beside it
                    return runner.run(lambda embedder: embedder.embed(list(texts)), what="embed", about=_counted(texts))
                self._remembered.move_to_end(text)
                found.append(vector)
            while len(self._remembered) > KEPT:
                self._remembered.popitem(last=False)
        return np.stack(found) if found else np.zeros((0, runner.plugged.dimensions), np.float32)


def _counted(texts: Sequence[str]) -> str:
    return f"{len(texts)} text{'' if len(texts) == 1 else 's'}"
