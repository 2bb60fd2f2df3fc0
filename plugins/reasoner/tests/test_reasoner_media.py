"""Questions about recordings and videos as a whole, and about speech and pictures together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from assistant.types import Kind

LEFT, RIGHT = (0.0, 0.4, 0.2, 0.6), (0.7, 0.2, 1.0, 0.9)


@pytest.fixture
def meeting(talk: Any) -> Any:
    """A recording with names, numbers and a price."""
    talk.recording("meeting.wav", seconds=60.0)
    told = (
        ("Hello and welcome, my name is Anna Keller.", 0.0, 4.0),
        ("The budget for next year was cut.", 4.0, 9.0),
        ("So the new software will cost twenty thousand dollars.", 9.0, 14.0),
        ("We talked to Peter Braun about it on Monday.", 14.0, 18.0),
        ("Lunch is at 12:30 in the garden.", 18.0, 22.0),
        ("The budget will be discussed again.", 22.0, 27.0),
    )
    for text, start, end in told:
        talk.says(text, start, end)
    return talk


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("what numbers were mentioned?", "twenty thousand, 12:30"),
        ("which prices were mentioned", "twenty thousand dollars"),
        ("what dates did she mention", "next year, Monday, 12:30"),
        ("what names were mentioned?", "Anna Keller, Peter Braun"),
        ("what did she say after lunch?", "is at 12:30 in the garden. The budget will be discussed again."),
        (
            "what did they say before Peter Braun",
            "The budget for next year was cut. So the new software will cost twenty thousand dollars. We talked to",
        ),
    ],
)
def test_what_a_recording_mentions(meeting: Any, question: str, short: str) -> None:
    """Found in the words said, each with its time, and cited."""
    answer = meeting.ask(question)
    assert answer.short == short
    assert " s)" in answer.text
    assert answer.citations


def test_a_summary_keeps_the_beginning_and_the_most_central(meeting: Any) -> None:
    """By embeddings where there are some, in the order of time, with moderate sureness."""

    def embed(texts: Sequence[str]) -> Any:
        return np.array([[1.0, 0.0] if "udget" in text else [0.2, 0.98] for text in texts])

    meeting.embed = embed
    answer = meeting.ask("summarise the recording")
    assert "welcome" in answer.short or "software" in answer.short
    assert len(answer.citations) == 3
    assert 0.3 < answer.confidence < 0.7
    told = [float(text) for text in re.findall(r"\((\d+\.\d) s\)", answer.text)]
    assert told == sorted(told)


def test_other_words_for_the_same_are_a_likely_yes(meeting: Any) -> None:
    """Not heard as such, but near in meaning: yes, with the probability that the nearness gives."""

    def embed(texts: Sequence[str]) -> Any:
        near = {"pause": [1.0, 0.0], "Lunch": [0.8, 0.6]}
        return np.array([next((row for word, row in near.items() if word in text), [0.0, 1.0]) for text in texts])

    meeting.embed = embed
    answer = meeting.ask("did they mention a pause?")
    assert answer.short == "yes"
    assert 0.5 <= answer.confidence < 0.85
    assert "in other words" in answer.text


def test_within_one_recording_speakers_are_not_told_apart(meeting: Any) -> None:
    """Said plainly instead of guessed."""
    answer = meeting.ask("who spoke longer?")
    assert answer.abstained
    assert "tell the speakers apart" in answer.text


def test_several_recordings_are_told_apart_by_number_and_name(talk: Any) -> None:
    """Which has more speech; what was said in one of them."""
    talk.recording("a.wav").says("The train leaves at nine.", 0.0, 3.0)
    talk.recording("b.wav").says("I like dogs very much.", 0.0, 8.0)
    assert talk.ask("who spoke longer?").short == "recording 2"
    assert talk.ask("what was said in the second recording?").short == "I like dogs very much."
    assert talk.ask("what did he say in a.wav?").short == "The train leaves at nine."


@pytest.fixture
def film(talk: Any) -> Any:
    """Four frames and a sound track."""
    talk.part("video", "v", seconds=10.0)
    talk.part("image", "f1", parent="v", time=1.0).thing("car")
    talk.part("image", "f2", parent="v", time=3.2).thing("car")
    talk.part("image", "f3", parent="v", time=6.4).thing("dog", RIGHT).thing("dog", LEFT)
    talk.part("image", "f4", parent="v", time=8.0).thing("dog").line("EXIT")
    talk.part("audio", "sound", parent="v", seconds=10.0)
    return talk.says("Look at the car.", 0.5, 2.5).says("Here comes the dog.", 6.0, 8.0)


def test_times_in_a_video_are_bounds(film: Any) -> None:
    """Frames are samples: a thing comes between the last frame without it and the first with it."""
    first = film.ask("when does the dog first appear?")
    assert first.short == "6.4 s"
    assert "between 3.2 s and 6.4 s" in first.text
    last = film.ask("when does the car last appear?")
    assert last.short == "3.2 s"
    assert "out of view between 3.2 s and 6.4 s" in last.text
    long = film.ask("how long is the dog visible?")
    assert "at least 1.6 s and at most 6.8 s" in long.text
    assert film.ask("when does the horse appear?").short is None


def test_a_video_is_told_in_order_of_time(film: Any) -> None:
    """What was seen, read and heard, each with its time."""
    text = film.ask("what happens in the video?").text
    order = [text.index(piece) for piece in ("Look at the car", "1 car", "Here comes", "2 dogs", "EXIT")]
    assert order == sorted(order)
    changes = film.ask("what changes between the start and the end?").text
    assert "New at the end: 1 dog" in changes
    assert "No more there at the end: 1 car" in changes


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("how many dogs are there at most at once?", "2"),
        ("is there ever a dog?", "yes"),
        ("is there ever a horse in the video?", "no"),
        ("what does the sign in the video say?", "EXIT"),
        ("what is said while the dog is visible?", "Here comes the dog."),
        ("what is said while the car is visible?", "Look at the car."),
    ],
)
def test_videos(film: Any, question: str, short: str) -> None:
    """Most at once, ever, text in it, what is said meanwhile."""
    answer = film.ask(question)
    assert answer.short == short
    assert Kind.TRANSCRIPT_SEGMENT in film.needs("what is said while the dog is visible?")


@pytest.mark.parametrize(
    ("told", "short"),
    [
        ("There is a black dog on a sofa.", "yes"),
        ("You can see two black dogs.", "no"),
        ("Here is my white dog.", "no"),
        ("The weather was lovely.", None),
    ],
)
def test_what_is_said_against_what_is_seen(talk: Any, told: str, short: str | None) -> None:
    """Each claim is supported, contradicted or open, with both pieces of evidence cited."""
    talk.picture().thing("dog", LEFT, color="black").thing("couch", (0.3, 0.5, 0.9, 0.95))
    talk.recording("r").says(told, 0.0, 3.0)
    answer = talk.ask("does what she says match the picture?")
    assert answer.short == short
    assert answer.abstained == (short is None)
    assert talk.seen[-1].id in answer.citations
    if short == "yes":
        assert talk.seen[0].id in answer.citations


def test_speech_in_another_language_is_compared_too(talk: Any) -> None:
    """The names of things are known in every language that is understood."""
    talk.picture().thing("dog", LEFT, color="black")
    talk.recording("r").add(
        Kind.TRANSCRIPT_SEGMENT, "Hier ist mein weißer Hund.", 0.9, span=(0.0, 2.0), words=[], language="de"
    )
    answer = talk.ask("Passt das, was sie sagt, zum Bild?")
    assert answer.short == "nein"
    assert "schwarzen Hund" in answer.text


def test_the_picture_that_is_spoken_of(talk: Any) -> None:
    """The one that supports most of what is said."""
    talk.picture("p1").thing("dog").picture("p2").thing("cat", LEFT).thing("bed")
    talk.recording("r").says("This is my lovely cat on the bed.", 0.0, 3.0)
    assert talk.ask("which picture is he talking about?").short == "picture 2"
    assert talk.ask("what is only in the first picture?").short == "dog"
    assert talk.ask("what is in both?").short == "nothing"


def test_a_sign_and_a_voice(talk: Any) -> None:
    """The words written and the words said."""
    talk.picture().line("Mind the step").recording("r").says("It says mind the step.", 0.0, 2.0)
    assert talk.ask("does the sign say what he says?").short == "yes"
    talk.picture("q").line("Fire exit")
    assert talk.ask("does the sign say what he says in the second picture?").short in ("no", None)


def test_the_same_kind_of_place(talk: Any) -> None:
    """Two kitchens may be one; that they are is not claimed."""
    for name in ("p1", "p2"):
        talk.picture(name).thing("oven").thing("refrigerator", LEFT).thing("microwave", RIGHT)
    answer = talk.ask("are they the same place?")
    assert "very same place, I cannot tell" in answer.text
    assert answer.confidence < 0.7


@pytest.mark.parametrize("question", ["does what he says match the picture?", "which picture is he talking about?"])
def test_what_is_missing_is_asked_for(talk: Any, question: str) -> None:
    """No recording, or no picture: say which to send."""
    assert "no recording" in talk.ask(question).text
    talk.recording("r").says("A dog.", 0.0, 1.0)
    assert "no picture" in talk.ask(question).text
