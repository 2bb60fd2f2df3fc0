"""The perceivers with networks, on scikit-image's photographs and pages drawn here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assistant.media import Image as Decoded
from assistant.plugin import Perceiver, Task
from assistant.settings import Settings
from assistant.types import Observation, Part
from assistant.weights import Weights
from assistant_vision.labels import VisionLabels
from assistant_vision.objects import VisionObjects
from assistant_vision.specs import EFFICIENTNET, SSD
from assistant_vision.text import VisionText

data = pytest.importorskip("skimage.data")


def directory(name: str) -> Path:
    """Where the weights are: as the product finds them."""
    weights = Weights(Settings().weights_directory())
    weights.add(SSD)
    weights.add(EFFICIENTNET)
    return weights.where(name)


@pytest.fixture(scope="module")
def objects() -> Iterator[Perceiver]:
    yield from loaded(VisionObjects())


@pytest.fixture(scope="module")
def labels() -> Iterator[Perceiver]:
    yield from loaded(VisionLabels())


@pytest.fixture(scope="module")
def text() -> Iterator[Perceiver]:
    yield from loaded(VisionText())


def loaded(perceiver: Perceiver) -> Iterator[Perceiver]:
    options = perceiver.Options() if perceiver.Options else None
    services: Any = SimpleNamespace(options=options, threads=2, device="cpu", hub=False, weights=directory)
    perceiver.load(services)
    yield perceiver
    perceiver.close()


def perceive(perceiver: Perceiver, picture: Any) -> list[Observation]:
    rgb = np.asarray(picture)
    rgb = np.stack([rgb] * 3, axis=-1) if rgb.ndim == 2 else rgb[:, :, :3]
    media: Any = SimpleNamespace(image=lambda part: Decoded(rgb))
    task = Task(Part("image", "0" * 64, "picture", "image/png", b""), media)
    return [item for item in perceiver.perceive(task) if isinstance(item, Observation)]


@pytest.mark.weights
def test_a_cat_is_found_and_framed(objects: Perceiver) -> None:
    """The cat is the surest object and fills most of the picture."""
    found = perceive(objects, data.cat())
    assert found[0].text == "cat"
    assert found[0].confidence > 0.8
    assert found[0].data["presence"] >= found[0].confidence - 0.05
    left, top, right, bottom = found[0].box or (0, 0, 0, 0)
    assert (right - left) * (bottom - top) > 0.4


@pytest.mark.weights
def test_a_cup_is_counted_once(objects: Perceiver) -> None:
    """Looking at the picture at several sizes does not make several cups of one."""
    cups = [seen for seen in perceive(objects, data.coffee()) if seen.text == "cup" and seen.confidence >= 0.5]
    assert len(cups) == 1


@pytest.mark.weights
def test_an_even_area_shows_nothing(objects: Perceiver) -> None:
    """No object is stated on a blank picture."""
    assert [seen for seen in perceive(objects, np.full((300, 400, 3), 120, np.uint8)) if seen.confidence >= 0.5] == []


@pytest.mark.weights
def test_the_whole_is_named(labels: Perceiver) -> None:
    """An espresso is the likeliest class of a cup of coffee; the classes are ranked."""
    found = perceive(labels, data.coffee())
    assert found[0].text == "espresso"
    assert [seen.data["rank"] for seen in found] == list(range(len(found)))
    assert [seen.confidence for seen in found] == sorted((seen.confidence for seen in found), reverse=True)


@pytest.mark.weights
def test_breeds_add_up_to_the_animal(labels: Perceiver) -> None:
    """Not sure of the breed, but sure of the cat."""
    first = perceive(labels, data.cat())[0]
    assert first.data["broader"] == "cat"
    assert first.data["broader_confidence"] > max(0.8, first.confidence)


LINES = ["The quick brown fox", "jumps over the lazy dog", "and asks for 42 apples"]


def page(turn: int = 0) -> Image.Image:
    picture = Image.new("RGB", (520, 220), "white")
    for row, line in enumerate(LINES):
        ImageDraw.Draw(picture).text((30, 30 + 60 * row), line, fill="black", font_size=32)
    return picture.rotate(-turn, expand=True)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_it_lies(text: Perceiver, turn: int) -> None:
    """Three lines in reading order, their boxes in the picture as it lies, and by how much to turn it."""
    found = perceive(text, page(turn))
    assert [seen.text for seen in found] == LINES
    assert [seen.data["order"] for seen in found] == [0, 1, 2]
    assert {seen.data["rotation"] for seen in found} == {(360 - turn) % 360}
    first = found[0].box or (0, 0, 0, 0)
    middle = ((first[0] + first[2]) / 2, (first[1] + first[3]) / 2)
    expected = {0: (0.35, 0.22), 90: (0.78, 0.35), 180: (0.65, 0.78), 270: (0.22, 0.65)}[turn]
    assert middle == pytest.approx(expected, abs=0.08)


def test_print_is_read(text: Perceiver) -> None:
    """The lines of a scanned page come with letters right."""
    read = " ".join(seen.text for seen in perceive(text, data.page()))
    assert read.startswith("Region-based segmentation Let us first determine markers of the coins and the background.")


@pytest.mark.parametrize("name", ["cat", "coffee", "rocket", "astronaut"])
def test_no_text_is_read_where_there_is_none(text: Perceiver, name: str) -> None:
    """Texture is not read as writing."""
    assert perceive(text, getattr(data, name)()) == []


@pytest.mark.parametrize("shape", [(1, 1), (2, 2000), (3000, 3), (40, 1500), (20, 20)])
def test_odd_sizes_are_looked_at_without_complaint(text: Perceiver, shape: tuple[int, int]) -> None:
    """Specks and strips hold no text, and are no error."""
    assert perceive(text, np.full((*shape, 3), 200, np.uint8)) == []


@pytest.mark.weights
@pytest.mark.parametrize("shape", [(1, 1), (2, 2000), (3000, 3)])
def test_odd_sizes_show_no_sure_objects(objects: Perceiver, labels: Perceiver, shape: tuple[int, int]) -> None:
    """Specks and strips are no error for the networks either."""
    picture = np.full((*shape, 3), 200, np.uint8)
    assert all(seen.confidence < 0.5 for seen in [*perceive(objects, picture), *perceive(labels, picture)])


def test_reading_never_fetches_a_model(text: Perceiver) -> None:
    """The models are opened from the installed package by path."""
    from assistant_vision.reader import DETECTOR, RECOGNISER

    spec = importlib.util.find_spec("rapidocr")
    assert spec
    assert spec.origin
    engine: Any = text._reader._engine  # type: ignore[attr-defined]
    assert Path(engine.cfg.Det.model_path).parent == Path(spec.origin).parent / "models"
    assert {Path(engine.cfg.Det.model_path).name, Path(engine.cfg.Rec.model_path).name} == {DETECTOR, RECOGNISER}
