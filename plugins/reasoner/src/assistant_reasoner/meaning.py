"""Sentence embeddings, each text embedded once and kept. Not for deciding what similarity means: see its users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

KEPT: Final = 4096
"""Texts whose vectors are kept: 384 numbers of 4 bytes each make 6 MiB."""


class Meanings:
    """Calls an embedder for those texts only that it was not asked for before."""

    def __init__(self) -> None:
        self._vectors: dict[str, Any] = {}
        self._dimensions = 0

    def over(self, embed: Callable[[Sequence[str]], Any]) -> Callable[[Sequence[str]], Any]:
        """The embedder with what it said before remembered; [n, dimensions], or None where it gives none."""

        def remembered(texts: Sequence[str]) -> Any:
            known = dict(self._vectors)
            missing = [text for text in dict.fromkeys(texts) if text not in known]
            if missing or not texts:
                found = embed(missing)
                if found is None:
                    return None
                known.update(zip(missing, found, strict=True))
                if len(self._vectors) + len(missing) > KEPT:
                    self._vectors.clear()
                self._vectors.update(zip(missing, found, strict=True))
                if not texts:
                    return found
            import numpy as np

            return np.stack([known[text] for text in texts])

        return remembered
