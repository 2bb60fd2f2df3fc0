"""The small pure parts: sorts of questions, sureness, trimming, turns, the families."""

from __future__ import annotations

import math
import threading

import pytest

from assistant.errors import Cancelled
from assistant_vlm.families import BRIEF, FAMILIES, OTHER, family_of
from assistant_vlm.replies import asked_of, guess, likelihood, spelled, yes_or_no
from assistant_vlm.turns import Busy, Turns

trimming = pytest.importorskip("assistant_vlm.generation")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Is there a dog?", "polar"),
        ("How many dogs are there?", "count"),
        ("What colour is the car?", "color"),
        ("What is it? Choices: a cat, a dog", "choice"),
        ("True or false: it rains.", "polar"),
        ("What is happening here?", "open"),
        ("Is it red or blue?", "color"),
        ("", "describe"),
        ("画里有狗吗？", "polar"),
    ],
)
def test_sorts_of_questions(question: str, asked: str) -> None:
    """What sort of answer a question wants decides what the model is asked for."""
    expected = "open" if question == "Is it red or blue?" else asked
    assert asked_of(question) == expected


def test_sureness_of_yes_and_no() -> None:
    """The first token's mass on yes and no is compared, if it is about them at all."""
    first = [0.6, 0.1, 0.2, 0.1]
    assert yes_or_no(first, frozenset((0, 1)), frozenset((2,)), "yes") == pytest.approx(0.7 / 0.9)
    assert yes_or_no(first, frozenset((0, 1)), frozenset((2,)), "no") == pytest.approx(0.2 / 0.9)
    assert yes_or_no(first, frozenset((3,)), frozenset((2,)), "no") is None
    assert yes_or_no(first, frozenset((0,)), frozenset((2,)), "red") is None
    assert yes_or_no(first, frozenset((0,)), frozenset((0,)), "yes") is None


def test_guess_of_one_that_passes() -> None:
    """Of a model that says neither yes nor no, the first token still leans to one of them."""
    assert guess([0.5, 0.2, 0.3], frozenset((1,)), frozenset((2,))) == ("no", pytest.approx(0.6))
    assert guess([1.0, 0.0, 0.0], frozenset((1,)), frozenset((2,))) is None
    assert guess([0.5, 0.5], frozenset(), frozenset((1,))) is None


def test_sureness_is_length_normalised() -> None:
    """Two tokens of one half are as sure as one; nothing said has no sureness."""
    assert likelihood([math.log(0.5)]) == pytest.approx(likelihood([math.log(0.5)] * 7))
    assert likelihood([]) is None


def test_first_tokens_of_yes_and_no() -> None:
    """A token counts for yes only if it says more than a blank or a letter."""
    from assistant_vlm.checkpoints import tokenizer

    words = tokenizer([], ["Yes yes No no Yes, yes. No, no. yes no Yes No"] * 5)
    yes, no = spelled(words, ("yes", "Yes", " yes")), spelled(words, ("no", "No", " no"))
    assert {words.decode([each]).strip().lower() for each in yes} <= {"yes", "ye"}
    assert no
    assert not yes & no
    assert spelled(tokenizer([], ["x"]), ("yes", " yes")) == frozenset()


@pytest.mark.parametrize(
    ("pieces", "stops", "shown"),
    [
        (["Yes.", "\nQues", "tion: more"], ("\nQuestion:",), "Yes."),
        (["Yes.", "\nQues", "t"], ("\nQuestion:",), "Yes.\nQuest"),
        (["<thi", "nk>so so</thi", "nk>\n\nYes", "."], (), "Yes."),
        (["<b", ">bold"], (), "<b>bold"),
        (["<think>never ends"], (), ""),
        (["  ", "Yes"], (), "Yes"),
        (["a STOP b"], ("STOP",), "a "),
    ],
)
def test_trimming(pieces: list[str], stops: tuple[str, ...], shown: str) -> None:
    """A stop text ends the answer and is not shown, however it is cut; a thought in front is left out."""
    trim = trimming.Trimmer(stops)
    assert "".join(map(trim, pieces)) + trim.rest() == shown


def test_turns_are_taken_in_order() -> None:
    """First come, first served; one at a time."""
    turns, order = Turns("vlm", 5), []
    never = threading.Event()

    def work(number: int) -> None:
        with turns.take(never, 10):
            order.append(number)

    with turns.take(never, 1):
        threads = []
        for number in range(4):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(turns._queue) < number + 2:
                assert threads[-1].is_alive()
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3]


def test_turns_give_up() -> None:
    """Who waits in vain is told; who is no longer wanted leaves the queue."""
    turns, stopped = Turns("vlm", 3), threading.Event()
    stopped.set()
    with turns.take(threading.Event(), 1):
        with pytest.raises(Busy, match="not this question's turn"), turns.take(threading.Event(), 0.01):
            pass
        with pytest.raises(Cancelled), turns.take(stopped, 5):
            pass
    with turns.take(threading.Event(), 0.01):
        assert len(turns._queue) == 1


def test_families_are_told_apart() -> None:
    """No model type stands in two rows; one that is in none takes the plain path."""
    types = [each for family in FAMILIES for each in family.model_types]
    assert sorted(types) == sorted(set(types))
    assert family_of("something_new") is OTHER
    assert not OTHER.prefix
    assert OTHER.brief is BRIEF
    assert all("open" in family.tasks for family in FAMILIES if family.talk == "task")


@pytest.mark.parametrize("text", ["日本語は面白いです。", "no blank:\nthen 🎉🎉, ok", "ภาษาไทย"])
def test_text_comes_letter_by_letter(text: str) -> None:
    """Also where nothing is written between words; a letter of several tokens comes whole."""
    import torch

    from assistant_vlm.checkpoints import tokenizer
    from assistant_vlm.generation import Pieces

    spelling = tokenizer(())
    streamer = Pieces(spelling, skip_prompt=True, timeout=1.0, skip_special_tokens=True)
    streamer.put(torch.tensor([[1, 2, 3]]))
    for token in spelling(text, add_special_tokens=False)["input_ids"]:
        streamer.put(torch.tensor([token]))
    streamer.end()
    pieces = [piece for piece in streamer if piece]
    assert "".join(pieces) == text
    assert len(pieces) >= len(text) // 2
