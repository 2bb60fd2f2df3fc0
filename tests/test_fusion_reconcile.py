"""Reconcile: duplicates, agreement, late fusion of sentiment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.fusion.reconcile import CEILING, agree, fuse_sentiment, merge, noisy_or, product_of_experts, sources_of
from assistant.types import Box, Kind, Observation

probability = st.floats(0.0, 1.0, allow_nan=False)


def seen(text: str = "dog", confidence: float = 0.8, *, kind: str = Kind.OBJECT, **more: Any) -> Observation:
    return Observation(kind=kind, text=text, confidence=confidence, part=more.pop("part", "p"), **more)


def felt(valence: float, modality: str, confidence: float = 0.8, scope: str = "whole", **more: Any) -> Observation:
    text = "positive" if valence > 0.15 else "negative" if valence < -0.15 else "neutral"
    data = {"valence": valence, "modality": modality, "scope": scope}
    return seen(text, confidence, kind=Kind.SENTIMENT, data=data, **more)


@given(st.lists(probability, max_size=6))
def test_noisy_or_is_at_least_the_surest(many: list[float]) -> None:
    """More causes never make a thing less likely."""
    joint = noisy_or(many)
    assert 0.0 <= joint <= 1.0
    assert joint >= max(many, default=0.0) - 1e-9


@given(probability, st.floats(0.05, 0.95))
def test_an_expert_alone_is_believed(one: float, prior: float) -> None:
    """A product of one expert is what the expert says, whatever the prior."""
    assert product_of_experts([one], prior) == pytest.approx(one, abs=1e-4)


def test_two_experts_above_the_prior_strengthen_each_other() -> None:
    """Agreement raises, contradiction lowers."""
    assert product_of_experts([0.7, 0.7], 0.2) > 0.9
    assert product_of_experts([0.7, 0.1], 0.2) < 0.7
    assert product_of_experts([], 0.3) == pytest.approx(0.3)


HERE: Box = (0.1, 0.1, 0.5, 0.5)
ALMOST_HERE: Box = (0.12, 0.1, 0.5, 0.5)
THERE: Box = (0.6, 0.6, 0.9, 0.9)


def test_one_thing_seen_by_two_sources_is_one_and_surer() -> None:
    """Two detectors that agree leave one dog, surer than either."""
    first, second = seen(box=HERE, source="a", confidence=0.8), seen(box=ALMOST_HERE, source="b", confidence=0.6)
    (one,) = merge([first, second])
    assert one.confidence == pytest.approx(0.92)
    assert set(sources_of(one, [first, second])) == {first.id, second.id}


def test_duplicates_of_one_source_make_nothing_surer() -> None:
    """Two boxes of one detector on one dog are one opinion."""
    (one,) = merge([seen(box=HERE, source="a", confidence=0.8), seen(box=ALMOST_HERE, source="a", confidence=0.7)])
    assert one.confidence == 0.8


def test_different_things_stay_apart() -> None:
    """Another place, another name, another picture: another thing."""
    many = [seen(box=HERE), seen(box=THERE), seen("cat", box=HERE), seen(box=HERE, part="q")]
    assert len(merge(many)) == 4


@given(
    st.lists(
        st.builds(
            seen,
            st.sampled_from(["dog", "cat"]),
            probability,
            box=st.sampled_from([HERE, ALMOST_HERE, THERE, None]),
            source=st.sampled_from(["a", "b"]),
        ),
        max_size=8,
    )
)
def test_merging_twice_changes_nothing_more(many: list[Observation]) -> None:
    """Reconciled observations are already reconciled, and none gets less sure than its surest source."""
    once = merge(many)
    assert [one.id for one in merge(once)] == [one.id for one in once]
    assert max((one.confidence for one in once), default=0.0) >= max((one.confidence for one in many), default=0.0)


def test_a_label_that_agrees_raises_the_object_only() -> None:
    """ "tabby" of the whole picture makes the cat surer and leaves the dog alone."""
    cat, dog = seen("cat", 0.5, box=HERE), seen("dog", 0.5, box=THERE)
    tabby = seen("tabby", 0.6, kind=Kind.LABEL)
    surer, same = agree([cat, dog], [tabby], lambda label, thing: thing.text == "cat")
    assert 0.5 < surer.confidence <= CEILING
    assert tabby.id in surer.derived_from
    assert same == dog


def test_no_sentiment_is_none() -> None:
    """Without judgement there is no feeling, and it is not "neutral"."""
    assert fuse_sentiment([seen()]) is None


def test_a_missing_modality_leaves_its_weight_to_the_rest() -> None:
    """Words alone have the whole vote."""
    feeling = fuse_sentiment([felt(0.8, "words")])
    assert feeling is not None
    assert feeling.text == "positive"
    assert [(one.modality, one.weight) for one in feeling.contributions] == [("words", 1.0)]


def test_the_more_reliable_modality_counts_for_more() -> None:
    """Words outvote the face, and each contribution is told."""
    feeling = fuse_sentiment([felt(-0.9, "words"), felt(0.4, "face"), felt(-0.3, "voice")])
    assert feeling is not None
    assert feeling.text == "negative"
    weight = {one.modality: one.weight for one in feeling.contributions}
    assert weight["words"] > weight["voice"] > weight["face"] > 0
    assert sum(weight.values()) == pytest.approx(1.0)


def test_modalities_that_pull_apart_are_mixed() -> None:
    """Equal and opposite judgements are not passed off as neutral."""
    feeling = fuse_sentiment([felt(0.5, "words", 0.6), felt(-0.9, "voice", 0.9), felt(0.0, "face", 0.1)])
    assert feeling is not None
    assert feeling.text == "mixed"


def test_long_segments_weigh_more_than_short_ones() -> None:
    """Without a judgement of the whole, segments vote with their length."""
    feeling = fuse_sentiment(
        [felt(0.8, "words", scope="segment", span=(0.0, 9.0)), felt(-0.8, "words", scope="segment", span=(9.0, 10.0))]
    )
    assert feeling is not None
    assert feeling.text == "positive"


@given(st.lists(st.builds(felt, st.floats(-1, 1), st.sampled_from(["words", "voice", "face", "hands"]), probability)))
def test_fusion_is_bounded(many: list[Observation]) -> None:
    """Whatever is judged, valence and confidence stay within their ranges and shares sum to one."""
    feeling = fuse_sentiment(many)
    if feeling is not None:
        assert -1.0 <= feeling.valence <= 1.0
        assert 0.0 <= feeling.confidence <= 1.0
        assert sum(one.weight for one in feeling.contributions) == pytest.approx(1.0)
