"""The perceivers that need no weights, on pictures drawn here and on scikit-image's photographs."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from assistant.media import Image as Decoded
from assistant.plugin import Perceiver, Task
from assistant.testing import PerceiverContract
from assistant.types import Kind, Observation, Part
from assistant_vision.caption import VisionCaption
from assistant_vision.colors import VisionColors
from assistant_vision.facts import VisionFacts
from assistant_vision.shapes import VisionShapes


class Pictures:
    """A decoder that hands out one picture."""

    def __init__(self, rgb: np.ndarray, notes: tuple[str, ...] = ()) -> None:
        self.decoded = Decoded(rgb, notes)

    def image(self, part: Part) -> Decoded:
        return self.decoded


PART = Part("image", "0" * 64, "picture", "image/png", b"")


def perceive(
    perceiver: Perceiver, picture: Any, notes: tuple[str, ...] = (), seen: Iterable[Observation] = ()
) -> list[Observation]:
    media: Any = Pictures(np.asarray(picture), notes)
    return [
        item
        for item in perceiver.perceive(Task(PART, media, observations=tuple(seen)))
        if isinstance(item, Observation)
    ]


def seen(kind: str, text: str, confidence: float, box: Any = None, **data: Any) -> Observation:
    return Observation(kind=kind, text=text, confidence=confidence, part=PART.digest, box=box, data=data)


def photograph(name: str) -> np.ndarray:
    data = pytest.importorskip("skimage.data")
    picture = getattr(data, name)()
    return np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture[:, :, :3]


# ---- facts ------------------------------------------------------------------------------------------------------


def test_facts_of_a_good_photograph() -> None:
    """Size, orientation and no warnings."""
    (facts,) = perceive(VisionFacts(), photograph("coffee"))
    assert facts.kind == Kind.IMAGE_FACTS
    assert (facts.data["width"], facts.data["height"], facts.data["orientation"]) == (600, 400, "landscape")
    assert facts.data["warnings"] == []
    assert facts.text == "600 x 400 photograph, landscape"
    assert not facts.data["grayscale"]


@pytest.mark.parametrize("name", ["astronaut", "coffee", "cat", "rocket", "camera"])
def test_blur_is_told_from_sharpness(name: str) -> None:
    """A sharp photograph is not called blurred, its blurred copy is."""
    picture = Image.fromarray(photograph(name))
    blurred = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 100))
    (sharp,), (soft,) = perceive(VisionFacts(), picture), perceive(VisionFacts(), blurred)
    assert not any("blurred" in warning for warning in sharp.data["warnings"])
    assert any("blurred" in warning for warning in soft.data["warnings"])
    assert sharp.data["sharpness"] > soft.data["sharpness"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda a: (a * 0.1).astype(np.uint8), "very dark"),
        (lambda a: np.clip(a.astype(float) * 2 + 210, 0, 255).astype(np.uint8), "overexposed"),
        (lambda a: np.full_like(a, 90), "blank"),
        (lambda a: a[:60, :60], "very small"),
    ],
)
def test_what_makes_a_picture_hard_to_read_is_said(change: Any, word: str) -> None:
    """Exposure, emptiness and size each have a warning."""
    (facts,) = perceive(VisionFacts(), change(photograph("astronaut")))
    assert any(word in warning for warning in facts.data["warnings"])


def test_notes_of_decoding_are_passed_on() -> None:
    """What the decoder had to say is among the warnings and in the sentence."""
    (facts,) = perceive(
        VisionFacts(), photograph("coffee"), notes=("animated: only the first of 12 frames was looked at",)
    )
    assert facts.data["warnings"] == ["animated: only the first of 12 frames was looked at"]
    assert "animated" in facts.text


def test_a_black_and_white_photograph_is_called_so() -> None:
    """No colour, and portrait when it is taller than wide."""
    (facts,) = perceive(VisionFacts(), photograph("camera")[:, :300])
    assert facts.data["grayscale"]
    assert facts.text == "300 x 512 black-and-white photograph, portrait"


# ---- colours ----------------------------------------------------------------------------------------------------


def test_dominant_colours_have_names_and_shares() -> None:
    """Two thirds red, one third blue."""
    picture = np.zeros((60, 90, 3), dtype=np.uint8)
    picture[:, :60], picture[:, 60:] = (220, 20, 30), (20, 40, 200)
    first, second = perceive(VisionColors(), picture)
    assert (first.text, second.text) == ("red", "blue")
    assert first.data["share"] == pytest.approx(0.667, abs=0.02)
    assert first.data["rgb"] == [220, 20, 30]


# ---- shapes -----------------------------------------------------------------------------------------------------


def drawing(*, size: tuple[int, int] = (320, 200), smooth: bool = False) -> Image.Image:
    """A red circle, a blue square, a green triangle, a yellow rectangle and a turned black square on white."""
    times = 4 if smooth else 1
    picture = Image.new("RGB", (size[0] * times, size[1] * times), "white")
    pen = ImageDraw.Draw(picture)

    def scaled(*points: int) -> list[int]:
        return [point * times for point in points]

    pen.ellipse(scaled(20, 20, 70, 70), fill=(255, 0, 0))
    pen.rectangle(scaled(100, 20, 149, 69), fill=(0, 0, 255))
    pen.polygon(scaled(200, 70, 230, 20, 260, 70), fill=(0, 160, 0))
    pen.rectangle(scaled(20, 120, 120, 150), fill=(255, 230, 0))
    pen.polygon(scaled(200, 140, 230, 110, 260, 140, 230, 170), fill=(0, 0, 0))
    return picture.resize(size, Image.Resampling.LANCZOS) if smooth else picture


@pytest.mark.parametrize("smooth", [False, True])
def test_drawn_figures_are_named_with_their_colours(smooth: bool) -> None:
    """Each figure once, with colour and place, with hard or smoothed edges."""
    found = perceive(VisionShapes(), drawing(smooth=smooth))
    assert sorted((shape.text, shape.data["color"]) for shape in found) == [
        ("circle", "red"),
        ("rectangle", "yellow"),
        ("square", "black"),
        ("square", "blue"),
        ("triangle", "green"),
    ]
    circle = next(shape for shape in found if shape.text == "circle")
    assert circle.box == pytest.approx((20 / 320, 20 / 200, 71 / 320, 71 / 200), abs=0.02)
    assert all(shape.confidence > 0.7 for shape in found)


def test_bars_divide_a_drawing_into_panels() -> None:
    """A full-height bar is no shape; figures know their panel."""
    picture = Image.new("RGB", (300, 100), (210, 210, 210))
    pen = ImageDraw.Draw(picture)
    for left in (80, 190):
        pen.rectangle((left, 0, left + 29, 99), fill=(128, 128, 128))
    for left in (20, 140, 240):
        pen.rectangle((left, 40, left + 19, 59), fill=(0, 0, 0))
    found = perceive(VisionShapes(), picture)
    assert [(shape.text, shape.data["panel"], shape.data["panels"]) for shape in found] == [
        ("square", 0, 3),
        ("square", 1, 3),
        ("square", 2, 3),
    ]


@pytest.mark.parametrize("name", ["astronaut", "coffee", "cat", "rocket", "camera", "page", "text"])
def test_photographs_and_print_have_no_drawn_shapes(name: str) -> None:
    """Nothing is invented on pictures that are no drawings of shapes."""
    assert perceive(VisionShapes(), photograph(name)) == []


def test_letters_are_not_shapes() -> None:
    """A line of print has bars and rings, but no rectangles and circles."""
    picture = Image.new("RGB", (500, 60), "white")
    ImageDraw.Draw(picture).text((10, 10), "illegible oil lamp -- loll; pixel I l o i", fill="black", font_size=24)
    assert perceive(VisionShapes(), picture) == []


# ---- caption ----------------------------------------------------------------------------------------------------


def caption(*observations: Observation) -> Observation:
    (found,) = perceive(VisionCaption(), np.zeros((1, 1, 3), dtype=np.uint8), seen=observations)
    return found


def test_caption_counts_hedges_and_quotes() -> None:
    """What is sure is stated, what is not is hedged, text is quoted; the weakest claim is its confidence."""
    dogs = [seen(Kind.OBJECT, "dog", 0.9, (x, 0.2, x + 0.3, 0.9)) for x in (0.0, 0.4)]
    person = seen(Kind.OBJECT, "person", 0.7, (0.75, 0.1, 0.95, 0.5))
    bench = seen(Kind.OBJECT, "bench", 0.4, (0.1, 0.8, 0.3, 0.9))
    line = seen(Kind.TEXT_LINE, "OPEN", 0.95, (0.1, 0.1, 0.2, 0.15), order=0)
    found = caption(*dogs, person, bench, line)
    assert found.text == 'Two dogs and a person, possibly a bench; the text reads "OPEN".'
    assert found.confidence == pytest.approx(0.7)
    assert found.data["rule"] == "composed"
    assert {dogs[0].id, person.id, bench.id, line.id} <= set(found.derived_from)


def test_caption_merges_a_breed_with_the_animal() -> None:
    """A class name that refines an object is given with it, not beside it."""
    cat = seen(Kind.OBJECT, "cat", 0.95, (0.1, 0.1, 0.9, 0.9))
    breed = seen(Kind.LABEL, "Egyptian cat", 0.7, rank=0, synonyms=[], broader="cat", broader_confidence=0.95)
    assert caption(cat, breed).text == "A cat (looks like an Egyptian cat)."


def test_caption_says_which_thing_bears_the_text() -> None:
    """Text inside a stop sign is on the stop sign."""
    sign = seen(Kind.OBJECT, "stop sign", 0.9, (0.2, 0.2, 0.6, 0.6))
    line = seen(Kind.TEXT_LINE, "STOP", 0.95, (0.3, 0.35, 0.5, 0.45), order=0)
    assert caption(sign, line).text == 'A stop sign; the text on the stop sign reads "STOP".'


def test_caption_of_the_unrecognised_claims_no_objects() -> None:
    """With nothing confident it says what it can: form and colours, and that it is blurred."""
    facts = seen(
        Kind.IMAGE_FACTS, "", 1.0, orientation="landscape", form="photograph", warnings=["blurred: fine detail is lost"]
    )
    text = caption(facts, seen(Kind.COLOR, "gray", 0.9, share=0.7), seen(Kind.OBJECT, "dog", 0.2, (0, 0, 1, 1))).text
    assert text == (
        "I could not recognise objects in this picture, a landscape photograph, mostly gray; the picture is blurred."
    )


def test_caption_of_a_crowd_is_a_lower_bound() -> None:
    """Counts the detector cannot be trusted with are not given as exact."""
    crowd = [seen(Kind.OBJECT, "person", 0.8, (x / 10, 0.1, x / 10 + 0.05, 0.5)) for x in range(8)]
    assert caption(*crowd).text == "At least eight people."


def test_caption_of_shapes() -> None:
    """Drawn shapes are counted by colour."""
    shapes = [seen(Kind.SHAPE, "square", 0.9, (x, 0.1, x + 0.2, 0.3), color="yellow") for x in (0.0, 0.4)]
    assert caption(*shapes, seen(Kind.SHAPE, "circle", 0.9, (0.8, 0.1, 0.9, 0.2), color="black")).text == (
        "Two yellow squares and a black circle."
    )


# ---- the plugin -------------------------------------------------------------------------------------------------


def encoded(picture: Image.Image) -> Part:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    content = stream.getvalue()
    return Part("image", hashlib.sha256(content).hexdigest(), "drawing.png", "image/png", content)


DRAWING = encoded(drawing())


class TestFactsContract(PerceiverContract):
    perceiver = VisionFacts
    part = DRAWING


class TestColorsContract(PerceiverContract):
    perceiver = VisionColors
    part = DRAWING


class TestShapesContract(PerceiverContract):
    perceiver = VisionShapes
    part = DRAWING


class TestCaptionContract(PerceiverContract):
    perceiver = VisionCaption
    part = DRAWING
    observations = (Observation(kind=Kind.OBJECT, text="dog", confidence=0.9, part=DRAWING.digest, box=(0, 0, 1, 1)),)


def test_registering_is_light() -> None:
    """Registering all perceivers and the weights imports none of the libraries they run on."""
    code = (
        "import sys, assistant_vision as v; names = []; v.register_perceivers(lambda p: names.append(p.name));"
        "v.register_weights(lambda s: names.append(s.name));"
        "print(*names, *[m for m in ('cv2', 'rapidocr', 'onnxruntime', 'ai_edge_litert', 'torch') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == [
        *("vision_facts", "vision_objects", "vision_labels", "vision_text", "vision_colors", "vision_shapes"),
        *("vision_caption", "vision_concepts", "ssd-mobilenet-v2-coco", "efficientnet-lite3"),
    ]
