"""Measures how often the nearest wording of paraphrase.py means the same, by leaving each wording out in turn.

    python scripts/measure_paraphrases.py DIRECTORY

DIRECTORY: a sentence-transformers model. Prints, for each least similarity, the share of wordings whose nearest other
wording is that near, and how many of those belong to the same question.
"""

from __future__ import annotations

import argparse

import numpy as np

from assistant_reasoner.paraphrase import wordings


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    arguments = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    known = wordings()
    vectors = SentenceTransformer(arguments.model, device="cpu").encode(
        [one.text for one in known], normalize_embeddings=True
    )
    alike = vectors @ vectors.T
    slots = np.array([one.slots for one in known])
    alike[slots[:, None] != slots[None, :]] = -1
    np.fill_diagonal(alike, -1)
    best, near = alike.argmax(axis=1), alike.max(axis=1)
    right = np.array([known[index].question == one.question for index, one in zip(best, known, strict=True)])
    for least in np.arange(0.4, 0.96, 0.05):
        kept = near >= least
        precision = right[kept].mean() if kept.any() else float("nan")
        print(f"{least:.2f}  kept {kept.mean():.2f}  same question {precision:.2f}")


if __name__ == "__main__":
    main()
