"""The shared context: a blackboard on which nothing stands twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.context import SharedContext
from assistant.types import Answer, Delta, Gap, Observation, Part

IMAGE = Part("image", "d1", "photo.jpg", "image/jpeg", b"")
FRAME = Part("image", "d3", "frame", "image/jpeg", b"", parent="d2", span=(1.0, 1.0))
VIDEO = Part("video", "d2", "film.mp4", "video/mp4", b"")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
observations = st.builds(
    Observation,
    kind=st.sampled_from(["object", "text_line", "sentiment"]),
    text=st.text(max_size=30),
    confidence=st.integers(0, 10_000).map(lambda value: value / 10_000),
    part=st.sampled_from(["d1", "d2"]),
    box=st.none() | st.tuples(*[st.floats(0, 1)] * 4),
    span=st.none() | st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)),
    data=st.dictionaries(st.text(max_size=5), json_values, max_size=3),
    source=st.text(max_size=5),
)


@given(observations)
def test_observations_survive_json(seen: Observation) -> None:
    """An observation read back from JSON is the same, with the same id."""
    again = Observation.from_json(seen.to_json())
    assert again == seen
    assert again.id == seen.id


@given(st.lists(observations, max_size=8))
def test_adding_twice_changes_nothing(many: list[Observation]) -> None:
    """The second time nothing is new, and the order is that of the first arrival."""
    context = SharedContext()
    for seen in many:
        context.add(seen)
    before = context.snapshot()
    assert not any(context.add(seen) for seen in many)
    assert context.snapshot() == before


def test_snapshot_selects() -> None:
    """Observations are found by kind and part, parts by modality and family; frames count only when asked for."""
    context = SharedContext()
    dog = Observation(kind="object", text="dog", confidence=0.9, part="d1")
    cat = Observation(kind="object", text="cat", confidence=0.9, part="d3")
    for item in (IMAGE, VIDEO, FRAME, dog, cat):
        assert context.add(item)
    snapshot = context.snapshot()
    assert snapshot.of("object") == (dog, cat)
    assert snapshot.of("object", part="d3") == (cat,)
    assert snapshot.of("caption") == ()
    assert snapshot.of_modality("image") == (IMAGE,)
    assert snapshot.of_modality("image", derived=True) == (IMAGE, FRAME)
    assert snapshot.family("d2") == (VIDEO, FRAME)
    assert snapshot.part("d9") is None


def test_only_unreadable_parts_stay_gaps() -> None:
    """A new turn forgets gaps that may be gone by then, and keeps those that cannot go."""
    context = SharedContext()
    timeout = Gap(cause="timeout", message="too slow", part="d1")
    unreadable = Gap(cause="unreadable", message="cut off", part="d1")
    refused = Gap(cause="unreadable", message="never became a part", name="x.svg")
    for gap in (timeout, unreadable, refused):
        context.add(gap)
    context.drop_gaps()
    assert context.snapshot().gaps == (unreadable,)


def test_gaps_survive_json() -> None:
    """A gap read back from JSON is the same."""
    gap = Gap(cause="timeout", message="m", remedy="r", part="d", name="n", source="s", kinds=("a", "b"))
    assert Gap.from_json(gap.to_json()) == gap


def test_answers_grow_by_deltas() -> None:
    """Text is joined, citations are not repeated, the last confidence and short form count."""
    answer = Answer("", answerer="a") + Delta("Yes", ("1",), 0.5, short="yes") + Delta(".", ("2", "1"), 0.8)
    assert answer == Answer("Yes.", "yes", 0.8, False, ("1", "2"), "a")


def test_kinds_of_one_gap_add_up() -> None:
    """A picture that cannot be read is one gap, which names all that every perceiver would have said of it."""
    context = SharedContext()
    for kinds in (("image_facts",), ("object",), ("object",)):
        context.add(Gap(cause="unreadable", message="cut off", part="d1", source="media", kinds=kinds))
    (gap,) = context.snapshot().gaps
    assert gap.kinds == ("image_facts", "object")
