"""The plugin keeps the contract, and tells sharp pictures from blurred ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assistant_sharpness import Sharpness, variance_of_laplacian

from assistant import Assistant, Part
from assistant.media import Media
from assistant.testing import PerceiverContract
from assistant.vocabulary import mentions


def checkers(width: int = 320, height: int = 240, blurred: int = 0) -> np.ndarray:
    """Squares of 16 pixels, their edges blurred by so many running means of 2 x 2 pixels."""
    y, x = np.mgrid[:height, :width]
    grey = ((x // 16 + y // 16) % 2 * 200 + 20).astype(np.float64)
    for _ in range(blurred):
        grey = (grey + np.roll(grey, 1, 0) + np.roll(grey, 1, 1) + np.roll(grey, (1, 1), (0, 1))) / 4
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def picture(blurred: int = 0) -> Part:
    """The squares as a picture that somebody sent."""
    return Media().image_part(checkers(blurred=blurred), "squares.jpg")


class TestSharpness(PerceiverContract):
    perceiver = Sharpness
    part = picture()


@pytest.mark.parametrize(
    ("blurred", "options", "said"),
    [(0, {}, "sharp"), (40, {}, "blurred"), (0, {"threshold": 1e6}, "blurred"), (40, {"threshold": 0.01}, "sharp")],
)
def test_what_is_said(
    blurred: int, options: dict[str, float], said: str, make_assistant: Callable[..., Assistant]
) -> None:
    """A sharp picture is called sharp, a blurred one blurred, and the turn's threshold decides."""
    reply = make_assistant(Sharpness()).perceive(picture(blurred), options={"sharpness": options})
    (seen,) = [seen for seen in reply.observations if seen.kind == "sharpness"]
    assert seen.text == said
    assert seen.confidence >= 0.5


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (3, 3)])
def test_tiny_pictures(shape: tuple[int, int]) -> None:
    """Pictures that are too small for a Laplacian, or just large enough, have none that is wrong."""
    assert variance_of_laplacian(np.full(shape, 7.0)) == 0.0


@pytest.mark.parametrize(
    "question", ["Is this photo sharp?", "Is it out of focus?", "Ist das Foto scharf?", "照片清晰吗？"]
)
def test_people_can_ask(question: str) -> None:
    """The words that people ask with are declared."""
    assert {one.kind for one in mentions(question, Sharpness.asked)} == {"sharpness"}
