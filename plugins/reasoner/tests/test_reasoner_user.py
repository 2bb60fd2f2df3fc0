"""What a sceptical person meets: nothing is claimed that was not perceived, and what is said hangs together."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from assistant.types import Kind
from assistant_reasoner.lexicon import plural, singular


def concepts(talk: Any, basis: str = "seen", **shares: float) -> Any:
    """The nouns, with their probabilities when somebody asks."""
    names = {name.replace("_", " "): share for name, share in shares.items()}
    return talk.add("concepts", "probably", 0.9, probabilities=names, basis=dict.fromkeys(names, basis), asked=[1, 0])


@pytest.mark.parametrize(
    "word", ["suitcase", "vase", "house", "purse", "horse", "box", "bus", "dish", "dress", "watch"]
)
def test_plurals_go_back_to_their_singular(word: str) -> None:
    """However a name ends."""
    assert singular(plural(word)) == word


def test_a_person_is_not_called_a_woman(talk: Any) -> None:
    """One person alone is no answer to whether there is a woman; the question is left open, with a guess."""
    talk.picture().thing("person", confidence=0.98)
    for question in ("is there a woman?", "is it a woman?", "is there a child?"):
        answer = talk.ask(question)
        assert answer.abstained
        assert (answer.confidence or 0) < 0.6
        assert "can't tell whether" in answer.text


def test_what_has_no_box_is_not_said_to_be_unknown(talk: Any) -> None:
    """Water that is judged to be there is not "recognised by none of the plugins" in the next answer."""
    concepts(talk.picture().thing("boat"), water=0.95)
    assert talk.ask("is there water?").short == "yes"
    color = talk.ask("what color is the water?")
    assert color.abstained
    assert "none of the installed" not in color.text
    on = talk.ask("is the boat on the water?")
    assert (on.short, on.abstained) == ("yes", False)
    assert "infer" in on.text


def test_worn_things_are_not_denied_from_afar(talk: Any) -> None:
    """A hat leaves no trace in what a picture as a whole looks like: no "no" from that."""
    concepts(talk.picture().thing("person"), "company", hat=0.01)
    answer = talk.ask("is the man wearing a hat?")
    assert answer.abstained
    assert "hat" in answer.text


def test_who_is_in_the_kitchen_is_counted(talk: Any) -> None:
    """A room needs no box to count who is in it."""
    talk.picture().thing("oven", (0.0, 0.3, 0.4, 0.9)).thing("refrigerator", (0.7, 0.2, 0.9, 0.9)).thing("person")
    answer = talk.ask("how many people are in the kitchen?")
    assert (answer.short, answer.abstained) == ("1", False)


@pytest.mark.parametrize(("brightness", "short"), [(0.6, "day"), (0.1, "night")])
def test_day_or_night_is_told_outdoors_by_the_light(talk: Any, brightness: float, short: str) -> None:
    """Never "yes" or "no" to a choice between two."""
    talk.picture().thing("bus", (0.1, 0.3, 0.8, 0.9)).thing("traffic light", (0.8, 0.1, 0.9, 0.3))
    talk.add(Kind.IMAGE_FACTS, "640 x 480 photograph", brightness=brightness)
    talk.add("concepts", "", probabilities={"tree": 0.9}, indoors=0.02, places={"street": 0.9})
    assert talk.ask("is it day or night?").short == short
    assert talk.ask("is it daytime?").short == ("yes" if short == "day" else "no")


def test_the_hour_is_not_told_indoors(talk: Any) -> None:
    """Lamps are bright too."""
    talk.picture().thing("bed", (0.1, 0.3, 0.8, 0.9)).add(Kind.IMAGE_FACTS, "photograph", brightness=0.6)
    assert talk.ask("is it day or night?").abstained


@pytest.mark.parametrize("question", ["is the tv on?", "is the tv broken?", "does the tv look old-fashioned?"])
def test_states_are_understood_and_declined(talk: Any, question: str) -> None:
    """It is not the question that is at fault."""
    talk.picture().thing("tv")
    answer = talk.ask(question)
    assert answer.abstained
    assert "did not understand" not in answer.text


def test_nothing_is_called_safe(talk: Any) -> None:
    """Dangers are named where they are seen; their absence is no promise."""
    talk.picture().thing("knife")
    assert "knife" in talk.ask("anything dangerous?").text
    assert talk.ask("is this safe?").abstained


def test_what_somebody_holds_is_no_person_and_no_stove(talk: Any) -> None:
    """Of what the box touches, what fits in a hand."""
    talk.picture().thing("person", (0.3, 0.1, 0.7, 0.9)).thing("person", (0.5, 0.1, 0.9, 0.9))
    talk.thing("oven", (0.2, 0.5, 0.6, 1.0)).thing("bottle", (0.35, 0.4, 0.4, 0.55))
    assert talk.ask("what is the man holding?").short == "bottle"


def _vectors(texts: Sequence[str]) -> Any:
    """A space in which every text points its own way, so that a picture's vector can lie near one of them."""
    rows = np.stack([np.random.default_rng(sum(text.encode())).normal(size=64) for text in texts]).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_guess_at_a_fruit_is_a_fruit(talk: Any) -> None:
    """What no label names is guessed by likeness to the picture; never a person who stands by."""
    talk.picture().thing("person")
    packed = base64.b64encode(_vectors(["kiwi"])[0].astype("<f2").tobytes()).decode()
    talk.add("concepts", "", probabilities={"tree": 0.1}, basis={"tree": "seen"}, vector=packed)
    talk.embed = _vectors
    answer = talk.ask("what fruit is this?")
    assert answer.short == "kiwi"


def test_options_are_returned_word_for_word(talk: Any) -> None:
    """Whatever the picture's own vector says."""
    talk.picture().thing("dog")
    packed = base64.b64encode(_vectors(["a Big dog"])[0].astype("<f2").tobytes()).decode()
    talk.add("concepts", "", probabilities={"tree": 0.1}, basis={"tree": "seen"}, vector=packed)
    talk.embed = _vectors
    options = ("a Big dog", "the cat", "3 Birds", "No-one")
    for question in ("What is this?", "Who is here?", "How many birds?", "What do they think?"):
        assert talk.ask(f"{question} Choices: {', '.join(options)}").short in options


def test_prices_are_no_hours_where_hours_are_written(talk: Any) -> None:
    """ "4.50" could be a time, but not beside "8:00 - 18:00"."""
    talk.picture().line("Soup 4.50", 0, (0.1, 0.1, 0.6, 0.2)).line("Espresso 2.10", 1, (0.1, 0.3, 0.6, 0.4))
    talk.line("Open Mon-Sat 8:00 - 18:00", 2, (0.1, 0.5, 0.8, 0.6))
    assert (talk.ask("when does it open?").short or "").startswith("8:00")
