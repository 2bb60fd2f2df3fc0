"""Retrieval over a set of captioned pictures with installed embedders. Nothing is asked of an answerer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.types import IMAGE, TEXT
from assistant_evaluation.formats.content import SetError
from assistant_evaluation.items import CaptionItem
from assistant_evaluation.metrics.retrieval import retrieval

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.plugin import Embedder
    from assistant.runner import Runner

BATCH = 16
"""Pictures decoded and embedded at once."""


def embedders(assistant: Assistant) -> tuple[Runner[Embedder], Runner[Embedder]]:
    """An embedder of texts and one of pictures whose vectors can be compared, loaded.

    Raises:
        SetError: there is none; says which embedders there are.
    """
    usable = [runner for runner in assistant.host.embedders() if runner.obstacle() is None]
    for runner in usable:
        runner.run(lambda embedder: None)
    for text in usable:
        for image in usable:
            sides = (text.plugged.modality, image.plugged.modality)
            if sides == (TEXT, IMAGE) and text.plugged.space == image.plugged.space != "":
                return text, image
    found = ", ".join(f"{one.name} ({one.plugged.modality}, {one.plugged.space})" for one in usable) or "none"
    raise SetError(
        f"Retrieval needs an embedder of texts and one of pictures in the same space; ready are: {found}.",
        "Install a plugin that brings both, such as one for CLIP or SigLIP, with its weights.",
    )


def find(assistant: Assistant, items: Sequence[CaptionItem], files: Sequence[Path]) -> dict[str, Any]:
    """The report's section on retrieval.

    Args:
        assistant: whose embedders are used; that of pictures is given decoded `assistant.media.Image`s.
        items: the pictures' captions.
        files: the picture of each item.

    Raises:
        SetError: no embedders share a space, or there are fewer than two pictures.
        MediaError: a picture cannot be decoded.
    """
    import numpy as np

    if len(items) < 2:
        raise SetError("Retrieval needs at least two captioned pictures.", "Give a larger set.")
    text, image = embedders(assistant)
    media = assistant.media
    vectors = []
    for start in range(0, len(files), BATCH):
        pictures = [media.image(media.open(path, path.name)) for path in files[start : start + BATCH]]
        vectors.append(image.run(lambda embedder, pictures=pictures: embedder.embed(pictures)))  # type: ignore[misc]
    pictures_side = np.concatenate(vectors)
    captions = [caption for item in items for caption in item.captions]
    owner = [number for number, item in enumerate(items) for _ in item.captions]
    texts_side = text.run(lambda embedder: embedder.embed(captions))
    similarity = texts_side @ pictures_side.T
    of_picture: list[list[int]] = [[] for _ in items]
    for column, number in enumerate(owner):
        of_picture[number].append(column)
    return {
        "space": text.plugged.space,
        "text_to_image": asdict(retrieval(similarity, [[number] for number in owner])),
        "image_to_text": asdict(retrieval(similarity.T, of_picture)),
    }
