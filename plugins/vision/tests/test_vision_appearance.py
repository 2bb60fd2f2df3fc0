"""Colours of things under different light, apart from what surrounds them, on pictures made here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assistant_vision.appearance import Appearance, in_front
from assistant_vision.light import estimate, from_linear, to_linear
from assistant_vision.palette import TERMS, name_of, pixel_probabilities, probabilities, shade_of

LIGHTS = {"warm": (1.0, 0.8, 0.55), "cold": (0.7, 0.85, 1.0), "dim": (0.3, 0.3, 0.3), "dim and warm": (0.4, 0.31, 0.2)}
THINGS = {
    "red": (190, 30, 35),
    "blue": (40, 70, 170),
    "green": (50, 120, 50),
    "yellow": (225, 195, 40),
    "white": (235, 235, 232),
}
BOX = (0.35, 0.3, 0.65, 0.7)


def room(rgb: tuple[int, int, int], wall: tuple[int, int, int] = (170, 168, 165), seed: int = 0) -> np.ndarray:
    """A round thing with soft shading before a wall, a darker floor and a bright window, with a camera's noise."""
    picture = Image.new("RGB", (240, 180), wall)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 130, 240, 180), fill=(95, 92, 90))
    pen.rectangle((10, 10, 60, 60), fill=(238, 238, 236))
    pen.ellipse((84, 54, 156, 126), fill=rgb)
    pixels = np.asarray(picture).astype(float)
    x, y = np.meshgrid(np.arange(240), np.arange(180))
    shading = np.clip(1.05 - 0.35 * np.hypot(x - 105, y - 75) / 60, 0.55, 1.05)
    round_thing = (x - 120) ** 2 + (y - 90) ** 2 <= 36**2
    pixels[round_thing] *= shading[round_thing][:, None]
    noise = np.random.default_rng(seed).normal(0, 3, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def relit(rgb: np.ndarray, light: tuple[float, float, float]) -> np.ndarray:
    return np.round(255 * from_linear(np.clip(to_linear(rgb / 255.0) * np.array(light), 0, 1))).astype(np.uint8)


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("name", THINGS)
def test_a_thing_keeps_its_colour_under_any_light(name: str, light: str) -> None:
    """The same thing is named alike by lamplight, in the shade, in the dusk."""
    picture = room(THINGS[name])
    assert Appearance(picture).of(BOX).color == name
    assert Appearance(relit(picture, LIGHTS[light])).of(BOX).color == name


@pytest.mark.parametrize("wall", [(60, 110, 60), (120, 60, 50), (90, 130, 190), (30, 30, 30)])
def test_the_surroundings_do_not_colour_a_thing(wall: tuple[int, int, int]) -> None:
    """A small yellow thing in a loose box is yellow before any wall."""
    loose = (0.29, 0.2, 0.71, 0.8)
    assert Appearance(room((225, 195, 40), wall)).of(loose).color == "yellow"


def test_what_stands_before_a_thing_does_not_colour_it() -> None:
    """A red thing whose middle is hidden by a blue one is red."""
    picture = room((200, 30, 35))
    picture[70:110, 100:140] = (40, 70, 190)
    hiding = (100 / 240, 70 / 180, 140 / 240, 110 / 180)
    assert in_front(BOX, [hiding, BOX, (0.8, 0.8, 0.9, 0.9)]) == [hiding]
    assert Appearance(picture).of(BOX, [hiding]).color == "red"


def test_a_meadow_stays_green() -> None:
    """A picture of one colour is no light of that colour."""
    rng = np.random.default_rng(1)
    meadow = np.clip(np.array([70, 120, 50]) + rng.normal(0, 12, (120, 160, 3)), 0, 255).astype(np.uint8)
    assert Appearance(meadow).of((0.1, 0.1, 0.9, 0.9)).color == "green"
    light = estimate(meadow)
    assert light.gains.green > 0.8


def test_light_already_white_is_left_alone() -> None:
    """A balanced, well lit picture is not changed by more than is hardly visible."""
    picture = room((190, 30, 35))
    assert np.abs(estimate(picture).out_of(picture).astype(int) - picture).mean() < 6


@pytest.mark.parametrize("colour", [(200, 0, 0), (0, 90, 200), (120, 120, 0)])
def test_a_picture_of_one_pure_colour_keeps_it(colour: tuple[int, int, int]) -> None:
    """Where a colour is wholly absent, as in a frame of a film, nothing can be told of the light."""
    picture = np.full((64, 64, 3), colour, np.uint8)
    light = estimate(picture)
    assert np.isfinite([light.gains.red, light.gains.green, light.gains.blue]).all()
    pure = [value == 0 for value in colour]
    assert (light.out_of(picture)[..., pure] == 0).all()


def test_clothes_have_their_own_colours() -> None:
    """A standing figure's shirt and trousers; a figure too small has none."""
    picture = Image.new("RGB", (200, 400), (205, 204, 200))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((80, 20, 120, 70), fill=(224, 172, 140))
    pen.rectangle((60, 75, 140, 195), fill=(185, 30, 35))
    pen.rectangle((68, 195, 132, 380), fill=(35, 55, 130))
    noise = np.random.default_rng(0).normal(0, 3, (400, 200, 3))
    rgb = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
    clothes = Appearance(rgb).clothes((0.3, 0.04, 0.7, 0.96))
    assert {part: look.color for part, look in clothes.items()} == {"upper": "red", "lower": "blue"}
    assert all(0.5 < look.probability < 1 for look in clothes.values())
    assert Appearance(rgb).clothes((0.5, 0.5, 0.55, 0.6)) == {}


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_probabilities_of_names_add_up(rgb: tuple[int, int, int]) -> None:
    """Every colour has a name, its probabilities sum to 1, and the table for many pixels agrees with them."""
    pixel = np.array([rgb], dtype=np.uint8)
    exact = probabilities(pixel)[0]
    assert exact.sum() == pytest.approx(1.0)
    assert name_of(rgb) in TERMS
    assert np.abs(pixel_probabilities(pixel)[0] - exact).max() < 0.35


def test_shades() -> None:
    """Light and dark are said where people say them."""
    assert shade_of("blue", (173, 216, 230)) == "light blue"
    assert shade_of("green", (0, 80, 20)) == "dark green"
    assert shade_of("red", (230, 20, 30)) == "red"


@settings(deadline=None, max_examples=40)
@given(st.tuples(*[st.floats(0, 1)] * 4))
def test_any_box_has_a_look(corners: tuple[float, float, float, float]) -> None:
    """However thin or empty the box, there is a colour and its shares are probabilities."""
    x0, x1 = sorted(corners[:2])
    y0, y1 = sorted(corners[2:])
    found: Any = Appearance(room((190, 30, 35))[::4, ::4]).of((x0, y0, x1, y1))
    assert found.color in TERMS
    assert 0.0 < found.probability <= 1.0
    assert found.colors[0][0] == found.color


def test_the_colours_of_a_tinted_picture_are_those_of_its_things() -> None:
    """A gray wall by lamplight is not called orange."""
    from assistant.media import Image as Decoded
    from assistant.plugin import Task
    from assistant.types import Part
    from assistant_vision.colors import VisionColors

    media: Any = SimpleNamespace(image=lambda part: Decoded(relit(room((190, 30, 35)), LIGHTS["warm"])))
    task = Task(Part("image", "0" * 64, "picture", "image/png", b""), media)
    found = [seen.text for seen in VisionColors().perceive(task)]
    assert found[0] == "gray"
    assert not {"orange", "brown", "beige"} & set(found)
