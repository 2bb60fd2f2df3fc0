"""The metrics give the values that follow by hand from the published definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_evaluation.formats import SetError
from assistant_evaluation.metrics.binary import truth, yes_no
from assistant_evaluation.metrics.captions import bleu, chrf, cider, meteor
from assistant_evaluation.metrics.intervals import interval
from assistant_evaluation.metrics.presence import Seen, presence
from assistant_evaluation.metrics.retrieval import retrieval
from assistant_evaluation.metrics.selective import (
    area_under_risk_coverage,
    expected_calibration_error,
    fit_platt,
    reliability,
    risk_coverage,
)
from assistant_evaluation.metrics.sentiment import sentiment
from assistant_evaluation.metrics.transcripts import errors
from assistant_evaluation.metrics.vqa import (
    box_accuracy,
    exact_match,
    multiple_choice,
    normalised,
    overlap,
    short_answer_score,
    vqa_accuracy,
)

# ---- short answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("A  Dog.", "dog"),
        ("the red, and THE blue", "red and blue"),
        ("Two", "2"),
        ("none", "0"),
        ("dont know", "don't know"),
        ("girl's", "girl's"),
        ("3.5", "3.5"),
        ("100,978", "100978"),
        ("10:30", "10:30"),
        ("yes!", "yes"),
        ("black/white", "black white"),
        ("U.S.", "us"),
        ("its", "its"),
    ],
)
def test_normalisation(given_: str, normal: str) -> None:
    """The rules of the evaluation page: case, periods, digits, articles, contractions, punctuation."""
    assert normalised(given_) == normal


@given(st.text(max_size=40))
def test_normalisation_is_final(text: str) -> None:
    """What is normal stays as it is, unless removing an article or a mark laid bare another one."""
    once = normalised(normalised(text))
    assert normalised(once) == once


@pytest.mark.parametrize(("agreeing", "score"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (10, 1.0)])
def test_vqa_accuracy_leaves_one_person_out(agreeing: int, score: float) -> None:
    """With ten people, one to four who agree give 0.3, 0.6, 0.9 and 1: the mean over subsets of nine."""
    people = ["Cat."] * agreeing + ["dog"] * (10 - agreeing)
    assert vqa_accuracy("a cat", people) == pytest.approx(score)


def test_few_answers_are_each_right() -> None:
    """With fewer than ten answers, each counts as right by itself."""
    assert short_answer_score("sofa", ["couch", "sofa"]) == 1.0
    assert exact_match("chair", ["couch", "sofa"]) == 0.0


def test_multiple_choice_knows_only_the_choices() -> None:
    """A right answer in other words is not a choice."""
    assert multiple_choice("Delivery.", ["train", "delivery"], "delivery") == 1.0
    assert multiple_choice("parcel", ["train", "delivery"], "delivery") == 0.0
    assert multiple_choice("one", ["1", "one"], "1") == 0.0


def test_boxes_count_from_half_their_union() -> None:
    """Half overlapping squares share a third of their union; two thirds of a side make exactly a half."""
    square = (0.0, 0.0, 0.6, 0.6)
    assert overlap(square, (0.3, 0.0, 0.9, 0.6)) == pytest.approx(1 / 3)
    assert box_accuracy((0.0, 0.0, 0.5, 0.6), square) == 1.0
    assert box_accuracy((0.3, 0.0, 0.9, 0.6), square) == 0.0
    assert box_accuracy(None, square) == 0.0


def test_yes_no_figures() -> None:
    """Two of three yes found, one false yes, one without an answer: 2 hits, 3 claims, 3 there."""
    found = yes_no([True, True, True, False, None], [True, True, False, False, True])
    assert (found.accuracy, found.yes_ratio) == (pytest.approx(3 / 5), pytest.approx(3 / 5))
    assert (found.precision, found.recall, found.f1) == (
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
    )
    assert yes_no([False], [False]).precision is None
    assert [truth(said) for said in ("Yes.", "FALSE", "maybe", None)] == [True, False, None, None]


# ---- confidence -----------------------------------------------------------------------------------------------------


def test_risk_coverage_by_hand() -> None:
    """Right, wrong, right from the surest on: risks 0, 1/2, 1/3."""
    curve = risk_coverage([0.5, 0.9, 0.7], [1.0, 1.0, 0.0])
    assert curve == [
        (pytest.approx(1 / 3), 0.0),
        (pytest.approx(2 / 3), pytest.approx(0.5)),
        (1.0, pytest.approx(1 / 3)),
    ]
    assert area_under_risk_coverage([0.5, 0.9, 0.7], [1.0, 1.0, 0.0]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


@given(st.permutations([1.0, 0.0, 1.0, 0.0]))
def test_equal_confidences_have_no_order(scores: list[float]) -> None:
    """The order of equally sure answers does not matter."""
    assert area_under_risk_coverage([0.5] * 4, scores) == pytest.approx(0.5)


def test_calibration_error_by_hand() -> None:
    """Bins 0.9 (two answers, one right) and 0.2 (two, none right): (2 * 0.4 + 2 * 0.2) / 4."""
    sure, right = [0.9, 0.9, 0.2, 0.2], [1.0, 0.0, 0.0, 0.0]
    assert expected_calibration_error(sure, right) == pytest.approx(0.3)
    assert [(row.low, row.answers, row.accuracy) for row in reliability(sure, right)] == [(0.2, 2, 0.0), (0.9, 2, 0.5)]
    assert expected_calibration_error([], []) is None


def test_platt_scaling_mends_what_is_too_sure() -> None:
    """Answers said with 0.9 that are right 6 times in 10, and with 0.6 that are right 4 in 10, come out so."""
    sure = [0.9] * 500 + [0.6] * 500
    right = [1.0] * 300 + [0.0] * 200 + [1.0] * 200 + [0.0] * 300
    fitted = fit_platt(sure, right)
    assert fitted(0.9) == pytest.approx(0.6, abs=0.01)
    assert fitted(0.6) == pytest.approx(0.4, abs=0.01)
    assert fitted.slope > 0


def test_a_calibration_never_turns_round_who_is_surer() -> None:
    """Where surer answers are wrong more often, all confidences become the share of right ones."""
    fitted = fit_platt([0.9] * 50 + [0.6] * 50, [1.0] * 10 + [0.0] * 40 + [1.0] * 30 + [0.0] * 20)
    assert fitted.slope > 0
    assert fitted(0.9) == pytest.approx(0.4, abs=0.01)
    assert fitted(0.6) == pytest.approx(0.4, abs=0.01)


def test_calibration_needs_right_and_wrong() -> None:
    """Too few answers, or all of one sort, fit nothing."""
    with pytest.raises(SetError, match="too few to calibrate"):
        fit_platt([0.9] * 50, [1.0] * 50)
    with pytest.raises(SetError, match="at least 20"):
        fit_platt([0.9, 0.5], [1.0, 0.0])


def test_intervals_draw_whole_clusters() -> None:
    """Questions that are right or wrong together make the interval wider; the same seed gives the same interval."""
    scores = [1.0] * 20 + [0.0] * 20
    alone = interval(scores, [1.0] * 40, list(range(40)), 0)
    together = interval(scores, [1.0] * 40, [number // 10 for number in range(40)], 0)
    assert alone is not None
    assert together is not None
    assert together[1] - together[0] > alone[1] - alone[0]
    assert alone[0] == pytest.approx(0.5 - 1.96 * math.sqrt(0.25 / 40), abs=0.03)
    assert interval(scores, [1.0] * 40, list(range(40)), 0) == alone
    assert interval([1.0], [1.0], ["one"], 0) is None


# ---- captions -------------------------------------------------------------------------------------------------------

SAID = ["a dog on grass", "a red car parked on the street", "two people"]
PEOPLE = [
    ["a dog runs on the grass", "the dog is on green grass"],
    ["a red car on a street", "a parked car", "the red car is parked"],
    ["two people and a dog", "three people"],
]


def test_cider_is_the_public_implementation_s() -> None:
    """On these captions, tokenised alike, pycocoevalcap 1.2 gives 2.115065 (1.749737, 2.466638, 2.128821)."""
    assert cider(SAID, PEOPLE) == pytest.approx([1.74973749, 2.46663805, 2.12882092])


def test_cider_of_the_only_caption_is_ten() -> None:
    """A caption equal to its one reference, of words that no other picture has, scores 10."""
    assert cider(["one two three four", "a b c d"], [["one two three four"], ["w x y z"]]) == pytest.approx([10.0, 0.0])


def test_bleu_by_hand() -> None:
    """Precisions 5/6, 3/5, 2/4 and 1/3 at equal length: their geometric mean."""
    said, people = ["the cat sat on the mat"], [["the cat sat on a mat"]]
    assert bleu(said, people) == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25, abs=0.01)
    assert bleu(["A dog, on the grass!"], [["a dog on the grass"]]) == pytest.approx(100)


def test_meteor_by_hand() -> None:
    """Two chunks of five matches in six words: F 5/6, penalty 0.5 * (2/5)^3; stems match."""
    assert meteor("a cat sat on the mat", ["a cat sat on one mat"]) == pytest.approx(5 / 6 * (1 - 0.5 * (2 / 5) ** 3))
    assert meteor("dogs running", ["dog runs"]) == pytest.approx(1 - 0.5 * (1 / 2) ** 3)


def test_chrf_of_the_same_text_is_a_hundred() -> None:
    """And less for another text, with different numbers of references too."""
    assert chrf(["a dog"], [["a dog"]]) == pytest.approx(100)
    assert 0 < chrf(["a dog", "a cat"], [["a hog"], ["a cat", "the cat"]]) < 100


# ---- speech, sentiment, presence, retrieval -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "gold", "language", "prefix", "wrong", "units"),
    [
        ("Turn on the light.", "turn off the lights", "en", False, 2, 4),
        ("don't", "DON’T!", "en", False, 0, 1),
        ("你好世", "你好，世界", "zh", False, 1, 4),
        ("你好世", "你好，世界", "", False, 1, 4),
        ("hello there my friend", "hello there", "en", True, 0, 2),
        ("thank you", "", "", False, 2, 0),
        ("", "two words", "en", False, 2, 2),
    ],
)
def test_transcript_errors(said: str, gold: str, language: str, prefix: bool, wrong: int, units: int) -> None:
    """Words or characters are counted, whatever case and punctuation; nothing said is all wrong."""
    found = errors(said, gold, language, prefix=prefix)
    assert (found.errors, found.units) == (wrong, units)


def test_a_beginning_is_compared_with_the_beginning_that_fits_best() -> None:
    """A word inserted within does not push the last one out."""
    found = errors("one two two three four five six seven", "one two three four five", prefix=True)
    assert (found.errors, found.units) == (1, 5)


def test_characters_as_written() -> None:
    """Case, punctuation and missing spaces count; the kind of white space does not."""
    found = errors("An ox\ngoes", "an ox  goes.", "en", characters=True)
    assert (found.errors, found.units) == (2, 11)
    assert errors("anox", "an ox", characters=True).errors == 1


def test_sentiment_figures() -> None:
    """A zero counts half for polarity; neutral sentences do not; three classes where there are neutral ones."""
    labels, valences = ["positive", "negative", "neutral", "neutral"], [0.8, -0.5, 0.0, 0.1]
    golds: list[float | None] = [0.9, 0.4, -0.6, 0.0]
    found = sentiment(labels, valences, ["positive", "positive", "negative", "neutral"], golds)
    assert (found.accuracy, found.polarity) == (pytest.approx(2 / 4), pytest.approx(1.5 / 3))
    assert found.pearson == pytest.approx(float(np.corrcoef(valences, [0.9, 0.4, -0.6, 0.0])[0, 1]))
    two = sentiment(labels[:2], valences[:2], ["positive", "positive"], [None, None])
    assert (two.accuracy, two.pearson) == (pytest.approx(0.5), None)


def test_presence_figures() -> None:
    """Micro-averages over pictures; a crowd is there but not counted; recall at a precision of 90 %."""
    found = presence(
        [
            Seen({"dog": 0.9, "cat": 0.6, "car": 0.3}, {"dog": 2, "cat": 1}, {"dog": 2, "car": 1, "person": None}),
            Seen({"bus": 0.95}, {"bus": 1}, {"bus": 2}),
        ]
    )
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert found.recall_at_90_precision == pytest.approx(2 / 4)
    assert (found.exact_counts, found.exact_counts_of_found) == (pytest.approx(1 / 3), pytest.approx(1 / 2))


def test_retrieval_figures() -> None:
    """Ranks 1, 2 and 3: recall@1 a third, all within 5, median rank 2; a tie is no hit."""
    similarity = np.array([[0.9, 0.1, 0.2], [0.8, 0.5, 0.1], [0.5, 0.5, 0.5]])
    found = retrieval(similarity, [[0], [1], [2]])
    assert (found.recall[1], found.recall[5], found.median_rank) == (pytest.approx(1 / 3), 1.0, 2.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=20, max_size=60))
def test_a_calibration_is_finite_and_right_on_average(answers: list[tuple[float, bool]]) -> None:
    """Whatever was said, the calibrated confidences are as high on average as the answers are right, nearly."""
    sure, right = [confidence for confidence, _ in answers], [float(good) for _, good in answers]
    if 0 < sum(right) < len(right):
        fitted = fit_platt(sure, right)
        mean = sum(map(fitted, sure)) / len(sure)
        assert mean == pytest.approx(sum(right) / len(right), abs=2 / len(right))
