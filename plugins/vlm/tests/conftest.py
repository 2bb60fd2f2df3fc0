"""Tiny checkpoints of the real classes, pictures made on the spot, and requests about them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from assistant.context import Snapshot
from assistant.media import Media
from assistant.plugin import Request
from assistant.testing import FakeServices
from assistant.types import Example, Message, Observation, Part, Question

pytest.importorskip("transformers")

Checkpoint = Callable[..., Path]
OPTIONS = {"dtype": "float32", "max_new_tokens": 8, "image_size": 128}


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Makes a tiny checkpoint of a family, once; answers of endless ones are as long as is asked for."""
    from assistant_vlm.checkpoints import make

    made: dict[tuple[str, bool], Path] = {}

    def get(family: str, *, endless: bool = True) -> Path:
        if family == "smolvlm":
            pytest.importorskip("num2words", reason="the processor of SmolVLM2 needs num2words")
        key = (family, endless)
        if key not in made:
            made[key] = make(family, tmp_path_factory.mktemp(family), endless=endless)
        return made[key]

    return get


@pytest.fixture
def answerer(checkpoint: Checkpoint) -> Iterator[Callable[..., Any]]:
    """Loads an answerer with a tiny checkpoint; closed at the end."""
    from assistant_vlm.answerer import VisionLanguage
    from assistant_vlm.options import VlmOptions

    opened: list[VisionLanguage] = []

    def load(family: str = "idefics3", *, endless: bool = True, **options: Any) -> VisionLanguage:
        loaded = VisionLanguage()
        model = str(checkpoint(family, endless=endless))
        loaded.load(FakeServices(options=VlmOptions(**{"model": model, **OPTIONS, **options})))
        opened.append(loaded)
        return loaded

    yield load
    for each in opened:
        each.close()


@pytest.fixture
def picture(media: Media) -> Callable[..., Part]:
    """Makes a picture of noise."""

    def make(seed: int = 0, width: int = 120, height: int = 80) -> Part:
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
        encoded = io.BytesIO()
        Pillow.fromarray(pixels).save(encoded, "PNG")
        return media.open(encoded.getvalue(), f"noise {seed}.png")

    return make


@pytest.fixture
def ask(media: Media) -> Callable[..., Request]:
    """Makes a request."""

    def make(
        question: str,
        *parts: Part,
        observations: Sequence[Observation] = (),
        messages: Sequence[Message] = (),
        examples: Sequence[Example] = (),
    ) -> Request:
        sent = tuple(part.digest for part in parts if part.parent is None)
        context = Snapshot(tuple(parts), tuple(observations), (), tuple(messages), sent)
        return Request(Question(question), context, media, lambda texts: None, examples=tuple(examples))

    return make


@pytest.fixture
def read(checkpoint: Checkpoint) -> Callable[[Any, str], str]:
    """The text of the last prompt, special tokens included."""
    from transformers import AutoTokenizer

    def prompt(loaded: Any, family: str) -> str:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint(family))
        return str(tokenizer.decode(loaded.last.prompt))

    return prompt
