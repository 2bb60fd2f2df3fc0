"""Align: time, regions and spatial relations."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.context import Snapshot
from assistant.fusion import align
from assistant.types import Box, Kind, Observation, Part

ordinary = st.floats(0.0, 1.0, allow_nan=False, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted((draw(ordinary), draw(ordinary)))
    y0, y1 = sorted((draw(ordinary), draw(ordinary)))
    return (x0, y0, x1, y1)


def seen(kind: str = Kind.OBJECT, text: str = "dog", part: str = "p", **more: Any) -> Observation:
    return Observation(kind=kind, text=text, confidence=more.pop("confidence", 0.9), part=part, **more)


@given(boxes(), boxes())
def test_iou_is_symmetric_and_bounded(first: Box, second: Box) -> None:
    """IoU does not depend on the order and lies between 0 and 1."""
    assert align.iou(first, second) == pytest.approx(align.iou(second, first))
    assert 0.0 <= align.iou(first, second) <= 1.0


@given(boxes())
def test_a_box_is_itself(box: Box) -> None:
    """A box with an area overlaps itself wholly."""
    if align.area(box) > 1e-6:
        assert align.iou(box, box) == pytest.approx(1.0)
        assert align.containment(box, box) == pytest.approx(1.0)
        assert align.gap(box, box) == 0.0


@given(boxes(), boxes())
def test_every_relation_gives_a_degree(first: Box, second: Box) -> None:
    """Any two boxes get a degree from 0 to 1 in every relation, degenerate ones included."""
    for name, judge in align.RELATIONS.items():
        degree = judge(first, second)
        assert 0.0 <= degree <= 1.0, name
        assert not math.isnan(degree)


@given(boxes(), boxes())
def test_opposites_exclude_each_other(first: Box, second: Box) -> None:
    """Nothing is left and right of, above and below, or in front of and behind the same thing."""
    for one, other in (("left_of", "right_of"), ("in_front", "behind")):
        both = min(align.RELATIONS[one](first, second), align.RELATIONS[other](first, second))
        assert both < align.HOLDS
    assert min(align.above(first, second), align.below(first, second)) < align.HOLDS
    assert align.left_of(first, second) == align.right_of(second, first)


CAT: Box = (0.1, 0.4, 0.3, 0.6)
SOFA: Box = (0.0, 0.5, 0.6, 0.9)
LAMP: Box = (0.7, 0.1, 0.8, 0.3)
FAR: Box = (0.9, 0.9, 1.0, 1.0)


@pytest.mark.parametrize(
    ("relation", "first", "second", "holds"),
    [
        ("left_of", CAT, LAMP, True),
        ("right_of", CAT, LAMP, False),
        ("above", CAT, SOFA, True),
        ("on", CAT, SOFA, True),
        ("on", LAMP, SOFA, False),
        ("below", SOFA, CAT, True),
        ("inside", (0.1, 0.6, 0.2, 0.7), SOFA, True),
        ("inside", SOFA, (0.1, 0.6, 0.2, 0.7), False),
        ("next_to", (0.1, 0.1, 0.3, 0.3), (0.32, 0.1, 0.5, 0.3), True),
        ("next_to", CAT, FAR, False),
        ("touching", (0.1, 0.1, 0.3, 0.3), (0.2, 0.2, 0.5, 0.5), True),
        ("touching", CAT, FAR, False),
        ("far_from", (0.0, 0.0, 0.1, 0.1), FAR, True),
        ("in_front", (0.1, 0.5, 0.4, 1.0), (0.5, 0.2, 0.7, 0.5), True),
        ("behind", (0.1, 0.5, 0.4, 1.0), (0.5, 0.2, 0.7, 0.5), False),
        ("bigger", SOFA, CAT, True),
        ("above", (0.1, 0.1, 0.2, 0.2), (0.8, 0.3, 0.9, 0.4), False),
    ],
)
def test_plain_scenes_are_judged_as_people_would(relation: str, first: Box, second: Box, holds: bool) -> None:
    """Where a picture leaves no doubt, the relation says what people say."""
    assert (align.RELATIONS[relation](first, second) >= align.HOLDS) is holds


def test_relations_hold_within_one_picture_only() -> None:
    """Boxes of two pictures are in no relation, nor is a thing without a box."""
    cat, lamp = seen(box=CAT), seen(text="lamp", box=LAMP)
    assert align.related("left_of", cat, lamp) >= align.HOLDS
    assert align.related("left_of", cat, seen(text="lamp", box=LAMP, part="other")) == 0.0
    assert align.related("left_of", cat, seen(text="lamp")) == 0.0
    with pytest.raises(KeyError):
        align.related("facing", cat, lamp)


def test_depth_hints_decide_what_is_in_front() -> None:
    """A perceiver's depth hint counts for more than the height of the feet."""
    near = seen(box=(0.1, 0.1, 0.3, 0.5), data={"depth_hint": 0.9})
    far = seen(text="tree", box=(0.4, 0.1, 0.6, 0.9), data={"depth_hint": 0.2})
    assert align.related("in_front", near, far) >= align.HOLDS
    assert align.related("behind", near, far) < align.HOLDS


def test_text_belongs_to_the_smallest_thing_that_holds_it() -> None:
    """Lines are assigned to the sign, not to the bus behind it."""
    bus, sign = seen(text="bus", box=(0, 0, 1, 1)), seen(text="stop sign", box=(0.4, 0.4, 0.6, 0.6))
    line = seen(Kind.TEXT_LINE, "STOP", box=(0.45, 0.45, 0.55, 0.5))
    away = seen(Kind.TEXT_LINE, "Hi", part="other", box=(0.45, 0.45, 0.55, 0.5))
    assert align.owners([line, away], [bus, sign]) == {line.id: sign}
    assert align.within([line], (0.4, 0.4, 0.6, 0.6)) == (line,)


def test_words_are_heard_while_a_frame_is_seen() -> None:
    """A frame is aligned with the segments of the same video around it, and with no others."""
    video = Part("video", "v", "clip", "video/mp4", b"")
    frames = [Part("image", f"f{time}", "", "image/png", b"", parent="v", span=(time, time)) for time in (9.0, 1.0)]
    track = Part("audio", "t", "", "audio/wav", b"", parent="v")
    heard = [
        seen(Kind.TRANSCRIPT_SEGMENT, "hello", "t", span=(0.5, 2.0)),
        seen(Kind.TRANSCRIPT_SEGMENT, "bye", "t", span=(8.0, 9.5)),
        seen(Kind.TRANSCRIPT_SEGMENT, "elsewhere", "x", span=(0.0, 9.0)),
    ]
    context = Snapshot(parts=(video, *frames, track), observations=tuple(heard))
    assert [(moment.frame.digest, [one.text for one in moment.segments]) for moment in align.moments(context, "v")] == [
        ("f1.0", ["hello"]),
        ("f9.0", ["bye"]),
    ]


def test_words_within_a_span() -> None:
    """A word belongs to the span that its middle lies in."""
    words = [{"word": "a", "start": 0.0, "end": 1.0}, {"word": "b", "start": 1.0, "end": 2.0}]
    segment = seen(Kind.TRANSCRIPT_SEGMENT, "a b", span=(0.0, 2.0), data={"words": words})
    assert [word["word"] for word in align.words_during(segment, (0.9, 2.0))] == ["b"]
    assert align.overlap_seconds((0.0, 2.0), (1.5, 3.0)) == 0.5


@pytest.mark.parametrize(
    ("box", "name"),
    [
        ((0.0, 0.0, 0.2, 0.2), "top left"),
        ((0.4, 0.4, 0.6, 0.6), "centre"),
        ((0.8, 0.4, 1.0, 0.6), "right"),
        ((0.4, 0.8, 0.6, 1.0), "bottom"),
        ((0.05, 0.05, 0.95, 0.95), "whole picture"),
    ],
)
def test_places_have_names(box: Box, name: str) -> None:
    """A box is placed by thirds."""
    assert align.place(box) == name


@given(st.lists(boxes(), max_size=8))
def test_stacks_use_every_box_once(many: list[Box]) -> None:
    """Towers are a partition of the boxes."""
    assert sorted(index for group in align.stacks(many) for index in group) == list(range(len(many)))


def test_a_tower_is_read_from_top_to_bottom() -> None:
    """Blocks on one another form one tower; a block beside it is its own."""
    low, high, beside = (0.1, 0.8, 0.2, 1.0), (0.1, 0.6, 0.2, 0.79), (0.5, 0.8, 0.6, 1.0)
    assert sorted(align.stacks([low, high, beside])) == [(1, 0), (2,)]
