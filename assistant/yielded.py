"""What a perceiver yields, checked before it enters the context and named before it is remembered. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from assistant.errors import NotAsPromised, said, shortened, shown
from assistant.media.source import digest
from assistant.plugin import Perceiver
from assistant.types import MODALITIES, Observation, Part

BOX_TOLERANCE: Final = 0.01
"""How far a box may lie outside the picture, in shares of its side; it is clipped."""
ANY_NAME: Final = "\0"
"""Stands for the name of the file at hand in what is remembered; no name holds it."""


def checked(
    item: object,
    perceiver: Perceiver,
    part: Part,
    own: set[str],
    weights: str,
    modalities: Sequence[str] = MODALITIES,
) -> Observation | Part:
    """The item as it enters the context: plain numbers, boxes clipped to 0-1, source and weights filled in.

    Args:
        item: what was yielded.
        perceiver: who yielded it.
        part: what it was given.
        own: digests that it may speak of: that of the part, and of those it took out, which are added here.
        weights: which weights judged; see `Runner.weights_identity`.
        modalities: what parts can be; see `Host.modalities`.

    Raises:
        NotAsPromised: it is not what the perceiver declared, or makes no sense.
    """
    name, produces = perceiver.name, perceiver.produces
    if isinstance(item, Part):
        if item.modality not in produces or item.modality not in modalities:
            raise NotAsPromised(
                f"{name} yielded a part of modality {shown(item.modality)}, which it does not declare.",
                "Add it to `produces`.",
            )
        if item.parent is None:  # what it was taken out of is part of its identity
            meaning = f"{part.digest} {item.span}"
            identity = digest(item.modality, item.media_type, item.content, meaning)
            item = replace(item, parent=part.digest, digest=identity)
        elif item.parent not in own:
            raise NotAsPromised(
                f"{name} yielded a part that was taken out of another one than it was given.",
                "Make it with task.media and parent=task.part.",
            )
        _check_json(item.facts, f"{name} yielded a part with facts")
        own.add(item.digest)
        return item
    if not isinstance(item, Observation):
        raise NotAsPromised(
            f"{name} yielded {type(item).__name__}, not an Observation or a Part.", "Yield task.observe(...)."
        )
    if item.kind not in produces:
        raise NotAsPromised(
            f"{name} yielded kind {shown(item.kind)}, which it does not declare.", "Add it to `produces`."
        )
    if item.part not in own:
        raise NotAsPromised(
            f"{name} yielded an observation about a part it was not given.", "Make it with task.observe(...)."
        )
    if not isinstance(item.text, str):
        raise NotAsPromised(f"{name} yielded the text {shown(item.text)}.", "Make it a str.")
    if not math.isfinite(item.confidence) or not 0 <= item.confidence <= 1:
        raise NotAsPromised(
            f"{name} yielded the confidence {shown(item.confidence)}.", "It is a probability: from 0 to 1, not percent."
        )
    box = item.box
    if box is not None:
        if len(box) != 4 or not all(-BOX_TOLERANCE <= edge <= 1 + BOX_TOLERANCE for edge in box):
            raise NotAsPromised(
                f"{name} yielded the box {shown(box)}, which is not normalised to 0-1.",
                "Divide x by the picture's width, and y by its height.",
            )
        x0, y0, x1, y1 = (min(1.0, max(0.0, float(edge))) for edge in box)
        if x1 < x0 or y1 < y0:
            raise NotAsPromised(
                f"{name} yielded the box {shown(box)}, which is not x0, y0, x1, y1.",
                "Give the upper left corner, then the lower right one: not its width and height.",
            )
        box = (x0, y0, x1, y1)
    span = item.span
    if span is not None:
        if len(span) != 2 or not 0 <= span[0] <= span[1] < math.inf:
            raise NotAsPromised(f"{name} yielded the span {shown(span)}.", "Give start and end, in seconds.")
        span = (float(span[0]), float(span[1]))
    _check_json(item.data, f"{name} yielded data")
    return replace(item, confidence=float(item.confidence), box=box, span=span, source=name, weights=weights)


def _check_json(values: Mapping[str, Any], what: str) -> None:
    try:
        json.dumps(dict(values), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise NotAsPromised(
            f"{what} that is not JSON: {shortened(said(error))}.",
            "Make it plain: float(x) of a NumPy number, x.tolist() of an array, None for NaN.",
        ) from error


def renamed(items: Iterable[Observation | Part], old: str, new: str) -> list[Observation | Part]:
    """The items, with the new name of the file in the names of its parts ("sound of clip.mp4") in place of the old."""
    whole = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    return [
        replace(item, name=whole.sub(lambda _: new, item.name)) if isinstance(item, Part) else item for item in items
    ]
