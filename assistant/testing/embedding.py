"""What every embedder promises, as checks without pytest. Not for how well its vectors tell things apart."""

from __future__ import annotations

from typing import Any, Final

from assistant.errors import RequestRefused
from assistant.testing import awkward, fresh
from assistant.testing.cases import EmbedderCase
from assistant.testing.isolated import works_in_a_process_of_its_own
from assistant.testing.plugged import (
    closes_cleanly,
    declares_what_decides,
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
)
from assistant.testing.promises import Broken, NotApplicable, Promise, promised

TOLERANCE: Final = 2e-3
"""How far equal inputs may lie apart: models that pad a batch round a little differently in it."""


def gives_unit_rows(case: EmbedderCase) -> None:
    """Vectors are [n, dimensions] float32 in rows of length 1, and after load it says in which space they lie."""
    import numpy as np

    promise = gives_unit_rows.__name__
    with case.loaded() as embedder:
        if not isinstance(embedder.dimensions, int) or embedder.dimensions < 1 or not embedder.space:
            raise Broken(
                promise,
                f"after load() its space is {embedder.space!r} of {embedder.dimensions!r} dimensions.",
                "Set both in load().",
            )
        for inputs in (list(case.given()), list(case.given())[:1], []):
            rows = case.embed(embedder, promise, inputs)
            wanted = (len(inputs), embedder.dimensions)
            if not isinstance(rows, np.ndarray) or rows.shape != wanted:
                raise Broken(
                    promise,
                    f"{len(inputs)} inputs give {getattr(rows, 'shape', type(rows).__name__)}, not {wanted}.",
                    "Return a numpy array of one row for each input; of no input np.zeros((0, dimensions)).",
                )
            if rows.dtype != np.float32:
                raise Broken(promise, f"the vectors are {rows.dtype}.", "Return rows.astype(np.float32).")
            lengths = np.linalg.norm(rows, axis=1)
            if not np.allclose(lengths, 1.0, atol=TOLERANCE):
                raise Broken(promise, f"rows have the length {lengths.min():.3f}.", "Divide each by its length.")


def depends_on_each_input_alone(case: EmbedderCase) -> None:
    """Equal inputs give equal vectors, whatever stands beside them and in whatever order; others differ."""
    import numpy as np

    promise = depends_on_each_input_alone.__name__
    inputs = list(case.given())
    with case.loaded() as embedder:
        rows = case.embed(embedder, promise, inputs)
        turned = case.embed(embedder, promise, inputs[::-1])[::-1]
        single = np.concatenate([case.embed(embedder, promise, [each]) for each in inputs])
        doubled = case.embed(embedder, promise, [inputs[0], inputs[0]])
    remedy = "Embed each input by itself: vectors are remembered one by one."
    if not np.allclose(rows, turned, atol=TOLERANCE):
        raise Broken(promise, "in another order the same inputs get other vectors.", remedy)
    if not np.allclose(rows, single, atol=TOLERANCE):
        raise Broken(promise, "beside others the same input gets another vector.", remedy)
    if not np.allclose(doubled[0], doubled[1], atol=TOLERANCE):
        raise Broken(promise, "the same input twice gets two vectors.", remedy)
    if all(np.allclose(rows[0], row, atol=TOLERANCE) for row in rows[1:]):
        raise Broken(promise, "different inputs get one and the same vector.", "Look at the input.")


def embeds_what_is_difficult(case: EmbedderCase) -> None:
    """Empty, endless and odd texts get vectors of length 1 too, or are refused with a remedy."""
    import numpy as np

    promise = embeds_what_is_difficult.__name__
    with case.loaded() as embedder:
        if embedder.modality != "text":
            raise NotApplicable(f"it embeds {embedder.modality}, which the decoder has made sure of.")
        for text in ("", " ", awkward.ODD, awkward.CHINESE, awkward.HOSTILE, "word " * 5000):
            try:
                rows = case.embed(embedder, promise, [text])
            except Broken:
                raise
            except RequestRefused:
                continue
            except Exception as error:  # whatever it is, it would be a crash in a turn
                what = f"given {text[:20]!r} it raises {type(error).__name__}: {error}."
                raise Broken(promise, what, "Cut long texts; raise RequestRefused for what cannot be done.") from error
            if not np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=TOLERANCE):
                raise Broken(promise, f"given {text[:20]!r} the row is not of length 1.", "Give every row length 1.")


def embeds_the_same_elsewhere(case: EmbedderCase) -> None:
    """A fresh interpreter gives the same vectors: they are stored and compared later."""
    import numpy as np

    from assistant.testing.elsewhere import embedded

    promise = embeds_the_same_elsewhere.__name__
    inputs: list[Any] = list(case.given())
    if not all(isinstance(each, str) for each in inputs):
        raise NotApplicable("only texts are sent to another interpreter.")
    with case.loaded() as embedder:
        here = case.embed(embedder, promise, inputs)
    try:
        there = np.array(embedded(case), np.float32)
    except fresh.Died as error:
        raise Broken(promise, f"in a fresh interpreter {error}.", "Make it work on its own.") from error
    if here.shape != there.shape or not np.allclose(here, there, atol=TOLERANCE):
        raise Broken(promise, "another process gives other vectors.", "Never use hash(), the time or unseeded chance.")


EMBEDDER: Final[tuple[Promise[EmbedderCase], ...]] = promised(
    declares_what_it_is,
    import_is_light,
    options_have_defaults,
    declares_what_decides,
    gives_unit_rows,
    depends_on_each_input_alone,
    embeds_what_is_difficult,
    embeds_the_same_elsewhere,
    works_in_a_process_of_its_own,
    closes_cleanly,
)
"""What is checked of an embedder, in this order."""
