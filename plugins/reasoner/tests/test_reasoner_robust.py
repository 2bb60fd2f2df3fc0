"""Roundabout questions, doubts about an answer, quoted passages, times, sizes and lower bounds."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.types import Kind, Message, Part
from assistant_reasoner.parse import Situation, parse
from assistant_reasoner.programs import Beyond, Describe, SmallTalk, Transcript

LEFT, RIGHT = (0.0, 0.4, 0.2, 0.6), (0.7, 0.2, 1.0, 0.9)


@pytest.mark.parametrize(
    ("indirect", "direct"),
    [
        ("I'd like to know what colour the dog is", "what colour is the dog?"),
        ("Could you count how many laptops there are?", "how many laptops are there?"),
        ("can you tell me where the dog is", "where is the dog?"),
        ("Hello, could you please tell me where the dog is?", "where is the dog?"),
        ("I want to know whether there is a cat", "is there a cat?"),
        ("can you determine if the speaker is angry", "is the speaker angry?"),
        ("let me know whether the sign says stop", "does the sign say stop?"),
        ("could you verify that there are two dogs", "verify that there are two dogs"),
        ("do you know what it says", "what does it say?"),
        ("I was wondering what the sign says", "what does the sign say?"),
        ("tell me when they mention the operator", "when do they mention the operator?"),
        ("can you tell me what the man is holding", "what is the man holding?"),
        ("my question is how big the picture is", "how big is the picture?"),
        ("could you tell me how long the recording is?", "how long is the recording?"),
        ("i have a question: is there a dog?", "is there a dog?"),
        ("what number of laptops is there", "how many laptops are there"),
        ("what's the amount of dogs", "how many dogs"),
        ("good evening, are there more dogs than cats?", "are there more dogs than cats?"),
        ("excuse me, is anybody there", "is anybody there"),
    ],
)
def test_indirect_questions_are_the_direct_ones(indirect: str, direct: str) -> None:
    """Courtesy and word order do not change what is asked."""
    at_hand = Situation(pictures=1, recordings=1)
    assert parse(indirect, at_hand)[0].program == parse(direct, at_hand)[0].program


@pytest.mark.parametrize(
    "question",
    [
        "how many dogs that are brown are there?",
        "how many people on the bench are wearing hats?",
        "which dog is on top?",
    ],
)
def test_direct_questions_keep_their_order(question: str) -> None:
    """What is direct already is not turned round."""
    from assistant_reasoner.indirect import direct

    text = question.rstrip("?")
    assert direct(text) == text


@pytest.mark.parametrize("greeting", ["hi", "Hello there", "hey", "good morning"])
def test_greetings_before_a_question_do_not_hide_it(greeting: str) -> None:
    """A greeting alone is a greeting; before a question it is a courtesy."""
    assert parse(greeting)[0].program == SmallTalk("greeting")
    assert parse(f"{greeting}, what can you do?")[0].program == SmallTalk("capabilities")


@pytest.mark.parametrize(
    "question",
    [
        "what happens in the picture?",
        "what happens here",
        "tell me what you see",
        "what do you see in the video",
        "what is the video about",
    ],
)
def test_asking_what_happens_is_asking_for_a_description(question: str) -> None:
    """However it is put, a description is wanted."""
    assert parse(question, Situation(pictures=1))[0].program == Describe()


def test_hello_again_only_to_those_met_before(talk: Any) -> None:
    """A file sent with the greeting does not make it a second meeting."""
    talk.picture().thing("dog")
    assert "again" not in talk.ask("hi").text
    assert "again" in talk.next_turn("what is it?").ask("hi").text


def test_breed_and_size(talk: Any) -> None:
    """A breed is read from the label; sizes compare boxes and say so."""
    talk.picture().thing("dog", LEFT).thing("laptop", RIGHT)
    talk.add(Kind.LABEL, "beagle", 0.7, rank=0, broader="dog", broader_confidence=0.9)
    assert talk.ask("what breed is the dog?").short == "beagle"
    bigger = talk.ask("which is bigger, the dog or the laptop?")
    assert bigger.short == "laptop"
    assert "not the real one" in bigger.text
    assert talk.ask("which is smaller: the laptop or the dog?").short == "dog"
    assert talk.ask("which is bigger, the dog or the horse?").abstained


@pytest.mark.parametrize("question", ["is the dog happy?", "does the dog look sad", "how does the dog feel?"])
def test_moods_of_things_are_not_judged(talk: Any, question: str) -> None:
    """An honest no rather than not understanding."""
    talk.picture().thing("dog")
    assert isinstance(parse(question, Situation(pictures=1))[0].program, Beyond)
    answer = talk.ask(question)
    assert answer.abstained
    assert "moods" in answer.text


@pytest.mark.parametrize("question", ["how sure are you?", "are you sure?", "why?", "how do you know?"])
def test_doubts_are_answered_from_the_answer_before(talk: Any, question: str) -> None:
    """Evidence and sureness of what was said before; kindly nothing when nothing was said."""
    assert "not told you anything yet" in talk.ask(question).text
    talk.picture().thing("dog", confidence=0.8)
    talk.next_turn("how many dogs are there?", "I count 1 dog.")
    doubted = talk.ask(question)
    assert "dog" in doubted.text
    assert f"{round(100 * doubted.confidence)} % sure" in doubted.text
    assert doubted.citations


def test_doubts_about_a_description_of_files(talk: Any) -> None:
    """Files sent without a question were described: that is what the doubt is about."""
    talk.picture().thing("dog").next_turn("")
    assert "dog" in talk.ask("why?").text


MENU = (("Soup", (0.1, 0.1, 0.3, 0.15)), ("4.50", (0.7, 0.1, 0.8, 0.15)), ("Steak", (0.1, 0.3, 0.3, 0.35)))


def test_what_nobody_computes_is_quoted_when_it_was_said(talk: Any) -> None:
    """A question that no program answers gets the passage about the same, with its time and moderate sureness."""
    talk.recording().says("For a company directory, press four.", 20.1, 22.0).says("Thank you for calling.", 0.0, 2.0)
    answer = talk.ask("which number do I press for a company directory?")
    assert "“For a company directory, press four.” (20.1 s)" in answer.text
    assert not answer.abstained
    assert 0.3 < answer.confidence <= 0.7
    assert answer.citations == (talk.seen[0].id,)
    assert Kind.TRANSCRIPT_SEGMENT in talk.needs("which number do I press for a company directory?")
    assert talk.ask("which key opens the garden gate?").abstained


@pytest.mark.parametrize("question", ["how much is the soup?", "what is the price of the soup?"])
def test_a_menu_is_read_by_rows(talk: Any, question: str) -> None:
    """The price stands beside the dish."""
    talk.picture()
    for order, (text, box) in enumerate(MENU):
        talk.line(text, order, box)
    answer = talk.ask(question)
    assert "4.50" in answer.text
    assert "Steak" not in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what did they say at 10 seconds?", ["two"]),
        ("what did they say at 0:10", ["two"]),
        ("what is said between 5 and 10 seconds?", ["one", "two"]),
        ("what was said after 20 s", ["three"]),
        ("what was said in the first 5 seconds?", ["one"]),
        ("what do you hear at 1:05?", []),
    ],
)
def test_speech_at_a_time(talk: Any, question: str, said: list[str]) -> None:
    """The segments that the time touches, and no others."""
    talk.recording().says("Part one", 1.0, 6.0).says("Part two", 9.0, 12.0).says("Part three", 21.0, 30.0)
    assert isinstance(parse(question, Situation(recordings=1))[0].program, Transcript)
    answer = talk.ask(question)
    if said:
        assert answer.short == " ".join(f"Part {word}" for word in said)
    else:
        assert "nothing said at that time" in answer.text
        assert "three" in answer.text


def test_sureness_of_the_words_is_told_once(talk: Any) -> None:
    """A picture with a voice message that asks nothing."""
    talk.picture().thing("dog").recording().says("my lovely dog and me", 0.0, 2.0)
    answer = talk.ask("my lovely dog and me", spoken=True, part="a")
    assert answer.text.count("sure of the words") == 1
    assert "dog" in answer.text


@pytest.mark.parametrize(
    "question",
    ["I love this! How do I sound?", "how does my message sound", "what is the sentiment of this text: lovely day"],
)
def test_typed_text_is_judged_itself(talk: Any, question: str) -> None:
    """Without a recording, the typed text is what sounds."""
    talk.parts.append(Part("text", "t", "question", "text/plain", question.encode()))
    talk.add(Kind.SENTIMENT, "positive", 0.9, part="t", valence=0.8, modality="words", scope="whole", reliability=0.8)
    answer = talk.ask(question, part="t")
    assert answer.short == "positive"
    assert "recording" not in answer.text


def test_a_crowd_is_counted_as_a_lower_bound(talk: Any) -> None:
    """What is said is sure as a lower bound; the short answer is the number, with the probability that it is exact."""
    talk.picture()
    for index in range(10):
        talk.thing("person", (index / 10, 0.1, index / 10 + 0.08, 0.5), 0.7)
    answer = talk.ask("how many people are there?")
    assert "at least 10 people (69 % sure)" in answer.text
    assert answer.short == "10"
    assert 0 < answer.confidence < 0.3


def test_what_the_perceiver_marks_is_counted(talk: Any) -> None:
    """Boxes marked to be counted count, however sure; those not marked are mentioned as possible."""
    talk.picture()
    for index, (sure, counted) in enumerate(((0.9, True), (0.4, True), (0.6, False))):
        talk.thing("dog", (index / 4, 0.1, index / 4 + 0.2, 0.5), sure, counted=counted)
    answer = talk.ask("how many dogs are there?")
    assert answer.short == "2"
    assert "1 more" in answer.text
    assert talk.ask("are there exactly two dogs?").short == "yes"


def test_thanks_inside_a_longer_voice_message_are_no_small_talk(talk: Any) -> None:
    """A recording that begins politely and goes on is quoted, not thanked."""
    talk.recording().says("Thank you for calling. Our office is closed.", 0.0, 4.0)
    talk.messages = [Message("user", "", ("x",))]
    answer = talk.ask("Thank you for calling. Our office is closed.", spoken=True, part="a")
    assert "office" in answer.text
