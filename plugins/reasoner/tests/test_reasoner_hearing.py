"""Answers about recordings and feelings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from assistant.types import Kind


@pytest.fixture
def meeting(talk: Any) -> Any:
    """A short recording."""
    talk.recording(seconds=20.0)
    talk.says("Hello and welcome to the meeting.", 0.0, 3.0).says("The budget was cut by ten percent.", 3.0, 8.0)
    talk.says("We will buy sandwiches for lunch.", 8.0, 12.0)
    return talk.add(
        Kind.TRANSCRIPT,
        "all of it",
        0.9,
        span=(0.0, 12.0),
        language="en",
        language_probability=0.97,
        seconds=20.0,
        speech_seconds=12.0,
        segments=[],
    )


def test_everything_that_was_said(meeting: Any) -> None:
    """The transcript is quoted and every segment cited."""
    answer = meeting.ask("What did they say?")
    assert "Hello and welcome to the meeting. The budget was cut" in answer.text
    assert len(answer.citations) == 3
    assert meeting.ask("").citations == answer.citations


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What did they say about the budget?", "The budget was cut by ten percent."),
        ("what was said about sandwiches", "We will buy sandwiches for lunch."),
        ("did they mention lunch?", "yes"),
        ("Did they mention Paris?", "no"),
        ("how many times did they say the", "2"),
        ("When was budget mentioned?", "3.7"),
        ("at what time do they say lunch", "11.3"),
        ("What language is spoken?", "English"),
        ("is he speaking German?", "no"),
        ("is anyone speaking", "yes"),
        ("How long is the recording?", "20.0"),
        ("what was said first", "Hello and welcome to the meeting."),
        ("what is the last thing they said", "We will buy sandwiches for lunch."),
        (
            "what does it say",
            "Hello and welcome to the meeting. The budget was cut by ten percent. We will buy sandwiches for lunch.",
        ),
    ],
)
def test_questions_about_the_words(meeting: Any, question: str, short: str) -> None:
    """Topics, mentions, times, language and length."""
    assert meeting.ask(question).short == short


def test_times_are_given_with_the_quotation(meeting: Any) -> None:
    """What was said about a topic comes with when, and only the segments about it."""
    answer = meeting.ask("What did they say about the budget?")
    assert "(3.0 s)" in answer.text
    assert len(answer.citations) == 1


def test_meaning_helps_when_words_do_not(meeting: Any) -> None:
    """Only when no word fits is the embedder asked."""
    calls: list[int] = []

    def embed(texts: Sequence[str]) -> Any:
        calls.append(len(texts))
        return np.array([[1.0, 0.0] if "food" in text or "sandwich" in text else [0.0, 1.0] for text in texts])

    meeting.embed = embed
    assert meeting.ask("what did they say about the budget").short == "The budget was cut by ten percent."
    assert not calls
    assert meeting.ask("what did they say about food?").short == "We will buy sandwiches for lunch."
    assert calls == [4]


def test_silence_is_silence(talk: Any) -> None:
    """Nobody speaks: nothing is invented."""
    talk.recording().add(Kind.NO_SPEECH, "no speech heard", 0.95, span=(0.0, 4.0), seconds=4.0)
    assert "no speech" in talk.ask("what did they say?").text
    assert talk.ask("is anyone speaking?").short == "no"
    assert talk.ask("is the recording silent?").short == "yes"
    assert talk.ask("did they mention money").short == "no"


def test_what_was_not_sent_is_asked_for(talk: Any) -> None:
    """Asked about a recording or a picture that was not sent, the answer says what to send."""
    heard = talk.ask("what did he say?")
    assert heard.abstained
    assert "Send a voice message" in heard.text
    seen = talk.ask("how many dogs are there?")
    assert seen.abstained
    assert "Send one" in seen.text


def test_the_spoken_question_is_not_its_own_recording(talk: Any) -> None:
    """A question asked by voice about another recording quotes the other one."""
    talk.recording("old").says("The train leaves at nine.", 0.0, 2.0).next_turn("")
    talk.recording("question").says("What did they say?", 0.0, 1.0)
    answer = talk.ask("What did they say?", spoken=True, part="question")
    assert answer.short == "The train leaves at nine."


def test_a_spoken_question_about_a_picture(talk: Any) -> None:
    """Heard questions are answered from the picture beside them."""
    talk.picture().thing("dog", (0.0, 0.4, 0.2, 0.6)).recording("q").says("um how many dogs are there", 0.0, 2.0)
    assert talk.ask("um how many dogs are there", spoken=True, part="q").short == "1"


def test_a_remark_is_quoted_back(talk: Any) -> None:
    """A voice message that asks nothing is repeated, with what came along, and not taken for an order."""
    talk.picture().thing("dog").add(Kind.CAPTION, "A dog.", rule="composed").recording("v").says(
        "This is our garden.", 0.0, 2.0
    )
    answer = talk.ask("This is our garden.", spoken=True, part="v")
    assert "“This is our garden.”" in answer.text
    assert "A dog." in answer.text


def felt(
    talk: Any, text: str, valence: float, modality: str = "words", part: str | None = None, scope: str = "whole"
) -> None:
    more = {"part": part} if part else {}
    talk.add(Kind.SENTIMENT, text, 0.8, valence=valence, modality=modality, scope=scope, **more)


def test_the_speaker_is_judged_by_words_alone_if_need_be(meeting: Any) -> None:
    """The feeling is given with its evidence and with what was not judged."""
    felt(meeting, "positive", 0.7)
    answer = meeting.ask("How does the speaker feel?")
    assert answer.short == "positive"
    assert "Only the words were judged" in answer.text
    assert meeting.ask("is the speaker angry?").short == "no"
    assert meeting.ask("does he sound happy").short == "yes"


def test_words_and_voice_are_fused(meeting: Any) -> None:
    """Several modalities vote, and their votes are told."""
    felt(meeting, "positive", 0.9)
    felt(meeting, "negative", -0.3, "voice")
    answer = meeting.ask("How does the speaker feel?")
    assert answer.short == "positive"
    assert "voice" in answer.text
    assert "words" in answer.text
    assert len(answer.citations) == 2


def test_without_a_judge_of_feelings_the_words_are_given(meeting: Any) -> None:
    """No sentiment plugin: say so, and quote."""
    meeting.capabilities["audio"] = (Kind.TRANSCRIPT,)
    answer = meeting.ask("how does the speaker feel?")
    assert answer.abstained
    assert "no installed plugin" in answer.text


def test_a_typed_text_is_judged_as_typed(talk: Any) -> None:
    """The text in the question is what is judged."""
    talk.part("text", "t")
    felt(talk, "negative", -0.8, part="t")
    assert talk.ask("How does this text feel: the food was cold and awful", part="t").short == "negative"


def test_faces_and_voices_are_not_read_without_a_judge(talk: Any) -> None:
    """Nobody judges faces here, so nobody guesses."""
    talk.picture().thing("person")
    assert talk.ask("Is the man smiling?").abstained
