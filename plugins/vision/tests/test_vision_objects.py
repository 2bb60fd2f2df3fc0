"""What becomes of the boxes of several looks: candidates, probabilities, one an object. Pure, without the network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_vision.boxes import Candidate, Detection, clip, gather, settle
from assistant_vision.calibration import Platt, candidate_features, load, look_features
from assistant_vision.coco import CLASSES
from assistant_vision.detector import NATIVE, SIZES, anchors
from assistant_vision.objects import EFFORTS, judged, present

unit = st.floats(0, 1, allow_nan=False)
score = st.floats(0.03, 0.99)
boxes = st.tuples(unit, unit, unit, unit).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)
detections = st.lists(st.builds(Detection, st.sampled_from(["dog", "cat"]), score, boxes), max_size=12)
HERE = (0.1, 0.1, 0.5, 0.5)


def candidate(name: str, box: tuple[float, float, float, float] = HERE) -> Candidate:
    return Candidate(name, (0.5,), box)


@given(st.lists(detections, min_size=1, max_size=3))
def test_gathering_adds_no_name_and_no_score(looks: list[list[Detection]]) -> None:
    """Every candidate has a class and, look by look, a score that some box had; its box has an area in the picture."""
    for one in gather(looks):
        assert len(one.scores) == len(looks)
        for place, given_score in enumerate(one.scores):
            assert given_score in {0.0, *(seen.score for seen in looks[place] if seen.name == one.name)}
        assert clip(one.box) == one.box
        assert one.box[0] < one.box[2]
        assert one.box[1] < one.box[3]


def test_two_looks_at_one_object_are_one_candidate() -> None:
    """Overlapping boxes of a class are one, which lies between them, nearer to the surer."""
    (one,) = gather([[Detection("dog", 0.3, HERE)], [Detection("dog", 0.9, (0.12, 0.1, 0.52, 0.5))]])
    assert one.scores == (0.3, 0.9)
    assert one.box[0] == pytest.approx(0.118)


def test_what_one_look_missed_scores_nothing_there() -> None:
    """Objects side by side are two, each with what its own look saw."""
    found = gather([[Detection("cup", 0.9, HERE)], [Detection("cup", 0.8, (0.6, 0.1, 0.9, 0.4))]])
    assert sorted(one.scores for one in found) == [(0.0, 0.8), (0.9, 0.0)]


@given(st.lists(st.tuples(st.builds(candidate, st.sampled_from(["dog", "cat"]), boxes), unit), max_size=12))
def test_settling_adds_nothing_and_is_ranked(given_: list[tuple[Candidate, float]]) -> None:
    """What is left are some of the candidates, at most as probable as before, most probable first."""
    left = settle([one for one, _ in given_], [chance for _, chance in given_])
    assert bool(left) == bool(given_)
    assert [chance for _, chance in left] == sorted((chance for _, chance in left), reverse=True)
    for one, chance in left:
        assert any(one is other and chance <= before for other, before in given_)


def test_part_of_a_surer_whole_goes() -> None:
    """A less probable box inside a surer one of its class is a part of it."""
    whole, part = candidate("person", (0.1, 0.1, 0.6, 0.9)), candidate("person", (0.2, 0.1, 0.4, 0.3))
    assert settle([part, whole], [0.5, 0.9]) == [(whole, 0.9)]


def test_group_gives_way_to_a_surer_member() -> None:
    """A box round surer boxes of its class shows their group and goes."""
    members = [candidate("orange", (x, 0.4, x + 0.1, 0.5)) for x in (0.2, 0.4, 0.6)]
    left = settle([candidate("orange", (0.15, 0.35, 0.75, 0.55)), *members], [0.5, 0.8, 0.8, 0.8])
    assert [one for one, _ in left] == members


def test_two_readings_of_one_thing_cannot_both_be_sure() -> None:
    """Of two classes in one place, the less probable keeps only what the other leaves."""
    left = settle([candidate("cat"), candidate("dog")], [0.8, 0.7])
    assert [(one.name, round(chance, 3)) for one, chance in left] == [("cat", 0.8), ("dog", 0.2)]


@pytest.mark.parametrize("effort", sorted(EFFORTS))
@given(low=score, high=score, name=st.sampled_from(sorted(CLASSES.values())))
def test_a_higher_score_is_never_less_probable(effort: str, low: float, high: float, name: str) -> None:
    """If all looks score higher, box and class are at least as probable; no probability is certain."""
    low, high = sorted((low, high))
    judges = load(effort)
    looks = len(judges.sizes)
    for box in (HERE, (0.4, 0.4, 0.45, 0.46), (0.0, 0.0, 1.0, 1.0)):
        first, second = (
            judges.here.probability(name, candidate_features((each,) * looks, box)) for each in (low, high)
        )
        assert 0.0 < first <= second + 1e-3
        assert second < 1.0
    first, second = (judges.present.probability(name, look_features((each,) * looks)) for each in (low, high))
    assert 0.0 < first <= second + 1e-3
    assert second < 1.0


def test_what_two_looks_confirm_is_surer() -> None:
    """A box seen at every size is more probable than one seen at one size only; so is its class."""
    judges = load("usual")
    seen, box = Detection("dog", 0.6, HERE), HERE
    every, single = [[seen]] * len(SIZES), [[seen], *[[]] * (len(SIZES) - 1)]
    (both,), (one,) = judged(gather(every), judges), judged(gather(single), judges)
    assert both[1] > one[1]
    assert present(every, judges)["dog"] > present(single, judges)["dog"]
    assert np.allclose(both[0].box, box)


def test_every_class_was_fitted() -> None:
    """The numbers are there for each choice of looks, and for each class the detector knows."""
    for effort, sizes in EFFORTS.items():
        judges = load(effort)
        assert judges.sizes == sizes
        assert set(judges.here.classes) == set(judges.present.classes) == set(CLASSES.values())
        assert judges.count_first <= judges.count_more


def test_a_fitted_curve_inverts() -> None:
    """`score` undoes `probability`."""
    curve = Platt(1.2, 0.3)
    assert curve.probability(curve.score(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize("side", SIZES)
def test_anchors_keep_their_pixels_at_every_size(side: int) -> None:
    """The published 1917 anchors at the native size; on a larger square more of them, of as many pixels each."""
    native, here = anchors(NATIVE), anchors(side)
    assert len(native) == 1917
    assert len(here) >= len(native)
    assert here[0, 2] * side == pytest.approx(native[0, 2] * NATIVE) == pytest.approx(30.0)
    assert here[:, :2].min() > 0.0
    assert here[:, :2].max() < 1.0
    assert (side - NATIVE) % 128 == 0
    assert math.isclose(float(here[:, :2].mean()), 0.5, abs_tol=1e-9)
