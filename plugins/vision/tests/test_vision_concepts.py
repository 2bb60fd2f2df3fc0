"""Probabilities of things no detector names: the fitted numbers alone, and with the network on bundled photographs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assistant.media import Image as Decoded
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.types import Kind, Observation, Part
from assistant.weights import Weights
from assistant_vision.concept_model import DATA, ConceptModel, load
from assistant_vision.concepts import VisionConcepts, beyond, unpacked
from assistant_vision.embedder import VisionEmbedder
from assistant_vision.features import Seen
from assistant_vision.specs import EFFICIENTNET

data = pytest.importorskip("skimage.data")


@lru_cache
def model() -> ConceptModel:
    return load()


def average(**classes: float) -> Seen:
    """A picture with the mean of all features, and these ImageNet classes (by number, after an underscore)."""
    likely = np.full(1000, 1e-6, dtype=np.float32)
    for number, probability in classes.items():
        likely[int(number.lstrip("_"))] = probability
    center = model().center.astype(np.float32)
    return Seen(center, np.stack([center] * 4), likely)


def objects(**presence: float) -> tuple[Observation, ...]:
    return tuple(
        Observation(
            kind=Kind.OBJECT, text=name, confidence=sure, part="0" * 64, box=(0, 0, 1, 1), data={"presence": sure}
        )
        for name, sure in presence.items()
    )


def test_the_vocabulary_is_some_hundred_nouns_each_once() -> None:
    """COCO's 80 classes, stuff, and zero-shot nouns; no noun twice."""
    judged = model().judge(average(), {})
    names = [*model().things, *model().stuff, *(name for name, _ in model().further)]
    assert len(names) == len(set(names)) == len(judged.probabilities)
    assert {"person", "wall", "sky", "lion", "light", "food"} <= set(names)
    assert len(names) > 250


def test_probabilities_are_probabilities() -> None:
    """All between 0 and 1, places together at most 1, the vector of length 1, whatever the features are."""
    generator = np.random.default_rng(3)
    for _ in range(5):
        features = generator.normal(0, 2, len(model().center)).astype(np.float32)
        corners = generator.normal(0, 2, (4, len(features))).astype(np.float32)
        seen = Seen(features, corners, np.full(1000, 1e-3, dtype=np.float32))
        judged = model().judge(seen, {"dog": 1.0, "car": 0.0})
        assert all(0.0 <= value <= 1.0 for value in judged.probabilities.values())
        assert 0.0 <= sum(judged.places.values()) <= 1.0
        assert float(np.linalg.norm(judged.vector)) == pytest.approx(1.0, abs=1e-4)


def test_what_is_detected_is_probable_and_brings_its_company() -> None:
    """A detected oven makes a refrigerator likelier and a surfboard not; seen and inferred are told apart."""
    without = model().judge(average(), {})
    with_oven = model().judge(average(), {"oven": 0.95})
    assert with_oven.probabilities["oven"] > 0.6 > 5 * without.probabilities["oven"]
    assert with_oven.probabilities["refrigerator"] > 1.5 * without.probabilities["refrigerator"]
    assert with_oven.probabilities["surfboard"] <= without.probabilities["surfboard"]
    assert with_oven.basis["oven"] == "seen"
    assert with_oven.basis["refrigerator"] == "company"
    assert with_oven.basis["lion"] == "zero-shot"


def test_a_class_of_the_classifier_names_a_noun() -> None:
    """ImageNet's class 291 is a lion: the more probable it is, the more probable is "lion", and no other noun so."""
    unlikely, likely = model().judge(average(), {}), model().judge(average(_291=0.9), {})
    assert likely.probabilities["lion"] > 5 * unlikely.probabilities["lion"]
    further = {name: likely.probabilities[name] for name, _ in model().further}
    assert max(further, key=lambda name: further[name]) == "lion"


def test_what_was_detected_is_not_said_again() -> None:
    """The text names only what goes beyond detection, and no "table" beside a dining table."""
    presence = {"dining table": 0.98, "fork": 0.97, "pizza": 0.97}
    judged = model().judge(average(), presence)
    assert not {"dining table", "fork", "pizza", "table", "food"} & set(beyond(judged, presence))


def test_the_numbers_are_small() -> None:
    """What the package ships stays under 300 KiB."""
    with resources.as_file(resources.files("assistant_vision") / DATA) as path:
        assert path.stat().st_size < 300 * 1024


# ---- with the network ---------------------------------------------------------------------------------------------


def directory(name: str) -> Path:
    weights = Weights(Settings().weights_directory())
    weights.add(EFFICIENTNET)
    return weights.where(name)


SERVICES: Any = SimpleNamespace(options=None, threads=2, device="cpu", hub=False, weights=directory)


@pytest.fixture(scope="module")
def concepts() -> Iterator[VisionConcepts]:
    perceiver = VisionConcepts()
    perceiver.load(SERVICES)
    yield perceiver
    perceiver.close()


@pytest.fixture(scope="module")
def embedder() -> Iterator[VisionEmbedder]:
    found = VisionEmbedder()
    found.load(SERVICES)
    yield found
    found.close()


def perceive(perceiver: VisionConcepts, rgb: Any, *seen: Observation) -> list[Observation]:
    media: Any = SimpleNamespace(image=lambda part: Decoded(np.asarray(rgb)[:, :, :3]))
    return list(perceiver.perceive(Task(Part("image", "0" * 64, "picture", "image/png", b""), media, None, seen)))


@pytest.mark.weights
def test_a_cup_of_coffee_stands_on_a_table_indoors(concepts: VisionConcepts) -> None:
    """Stuff that no detector knows is probable where it is, and improbable where it cannot be."""
    [found] = perceive(concepts, data.coffee(), *objects(cup=0.95, spoon=0.7))
    probabilities = found.data["probabilities"]
    assert probabilities["table"] > 0.6
    assert probabilities["cup"] > 0.8
    assert found.data["indoors"] > 0.7
    for name in ("sky", "sea", "snow", "grass", "elephant", "lion"):
        assert probabilities[name] < 0.1, name
    assert "cup" not in found.text


@pytest.mark.weights
def test_the_same_with_and_without_detections_is_valid(concepts: VisionConcepts) -> None:
    """Without an object detector it still speaks, from the features alone."""
    [found] = perceive(concepts, data.coffee())
    assert found.kind == Kind.CONCEPTS
    assert found.data["probabilities"]["table"] > 0.5
    assert unpacked(found.data["vector"]).shape == (384,)


@pytest.mark.weights
def test_nothing_is_said_of_drawings(concepts: VisionConcepts) -> None:
    """Neither network means what it says there."""
    drawing = Image.new("RGB", (200, 150), "white")
    ImageDraw.Draw(drawing).rectangle((40, 40, 120, 110), fill="red")
    assert perceive(concepts, drawing) == []


@pytest.mark.weights
def test_pictures_lie_near_the_words_for_them(embedder: VisionEmbedder) -> None:
    """Of a cat and a coffee, each vector is nearer to its own nouns, in the text embedder's space."""
    cat, coffee = embedder.embed([Decoded(data.cat()), Decoded(data.coffee())])
    names = [*model().things, *model().stuff]
    words = model().nouns[: len(names)] @ model().basis
    assert cat @ words[names.index("cat")] > coffee @ words[names.index("cat")]
    assert coffee @ words[names.index("cup")] > cat @ words[names.index("cup")]
    assert embedder.embed([]).shape == (0, 384)
