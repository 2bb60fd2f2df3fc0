"""The short-answer model with tiny checkpoints of BLIP and ViLT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import CannotAnswer
from assistant.testing import FakeServices
from assistant.types import VIDEO, Part


@pytest.fixture(params=["blip", "vilt"])
def vqa(request: pytest.FixtureRequest, checkpoint: Any) -> Iterator[Any]:
    """A loaded answerer."""
    from assistant_vlm.options import VqaOptions
    from assistant_vlm.vqa import VisualQuestionAnswering

    loaded = VisualQuestionAnswering()
    model = str(checkpoint(request.param, endless=False))
    loaded.load(FakeServices(options=VqaOptions(model=model, dtype="float32")))
    yield loaded
    loaded.close()


def test_short_answer_with_probability(vqa: Any, picture: Any, ask: Any) -> None:
    """One picture and one question give one answer, its bare form and a probability; the same each time."""
    request = ask("What colour is the car?", picture())
    (first,), (second,) = list(vqa.answer(request)), list(vqa.answer(request))
    assert first == second
    assert first.text
    assert first.short
    assert 0 < first.confidence < 1


def test_long_questions_and_other_media_are_passed_on(vqa: Any, picture: Any, ask: Any) -> None:
    """What the model was not made for goes to the next answerer."""
    photo = picture()
    video = Part(VIDEO, "v" * 64, "film.mp4", "video/mp4", b"")
    frame = replace(picture(2), parent=video.digest, digest="f" * 64)
    for request in (
        ask("", photo),
        ask(" ".join(["word"] * 21), photo),
        ask("Is it this? Choices: a, b", photo),
        ask("这是什么？", photo),
        ask("Which is larger?", photo, picture(1)),
        ask("What is in the film?", video, frame),
        ask("What is love?"),
    ):
        with pytest.raises(CannotAnswer):
            list(vqa.answer(request))


def test_needs_no_perception(vqa: Any, picture: Any, ask: Any) -> None:
    """It does not wait for the perceivers."""
    request = ask("What is it?", picture())
    assert vqa.needs(request.question, request.context) == frozenset()
