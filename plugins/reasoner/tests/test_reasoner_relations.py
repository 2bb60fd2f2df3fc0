"""Relations of things in photographs: by boxes, and depth by the usual sizes of things."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Observation
from assistant_reasoner.execute.relations import JUDGED, TRUST, between, degree, truth
from assistant_reasoner.nouns import relation

UNIT = st.floats(0.0, 0.5)


def seen(text: str, box: tuple[float, float, float, float], **data: Any) -> Observation:
    return Observation(kind="object", text=text, confidence=0.9, part="p", box=box, data=data)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("at the left side of", "left_of"),
        ("ahead of", "in_front"),
        ("beneath", "below"),
        ("adjacent to", "next_to"),
        ("at the edge of", "edge"),
        ("in the middle of", "middle"),
        ("attached to", "attached"),
        ("detached from", "apart"),
        ("far away from", "far_from"),
        ("part of", "part_of"),
        ("surrounding", "surrounding"),
        ("enclosed by", "inside"),
        ("outside", "outside"),
        ("off", "outside"),
        ("across from", "across"),
        ("beyond", "behind"),
        ("between", "between"),
        ("facing away from", "unjudged"),
        ("parallel to", "unjudged"),
    ],
)
def test_words_of_relations(words: str, name: str) -> None:
    """The relations of the published statements are told apart."""
    assert relation(f"{words} the dog") == (name, "the dog")


def test_a_small_elephant_is_far_away() -> None:
    """Of a person and an elephant of the same height in the picture, the person is nearer."""
    person, elephant = seen("person", (0.1, 0.3, 0.2, 0.8)), seen("elephant", (0.5, 0.3, 0.8, 0.8))
    assert degree("in_front", person, elephant) > 0.6
    assert degree("behind", elephant, person) > 0.6
    assert degree("next_to", person, seen("person", (0.22, 0.32, 0.32, 0.8))) > degree("next_to", person, elephant)


def test_inside_edge_middle_outside() -> None:
    """A cup in the middle of a table is not at its edge, and one beside it is outside."""
    table = seen("dining table", (0.1, 0.4, 0.9, 0.9))
    amid, rim = seen("cup", (0.47, 0.6, 0.53, 0.68)), seen("cup", (0.1, 0.6, 0.16, 0.68))
    assert degree("middle", amid, table) > 0.6 > degree("middle", rim, table)
    assert degree("edge", rim, table) > 0.6 > degree("edge", amid, table)
    assert degree("outside", seen("cup", (0.0, 0.1, 0.05, 0.2)), table) == 1
    assert degree("surrounding", table, amid) > 0.6


def test_between_two() -> None:
    """What lies between two others does so in either order; one other is not enough."""
    left, right = seen("chair", (0.0, 0.4, 0.2, 0.6)), seen("chair", (0.8, 0.4, 1.0, 0.6))
    dog = seen("dog", (0.45, 0.4, 0.55, 0.6))
    assert between(dog, [left, right]) > 0.9
    assert between(left, [dog, right]) == 0
    assert between(dog, [left]) == 0


@given(UNIT, UNIT, UNIT, UNIT, st.sampled_from(sorted(JUDGED - {"between"})))
def test_degrees_and_probabilities_stay_in_range(x: float, y: float, width: float, height: float, name: str) -> None:
    """Whatever the boxes, a degree is a degree, and its probability stays within what the relation is trusted."""
    found = degree(name, seen("dog", (x, y, x + width, y + height)), seen("car", (0.3, 0.3, 0.6, 0.7)))
    assert 0 <= found <= 1
    chance = truth(name, found)
    trust = TRUST.get(name, 0.6)
    assert 1 - trust - 1e-9 <= chance <= trust + 1e-9


def test_a_doubtful_relation_is_withheld_with_a_guess(talk: Any) -> None:
    """Boxes that just meet do not show contact."""
    talk.picture().thing("dog", (0.1, 0.4, 0.4, 0.8)).thing("cat", (0.4, 0.5, 0.6, 0.8))
    answer = talk.ask("True or false: The dog is touching the cat.")
    assert answer.abstained
    assert answer.short in ("true", "false")
    assert f"“{answer.short}”" in answer.text
    assert talk.ask("True or false: The dog is at the left side of the cat.").short == "true"
    assert talk.ask("is the dog between the cat and the cat?").short is not None
